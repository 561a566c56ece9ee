//! The report of a simulation, gathered while the agents pass by.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::SimulationOrder;
use super::change::{AgentChange, Outcome, Side};
use super::tally::{CostChange, Costs, Ranking, Rankings, ScoreChanges, Scores, UnitChange, UnitTally, WithoutCard};
use super::unmeasured::{Brought, Unmeasured};
use crate::app::AppError;
use crate::app::assess::Assessor;
use crate::app::figures::Common;
use crate::app::rules::{Draft, RulesDifferences};
use crate::app::snapshot::Member;
use crate::domain::fixed::Fixed;
use crate::rules::Ruleset;
use crate::store::{ResultRow, RunUnit};

/// What other rules would have made of a cycle. Before is what stands, after is by the rules simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    pub cycle: String,
    /// Of the results that stand.
    pub revision: i64,
    pub rules: RulesDifferences,
    /// Agents assigned in the cycle.
    pub agents: u64,
    /// Agents with a card before and after.
    pub compared: u64,
    /// The others.
    pub without_card: WithoutCard,
    /// What the rules simulated ask for and nobody has.
    pub unmeasured: Vec<Unmeasured>,
    /// Agents whose rating, score or pay is another.
    pub moved: u64,
    pub scores: ScoreChanges,
    /// Ratings best first, then the other outcomes; those that occur.
    pub outcomes: Vec<Outcome>,
    /// All agents by where they come from and where they go, in the order of `outcomes`.
    pub migration: Vec<Migration>,
    /// One a currency.
    pub costs: Vec<CostChange>,
    /// Agents paid in one currency before and in another after; they are in no ranking.
    pub other_currency: u64,
    pub rankings: Vec<Ranking>,
    /// By code.
    pub units: Vec<UnitChange>,
    /// Everybody who moves by employee number, when they were asked for.
    pub movers: Option<Vec<AgentChange>>,
}

/// Agents that go from one outcome to another, or stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    pub from: Outcome,
    pub to: Outcome,
    pub agents: u64,
}

/// A report in the making.
pub(super) struct Gathering {
    cycle: String,
    /// Codes of units, and of the units of the first level they lie in, by unit id.
    units: BTreeMap<i64, Place>,
    /// Ids of ratings, best first.
    ratings: Vec<Arc<str>>,
    agents: u64,
    compared: u64,
    moved: u64,
    other_currency: u64,
    without_card: WithoutCard,
    brought: Brought,
    scores: Scores,
    migration: BTreeMap<(Outcome, Outcome), u64>,
    costs: Costs,
    rankings: Rankings,
    by_unit: BTreeMap<String, UnitTally>,
    movers: Option<Vec<AgentChange>>,
}

/// Where a unit stands in the tree.
struct Place {
    code: String,
    /// Code of the unit just below the root, which the unit is or lies in.
    branch: String,
}

impl Gathering {
    pub(super) fn new(order: &SimulationOrder<'_>, draft: &Draft, units: &[RunUnit]) -> Self {
        Self {
            cycle: order.cycle.to_owned(),
            units: places(units),
            ratings: ratings_of([&draft.before, &draft.after]),
            agents: 0,
            compared: 0,
            moved: 0,
            other_currency: 0,
            without_card: WithoutCard::default(),
            brought: Brought::default(),
            scores: Scores::default(),
            migration: BTreeMap::new(),
            costs: Costs::default(),
            rankings: Rankings::default(),
            by_unit: BTreeMap::new(),
            movers: order.all.then(Vec::new),
        }
    }

    pub(super) fn agents(&self) -> u64 {
        self.agents
    }

    /// The agent assessed again beside the stored result; nothing else is kept of either.
    pub(super) fn change(
        &self,
        assessor: &Assessor<'_>,
        (member, stored): &(&Member, Option<ResultRow>),
    ) -> Result<AgentChange, AppError> {
        let assessed = assessor.assess(&member.snapshot)?;
        let before = stored.as_ref().map(|row| Side::of(&row.result, row.payout.as_ref().map(|payout| &payout.result)));
        let after = assessed.map(|assessment| Side::of(&assessment.result, assessment.payout.as_ref()));
        Ok(AgentChange {
            employee_number: member.snapshot.employee_number.clone(),
            unit: self.units.get(&member.unit_id).map(|place| place.code.clone()).unwrap_or_default(),
            before: before.unwrap_or(Side::NO_CARD),
            after: after.unwrap_or(Side::NO_CARD),
        })
    }

    pub(super) fn add(&mut self, member: &Member, change: AgentChange) -> Result<(), AppError> {
        self.agents += 1;
        self.compared += u64::from(change.comparable());
        self.moved += u64::from(change.moves());
        self.other_currency += u64::from(change.changes_currency());
        self.without_card.add(&change);
        self.brought.add(&member.snapshot);
        self.scores.add(&change)?;
        self.costs.add(&change)?;
        self.rankings.add(&change);
        let branch = self.units.get(&member.unit_id).map(|place| place.branch.clone()).unwrap_or_default();
        self.by_unit.entry(branch).or_default().add(&change)?;
        *self.migration.entry((change.before.outcome.clone(), change.after.outcome.clone())).or_default() += 1;
        if let Some(movers) = self.movers.as_mut().filter(|_| change.moves()) {
            movers.push(change);
        }
        Ok(())
    }

    pub(super) fn finish(self, revision: i64, draft: Draft, common: &Common) -> Simulation {
        let ratings = self.ratings;
        let place = |outcome: &Outcome| (rank(&ratings, outcome), outcome.clone());
        let mut outcomes: Vec<Outcome> = self
            .migration
            .keys()
            .flat_map(|(from, to)| [from, to])
            .collect::<BTreeSet<_>>()
            .into_iter()
            .cloned()
            .collect();
        outcomes.sort_by_key(place);
        let mut migration: Vec<Migration> =
            self.migration.into_iter().map(|((from, to), agents)| Migration { from, to, agents }).collect();
        migration.sort_by_key(|row| (place(&row.from), place(&row.to)));
        let mut movers = self.movers;
        if let Some(movers) = &mut movers {
            movers.sort_by(|one, other| one.employee_number.cmp(&other.employee_number));
        }
        Simulation {
            cycle: self.cycle,
            revision,
            unmeasured: self.brought.unmeasured(&draft.after, common),
            rules: draft.differences,
            agents: self.agents,
            compared: self.compared,
            without_card: self.without_card,
            moved: self.moved,
            scores: self.scores.finish(),
            outcomes,
            migration,
            costs: self.costs.finish(),
            other_currency: self.other_currency,
            rankings: self.rankings.finish(),
            units: self.by_unit.into_iter().map(|(unit, tally)| tally.finish(unit)).collect(),
            movers,
        }
    }
}

/// Every unit with the unit of the first level it lies in; a root is its own.
fn places(units: &[RunUnit]) -> BTreeMap<i64, Place> {
    let by_id: BTreeMap<i64, &RunUnit> = units.iter().map(|unit| (unit.unit_id, unit)).collect();
    let above = |unit: &RunUnit| unit.parent_id.and_then(|parent| by_id.get(&parent).copied());
    let branch = |unit: &RunUnit| {
        let mut at = by_id.get(&unit.unit_id).copied()?;
        // The tree is no deeper than it has units; a loop, which imports refuse, would end here.
        for _ in units {
            let Some(parent) = above(at) else { break };
            if above(parent).is_none() {
                break;
            }
            at = parent;
        }
        Some(at.code.clone())
    };
    let place = |unit: &RunUnit| Place { code: unit.code.clone(), branch: branch(unit).unwrap_or_default() };
    units.iter().map(|unit| (unit.unit_id, place(unit))).collect()
}

/// Ids of all bands, those that begin highest first.
fn ratings_of(rules: [&Ruleset; 2]) -> Vec<Arc<str>> {
    let mut from: BTreeMap<&Arc<str>, Fixed> = BTreeMap::new();
    for band in rules.into_iter().flat_map(|rules| &rules.cards).flat_map(|card| &card.bands) {
        let highest = from.entry(&band.id).or_insert(band.from);
        *highest = band.from.max(*highest);
    }
    let mut ratings: Vec<_> = from.into_iter().collect();
    ratings.sort_by(|(_, one), (_, other)| other.cmp(one));
    ratings.into_iter().map(|(id, _)| Arc::clone(id)).collect()
}

/// Ratings best first, everything else after them.
fn rank(ratings: &[Arc<str>], outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Rated(rating) => ratings.iter().position(|known| known == rating).unwrap_or(ratings.len()),
        _ => usize::MAX,
    }
}
