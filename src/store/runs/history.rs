//! What earlier cycles said, for the rule that suggests improvement plans.

use sea_orm::FromQueryResult;

use super::super::results::codes::from_code;
use super::super::write::fetch;
use super::super::{Store, StoreError};
use crate::domain::fixed::Fixed;
use crate::domain::improvement::PastValue;
use crate::domain::interval::Interval;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::Scope;

/// The current run of an earlier cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierRun {
    pub run_id: i64,
    pub cycle_code: String,
}

/// A line's value in an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastLine {
    pub agent_id: i64,
    pub run_id: i64,
    pub metric: MetricId,
    pub scope: Scope,
    pub past: PastValue,
}

#[derive(FromQueryResult)]
struct EarlierRow {
    run_id: i64,
    cycle_code: String,
}

#[derive(FromQueryResult)]
struct PastRow {
    agent_id: i64,
    run_id: i64,
    metric: String,
    scope: String,
    value: i64,
    lower_bound: Option<i64>,
    upper_bound: Option<i64>,
    samples: i64,
}

impl TryFrom<PastRow> for PastLine {
    type Error = StoreError;

    fn try_from(row: PastRow) -> Result<Self, StoreError> {
        let interval = row
            .lower_bound
            .zip(row.upper_bound)
            .map(|(lower, upper)| Interval { lower: Fixed::from_micros(lower), upper: Fixed::from_micros(upper) });
        Ok(Self {
            agent_id: row.agent_id,
            run_id: row.run_id,
            metric: MetricId::new(&row.metric),
            scope: from_code("the scope of a line", row.scope)?,
            past: PastValue { value: Fixed::from_micros(row.value), interval, samples: row.samples },
        })
    }
}

impl Store {
    /// The current runs of the `count` cycles of the same kind that end before this one begins, oldest first; fewer when there
    /// are fewer scored ones.
    pub async fn earlier_runs(&self, cycle_id: i64, count: u64) -> Result<Vec<EarlierRun>, StoreError> {
        let text = format!(
            "SELECT c.current_run_id AS run_id, c.code AS cycle_code FROM cycle c JOIN cycle this ON this.id = $1
            WHERE c.kind = this.kind AND c.last_day < this.first_day AND c.current_run_id IS NOT NULL
            ORDER BY c.first_day DESC LIMIT {count}"
        );
        let rows: Vec<EarlierRow> = fetch(&self.readers, "looking for earlier cycles", text, [cycle_id.into()]).await?;
        Ok(rows.into_iter().rev().map(|row| EarlierRun { run_id: row.run_id, cycle_code: row.cycle_code }).collect())
    }

    /// The lines with a value of the agents `first..=last` in these runs, in order of agent id, run id and line.
    pub async fn value_history(&self, run_ids: &[i64], first: i64, last: i64) -> Result<Vec<PastLine>, StoreError> {
        if run_ids.is_empty() {
            return Ok(Vec::new());
        }
        let runs: Vec<String> = run_ids.iter().map(i64::to_string).collect();
        let text = format!(
            "SELECT s.agent_id, s.run_id, m.code AS metric, l.scope, l.value, l.lower_bound, l.upper_bound, l.samples
            FROM scorecard s
            JOIN scorecard_line l ON l.scorecard_id = s.id
            JOIN metric m ON m.id = l.metric_id
            WHERE s.run_id IN ({}) AND s.agent_id BETWEEN $1 AND $2 AND l.value IS NOT NULL
            ORDER BY s.agent_id, s.run_id, l.seq",
            runs.join(", ")
        );
        let rows: Vec<PastRow> =
            fetch(&self.readers, "reading earlier values", text, [first.into(), last.into()]).await?;
        rows.into_iter().map(PastLine::try_from).collect()
    }
}
