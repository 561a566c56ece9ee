//! Facts as they stand, for auditors and for whoever asks where a figure comes from.

use chrono::NaiveDate;

use super::{App, AppError, Change};
use crate::domain::authority::Act;
use crate::domain::fact::Pooled;
use crate::domain::period::Period;
use crate::store::StoredFact;

/// One fact of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactView {
    pub day: NaiveDate,
    pub metric: String,
    /// Empty when the fact has none.
    pub segment: String,
    pub source: String,
    pub pooled: Pooled,
}

impl App {
    /// An agent's facts of the days from `first` to `last`, in order of day, metric, segment and source; of one metric when named.
    pub async fn facts(
        &self,
        employee_number: &str,
        (first, last): (NaiveDate, NaiveDate),
        metric: Option<&str>,
    ) -> Result<Vec<FactView>, AppError> {
        let period = Period::new(first, last).map_err(|error| AppError::invalid(error.to_string()))?;
        let agent = self.agent_within(&self.reach(Act::ReadResults)?, employee_number).await?;
        let facts = self.store.facts_of(agent.id, period).await?;
        let asked = metric.map(|metric| format!(" metric={metric}")).unwrap_or_default();
        let read = Change::new("facts.read", "agent", employee_number).detail(format_args!("{first} to {last}{asked}"));
        self.recorded_read_of(agent.id, read).await?;
        let wanted = |fact: &StoredFact| metric.is_none_or(|metric| fact.metric.as_str() == metric);
        let view = |StoredFact { day, metric, segment, source, pooled }: StoredFact| FactView {
            day,
            metric: metric.to_string(),
            segment: segment.to_string(),
            source: source.to_string(),
            pooled,
        };
        Ok(facts.into_iter().filter(wanted).map(view).collect())
    }

    /// Makes the sums of all months anew from their days; returns how many were not as they should be.
    pub async fn rebuild_sums(&self) -> Result<u64, AppError> {
        self.require(Act::Maintain)?;
        let change = Change::new("facts.rebuild_sums", "facts", "all");
        Ok(self.recorded(change).rebuild_sums().await?)
    }
}
