//! Facts as a pull returns them: compact, one per key, in order.

use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;

/// Whose fact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgentRef {
    /// An agent of the roster, by id.
    Known(i64),
    /// An agent to be made: an index into `Pulled::new_agents`.
    New(u32),
}

impl AgentRef {
    pub(super) fn new_index(self) -> Option<u32> {
        match self {
            Self::Known(_) => None,
            Self::New(index) => Some(index),
        }
    }
}

/// One fact; `metric` and `segment` are looked up in its [`Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactRow {
    pub agent: AgentRef,
    pub day: NaiveDate,
    /// Index into [`Facts::metrics`].
    pub metric: u32,
    /// Index into [`Facts::segments`].
    pub segment: u32,
    pub numerator: Fixed,
    pub denominator: Fixed,
    pub samples: i64,
}

/// Facts sorted by agent, metric, day and segment, one per key.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub(crate) rows: Vec<FactRow>,
    pub(crate) metrics: Vec<MetricId>,
    pub(crate) segments: Vec<Arc<str>>,
}

impl Facts {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &FactRow> {
        self.rows.iter()
    }

    /// The metric a fact is about.
    pub fn metric_of(&self, fact: &FactRow) -> &str {
        usize::try_from(fact.metric).ok().and_then(|at| self.metrics.get(at)).map_or("", MetricId::as_str)
    }

    /// The segment a fact belongs to; empty when there is none.
    pub fn segment_of(&self, fact: &FactRow) -> &str {
        usize::try_from(fact.segment).ok().and_then(|at| self.segments.get(at)).map_or("", |segment| &**segment)
    }

    /// The metrics by index, in order of name.
    pub fn metrics(&self) -> &[MetricId] {
        &self.metrics
    }

    /// The segments by index, in order of name; the empty text means none.
    pub fn segments(&self) -> &[Arc<str>] {
        &self.segments
    }
}
