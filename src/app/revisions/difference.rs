//! What is different between two results of the same agent and cycle.

use std::collections::BTreeMap;

use crate::domain::appraisal::AppraisalResult;
use crate::domain::fixed::Fixed;
use crate::domain::money::{Currency, Money};
use crate::domain::scorecard::LineResult;
use crate::store::PayoutDetail;

/// What changed from one result to the next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// With two decimals; `None` where there was none.
    pub score: (Option<Fixed>, Option<Fixed>),
    pub rating: (Option<String>, Option<String>),
    /// Lines that are not the same, in order of stretch and card.
    pub lines: Vec<LineDifference>,
    /// By currency, where it is not the same.
    pub pay: Vec<PayDifference>,
}

/// A line that is not the same; each figure before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDifference {
    /// Of the stretch, the first is 1.
    pub stretch: usize,
    pub line: String,
    pub value: (Option<Fixed>, Option<Fixed>),
    pub points: (Option<Fixed>, Option<Fixed>),
    pub weight: (Option<Fixed>, Option<Fixed>),
    pub contribution: (Option<Fixed>, Option<Fixed>),
}

/// What is payable before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayDifference {
    pub before: Money,
    pub after: Money,
}

impl PayDifference {
    /// What is to be paid beyond what was; `None` where it cannot be counted.
    pub fn amount(&self) -> Option<Money> {
        let minor = self.after.minor.checked_sub(self.before.minor)?;
        Some(Money { minor, currency: self.after.currency })
    }

    /// What is payable by each payout, where it differs.
    pub(in crate::app) fn between(before: Option<Money>, after: Option<Money>) -> Vec<Self> {
        let mut amounts: BTreeMap<Currency, [i64; 2]> = BTreeMap::new();
        for (place, payable) in [before, after].into_iter().enumerate() {
            let Some(Money { minor, currency }) = payable else { continue };
            let sides = amounts.entry(currency).or_default();
            if let Some(side) = sides.get_mut(place) {
                *side = minor;
            }
        }
        let different = amounts.into_iter().filter(|(_, [before, after])| before != after);
        different
            .map(|(currency, [before, after])| Self {
                before: Money { minor: before, currency },
                after: Money { minor: after, currency },
            })
            .collect()
    }
}

/// What is paid by a payout; nothing where it is withheld.
fn payable(payout: &PayoutDetail) -> Option<Money> {
    let result = &payout.result;
    result.withheld.is_none().then_some(Money { minor: result.amount_minor, currency: result.currency })
}

pub(in crate::app) fn difference(
    before: Option<&AppraisalResult>,
    after: Option<&AppraisalResult>,
    paid: Option<&PayoutDetail>,
    payout: Option<&PayoutDetail>,
) -> Difference {
    let score = |result: Option<&AppraisalResult>| result.and_then(|result| result.printed);
    let rating =
        |result: Option<&AppraisalResult>| result.and_then(|result| result.rating.as_deref().map(str::to_owned));
    Difference {
        score: (score(before), score(after)),
        rating: (rating(before), rating(after)),
        lines: lines(before, after),
        pay: PayDifference::between(paid.and_then(payable), payout.and_then(payable)),
    }
}

/// Lines of both by stretch and id, in the order of the later result; lines that only the earlier one had come last.
fn lines(before: Option<&AppraisalResult>, after: Option<&AppraisalResult>) -> Vec<LineDifference> {
    let mut earlier: BTreeMap<(usize, &str), &LineResult> = of(before).collect();
    let mut found = Vec::new();
    for (key, line) in of(after) {
        let was = earlier.remove(&key);
        if was != Some(line) {
            found.push(line_difference(key, was, Some(line)));
        }
    }
    found.extend(earlier.into_iter().map(|(key, line)| line_difference(key, Some(line), None)));
    found.retain(|line| {
        let same = |(before, after): (Option<Fixed>, Option<Fixed>)| before == after;
        !(same(line.value) && same(line.points) && same(line.weight) && same(line.contribution))
    });
    found
}

fn of(result: Option<&AppraisalResult>) -> impl Iterator<Item = ((usize, &str), &LineResult)> {
    let stretches = result.into_iter().flat_map(|result| result.stretches.iter().enumerate());
    stretches
        .flat_map(|(index, stretch)| stretch.stretch.card.lines.iter().map(move |line| ((index + 1, &*line.id), line)))
}

fn line_difference(
    (stretch, line): (usize, &str),
    before: Option<&LineResult>,
    after: Option<&LineResult>,
) -> LineDifference {
    LineDifference {
        stretch,
        line: line.to_owned(),
        value: (before.and_then(|line| line.value), after.and_then(|line| line.value)),
        points: (before.and_then(|line| line.points), after.and_then(|line| line.points)),
        weight: (before.map(|line| line.effective_weight), after.map(|line| line.effective_weight)),
        contribution: (before.map(|line| line.contribution), after.map(|line| line.contribution)),
    }
}
