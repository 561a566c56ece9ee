//! Workings are stored as bytes; their format is held here, so that a change of it is noticed.

use merit::domain::curve::{Corner, Reading};
use merit::domain::improvement::{Objective, Suggestion};
use merit::domain::interval::{Interval, IntervalMethod};
use merit::domain::judgement::{FormResult, JudgedGroup, JudgedItem, JudgementState, RaterGroup, TooFew, Unjudged};
use merit::domain::metric::MetricId;
use merit::domain::payout::{PayoutResult, PayoutStep, StepInput, StepKind};
use merit::domain::scorecard::{
    Absence, CardResult, CardState, Carried, Fallback, GateEffect, GateResult, Index, IndexSegment, Judged, LineResult,
    LineState, Measure, Outside, Scope, Shrinkage, Toward,
};
use merit::domain::text::Text;
use merit::store::{PayoutRow, PlanRow, ResultRow, StoreError};
use uuid::Uuid;

use super::fixture::{cny, day, fixed, pooled, settle};
use super::results::{running, whole};
use super::schema::execute;
use crate::support::stores::{TestStore, on_both_engines};

fn card() -> CardResult {
    let measured = LineResult {
        id: "qa".into(),
        measure: Measure::Value,
        outside: None,
        min_samples: 30,
        interval_method: Some(IntervalMethod::Wilson),
        index: None,
        shrinkage: None,
        carried: None,
        floor: None,
        cap: None,
        metric: MetricId::new("qa"),
        scope: Scope::Own,
        state: LineState::Measured,
        treatment: None,
        pooled: pooled(180_000_000, 200_000_000, 200),
        value: Some(fixed("90")),
        interval: Some(Interval { lower: fixed("85.06"), upper: fixed("93.43") }),
        reading: Some(Reading {
            points: fixed("66.666667"),
            from: Corner { value: fixed("80"), points: fixed("0") },
            to: Corner { value: fixed("95"), points: fixed("100") },
        }),
        points: Some(fixed("66.666667")),
        weight: fixed("60"),
        effective_weight: fixed("60"),
        contribution: fixed("40"),
    };
    let neutral = LineResult {
        id: "exam".into(),
        measure: Measure::Value,
        outside: None,
        min_samples: 30,
        interval_method: None,
        index: None,
        shrinkage: None,
        carried: None,
        floor: None,
        cap: None,
        metric: MetricId::new("exam"),
        scope: Scope::Unit,
        state: LineState::NoData,
        treatment: Some(Absence::Neutral { points: fixed("50") }),
        pooled: pooled(0, 0, 0),
        value: None,
        interval: None,
        reading: None,
        points: Some(fixed("50")),
        weight: fixed("40"),
        effective_weight: fixed("40"),
        contribution: fixed("20"),
    };
    let peers = pooled(880, 1000, 1000);
    let toward = Toward { peers, peer_value: fixed("88"), shrunk: fixed("87.1") };
    let segment = IndexSegment {
        segment: "broadband".into(),
        pooled: pooled(3, 7, 11),
        benchmark: fixed("0.873333"),
        overall: true,
        expected: fixed("6.113331"),
    };
    let penalty = LineResult {
        id: "slow".into(),
        measure: Measure::Index,
        outside: Some(Outside::Penalty),
        treatment: Some(Absence::Carry { otherwise: Fallback::Hold }),
        index: Some(Box::new(Index { segments: vec![segment], actual: fixed("3"), expected: fixed("6.113331") })),
        shrinkage: Some(Box::new(Shrinkage { strength: fixed("20"), toward: Some(toward) })),
        carried: Some(Box::new(Carried { points: fixed("3"), from: "2023-Q2".into() })),
        cap: Some(fixed("5")),
        ..neutral.clone()
    };
    CardResult {
        card: "front".into(),
        state: CardState::Scored,
        lines: vec![measured, neutral, penalty],
        gates: vec![GateResult {
            metric: MetricId::new("qa"),
            scope: Scope::Own,
            value: Some(fixed("90")),
            samples: 200,
            min_samples: 20,
            at_least: Some(fixed("95")),
            at_most: None,
            passed: Some(false),
            effect: GateEffect::CapRating { at: "B".into() },
            reason: Text { en: "agreed".into(), zh: "约定".into() }.into(),
        }],
        judged: Some(judged()),
        subtotal: Some(fixed("60")),
        adjusted: Some(fixed("57")),
        points_up_to: fixed("100"),
        total: Some(fixed("60")),
        printed: Some(fixed("60")),
        rating: Some("B".into()),
    }
}

/// One group counts, the other is anonymous and too small.
fn judged() -> Judged {
    let corner = |value, points| Corner { value: fixed(value), points: fixed(points) };
    let reading = Reading { points: fixed("80"), from: corner("3", "60"), to: corner("5", "100") };
    let supervisor = JudgedGroup {
        group: RaterGroup::Supervisor,
        raters: 1,
        min_raters: 1,
        anonymous: false,
        treatment: None,
        sum: Some(fixed("4")),
        mean: Some(fixed("4")),
        reading: Some(reading),
        points: Some(fixed("80")),
        weight: fixed("70"),
        effective_weight: fixed("100"),
        contribution: fixed("80"),
    };
    let peers = JudgedGroup {
        group: RaterGroup::Peer,
        raters: 2,
        min_raters: 3,
        anonymous: true,
        treatment: Some(TooFew::Redistribute),
        sum: None,
        mean: None,
        reading: None,
        points: None,
        weight: fixed("30"),
        effective_weight: fixed("0"),
        contribution: fixed("0"),
    };
    let item = JudgedItem {
        item: "ownership".into(),
        state: JudgementState::Judged,
        groups: vec![supervisor, peers],
        points: Some(fixed("80")),
        weight: fixed("100"),
        effective_weight: fixed("100"),
        contribution: fixed("80"),
    };
    Judged {
        form: FormResult {
            form: "conduct".into(),
            state: JudgementState::Judged,
            items: vec![item],
            points: Some(fixed("80")),
            left_out: 1,
        },
        treatment: Some(Unjudged::Measured),
        share: fixed("20"),
        effective_share: fixed("20"),
        contribution: fixed("16"),
        measured_share: fixed("80"),
        measured_contribution: Some(fixed("48")),
    }
}

fn payout() -> PayoutResult {
    let input = |name: &'static str, value: &str| StepInput { name: name.into(), value: value.parse().unwrap() };
    let step = |kind, inputs, result: &str| PayoutStep { kind, inputs, result: result.parse().unwrap() };
    PayoutResult {
        plan: "quarterly".into(),
        withheld: None,
        amount_minor: 180_000,
        currency: cny(),
        steps: vec![
            step(StepKind::Attainment, vec![input("score", "60")], "60"),
            step(StepKind::Sum, vec![input("stretch_1", "1800.5")], "1800.5"),
            step(StepKind::Rounding, vec![input("unrounded", "1800.5"), input("decimals", "2")], "1800.5"),
        ],
    }
}

fn plan() -> Suggestion {
    Suggestion {
        starts: day("2023-10-02"),
        due: day("2023-12-31"),
        check_ins: 2,
        objectives: vec![Objective {
            metric: MetricId::new("qa"),
            baseline: fixed("79.5"),
            floor: fixed("85"),
            target: fixed("90"),
            due: day("2023-12-31"),
            course: Some("listening".into()),
            periods_below: 2,
            of_periods: 3,
        }],
    }
}

/// Writes the sample for one agent and returns the run's id and the row.
async fn written(store: &TestStore) -> (i64, ResultRow) {
    let agent_id = settle(store, 1).await[0];
    let run = running(store).await;
    let row = ResultRow {
        agent_id,
        employee_number: "A0001".into(),
        unit_id: store.units().await.unwrap()[1].id,
        post: "front_line".into(),
        public_id: Uuid::now_v7(),
        result: whole(card()),
        payout: Some(PayoutRow { public_id: Uuid::now_v7(), result: payout() }),
        plan: Some(PlanRow { public_id: Uuid::now_v7(), suggestion: plan() }),
    };
    store.write_results(run.id, vec![row.packed(run.id).unwrap()]).await.unwrap();
    (run.id, row)
}

/// The only working of a table as hex, read beside the store.
async fn working(url: &str, table: &str) -> String {
    use sqlx::Connection;
    let sql = sqlx::AssertSqlSafe(format!("SELECT working FROM {table}"));
    let bytes: Vec<u8> = if url.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    } else {
        let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    };
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const CARD: &str = "\
    01010254310a66726f6e745f6c696e650a323032332d30372d30310a323032332d30392d3330b801160566726f6e74000302\
    7161027161000000000080d4d4ab018088debe0190033c0180aaea5501c0a68f51e0838d59010000000001d682ca3f80d0a5\
    4c0080d7cc5a8084af5f000001d682ca3f809c9c39809c9c3980e89226046578616d046578616d01000002010280c2d72f00\
    00003c0000000000000000000180c2d72f80e8922680e8922680b4891304736c6f77046578616d0101010102010501000000\
    3c00000001010962726f616462616e64060e16eacd6a01e6a0ea05809bee02e6a0ea050180b4891301e00dd00fd00f8098f6\
    53c0a9885301809bee0207323032332d513200000180ade2040180c2d72f80e8922680e8922680b4891301027161000180aa\
    ea559003280180d7cc5a0001000101420661677265656406e7baa6e5ae9a0107636f6e647563740001096f776e6572736869\
    70000200020200000180a4e8030180a4e8030180d0a54c809bee02809c9c3980ade2048084af5f0180d0a54c80f6e0428084\
    af5f80d0a54c01040601010000000000808ece1c00000180d0a54c8084af5f8084af5f80d0a54c0180d0a54c02010080b489\
    1380b489138090a10f80d0a54c0180b0e32d01809c9c39018081ae368084af5f01809c9c3901809c9c39010142008084af5f\
    00b80116000001809c9c3901809c9c39010142000108637361745f743262001280d9905201809dfe34";
const PAYOUT: &str = "\
    010300010573636f7265023630023630050109737472657463685f3106313830302e3506313830302e35060209756e726f75\
    6e64656406313830302e3508646563696d616c73013206313830302e35";
const PLAN: &str = "\
    010a323032332d31302d30320a323032332d31322d33310201027161c0cbe84b80fd875180aaea550a323032332d31322d33\
    3101096c697374656e696e670203";

on_both_engines! {
    /// When this fails, results that are stored already cannot be read any more: raise the format's number in the store with the
    /// first such change after a release, then put the new bytes here.
    async fn the_stored_format_is_what_it_was(store: TestStore) {
        let (run_id, row) = written(&store).await;
        assert_eq!(store.results_chunk(run_id, None, 9).await.unwrap(), [row]);
        let mut stored = Vec::new();
        for table in ["scorecard", "payout", "improvement_plan"] {
            stored.push(working(&store.url, table).await);
        }
        assert_eq!(stored, [CARD, PAYOUT, PLAN]);
    }

    async fn a_working_that_cannot_be_read_says_whose_and_why(store: TestStore) {
        let (run_id, _) = written(&store).await;
        let hex = if store.url.starts_with("postgres") { "'\\x" } else { "x'" };
        for (bytes, problem) in [
            ("", "it is empty"),
            ("07aa", "it is in format 7, not 1"),
            ("0105", "Hit the end of buffer, expected more data"),
            ("010000000000000000000000ff", "1 bytes are left over"),
        ] {
            execute(&store.url, &format!("UPDATE scorecard SET working = {hex}{bytes}'")).await;
            let refused = store.scorecard(run_id, "A0001").await.unwrap_err();
            assert!(matches!(refused, StoreError::Working { .. }), "{refused}");
            let said = format!(
                "the stored working of the scorecard of A0001 cannot be read ({problem}); it was changed by hand or written by \
                another version of Merit"
            );
            assert_eq!(refused.to_string(), said);
            assert_eq!(store.results_chunk(run_id, None, 9).await.unwrap_err().to_string(), said);
            assert_eq!(store.line_history(&[run_id], i64::MIN, i64::MAX).await.unwrap_err().to_string(), said);
        }
        // Lists do not open workings.
        assert_eq!(store.scorecards_page(run_id, None, 9, &merit::store::ResultFilter::default()).await.unwrap().rows.len(), 1);
    }
}
