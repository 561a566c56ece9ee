//! One agent's scorecard: every line opens to its working.

use askama::Template;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::course::{FigureCourse, score_trend};
use super::lines::{GateView, LineView, gate_view, line_view};
use super::standing::Standing;
use super::{Told, state_text};
use crate::app::{App, AppError, CycleOfAgent, ExplainedScorecard, Preview, ScorecardSummary};
use crate::domain::appraisal::{AppraisalResult, StretchResult};
use crate::domain::explanation::{CardExplanation, NextBand};
use crate::domain::fixed::Fixed;
use crate::domain::metric::{Metric, MetricId};
use crate::domain::scorecard::Band;
use crate::web::charts::{Bullet, Trend, Zone};
use crate::web::cycles::publication;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::chosen;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "results/scorecard.html")]
struct Page {
    frame: Frame,
    cycle: String,
    card: ScorecardSummary,
    state: Say,
    tone: &'static str,
    score: Option<String>,
    rating: Option<String>,
    days: String,
    samples: String,
    bullet: Option<Bullet>,
    trend: Option<Trend>,
    total: Told,
    stretches: Vec<StretchView>,
    next: Option<NextView>,
    links: Links,
    standing: Option<Standing>,
    preview: Option<PreviewView>,
}

/// What a scorecard is shown with.
struct Around {
    links: Links,
    standing: Option<Standing>,
    /// The cycles up to this one.
    course: Vec<CycleOfAgent>,
    preview: Option<PreviewView>,
}

/// What says that it is shown as somebody else sees it.
struct PreviewView {
    title: Say,
    about: Say,
    payout: Option<Say>,
}

/// The card of one stretch.
struct StretchView {
    /// Unit, post and days; only where there are several.
    title: Option<String>,
    lines: Vec<LineView>,
    gates: Vec<GateView>,
    judged: Option<JudgedView>,
    told: Option<Told>,
}

/// The part that people judged.
struct JudgedView {
    points: String,
    share: String,
    contribution: String,
}

/// What would reach the next band.
struct NextView {
    title: Say,
    chances: Vec<String>,
}

/// What else there is about this agent and cycle.
struct Links {
    payout: bool,
    plan: bool,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, number)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let explained = app.explained_scorecard(&cycle, &number).await.map_err(failed)?;
    let links = links(&app, &cycle, &number).await.map_err(failed)?;
    let standing = Standing::of(&app, language, &cycle, &explained.detail.summary).await.map_err(failed)?;
    let until = app.cycle(&cycle).await.map_err(failed)?.period.first;
    let course = app.course(&number, Some(until)).await.map_err(failed)?;
    show(frame, cycle, explained, Around { links, standing, course, preview: None }).await
}

#[derive(Deserialize, Default)]
struct Query {
    number: Option<String>,
}

/// The page as its agent sees it, for whoever publishes.
#[handler]
pub(in crate::web) async fn previewed(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let number = chosen(request.params::<Query>().unwrap_or_default().number).unwrap_or_default();
    let found = match app.preview_for(&cycle, &number).await {
        Ok(found) => found,
        // Whoever mistyped a number types it again.
        Err(AppError::NotFound(_)) => {
            let problem = language.say("preview-nobody").with("number", &number).into();
            return publication::again(frame, cycle, problem, StatusCode::NOT_FOUND).await;
        }
        Err(error) => return Err(failed(error)),
    };
    let Preview { result: _, published, scorecard, payout, plan } = found;
    let explained = app.explain_scorecard(scorecard).await.map_err(failed)?;
    let payout = payout.map(|payout| language.money(&payout.detail.summary.amount));
    let preview = PreviewView {
        title: language.say("preview-of").with("number", &number),
        about: language.say(if published { "preview-published" } else { "preview-not-published" }),
        payout: payout.map(|amount| language.say("preview-payout").with("amount", amount)),
    };
    let links = Links { payout: preview.payout.is_some(), plan: plan.is_some() };
    show(frame, cycle, explained, Around { links, standing: None, course: Vec::new(), preview: Some(preview) }).await
}

async fn show(frame: Frame, cycle: String, explained: ExplainedScorecard, around: Around) -> poem::Result<Response> {
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Around { links, standing, course, preview } = around;
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let metric = |id: &MetricId| rules.metric(id);
    let ExplainedScorecard { detail, explanation, next_band } = explained;
    let bands =
        explanation.stretches.last().and_then(Option::as_ref).map(|told| told.bands.clone()).unwrap_or_default();
    let result = &detail.result;
    let several = result.stretches.len() > 1;
    let told = explanation.stretches.into_iter().chain(std::iter::repeat_with(|| None));
    let last = result.stretches.len().saturating_sub(1);
    let stretches = result.stretches.iter().zip(told).enumerate().map(|(at, (stretch, told))| {
        let peers = if at == last { Some(result) } else { None };
        stretch_view(language, stretch, told, peers, several, &metric)
    });
    let mut stretches: Vec<StretchView> = stretches.collect();
    let newest = result.last_card().map(|card| card.lines.as_slice()).unwrap_or_default();
    if let Some(last) = stretches.last_mut() {
        let mut figures = FigureCourse::all(language, &course);
        for (view, line) in last.lines.iter_mut().zip(newest) {
            let at = figures.iter().position(|figure| figure.is_of(line));
            view.course = at.map(|at| figures.swap_remove(at));
        }
    }
    let (state, tone) = state_text(result.state, language);
    let band = |id: &str| bands.iter().find(|band| &*band.id == id).map(|band| language.of_text(&band.name).to_owned());
    let rating = result.rating.as_deref().map(|rating| match band(rating) {
        Some(name) => format!("{rating} · {name}"),
        None => rating.to_owned(),
    });
    let shown = Page {
        state,
        tone,
        score: result.printed.map(|score| language.hundredths(score)),
        rating,
        days: language.number(Fixed::from_int(result.days)),
        samples: language.number(Fixed::from_int(result.samples)),
        bullet: result.printed.map(|score| total_bullet(language, score, &bands)),
        trend: score_trend(language, &course),
        total: Told::new(explanation.total, language),
        next: next_band.map(|next| next_view(language, next, &bands)),
        stretches,
        links,
        standing,
        preview,
        cycle,
        card: detail.summary,
        frame,
    };
    rendered(&shown)
}

/// The score over the bands it is judged by.
fn total_bullet(language: Language, score: Fixed, bands: &[Band]) -> Bullet {
    let most = bands.iter().map(|band| band.from).chain([score, Fixed::HUNDRED]).max().unwrap_or(Fixed::HUNDRED);
    let zones = bands.iter().map(|band| Zone { name: band.id.to_string(), from: band.from.max(Fixed::ZERO) }).collect();
    let label = language.say("score-of-hundred").with("score", language.hundredths(score)).to_string();
    Bullet::new(language, label, score, (Fixed::ZERO, most), zones)
}

fn stretch_view<'m>(
    language: Language,
    stretch: &StretchResult,
    told: Option<CardExplanation>,
    peers: Option<&AppraisalResult>,
    several: bool,
    metric: &impl Fn(&MetricId) -> Option<&'m Metric>,
) -> StretchView {
    let place = &stretch.stretch;
    let title = several.then(|| {
        let days = language.say("from-to").with("from", language.day(place.period.first));
        let days = days.with("to", language.day(place.period.last));
        let share = language.number(stretch.share.round(2));
        let title = language.say("stretch-title").with("unit", &place.unit).with("post", &place.post);
        title.with("days", days).with("share", share).to_string()
    });
    let (mut lines_told, mut gates_told, whole) = match told {
        Some(CardExplanation { lines, gates, total, bands: _, units: _ }) => {
            (lines.into_iter(), gates.into_iter(), Some(Told::new(total, language)))
        }
        None => (Vec::new().into_iter(), Vec::new().into_iter(), None),
    };
    let peers_of = |line: &str| peers?.peers.iter().find(|peers| &*peers.line == line);
    let lines = place
        .card
        .lines
        .iter()
        .map(|line| line_view(language, line, metric(&line.metric), peers_of(&line.id), lines_told.next()));
    let lines = lines.collect();
    let gates = place.card.gates.iter().map(|gate| gate_view(language, gate, metric(&gate.metric), gates_told.next()));
    let judged = place.card.judged.as_ref().map(|judged| JudgedView {
        points: judged.form.points.map_or_else(|| "–".to_owned(), |points| language.hundredths(points)),
        share: language.number(judged.effective_share.round(2)),
        contribution: language.hundredths(judged.contribution),
    });
    StretchView { title, lines, gates: gates.collect(), judged, told: whole.filter(|_| several) }
}

fn next_view(language: Language, next: NextBand, bands: &[Band]) -> NextView {
    let name = bands.iter().find(|band| band.id == next.band).map(|band| language.of_text(&band.name));
    let title = language.say("next-band").with("band", &next.band).with("name", name.unwrap_or_default());
    let title = title.with("from", language.hundredths(next.from));
    let chances = next.chances.into_iter().map(|chance| language.pick(&chance.en, &chance.zh).to_owned()).collect();
    NextView { title, chances }
}

async fn links(app: &App, cycle: &str, number: &str) -> Result<Links, AppError> {
    Ok(Links { payout: is_there(app.payout(cycle, number).await)?, plan: is_there(app.plan(cycle, number).await)? })
}

/// Whether whoever looks finds it.
fn is_there<T>(found: Result<T, AppError>) -> Result<bool, AppError> {
    match found {
        Ok(_) => Ok(true),
        Err(AppError::NotFound(_) | AppError::Forbidden(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
