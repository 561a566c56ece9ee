//! The room: the spread of ratings beside the guidance, and everybody with score, rating, one figure with its interval, and what is proposed.

use std::collections::BTreeMap;

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::super::cycles::cycle::distribution;
use super::super::units::unit::rates;
use super::session::Session;
use super::words::{ProposalView, proposal_view};
use crate::app::{App, AppError, CalibrationState, ComparedAgent, ScorecardSummary, Slice, Wanted, Why};
use crate::domain::cycle::CycleState;
use crate::domain::metric::{Metric, MetricId};
use crate::web::charts::{Bar, Distribution};
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::glossary::Glossary;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::refusal::Problem;
use crate::web::rendered;
use crate::web::visitor::failed;

/// More rated people than this are no session: their figures are not read for the page.
const MOST_COMPARED: i64 = 500;

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
    glossary: Glossary,
    paging: Paging,
    /// Where the unit is chosen, for those who calibrate or propose; or why there is none.
    session: Option<Session>,
    no_session: Option<Problem>,
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
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let spread = app.spread(&cycle, &wanted).await.map_err(failed)?;
    let rates = rates(&rules.cards, &spread, |id| rules.metric(id));
    let picked = rates.iter().find(|rate| Some(rate.id.as_str()) == metric.as_deref()).or(rates.first()).copied();
    let people = People { app: &app, language, cycle: &cycle, wanted: &wanted, metric: picked };
    if let Some(kind) = FileKind::asked(request) {
        return people.sheet(&frame, kind).await;
    }
    let rated: i64 = spread.iter().flat_map(|card| &card.bands).map(|(_, agents)| agents).sum();
    let (session, no_session) = match &unit {
        Some(_) if rated > MOST_COMPARED => {
            (None, Some(Problem::because(language, &Why::SmallerUnit { most: MOST_COMPARED })))
        }
        // Later pages of the list are about its people alone.
        Some(unit) if after.is_none() => session(&app, (&cycle, unit), |id| rules.metric(id), language).await?,
        _ => (None, None),
    };
    let (rows, last) = people.page(&Paging::slice(after.clone())).await.map_err(failed)?;
    let filters = [("unit", unit.as_deref()), ("metric", metric.as_deref())];
    let metrics = rates.iter().map(|rate| {
        let is_picked = picked.is_some_and(|picked| picked.id == rate.id);
        (rate.id.to_string(), language.of_text(&rate.name).to_owned(), is_picked)
    });
    let named = session.iter().flat_map(|session| &session.apart).map(|apart| rules.metric(&apart.metric));
    let page = Page {
        glossary: Glossary::of(language, named.chain([picked])),
        in_review: app.cycle(&cycle).await.map_err(failed)?.state == CycleState::InReview,
        spread: spread.into_iter().filter_map(|card| distribution(card, language)).collect(),
        metrics: metrics.collect(),
        figure: picked.filter(|_| unit.is_some()).map(|metric| language.of_text(&metric.name).to_owned()),
        rows,
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
) -> poem::Result<(Option<Session>, Option<Problem>)> {
    match Session::of(app, unit, metric, language).await {
        Ok(session) => Ok((Some(session), None)),
        Err(AppError::Forbidden(_)) => Ok((None, None)),
        Err(AppError::Invalid(why)) => Ok((None, Some(Problem::of(language, &why)))),
        Err(error) => Err(failed(error)),
    }
}

/// The people of the room, page by page: what belongs to them is read for those of the page alone.
struct People<'a> {
    app: &'a App,
    language: Language,
    cycle: &'a str,
    wanted: &'a Wanted,
    metric: Option<&'a Metric>,
}

impl People<'_> {
    /// And the key of the last, where there are more.
    async fn page(&self, slice: &Slice) -> Result<(Vec<Row>, Option<String>), AppError> {
        let found = self.app.scorecards(self.cycle, slice, self.wanted).await?;
        let last = found.rows.last().filter(|_| found.more).map(|card| card.employee_number.clone());
        let agents: Vec<i64> = found.rows.iter().map(|card| card.agent_id).collect();
        let mut proposals = BTreeMap::new();
        for view in self.app.calibrations_among(self.cycle, &agents).await? {
            if matches!(view.calibration.state, CalibrationState::Proposed | CalibrationState::Confirmed) {
                let proposal = proposal_view(view, self.language);
                proposals.insert(proposal.number.clone(), proposal);
            }
        }
        let figures = self.figures(slice).await?;
        let rows = found.rows.into_iter().map(|card| row(card, self.language, &figures, &proposals)).collect();
        Ok((rows, last))
    }

    /// Value and interval by employee number, where a unit is chosen.
    async fn figures(&self, slice: &Slice) -> Result<BTreeMap<String, (String, String)>, AppError> {
        let (Some(unit), Some(metric)) = (&self.wanted.unit, self.metric) else { return Ok(BTreeMap::new()) };
        let compared = self.app.compare_agents(self.cycle, unit, &metric.id, slice).await?;
        let told = |value| self.language.measured(value, metric.unit);
        let figure = |agent: ComparedAgent| {
            let value = metric.value(&agent.pooled).map(told);
            let interval =
                agent.interval.map(|interval| format!("{} – {}", told(interval.lower), told(interval.upper)));
            (agent.employee_number, (value.unwrap_or_default(), interval.unwrap_or_default()))
        };
        Ok(compared.agents.into_iter().map(figure).collect())
    }

    async fn sheet(&self, frame: &Frame, kind: FileKind) -> poem::Result<Response> {
        let columns = ["employee-number", "name", "unit", "score", "rating", "value", "interval", "calibration-rating"];
        let mut sheet = Sheet::new(columns.into_iter().chain(["state"]).map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let (rows, last) = self.page(&slice).await.map_err(failed)?;
            for Row { number, name, unit, score, rating, value, interval, proposed, .. } in rows {
                let (other, state, _) = proposed.unwrap_or_default();
                sheet.row([number, name, unit, score, rating, value, interval, other, state]);
            }
            match last {
                Some(last) => slice = Slice::after(last),
                None => return sheet.answer(kind, &format!("calibration-{}", self.cycle)),
            }
        }
    }
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
