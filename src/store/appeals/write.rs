//! Raising, assigning, deciding and withdrawing appeals, each with where the agent's result stands.

use chrono::{DateTime, NaiveDate, Utc};
use entity::appeal;
use entity::day::Day;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, EntityTrait, NotSet, Set};
use uuid::Uuid;

use super::super::agent_results::change::take_on;
use super::super::cycle_events::Doer;
use super::super::error::Step;
use super::super::revisions::write::keep;
use super::super::runs::begin::Run;
use super::super::write::{Lock, execute, instant, plain};
use super::super::{NewRevision, Store, StoreError};
use super::read::{Appeal, state_of};
use crate::domain::agent_result::ResultAct;
use crate::domain::appeal::{AppealState, AppealSubject};

const STEP: &str = "keeping an appeal";

/// An appeal to be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAppeal {
    pub public_id: Uuid,
    pub cycle_id: i64,
    pub agent_id: i64,
    pub employee_number: String,
    pub unit_id: i64,
    pub subject: AppealSubject,
    /// Of the line it is about.
    pub metric: Option<String>,
    pub grounds: String,
    pub raised_at: DateTime<Utc>,
    pub due: NaiveDate,
}

/// What somebody decides about an open appeal that is theirs to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'a> {
    pub appeal: &'a Appeal,
    pub by: Doer,
    pub at: DateTime<Utc>,
    pub reason: String,
}

impl Store {
    /// Raises an appeal. Errors: `ResultState` for a result that cannot be appealed, such as one whose appeal is open already.
    pub async fn raise_appeal(&self, new: &NewAppeal) -> Result<Appeal, StoreError> {
        let tx = self.begin_write(&[]).await?;
        take_on(&tx, (new.cycle_id, new.agent_id), ResultAct::Appeal).await?;
        let row = appeal::ActiveModel {
            id: NotSet,
            public_id: Set(new.public_id),
            cycle_id: Set(new.cycle_id),
            agent_id: Set(new.agent_id),
            employee_number: Set(new.employee_number.clone()),
            unit_id: Set(new.unit_id),
            subject: Set(new.subject.kind().to_owned()),
            line: Set(new.subject.line().map(str::to_owned)),
            metric: Set(new.metric.clone()),
            grounds: Set(plain(&new.grounds)),
            state: Set(AppealState::Open.as_str().to_owned()),
            raised_at: Set(instant(new.raised_at)),
            due: Set(Day(new.due)),
            assigned_to: Set(None),
            assigned_account: Set(None),
            decided_by: Set(None),
            decided_account: Set(None),
            decided_at: Set(None),
            reason: Set(None),
            revision_run_id: Set(None),
        };
        let model = row.insert(&tx).await.step(STEP)?;
        self.finish(tx, STEP).await?;
        Appeal::try_from(model)
    }

    /// Gives an open appeal to whoever shall decide it. Errors: `AppealState`.
    pub async fn assign_appeal(&self, appeal: &Appeal, to: &Doer) -> Result<(), StoreError> {
        let tx = self.begin_write(&[]).await?;
        let (operator, account) = to.columns();
        let text = "UPDATE appeal SET assigned_to = $2, assigned_account = $3 WHERE id = $1 AND state = 'open'";
        let changed = execute(&tx, STEP, text, [appeal.id.into(), operator.into(), account.into()]).await?;
        still_open(&tx, appeal, changed).await?;
        self.finish(tx, STEP).await
    }

    /// The result stays. Errors: `AppealState`; `Changed` when it is somebody else's meanwhile.
    pub async fn uphold_appeal(&self, decision: &Decision<'_>) -> Result<(), StoreError> {
        let tx = self.begin_write(&[]).await?;
        close(&tx, decision, AppealState::Upheld, None).await?;
        take_on(&tx, whose(decision.appeal), ResultAct::Uphold).await?;
        self.finish(tx, STEP).await
    }

    /// A new revision takes the result's place. Errors: as for upholding, and as for a revision.
    pub async fn vary_appeal(&self, decision: &Decision<'_>, new: &NewRevision) -> Result<Run, StoreError> {
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let run = keep(&tx, new).await?;
        close(&tx, decision, AppealState::Varied, Some(run.id)).await?;
        self.finish(tx, STEP).await?;
        Ok(run)
    }

    /// The agent takes the appeal back. Errors: `AppealState`.
    pub async fn withdraw_appeal(&self, appeal: &Appeal, by: &Doer, at: DateTime<Utc>) -> Result<(), StoreError> {
        let tx = self.begin_write(&[]).await?;
        let (operator, account) = by.columns();
        let text = "UPDATE appeal SET state = 'withdrawn', decided_by = $2, decided_account = $3, decided_at = $4
            WHERE id = $1 AND state = 'open'";
        let values = [appeal.id.into(), operator.into(), account.into(), instant(at).into()];
        let changed = execute(&tx, STEP, text, values).await?;
        still_open(&tx, appeal, changed).await?;
        take_on(&tx, whose(appeal), ResultAct::Withdraw).await?;
        self.finish(tx, STEP).await
    }
}

fn whose(appeal: &Appeal) -> (i64, i64) {
    (appeal.cycle_id, appeal.agent_id)
}

async fn close(
    tx: &DatabaseTransaction,
    decision: &Decision<'_>,
    state: AppealState,
    revision: Option<i64>,
) -> Result<(), StoreError> {
    let Decision { appeal, by, at, reason } = decision;
    let (operator, account) = by.columns();
    let text = format!(
        "UPDATE appeal SET state = '{state}', decided_by = $2, decided_account = $3, decided_at = $4, reason = $5, revision_run_id = $6
        WHERE id = $1 AND state = 'open'
            AND assigned_to IS NOT DISTINCT FROM $2 AND assigned_account IS NOT DISTINCT FROM $3"
    );
    let values =
        [appeal.id.into(), operator.into(), account.into(), instant(*at).into(), plain(reason).into(), revision.into()];
    let changed = execute(tx, STEP, text, values).await?;
    still_open(tx, appeal, changed).await
}

/// Refuses what changed nothing because the appeal is not open, or no longer whose it was.
async fn still_open(tx: &DatabaseTransaction, appeal: &Appeal, changed: u64) -> Result<(), StoreError> {
    if changed == 1 {
        return Ok(());
    }
    let found = appeal::Entity::find_by_id(appeal.id).one(tx).await.step(STEP)?;
    let name = appeal.public_id.to_string();
    let found = found.ok_or_else(|| StoreError::NotFound { what: "appeal", name: name.clone() })?;
    match state_of(found.state)? {
        AppealState::Open => Err(StoreError::Changed { what: "the appeal", name }),
        state => Err(StoreError::AppealState { state }),
    }
}
