//! Exports: a list as a file, made as a job for whoever asked, kept for some days, fetched by nobody else. Who may see less by the time of fetching
//! gets nothing: they ask anew.

mod pages;
mod sheet;

use serde_json::{Value, json};
use uuid::Uuid;

pub use sheet::Sheet;

use super::jobs::Tally;
use super::{App, AppError, Change, Slice};
use crate::domain::audit::Digest;
use crate::domain::authority::Reach;
use crate::domain::export::{Export, MOST_BYTES};
use crate::domain::job::{JobOrder, JobState};
use crate::store::{Job, JobFile, NewJobFile};

/// Rows that are read at once.
const AT_ONCE: u32 = 500;

impl App {
    /// The order when it can be done as things stand. Errors: `Invalid` for what is missing or has no meaning; `NotFound`; `Forbidden`.
    pub(super) async fn checked_export(&self, export: &Export) -> Result<(), AppError> {
        self.reach(export.list.act())?;
        let name = export.list.as_str();
        if export.list.of_cycle() != export.cycle.is_some() {
            let problem = if export.list.of_cycle() { "needs it" } else { "has none; leave it out" };
            return Err(AppError::invalid(format!("cycle: the list '{name}' {problem}")));
        }
        if let Some(unit) = &export.unit {
            if !export.list.of_units() {
                return Err(AppError::invalid(format!("unit: the list '{name}' has none; leave it out")));
            }
            self.unit(unit).await?;
        }
        self.export_reach(export).await.map(drop)
    }

    /// Whom the list tells whoever acts of.
    async fn export_reach(&self, export: &Export) -> Result<Reach, AppError> {
        let act = export.list.act();
        match &export.cycle {
            Some(cycle) => Ok(self.shown(act, cycle).await?.0),
            None => self.reach(act),
        }
    }

    /// Makes the file of a job and keeps it, in the transaction that says so.
    pub(super) async fn make_export(&self, job: &Job, export: &Export, tally: &Tally) -> Result<Value, AppError> {
        let reach = self.export_reach(export).await?;
        let mut sheet = Sheet::new(export.list.columns(export.language));
        let mut slice = Slice { limit: AT_ONCE, after: None };
        loop {
            let (rows, next) = self.export_page(export, &slice).await?;
            rows.into_iter().for_each(|row| sheet.row(row));
            tally.rows(sheet.rows());
            fits(&sheet, export)?;
            self.go_on()?;
            match next {
                Some(next) => slice.after = Some(next),
                None => break,
            }
        }
        let rows = sheet.rows();
        let format = export.format;
        let content = tokio::task::block_in_place(|| sheet.file(format))?;
        if content.len() > MOST_BYTES {
            return Err(too_large());
        }
        let sha256 = Digest::of(&content);
        let file = NewJobFile {
            name: export.file_name(),
            media_type: format.media_type(),
            sha256: sha256.to_string(),
            reach: serde_json::to_string(&reach)?,
            made_at: self.clock.now(),
            content,
        };
        let (name, bytes) = (file.name.clone(), file.content.len());
        let effect = json!({ "file": name, "rows": rows, "bytes": bytes, "sha256": file.sha256 });
        let change = Change::new("export.make", "job", job.public_id).after(Some(sha256));
        let change = change.detail(format_args!("list={} rows={rows}", export.scope()));
        self.recorded_effect(change, &effect).keep_job_file(job.id, &file).await?;
        Ok(effect)
    }

    /// The file of one's own job. Errors: `NotFound` for anybody else's, and when there is none (any more); `Forbidden` for whoever may see
    /// less than the file tells.
    pub async fn job_file(&self, id: Uuid) -> Result<JobFile, AppError> {
        let job = self.seen_job(id).await?;
        let none = |why: &str| AppError::NotFound(format!("job {id} has no file for you: {why}"));
        if job.asked_by != self.actor.doer() {
            return Err(none("only whoever asked for it gets it"));
        }
        let JobOrder::Export(export) = &job.order else { return Err(none("it is no export")) };
        let file = match (job.state, self.store.job_file(job.id).await?) {
            (JobState::Done, Some(file)) => file,
            (JobState::Done, None) => return Err(none("it was deleted after its time; ask for the export again")),
            (state, _) => return Err(none(&format!("it is {}", state.as_str()))),
        };
        let reach = self.export_reach(export).await?;
        let told: Reach = serde_json::from_str(&file.reach)?;
        if !reach.covers(&told) {
            return Err(AppError::Forbidden(
                "you may see less now than when this file was made: ask for the export again".into(),
            ));
        }
        let read = Change::new("export.read", "job", id).detail(format_args!("list={}", export.scope()));
        self.recorded_list(&told, read).await?;
        Ok(file)
    }
}

fn fits(sheet: &Sheet, export: &Export) -> Result<(), AppError> {
    if sheet.bytes() > MOST_BYTES {
        return Err(too_large());
    }
    if !sheet.fits(export.format) {
        return Err(AppError::refused(
            "the list has more rows than a sheet of Excel has: ask for CSV, or for one unit at a time",
        ));
    }
    Ok(())
}

fn too_large() -> AppError {
    let most = MOST_BYTES >> 20;
    AppError::refused(format!("the list is larger than {most} MiB, the most that is kept: ask for one unit at a time"))
}
