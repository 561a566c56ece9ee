//! `merit source draft`: a source from an export, which is then pulled.

use std::fs;

use crate::support::command::{merit, printed, refused};
use crate::support::company::Company;

fn draft(company: &Company, arguments: &[&str]) -> std::process::Output {
    let mut command = merit(company, &company.sqlite());
    command.args(["source", "draft"]).args(arguments).output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drafted_source_is_checked_and_pulled() {
    let company = Company::new(2);
    company.load(&company.sqlite()).await;
    let rows = "流水号,坐席工号,受理时间,满意度,是否解决,等待秒数,备注\n\
        1,E001,2026年7月1日 08:30,5,是,30,好\n2,E002,2026年7月1日 09:30,-,否,1900,\n3,E001,2026年7月2日 10:00,2,是,60,\n3,E001,2026年7月2日 10:00,4,是,60,\n4,E404,2026年7月2日 10:00,4,是,60,\n";
    fs::write(company.path("calls.csv"), rows).unwrap();
    // One row was corrected in the export itself: its number comes twice, so nothing numbers the rows until that is said.
    let told = printed(draft(&company, &["calls", "calls.csv"]));
    for line in [
        "坐席工号 → agent (agent)",
        "满意度 → rating (integer)",
        "是否解决 → resolved (text)",
        "等待秒数 → first_reply_seconds (integer)",
        "备注 → column_7 (text)",
        "Metrics: csat_t2b, csat_mean, resolution_rate, frt_sla, frt_mean",
        "no column numbers the rows",
    ] {
        assert!(told.contains(line), "'{line}' is not in\n{told}");
    }
    let run = |arguments: &[&str]| printed(merit(&company, &company.sqlite()).args(arguments).output().unwrap());
    run(&["check"]);
    let pulled = run(&["pull", "calls"]);
    assert!(
        pulled.contains("5 rows read") && pulled.contains("4 used") && pulled.contains("unknown agent"),
        "{pulled}"
    );
    let facts = run(&["facts", "list", "E001", "--from", "2026-07-01", "--to", "2026-07-31", "--format", "csv"]);
    assert!(facts.lines().any(|line| line.contains("resolution_rate") && line.contains("2026-07-01")), "{facts}");

    let again = refused(draft(&company, &["calls", "calls.csv"]), 1);
    assert!(again.contains("the rules have a source 'calls' already"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_told_is_asked_for() {
    let company = Company::new(1);
    company.load(&company.sqlite()).await;
    fs::write(company.path("odd.csv"), "Who,When,Points\nE001,2026-07-01,4\n").unwrap();
    fs::write(company.path("semicolons.csv"), "Agent;Date\nE001;2026-07-01\n").unwrap();
    fs::write(company.path("none.csv"), "").unwrap();
    for (arguments, why) in [
        (
            &["odd", "odd.csv"] as &[&str],
            "no column looks like the agent's number; name it with --agent COLUMN. The export has Who, When, Points",
        ),
        (&["odd", "odd.csv", "--agent", "Wo"], "the export has no column 'Wo'"),
        (&["odd", "odd.csv", "--agent", "Who", "--day", "Points"], "column 'Points' holds no dates or times"),
        (&["Odd", "odd.csv"], "'Odd' is no id of a source"),
        (&["odd", "odd.csv", "--time-zone", "Mars"], "'Mars' is no time zone"),
        (&["odd", "semicolons.csv"], "not separated by commas"),
        (&["odd", "odd.txt"], "only CSV, TSV and Excel files"),
        (&["odd", "absent.csv"], "absent.csv"),
    ] {
        let said = refused(draft(&company, arguments), 1);
        assert!(said.contains(why), "{arguments:?}: {said}");
        assert!(!company.rules().join("sources/odd.yaml").exists());
    }
    let told = printed(draft(&company, &["odd", "odd.csv", "--agent", "Who"]));
    assert!(told.contains("Who → agent (agent)") && told.contains("Metrics: none"), "{told}");
    // What is left to be said is said by the check, with file and line.
    let unfinished = merit(&company, &company.sqlite()).arg("check").output().unwrap();
    let said = String::from_utf8_lossy(&unfinished.stdout).into_owned() + &String::from_utf8_lossy(&unfinished.stderr);
    assert!(!unfinished.status.success() && said.contains("sources/odd.yaml:"), "{said}");
}
