//! The sources of the rules: when each was last pulled, when it is due, and whether it is overdue.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::pull::PullView;
use super::{App, AppError};
use crate::domain::authority::Act;
use crate::rules::source::SourceSpec;

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
        let mut sources = Vec::new();
        for (id, spec) in self.source_files()? {
            sources.push(self.source(id, &spec).await?);
        }
        Ok(sources)
    }

    /// Sources in order of id, each with whether it is still to be pulled for the cycle: without a good pull since the cycle's last day was over,
    /// or while it is not, since today began, where the source is.
    pub async fn sources_for(&self, cycle: &str) -> Result<Vec<(SourceView, bool)>, AppError> {
        self.require(Act::ReadPulls)?;
        let cycle = self.cycle(cycle).await?;
        let mut sources = Vec::new();
        for (id, spec) in self.source_files()? {
            // Rules with a zone that is not known are not loaded.
            let zone: Tz = spec.time_zone.parse().unwrap_or(Tz::UTC);
            let today = self.clock.now().with_timezone(&zone).date_naive();
            let wanted = cycle.period.last.succ_opt().map_or(today, |after| after.min(today));
            let source = self.source(id, &spec).await?;
            let due = source.last_complete_at.is_none_or(|last| last.with_timezone(&zone).date_naive() < wanted);
            sources.push((source, due));
        }
        Ok(sources)
    }

    fn source_files(&self) -> Result<BTreeMap<String, SourceSpec>, AppError> {
        let rules = self.own_rules()?;
        let rules =
            rules.ok_or_else(|| AppError::NotFound("this server has no folder of rules: see --rules".into()))?;
        Ok(rules.sources.clone())
    }

    async fn source(&self, id: String, spec: &SourceSpec) -> Result<SourceView, AppError> {
        let now = self.clock.now();
        let schedule = spec.schedule().and_then(Result::ok);
        let last_complete_at = self.store.last_complete_pull(&id).await?;
        let last_pull = self.store.pulls_page(Some(&id), None, 1).await?.rows.pop();
        Ok(SourceView {
            next_due: schedule.as_ref().and_then(|schedule| schedule.next_ask(&id, now)),
            overdue: schedule.as_ref().is_some_and(|schedule| schedule.is_overdue(last_complete_at, now)),
            schedule: spec
                .schedule
                .as_ref()
                .zip(schedule.as_ref())
                .map(|(written, schedule)| (written.cron.clone(), schedule.zone().name().to_owned())),
            description: spec.description.clone(),
            last_pull: last_pull.map(PullView::from),
            last_complete_at,
            id,
        })
    }
}
