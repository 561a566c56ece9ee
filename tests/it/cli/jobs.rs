//! Jobs by several real servers, some of which are killed or started again.

use std::fs;
use std::process::{Child, Stdio};

use chrono::TimeDelta;
use merit::app::{App, Clock, JobView, Schedules, Slice};
use merit::domain::job::{JobOrder, JobState};
use sqlx::{Connection as _, Executor as _, PgConnection};
use uuid::Uuid;

use crate::support::command::{merit, printed, refused};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines;
use crate::support::postgres;
use crate::support::process::Process;
use crate::support::server::client;
use crate::support::wait::until;

async fn job(app: &App, id: Uuid) -> JobView {
    app.job(id).await.unwrap()
}

async fn until_ended(app: &App, id: Uuid) -> JobView {
    until("the job ends", async || job(app, id).await.state.is_final()).await;
    job(app, id).await
}

fn pull(source: &str) -> JobOrder {
    JobOrder::Pull { source: source.into(), from: None, to: None, allow_removals: false }
}

/// `merit job work` with what it logs.
fn worker(company: &Company, database: &str) -> Child {
    let mut command = merit(company, database);
    command.args(["job", "work", "--job-lost-seconds", "2"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_do_fifty_jobs_each_once() {
    let company = Company::new(1);
    let daily = fs::read_to_string(company.rules().join("sources/daily.yaml")).unwrap();
    for number in 0..5 {
        let source = daily.replace("id: daily", &format!("id: daily{number}"));
        fs::write(company.rules().join(format!("sources/daily{number}.yaml")), source).unwrap();
    }
    let database = postgres::empty_database().await;
    let app = company.load(&database.url).await;
    let serve = || {
        Process::start(&company, &database.url, |command| {
            command.args(["--job-workers", "2"]);
        })
    };
    let servers = [serve(), serve()];
    let mut asked = Vec::new();
    for number in 0..50 {
        asked.push(app.ask_job(pull(&format!("daily{}", number % 5))).await.unwrap().id);
    }
    for id in &asked {
        let job = until_ended(&app, *id).await;
        assert_eq!((job.state, job.attempts, job.problem), (JobState::Done, 1, None));
    }
    let mut begun = Vec::new();
    for server in servers {
        let (status, log) = server.stop();
        assert!(status.success(), "{log}");
        let of_server = log.lines().filter(|line| line.contains("a job begins")).count();
        assert!(of_server > 0, "each server did some");
        begun.extend(log.lines().filter(|line| line.contains("a job begins")).map(str::to_owned));
    }
    assert_eq!(begun.len(), 50);
    for id in &asked {
        assert_eq!(begun.iter().filter(|line| line.contains(&id.to_string())).count(), 1, "{id}");
    }
    let pulls = app.pulls(None, &Slice { limit: 500, after: None }).await.unwrap().0;
    // The first pull of all was the company's own.
    assert_eq!(pulls.iter().filter(|pull| pull.state == "complete").count(), 51);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_of_a_killed_worker_is_done_by_another() {
    let company = Company::new(5);
    let database = postgres::empty_database().await;
    let app = company.load(&database.url).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    // Results cannot be written while the test holds their table, so that the worker is killed in the midst of its work.
    let mut holder = PgConnection::connect(&database.url).await.unwrap();
    holder.execute("BEGIN; LOCK TABLE scorecard IN EXCLUSIVE MODE").await.unwrap();
    let mut killed = worker(&company, &database.url);
    let id = app.ask_job(JobOrder::Appraise { cycle: FIRST_QUARTER.into() }).await.unwrap().id;
    let mut watcher = PgConnection::connect(&database.url).await.unwrap();
    until("the worker writes results", async || {
        let waiting: i64 =
            sqlx::query_scalar("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'scorecard'::regclass")
                .fetch_one(&mut watcher)
                .await
                .unwrap();
        waiting > 0
    })
    .await;
    assert_eq!(job(&app, id).await.state, JobState::Running);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let mut other = worker(&company, &database.url);
    until("the other takes it", async || job(&app, id).await.attempts == 2).await;
    holder.execute("ROLLBACK").await.unwrap();
    let done = until_ended(&app, id).await;
    assert_eq!((done.state, done.attempts, done.problem), (JobState::Done, 2, None));
    assert_eq!(done.result.unwrap()["agents"].as_i64(), Some(5));
    assert_eq!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differing, 0);
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_job_survives_a_restart() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        let idle = Process::start(&company, &database.url, |command| {
            command.args(["--job-workers", "0"]);
        });
        let asked = printed(merit(&company, &database.url).args(["job", "ask", "pull", "daily"]).output().unwrap());
        let id: Uuid = asked.split(' ').nth(1).unwrap().parse().unwrap();
        assert!(idle.stop().0.success());
        let shown = printed(merit(&company, &database.url).args(["job", "list"]).output().unwrap());
        assert!(shown.contains(&id.to_string()) && shown.contains("queued"), "{shown}");
        let server = Process::start(&company, &database.url, |_| {});
        assert_eq!(until_ended(&app, id).await.state, JobState::Done, "{}", database.name);
        assert!(server.stop().0.success());
        let show = |format: &str| {
            let arguments = ["job", "show", &id.to_string(), "--format", format].map(str::to_owned);
            printed(merit(&company, &database.url).args(arguments).output().unwrap())
        };
        assert!(
            show("table").contains("pull:daily, done") && show("table").contains("\"rows_read\""),
            "{}",
            show("table")
        );
        let shown: serde_json::Value = serde_json::from_str(&show("json")).unwrap();
        assert_eq!(shown[0]["state"].as_str(), Some("done"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_gives_its_job_back() {
    let company = Company::new(3);
    let database = postgres::empty_database().await;
    let app = company.load(&database.url).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    let mut holder = PgConnection::connect(&database.url).await.unwrap();
    // The snapshot waits for it.
    holder.execute("BEGIN; LOCK TABLE run_agent IN EXCLUSIVE MODE").await.unwrap();
    let server = Process::start(&company, &database.url, |_| {});
    let id = app.ask_job(JobOrder::Appraise { cycle: FIRST_QUARTER.into() }).await.unwrap().id;
    until("it is begun", async || job(&app, id).await.state == JobState::Running).await;
    server.signal("TERM");
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    // It tells its workers before it stops listening.
    until("it no longer listens", async || tokio::net::TcpStream::connect(&address).await.is_err()).await;
    holder.execute("ROLLBACK").await.unwrap();
    let (status, log) = server.end();
    assert!(status.success(), "{log}");
    let given_back = job(&app, id).await;
    assert_eq!((given_back.state, given_back.attempts), (JobState::Queued, 0), "{log}");
    let mut other = worker(&company, &database.url);
    assert_eq!(until_ended(&app, id).await.state, JobState::Done);
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_cancelled_from_the_command_line() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let id = app.ask_job(pull("daily")).await.unwrap().id.to_string();
    let run = |arguments: &[&str]| merit(&company, &company.sqlite()).args(arguments).output().unwrap();
    assert!(printed(run(&["job", "cancel", &id])).contains("is cancelled"));
    assert!(printed(run(&["job", "show", &id])).contains("cancelled"));
    let nothing = refused(run(&["job", "cancel", &Uuid::nil().to_string()]), 1);
    assert!(nothing.contains("there is no job") && nothing.contains("merit job list"), "{nothing}");
    let unnamed = refused(run(&["job", "ask", "simulate", FIRST_QUARTER]), 1);
    assert!(unnamed.contains("--rules NAME"), "{unnamed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_asks_for_what_is_due_and_tells_what_is_overdue() {
    let company = Company::new(1);
    let file = company.rules().join("sources/daily.yaml");
    let daily = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{daily}schedule: {{cron: 0 6 * * *, overdue_after_hours: 30}}\n")).unwrap();
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        database.execute("UPDATE pull SET state = 'failed'").await;
        // Three days ago somebody was there to ask, and nobody since.
        let mut schedules = Schedules::default();
        for hours in [0, 24] {
            let then = app.clock().now() - TimeDelta::hours(72 - hours);
            let app = App::open(&database.url, Clock::Fixed(then)).await.unwrap().with_rules_folder(&company.rules());
            assert_eq!(app.ask_due(&mut schedules).await.unwrap().len(), usize::from(hours > 0));
        }
        let asked = async || app.jobs(&Slice::first(), None).await.unwrap().0;
        app.cancel_job(asked().await[0].id).await.unwrap();
        let server = Process::start(&company, &database.url, |command| {
            command.args(["--metrics-listen", "127.0.0.1:0"]);
        });
        until("what was missed is asked for and done", async || asked().await[0].state == JobState::Done).await;
        let jobs = asked().await;
        assert_eq!((jobs.len(), jobs[0].asked_by.as_str()), (2, "schedule:daily"), "{}: once", database.name);
        let figures = server.said.iter().find_map(|line| line.split_once(" are on ")).unwrap().1.trim().to_owned();
        let figures = client().get(figures).send().await.unwrap().text().await.unwrap();
        assert!(figures.contains("merit_source_overdue{source=\"daily\"} 1"), "{figures}");
        assert!(figures.contains("merit_jobs_total{kind=\"pull\",outcome=\"done\"} 1"), "{figures}");
        let (status, log) = server.stop();
        assert!(status.success() && log.contains("a source is overdue"), "{log}");
        let listed = merit(&company, &database.url).args(["source", "list", "--format", "json"]).output().unwrap();
        let listed: serde_json::Value = serde_json::from_str(&printed(listed)).unwrap();
        assert_eq!((listed[0]["last_pull"].as_str(), listed[0]["overdue"].as_bool()), (Some("complete"), Some(false)));
    }
}
