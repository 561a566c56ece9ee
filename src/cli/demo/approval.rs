//! The sample's quarters from scored on: HR prepares, somebody else approves, agents see their results, payroll the older quarter's pay.

use super::access::{APPROVER, HR, acting};
use crate::app::{App, CycleOrder};
use crate::cli::CliError;
use crate::cli::output::say;
use crate::domain::cycle::CycleAct;

/// Closes the first quarter; of the other, agents may appeal.
pub(super) async fn finish(app: &App, [closed, fresh]: &[&str; 2]) -> Result<(), CliError> {
    let (hr, approver) = (acting(app, HR).await?, acting(app, APPROVER).await?);
    for (cycle, after) in [
        (closed, [CycleAct::BeginAppeals, CycleAct::Finalise, CycleAct::Close].as_slice()),
        (fresh, [CycleAct::BeginAppeals].as_slice()),
    ] {
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
