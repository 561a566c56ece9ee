//! One appeal: what the agent says, with which files, and what became of it; for the agent, and for those who decide.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::words::{appeal_state, subject_text};
use crate::app::{App, AppError, AppealView, MOST_EVIDENCE_BYTES};
use crate::domain::appeal::AppealState;
use crate::domain::appraisal::CalibrationReason;
use crate::domain::authority::Act;
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;
use crate::web::frame::{Frame, reaches_others};
use crate::web::glossary::{Glossary, MetricHelp};
use crate::web::language::Language;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "appeals/page.html")]
struct Page {
    frame: Frame,
    view: AppealView,
    about: String,
    /// What the figure means that the appeal is about.
    help: Option<MetricHelp>,
    state: Say,
    tone: &'static str,
    raised: String,
    due: String,
    decided: Option<String>,
    files: Vec<File>,
    most_bytes: usize,
    /// Whether whoever looks raised it.
    own: bool,
    open: bool,
    deciding: Option<Deciding>,
    problem: Option<Problem>,
}

struct File {
    address: String,
    name: String,
    size: String,
    added: String,
}

/// What those who decide are shown.
struct Deciding {
    glossary: Glossary,
    /// Whether it is assigned to whoever looks.
    mine: bool,
    /// Lines that can be left out: id and name.
    lines: Vec<(String, String)>,
    /// Bands of the agent's card: id and name.
    ratings: Vec<(String, String)>,
    reasons: Vec<(&'static str, String)>,
    typed: String,
}

pub(super) fn id(text: &str) -> poem::Result<Uuid> {
    Uuid::parse_str(text).map_err(|_| failed(AppError::NotFound(format!("there is no appeal '{text}'"))))
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(text): Path<String>) -> poem::Result<Response> {
    show(Frame::of(request)?, id(&text)?, None, String::new()).await
}

/// Shows the appeal again with what went wrong; nothing typed is lost.
pub(super) async fn again(frame: Frame, id: Uuid, error: AppError, typed: String) -> poem::Result<Response> {
    let problem = mendable(error, frame.language)?;
    let mut response = show(frame, id, Some(problem), typed).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

async fn show(frame: Frame, id: Uuid, problem: Option<Problem>, typed: String) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let view = app.appeal(id).await.map_err(failed)?;
    let rules = app.rules_of_cycle(&view.cycle).await.map_err(failed)?;
    let known = view.appeal.metric.as_deref().and_then(|id| rules.metric(&MetricId::new(id)));
    let metric = known.map_or(view.appeal.metric.clone(), |metric| Some(language.of_text(&metric.name).to_owned()));
    let own = app.actor().own_account().is_some_and(|account| account.agent_id == Some(view.appeal.agent_id));
    let open = view.appeal.state == AppealState::Open;
    let decides = open && !own && reaches_others(&app.actor().reach(Act::DecideAppeals));
    let deciding = if decides { Some(deciding(&app, language, &view, typed).await.map_err(failed)?) } else { None };
    let (state, tone) = appeal_state(view.appeal.state, language);
    let files = view.evidence.iter().map(|file| File {
        address: format!("/evidence/{}", file.public_id),
        name: file.name.clone(),
        size: language
            .say("kibibytes")
            .with("size", language.number(Fixed::from_int((file.bytes / 1024).max(1))))
            .to_string(),
        added: language.moment(file.added_at),
    });
    let shown = Page {
        about: subject_text(&view.appeal.subject, metric.as_deref(), language),
        help: known.map(|metric| MetricHelp::of(language, metric)),
        state,
        tone,
        raised: language.moment(view.appeal.raised_at),
        due: language.day(view.appeal.due),
        decided: view.appeal.decided_at.map(|at| language.moment(at)),
        files: files.collect(),
        most_bytes: MOST_EVIDENCE_BYTES,
        own,
        open,
        deciding,
        problem,
        view,
        frame,
    };
    rendered(&shown)
}

async fn deciding(app: &App, language: Language, view: &AppealView, typed: String) -> Result<Deciding, AppError> {
    let rules = app.rules_of_cycle(&view.cycle).await?;
    let card = app.scorecard(&view.cycle, &view.appeal.employee_number).await?;
    let mut lines = Vec::new();
    for line in card.result.stretches.iter().flat_map(|stretch| &stretch.stretch.card.lines) {
        let metric = rules.metric(&line.metric);
        let name = metric.map_or_else(|| line.id.to_string(), |metric| language.of_text(&metric.name).to_owned());
        if lines.iter().all(|(known, _)| *known != *line.id) {
            lines.push((line.id.to_string(), name));
        }
    }
    let bands = rules.card(&card.summary.card).map(|card| card.bands.as_slice()).unwrap_or_default();
    let ratings = bands.iter().rev().map(|band| {
        let name = format!("{} · {}", band.id, language.of_text(&band.name));
        (band.id.to_string(), name)
    });
    let reasons = CalibrationReason::ALL.map(|reason| (reason.as_str(), language.of_text(&reason.text()).to_owned()));
    let me = app.actor().name();
    let named = card.result.stretches.iter().flat_map(|stretch| &stretch.stretch.card.lines);
    Ok(Deciding {
        glossary: Glossary::of(language, named.map(|line| rules.metric(&line.metric))),
        mine: view.assigned_to.as_deref() == Some(me.as_str()),
        lines,
        ratings: ratings.collect(),
        reasons: reasons.into(),
        typed,
    })
}

#[derive(Deserialize)]
struct Nothing {}

/// The agent takes it back.
#[handler]
pub(in crate::web) async fn withdraw(
    request: &Request,
    Path(text): Path<String>,
    _form: Form<Nothing>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, id(&text)?);
    match frame.visitor.app().withdraw_appeal(id).await {
        Ok(_) => Ok(Redirect::see_other(format!("/appeals/{id}")).into_response()),
        Err(error) => again(frame, id, error, String::new()).await,
    }
}
