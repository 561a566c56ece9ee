//! Who is not appraised in a cycle by somebody's decision.

use chrono::{DateTime, Utc};
use entity::exemption::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, QueryOrder, Set};

use super::access::account::logins;
use super::cycle::{Cycle, count_input};
use super::cycle_events::Doer;
use super::error::Step;
use super::write::{Lock, execute, instant, plain};
use super::{Store, StoreError};
use crate::domain::appraisal::ExemptionReason;
use crate::domain::cycle::CycleState;

/// A decision that an agent is not appraised in a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExemption {
    pub cycle_id: i64,
    pub agent_id: i64,
    pub reason: ExemptionReason,
    pub note: String,
    pub granted_by: Doer,
    pub granted_at: DateTime<Utc>,
}

/// A decision that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingExemption {
    pub agent_id: i64,
    pub reason: ExemptionReason,
    pub note: String,
    pub granted_by: Doer,
    pub granted_at: DateTime<Utc>,
}

impl StandingExemption {
    fn from_model(model: Model) -> Result<Self, StoreError> {
        let Model {
            id: _,
            cycle_id: _,
            agent_id,
            reason,
            note,
            granted_by,
            granted_by_account,
            granted_at,
            lifted_by: _,
            lifted_by_account: _,
            lifted_at: _,
        } = model;
        let unreadable = |_| StoreError::Unreadable { what: "the reason of an exemption", value: reason.clone() };
        let reason = reason.parse().map_err(unreadable)?;
        Ok(Self { agent_id, reason, note, granted_by: Doer::of(granted_by, granted_by_account), granted_at })
    }
}

impl Store {
    /// Keeps a decision. Errors: `AlreadyExempt`; `NotFound` for the cycle; `ResultsAreOut` once the cycle is approved.
    pub async fn exempt(&self, exemption: &NewExemption) -> Result<(), StoreError> {
        let step = "keeping an exemption";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        until_calibrated(&tx, exemption.cycle_id).await?;
        if let Some(standing) = standing(&tx, exemption.cycle_id, exemption.agent_id).await? {
            let granted_by = match Doer::of(standing.granted_by, standing.granted_by_account) {
                Doer::Operator(name) => name,
                Doer::Account(id) => logins(&tx, &[id]).await?.remove(&id).unwrap_or_default(),
            };
            return Err(StoreError::AlreadyExempt { reason: standing.reason, granted_by });
        }
        let (granted_by, granted_by_account) = exemption.granted_by.columns();
        let row = ActiveModel {
            id: NotSet,
            cycle_id: Set(exemption.cycle_id),
            agent_id: Set(exemption.agent_id),
            reason: Set(exemption.reason.as_str().to_owned()),
            note: Set(plain(&exemption.note)),
            granted_by: Set(granted_by.as_deref().map(plain)),
            granted_by_account: Set(granted_by_account),
            granted_at: Set(instant(exemption.granted_at)),
            lifted_by: Set(None),
            lifted_by_account: Set(None),
            lifted_at: Set(None),
        };
        row.insert(&tx).await.step(step)?;
        self.finish(tx, step).await
    }

    /// Lifts the standing decision, which is kept with who lifted it and when. Errors: `NotFound` when none stands or there is no
    /// such cycle; `ResultsAreOut` once the cycle is approved.
    pub async fn lift_exemption(
        &self,
        cycle_id: i64,
        agent_id: i64,
        lifted_by: &Doer,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let step = "lifting an exemption";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        until_calibrated(&tx, cycle_id).await?;
        let text = "UPDATE exemption SET lifted_by = $1, lifted_by_account = $2, lifted_at = $3
            WHERE cycle_id = $4 AND agent_id = $5 AND lifted_at IS NULL";
        let (by, by_account) = lifted_by.columns();
        let by = by.as_deref().map(plain);
        let values = [by.into(), by_account.into(), instant(now).into(), cycle_id.into(), agent_id.into()];
        if execute(&tx, step, text, values).await? == 0 {
            return Err(StoreError::NotFound { what: "standing exemption of agent", name: agent_id.to_string() });
        }
        self.finish(tx, step).await
    }

    /// Decisions that stand for the agents `first_agent..=last_agent`, in order of agent id.
    pub async fn exemptions_of(
        &self,
        cycle_id: i64,
        first_agent: i64,
        last_agent: i64,
    ) -> Result<Vec<StandingExemption>, StoreError> {
        let found = Entity::find()
            .filter(Column::CycleId.eq(cycle_id))
            .filter(Column::AgentId.between(first_agent, last_agent))
            .filter(Column::LiftedAt.is_null())
            .order_by_asc(Column::AgentId)
            .all(&self.readers)
            .await
            .step("reading exemptions")?;
        found.into_iter().map(StandingExemption::from_model).collect()
    }
}

async fn standing(tx: &DatabaseTransaction, cycle_id: i64, agent_id: i64) -> Result<Option<Model>, StoreError> {
    let found = Entity::find()
        .filter(Column::CycleId.eq(cycle_id))
        .filter(Column::AgentId.eq(agent_id))
        .filter(Column::LiftedAt.is_null());
    found.one(tx).await.step("looking up an exemption")
}

/// What people decide of results can change until the review is complete: what is shown for approval stays as it is. Errors: `ResultsAreOut`.
pub(super) async fn until_calibrated(tx: &DatabaseTransaction, cycle_id: i64) -> Result<(), StoreError> {
    use CycleState::{Draft, Frozen, InReview, Open, Scored};
    let out = |cycle: Cycle| StoreError::ResultsAreOut { code: cycle.code, state: cycle.state.to_string() };
    count_input(tx, cycle_id, &[Draft, Open, Frozen, Scored, InReview], out).await
}
