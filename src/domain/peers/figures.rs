//! What peers reached together, and where one stands among them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::fact::Pooled;
use super::super::fixed::Fixed;
use super::super::metric::{Direction, Metric, MetricId};
use super::super::text::Text;
use super::groups::{GroupKey, PeerKey};

/// Decimals of what is shown of peers.
const SHOWN_DECIMALS: u32 = 2;

/// The figures of a group in one metric.
#[derive(Debug, Clone, Default)]
struct Figures {
    pooled: Pooled,
    /// One value a measured member, in the metric's unit; ascending once gathered.
    values: Vec<Fixed>,
    /// Every 64th of the gathered values: few enough to stay in the processor's cache, so that a search waits for memory once, not
    /// at every halving of 100,000 values.
    marks: Vec<Fixed>,
}

const MARKED: usize = 64;

/// Members' facts by group and metric, as they are added; 8 bytes a value.
#[derive(Debug, Clone, Default)]
pub struct PeerGather {
    groups: BTreeMap<GroupKey, BTreeMap<MetricId, Figures>>,
}

/// A sum or a value of peers that is too large to be exact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the peers' sum of metric '{metric}' is too large to be exact: measure it in a larger unit")]
pub struct PeerOverflow {
    pub metric: MetricId,
}

impl PeerGather {
    /// Adds one member's facts of a metric, pooled over the cycle; facts without a denominator measure nothing and are left out.
    pub fn add(&mut self, group: &GroupKey, metric: &Metric, facts: &Pooled) -> Result<(), PeerOverflow> {
        if facts.denominator == Fixed::ZERO {
            return Ok(());
        }
        let overflow = || PeerOverflow { metric: metric.id.clone() };
        let value = metric.value(facts).ok_or_else(overflow)?;
        let own = Figures { pooled: *facts, values: vec![value], marks: Vec::new() };
        self.figures(group, &metric.id).take_in(own).ok_or_else(overflow)
    }

    /// Takes in what was gathered elsewhere; the order does not matter.
    pub fn merge(&mut self, other: Self) -> Result<(), PeerOverflow> {
        for (group, metrics) in other.groups {
            for (metric, figures) in metrics {
                let sum = self.figures(&group, &metric).take_in(figures);
                sum.ok_or_else(|| PeerOverflow { metric: metric.clone() })?;
            }
        }
        Ok(())
    }

    /// Everything is gathered: members can be compared.
    pub fn finish(mut self) -> Peers {
        for figures in self.groups.values_mut().flat_map(BTreeMap::values_mut) {
            figures.values.sort_unstable();
            figures.values.shrink_to_fit();
            figures.marks = figures.values.iter().step_by(MARKED).copied().collect();
        }
        Peers { groups: self.groups }
    }

    fn figures(&mut self, group: &GroupKey, metric: &MetricId) -> &mut Figures {
        if !self.groups.contains_key(group) {
            self.groups.insert(group.clone(), BTreeMap::new());
        }
        self.groups.entry(group.clone()).or_default().entry(metric.clone()).or_default()
    }
}

impl Figures {
    fn take_in(&mut self, other: Self) -> Option<()> {
        self.pooled = self.pooled.checked_add(&other.pooled)?;
        self.values.extend(other.values);
        Some(())
    }

    fn members(&self) -> i64 {
        i64::try_from(self.values.len()).unwrap_or(i64::MAX)
    }

    /// How many values come before the first that is not `before`; those before it all are.
    fn count(&self, before: impl Fn(&Fixed) -> bool) -> Option<i64> {
        let blocks = self.marks.partition_point(&before);
        let start = blocks.saturating_sub(1) * MARKED;
        let block = self.values.get(start..self.values.len().min(blocks * MARKED))?;
        i64::try_from(start + block.partition_point(before)).ok()
    }

    /// Percent of the members with a worse value, those with the same value counting half; six decimals.
    fn mid_rank(&self, own: Fixed, better: Direction) -> Option<Fixed> {
        let below = self.count(|value| *value < own)?;
        let up_to = self.count(|value| *value <= own)?;
        let (worse, same) = match better {
            Direction::HigherIsBetter => (below, up_to - below),
            Direction::LowerIsBetter => (self.members() - up_to, up_to - below),
            Direction::InRange => return None,
        };
        let halves = Fixed::from_int(2 * worse + same);
        halves.mul_div(Fixed::HUNDRED, Fixed::from_int(2 * self.members()))
    }
}

/// What is known of every group.
#[derive(Debug, Clone, Default)]
pub struct Peers {
    groups: BTreeMap<GroupKey, BTreeMap<MetricId, Figures>>,
}

/// An agent beside the peers in one metric; the agent is one of the members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeerStanding {
    Compared {
        /// Members measured in the metric.
        members: i64,
        /// Of all members' facts pooled, in the metric's unit, two decimals.
        value: Fixed,
        /// Percent of the members with a worse value, those with the same one counting half; two decimals. `None` where the agent has
        /// no value, or where a metric is best inside a range, so that neither end is the better one.
        percentile: Option<Fixed>,
    },
    TooFew {
        members: i64,
        min_members: i64,
    },
    /// The agent lacks what the rule groups by.
    NoGroup {
        missing: PeerKey,
    },
}

impl Peers {
    /// The facts of all members of a group; `None` when fewer than `min_members` are measured.
    pub fn pooled(&self, group: &GroupKey, metric: &MetricId, min_members: i64) -> Option<Pooled> {
        let figures = self.groups.get(group)?.get(metric)?;
        (figures.members() >= min_members).then_some(figures.pooled)
    }

    /// Where an agent with the value `own` stands.
    pub fn standing(&self, group: &GroupKey, metric: &Metric, own: Option<Fixed>, min_members: i64) -> PeerStanding {
        let figures = self.groups.get(group).and_then(|metrics| metrics.get(&metric.id));
        let members = figures.map(Figures::members).unwrap_or_default();
        let shown = figures.filter(|_| members >= min_members);
        match shown.and_then(|figures| Some((figures, metric.value(&figures.pooled)?))) {
            Some((figures, value)) => PeerStanding::Compared {
                members,
                value: value.round(SHOWN_DECIMALS),
                percentile: own
                    .and_then(|own| figures.mid_rank(own, metric.direction))
                    .map(|percent| percent.round(SHOWN_DECIMALS)),
            },
            None => PeerStanding::TooFew { members, min_members },
        }
    }
}

impl PeerStanding {
    /// In words, for the person it is about.
    pub fn text(&self) -> Text {
        match self {
            Self::Compared { members, value, percentile: Some(percentile) } => Text {
                en: format!(
                    "{members} peers reach {value:.2} together; {percentile:.2} % of them do less well. For information only."
                ),
                zh: format!("{members} 名同组人员合计为 {value:.2}；优于其中 {percentile:.2}%。仅供参考。"),
            },
            Self::Compared { members, value, percentile: None } => Text {
                en: format!("{members} peers reach {value:.2} together. For information only."),
                zh: format!("{members} 名同组人员合计为 {value:.2}。仅供参考。"),
            },
            Self::TooFew { members, min_members } => Text {
                en: format!("No peer figures: {members} peers were measured, at least {min_members} are needed."),
                zh: format!("不显示同组数据：测得 {members} 人，少于要求的 {min_members} 人。"),
            },
            Self::NoGroup { missing } => Text {
                en: format!("No peer figures: peers are grouped by '{missing}', which is not known here."),
                zh: format!("不显示同组数据：分组依据“{missing}”缺失。"),
            },
        }
    }
}
