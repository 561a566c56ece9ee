//! The roster's manners: good rows taken, others set aside with line and reason, the same file twice changes nothing.

use std::fs;

use merit::app::{App, Clock};

use crate::support::company::Company;
use crate::support::{engines, shared_folder};

const HEADER: &str = "employee_number,name,unit,post,from,to,fte,target_incentive,currency\n";

async fn with_units(database: &str, company: &Company) -> App {
    let app = App::open(database, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    app.import_roster(&company.path("units.csv"), None, false).await.unwrap();
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_set_aside_with_their_line_and_good_ones_taken() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = with_units(&database.url, &company).await;
        let file = company.path("roster.csv");
        let rows = [
            "A1,Ann,T1,front_line,2026-01-01,2026-03-31,1,3000,CNY",
            "A1,Ann,T1,middle_desk,2026-03-01,,1,3000,CNY",
            "A2,Bob,NOWHERE,front_line,2026-01-01,,1,3000,CNY",
            "A3,Cid,T1,front_line,01/02/2026,,1,3000,CNY",
            "A4,Dan,T1,front_line,2026-01-01,,1,3000.005,CNY",
            ",Eve,T1,front_line,2026-01-01,,1,3000,CNY",
            "A6,Fay,T1,front_line,2026-01-01,,1,3000,CNY",
        ];
        fs::write(&file, format!("{HEADER}{}\n", rows.join("\n"))).unwrap();
        let report = app.import_roster(&file, None, false).await.unwrap();
        let shown = file.display().to_string();
        let said: Vec<String> = report.set_aside.iter().map(|line| line.replace(&shown, "roster.csv")).collect();
        assert_eq!(said.len(), 5, "{said:#?}");
        for (line, part) in said.iter().zip([
            "roster.csv:3: agent 'A1' has two assignments that share days:",
            "roster.csv:4: the assignment of agent 'A2' names unit 'NOWHERE'",
            "roster.csv:5: '01/02/2026' is not a day; write it as YYYY-MM-DD",
            "roster.csv:6: target incentive:",
            "roster.csv:7: column 'employee_number' is empty",
        ]) {
            assert!(line.starts_with(part), "{line}");
        }
        let ann = app.agent("A1").await.unwrap();
        assert_eq!(ann.assignments.len(), 1);
        assert_eq!(app.agent("A6").await.unwrap().agent.name, "Fay");
        let again = app.import_roster(&file, None, false).await.unwrap().changes;
        assert_eq!((again.agents_added, again.agents_changed), (0, 0), "{}", database.name);
        assert_eq!((again.assignments_added, again.assignments_changed), (0, 0), "{}", database.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_open_assignment_ends_the_one_before() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = with_units(&database.url, &company).await;
        let file = company.path("roster.csv");
        fs::write(&file, format!("{HEADER}A1,Ann,T1,front_line,2026-01-01,,1,3000,CNY\n")).unwrap();
        app.import_roster(&file, None, false).await.unwrap();
        fs::write(&file, format!("{HEADER}A1,Ann,HQ,middle_desk,2026-05-01,,0.5,3600,CNY\n")).unwrap();
        app.import_roster(&file, None, false).await.unwrap();
        let stretches = app.agent("A1").await.unwrap().assignments;
        let days: Vec<String> = stretches
            .iter()
            .map(|at| format!("{} {} {:?}", at.unit_code, at.first_day, at.last_day.map(|day| day.to_string())))
            .collect();
        assert_eq!(days, ["T1 2026-01-01 Some(\"2026-04-30\")", "HQ 2026-05-01 None"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_roster_is_refused_with_what_it_has() {
    let company = Company::new(1);
    let app = with_units(&company.sqlite(), &company).await;
    let file = company.path("other.csv");
    fs::write(&file, "number,who\n1,Ann\n").unwrap();
    let refused = app.import_roster(&file, None, false).await.unwrap_err().to_string();
    assert!(refused.ends_with("there is no column 'employee_number'; the file has: number, who"), "{refused}");
    fs::write(&file, b"employee_number,name\nA1,\xff\n").unwrap();
    let refused = app.import_roster(&file, None, false).await.unwrap_err().to_string();
    assert!(refused.ends_with(":2: not UTF-8; save the file with the encoding UTF-8"), "{refused}");
    let refused = app.import_roster(&company.path("absent.csv"), None, false).await.unwrap_err().to_string();
    assert!(refused.ends_with("check the path"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_in_another_layout_is_mapped() {
    let Some(agents) = shared_folder::find("data/support_agents.csv") else { return };
    let company = Company::new(1);
    let mapping = company.path("mapping.yaml");
    fs::write(
        &mapping,
        "employee_number: { from: Agent }\nname: { from: Agent }\nunit: [Manager, Supervisor]\npost: { value: front_line }\n\
         from: { value: \"2023-01-01\" }\nattributes: [Tenure Bucket, Shift]\n",
    )
    .unwrap();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = App::open(&database.url, Clock::System).await.unwrap();
        app.migrate().await.unwrap();
        let report = app.import_roster(&agents, Some(&mapping), false).await.unwrap();
        assert_eq!(report.set_aside, Vec::<String>::new());
        assert_eq!(report.changes.agents_added, 1371);
        // 6 managers, and 117 pairs of a manager and one of the 40 supervisors.
        assert_eq!(report.changes.units_added, 6 + 117, "{}", database.name);
        let one = app.agent("Aaron Edwards").await.unwrap();
        assert_eq!(one.assignments[0].unit_code, "Emily Chen / Mia Patel");
        let attributes: serde_json::Value = serde_json::from_str(&one.agent.attributes).unwrap();
        assert_eq!(attributes, serde_json::json!({"Tenure Bucket": "61-90", "Shift": "Evening"}));
    }
}
