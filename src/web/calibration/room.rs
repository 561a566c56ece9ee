//! The room: the spread of ratings beside the guidance, and everybody with score, rating, one figure with its interval, and what is proposed.

use std::collections::BTreeMap;

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::super::cycles::cycle::distribution;
use super::super::units::unit::rates;
use super::session::Session;
use super::words::{ProposalView, all};
use crate::app::{App, AppError, CalibrationState, ScorecardSummary, Slice, Wanted};
use crate::domain::cycle::CycleState;
use crate::domain::metric::{Metric, MetricId};
use crate::web::charts::{Bar, Distribution};
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    unit: Option<String>,
    metric: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "calibration/room.html")]
struct Page {
    frame: Frame,
    cycle: String,
    in_review: bool,
    unit: String,
    spread: Vec<Distribution>,
    /// Figures that people can be compared in: id, name, chosen.
    metrics: Vec<(String, String, bool)>,
    /// The chosen one's name, where the unit is chosen.
    figure: Option<String>,
    rows: Vec<Row>,
    paging: Paging,
    /// Where the unit is chosen, for those who calibrate or propose; or why there is none.
    session: Option<Session>,
    no_session: Option<String>,
}

struct Row {
    number: String,
    name: String,
    unit: String,
    score: String,
    bar: Option<Bar>,
    rating: String,
    /// Value and interval of the chosen figure.
    value: String,
    interval: String,
    /// The rating that is proposed or agreed, and how that reads.
    proposed: Option<(String, String, &'static str)>,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { unit, metric, after } = request.params().unwrap_or_default();
    let [unit, metric, after] = [unit, metric, after].map(chosen);
    let wanted = Wanted { unit: unit.clone(), ..Wanted::default() };
    let proposals = all(&app, language, &cycle).await.map_err(failed)?;
    let proposals = proposals
        .into_iter()
        .filter(|one| matches!(one.stands, CalibrationState::Proposed | CalibrationState::Confirmed))
        .map(|one| (one.number.clone(), one));
    let proposals: BTreeMap<String, ProposalView> = proposals.collect();
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let spread = app.spread(&cycle, &wanted).await.map_err(failed)?;
    let rates = rates(&rules.cards, &spread, |id| rules.metric(id));
    let picked = rates.iter().find(|rate| Some(rate.id.as_str()) == metric.as_deref()).or(rates.first()).copied();
    let figures = match (&unit, picked) {
        (Some(unit), Some(metric)) => figures(&app, language, &cycle, unit, metric).await.map_err(failed)?,
        _ => BTreeMap::new(),
    };
    let view = |card| row(card, language, &figures, &proposals);
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["employee-number", "name", "unit", "score", "rating", "value", "interval", "calibration-rating"];
        let mut sheet = Sheet::new(columns.into_iter().chain(["state"]).map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let found = app.scorecards(&cycle, &slice, &wanted).await.map_err(failed)?;
            let next = found.rows.last().filter(|_| found.more).map(|last| Slice::after(last.employee_number.clone()));
            for card in found.rows {
                let Row { number, name, unit, score, rating, value, interval, proposed, .. } = view(card);
                let (other, state, _) = proposed.unwrap_or_default();
                sheet.row([number, name, unit, score, rating, value, interval, other, state]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, &format!("calibration-{cycle}")),
            }
        }
    }
    let (session, no_session) = match &unit {
        // Later pages of the list are about its people alone.
        Some(unit) if after.is_none() => session(&app, (&cycle, unit), |id| rules.metric(id), language).await?,
        _ => (None, None),
    };
    let found = app.scorecards(&cycle, &Paging::slice(after.clone()), &wanted).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|card| card.employee_number.clone());
    let filters = [("unit", unit.as_deref()), ("metric", metric.as_deref())];
    let metrics = rates.iter().map(|rate| {
        let is_picked = picked.is_some_and(|picked| picked.id == rate.id);
        (rate.id.to_string(), language.of_text(&rate.name).to_owned(), is_picked)
    });
    let page = Page {
        in_review: app.cycle(&cycle).await.map_err(failed)?.state == CycleState::InReview,
        spread: spread.into_iter().filter_map(|card| distribution(card, language)).collect(),
        metrics: metrics.collect(),
        figure: picked.filter(|_| unit.is_some()).map(|metric| language.of_text(&metric.name).to_owned()),
        rows: found.rows.into_iter().map(view).collect(),
        paging: Paging::new(&filters, after.is_some(), last),
        session,
        no_session,
        unit: unit.unwrap_or_default(),
        cycle,
        frame,
    };
    rendered(&page)
}

/// The session of a unit; for auditors, who look at the room alone, there is none, and one of too many people says so.
async fn session<'m>(
    app: &App,
    unit: (&str, &str),
    metric: impl Fn(&MetricId) -> Option<&'m Metric> + Send,
    language: Language,
) -> poem::Result<(Option<Session>, Option<String>)> {
    match Session::of(app, unit, metric, language).await {
        Ok(session) => Ok((Some(session), None)),
        Err(AppError::Forbidden(_)) => Ok((None, None)),
        Err(AppError::Invalid(why)) => Ok((None, Some(why))),
        Err(error) => Err(failed(error)),
    }
}

/// Value and interval by employee number.
async fn figures(
    app: &App,
    language: Language,
    cycle: &str,
    unit: &str,
    metric: &Metric,
) -> Result<BTreeMap<String, (String, String)>, AppError> {
    let compared = app.compare_agents(cycle, unit, &metric.id).await?;
    let figure = |agent: crate::app::ComparedAgent| {
        let value = metric.value(&agent.pooled).map(|value| language.measured(value, metric.unit));
        let interval = agent.interval.map(|interval| {
            format!(
                "{} – {}",
                language.measured(interval.lower, metric.unit),
                language.measured(interval.upper, metric.unit)
            )
        });
        (agent.employee_number, (value.unwrap_or_default(), interval.unwrap_or_default()))
    };
    Ok(compared.agents.into_iter().map(figure).collect())
}

fn row(
    card: ScorecardSummary,
    language: Language,
    figures: &BTreeMap<String, (String, String)>,
    proposals: &BTreeMap<String, ProposalView>,
) -> Row {
    let (value, interval) = figures.get(&card.employee_number).cloned().unwrap_or_default();
    let proposed = proposals.get(&card.employee_number);
    Row {
        score: card.printed.map_or_else(|| "–".to_owned(), |score| language.hundredths(score)),
        bar: card.printed.map(Bar::of_hundred),
        rating: card.rating.unwrap_or_else(|| "–".to_owned()),
        value,
        interval,
        proposed: proposed.map(|one| (one.rating.clone(), one.state.clone(), one.tone)),
        number: card.employee_number,
        name: card.agent_name,
        unit: card.unit_code,
    }
}
