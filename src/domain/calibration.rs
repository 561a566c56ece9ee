//! What people who calibrate ratings look at: agents whose figures lie apart from their peers' by more than chance, ratings beside those of the
//! last cycle, and supervisors who judge more mildly or more strictly than others. It informs; no rating is made of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fact::Pooled;
use super::fairness::Spread;
use super::fixed::Fixed;
use super::interval::{Interval, declared_95};
use super::metric::{Metric, MetricId};

/// Fewer agents than this say nothing about who rated them.
pub const FEWEST_RATED: u64 = 5;

/// A line that an agent was measured on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuredLine {
    /// Its id on the card.
    pub line: Arc<str>,
    pub metric: MetricId,
    pub pooled: Pooled,
    pub value: Fixed,
    pub interval: Interval,
}

/// A rated agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatedAgent {
    pub employee_number: String,
    pub name: String,
    /// Code of the unit.
    pub unit: String,
    pub card: Arc<str>,
    /// As printed.
    pub score: Fixed,
    pub rating: Option<String>,
    /// By the card alone, where people agreed on another; `None` there means below the first band.
    pub calculated: Option<Option<String>>,
    /// Score and rating of the last cycle, of those who were scored in it.
    pub before: Option<(Fixed, Option<String>)>,
    pub lines: Vec<MeasuredLine>,
    /// What supervisors gave, as points from 0 to 100, and what was measured; where both are there.
    pub judged: Option<(Fixed, Fixed)>,
    /// Employee numbers of the supervisors who rated.
    pub raters: Vec<Arc<str>>,
}

/// A line on which an agent lies apart from the others of the same card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineApart {
    pub line: Arc<str>,
    pub metric: MetricId,
    pub value: Fixed,
    /// 95 %; all of it lies on one side of the others' figure.
    pub interval: Interval,
    /// What all others reached together.
    pub others: Fixed,
    pub above: bool,
}

/// An agent with lines apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlier {
    /// Where in the agents that were looked at.
    pub agent: usize,
    pub lines: Vec<LineApart>,
}

/// Who lies apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outliers {
    /// Lines that were compared; of identical agents, one in twenty would lie apart by chance.
    pub compared: u64,
    /// Lines that lie apart.
    pub apart: u64,
    /// In the agents' order.
    pub agents: Vec<Outlier>,
}

impl Outliers {
    /// Of these agents, each beside all others of the same card; `metric` knows the metrics.
    pub fn of<'m>(agents: &[RatedAgent], metric: impl Fn(&MetricId) -> Option<&'m Metric>) -> Self {
        let mut sums: BTreeMap<(&str, &str), Option<Pooled>> = BTreeMap::new();
        for agent in agents {
            for line in &agent.lines {
                let sum = sums.entry((&agent.card, &line.line)).or_insert(Some(Pooled::default()));
                *sum = sum.as_ref().and_then(|sum| sum.checked_add(&line.pooled));
            }
        }
        let mut found = Self::default();
        for (at, agent) in agents.iter().enumerate() {
            let mut lines = Vec::new();
            for line in &agent.lines {
                let all = sums.get(&(&*agent.card, &*line.line)).and_then(Option::as_ref);
                let others = all.and_then(|all| less(all, &line.pooled));
                let figure = metric(&line.metric).zip(others).and_then(|(metric, others)| metric.value(&others));
                let Some(others) = figure else { continue };
                found.compared += 1;
                let above = line.interval.lower > others;
                if !above && line.interval.upper >= others {
                    continue;
                }
                found.apart += 1;
                let MeasuredLine { line, metric, pooled: _, value, interval } = line.clone();
                lines.push(LineApart { line, metric, value, interval, others, above });
            }
            if !lines.is_empty() {
                found.agents.push(Outlier { agent: at, lines });
            }
        }
        found
    }
}

/// All but one's own.
fn less(all: &Pooled, own: &Pooled) -> Option<Pooled> {
    Some(Pooled {
        numerator: all.numerator.checked_sub(own.numerator)?,
        denominator: all.denominator.checked_sub(own.denominator)?,
        samples: all.samples.checked_sub(own.samples)?,
    })
}

/// Ratings beside those of the last cycle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moves {
    /// Agents scored in both.
    pub agents: u64,
    /// Mean of score less score before, six decimals; `None` of nobody.
    pub mean_change: Option<Fixed>,
    /// Rating before, rating now, and agents.
    pub ratings: BTreeMap<(Option<String>, Option<String>), u64>,
}

impl Moves {
    pub fn of(agents: &[RatedAgent]) -> Self {
        let mut moves = Self::default();
        let mut sum = Some(Fixed::ZERO);
        for agent in agents {
            let Some((score, rating)) = &agent.before else { continue };
            moves.agents += 1;
            *moves.ratings.entry((rating.clone(), agent.rating.clone())).or_default() += 1;
            let change = agent.score.checked_sub(*score);
            sum = sum.zip(change).and_then(|(sum, change)| sum.checked_add(change));
        }
        moves.mean_change = mean(sum, moves.agents);
        moves
    }
}

/// How a supervisor's judgement stands to what was measured, beside everybody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leniency {
    /// Employee number of the supervisor.
    pub rater: Arc<str>,
    /// Agents rated.
    pub agents: u64,
    /// Mean points given, and mean points measured.
    pub judged: Fixed,
    pub measured: Fixed,
    /// judged − measured, less the same of all supervisors together: above 0 is milder than others.
    pub leniency: Fixed,
    /// 95 %, from how far such differences spread among all; `None` for fewer than [`FEWEST_RATED`].
    pub interval: Option<Interval>,
}

impl Leniency {
    /// Whether chance does not explain it.
    pub fn is_clear(&self) -> bool {
        self.interval.is_some_and(|interval| interval.lower > Fixed::ZERO || interval.upper < Fixed::ZERO)
    }

    /// Of everybody who rated these agents, the mildest first.
    pub fn of(agents: &[RatedAgent]) -> Vec<Self> {
        #[derive(Default)]
        struct Sums {
            judged: Fixed,
            measured: Fixed,
            agents: u64,
        }
        let mut by_rater: BTreeMap<&Arc<str>, Sums> = BTreeMap::new();
        let mut differences: Vec<(Fixed, u32)> = Vec::new();
        let mut all = Some(Fixed::ZERO);
        for agent in agents {
            let Some((judged, measured)) = agent.judged.filter(|_| !agent.raters.is_empty()) else { continue };
            let Some(difference) = judged.checked_sub(measured) else { continue };
            differences.push((difference, 1));
            all = all.and_then(|all| all.checked_add(difference));
            for rater in &agent.raters {
                let sums = by_rater.entry(rater).or_default();
                let added = sums.judged.checked_add(judged).zip(sums.measured.checked_add(measured));
                let Some((judged, measured)) = added else { continue };
                *sums = Sums { judged, measured, agents: sums.agents + 1 };
            }
        }
        let everybody = mean(all, u64::try_from(differences.len()).unwrap_or_default());
        let (Some(everybody), Some(spread)) = (everybody, Spread::of(&differences)) else { return Vec::new() };
        let of = |(rater, sums): (&Arc<str>, Sums)| {
            let (judged, measured) = (mean(Some(sums.judged), sums.agents)?, mean(Some(sums.measured), sums.agents)?);
            let leniency = judged.checked_sub(measured)?.checked_sub(everybody)?;
            let enough = i64::try_from(sums.agents).ok().filter(|_| sums.agents >= FEWEST_RATED);
            let interval = enough.and_then(|agents| declared_95(leniency, spread.standard_deviation, agents));
            Some(Self { rater: Arc::clone(rater), agents: sums.agents, judged, measured, leniency, interval })
        };
        let mut found: Vec<Self> = by_rater.into_iter().filter_map(of).collect();
        found.sort_by(|a, b| b.leniency.cmp(&a.leniency).then_with(|| a.rater.cmp(&b.rater)));
        found
    }
}

fn mean(sum: Option<Fixed>, count: u64) -> Option<Fixed> {
    let count = i64::try_from(count).ok().filter(|count| *count > 0)?;
    sum?.ratio(Fixed::from_int(count))
}
