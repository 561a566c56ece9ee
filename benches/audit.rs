//! What the audit log costs: 64 clients over HTTP read payouts that are recorded, beside the same clients reading their own, which are not.
//!
//! `scripts/bench audit` calls this once for each engine.
#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected should stop")]
#![expect(clippy::float_arithmetic, reason = "rates are printed, not paid")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use merit::app::{AccountKind, AccountOrder, App, Clock, GrantOrder, TokenKind, TokenOrder};
use merit::domain::authority::Role;
use merit::domain::fact::{Fact, Pooled};
use merit::domain::fixed::Fixed;
use merit::domain::metric::MetricId;
use merit::http::Listening;
use merit::store::{AgentRef, CommitPull, FactSet, NewPull, PullCounts, Store, Window};
use reqwest::Client;

const CYCLE: &str = "2026-Q3";
const CLIENTS: usize = 64;
/// Clients that change something in the mixed part; the API has nothing to change yet, so they call the use cases themselves.
const WRITERS: usize = 8;
const METRICS: [(&str, i64); 4] = [("csat_t2b", 300), ("fcr_repeat", 300), ("qa_score", 1000), ("frt_sla", 500)];

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

fn number(agent: usize) -> String {
    format!("A{agent:03}")
}

async fn run(folder: &Path, database: &str, time: Duration) {
    let app = load(folder, database).await;
    let hr = token(&app, AccountOrder { kind: AccountKind::Client, login: "hr", name: "hr", agent: None }).await;
    let account = app.account_named("hr").await.unwrap().account.public_id;
    let order = |role| GrantOrder { account, role, unit: None, with_pay: true, first_day: None, last_day: None };
    app.grant(order(Role::Hr)).await.unwrap();
    let mut own = Vec::new();
    for agent in 0..CLIENTS {
        let (login, agent) = (format!("a{agent}"), number(agent));
        let order = AccountOrder { kind: AccountKind::Person, login: &login, name: "Agent", agent: Some(&agent) };
        own.push(token(&app, order).await);
    }
    let listening = Listening::on("127.0.0.1:0").await.unwrap();
    let address = listening.address.clone();
    tokio::spawn(listening.run(app.clone(), std::future::pending()));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build().unwrap();
    let place = Arc::new(Place { client, address });
    let everybody = vec![hr; CLIENTS];
    let (mut without, mut with) = (0.0_f64, 0.0_f64);
    for _ in 0..2 {
        without = without.max(place.reads(&own, time).await);
        with = with.max(place.reads(&everybody, time).await);
    }
    println!(
        "{CLIENTS} clients, payouts a second: {without:.0} of their own, not recorded; {with:.0} of others, recorded; ratio {:.2}",
        with / without
    );
    let writers: Vec<_> = (0..WRITERS).map(|_| tokio::spawn(write(app.clone(), order(Role::Auditor), time))).collect();
    let mixed = place.reads(everybody.get(WRITERS..).unwrap(), time).await;
    let mut changes = 0;
    for writer in writers {
        changes += writer.await.unwrap();
    }
    let rate = f64::from(changes) / time.as_secs_f64();
    println!(
        "{} clients read and {WRITERS} change grants: {mixed:.0} recorded payouts and {rate:.0} changes a second",
        CLIENTS - WRITERS
    );
    let report = app.verify_audit(None, &|_| {}).await.unwrap();
    println!("the log is whole: {}, {} entries in {} lanes", report.faults == 0, report.entries, report.lanes);
}

/// Grants made and revoked until the time is over; returns how many changes.
async fn write(app: App, order: GrantOrder<'static>, time: Duration) -> u32 {
    let (started, mut changes) = (Instant::now(), 0);
    while started.elapsed() < time {
        let grant = app.grant(order).await.unwrap().grant.public_id;
        app.revoke_grant(grant).await.unwrap();
        changes += 2;
    }
    changes
}

struct Place {
    client: Client,
    address: String,
}

impl Place {
    /// Each token's client reads the payout of the agent of its number until the time is over; returns answers a second.
    async fn reads(self: &Arc<Self>, tokens: &[String], time: Duration) -> f64 {
        let started = Instant::now();
        let clients = tokens.iter().cloned().enumerate().map(|(agent, token)| {
            let place = Arc::clone(self);
            tokio::spawn(async move {
                let url = format!("http://{}/api/v1/cycles/{CYCLE}/payouts/{}", place.address, number(agent));
                let mut answers = 0_u32;
                while started.elapsed() < time {
                    let answer = place.client.get(&url).bearer_auth(&token).send().await.unwrap();
                    assert!(answer.status().is_success(), "{}", answer.status());
                    answer.bytes().await.unwrap();
                    answers += 1;
                }
                answers
            })
        });
        let mut answers = 0;
        for client in clients.collect::<Vec<_>>() {
            answers += client.await.unwrap();
        }
        f64::from(answers) / started.elapsed().as_secs_f64()
    }
}

async fn token(app: &App, order: AccountOrder<'_>) -> String {
    let account = app.create_account(order).await.unwrap().account.public_id;
    app.create_token(TokenOrder { account, name: "bench", kind: TokenKind::Token, only: None, expires_at: None })
        .await
        .unwrap()
        .1
}

/// A company of as many agents as there are clients, with one day of figures, appraised.
async fn load(folder: &Path, database: &str) -> App {
    let rules = folder.join("rules");
    merit::app::write_default_rules(&rules).unwrap();
    let app = App::open(database, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    let units = folder.join("units.csv");
    fs::write(&units, "unit,parent,kind,name_en,name_zh\nHQ,,headquarters,All,全部\n").unwrap();
    app.import_roster(&units, None, false).await.unwrap();
    let people = folder.join("people.csv");
    let mut rows = String::from("employee_number,name,unit,post,from,fte,target_incentive,currency\n");
    for agent in 0..CLIENTS {
        rows.push_str(&format!("{},Agent {agent},HQ,front_line,2026-01-01,1,3000,CNY\n", number(agent)));
    }
    fs::write(&people, rows).unwrap();
    app.import_roster(&people, None, false).await.unwrap();
    app.open_cycle(CYCLE, None, &rules).await.unwrap();
    write_facts(&Store::open(database).await.unwrap()).await;
    app.appraise(CYCLE, &|_| {}).await.unwrap();
    app
}

async fn write_facts(store: &Store) {
    let agents: Vec<AgentRef> = store.agent_keys().await.unwrap().iter().map(|key| AgentRef::Known(key.id)).collect();
    let metrics = METRICS.map(|(metric, _)| MetricId::new(metric));
    let day = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
    let mut facts = Vec::new();
    for agent in 0..u32::try_from(agents.len()).unwrap() {
        for (metric, (_, cases)) in (0..).zip(METRICS) {
            let (numerator, denominator) = (Fixed::from_micros(cases * 900_000), Fixed::from_int(cases));
            let pooled = Pooled { numerator, denominator, samples: cases };
            facts.push(Fact { agent, metric, segment: 0, day, pooled });
        }
    }
    let (clock, window) = (Clock::System, Window::ALL);
    let new = NewPull { public_id: clock.new_id(), source: "daily".to_owned(), window, started_at: clock.now() };
    let commit = CommitPull {
        pull_id: store.begin_pull(&new).await.unwrap(),
        window,
        facts: FactSet { agents: &agents, metrics: &metrics, segments: &["".into()], facts: &facts },
        counts: PullCounts::default(),
        reasons: Vec::new(),
        rejected: std::iter::empty(),
        max_removed_percent: 100,
        finished_at: clock.now(),
    };
    store.commit_pull(commit, &mut || clock.new_id()).await.unwrap();
}
