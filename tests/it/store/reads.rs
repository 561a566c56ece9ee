//! Reading results by page and by agent.

use merit::domain::appraisal::AppraisalState;
use merit::domain::fixed::Fixed;
use merit::store::{PayoutTotal, ResultFilter, ResultRow, ScoreOrder, Store, Take};

use super::fixture::{begin_run, cny, open, settle};
use super::results::{packed, results, running};
use crate::support::stores::on_both_engines;

/// Ten agents; even ones sit in `T2`, the others in `T1`.
async fn scored(store: &Store) -> (i64, Vec<ResultRow>) {
    let agents = settle(store, 10).await;
    let run = running(store).await;
    let units = store.units().await.unwrap();
    let mut rows = results(store, &agents).await;
    for (index, row) in rows.iter_mut().enumerate() {
        row.unit_id = units[if index % 2 == 0 { 1 } else { 2 }].id;
    }
    store.write_results(run.id, packed(run.id, &rows)).await.unwrap();
    (run.id, rows)
}

fn numbers(rows: &[ResultRow]) -> Vec<String> {
    rows.iter().map(|row| row.employee_number.clone()).collect()
}

on_both_engines! {
    async fn scorecards_are_listed_by_score_in_both_directions(store: TestStore) {
        let (run_id, _) = scored(&store).await;
        let all = ResultFilter::default();
        let by_number = store.scorecards_page(run_id, None, 100, &all).await.unwrap().rows;
        let scores = by_number.iter().filter_map(|card| Some((card.printed?, card.employee_number.clone())));
        let mut expected: Vec<_> = scores.collect();
        assert!(expected.len() > 3);
        for order in [ScoreOrder::LeastFirst, ScoreOrder::BestFirst] {
            expected.sort_by(|one, other| match order {
                ScoreOrder::LeastFirst => one.cmp(other),
                ScoreOrder::BestFirst => other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)),
            });
            let mut seen: Vec<(Fixed, String)> = Vec::new();
            loop {
                let after = seen.last().map(|(score, number)| (*score, number.as_str()));
                let page = store.scorecards_by_score(run_id, after, order, 3, &all).await.unwrap();
                seen.extend(page.rows.into_iter().map(|card| (card.printed.unwrap(), card.employee_number)));
                if !page.more {
                    break;
                }
            }
            assert_eq!(seen, expected, "{order:?}");
        }
    }

    async fn scorecards_are_listed_by_key_with_filters(store: TestStore) {
        let (run_id, rows) = scored(&store).await;
        let all = ResultFilter::default();
        let mut seen = Vec::new();
        loop {
            let after = seen.last().cloned();
            let page = store.scorecards_page(run_id, after.as_deref(), 4, &all).await.unwrap();
            seen.extend(page.rows.into_iter().map(|row| row.employee_number));
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, numbers(&rows));
        let units = store.units().await.unwrap();
        let list = async |filter: ResultFilter| {
            let page = store.scorecards_page(run_id, None, 100, &filter).await.unwrap();
            page.rows.into_iter().map(|row| row.employee_number).collect::<Vec<_>>()
        };
        let unit = |code: &str| ResultFilter {
            unit: Some(units.iter().find(|unit| unit.code == code).unwrap().id),
            ..ResultFilter::default()
        };
        assert_eq!(list(unit("T2")).await, ["A0002", "A0004", "A0006", "A0008", "A0010"]);
        assert_eq!(list(unit("HQ")).await.len(), 10);
        assert_eq!(list(ResultFilter { rating: Some("A".into()), ..unit("T1") }).await, ["A0003"]);
        assert_eq!(list(ResultFilter { state: Some(AppraisalState::OnHold), ..all.clone() }).await, ["A0002"]);
        assert!(list(ResultFilter { rating: Some("A".into()), ..unit("T2") }).await.is_empty());
        let counts = store.scorecard_counts(run_id).await.unwrap();
        assert_eq!(counts, [
            (AppraisalState::InsufficientData, Some("A".into()), 1),
            (AppraisalState::OnHold, None, 1),
            (AppraisalState::Scored, Some("C".into()), 8),
        ]);
    }

    async fn one_scorecard_is_read_whole(store: TestStore) {
        let (run_id, rows) = scored(&store).await;
        let detail = store.scorecard(run_id, "A0002").await.unwrap().unwrap();
        assert_eq!(detail.result, rows[1].result);
        let summary = &detail.summary;
        assert_eq!((summary.agent_name.as_str(), summary.unit_code.as_str()), ("Agent A0002", "T2"));
        assert_eq!((summary.public_id, summary.state), (rows[1].public_id, AppraisalState::OnHold));
        assert_eq!(store.scorecard(run_id, "A9999").await.unwrap(), None);
        let page = store.scorecard_details_page(run_id, Some("A0002"), 3, &ResultFilter::default()).await.unwrap();
        assert!(page.more);
        let cards: Vec<_> = page.rows.into_iter().map(|detail| detail.result).collect();
        assert_eq!(cards, rows[2..5].iter().map(|row| row.result.clone()).collect::<Vec<_>>());
    }

    async fn payouts_are_listed_read_and_added_up(store: TestStore) {
        let (run_id, rows) = scored(&store).await;
        let page = store.payouts_page(run_id, None, 2, &ResultFilter::default()).await.unwrap();
        assert_eq!(page.rows.iter().map(|row| row.employee_number.as_str()).collect::<Vec<_>>(), ["A0001", "A0002"]);
        assert_eq!(page.rows[0].amount.minor, rows[0].payout.as_ref().unwrap().result.amount_minor);
        let next = store.payout_details_page(run_id, Some("A0002"), 100, &ResultFilter::default()).await.unwrap();
        assert_eq!(next.rows[0].summary.employee_number, "A0004", "A0003 has no payout");
        assert_eq!(next.rows.len(), 7);
        let one = store.payout(run_id, "A0002").await.unwrap().unwrap();
        assert_eq!(Some(&one.result), rows[1].payout.as_ref().map(|row| &row.result));
        assert_eq!(store.payout(run_id, "A0003").await.unwrap(), None);
        let payable: Vec<i64> =
            rows.iter().filter_map(|row| row.payout.as_ref()).map(|row| row.result.amount_minor).collect();
        let total = PayoutTotal { currency: cny(), amount_minor: payable.iter().sum(), payable: 8, withheld: 1 };
        assert_eq!(store.payout_totals(run_id, Take::Run).await.unwrap(), [total]);
    }

    async fn plans_are_listed_and_read(store: TestStore) {
        let (run_id, rows) = scored(&store).await;
        let page = store.plans_page(run_id, Some("A0001"), 100, &ResultFilter::default()).await.unwrap();
        assert_eq!(page.rows.len(), 8);
        assert_eq!((page.rows[0].employee_number.as_str(), page.rows[0].state.as_str()), ("A0003", "suggested"));
        let one = store.plan(run_id, "A0003").await.unwrap().unwrap();
        assert_eq!(Some(&one.suggestion), rows[2].plan.as_ref().map(|row| &row.suggestion));
        assert_eq!(store.plan(run_id, "A0002").await.unwrap(), None);
        let details = store.plan_details_page(run_id, None, 1, &ResultFilter::default()).await.unwrap();
        assert_eq!((details.rows[0].suggestion.objectives.len(), details.more), (2, true));
    }

    async fn a_run_without_results_is_empty(store: TestStore) {
        let cycle = open(&store, "2023-Q4", "2023-10-01", "2023-12-31").await;
        let run = begin_run(&store, &cycle).await;
        let all = ResultFilter::default();
        assert!(store.scorecards_page(run.id, None, 5, &all).await.unwrap().rows.is_empty());
        assert!(store.payout_details_page(run.id, None, 5, &all).await.unwrap().rows.is_empty());
        assert!(store.payout_totals(run.id, Take::Run).await.unwrap().is_empty());
        assert!(store.plan_details_page(run.id, None, 5, &all).await.unwrap().rows.is_empty());
    }
}
