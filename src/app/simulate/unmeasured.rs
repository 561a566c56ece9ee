//! What the rules simulated ask for and the snapshot does not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::app::assess::{AgentSnapshot, Stretch};
use crate::app::figures::Common;
use crate::domain::metric::MetricId;
use crate::domain::scorecard::{Card, Measure};
use crate::rules::Ruleset;

/// What is missing for everybody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// Facts of a metric: nobody pulled it before the cycle was appraised.
    Facts(MetricId),
    /// The benchmark of an index: none was frozen when the cycle opened.
    Benchmark(MetricId),
    /// Ratings on a form: nobody gave any before the cycle was appraised.
    Ratings(Arc<str>),
}

/// Something missing, and the cards that ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmeasured {
    pub missing: Missing,
    /// Ids, in order.
    pub cards: Vec<Arc<str>>,
}

/// What agents of a snapshot bring along.
#[derive(Default)]
pub(super) struct Brought {
    posts: BTreeSet<String>,
    forms: BTreeSet<Arc<str>>,
}

impl Brought {
    pub(super) fn add(&mut self, agent: &AgentSnapshot) {
        for Stretch { post, .. } in &agent.stretches {
            if !self.posts.contains(post) {
                self.posts.insert(post.clone());
            }
        }
        self.forms.extend(agent.ratings.keys().map(Arc::clone));
    }

    /// What cards that measure somebody ask for in vain.
    pub(super) fn unmeasured(&self, rules: &Ruleset, common: &Common) -> Vec<Unmeasured> {
        let mut asked: BTreeMap<Missing, BTreeSet<Arc<str>>> = BTreeMap::new();
        let cards: Vec<&Card> =
            rules.cards.iter().filter(|card| card.posts.iter().any(|post| self.posts.contains(post))).collect();
        for card in cards {
            for missing in self.missing_for(card, common) {
                asked.entry(missing).or_default().insert(Arc::clone(&card.id));
            }
        }
        asked.into_iter().map(|(missing, cards)| Unmeasured { missing, cards: cards.into_iter().collect() }).collect()
    }

    fn missing_for(&self, card: &Card, common: &Common) -> Vec<Missing> {
        let pulled = |metric: &MetricId| common.units.values().any(|facts| facts.sum(metric).is_some());
        let frozen = |metric: &MetricId| common.benchmarks.keys().any(|(known, _)| known == metric);
        let metrics = card.lines.iter().map(|line| &line.metric).chain(card.gates.iter().map(|gate| &gate.metric));
        let facts = metrics.filter(|metric| !pulled(metric)).cloned().map(Missing::Facts);
        let indexes = card.lines.iter().filter(|line| line.measure == Measure::Index);
        let benchmarks =
            indexes.filter(|line| !frozen(&line.metric)).map(|line| Missing::Benchmark(line.metric.clone()));
        let form = card.judgement.as_ref().map(|judgement| &judgement.form);
        let ratings = form.filter(|form| !self.forms.contains(*form)).cloned().map(Missing::Ratings);
        facts.chain(benchmarks).chain(ratings).collect()
    }
}
