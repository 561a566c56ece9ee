//! The agents of a unit beside each other in one metric: for information, with what chance alone explains.

use super::read::meant;
use super::{App, AppError, Change, Slice, Wanted};
use crate::domain::authority::Act;
use crate::domain::fact::Pooled;
use crate::domain::interval::Interval;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::{Measure, Scope};
use crate::store::Take;

/// One agent's own facts of the metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedAgent {
    pub employee_number: String,
    pub name: String,
    pub pooled: Pooled,
    pub interval: Option<Interval>,
}

/// Agents in order of employee number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    pub agents: Vec<ComparedAgent>,
    /// Whether there are more than are shown.
    pub more: bool,
}

impl App {
    /// Those of the unit and below it who were measured in the metric by the card of their last stretch.
    pub async fn compare_agents(
        &self,
        cycle: &str,
        unit: &str,
        metric: &MetricId,
        slice: &Slice,
    ) -> Result<Comparison, AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadResults, cycle).await?;
        let wanted = Wanted { unit: Some(unit.to_owned()), ..Wanted::default() };
        let filter = self.filter(reach, &wanted, meant(&shown, Take::Standing)).await?;
        let page = self
            .store
            .scorecard_details_page(shown.run.id, slice.after.as_deref(), slice.limit.into(), &filter)
            .await?;
        let detail = wanted.page(slice, page.rows.iter().map(|card| card.summary.employee_number.as_str()));
        let read = Change::new("scorecard.compare", "cycle", cycle).detail(format_args!("metric={metric} {detail}"));
        self.recorded_list(&filter.reach, read).await?;
        let mut agents = Vec::new();
        for card in page.rows {
            let lines = card.result.last_card().map(|card| card.lines.as_slice()).unwrap_or_default();
            let own = lines.iter().find(|line| {
                line.metric == *metric
                    && line.scope == Scope::Own
                    && line.measure == Measure::Value
                    && line.value.is_some()
            });
            if let Some(line) = own {
                agents.push(ComparedAgent {
                    employee_number: card.summary.employee_number,
                    name: card.summary.agent_name,
                    pooled: line.pooled,
                    interval: line.interval,
                });
            }
        }
        Ok(Comparison { agents, more: page.more })
    }
}
