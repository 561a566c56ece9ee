//! Figures come in by a sheet: previewed, taken in as previewed or not at all, the rest mended. In real Chromium, and on both engines.

use std::fs;

use chrono::NaiveDate;
use merit::app::{App, MOST_ROSTER_BYTES, PullView, Sheet, Slice, WantedEntries};
use merit::domain::authority::Role;
use merit::domain::export::ExportFormat;

use super::pages::Office;
use crate::support::browser::{Answer, Browser};
use crate::support::chromium::Chromium;
use crate::support::company::Company;
use crate::support::engines;

const PAGE: &str = "/data/upload";
const SOURCE: &str = "upload.training_exams";
const FIGURES: &str = "employee_number,metric,day,numerator,denominator,samples,segment,note
E001,csat_t2b,2026-05-04,9,10,,,fine
E002,csat_t2b,2026-05-05,8.123456,10.5,4,chat,
E003,csat_t2b,2026-05-06,7.1234567,10,,,too fine
E777,csat_t2b,2026-05-06,7,10,,,=1+1
E001,csat_t2c,2026-05-06,7,10,,,
E001,csat_t2b,2026-05-04,1,10,,,
E001,csat_t2b,soon,7,10,,,
E002,csat_t2b,2026-05-07,7,-1,,,
E002,csat_t2b,2026-05-08,7,10.5,,,
E002,csat_t2b,2026-05-09,9999999999999,10,,,
";

async fn office(database: &str) -> Office {
    let company = Company::new(3);
    let app = company.load(database).await.with_rules_folder(&company.rules());
    Office::serving(company, app).await
}

async fn send(browser: &mut Browser, sheet: &str, name: &str, content: impl AsRef<[u8]>) -> Answer {
    let token = browser.get(PAGE).await.form_token();
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{token}\r\n--x\r\nContent-Disposition: form-data; \
         name=\"sheet\"\r\n\r\n{sheet}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    );
    let form = [head.as_bytes(), content.as_ref(), b"\r\n--x--\r\n"].concat();
    let request = browser.posting(PAGE, &[]).body(form);
    let kind = [("content-type".parse().unwrap(), "multipart/form-data; boundary=x".parse().unwrap())];
    browser.send(request.headers(kind.into_iter().collect())).await
}

/// Sends a sheet and takes it in.
async fn take(browser: &mut Browser, sheet: &str, content: impl AsRef<[u8]>) {
    let kept = send(browser, sheet, "figures.csv", content).await.location.unwrap();
    browser.submit(&kept, &kept, &[]).await.leads_to(&kept);
}

fn sheet_of(rows: &[&str]) -> String {
    format!("employee_number,metric,day,numerator,denominator,samples\n{}\n", rows.join("\n"))
}

/// What sheets brought about one person: day, source, segment and figures in millionths.
async fn figures(app: &App, number: &str) -> Vec<String> {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let facts = app.facts(number, (day("2026-05-01"), day("2026-06-30")), None).await.unwrap();
    let brought = facts.iter().filter(|fact| fact.source.starts_with("upload."));
    let told = brought.map(|fact| {
        let (numerator, denominator) = (fact.pooled.numerator, fact.pooled.denominator);
        format!("{} {} {}/{} {}", fact.day, fact.segment, numerator, denominator, fact.pooled.samples)
    });
    told.collect()
}

async fn pulls(app: &App, source: &str) -> Vec<PullView> {
    app.pulls(Some(source), &Slice::first()).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_previewed_taken_in_and_the_rest_mended() {
    let Some(chromium) = Chromium::start().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let office = office(&folder.path().join("merit.db").display().to_string()).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let pages = [
        ("/data", ["Bring in figures from a sheet", "上传数据表"]),
        (PAGE, ["never rounded", "不作四舍五入"]),
        ("/data/upload?sheet=training_exams", ["kept under this name", "互不影响"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    let file = folder.path().join("考试 exams.csv");
    fs::write(&file, FIGURES).unwrap();
    chromium.widen(1280).await;
    chromium.open(&format!("{}{PAGE}?lang=en", office.origin)).await;
    chromium.types("sheet", "training_exams").await;
    chromium.picks("file", &file).await;
    chromium.sends("file").await;
    chromium.sees("Nothing is written yet.").await;
    let place = chromium.place().await;
    let pages = [
        (place.as_str(), ["too many decimals", "小数位过多"]),
        (place.as_str(), ["the rules have no such metric", "规则中没有此指标"]),
        (place.as_str(), ["A row above is about the same", "前面已有同一"]),
    ];
    office.check(&chromium, &hr, &pages).await;
    assert!(figures(&office.app, "E001").await.is_empty(), "a preview writes nothing");
    assert!(pulls(&office.app, SOURCE).await.is_empty());

    chromium.widen(1280).await;
    chromium.open(&format!("{}{place}?lang=en", office.origin)).await;
    chromium.clicks("Take in exactly this").await;
    chromium.sees("The file was taken in.").await;
    office.check(&chromium, &hr, &[(place.as_str(), ["The file was taken in.", "文件已导入"])]).await;
    assert_eq!(figures(&office.app, "E001").await, ["2026-05-04  9/10 10"]);
    assert_eq!(figures(&office.app, "E002").await, ["2026-05-05 chat 8.123456/10.5 4"]);
    hr.submit(&place, &place, &[]).await.says(409, "taken in already");
    let wanted = WantedEntries { act: Some("pull.commit".to_owned()), ..WantedEntries::default() };
    let entries = office.app.audit_entries(&Slice::first(), &wanted).await.unwrap().rows;
    let by_hr = |login: Option<&str>| login == Some("hr");
    assert!(
        entries.iter().any(|one| one.entry.record.detail.contains("upload=") && by_hr(one.actor_login.as_deref())),
        "{entries:?}"
    );
    let pulled = format!("/data/pulls/{}", pulls(&office.app, SOURCE).await[0].id);
    office.check(&chromium, &hr, &[(pulled.as_str(), ["考试 exams.csv", "花名册上没有此人"])]).await;

    // What was set aside comes back with its reasons, does not run in a spreadsheet, and adds to what was taken.
    let list = hr.get(&format!("{place}/set-aside?lang=zh")).await;
    assert!(list.body.contains("规则中没有此指标"), "{}", list.body);
    let list = hr.get(&format!("{place}/set-aside?lang=en")).await;
    let lines: Vec<&str> = list.body.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 9, "{lines:?}");
    assert!(lines[0].ends_with("note,set_aside_because"), "{}", lines[0]);
    assert!(lines[2].contains("'=1+1") && lines[2].contains("Not on the roster"), "{}", lines[2]);
    let mended =
        list.body.replace("7.1234567,10,", "7.123456,10,").replace("E777,", "E003,").replace(",soon,", ",2026-05-20,");
    let kept = send(&mut hr, "training_exams", "mended.csv", mended).await.location.unwrap();
    hr.get(&format!("{kept}?lang=en")).await.says(200, "This is a mended list");
    hr.submit(&kept, &kept, &[]).await.leads_to(&kept);
    let now = figures(&office.app, "E001").await;
    assert!(now.contains(&"2026-05-20  7/10 10".to_owned()), "{now:?}");
    assert_eq!(figures(&office.app, "E002").await, ["2026-05-05 chat 8.123456/10.5 4"], "others stay");
    assert_eq!(figures(&office.app, "E003").await, ["2026-05-06  7.123456/10 10"]);
    assert_eq!(hr.get(&place).await.status.as_u16(), 404, "an earlier file of the same person is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_of_the_same_name_replaces_its_days_and_nobody_elses() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let office = office(&database.url).await;
        let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
        let others = office.app.pulls(Some("daily"), &Slice::first()).await.unwrap().0.len();
        let first = [
            "E001,csat_t2b,2026-05-04,9,10,",
            "E001,csat_t2b,2026-05-05,8,10,",
            "E001,csat_t2b,2026-05-20,7,10,",
            "E002,csat_t2b,2026-05-05,0.000001,0.5,1",
        ];
        take(&mut hr, "training_exams", sheet_of(&first)).await;
        take(&mut hr, "other_exams", sheet_of(&["E001,csat_t2b,2026-05-05,1,2,"])).await;
        let told = figures(&office.app, "E002").await;
        assert_eq!(told, ["2026-05-05  0.000001/0.5 1"], "{}", database.name);
        // The same again changes nothing, and so nothing is offered.
        let again = send(&mut hr, "training_exams", "again.csv", sheet_of(&first)).await.location.unwrap();
        hr.get(&format!("{again}?lang=en")).await.says(200, "There is nothing to change");
        // Days within those of the new sheet become what it says; the day after them stays.
        let mut list =
            Sheet::new(["employee_number", "metric", "day", "numerator", "denominator"].map(str::to_owned).into());
        for row in [["E001", "csat_t2b", "2026-05-04", "6", "10"], ["E003", "csat_t2b", "2026-05-06", "5", "10"]] {
            list.row(row.map(str::to_owned).into());
        }
        take(&mut hr, "training_exams", list.file(ExportFormat::Xlsx).unwrap()).await;
        let last = &pulls(&office.app, SOURCE).await[0];
        assert_eq!((last.facts_added, last.facts_changed, last.facts_removed), (1, 1, 2), "{}", database.name);
        assert_eq!((last.from, last.to), ("2026-05-04".parse().ok(), "2026-05-06".parse().ok()));
        let mut now = figures(&office.app, "E001").await;
        now.sort();
        assert_eq!(now, ["2026-05-04  6/10 10", "2026-05-05  1/2 2", "2026-05-20  7/10 10"], "{}", database.name);
        assert_eq!(office.app.pulls(Some("daily"), &Slice::first()).await.unwrap().0.len(), others);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_as_it_was_seen_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let office = office(&database.url).await;
        let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
        let mut admin = office.session("admin", None, Some((Role::Admin, None))).await;
        let rows = sheet_of(&["E001,csat_t2b,2026-05-04,9,10,", "N1,csat_t2b,2026-05-05,9,10,"]);
        let kept = send(&mut hr, "training_exams", "a.csv", &rows).await.location.unwrap();
        // Another brings the same sheet meanwhile.
        take(&mut admin, "training_exams", sheet_of(&["E001,csat_t2b,2026-05-04,1,10,"])).await;
        hr.submit(&kept, &kept, &[]).await.says(409, "were changed since this preview");
        assert_eq!(pulls(&office.app, SOURCE).await.len(), 1, "no pull began: {}", database.name);
        // And somebody comes onto the roster.
        let kept = send(&mut hr, "training_exams", "a.csv", &rows).await.location.unwrap();
        hr.get(&format!("{kept}?lang=en")).await.says(200, "Not on the roster");
        let people = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
        fs::write(people.path(), "employee_number,name,unit,post,from\nN1,New,T1,front_line,2026-01-01\n").unwrap();
        office.app.import_roster(people.path(), None, false).await.unwrap();
        hr.submit(&kept, &kept, &[]).await.says(409, "were changed since this preview");
        take(&mut hr, "training_exams", &rows).await;
        assert_eq!(figures(&office.app, "N1").await, ["2026-05-05  9/10 10"], "{}", database.name);
        // Twice at once is once.
        let kept = send(&mut hr, "training_exams", "a.csv", rows.replace(",9,", ",8,")).await.location.unwrap();
        let mut same = hr.moved(&office.origin);
        let both = tokio::join!(hr.submit(&kept, &kept, &[]), same.submit(&kept, &kept, &[]));
        let mut answers = [both.0.status.as_u16(), both.1.status.as_u16()];
        answers.sort();
        assert_eq!(answers, [303, 409], "{}", database.name);
        assert_eq!(figures(&office.app, "N1").await, ["2026-05-05  8/10 10"], "{}", database.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_files_and_people_that_will_not_do_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(&folder.path().join("merit.db").display().to_string()).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let rows = sheet_of(&["E001,csat_t2b,2026-05-04,9,10,"]);
    send(&mut hr, "daily", "a.csv", &rows).await.says(409, "The rules have a source named daily");
    for name in ["", "Exams", "../exams", "exams.daily", "考试", "9exams", &"x".repeat(41)] {
        send(&mut hr, name, "a.csv", &rows).await.says(409, "The name of a sheet is small letters");
    }
    send(&mut hr, "exams", "", &rows).await.says(409, "Choose a file first");
    send(&mut hr, "exams", "a.csv", "").await.says(409, "The file is empty");
    send(&mut hr, "exams", "a.csv", "employee_number,day\nE001,2026-05-04\n").await.says(409, "There is no column");
    send(&mut hr, "exams", "a.xlsx", "PK\u{3}\u{4}nothing").await.says(409, "not a readable Excel workbook");
    let many = sheet_of(&vec!["E001,csat_t2b,2026-05-04,9,10,"; 100_001]);
    send(&mut hr, "exams", "a.csv", many).await.says(409, "more than 100,000 rows");
    send(&mut hr, "exams", "a.csv", "x".repeat(MOST_ROSTER_BYTES + 1)).await.says(409, "more than 16 MiB");
    // Where no row can be used, nothing is touched: not the figures of the days that it names either.
    take(&mut hr, "exams", &rows).await;
    let none = send(&mut hr, "exams", "a.csv", sheet_of(&["E777,csat_t2b,2026-05-04,9,10,"])).await.location.unwrap();
    hr.submit(PAGE, &none, &[]).await.says(409, "No row of this sheet can be used");
    assert_eq!(figures(&office.app, "E001").await.len(), 1);

    let mut agent = office.session("e001", Some("E001"), None).await;
    let mut supervisor = office.session("super", None, Some((Role::Supervisor, Some("T1")))).await;
    for browser in [&mut agent, &mut supervisor] {
        for path in [PAGE, none.as_str()] {
            assert_eq!(browser.get(path).await.status.as_u16(), 403, "{path}");
        }
    }
    let mut admin = office.session("admin", None, Some((Role::Admin, None))).await;
    assert_eq!(admin.get(&none).await.status.as_u16(), 404, "nobody sees a sheet of another");
    let as_roster = none.replace("/data/upload/", "/roster/");
    assert_eq!(hr.get(&as_roster).await.status.as_u16(), 404, "it is no roster");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_metric_must_be_in_force_where_rules_are() {
    let folder = tempfile::tempdir().unwrap();
    let office = office(&folder.path().join("merit.db").display().to_string()).await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    office.app.add_rules(&office.rules(), Some("Spring"), None).await.unwrap();
    let metrics = office.rules().join("metrics.yaml");
    let extended = fs::read_to_string(&metrics).unwrap();
    let one = extended.split("  - id: ").nth(1).unwrap();
    let new = format!("{extended}\n  - id: {}", one.replacen("csat_t2b", "exam_passed", 1));
    fs::write(&metrics, new).unwrap();
    let rows = sheet_of(&["E001,exam_passed,2026-05-04,9,10,", "E001,csat_t2b,2026-05-04,9,10,"]);
    let kept = send(&mut hr, "exams", "a.csv", &rows).await.location.unwrap();
    hr.get(&format!("{kept}?lang=en")).await.says(200, "No row was set aside.");
    // Rules without it come into force before the sheet is taken in.
    office.app.publish_rules("Spring", "2026-01-01".parse().unwrap(), None).await.unwrap();
    hr.submit(&kept, &kept, &[]).await.says(409, "were changed since this preview");
    let kept = send(&mut hr, "exams", "a.csv", rows).await.location.unwrap();
    hr.get(&format!("{kept}?lang=en")).await.says(200, "the rules in force today do not have this metric");
    hr.submit(&kept, &kept, &[]).await.leads_to(&kept);
    assert_eq!(figures(&office.app, "E001").await, ["2026-05-04  9/10 10"]);
}
