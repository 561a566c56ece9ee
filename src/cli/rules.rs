//! `merit rules`: versions of the rules.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use serde_json::Value;

use super::output::{Format, Table, say};
use super::{CliError, Place};
use crate::app::{self, AddedRules, App, PublishedRules, RuleVersionRecord, RulesDifferences, ShownRules, Slice};
use crate::domain::text::Text;
use crate::domain::version::VersionState;

#[derive(Subcommand)]
pub(super) enum RulesAction {
    /// Write the default rules, with their JSON Schemas, into a new folder
    Init { folder: PathBuf },
    /// Keep the rules of a folder as a version; checked when their worked examples hold, else a draft
    Add {
        folder: PathBuf,
        /// What people call the version
        #[arg(long)]
        name: Option<String>,
        /// Why it was made
        #[arg(long)]
        note: Option<String>,
    },
    /// Put a checked version in force from a day on
    Publish {
        /// Its name, or at least eight digits of its hash
        #[arg(value_name = "VERSION")]
        which: String,
        /// The first day it is in force (YYYY-MM-DD)
        #[arg(long)]
        effective: NaiveDate,
        /// Why it is published
        #[arg(long)]
        note: Option<String>,
    },
    /// List versions, newest first
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Print what a version says
    Show {
        /// Its name, or at least eight digits of its hash
        #[arg(value_name = "VERSION")]
        which: String,
        #[arg(long, value_enum, default_value = "en")]
        lang: Language,
        /// The rules as the JSON that was hashed
        #[arg(long)]
        json: bool,
    },
    /// Say in words what changes from one version or folder to another
    Diff {
        /// Name, digits of the hash, or folder
        before: String,
        /// Name, digits of the hash, or folder
        after: String,
        #[arg(long, value_enum, default_value = "en")]
        lang: Language,
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Take a version back that no cycle pinned
    Withdraw {
        /// Its name, or at least eight digits of its hash
        #[arg(value_name = "VERSION")]
        which: String,
    },
}

/// The language of sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    En,
    Zh,
}

impl Language {
    pub(super) fn pick(self, text: &Text) -> &str {
        match self {
            Self::En => &text.en,
            Self::Zh => &text.zh,
        }
    }
}

pub(super) async fn run(place: &Place, action: RulesAction) -> Result<ExitCode, CliError> {
    match action {
        RulesAction::Init { folder } => {
            app::write_default_rules(&folder)?;
            say!("Default rules written to {0}; check them with: merit check {0}", folder.display());
        }
        RulesAction::Add { folder, name, note } => {
            let added = place.open_current().await?.add_rules(&folder, name.as_deref(), note.as_deref()).await?;
            return Ok(print_added(&added, name.as_deref()));
        }
        RulesAction::Publish { which, effective, note } => {
            let app = place.open_current().await?;
            print_published(&app.publish_rules(&which, effective, note.as_deref()).await?);
        }
        RulesAction::List { format } => list(&place.open_current().await?, format).await?,
        RulesAction::Show { which, lang, json } => {
            let shown = place.open_current().await?.shown_rules(&which).await?;
            if json {
                say!("{:#}", shown.content);
            } else {
                print_shown(&shown, lang);
            }
        }
        RulesAction::Diff { before, after, lang, format } => {
            print_differences(&differences(place, &before, &after).await?, lang, format)?;
        }
        RulesAction::Withdraw { which } => {
            let withdrawn = place.open_current().await?.withdraw_rules(&which).await?;
            say!("Version {} is withdrawn.", withdrawn.label());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends with failure when the version is a draft, so that a script notices.
fn print_added(added: &AddedRules, name: Option<&str>) -> ExitCode {
    let AddedRules { version, new, check } = added;
    for problem in &check.problems {
        say!("{problem}");
    }
    let there = if *new { "" } else { " (these rules were there already)" };
    say!("Version {}: {}{there}.", version.label(), version.state);
    if let (Some(asked), Some(known)) = (name.map(str::trim), version.name.as_deref())
        && asked != known
    {
        say!("It keeps its name '{known}'.");
    }
    match version.state {
        VersionState::Draft => {
            say!(
                "Its worked examples do not hold: mend them and bring the rules in again, then they can be published."
            );
            ExitCode::FAILURE
        }
        VersionState::Checked => {
            say!("Put it in force with: merit rules publish {} --effective YYYY-MM-DD", version.short_hash());
            ExitCode::SUCCESS
        }
        VersionState::Published | VersionState::Withdrawn => ExitCode::SUCCESS,
    }
}

fn print_published(published: &PublishedRules) {
    let PublishedRules { version, before } = published;
    let day = version.effective_from.map(|day| day.to_string()).unwrap_or_default();
    say!("Version {} is published, in force from {day}.", version.label());
    if let Some(before) = before {
        let since = before.effective_from.map(|day| day.to_string()).unwrap_or_default();
        say!("It follows version {}, in force from {since}.", before.label());
    }
}

async fn list(app: &App, format: Format) -> Result<(), CliError> {
    let mut table = Table::new(&[
        ("hash", "Version"),
        ("name", "Name"),
        ("state", "State"),
        ("effective_from", "In force from"),
        ("cycles", "Pinned by"),
        ("created_at", "Added"),
        ("note", "Note"),
    ]);
    let mut slice = Slice::first();
    loop {
        let page = app.rule_versions(&slice).await?;
        let last = page.rows.last().map(|version| version.number);
        for version in page.rows {
            table.row(cells(version, format));
        }
        match last.filter(|_| page.more) {
            Some(number) => slice = Slice::after(number.to_string()),
            None => break,
        }
    }
    table.print(format)
}

fn cells(version: RuleVersionRecord, format: Format) -> [Value; 7] {
    let hash = if format == Format::Table { version.short_hash().to_owned() } else { version.hash };
    [
        hash.into(),
        version.name.into(),
        version.state.as_str().into(),
        version.effective_from.map(|day| day.to_string()).into(),
        Some(version.cycles.join(" ")).filter(|codes| !codes.is_empty()).into(),
        version.created_at.format("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
        version.note.into(),
    ]
}

fn print_shown(shown: &ShownRules, lang: Language) {
    let ShownRules { version, sections, content: _ } = shown;
    let force = version.effective_from.map(|day| format!(", in force from {day}")).unwrap_or_default();
    say!("Version {}: {}{force}.", version.label(), version.state);
    say!("Hash {}", version.hash);
    if let Some(note) = &version.note {
        say!("Note: {note}");
    }
    if !version.cycles.is_empty() {
        say!("Pinned by {}", version.cycles.join(", "));
    }
    for section in sections {
        say!("\n{}", lang.pick(&section.title));
        for line in &section.lines {
            say!("  {}", lang.pick(line));
        }
    }
}

/// Two folders are compared without a database.
async fn differences(place: &Place, before: &str, after: &str) -> Result<RulesDifferences, CliError> {
    let (old, new) = (Path::new(before), Path::new(after));
    if old.is_dir() && new.is_dir() {
        return Ok(app::compare_rule_folders(old, new)?);
    }
    Ok(place.open_current().await?.compare_rules(before, after).await?)
}

pub(super) fn print_differences(
    differences: &RulesDifferences,
    lang: Language,
    format: Format,
) -> Result<(), CliError> {
    let RulesDifferences { before, after, changes } = differences;
    if format != Format::Table {
        let columns = ["area", "subject", "path", "before", "after", "sentence_en", "sentence_zh"];
        let mut table = Table::new(&columns.map(|name| (name, name)));
        for change in changes {
            table.row([
                change.area.as_str().into(),
                change.subject.clone().into(),
                change.path.clone().into(),
                change.before.clone().unwrap_or_default(),
                change.after.clone().unwrap_or_default(),
                change.sentence.en.clone().into(),
                change.sentence.zh.clone().into(),
            ]);
        }
        return table.print(format);
    }
    if changes.is_empty() {
        say!("{} and {} are the same rules ({}).", before.label, after.label, before.hash);
        return Ok(());
    }
    say!("From {} to {}: {} changes", before.label, after.label, changes.len());
    let mut area = None;
    for change in changes {
        if area.replace(change.area) != Some(change.area) {
            say!("\n{}", lang.pick(&change.area.title()));
        }
        say!("  {}", lang.pick(&change.sentence));
    }
    Ok(())
}
