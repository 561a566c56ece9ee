//! Figures from a sheet that somebody uploads: a source of its own, pulled as any other; first as a preview, which writes nothing of it, then
//! exactly that or nothing.

mod source;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pull::{NO_LIMIT, Reading};
use super::refusal::Why;
use super::roster::sheet::{REASON, Sheet};
use super::roster::upload::{FIGURES, kept_name, refuse_large};
use super::upkeep::UPLOADS;
use super::{App, AppError, Change, exports};
use crate::domain::authority::Act;
use crate::domain::export::ExportFormat;
use crate::pull::Pulled;
use crate::rules::Loaded;
use crate::store::{NewPull, NewUpload, StoreError, Upload, UploadedFacts, Window};
use source::{Metrics, source_id};
use table::Table;

/// Most rows of a sheet: all that are set aside are kept with their lines.
pub const MOST_SHEET_ROWS: usize = 100_000;
/// Most characters of a sheet's name.
const LONGEST_SHEET: usize = 40;
/// So many rows set aside are kept with their text, to be looked at.
const SHOWN: usize = 100;
/// Most characters of such a row.
const LONGEST_ROW: usize = 200;

/// A sheet to be looked at.
pub struct FiguresOrder<'a> {
    /// What its facts are kept under, as whoever brings it names it.
    pub sheet: &'a str,
    /// The file's name.
    pub name: &'a str,
    pub content: Vec<u8>,
}

/// A sheet with what its pull would do, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiguresView {
    pub id: Uuid,
    /// Of the file.
    pub name: String,
    pub sheet: String,
    /// The source that its facts are kept under.
    pub source: String,
    /// It is a mended list: facts that it does not name stay.
    pub adds: bool,
    pub rows_read: u64,
    pub rows_used: u64,
    /// First and last day that it covers; `None` where no row can be used.
    pub days: Option<(NaiveDate, NaiveDate)>,
    pub facts_added: u64,
    pub facts_changed: u64,
    pub facts_removed: u64,
    /// In order of line.
    pub set_aside: Vec<AsideRow>,
    /// Whether it was taken in.
    pub done: bool,
}

/// A row that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsideRow {
    pub line: u64,
    /// As pulls count it.
    pub reason: String,
    /// Its cells, of the first rows only.
    pub row: String,
}

/// What is kept with the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Report {
    sheet: String,
    adds: bool,
    read: u64,
    used: u64,
    days: Option<(NaiveDate, NaiveDate)>,
    added: u64,
    changed: u64,
    removed: u64,
    set_aside: Vec<AsideRow>,
}

/// A sheet that was read.
struct Read {
    pulled: Pulled,
    report: Report,
}

impl FiguresView {
    /// Whether there is anything to take in.
    pub fn changes_anything(&self) -> bool {
        self.facts_added + self.facts_changed + self.facts_removed > 0
    }

    fn of(upload: &Upload) -> Result<Self, AppError> {
        let report: Report = serde_json::from_str(&upload.report)?;
        let Report { sheet, adds, read, used, days, added, changed, removed, set_aside } = report;
        Ok(Self {
            id: upload.public_id,
            name: upload.name.clone(),
            source: source_id(&sheet),
            sheet,
            adds,
            rows_read: read,
            rows_used: used,
            days,
            facts_added: added,
            facts_changed: changed,
            facts_removed: removed,
            set_aside,
            done: upload.done_at.is_some(),
        })
    }
}

impl App {
    /// Keeps a CSV or XLSX sheet of figures for an hour, with a preview of its pull. An earlier file of the same account is forgotten.
    pub async fn upload_figures(&self, order: FiguresOrder<'_>) -> Result<Uuid, AppError> {
        self.require(Act::Pull)?;
        let account_id = self.uploader()?;
        let FiguresOrder { sheet: sheet_name, name, content } = order;
        refuse_large(&content)?;
        let rules = self.rules_of_sheets()?;
        check_name(sheet_name, &rules)?;
        let name = kept_name(name);
        let sheet = tokio::task::block_in_place(|| Sheet::parse(&name, &content))?;
        // Before the preview: a change between the two is then found, too.
        let seen = self.store.figures_mark(&source_id(sheet_name)).await?;
        let Read { pulled, mut report } = self.read_sheet(sheet_name, &sheet, &rules).await?;
        let (public_id, made_at) = (self.clock.new_id(), self.clock.now());
        if let Some(new) = self.pull_of(&report) {
            let pull = self.preview(new, pulled, NO_LIMIT, report.adds).await?.pull;
            (report.added, report.changed, report.removed) = (pull.facts_added, pull.facts_changed, pull.facts_removed);
        }
        let report = serde_json::to_string(&report)?;
        let change = Change::new("figures.upload", "file", &name).after(Some(sheet.digest));
        let rows = sheet.rows.len();
        let change = change.detail(format_args!("sheet={sheet_name} rows={rows} upload={public_id}"));
        let kind = FIGURES;
        let new = NewUpload { public_id, account_id, kind, cycle_id: None, name, content, seen, report, made_at };
        self.recorded(change).keep_upload(new, made_at - UPLOADS).await?;
        Ok(public_id)
    }

    /// A sheet of whoever asks, with its preview or with what came of it.
    pub async fn uploaded_figures(&self, id: Uuid) -> Result<FiguresView, AppError> {
        FiguresView::of(&self.own_figures(id).await?)
    }

    /// Pulls an uploaded sheet, as its preview said. Errors: `Changed` where it would do something else by now.
    pub async fn take_figures(&self, id: Uuid) -> Result<(), AppError> {
        let upload = self.own_figures(id).await?;
        let before: Report = serde_json::from_str(&upload.report)?;
        let source = source_id(&before.sheet);
        let changed = || AppError::as_things_stand(StoreError::FiguresChanged);
        // Looked at again when it is kept; here so that no pull begins that cannot end well.
        if upload.done_at.is_some() || self.store.figures_mark(&source).await? != upload.seen {
            return Err(changed());
        }
        let rules = self.rules_of_sheets()?;
        check_name(&before.sheet, &rules)?;
        let sheet = tokio::task::block_in_place(|| Sheet::parse(&upload.name, &upload.content))?;
        let Read { pulled, report } = self.read_sheet(&before.sheet, &sheet, &rules).await?;
        // Other rules may know other metrics.
        if (report.used, report.days, &report.set_aside) != (before.used, before.days, &before.set_aside) {
            return Err(changed());
        }
        let Some(new) = self.pull_of(&report) else {
            let what = "no row of the sheet can be used: mend the rows as their reasons say, and upload it again";
            return Err(AppError::refused(what).because(Why::NothingTaken {}));
        };
        let pull = self.store.begin_pull(&new).await?;
        let public_id = new.public_id;
        let facts = UploadedFacts { upload: &upload, adds: report.adds };
        let Err(error) = self.commit(pull, new, pulled, NO_LIMIT, Some(facts)).await else { return Ok(()) };
        let noted = self.failed(&source, public_id, &error);
        if let Err(unnoted) = noted.fail_pull(pull, &error.to_string(), self.clock.now()).await {
            tracing::warn!(error = %unnoted, pull, "the failed pull could not be noted");
        }
        match error {
            // The same sheet was taken in twice at once, or another of this name: the later pull took this one's place.
            AppError::Store(StoreError::PullNotRunning(_)) => Err(changed()),
            AppError::Store(error) => Err(AppError::as_things_stand(error)),
            error => Err(error),
        }
    }

    /// The rows of a sheet that are not taken, as CSV with the reason in a column of its own, in the words that `say` has for it.
    pub async fn set_aside_of_figures(
        &self,
        id: Uuid,
        say: &(dyn Fn(&str) -> String + Sync),
    ) -> Result<Vec<u8>, AppError> {
        let upload = self.own_figures(id).await?;
        let view = FiguresView::of(&upload)?;
        let sheet = tokio::task::block_in_place(|| Sheet::parse(&upload.name, &upload.content))?;
        let reasons: BTreeMap<u64, &str> =
            view.set_aside.iter().map(|aside| (aside.line, aside.reason.as_str())).collect();
        let own: Vec<usize> = (0..sheet.header.len()).filter(|at| sheet.column(REASON) != Some(*at)).collect();
        let header = own.iter().filter_map(|at| sheet.header.get(*at).cloned());
        let mut list = exports::Sheet::new(header.chain([REASON.to_owned()]).collect());
        for row in &sheet.rows {
            if let Some(reason) = reasons.get(&row.line) {
                let cells = own.iter().map(|at| row.cells().get(*at).cloned().unwrap_or_default());
                list.row(cells.chain([say(reason)]).collect());
            }
        }
        list.file(ExportFormat::Csv)
    }

    async fn own_figures(&self, id: Uuid) -> Result<Upload, AppError> {
        self.require(Act::Pull)?;
        let upload = self.store.upload(self.uploader()?, id).await?.filter(|upload| upload.kind == FIGURES);
        upload.ok_or_else(|| AppError::NotFound(format!("the sheet '{id}' is not kept any more: choose it again")))
    }

    /// The rules that say which names are taken, and which metrics there are.
    fn rules_of_sheets(&self) -> Result<std::sync::Arc<Loaded>, AppError> {
        self.own_rules()?.ok_or_else(|| {
            AppError::refused("this server has no folder of rules, so it knows no metrics: see --rules")
                .because(Why::SheetWithoutRules {})
        })
    }

    async fn read_sheet(&self, name: &str, sheet: &Sheet, rules: &Loaded) -> Result<Read, AppError> {
        if sheet.rows.len() > MOST_SHEET_ROWS {
            return Err(AppError::invalid(format!("the sheet has more than {MOST_SHEET_ROWS} rows: send it in parts"))
                .because(Why::TooManyRows { most: i64::try_from(MOST_SHEET_ROWS).unwrap_or(i64::MAX) }));
        }
        let table = Table::of(sheet)?;
        let agents = self.agent_index().await?;
        let folder = self.spool.folder(&source_id(name))?;
        let folder = tempfile::tempdir_in(&folder).map_err(|error| AppError::file(&folder, error))?;
        tokio::task::block_in_place(|| table.write(folder.path(), &agents))?;
        let metrics = self.metrics_of_sheets(rules).await?;
        let spec = source::spec(name, &metrics);
        let pulled = self
            .read_rows(Reading {
                spec: &spec,
                spec_file: &spec.id,
                base_dir: folder.path(),
                calendars: &rules.calendars,
                metrics: metrics.in_force,
                agents,
                window: None,
                progress: &|_| {},
            })
            .await?;
        let report = report(name, sheet, &table, &pulled)?;
        Ok(Read { pulled, report })
    }

    async fn metrics_of_sheets(&self, rules: &Loaded) -> Result<Metrics, AppError> {
        let mut known: BTreeSet<String> = rules.ruleset.metrics.keys().map(ToString::to_string).collect();
        let Some(version) = self.store.rules_in_force(self.clock.today()).await? else {
            return Ok(Metrics { in_force: known.clone(), known });
        };
        let ruleset = self.pinned_rules(&version.hash).await?;
        let in_force: BTreeSet<String> = ruleset.metrics.keys().map(ToString::to_string).collect();
        known.extend(in_force.iter().cloned());
        Ok(Metrics { known, in_force })
    }

    /// The pull of a sheet; `None` where no row can be used.
    fn pull_of(&self, report: &Report) -> Option<NewPull> {
        let (first, last) = report.days?;
        Some(NewPull {
            public_id: self.clock.new_id(),
            source: source_id(&report.sheet),
            window: Window { from: Some(first), to: Some(last) },
            started_at: self.clock.now(),
        })
    }
}

/// What was read of a sheet, before it is compared with the facts there are.
fn report(name: &str, sheet: &Sheet, table: &Table<'_>, pulled: &Pulled) -> Result<Report, AppError> {
    let mut set_aside = Vec::new();
    for row in pulled.set_aside.iter() {
        let row = row.map_err(|source| AppError::File { path: "rows set aside".to_owned(), source })?;
        set_aside.push(AsideRow { line: row.line, reason: row.reason, row: String::new() });
    }
    let lines: BTreeSet<u64> = set_aside.iter().map(|aside| aside.line).collect();
    let used = sheet.rows.iter().filter(|row| !lines.contains(&row.line)).filter_map(|row| table.day(row));
    let days: Vec<NaiveDate> = used.chain(pulled.facts.iter().map(|fact| fact.day)).collect();
    for aside in set_aside.iter_mut().take(SHOWN) {
        if let Some(row) = sheet.rows.iter().find(|row| row.line == aside.line) {
            aside.row = row.cells().join(", ").chars().take(LONGEST_ROW).collect();
        }
    }
    Ok(Report {
        sheet: name.to_owned(),
        adds: sheet.column(REASON).is_some(),
        read: pulled.read,
        used: pulled.used,
        days: days.iter().min().copied().zip(days.iter().max().copied()),
        added: 0,
        changed: 0,
        removed: 0,
        set_aside,
    })
}

/// A sheet's name is an id as sources have them, and none of theirs.
fn check_name(sheet: &str, rules: &Loaded) -> Result<(), AppError> {
    let begins = sheet.chars().next().is_some_and(|first| first.is_ascii_lowercase());
    let spelled = sheet.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_');
    if !begins || !spelled || sheet.len() > LONGEST_SHEET {
        return Err(AppError::invalid(format!(
            "the sheet's name must be small letters, digits and _, a letter first, at most {LONGEST_SHEET}: write one such as training_exams"
        ))
        .because(Why::SheetName { most: i64::try_from(LONGEST_SHEET).unwrap_or(i64::MAX) }));
    }
    if rules.sources.contains_key(sheet) {
        return Err(AppError::conflict(format!("the rules have a source '{sheet}': name the sheet otherwise"))
            .because(Why::SheetIsSource { name: sheet.to_owned() }));
    }
    Ok(())
}
