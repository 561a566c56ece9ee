//! The sample's quarters from scored on: HR prepares, somebody else approves, agents see their results, payroll the older quarter's pay.

use chrono::{DateTime, Utc};

use super::access::{APPROVER, HR, acting};
use crate::app::{App, Clock, CycleOrder};
use crate::cli::CliError;
use crate::cli::output::say;
use crate::domain::cycle::CycleAct;

/// When the first quarter was made final: after the time to appeal.
const FINAL: &str = "2026-10-26T01:00:00Z";

pub(super) fn moment(text: &str) -> Result<DateTime<Utc>, CliError> {
    text.parse().map_err(|error| CliError::new(format!("{text}: {error}")))
}

/// Closes the first quarter, by the clock of `then`; of the other, which is published `now`, agents may appeal.
pub(super) async fn finish(then: &App, now: &App, [closed, fresh]: &[&str; 2]) -> Result<(), CliError> {
    for (app, cycle, after) in [
        (then, closed, [CycleAct::BeginAppeals, CycleAct::Finalise, CycleAct::Close].as_slice()),
        (now, fresh, [CycleAct::BeginAppeals].as_slice()),
    ] {
        let (hr, approver) = (acting(app, HR).await?, acting(app, APPROVER).await?);
        let act = async |app: &App, act, digest: Option<&str>| -> Result<(), CliError> {
            app.act_on_cycle(CycleOrder { cycle, act, reason: None, digest }).await?;
            Ok(())
        };
        act(&hr, CycleAct::BeginReview, None).await?;
        act(&hr, CycleAct::Calibrate, None).await?;
        let shown = approver.approval_sheet(cycle).await?;
        act(&approver, CycleAct::Approve, Some(&shown.digest)).await?;
        act(&hr, CycleAct::Publish, None).await?;
        for next in after {
            let hr = match next {
                CycleAct::Finalise | CycleAct::Close => hr.clone().with_clock(Clock::Fixed(moment(FINAL)?)),
                _ => hr.clone(),
            };
            act(&hr, *next, None).await?;
        }
        let agents: u64 = shown.sheet.agents.values().sum();
        let paid: Vec<&str> = shown.sheet.payable.values().map(String::as_str).collect();
        let state = app.cycle(cycle).await?.state;
        let state = state.as_str().replace('_', " ");
        say!(
            "  {cycle}: {agents} agents, {} to be paid; {HR} prepared it, {APPROVER} approved it, now {state}",
            paid.join(" and ")
        );
    }
    Ok(())
}
