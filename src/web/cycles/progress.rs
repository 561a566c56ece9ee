//! How far the results of a cycle are, unit by unit, and where each stands.

use std::collections::BTreeSet;

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use crate::app::{AgentResult, Slice, UnitProgress};
use crate::domain::agent_result::ResultState;
use crate::domain::cycle::CycleState;
use crate::domain::metric::{Metric, MetricId};
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::glossary::Glossary;
use crate::web::language::Language;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::results::standing::result_state;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// Units of a page.
const UNITS: usize = 50;

#[derive(Deserialize, Default)]
struct Query {
    unit: Option<String>,
    state: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "cycles/progress.html")]
struct Page {
    frame: Frame,
    cycle: String,
    rows: Vec<Row>,
    glossary: Glossary,
    paging: Paging,
}

/// How far a unit is.
pub(super) struct Row {
    pub unit: String,
    pub parent: String,
    pub done: u64,
    pub all: u64,
    /// How many stand where.
    pub states: String,
    /// What cards on hold wait for, and how many.
    pub waits_for: String,
}

pub(super) fn row<'m>(
    progress: UnitProgress,
    state: CycleState,
    metric: impl Fn(&MetricId) -> Option<&'m Metric>,
    language: Language,
) -> Row {
    let all = progress.all();
    let done = progress.results.iter().filter(|(result, _)| is_done(**result, state)).map(|(_, count)| count).sum();
    let states = progress.results.iter().map(|(result, count)| {
        let number = crate::web::format::grouped(&count.to_string());
        format!("{} {number}", result_state(*result, language).0)
    });
    let states = states.collect::<Vec<_>>().join(" · ");
    let waits_for = progress.waiting_for.iter().map(|(what, cards)| {
        let name = match metric(&MetricId(what.as_str().into())) {
            Some(metric) => language.of_text(&metric.name).to_owned(),
            None => language.say("waits-for-ratings").to_string(),
        };
        format!("{name} {}", crate::web::format::grouped(&cards.to_string()))
    });
    let waits_for = waits_for.collect::<Vec<_>>().join(" · ");
    Row { unit: progress.unit, parent: progress.parent.unwrap_or_default(), done, all, states, waits_for }
}

/// Whether what the cycle waits for is done for a result: the review, then the agent's word, then the end.
fn is_done(result: ResultState, cycle: CycleState) -> bool {
    match cycle {
        CycleState::InReview => result == ResultState::Reviewed,
        CycleState::Published | CycleState::Appeal => !matches!(result, ResultState::Published | ResultState::Appealed),
        CycleState::Calibrated | CycleState::Approved | CycleState::Final | CycleState::Closed => true,
        CycleState::Draft | CycleState::Open | CycleState::Frozen | CycleState::Scored | CycleState::Cancelled => false,
    }
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let progress = app.progress(&cycle).await.map_err(failed)?;
    let state = progress.state;
    let rules = app.rules_of_cycle(&cycle).await.map_err(failed)?;
    let waits: BTreeSet<&str> =
        progress.units.iter().flat_map(|unit| unit.waiting_for.keys().map(String::as_str)).collect();
    let glossary = Glossary::of(language, waits.into_iter().map(|id| rules.metric(&MetricId::new(id))));
    let shown = |unit| row(unit, state, |id| rules.metric(id), language);
    let mut units = progress.units;
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet =
            Sheet::new(["unit", "unit-above", "done", "all", "state", "waits-for"].map(|key| frame.say(key)));
        for Row { unit, parent, done, all, states, waits_for } in units.into_iter().map(shown) {
            sheet.row([unit, parent, done.to_string(), all.to_string(), states, waits_for]);
        }
        return sheet.answer(kind, &format!("progress-{cycle}"));
    }
    let Query { after, .. } = request.params().unwrap_or_default();
    let after = chosen(after);
    units.retain(|unit| after.as_deref().is_none_or(|after| unit.unit.as_str() > after));
    let more = units.len() > UNITS;
    units.truncate(UNITS);
    let last = units.last().filter(|_| more).map(|unit| unit.unit.clone());
    let rows = units.into_iter().map(shown).collect();
    rendered(&Page { frame, cycle, rows, glossary, paging: Paging::new(&[], after.is_some(), last) })
}

#[derive(Template)]
#[template(path = "cycles/standing.html")]
struct Standing {
    frame: Frame,
    cycle: String,
    rows: Vec<ResultRow>,
    unit: String,
    state: String,
    states: Vec<(&'static str, String)>,
    paging: Paging,
}

struct ResultRow {
    number: String,
    state: Say,
    tone: &'static str,
    reviewed: String,
    noted: String,
    comment: String,
}

fn result_row(result: AgentResult, language: Language) -> ResultRow {
    let (state, tone) = result_state(result.state, language);
    let moment = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| language.moment(at)).unwrap_or_default();
    ResultRow {
        number: result.employee_number,
        state,
        tone,
        reviewed: moment(result.reviewed_at),
        noted: moment(result.acknowledged_at),
        comment: result.acknowledged_comment.unwrap_or_default(),
    }
}

/// Where each agent's result stands.
#[handler]
pub(in crate::web) async fn standing(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { unit, state, after } = request.params().unwrap_or_default();
    let [unit, state, after] = [unit, state, after].map(chosen);
    let in_state = state.as_deref().and_then(ResultState::of);
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["employee-number", "state", "result-reviewed", "result-acknowledged", "comment"];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let found = app.agent_results(&cycle, &slice, unit.as_deref(), in_state).await.map_err(failed)?;
            let next = found.rows.last().filter(|_| found.more).map(|last| Slice::after(last.employee_number.clone()));
            for result in found.rows {
                let ResultRow { number, state, reviewed, noted, comment, .. } = result_row(result, language);
                sheet.row([number, state.to_string(), reviewed, noted, comment]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, &format!("standing-{cycle}")),
            }
        }
    }
    let slice = Paging::slice(after.clone());
    let found = app.agent_results(&cycle, &slice, unit.as_deref(), in_state).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|result| result.employee_number.clone());
    let filters = [("unit", unit.as_deref()), ("state", state.as_deref())];
    let shown = Standing {
        paging: Paging::new(&filters, after.is_some(), last),
        rows: found.rows.into_iter().map(|result| result_row(result, language)).collect(),
        unit: unit.unwrap_or_default(),
        state: state.unwrap_or_default(),
        states: ResultState::ALL.map(|state| (state.as_str(), result_state(state, language).0.to_string())).into(),
        cycle,
        frame,
    };
    rendered(&shown)
}
