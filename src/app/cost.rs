//! What a cycle's payouts cost, before they are paid and after: by unit down the tree, by plan, card and rating, beside the cycle before.

use std::collections::{BTreeMap, BTreeSet};

use super::read::meant;
use super::{App, AppError, Change};
use crate::domain::authority::{Act, Reach};
use crate::domain::money::{Currency, Money};
use crate::domain::payout::Withheld;
use crate::store::{PayoutGroup, RunUnit, Take};

/// What a cycle costs. Every list has one line a currency and name; sums are those of the stored payouts, which were rounded one by one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cost {
    /// The latest scored cycle of the same kind that ended before this one begins.
    pub before: Option<String>,
    /// One a currency; the name is empty.
    pub totals: Vec<CostLine>,
    /// From the top of the tree down, each with everything below it.
    pub units: Vec<UnitCost>,
    pub plans: Vec<CostLine>,
    pub cards: Vec<CostLine>,
    /// The name is empty for those without a rating.
    pub ratings: Vec<CostLine>,
    /// Payouts of nothing by why, with how many.
    pub withheld: Vec<(Withheld, u64)>,
}

/// What payouts of one name come to in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostLine {
    /// Code of a unit, id of a plan or card, or a rating.
    pub name: String,
    pub currency: Currency,
    pub sum: CostSum,
    /// The same in the cycle before, where there is one.
    pub before: Option<CostSum>,
}

/// Payouts added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CostSum {
    pub amount_minor: i64,
    /// Agents whose payout is not withheld.
    pub payable: u64,
    pub withheld: u64,
}

/// A unit with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitCost {
    pub line: CostLine,
    /// Code of the unit above, where that is shown too.
    pub parent: Option<String>,
    /// How many of the units shown are above it.
    pub depth: usize,
}

impl CostLine {
    pub fn amount(&self) -> Money {
        Money { minor: self.sum.amount_minor, currency: self.currency }
    }

    pub fn amount_before(&self) -> Option<Money> {
        self.before.map(|before| Money { minor: before.amount_minor, currency: self.currency })
    }

    /// How much more than in the cycle before.
    pub fn difference(&self) -> Option<Money> {
        let before = self.before?;
        let minor = self.sum.amount_minor.checked_sub(before.amount_minor)?;
        Some(Money { minor, currency: self.currency })
    }

    /// The sum by its payable agents, halves rounded up; `None` where nobody is payable.
    pub fn mean(&self) -> Option<Money> {
        let agents = i128::from(self.sum.payable);
        let twice = i128::from(self.sum.amount_minor).checked_mul(2)?.checked_add(agents)?;
        let minor = i64::try_from(twice.checked_div_euclid(agents.checked_mul(2)?)?).ok()?;
        Some(Money { minor, currency: self.currency })
    }
}

/// Sums by name and currency.
#[derive(Default)]
struct Sums(BTreeMap<(String, Currency), CostSum>);

impl Sums {
    fn add(&mut self, name: &str, group: &PayoutGroup) -> Result<(), AppError> {
        let too_large = || AppError::refused("the sum of the payouts is too large to be exact");
        let sum = self.0.entry((name.to_owned(), group.currency)).or_default();
        sum.amount_minor = sum.amount_minor.checked_add(group.amount_minor).ok_or_else(too_large)?;
        let counted = if group.withheld.is_none() { &mut sum.payable } else { &mut sum.withheld };
        *counted = counted.saturating_add(group.agents);
        Ok(())
    }

    fn of(groups: &[PayoutGroup], name: impl Fn(&PayoutGroup) -> &str) -> Result<Self, AppError> {
        let mut sums = Self::default();
        groups.iter().try_for_each(|group| sums.add(name(group), group))?;
        Ok(sums)
    }

    /// Each unit with all below it.
    fn of_units(groups: &[PayoutGroup], tree: &Units) -> Result<Self, AppError> {
        let mut sums = Self::default();
        for group in groups {
            for unit in tree.upward(group.unit_id) {
                sums.add(&unit.code, group)?;
            }
        }
        Ok(sums)
    }

    /// Lines in order of name, with what was there before; a name that only was there before has a line too.
    fn lines(self, before: Option<Self>) -> Vec<CostLine> {
        let compared = before.is_some();
        let mut before = before.unwrap_or_default().0;
        let mut lines: Vec<CostLine> = self
            .0
            .into_iter()
            .map(|((name, currency), sum)| {
                let earlier = before.remove(&(name.clone(), currency)).unwrap_or_default();
                CostLine { name, currency, sum, before: compared.then_some(earlier) }
            })
            .collect();
        lines.extend(before.into_iter().map(|((name, currency), earlier)| CostLine {
            name,
            currency,
            sum: CostSum::default(),
            before: Some(earlier),
        }));
        lines.sort_by(|one, other| (&one.name, one.currency).cmp(&(&other.name, other.currency)));
        lines
    }
}

/// The units of a run as far as they are within reach.
struct Units(BTreeMap<i64, RunUnit>);

impl Units {
    fn new(units: Vec<RunUnit>, reach: &Reach) -> Self {
        let all = Self(units.into_iter().map(|unit| (unit.unit_id, unit)).collect());
        let within = |id: i64| reach.everything || all.upward(id).any(|unit| reach.units.contains(&unit.unit_id));
        let ids: BTreeSet<i64> = all.0.keys().copied().filter(|id| within(*id)).collect();
        Self(all.0.into_iter().filter(|(id, _)| ids.contains(id)).collect())
    }

    /// A unit and those above it, as far as they are here. A tree is never as deep as it has units, so that a broken one ends too.
    fn upward(&self, id: i64) -> impl Iterator<Item = &RunUnit> {
        let above = |unit: &&RunUnit| unit.parent_id.and_then(|parent| self.0.get(&parent));
        std::iter::successors(self.0.get(&id), above).take(self.0.len())
    }

    /// By code: the codes from the top down to the unit, by which a list goes down the tree.
    fn ways(&self) -> BTreeMap<&str, Vec<&str>> {
        let way = |unit: &RunUnit| {
            let mut way: Vec<&str> = self.upward(unit.unit_id).map(|unit| unit.code.as_str()).collect();
            way.reverse();
            way
        };
        self.0.values().map(|unit| (unit.code.as_str(), way(unit))).collect()
    }

    /// Lines down the tree. A unit that only the cycle before had stands last.
    fn down(&self, lines: Vec<CostLine>) -> Vec<UnitCost> {
        let ways = self.ways();
        let mut found: Vec<(bool, Vec<&str>, UnitCost)> = lines
            .into_iter()
            .map(|line| {
                let way = ways.get(line.name.as_str()).cloned().unwrap_or_default();
                let parent = way.iter().rev().nth(1).map(|code| (*code).to_owned());
                let depth = way.len().saturating_sub(1);
                (way.is_empty(), way, UnitCost { line, parent, depth })
            })
            .collect();
        found.sort_by(|(gone, way, one), (other_gone, other_way, other)| {
            (gone, way, one.line.currency).cmp(&(other_gone, other_way, other.line.currency))
        });
        found.into_iter().map(|(_, _, unit)| unit).collect()
    }
}

/// What one run's payouts come to.
struct Counted {
    totals: Sums,
    units: Sums,
    plans: Sums,
    cards: Sums,
    ratings: Sums,
}

impl Counted {
    fn of(groups: &[PayoutGroup], tree: &Units) -> Result<Self, AppError> {
        Ok(Self {
            totals: Sums::of(groups, |_| "")?,
            units: Sums::of_units(groups, tree)?,
            plans: Sums::of(groups, |group| &group.plan)?,
            cards: Sums::of(groups, |group| &group.card)?,
            ratings: Sums::of(groups, |group| group.rating.as_deref().unwrap_or_default())?,
        })
    }
}

impl App {
    /// What the payouts of a cycle that are within reach cost, as they are to be paid.
    ///
    /// Errors: `Forbidden` for whoever sees no pay but their own.
    pub async fn cycle_cost(&self, code: &str) -> Result<Cost, AppError> {
        let (reach, shown) = self.shown_with_revisions(Act::ReadPay, code).await?;
        if reach.agent.is_some() && !reach.everything && reach.units.is_empty() {
            return Err(AppError::Forbidden(
                "what a cycle costs is about whole units: you see your own pay only".into(),
            ));
        }
        let run = &shown.run;
        let (tree, groups) = self.counted(run.id, meant(&shown, Take::Paid), &reach).await?;
        let now = Counted::of(&groups, &tree)?;
        let earlier = self.store.earlier_runs(run.cycle_id, 1).await?.pop();
        let before = match &earlier {
            Some(earlier) => {
                let (tree, groups) = self.counted(earlier.run_id, Take::Paid, &reach).await?;
                Some(Counted::of(&groups, &tree)?)
            }
            None => None,
        };
        let mut withheld: BTreeMap<Withheld, u64> = BTreeMap::new();
        for (why, agents) in groups.iter().filter_map(|group| Some((group.withheld?, group.agents))) {
            let sum = withheld.entry(why).or_default();
            *sum = sum.saturating_add(agents);
        }
        let [totals, units, plans, cards, ratings] = match before {
            Some(Counted { totals, units, plans, cards, ratings }) => [totals, units, plans, cards, ratings].map(Some),
            None => [const { None }; 5],
        };
        self.recorded_read(Change::new("payout.cost", "cycle", code)).await?;
        Ok(Cost {
            before: earlier.map(|earlier| earlier.cycle_code),
            totals: now.totals.lines(totals),
            units: tree.down(now.units.lines(units)),
            plans: now.plans.lines(plans),
            cards: now.cards.lines(cards),
            ratings: now.ratings.lines(ratings),
            withheld: withheld.into_iter().collect(),
        })
    }

    async fn counted(&self, run: i64, take: Take, reach: &Reach) -> Result<(Units, Vec<PayoutGroup>), AppError> {
        let units = Units::new(self.store.unit_tree(run).await?.to_vec(), reach);
        Ok((units, self.store.payout_groups(run, take, reach).await?))
    }
}
