//! Appraisal cycles.

use uuid::Uuid;

use super::{Page, Store, StoreError};
use crate::domain::cycle::CycleState;
use crate::domain::period::Period;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCycle {
    pub public_id: Uuid,
    pub code: String,
    /// Such as quarter or month; a day belongs to one cycle of a kind.
    pub kind: String,
    pub period: Period,
    /// The version of the rules; kept before with `put_ruleset`.
    pub ruleset_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    pub id: i64,
    pub public_id: Uuid,
    pub code: String,
    pub kind: String,
    pub period: Period,
    pub state: CycleState,
    pub ruleset_hash: String,
    pub current_run_id: Option<i64>,
}

impl Store {
    /// Errors: `Exists` for the code, `CycleOverlaps`, `CycleBackwards`, `NotFound` for the ruleset.
    pub async fn open_cycle(&self, cycle: &NewCycle) -> Result<Cycle, StoreError> {
        todo!()
    }

    pub async fn cycle_by_code(&self, code: &str) -> Result<Option<Cycle>, StoreError> {
        todo!()
    }

    pub async fn cycle_by_public_id(&self, public_id: Uuid) -> Result<Option<Cycle>, StoreError> {
        todo!()
    }

    /// Cycles after the code `after`, in its order.
    pub async fn cycles_page(&self, after: Option<&str>, limit: u64) -> Result<Page<Cycle>, StoreError> {
        todo!()
    }
}
