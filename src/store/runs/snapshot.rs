//! The snapshot a run scores: units, stretches of assignments and facts pooled per stretch, as they were when it began.

use std::sync::Arc;

use super::super::{Store, StoreError};
use crate::domain::fact::Pooled;
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;
use crate::domain::money::Currency;
use crate::domain::period::Period;

/// How much was frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frozen {
    pub units: u64,
    pub agents: u64,
    pub stretches: u64,
    pub facts: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunUnit {
    pub unit_id: i64,
    pub parent_id: Option<i64>,
    pub code: String,
}

/// An assignment's days inside the cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// From 0, by first day.
    pub stretch: i64,
    pub unit_id: i64,
    pub post: String,
    pub period: Period,
    pub fte: Fixed,
    pub target_minor: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentStretches {
    pub agent_id: i64,
    pub employee_number: String,
    /// At least one, by first day.
    pub stretches: Vec<Stretch>,
}

/// Facts of one metric and segment, pooled over a stretch and all sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFact {
    pub agent_id: i64,
    pub stretch: i64,
    pub metric: MetricId,
    pub segment: Arc<str>,
    pub pooled: Pooled,
}

/// Facts of one metric, pooled over the stretches assigned to a unit itself (not those below it) and all segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitFact {
    pub unit_id: i64,
    pub metric: MetricId,
    pub pooled: Pooled,
}

impl Store {
    /// Takes the snapshot of a running run in one transaction: the tree of units, assignments cut to the cycle's days, facts
    /// pooled per (agent, stretch, metric, segment). Facts outside any assignment are left out.
    ///
    /// Errors: `RunNotRunning`, `SumTooLarge`.
    pub async fn freeze(&self, run_id: i64) -> Result<Frozen, StoreError> {
        todo!()
    }

    /// A run's units in order of code.
    pub async fn run_units(&self, run_id: i64) -> Result<Vec<RunUnit>, StoreError> {
        todo!()
    }

    /// At most `limit` agents after the agent id `after`, in order of id, each with all stretches. Empty at the end.
    pub async fn stretches_chunk(
        &self,
        run_id: i64,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Vec<AgentStretches>, StoreError> {
        todo!()
    }

    /// Facts of the agents `first..=last`, in order of agent id, stretch, metric code and segment name.
    pub async fn facts_chunk(&self, run_id: i64, first: i64, last: i64) -> Result<Vec<RunFact>, StoreError> {
        todo!()
    }

    /// In order of unit id and metric code.
    pub async fn unit_facts(&self, run_id: i64) -> Result<Vec<UnitFact>, StoreError> {
        todo!()
    }
}
