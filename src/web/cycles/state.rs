//! Cycles and what is done with them, in words.

use crate::app::{App, AppError, CycleRecord, Slice};
use crate::domain::authority::Act;
use crate::domain::cycle::{CycleAct, CycleState};
use crate::web::language::Language;
use crate::web::words::Say;

/// All cycles, the latest first.
pub(in crate::web) async fn cycles_newest_first(app: &App) -> Result<Vec<CycleRecord>, AppError> {
    let mut cycles = Vec::new();
    let mut slice = Slice::first();
    loop {
        let page = app.cycles(&slice).await?;
        let next = page.rows.last().filter(|_| page.more).map(|cycle| Slice::after(cycle.code.clone()));
        cycles.extend(page.rows);
        match next {
            Some(next) => slice = next,
            None => break,
        }
    }
    cycles.sort_by(|one, other| other.period.first.cmp(&one.period.first).then_with(|| one.code.cmp(&other.code)));
    Ok(cycles)
}

pub(in crate::web) fn cycle_state(state: CycleState, language: Language) -> Say {
    language.say(match state {
        CycleState::Draft => "cycle-draft",
        CycleState::Open => "cycle-open",
        CycleState::Frozen => "cycle-frozen",
        CycleState::Scored => "cycle-scored",
        CycleState::InReview => "cycle-in-review",
        CycleState::Calibrated => "cycle-calibrated",
        CycleState::Approved => "cycle-approved",
        CycleState::Published => "cycle-published",
        CycleState::Appeal => "cycle-appeal",
        CycleState::Final => "cycle-final",
        CycleState::Closed => "cycle-closed",
        CycleState::Cancelled => "cycle-cancelled",
    })
}

/// What a button that does it says, and what it does.
pub(in crate::web) fn act_text(act: CycleAct, language: Language) -> (Say, Say) {
    let (name, about) = match act {
        CycleAct::Open => ("act-open", "act-open-about"),
        CycleAct::Freeze => ("act-freeze", "act-freeze-about"),
        CycleAct::Score => ("act-score", "act-score-about"),
        CycleAct::Appraise => ("act-appraise", "act-appraise-about"),
        CycleAct::BeginReview => ("act-begin-review", "act-begin-review-about"),
        CycleAct::Calibrate => ("act-calibrate", "act-calibrate-about"),
        CycleAct::Approve => ("act-approve", "act-approve-about"),
        CycleAct::SendBack => ("act-send-back", "act-send-back-about"),
        CycleAct::Publish => ("act-publish", "act-publish-about"),
        CycleAct::BeginAppeals => ("act-begin-appeals", "act-begin-appeals-about"),
        CycleAct::Finalise => ("act-finalise", "act-finalise-about"),
        CycleAct::Close => ("act-close", "act-close-about"),
        CycleAct::Cancel => ("act-cancel", "act-cancel-about"),
    };
    (language.say(name), language.say(about))
}

/// The steps of a cycle, in their order.
pub(in crate::web) const STEPS: [CycleState; 9] = [
    CycleState::Open,
    CycleState::Scored,
    CycleState::InReview,
    CycleState::Calibrated,
    CycleState::Approved,
    CycleState::Published,
    CycleState::Appeal,
    CycleState::Final,
    CycleState::Closed,
];

/// What whoever looks may do with the cycle as it stands, by a form of its own.
pub(in crate::web) fn acts_now(app: &App, state: CycleState) -> Vec<CycleAct> {
    let may = |act| app.actor().reach(act).everything;
    let possible = CycleAct::ALL.into_iter().filter(|act| state.after(*act).is_some());
    let allowed = possible.filter(|act| match act {
        CycleAct::Freeze | CycleAct::Score | CycleAct::Appraise => may(Act::Appraise),
        CycleAct::Approve => may(Act::Approve),
        CycleAct::SendBack => may(Act::Approve) || may(Act::ManageCycles),
        _ => may(Act::ManageCycles),
    });
    allowed.collect()
}
