//! `merit appeal`: appeals of published results.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::Value;
use uuid::Uuid;

use super::output::{Format, Table, say};
use super::{CliError, Place};
use crate::app::{App, AppealShare, AppealView, DecisionOrder, OtherRating, Slice, Variation, Verdict};
use crate::domain::appeal::{AppealCounts, AppealState};
use crate::domain::appraisal::CalibrationReason;

#[derive(Subcommand)]
pub(super) enum AppealAction {
    /// Appeals of a cycle, oldest first
    List {
        /// The cycle's code
        cycle: String,
        /// open, upheld, varied or withdrawn
        #[arg(long, value_parser = state_named)]
        state: Option<AppealState>,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// One appeal with what was said and decided
    Show {
        /// The appeal's id
        id: Uuid,
    },
    /// Write a file that was handed in with an appeal to a new file
    Evidence {
        /// The file's id
        id: Uuid,
        /// Where to write it; nothing may be there yet
        #[arg(long)]
        to: PathBuf,
    },
    /// Give an open appeal to somebody who neither reviewed the agent nor scored the cycle
    Assign {
        /// The appeal's id
        id: Uuid,
        /// A login; without it you take the appeal over
        #[arg(long)]
        to: Option<String>,
    },
    /// Decide an appeal that is assigned to you
    Decide(DecideArguments),
    /// How often appeals of a cycle changed the result, by line and by supervisor
    Summary {
        /// The cycle's code
        cycle: String,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("verdict").required(true).multiple(true).args(["uphold", "leave_out", "rating", "facts_anew"]))]
pub(super) struct DecideArguments {
    /// The appeal's id
    id: Uuid,
    /// The result stays
    #[arg(long, conflicts_with_all = ["leave_out", "rating", "facts_anew"])]
    uphold: bool,
    /// Leave this line out; its weight goes to the others (may be given again)
    #[arg(long, value_name = "LINE")]
    leave_out: Vec<String>,
    /// Another rating
    #[arg(long, requires = "because")]
    rating: Option<String>,
    /// data_fault, outside_influence, rater_leniency, peer_consistency, conduct or other
    #[arg(long, requires = "rating")]
    because: Option<CalibrationReason>,
    /// Take roster, leave and facts as they are now, after they were mended
    #[arg(long)]
    facts_anew: bool,
    /// Why; the agent reads it
    #[arg(long)]
    reason: String,
}

fn state_named(text: &str) -> Result<AppealState, String> {
    AppealState::of(text).ok_or_else(|| "use open, upheld, varied or withdrawn".to_owned())
}

pub(super) async fn run(place: &Place, action: AppealAction) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    match action {
        AppealAction::List { cycle, state, format } => list(&app, &cycle, state, format).await?,
        AppealAction::Show { id } => show(&app.appeal(id).await?),
        AppealAction::Evidence { id, to } => {
            let file = app.evidence(id).await?;
            let kept = fs::File::create_new(&to).and_then(|mut new| std::io::Write::write_all(&mut new, &file.content));
            kept.map_err(|error| CliError::new(format!("{}: {error}", to.display())))?;
            say!("{} ({}) is in {}.", file.evidence.name, file.evidence.media_type, to.display());
        }
        AppealAction::Assign { id, to } => show(&app.assign_appeal(id, to.as_deref()).await?),
        AppealAction::Decide(arguments) => show(&decide(&app, arguments).await?),
        AppealAction::Summary { cycle, format } => summary(&app, &cycle, format).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App, cycle: &str, state: Option<AppealState>, format: Format) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("id", "Appeal"),
        ("employee_number", "Agent"),
        ("about", "About"),
        ("state", "State"),
        ("raised_at", "Raised"),
        ("due", "Due"),
        ("assigned_to", "Assigned to"),
        ("decided_by", "Decided by"),
        ("revision", "Revision"),
        ("grounds", "Grounds"),
        ("reason", "Reason"),
    ]);
    let mut slice = Slice::first();
    loop {
        let page = app.appeals(cycle, &slice, state).await?;
        let last = page.rows.last().map(|view| view.appeal.id.to_string());
        for view in page.rows {
            let about = about(&view).to_owned();
            table.row([
                view.appeal.public_id.to_string().into(),
                view.appeal.employee_number.into(),
                about.into(),
                view.appeal.state.as_str().into(),
                view.appeal.raised_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true).into(),
                view.appeal.due.to_string().into(),
                view.assigned_to.into(),
                view.decided_by.into(),
                view.revision.into(),
                view.appeal.grounds.into(),
                view.appeal.reason.into(),
            ]);
        }
        match last {
            Some(last) if page.more => slice = Slice::after(last),
            _ => break,
        }
    }
    table.print(format)
}

fn about(view: &AppealView) -> &str {
    view.appeal.subject.line().unwrap_or(view.appeal.subject.kind())
}

fn show(view: &AppealView) {
    let appeal = &view.appeal;
    say!("Appeal {} of {} in cycle {}: {}", appeal.public_id, appeal.employee_number, view.cycle, appeal.state);
    say!("  about    {}", about(view));
    say!("  grounds  {}", appeal.grounds);
    say!("  raised   {}, to be decided by {}", appeal.raised_at.date_naive(), appeal.due);
    if let Some(login) = &view.assigned_to {
        say!("  assigned to {login}");
    }
    for file in &view.evidence {
        say!("  file     {} · {} · {} bytes · {}", file.public_id, file.media_type, file.bytes, file.name);
    }
    if let (Some(by), Some(at)) = (&view.decided_by, appeal.decided_at) {
        say!("  {} by {by} on {}", appeal.state, at.date_naive());
    }
    if let Some(reason) = &appeal.reason {
        say!("  reason   {reason}");
    }
    if let Some(revision) = view.revision {
        say!("  revision {revision} took the result's place");
    }
}

async fn decide(app: &App, arguments: DecideArguments) -> Result<AppealView, CliError> {
    let DecideArguments { id, uphold, leave_out, rating, because, facts_anew, reason } = arguments;
    let rating = rating.zip(because).map(|(rating, reason)| OtherRating { rating, reason });
    let verdict = match uphold {
        true => Verdict::Uphold,
        false => Verdict::Vary(Variation { leave_out, rating, facts_anew }),
    };
    Ok(app.decide_appeal(DecisionOrder { appeal: id, verdict, reason: &reason }).await?)
}

async fn summary(app: &App, cycle: &str, format: Format) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("by", "By"),
        ("name", "Name"),
        ("metric", "Metric"),
        ("raised", "Raised"),
        ("open", "Open"),
        ("upheld", "Upheld"),
        ("varied", "Varied"),
        ("withdrawn", "Withdrawn"),
        ("varied_percent", "Varied %"),
        ("lower", "95 % from"),
        ("upper", "to"),
    ]);
    let found = app.appeal_summary(cycle).await?;
    row(&mut table, "all", None, &found.all);
    for (by, shares) in [("subject", &found.by_subject), ("supervisor", &found.by_supervisor)] {
        for share in shares {
            row(&mut table, by, Some(share), &share.counts);
        }
    }
    table.print(format)
}

fn row(table: &mut Table, by: &str, share: Option<&AppealShare>, counts: &AppealCounts) {
    let overturned = counts.overturned();
    let figure = |figure: Option<crate::domain::fixed::Fixed>| {
        figure.map_or(Value::Null, |figure| format!("{figure:.2}").into())
    };
    table.row([
        by.into(),
        share.map_or(Value::Null, |share| share.name.clone().into()),
        share.and_then(|share| share.metric.clone()).into(),
        counts.raised().into(),
        counts.open.into(),
        counts.upheld.into(),
        counts.varied.into(),
        counts.withdrawn.into(),
        figure(overturned.map(|(share, _)| share)),
        figure(overturned.map(|(_, ends)| ends.lower)),
        figure(overturned.map(|(_, ends)| ends.upper)),
    ]);
}
