//! `kill -9` while a server does jobs: what each job was asked for is there in the end, once. And many jobs shared by two servers.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use merit::app::{App, JobView};
use merit::domain::export::{Export, ExportFormat, ExportList};
use merit::domain::job::{JobOrder, JobState};
use merit::domain::text::Language;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines::{self, Database, Eye};
use crate::support::postgres;
use crate::support::process::Process;
use crate::support::wait::until;

const KILLS: usize = 20;
const SHARED: usize = 1_000;
/// Custom cycles that the shared jobs freeze.
const CYCLES: usize = 8;
const SOURCES: usize = 4;

/// What is seen before the server is killed. A job on its last attempt is let be: three lost workers end it, as is documented.
const SPARED: &str = "NOT EXISTS (SELECT 1 FROM job WHERE state = 'running' AND attempts > 2)
    AND NOT EXISTS (SELECT 1 FROM job WHERE state = 'queued' AND attempts > 1)";
/// `MINE` stands for a job in the hands of that very server: what one that was killed before held says that it is running for a while yet.
const MOMENTS: [&str; 5] = [
    "EXISTS (MINE)",
    "EXISTS (MINE AND done > 0)",
    "EXISTS (MINE) AND EXISTS (SELECT 1 FROM pull WHERE state = 'running')",
    "EXISTS (MINE) AND EXISTS (SELECT 1 FROM run WHERE state = 'running')",
    "EXISTS (MINE AND effect IS NOT NULL)",
];

async fn until_ended(app: &App, id: Uuid) -> JobView {
    until("the job ends", async || app.job(id).await.unwrap().state.is_final()).await;
    app.job(id).await.unwrap()
}

fn pull(source: &str) -> JobOrder {
    JobOrder::Pull { source: source.into(), from: None, to: None, allow_removals: false }
}

fn people() -> JobOrder {
    let (list, format, language) = (ExportList::People, ExportFormat::Csv, Language::English);
    JobOrder::Export(Export { list, format, cycle: None, unit: None, language })
}

/// More sources with the figures of the first.
fn add_sources(company: &Company) {
    let daily = fs::read_to_string(company.rules().join("sources/daily.yaml")).unwrap();
    for number in 0..SOURCES {
        let source = daily.replace("id: daily", &format!("id: daily{number}"));
        fs::write(company.rules().join(format!("sources/daily{number}.yaml")), source).unwrap();
    }
}

/// Its log goes to a file, since nobody reads it while it runs.
fn serve(company: &Company, database: &Database, log: &str, workers: &str) -> Process {
    Process::start(company, &database.url, |command: &mut Command| {
        command.args(["--job-lost-seconds", "2", "--job-workers", workers, "--log-format", "json"]);
        command.stderr(fs::OpenOptions::new().create(true).append(true).open(company.path(log)).unwrap());
    })
}

fn any_order(random: &mut ChaCha8Rng) -> JobOrder {
    let cycle = FIRST_QUARTER.to_owned();
    match random.random_range(0..7) {
        6 => people(),
        0 => JobOrder::Appraise { cycle },
        1 => JobOrder::Freeze { cycle },
        2 => JobOrder::Score { cycle },
        number => pull(&format!("daily{}", number % SOURCES)),
    }
}

/// The seed is printed; MERIT_TEST_SEED takes it again.
fn seeded() -> ChaCha8Rng {
    let seed = std::env::var("MERIT_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| rand::rng().next_u64());
    println!("MERIT_TEST_SEED={seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

/// Kills the server when this is seen in the midst of a job; gives whether a job was under way.
async fn kill_when(
    eye: &mut Eye,
    server: Process,
    moment: &str,
    app: &App,
    random: &mut ChaCha8Rng,
    asked: &mut Vec<JobView>,
) -> bool {
    let of_it = |what: &str| {
        format!("SELECT {what} FROM job WHERE state = 'running' AND worker LIKE '{}/%'", server.child.id())
    };
    let moment = moment.replace("MINE", &of_it("1"));
    let seen = format!("SELECT CAST(CASE WHEN {moment} AND {SPARED} THEN 1 ELSE 0 END AS BIGINT)");
    let held = of_it("count(*)");
    // The first, or a later time that it is seen.
    let mut times = random.random_range(1..=3);
    until("the moment comes", async || {
        if eye.count("SELECT count(*) FROM job WHERE state IN ('queued', 'running')").await == 0 {
            asked.push(app.ask_job(any_order(random)).await.unwrap());
        }
        if eye.count(&seen).await == 1 {
            times -= 1;
        }
        times == 0
    })
    .await;
    // Dropped, it is killed with -9.
    drop(server);
    eye.count(&held).await > 0
}

/// How often each job kind's effect is there: pulls that count, and what was done with cycles.
async fn effects(database: &Database) -> BTreeMap<String, i64> {
    let mut found = BTreeMap::new();
    let events = "SELECT act, count(*) FROM cycle_event WHERE act IN ('appraise', 'freeze', 'score') GROUP BY act";
    let pulls = "SELECT 'pull:' || s.name, count(*) FROM pull p JOIN source s ON s.id = p.source_id
        WHERE p.state = 'complete' AND s.name <> 'daily' GROUP BY s.name";
    let files = "SELECT 'export', count(*) FROM job_file HAVING count(*) > 0";
    for rows in [database.rows(events).await, database.rows(pulls).await, database.rows(files).await] {
        found.extend(rows.into_iter().map(|(name, counts)| (name, counts[0])));
    }
    found
}

/// What the effects of these jobs are, each once.
fn wanted(jobs: &[JobView]) -> BTreeMap<String, i64> {
    let mut wanted = BTreeMap::new();
    for job in jobs {
        let name = match &job.order {
            JobOrder::Pull { source, .. } => format!("pull:{source}"),
            other => other.kind().as_str().to_owned(),
        };
        *wanted.entry(name).or_default() += 1;
    }
    wanted
}

/// Entries of the log about jobs and their effects, by act.
async fn entries(database: &Database) -> BTreeMap<String, i64> {
    let acts = "SELECT act, count(*) FROM audit_entry GROUP BY act";
    database.rows(acts).await.into_iter().map(|(act, counts)| (act, counts[0])).collect()
}

async fn killed_twenty_times(company: &Company, database: &Database) {
    add_sources(company);
    let app = company.load(&database.url).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    // So that scoring finds something frozen, whatever comes first.
    app.freeze(FIRST_QUARTER, &|_| {}).await.unwrap();
    let before = entries(database).await;
    let mut random = seeded();
    let mut eye = database.eye().await;
    let (mut asked, mut killed) = (Vec::new(), 0);
    while killed < KILLS {
        for _ in 0..2 {
            asked.push(app.ask_job(any_order(&mut random)).await.unwrap());
        }
        let moment = MOMENTS[random.random_range(0..MOMENTS.len())];
        let workers = ["1", "2"][random.random_range(0..2)];
        let server = serve(company, database, "server.log", workers);
        let in_the_midst = kill_when(&mut eye, server, moment, &app, &mut random, &mut asked).await;
        killed += usize::from(in_the_midst);
    }
    let server = serve(company, database, "server.log", "2");
    let mut attempts = 0;
    for job in &asked {
        let job = until_ended(&app, job.id).await;
        assert_eq!((job.state, &job.problem), (JobState::Done, &None), "{}: {job:?}", database.name);
        attempts += job.attempts;
    }
    assert!(server.stop().0.success());
    let again = attempts - i64::try_from(asked.len()).unwrap();
    assert!(again >= i64::try_from(KILLS).unwrap(), "{}: {again} jobs were begun again", database.name);
    println!("{}: {} jobs, {attempts} attempts, {killed} kills", database.name, asked.len());
    let mut wanted = wanted(&asked);
    // The one before.
    *wanted.entry("freeze".to_owned()).or_default() += 1;
    assert_eq!(effects(database).await, wanted, "{}", database.name);
    let after = entries(database).await;
    let grown = |act: &str| after.get(act).unwrap_or(&0) - before.get(act).unwrap_or(&0);
    let jobs = i64::try_from(asked.len()).unwrap();
    assert_eq!((grown("job.ask"), grown("job.finish")), (jobs, jobs), "{}", database.name);
    let effects = ["pull.commit", "cycle.appraise", "cycle.freeze", "cycle.score", "export.make"].map(grown);
    assert_eq!(effects.iter().sum::<i64>(), jobs, "{}: {effects:?}", database.name);
    let left = "SELECT (SELECT count(*) FROM pull WHERE state = 'running'), (SELECT count(*) FROM run WHERE state = 'running')";
    assert_eq!(database.figures(left).await, ["0", "0"], "{}", database.name);
    assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().problems, [], "{}", database.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_twenty_times_on_sqlite_does_every_job_once() {
    let company = Company::new(30);
    let database = engines::databases(&company.path("merit.db")).await.swap_remove(0);
    killed_twenty_times(&company, &database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_twenty_times_on_postgresql_does_every_job_once() {
    let company = Company::new(30);
    let database = engines::databases(&company.path("merit.db")).await.swap_remove(1);
    killed_twenty_times(&company, &database).await;
}

/// As long as it is there, no job can be said to be done.
async fn forbid_ends(database: &Database) {
    let trigger = if database.is_postgres() {
        let function =
            "CREATE FUNCTION no_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'held'; END $$";
        database.execute(function).await;
        "CREATE TRIGGER no_end BEFORE UPDATE ON job FOR EACH ROW WHEN (NEW.state = 'done') EXECUTE FUNCTION no_end()"
    } else {
        "CREATE TRIGGER no_end BEFORE UPDATE ON job WHEN NEW.state = 'done' BEGIN SELECT RAISE(ABORT, 'held'); END"
    };
    database.execute(trigger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_job_did_before_its_end_could_be_kept_is_not_done_again() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        forbid_ends(&database).await;
        let mut asked = Vec::new();
        for order in [pull("daily"), JobOrder::Appraise { cycle: FIRST_QUARTER.into() }] {
            asked.push(app.ask_job(order).await.unwrap().id);
        }
        let server = serve(&company, &database, "server.log", "2");
        let mut eye = database.eye().await;
        let done = "SELECT count(*) FROM job WHERE state = 'running' AND effect IS NOT NULL";
        until("both are done, and cannot say so", async || eye.count(done).await == 2).await;
        // Dropped, it is killed with -9. Nobody's wish to cancel comes in time for what is done.
        drop(server);
        app.cancel_job(asked[1]).await.unwrap();
        let on_job = if database.is_postgres() { " ON job" } else { "" };
        database.execute(&format!("DROP TRIGGER no_end{on_job}")).await;
        let server = serve(&company, &database, "server.log", "1");
        for id in &asked {
            let job = until_ended(&app, *id).await;
            assert_eq!((job.state, job.attempts), (JobState::Done, 2), "{}: {:?}", database.name, job.problem);
        }
        assert!(server.stop().0.success());
        let pulled = app.job(asked[0]).await.unwrap().result.unwrap();
        let report = app.pull_report(pulled["pull"].as_str().unwrap()).await.unwrap();
        assert_eq!(pulled["rows_read"].as_i64(), Some(report.pull.rows_read), "{pulled}");
        assert_eq!(pulled["new_agents"].as_u64(), Some(0));
        let appraised = app.job(asked[1]).await.unwrap().result.unwrap();
        assert_eq!((appraised["revision"].as_i64(), appraised["agents"].as_i64()), (Some(1), Some(2)), "{appraised}");
        let counts = "SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM pull WHERE state = 'complete')";
        assert_eq!(database.figures(counts).await, ["1", "2"], "{}: one pull was the company's own", database.name);
    }
}

/// The ids of jobs that a server's log says began there.
fn begun(company: &Company, log: &str) -> Vec<String> {
    let text = fs::read_to_string(company.path(log)).unwrap();
    let lines = text.lines().filter(|line| line.contains("a job begins"));
    lines.map(|line| line.split("\"job\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_a_thousand_jobs_each_done_once() {
    let company = Company::new(1);
    add_sources(&company);
    let held = postgres::empty_database().await;
    let database = Database::of_postgres(held);
    let app = company.load(&database.url).await;
    let day =
        |month: usize, day: u32| chrono::NaiveDate::from_ymd_opt(2026, u32::try_from(month).unwrap(), day).unwrap();
    for number in 1..=CYCLES {
        let days = (day(number, 1), day(number, 5));
        app.open_cycle(&format!("days-{number}"), Some(days), &company.rules()).await.unwrap();
    }
    let mut asked = Vec::new();
    for number in 0..SHARED {
        let order = match number % 50 {
            0 => pull(&format!("daily{}", number / 50 % SOURCES)),
            1..=20 => people(),
            _ => JobOrder::Freeze { cycle: format!("days-{}", number % CYCLES + 1) },
        };
        asked.push(app.ask_job(order).await.unwrap());
    }
    let logs = ["one.log", "other.log"];
    let servers = logs.map(|log| serve(&company, &database, log, "2"));
    let mut eye = database.eye().await;
    let left = "SELECT count(*) FROM job WHERE state IN ('queued', 'running')";
    until("all are done", async || eye.count(left).await == 0).await;
    for server in servers {
        assert!(server.stop().0.success());
    }
    let once = "SELECT count(*) FROM job WHERE state = 'done' AND attempts = 1";
    assert_eq!(eye.count(once).await, i64::try_from(SHARED).unwrap());
    let mut ids: Vec<String> = Vec::new();
    for log in logs {
        let here = begun(&company, log);
        println!("{log}: {} jobs", here.len());
        assert!(!here.is_empty(), "each server did some");
        ids.extend(here);
    }
    ids.sort_unstable();
    let mut expected: Vec<String> = asked.iter().map(|job| job.id.to_string()).collect();
    expected.sort_unstable();
    assert_eq!(ids, expected);
    assert_eq!(effects(&database).await, wanted(&asked));
    let ends = "SELECT count(DISTINCT subject), count(*) FROM audit_entry WHERE act = 'job.finish'";
    assert_eq!(database.figures(ends).await, [SHARED.to_string(), SHARED.to_string()]);
}
