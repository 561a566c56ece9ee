//! `merit simulate` as people run it.

use serde_json::Value;

use crate::app::simulate::{WEIGHTS, draft, small_company};
use crate::support::command::{merit, printed, refused};
use crate::support::engines;

#[tokio::test(flavor = "multi_thread")]
async fn simulations_by_commands() {
    let place = tempfile::tempdir().unwrap();
    for database in engines::databases(&place.path().join("merit.db")).await {
        let company = small_company();
        company.load(&database.url).await;
        draft(&company, "draft", &WEIGHTS);
        let run = |arguments: &[&str]| merit(&company, &database.url).args(arguments).output().unwrap();
        printed(run(&["cycle", "open", "2026-Q2", "--rules", "rules"]));
        printed(run(&["appraise", "2026-Q2"]));

        let table = printed(run(&["simulate", "2026-Q2", "--rules", "draft"]));
        for part in [
            "to draft: 2 changes",
            "Cycle 2026-Q2, revision 1. Nothing of it was changed.\n",
            "       4 with a card before and after\n       1 without a card before and after\n",
            "Scores: 1 up, 2 down, 1 the same\n  mean change +0.38\n  largest rise +12.00\n  largest fall -9.00\n",
            "Largest winners by pay in CNY\n",
            "Largest losers by pay in USD\n",
        ] {
            assert!(table.contains(part), "{part}\n{table}");
        }
        assert!(!table.contains("Everybody who moves"), "{table}");
        assert!(
            printed(run(&["simulate", "2026-Q2", "--rules", "draft", "--all"])).contains("\nEverybody who moves\n")
        );

        let arguments = ["simulate", "2026-Q2", "--rules", "draft", "--format", "json"];
        let report: Value = serde_json::from_str(&printed(run(&arguments))).unwrap();
        assert_eq!((&report["scores"]["mean"], &report["movers"]), (&"0.375".into(), &Value::Null));
        assert_eq!(report["rule_changes"].as_array().unwrap().len(), 2);
        let winner = &report["rankings"][0]["winners"][0];
        assert_eq!((&winner["employee_number"], &winner["pay_change"]), (&"E001".into(), &"360.00".into()));
        assert_eq!(winner["after"]["pay"], serde_json::json!({ "amount": "2460.00", "currency": "CNY" }));

        let csv = printed(run(&["simulate", "2026-Q2", "--rules", "draft", "--format", "csv"]));
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(
            lines,
            [
                "list,employee_number,unit,outcome_before,outcome_after,score_before,score_after,score_change,pay_before,\
                 currency_before,pay_after,currency_after,pay_change",
                "wins,E001,T1,B,A,70.00,82.00,12.00,2100.00,CNY,2460.00,CNY,360.00",
                "loses,E002,P2,B,C,55.00,46.00,-9.00,1650.00,CNY,1380.00,CNY,-270.00",
                "loses,E005,P2,A,A,82.50,81.00,-1.50,825.00,USD,810.00,USD,-15.00",
            ]
        );
        let all = printed(run(&["simulate", "2026-Q2", "--rules", "draft", "--format", "csv", "--all"]));
        assert!(all.lines().skip(1).all(|line| line.starts_with("moves,")) && all.lines().count() == 4, "{all}");

        printed(run(&["rules", "add", "draft", "--name", "Next"]));
        let stored = printed(run(&["simulate", "2026-Q2", "--rules", "Next"]));
        assert!(stored.contains("'Next': 2 changes"), "{stored}");
        let none = refused(run(&["simulate", "2030-Q1", "--rules", "draft"]), 1);
        assert!(none.starts_with("error: there is no cycle '2030-Q1'"), "{none}");
    }
}
