//! Scorecards of units come back as they were written, page by page.

use merit::domain::scorecard::{CardResult, CardState};
use merit::store::{Run, Store, StoreError, UnitFilter, UnitResultRow};

use super::fixture::{begin_run, fixed, settle};
use super::results::{full_card, running};
use super::schema::count;
use crate::support::stores::on_both_engines;

/// Cards of the head office and its two teams, in order of code; the last team waits for data.
async fn cards(store: &Store, run: &Run) -> Vec<UnitResultRow> {
    let units = store.run_units(run.id).await.unwrap();
    let row = |unit: merit::store::RunUnit| UnitResultRow {
        unit_id: unit.unit_id,
        parent_id: unit.parent_id,
        kind: if unit.parent_id.is_some() { "team" } else { "headquarters" }.to_owned(),
        code: unit.code,
        card: full_card(),
    };
    let mut rows: Vec<UnitResultRow> = units.into_iter().map(row).collect();
    rows[2].card = CardResult {
        state: CardState::OnHold,
        subtotal: None,
        total: None,
        printed: None,
        rating: None,
        ..full_card()
    };
    rows
}

fn codes(rows: &[UnitResultRow]) -> Vec<&str> {
    rows.iter().map(|row| row.code.as_str()).collect()
}

on_both_engines! {
    async fn every_unit_card_comes_back_as_it_was(store: TestStore) {
        settle(&store, 2).await;
        let run = running(&store).await;
        let rows = cards(&store, &run).await;
        assert_eq!(codes(&rows), ["HQ", "T1", "T2"]);
        store.write_unit_results(run.id, &rows).await.unwrap();
        assert_eq!(store.unit_results(run.id, None, None).await.unwrap(), rows);
        assert_eq!(codes(&store.unit_results(run.id, Some("HQ"), Some("T1")).await.unwrap()), ["T1"]);
        assert_eq!(codes(&store.unit_results(run.id, Some("T1"), None).await.unwrap()), ["T2"]);
        let twice = store.write_unit_results(run.id, &rows[1..]).await.unwrap_err();
        assert!(matches!(twice, StoreError::Database { .. }), "{twice}");
        assert_eq!(store.cycle_code_of_run(run.id).await.unwrap().as_deref(), Some("2023-Q3"));
        assert_eq!(store.cycle_code_of_run(99).await.unwrap(), None);
    }

    async fn unit_cards_are_listed_by_key_with_filters(store: TestStore) {
        settle(&store, 2).await;
        let run = running(&store).await;
        store.write_unit_results(run.id, &cards(&store, &run).await).await.unwrap();
        let list = async |after: Option<&str>, limit, filter: &UnitFilter| {
            let page = store.unit_scorecards_page(run.id, after, limit, filter).await.unwrap();
            (page.rows.into_iter().map(|row| row.code).collect::<Vec<_>>(), page.more)
        };
        let all = UnitFilter::default();
        assert_eq!(list(None, 2, &all).await, (vec!["HQ".into(), "T1".into()], true));
        assert_eq!(list(Some("T1"), 2, &all).await, (vec!["T2".into()], false));
        let teams = UnitFilter { kind: Some("team".into()), ..UnitFilter::default() };
        assert_eq!(list(None, 9, &teams).await.0, ["T1", "T2"]);
        let head = store.run_units(run.id).await.unwrap()[0].unit_id;
        assert_eq!(list(Some("T1"), 9, &UnitFilter { parent: Some(head), ..all.clone() }).await.0, ["T2"]);
        assert!(list(None, 9, &UnitFilter { kind: Some("province".into()), ..all }).await.0.is_empty());

        let one = store.unit_scorecard(run.id, "T1").await.unwrap().unwrap();
        assert_eq!(one.result, full_card());
        let summary = one.summary;
        assert_eq!((summary.parent.as_deref(), summary.name_en.as_str()), (Some("HQ"), "Unit T1"));
        assert_eq!((summary.printed, summary.rating.as_deref()), (Some(fixed("59.99")), Some("C")));
        assert_eq!(store.unit_scorecard(run.id, "HQ").await.unwrap().unwrap().summary.parent, None);
        assert_eq!(store.unit_scorecard(run.id, "T2").await.unwrap().unwrap().summary.state, CardState::OnHold);
        assert_eq!(store.unit_scorecard(run.id, "T9").await.unwrap(), None);
    }

    async fn half_unit_cards_vanish_with_their_run(store: TestStore) {
        settle(&store, 2).await;
        let killed = running(&store).await;
        let rows = cards(&store, &killed).await;
        store.write_unit_results(killed.id, &rows).await.unwrap();
        let cycle = store.cycle_by_code("2023-Q3").await.unwrap().unwrap();
        begin_run(&store, &cycle).await;
        assert_eq!(count(&store.url, "unit_scorecard").await, 0);
        let late = store.write_unit_results(killed.id, &rows).await.unwrap_err();
        assert!(matches!(late, StoreError::RunNotRunning(id) if id == killed.id), "{late}");
    }

    async fn what_a_unit_carries_is_kept_with_it(store: TestStore) {
        settle(&store, 1).await;
        let cycle = super::fixture::open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let run = begin_run(&store, &cycle).await;
        let view = store.live_view(cycle.period).await.unwrap();
        let mut units = view.units().await.unwrap();
        units[1].carried = Some(vec![1, 0, 255]);
        store.write_run_units(run.id, &units).await.unwrap();
        assert_eq!(store.run_units(run.id).await.unwrap(), units);
    }
}
