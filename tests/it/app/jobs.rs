//! Jobs done by real workers: as whoever asked, cancelled without a trace, given back when the process ends.

use std::time::Duration;

use merit::app::{
    AccountKind, AccountOrder, App, AppError, GrantOrder, JobView, Slice, TokenKind, TokenOrder, WantedEntries,
    WorkOrder,
};
use merit::domain::authority::Role;
use merit::domain::job::{JobOrder, JobState};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::engines::{self, Database};

/// Workers, until the value is dropped.
pub(crate) struct Workers(watch::Sender<bool>, Option<JoinHandle<()>>);

impl Workers {
    pub(crate) fn start(app: &App, company: &Company, workers: usize) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (app, rules) = (app.clone(), company.rules());
        let order = WorkOrder { workers, rules, lost_after: Duration::from_secs(60) };
        Self(stop, Some(tokio::spawn(async move { app.work(order, stopped).await })))
    }

    pub(crate) async fn end(mut self) {
        self.0.send_replace(true);
        self.1.take().unwrap().await.unwrap();
    }
}

pub(crate) async fn ended(app: &App, id: Uuid) -> JobView {
    for _ in 0..2_400 {
        let job = app.job(id).await.unwrap();
        if job.state.is_final() {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("job {id} does not end: {:?}", app.job(id).await);
}

fn pull() -> JobOrder {
    JobOrder::Pull { source: "daily".into(), from: None, to: None, allow_removals: false }
}

fn appraise() -> JobOrder {
    JobOrder::Appraise { cycle: FIRST_QUARTER.into() }
}

/// A program of this role, and what its token may do.
pub(super) async fn program(app: &App, login: &str, role: Role) -> (App, Uuid, Uuid) {
    let order = AccountOrder { kind: AccountKind::Client, login, name: login, agent: None };
    let account = app.create_account(order).await.unwrap().account.public_id;
    let order = GrantOrder { account, role, unit: None, with_pay: true, first_day: None, last_day: None };
    let grant = app.grant(order).await.unwrap().grant.public_id;
    let order = TokenOrder { account, name: login, kind: TokenKind::Token, only: None, expires_at: None };
    let token = app.create_token(order).await.unwrap().1;
    (app.acting_as(app.bearer(&token).await.unwrap().unwrap()), account, grant)
}

/// What the log says about a job: who did what.
async fn logged(app: &App, job: Uuid) -> Vec<(String, String)> {
    let wanted = WantedEntries { subject: Some(job.to_string()), ..WantedEntries::default() };
    let page = app.audit_entries(&Slice::first(), &wanted).await.unwrap();
    let mut entries: Vec<_> = page
        .rows
        .into_iter()
        .map(|entry| (entry.entry.record.act, entry.actor_login.unwrap_or(entry.entry.record.actor)))
        .collect();
    entries.reverse();
    entries
}

async fn runs(database: &Database) -> Vec<(String, Vec<i64>)> {
    database.rows("SELECT state, count(*) FROM run GROUP BY state ORDER BY state").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_runs_the_use_case_as_whoever_asked() {
    let company = Company::new(6);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        let cycle = app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let (hr, _, _) = program(&app, "lin", Role::Hr).await;
        let workers = Workers::start(&app, &company, 2);
        company.write_figures(7);
        let asked = hr.ask_job(pull()).await.unwrap();
        assert_eq!((asked.state, asked.asked_by.as_str(), asked.attempts), (JobState::Queued, "lin", 0));
        let job = ended(&hr, asked.id).await;
        assert_eq!((job.state, job.problem.clone(), job.attempts), (JobState::Done, None, 1), "{}", database.name);
        assert_eq!((job.counted.as_deref(), job.total), (Some("bytes"), Some(job.done)));
        let result = job.result.unwrap();
        assert!(result["facts_changed"].as_u64().unwrap() > 0, "{result}");
        assert!(app.pull_report(result["pull"].as_str().unwrap()).await.is_ok());
        let of_lin = |act: &str| (act.to_owned(), "lin".to_owned());
        assert_eq!(logged(&app, job.id).await, [of_lin("job.ask"), of_lin("job.finish")]);

        let job = ended(&hr, hr.ask_job(appraise()).await.unwrap().id).await;
        assert_eq!((job.state, job.counted.as_deref()), (JobState::Done, Some("agents")), "{:?}", job.problem);
        assert_eq!((job.done, job.total), (6, Some(6)));
        let result = job.result.unwrap();
        assert_eq!((result["agents"].as_u64(), result["revision"].as_u64()), (Some(6), Some(1)));
        assert_eq!(app.replay(FIRST_QUARTER, &|_| {}).await.unwrap().differing, 0);

        let order =
            JobOrder::Simulate { cycle: FIRST_QUARTER.into(), rules: cycle.ruleset_hash[..12].into(), all: true };
        let job = ended(&hr, hr.ask_job(order).await.unwrap().id).await;
        assert_eq!((job.state, job.done, job.total), (JobState::Done, 6, Some(6)), "{:?}", job.problem);
        assert_eq!(job.result.unwrap()["compared"].as_u64(), Some(6));
        let read = logged(&app, job.id).await;
        assert!(read.contains(&of_lin("job.read_result")), "what a simulation tells is pay: {read:?}");
        workers.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_asked_for_when_it_is_asked_and_when_it_runs() {
    let company = Company::new(2);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let (auditor, _, _) = program(&app, "auditor", Role::Auditor).await;
        assert!(matches!(auditor.ask_job(pull()).await, Err(AppError::Forbidden(_))));
        let (hr, account, grant) = program(&app, "hr", Role::Hr).await;
        let (admin, _, _) = program(&app, "admin", Role::Admin).await;
        let (pulled, appraised) = (hr.ask_job(pull()).await.unwrap().id, hr.ask_job(appraise()).await.unwrap().id);
        assert!(admin.job(pulled).await.is_ok(), "whoever may pull sees pulls");
        for stranger in [&admin, &auditor] {
            assert!(matches!(stranger.job(appraised).await, Err(AppError::NotFound(_))));
            assert!(matches!(stranger.cancel_job(appraised).await, Err(AppError::NotFound(_))));
        }
        let listed = |app: App| async move { app.jobs(&Slice::first(), None).await.unwrap().0.len() };
        assert_eq!((listed(hr.clone()).await, listed(admin).await, listed(auditor).await), (2, 1, 0));
        app.revoke_grant(grant).await.unwrap();
        let workers = Workers::start(&app, &company, 1);
        let job = ended(&app, pulled).await;
        assert_eq!((job.state, job.problem.unwrap().code.as_str()), (JobState::Failed, "forbidden"));
        ended(&app, appraised).await;
        workers.end().await;
        assert_eq!(runs(&database).await, [], "{}: nothing was begun", database.name);
        // The same for an account that may not work any more.
        let order = GrantOrder { account, role: Role::Hr, unit: None, with_pay: true, first_day: None, last_day: None };
        app.grant(order).await.unwrap();
        let job = hr.renewed().await.unwrap().ask_job(pull()).await.unwrap().id;
        let found = app.account(account).await.unwrap().account;
        let change = merit::app::AccountChange { name: None, disabled: Some(true) };
        app.change_account(account, found.version, change).await.unwrap();
        let workers = Workers::start(&app, &company, 1);
        let problem = ended(&app, job).await.problem.unwrap();
        assert!(problem.code == "forbidden" && problem.text.contains("is disabled"), "{problem:?}");
        workers.end().await;
        assert!(hr.renewed().await.is_err());
    }
}

/// Asks every job to stop at the moment it begins, so that it is told in the midst of its work.
async fn cancel_whatever_begins(database: &Database) {
    let now = "asked_at";
    if database.is_postgres() {
        database
            .execute(&format!(
                "CREATE FUNCTION cancel_job() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    NEW.cancel_asked_at := NEW.{now}; RETURN NEW; END $$"
            ))
            .await;
        let trigger =
            "CREATE TRIGGER cancel_job BEFORE UPDATE OF state ON job FOR EACH ROW WHEN (NEW.state = 'running')
            EXECUTE FUNCTION cancel_job()";
        database.execute(trigger).await;
    } else {
        let trigger = format!(
            "CREATE TRIGGER cancel_job AFTER UPDATE OF state ON job WHEN NEW.state = 'running'
            BEGIN UPDATE job SET cancel_asked_at = {now} WHERE id = NEW.id; END"
        );
        database.execute(&trigger).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_leaves_what_was_before() {
    let company = Company::new(40);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        let before = app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let facts = "SELECT count(*), coalesce(sum(length(facts)), 0) FROM fact_days";
        let facts_before = database.figures(facts).await;
        company.write_figures(7);
        cancel_whatever_begins(&database).await;
        let workers = Workers::start(&app, &company, 1);
        for order in [appraise(), pull()] {
            let job = ended(&app, app.ask_job(order).await.unwrap().id).await;
            assert_eq!((job.state, job.result), (JobState::Cancelled, None), "{}: {:?}", database.name, job.problem);
        }
        workers.end().await;
        let runs = runs(&database).await;
        assert_eq!(runs, [("complete".to_owned(), vec![1]), ("failed".to_owned(), vec![1])], "{}", database.name);
        let left = "SELECT count(*) FROM run_agent WHERE run_id IN (SELECT id FROM run WHERE state = 'failed')";
        assert_eq!(database.figures(left).await, ["0"]);
        let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!((replay.differing, replay.result_hash), (0, before.result_hash));
        assert_eq!(database.figures(facts).await, facts_before);
        let pulls = app.pulls(None, &Slice::first()).await.unwrap().0;
        assert!(pulls[0].error.as_ref().unwrap().contains("told to stop"), "{:?}", pulls[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_known_when_asked_is_the_job_s_problem() {
    let company = Company::new(2);
    let app = company.load(&company.sqlite()).await;
    for (order, says) in [
        (JobOrder::Appraise { cycle: "none".into() }, "none"),
        (JobOrder::Simulate { cycle: "none".into(), rules: "x".into(), all: false }, "none"),
    ] {
        let refused = app.ask_job(order).await.unwrap_err();
        assert!(matches!(&refused, AppError::NotFound(what) if what.contains(says)), "{refused}");
    }
    let day = |text: &str| Some(text.parse().unwrap());
    let backwards = JobOrder::Pull {
        source: "daily".into(),
        from: day("2026-05-01"),
        to: day("2026-04-01"),
        allow_removals: false,
    };
    assert!(matches!(app.ask_job(backwards).await, Err(AppError::Invalid(_))));
    let nowhere = JobOrder::Pull { source: "nowhere".into(), from: None, to: None, allow_removals: false };
    let with_rules = app.clone().with_rules_folder(&company.rules());
    let refused = with_rules.ask_job(nowhere.clone()).await.unwrap_err().to_string();
    assert!(refused.contains("no source 'nowhere'; they have daily"), "{refused}");
    // Where the rules are elsewhere, the worker says it.
    let workers = Workers::start(&app, &company, 1);
    let problem = ended(&app, app.ask_job(nowhere).await.unwrap().id).await.problem.unwrap();
    assert!(problem.code == "not_found" && problem.text.contains("daily"), "{problem:?}");
    std::fs::write(company.path("daily.csv"), "agent,day\n").unwrap();
    let problem = ended(&app, app.ask_job(pull()).await.unwrap().id).await.problem.unwrap();
    assert!(problem.code == "refused" && problem.text.contains("daily.csv"), "{problem:?}");
    workers.end().await;
}
