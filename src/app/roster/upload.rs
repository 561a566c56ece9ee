//! A file of the roster, or of a cycle's ratings, that somebody uploads: first a preview, which writes nothing of it; then exactly that is taken in, or nothing. What
//! a file of the roster is about is read from its columns.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::{Aside, Fault};
use super::leave::is_leave_list;
use super::sheet::{REASON, Sheet};
use super::{Way, draft, leave};
use crate::app::ratings;
use crate::app::refusal::Why;
use crate::app::upkeep::UPLOADS;
use crate::app::{App, AppError, Change, exports};
use crate::domain::authority::Act;
use crate::domain::export::ExportFormat;
use crate::store::{Cycle, NewUpload, RatingChanges, Store, Upload};

/// Most bytes of an uploaded file: some 150,000 people.
pub const MOST_BYTES: usize = 16 << 20;
/// The kind of uploads that are sheets of figures, which `app::sheets` looks after.
pub(in crate::app) const FIGURES: &str = "figures";
/// Most characters of a file's name that are kept.
const LONGEST_NAME: usize = 120;

/// A file with what its import would do, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadView {
    pub id: Uuid,
    pub name: String,
    /// Of ratings: the cycle's code.
    pub cycle: Option<String>,
    pub rows: usize,
    /// Of what the file is about.
    pub counts: Vec<UploadCount>,
    /// Lines that are not taken, and why.
    pub set_aside: Vec<Aside>,
    /// Whether it was taken in.
    pub done: bool,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Counted {
    Units,
    People,
    Assignments,
    Leave,
    Ratings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadCount {
    pub what: Counted,
    pub added: u64,
    pub changed: u64,
    /// Only leave is taken back.
    pub withdrawn: u64,
    pub unchanged: u64,
}

/// What an import does, as it is kept with the file.
#[derive(Serialize, Deserialize)]
struct Report {
    cycle: Option<String>,
    rows: usize,
    counts: Vec<UploadCount>,
    set_aside: Vec<Aside>,
}

impl UploadView {
    /// Whether there is anything to take in.
    pub fn changes_anything(&self) -> bool {
        self.counts.iter().any(|count| count.added + count.changed + count.withdrawn > 0)
    }

    fn of(upload: &Upload) -> Result<Self, AppError> {
        let Report { cycle, rows, counts, set_aside } = serde_json::from_str(&upload.report)?;
        let (id, name, done) = (upload.public_id, upload.name.clone(), upload.done_at.is_some());
        Ok(Self { id, name, cycle, rows, counts, set_aside, done })
    }
}

impl App {
    /// Keeps an uploaded CSV or XLSX file for an hour, with a preview of its import. An earlier one of the same account is forgotten.
    pub async fn upload_roster(&self, name: &str, content: Vec<u8>) -> Result<Uuid, AppError> {
        self.require(Act::ManageRoster)?;
        self.keep_file(name, content, None).await
    }

    /// The same of a file with ratings of a cycle.
    pub async fn upload_ratings(&self, cycle: &str, name: &str, content: Vec<u8>) -> Result<Uuid, AppError> {
        self.require(Act::ManageRatings)?;
        let cycle = self.cycle(cycle).await?;
        self.keep_file(name, content, Some(cycle)).await
    }

    async fn keep_file(&self, name: &str, content: Vec<u8>, cycle: Option<Cycle>) -> Result<Uuid, AppError> {
        let account_id = self.uploader()?;
        refuse_large(&content)?;
        let name = kept_name(name);
        let sheet = tokio::task::block_in_place(|| Sheet::parse(&name, &content))?;
        let kind = match &cycle {
            Some(_) => "ratings",
            None if is_leave_list(&sheet) => "leave",
            None => "roster",
        };
        let cycle_id = cycle.as_ref().map(|cycle| cycle.id);
        // Before the preview: a change between the two is then found, too.
        let seen = self.store.roster_mark(cycle_id).await?;
        let report = match &cycle {
            Some(cycle) => self.take_rated(cycle, &sheet, ratings::Way::Preview(&self.store)).await?,
            None => self.take_sheet(&sheet, kind, Way::Preview(&self.store)).await?,
        };
        let (public_id, made_at) = (self.clock.new_id(), self.clock.now());
        let report = serde_json::to_string(&report)?;
        let act = if cycle.is_some() { "ratings.upload" } else { "roster.upload" };
        let change = Change::new(act, "file", &name).after(Some(sheet.digest));
        let change = change.detail(format_args!("rows={} upload={public_id}", sheet.rows.len()));
        let new = NewUpload { public_id, account_id, kind, cycle_id, name, content, seen, report, made_at };
        self.recorded(change).keep_upload(new, made_at - UPLOADS).await?;
        Ok(public_id)
    }

    /// An uploaded file of whoever asks, with its preview or with what came of it.
    pub async fn roster_upload(&self, id: Uuid) -> Result<UploadView, AppError> {
        UploadView::of(&self.own_upload(id).await?)
    }

    /// Takes in an uploaded file, as its preview said. Errors: `Changed` where it would do something else by now.
    pub async fn take_upload(&self, id: Uuid) -> Result<(), AppError> {
        let upload = self.own_upload(id).await?;
        let sheet = tokio::task::block_in_place(|| Sheet::parse(&upload.name, &upload.content))?;
        if let Some(code) = UploadView::of(&upload)?.cycle {
            let cycle = self.cycle(&code).await?;
            let change = Change::new("ratings.import", "cycle", &code).after(Some(sheet.digest));
            let detail = format!("file={} rows={} upload={id}", upload.name, sheet.rows.len());
            let store = self.recorded(change.detail(detail));
            return self.take_rated(&cycle, &sheet, ratings::Way::AsSeen(&store, &upload)).await.map(drop);
        }
        let act = if upload.kind == "leave" { "leave.import" } else { "roster.import" };
        let change = Change::new(act, "file", &upload.name).after(Some(sheet.digest));
        let store: Store = self.recorded(change.detail(format_args!("rows={} upload={id}", sheet.rows.len())));
        self.take_sheet(&sheet, &upload.kind, Way::AsSeen(&store, &upload)).await.map(drop)
    }

    /// The rows of an uploaded file that are not taken, as CSV with the reason in a column of its own, in the words that `say` has for all that is wrong
    /// with a row: to be mended and uploaded again.
    pub async fn set_aside_of_upload(
        &self,
        id: Uuid,
        say: &(dyn Fn(&[&Fault]) -> String + Sync),
    ) -> Result<Vec<u8>, AppError> {
        let upload = self.own_upload(id).await?;
        let view = UploadView::of(&upload)?;
        let sheet = tokio::task::block_in_place(|| Sheet::parse(&upload.name, &upload.content))?;
        let own: Vec<usize> = (0..sheet.header.len()).filter(|at| sheet.column(REASON) != Some(*at)).collect();
        let header = own.iter().filter_map(|at| sheet.header.get(*at).cloned());
        let mut list = exports::Sheet::new(header.chain([REASON.to_owned()]).collect());
        for row in &sheet.rows {
            // Sorted by line, and a line may have several reasons.
            let from = view.set_aside.partition_point(|(line, _)| *line < row.line);
            let reasons = view.set_aside.iter().skip(from).take_while(|(line, _)| *line == row.line);
            let reasons: Vec<&Fault> = reasons.map(|(_, fault)| fault).collect();
            if !reasons.is_empty() {
                let cells = own.iter().map(|at| row.cells().get(*at).cloned().unwrap_or_default());
                list.row(cells.chain([say(&reasons)]).collect());
            }
        }
        list.file(ExportFormat::Csv)
    }

    async fn take_rated(&self, cycle: &Cycle, sheet: &Sheet, way: ratings::Way<'_>) -> Result<Report, AppError> {
        let (changes, set_aside) = self.take_ratings(cycle, sheet, way).await?;
        let RatingChanges { added, changed, unchanged } = changes;
        let counts = vec![UploadCount { what: Counted::Ratings, added, changed, withdrawn: 0, unchanged }];
        Ok(Report { cycle: Some(cycle.code.clone()), rows: sheet.rows.len(), counts, set_aside })
    }

    async fn take_sheet(&self, sheet: &Sheet, kind: &str, way: Way<'_>) -> Result<Report, AppError> {
        let rows = sheet.rows.len();
        if kind == "leave" {
            let (changes, set_aside) = self.take_leave(leave::Draft::read(sheet)?, way).await?;
            let crate::store::LeaveChanges { added, changed, withdrawn, unchanged } = changes;
            let counts = vec![UploadCount { what: Counted::Leave, added, changed, withdrawn, unchanged }];
            return Ok(Report { cycle: None, rows, counts, set_aside });
        }
        let (changes, set_aside) = self.take_roster(draft(sheet, None)?, way).await?;
        let count = |what, added, changed, unchanged| UploadCount { what, added, changed, withdrawn: 0, unchanged };
        let counts = [
            count(Counted::Units, changes.units_added, changes.units_changed, changes.units_unchanged),
            count(Counted::People, changes.agents_added, changes.agents_changed, changes.agents_unchanged),
            count(
                Counted::Assignments,
                changes.assignments_added,
                changes.assignments_changed,
                changes.assignments_unchanged,
            ),
        ];
        let named = |count: &UploadCount| count.added + count.changed + count.unchanged > 0;
        Ok(Report { cycle: None, rows, counts: counts.into_iter().filter(named).collect(), set_aside })
    }

    async fn own_upload(&self, id: Uuid) -> Result<Upload, AppError> {
        if !self.may(Act::ManageRatings) {
            self.require(Act::ManageRoster)?;
        }
        let upload = self.store.upload(self.uploader()?, id).await?;
        let none = || AppError::NotFound(format!("the file '{id}' is not kept any more: choose it again"));
        let upload = upload.filter(|upload| upload.kind != FIGURES).ok_or_else(none)?;
        // Rights may have changed since it was uploaded.
        self.require(if upload.kind == "ratings" { Act::ManageRatings } else { Act::ManageRoster })?;
        Ok(upload)
    }

    pub(in crate::app) fn uploader(&self) -> Result<i64, AppError> {
        let account = self.actor.own_account().map(|account| account.id);
        account.ok_or_else(|| AppError::Forbidden("only whoever is signed in uploads files".to_owned()))
    }
}

pub(in crate::app) fn refuse_large(content: &[u8]) -> Result<(), AppError> {
    if content.len() <= MOST_BYTES {
        return Ok(());
    }
    let most = MOST_BYTES >> 20;
    Err(AppError::invalid(format!("the file has more than {most} MiB: send it in parts"))
        .because(Why::FileTooLarge { most: i64::try_from(most).unwrap_or(i64::MAX) }))
}

/// A file's name as it is kept.
pub(in crate::app) fn kept_name(name: &str) -> String {
    name.chars().filter(|sign| !sign.is_control()).take(LONGEST_NAME).collect()
}
