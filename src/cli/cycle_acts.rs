//! `merit cycle act|sheet|history`: from draft to closed, with four eyes on the results.

use super::CliError;
use super::output::{Format, Table, say};
use crate::app::{App, CycleOrder, PublishOrder, ShownForApproval};
use crate::domain::cycle::CycleAct;

#[derive(clap::Args)]
pub(super) struct ActArguments {
    /// The cycle's code
    code: String,
    /// What to do
    #[arg(value_parser = act_named)]
    act: CycleAct,
    /// Why; needed to send back and to cancel
    #[arg(long)]
    reason: Option<String>,
    /// Digest of the sheet that was read, to approve exactly that
    #[arg(long)]
    digest: Option<String>,
    /// Publish the results of this unit and those below it (may be given again); without it all that are left
    #[arg(long = "unit", value_name = "CODE")]
    units: Vec<String>,
}

fn act_named(text: &str) -> Result<CycleAct, String> {
    let acts = || {
        CycleAct::ALL.into_iter().filter(|act| !matches!(act, CycleAct::Freeze | CycleAct::Score | CycleAct::Appraise))
    };
    acts().find(|act| act.as_str() == text).ok_or_else(|| {
        let names: Vec<&str> = acts().map(CycleAct::as_str).collect();
        format!("this is not done with a cycle: use {}", names.join(", "))
    })
}

pub(super) async fn act(app: &App, arguments: ActArguments) -> Result<(), CliError> {
    let ActArguments { code, act, reason, digest, units } = arguments;
    let (reason, digest) = (reason.as_deref(), digest.as_deref());
    let cycle = match act {
        CycleAct::Publish => app.publish(PublishOrder { cycle: &code, units: &units, approved: None }).await?,
        _ if !units.is_empty() => {
            return Err(CliError::new(format!("--unit: a cycle is not {} unit by unit", act.done())));
        }
        _ => app.act_on_cycle(CycleOrder { cycle: &code, act, reason, digest }).await?,
    };
    say!("Cycle {} is {}.", cycle.code, cycle.state.as_str().replace('_', " "));
    Ok(())
}

pub(super) async fn sheet(app: &App, code: &str) -> Result<(), CliError> {
    let ShownForApproval { sheet, digest } = app.approval_sheet(code).await?;
    say!("Cycle {}, revision {}", sheet.cycle, sheet.revision);
    say!("  rules      {}", sheet.rules);
    say!("  snapshot   {}", sheet.snapshot);
    say!("  results    {}", sheet.results);
    say!("  exemptions {}", sheet.exemptions);
    for (state, agents) in &sheet.agents {
        say!("  {agents} agents {state}");
    }
    for amount in sheet.payable.values() {
        say!("  {amount} to be paid");
    }
    say!("Approve exactly this with: merit cycle act {code} approve --digest {digest}");
    Ok(())
}

pub(super) async fn history(app: &App, code: &str, format: Format) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("at", "When"),
        ("act", "What"),
        ("from", "From"),
        ("to", "To"),
        ("by", "Who"),
        ("reason", "Why"),
        ("digest", "Sheet"),
        ("units", "Units"),
    ]);
    for view in app.cycle_events(code).await? {
        table.row([
            view.event.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true).into(),
            view.event.act.as_str().into(),
            view.event.from.as_str().into(),
            view.event.to.as_str().into(),
            view.by.into(),
            view.event.reason.into(),
            view.event.digest.into(),
            Some(view.event.units.join(" ")).filter(|units| !units.is_empty()).into(),
        ]);
    }
    table.print(format)
}
