//! What waits for approval, and the sheet that is approved or sent back.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::state::{acts_now, cycle_state, cycles_newest_first};
use crate::app::{AppError, ApprovalSheet, CycleRecord, ShownForApproval};
use crate::domain::authority::Act;
use crate::domain::cycle::{CycleAct, CycleState};
use crate::web::frame::Frame;
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

#[derive(Template)]
#[template(path = "cycles/waiting.html")]
struct Waiting {
    frame: Frame,
    waiting: Vec<CycleRecord>,
}

#[derive(Template)]
#[template(path = "cycles/approval.html")]
struct Page {
    frame: Frame,
    cycle: CycleRecord,
    state: Say,
    sheet: ApprovalSheet,
    digest: String,
    can_approve: bool,
    can_send_back: bool,
}

/// Cycles that wait for whoever looks.
#[handler]
pub(in crate::web) async fn waiting(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app().clone();
    if !app.actor().reach(Act::Approve).everything {
        return Err(failed(AppError::Forbidden("only approvers approve".to_owned())));
    }
    let mut waiting = cycles_newest_first(&app).await.map_err(failed)?;
    waiting.retain(|cycle| cycle.state == CycleState::Calibrated);
    rendered(&Waiting { frame, waiting })
}

#[handler]
pub(in crate::web) async fn page(request: &Request, Path(code): Path<String>) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app().clone();
    let ShownForApproval { sheet, digest } = app.approval_sheet(&code).await.map_err(failed)?;
    let cycle = app.cycle(&code).await.map_err(failed)?;
    let acts = acts_now(&app, cycle.state);
    let page = Page {
        state: cycle_state(cycle.state, frame.language),
        can_approve: acts.contains(&CycleAct::Approve),
        can_send_back: acts.contains(&CycleAct::SendBack),
        cycle,
        sheet,
        digest,
        frame,
    };
    rendered(&page)
}
