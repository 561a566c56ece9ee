//! Senders and the mail server are killed at any moment: nothing is lost, and what comes twice is the same letter.

use std::collections::BTreeMap;
use std::process::Command;

use merit::app::{App, Clock, LinkPurpose};
use merit::domain::notice::NoticeState;
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};

use super::server::MailServer;
use super::{notices, person};
use crate::support::company::Company;
use crate::support::engines::{self, Database};
use crate::support::process::Process;
use crate::support::wait::until;

const LETTERS: usize = 100;
/// Mail senders of one process.
const SENDERS: usize = 2;

fn sender(company: &Company, database: &Database, server: &MailServer) -> Process {
    Process::start(company, &database.url, |command: &mut Command| {
        command.args(["--notice-lost-seconds", "3", "--mail-from", "merit@example.com", "--job-workers", "0"]);
        command.env("MERIT_SMTP_URL", server.url());
    })
}

async fn open(database: &Database) -> App {
    let app = App::open(&database.url, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    app
}

/// The ids of the letters that each person got.
fn by_recipient(letters: &[Value]) -> BTreeMap<String, Vec<String>> {
    let mut got: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for letter in letters {
        let recipient = letter["recipients"][0].as_str().unwrap().to_owned();
        got.entry(recipient).or_default().push(letter["id"].as_str().unwrap().to_owned());
    }
    got
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_letters_arrive_while_senders_and_the_mail_server_are_killed() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let Some(mut server) = MailServer::with(&json!({ "takes_seconds": 0.1 }), |_| {}) else { return };
        let app = open(&database).await;
        for number in 0..LETTERS {
            let login = format!("person{number}");
            let person = person(&app, &login, None, Some(&format!("{login}@example.com"))).await;
            app.mail_link(person.public_id, LinkPurpose::Reset).await.unwrap();
        }
        let mut senders = vec![sender(&company, &database, &server), sender(&company, &database, &server)];
        let (mut senders_killed, mut servers_killed) = (0, 0);
        for round in 0..6 {
            let so_far = server.letters().len();
            until("some more arrive", async || server.letters().len() >= (so_far + 9).min(LETTERS)).await;
            if round % 3 == 1 {
                server.kill();
                servers_killed += 1;
                until("somebody notices", async || {
                    let waiting = |notice: &merit::app::NoticeRecord| {
                        notice.state == NoticeState::Waiting && notice.last_problem.is_some()
                    };
                    notices(&app).await.iter().any(waiting)
                })
                .await;
                server.restart();
            } else {
                // Dropped, it is killed with -9.
                drop(senders.remove(0));
                senders_killed += 1;
                senders.push(sender(&company, &database, &server));
            }
        }
        until("all are sent", async || notices(&app).await.iter().all(|notice| notice.state == NoticeState::Sent))
            .await;
        let got = by_recipient(&server.letters());
        assert_eq!(got.len(), LETTERS, "{}: nothing is lost", database.name);
        for (recipient, ids) in &got {
            assert!(ids.iter().all(|id| *id == ids[0]), "{recipient}: {ids:?}");
        }
        let twice = server.letters().len() - LETTERS;
        let under_way = SENDERS * senders_killed + 2 * SENDERS * servers_killed;
        println!("{}: {twice} came twice, of at most {under_way} that were under way", database.name);
        assert!(twice <= under_way, "{}: {twice} came twice", database.name);
        let once = notices(&app).await.into_iter().filter(|notice| notice.attempts == 1);
        for notice in once {
            assert_eq!(got[&notice.address].len(), 1, "one attempt is one letter");
        }
    }
}

/// Keeps everybody from writing notices, as long as it is held.
enum Held {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Held {
    async fn take(database: &Database) -> Self {
        if database.is_postgres() {
            let mut connection = PgConnection::connect(&database.url).await.unwrap();
            connection.execute("BEGIN; LOCK TABLE notice IN EXCLUSIVE MODE").await.unwrap();
            return Self::Postgres(connection);
        }
        let mut connection = SqliteConnection::connect(&format!("sqlite://{}", database.url)).await.unwrap();
        connection.execute("BEGIN IMMEDIATE").await.unwrap();
        Self::Sqlite(connection)
    }

    async fn give_back(self) {
        match self {
            Self::Sqlite(mut connection) => connection.execute("ROLLBACK").await.map(|_| ()),
            Self::Postgres(mut connection) => connection.execute("ROLLBACK").await.map(|_| ()),
        }
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_killed_before_it_can_say_that_a_letter_arrived_has_it_sent_again_with_the_same_id() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let Some(server) = MailServer::with(&json!({ "takes_seconds": 1 }), |_| {}) else { return };
        let app = open(&database).await;
        let lin = person(&app, "lin", None, Some("lin@example.com")).await;
        app.mail_link(lin.public_id, LinkPurpose::Invite).await.unwrap();
        let killed = sender(&company, &database, &server);
        until("it is taken", async || notices(&app).await[0].attempts == 1).await;
        let held = Held::take(&database).await;
        until("the mail server has it", async || server.letters().len() == 1).await;
        if database.is_postgres() {
            let mut watcher = PgConnection::connect(&database.url).await.unwrap();
            until("the sender would say so", async || {
                let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'notice'::regclass";
                sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut watcher).await.unwrap() > 0
            })
            .await;
        }
        drop(killed);
        held.give_back().await;
        let waiting = notices(&app).await.remove(0);
        assert_eq!((waiting.state, waiting.attempts), (NoticeState::Waiting, 1), "{}", database.name);
        let other = sender(&company, &database, &server);
        until("another sends it", async || notices(&app).await[0].state == NoticeState::Sent).await;
        let ids = by_recipient(&server.letters()).remove("lin@example.com").unwrap();
        let expected = format!("<{}@example.com>", waiting.public_id);
        assert_eq!(ids, [expected.clone(), expected], "{}: documented in ARCHITECTURE.md", database.name);
        let sent = notices(&app).await.remove(0);
        assert_eq!(sent.attempts, 2);
        assert!(sent.last_problem.unwrap().contains("its sender was lost"));
        assert!(other.stop().0.success());
    }
}
