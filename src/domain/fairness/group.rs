//! Identical agents and what chance made of their figures.

use std::collections::BTreeMap;

use super::super::fact::Pooled;
use super::super::fixed::Fixed;
use super::super::metric::MetricId;

/// A rate that chance moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnLine {
    pub metric: MetricId,
    /// What every agent's rate truly is, in the metric's unit.
    pub true_value: Fixed,
    /// All cases, in the metric's unit: 100 for percent.
    pub whole: Fixed,
    /// Cases of each agent in the period.
    pub cases: u32,
}

/// Agents who are the same but for their draws, and each other's peer group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    lines: Vec<DrawnLine>,
    /// Successes on each of `lines`, and how many agents drew exactly these.
    drawn: BTreeMap<Vec<u32>, u32>,
    agents: u32,
}

impl Group {
    /// `draws`: an agent's successes on each of `lines`, in their order. The first line is the one that is looked at.
    pub fn new(lines: Vec<DrawnLine>, draws: impl IntoIterator<Item = Vec<u32>>) -> Self {
        let mut group = Self { lines, drawn: BTreeMap::new(), agents: 0 };
        for successes in draws {
            *group.drawn.entry(successes).or_default() += 1;
            group.agents += 1;
        }
        group
    }

    /// The same agents, where chance moves nothing but the first line.
    #[must_use]
    pub fn first_line_only(&self) -> Self {
        let mut drawn = BTreeMap::new();
        for (successes, agents) in &self.drawn {
            *drawn.entry(successes.iter().take(1).copied().collect()).or_default() += agents;
        }
        Self { lines: self.lines.iter().take(1).cloned().collect(), drawn, agents: self.agents }
    }

    pub fn lines(&self) -> &[DrawnLine] {
        &self.lines
    }

    pub fn agents(&self) -> u32 {
        self.agents
    }

    /// The facts of agents who drew the same, on each of the lines, and how many such agents there are.
    pub fn alike(&self) -> impl Iterator<Item = (Vec<Pooled>, u32)> {
        self.drawn.iter().map(|(successes, agents)| {
            let facts = successes.iter().zip(&self.lines).map(|(successes, line)| facts(*successes, line.cases));
            (facts.collect(), *agents)
        })
    }

    /// Everybody's facts, on each of the lines; `None` when they are too many to count.
    pub fn pooled(&self) -> Option<Vec<Pooled>> {
        let mut sums = vec![Pooled::default(); self.lines.len()];
        for (facts, agents) in self.alike() {
            for (sum, facts) in sums.iter_mut().zip(facts) {
                *sum = sum.checked_add(&times(&facts, agents)?)?;
            }
        }
        Some(sums)
    }
}

fn facts(successes: u32, cases: u32) -> Pooled {
    Pooled {
        numerator: Fixed::from_int(i64::from(successes)),
        denominator: Fixed::from_int(i64::from(cases)),
        samples: i64::from(cases),
    }
}

fn times(facts: &Pooled, agents: u32) -> Option<Pooled> {
    let agents = i64::from(agents);
    Some(Pooled {
        numerator: facts.numerator.mul_div(Fixed::from_int(agents), Fixed::ONE)?,
        denominator: facts.denominator.mul_div(Fixed::from_int(agents), Fixed::ONE)?,
        samples: facts.samples.checked_mul(agents)?,
    })
}
