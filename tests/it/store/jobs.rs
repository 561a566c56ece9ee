//! Jobs: claimed once, one of a scope at a time, taken from lost workers, cancelled.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use merit::domain::job::{Counts, JobKind, JobOrder, JobState};
use merit::store::{
    Beat, Doer, Job, JobEnd, JobFilter, JobProblem, LastDue, NewJob, NewPull, Store, StoreError, Window,
};
use uuid::Uuid;

use super::fixture::{account, noon};
use crate::support::stores::on_both_engines;

fn order(source: &str) -> JobOrder {
    JobOrder::Pull { source: source.into(), from: None, to: None, allow_removals: false }
}

fn new(order: JobOrder) -> NewJob {
    NewJob {
        public_id: Uuid::now_v7(),
        order,
        asked_by: Doer::Operator("operator:tests".into()),
        only: None,
        asked_at: noon(),
        not_before: None,
        due: None,
    }
}

fn pull_of(source: &str) -> NewPull {
    NewPull { public_id: Uuid::now_v7(), source: source.into(), window: Window::ALL, started_at: noon() }
}

async fn ask(store: &Store, source: &str) -> Job {
    store.ask_job(&new(order(source))).await.unwrap().unwrap()
}

async fn claim(store: &Store, worker: &str) -> Option<Job> {
    store.claim_job(worker, noon()).await.unwrap()
}

async fn found(store: &Store, job: &Job) -> Job {
    store.job_by_public_id(job.public_id).await.unwrap().unwrap()
}

fn seconds(count: i64) -> DateTime<Utc> {
    noon() + TimeDelta::seconds(count)
}

const DONE: fn() -> JobEnd = || JobEnd::Done("{}".into());

on_both_engines! {
    async fn of_many_workers_one_gets_each_job(store: TestStore) {
        let mut asked = BTreeSet::new();
        for number in 0..50 {
            asked.insert(ask(&store, &format!("source{}", number % 10)).await.public_id);
        }
        // Two connections to the same database, as two servers have.
        let other = Store::open(&store.url).await.unwrap();
        let mut workers = tokio::task::JoinSet::new();
        for number in 0..8 {
            let store = if number % 2 == 0 { Store::clone(&store) } else { other.clone() };
            workers.spawn(async move {
                let mut done = Vec::new();
                let name = format!("worker{number}");
                loop {
                    let Some(job) = claim(&store, &name).await else {
                        let waiting = JobFilter { account: None, kinds: JobKind::ALL.into(), state: Some(JobState::Queued) };
                        if store.jobs_page(&waiting, None, 1).await.unwrap().rows.is_empty() {
                            return done;
                        }
                        tokio::task::yield_now().await;
                        continue;
                    };
                    assert!(store.end_job(&job.held().unwrap(), &DONE(), None, noon()).await.unwrap());
                    done.push(job.public_id);
                }
            });
        }
        let done: Vec<Uuid> = workers.join_all().await.into_iter().flatten().collect();
        assert_eq!(done.len(), 50);
        assert_eq!(done.into_iter().collect::<BTreeSet<_>>(), asked);
    }

    async fn of_one_scope_one_runs_at_a_time(store: TestStore) {
        let (first, second, other) = (ask(&store, "a").await, ask(&store, "a").await, ask(&store, "b").await);
        let taken = claim(&store, "x").await.unwrap();
        assert_eq!((taken.public_id, taken.attempts, taken.state), (first.public_id, 1, JobState::Running));
        assert_eq!((taken.started_at, taken.heartbeat_at), (Some(noon()), Some(noon())));
        assert_eq!(claim(&store, "y").await.unwrap().public_id, other.public_id, "the second waits for the first");
        assert_eq!(claim(&store, "z").await, None);
        let held = taken.held().unwrap();
        assert!(store.end_job(&held, &JobEnd::Done(r#"{"rows":1}"#.into()), None, seconds(5)).await.unwrap());
        let ended = found(&store, &first).await;
        assert_eq!((ended.state, ended.finished_at, ended.worker), (JobState::Done, Some(seconds(5)), None));
        assert_eq!(ended.result.as_deref(), Some(r#"{"rows":1}"#));
        assert!(!store.end_job(&held, &JobEnd::Cancelled, None, noon()).await.unwrap(), "it ends once");
        assert_eq!(claim(&store, "z").await.unwrap().public_id, second.public_id);
    }

    async fn a_lost_worker_changes_nothing_any_more(store: TestStore) {
        let job = ask(&store, "a").await;
        let before = claim(&store, "x").await.unwrap().held().unwrap();
        let counts = Counts { counted: "rows", done: 7, total: Some(9) };
        assert_eq!(store.beat_job(&before, &counts, seconds(10)).await.unwrap(), Beat::GoOn);
        assert_eq!(store.lost_jobs(seconds(10)).await.unwrap(), []);
        let lost = store.lost_jobs(seconds(11)).await.unwrap();
        assert_eq!(lost.len(), 1);
        assert_eq!((lost[0].counted.as_deref(), lost[0].done, lost[0].total), (Some("rows"), 7, Some(9)));
        // It was heard of just before it would have been taken from it.
        assert_eq!(store.beat_job(&before, &counts, seconds(12)).await.unwrap(), Beat::GoOn);
        let returned = JobEnd::Returned { counts: true };
        assert!(!store.end_job(&before, &returned, Some(seconds(10)), seconds(12)).await.unwrap());
        assert!(store.end_job(&before, &returned, Some(seconds(12)), seconds(40)).await.unwrap());
        let again = claim(&store, "y").await.unwrap();
        assert_eq!((again.public_id, again.attempts, again.done), (job.public_id, 2, 0));
        assert_eq!(store.beat_job(&before, &counts, seconds(41)).await.unwrap(), Beat::Lost);
        assert!(!store.end_job(&before, &DONE(), None, seconds(42)).await.unwrap());
        // A worker that ends gives the attempt back.
        let again = again.held().unwrap();
        assert!(store.end_job(&again, &JobEnd::Returned { counts: false }, None, seconds(43)).await.unwrap());
        assert_eq!(claim(&store, "y").await.unwrap().attempts, 2);
    }

    async fn an_effect_is_kept_once_and_by_who_holds_the_job(store: TestStore) {
        let job = ask(&store, "a").await;
        let mine = store.held_by(claim(&store, "x").await.unwrap().held().unwrap());
        mine.begin_pull(&pull_of("a")).await.unwrap();
        // Any operation may be the one that the job is about.
        mine.taking_effect(r#"{"did":1}"#).ask_job(&new(order("b"))).await.unwrap().unwrap();
        assert_eq!(found(&store, &job).await.effect.as_deref(), Some(r#"{"did":1}"#));
        let lost = store.lost_jobs(seconds(1)).await.unwrap().remove(0);
        let returned = JobEnd::Returned { counts: true };
        assert!(store.end_job(&lost.held().unwrap(), &returned, lost.heartbeat_at, seconds(2)).await.unwrap());
        assert_eq!(claim(&store, "y").await.unwrap().effect.as_deref(), Some(r#"{"did":1}"#), "it is told, not done again");
        // Who was taken for lost neither begins anything nor finishes it.
        let late = mine.taking_effect("{}").ask_job(&new(order("c"))).await.unwrap_err();
        assert!(matches!(late, StoreError::JobLost), "{late}");
        assert!(matches!(mine.begin_pull(&pull_of("a")).await, Err(StoreError::JobLost)));
        let all = JobFilter { account: None, kinds: JobKind::ALL.into(), state: None };
        assert_eq!(store.jobs_page(&all, None, 10).await.unwrap().rows.len(), 2, "nothing of it is kept");
        assert_eq!(found(&store, &job).await.effect.as_deref(), Some(r#"{"did":1}"#));
        // Without a job in hand there is nothing to keep it in.
        assert!(store.taking_effect("{}").ask_job(&new(order("c"))).await.unwrap().is_some());
    }

    async fn cancelling_ends_what_waits_and_asks_what_runs(store: TestStore) {
        let (waiting, running) = (ask(&store, "a").await, ask(&store, "b").await);
        let cancelled = store.cancel_job(waiting.public_id, seconds(1)).await.unwrap();
        assert_eq!((cancelled.state, cancelled.finished_at), (JobState::Cancelled, Some(seconds(1))));
        let held = claim(&store, "x").await.unwrap().held().unwrap();
        let asked = store.cancel_job(running.public_id, seconds(2)).await.unwrap();
        assert_eq!((asked.state, asked.cancel_asked_at), (JobState::Running, Some(seconds(2))));
        assert_eq!(store.cancel_job(running.public_id, seconds(3)).await.unwrap(), asked, "once is enough");
        assert_eq!(store.beat_job(&held, &Counts::default(), seconds(4)).await.unwrap(), Beat::Cancel);
        let problem = JobProblem { code: "refused".into(), text: "no\0good".into() };
        assert!(store.end_job(&held, &JobEnd::Failed(problem), None, seconds(5)).await.unwrap());
        assert_eq!(found(&store, &running).await.problem.unwrap().text, "no\u{fffd}good");
        let refused = store.cancel_job(running.public_id, seconds(6)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Ended { state: "failed", .. }), "{refused}");
        assert!(matches!(store.cancel_job(Uuid::nil(), noon()).await, Err(StoreError::NotFound { .. })));
    }

    async fn a_moment_of_a_schedule_is_asked_for_once(store: TestStore) {
        let due = |at| NewJob { due: Some(("a".into(), at)), ..new(order("a")) };
        assert_eq!(store.last_due("a").await.unwrap(), None);
        let other = Store::open(&store.url).await.unwrap();
        let (first, second) = (due(seconds(1)), due(seconds(1)));
        let (first, second) = tokio::join!(store.ask_job(&first), other.ask_job(&second));
        assert_eq!(first.unwrap().iter().chain(&second.unwrap()).count(), 1, "of two servers one asks");
        assert!(store.ask_job(&due(seconds(2))).await.unwrap().is_some());
        assert_eq!(store.last_due("a").await.unwrap(), Some(LastDue { due_at: seconds(2), queued: true }));
        assert_eq!(store.last_due("b").await.unwrap(), None);
    }

    async fn lists_show_one_s_own_and_the_kinds_asked_for(store: TestStore) {
        let (lin, other) = (account(&store, "lin").await, account(&store, "other").await);
        let appraise = JobOrder::Appraise { cycle: "2026-Q1".into() };
        let of = |account_id: i64, order: &JobOrder| NewJob { asked_by: Doer::Account(account_id), ..new(order.clone()) };
        let asked = [of(lin, &order("a")), of(other, &order("b")), of(lin, &appraise), of(other, &appraise)];
        for job in &asked {
            store.ask_job(job).await.unwrap();
        }
        let shown = async |filter: JobFilter, before: Option<Uuid>, limit| {
            let page = store.jobs_page(&filter, before, limit).await.unwrap();
            let ids = page.rows.iter().map(|job| asked.iter().position(|asked| asked.public_id == job.public_id).unwrap());
            (ids.collect::<Vec<_>>(), page.more)
        };
        let own = JobFilter { account: Some(lin), ..JobFilter::default() };
        assert_eq!(shown(own.clone(), None, 9).await, (vec![2, 0], false), "newest first");
        let with_pulls = JobFilter { kinds: vec![JobKind::Pull], ..own.clone() };
        assert_eq!(shown(with_pulls.clone(), None, 2).await, (vec![2, 1], true));
        assert_eq!(shown(with_pulls, Some(asked[1].public_id), 2).await, (vec![0], false));
        assert_eq!(shown(JobFilter { state: Some(JobState::Done), ..own }, None, 9).await, (vec![], false));
        assert_eq!(shown(JobFilter::default(), None, 9).await, (vec![], false));
    }
}
