//! What a simulation adds up over all agents, one after the other.

use std::collections::BTreeMap;

use super::change::{AgentChange, PayChange, Side};
use crate::app::AppError;
use crate::domain::fixed::Fixed;
use crate::domain::money::{Currency, Money};

/// Winners, and losers, listed at most.
const MOST_RANKED: usize = 10;

/// How scores change among those who have one before and after.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScoreChanges {
    pub up: u64,
    pub down: u64,
    pub same: u64,
    /// Had a score, and have none by the rules simulated.
    pub lost: u64,
    /// Had no score, and have one by the rules simulated.
    pub gained: u64,
    /// Points, six decimals; `None` where nobody has a score before and after.
    pub mean: Option<Fixed>,
    /// Points, above zero; `None` where nobody rises.
    pub largest_rise: Option<Fixed>,
    /// Points, below zero; `None` where nobody falls.
    pub largest_fall: Option<Fixed>,
}

/// What payouts cost in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostChange {
    pub currency: Currency,
    pub before_minor: i64,
    pub after_minor: i64,
    /// Agents with more than nothing to be paid.
    pub paid_before: u64,
    pub paid_after: u64,
}

/// The agents whose pay changes most in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// `None` for agents whom no plan pays; they are ranked by score.
    pub currency: Option<Currency>,
    /// At most ten, largest gain first.
    pub winners: Vec<AgentChange>,
    /// At most ten, largest loss first.
    pub losers: Vec<AgentChange>,
}

/// A unit of the first level below the root, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitChange {
    /// Code; the root's own for agents assigned to the root itself.
    pub unit: String,
    pub agents: u64,
    /// Agents whose rating, score or pay is another.
    pub moved: u64,
    pub up: u64,
    pub down: u64,
    /// One a currency.
    pub costs: Vec<CostChange>,
}

/// Score changes while they are added up.
#[derive(Default)]
pub(super) struct Scores {
    sum: Fixed,
    found: ScoreChanges,
}

impl Scores {
    pub(super) fn add(&mut self, change: &AgentChange) -> Result<(), AppError> {
        let found = &mut self.found;
        let Some(by) = change.score_change() else {
            found.lost += u64::from(change.before.score.is_some());
            found.gained += u64::from(change.after.score.is_some());
            return Ok(());
        };
        if by > Fixed::ZERO {
            found.up += 1;
            found.largest_rise = found.largest_rise.max(Some(by));
        } else if by < Fixed::ZERO {
            found.down += 1;
            found.largest_fall = Some(found.largest_fall.map_or(by, |largest| largest.min(by)));
        } else {
            found.same += 1;
        }
        self.sum = self.sum.checked_add(by).ok_or_else(|| too_large("changes of scores"))?;
        Ok(())
    }

    pub(super) fn finish(self) -> ScoreChanges {
        let compared = self.found.up + self.found.down + self.found.same;
        let mean = i64::try_from(compared).ok().and_then(|agents| self.sum.ratio(Fixed::from_int(agents)));
        ScoreChanges { mean, ..self.found }
    }
}

/// Payouts by currency.
#[derive(Default)]
pub(super) struct Costs(BTreeMap<Currency, CostChange>);

impl Costs {
    pub(super) fn add(&mut self, change: &AgentChange) -> Result<(), AppError> {
        if let Some(pay) = change.before.pay {
            let cost = self.of(pay.currency);
            cost.before_minor = plus(cost.before_minor, pay)?;
            cost.paid_before += u64::from(pay.minor > 0);
        }
        if let Some(pay) = change.after.pay {
            let cost = self.of(pay.currency);
            cost.after_minor = plus(cost.after_minor, pay)?;
            cost.paid_after += u64::from(pay.minor > 0);
        }
        Ok(())
    }

    fn of(&mut self, currency: Currency) -> &mut CostChange {
        self.0.entry(currency).or_insert(CostChange {
            currency,
            before_minor: 0,
            after_minor: 0,
            paid_before: 0,
            paid_after: 0,
        })
    }

    pub(super) fn finish(self) -> Vec<CostChange> {
        self.0.into_values().collect()
    }
}

impl CostChange {
    pub fn before(&self) -> Money {
        Money { minor: self.before_minor, currency: self.currency }
    }

    pub fn after(&self) -> Money {
        Money { minor: self.after_minor, currency: self.currency }
    }

    /// After less before.
    pub fn difference(&self) -> Money {
        Money { minor: self.after_minor.saturating_sub(self.before_minor), currency: self.currency }
    }
}

fn plus(sum: i64, pay: Money) -> Result<i64, AppError> {
    sum.checked_add(pay.minor).ok_or_else(|| too_large("payouts"))
}

fn too_large(what: &str) -> AppError {
    AppError::refused(format!("the sum of {what} is too large to be exact"))
}

/// Winners and losers by currency.
#[derive(Default)]
pub(super) struct Rankings(BTreeMap<Option<Currency>, Ranking>);

impl Rankings {
    /// Agents whose currency changes are in no ranking: they have no difference to be ranked by.
    pub(super) fn add(&mut self, change: &AgentChange) {
        let currency = match change.pay_change() {
            PayChange::Unpaid => None,
            PayChange::By(money) => Some(money.currency),
            PayChange::OtherCurrency => return,
        };
        let nothing = (0, Fixed::ZERO);
        let gain = change.gain();
        if gain == nothing {
            return;
        }
        let empty = Ranking { currency, winners: Vec::new(), losers: Vec::new() };
        let ranking = self.0.entry(currency).or_insert(empty);
        if gain > nothing {
            place(&mut ranking.winners, change, |one, other| one.gain() > other.gain());
        } else {
            place(&mut ranking.losers, change, |one, other| one.gain() < other.gain());
        }
    }

    /// By currency; agents whom no plan pays last.
    pub(super) fn finish(mut self) -> Vec<Ranking> {
        let unpaid = self.0.remove(&None);
        self.0.into_values().chain(unpaid).collect()
    }
}

/// Puts the change into the list where it belongs, if it does: among equals by employee number.
fn place(list: &mut Vec<AgentChange>, change: &AgentChange, before: impl Fn(&AgentChange, &AgentChange) -> bool) {
    let at = list.partition_point(|listed| {
        before(listed, change) || (!before(change, listed) && listed.employee_number < change.employee_number)
    });
    if at < MOST_RANKED {
        list.insert(at, change.clone());
        list.truncate(MOST_RANKED);
    }
}

/// One unit while it is added up.
#[derive(Default)]
pub(super) struct UnitTally {
    agents: u64,
    moved: u64,
    up: u64,
    down: u64,
    costs: Costs,
}

impl UnitTally {
    pub(super) fn add(&mut self, change: &AgentChange) -> Result<(), AppError> {
        let by = change.score_change().unwrap_or(Fixed::ZERO);
        self.agents += 1;
        self.moved += u64::from(change.moves());
        self.up += u64::from(by > Fixed::ZERO);
        self.down += u64::from(by < Fixed::ZERO);
        self.costs.add(change)
    }

    pub(super) fn finish(self, unit: String) -> UnitChange {
        let Self { agents, moved, up, down, costs } = self;
        UnitChange { unit, agents, moved, up, down, costs: costs.finish() }
    }
}

/// Posts that no card measures, by which rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WithoutCard {
    /// Only by the rules of the results that stand.
    pub before: u64,
    /// Only by the rules simulated.
    pub after: u64,
    pub both: u64,
}

impl WithoutCard {
    pub(super) fn add(&mut self, change: &AgentChange) {
        let without = |side: &Side| *side == Side::NO_CARD;
        match (without(&change.before), without(&change.after)) {
            (true, true) => self.both += 1,
            (true, false) => self.before += 1,
            (false, true) => self.after += 1,
            (false, false) => {}
        }
    }
}
