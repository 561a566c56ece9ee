//! Results come back exactly as they were written.

use merit::domain::appraisal::{
    AppraisalResult, AppraisalState, PeerLine, Standing, StretchBasis, StretchCard, StretchResult,
};
use merit::domain::curve::{Corner, Reading};
use merit::domain::fixed::Fixed;
use merit::domain::improvement::{Objective, Suggestion};
use merit::domain::interval::{Interval, IntervalMethod};
use merit::domain::metric::MetricId;
use merit::domain::payout::{PayoutResult, PayoutStep, StepInput, StepKind, Withheld};
use merit::domain::peers::PeerStanding;
use merit::domain::scorecard::{
    Absence, CardResult, CardState, Carried, Fallback, GateEffect, GateResult, Index, IndexSegment, LineResult,
    LineState, Measure, Outside, Scope, Shrinkage, Toward,
};
use merit::domain::text::Text;
use merit::store::{CompleteRun, PackedResult, PayoutRow, PlanRow, ResultRow, Run, Store, StoreError};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::fixture::{begin_run, cny, day, fixed, freeze, noon, open, operator, period, pooled, settle};
use super::schema::count;
use crate::support::stores::on_both_engines;

fn line(metric: &str, state: LineState, treatment: Option<Absence>) -> LineResult {
    let measured = state == LineState::Measured;
    let corner = |value, points| Corner { value: fixed(value), points: fixed(points) };
    LineResult {
        id: format!("{metric}_line").into(),
        metric: MetricId::new(metric),
        measure: if measured { Measure::Value } else { Measure::Index },
        outside: (!measured).then_some(Outside::Penalty),
        min_samples: 7,
        interval_method: measured.then_some(IntervalMethod::Wilson),
        index: (!measured).then(|| Box::new(index())),
        shrinkage: measured.then(|| Box::new(shrinkage())),
        carried: (!measured).then(|| Box::new(Carried { points: fixed("61.5"), from: "2023-Q2".into() })),
        floor: measured.then(|| fixed("20")),
        cap: Some(fixed("99.5")),
        scope: if measured { Scope::Own } else { Scope::Unit },
        state,
        treatment,
        pooled: if state == LineState::NoData { pooled(0, 0, 0) } else { pooled(-3, 7, 11) },
        value: (state != LineState::NoData).then(|| fixed("86.123457")),
        interval: measured.then(|| Interval { lower: fixed("80.000001"), upper: fixed("91.5") }),
        reading: measured.then(|| Reading {
            points: fixed("22.46914"),
            from: corner("85", "0"),
            to: corner("90", "100"),
        }),
        points: measured.then(|| fixed("22.469141")),
        weight: fixed("33.333333"),
        effective_weight: fixed("33.333334"),
        contribution: fixed("-0.000001"),
    }
}

fn index() -> Index {
    let segment = IndexSegment {
        segment: "宽带".into(),
        pooled: pooled(3, 7, 11),
        benchmark: fixed("0.873333"),
        overall: true,
        expected: fixed("6.113331"),
    };
    Index { segments: vec![segment], actual: fixed("3"), expected: fixed("6.113331") }
}

fn shrinkage() -> Shrinkage {
    let toward = Toward { peers: pooled(880, 1000, 1000), peer_value: fixed("88"), shrunk: fixed("87.1") };
    Shrinkage { strength: fixed("20"), toward: Some(toward) }
}

/// Every state, treatment and effect there is.
pub(super) fn full_card() -> CardResult {
    let treatments = [
        Absence::Redistribute,
        Absence::Hold,
        Absence::Neutral { points: fixed("60.5") },
        Absence::Zero,
        Absence::Count,
        Absence::Carry { otherwise: Fallback::Neutral { points: fixed("50") } },
    ];
    let states = [LineState::LowSample, LineState::NoData, LineState::NotApplicable, LineState::NoBenchmark];
    let mut lines = vec![line("csat_t2b", LineState::Measured, None)];
    lines.extend(
        treatments
            .into_iter()
            .zip(states.into_iter().cycle())
            .zip(["aht", "fcr", "aht", "qa", "exam", "nps"])
            .map(|((treatment, state), metric)| line(metric, state, Some(treatment))),
    );
    let gate = |passed, effect| GateResult {
        metric: MetricId::new("adherence"),
        scope: Scope::Unit,
        value: Some(fixed("84.99")),
        samples: 3,
        min_samples: 2,
        at_least: Some(fixed("85")),
        at_most: None,
        passed,
        effect,
        reason: Text { en: "Adherence \"below\" 85".into(), zh: "低于85".into() }.into(),
    };
    CardResult {
        card: "front_line".into(),
        state: CardState::Scored,
        lines,
        gates: vec![
            gate(Some(false), GateEffect::CapTotal { at: fixed("59.99") }),
            gate(Some(true), GateEffect::CapRating { at: "B".into() }),
            GateResult { value: None, ..gate(None, GateEffect::ZeroLine { line: "qa".into() }) },
        ],
        judged: None,
        subtotal: Some(fixed("71.234567")),
        adjusted: Some(fixed("73.1")),
        points_up_to: fixed("120"),
        total: Some(fixed("59.99")),
        printed: Some(fixed("59.99")),
        rating: Some("C".into()),
    }
}

fn full_payout() -> PayoutResult {
    let step = |kind, result: &str| PayoutStep {
        kind,
        inputs: vec![
            StepInput { name: "score".into(), value: "59.990".parse().unwrap() },
            StepInput { name: "share".into(), value: Decimal::MAX },
        ],
        result: result.parse().unwrap(),
    };
    PayoutResult {
        plan: "quarterly".into(),
        withheld: None,
        amount_minor: -123_456_789_012,
        currency: cny(),
        steps: vec![
            step(StepKind::Attainment, "59.9900"),
            step(StepKind::Curve, "0.0000000000000000000000000001"),
            step(StepKind::Stretch, "0.00"),
            step(StepKind::Rounding, "-1"),
        ],
    }
}

fn full_plan() -> Suggestion {
    let objective = |metric: &str, course: Option<&str>| Objective {
        metric: MetricId::new(metric),
        baseline: fixed("79.5"),
        floor: fixed("85"),
        target: fixed("90"),
        due: day("2023-12-31"),
        course: course.map(str::to_owned),
        periods_below: 2,
        of_periods: 3,
    };
    Suggestion {
        starts: day("2023-10-02"),
        due: day("2023-12-31"),
        check_ins: 2,
        objectives: vec![objective("qa", Some("listening")), objective("plan_only_metric", None)],
    }
}

/// The rows as they are written under a run.
pub(super) fn packed(run_id: i64, rows: &[ResultRow]) -> Vec<PackedResult> {
    rows.iter().map(|row| row.packed(run_id).unwrap()).collect()
}

/// One result an agent: the first three full, without score and without payout, then the full one again and again.
pub(super) async fn results(store: &Store, agents: &[i64]) -> Vec<ResultRow> {
    let unit_id = store.units().await.unwrap()[0].id;
    let keys = store.agent_keys().await.unwrap();
    let row = |agent_id: i64| ResultRow {
        agent_id,
        employee_number: keys.iter().find(|key| key.id == agent_id).unwrap().employee_number.clone(),
        unit_id,
        post: "front_line".into(),
        public_id: Uuid::now_v7(),
        result: whole(full_card()),
        payout: Some(PayoutRow { public_id: Uuid::now_v7(), result: full_payout() }),
        plan: Some(PlanRow { public_id: Uuid::now_v7(), suggestion: full_plan() }),
    };
    let mut rows: Vec<ResultRow> = agents.iter().map(|id| row(*id)).collect();
    if let [_, unscored, bare, ..] = &mut rows[..] {
        unscored.result = whole(CardResult {
            state: CardState::OnHold,
            subtotal: None,
            total: None,
            printed: None,
            rating: None,
            gates: vec![],
            ..full_card()
        });
        let withheld =
            PayoutResult { withheld: Some(Withheld::NoScore), amount_minor: 0, steps: vec![], ..full_payout() };
        unscored.payout = Some(PayoutRow { public_id: Uuid::now_v7(), result: withheld });
        unscored.plan = None;
        bare.result = whole(CardResult { state: CardState::InsufficientData, lines: vec![], ..full_card() });
        bare.result.rating = Some("A".into());
        bare.payout = None;
    }
    rows
}

/// The result of a card that measures the whole cycle.
pub(super) fn whole(card: CardResult) -> AppraisalResult {
    let state = match card.state {
        CardState::Scored => AppraisalState::Scored,
        CardState::OnHold => AppraisalState::OnHold,
        CardState::InsufficientData => AppraisalState::InsufficientData,
    };
    let (total, printed, rating) = (card.total, card.printed, card.rating.clone());
    let stretch = StretchCard {
        unit: "T1".into(),
        post: "front_line".into(),
        period: period("2023-07-01", "2023-09-30"),
        days: 92,
        samples: 11,
        card,
    };
    let standing = PeerStanding::Compared { members: 9, value: fixed("86.12"), percentile: Some(fixed("55.56")) };
    AppraisalResult {
        stretches: vec![StretchResult { stretch, standing: Standing::Counted, share: Fixed::HUNDRED }],
        basis: StretchBasis::Days,
        days: 92,
        samples: 11,
        state,
        exemption: None,
        total,
        printed,
        rating,
        calibrated: None,
        peers: vec![PeerLine { line: "csat_t2b".into(), standing }],
    }
}

/// A frozen run of a new cycle.
pub(super) async fn running(store: &Store) -> Run {
    let cycle = open(store, "2023-Q3", "2023-07-01", "2023-09-30").await;
    let run = begin_run(store, &cycle).await;
    freeze(store, run.id).await.unwrap();
    run
}

on_both_engines! {
    async fn every_result_comes_back_as_it_was(store: TestStore) {
        let agents = settle(&store, 5).await;
        let run = running(&store).await;
        let rows = results(&store, &agents).await;
        store.write_results(run.id, packed(run.id, &rows[..2])).await.unwrap();
        store.write_results(run.id, packed(run.id, &rows[2..])).await.unwrap();
        assert_eq!(store.results_chunk(run.id, None, 100).await.unwrap(), rows);
        let first = store.results_chunk(run.id, None, 3).await.unwrap();
        assert_eq!(first, rows[..3]);
        assert_eq!(store.results_chunk(run.id, Some(agents[2]), 3).await.unwrap(), rows[3..]);
        assert!(store.results_chunk(run.id, Some(agents[4]), 3).await.unwrap().is_empty());
        // Decimals are kept in the domain's one way to write them, without zeros at the end.
        let step = &first[0].payout.as_ref().unwrap().result.steps[0];
        assert_eq!((step.result.to_string(), step.inputs[0].value.to_string()), ("59.99".into(), "59.99".into()));
    }

    async fn half_results_vanish_with_their_run(store: TestStore) {
        let agents = settle(&store, 4).await;
        let killed = running(&store).await;
        store.write_results(killed.id, packed(killed.id, &results(&store, &agents).await)).await.unwrap();
        let cycle = store.cycle_by_code("2023-Q3").await.unwrap().unwrap();
        let next = begin_run(&store, &cycle).await;
        assert!(store.results_chunk(killed.id, None, 9).await.unwrap().is_empty());
        for table in ["scorecard", "payout", "improvement_plan"] {
            assert_eq!(count(&store.url, table).await, 0, "{table}");
        }
        freeze(&store, next.id).await.unwrap();
        let rows = results(&store, &agents).await;
        store.write_results(next.id, packed(next.id, &rows)).await.unwrap();
        assert_eq!(store.results_chunk(next.id, None, 9).await.unwrap(), rows);
    }

    async fn an_agent_has_one_result_a_run(store: TestStore) {
        let agents = settle(&store, 3).await;
        let run = running(&store).await;
        let rows = results(&store, &agents).await;
        store.write_results(run.id, packed(run.id, &rows)).await.unwrap();
        let again: Vec<ResultRow> = results(&store, &agents[2..]).await;
        let refused = store.write_results(run.id, packed(run.id, &again)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Database { .. }), "{refused}");
        assert_eq!(store.results_chunk(run.id, None, 9).await.unwrap(), rows);
    }

    async fn earlier_values_are_those_of_the_lines(store: TestStore) {
        let agents = settle(&store, 3).await;
        let run = running(&store).await;
        store.write_results(run.id, packed(run.id, &results(&store, &agents).await)).await.unwrap();
        let done = CompleteRun {
            act: merit::domain::cycle::CycleAct::Appraise,
            run_id: run.id,
            snapshot_hash: "s".into(),
            result_hash: Some("r".into()),
            agents: 3,
            by: operator(),
            finished_at: noon(),
        };
        store.complete_run(&done).await.unwrap();
        let lines = store.line_history(&[run.id], i64::MIN, i64::MAX).await.unwrap();
        assert!(lines.iter().all(|line| (&*line.cycle, line.run_id) == ("2023-Q3", run.id)));
        let past: Vec<_> = lines.iter().filter(|line| line.past.is_some()).collect();
        let found: Vec<_> = past.iter().map(|line| (line.agent_id, line.metric.as_str(), line.scope)).collect();
        assert_eq!(found, [(agents[0], "csat_t2b", Scope::Own), (agents[1], "csat_t2b", Scope::Own)]);
        let first = past[0].past.as_ref().unwrap();
        assert_eq!(first.value, fixed("86.123457"));
        assert_eq!(first.interval, Some(Interval { lower: fixed("80.000001"), upper: fixed("91.5") }));
        assert_eq!(first.samples, 11);
        assert!(store.line_history(&[], i64::MIN, i64::MAX).await.unwrap().is_empty());
        assert!(store.line_history(&[run.id], agents[2], agents[2]).await.unwrap().is_empty());
    }

    async fn thousands_of_results_are_written_and_read(store: TestStore) {
        let agents = settle(&store, 3_000).await;
        let run = running(&store).await;
        let rows = results(&store, &agents).await;
        store.write_results(run.id, packed(run.id, &rows)).await.unwrap();
        let mut read = Vec::new();
        while let chunk = store.results_chunk(run.id, read.last().map(|row: &ResultRow| row.agent_id), 2_000).await.unwrap()
            && !chunk.is_empty()
        {
            read.extend(chunk);
        }
        assert!(read == rows, "results differ");
        assert_eq!(read[0].result.total, Some(Fixed::from_micros(59_990_000)));
    }
}

/// What a replay compares covers every figure and no id of one database.
#[test]
fn the_digest_of_a_result_sees_every_figure_and_no_id() {
    let row = ResultRow {
        agent_id: 7,
        employee_number: "A0001".into(),
        unit_id: 3,
        post: "front_line".into(),
        public_id: Uuid::now_v7(),
        result: whole(full_card()),
        payout: Some(PayoutRow { public_id: Uuid::now_v7(), result: full_payout() }),
        plan: Some(PlanRow { public_id: Uuid::now_v7(), suggestion: full_plan() }),
    };
    let digest = |row: &ResultRow| row.packed(1).unwrap().digest("T1");
    let was = digest(&row);
    assert_eq!(row.packed(2).unwrap().digest("T1"), was, "the run's id is one database's own");
    let elsewhere = ResultRow { agent_id: 8, unit_id: 4, public_id: Uuid::now_v7(), ..row.clone() };
    assert_eq!(digest(&elsewhere), was, "so are the ids of agent, unit and result");
    assert_ne!(row.packed(1).unwrap().digest("T2"), was, "but the unit's code counts");

    let changed = |change: &dyn Fn(&mut ResultRow)| {
        let mut other = row.clone();
        change(&mut other);
        digest(&other)
    };
    let changes: [&dyn Fn(&mut ResultRow); 10] = [
        &|row| row.employee_number = "A0002".into(),
        &|row| row.post = "back_office".into(),
        &|row| row.result.total = None,
        &|row| row.result.printed = None,
        &|row| row.result.rating = None,
        &|row| row.result.rating = Some("".into()),
        &|row| row.payout = None,
        &|row| row.payout.as_mut().unwrap().result.amount_minor += 1,
        &|row| row.plan = None,
        &|row| row.plan.as_mut().unwrap().suggestion.check_ins += 1,
    ];
    let mut digests: Vec<[u8; 32]> = changes.iter().map(|change| changed(change)).collect();
    digests.push(was);
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 11, "two different results have one digest");
}
