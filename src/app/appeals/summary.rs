//! How often decisions on appeals changed the result, by what they were about and by who had reviewed.

use std::collections::BTreeMap;

use super::super::{App, AppError, Change};
use crate::domain::appeal::AppealCounts;
use crate::domain::authority::{Act, Reach};
use crate::store::AppealTally;

/// How appeals of one kind, or of agents that one supervisor reviewed, came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealShare {
    /// A line's id, `rating` or `result`; or a supervisor's employee number.
    pub name: String,
    /// The line's metric.
    pub metric: Option<String>,
    pub counts: AppealCounts,
}

/// How appeals of a cycle came out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppealSummary {
    pub all: AppealCounts,
    pub by_subject: Vec<AppealShare>,
    pub by_supervisor: Vec<AppealShare>,
}

impl App {
    /// How appeals of a cycle came out, of the units that whoever asks decides about, or all for who audits.
    pub async fn appeal_summary(&self, code: &str) -> Result<AppealSummary, AppError> {
        let reach = match self.may(Act::ReadAudit) {
            true => Reach::everything(),
            false => self.reach(Act::DecideAppeals)?,
        };
        let cycle = self.cycle(code).await?;
        let Some(run) = cycle.current_run_id else { return Ok(AppealSummary::default()) };
        let by_subject = shares(self.store.appeals_by_subject(run, &reach).await?);
        let by_supervisor = shares(self.store.appeals_by_supervisor(run, &reach).await?);
        let mut all = AppealCounts::default();
        for AppealShare { counts, .. } in &by_subject {
            all.open += counts.open;
            all.upheld += counts.upheld;
            all.varied += counts.varied;
            all.withdrawn += counts.withdrawn;
        }
        self.recorded_list(&reach, Change::new("appeal.summary", "cycle", code)).await?;
        Ok(AppealSummary { all, by_subject, by_supervisor })
    }
}

fn shares(tallies: Vec<AppealTally>) -> Vec<AppealShare> {
    let mut shares: BTreeMap<(String, Option<String>), AppealCounts> = BTreeMap::new();
    for AppealTally { name, metric, state, appeals } in tallies {
        shares.entry((name, metric)).or_default().add(state, appeals);
    }
    shares.into_iter().map(|((name, metric), counts)| AppealShare { name, metric, counts }).collect()
}
