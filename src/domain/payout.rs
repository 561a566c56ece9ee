//! From a score to a payout: score → attainment → payout curve × target incentive × proration → floor and cap → rounded once.
//! Every step is kept.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::curve::Corner;
use super::fixed::Fixed;
use super::money::{Currency, Rounding};
use super::period::Period;
use super::text::Text;
use super::tiers::Tier;

/// From attainment (percent) to the payout as percent of the target incentive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PayoutCurve {
    /// Straight lines between corners (`value` attainment, `points` percent of target); flat outside.
    Linear { corners: Vec<Corner> },
    /// The tier's rate is the percent of target.
    Flat { tiers: Vec<Tier> },
    /// Each slice of attainment earns its own tier's rate: Σ slice × rate.
    Marginal { tiers: Vec<Tier> },
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
    pub prorate_days: bool,
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
    /// target × percent × days share × FTE of one stretch.
    Stretch,
    /// Sum of the stretches, unrounded.
    Sum,
    /// Rounded to minor units.
    Rounding,
}

/// One figure that went into a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepInput {
    pub name: String,
    pub value: Decimal,
}

/// One step with what went in and what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutStep {
    pub kind: StepKind,
    pub inputs: Vec<StepInput>,
    pub result: Decimal,
}

/// Why nothing is payable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
