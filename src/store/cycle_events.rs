//! What is done with a cycle as a whole: its state changes and the event is kept, or neither.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{cycle, cycle_event};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, QueryOrder, Set, Unchanged,
};

use super::agent_results::follow::{Followed, follow};
use super::cycle::{Cycle, cycle_state};
use super::error::Step;
use super::write::{Lock, instant};
use super::{Store, StoreError};
use crate::domain::cycle::{CycleAct, CycleState};

/// Who did something. An account is kept by its id, so that a leaver's login is forgotten with the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doer {
    /// As the audit log names them.
    Operator(String),
    Account(i64),
}

impl Doer {
    pub(super) fn columns(&self) -> (Option<String>, Option<i64>) {
        match self {
            Self::Operator(name) => (Some(name.clone()), None),
            Self::Account(id) => (None, Some(*id)),
        }
    }

    /// From its columns, of which one is there.
    pub(super) fn of(name: Option<String>, account_id: Option<i64>) -> Self {
        account_id.map_or_else(|| Self::Operator(name.unwrap_or_default()), Self::Account)
    }

    /// What people call them; an account by its present login.
    pub fn name<'a>(&'a self, logins: &'a BTreeMap<i64, String>) -> &'a str {
        match self {
            Self::Operator(name) => name,
            Self::Account(id) => logins.get(id).map(String::as_str).unwrap_or_default(),
        }
    }

    pub fn account_id(&self) -> Option<i64> {
        match self {
            Self::Operator(_) => None,
            Self::Account(id) => Some(*id),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCycleEvent {
    pub act: CycleAct,
    pub by: Doer,
    pub at: DateTime<Utc>,
    pub reason: Option<String>,
    /// What was shown for approval, or approved: its digest, and it itself as JSON.
    pub sheet: Option<(String, String)>,
    /// Ids and codes of the units that are published, each with everything below; none for all that are left.
    pub units: Vec<(i64, String)>,
}

/// Something that was done with a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleEvent {
    pub act: CycleAct,
    pub from: CycleState,
    pub to: CycleState,
    pub at: DateTime<Utc>,
    pub by: Doer,
    /// Of the results shown at that time.
    pub run_id: Option<i64>,
    pub reason: Option<String>,
    pub digest: Option<String>,
    pub sheet: Option<String>,
    /// Codes of the units that were published; none where it was not by unit.
    pub units: Vec<String>,
}

impl TryFrom<cycle_event::Model> for CycleEvent {
    type Error = StoreError;

    fn try_from(model: cycle_event::Model) -> Result<Self, StoreError> {
        let cycle_event::Model {
            id: _,
            cycle_id: _,
            act,
            from_state,
            to_state,
            at,
            actor,
            account_id,
            run_id,
            reason,
            digest,
            sheet,
            units,
        } = model;
        let units = units.map(|units| {
            serde_json::from_str(&units)
                .map_err(|_| StoreError::Unreadable { what: "the units of an event", value: units })
        });
        Ok(Self {
            act: CycleAct::of(&act).ok_or(StoreError::Unreadable { what: "the act of a cycle", value: act })?,
            from: cycle_state(from_state)?,
            to: cycle_state(to_state)?,
            at,
            by: Doer::of(actor, account_id),
            run_id,
            reason,
            digest,
            sheet,
            units: units.transpose()?.unwrap_or_default(),
        })
    }
}

impl Store {
    /// Does the act with the cycle, which still shows the run `seen`.
    ///
    /// Errors: `NotFound`; `CycleState` where the act cannot be done; `Changed` when it shows another run meanwhile.
    pub async fn act_on_cycle(
        &self,
        code: &str,
        seen: Option<i64>,
        event: &NewCycleEvent,
    ) -> Result<Cycle, StoreError> {
        let step = "changing the state of a cycle";
        let tx = self.begin_write(&[Lock::Cycles]).await?;
        let found = cycle::Entity::find().filter(cycle::Column::Code.eq(code)).one(&tx).await.step(step)?;
        let model = found.ok_or_else(|| StoreError::NotFound { what: "cycle", name: code.to_owned() })?;
        let before = Cycle::from_model(model)?;
        if before.current_run_id != seen {
            return Err(StoreError::Changed { what: "cycle", name: before.code });
        }
        let after = enter(&tx, &before, before.current_run_id, event).await?;
        self.finish(tx, step).await?;
        Ok(after)
    }

    /// What was done with a cycle, oldest first.
    pub async fn cycle_events(&self, cycle_id: i64) -> Result<Vec<CycleEvent>, StoreError> {
        let found = cycle_event::Entity::find()
            .filter(cycle_event::Column::CycleId.eq(cycle_id))
            .order_by_asc(cycle_event::Column::Id)
            .all(&self.readers)
            .await
            .step("reading what was done with a cycle")?;
        found.into_iter().map(CycleEvent::try_from).collect()
    }
}

/// Changes the cycle's state and the run it shows, and keeps the event. Errors: `CycleState`.
pub(super) async fn enter(
    tx: &DatabaseTransaction,
    before: &Cycle,
    run_id: Option<i64>,
    event: &NewCycleEvent,
) -> Result<Cycle, StoreError> {
    let step = "changing the state of a cycle";
    let NewCycleEvent { act, by, at, reason, sheet, units } = event;
    let refused = || StoreError::CycleState { code: before.code.clone(), state: before.state, act: *act };
    let after = before.state.after(*act).ok_or_else(refused)?;
    let row = cycle::ActiveModel {
        id: Unchanged(before.id),
        state: Set(after.as_str().to_owned()),
        current_run_id: Set(run_id),
        ..Default::default()
    };
    let model = row.update(tx).await.step(step)?;
    let (digest, sheet) = sheet.clone().unzip();
    let (actor, account_id) = by.columns();
    let (ids, codes): (Vec<i64>, Vec<&str>) = units.iter().map(|(id, code)| (*id, code.as_str())).unzip();
    let row = cycle_event::ActiveModel {
        id: NotSet,
        cycle_id: Set(before.id),
        act: Set(act.as_str().to_owned()),
        from_state: Set(before.state.as_str().to_owned()),
        to_state: Set(after.as_str().to_owned()),
        at: Set(instant(*at)),
        actor: Set(actor),
        account_id: Set(account_id),
        run_id: Set(run_id),
        reason: Set(reason.clone()),
        digest: Set(digest),
        sheet: Set(sheet),
        units: Set((!units.is_empty()).then(|| serde_json::to_string(&codes).unwrap_or_default())),
    };
    row.insert(tx).await.step(step)?;
    follow(tx, before, Followed { act: *act, units: &ids, run_id, at: *at }).await?;
    Cycle::from_model(model)
}
