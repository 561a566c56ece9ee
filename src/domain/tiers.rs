//! Tiers: rates that change at thresholds, applied to the whole (flat) or to each slice (marginal).

use serde::{Deserialize, Serialize};

use super::fixed::Fixed;

/// From `from` on (inclusive) to the next tier's `from` (exclusive), this rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub from: Fixed,
    pub rate: Fixed,
}

/// The part of an amount that lies in one tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    pub amount: Fixed,
    pub rate: Fixed,
}

/// Why tiers cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TiersError {
    #[error("there is no tier: give at least one, starting from 0")]
    Empty,
    #[error("the first tier starts from {0}: let it start from 0, so that every amount has a rate")]
    StartsAboveZero(Fixed),
    #[error("the tier from {from} follows the one from {after}: list tiers by ascending start, each start once")]
    NotAscending { after: Fixed, from: Fixed },
}

/// Whether every amount from zero on has exactly one tier: at least one tier, the first from zero or below, starts ascending.
pub fn check(tiers: &[Tier]) -> Result<(), TiersError> {
    let first = tiers.first().ok_or(TiersError::Empty)?;
    if first.from > Fixed::ZERO {
        return Err(TiersError::StartsAboveZero(first.from));
    }
    for (before, next) in tiers.iter().zip(tiers.iter().skip(1)) {
        if next.from <= before.from {
            return Err(TiersError::NotAscending { after: before.from, from: next.from });
        }
    }
    Ok(())
}

/// The tier an amount lies in; `None` below the first tier.
pub fn tier_of(tiers: &[Tier], amount: Fixed) -> Option<Tier> {
    let after = tiers.partition_point(|tier| tier.from <= amount);
    after.checked_sub(1).and_then(|index| tiers.get(index)).copied()
}

/// The rate of the tier the whole amount lies in; `None` below the first tier.
pub fn flat(tiers: &[Tier], amount: Fixed) -> Option<Fixed> {
    tier_of(tiers, amount).map(|tier| tier.rate)
}

/// The slices of an amount, counted from zero, lowest first; nothing for an amount of zero or less.
pub fn slices(tiers: &[Tier], amount: Fixed) -> impl Iterator<Item = Slice> {
    let ends = tiers.iter().skip(1).map(move |next| next.from.min(amount)).chain([amount]);
    tiers.iter().zip(ends).filter_map(|(tier, end)| {
        let inside = end.checked_sub(tier.from.max(Fixed::ZERO))?;
        (inside > Fixed::ZERO).then_some(Slice { amount: inside, rate: tier.rate })
    })
}

/// Σ slice × rate over the slices of an amount, each exact, rounded once to six decimals; the unit of the rate is the caller's.
/// `None` when there is no tier or the sum does not fit.
pub fn marginal(tiers: &[Tier], amount: Fixed) -> Option<Fixed> {
    tiers.first()?;
    Fixed::sum_of_products(slices(tiers, amount).map(|slice| (slice.amount, slice.rate)))
}
