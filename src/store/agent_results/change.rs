//! Taking one agent's result on.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::super::error::Step;
use super::super::write::{execute, instant};
use super::super::{Store, StoreError};
use super::follow::listed;
use super::read::{AgentResult, state_of};
use crate::domain::agent_result::ResultAct;

const STEP: &str = "taking a result on";

/// Takes the result on by the act, and holds it until the transaction ends. Errors: `NotFound` before the review; `ResultState` where the act cannot be done.
pub(in super::super) async fn take_on(
    tx: &DatabaseTransaction,
    (cycle_id, agent_id): (i64, i64),
    act: ResultAct,
) -> Result<(), StoreError> {
    let (to, from) = (act.to(), listed(act.from()));
    let text =
        format!("UPDATE agent_result SET state = '{to}' WHERE cycle_id = $1 AND agent_id = $2 AND state IN ({from})");
    if execute(tx, STEP, text, [cycle_id.into(), agent_id.into()]).await? == 1 {
        return Ok(());
    }
    let found = entity::agent_result::Entity::find_by_id((cycle_id, agent_id)).one(tx).await.step(STEP)?;
    let found = found.ok_or_else(|| StoreError::NotFound { what: "result of agent", name: agent_id.to_string() })?;
    Err(StoreError::ResultState { employee_number: found.employee_number, state: state_of(found.state)?, act })
}

impl Store {
    /// The agent takes note of the published result. Errors: as for every act with a result.
    pub async fn acknowledge(
        &self,
        result: &AgentResult,
        comment: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let tx = self.begin_write(&[]).await?;
        take_on(&tx, (result.cycle_id, result.agent_id), ResultAct::Acknowledge).await?;
        let text = "UPDATE agent_result SET acknowledged_at = $3, acknowledged_by_agent = $4, acknowledged_comment = $5
            WHERE cycle_id = $1 AND agent_id = $2";
        let comment = comment.map(str::to_owned);
        let values = [result.cycle_id.into(), result.agent_id.into(), instant(at).into(), true.into(), comment.into()];
        execute(&tx, STEP, text, values).await?;
        self.finish(tx, STEP).await
    }
}
