//! The appeals of a cycle, by unit and state, page by page.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::raise::{Row, row};
use super::words::appeal_state;
use crate::app::Slice;
use crate::domain::appeal::AppealState;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    unit: Option<String>,
    state: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "appeals/list.html")]
struct Page {
    frame: Frame,
    cycle: String,
    rows: Vec<Row>,
    unit: String,
    state: String,
    states: Vec<(&'static str, String)>,
    paging: Paging,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { unit, state, after } = request.params().unwrap_or_default();
    let [unit, state, after] = [unit, state, after].map(chosen);
    let in_state = state.as_deref().and_then(AppealState::of);
    if let Some(kind) = FileKind::asked(request) {
        let columns = [
            "employee-number",
            "appeal-about",
            "state",
            "appeal-raised",
            "appeal-due",
            "appeal-assigned",
            "appeal-grounds",
            "reason",
        ];
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let found = app.appeals_of_unit(&cycle, &slice, in_state, unit.as_deref()).await.map_err(failed)?;
            let next = found.rows.last().filter(|_| found.more).map(|last| Slice::after(last.appeal.id.to_string()));
            for view in found.rows {
                let Row { view, about, state, .. } = row(view, language);
                let (appeal, to) = (view.appeal, view.assigned_to.unwrap_or_default());
                let (raised, due) = (appeal.raised_at.to_rfc3339(), appeal.due.to_string());
                let reason = appeal.reason.unwrap_or_default();
                let state = state.to_string();
                sheet.row([appeal.employee_number, about, state, raised, due, to, appeal.grounds, reason]);
            }
            match next {
                Some(next) => slice = next,
                None => return sheet.answer(kind, &format!("appeals-{cycle}")),
            }
        }
    }
    let slice = Paging::slice(after.clone());
    let found = app.appeals_of_unit(&cycle, &slice, in_state, unit.as_deref()).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|view| view.appeal.id.to_string());
    let filters = [("unit", unit.as_deref()), ("state", state.as_deref())];
    let page = Page {
        paging: Paging::new(&filters, after.is_some(), last),
        rows: found.rows.into_iter().map(|view| row(view, language)).collect(),
        unit: unit.unwrap_or_default(),
        state: state.unwrap_or_default(),
        states: AppealState::ALL.map(|state| (state.as_str(), appeal_state(state, language).0.to_string())).into(),
        cycle,
        frame,
    };
    rendered(&page)
}
