//! What people named is text in a spreadsheet, whatever it begins with: in every command that prints CSV.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::app::simulate::{WEIGHTS, draft, small_company};
use crate::house::rooms::rust_files;
use crate::support::command::{merit, printed};
use crate::support::company::Company;
use crate::support::engines::{self, Database};
use crate::support::project_root;

/// The cycle, an agent, a unit and a login whose names are formulas.
const CYCLE: &str = "=cycle";
const AGENT: &str = "=E001";
const UNIT: &str = "+T1";
const LOGIN: &str = "@sum";

/// What every command that prints CSV is asked, and cells of its answer as a spreadsheet shall see them. `ID` is the pull's, `JOB` the job's,
/// `NOTICE` the notice's.
const ASKED: [(&[&str], &[&str]); 36] = [
    (&["fairness", "--agents", "10"], &[]),
    (&["rules", "list"], &["'=rules", "'+why", "'=cycle"]),
    (&["rules", "diff", "rules", "draft"], &["{\"en\":\"=Front line\"", "{\"en\":\"@Front line\""]),
    (&["pull", "list"], &[]),
    (&["pull", "show", "ID", "--rejected"], &["{\"agent\":\"=NOBODY\""]),
    (&["facts", "list", AGENT, "--from", "2026-04-01", "--to", "2026-06-30"], &["'-night"]),
    (&["cycle", "list"], &["'=cycle"]),
    (&["cycle", "history", CYCLE], &["'=because"]),
    (&["cycle", "deadlines", CYCLE], &[]),
    (&["job", "list"], &[]),
    (&["job", "show", "JOB"], &[]),
    (&["source", "list"], &[]),
    (&["scorecard", CYCLE], &["'=E001", "'=1+1|cmd", "'+T1"]),
    (&["scorecard", CYCLE, AGENT], &["'+T1"]),
    (&["scorecard", CYCLE, "--units"], &["'@HQ", "'-Head office", "'=总部", "'+T1", "'@Team 1"]),
    (&["scorecard", CYCLE, "--unit", UNIT], &["'+T1"]),
    (&["payouts", CYCLE], &["'=E001", "'=1+1|cmd", "'+T1"]),
    (&["payouts", CYCLE, AGENT], &[]),
    (&["spread", CYCLE], &[]),
    (&["appeal", "list", CYCLE], &["'=E001", "'=grounds"]),
    (&["appeal", "summary", CYCLE], &[]),
    (&["revisions", CYCLE, AGENT], &[]),
    (&["adjustments", CYCLE], &[]),
    (&["cycle", "cost", CYCLE], &["'+T1", "'@HQ"]),
    (&["cycle", "late", CYCLE], &["'=E002"]),
    (&["plans", CYCLE], &["'=E002", "'=1+1|cmd"]),
    (&["plans", CYCLE, "=E002"], &["'=E002", "'=1+1|cmd"]),
    (&["simulate", CYCLE, "--rules", "draft", "--all"], &["'=E001", "'+T1", "-270.00"]),
    (&["notice", "list"], &["'@sum", "'=sum@example.com"]),
    (&["notice", "show", "NOTICE"], &["'@sum", "'=sum@example.com"]),
    (&["webhook", "list"], &["https://hooks.example.com/=1+1"]),
    (&["user", "list"], &["'@sum", "'-2+3", "'=E001", "'=sum@example.com"]),
    (&["user", "identities", LOGIN], &["'=subject"]),
    (&["grant", "list", LOGIN], &["'+T1"]),
    (&["token", "list"], &["'@sum", "'-1+1", "'+1"]),
    (&["audit", "list"], &["'=cycle", "'=E001", "'=because"]),
];

/// The paths of all commands that take `--format csv`.
fn printing_csv(command: &Command, path: &str, found: &mut BTreeSet<String>) {
    let csv = |value: PossibleValue| value.get_name() == "csv";
    if command.get_arguments().flat_map(Arg::get_possible_values).any(csv) {
        found.insert(path.to_owned());
    }
    for below in command.get_subcommands() {
        printing_csv(below, format!("{path} {}", below.get_name()).trim(), found);
    }
}

/// The small company, with names that are formulas wherever somebody may choose one.
fn hostile_company() -> Company {
    let company = small_company();
    let change = |file: &str, changes: &[(&str, &str)]| {
        let mut text = fs::read_to_string(company.path(file)).unwrap();
        for (old, new) in changes {
            assert!(text.contains(old), "{file}: {old}");
            text = text.replace(old, new);
        }
        fs::write(company.path(file), text).unwrap();
    };
    let codes = [("HQ", "@HQ"), ("T1,", "+T1,")];
    let names = [("Head office,总部", "-Head office,=总部"), ("Team 1", "@Team 1")];
    change("units.csv", &[&codes[..], &names].concat());
    change("people.csv", &[&codes[..], &[("Agent", "=1+1|cmd"), ("E00", "=E00")]].concat());
    change("daily.csv", &[("E00", "=E00"), ("cases\n", "cases\n=NOBODY,2026-05-04,qa_score,1,1,1\n")]);
    change("rules/scorecards/front_line.yaml", &[("{en: Front line", "{en: '=Front line'")]);
    // One bad quarter is enough for a plan here, which the worked examples do not know.
    change("rules/improvement.yaml", &[("periods_below: 2", "periods_below: 1"), ("of_periods: 3", "of_periods: 1")]);
    let plans = fs::read_to_string(company.path("rules/improvement.yaml")).unwrap();
    fs::write(company.path("rules/improvement.yaml"), plans.split("\nexamples:").next().unwrap()).unwrap();
    let segment = "CASE metric WHEN 'qa_score' THEN '-night' ELSE '' END AS segment";
    let daily = [
        ("SELECT agent, day, metric,", format!("SELECT agent, day, metric, {segment},")),
        ("GROUP BY agent, day, metric", "GROUP BY ALL".to_owned()),
    ];
    change("rules/sources/daily.yaml", &daily.each_ref().map(|(old, new)| (*old, new.as_str())));
    company
}

/// Everything that is listed, by way of the commands that make it.
async fn filled(company: &Company, database: &Database) -> [(&'static str, String); 3] {
    let leave = "employee_number,from,to,kind\n=E002,2026-05-04,2026-05-05,sick\n";
    fs::write(company.path("leave.csv"), leave).unwrap();
    let run = |arguments: &[&str]| printed(merit(company, &database.url).args(arguments).output().unwrap());
    run(&["migrate"]);
    run(&["roster", "import", "units.csv"]);
    run(&["roster", "import", "people.csv"]);
    run(&["pull", "daily"]);
    run(&["rules", "add", "rules", "--name", "=rules", "--note", "+why"]);
    run(&["cycle", "open", CYCLE, "--first", "2026-04-01", "--last", "2026-06-30", "--rules", "=rules"]);
    run(&["appraise", CYCLE]);
    run(&["cycle", "act", CYCLE, "begin_review"]);
    run(&["cycle", "act", CYCLE, "send_back", "--reason", "=because"]);
    run(&["job", "ask", "appraise", CYCLE]);
    run(&["user", "add", LOGIN, "--name=-2+3", "--agent", AGENT]);
    run(&["user", "contact", LOGIN, "--email", "=sum@example.com"]);
    run(&["user", "reset", LOGIN, "--mail"]);
    run(&["webhook", "add", "https://hooks.example.com/=1+1", "--kinds", "pull_failed"]);
    run(&["grant", "add", LOGIN, "supervisor", "--unit", UNIT]);
    run(&["token", "create", LOGIN, "--", "-1+1"]);
    run(&["token", "create", LOGIN, "+1"]);
    run(&["payouts", CYCLE, AGENT]);
    run(&["cycle", "exempt", CYCLE, "=E003", "--reason", "other", "--note", "@SUM(1)"]);
    database
        .execute(
            "INSERT INTO linked_identity (account_id, issuer, subject, created_at)
             SELECT id, 'https://login.example.com', '=subject', created_at FROM account",
        )
        .await;
    database
        .execute(
            "INSERT INTO appeal (public_id, cycle_id, agent_id, employee_number, unit_id, subject, grounds, state, raised_at, due)
             SELECT a.public_id, c.id, a.id, a.employee_number, 1, 'rating', '=grounds', 'open', u.created_at, 739000
             FROM cycle c, agent a, account u WHERE a.employee_number = '=E001'",
        )
        .await;
    run(&["roster", "leave", "leave.csv"]);
    let id = |list: &str| {
        let rows = run(&[list, "list", "--format", "json"]);
        let rows: Vec<BTreeMap<String, Value>> = serde_json::from_str(&rows).unwrap();
        rows[0]["id"].as_str().unwrap().to_owned()
    };
    [("ID", id("pull")), ("JOB", id("job")), ("NOTICE", id("notice"))]
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_people_named_runs_as_a_formula() {
    let company = hostile_company();
    let draft_card = [&WEIGHTS[..], &[("'=Front line'", "'@Front line'")]].concat();
    draft(&company, "draft", &draft_card);
    for database in engines::databases(&company.path("merit.db")).await {
        let ids = filled(&company, &database).await;
        let mut wrong = Vec::new();
        for (asked, expected) in ASKED {
            let named = |argument: &&'static str| {
                let id = ids.iter().find(|(name, _)| name == argument);
                id.map_or((*argument).to_owned(), |(_, id)| id.clone())
            };
            let arguments = asked.iter().map(named);
            let answer =
                printed(merit(&company, &database.url).args(arguments).args(["--format", "csv"]).output().unwrap());
            let cells = cells(&answer);
            for cell in &cells {
                let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                if formula && cell.parse::<Decimal>().is_err() {
                    wrong.push(format!("{asked:?}: {cell:?} runs"));
                }
            }
            for wanted in expected.iter().filter(|wanted| !cells.iter().any(|cell| cell.starts_with(*wanted))) {
                wrong.push(format!("{asked:?}: no {wanted:?} in\n{answer}"));
            }
        }
        assert!(wrong.is_empty(), "{}: {}", database.name, wrong.join("\n"));
    }
}

/// The columns' names and all cells.
fn cells(csv: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// A command that prints CSV and is not asked above would be read by nobody.
#[test]
fn every_command_that_prints_csv_is_asked() {
    let mut known = BTreeSet::new();
    printing_csv(&merit::cli::commands(), "", &mut known);
    assert!(known.len() > 10, "{known:?}");
    let asked = |command: &&String| {
        let words: Vec<&str> = command.split(' ').collect();
        ASKED.iter().any(|(arguments, _)| arguments.starts_with(&words))
    };
    let forgotten: Vec<&String> = known.iter().filter(|command| !asked(command)).collect();
    assert!(forgotten.is_empty(), "ask these above: {forgotten:?}");
}

/// Cells are made harmless in one place, so nothing else may write CSV. The demo writes what its sources read, as other systems would.
#[test]
fn csv_is_written_where_formulas_are_kept_from_running() {
    let source = project_root().join("src");
    for file in rust_files(&source) {
        let name = file.strip_prefix(&source).unwrap().display().to_string();
        let text = fs::read_to_string(&file).unwrap();
        let guarded =
            ["cli/output.rs", "app/exports/sheet.rs"].contains(&name.as_str()) && text.contains("spreadsheet::");
        // Exports of the sample company, and the working file of a sheet: the pull alone reads them.
        let for_pulls = name.starts_with("cli/demo/") || name == "app/sheets/table.rs";
        assert!(
            !text.contains("csv::Writer") || guarded || for_pulls,
            "src/{name} writes CSV past the two places that keep formulas from running"
        );
    }
}
