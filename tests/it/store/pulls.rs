//! The record of pulls.

use merit::store::{PullCounts, PullReason, PullState, RejectedRow, StoreError, Window};
use uuid::Uuid;

use super::fixture::{Facts, begin, committing, day, ids, noon, pooled, settle};
use crate::support::stores::on_both_engines;

fn rejected(number: i64) -> RejectedRow {
    RejectedRow {
        file: "contacts.csv".into(),
        line: (number % 2 == 0).then_some(number),
        reason: "unknown_agent".into(),
        detail: format!("agent '?{number}' is not on the roster"),
        row: format!(r#"{{"agent":"?{number}","note":"a \"b\" 中文"}}"#),
    }
}

on_both_engines! {
    async fn a_pull_records_what_it_did(store: TestStore) {
        let mut facts = Facts::of(&settle(&store, 1).await, &["csat"], &[""]);
        facts.add(0, 0, "2023-07-02", 0, pooled(1, 1, 1));
        let window = Window { from: Some(day("2023-07-01")), to: None };
        let id = begin(&store, "contacts", window).await;
        let running = store.pull_by_id(id).await.unwrap().unwrap();
        assert_eq!((running.state, running.started_at, running.finished_at), (PullState::Running, noon(), None));
        let counts = PullCounts { read: 3_010, used: 5, superseded: 3, deleted: 2, set_aside: 3_000 };
        let reasons = vec![
            PullReason { reason: "bad_date".into(), rows: 1 },
            PullReason { reason: "unknown_agent".into(), rows: 2_999 },
        ];
        let empty = committing(id, window, &facts);
        let commit = merit::store::CommitPull {
            pull_id: empty.pull_id,
            window,
            facts: empty.facts,
            counts,
            reasons: reasons.clone(),
            rejected: (0..3_000).map(rejected),
            max_removed_percent: 50,
            finished_at: noon(),
        };
        let changes = store.commit_pull(commit, &mut ids()).await.unwrap();
        let pull = store.pull_by_id(id).await.unwrap().unwrap();
        assert_eq!((pull.state, pull.window, pull.counts, pull.changes), (PullState::Complete, window, counts, changes));
        assert_eq!((pull.finished_at, pull.source.as_str()), (Some(noon()), "contacts"));
        assert_eq!(store.pull_by_public_id(pull.public_id).await.unwrap(), Some(pull));
        assert_eq!(store.pull_by_public_id(Uuid::now_v7()).await.unwrap(), None);
        assert_eq!(store.pull_reasons(id).await.unwrap(), reasons.into_iter().rev().collect::<Vec<_>>());
        let mut after = None;
        let mut seen = Vec::new();
        loop {
            let page = store.pull_rejected_page(id, after, 700).await.unwrap();
            after = page.rows.last().map(|(seq, _)| *seq);
            seen.extend(page.rows.into_iter().map(|(_, row)| row));
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, (0..3_000).map(rejected).collect::<Vec<_>>());
    }

    async fn what_no_text_can_hold_is_kept_readable(store: TestStore) {
        let facts = Facts::of(&settle(&store, 1).await, &["csat"], &[""]);
        let id = begin(&store, "contacts", Window::ALL).await;
        let row = RejectedRow { detail: "a\0b".into(), ..rejected(1) };
        let empty = committing(id, Window::ALL, &facts);
        let commit = merit::store::CommitPull {
            pull_id: id,
            window: Window::ALL,
            facts: empty.facts,
            counts: PullCounts::default(),
            reasons: vec![],
            rejected: std::iter::once(row),
            max_removed_percent: 50,
            finished_at: noon(),
        };
        store.commit_pull(commit, &mut ids()).await.unwrap();
        assert_eq!(store.pull_rejected_page(id, None, 9).await.unwrap().rows[0].1.detail, "a\u{fffd}b");
    }

    async fn a_killed_pull_is_failed_by_the_next_of_its_source(store: TestStore) {
        let facts = Facts::of(&settle(&store, 1).await, &["csat"], &[""]);
        let killed = begin(&store, "contacts", Window::ALL).await;
        let other_source = begin(&store, "quality", Window::ALL).await;
        let next = begin(&store, "contacts", Window::ALL).await;
        let failed = store.pull_by_id(killed).await.unwrap().unwrap();
        assert_eq!(failed.state, PullState::Failed);
        assert!(failed.error.unwrap().contains("killed"));
        assert_eq!(store.pull_by_id(other_source).await.unwrap().unwrap().state, PullState::Running);
        let late = store.commit_pull(committing(killed, Window::ALL, &facts), &mut ids()).await.unwrap_err();
        assert!(matches!(late, StoreError::PullNotRunning(id) if id == killed), "{late}");
        store.commit_pull(committing(next, Window::ALL, &facts), &mut ids()).await.unwrap();
        let again = store.commit_pull(committing(next, Window::ALL, &facts), &mut ids()).await.unwrap_err();
        assert!(matches!(again, StoreError::PullNotRunning(_)), "{again}");
    }

    async fn a_failed_pull_keeps_its_reason_and_a_finished_one_its_state(store: TestStore) {
        let facts = Facts::of(&settle(&store, 1).await, &["csat"], &[""]);
        let id = begin(&store, "contacts", Window::ALL).await;
        store.fail_pull(id, "contacts.csv: not UTF-8 at byte 7", noon()).await.unwrap();
        let failed = store.pull_by_id(id).await.unwrap().unwrap();
        assert_eq!(failed.state, PullState::Failed);
        assert_eq!(failed.error.as_deref(), Some("contacts.csv: not UTF-8 at byte 7"));
        let id = begin(&store, "contacts", Window::ALL).await;
        store.commit_pull(committing(id, Window::ALL, &facts), &mut ids()).await.unwrap();
        store.fail_pull(id, "too late", noon()).await.unwrap();
        assert_eq!(store.pull_by_id(id).await.unwrap().unwrap().state, PullState::Complete);
    }

    async fn pulls_are_listed_newest_first(store: TestStore) {
        let mut begun = Vec::new();
        for number in 0..5 {
            begun.push(begin(&store, if number == 2 { "quality" } else { "contacts" }, Window::ALL).await);
        }
        let first = store.pulls_page(None, None, 2).await.unwrap();
        let listed = |page: &merit::store::Page<merit::store::Pull>| page.rows.iter().map(|pull| pull.id).collect::<Vec<_>>();
        assert_eq!((listed(&first), first.more), (vec![begun[4], begun[3]], true));
        let rest = store.pulls_page(None, Some(begun[3]), 5).await.unwrap();
        assert_eq!((listed(&rest), rest.more), (vec![begun[2], begun[1], begun[0]], false));
        assert_eq!(listed(&store.pulls_page(Some("quality"), None, 5).await.unwrap()), [begun[2]]);
        assert!(store.pulls_page(Some("nothing"), None, 5).await.unwrap().rows.is_empty());
    }
}
