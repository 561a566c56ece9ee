//! `merit fairness`.

use std::process::{Command, Output};

use serde_json::Value;

use crate::support::command::{printed, refused};
use crate::support::project_root;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_merit"));
    command.env("MERIT_RULES", project_root().join("scoring-config")).env_remove("RUST_LOG");
    command.arg("fairness").args(arguments).output().unwrap()
}

#[test]
fn a_table_says_what_was_simulated() {
    let small = ["--agents", "40", "--samples", "30,50", "--seed", "3"];
    let table = printed(run(&small));
    let begins = "40 identical agents, whose csat_t2b is truly 87.5; card front_line, seed 3.\n\
                  They truly stand on every line where it earns 50 points:\n";
    assert!(table.starts_with(begins), "{table}");
    for said in ["frt_sla", "92.5", "not moved by chance", "card, rate lines move"] {
        assert!(table.contains(said), "{said}: {table}");
    }
    assert_eq!(printed(run(&small)), table);

    let rows: Vec<Value> = serde_json::from_str(&printed(run(&[&small[..], &["--format", "json"]].concat()))).unwrap();
    assert_eq!(rows.len(), 20);
    assert_eq!(
        (&rows[0]["judged_by"], &rows[0]["samples"], &rows[0]["strength"]),
        (&"cliff".into(), &30.into(), &Value::Null)
    );
    assert_eq!((&rows[9]["judged_by"], &rows[9]["strength"]), (&"card_rate_lines".into(), &50.into()));
    assert_eq!((&rows[0]["true_score"], &rows[0]["true_rating"]), (&"50.00".into(), &"C".into()));
    let csv = printed(run(&[&small[..], &["--format", "csv"]].concat()));
    assert!(csv.starts_with("samples,judged_by,strength,rate_deviation,rate_spread,true_score,"), "{csv}");
    assert_eq!(csv.lines().count(), 21);
}

/// Words and figures of the table's rows for 30 cases.
fn rows_at_30(text: &str) -> Vec<Vec<&str>> {
    let rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|words| words.first() == Some(&"30")).collect()
}

#[test]
fn the_documented_table_is_what_is_printed() {
    let printed = printed(run(&["--samples", "30"]));
    let documented = std::fs::read_to_string(project_root().join("docs/fairness.md")).unwrap();
    assert_eq!(rows_at_30(&printed).len(), 10);
    assert_eq!(
        rows_at_30(&documented),
        rows_at_30(&printed),
        "copy what 'merit fairness' prints into docs/fairness.md"
    );
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    let unknown = refused(run(&["--card", "nobody"]), 1);
    assert!(unknown.starts_with("error: there is no card 'nobody': name one of "), "{unknown}");
    assert!(refused(run(&["--true-rate", "much"]), 2).contains("'much' is not a decimal number"));
    assert!(refused(run(&["--samples", "0"]), 2).contains("0 is not in 1..=100000"));
}
