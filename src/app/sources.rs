//! The sources of the rules: when each was last pulled, when it is due, and whether it is overdue.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::pull::PullView;
use super::{App, AppError};
use crate::domain::authority::Act;
use crate::rules;

/// A source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceView {
    pub id: String,
    pub description: String,
    /// The cron expression of its schedule, and the zone it is read in.
    pub schedule: Option<(String, String)>,
    pub last_pull: Option<PullView>,
    /// When a pull last ended well.
    pub last_complete_at: Option<DateTime<Utc>>,
    /// When its schedule asks for it next.
    pub next_due: Option<DateTime<Utc>>,
    pub overdue: bool,
}

impl App {
    /// Sources in order of id.
    pub async fn sources(&self) -> Result<Vec<SourceView>, AppError> {
        self.require(Act::ReadPulls)?;
        let folder = self.rules_folder.clone();
        let folder =
            folder.ok_or_else(|| AppError::NotFound("this server has no folder of rules: see --rules".into()))?;
        let loaded = tokio::task::block_in_place(|| rules::load(Path::new(&*folder))).map_err(AppError::Rules)?;
        let now = self.clock.now();
        let mut sources = Vec::new();
        for (id, spec) in loaded.sources {
            let schedule = spec.schedule().and_then(Result::ok);
            let last_complete_at = self.store.last_complete_pull(&id).await?;
            let last_pull = self.store.pulls_page(Some(&id), None, 1).await?.rows.pop();
            sources.push(SourceView {
                next_due: schedule.as_ref().and_then(|schedule| schedule.next_ask(&id, now)),
                overdue: schedule.as_ref().is_some_and(|schedule| schedule.is_overdue(last_complete_at, now)),
                schedule: spec
                    .schedule
                    .as_ref()
                    .zip(schedule.as_ref())
                    .map(|(written, schedule)| (written.cron.clone(), schedule.zone().name().to_owned())),
                description: spec.description,
                last_pull: last_pull.map(PullView::from),
                last_complete_at,
                id,
            });
        }
        Ok(sources)
    }
}
