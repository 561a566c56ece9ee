//! Everybody's notices: what was told, what waits, what failed and why.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::words::{channel_text, notice_state, told_text};
use crate::app::{AppError, NoticeRecord, Slice};
use crate::domain::notice::NoticeState;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Deserialize, Default)]
struct Query {
    state: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "notices/list.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    state: String,
    states: Vec<(&'static str, String)>,
    paging: Paging,
}

#[derive(Template)]
#[template(path = "notices/notice.html")]
struct One {
    frame: Frame,
    row: Row,
    text: String,
    next_try: Option<String>,
    ended: Option<String>,
    can_retry: bool,
    problem: Option<Problem>,
}

struct Row {
    id: String,
    subject: String,
    to: String,
    channel: Say,
    address: String,
    state: Say,
    tone: &'static str,
    attempts: i64,
    made: String,
    last_problem: String,
}

fn row(notice: NoticeRecord, language: Language) -> Row {
    let (state, tone) = notice_state(notice.state, language);
    Row {
        id: notice.public_id.to_string(),
        subject: told_text(notice.kind, &notice.about, language).0,
        to: notice.login.unwrap_or_default(),
        channel: channel_text(notice.channel, language),
        address: notice.address,
        state,
        tone,
        attempts: notice.attempts,
        made: language.moment(notice.created_at),
        last_problem: notice.last_problem.unwrap_or_default(),
    }
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { state, after } = request.params().unwrap_or_default();
    let [state, after] = [state, after].map(chosen);
    let in_state = state.as_deref().and_then(NoticeState::of);
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["notice", "notice-to", "notice-channel", "notice-address", "state", "notice-attempts", "when"];
        let mut sheet = Sheet::new(columns.into_iter().chain(["notice-problem"]).map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let (notices, next) = app.notices(&slice, in_state).await.map_err(failed)?;
            for notice in notices {
                let at = notice.created_at.to_rfc3339();
                let Row { subject, to, channel, address, state, attempts, last_problem, .. } = row(notice, language);
                let (channel, state) = (channel.to_string(), state.to_string());
                sheet.row([subject, to, channel, address, state, attempts.to_string(), at, last_problem]);
            }
            match next {
                Some(next) => slice = Slice::after(next),
                None => return sheet.answer(kind, "notices"),
            }
        }
    }
    let (notices, next) = app.notices(&Paging::slice(after.clone()), in_state).await.map_err(failed)?;
    let page = Page {
        rows: notices.into_iter().map(|notice| row(notice, language)).collect(),
        paging: Paging::new(&[("state", state.as_deref())], after.is_some(), next),
        state: state.unwrap_or_default(),
        states: NoticeState::ALL.map(|state| (state.as_str(), notice_state(state, language).0.to_string())).into(),
        frame,
    };
    rendered(&page)
}

fn id(text: &str) -> poem::Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| failed(AppError::NotFound(format!("there is no notice '{text}'"))))
}

/// One notice with all that is known of it.
#[handler]
pub(in crate::web) async fn one(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    show(Frame::of(request)?, id(&text)?, None).await
}

#[derive(Deserialize)]
struct Nothing {}

/// Has it tried at once.
#[handler]
pub(in crate::web) async fn retry(
    request: &Request,
    Path(text): Path<String>,
    _form: Form<Nothing>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, id(&text)?);
    match frame.visitor.app().retry_notice(id).await {
        Ok(_) => Ok(Redirect::see_other(format!("/notices/{id}")).into_response()),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            let mut response = show(frame, id, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn show(frame: Frame, id: Uuid, problem: Option<Problem>) -> poem::Result<Response> {
    let language = frame.language;
    let notice = frame.visitor.app().shown_notice(id).await.map_err(failed)?;
    let waits = notice.state == NoticeState::Waiting;
    let shown = One {
        text: told_text(notice.kind, &notice.about, language).1,
        next_try: waits.then(|| language.moment(notice.next_try_at)),
        ended: notice.ended_at.map(|at| language.moment(at)),
        can_retry: notice.state != NoticeState::Sent,
        row: row(notice, language),
        problem,
        frame,
    };
    rendered(&shown)
}
