//! `merit correct`, `merit revisions`, `merit adjustments` and `merit cycle late`: results after a cycle is final.

use std::process::ExitCode;

use serde_json::Value;

use super::output::{Format, Table, say};
use super::{CliError, Place};
use crate::app::{App, CorrectionOrder, Difference, RevisionView, Slice, WhoIsCorrected};
use crate::domain::fact::Pooled;
use crate::domain::fixed::Fixed;

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("who").required(true).args(["agent", "all_late"]))]
pub(super) struct CorrectArguments {
    /// The final cycle's code
    cycle: String,
    /// Employee number (may be given again)
    #[arg(long)]
    agent: Vec<String>,
    /// Everybody of whom something else is known today; 'merit cycle late' shows them
    #[arg(long)]
    all_late: bool,
    /// Why
    #[arg(long)]
    reason: String,
    /// The cycle that differences in pay are posted in; without it the first that is not yet published
    #[arg(long)]
    post_in: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct RevisionsArguments {
    /// The cycle's code
    cycle: String,
    /// Employee number
    agent: String,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(clap::Args)]
pub(super) struct AdjustmentsArguments {
    /// Code of the cycle that they are posted in
    cycle: String,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(super) async fn run(place: &Place, arguments: CorrectArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    let CorrectArguments { cycle, agent, all_late, reason, post_in } = arguments;
    let who = if all_late { WhoIsCorrected::AllLate } else { WhoIsCorrected::Agents(agent) };
    let order = CorrectionOrder { cycle: &cycle, who, reason: &reason, post_in: post_in.as_deref() };
    let report = app.correct(order).await?;
    say!("Cycle {cycle}: {} results corrected, {} unchanged.", report.corrected.len(), report.unchanged.len());
    for corrected in &report.corrected {
        let amounts: Vec<String> = corrected.adjustments.iter().map(ToString::to_string).collect();
        let amounts = if amounts.is_empty() { "the same pay".to_owned() } else { amounts.join(", ") };
        say!("  {} revision {}: {amounts}", corrected.employee_number, corrected.revision);
    }
    for (employee_number, why) in &report.left {
        say!("  {employee_number} could not be corrected: {why}");
    }
    if let Some(posted) = &report.posted_in {
        say!("Differences in pay are posted in cycle {posted}; 'merit adjustments {posted}' shows them.");
    }
    Ok(ExitCode::SUCCESS)
}

/// `merit revisions`.
pub(super) async fn revisions(place: &Place, arguments: RevisionsArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    let RevisionsArguments { cycle, agent, format } = arguments;
    let mut table = Table::new(&[
        ("revision", "Revision"),
        ("kind", "Kind"),
        ("made_at", "When"),
        ("score", "Score"),
        ("rating", "Rating"),
        ("changed", "Changed"),
        ("reason", "Why"),
    ]);
    for view in app.revisions(&cycle, &agent).await? {
        let RevisionView { revision, kind, reason, made_at, scorecard, difference } = view;
        let score = scorecard.as_ref().and_then(|card| card.printed);
        table.row([
            revision.into(),
            kind.unwrap_or("published").into(),
            made_at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)).into(),
            score.map_or(Value::Null, |score| format!("{score:.2}").into()),
            scorecard.and_then(|card| card.rating).into(),
            difference.as_ref().map(changed).into(),
            reason.into(),
        ]);
    }
    table.print(format)?;
    Ok(ExitCode::SUCCESS)
}

/// What a revision changed, in a few words.
fn changed(difference: &Difference) -> String {
    let figure = |figure: Option<Fixed>| figure.map_or("–".to_owned(), |figure| figure.to_string());
    let lines = difference.lines.iter().map(|line| {
        let (before, after) = line.contribution;
        format!("{} {} → {}", line.line, figure(before), figure(after))
    });
    let pay = difference.pay.iter().map(|pay| format!("pay {} → {}", pay.before, pay.after));
    lines.chain(pay).collect::<Vec<_>>().join("; ")
}

/// `merit adjustments`.
pub(super) async fn adjustments(place: &Place, arguments: AdjustmentsArguments) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    let mut table = Table::new(&[
        ("employee_number", "Agent"),
        ("name", "Name"),
        ("of_cycle", "Of cycle"),
        ("revision", "Revision"),
        ("amount", "Amount"),
        ("currency", "Currency"),
        ("posted_at", "Posted"),
        ("reason", "Why"),
    ]);
    let mut slice = Slice::first();
    loop {
        let page = app.adjustments(&arguments.cycle, &slice).await?;
        let last = page.rows.last().map(|posted| posted.id.to_string());
        for posted in page.rows {
            table.row([
                posted.employee_number.into(),
                posted.agent_name.into(),
                posted.of_cycle.into(),
                posted.revision.into(),
                posted.amount.to_decimal().to_string().into(),
                posted.amount.currency.code().into(),
                posted.posted_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true).into(),
                posted.reason.into(),
            ]);
        }
        match last {
            Some(last) if page.more => slice = Slice::after(last),
            _ => break,
        }
    }
    table.print(arguments.format)?;
    Ok(ExitCode::SUCCESS)
}

/// `merit cycle late`.
pub(super) async fn late(app: &App, cycle: &str, format: Format) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("employee_number", "Agent"),
        ("roster", "Roster or leave"),
        ("metric", "Metric"),
        ("before", "Before"),
        ("now", "Now"),
        ("has_result", "Has a result"),
    ]);
    let sums = |pooled: Option<Pooled>| {
        pooled.map_or(Value::Null, |pooled| {
            format!("{} / {} ({})", pooled.numerator, pooled.denominator, pooled.samples).into()
        })
    };
    let said = |yes: bool| Value::from(if yes { "yes" } else { "no" });
    let mut slice = Slice::first();
    loop {
        let page = app.late_facts(cycle, &slice).await?;
        let last = page.rows.last().map(|agent| agent.agent_id.to_string());
        for agent in page.rows {
            let row = |metric: Value, before, now| {
                [agent.employee_number.clone().into(), said(agent.roster), metric, before, now, said(agent.has_result)]
            };
            if agent.metrics.is_empty() {
                table.row(row(Value::Null, Value::Null, Value::Null));
            }
            for metric in &agent.metrics {
                table.row(row(metric.metric.clone().into(), sums(metric.before), sums(metric.now)));
            }
        }
        match last {
            Some(last) if page.more => slice = Slice::after(last),
            _ => break,
        }
    }
    table.print(format)
}
