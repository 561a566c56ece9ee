//! Proposing ratings, and deciding about them.

use chrono::{DateTime, Utc};
use entity::calibration::{ActiveModel, Column, Entity};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, NotSet, QueryFilter, Set, SqlErr};
use uuid::Uuid;

use super::super::cycle::{Cycle, count_input};
use super::super::cycle_events::Doer;
use super::super::error::Step;
use super::super::write::{execute, instant};
use super::super::{Store, StoreError};
use super::read::{Calibration, CalibrationState};
use crate::domain::appraisal::CalibrationReason;
use crate::domain::cycle::CycleState;

const STEP: &str = "keeping a calibrated rating";

/// A rating proposed in place of the calculated one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCalibration {
    pub public_id: Uuid,
    pub cycle_id: i64,
    pub agent_id: i64,
    /// What the results say now.
    pub calculated: Option<String>,
    pub rating: String,
    pub reason: CalibrationReason,
    pub comment: String,
    pub by: Doer,
    pub at: DateTime<Utc>,
}

impl Store {
    /// Keeps a proposal. Errors: `CalibratedAlready` while another one stands; `NotInReview`.
    pub async fn propose_rating(&self, new: &NewCalibration) -> Result<(), StoreError> {
        let tx = self.begin_write(&[]).await?;
        // It counts for nothing until it is confirmed; holding the cycle keeps it from being calibrated meanwhile.
        in_review(&tx, new.cycle_id).await?;
        let (proposed_by, proposed_by_account) = new.by.columns();
        let row = ActiveModel {
            id: NotSet,
            public_id: Set(new.public_id),
            cycle_id: Set(new.cycle_id),
            agent_id: Set(new.agent_id),
            calculated: Set(new.calculated.clone()),
            rating: Set(new.rating.clone()),
            reason: Set(new.reason.as_str().to_owned()),
            comment: Set(new.comment.clone()),
            state: Set(CalibrationState::Proposed.as_str().to_owned()),
            proposed_by: Set(proposed_by),
            proposed_by_account: Set(proposed_by_account),
            proposed_at: Set(instant(new.at)),
            decided_by: Set(None),
            decided_by_account: Set(None),
            decided_at: Set(None),
            decision_comment: Set(None),
        };
        row.insert(&tx).await.map_err(|error| match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => StoreError::CalibratedAlready,
            _ => StoreError::from_database(STEP, error),
        })?;
        self.finish(tx, STEP).await
    }

    /// Takes a proposal, still as it was read, to its end; a confirmed one may be withdrawn. Errors: `Changed`; `NotInReview`.
    pub async fn decide_rating(
        &self,
        calibration: &Calibration,
        state: CalibrationState,
        (by, at): (&Doer, DateTime<Utc>),
        comment: &str,
    ) -> Result<(), StoreError> {
        let tx = self.begin_write(&[]).await?;
        in_review(&tx, calibration.cycle_id).await?;
        let (name, account) = by.columns();
        let text = "UPDATE calibration SET state = $3, decided_by = $4, decided_by_account = $5, decided_at = $6, decision_comment = $7
            WHERE id = $1 AND state = $2";
        let values = [
            calibration.id.into(),
            calibration.state.as_str().into(),
            state.as_str().into(),
            name.into(),
            account.into(),
            instant(at).into(),
            comment.to_owned().into(),
        ];
        if execute(&tx, STEP, text, values).await? != 1 {
            return Err(StoreError::Changed { what: "proposed rating", name: calibration.public_id.to_string() });
        }
        self.finish(tx, STEP).await
    }

    /// Proposals that nobody has decided about.
    pub async fn open_proposals(&self, cycle_id: i64) -> Result<u64, StoreError> {
        use sea_orm::PaginatorTrait as _;
        let open = Entity::find()
            .filter(Column::CycleId.eq(cycle_id))
            .filter(Column::State.eq(CalibrationState::Proposed.as_str()));
        open.count(&self.readers).await.step("counting proposed ratings")
    }
}

/// Holds the cycle, which must be in review, and says that it is to be scored again.
async fn in_review(tx: &DatabaseTransaction, cycle_id: i64) -> Result<(), StoreError> {
    let refused = |cycle: Cycle| StoreError::NotInReview { code: cycle.code, state: cycle.state };
    count_input(tx, cycle_id, &[CycleState::InReview], refused).await
}
