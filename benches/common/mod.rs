//! What benchmarks of the server share: a small appraised company, tokens, the server itself, and a client that costs little.

use std::fs;
use std::path::Path;
use std::time::Instant;

use chrono::NaiveDate;
use merit::app::{AccountKind, AccountOrder, App, Clock, CycleOrder, GrantOrder, TokenKind, TokenOrder};
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use merit::domain::fact::{Fact, Pooled};
use merit::domain::fixed::Fixed;
use merit::domain::metric::MetricId;
use merit::http::{Listening, ServerOptions};
use merit::store::{AgentRef, CommitPull, FactSet, NewPull, PullCounts, Store, Window};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub(crate) const CYCLE: &str = "2026-Q3";
/// The eight metrics of the front line's card, with their cases.
const METRICS: [(&str, i64); 8] = [
    ("csat_t2b", 300),
    ("fcr_repeat", 300),
    ("qa_score", 1000),
    ("critical_accuracy", 200),
    ("frt_sla", 500),
    ("aht_index", 14_000),
    ("upheld_complaints", 100),
    ("exam", 100),
];

pub(crate) fn number(agent: usize) -> String {
    format!("A{agent:06}")
}

/// The server on loopback without limits of rate; returns its address.
pub(crate) async fn serve(app: App) -> String {
    let options = ServerOptions { rate: None, ..ServerOptions::default() };
    let listening = Listening::with("127.0.0.1:0", options).await.unwrap();
    let address = listening.address.clone();
    tokio::spawn(listening.run(app, std::future::pending()));
    address
}

/// A new account's token.
pub(crate) async fn token(app: &App, order: AccountOrder<'_>) -> String {
    let account = app.create_account(order).await.unwrap().account.public_id;
    app.create_token(TokenOrder { account, name: "bench", kind: TokenKind::Token, only: None, expires_at: None })
        .await
        .unwrap()
        .1
}

/// A connection kept open, that sends what it is given and reads no more of an answer than where it ends: the machine's time goes to the server.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    pub(crate) async fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream), line: String::new(), body: Vec::new() }
    }

    /// The answer's status and how many seconds it took.
    pub(crate) async fn send(&mut self, request: &[u8]) -> (u16, f64) {
        let started = Instant::now();
        self.stream.write_all(request).await.unwrap();
        let (mut status, mut length) = (None, 0);
        loop {
            self.line.clear();
            assert_ne!(self.stream.read_line(&mut self.line).await.unwrap(), 0, "the server closed the connection");
            let line = self.line.trim_end();
            if line.is_empty() {
                break;
            }
            if status.is_none() {
                status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
            } else if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).await.unwrap();
        (status.unwrap(), started.elapsed().as_secs_f64())
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The units of a company, and in which of them an agent works.
pub(crate) struct Units<'a> {
    /// As `merit roster import` reads it.
    pub csv: &'a str,
    pub of: &'a dyn Fn(usize) -> String,
}

/// A company of one unit.
pub(crate) const ONE_UNIT: Units<'_> =
    Units { csv: "unit,parent,kind,name_en,name_zh\nHQ,,headquarters,All,全部\n", of: &|_| "HQ".to_owned() };

/// A company with one day of figures, appraised and published.
pub(crate) async fn load(folder: &Path, database: &str, agents: usize, company: &Units<'_>) -> App {
    let rules = folder.join("rules");
    merit::app::write_default_rules(&rules).unwrap();
    let app = App::open(database, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    let units = folder.join("units.csv");
    fs::write(&units, company.csv).unwrap();
    app.import_roster(&units, None, false).await.unwrap();
    let people = folder.join("people.csv");
    let mut rows = String::from("employee_number,name,unit,post,from,fte,target_incentive,currency\n");
    for agent in 0..agents {
        let (number, unit) = (number(agent), (company.of)(agent));
        rows.push_str(&format!("{number},Agent {agent},{unit},front_line,2026-01-01,1,3000,CNY\n"));
    }
    fs::write(&people, rows).unwrap();
    app.import_roster(&people, None, false).await.unwrap();
    let app = app.with_rules_folder(&rules);
    app.open_cycle(CYCLE, None, &rules).await.unwrap();
    write_facts(&Store::open(database).await.unwrap()).await;
    app.appraise(CYCLE, &|_| {}).await.unwrap();
    publish(&app).await;
    app
}

/// Agents see their own results only then.
async fn publish(app: &App) {
    let approver = AccountOrder { kind: AccountKind::Client, login: "approver", name: "Approver", agent: None };
    let text = token(app, approver).await;
    let account = app.account_named("approver").await.unwrap().account.public_id;
    let (unit, first_day, last_day) = (None, None, None);
    app.grant(GrantOrder { account, role: Role::Approver, unit, with_pay: false, first_day, last_day }).await.unwrap();
    let approver = app.acting_as(app.bearer(&text).await.unwrap().unwrap());
    let order = |act| CycleOrder { cycle: CYCLE, act, reason: None, digest: None };
    for act in [CycleAct::BeginReview, CycleAct::Calibrate] {
        app.act_on_cycle(order(act)).await.unwrap();
    }
    let digest = approver.approval_sheet(CYCLE).await.unwrap().digest;
    approver.act_on_cycle(CycleOrder { digest: Some(&digest), ..order(CycleAct::Approve) }).await.unwrap();
    app.act_on_cycle(order(CycleAct::Publish)).await.unwrap();
}

async fn write_facts(store: &Store) {
    let agents: Vec<AgentRef> = store.agent_keys().await.unwrap().iter().map(|key| AgentRef::Known(key.id)).collect();
    let metrics = METRICS.map(|(metric, _)| MetricId::new(metric));
    let day = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
    let mut facts = Vec::new();
    for agent in 0..u32::try_from(agents.len()).unwrap() {
        for (metric, (_, cases)) in (0..).zip(METRICS) {
            let share = 850_000 + i64::from(agent * 7919 % 1000) * 100;
            let (numerator, denominator) = (Fixed::from_micros(cases * share), Fixed::from_int(cases));
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
