//! `merit audit`, as an auditor uses it.

use std::fs;

use serde_json::Value;

use crate::support::command::{merit, printed, refused};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_listed_verified_and_anchored_by_command() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        company.load(&database.url).await;
        let run = |arguments: &[&str]| {
            merit(&company, &database.url).env("LOGNAME", "wang").args(arguments).output().unwrap()
        };
        printed(run(&["cycle", "open", FIRST_QUARTER, "--rules", "rules"]));
        printed(run(&["appraise", FIRST_QUARTER]));
        printed(run(&["payouts", FIRST_QUARTER, "E001"]));
        let listed = |more: &[&str]| -> Vec<Value> {
            let arguments = [&["audit", "list", "--format", "json"], more].concat();
            serde_json::from_str(&printed(run(&arguments))).unwrap()
        };
        let read = listed(&["--act", "payout.read", "--subject", "E001", "--actor", "operator:wang"]);
        assert_eq!(read.len(), 1, "{read:?}");
        assert_eq!(read[0]["detail"], "cycle=2026-Q2");
        assert_eq!(listed(&["--limit", "2"]).len(), 2);
        assert!(listed(&["--to", "2020-01-01"]).is_empty());
        assert!(printed(run(&["audit", "list", "--subject", FIRST_QUARTER])).contains("cycle.appraise"));

        // What people type may be run by a spreadsheet.
        printed(run(&["rules", "add", "rules", "--name", "Again", "--note", "=1+1"]));
        let csv = printed(run(&["audit", "list", "--act", "rules.add", "--format", "csv"]));
        assert!(csv.contains(",'=1+1,"), "{csv}");

        let whole = printed(run(&["audit", "verify"]));
        assert!(whole.starts_with("The audit log is whole: "), "{whole}");
        fs::write(company.path("anchor.json"), printed(run(&["audit", "anchor"]))).unwrap();
        printed(run(&["payouts", FIRST_QUARTER]));
        let whole = printed(run(&["audit", "verify", "--anchor", "anchor.json"]));
        assert!(whole.contains("It contains what was anchored at "), "{whole}");
        let not_one = refused(run(&["audit", "verify", "--anchor", "daily.csv"]), 1);
        assert!(not_one.contains("is not what 'merit audit anchor' prints"), "{not_one}");

        let disarm = if database.is_postgres() {
            "ALTER TABLE audit_entry DISABLE TRIGGER USER"
        } else {
            "DROP TRIGGER audit_entry_unchanged"
        };
        database.execute(disarm).await;
        database.execute("UPDATE audit_entry SET actor = 'nobody' WHERE act = 'payout.read'").await;
        let broken = run(&["audit", "verify"]);
        assert_eq!(broken.status.code(), Some(1));
        let said = String::from_utf8(broken.stdout).unwrap();
        assert!(said.starts_with("lane ") && said.contains(": was changed: "), "{said}");
    }
}
