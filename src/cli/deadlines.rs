//! `merit cycle deadlines`: by when each stage is to be done, in working days.

use std::collections::BTreeMap;

use serde_json::Value;

use super::CliError;
use super::output::{Format, Table, say};
use crate::app::{App, DeadlineOrder, DeadlinesView};
use crate::domain::deadline::{Stage, Standing};

#[derive(clap::Args)]
pub(super) struct DeadlineArguments {
    /// The cycle's code
    code: String,
    /// Count by this working calendar of the rules; with stages but without it, Monday to Friday in UTC
    #[arg(long, value_name = "ID")]
    calendar: Option<String>,
    /// Working days of a stage, such as review=10; the others are as usual. Stages: freeze, score, review, calibrate, approve, publish,
    /// acknowledge, appeal, decide, finalise
    #[arg(value_name = "STAGE=DAYS", value_parser = stage_days)]
    stages: Vec<(Stage, u16)>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

fn stage_days(text: &str) -> Result<(Stage, u16), String> {
    let parts = text.split_once('=').and_then(|(stage, days)| Some((Stage::of(stage)?, days.parse().ok()?)));
    parts.ok_or_else(|| {
        let stages = Stage::ALL.map(Stage::as_str).join(", ");
        format!("write a stage and its working days, such as review=10; the stages are {stages}")
    })
}

pub(super) async fn run(app: &App, arguments: DeadlineArguments) -> Result<(), CliError> {
    let DeadlineArguments { code, calendar, stages, format } = arguments;
    let view = if calendar.is_none() && stages.is_empty() {
        app.deadlines(&code).await?
    } else {
        let working_days: BTreeMap<Stage, u16> = stages.into_iter().collect();
        app.set_deadlines(&DeadlineOrder { cycle: &code, calendar: calendar.as_deref(), working_days }).await?
    };
    if matches!(format, Format::Table) {
        let by = view.plan.workdays.calendar().unwrap_or("Monday to Friday");
        say!("Cycle {code} is {}; working days by {by}, {}.", told(view.state.as_str()), view.plan.workdays.zone());
        for year in &view.unknown_years {
            say!(
                "The calendar does not know {year}: its days count from Monday to Friday. Add the year to the calendar and set it again."
            );
        }
    }
    table(&view).print(format)
}

fn table(view: &DeadlinesView) -> Table {
    let mut table = Table::new(&[
        ("stage", "Stage"),
        ("working_days", "Working days"),
        ("due", "Due"),
        ("state", "State"),
        ("done", "Done"),
        ("overdue_by", "Overdue by"),
        ("left", "Left"),
    ]);
    for deadline in &view.deadlines {
        let (state, done, overdue) = match deadline.standing {
            Standing::Planned => ("planned", None, None),
            Standing::Running => ("running", None, None),
            Standing::Overdue { by } => ("overdue", None, Some(by)),
            Standing::Done { on, late: false } => ("done", Some(on), None),
            Standing::Done { on, late: true } => ("done late", Some(on), None),
        };
        table.row([
            deadline.stage.as_str().into(),
            deadline.working_days.into(),
            deadline.due.to_string().into(),
            state.into(),
            done.map(|day| day.to_string()).into(),
            overdue.map_or(Value::Null, Value::from),
            view.left(deadline.stage).map_or(Value::Null, Value::from),
        ]);
    }
    table
}

fn told(state: &str) -> String {
    state.replace('_', " ")
}
