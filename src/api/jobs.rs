//! Jobs: long work that is asked for, watched by polling or as a stream of events, and cancelled.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::stream::{BoxStream, StreamExt as _};
use poem::web::Data;
use poem::web::sse::Event;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, EventStream, Json};
use poem_openapi::types::ToJSON as _;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{CreateError, GetError, ListError};
use super::job_orders::{Kind, NewJob, order};
use super::page::{self, PageSize, cursor, slice};
use crate::app::{App, JobView};
use crate::domain::job::JobState;

/// How often a stream looks how far its job is.
const LOOK: Duration = Duration::from_millis(500);
/// After so many looks the rights of whoever reads the stream are looked up again.
const LOOKS_BEFORE_RIGHTS: u32 = 10;
/// How often a stream that has nothing to tell shows that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Says when the server is about to stop; data of every request.
#[derive(Debug, Clone)]
pub struct Closing(pub watch::Receiver<bool>);

#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "JobState", rename_all = "snake_case")]
enum State {
    Queued,
    Running,
    Done,
    Failed,
    Cancelled,
}

/// Why a job failed.
#[derive(Debug, Clone, Object)]
struct JobProblem {
    /// As the codes of problems.
    code: String,
    detail: String,
}

/// A job.
#[derive(Debug, Clone, Object)]
#[oai(skip_serializing_if_is_none)]
struct Job {
    id: Uuid,
    kind: Kind,
    /// What it works on; of one scope, one job runs at a time.
    scope: String,
    state: State,
    /// A login, `operator:` and a name, or `schedule:` and a source.
    asked_by: String,
    asked_at: DateTime<Utc>,
    /// It is not begun before.
    not_before: Option<DateTime<Utc>>,
    /// When the last attempt began.
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    /// The moment for which a source's schedule asked.
    due_at: Option<DateTime<Utc>>,
    /// How often it was begun.
    attempts: i64,
    /// Since when it is told to stop.
    cancel_asked_at: Option<DateTime<Utc>>,
    /// What is counted: `bytes`, `rows` or `agents`.
    counted: Option<String>,
    done: i64,
    /// Of how many, where that is known.
    total: Option<i64>,
    per_second: Option<i64>,
    seconds_left: Option<i64>,
    /// What came of it; where one job is shown, to callers who may do such work.
    result: Option<Value>,
    problem: Option<JobProblem>,
}

#[derive(Object)]
struct JobPage {
    items: Vec<Job>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

#[derive(ApiResponse)]
enum AskedJob {
    /// It waits for a worker.
    #[oai(status = 202)]
    Accepted(
        Json<Job>,
        /// Where to see how far it is.
        #[oai(header = "Location")]
        String,
    ),
}

impl From<State> for JobState {
    fn from(state: State) -> Self {
        match state {
            State::Queued => Self::Queued,
            State::Running => Self::Running,
            State::Done => Self::Done,
            State::Failed => Self::Failed,
            State::Cancelled => Self::Cancelled,
        }
    }
}

fn job(view: JobView) -> Job {
    let JobView {
        id,
        order,
        scope,
        state,
        asked_by,
        asked_at,
        not_before,
        started_at,
        finished_at,
        due_at,
        attempts,
        cancel_asked_at,
        counted,
        done,
        total,
        pace,
        result,
        problem,
    } = view;
    Job {
        id,
        kind: order.kind().into(),
        scope,
        state: match state {
            JobState::Queued => State::Queued,
            JobState::Running => State::Running,
            JobState::Done => State::Done,
            JobState::Failed => State::Failed,
            JobState::Cancelled => State::Cancelled,
        },
        asked_by,
        asked_at,
        not_before,
        started_at,
        finished_at,
        due_at,
        attempts,
        cancel_asked_at,
        counted,
        done,
        total,
        per_second: pace.map(|pace| pace.per_second),
        seconds_left: pace.and_then(|pace| pace.seconds_left).filter(|_| !state.is_final()),
        result,
        problem: problem.map(|problem| JobProblem { code: problem.code, detail: problem.text }),
    }
}

/// A stream that tells how far a job is, whenever that has changed.
struct Watching {
    app: App,
    id: Uuid,
    closing: watch::Receiver<bool>,
    told: Option<JobView>,
    looks: u32,
}

impl Watching {
    /// What is to be told next; `None` when the job has ended and that was told, the server is about to stop, or the job is not the
    /// reader's to see any more.
    async fn next(mut self) -> Option<(Job, Self)> {
        if self.told.as_ref().is_some_and(|told| told.state.is_final()) {
            return None;
        }
        loop {
            if self.told.is_some() {
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    _ = self.closing.wait_for(|closing| *closing) => return None,
                }
            }
            self.looks += 1;
            if self.looks.is_multiple_of(LOOKS_BEFORE_RIGHTS) {
                self.app = self.app.renewed().await.ok()?;
            }
            let view = self.app.job_progress(self.id).await;
            let view =
                view.inspect_err(|error| tracing::debug!(%error, job = %self.id, "a stream of events ends")).ok()?;
            // The pace changes with the clock alone; only what was counted is news.
            let news = |told: &JobView| JobView { pace: view.pace, ..told.clone() } != view;
            if self.told.as_ref().is_none_or(news) {
                self.told = Some(view.clone());
                return Some((job(view), self));
            }
        }
    }
}

#[derive(ApiResponse)]
enum Download {
    #[oai(status = 200)]
    File(
        Binary<Vec<u8>>,
        /// Always `attachment`, with the file's name.
        #[oai(header = "Content-Disposition")]
        String,
    ),
}

pub struct JobsApi;

#[OpenApi(tag = "Resource::Jobs")]
impl JobsApi {
    /// Ask for a job
    ///
    /// A worker does it as the caller, with what the caller may do then.
    #[oai(path = "/jobs", method = "post", operation_id = "ask_job")]
    async fn ask(&self, app: Caller, body: Json<NewJob>) -> Result<AskedJob, CreateError> {
        let at = body.0.at;
        let asked = job(app.ask_job_at(order(body.0)?, at).await?);
        let location = format!("/api/v1/jobs/{}", asked.id);
        Ok(AskedJob::Accepted(Json(asked), location))
    }

    /// List jobs, newest first
    ///
    /// Those the caller asked for, and all of the kinds the caller may do.
    #[oai(path = "/jobs", method = "get", operation_id = "list_jobs")]
    async fn list(
        &self,
        app: Caller,
        /// In this state
        state: Query<Option<State>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<JobPage>, ListError> {
        let (jobs, next) = app.jobs(&slice(limit.0, after.0)?, state.0.map(JobState::from)).await?;
        Ok(Json(JobPage { items: jobs.into_iter().map(job).collect(), next_cursor: next.map(|key| cursor(&key)) }))
    }

    /// One job: how far it is, and what came of it
    #[oai(path = "/jobs/:id", method = "get", operation_id = "get_job")]
    async fn get(&self, app: Caller, id: Path<String>) -> Result<Json<Job>, GetError> {
        Ok(Json(job(app.job(page::id(&id.0)?).await?)))
    }

    /// Cancel a job
    ///
    /// A queued one is cancelled at once; one under way is told to stop, and leaves nothing half done.
    #[oai(path = "/jobs/:id/cancel", method = "post", operation_id = "cancel_job")]
    async fn cancel(&self, app: Caller, id: Path<String>) -> Result<Json<Job>, CreateError> {
        Ok(Json(job(app.cancel_job(page::id(&id.0)?).await?)))
    }

    /// The file that an export made
    ///
    /// For whoever asked for it alone, while they may see all that it tells. It is deleted after some days.
    #[oai(path = "/jobs/:id/file", method = "get", operation_id = "get_job_file")]
    async fn file(&self, app: Caller, id: Path<String>) -> Result<Download, GetError> {
        let file = app.job_file(page::id(&id.0)?).await?;
        let disposition = format!("attachment; filename=\"{}\"", file.name);
        Ok(Download::File(Binary(file.content), disposition))
    }

    /// How far a job is, as server-sent events
    ///
    /// An event `progress` with the job, without its result, at first and whenever something has changed; the last one is `end`.
    /// The stream also ends when the server is about to stop: connect again then.
    #[oai(path = "/jobs/:id/events", method = "get", operation_id = "stream_job_events")]
    async fn events(
        &self,
        app: Caller,
        closing: Data<&Closing>,
        id: Path<String>,
    ) -> Result<EventStream<BoxStream<'static, Job>>, GetError> {
        let id = page::id(&id.0)?;
        // Whoever may not see it gets a problem, and no stream.
        app.job_progress(id).await?;
        let watching = Watching { app: App::clone(&app), id, closing: closing.0.0.clone(), told: None, looks: 0 };
        let stream = futures::stream::unfold(watching, Watching::next).boxed();
        let events = EventStream::new(stream).keep_alive(KEEP_ALIVE).to_event(|job| {
            let ended = matches!(job.state, State::Done | State::Failed | State::Cancelled);
            Event::message(job.to_json_string()).event_type(if ended { "end" } else { "progress" })
        });
        Ok(events)
    }
}
