//! One person: who they are, what became of each cycle, how figures went over time. One's own is the first page of an agent.

use std::collections::BTreeMap;

use askama::Template;
use poem::http::header;
use poem::web::{Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};

use super::super::cycles::state::{cycle_state, cycles_newest_first};
use crate::app::{AgentView, App, AppError, CycleRecord, ScorecardDetail};
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;
use crate::domain::money::Money;
use crate::domain::scorecard::{Measure, Scope};
use crate::web::charts::{Moment, Spark, Trend};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::rendered;
use crate::web::results::state_text;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// So many cycles are looked back at.
const CYCLES: usize = 8;

#[derive(Template)]
#[template(path = "people/person.html")]
struct Page {
    frame: Frame,
    view: AgentView,
    is_own: bool,
    places: Vec<Place>,
    results: Vec<CycleResult>,
    trend: Option<Trend>,
    figures: Vec<Figure>,
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

/// One figure over the cycles, oldest first.
struct Figure {
    name: String,
    spark: Option<Spark>,
    /// By cycle, as people read them.
    values: Vec<String>,
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
    let mut cards = Vec::new();
    let mut results = Vec::new();
    for cycle in cycles.iter().take(CYCLES) {
        let Some(card) = found(app.scorecard(&cycle.code, number).await).map_err(failed)? else { continue };
        let pay = found(app.payout(&cycle.code, number).await).map_err(failed)?;
        results.push(cycle_result(language, cycle, &card, pay.map(|pay| pay.summary.amount)));
        cards.push((cycle.code.clone(), card));
    }
    cards.reverse();
    let figures = figures(&app, language, &cards).await.map_err(failed)?;
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
    let trend = score_trend(language, &cards);
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

fn cycle_result(language: Language, cycle: &CycleRecord, card: &ScorecardDetail, pay: Option<Money>) -> CycleResult {
    let (what, tone) = state_text(card.summary.state, language);
    CycleResult {
        cycle: cycle.code.clone(),
        state: cycle_state(cycle.state, language),
        score: card.summary.printed.map_or_else(|| "–".to_owned(), |score| language.hundredths(score)),
        rating: card.summary.rating.clone().unwrap_or_else(|| "–".to_owned()),
        pay: pay.map(|pay| language.money(&pay)),
        what,
        tone,
    }
}

fn score_trend(language: Language, cards: &[(String, ScorecardDetail)]) -> Option<Trend> {
    if cards.len() < 2 {
        return None;
    }
    let moments = cards.iter().map(|(cycle, card)| Moment {
        name: cycle.clone(),
        value: card.summary.printed,
        interval: None,
        shown: card.summary.printed.map_or_else(|| "–".to_owned(), |score| language.hundredths(score)),
        shown_interval: String::new(),
    });
    Trend::new(language, language.say("score-trend").to_string(), moments.collect())
}

/// Figures of the own lines over the cycles. Names are those of the newest cycle's rules.
async fn figures(app: &App, language: Language, cards: &[(String, ScorecardDetail)]) -> Result<Vec<Figure>, AppError> {
    let Some((newest, last)) = cards.last() else { return Ok(Vec::new()) };
    let Some(rules) = found(app.rules_of_cycle(newest).await)? else { return Ok(Vec::new()) };
    let mut figures = Vec::new();
    let lines = last.result.last_card().map(|card| card.lines.as_slice()).unwrap_or_default();
    for line in lines.iter().filter(|line| line.scope == Scope::Own && line.measure == Measure::Value) {
        let metric = rules.metric(&line.metric);
        let values: Vec<Option<Fixed>> = cards.iter().map(|(_, card)| value_of(card, &line.metric)).collect();
        let shown = values.iter().map(|value| match (value, metric) {
            (Some(value), Some(metric)) => language.measured(*value, metric.unit),
            _ => "–".to_owned(),
        });
        let name = metric.map_or_else(|| line.metric.to_string(), |metric| language.of_text(&metric.name).to_owned());
        figures.push(Figure { name, values: shown.collect(), spark: Spark::new(&values) });
    }
    Ok(figures)
}

fn value_of(card: &ScorecardDetail, metric: &MetricId) -> Option<Fixed> {
    let lines = &card.result.last_card()?.lines;
    let by_metric: BTreeMap<_, _> = lines
        .iter()
        .filter(|line| line.scope == Scope::Own && line.measure == Measure::Value)
        .map(|line| (&line.metric, line.value))
        .collect();
    by_metric.get(metric).copied().flatten()
}

/// What is not there, or not to be seen, is left out.
pub(in crate::web) fn found<T>(outcome: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(AppError::NotFound(_) | AppError::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
