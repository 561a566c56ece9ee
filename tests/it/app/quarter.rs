//! A quarter from facts to plans: the same on both engines, replayed to the byte.

use std::fs;

use merit::app::{AppError, Slice, Wanted};

use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::engines;

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_give_the_same_results_to_the_byte() {
    let company = Company::new(25);
    let mut hashes = Vec::new();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        let mut of_engine = Vec::new();
        for quarter in [FIRST_QUARTER, SECOND_QUARTER] {
            app.open_cycle(quarter, None, &company.rules()).await.unwrap();
            let report = app.appraise(quarter, &|_| {}).await.unwrap();
            assert_eq!((report.agents, report.scored, report.revision), (25, 25, 1), "{}", database.name);
            let replay = app.replay(quarter, &|_| {}).await.unwrap();
            assert_eq!(replay.differences, Vec::<String>::new(), "{}", database.name);
            assert_eq!(replay.result_hash, report.result_hash);
            of_engine.push((report.snapshot_hash, report.result_hash, report.payable, report.ratings, report.plans));
        }
        assert_ne!(of_engine[0].1, of_engine[1].1, "two quarters are not one");
        assert!(of_engine[1].4 > 0, "weak agents in two quarters get plans suggested");
        hashes.push(of_engine);
    }
    assert_eq!(hashes[0], hashes[1], "SQLite and PostgreSQL");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_can_be_appraised_again_and_the_new_result_takes_over() {
    let company = Company::new(5);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let first = app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        company.write_figures(7);
        company.pull(&app).await.unwrap();
        let second = app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!((first.revision, second.revision), (1, 2));
        assert_ne!(first.result_hash, second.result_hash);
        assert_eq!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().result_hash, second.result_hash);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_left_does_not_cost_others_their_history() {
    let company = Company::new(25);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let left = company.path("left.csv");
        let row = "E002,Agent 2,T1,front_line,2026-01-01,2026-06-30,1,3000,CNY";
        fs::write(&left, format!("employee_number,name,unit,post,from,to,fte,target_incentive,currency\n{row}\n"))
            .unwrap();
        app.import_roster(&left, None, false).await.unwrap();
        app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
        let second = app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
        assert_eq!((second.agents, second.plans > 0), (24, true), "{}", database.name);
        let plan = app.plan(SECOND_QUARTER, "E003").await.unwrap().suggestion;
        assert_eq!(plan.objectives[0].periods_below, 2, "{}", database.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_says_what_was_changed_by_hand() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        for (change, what) in [
            ("UPDATE scorecard SET printed = printed + 10000", "E001: /result/printed: stored "),
            ("UPDATE payout SET amount_minor = amount_minor + 1", "E001: /payout/amount_minor: stored "),
        ] {
            database.execute(change).await;
            let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
            assert_eq!(replay.differing, 3, "{:?}", replay.differences);
            assert!(
                replay.differences.iter().any(|difference| difference.starts_with(what)),
                "{:?}",
                replay.differences
            );
        }
        // The working of another's card: the lines differ as well.
        let swapped = "UPDATE scorecard SET working = (SELECT working FROM scorecard WHERE employee_number = 'E003')
            WHERE employee_number = 'E001'";
        database.execute(swapped).await;
        let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
        let line = "E001: /result/stretches/0/stretch/card/lines/0/contribution: stored ";
        assert!(replay.differences.iter().any(|difference| difference.starts_with(line)), "{:?}", replay.differences);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_total_is_the_sum_of_its_printed_parts() {
    let company = Company::new(20);
    let app = company.load(&company.sqlite()).await;
    app.open_cycle(SECOND_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
    let page = app.scorecards(SECOND_QUARTER, &Slice::first(), &Wanted::default()).await.unwrap();
    assert_eq!(page.rows.len(), 20);
    for summary in page.rows {
        let result = app.scorecard(SECOND_QUARTER, &summary.employee_number).await.unwrap().result;
        let [stretch] = result.stretches.as_slice() else { panic!("nobody moves here") };
        let card = &stretch.stretch.card;
        let decimal = |text: String| text.parse::<rust_decimal::Decimal>().unwrap();
        let sum: rust_decimal::Decimal = card.lines.iter().map(|line| decimal(line.contribution.to_string())).sum();
        assert_eq!(sum, decimal(card.subtotal.unwrap().to_string()), "{}", summary.employee_number);
        let weights: rust_decimal::Decimal =
            card.lines.iter().map(|line| decimal(line.effective_weight.to_string())).sum();
        assert_eq!(weights, decimal("100".into()), "{}", summary.employee_number);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_said_with_the_way_on() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let no_cycle = app.appraise("2030-Q1", &|_| {}).await.unwrap_err();
    assert!(matches!(&no_cycle, AppError::NotFound(_)));
    assert_eq!(
        no_cycle.to_string(),
        "there is no cycle '2030-Q1'; 'merit cycle list' shows them, 'merit cycle open' makes one"
    );
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    let not_yet = app.scorecard(FIRST_QUARTER, "E001").await.unwrap_err();
    assert_eq!(not_yet.to_string(), "cycle 2026-Q2 has no results yet: run 'merit appraise 2026-Q2'");
    let twice = app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap_err();
    assert_eq!(twice.to_string(), "there is a cycle '2026-Q2' already; choose another");
    let code = app.open_cycle("2026-Q5", None, &company.rules()).await.unwrap_err();
    assert!(code.to_string().starts_with("'2026-Q5' names no period"), "{code}");
}
