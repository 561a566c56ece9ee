//! Readings of pay and of other people's results are recorded before they are answered; one's own are not.

use merit::app::{AccountKind, AccountOrder, App, SimulationOrder, Slice, TokenKind, TokenOrder, Wanted};

use super::{assert_whole, entries};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::publish;
use crate::support::engines;

const CYCLE: &str = FIRST_QUARTER;

/// Reads everything that is recorded, once.
async fn read_all(app: &App, company: &Company) {
    let (slice, wanted) = (Slice::first(), Wanted { unit: Some("T1".to_owned()), ..Wanted::default() });
    app.agent("E001").await.unwrap();
    app.scorecards(CYCLE, &slice, &wanted).await.unwrap();
    app.scorecard(CYCLE, "E001").await.unwrap();
    app.explained_scorecard(CYCLE, "E002").await.unwrap();
    app.payouts(CYCLE, &slice, &wanted).await.unwrap();
    app.payout(CYCLE, "E001").await.unwrap();
    app.explained_payout(CYCLE, "E002").await.unwrap();
    app.payout_totals(CYCLE).await.unwrap();
    app.cycle_cost(CYCLE).await.unwrap();
    app.plans(CYCLE, &slice, &wanted).await.unwrap();
    app.spread(CYCLE, &wanted).await.unwrap();
    app.agent_results(CYCLE, &slice, Some("T1"), None).await.unwrap();
    app.agent_result(CYCLE, "E001").await.unwrap();
    app.reviews_about(CYCLE, "E001").await.unwrap();
    app.calibrations(CYCLE, &slice, None).await.unwrap();
    app.approval_sheet(CYCLE).await.unwrap();
    app.exemption(CYCLE, "E001").await.unwrap();
    app.calibration_session(CYCLE, Some("T1")).await.unwrap();
    let days = ("2026-04-01".parse().unwrap(), "2026-06-30".parse().unwrap());
    app.facts("E001", days, Some("csat_t2b")).await.unwrap();
    app.replay(CYCLE, &|_| {}).await.unwrap();
    let rules = company.rules().display().to_string();
    app.simulate(&SimulationOrder { cycle: CYCLE, rules: &rules, all: false }, &|_| {}).await.unwrap();
}

/// What is about nobody in particular, or discloses nothing.
async fn read_the_rest(app: &App) {
    app.agents(&Slice::first(), None, None).await.unwrap();
    app.units(&Slice::first()).await.unwrap();
    app.cycles(&Slice::first()).await.unwrap();
    app.pulls(None, &Slice::first()).await.unwrap();
    app.unit_scorecards(CYCLE, &Slice::first(), &merit::app::WantedUnits::default()).await.unwrap();
    app.scorecard(CYCLE, "E999").await.unwrap_err();
    app.payout("2030-Q1", "E001").await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_are_recorded_and_ones_own_are_not() {
    let company = Company::new(3);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(CYCLE, None, &company.rules()).await.unwrap();
        app.appraise(CYCLE, &|_| {}).await.unwrap();
        publish(&app, CYCLE).await;
        let planned = app.plans(CYCLE, &Slice::first(), &Wanted::default()).await.unwrap().rows;
        let person = AccountOrder { kind: AccountKind::Person, login: "e001", name: "Agent 1", agent: Some("E001") };
        let account = app.create_account(person).await.unwrap().account.public_id;
        let order = TokenOrder { account, name: "own", kind: TokenKind::Token, only: None, expires_at: None };
        let token = app.create_token(order).await.unwrap().1;
        let before = entries(&app).await.len();

        let own = app.acting_as(app.bearer(&token).await.unwrap().unwrap());
        own.agent("E001").await.unwrap();
        own.explained_scorecard(CYCLE, "E001").await.unwrap();
        own.explained_payout(CYCLE, "E001").await.unwrap();
        own.scorecards(CYCLE, &Slice::first(), &Wanted::default()).await.unwrap();
        own.payouts(CYCLE, &Slice::first(), &Wanted::default()).await.unwrap();
        own.payout(CYCLE, "E002").await.unwrap_err();
        read_the_rest(&app).await;
        assert_eq!(entries(&app).await.len(), before, "{}", database.name);

        read_all(&app, &company).await;
        let mut expected = vec![
            ("agent.read_pay", "E001", ""),
            ("calibration.read_session", CYCLE, "unit=T1 rows=3"),
            ("cycle.read_sheet", CYCLE, "shown="),
            ("cycle.replay", CYCLE, "revision=1 agents=3 differing=0"),
            ("cycle.simulate", CYCLE, "revision=1 rules="),
            ("exemption.read", "E001", "cycle=2026-Q2"),
            ("facts.read", "E001", "2026-04-01 to 2026-06-30 metric=csat_t2b"),
            ("payout.cost", CYCLE, ""),
            ("payout.list", CYCLE, "unit=T1 rows=3 E001…E003"),
            ("payout.read", "E001", "cycle=2026-Q2"),
            ("payout.read", "E002", "cycle=2026-Q2"),
            ("payout.totals", CYCLE, ""),
            ("plan.list", CYCLE, "unit=T1 rows="),
            ("rating.list", CYCLE, "rows=0"),
            ("result.list", CYCLE, "unit=T1 rows=3 E001…E003"),
            ("result.read", "E001", "cycle=2026-Q2"),
            ("review.read", "E001", "cycle=2026-Q2"),
            ("scorecard.list", CYCLE, "unit=T1 rows=3 E001…E003"),
            ("scorecard.read", "E001", "cycle=2026-Q2"),
            ("scorecard.read", "E002", "cycle=2026-Q2"),
            ("spread.read", CYCLE, "unit=T1"),
            ("spread.read", CYCLE, "unit=T1"),
        ];
        if let Some(plan) = planned.first() {
            app.plan(CYCLE, &plan.summary.employee_number).await.unwrap();
            expected.insert(13, ("plan.read", plan.summary.employee_number.as_str(), "cycle=2026-Q2"));
        }
        let mut found = entries(&app).await;
        found.truncate(found.len() - before);
        found.sort_by_key(|entry| (entry.record.act.clone(), entry.record.subject.clone()));
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (entry, (act, subject, detail)) in found.iter().zip(expected) {
            let record = &entry.record;
            assert_eq!((record.act.as_str(), record.subject.as_str()), (act, subject));
            assert!(record.detail.starts_with(detail), "{record:?}");
            assert!(record.actor.starts_with("operator:") && record.actor_account.is_none());
        }
        let all = entries(&app).await.len();
        assert_whole(&app, all).await;
    }
}
