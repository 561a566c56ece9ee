//! What stands beside an agent's facts: frozen benchmarks, points of the cycle before, ratings.

use std::fs;

use merit::app::RulesChoice;
use merit::domain::scorecard::{Absence, CardResult, LineState};

use crate::support::cases::{
    appraise, appraise_again, company, fixed, line, line_of, load, only_card, put_card, write_cases,
};
use crate::support::company::{Company, FIRST_QUARTER, pull};
use crate::support::engines;

/// The quarter before the first.
const BEFORE: &str = "2026-Q1";

fn indexed() -> Company {
    let company = company(&["E001,T1,front_line,2026-01-01,", "E002,T2,front_line,2026-01-01,"]);
    put_indexed(&company);
    company
}

fn put_indexed(company: &Company) {
    let index = "  - {id: fcr_index, metric: fcr_repeat, measure: index, weight: 50, curve: {kind: linear, points: [[0.9, 0], [1.1, 100]]}, min_samples: 10}\n";
    put_card(company, "front_line", &[line("csat_t2b", 50, ""), index.to_owned()], "");
}

const OF_BOTH_QUARTERS: [&str; 8] = [
    "E001,2026-03-31,fcr_repeat,broadband,30,50",
    "E002,2026-01-01,fcr_repeat,broadband,50,50",
    "E002,2026-02-01,fcr_repeat,enterprise,90,100",
    "E001,2026-02-01,csat_t2b,,18,20",
    "E001,2026-04-01,fcr_repeat,broadband,45,50",
    "E001,2026-05-01,fcr_repeat,enterprise,45,50",
    "E001,2026-06-30,fcr_repeat,roaming,17,20",
    "E001,2026-06-30,csat_t2b,,18,20",
];

fn assert_index(card: &CardResult) {
    let line = line_of(card, "fcr_index");
    let index = line.index.as_ref().unwrap();
    let segments = index.segments.iter().map(|part| (&*part.segment, part.benchmark, part.overall, part.expected));
    assert_eq!(
        segments.collect::<Vec<_>>(),
        [
            // 80 of 100, over both teams.
            ("broadband", fixed("0.8"), false, fixed("40")),
            ("enterprise", fixed("0.9"), false, fixed("45")),
            // New in this quarter: 170 of 200 over everything.
            ("roaming", fixed("0.85"), true, fixed("17")),
        ]
    );
    // 107 ÷ 102 = 1.0490196…; (1.04902 − 0.9) ÷ 0.2
    assert_eq!((index.actual, index.expected, line.value), (fixed("107"), fixed("102"), Some(fixed("1.04902"))));
    assert_eq!(line.points, Some(fixed("74.51")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_measured_against_what_was_frozen_when_the_cycle_opened() {
    let company = indexed();
    for database in engines::databases(&company.path("merit.db")).await {
        write_cases(&company, "cases", &OF_BOTH_QUARTERS);
        let app = load(&company, &database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let correct = |row: &'static str| {
            let mut rows = OF_BOTH_QUARTERS;
            rows[1] = row;
            write_cases(&company, "cases", &rows);
        };
        correct("E002,2026-01-01,fcr_repeat,broadband,5,50");
        pull(&app, &company.rules(), "cases").await.unwrap();
        appraise_again(&app, FIRST_QUARTER).await;
        assert_index(&only_card(&app, FIRST_QUARTER, "E001").await);
        // Neither does a correction between two appraisals change them.
        correct("E002,2026-01-01,fcr_repeat,broadband,7,50");
        pull(&app, &company.rules(), "cases").await.unwrap();
        appraise_again(&app, FIRST_QUARTER).await;
        assert_index(&only_card(&app, FIRST_QUARTER, "E001").await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_index_another_metric_freeze_its_benchmarks_when_they_are_pinned() {
    let company = indexed();
    for database in engines::databases(&company.path("merit.db")).await {
        put_card(&company, "front_line", &[line("csat_t2b", 50, ""), line("fcr_repeat", 50, "")], "");
        write_cases(&company, "cases", &OF_BOTH_QUARTERS);
        let app = load(&company, &database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        put_indexed(&company);
        app.repin_cycle(FIRST_QUARTER, RulesChoice::Folder(&company.rules())).await.unwrap();
        let mut rows = OF_BOTH_QUARTERS;
        rows[1] = "E002,2026-01-01,fcr_repeat,broadband,5,50";
        write_cases(&company, "cases", &rows);
        pull(&app, &company.rules(), "cases").await.unwrap();
        appraise_again(&app, FIRST_QUARTER).await;
        assert_index(&only_card(&app, FIRST_QUARTER, "E001").await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_period_before_there_is_no_benchmark() {
    let company = indexed();
    write_cases(&company, "cases", &OF_BOTH_QUARTERS);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = load(&company, &database.url).await;
        appraise(&company, &app, BEFORE).await;
        // Appraised again, it still has none, and says so.
        for _ in 0..2 {
            let card = only_card(&app, BEFORE, "E001").await;
            let line = line_of(&card, "fcr_index");
            assert_eq!((line.state, line.treatment), (LineState::NoBenchmark, Some(Absence::Redistribute)));
            assert_eq!((line.value, line.pooled.samples), (None, 50), "{}", database.name);
            assert_eq!(card.total, Some(fixed("50")), "satisfaction alone");
            appraise_again(&app, BEFORE).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_data_carries_the_points_of_the_cycle_before() {
    let company = company(&["E001,T1,front_line,2026-01-01,", "E002,T1,front_line,2026-01-01,"]);
    let carry = line("csat_t2b", 60, ", no_data: carry");
    put_card(&company, "front_line", &[carry, line("fcr_repeat", 40, "")], "");
    let rows = [
        "E001,2026-02-01,csat_t2b,,18,20",
        "E001,2026-02-01,fcr_repeat,,18,20",
        "E001,2026-05-01,fcr_repeat,,19,20",
        "E002,2026-05-01,fcr_repeat,,19,20",
    ];
    write_cases(&company, "cases", &rows);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = load(&company, &database.url).await;
        appraise(&company, &app, BEFORE).await;
        appraise(&company, &app, FIRST_QUARTER).await;
        let card = only_card(&app, FIRST_QUARTER, "E001").await;
        let line = line_of(&card, "csat_t2b");
        let carried = line.carried.as_ref().unwrap();
        assert_eq!((carried.points, &*carried.from), (fixed("50"), BEFORE));
        assert_eq!((line.state, line.value, line.points), (LineState::NoData, None, Some(fixed("50"))));
        // 60 × 50 % + 40 × 75 %
        assert_eq!(card.total, Some(fixed("60")), "{}", database.name);
        // Who has nothing to carry is treated as without data.
        let card = only_card(&app, FIRST_QUARTER, "E002").await;
        let line = line_of(&card, "csat_t2b");
        assert_eq!((line.treatment, line.carried.is_none()), (Some(Absence::Redistribute), true));
        assert_eq!(card.total, Some(fixed("75")), "{}", database.name);
    }
}

/// The manager rates every item of the form alike.
fn write_ratings(company: &Company, value: u32) {
    let mut rows = String::from("employee_number,rater,group,item,value\n");
    for item in ["ownership", "communication", "cooperation", "expertise", "integrity"] {
        rows.push_str(&format!("E001,S1,supervisor,{item},{value}\n"));
    }
    fs::write(company.path("ratings.csv"), rows).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ratings_are_frozen_with_the_run_and_count_by_the_cards_split() {
    let company = company(&["E001,T1,front_line,2026-01-01,", "S1,HQ,supervisor,2026-01-01,"]);
    put_card(&company, "front_line", &[line("csat_t2b", 100, "")], "judgement: {form: conduct, share: 20}\n");
    write_cases(&company, "cases", &["E001,2026-05-01,csat_t2b,,18,20"]);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = load(&company, &database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        write_ratings(&company, 4);
        app.import_ratings(FIRST_QUARTER, &company.path("ratings.csv"), false).await.unwrap();
        let first = app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let card = only_card(&app, FIRST_QUARTER, "E001").await;
        let judged = card.judged.as_ref().unwrap();
        // 4 on a scale of 1 to 5: 75 points.
        assert_eq!((judged.form.points, judged.contribution), (Some(fixed("75")), fixed("15")));
        // 50 × 80 % + 75 × 20 %
        assert_eq!((judged.measured_contribution, card.total), (Some(fixed("40")), Some(fixed("55"))));

        write_ratings(&company, 5);
        app.import_ratings(FIRST_QUARTER, &company.path("ratings.csv"), false).await.unwrap();
        let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!((replay.differing, replay.result_hash), (0, first.result_hash), "{}", database.name);
        appraise_again(&app, FIRST_QUARTER).await;
        assert_eq!(only_card(&app, FIRST_QUARTER, "E001").await.total, Some(fixed("60")), "{}", database.name);
    }
}
