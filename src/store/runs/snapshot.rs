//! The snapshot a run scores: the tree of units and, packed, everything the run knows of each agent.

use std::sync::Arc;

use entity::{run_agent, run_unit};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::super::error::Step;
use super::super::{Store, StoreError, bulk};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunUnit {
    pub unit_id: i64,
    pub parent_id: Option<i64>,
    pub code: String,
    /// Such as `team` or `province`.
    pub kind: String,
    /// What lines of the unit's card may carry from the cycle before; packed by the caller, the store does not look inside.
    pub carried: Option<Vec<u8>>,
}

/// What a run knows of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRow {
    pub agent_id: i64,
    pub employee_number: String,
    /// Of the last stretch.
    pub unit_id: i64,
    /// Packed by the caller; the store does not look inside.
    pub snapshot: Vec<u8>,
}

impl Store {
    /// Keeps the units of a running run.
    ///
    /// Errors: `RunNotRunning`.
    pub async fn write_run_units(&self, run_id: i64, units: &[RunUnit]) -> Result<(), StoreError> {
        let step = "freezing the units";
        let tx = self.begin_part(run_id).await?;
        let rows = units.iter().cloned().map(|RunUnit { unit_id, parent_id, code, kind, carried }| run_unit::Model {
            run_id,
            unit_id,
            parent_id,
            code,
            kind,
            carried,
        });
        bulk::insert::<run_unit::Entity>(&tx, step, rows).await?;
        tx.commit().await.step(step)
    }

    /// Keeps what a running run knows of some agents, in one transaction; call it once a chunk (a few thousand agents).
    ///
    /// Errors: `RunNotRunning`.
    pub async fn write_snapshot(&self, run_id: i64, rows: Vec<SnapshotRow>) -> Result<(), StoreError> {
        let step = "freezing facts";
        let tx = self.begin_part(run_id).await?;
        let rows = rows.into_iter().map(|SnapshotRow { agent_id, employee_number, unit_id, snapshot }| {
            run_agent::Model { run_id, agent_id, employee_number, unit_id, snapshot }
        });
        bulk::insert::<run_agent::Entity>(&tx, step, rows).await?;
        tx.commit().await.step(step)
    }

    /// A run's units in order of code.
    pub async fn run_units(&self, run_id: i64) -> Result<Vec<RunUnit>, StoreError> {
        let rows = run_unit::Entity::find()
            .filter(run_unit::Column::RunId.eq(run_id))
            .order_by_asc(run_unit::Column::Code)
            .all(&self.readers)
            .await
            .step("reading a run's units")?;
        let unit = |row: run_unit::Model| RunUnit {
            unit_id: row.unit_id,
            parent_id: row.parent_id,
            code: row.code,
            kind: row.kind,
            carried: row.carried,
        };
        Ok(rows.into_iter().map(unit).collect())
    }

    /// The units of a complete run in order of code, without what they carry: kept once read.
    pub async fn unit_tree(&self, run_id: i64) -> Result<Arc<[RunUnit]>, StoreError> {
        let key = run_id.to_string();
        if let Some(known) = self.sums.units.known(&key) {
            return Ok(known);
        }
        let mut units = self.run_units(run_id).await?;
        units.iter_mut().for_each(|unit| unit.carried = None);
        Ok(self.sums.units.keep(key, units))
    }

    /// At most `limit` agents after the agent id `after`, in order of id. Empty at the end.
    pub async fn snapshot_chunk(
        &self,
        run_id: i64,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Vec<SnapshotRow>, StoreError> {
        let rows = run_agent::Entity::find()
            .filter(run_agent::Column::RunId.eq(run_id))
            .filter(run_agent::Column::AgentId.gt(after.unwrap_or(i64::MIN)))
            .order_by_asc(run_agent::Column::AgentId)
            .limit(limit)
            .all(&self.readers)
            .await
            .step("reading a run's snapshot")?;
        let row = |row: run_agent::Model| SnapshotRow {
            agent_id: row.agent_id,
            employee_number: row.employee_number,
            unit_id: row.unit_id,
            snapshot: row.snapshot,
        };
        Ok(rows.into_iter().map(row).collect())
    }
}
