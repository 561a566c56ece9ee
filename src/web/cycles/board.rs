//! All cycles and where each stands.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::state::{STEPS, cycle_state, cycles_newest_first};
use crate::app::{CycleRecord, RulesChoice};
use crate::domain::authority::Act;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::paging::Paging;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::request::query_value;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "cycles/board.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    can_open: bool,
    /// What was typed, and what was wrong with it.
    code: String,
    problem: Option<Problem>,
    paging: Paging,
}

struct Row {
    cycle: CycleRecord,
    state: String,
    days: String,
    /// Steps taken of all steps.
    step: usize,
    steps: usize,
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let language = frame.language;
    if let Some(kind) = FileKind::asked(request) {
        let cycles = cycles_newest_first(frame.visitor.app()).await.map_err(failed)?;
        let mut sheet = Sheet::new(["cycle", "first-day", "last-day", "state"].map(|key| frame.say(key)));
        for cycle in cycles {
            let state = cycle_state(cycle.state, language).to_string();
            sheet.row([cycle.code, cycle.period.first.to_string(), cycle.period.last.to_string(), state]);
        }
        return sheet.answer(kind, "cycles");
    }
    show(frame, String::new(), None).await
}

#[derive(Deserialize)]
struct Opened {
    code: String,
}

/// Opens a cycle by the rules that are in force on its first day.
#[handler]
pub(in crate::web) async fn open(request: &Request, Form(Opened { code }): Form<Opened>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    match frame.visitor.app().open_cycle_with(code.trim(), None, RulesChoice::InForce).await {
        Ok(opened) => Ok(Redirect::see_other(format!("/cycles/{}", query_value(&opened.cycle.code))).into_response()),
        Err(error) => {
            let problem = mendable(error, frame.language)?;
            let mut response = show(frame, code, Some(problem)).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}

async fn show(frame: Frame, code: String, problem: Option<Problem>) -> poem::Result<Response> {
    let language = frame.language;
    let cycles = cycles_newest_first(frame.visitor.app()).await.map_err(failed)?;
    let rows = cycles.into_iter().map(|cycle| {
        let days = language.say("from-to").with("from", language.day(cycle.period.first));
        Row {
            state: cycle_state(cycle.state, language).to_string(),
            days: days.with("to", language.day(cycle.period.last)).to_string(),
            step: STEPS.iter().position(|step| *step == cycle.state).map_or(0, |at| at + 1),
            steps: STEPS.len(),
            cycle,
        }
    });
    let rows = rows.collect();
    let can_open = frame.visitor.app().actor().reach(Act::ManageCycles).everything;
    rendered(&Page { frame, rows, can_open, code, problem, paging: Paging::new(&[], false, None) })
}
