//! Workers: they take jobs one after the other, say that they are still there, and give back what they cannot finish.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::super::{App, AppError, Change, count};
use super::perform::Tally;
use crate::domain::job::{JobState, MOST_ATTEMPTS};
use crate::store::{Beat, Held, Job, JobEnd, JobProblem, StoreError};

/// How often a worker without work looks whether another process asked for some.
const LOOK: Duration = Duration::from_secs(1);
/// Longest time between two beats; progress and the wish to cancel are as fresh.
const BEAT: Duration = Duration::from_secs(1);
/// However soon a worker shall be taken for lost.
const SHORTEST_BEAT: Duration = Duration::from_millis(50);
/// How often keeping a job's end is tried again.
const TRIES: u32 = 5;

/// How jobs are worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkOrder {
    /// Jobs at once.
    pub workers: usize,
    /// Folder of the rules, for pulls.
    pub rules: PathBuf,
    /// A worker not heard of for this long is lost, and its job is taken by another.
    pub lost_after: Duration,
}

/// Why a job under way is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Halt {
    Cancelled,
    /// It is another worker's now, or nobody could be told for too long that this one is still there.
    Lost,
    /// This process ends.
    Ending,
}

impl App {
    /// Works on jobs until `stop` says so; then jobs under way are given back, to be taken by others.
    pub async fn work(&self, order: WorkOrder, stop: watch::Receiver<bool>) {
        let order = Arc::new(order);
        let mut workers = JoinSet::new();
        for _ in 0..order.workers {
            let (app, order, stop) = (self.clone(), order.clone(), stop.clone());
            workers.spawn(async move { app.one_worker(&order, stop).await });
        }
        while workers.join_next().await.is_some() {}
    }

    async fn one_worker(&self, order: &WorkOrder, mut stop: watch::Receiver<bool>) {
        let name = format!("{}/{}", std::process::id(), self.clock.new_id());
        while !*stop.borrow() {
            let taken = async {
                self.recover_lost(order.lost_after).await?;
                self.store.claim_job(&name, self.clock.now()).await
            };
            match taken.await {
                Ok(Some(job)) => {
                    self.attempt(job, order, &mut stop).await;
                    // Another of the same scope may have waited for it.
                    self.bell.notify_one();
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "jobs cannot be looked for"),
            }
            tokio::select! {
                () = self.bell.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                () = told_to_end(&mut stop) => {}
            }
        }
    }

    /// Jobs whose worker is lost are queued again, or end.
    async fn recover_lost(&self, lost_after: Duration) -> Result<(), StoreError> {
        let now = self.clock.now();
        let before = chrono::TimeDelta::from_std(lost_after).ok().and_then(|lost| now.checked_sub_signed(lost));
        let Some(before) = before else { return Ok(()) };
        for job in self.store.lost_jobs(before).await? {
            let Some(held) = job.held() else { continue };
            let end = if job.effect.is_some() {
                // Only its end is to be told.
                JobEnd::Returned { counts: true }
            } else if job.cancel_asked_at.is_some() {
                JobEnd::Cancelled
            } else if job.attempts >= MOST_ATTEMPTS {
                JobEnd::Failed(worker_lost(job.attempts))
            } else {
                JobEnd::Returned { counts: true }
            };
            let change = ended(&job, &end, "its worker is lost");
            if self.recorded(change).end_job(&held, &end, job.heartbeat_at, now).await? {
                tracing::warn!(job = %job.public_id, worker = held.worker, "the worker of a job is lost");
            }
        }
        Ok(())
    }

    async fn attempt(&self, job: Job, order: &WorkOrder, stop: &mut watch::Receiver<bool>) {
        let Some(held) = job.held() else { return };
        let started = Instant::now();
        tracing::info!(job = %job.public_id, scope = job.scope, attempt = job.attempts, "a job begins");
        let (app, end) = match self.as_asker(&job).await {
            Ok(app) => {
                let end = app.work_on(&job, &held, order, stop).await;
                (app, end)
            }
            Err(error) => (self.clone(), Some(JobEnd::Failed(problem(&error)))),
        };
        let Some(end) = end else {
            tracing::warn!(job = %job.public_id, "the job was taken by another worker");
            return;
        };
        app.keep_end(&job, &held, &end).await;
        count::worked(job.order.kind().as_str(), end.state().as_str(), started.elapsed());
    }

    /// Does the job and says meanwhile that this worker is still there. `None`: the job is another's now.
    async fn work_on(
        &self,
        job: &Job,
        held: &Held,
        order: &WorkOrder,
        stop: &mut watch::Receiver<bool>,
    ) -> Option<JobEnd> {
        let (tell, told) = watch::channel(false);
        let tally = Tally::default();
        let mut halt = None;
        let work = {
            let (app, tally) = (self.clone().doing(held).stopping_when(told), tally.clone());
            let (job, rules) = (job.clone(), order.rules.clone());
            let runtime = tokio::runtime::Handle::current();
            // A thread of its own: the ones that answer requests are not kept busy with scoring.
            tokio::task::spawn_blocking(move || runtime.block_on(app.perform(&job, &rules, &tally)))
        };
        let mut work = std::pin::pin!(work);
        let mut beats = interval(BEAT.min(order.lost_after / 4).max(SHORTEST_BEAT));
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        let outcome = loop {
            tokio::select! {
                outcome = work.as_mut() => break outcome,
                _ = beats.tick() => {
                    match self.store.beat_job(held, &tally.counts(), self.clock.now()).await {
                        Ok(beat) => {
                            heard = Instant::now();
                            halt = halt.or(match beat {
                                Beat::GoOn => None,
                                Beat::Cancel => Some(Halt::Cancelled),
                                Beat::Lost => Some(Halt::Lost),
                            });
                        }
                        Err(error) => {
                            tracing::warn!(%error, job = %job.public_id, "it cannot be said how far a job is");
                            halt = halt.or((heard.elapsed() > order.lost_after).then_some(Halt::Lost));
                        }
                    }
                }
                () = told_to_end(stop), if halt.is_none() => halt = Some(Halt::Ending),
            }
            if halt.is_some() {
                tell.send_replace(true);
            }
        };
        // The last count, for whoever looks at the job afterwards.
        if let Err(error) = self.store.beat_job(held, &tally.counts(), self.clock.now()).await {
            tracing::warn!(%error, job = %job.public_id, "it cannot be said how far a job is");
        }
        end_of(outcome, halt)
    }

    async fn keep_end(&self, job: &Job, held: &Held, end: &JobEnd) {
        for _ in 0..TRIES {
            let change = ended(job, end, "");
            match self.recorded(change).end_job(held, end, None, self.clock.now()).await {
                Ok(true) => {
                    let state = end.state().as_str();
                    tracing::info!(job = %job.public_id, scope = job.scope, state, "a job ends");
                    return;
                }
                Ok(false) => {
                    tracing::warn!(job = %job.public_id, "the job was taken by another worker");
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, job = %job.public_id, "the end of a job cannot be kept");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }
}

fn end_of(outcome: Result<Result<serde_json::Value, AppError>, JoinError>, halt: Option<Halt>) -> Option<JobEnd> {
    match (outcome, halt) {
        (Ok(Ok(result)), _) => Some(JobEnd::Done(result.to_string())),
        (_, Some(Halt::Lost)) => None,
        (Ok(Err(AppError::Stopped)), Some(Halt::Ending)) => Some(JobEnd::Returned { counts: false }),
        (Ok(Err(AppError::Stopped)), _) => Some(JobEnd::Cancelled),
        (Ok(Err(error)), _) => Some(JobEnd::Failed(problem(&error))),
        (Err(broken), _) => {
            tracing::error!(error = %broken, "a job ended by a fault of the program");
            Some(JobEnd::Failed(internal()))
        }
    }
}

async fn told_to_end(stop: &mut watch::Receiver<bool>) {
    // An error says that nobody is left who could tell.
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What the log says about the end of an attempt.
fn ended(job: &Job, end: &JobEnd, why: &str) -> Change {
    let state = end.state();
    let act = if state == JobState::Queued { "job.requeue" } else { "job.finish" };
    let reason = match end {
        JobEnd::Failed(problem) => format!(" problem={}", problem.code),
        _ => String::new(),
    };
    let detail = format!("scope={} state={} attempt={}{reason}", job.scope, state.as_str(), job.attempts);
    Change::new(act, "job", job.public_id).detail(detail).reason(Some(why))
}

/// As the API's problems: what went wrong inside stays in the log.
fn problem(error: &AppError) -> JobProblem {
    let code = match error {
        AppError::NotFound(_) => "not_found",
        AppError::Invalid(_) => "invalid_request",
        AppError::Forbidden(_) => "forbidden",
        AppError::Unrecorded(_) => "unavailable",
        AppError::Store(StoreError::Database { .. } | StoreError::Unreadable { .. } | StoreError::Working { .. })
        | AppError::File { .. }
        | AppError::Json(_) => {
            tracing::error!(%error, "a job failed");
            return internal();
        }
        AppError::Conflict(_)
        | AppError::Changed(_)
        | AppError::Refused(_)
        | AppError::Stopped
        | AppError::Rules(_)
        | AppError::Pull(_)
        | AppError::Assess(_)
        | AppError::Store(_) => "refused",
    };
    JobProblem { code: code.to_owned(), text: error.to_string() }
}

fn internal() -> JobProblem {
    let text = "Something went wrong inside Merit; the cause is in its log under the job's id.";
    JobProblem { code: "internal".to_owned(), text: text.to_owned() }
}

fn worker_lost(attempts: i64) -> JobProblem {
    let text = format!(
        "The worker was lost {attempts} times while it did this job: look in its log for the cause, such as too little memory, then \
         ask again."
    );
    JobProblem { code: "worker_lost".to_owned(), text }
}
