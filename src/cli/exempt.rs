//! `merit cycle exempt`: who is not appraised in a cycle.

use std::process::ExitCode;

use super::CliError;
use super::output::say;
use crate::app::{App, ExemptionOrder};
use crate::domain::appraisal::ExemptionReason;

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("decision").required(true).args(["reason", "lift"]))]
pub(super) struct ExemptArguments {
    /// The cycle's code
    cycle: String,
    /// Employee number
    agent: String,
    /// parental_leave, long_sickness, work_injury, secondment, full_time_training, data_fault or other
    #[arg(long)]
    reason: Option<ExemptionReason>,
    /// What else there is to say; kept with the decision, not shown on results
    #[arg(long, default_value = "", hide_default_value = true, conflicts_with = "lift")]
    note: String,
    /// Lift the exemption instead
    #[arg(long)]
    lift: bool,
    /// Login of whoever decides; you when left out
    #[arg(long)]
    by: Option<String>,
}

pub(super) async fn run(app: &App, arguments: ExemptArguments) -> Result<ExitCode, CliError> {
    let ExemptArguments { cycle, agent, reason, note, lift: _, by } = arguments;
    let order = ExemptionOrder { cycle: &cycle, employee_number: &agent, by: by.as_deref() };
    match reason {
        Some(reason) => {
            app.exempt(order, reason, &note).await?;
            say!("Agent {agent} is exempt from cycle {cycle}: {}.", reason.text().en);
        }
        None => {
            app.lift_exemption(order).await?;
            say!("Agent {agent} is no longer exempt from cycle {cycle}.");
        }
    }
    say!("The next 'merit appraise {cycle}' heeds it.");
    Ok(ExitCode::SUCCESS)
}
