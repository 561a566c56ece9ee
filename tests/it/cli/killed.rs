//! `kill -9` at random moments: never a half result, and the next run succeeds.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use merit::domain::period::Period;
use merit::store::{Store, StoredFact};
use rand::RngExt as _;

use crate::support::command::{merit, printed};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines::{self, Database};

const TIMES: u32 = 20;

/// Ends a process after a while, unless it ends by itself; true when it was killed.
async fn kill_after(mut child: Child, pause: Duration) -> bool {
    tokio::time::timeout(pause, std::future::pending::<()>()).await.unwrap_err();
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

fn start(company: &Company, database: &Database, arguments: &[&str]) -> Child {
    merit(company, &database.url).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn run(company: &Company, database: &Database, arguments: &[&str]) -> String {
    printed(merit(company, &database.url).args(arguments).output().unwrap())
}

/// Random moments within the time that a command takes. How long that is depends on what else the machine does, so it is found anew with
/// every try: shorter after a command that ended before it could be killed, longer after one that was killed.
struct Moments {
    whole: Duration,
    killed: u32,
    ended: u32,
}

impl Moments {
    fn within(whole: Duration) -> Self {
        Self { whole, killed: 0, ended: 0 }
    }

    /// Ends a command at one of them, unless it ends by itself.
    async fn kill(&mut self, child: Child) {
        let moment = self.whole.mul_f64(rand::rng().random_range(0.0..1.0));
        if kill_after(child, moment).await {
            self.killed += 1;
            self.whole = self.whole.mul_f64(1.05);
        } else {
            self.ended += 1;
            self.whole = self.whole.mul_f64(0.8);
        }
    }

    fn tell(&self, commands: &str, database: &Database) {
        println!("{}: {} {commands} were killed, {} ended before that", database.name, self.killed, self.ended);
    }
}

/// Every agent's facts.
async fn facts(database: &Database) -> Vec<Vec<StoredFact>> {
    let store = Store::open(&database.url).await.unwrap();
    let ever = Period { first: "2000-01-01".parse().unwrap(), last: "2100-12-31".parse().unwrap() };
    let mut facts = Vec::new();
    for agent in store.agent_keys().await.unwrap() {
        facts.push(store.facts_of(agent.id, ever).await.unwrap());
    }
    facts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_pull_leaves_the_old_facts_or_the_new_ones() {
    let company = Company::new(12);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        company.load(&database.url).await;
        let mut states = vec![facts(&database).await];
        company.write_figures(7);
        let started = Instant::now();
        run(&company, &database, &["pull", "daily"]);
        let mut moments = Moments::within(started.elapsed());
        states.push(facts(&database).await);
        assert_ne!(states[0], states[1]);
        while moments.killed < TIMES {
            let shift = if (moments.killed + moments.ended).is_multiple_of(2) { 0 } else { 7 };
            company.write_figures(shift);
            let target = states[usize::from(shift == 7)].clone();
            let before = facts(&database).await;
            moments.kill(start(&company, &database, &["pull", "daily"])).await;
            let after = facts(&database).await;
            assert!(after == before || after == target, "{}: neither the old facts nor the new ones", database.name);
            run(&company, &database, &["pull", "daily"]);
            assert_eq!(facts(&database).await, target, "{}: the next pull succeeds", database.name);
        }
        moments.tell("pulls", &database);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_appraisal_leaves_the_result_before_it() {
    let company = Company::new(40);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let started = Instant::now();
        run(&company, &database, &["appraise", FIRST_QUARTER]);
        let mut moments = Moments::within(started.elapsed());
        while moments.killed < TIMES {
            moments.kill(start(&company, &database, &["appraise", FIRST_QUARTER])).await;
            let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
            assert_eq!((replay.agents, replay.differing), (40, 0), "{}: {:?}", database.name, replay.differences);
            assert_eq!(replay.differences, Vec::<String>::new(), "{}", database.name);
        }
        let said = run(&company, &database, &["appraise", FIRST_QUARTER]);
        assert!(said.contains("    40 scored"), "{said}");
        let left = database
            .figures("SELECT count(*) FROM scorecard WHERE run_id IN (SELECT id FROM run WHERE state <> 'complete')")
            .await;
        assert_eq!(left, ["0"], "{}: half results are cleared away", database.name);
        moments.tell("appraisals", &database);
    }
}
