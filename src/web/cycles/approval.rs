//! What waits for approval, and the sheet that is approved or sent back.

use askama::Template;
use poem::web::Path;
use poem::{Request, Response, handler};

use super::state::{acts_now, cycle_state, cycles_newest_first};
use crate::app::{AppError, ApprovalSheet, CycleRecord, ShownForApproval};
use crate::domain::appraisal::AppraisalState;
use crate::domain::authority::Act;
use crate::domain::cycle::{CycleAct, CycleState};
use crate::domain::money::{Currency, Money};
use crate::web::format::grouped;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::rendered;
use crate::web::results::state_text;
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
    /// The sheet's agents and sums as people read them.
    agents: Vec<(String, String)>,
    payable: Vec<String>,
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
    let (app, language) = (frame.visitor.app().clone(), frame.language);
    let ShownForApproval { sheet, digest } = app.approval_sheet(&code).await.map_err(failed)?;
    let cycle = app.cycle(&code).await.map_err(failed)?;
    let acts = acts_now(&app, cycle.state);
    let page = Page {
        state: cycle_state(cycle.state, language),
        can_approve: acts.contains(&CycleAct::Approve),
        can_send_back: acts.contains(&CycleAct::SendBack),
        cycle,
        agents: sheet
            .agents
            .iter()
            .map(|(state, count)| (agents_text(state, language), grouped(&count.to_string())))
            .collect(),
        payable: sheet.payable.iter().map(|(code, amount)| amount_text(code, amount, language)).collect(),
        sheet,
        digest,
        frame,
    };
    rendered(&page)
}

/// What the sheet says of agents in its own words, which its digest covers: a state, and the rating of those scored.
fn agents_text(told: &str, language: Language) -> String {
    let (state, rating) = match told {
        "on hold" => (AppraisalState::OnHold, ""),
        "insufficient data" => (AppraisalState::InsufficientData, ""),
        "exempt" => (AppraisalState::Exempt, ""),
        _ => (AppraisalState::Scored, told.trim_start_matches("scored").trim()),
    };
    let state = state_text(state, language).0.to_string();
    if rating.is_empty() { state } else { format!("{state} · {rating}") }
}

/// The sheet's amount, such as `594186.99 CNY`.
fn amount_text(code: &str, told: &str, language: Language) -> String {
    let number = told.split(' ').next().unwrap_or_default();
    let money = code.parse::<Currency>().ok().and_then(|currency| Money::parse(number, currency).ok());
    money.map_or_else(|| told.to_owned(), |money| language.money(&money))
}
