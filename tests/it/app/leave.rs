//! Leave from files: good rows taken, others set aside with line and reason, the same file twice changes nothing.

use std::fs;

use merit::app::{App, Clock, LeaveChanges};

use crate::support::company::Company;
use crate::support::engines;

async fn settled(database: &str, company: &Company) -> App {
    let app = App::open(database, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    for file in ["units.csv", "people.csv"] {
        app.import_roster(&company.path(file), None, false).await.unwrap();
    }
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_of_leave_are_set_aside_with_their_line() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = settled(&database.url, &company).await;
        let file = company.path("leave.csv");
        let rows = [
            "employee_number,from,to,kind",
            "E001,2026-04-01,2026-04-10,sick",
            "E001,2026-04-08,2026-04-12,annual",
            "E777,2026-04-08,2026-04-12,annual",
            "E002,2026-04-12,2026-04-08,annual",
            "E002,08/04/2026,2026-04-09,annual",
            "E002,2026-04-08,2026-04-09,holiday",
            "E002,2026-04-08,,annual",
            "",
            "E002,2026-05-04,2026-05-08,annual",
            "E002,2026-05-04,2026-05-09,annual",
        ];
        fs::write(&file, rows.join("\n")).unwrap();
        let dry = app.import_leave(&file, true).await.unwrap();
        let report = app.import_leave(&file, false).await.unwrap();
        let added = LeaveChanges { added: 2, ..LeaveChanges::default() };
        assert_eq!((dry.changes, report.changes, report.rows), (added, added, 9), "{}", database.name);
        assert_eq!(dry.set_aside, report.set_aside);
        let shown = file.display().to_string();
        let said: Vec<String> = report.set_aside.iter().map(|line| line.replace(&shown, "leave.csv")).collect();
        assert_eq!(
            said,
            [
                "leave.csv:3: agent 'E001' has two leaves that share days: 2026-04-01..2026-04-10, and 2026-04-08..2026-04-12; end one \
                 before the other, or withdraw one",
                "leave.csv:4: agent 'E777' is not known; import the roster first, or correct the number",
                "leave.csv:5: the leave of agent 'E002' ends on 2026-04-08, before it begins on 2026-04-12; swap the days",
                "leave.csv:6: '08/04/2026' is not a day; write it as YYYY-MM-DD",
                "leave.csv:7: 'holiday' is not a kind of leave; use annual, sick, parental, family, injury, unpaid, training or other; \
                 withdrawn takes a leave back",
                "leave.csv:8: column 'to' is empty; every row needs the last day of the leave, which is included",
                "leave.csv:11: two leaves of agent 'E002' begin on 2026-05-04; keep one",
            ]
        );
        let again = app.import_leave(&file, false).await.unwrap();
        assert_eq!(again.changes, LeaveChanges { unchanged: 2, ..LeaveChanges::default() });
        fs::write(&file, "employee_number,from,to,kind\nE001,2026-04-01,2026-04-10,withdrawn\n").unwrap();
        let withdrawn = app.import_leave(&file, false).await.unwrap();
        assert_eq!(withdrawn.changes, LeaveChanges { withdrawn: 1, ..LeaveChanges::default() });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_comes_from_workbooks_too() {
    let company = Company::new(1);
    let app = settled(&company.sqlite(), &company).await;
    let file = company.path("leave.xlsx");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in [["employee_number", "from", "to", "kind"], ["E001", "", "", "parental"]].iter().enumerate() {
        sheet.write_row(u32::try_from(row).unwrap(), 0, cells.to_vec()).unwrap();
    }
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    for (column, day) in [(1, 1), (2, 30)] {
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 6, day).unwrap();
        sheet.write_datetime_with_format(1, column, &day, &date).unwrap();
    }
    workbook.save(&file).unwrap();
    let report = app.import_leave(&file, false).await.unwrap();
    assert_eq!(report.set_aside, Vec::<String>::new());
    assert_eq!(report.changes.added, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_list_of_leave_is_refused() {
    let company = Company::new(1);
    let app = settled(&company.sqlite(), &company).await;
    let refused = app.import_leave(&company.path("people.csv"), false).await.unwrap_err().to_string();
    assert!(refused.contains("there is no column 'to'; the file has: employee_number, name, "), "{refused}");
}
