//! Facts as a pull returns them: compact, one per key, in order.

use std::sync::Arc;

use crate::domain::fact::Fact;
use crate::domain::metric::MetricId;

/// Whose fact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgentRef {
    /// An agent of the roster, by id.
    Known(i64),
    /// An agent to be made: an index into `Pulled::new_agents`.
    New(u32),
}

/// Facts in order of [`Fact::key`], one per key. Their agents are listed in order of id, new ones after them in order of text.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub(crate) rows: Vec<Fact>,
    pub(crate) agents: Vec<AgentRef>,
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

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Fact> {
        self.rows.iter()
    }

    /// All facts in order.
    pub fn rows(&self) -> &[Fact] {
        &self.rows
    }

    /// Whose fact it is.
    pub fn agent_of(&self, fact: &Fact) -> Option<AgentRef> {
        usize::try_from(fact.agent).ok().and_then(|at| self.agents.get(at)).copied()
    }

    /// The metric a fact is about.
    pub fn metric_of(&self, fact: &Fact) -> &str {
        usize::try_from(fact.metric).ok().and_then(|at| self.metrics.get(at)).map_or("", MetricId::as_str)
    }

    /// The segment a fact belongs to; empty when there is none.
    pub fn segment_of(&self, fact: &Fact) -> &str {
        usize::try_from(fact.segment).ok().and_then(|at| self.segments.get(at)).map_or("", |segment| &**segment)
    }

    /// The agents by index.
    pub fn agents(&self) -> &[AgentRef] {
        &self.agents
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
