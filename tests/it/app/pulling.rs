//! Pulling into the store: exact differences, nothing lost, nothing half done.

use std::fs;

use merit::app::PullOrder;

use crate::support::company::Company;
use crate::support::engines;

#[tokio::test(flavor = "multi_thread")]
async fn the_same_pull_twice_changes_nothing_and_a_correction_only_what_it_touches() {
    let company = Company::new(4);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        let again = company.pull(&app).await.unwrap().pull;
        assert_eq!((again.facts_added, again.facts_changed, again.facts_removed), (0, 0, 0), "{}", database.name);
        assert_eq!(again.rows_used, 4 * 26 * 6);

        let export = fs::read_to_string(company.path("daily.csv")).unwrap();
        let mut rows: Vec<&str> = export.lines().collect();
        let removed = rows.pop().unwrap();
        assert!(removed.starts_with("E004,"));
        let corrected = rows[1].replace(",10,10", ",12,12");
        assert_ne!(corrected, rows[1]);
        rows[1] = &corrected;
        rows.push("E001,2026-09-29,csat_t2b,9,10,10");
        fs::write(company.path("daily.csv"), rows.join("\n")).unwrap();
        let third = company.pull(&app).await.unwrap().pull;
        assert_eq!((third.facts_added, third.facts_changed, third.facts_removed), (1, 1, 1), "{}", database.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_would_change_and_changes_nothing() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        company.write_figures(11);
        let rules = company.rules();
        let order = PullOrder {
            rules: &rules,
            source: "daily",
            days: None,
            dry_run: true,
            allow_removals: false,
            progress: &|_| {},
        };
        let dry = app.pull(order).await.unwrap();
        assert!(dry.dry_run && dry.pull.facts_changed > 0);
        let real = company.pull(&app).await.unwrap();
        assert_eq!(real.pull.facts_changed, dry.pull.facts_changed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_lost_most_of_its_rows_is_refused() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        let export = fs::read_to_string(company.path("daily.csv")).unwrap();
        let short: Vec<&str> = export.lines().take(40).collect();
        fs::write(company.path("daily.csv"), short.join("\n")).unwrap();
        let refused = company.pull(&app).await.unwrap_err().to_string();
        assert!(refused.contains("would remove 429 of 468 facts it covers, more than the 50 % allowed"), "{refused}");
        company.write_figures(0);
        let after = company.pull(&app).await.unwrap().pull;
        assert_eq!((after.facts_added, after.facts_changed, after.facts_removed), (0, 0, 0), "the old facts stand");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_cannot_be_used_are_set_aside_with_line_and_reason() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        let mut export = fs::read_to_string(company.path("daily.csv")).unwrap();
        export.push_str(
            "E999,2026-09-29,csat_t2b,9,10,10\nE001,29/09/2026,csat_t2b,9,10,10\nE001,2026-09-29,csat_t2b,9,10,0\n",
        );
        fs::write(company.path("daily.csv"), export).unwrap();
        let report = company.pull(&app).await.unwrap();
        assert_eq!(report.pull.rows_set_aside, 3);
        assert_eq!(report.pull.rows_read, report.pull.rows_used + 3);
        assert_eq!(report.reasons.iter().map(|(_, rows)| rows).sum::<i64>(), 3);
        let rows = app.rejected(&report.pull.id.to_string(), &merit::app::Slice::first()).await.unwrap().rows;
        let lines: Vec<(Option<i64>, &str)> = rows.iter().map(|(_, row)| (row.line, row.reason.as_str())).collect();
        let first = 2 * 26 * 6 + 2;
        assert_eq!(lines.iter().map(|(line, _)| line.unwrap()).collect::<Vec<_>>(), [first, first + 1, first + 2]);
        assert!(rows[0].1.detail.contains("E999"), "{}", rows[0].1.detail);
        assert!(rows[1].1.detail.contains("29/09/2026"), "{}", rows[1].1.detail);
        assert_eq!(rows[2].1.reason, "no cases");
    }
}
