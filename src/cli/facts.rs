//! `merit facts`: what was measured, day by day.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;

use super::output::{Format, Table, say};
use super::{CliError, Place};

#[derive(Subcommand)]
pub(super) enum FactsAction {
    /// List an agent's facts
    List {
        /// The agent's employee number
        employee_number: String,
        /// First day
        #[arg(long)]
        from: NaiveDate,
        /// Last day
        #[arg(long)]
        to: NaiveDate,
        /// Only this metric
        #[arg(long)]
        metric: Option<String>,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Make the sums of every month anew from its days
    ///
    /// Merit keeps them itself; this is for a database that was changed by hand.
    Rebuild,
}

pub(super) async fn run(place: &Place, action: FactsAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        FactsAction::List { employee_number, from, to, metric, format } => {
            let mut table = Table::new(&[
                ("day", "Day"),
                ("metric", "Metric"),
                ("segment", "Segment"),
                ("source", "Source"),
                ("numerator", "Numerator"),
                ("denominator", "Denominator"),
                ("samples", "Cases"),
            ]);
            for fact in app.facts(&employee_number, (from, to), metric.as_deref()).await? {
                table.row([
                    fact.day.to_string().into(),
                    fact.metric.into(),
                    fact.segment.into(),
                    fact.source.into(),
                    fact.pooled.numerator.to_string().into(),
                    fact.pooled.denominator.to_string().into(),
                    fact.pooled.samples.into(),
                ]);
            }
            table.print(format)?;
        }
        FactsAction::Rebuild => match app.rebuild_sums().await? {
            0 => say!("All sums are those of their days; nothing was changed."),
            wrong => say!("{wrong} months had sums that were not those of their days; they were made anew."),
        },
    }
    Ok(ExitCode::SUCCESS)
}
