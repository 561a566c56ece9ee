//! Cycles and the life of runs.

use merit::domain::cycle::CycleState;
use merit::store::{CompleteRun, NewCycle, RunState, StoreError};
use uuid::Uuid;

use super::fixture::{begin_run, day, freeze, noon, open, operator, period, settle};
use crate::support::stores::on_both_engines;

fn new_cycle(code: &str, first: &str, last: &str) -> NewCycle {
    NewCycle {
        public_id: Uuid::now_v7(),
        code: code.to_owned(),
        kind: "quarter".to_owned(),
        period: period(first, last),
        ruleset_hash: "rules-1".to_owned(),
        draft: false,
    }
}

fn completing(run_id: i64) -> CompleteRun {
    CompleteRun {
        act: merit::domain::cycle::CycleAct::Appraise,
        run_id,
        snapshot_hash: "s".into(),
        result_hash: Some("r".into()),
        agents: 3,
        by: operator(),
        finished_at: noon(),
    }
}

on_both_engines! {
    async fn a_day_belongs_to_one_cycle_of_a_kind(store: TestStore) {
        let q3 = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        assert_eq!((q3.state, q3.current_run_id), (CycleState::Open, None));
        let overlapping = store.open_cycle(&new_cycle("late", "2023-09-30", "2023-10-31")).await.unwrap_err();
        assert!(matches!(&overlapping, StoreError::CycleOverlaps { other, .. } if other == "2023-Q3"), "{overlapping}");
        let month = NewCycle { kind: "month".into(), ..new_cycle("2023-07", "2023-07-01", "2023-07-31") };
        store.open_cycle(&month).await.unwrap();
        let taken = store.open_cycle(&new_cycle("2023-Q3", "2024-07-01", "2024-09-30")).await.unwrap_err();
        assert!(matches!(taken, StoreError::Exists { .. }), "{taken}");
        let backwards = store.open_cycle(&new_cycle("x", "2024-07-02", "2024-07-01")).await.unwrap_err();
        assert!(matches!(backwards, StoreError::CycleBackwards { .. }), "{backwards}");
        let unknown = NewCycle { ruleset_hash: "none".into(), ..new_cycle("y", "2025-01-01", "2025-03-31") };
        assert!(matches!(store.open_cycle(&unknown).await, Err(StoreError::NotFound { .. })));
        assert_eq!(store.cycle_by_code("2023-Q3").await.unwrap(), Some(q3.clone()));
        assert_eq!(store.cycle_by_public_id(q3.public_id).await.unwrap(), Some(q3));
        let page = store.cycles_page(None, 1).await.unwrap();
        assert_eq!((page.rows[0].code.as_str(), page.more), ("2023-07", true));
        let page = store.cycles_page(Some("2023-07"), 1).await.unwrap();
        assert_eq!((page.rows[0].period.last, page.more), (day("2023-09-30"), false));
    }

    async fn a_run_becomes_current_only_when_complete(store: TestStore) {
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let first = begin_run(&store, &cycle).await;
        assert_eq!((first.revision, first.state, &first.history_run_ids[..]), (1, RunState::Running, &[3, 7][..]));
        assert_eq!(store.cycle_by_code("2023-Q3").await.unwrap().unwrap().current_run_id, None);
        store.complete_run(&completing(first.id)).await.unwrap();
        let current = store.cycle_by_code("2023-Q3").await.unwrap().unwrap();
        assert_eq!((current.current_run_id, current.state), (Some(first.id), CycleState::Scored));
        let run = store.run(first.id).await.unwrap().unwrap();
        assert_eq!((run.state, run.agents, run.finished_at), (RunState::Complete, 3, Some(noon())));
        assert_eq!((run.snapshot_hash.as_deref(), run.result_hash.as_deref()), (Some("s"), Some("r")));

        let second = begin_run(&store, &cycle).await;
        store.fail_run(second.id, noon()).await.unwrap();
        assert_eq!(store.cycle_by_code("2023-Q3").await.unwrap().unwrap().current_run_id, Some(first.id));
        let refused = store.complete_run(&completing(second.id)).await.unwrap_err();
        assert!(matches!(refused, StoreError::RunNotRunning(id) if id == second.id), "{refused}");
        store.fail_run(first.id, noon()).await.unwrap();
        let states: Vec<_> = store.runs(cycle.id).await.unwrap().iter().map(|run| (run.revision, run.state)).collect();
        assert_eq!(states, [(2, RunState::Failed), (1, RunState::Complete)]);
    }

    async fn a_killed_run_is_cleared_by_the_next(store: TestStore) {
        settle(&store, 4).await;
        let cycle = open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        let killed = begin_run(&store, &cycle).await;
        freeze(&store, killed.id).await.unwrap();
        assert_eq!(store.snapshot_chunk(killed.id, None, 9).await.unwrap().len(), 4);
        let next = begin_run(&store, &cycle).await;
        assert_eq!(next.revision, 2);
        assert_eq!(store.run(killed.id).await.unwrap().unwrap().state, RunState::Failed);
        assert!(store.snapshot_chunk(killed.id, None, 9).await.unwrap().is_empty());
        assert!(store.run_units(killed.id).await.unwrap().is_empty());
        assert!(matches!(freeze(&store, killed.id).await, Err(StoreError::RunNotRunning(_))));
        assert!(matches!(store.write_results(killed.id, Vec::new()).await, Err(StoreError::RunNotRunning(_))));
        freeze(&store, next.id).await.unwrap();
    }

    async fn earlier_runs_are_those_of_the_same_kind_before(store: TestStore) {
        let mut runs = Vec::new();
        for (code, first, last) in [
            ("2022-Q4", "2022-10-01", "2022-12-31"),
            ("2023-Q1", "2023-01-01", "2023-03-31"),
            ("2023-Q2", "2023-04-01", "2023-06-30"),
            ("2023-Q3", "2023-07-01", "2023-09-30"),
            ("2023-Q4", "2023-10-01", "2023-12-31"),
        ] {
            let cycle = open(&store, code, first, last).await;
            if code != "2023-Q2" {
                let run = begin_run(&store, &cycle).await;
                store.complete_run(&completing(run.id)).await.unwrap();
                runs.push(run.id);
            }
        }
        let cycle = store.cycle_by_code("2023-Q3").await.unwrap().unwrap();
        let earlier = store.earlier_runs(cycle.id, 5).await.unwrap();
        assert_eq!(earlier.iter().map(|run| run.run_id).collect::<Vec<_>>(), runs[..2]);
        assert_eq!(store.earlier_runs(cycle.id, 1).await.unwrap()[0].cycle_code, "2023-Q1");
    }
}
