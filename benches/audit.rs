//! What the audit log costs: 64 clients over HTTP read payouts that are recorded, beside their own, which are not; then all make accounts at
//! once, every answer is counted against what was kept, and the log is verified before and after one entry is changed by hand.
//!
//! `scripts/bench audit` calls this once for each engine.
#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected should stop")]
#![expect(clippy::float_arithmetic, reason = "rates are printed, not paid")]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use merit::app::{AccountKind, AccountOrder, App, Clock, GrantOrder, Slice};
use merit::domain::authority::Role;
use merit::store::{NewAccount, Store};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use common::{CYCLE, Connection, number, serve, token};

const CLIENTS: usize = 64;
/// What is only compared needs no more.
const READING: Duration = Duration::from_secs(10);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [database, seconds] => {
            runtime.block_on(run(folder.path(), database, Duration::from_secs(seconds.parse().unwrap())));
        }
        // `cargo bench` without arguments: a short run, so that the benchmark itself stays sound.
        _ => {
            let database = folder.path().join("merit.db").display().to_string();
            runtime.block_on(run(folder.path(), &database, Duration::from_millis(500)));
        }
    }
}

async fn run(folder: &Path, database: &str, time: Duration) {
    let app = common::load(folder, database, CLIENTS, &common::ONE_UNIT).await;
    let address = serve(app.clone()).await;
    reading(&app, &address, time.min(READING)).await;
    writing(&app, &address, database, time).await;
    changing_by_hand(&app, database).await;
}

fn person(login: &str) -> AccountOrder<'_> {
    AccountOrder { kind: AccountKind::Client, login, name: login, agent: None }
}

async fn granted(app: &App, login: &str, role: Role) -> String {
    let token = token(app, person(login)).await;
    let account = app.account_named(login).await.unwrap().account.public_id;
    let order = GrantOrder { account, role, unit: None, with_pay: true, first_day: None, last_day: None };
    app.grant(order).await.unwrap();
    token
}

/// Payouts of others, recorded, beside own ones, which are not.
async fn reading(app: &App, address: &str, time: Duration) {
    let everybody = vec![granted(app, "hr", Role::Hr).await; CLIENTS];
    let mut own = Vec::new();
    for agent in 0..CLIENTS {
        let (login, agent) = (format!("a{agent}"), number(agent));
        let order = AccountOrder { kind: AccountKind::Person, login: &login, name: "Agent", agent: Some(&agent) };
        own.push(token(app, order).await);
    }
    let request = |client: usize, token: &str, _: u64| {
        let path = format!("/api/v1/cycles/{CYCLE}/payouts/{}", number(client));
        format!("GET {path} HTTP/1.1\r\nHost: merit\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes()
    };
    let (mut without, mut with) = (0.0_f64, 0.0_f64);
    for _ in 0..2 {
        without = without.max(clients(address, &own, time, request).await);
        with = with.max(clients(address, &everybody, time, request).await);
    }
    println!(
        "{CLIENTS} clients, payouts a second: {without:.0} of their own, not recorded; {with:.0} of others, recorded; ratio {:.2}",
        with / without
    );
}

/// Accounts made over HTTP by all clients at once, each with its entry; beside them the use case called here, and the same rows
/// written by the store alone, without entries.
async fn writing(app: &App, address: &str, database: &str, time: Duration) {
    let admins = vec![granted(app, "admin", Role::Admin).await; CLIENTS];
    let before = accounts(app).await;
    let request = |client: usize, token: &str, number: u64| {
        let body = format!(r#"{{"kind":"client","login":"w{client}-{number}","name":"Written {number}"}}"#);
        let (length, head) =
            (body.len(), "POST /api/v1/users HTTP/1.1\r\nHost: merit\r\nContent-Type: application/json");
        format!("{head}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {client}-{number}\r\nContent-Length: {length}\r\n\r\n{body}")
            .into_bytes()
    };
    let answered = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&answered);
    let rate = clients(address, &admins, time, move |client, token, number| {
        count.fetch_add(1, Ordering::Relaxed);
        request(client, token, number)
    })
    .await;
    let (answered, kept) = (answered.load(Ordering::Relaxed), accounts(app).await - before);
    assert_eq!(answered, kept, "answers and accounts differ");
    println!(
        "{CLIENTS} clients, accounts a second over HTTP: {rate:.0}; {answered} answered 201, none otherwise, and {kept} kept"
    );
    let store = Store::open(database).await.unwrap();
    let own = app.clone();
    let with = directly(time.min(READING), move |task, number| {
        let app = own.clone();
        async move { drop(app.create_account(person(&format!("u{task}-{number}"))).await.unwrap()) }
    })
    .await;
    let without = directly(time.min(READING), move |task, number| {
        let store = store.clone();
        async move { drop(store.create_account(&account(&format!("s{task}-{number}"))).await.unwrap()) }
    })
    .await;
    println!(
        "{CLIENTS} tasks, accounts a second without HTTP: {without:.0} without entries, {with:.0} with; ratio {:.2}",
        with / without
    );
}

fn account(login: &str) -> NewAccount {
    let (public_id, created_at) = (Clock::System.new_id(), Clock::System.now());
    let (login, name) = (login.to_owned(), login.to_owned());
    NewAccount { public_id, kind: AccountKind::Client, login, name, agent_id: None, created_at }
}

async fn accounts(app: &App) -> u64 {
    let (mut count, mut after) = (0, None);
    loop {
        let page = app.accounts(&Slice { after, limit: 1000 }).await.unwrap();
        count += u64::try_from(page.rows.len()).unwrap();
        match page.rows.last() {
            Some(last) if page.more => after = Some(last.account.login.clone()),
            _ => return count,
        }
    }
}

/// The log verifies; then one entry is changed past Merit, as whoever owns the database can, and that is found.
async fn changing_by_hand(app: &App, database: &str) {
    let report = app.verify_audit(None, &|_| {}).await.unwrap();
    println!("the log is whole: {}, {} entries in {} lanes", report.faults == 0, report.entries, report.lanes);
    let change = "UPDATE audit_entry SET subject = 'somebody else' WHERE lane = 0 AND seq = 2";
    if database.starts_with("postgres") {
        let mut connection = sqlx::PgConnection::connect(database).await.unwrap();
        connection.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER").await.unwrap();
        connection.execute(AssertSqlSafe(change)).await.unwrap();
    } else {
        let mut connection = sqlx::SqliteConnection::connect(database).await.unwrap();
        connection.execute("DROP TRIGGER audit_entry_unchanged").await.unwrap();
        connection.execute(AssertSqlSafe(change)).await.unwrap();
    }
    let report = app.verify_audit(None, &|_| {}).await.unwrap();
    println!("after one entry was changed by hand: {} faults", report.faults);
    assert_eq!(report.faults, 1);
}

/// Each token's client sends one request after another until the time is over; returns answers a second. Any answer but a success ends it.
async fn clients(
    address: &str,
    tokens: &[String],
    time: Duration,
    request: impl Fn(usize, &str, u64) -> Vec<u8> + Clone + Send + 'static,
) -> f64 {
    let started = Instant::now();
    let tasks = tokens.iter().cloned().enumerate().map(|(client, token)| {
        let (address, request) = (address.to_owned(), request.clone());
        tokio::spawn(async move {
            let mut connection = Connection::to(&address).await;
            let mut answers = 0_u32;
            while started.elapsed() < time {
                let (status, _) = connection.send(&request(client, &token, answers.into())).await;
                assert!((200..300).contains(&status), "{status}: {}", connection.body());
                answers += 1;
            }
            answers
        })
    });
    rate(started, tasks.collect()).await
}

/// As many tasks as clients, each doing one thing after another until the time is over; returns how many a second.
async fn directly<F: Future<Output = ()> + Send>(
    time: Duration,
    work: impl Fn(usize, u32) -> F + Clone + Send + 'static,
) -> f64 {
    let started = Instant::now();
    let tasks = (0..CLIENTS).map(|task| {
        let work = work.clone();
        tokio::spawn(async move {
            let mut done = 0;
            while started.elapsed() < time {
                work(task, done).await;
                done += 1;
            }
            done
        })
    });
    rate(started, tasks.collect()).await
}

async fn rate(started: Instant, tasks: Vec<tokio::task::JoinHandle<u32>>) -> f64 {
    let mut done = 0;
    for task in tasks {
        done += task.await.unwrap();
    }
    f64::from(done) / started.elapsed().as_secs_f64()
}
