//! What indexes of a cycle are measured against: what everybody reached together in the period just before it.

use std::collections::BTreeSet;

use futures::future::BoxFuture;

use super::figures::Pooling;
use super::snapshot::CHUNK;
use super::{App, AppError, Change};
use crate::domain::audit::Digest;
use crate::domain::fact::SegmentFact;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::Measure;
use crate::rules::Ruleset;
use crate::store::{Cycle, pack};

impl App {
    /// Freezes the cycle's benchmarks by its rules: facts of the period before, pooled by metric and segment over everybody assigned
    /// then, for the metrics whose index a card measures. A metric that is frozen already stays; one without facts in that period is
    /// frozen when there are some, at the latest by the first appraisal.
    ///
    /// It is boxed, because the compiler cannot tell otherwise that requests may wait for it.
    pub(super) fn freeze_benchmarks<'a>(
        &'a self,
        cycle: &'a Cycle,
        rules: &'a Ruleset,
    ) -> BoxFuture<'a, Result<(), AppError>> {
        Box::pin(self.frozen_benchmarks(cycle, rules))
    }

    async fn frozen_benchmarks(&self, cycle: &Cycle, rules: &Ruleset) -> Result<(), AppError> {
        // An appraised cycle keeps what it was appraised with, even where that is nothing.
        if cycle.current_run_id.is_some() {
            return Ok(());
        }
        let lines = rules.cards.iter().flat_map(|card| &card.lines);
        let mut open: BTreeSet<&MetricId> =
            lines.filter(|line| line.measure == Measure::Index).map(|line| &line.metric).collect();
        let frozen = self.store.benchmarks(cycle.id).await?;
        open.retain(|metric| frozen.iter().all(|fact| fact.metric != **metric));
        if open.is_empty() {
            return Ok(());
        }
        let Some(before) = cycle.period.before() else { return Ok(()) };
        let live = self.store.live_view(before).await?;
        let mut everybody = Pooling::default();
        let mut after = None;
        loop {
            let agents = live.agents(after, CHUNK).await?;
            let Some(last) = agents.last() else { break };
            after = Some(last.agent_id);
            let facts = agents.iter().flat_map(|agent| &agent.stretches).flat_map(|stretch| &stretch.facts);
            for SegmentFact { metric, segment, pooled } in facts.filter(|fact| open.contains(&fact.metric)) {
                everybody.add("the benchmarks", metric, segment, pooled)?;
            }
        }
        let mut benchmarks: Vec<SegmentFact> = everybody.facts().filter(|fact| !fact.segment.is_empty()).collect();
        let overall = everybody.totals();
        benchmarks.extend(overall.map(|(metric, pooled)| SegmentFact {
            metric: metric.clone(),
            segment: "".into(),
            pooled: *pooled,
        }));
        // Nothing was frozen before either, so nothing changes.
        if benchmarks.is_empty() {
            return Ok(());
        }
        let after = Digest::of(&pack("the benchmarks", &benchmarks)?);
        let change = Change::new("benchmark.freeze", "cycle", &cycle.code).after(Some(after));
        Ok(self.recorded(change).freeze_benchmarks(cycle.id, &benchmarks).await?)
    }
}
