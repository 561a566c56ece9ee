//! Long work: what was asked for, how far it is, what came of it. The page tells what is under way as it goes on, and as it stands without
//! scripts.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use futures::StreamExt as _;
use poem::web::sse::{Event, SSE};
use poem::web::{Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{App, AppError, JobView, Slice};
use crate::domain::fixed::Fixed;
use crate::domain::job::{JobKind, JobState};
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// Between two looks at how far a job is.
const LOOK: Duration = Duration::from_secs(1);
/// A stream tells for so many looks; the browser then asks anew, and its right is examined anew.
const LOOKS: usize = 60;
/// Streams that the list has open at most: browsers open six connections to a server, and pages need some.
const MOST_WATCHED: usize = 2;

#[derive(Deserialize, Default)]
struct Query {
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "data/jobs.html")]
struct List {
    frame: Frame,
    rows: Vec<Row>,
    simulates: bool,
    paging: Paging,
}

struct Row {
    id: String,
    scope: String,
    state: Say,
    tone: &'static str,
    asked: String,
    by: String,
    progress: String,
    /// Whether the list tells how it goes on.
    live: bool,
}

#[derive(Template)]
#[template(path = "data/job.html")]
struct Page {
    frame: Frame,
    row: Row,
    done: i64,
    total: Option<i64>,
    ended: bool,
    /// The cycle to go on with.
    cycle: Option<String>,
    /// Before when it is not begun.
    not_before: Option<Say>,
    /// The file that an export made, for who asked: its name, rows and kibibytes.
    file: Option<(String, String, String)>,
    problem: Option<(String, String)>,
    result: Option<String>,
    /// Whether the result has a page of its own.
    compared: bool,
}

fn state_text(state: JobState, language: Language) -> (Say, &'static str) {
    let (key, tone) = match state {
        JobState::Queued => ("job-queued", ""),
        JobState::Running => ("job-running", "warn"),
        JobState::Done => ("job-done", "good"),
        JobState::Failed => ("job-failed", "bad"),
        JobState::Cancelled => ("job-cancelled", ""),
    };
    (language.say(key), tone)
}

fn row(job: &JobView, language: Language) -> Row {
    let (state, tone) = state_text(job.state, language);
    Row {
        id: job.id.to_string(),
        scope: job.scope.clone(),
        state,
        tone,
        asked: language.moment(job.asked_at),
        by: job.asked_by.clone(),
        progress: progress_text(job, language),
        live: false,
    }
}

fn progress_text(job: &JobView, language: Language) -> String {
    let number = |count: i64| language.number(Fixed::from_int(count));
    match (job.total, job.done) {
        (Some(total), done) => {
            language.say("job-of").with("done", number(done)).with("total", number(total)).to_string()
        }
        (None, 0) => String::new(),
        (None, done) => number(done),
    }
}

#[handler]
pub(in crate::web) async fn list(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet = Sheet::new(["job", "state", "when", "who", "progress"].map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let (jobs, next) = app.jobs(&slice, None).await.map_err(failed)?;
            for job in &jobs {
                let Row { scope, state, by, progress, .. } = row(job, language);
                sheet.row([scope, state.to_string(), job.asked_at.to_rfc3339(), by, progress]);
            }
            match next {
                Some(next) => slice = Slice::after(next),
                None => return sheet.answer(kind, "jobs"),
            }
        }
    }
    let Query { after } = request.params().unwrap_or_default();
    let after = chosen(after);
    let (jobs, next) = app.jobs(&Paging::slice(after.clone()), None).await.map_err(failed)?;
    let mut rows: Vec<Row> = jobs.iter().map(|job| row(job, language)).collect();
    let running = rows.iter_mut().zip(&jobs).filter(|(_, job)| job.state == JobState::Running);
    running.take(MOST_WATCHED).for_each(|(row, _)| row.live = true);
    let simulates = super::simulate::may_simulate(&frame);
    rendered(&List { frame, rows, simulates, paging: Paging::new(&[], after.is_some(), next) })
}

pub(super) fn id(text: &str) -> poem::Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| failed(AppError::NotFound(format!("there is no job '{text}'"))))
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let job = frame.visitor.app().job(id(&text)?).await.map_err(failed)?;
    let (file, result) = match job.order.kind() {
        JobKind::Export => (job.result.as_ref().and_then(|result| file_of(result, frame.language)), None),
        _ => (None, job.result),
    };
    let job = JobView { result, ..job };
    let waits = job.not_before.filter(|_| job.state == JobState::Queued);
    let page = Page {
        file,
        not_before: waits.map(|at| frame.say("publish-waits").with("at", frame.language.moment(at))),
        row: row(&job, frame.language),
        done: job.done,
        total: job.total,
        ended: job.state.is_final(),
        cycle: job.order.cycle().map(str::to_owned),
        problem: job.problem.map(|problem| (problem.code, problem.text)),
        compared: job.order.kind() == JobKind::Simulate && job.result.is_some(),
        result: job.result.and_then(|result| serde_json::to_string_pretty(&result).ok()),
        frame,
    };
    rendered(&page)
}

/// Name, rows and kibibytes of the file that a result tells of.
fn file_of(result: &Value, language: Language) -> Option<(String, String, String)> {
    let number = |key: &str| result.get(key).and_then(Value::as_i64);
    let bytes = number("bytes")?;
    let of = |count: i64| language.number(Fixed::from_int(count));
    Some((result.get("file")?.as_str()?.to_owned(), of(number("rows")?), of(bytes.div_euclid(1024) + 1)))
}

#[handler]
pub(in crate::web) async fn cancel(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    match frame.visitor.app().cancel_job(id(&text)?).await {
        // One that has ended meanwhile is shown as it ended.
        Ok(_) | Err(AppError::Refused(_)) => Ok(Redirect::see_other(format!("/jobs/{text}")).into_response()),
        Err(error) => Err(failed(error)),
    }
}

/// How far a job is, as it goes on.
#[handler]
pub(in crate::web) async fn events(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language, id) = (frame.visitor.app().clone(), frame.language, id(&text)?);
    app.job_progress(id).await.map_err(failed)?;
    let looks = futures::stream::unfold((app, 0_usize, false), move |(app, look, ended)| async move {
        if ended || look >= LOOKS {
            return None;
        }
        if look > 0 {
            tokio::time::sleep(LOOK).await;
        }
        let (event, ended) = look_at(&app, id, language).await?;
        Some((Ok::<_, Infallible>(event), (app, look + 1, ended)))
    });
    let events = looks.map(|Ok(event)| event);
    Ok(SSE::new(events).keep_alive(Duration::from_secs(15)).into_response())
}

async fn look_at(app: &App, id: Uuid, language: Language) -> Option<(Event, bool)> {
    let job = app.job_progress(id).await.ok()?;
    let ended = job.state.is_final();
    let text = format!("{} {}", state_text(job.state, language).0, progress_text(&job, language));
    let told = json!({ "done": job.done, "total": job.total, "text": text }).to_string();
    Some((Event::message(told).event_type(if ended { "end" } else { "progress" }), ended))
}
