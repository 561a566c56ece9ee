//! Appraising and paying a large company: seconds, agents a second, peak memory, on either engine.
//!
//! `scripts/bench appraise` calls this a phase a process, so that peak memory is each phase's own.
#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected should stop")]
#![expect(clippy::float_arithmetic, reason = "seconds and rates are printed, not paid")]

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use chrono::{Days, NaiveDate};
use merit::app::{App, Clock};
use merit::domain::fact::{Fact, Pooled};
use merit::domain::fixed::Fixed;
use merit::domain::metric::MetricId;
use merit::store::{AgentRef, CommitPull, FactSet, NewPull, PullCounts, Store, Window};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CYCLE: &str = "2026-Q3";
const DAYS: u64 = 92;
/// The eight metrics of the front line's card, with cases a day and per mille reached.
const METRICS: [(&str, i64, i64); 8] = [
    ("csat_t2b", 3, 880),
    ("fcr_repeat", 3, 880),
    ("qa_score", 100, 900),
    ("critical_accuracy", 2, 980),
    ("frt_sla", 50, 930),
    ("aht_index", 14_000, 1000),
    ("upheld_complaints", 1, 20),
    ("exam", 1, 80_000),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["load", folder, database, agents] => {
            runtime.block_on(load(Path::new(folder), database, agents.parse().unwrap()));
        }
        ["appraise", database] => runtime.block_on(appraise(database)),
        // `cargo bench` without a phase: a small run, so that the benchmark itself stays sound.
        _ => {
            let folder = tempfile::tempdir().unwrap();
            let database = folder.path().join("merit.db").display().to_string();
            runtime.block_on(load(folder.path(), &database, 200));
            runtime.block_on(appraise(&database));
        }
    }
}

fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}

async fn load(folder: &Path, database: &str, agents: usize) {
    let rules = folder.join("rules");
    let _ = fs::remove_dir_all(&rules);
    merit::app::write_default_rules(&rules).unwrap();
    let app = App::open(database, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    let units = folder.join("units.csv");
    fs::write(&units, "unit,parent,kind,name_en,name_zh\nHQ,,headquarters,All,全部\n").unwrap();
    app.import_roster(&units, None, false).await.unwrap();
    let people = folder.join("people.csv");
    let mut rows = String::from("employee_number,name,unit,post,from,fte,target_incentive,currency\n");
    for agent in 0..agents {
        rows.push_str(&format!("A{agent:06},Agent {agent},HQ,front_line,2026-01-01,1,3000,CNY\n"));
    }
    fs::write(&people, rows).unwrap();
    app.import_roster(&people, None, false).await.unwrap();
    app.open_cycle(CYCLE, None, &rules).await.unwrap();
    let started = Instant::now();
    let facts = write_facts(database).await;
    println!("loaded: {facts} facts of {agents} agents in {:.1} s", started.elapsed().as_secs_f64());
}

/// A quarter of daily facts from one source, ten days a pull so that memory stays small.
async fn write_facts(database: &str) -> usize {
    let store = Store::open(database).await.unwrap();
    let agents: Vec<AgentRef> = store.agent_keys().await.unwrap().iter().map(|key| AgentRef::Known(key.id)).collect();
    let metrics = METRICS.map(|(metric, ..)| MetricId::new(metric));
    let mut random = ChaCha8Rng::seed_from_u64(8);
    let mut written = 0;
    let mut first = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
    let end = first + Days::new(DAYS);
    while first < end {
        let last = (first + Days::new(9)).min(end - Days::new(1));
        let facts = facts_of_days(agents.len(), first, last, &mut random);
        written += facts.len();
        commit(&store, Window { from: Some(first), to: Some(last) }, &agents, &metrics, &facts).await;
        first = last + Days::new(1);
    }
    written
}

fn facts_of_days(agents: usize, first: NaiveDate, last: NaiveDate, random: &mut ChaCha8Rng) -> Vec<Fact> {
    let mut facts = Vec::new();
    for agent in 0..u32::try_from(agents).unwrap() {
        for (metric, (_, cases, per_mille)) in (0..).zip(METRICS) {
            for day in first.iter_days().take_while(|day| *day <= last) {
                let reached = cases * (per_mille + random.random_range(-50..=20)) * 1000;
                let pooled = Pooled {
                    numerator: Fixed::from_micros(reached),
                    denominator: Fixed::from_int(cases),
                    samples: cases,
                };
                facts.push(Fact { agent, metric, segment: 0, day, pooled });
            }
        }
    }
    facts
}

async fn commit(store: &Store, window: Window, agents: &[AgentRef], metrics: &[MetricId], facts: &[Fact]) {
    let clock = Clock::System;
    let now = clock.now();
    let new = NewPull { public_id: clock.new_id(), source: "daily".to_owned(), window, started_at: now };
    let commit = CommitPull {
        pull_id: store.begin_pull(&new).await.unwrap(),
        window,
        facts: FactSet { agents, metrics, segments: &["".into()], facts },
        counts: PullCounts::default(),
        reasons: Vec::new(),
        rejected: std::iter::empty(),
        max_removed_percent: 100,
        finished_at: now,
    };
    store.commit_pull(commit, &mut || clock.new_id()).await.unwrap();
}

async fn appraise(database: &str) {
    let app = App::open(database, Clock::System).await.unwrap();
    let started = Instant::now();
    let frozen = Mutex::new(None);
    let progress = |_| {
        frozen.lock().unwrap().get_or_insert_with(|| started.elapsed());
    };
    let report = app.appraise(CYCLE, &progress).await.unwrap();
    let seconds = started.elapsed().as_secs_f64();
    let freezing = frozen.into_inner().unwrap().unwrap_or_default().as_secs_f64();
    let agents = f64::from(u32::try_from(report.agents).unwrap());
    println!(
        "appraise + pay: {agents} agents in {seconds:.2} s (snapshot {freezing:.2}, scored, paid and stored {:.2}), {:.0} agents a second, peak {} MiB",
        seconds - freezing,
        agents / seconds,
        peak_mib()
    );
}
