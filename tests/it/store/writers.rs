//! Many writers at once, in one process and in several.

use merit::store::{FactChanges, NewToken, Store, TokenKind, Window};
use uuid::Uuid;

use super::facts::stored;
use super::fixture::{Facts, account, begin, committing, company, day, ids, noon, pooled, pull_in, settle};
use crate::support::stores::on_both_engines;

fn token(account_id: i64, number: usize) -> NewToken {
    NewToken {
        public_id: Uuid::now_v7(),
        account_id,
        kind: TokenKind::Token,
        only: None,
        name: format!("token {number}"),
        hash: format!("hash {number}"),
        created_at: noon(),
        expires_at: None,
    }
}

on_both_engines! {
    async fn sixty_four_writers_all_succeed(store: TestStore) {
        let agents = settle(&store, 2).await;
        let account_id = account(&store, "writer").await;
        // A second handle stands for a second process: nothing is shared but the database.
        let second = Store::open(&store.url).await.unwrap();
        let tasks = (0..64).map(|number| {
            let store = if number % 2 == 0 { store.store.clone() } else { second.clone() };
            let agents = agents.clone();
            tokio::spawn(async move {
                let mut facts = Facts::of(&agents, &[&format!("metric_{}", number % 5)], &[&format!("segment {}", number % 3)]);
                facts.agents.push(merit::store::AgentRef::New(format!("N{}", number % 4)));
                for agent in 0..3 {
                    facts.add(agent, 0, "2023-07-01", 0, pooled(number, 1, 1));
                }
                let number = usize::try_from(number).unwrap();
                match number % 4 {
                    0 => drop(store.create_token(&token(account_id, number)).await.unwrap()),
                    1 => drop(store.import_roster(&company(4), &mut ids()).await.unwrap()),
                    _ => {
                        let changes = pull_in(&store, &format!("source {number}"), Window::ALL, &facts).await.unwrap();
                        assert_eq!(changes, FactChanges { added: 3, ..FactChanges::default() });
                    }
                }
            })
        });
        for ended in futures::future::join_all(tasks).await {
            ended.unwrap();
        }
        assert_eq!(stored(&store.url).await.len(), 32 * 3);
        assert_eq!(store.tokens().await.unwrap().len(), 16);
        let numbers: Vec<String> = store.agent_keys().await.unwrap().into_iter().map(|key| key.employee_number).collect();
        assert_eq!(numbers, ["A0001", "A0002", "A0003", "A0004", "N2", "N3"]);
    }

    async fn two_commits_of_one_source_take_turns(store: TestStore) {
        let agents = settle(&store, 3).await;
        let mut facts = Facts::of(&agents, &["csat"], &[""]);
        for number in 1..=28 {
            for agent in 0..3 {
                facts.add(agent, 0, &format!("2023-07-{number:02}"), 0, pooled(number, 1, 1));
            }
        }
        for round in 0..8 {
            facts.facts[0].pooled.samples = 100 + round;
            let (one, other) = (begin(&store, "contacts", Window::ALL).await, begin(&store, "quality", Window::ALL).await);
            let commit = async |id| {
                let store = store.store.clone();
                let facts = facts.clone();
                tokio::spawn(async move { store.commit_pull(committing(id, Window::ALL, &facts), &mut ids()).await })
                    .await
                    .unwrap()
            };
            let (first, same, second) = tokio::join!(commit(one), commit(one), commit(other));
            assert!(first.is_ok() != same.is_ok(), "exactly one of two commits of a pull is kept");
            second.unwrap();
        }
        assert_eq!(stored(&store.url).await.len(), 2 * 84);
    }

    async fn reading_goes_on_while_a_writer_holds_the_database(store: TestStore) {
        let agents = settle(&store, 3).await;
        let mut facts = Facts::of(&agents, &["csat"], &[""]);
        for number in 0..20_000_u64 {
            let on = day("1990-01-01") + chrono::Days::new(number / 3);
            facts.add((number % 3) as usize, 0, &on.to_string(), 0, pooled(1, 1, 1));
        }
        let id = begin(&store, "contacts", Window::ALL).await;
        let writer = store.store.clone();
        let writing = tokio::spawn(async move { writer.commit_pull(committing(id, Window::ALL, &facts), &mut ids()).await });
        let mut reads = 0;
        while !writing.is_finished() {
            assert_eq!(store.agent_keys().await.unwrap().len(), 3);
            reads += 1;
        }
        writing.await.unwrap().unwrap();
        assert!(reads > 0, "nothing could be read meanwhile");
    }
}
