//! The manners of an import of ratings: good rows taken, others set aside with line and reason, the same file twice changes nothing.

use std::fs;
use std::path::PathBuf;

use merit::app::{App, RatingChanges};
use rust_xlsxwriter::Workbook;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines::{self, Database};

const HEADER: &str = "employee_number,rater,group,item,value,comment\n";
/// The subject is S1; S9 leads her, S2 to S4 are her peers, E001 to E003 are led by her.
const ROWS: [&str; 8] = [
    "S1,S9,supervisor,ownership,4,Follows through",
    "S1,S9,supervisor,communication,5,",
    "S1,S2,peer,ownership,3,",
    "S1,S3,peer,conduct.ownership,4,",
    "S1,four,peer,ownership,5.0,",
    "S1,S1,self,ownership,5,",
    "S1,E001,subordinate,ownership,2,",
    "S2,S9,supervisor,ownership,4,",
];

async fn with_cycle(company: &Company, database: &Database) -> App {
    let app = company.load(&database.url).await;
    let supervisors = company.path("supervisors.csv");
    let mut rows = String::from("employee_number,name,unit,post,from,aliases\n");
    for number in ["S1", "S2", "S3", "S4", "S9"] {
        let alias = if number == "S4" { "four" } else { "" };
        rows.push_str(&format!("{number},Supervisor {number},T1,supervisor,2026-01-01,{alias}\n"));
    }
    rows.push_str("B1,Back,T1,astronaut,2026-01-01,\n");
    fs::write(&supervisors, rows).unwrap();
    app.import_roster(&supervisors, None, false).await.unwrap();
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app
}

fn file_of(company: &Company, rows: &[&str]) -> PathBuf {
    let file = company.path("ratings.csv");
    fs::write(&file, format!("{HEADER}{}\n", rows.join("\n"))).unwrap();
    file
}

fn changes(added: u64, changed: u64, unchanged: u64) -> RatingChanges {
    RatingChanges { added, changed, unchanged }
}

const COUNT: &str = "SELECT COUNT(*) AS n FROM rating";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_once_and_changes_are_taken_over() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = with_cycle(&company, &database).await;
        let file = file_of(&company, &ROWS);
        let dry = app.import_ratings(FIRST_QUARTER, &file, true).await.unwrap();
        assert_eq!((dry.changes, dry.rows, dry.dry_run), (changes(8, 0, 0), 8, true));
        assert_eq!(database.figures(COUNT).await, ["0"]);
        let first = app.import_ratings(FIRST_QUARTER, &file, false).await.unwrap();
        assert_eq!((first.changes, first.set_aside), (changes(8, 0, 0), vec![]));
        let again = app.import_ratings(FIRST_QUARTER, &file, false).await.unwrap();
        assert_eq!(again.changes, changes(0, 0, 8), "{}", database.name);
        // Another value, another comment, and one without a comment, which leaves what is there.
        let file = file_of(
            &company,
            &["S1,S9,supervisor,ownership,4,", "S1,S9,supervisor,communication,3,", "S1,S2,peer,ownership,3,Helps"],
        );
        let third = app.import_ratings(FIRST_QUARTER, &file, false).await.unwrap();
        assert_eq!(third.changes, changes(0, 2, 1));
        assert_eq!(database.figures(COUNT).await, ["8"]);
        let comments = "SELECT comment, value FROM rating WHERE comment IS NOT NULL ORDER BY comment";
        let comments = database.rows(comments).await;
        assert_eq!(comments, [("Follows through".into(), vec![4_000_000]), ("Helps".into(), vec![3_000_000])]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_set_aside_with_their_line_and_good_ones_taken() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = with_cycle(&company, &database).await;
        let rows = [
            "S1,S9,supervisor,ownership,4,",
            "X1,S9,supervisor,ownership,4,",
            "S1,X9,supervisor,ownership,4,",
            "S1,S9,boss,ownership,4,",
            "S1,S9,supervisor,ownershp,4,",
            "S1,S9,supervisor,manners.ownership,4,",
            "S1,S9,supervisor,expertise,6,",
            "S1,S9,supervisor,expertise,good,",
            "S1,S9,supervisor,expertise,,",
            "S1,S1,peer,expertise,4,",
            "S1,S2,self,expertise,4,",
            "E001,S1,supervisor,ownership,4,",
            "B1,S1,supervisor,ownership,4,",
            "S1,S9,supervisor,ownership,5,",
            "S1,S9,peer,integrity,5,",
            "S1,S3,peer,ownership,5,",
        ];
        let report = app.import_ratings(FIRST_QUARTER, &file_of(&company, &rows), false).await.unwrap();
        let shown = company.path("ratings.csv").display().to_string();
        let said: Vec<String> = report.set_aside.iter().map(|line| line.replace(&shown, "ratings.csv")).collect();
        let items =
            "conduct.ownership, conduct.communication, conduct.cooperation, conduct.expertise, conduct.integrity";
        assert_eq!(
            said,
            [
                "ratings.csv:3: employee_number 'X1' is not known; import the roster first, or correct the number".to_owned(),
                "ratings.csv:4: rater 'X9' is not known; import the roster first, or correct the number".to_owned(),
                "ratings.csv:5: 'boss' is not a group of raters: write supervisor, peer, subordinate or self".to_owned(),
                format!("ratings.csv:6: 'ownershp' is not an item this agent is rated on; the items are {items}"),
                format!("ratings.csv:7: 'manners.ownership' is not an item this agent is rated on; the items are {items}"),
                "ratings.csv:8: '6' is not a level of form 'conduct'; its levels are 1, 2, 3, 4, 5".to_owned(),
                "ratings.csv:9: 'good' is not a level of form 'conduct'; its levels are 1, 2, 3, 4, 5".to_owned(),
                "ratings.csv:10: column 'value' is empty; every row needs a level of the form".to_owned(),
                "ratings.csv:11: nobody rates themselves as peer; write self, or correct the rater".to_owned(),
                "ratings.csv:12: only the agent belongs to the group self; correct the rater or the group".to_owned(),
                "ratings.csv:13: no scorecard of the agent's post (front_line) is judged by people; correct the number, or add 'judgement' to the card".to_owned(),
                "ratings.csv:14: no scorecard of the agent's post (astronaut) is judged by people; correct the number, or add 'judgement' to the card".to_owned(),
                "ratings.csv:15: the same rater rates the same item of the same agent twice; keep one".to_owned(),
                "ratings.csv:16: the rater rates this agent as peer here and as supervisor on item 'ownership'; a rater belongs to one group for an agent, write the same in all their rows".to_owned(),
            ],
            "{}",
            database.name
        );
        assert_eq!(report.changes, changes(2, 0, 0));
        // What is stored has its say too; a file that moves all of a rater's rows is taken.
        let one = file_of(&company, &["S1,S3,supervisor,integrity,5,"]);
        assert_eq!(app.import_ratings(FIRST_QUARTER, &one, false).await.unwrap().set_aside.len(), 1);
        let both = file_of(&company, &["S1,S3,supervisor,integrity,5,", "S1,S3,supervisor,ownership,5,"]);
        let moved = app.import_ratings(FIRST_QUARTER, &both, false).await.unwrap();
        assert_eq!((moved.changes, moved.set_aside), (changes(1, 1, 0), vec![]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workbooks_are_read_and_files_that_are_none_refused() {
    let company = Company::new(1);
    let databases = engines::databases(&company.path("merit.db")).await;
    let app = with_cycle(&company, &databases[0]).await;
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(["value", "item", "group", "rater", "employee_number"]) {
        sheet.write(0, column, name).unwrap();
    }
    sheet.write(1, 0, 4).unwrap();
    for (column, text) in (1..).zip(["ownership", "supervisor", "S9", "S1"]) {
        sheet.write(1, column, text).unwrap();
    }
    let file = company.path("ratings.xlsx");
    workbook.save(&file).unwrap();
    let report = app.import_ratings(FIRST_QUARTER, &file, false).await.unwrap();
    assert_eq!((report.changes, report.set_aside), (changes(1, 0, 0), vec![]));
    fs::write(company.path("other.csv"), "employee_number,rater,item,value\nS1,S9,ownership,4\n").unwrap();
    let refused = app.import_ratings(FIRST_QUARTER, &company.path("other.csv"), false).await.unwrap_err().to_string();
    assert!(
        refused.ends_with("there is no column 'group'; the file has: employee_number, rater, item, value"),
        "{refused}"
    );
    let refused = app.import_ratings("2020-Q1", &file, false).await.unwrap_err().to_string();
    assert!(refused.starts_with("there is no cycle '2020-Q1'"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calibrated_cycle_takes_no_more_ratings() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = with_cycle(&company, &database).await;
        database.execute("UPDATE cycle SET state = 'calibrated'").await;
        let refused =
            app.import_ratings(FIRST_QUARTER, &file_of(&company, &ROWS), false).await.unwrap_err().to_string();
        assert_eq!(
            refused,
            "cycle 2026-Q2 is calibrated: ratings are taken until the review is complete; rate the people in a later cycle"
        );
    }
}
