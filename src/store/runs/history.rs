//! What earlier cycles said, for the rule that suggests improvement plans.

use std::sync::Arc;

use sea_orm::FromQueryResult;

use super::super::packed::unpack;
use super::super::write::fetch;
use super::super::{Store, StoreError};
use crate::domain::appraisal::AppraisalResult;
use crate::domain::fixed::Fixed;
use crate::domain::improvement::PastValue;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::{LineState, Measure, Scope};

/// The current run of an earlier cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierRun {
    pub run_id: i64,
    pub cycle_code: String,
}

/// A line of an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastLine {
    pub agent_id: i64,
    pub run_id: i64,
    /// Code of the run's cycle.
    pub cycle: Arc<str>,
    /// The line's id on its card.
    pub line: Arc<str>,
    pub metric: MetricId,
    pub scope: Scope,
    pub points: Option<Fixed>,
    /// `None` without a value in the metric's unit.
    pub past: Option<PastValue>,
}

#[derive(FromQueryResult)]
struct EarlierRow {
    run_id: i64,
    cycle_code: String,
}

/// A result of an earlier run, packed.
#[derive(FromQueryResult)]
struct PastResult {
    agent_id: i64,
    run_id: i64,
    cycle_code: String,
    employee_number: String,
    working: Vec<u8>,
}

impl PastResult {
    /// The lines of its last stretch.
    fn lines(self) -> Result<impl Iterator<Item = PastLine>, StoreError> {
        let mut result: AppraisalResult =
            unpack(format_args!("the scorecard of {}", self.employee_number), &self.working)?;
        let (agent_id, run_id) = (self.agent_id, self.run_id);
        let cycle: Arc<str> = self.cycle_code.into();
        let lines = result.stretches.pop().map(|last| last.stretch.card.lines).unwrap_or_default();
        Ok(lines.into_iter().map(move |line| {
            // An index has no value in the metric's unit, and what an appeal left out says nothing.
            let value = line.value.filter(|_| line.measure == Measure::Value && line.state != LineState::LeftOut);
            let samples = line.pooled.samples;
            PastLine {
                agent_id,
                run_id,
                cycle: Arc::clone(&cycle),
                line: line.id,
                metric: line.metric,
                scope: line.scope,
                points: line.points,
                past: value.map(|value| PastValue { value, interval: line.interval, samples }),
            }
        }))
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

    /// The lines of the agents `first..=last` in these runs, as they stand today, in order of agent id, run id and line.
    pub async fn line_history(&self, run_ids: &[i64], first: i64, last: i64) -> Result<Vec<PastLine>, StoreError> {
        if run_ids.is_empty() {
            return Ok(Vec::new());
        }
        let runs: Vec<String> = run_ids.iter().map(i64::to_string).collect();
        let text = format!(
            "SELECT s.agent_id, s.run_id, c.code AS cycle_code, s.employee_number, COALESCE(n.working, s.working) AS working
            FROM scorecard s JOIN run r ON r.id = s.run_id JOIN cycle c ON c.id = r.cycle_id
            LEFT JOIN agent_result x
                ON x.cycle_id = r.cycle_id AND x.employee_number = s.employee_number AND x.revised_run_id IS NOT NULL
            LEFT JOIN scorecard n ON n.run_id = x.revised_run_id AND n.agent_id = s.agent_id
            WHERE s.run_id IN ({}) AND s.agent_id BETWEEN $1 AND $2 ORDER BY s.agent_id, s.run_id",
            runs.join(", ")
        );
        let results: Vec<PastResult> =
            fetch(&self.readers, "reading earlier results", text, [first.into(), last.into()]).await?;
        let mut past = Vec::new();
        for result in results {
            past.extend(result.lines()?);
        }
        Ok(past)
    }
}
