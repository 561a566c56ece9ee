//! `incentives/*.yaml`: how a score becomes pay.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exact, ID_PATTERN, Words, corners, tiers};
use crate::domain::fixed::Fixed;
use crate::domain::money::Rounding;
use crate::domain::payout::{IncentivePlan, PayoutCurve, Withheld};

/// An incentive plan: score → attainment → payout curve × target incentive × proration → floor and cap → rounded once.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Merit incentive plan")]
pub struct PlanFile {
    /// Unique among incentive plans.
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: String,
    pub name: Words,
    /// Posts paid by this plan, as the roster writes them. A post has one plan.
    #[schemars(length(min = 1), inner(length(min = 1)))]
    pub posts: Vec<String>,
    pub curve: PayoutCurveEntry,
    /// Percent of target below which a payout that is earned at all does not fall.
    #[serde(default)]
    pub floor_percent: Option<Exact>,
    /// Percent of target above which a payout does not rise.
    #[serde(default)]
    pub cap_percent: Option<Exact>,
    /// Ratings that earn nothing.
    #[serde(default)]
    pub excluded_ratings: Vec<String>,
    /// Fewer days assigned in the cycle than this earn nothing.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub min_days: i64,
    /// Pay in proportion to the days assigned.
    pub prorate_days: bool,
    /// Pay in proportion to the working time (FTE).
    pub prorate_fte: bool,
    pub rounding: RoundingName,
    /// Worked examples; `merit check` runs them.
    #[serde(default)]
    pub examples: Vec<PlanExample>,
}

/// From attainment (the printed score, read as percent) to percent of the target incentive.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PayoutCurveEntry {
    /// Straight lines between the corners, flat outside them.
    Linear {
        /// Corners `[attainment, percent of target]` in ascending order of attainment.
        #[schemars(length(min = 1))]
        points: Vec<[Exact; 2]>,
    },
    /// The whole attainment earns the rate of the tier it reaches.
    Flat {
        /// Tiers `[from attainment, percent of target]` in ascending order.
        #[schemars(length(min = 1))]
        tiers: Vec<[Exact; 2]>,
    },
    /// Each slice of attainment earns its own tier's rate.
    Marginal {
        /// Tiers `[from attainment, rate]` in ascending order.
        #[schemars(length(min = 1))]
        tiers: Vec<[Exact; 2]>,
    },
}

/// How the payable amount becomes whole minor units.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundingName {
    /// Halves away from zero.
    HalfUp,
    /// Halves to the even neighbour.
    HalfEven,
    /// Toward zero.
    Down,
    /// Away from zero.
    Up,
}

/// A worked example: a score and stretches of assignment, and what they pay.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanExample {
    pub name: String,
    /// First and last day of the cycle.
    pub cycle: ExamplePeriod,
    /// The printed score; left out where the card has none.
    #[serde(default)]
    pub score: Option<Exact>,
    #[serde(default)]
    pub rating: Option<String>,
    /// Currency of ISO 4217, such as CNY.
    pub currency: String,
    pub stretches: Vec<ExampleStretch>,
    /// What is paid, in the currency's main unit.
    pub amount: Exact,
    /// Why nothing is payable; left out where something is.
    #[serde(default)]
    pub withheld: Option<WithheldName>,
}

/// Whole days, both ends included.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamplePeriod {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// A stretch of an assignment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleStretch {
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// 1 is full time.
    pub fte: Exact,
    /// Target incentive for one whole cycle at full time, in the currency's main unit.
    pub target: Exact,
}

/// Why nothing is payable.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithheldName {
    NoScore,
    ExcludedRating,
    TooFewDays,
    NoTarget,
}

impl From<WithheldName> for Withheld {
    fn from(name: WithheldName) -> Self {
        match name {
            WithheldName::NoScore => Self::NoScore,
            WithheldName::ExcludedRating => Self::ExcludedRating,
            WithheldName::TooFewDays => Self::TooFewDays,
            WithheldName::NoTarget => Self::NoTarget,
        }
    }
}

impl From<RoundingName> for Rounding {
    fn from(name: RoundingName) -> Self {
        match name {
            RoundingName::HalfUp => Self::HalfUp,
            RoundingName::HalfEven => Self::HalfEven,
            RoundingName::Down => Self::Down,
            RoundingName::Up => Self::Up,
        }
    }
}

impl PayoutCurveEntry {
    /// The pairs of the curve and the name of the field that holds them.
    pub fn pairs(&self) -> (&'static str, &[[Exact; 2]]) {
        match self {
            Self::Linear { points } => ("points", points),
            Self::Flat { tiers } | Self::Marginal { tiers } => ("tiers", tiers),
        }
    }

    fn to_curve(&self) -> PayoutCurve {
        match self {
            Self::Linear { points } => PayoutCurve::Linear { corners: corners(points) },
            Self::Flat { tiers: pairs } => PayoutCurve::Flat { tiers: tiers(pairs) },
            Self::Marginal { tiers: pairs } => PayoutCurve::Marginal { tiers: tiers(pairs) },
        }
    }
}

impl PlanFile {
    pub fn to_plan(&self) -> IncentivePlan {
        IncentivePlan {
            id: self.id.clone(),
            name: self.name.clone().into(),
            posts: self.posts.clone(),
            curve: self.curve.to_curve(),
            floor_percent: self.floor_percent.map(Fixed::from),
            cap_percent: self.cap_percent.map(Fixed::from),
            excluded_ratings: self.excluded_ratings.clone(),
            min_days: self.min_days,
            prorate_days: self.prorate_days,
            prorate_fte: self.prorate_fte,
            rounding: self.rounding.into(),
        }
    }
}
