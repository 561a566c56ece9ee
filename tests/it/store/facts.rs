//! Bringing facts up to date: exactly what differs, in one transaction.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use merit::store::{AgentRef, FactChanges, PreviewPull, Store, StoreError, StoredFact, Window};

use super::fixture::{Facts, begin, committing, day, ids, period, pooled, pull, pull_in, settle};
use super::schema::execute;
use crate::support::stores::on_both_engines;

/// Every fact: (source, employee number, metric, day, segment) → (numerator, denominator, samples).
pub(super) async fn stored(url: &str) -> BTreeMap<(String, String, String, NaiveDate, String), (i64, i64, i64)> {
    let store = Store::open(url).await.unwrap();
    let mut found = BTreeMap::new();
    for agent in store.agent_keys().await.unwrap() {
        for fact in store.facts_of(agent.id, period("1800-01-01", "2200-12-31")).await.unwrap() {
            let StoredFact { day, metric, segment, source, pooled } = fact;
            let key = (source.to_string(), agent.employee_number.clone(), metric.to_string(), day, segment.to_string());
            found.insert(key, (pooled.numerator.micros(), pooled.denominator.micros(), pooled.samples));
        }
    }
    assert_eq!(store.rebuild_sums().await.unwrap(), 0, "the sums of each month are those of its days");
    found
}

fn changes(added: u64, changed: u64, removed: u64) -> FactChanges {
    FactChanges { added, changed, removed }
}

/// A quarter of facts for three agents, two metrics and two segments.
async fn quarter(store: &Store) -> Facts {
    let agents = settle(store, 3).await;
    let mut facts = Facts::of(&agents, &["csat_t2b", "aht"], &["", "voice"]);
    for agent in 0..3 {
        for metric in 0..2 {
            for (number, figure) in (1..=20).zip(1..) {
                let on = format!("2023-07-{number:02}");
                facts.add(agent, metric, &on, number % 2, pooled(1_000_000 * figure, 2_500_000, 3));
            }
        }
    }
    facts
}

on_both_engines! {
    async fn a_pull_changes_exactly_what_differs(store: TestStore) {
        let mut facts = quarter(&store).await;
        assert_eq!(pull(&store, "contacts", &facts).await, changes(120, 0, 0));
        let before = stored(&store.url).await;
        assert_eq!(before.len(), 120);
        assert_eq!(pull(&store, "contacts", &facts).await, changes(0, 0, 0));
        assert_eq!(stored(&store.url).await, before);

        facts.facts.remove(7);
        facts.facts.remove(90);
        facts.facts[3].pooled = pooled(1, 2_500_000, 3);
        facts.facts[4].pooled.samples = 4;
        facts.facts[5].pooled.denominator = merit::domain::fixed::Fixed::ZERO;
        facts.add(0, 0, "2023-08-01", 0, pooled(-5, 7, 1));
        assert_eq!(pull(&store, "contacts", &facts).await, changes(1, 3, 2));
        let after = stored(&store.url).await;
        assert_eq!(after.len(), 119);
        let differing = before.iter().filter(|(key, value)| after.get(key) != Some(value)).count();
        assert_eq!(differing, 5, "three changed and two gone, nothing else");
        assert_eq!(pull(&store, "contacts", &facts).await, changes(0, 0, 0));
    }

    async fn the_order_of_the_input_does_not_matter(store: TestStore) {
        let mut facts = quarter(&store).await;
        facts.facts.reverse();
        facts.facts.rotate_left(17);
        assert_eq!(pull(&store, "contacts", &facts).await, changes(120, 0, 0));
        facts.facts.rotate_left(31);
        assert_eq!(pull(&store, "contacts", &facts).await, changes(0, 0, 0));
    }

    async fn one_source_never_touches_anothers_facts(store: TestStore) {
        let facts = quarter(&store).await;
        pull(&store, "contacts", &facts).await;
        let mut other = facts.clone();
        other.facts.truncate(10);
        assert_eq!(pull(&store, "quality", &other).await, changes(10, 0, 0));
        other.facts.clear();
        assert_eq!(pull(&store, "quality", &other).await, changes(0, 0, 10));
        assert_eq!(stored(&store.url).await.len(), 120);
    }

    async fn a_window_limits_what_is_compared(store: TestStore) {
        let mut facts = quarter(&store).await;
        pull(&store, "contacts", &facts).await;
        let window = Window { from: Some(day("2023-07-05")), to: Some(day("2023-07-06")) };
        facts.facts.retain(|fact| window.contains(fact.day) && fact.agent < 2);
        assert_eq!(pull_in(&store, "contacts", window, &facts).await.unwrap(), changes(0, 0, 4));
        let open = Window { from: Some(day("2023-07-19")), to: None };
        facts.facts.clear();
        assert_eq!(pull_in(&store, "contacts", open, &facts).await.unwrap(), changes(0, 0, 12));
        assert_eq!(stored(&store.url).await.len(), 104);
        facts.add(0, 0, "2023-07-18", 0, pooled(1, 1, 1));
        let refused = pull_in(&store, "contacts", open, &facts).await.unwrap_err();
        assert!(matches!(refused, StoreError::OutsideWindow { .. }), "{refused}");
        assert!(refused.to_string().contains("2023-07-18") && refused.to_string().contains("from 2023-07-19"));
    }

    async fn a_pull_that_would_remove_too_much_is_refused(store: TestStore) {
        let mut facts = quarter(&store).await;
        pull(&store, "contacts", &facts).await;
        let before = stored(&store.url).await;
        facts.facts.truncate(59);
        facts.facts[0].pooled.samples = 99;
        let refused = pull_in(&store, "contacts", Window::ALL, &facts).await.unwrap_err();
        assert!(
            matches!(refused, StoreError::TooManyRemoved { existing: 120, removed: 61, limit_percent: 50, .. }),
            "{refused}"
        );
        assert!(refused.to_string().contains("max_removed_percent"), "{refused}");
        assert_eq!(stored(&store.url).await, before);
        let preview = PreviewPull { source: "contacts", window: Window::ALL, facts: facts.set(), max_removed_percent: 50 };
        assert!(matches!(store.preview_pull(preview, &mut ids()).await, Err(StoreError::TooManyRemoved { .. })));
        let id = begin(&store, "contacts", Window::ALL).await;
        let mut allowed = committing(id, Window::ALL, &facts);
        allowed.max_removed_percent = 51;
        assert_eq!(store.commit_pull(allowed, &mut ids()).await.unwrap(), changes(0, 1, 61));
    }

    async fn a_preview_tells_and_keeps_nothing(store: TestStore) {
        let mut facts = quarter(&store).await;
        pull(&store, "contacts", &facts).await;
        let before = stored(&store.url).await;
        facts.facts.remove(0);
        facts.facts[0].pooled.samples = 9;
        facts.agents.push(AgentRef::New("N1".into()));
        facts.add(3, 0, "2023-07-01", 1, pooled(1, 1, 1));
        let preview = PreviewPull { source: "contacts", window: Window::ALL, facts: facts.set(), max_removed_percent: 50 };
        assert_eq!(store.preview_pull(preview, &mut ids()).await.unwrap(), changes(1, 1, 1));
        let fresh = PreviewPull { source: "never seen", window: Window::ALL, facts: facts.set(), max_removed_percent: 50 };
        assert_eq!(store.preview_pull(fresh, &mut ids()).await.unwrap(), changes(120, 0, 0));
        assert_eq!(stored(&store.url).await, before);
        assert_eq!(store.agent_keys().await.unwrap().len(), 3);
    }

    async fn new_agents_are_made_with_the_facts(store: TestStore) {
        let mut facts = Facts::of(&settle(&store, 1).await, &["csat"], &[""]);
        facts.agents.extend([AgentRef::New("N2".into()), AgentRef::New("N1".into()), AgentRef::New("A0001".into())]);
        facts.add(1, 0, "2023-07-01", 0, pooled(1, 1, 1));
        facts.add(2, 0, "2023-07-01", 0, pooled(2, 1, 1));
        facts.add(3, 0, "2023-07-01", 0, pooled(3, 1, 1));
        assert_eq!(pull(&store, "contacts", &facts).await, changes(3, 0, 0));
        let numbers: Vec<String> = store.agent_keys().await.unwrap().into_iter().map(|key| key.employee_number).collect();
        assert_eq!(numbers, ["A0001", "N1", "N2"]);
        assert_eq!(pull(&store, "contacts", &facts).await, changes(0, 0, 0));
        let by_agent: Vec<i64> = stored(&store.url).await.into_values().map(|(numerator, ..)| numerator).collect();
        assert_eq!(by_agent, [3, 2, 1]);
    }

    async fn a_key_twice_or_outside_the_lists_is_refused(store: TestStore) {
        let mut facts = quarter(&store).await;
        facts.add(1, 1, "2023-07-02", 0, pooled(1, 1, 1));
        let refused = pull_in(&store, "contacts", Window::ALL, &facts).await.unwrap_err();
        assert!(matches!(refused, StoreError::DuplicateFact { .. }), "{refused}");
        assert!(refused.to_string().contains("'aht', 2023-07-02"), "{refused}");
        facts.facts.pop();
        facts.add(7, 0, "2023-07-02", 0, pooled(1, 1, 1));
        let refused = pull_in(&store, "contacts", Window::ALL, &facts).await.unwrap_err();
        assert!(matches!(refused, StoreError::UnknownFactIndex(120)), "{refused}");
        assert!(stored(&store.url).await.is_empty());
    }

    async fn extreme_figures_come_back_as_they_were(store: TestStore) {
        let agents = settle(&store, 1).await;
        let mut facts = Facts::of(&agents, &["csat"], &["", "热线 \"VIP\", {\\}"]);
        let figures = [(i64::MIN, i64::MAX, 0), (-1, 0, i64::MAX), (123_456_789_012_345, 1, 3), (i64::MAX, i64::MIN, 1)];
        for (number, (numerator, denominator, samples)) in (1..).zip(figures) {
            facts.add(0, 0, &format!("2023-07-{number:02}"), 1, pooled(numerator, denominator, samples));
        }
        facts.add(0, 0, "1900-02-28", 0, pooled(1, 2, 3));
        pull(&store, "contacts", &facts).await;
        let found = stored(&store.url).await;
        for (number, figure) in (1..).zip(figures) {
            let on = day(&format!("2023-07-{number:02}"));
            let key = ("contacts".into(), "A0001".into(), "csat".into(), on, "热线 \"VIP\", {\\}".into());
            assert_eq!(found.get(&key), Some(&figure));
        }
        assert_eq!(pull(&store, "contacts", &facts).await, changes(0, 0, 0));
    }

    async fn a_commit_cut_off_leaves_the_old_facts(store: TestStore) {
        let facts = quarter(&store).await;
        pull(&store, "contacts", &facts).await;
        let before = stored(&store.url).await;
        let mut many = facts.clone();
        for number in 0..5_000 {
            let on = (day("2024-01-01") + chrono::Days::new(number)).to_string();
            for agent in 0..3 {
                for metric in 0..2 {
                    many.add(agent, metric, &on, 0, pooled(1, 1, 1));
                }
            }
        }
        many.facts[0].pooled.samples = 77;
        let mut cut_off = 0;
        for patience_millis in [0, 2, 8, 25] {
            let id = begin(&store, "contacts", Window::ALL).await;
            let mut ids = ids();
            let commit = store.commit_pull(committing(id, Window::ALL, &many), &mut ids);
            // A commit that is not done in time is dropped where it stands.
            let patience = std::time::Duration::from_millis(patience_millis);
            let in_time = tokio::time::timeout(patience, commit).await.is_ok();
            let left = stored(&store.url).await;
            // The database may already be keeping the last word of a commit that is dropped then: all of it, or nothing.
            if left == before {
                assert!(!in_time, "a commit that is done is kept");
                cut_off += 1;
            } else {
                assert_eq!(left.len(), before.len() + 30_000);
                let id = begin(&store, "contacts", Window::ALL).await;
                let mut back = committing(id, Window::ALL, &facts);
                back.max_removed_percent = 100;
                store.commit_pull(back, &mut super::fixture::ids()).await.unwrap();
                assert_eq!(stored(&store.url).await, before);
            }
        }
        assert!(cut_off > 0, "every commit was too quick to be cut off");
        let done = pull(&store, "contacts", &many).await;
        assert_eq!(done, changes(30_000, 1, 0));
    }

    async fn sums_changed_by_hand_are_found_and_made_anew(store: TestStore) {
        pull(&store, "contacts", &quarter(&store).await).await;
        execute(&store.url, "DELETE FROM fact_sums WHERE agent_id = (SELECT MIN(agent_id) FROM fact_sums)").await;
        execute(&store.url, "UPDATE fact_sums SET sums = (SELECT facts FROM fact_days ORDER BY agent_id LIMIT 1) WHERE agent_id = (SELECT MAX(agent_id) FROM fact_sums)").await;
        assert_eq!(store.rebuild_sums().await.unwrap(), 2);
        assert_eq!(store.rebuild_sums().await.unwrap(), 0);
    }
}
