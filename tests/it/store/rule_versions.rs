//! Versions of the rules: their life, what never changes, and the pins of cycles.

use merit::domain::version::VersionState;
use merit::store::{NewCycle, NewRuleset, RuleVersion, RunState, Store, StoreError, VersionProblem};
use uuid::Uuid;

use super::fixture::{begin_run, day, noon, operator, period};
use super::schema::try_execute;
use crate::support::stores::on_both_engines;

fn rules(hash: &str, name: Option<&str>, examples_hold: bool) -> NewRuleset {
    NewRuleset {
        hash: hash.to_owned(),
        canonical: format!("{{\"名\":\"{hash}\"}}"),
        name: name.map(str::to_owned),
        note: None,
        examples_hold,
    }
}

async fn add(store: &Store, hash: &str) -> RuleVersion {
    store.add_ruleset(&rules(hash, None, true), noon()).await.unwrap().version
}

async fn publish(store: &Store, hash: &str, from: &str) -> Result<RuleVersion, StoreError> {
    store.publish_ruleset(hash, day(from), None, noon()).await
}

fn quarter(code: &str, first: &str, last: &str, hash: &str) -> NewCycle {
    NewCycle {
        public_id: Uuid::now_v7(),
        code: code.to_owned(),
        kind: "quarter".to_owned(),
        period: period(first, last),
        ruleset_hash: hash.to_owned(),
        draft: false,
    }
}

fn q3(hash: &str) -> NewCycle {
    quarter("2023-Q3", "2023-07-01", "2023-09-30", hash)
}

#[track_caller]
fn problem<T: std::fmt::Debug>(refused: Result<T, StoreError>) -> VersionProblem {
    match refused.unwrap_err() {
        StoreError::Version(problem) => problem,
        other => panic!("{other}"),
    }
}

on_both_engines! {
    async fn a_version_goes_from_draft_to_published(store: TestStore) {
        let draft = store.add_ruleset(&rules("aa", Some("Autumn"), false), noon()).await.unwrap();
        assert!(draft.new);
        let version = draft.version;
        assert_eq!((version.state, version.number, version.checked_at), (VersionState::Draft, 1, None));
        assert_eq!((version.name.as_deref(), version.created_at), (Some("Autumn"), noon()));
        assert!(matches!(problem(publish(&store, "aa", "2023-07-01").await), VersionProblem::NotChecked(_)));

        let checked = store.add_ruleset(&rules("aa", None, true), noon()).await.unwrap();
        assert_eq!((checked.new, checked.version.state), (false, VersionState::Checked));
        assert_eq!((checked.version.checked_at, checked.version.name.as_deref()), (Some(noon()), Some("Autumn")));
        let still = store.add_ruleset(&rules("aa", None, false), noon()).await.unwrap().version;
        assert_eq!(still.state, VersionState::Checked, "examples are no part of the content");

        let published = store.publish_ruleset("aa", day("2023-07-01"), Some("agreed"), noon()).await.unwrap();
        assert_eq!((published.state, published.effective_from), (VersionState::Published, Some(day("2023-07-01"))));
        assert_eq!((published.note.as_deref(), published.published_at), (Some("agreed"), Some(noon())));
        let moved = publish(&store, "aa", "2023-08-01").await.unwrap();
        assert_eq!((moved.effective_from, moved.note.as_deref()), (Some(day("2023-08-01")), Some("agreed")));

        let withdrawn = store.withdraw_ruleset("aa", noon()).await.unwrap();
        assert_eq!((withdrawn.state, withdrawn.effective_from), (VersionState::Withdrawn, None));
        assert!(matches!(problem(publish(&store, "aa", "2023-07-01").await), VersionProblem::Withdrawn(_)));
        assert!(matches!(problem(store.withdraw_ruleset("aa", noon()).await), VersionProblem::Withdrawn(_)));
        let back = store.add_ruleset(&rules("aa", Some("Again"), true), noon()).await.unwrap().version;
        assert_eq!((back.state, back.withdrawn_at, back.name.as_deref()), (VersionState::Checked, None, Some("Again")));
        let stored = store.ruleset("aa").await.unwrap().unwrap();
        assert_eq!(stored.canonical, "{\"名\":\"aa\"}");
        assert_eq!(store.ruleset("ab").await.unwrap(), None);
        assert!(matches!(publish(&store, "ab", "2023-07-01").await, Err(StoreError::NotFound { .. })));
    }

    async fn names_are_borne_by_one_living_version(store: TestStore) {
        store.add_ruleset(&rules("aa", Some("Autumn"), true), noon()).await.unwrap();
        let taken = problem(store.add_ruleset(&rules("bb", Some("Autumn"), true), noon()).await);
        assert_eq!(taken, VersionProblem::NameTaken { name: "Autumn".into(), taken_by: "aa".into() });
        assert_eq!(store.ruleset("bb").await.unwrap(), None, "nothing half done");
        assert_eq!(store.rule_version_by_name("Autumn").await.unwrap().unwrap().hash, "aa");
        store.withdraw_ruleset("aa", noon()).await.unwrap();
        assert_eq!(store.rule_version_by_name("Autumn").await.unwrap().unwrap().hash, "aa");
        store.add_ruleset(&rules("bb", Some("Autumn"), true), noon()).await.unwrap();
        assert_eq!(store.rule_version_by_name("Autumn").await.unwrap().unwrap().hash, "bb");
        let taken = problem(store.add_ruleset(&rules("aa", None, true), noon()).await);
        assert!(matches!(taken, VersionProblem::NameTaken { .. }), "coming back without a new name: {taken}");
        let renamed = store.add_ruleset(&rules("aa", Some("Winter"), true), noon()).await.unwrap().version;
        assert_eq!(renamed.name.as_deref(), Some("Winter"));
        assert_eq!(store.rule_version_by_name("Spring").await.unwrap(), None);
    }

    async fn versions_are_found_by_digits_and_listed_newest_first(store: TestStore) {
        for hash in ["ab01", "ab02", "c0ff"] {
            add(&store, hash).await;
        }
        let found = |prefix: &'static str| {
            let store = &store;
            async move {
                let found = store.rule_versions_by_hash(prefix).await.unwrap();
                found.into_iter().map(|version| version.hash).collect::<Vec<_>>()
            }
        };
        assert_eq!(found("ab").await, ["ab01", "ab02"]);
        assert_eq!(found("ab02").await, ["ab02"]);
        assert_eq!(found("c").await, ["c0ff"]);
        assert_eq!(found("d").await, [""; 0]);
        let page = store.rule_versions_page(None, 2).await.unwrap();
        let hashes: Vec<&str> = page.rows.iter().map(|version| version.hash.as_str()).collect();
        assert_eq!((hashes.as_slice(), page.more), (["c0ff", "ab02"].as_slice(), true));
        let page = store.rule_versions_page(Some(page.rows[1].number), 2).await.unwrap();
        assert_eq!((page.rows[0].hash.as_str(), page.more), ("ab01", false));
    }

    async fn the_latest_published_until_a_day_is_in_force(store: TestStore) {
        for hash in ["aa", "bb", "cc", "dd"] {
            add(&store, hash).await;
        }
        publish(&store, "aa", "2023-01-01").await.unwrap();
        publish(&store, "bb", "2023-07-01").await.unwrap();
        publish(&store, "cc", "2023-10-01").await.unwrap();
        let on = |on: &'static str| {
            let store = &store;
            async move { store.rules_in_force(day(on)).await.unwrap().map(|version| version.hash) }
        };
        assert_eq!(on("2022-12-31").await, None);
        assert_eq!(on("2023-06-30").await.as_deref(), Some("aa"));
        assert_eq!(on("2023-07-01").await.as_deref(), Some("bb"));
        assert_eq!(on("2024-01-01").await.as_deref(), Some("cc"));
        let later = noon() + chrono::TimeDelta::seconds(1);
        store.publish_ruleset("dd", day("2023-07-01"), None, later).await.unwrap();
        assert_eq!(on("2023-07-01").await.as_deref(), Some("dd"), "of the same day's, the one published last");
        store.withdraw_ruleset("dd", noon()).await.unwrap();
        assert_eq!(on("2023-07-01").await.as_deref(), Some("bb"));
    }

    async fn a_cycle_pins_published_rules_in_force(store: TestStore) {
        add(&store, "aa").await;
        assert!(matches!(problem(store.open_cycle(&q3("aa")).await), VersionProblem::NotPublished(_)));
        publish(&store, "aa", "2023-07-02").await.unwrap();
        let late = problem(store.open_cycle(&q3("aa")).await);
        assert!(matches!(late, VersionProblem::NotYetInForce { .. }), "{late}");
        publish(&store, "aa", "2023-07-01").await.unwrap();
        store.open_cycle(&q3("aa")).await.unwrap();
        let version = store.rule_versions_by_hash("aa").await.unwrap().remove(0);
        assert_eq!(version.cycles, ["2023-Q3"]);
    }

    async fn named_rules_are_published_with_the_cycle_or_not_at_all(store: TestStore) {
        add(&store, "aa").await;
        store.add_ruleset(&rules("bb", None, false), noon()).await.unwrap();
        assert!(matches!(problem(store.open_cycle_publishing(&q3("bb"), noon()).await), VersionProblem::NotChecked(_)));
        store.open_cycle_publishing(&q3("aa"), noon()).await.unwrap();
        let version = store.rule_versions_by_hash("aa").await.unwrap().remove(0);
        assert_eq!((version.state, version.effective_from), (VersionState::Published, Some(day("2023-07-01"))));

        add(&store, "cc").await;
        let taken = store.open_cycle_publishing(&q3("cc"), noon()).await.unwrap_err();
        assert!(matches!(taken, StoreError::Exists { .. }), "{taken}");
        let version = store.rule_versions_by_hash("cc").await.unwrap().remove(0);
        assert_eq!(version.state, VersionState::Checked, "a cycle that was not opened publishes nothing");

        let earlier = quarter("2023-Q2", "2023-04-01", "2023-06-30", "aa");
        store.open_cycle_publishing(&earlier, noon()).await.unwrap();
        let version = store.rule_versions_by_hash("aa").await.unwrap().remove(0);
        assert_eq!(version.effective_from, Some(day("2023-07-01")), "a pinned version keeps its day");
        assert_eq!(version.cycles, ["2023-Q2", "2023-Q3"]);
    }

    async fn what_a_cycle_pinned_never_changes(store: TestStore) {
        add(&store, "aa").await;
        add(&store, "bb").await;
        store.open_cycle_publishing(&q3("aa"), noon()).await.unwrap();
        let pinned = problem(publish(&store, "aa", "2023-10-01").await);
        assert!(matches!(&pinned, VersionProblem::Pinned { cycle, .. } if cycle == "2023-Q3"), "{pinned}");
        assert!(matches!(problem(store.withdraw_ruleset("aa", noon()).await), VersionProblem::Pinned { .. }));
        publish(&store, "aa", "2023-07-01").await.unwrap();
        for inside in ["2023-07-01", "2023-08-15", "2023-09-30"] {
            let refused = problem(publish(&store, "bb", inside).await);
            assert!(matches!(&refused, VersionProblem::InsideCycle { cycle, .. } if cycle == "2023-Q3"), "{refused}");
            assert!(refused.to_string().contains("Choose a day after 2023-09-30; or"), "{refused}");
        }
        publish(&store, "bb", "2023-10-01").await.unwrap();
        for behind in [
            "UPDATE ruleset SET canonical = '{}' WHERE hash = 'aa'",
            "DELETE FROM ruleset WHERE hash = 'bb'",
            "UPDATE rule_version SET effective_from = 1 WHERE hash = 'aa'",
            "UPDATE rule_version SET state = 'withdrawn' WHERE hash = 'aa'",
            "UPDATE rule_version SET effective_from = NULL WHERE hash = 'bb'",
        ] {
            try_execute(&store.url, behind).await.expect_err(behind);
        }
    }

    async fn a_cycle_exchanges_its_rules_until_it_is_appraised(store: TestStore) {
        let cycle = super::fixture::open(&store, "2023-Q3", "2023-07-01", "2023-09-30").await;
        add(&store, "bb").await;
        let refused = problem(store.repin_cycle("2023-Q3", "bb", None, noon()).await);
        assert!(matches!(refused, VersionProblem::NotPublished(_)), "{refused}");
        let under_way = begin_run(&store, &cycle).await;
        let repinned = store.repin_cycle("2023-Q3", "bb", Some(noon()), noon()).await.unwrap();
        assert_eq!((repinned.ruleset_hash.as_str(), repinned.id), ("bb", cycle.id));
        assert_eq!(store.run(under_way.id).await.unwrap().unwrap().state, RunState::Failed);
        let let_go = store.rule_versions_by_hash("rules-1").await.unwrap().remove(0);
        assert_eq!(let_go.cycles, [""; 0]);
        store.withdraw_ruleset("rules-1", noon()).await.unwrap();

        let run = |hash: &str| merit::store::NewRun {
            act: merit::domain::cycle::CycleAct::Appraise,
            public_id: Uuid::now_v7(),
            cycle_id: cycle.id,
            ruleset_hash: hash.to_owned(),
            engine_version: "0.1.0".to_owned(),
            history_run_ids: Vec::new(),
            started_at: noon(),
        };
        let stale = problem(store.begin_run(&run("rules-1")).await);
        assert_eq!(stale, VersionProblem::Exchanged("2023-Q3".into()));
        let fresh = store.begin_run(&run("bb")).await.unwrap();
        let done = merit::store::CompleteRun {
            act: merit::domain::cycle::CycleAct::Appraise,
            run_id: fresh.id,
            snapshot_hash: "s".into(),
            result_hash: Some("r".into()),
            agents: 0,
            by: operator(),
            finished_at: noon(),
        };
        store.complete_run(&done).await.unwrap();
        add(&store, "cc").await;
        let refused = problem(store.repin_cycle("2023-Q3", "cc", Some(noon()), noon()).await);
        assert_eq!(refused, VersionProblem::CycleAppraised { cycle: "2023-Q3".into(), state: "scored".into() });
        try_execute(&store.url, "UPDATE cycle SET ruleset_hash = 'cc'").await.expect_err("appraised");
        let none = store.repin_cycle("2023-Q4", "cc", None, noon()).await;
        assert!(matches!(none, Err(StoreError::NotFound { .. })));
    }
}
