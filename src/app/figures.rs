//! What scoring asks of an agent's facts, unit, peers, benchmarks and ratings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::assess::{AgentSnapshot, AssessError};
use crate::domain::fact::{Pooled, SegmentFact};
use crate::domain::judgement::{Form, Ratings};
use crate::domain::metric::{Metric, MetricId};
use crate::domain::peers::{GroupKey, Peers, UnitTree};
use crate::domain::scorecard::{Carried, Line, Measured, Scope};
use crate::rules::Ruleset;

/// A metric's facts: each segment once, and their sum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sums {
    total: Pooled,
    segments: Vec<(Arc<str>, Pooled)>,
}

/// Facts by metric and segment, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pooling(BTreeMap<MetricId, Sums>);

impl Pooling {
    pub(super) fn of<'f>(whose: &str, facts: impl IntoIterator<Item = &'f SegmentFact>) -> Result<Self, AssessError> {
        let mut pooling = Self::default();
        for SegmentFact { metric, segment, pooled } in facts {
            pooling.add(whose, metric, segment, pooled)?;
        }
        Ok(pooling)
    }

    /// Adds a fact to the sums of its metric.
    pub(super) fn add(
        &mut self,
        whose: &str,
        metric: &MetricId,
        segment: &Arc<str>,
        fact: &Pooled,
    ) -> Result<(), AssessError> {
        let sums = match self.0.get_mut(metric) {
            Some(sums) => sums,
            None => self.0.entry(metric.clone()).or_default(),
        };
        let too_large = || AssessError::Overflow { whose: whose.to_owned(), metric: metric.clone() };
        sums.total = sums.total.checked_add(fact).ok_or_else(too_large)?;
        match sums.segments.iter_mut().find(|(known, _)| known == segment) {
            Some((_, sum)) => *sum = sum.checked_add(fact).ok_or_else(too_large)?,
            None => sums.segments.push((Arc::clone(segment), *fact)),
        }
        Ok(())
    }

    pub(super) fn add_all(&mut self, whose: &str, other: &Self) -> Result<(), AssessError> {
        for (metric, sums) in &other.0 {
            for (segment, pooled) in &sums.segments {
                self.add(whose, metric, segment, pooled)?;
            }
        }
        Ok(())
    }

    /// A metric's facts over all segments; `None` without any.
    pub fn sum(&self, metric: &MetricId) -> Option<Pooled> {
        Some(self.0.get(metric)?.total)
    }

    /// In no particular order.
    pub(super) fn facts(&self) -> impl Iterator<Item = SegmentFact> {
        self.0.iter().flat_map(|(metric, sums)| {
            sums.segments.iter().map(|(segment, pooled)| SegmentFact {
                metric: metric.clone(),
                segment: Arc::clone(segment),
                pooled: *pooled,
            })
        })
    }

    /// Metrics with their facts over all segments, in order.
    pub(super) fn totals(&self) -> impl Iterator<Item = (&MetricId, &Pooled)> {
        self.0.iter().map(|(metric, sums)| (metric, &sums.total))
    }

    pub(super) fn segments(&self, metric: &MetricId) -> Vec<(Arc<str>, Pooled)> {
        self.0.get(metric).map(|sums| sums.segments.clone()).unwrap_or_default()
    }
}

/// What all agents of a run have in common.
#[derive(Debug, Clone, Default)]
pub struct Common {
    /// Facts pooled over each unit and everything below it, by the unit's code.
    pub units: BTreeMap<String, Pooling>,
    pub tree: UnitTree,
    pub peers: Peers,
    /// Frozen when the cycle opened, by metric and segment; the empty segment holds all together.
    pub benchmarks: BTreeMap<(MetricId, Arc<str>), Pooled>,
}

impl Common {
    /// What was frozen to compare a segment with.
    pub(super) fn benchmark(&self, metric: &MetricId, segment: &str) -> Option<Pooled> {
        self.benchmarks.get(&(metric.clone(), Arc::from(segment))).copied()
    }
}

/// One stretch as scoring sees it.
pub(super) struct Figures<'a> {
    pub(super) rules: &'a Ruleset,
    pub(super) common: &'a Common,
    pub(super) own: Pooling,
    pub(super) unit: Option<&'a Pooling>,
    /// The peer group and how many members it needs.
    pub(super) group: Option<(&'a GroupKey, i64)>,
    pub(super) agent: &'a AgentSnapshot,
}

impl Figures<'_> {
    fn facts(&self, scope: Scope) -> Option<&Pooling> {
        match scope {
            Scope::Own => Some(&self.own),
            Scope::Unit => self.unit,
        }
    }
}

impl Measured for Figures<'_> {
    fn pooled(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        self.facts(scope)?.sum(metric)
    }

    fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.rules.metric(id)
    }

    fn carried(&self, line: &Line) -> Option<Carried> {
        let carried = self.agent.carried.iter().find(|carried| carried.line == line.id)?;
        Some(carried.carried.clone())
    }

    fn left_out(&self, line: &Line) -> bool {
        self.agent.left_out.contains(&line.id)
    }

    /// Units have no peer groups.
    fn peers(&self, metric: &MetricId, scope: Scope) -> Option<Pooled> {
        let (group, min_members) = self.group.filter(|_| scope == Scope::Own)?;
        self.common.peers.pooled(group, metric, min_members)
    }

    fn segments(&self, metric: &MetricId, scope: Scope) -> Vec<(Arc<str>, Pooled)> {
        self.facts(scope).map(|facts| facts.segments(metric)).unwrap_or_default()
    }

    fn benchmark(&self, metric: &MetricId, segment: &str) -> Option<Pooled> {
        self.common.benchmark(metric, segment)
    }

    fn form(&self, id: &str) -> Option<&Form> {
        self.rules.form(id)
    }

    fn judgement(&self, form: &str) -> Option<&Ratings> {
        self.agent.ratings.get(form)
    }
}
