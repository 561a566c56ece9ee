//! The same facts give the same hashes, however they came in and wherever they are kept.

use chrono::NaiveDate;
use merit::app::{App, PullOrder};

use crate::support::cases::{company, line, put_card, settle, write_cases};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;

const METRICS: [&str; 3] = ["csat_t2b", "fcr_repeat", "qa_score"];
const SEGMENTS: [&str; 3] = ["broadband", "", "roaming"];

/// Rows of two quarters, several of the same agent, day, metric and segment.
fn rows() -> Vec<String> {
    let first: NaiveDate = "2026-01-05".parse().unwrap();
    let mut rows = Vec::new();
    for number in 0..600_u64 {
        let place = |count: usize| usize::try_from(number).unwrap() % count;
        let day = first + chrono::Days::new(number / 4);
        let (metric, segment) = (METRICS[place(3)], SEGMENTS[place(7) % 3]);
        let reached = 15 + number % 6;
        rows.push(format!("E00{},{day},{metric},{segment},{reached},20", 1 + place(5)));
        if number % 4 == 0 {
            rows.push(format!("E00{},{day},{metric},{segment},{}.5,20", 1 + place(5), reached - 1));
        }
    }
    rows
}

/// Agents of whom one moves, with an index, peers and values drawn toward them.
fn measured_in_every_way() -> Company {
    let company = company(&[
        "E001,T1,front_line,2026-01-01,2026-05-15",
        "E001,T2,front_line,2026-05-16,",
        "E002,T1,front_line,2026-01-01,",
        "E003,T1,front_line,2026-01-01,",
        "E004,T2,front_line,2026-01-01,",
        "E005,T2,front_line,2026-01-01,",
    ]);
    let index = ", measure: index, id: fcr_index".to_owned();
    let lines = [
        line("csat_t2b", 40, ", shrink: {strength: 20}"),
        line("fcr_repeat", 30, &index).replace("[80, 0], [100, 100]", "[0.9, 0], [1.1, 100]"),
        line("qa_score", 30, ", scope: unit"),
    ];
    put_card(&company, "front_line", &lines, "peers: {by: [post, queue], min_members: 2}\n");
    company
}

async fn pull_days(app: &App, company: &Company, source: &str, days: Option<(&str, &str)>) {
    let days = days.map(|(first, last)| (first.parse().unwrap(), last.parse().unwrap()));
    let rules = company.rules();
    let order = PullOrder { rules: &rules, source, days, dry_run: false, allow_removals: true, progress: &|_| {} };
    app.pull(order).await.unwrap();
}

async fn hashes(app: &App, company: &Company) -> (String, String) {
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    let report = app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    assert_eq!((report.agents, report.scored), (5, 5));
    assert_eq!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differences, Vec::<String>::new());
    (report.snapshot_hash, report.result_hash)
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_split_over_pulls_and_sources_in_any_order_give_the_same_hashes() {
    let company = measured_in_every_way();
    let rows = rows();
    let all: Vec<&str> = rows.iter().map(String::as_str).collect();
    let every_second = |from: usize| -> Vec<&str> { all.iter().copied().skip(from).step_by(2).collect() };
    let backwards: Vec<&str> = all.iter().rev().copied().collect();
    let mut found = Vec::new();

    write_cases(&company, "cases", &all);
    for database in engines::databases(&company.path("whole.db")).await {
        let app = settle(&company, &database.url).await;
        pull_days(&app, &company, "cases", None).await;
        found.push(hashes(&app, &company).await);
    }
    write_cases(&company, "cases", &backwards);
    for database in engines::databases(&company.path("days.db")).await {
        let app = settle(&company, &database.url).await;
        for days in [("2026-05-11", "2026-12-31"), ("2025-12-01", "2026-03-09"), ("2026-03-10", "2026-05-10")] {
            pull_days(&app, &company, "cases", Some(days)).await;
        }
        found.push(hashes(&app, &company).await);
    }
    write_cases(&company, "cases", &every_second(1));
    write_cases(&company, "more", &every_second(0));
    for database in engines::databases(&company.path("sources.db")).await {
        let app = settle(&company, &database.url).await;
        for source in ["more", "cases"] {
            pull_days(&app, &company, source, None).await;
        }
        found.push(hashes(&app, &company).await);
    }
    assert_eq!(found.len(), 6);
    found.dedup();
    assert_eq!(found.len(), 1, "{found:#?}");
}
