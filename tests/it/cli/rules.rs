//! Versions of the rules by commands.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::command::{merit, printed, refused};
use crate::support::company::Company;
use crate::support::engines;

/// A second folder of rules: the first with other weights and no examples.
fn other_rules(company: &Company) {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &target);
            } else {
                fs::copy(&path, target).unwrap();
            }
        }
    }
    copy(&company.rules(), &company.path("other"));
    let card = company.path("other/scorecards/front_line.yaml");
    let text = fs::read_to_string(&card).unwrap();
    let text = text.split_once("\nexamples:").unwrap().0;
    fs::write(card, text.replacen("weight: 20", "weight: 25", 1).replacen("weight: 15", "weight: 10", 1)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_by_commands() {
    let place = tempfile::tempdir().unwrap();
    for database in engines::databases(&place.path().join("merit.db")).await {
        let company = Company::new(2);
        company.load(&database.url).await;
        other_rules(&company);
        let command = |arguments: &[&str]| -> Command {
            let mut command = merit(&company, &database.url);
            command.args(arguments);
            command
        };
        let run = |arguments: &[&str]| command(arguments).output().unwrap();

        // The environment names a folder, but nobody named it for the cycle.
        let none = refused(run(&["cycle", "open", "2026-Q2"]), 1);
        assert!(none.starts_with("error: no rules are in force on 2026-04-01"), "{none}");
        let added = printed(run(&["rules", "add", "rules", "--name", "Spring"]));
        assert!(added.contains("'Spring': checked.\nPut it in force with: merit rules publish "), "{added}");
        let published =
            printed(run(&["rules", "publish", "Spring", "--effective", "2026-04-01", "--note", "agreed in March"]));
        assert!(published.contains("'Spring' is published, in force from 2026-04-01.\n"), "{published}");
        let opened = printed(run(&["cycle", "open", "2026-Q2"]));
        assert!(opened.ends_with("'Spring'.\nThey are in force from 2026-04-01.\n"), "{opened}");

        printed(run(&["rules", "add", "other", "--name", "Summer"]));
        let inside = refused(run(&["rules", "publish", "Summer", "--effective", "2026-05-01"]), 1);
        assert!(inside.contains("2026-05-01 lies inside cycle 2026-Q2 (2026-04-01 to 2026-06-30)"), "{inside}");
        let opened = printed(run(&["cycle", "open", "2026-Q3", "--rules", "other"]));
        assert!(opened.contains("were there already, and all "), "{opened}");
        assert!(opened.contains(" was published with the cycle, in force from 2026-07-01.\n"), "{opened}");
        let repinned = printed(run(&["cycle", "repin", "2026-Q2", "--rules", "Summer"]));
        assert!(repinned.contains("They are in force from 2026-07-01 only; the cycle pins them"), "{repinned}");
        let repinned = printed(run(&["cycle", "repin", "2026-Q2"]));
        assert!(repinned.contains("'Spring'"), "{repinned}");

        let listed: Value = serde_json::from_str(&printed(run(&["rules", "list", "--format", "json"]))).unwrap();
        assert_eq!((&listed[0]["name"], &listed[1]["name"]), (&"Summer".into(), &"Spring".into()));
        assert_eq!((&listed[1]["cycles"], &listed[1]["note"]), (&"2026-Q2".into(), &"agreed in March".into()));
        let hash = listed[1]["hash"].as_str().unwrap();
        let csv = printed(run(&["rules", "list", "--format", "csv"]));
        assert_eq!(csv.lines().next(), Some("hash,name,state,effective_from,cycles,created_at,note"));
        assert!(printed(run(&["rules", "list"])).contains(&hash[..12]));

        let shown = printed(run(&["rules", "show", &hash[..8]]));
        assert!(shown.contains("Card 'Front line'\n") && shown.contains("Pinned by 2026-Q2\n"), "{shown}");
        assert!(printed(run(&["rules", "show", "Spring", "--lang", "zh"])).contains("考核表“前台客服”"));
        let content: Value = serde_json::from_str(&printed(run(&["rules", "show", "Spring", "--json"]))).unwrap();
        assert_eq!(content["format"], 1);

        let pinned = refused(run(&["rules", "withdraw", "Spring"]), 1);
        assert!(pinned.contains("is pinned by cycle 2026-Q2"), "{pinned}");
        let nobody = refused(run(&["rules", "show", "Winter"]), 1);
        assert!(nobody.starts_with("error: there is no version 'Winter' of the rules; "), "{nobody}");

        let words = printed(run(&["rules", "diff", "Spring", "other"]));
        assert_eq!(
            words.lines().skip(2).collect::<Vec<_>>(),
            [
                "Scorecards",
                "  Card 'Front line': the weight of 'Customer satisfaction (top two)' goes from 20 to 25 %.",
                "  Card 'Front line': the weight of 'First-contact resolution' goes from 15 to 10 %.",
            ]
        );
        assert_eq!(printed(run(&["rules", "diff", "Summer", "other"])).lines().count(), 1);
    }
}

#[test]
fn folders_are_compared_without_a_database() {
    let company = Company::new(1);
    other_rules(&company);
    let run = |arguments: &[&str]| merit(&company, "nowhere/merit.db").args(arguments).output().unwrap();
    let words = printed(run(&["rules", "diff", "rules", "other", "--lang", "zh"]));
    assert!(
        words.contains("考核表\n  考核表“前台客服”：“客户满意度（4–5 分占比）”的权重由 20% 改为 25%。\n"),
        "{words}"
    );
    let changes: Value =
        serde_json::from_str(&printed(run(&["rules", "diff", "rules", "other", "--format", "json"]))).unwrap();
    let first = &changes[0];
    assert_eq!((&first["area"], &first["subject"]), (&"scorecard".into(), &"front_line".into()));
    assert_eq!(first["path"], "cards/front_line/lines/csat_t2b/weight");
    assert_eq!((&first["before"], &first["after"]), (&"20".into(), &"25".into()));
    assert!(first["sentence_en"].as_str().unwrap().ends_with("goes from 20 to 25 %."));
    assert!(first["sentence_zh"].as_str().unwrap().ends_with("由 20% 改为 25%。"));
}

#[test]
fn a_draft_ends_with_failure_and_says_why() {
    let company = Company::new(1);
    let run = |arguments: &[&str]| merit(&company, &company.sqlite()).args(arguments).output().unwrap();
    printed(run(&["migrate"]));
    let card = company.rules().join("scorecards/front_line.yaml");
    let text = fs::read_to_string(&card).unwrap();
    fs::write(&card, text.replacen("    total: 64.52\n", "    total: 64.53\n", 1)).unwrap();
    let output = run(&["rules", "add", "rules", "--name", "Autumn"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("the rules give 64.52, the example says 64.53"), "{said}");
    assert!(said.contains("'Autumn': draft.\nIts worked examples do not hold"), "{said}");
    let refused_as = refused(run(&["rules", "publish", "Autumn", "--effective", "2026-04-01"]), 1);
    assert!(refused_as.contains("is a draft"), "{refused_as}");
    printed(run(&["rules", "withdraw", "Autumn"]));
}
