//! One unit in a cycle: its own card, how its ratings are spread, and its people beside each other with what chance explains.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::super::cycles::cycle::distribution;
use crate::app::{App, AppError, CardSpread, ComparedAgent, Slice, UnitRecord, Wanted};
use crate::domain::fact::Pooled;
use crate::domain::fixed::Fixed;
use crate::domain::metric::{Metric, MetricId, MetricKind, Unit};
use crate::domain::scorecard::{Card, Measure, Scope};
use crate::web::charts::{Distribution, Dot, Funnel};
use crate::web::frame::Frame;
use crate::web::glossary::MetricHelp;
use crate::web::language::Language;
use crate::web::people::person::found;
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::results::Told;
use crate::web::results::lines::{LineView, line_view};
use crate::web::visitor::failed;

/// More people than this are no picture; the unit's own figures say more.
const MOST_DRAWN: u32 = 150;

#[derive(Deserialize, Default)]
struct Query {
    metric: Option<String>,
}

#[derive(Template)]
#[template(path = "units/unit.html")]
struct Page {
    frame: Frame,
    cycle: String,
    unit: UnitRecord,
    name: String,
    score: Option<String>,
    rating: Option<String>,
    total: Option<Told>,
    lines: Vec<LineView>,
    spread: Vec<Distribution>,
    /// Rates that people can be compared in: id, name, chosen.
    metrics: Vec<(String, String, bool)>,
    funnel: Option<Funnel>,
    /// What the people are compared in.
    compared: Option<MetricHelp>,
    more: bool,
}

#[handler]
pub(in crate::web) async fn page(
    request: &Request,
    Path((cycle, code)): Path<(String, String)>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { metric } = request.params().unwrap_or_default();
    let unit = app.unit(&code).await.map_err(failed)?;
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let card = found(app.explained_unit_scorecard(&cycle, &code).await).map_err(failed)?;
    let wanted = Wanted { unit: Some(code.clone()), ..Wanted::default() };
    let spread = app.spread(&cycle, &wanted).await.map_err(failed)?;
    let rates = rates(&rules.cards, &spread, |id| rules.metric(id));
    let chosen = rates.iter().find(|rate| Some(rate.id.as_str()) == metric.as_deref()).or(rates.first()).copied();
    let compared = chosen.map(|metric| MetricHelp::of(language, metric));
    let (funnel, more) = match chosen {
        Some(metric) => funnel(&app, language, &cycle, &code, metric).await.map_err(failed)?,
        None => (None, false),
    };
    let metrics = rates.iter().map(|rate| {
        let is_chosen = chosen.is_some_and(|chosen| chosen.id == rate.id);
        (rate.id.to_string(), language.of_text(&rate.name).to_owned(), is_chosen)
    });
    let metrics = metrics.collect();
    let name = language.pick(&unit.name_en, &unit.name_zh).to_owned();
    let spread = spread.into_iter().filter_map(|card| distribution(card, language)).collect();
    let (mut score, mut rating, mut total, mut lines) = (None, None, None, Vec::new());
    if let Some(card) = card {
        score = card.detail.summary.printed.map(|score| language.hundredths(score));
        rating = card.detail.summary.rating;
        let (mut told, whole) = match card.explanation {
            Some(told) => (told.lines.into_iter(), Some(told.total)),
            None => (Vec::new().into_iter(), None),
        };
        total = whole.map(|whole| Told::new(whole, language));
        let metric = |id: &MetricId| rules.metric(id);
        let view = |line| line_view(language, line, metric(&line.metric), None, told.next());
        lines = card.detail.result.lines.iter().map(view).collect();
    }
    rendered(&Page { frame, cycle, unit, name, score, rating, total, lines, spread, metrics, funnel, compared, more })
}

/// What the people of the unit are measured in by themselves, as far as it is a rate in percent.
pub(in crate::web) fn rates<'m>(
    cards: &[Card],
    spread: &[CardSpread],
    metric: impl Fn(&MetricId) -> Option<&'m Metric>,
) -> Vec<&'m Metric> {
    let in_use = cards.iter().filter(|card| spread.iter().any(|used| *used.card == *card.id));
    let lines = in_use.flat_map(|card| &card.lines);
    let own = lines.filter(|line| line.scope == Scope::Own && line.measure == Measure::Value);
    let mut rates: Vec<&Metric> = Vec::new();
    for found in own.filter_map(|line| metric(&line.metric)) {
        let is_rate = found.kind == MetricKind::Rate && found.unit == Unit::Percent;
        if is_rate && rates.iter().all(|known| known.id != found.id) {
            rates.push(found);
        }
    }
    rates
}

async fn funnel(
    app: &App,
    language: Language,
    cycle: &str,
    unit: &str,
    metric: &Metric,
) -> Result<(Option<Funnel>, bool), AppError> {
    let compared = app.compare_agents(cycle, unit, &metric.id, &Slice { limit: MOST_DRAWN, after: None }).await?;
    let none = Pooled::default();
    let all = compared.agents.iter().try_fold(none, |sum, agent| sum.checked_add(&agent.pooled));
    let mean = all.and_then(|all| metric.value(&all));
    let dots = compared.agents.into_iter().filter_map(|agent| dot(cycle, metric, agent)).collect();
    let title = language.say("funnel-title").with("metric", language.of_text(&metric.name)).to_string();
    let who = language.say("name").to_string();
    let funnel = mean.and_then(|mean: Fixed| Funnel::new(language, title, who, mean, dots));
    Ok((funnel, compared.more))
}

fn dot(cycle: &str, metric: &Metric, agent: ComparedAgent) -> Option<Dot> {
    let ComparedAgent { employee_number, name, pooled, interval } = agent;
    let address = format!("/cycles/{}/scorecards/{}", query_value(cycle), query_value(&employee_number));
    let value = metric.value(&pooled)?;
    Some(Dot { name: format!("{name} ({employee_number})"), address, samples: pooled.samples, value, interval })
}
