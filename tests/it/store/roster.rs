//! Taking in and reading a roster.

use merit::store::{AgentFilter, AgentRow, RosterChanges, RosterImport, RosterProblem, StoreError};

use super::fixture::{agent, assignment, company, day, ids, settle, unit};
use super::schema::try_execute;
use crate::support::stores::on_both_engines;

fn problems(refused: Result<RosterChanges, StoreError>) -> Vec<RosterProblem> {
    match refused {
        Err(StoreError::Roster(problems)) => problems,
        other => panic!("not refused: {other:?}"),
    }
}

on_both_engines! {
    async fn the_same_roster_twice_changes_nothing(store: TestStore) {
        let mut roster = company(5);
        roster.agents[0].aliases = Some(vec!["zhang".into(), "a-1".into()]);
        roster.agents[1].attributes = Some(r#"{"skill":"光纤"}"#.into());
        let first = store.import_roster(&roster, &mut ids()).await.unwrap();
        let added = RosterChanges { units_added: 3, agents_added: 5, assignments_added: 5, ..Default::default() };
        assert_eq!(first, added);
        let second = store.import_roster(&roster, &mut ids()).await.unwrap();
        let unchanged =
            RosterChanges { units_unchanged: 3, agents_unchanged: 5, assignments_unchanged: 5, ..Default::default() };
        assert_eq!(second, unchanged);
        let keys = store.agent_keys().await.unwrap();
        assert_eq!(keys[0].aliases, ["a-1", "zhang"]);
        assert_eq!(store.agent_by_number("A0002").await.unwrap().unwrap().attributes, r#"{"skill":"光纤"}"#);
    }

    async fn a_preview_counts_and_keeps_nothing(store: TestStore) {
        let changes = store.preview_roster(&company(2), &mut ids()).await.unwrap();
        assert_eq!((changes.units_added, changes.agents_added, changes.assignments_added), (3, 2, 2));
        assert!(store.agent_keys().await.unwrap().is_empty());
        assert!(store.units().await.unwrap().is_empty());
    }

    async fn changes_are_taken_over_and_what_is_left_out_stays(store: TestStore) {
        let mut roster = company(3);
        roster.agents[0] = AgentRow {
            hired: Some(day("2020-05-01")),
            attributes: Some(r#"{"a":1}"#.into()),
            aliases: Some(vec!["old".into(), "kept".into()]),
            ..agent("A0001")
        };
        store.import_roster(&roster, &mut ids()).await.unwrap();
        let before = store.agent_by_number("A0001").await.unwrap().unwrap();
        let change = RosterImport {
            units: vec![unit("T2", Some("T1"))],
            agents: vec![
                AgentRow { name: "Renamed".into(), left: Some(day("2023-12-31")), ..agent("A0001") },
                AgentRow { aliases: Some(vec!["new".into()]), ..agent("A0002") },
            ],
            assignments: vec![],
        };
        let changes = store.import_roster(&change, &mut ids()).await.unwrap();
        assert_eq!((changes.units_changed, changes.agents_changed), (1, 2));
        let after = store.agent_by_number("A0001").await.unwrap().unwrap();
        assert_eq!((after.public_id, after.hired), (before.public_id, before.hired));
        assert_eq!((after.name.as_str(), after.left), ("Renamed", Some(day("2023-12-31"))));
        assert_eq!(after.attributes, r#"{"a":1}"#);
        assert_eq!(store.aliases(after.id).await.unwrap(), ["kept", "old"]);
        let moved = RosterImport {
            agents: vec![
                AgentRow { aliases: Some(vec!["new".into(), "old".into()]), ..agent("A0002") },
                AgentRow { name: "Renamed".into(), aliases: Some(vec!["kept".into()]), ..agent("A0001") },
            ],
            ..Default::default()
        };
        store.import_roster(&moved, &mut ids()).await.unwrap();
        let keys = store.agent_keys().await.unwrap();
        assert_eq!((&keys[0].aliases[..], &keys[1].aliases[..]), (&["kept".into()][..], &["new".into(), "old".into()][..]));
        let units = store.units().await.unwrap();
        assert_eq!(units[2].parent_id, Some(units[1].id));
    }

    async fn a_transfer_ends_the_assignment_before_it(store: TestStore) {
        let ids_by_number = settle(&store, 2).await;
        let transfer = RosterImport {
            assignments: vec![assignment("A0001", "T2", "2023-07-01", None)],
            ..Default::default()
        };
        let changes = store.import_roster(&transfer, &mut ids()).await.unwrap();
        assert_eq!((changes.assignments_added, changes.assignments_changed), (1, 1));
        let line = store.assignments(ids_by_number[0]).await.unwrap();
        assert_eq!(line[0].last_day, Some(day("2023-06-30")));
        assert_eq!((line[1].unit_code.as_str(), line[1].last_day), ("T2", None));
        // The first roster again: its open assignment still ends where the transfer begins.
        let again = store.import_roster(&company(2), &mut ids()).await.unwrap();
        assert_eq!((again.assignments_unchanged, again.assignments_changed), (2, 0));
        assert_eq!(store.assignments(ids_by_number[0]).await.unwrap(), line);
    }

    async fn assignments_that_share_days_are_refused_naming_both(store: TestStore) {
        let mut roster = company(1);
        roster.assignments = vec![
            assignment("A0001", "T1", "2023-01-01", Some("2023-06-30")),
            assignment("A0001", "T2", "2023-06-30", None),
        ];
        let refused = store.import_roster(&roster, &mut ids()).await;
        let text = refused.as_ref().unwrap_err().to_string();
        for part in ["'A0001'", "front_line in T1 from 2023-01-01 to 2023-06-30", "front_line in T2 from 2023-06-30 on", "end one"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(matches!(&problems(refused)[..], [RosterProblem::Overlap { first: 0, second: Some(1), .. }]));
        assert!(store.units().await.unwrap().is_empty(), "nothing is kept");

        roster.assignments = vec![assignment("A0001", "T1", "2023-01-01", Some("2023-06-30"))];
        store.import_roster(&roster, &mut ids()).await.unwrap();
        roster.assignments = vec![assignment("A0001", "T2", "2023-06-01", None)];
        let refused = store.import_roster(&roster, &mut ids()).await;
        assert!(matches!(&problems(refused)[..], [RosterProblem::Overlap { first: 0, second: None, .. }]));
    }

    async fn the_database_itself_refuses_overlaps(store: TestStore) {
        let agents = settle(&store, 2).await;
        let unit_id = store.units().await.unwrap()[0].id;
        let insert = |first: i64, last: &str| {
            format!(
                "INSERT INTO assignment (agent_id, unit_id, post, first_day, last_day, fte, target_minor, currency)
                VALUES ({}, {unit_id}, 'p', {first}, {last}, 1000000, 0, 'CNY')",
                agents[0]
            )
        };
        let first = i64::from(day("2023-01-01").to_epoch_days());
        for sql in [insert(first + 5, "NULL"), insert(first - 9, "NULL"), insert(first - 9, &first.to_string())] {
            let refused = try_execute(&store.url, &sql).await.unwrap_err().to_string();
            assert!(refused.contains("assignment overlaps another"), "{refused}");
        }
        try_execute(&store.url, &insert(first - 9, &(first - 1).to_string())).await.unwrap();
        let stretch = format!("UPDATE assignment SET last_day = {first} WHERE first_day = {}", first - 9);
        let refused = try_execute(&store.url, &stretch).await.unwrap_err().to_string();
        assert!(refused.contains("assignment overlaps another"), "{refused}");
    }

    async fn every_problem_is_reported_at_once(store: TestStore) {
        let roster = RosterImport {
            units: vec![
                unit("A", Some("B")),
                unit("B", Some("A")),
                unit("C", Some("nowhere")),
                unit("D", None),
                unit("D", None),
            ],
            agents: vec![
                agent("1"),
                agent("1"),
                AgentRow { aliases: Some(vec!["x".into()]), ..agent("2") },
                AgentRow { aliases: Some(vec!["x".into(), "1".into()]), ..agent("3") },
                AgentRow { hired: Some(day("2023-02-01")), left: Some(day("2023-01-01")), ..agent("4") },
            ],
            assignments: vec![
                assignment("9", "D", "2023-01-01", None),
                assignment("1", "E", "2023-01-01", None),
                assignment("2", "D", "2023-02-01", Some("2023-01-01")),
            ],
        };
        let found = problems(store.import_roster(&roster, &mut ids()).await);
        let has = |wanted: fn(&RosterProblem) -> bool, times: usize| {
            assert_eq!(found.iter().filter(|problem| wanted(problem)).count(), times, "{found:#?}");
        };
        has(|p| matches!(p, RosterProblem::UnitLoop { .. }), 2);
        has(|p| matches!(p, RosterProblem::UnknownParent { index: 2, .. }), 1);
        has(|p| matches!(p, RosterProblem::UnitTwice { first: 3, second: 4, .. }), 1);
        has(|p| matches!(p, RosterProblem::AgentTwice { first: 0, second: 1, .. }), 1);
        has(|p| matches!(p, RosterProblem::AliasTaken { index: 3, .. }), 2);
        has(|p| matches!(p, RosterProblem::LeftBeforeHired { index: 4, .. }), 1);
        has(|p| matches!(p, RosterProblem::UnknownAgent { index: 0, .. }), 1);
        has(|p| matches!(p, RosterProblem::UnknownUnit { index: 1, .. }), 1);
        has(|p| matches!(p, RosterProblem::Backwards { index: 2, .. }), 1);
        assert_eq!(found.len(), 11);
    }

    async fn agents_are_listed_by_key_and_filtered(store: TestStore) {
        let mut roster = company(7);
        roster.agents[4].name = "50%_off \\ Zhang".into();
        store.import_roster(&roster, &mut ids()).await.unwrap();
        let mut seen = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = store.agents_page(after.as_deref(), 3, &AgentFilter::default()).await.unwrap();
            assert!(page.rows.len() <= 3);
            seen.extend(page.rows.iter().map(|agent| agent.employee_number.clone()));
            after = seen.last().cloned();
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, ["A0001", "A0002", "A0003", "A0004", "A0005", "A0006", "A0007"]);
        let units = store.units().await.unwrap();
        let numbers = async |filter: AgentFilter| {
            let page = store.agents_page(None, 100, &filter).await.unwrap();
            page.rows.into_iter().map(|agent| agent.employee_number).collect::<Vec<_>>()
        };
        let of = |code: &str, on: &str| {
            let unit = units.iter().find(|unit| unit.code == code).unwrap().id;
            AgentFilter { unit: Some((unit, day(on))), ..AgentFilter::default() }
        };
        assert_eq!(numbers(of("T2", "2023-03-01")).await, ["A0002", "A0004", "A0006"]);
        assert_eq!(numbers(of("HQ", "2023-03-01")).await.len(), 7);
        assert!(numbers(of("HQ", "2022-12-31")).await.is_empty());
        let text = |text: &str| AgentFilter { text: Some(text.to_owned()), ..AgentFilter::default() };
        assert_eq!(numbers(text("%_OFF \\ z")).await, ["A0005"]);
        assert_eq!(numbers(text("a000")).await.len(), 7);
        assert!(numbers(text("%%")).await.is_empty());
        let both = AgentFilter { text: Some("6".into()), ..of("T2", "2023-03-01") };
        assert_eq!(numbers(both).await, ["A0006"]);
        let agent = store.agent_by_number("A0003").await.unwrap().unwrap();
        assert_eq!(store.agent_by_public_id(agent.public_id).await.unwrap(), Some(agent));
        assert_eq!(store.agent_by_number("nobody").await.unwrap(), None);
    }

    async fn units_are_listed_by_key(store: TestStore) {
        settle(&store, 1).await;
        let first = store.units_page(None, 2).await.unwrap();
        assert_eq!(first.rows.iter().map(|unit| unit.code.as_str()).collect::<Vec<_>>(), ["HQ", "T1"]);
        assert!(first.more);
        let rest = store.units_page(Some("T1"), 2).await.unwrap();
        assert_eq!((rest.rows.len(), rest.more), (1, false));
        let unit = store.unit_by_code("T2").await.unwrap().unwrap();
        assert_eq!(store.unit_by_public_id(unit.public_id).await.unwrap(), Some(unit));
    }
}
