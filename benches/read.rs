//! An agent reads their own scorecard, beside a bare poem handler that does one indexed read on the same database: 10 connections each.
//!
//! `scripts/bench read` calls this once for each engine.
#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected should stop")]
#![expect(clippy::float_arithmetic, reason = "rates are printed, not paid")]

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use entity::scorecard;
use merit::app::{AccountKind, AccountOrder};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::{Data, Json};
use poem::{EndpointExt, Route, Server, get, handler};
use sea_orm::{ColumnTrait, ConnectOptions, Database, DatabaseConnection, EntityTrait, QueryFilter};

use common::{CYCLE, Connection, number, serve, token};

const CONNECTIONS: usize = 10;
const AGENTS: usize = 1000;
/// As many readers as Merit's own store opens on SQLite and fewer than it may open on PostgreSQL: none waits.
const READERS: u32 = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [database, seconds] => {
            runtime.block_on(run(folder.path(), database, AGENTS, Duration::from_secs(seconds.parse().unwrap())));
        }
        // `cargo bench` without arguments: a short run, so that the benchmark itself stays sound.
        _ => {
            let database = folder.path().join("merit.db").display().to_string();
            runtime.block_on(run(folder.path(), &database, CONNECTIONS, Duration::from_millis(500)));
        }
    }
}

async fn run(folder: &Path, database: &str, agents: usize, time: Duration) {
    let app = common::load(folder, database, agents, &common::ONE_UNIT).await;
    let mut own = Vec::new();
    for agent in 0..CONNECTIONS {
        let (login, number) = (format!("a{agent}"), number(agent));
        let order = AccountOrder { kind: AccountKind::Person, login: &login, name: "Agent", agent: Some(&number) };
        let token = token(&app, order).await;
        let path = format!("/api/v1/cycles/{CYCLE}/scorecards/{number}");
        own.push(format!("GET {path} HTTP/1.1\r\nHost: merit\r\nAuthorization: Bearer {token}\r\n\r\n"));
    }
    let merit = serve(app).await;
    let (bare, ids) = bare(database).await;
    let floor: Vec<String> =
        ids.iter().map(|id| format!("GET /{id} HTTP/1.1\r\nHost: bare\r\n\r\n")).take(CONNECTIONS).collect();
    let (mut least, mut read) = (Rate::default(), Rate::default());
    for _ in 0..3 {
        least = least.better(measure(&bare, &floor, time).await);
        read = read.better(measure(&merit, &own, time).await);
    }
    println!("a bare handler with one indexed read: {least}");
    println!("an agent's own scorecard:             {read}");
    println!("ratio {:.2}", read.answers / least.answers);
}

/// A server of one handler, and the ids it can be asked for.
async fn bare(database: &str) -> (String, Vec<uuid::Uuid>) {
    let url = if database.starts_with("postgres") { database.to_owned() } else { format!("sqlite://{database}") };
    let connection = Database::connect(ConnectOptions::new(url).max_connections(READERS).to_owned()).await.unwrap();
    let cards = scorecard::Entity::find().all(&connection).await.unwrap();
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let address = acceptor.local_addr().into_iter().find_map(|address| address.0.as_socket_addr().copied()).unwrap();
    let routes = Route::new().at("/:id", get(one_row)).data(connection);
    tokio::spawn(Server::new_with_acceptor(acceptor).run(routes));
    (address.to_string(), cards.into_iter().map(|card| card.public_id).collect())
}

#[handler]
async fn one_row(
    poem::web::Path(id): poem::web::Path<uuid::Uuid>,
    Data(database): Data<&DatabaseConnection>,
) -> Json<serde_json::Value> {
    let found = scorecard::Entity::find().filter(scorecard::Column::PublicId.eq(id)).one(database).await.unwrap();
    let card = found.unwrap();
    Json(serde_json::json!({ "employee_number": card.employee_number, "rating": card.rating, "state": card.state }))
}

#[derive(Clone, Copy, Default)]
struct Rate {
    /// A second.
    answers: f64,
    median_ms: f64,
    p99_ms: f64,
}

impl Rate {
    fn better(self, other: Self) -> Self {
        if other.answers > self.answers { other } else { self }
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { answers, median_ms, p99_ms } = self;
        write!(f, "{answers:.0} answers a second, median {median_ms:.2} ms, 99 % within {p99_ms:.2} ms")
    }
}

/// One connection a request, each sending it again and again until the time is over.
async fn measure(address: &str, requests: &[String], time: Duration) -> Rate {
    let started = Instant::now();
    let tasks: Vec<_> = requests
        .iter()
        .map(|request| {
            let (address, request) = (address.to_owned(), request.clone().into_bytes());
            tokio::spawn(async move {
                let mut connection = Connection::to(&address).await;
                let mut times = Vec::new();
                while started.elapsed() < time {
                    let (status, seconds) = connection.send(&request).await;
                    assert_eq!(status, 200, "{}", connection.body());
                    times.push(seconds);
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let elapsed = started.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let at = |per_cent: usize| times.get(times.len() * per_cent / 100).copied().unwrap_or_default() * 1000.0;
    Rate { answers: f64::from(u32::try_from(times.len()).unwrap()) / elapsed, median_ms: at(50), p99_ms: at(99) }
}
