//! What earlier cycles said, for the rule that suggests improvement plans.

use sea_orm::FromQueryResult;

use super::super::packed::unpack;
use super::super::write::fetch;
use super::super::{Store, StoreError};
use crate::domain::improvement::PastValue;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::{CardResult, Measure, Scope};

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

/// A card of an earlier run, packed.
#[derive(FromQueryResult)]
struct PastCard {
    agent_id: i64,
    run_id: i64,
    employee_number: String,
    working: Vec<u8>,
}

impl PastCard {
    /// Its lines with a value in their metric's unit, which an index has not.
    fn lines(&self) -> Result<impl Iterator<Item = PastLine>, StoreError> {
        let card: CardResult = unpack(format_args!("the scorecard of {}", self.employee_number), &self.working)?;
        let (agent_id, run_id) = (self.agent_id, self.run_id);
        let values = card.lines.into_iter().filter(|line| line.measure == Measure::Value);
        Ok(values.filter_map(move |line| {
            let past = PastValue { value: line.value?, interval: line.interval, samples: line.pooled.samples };
            Some(PastLine { agent_id, run_id, metric: line.metric, scope: line.scope, past })
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

    /// The lines with a value of the agents `first..=last` in these runs, in order of agent id, run id and line.
    pub async fn value_history(&self, run_ids: &[i64], first: i64, last: i64) -> Result<Vec<PastLine>, StoreError> {
        if run_ids.is_empty() {
            return Ok(Vec::new());
        }
        let runs: Vec<String> = run_ids.iter().map(i64::to_string).collect();
        let text = format!(
            "SELECT agent_id, run_id, employee_number, working FROM scorecard
            WHERE run_id IN ({}) AND agent_id BETWEEN $1 AND $2 ORDER BY agent_id, run_id",
            runs.join(", ")
        );
        let cards: Vec<PastCard> =
            fetch(&self.readers, "reading earlier values", text, [first.into(), last.into()]).await?;
        let mut past = Vec::new();
        for card in cards {
            past.extend(card.lines()?);
        }
        Ok(past)
    }
}
