//! What an act with a whole cycle does to the result of each of its agents, in the act's own transaction.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, FromQueryResult, Value};

use super::super::StoreError;
use super::super::cycle::Cycle;
use super::super::reach::{Tree, below};
use super::super::revisions::adjustments::refuse_posted;
use super::super::write::{execute, fetch_one, instant};
use crate::domain::agent_result::{ResultAct, ResultState};
use crate::domain::cycle::{CycleAct, CycleState};

const STEP: &str = "taking the results of a cycle on";

#[derive(FromQueryResult)]
struct CountRow {
    results: i64,
}

/// An act with a whole cycle.
pub(in super::super) struct Followed<'a> {
    pub(in super::super) act: CycleAct,
    /// Units that it is about, each with everything below; none for all.
    pub(in super::super) units: &'a [i64],
    /// The run whose results are the cycle's now.
    pub(in super::super) run_id: Option<i64>,
    pub(in super::super) at: DateTime<Utc>,
}

/// Follows an act that took the cycle `before` on.
pub(in super::super) async fn follow(
    tx: &DatabaseTransaction,
    before: &Cycle,
    followed: Followed<'_>,
) -> Result<(), StoreError> {
    let Followed { act, units, run_id, at } = followed;
    match (act, before.state) {
        (CycleAct::BeginReview, _) => begin(tx, before.id, run_id).await,
        (CycleAct::Score, CycleState::InReview) => computed_anew(tx, before.id, run_id).await,
        // It is scored anew, by other facts perhaps, and begins again; what was handed in stays.
        (CycleAct::SendBack, CycleState::InReview) => forget(tx, before.id).await,
        (CycleAct::Cancel, _) => {
            refuse_posted(tx, before).await?;
            forget(tx, before.id).await
        }
        (CycleAct::Calibrate, _) => all(tx, before.id, ResultAct::Calibrate).await,
        (CycleAct::SendBack, CycleState::Calibrated) => back_to_review(tx, before.id, run_id).await,
        (CycleAct::SendBack, CycleState::Approved) => back_to_review(tx, before.id, run_id).await,
        (CycleAct::Publish, _) => publish(tx, before, run_id, units, at).await,
        (CycleAct::BeginAppeals, _) => refuse_unpublished(tx, before).await,
        (CycleAct::Finalise, _) => {
            refuse_open_appeals(tx, before).await?;
            deem_acknowledged(tx, before.id, at).await?;
            all(tx, before.id, ResultAct::Finalise).await
        }
        _ => Ok(()),
    }
}

async fn begin(tx: &DatabaseTransaction, cycle_id: i64, run_id: Option<i64>) -> Result<(), StoreError> {
    let text = "INSERT INTO agent_result (cycle_id, agent_id, employee_number, unit_id, state, reviewed_at)
        SELECT $1, s.agent_id, s.employee_number, s.unit_id, CASE WHEN r.at IS NULL THEN s.state ELSE 'reviewed' END, r.at
        FROM scorecard s LEFT JOIN (
            SELECT agent_id, MAX(submitted_at) AS at FROM review
            WHERE cycle_id = $1 AND rater_group = 'supervisor' AND state = 'submitted' GROUP BY agent_id
        ) r ON r.agent_id = s.agent_id
        WHERE s.run_id = $2";
    execute(tx, STEP, text, [cycle_id.into(), run_id.into()]).await.map(drop)
}

async fn forget(tx: &DatabaseTransaction, cycle_id: i64) -> Result<(), StoreError> {
    execute(tx, STEP, "DELETE FROM agent_result WHERE cycle_id = $1", [cycle_id.into()]).await.map(drop)
}

/// Results that nobody reviewed are what the new scoring says.
async fn computed_anew(tx: &DatabaseTransaction, cycle_id: i64, run_id: Option<i64>) -> Result<(), StoreError> {
    let text = format!(
        "UPDATE agent_result SET state = (
            SELECT s.state FROM scorecard s WHERE s.run_id = $2 AND s.agent_id = agent_result.agent_id
        ) WHERE cycle_id = $1 AND state IN ({}) AND EXISTS (
            SELECT 1 FROM scorecard s
            WHERE s.run_id = $2 AND s.agent_id = agent_result.agent_id AND s.state <> agent_result.state
        )",
        listed(ResultState::COMPUTED)
    );
    execute(tx, STEP, text, [cycle_id.into(), run_id.into()]).await.map(drop)
}

async fn back_to_review(tx: &DatabaseTransaction, cycle_id: i64, run_id: Option<i64>) -> Result<(), StoreError> {
    let text = "UPDATE agent_result SET state = CASE WHEN reviewed_at IS NOT NULL THEN 'reviewed' ELSE (
            SELECT s.state FROM scorecard s WHERE s.run_id = $2 AND s.agent_id = agent_result.agent_id
        ) END WHERE cycle_id = $1";
    execute(tx, STEP, text, [cycle_id.into(), run_id.into()]).await.map(drop)
}

/// Takes every result on that the act can be done with.
async fn all(tx: &DatabaseTransaction, cycle_id: i64, act: ResultAct) -> Result<(), StoreError> {
    let (to, from) = (act.to(), listed(act.from()));
    let text = format!("UPDATE agent_result SET state = '{to}' WHERE cycle_id = $1 AND state IN ({from})");
    execute(tx, STEP, text, [cycle_id.into()]).await.map(drop)
}

/// Publishes the results of these units of the run's own tree, or all that wait. Errors: `NothingToPublish`.
async fn publish(
    tx: &DatabaseTransaction,
    before: &Cycle,
    run_id: Option<i64>,
    units: &[i64],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (to, from) = (ResultAct::Publish.to(), listed(ResultAct::Publish.from()));
    let mut values: Vec<Value> = vec![run_id.into(), before.id.into(), instant(at).into()];
    // The run stands in the text only where units do.
    let of = match units {
        [] => "CAST($1 AS BIGINT) IS NOT NULL".to_owned(),
        _ => format!("unit_id IN {}", below(Tree::OfRun, units.iter().copied(), &mut values)),
    };
    let text = format!(
        "UPDATE agent_result SET state = '{to}', published_at = $3 WHERE cycle_id = $2 AND state IN ({from}) AND {of}"
    );
    match execute(tx, STEP, text, values).await? {
        // A cycle of nobody is published all the same.
        0 if before.state == CycleState::Published || !units.is_empty() => {
            Err(StoreError::NothingToPublish { code: before.code.clone() })
        }
        _ => Ok(()),
    }
}

async fn refuse_unpublished(tx: &DatabaseTransaction, cycle: &Cycle) -> Result<(), StoreError> {
    let text = "SELECT COUNT(*) AS results FROM agent_result WHERE cycle_id = $1 AND state = 'calibrated'";
    let waiting: Option<CountRow> = fetch_one(tx, STEP, text, [cycle.id.into()]).await?;
    match waiting.map_or(0, |row| row.results) {
        0 => Ok(()),
        results => Err(StoreError::Unpublished { code: cycle.code.clone(), results }),
    }
}

/// Who said nothing until the end has taken note.
async fn deem_acknowledged(tx: &DatabaseTransaction, cycle_id: i64, at: DateTime<Utc>) -> Result<(), StoreError> {
    let text = format!(
        "UPDATE agent_result SET acknowledged_at = $2, acknowledged_by_agent = $3 WHERE cycle_id = $1 AND state = '{}'",
        ResultState::Published
    );
    execute(tx, STEP, text, [cycle_id.into(), instant(at).into(), false.into()]).await.map(drop)
}

async fn refuse_open_appeals(tx: &DatabaseTransaction, cycle: &Cycle) -> Result<(), StoreError> {
    // Held from here on: an appeal that comes meanwhile waits, and finds the result final.
    let text = "UPDATE agent_result SET state = state WHERE cycle_id = $1 AND state = 'appealed'";
    match execute(tx, STEP, text, [cycle.id.into()]).await? {
        0 => Ok(()),
        open => Err(StoreError::OpenAppeals { code: cycle.code.clone(), open }),
    }
}

/// States for SQL's `IN`; codes of our own, never text from outside.
pub(in super::super) fn listed(states: &[ResultState]) -> String {
    states.iter().map(|state| format!("'{state}'")).collect::<Vec<_>>().join(", ")
}
