//! One person: who they are, what became of each cycle, how figures went over time. One's own is the first page of an agent.

use askama::Template;
use poem::http::header;
use poem::web::{Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};

use super::super::cycles::state::{cycle_state, cycles_newest_first};
use crate::app::{AgentView, AppError, CycleOfAgent};
use crate::domain::money::Money;
use crate::web::charts::Trend;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::rendered;
use crate::web::results::course::{FigureCourse, score_trend};
use crate::web::results::state_text;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "people/person.html")]
struct Page {
    frame: Frame,
    view: AgentView,
    is_own: bool,
    places: Vec<Place>,
    results: Vec<CycleResult>,
    trend: Option<Trend>,
    figures: Vec<FigureCourse>,
    /// The cycle that is under way.
    open: Option<OpenCycle>,
}

/// An assignment as people read it.
struct Place {
    unit: String,
    post: String,
    days: String,
    fte: String,
    target: Option<String>,
}

/// What became of one cycle.
struct CycleResult {
    cycle: String,
    state: Say,
    score: String,
    rating: String,
    pay: Option<String>,
    what: Say,
    tone: &'static str,
}

struct OpenCycle {
    cycle: String,
    days: String,
    state: Say,
}

#[handler]
pub(in crate::web) async fn own(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    if frame.visitor.name().is_none() {
        return Ok(Redirect::see_other("/sign-in?next=/me").into_response());
    }
    let number = frame.visitor.app().own_account().await.map_err(failed)?.account.employee_number;
    let none = || failed(AppError::NotFound("this account belongs to nobody on the roster".to_owned()));
    show(frame, &number.ok_or_else(none)?, true).await
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(number): Path<String>) -> poem::Result<Response> {
    show(Frame::of(request)?, &number, false).await
}

/// Everything that is held about the person, as a file.
#[handler]
pub(in crate::web) async fn data(request: &Request, Path(number): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let data = frame.visitor.app().personal_data(&number).await.map_err(failed)?;
    let text = serde_json::to_vec_pretty(&data).map_err(poem::error::InternalServerError)?;
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .header(header::CONTENT_DISPOSITION, "attachment; filename=\"merit-data.json\"")
        .body(text))
}

async fn show(frame: Frame, number: &str, is_own: bool) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let view = app.agent(number).await.map_err(failed)?;
    let cycles = cycles_newest_first(&app).await.map_err(failed)?;
    let course = found(app.course(number, None).await).map_err(failed)?.unwrap_or_default();
    let results: Vec<CycleResult> = course.iter().rev().map(|cycle| cycle_result(language, cycle)).collect();
    let figures = FigureCourse::all(language, &course);
    let today = app.clock().today();
    let open = cycles.iter().find(|cycle| {
        let now = cycle.period.first <= today && today <= cycle.period.last;
        now && results.iter().all(|result| result.cycle != cycle.code)
    });
    let open = open.map(|cycle| OpenCycle {
        cycle: cycle.code.clone(),
        days: days_text(language, cycle.period.first, Some(cycle.period.last)),
        state: cycle_state(cycle.state, language),
    });
    let trend = score_trend(language, &course);
    let places = view.assignments.iter().rev().map(|place| Place {
        unit: place.unit_code.clone(),
        post: place.post.clone(),
        days: days_text(language, place.first_day, place.last_day),
        fte: language.number(place.fte),
        target: view.with_pay.then(|| language.money(&Money { minor: place.target_minor, currency: place.currency })),
    });
    let places = places.collect();
    rendered(&Page { frame, view, is_own, places, results, trend, figures, open })
}

fn days_text(language: Language, first: chrono::NaiveDate, last: Option<chrono::NaiveDate>) -> String {
    let from = language.day(first);
    match last {
        Some(last) => language.say("from-to").with("from", from).with("to", language.day(last)).to_string(),
        None => language.say("since").with("from", from).to_string(),
    }
}

fn cycle_result(language: Language, cycle: &CycleOfAgent) -> CycleResult {
    let card = &cycle.detail.summary;
    let (what, tone) = state_text(card.state, language);
    CycleResult {
        cycle: cycle.cycle.clone(),
        state: cycle_state(cycle.state, language),
        score: card.printed.map_or_else(|| "–".to_owned(), |score| language.hundredths(score)),
        rating: card.rating.clone().unwrap_or_else(|| "–".to_owned()),
        pay: cycle.paid.as_ref().map(|pay| language.money(pay)),
        what,
        tone,
    }
}

/// What is not there, or not to be seen, is left out.
pub(in crate::web) fn found<T>(outcome: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(AppError::NotFound(_) | AppError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
