//! From a score to a payout: score → attainment → payout curve × target incentive × proration → floor and cap → rounded once.
//! Every step is kept.

mod paying;

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::curve::{Corner, CurveError, check_corners};
use super::fixed::Fixed;
use super::money::{Currency, Rounding};
use super::period::Period;
use super::text::Text;
use super::tiers::{self, Tier, TiersError};

pub use paying::{PayoutError, pay};

/// From attainment (percent) to the payout as percent of the target incentive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutCurve {
    /// Straight lines between corners (`value` attainment, `points` percent of target); flat outside.
    Linear { corners: Vec<Corner> },
    /// The tier's rate is the percent of target.
    Flat { tiers: Vec<Tier> },
    /// Each slice of attainment earns its own tier's rate: Σ slice × rate.
    Marginal { tiers: Vec<Tier> },
}

/// Why a plan cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("the payout curve: {0}")]
    Curve(#[from] CurveError),
    #[error("the payout tiers: {0}")]
    Tiers(#[from] TiersError),
    #[error("the tier from {from} has the rate {rate}: a score never costs money, so rates start at 0")]
    NegativeRate { from: Fixed, rate: Fixed },
    #[error("'{name}' is {value}: use 0 or more")]
    Negative { name: &'static str, value: Fixed },
    #[error("the floor of {floor} percent is above the cap of {cap} percent: swap them")]
    FloorAboveCap { floor: Fixed, cap: Fixed },
    #[error("'min_days' is {0}: use 0 or more")]
    NegativeDays(i64),
}

impl PayoutCurve {
    /// Whether every attainment from zero on earns a percentage, and none a negative one.
    pub fn check(&self) -> Result<(), PlanError> {
        match self {
            Self::Linear { corners } => Ok(check_corners(corners)?),
            Self::Flat { tiers } | Self::Marginal { tiers } => {
                tiers::check(tiers)?;
                match tiers.iter().find(|tier| tier.rate.is_negative()) {
                    Some(tier) => Err(PlanError::NegativeRate { from: tier.from, rate: tier.rate }),
                    None => Ok(()),
                }
            }
        }
    }
}

impl IncentivePlan {
    /// Everything wrong with a plan; empty when it may be used.
    pub fn check(&self) -> Vec<PlanError> {
        let mut errors: Vec<_> = self.curve.check().err().into_iter().collect();
        for (name, percent) in [("floor_percent", self.floor_percent), ("cap_percent", self.cap_percent)] {
            if let Some(value) = percent.filter(|value| value.is_negative()) {
                errors.push(PlanError::Negative { name, value });
            }
        }
        if let (Some(floor), Some(cap)) = (self.floor_percent, self.cap_percent)
            && floor > cap
        {
            errors.push(PlanError::FloorAboveCap { floor, cap });
        }
        if self.min_days < 0 {
            errors.push(PlanError::NegativeDays(self.min_days));
        }
        errors
    }
}

/// An incentive plan of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncentivePlan {
    pub id: String,
    pub name: Text,
    pub posts: Vec<String>,
    pub curve: PayoutCurve,
    /// Percent of target below which a payout that is earned at all does not fall, and above which it does not rise.
    pub floor_percent: Option<Fixed>,
    pub cap_percent: Option<Fixed>,
    /// Ratings that earn nothing.
    pub excluded_ratings: Vec<String>,
    /// Fewer days assigned in the cycle than this earn nothing.
    pub min_days: i64,
    /// Days without an assignment in the cycle reduce the payout. When not, stretches share one whole target by their days.
    pub prorate_days: bool,
    /// Part-time stretches earn their FTE's share.
    pub prorate_fte: bool,
    pub rounding: Rounding,
}

/// A stretch of an assignment inside the cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayableStretch {
    pub period: Period,
    /// 1 is full time.
    pub fte: Fixed,
    /// Target incentive for one whole cycle at full time and 100 %, in minor units.
    pub target_minor: i64,
}

/// What a payout is computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutInput {
    pub cycle: Period,
    /// The printed score; `None` when the card has none.
    pub score: Option<Fixed>,
    pub rating: Option<String>,
    pub currency: Currency,
    pub stretches: Vec<PayableStretch>,
}

/// The steps of a payout, in the order they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// score → attainment percent.
    Attainment,
    /// attainment → percent of target.
    Curve,
    Floor,
    Cap,
    /// target × percent ÷ 100 × days ÷ (days of the cycle, or days assigned) × FTE of one stretch, unrounded.
    Stretch,
    /// Sum of the stretches, unrounded: their exact products added up and divided once, so that thirds make a whole.
    Sum,
    /// Rounded to minor units.
    Rounding,
}

/// One figure that went into a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepInput {
    pub name: Cow<'static, str>,
    #[serde(with = "crate::domain::decimal::as_text")]
    pub value: Decimal,
}

/// One step with what went in and what came out; amounts in major units. The names of the inputs by kind:
///
/// - `Attainment`: `score`
/// - `Curve`: `attainment_percent`, then for a linear curve `from_attainment`, `from_percent`, `to_attainment`, `to_percent`; for flat
///   tiers `tier_from`, `rate`; for marginal tiers `slice_1`, `rate_1`, `slice_2`, …
/// - `Floor`, `Cap`: `percent`, and `floor_percent` or `cap_percent`; a percentage of zero is not lifted to the floor
/// - `Stretch`: `target`, `percent`, `days`, `cycle_days` or (without proration by days) `assigned_days`, and `fte` where it prorates
/// - `Sum`: `stretch_1`, `stretch_2`, …
/// - `Rounding`: `unrounded`, `decimals`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutStep {
    pub kind: StepKind,
    pub inputs: Vec<StepInput>,
    #[serde(with = "crate::domain::decimal::as_text")]
    pub result: Decimal,
}

/// Why nothing is payable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The card has no score (on hold or insufficient data).
    NoScore,
    ExcludedRating,
    TooFewDays,
    /// No target incentive is agreed for any stretch.
    NoTarget,
}

/// A payout with its working; `withheld` is `None` when it is payable (which may still be zero).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutResult {
    pub plan: String,
    pub withheld: Option<Withheld>,
    pub amount_minor: i64,
    pub currency: Currency,
    pub steps: Vec<PayoutStep>,
}
