//! Many writers and readers at once: nothing is lost, and every chain holds.

use std::collections::BTreeSet;

use merit::app::{AccountKind, AccountOrder, App, Change, Clock};

use super::{assert_whole, entries};
use crate::support::engines;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_writers_and_readers_lose_nothing() {
    const ROUNDS: usize = 5;
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let app = App::open(&database.url, Clock::System).await.unwrap();
        app.migrate().await.unwrap();
        // A second handle stands for a second process: nothing is shared but the database.
        let second = App::open(&database.url, Clock::System).await.unwrap();
        let tasks = (0..64).map(|number| {
            let app = if number % 2 == 0 { app.clone() } else { second.clone() };
            tokio::spawn(async move {
                for round in 0..ROUNDS {
                    if number % 4 == 0 {
                        let login = format!("a{number}-{round}");
                        let order =
                            AccountOrder { kind: AccountKind::Client, login: &login, name: "writer", agent: None };
                        app.create_account(order).await.unwrap();
                        app.create_account(order).await.unwrap_err();
                    } else {
                        let subject = format!("{number}-{round}");
                        app.note(Change::new("payout.read", "agent", subject)).await.unwrap();
                    }
                }
            })
        });
        for ended in futures::future::join_all(tasks).await {
            ended.unwrap();
        }
        let found = entries(&app).await;
        let subjects: BTreeSet<&str> = found.iter().map(|entry| entry.record.subject.as_str()).collect();
        assert_eq!((found.len(), subjects.len()), (64 * ROUNDS, 64 * ROUNDS), "{}", database.name);
        assert_whole(&app, 64 * ROUNDS).await;
        let lanes: BTreeSet<i64> = found.iter().map(|entry| entry.place.lane).collect();
        assert_eq!(lanes.len() > 1, database.is_postgres(), "writers at the same time take different lanes");
    }
}
