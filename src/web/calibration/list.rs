//! The proposed ratings of a cycle, by state, in the order they were made.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};
use serde::Deserialize;

use super::words::{ProposalView, calibration_state, proposal_view};
use crate::app::{CalibrationState, Slice};
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::paging::{Paging, chosen};
use crate::web::rendered;
use crate::web::visitor::failed;

#[derive(Deserialize, Default)]
struct Query {
    state: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "calibration/list.html")]
struct Page {
    frame: Frame,
    cycle: String,
    rows: Vec<ProposalView>,
    state: String,
    states: Vec<(&'static str, String)>,
    paging: Paging,
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(cycle): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let Query { state, after } = request.params().unwrap_or_default();
    let [state, after] = [state, after].map(chosen);
    let in_state = state.as_deref().and_then(CalibrationState::of);
    if let Some(kind) = FileKind::asked(request) {
        let columns = ["employee-number", "calibration-calculated", "calibration-rating", "calibration-reason"];
        let columns =
            columns.into_iter().chain(["comment", "state", "calibration-by", "when", "calibration-decided-by"]);
        let mut sheet = Sheet::new(columns.map(|key| frame.say(key)));
        let mut slice = Slice::first();
        loop {
            let found = app.calibrations(&cycle, &slice, in_state).await.map_err(failed)?;
            let last = found.rows.last().filter(|_| found.more).map(|last| last.calibration.id.to_string());
            for view in found.rows {
                let at = view.calibration.proposed_at.to_rfc3339();
                let row = proposal_view(view, language);
                let ProposalView { number, calculated, rating, reason, comment, state, by, decided_by, .. } = row;
                sheet.row([number, calculated, rating, reason, comment, state, by, at, decided_by]);
            }
            match last {
                Some(last) => slice = Slice::after(last),
                None => return sheet.answer(kind, &format!("proposals-{cycle}")),
            }
        }
    }
    let found = app.calibrations(&cycle, &Paging::slice(after.clone()), in_state).await.map_err(failed)?;
    let last = found.rows.last().filter(|_| found.more).map(|row| row.calibration.id.to_string());
    let page = Page {
        paging: Paging::new(&[("state", state.as_deref())], after.is_some(), last),
        rows: found.rows.into_iter().map(|row| proposal_view(row, language)).collect(),
        state: state.unwrap_or_default(),
        states: CalibrationState::ALL
            .map(|state| (state.as_str(), calibration_state(state, language).0.to_string()))
            .into(),
        cycle,
        frame,
    };
    rendered(&page)
}
