//! All cycles and where each stands.

use askama::Template;
use poem::{Request, Response, handler};

use super::state::{STEPS, cycle_state, cycles_newest_first};
use crate::app::CycleRecord;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::paging::Paging;
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Template)]
#[template(path = "cycles/board.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
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
    let cycles = cycles_newest_first(frame.visitor.app()).await.map_err(failed)?;
    if let Some(kind) = FileKind::asked(request) {
        let mut sheet = Sheet::new(["cycle", "first-day", "last-day", "state"].map(|key| frame.say(key)));
        for cycle in cycles {
            let state = cycle_state(cycle.state, language).to_string();
            sheet.row([cycle.code, cycle.period.first.to_string(), cycle.period.last.to_string(), state]);
        }
        return sheet.answer(kind, "cycles");
    }
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
    rendered(&Page { frame, rows, paging: Paging::new(&[], false, None) })
}
