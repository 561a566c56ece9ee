//! Reading which results stand, and the revisions there were.

use chrono::{DateTime, Utc};
use entity::run_agent;
use sea_orm::{EntityTrait, FromQueryResult};

use super::super::error::Step;
use super::super::write::{fetch, fetch_one};
use super::super::{SnapshotRow, Store, StoreError};
use super::write::RevisionKind;

/// The runs whose result and payout stand for an agent; where both are absent, the cycle's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StandingRuns {
    pub revised: Option<i64>,
    pub paid: Option<i64>,
}

/// An agent with a result in a cycle, and the revision that stands for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct StandingAgent {
    pub agent_id: i64,
    pub revised_run_id: Option<i64>,
}

/// One of the results that an agent had in a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRevision {
    pub run_id: i64,
    pub revision: i64,
    /// `None` for the result the cycle was published with.
    pub kind: Option<RevisionKind>,
    pub reason: Option<String>,
    pub made_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct StandingRow {
    revised_run_id: Option<i64>,
    paid_run_id: Option<i64>,
}

#[derive(FromQueryResult)]
struct RevisionRow {
    run_id: i64,
    revision: i64,
    kind: Option<String>,
    reason: Option<String>,
    made_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

impl From<run_agent::Model> for SnapshotRow {
    fn from(model: run_agent::Model) -> Self {
        let run_agent::Model { run_id: _, agent_id, employee_number, unit_id, snapshot } = model;
        Self { agent_id, employee_number, unit_id, snapshot }
    }
}

impl Store {
    /// The runs that stand for an agent's result of a cycle.
    pub async fn standing_runs(&self, cycle_id: i64, employee_number: &str) -> Result<StandingRuns, StoreError> {
        let text = "SELECT revised_run_id, paid_run_id FROM agent_result WHERE cycle_id = $1 AND employee_number = $2";
        let values = [cycle_id.into(), employee_number.into()];
        let found: Option<StandingRow> =
            fetch_one(&self.readers, "looking up which result stands", text, values).await?;
        Ok(found.map_or_else(StandingRuns::default, |row| StandingRuns {
            revised: row.revised_run_id,
            paid: row.paid_run_id,
        }))
    }

    /// The agents `first..=last` with a result in a cycle, in order of id.
    pub async fn standing_agents(
        &self,
        cycle_id: i64,
        (first, last): (i64, i64),
    ) -> Result<Vec<StandingAgent>, StoreError> {
        let text = "SELECT agent_id, revised_run_id FROM agent_result
            WHERE cycle_id = $1 AND agent_id BETWEEN $2 AND $3 ORDER BY agent_id";
        fetch(&self.readers, "reading which results stand", text, [cycle_id.into(), first.into(), last.into()]).await
    }

    /// The snapshots of revisions that stand for the agents `first..=last`, in order of id.
    pub async fn revised_snapshots(
        &self,
        cycle_id: i64,
        (first, last): (i64, i64),
    ) -> Result<Vec<SnapshotRow>, StoreError> {
        let text = "SELECT s.* FROM agent_result x
            JOIN run_agent s ON s.run_id = x.revised_run_id AND s.agent_id = x.agent_id
            WHERE x.cycle_id = $1 AND x.agent_id BETWEEN $2 AND $3 AND x.revised_run_id IS NOT NULL ORDER BY x.agent_id";
        let values = [cycle_id.into(), first.into(), last.into()];
        let rows: Vec<run_agent::Model> =
            fetch(&self.readers, "reading the snapshots of revisions", text, values).await?;
        Ok(rows.into_iter().map(SnapshotRow::from).collect())
    }

    /// What a run knows of one agent.
    pub async fn snapshot_of(&self, run_id: i64, agent_id: i64) -> Result<Option<SnapshotRow>, StoreError> {
        let found = run_agent::Entity::find_by_id((run_id, agent_id)).one(&self.readers).await;
        Ok(found.step("looking up an agent's snapshot")?.map(SnapshotRow::from))
    }

    /// The results of an agent that stood in a cycle one after the other: that of the base run, and the revisions of it.
    pub async fn revisions_of(&self, base_run_id: i64, agent_id: i64) -> Result<Vec<StoredRevision>, StoreError> {
        let text = "SELECT r.id AS run_id, r.revision, v.kind, v.reason, r.finished_at AS made_at
            FROM run r LEFT JOIN revision v ON v.run_id = r.id
            WHERE (r.id = $1 OR v.base_run_id = $1)
                AND EXISTS (SELECT 1 FROM run_agent s WHERE s.run_id = r.id AND s.agent_id = $2)
            ORDER BY r.revision";
        let rows: Vec<RevisionRow> =
            fetch(&self.readers, "reading the revisions of a result", text, [base_run_id.into(), agent_id.into()])
                .await?;
        let revision = |row: RevisionRow| {
            Ok(StoredRevision {
                run_id: row.run_id,
                revision: row.revision,
                kind: row.kind.map(RevisionKind::of).transpose()?,
                reason: row.reason,
                made_at: row.made_at,
            })
        };
        rows.into_iter().map(revision).collect()
    }

    /// The run of a base run's revision with this number.
    pub async fn revision_numbered(&self, base_run_id: i64, revision: i64) -> Result<Option<i64>, StoreError> {
        let text =
            "SELECT r.id FROM revision v JOIN run r ON r.id = v.run_id WHERE v.base_run_id = $1 AND r.revision = $2";
        let values = [base_run_id.into(), revision.into()];
        let found: Option<IdRow> = fetch_one(&self.readers, "looking up a revision", text, values).await?;
        Ok(found.map(|row| row.id))
    }

    /// The runs of a base run's revisions, oldest first.
    pub async fn revision_runs(&self, base_run_id: i64) -> Result<Vec<i64>, StoreError> {
        let text = "SELECT run_id AS id FROM revision WHERE base_run_id = $1 ORDER BY run_id";
        let rows: Vec<IdRow> = fetch(&self.readers, "reading revisions", text, [base_run_id.into()]).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }
}
