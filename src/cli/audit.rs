//! `merit audit`: who did what, and whether the log is whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{NaiveDate, SecondsFormat};
use clap::Subcommand;
use serde_json::Value;

use super::output::{Format, Table, say};
use super::{CliError, Place, progress};
use crate::app::{Anchor, AuditView, Slice, WantedEntries};

#[derive(Subcommand)]
pub(super) enum AuditAction {
    /// List what was done, newest first
    List {
        /// Done by this login or public id of an account, operator:USER for the command line, provider:ID for a provider that says who
        /// somebody is, or schedule:SOURCE
        #[arg(long)]
        actor: Option<String>,
        /// This act, such as grant.create, cycle.appraise or payout.read
        #[arg(long)]
        act: Option<String>,
        /// About this employee number, cycle, login, id …
        #[arg(long)]
        subject: Option<String>,
        /// First day (UTC), YYYY-MM-DD
        #[arg(long)]
        from: Option<NaiveDate>,
        /// Last day (UTC)
        #[arg(long)]
        to: Option<NaiveDate>,
        /// Most entries shown
        #[arg(long, default_value = "1000")]
        limit: usize,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Walk the whole log and say where an entry was changed, taken out or moved; ends with code 1 when one was
    Verify {
        /// What 'merit audit anchor' printed earlier: the log must still contain it
        #[arg(long)]
        anchor: Option<PathBuf>,
    },
    /// Print the last entry of every lane, to be kept where nobody who can change the database can change it
    Anchor,
}

pub(super) async fn run(place: &Place, action: AuditAction) -> Result<ExitCode, CliError> {
    match action {
        AuditAction::List { actor, act, subject, from, to, limit, format } => {
            list(place, &WantedEntries { actor, act, subject, from, to }, limit, format).await
        }
        AuditAction::Verify { anchor } => verify(place, anchor.as_deref()).await,
        AuditAction::Anchor => {
            let anchor = place.open_current().await?.audit_anchor().await?;
            say!("{}", serde_json::to_string_pretty(&anchor)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn list(place: &Place, wanted: &WantedEntries, limit: usize, format: Format) -> Result<ExitCode, CliError> {
    let app = place.open_current().await?;
    let mut table = Table::new(&[
        ("at", "At"),
        ("actor", "Actor"),
        ("actor_login", "Login"),
        ("act", "Act"),
        ("subject_kind", "Kind"),
        ("subject", "Subject"),
        ("account_login", "Account"),
        ("detail", "Detail"),
        ("reason", "Reason"),
        ("before", "Before"),
        ("after", "After"),
        ("request_id", "Request"),
        ("place", "Place"),
    ]);
    let (mut slice, mut left) = (Slice::first(), limit);
    while left > 0 {
        let page = app.audit_entries(&slice, wanted).await?;
        let last = page.rows.last().map(|view| view.entry.record.public_id.to_string());
        for view in page.rows.iter().take(left) {
            table.row(cells(view, format));
        }
        left = left.saturating_sub(page.rows.len());
        match last {
            Some(last) if page.more => slice = Slice::after(last),
            _ => break,
        }
    }
    table.print(format)?;
    Ok(ExitCode::SUCCESS)
}

/// An entry's cells; people see the first digits of a digest, programs all of it.
fn cells(view: &AuditView, format: Format) -> [Value; 13] {
    let digits = if format == Format::Table { 12 } else { 64 };
    let digest = |digest: Option<crate::domain::audit::Digest>| -> Value {
        digest.map(|digest| digest.to_string().chars().take(digits).collect::<String>()).into()
    };
    let AuditView { entry, actor_login, account_login } = view;
    let record = &entry.record;
    [
        record.at.to_rfc3339_opts(SecondsFormat::Millis, true).into(),
        record.actor.as_str().into(),
        actor_login.as_deref().into(),
        record.act.as_str().into(),
        record.subject_kind.as_str().into(),
        record.subject.as_str().into(),
        account_login.as_deref().into(),
        record.detail.as_str().into(),
        record.reason.as_deref().into(),
        digest(record.before),
        digest(record.after),
        record.request_id.map(|id| id.to_string()).into(),
        format!("{}/{}", entry.place.lane, entry.place.seq).into(),
    ]
}

async fn verify(place: &Place, anchor: Option<&Path>) -> Result<ExitCode, CliError> {
    let anchor = anchor.map(read_anchor).transpose()?;
    let app = place.open_current().await?;
    let bar = progress::count("verifying");
    let report = app.verify_audit(anchor.as_ref(), &|entries| bar.set_position(entries)).await?;
    bar.finish_and_clear();
    if report.faults == 0 {
        let lanes = if report.lanes == 1 { "one chain".to_owned() } else { format!("{} chains", report.lanes) };
        say!("The audit log is whole: {} entries in {lanes}.", report.entries);
        match &anchor {
            Some(anchor) => say!("It contains what was anchored at {}.", anchor.taken_at),
            None => say!("That none was cut from its end is only shown by an anchor kept elsewhere (--anchor FILE)."),
        }
        return Ok(ExitCode::SUCCESS);
    }
    for problem in &report.problems {
        say!("{problem}");
    }
    let shown = report.problems.len();
    say!("The audit log is not whole: {} faults ({shown} shown) in {} entries.", report.faults, report.entries);
    Ok(ExitCode::FAILURE)
}

fn read_anchor(file: &Path) -> Result<Anchor, CliError> {
    let shown = file.display();
    let text = fs::read_to_string(file).map_err(|error| CliError::new(format!("--anchor: {shown}: {error}")))?;
    serde_json::from_str(&text)
        .map_err(|error| CliError::new(format!("--anchor: {shown} is not what 'merit audit anchor' prints: {error}")))
}
