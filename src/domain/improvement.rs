//! When an improvement plan is suggested, and with what objectives.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::fixed::Fixed;
use super::interval::Interval;
use super::metric::MetricId;
use super::text::Text;

/// A plan is suggested when a metric is worse than its floor in `periods_below` of the last `of_periods` periods, the current one
/// among them, and the better end of the current interval is still worse than the floor, with enough samples. Never by rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    pub metric: MetricId,
    /// Worse than this is below standard (above it, for a metric where lower is better).
    pub floor: Fixed,
    /// What an objective aims at.
    pub target: Fixed,
    pub min_samples: i64,
}

/// A course or coaching of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    pub id: String,
    pub name: Text,
    pub metrics: Vec<MetricId>,
    pub hours: Fixed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImprovementRules {
    pub triggers: Vec<Trigger>,
    pub periods_below: u32,
    pub of_periods: u32,
    /// At most 3.
    pub max_objectives: u32,
    /// Days from the plan's start to its objectives' date; at least 30.
    pub duration_days: u32,
    pub check_ins: u32,
    pub courses: Vec<Course>,
}

/// One metric of one period, as its scorecard line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastValue {
    pub value: Fixed,
    pub interval: Option<Interval>,
    pub samples: i64,
}

/// A metric's last periods, oldest first, the current one last; `None` where there was no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub metric: MetricId,
    /// The line's effective weight in the current card; decides which objectives come first.
    pub weight: Fixed,
    pub periods: Vec<Option<PastValue>>,
}

/// What an agent is asked to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objective {
    pub metric: MetricId,
    /// Frozen: the current period's value.
    pub baseline: Fixed,
    pub floor: Fixed,
    pub target: Fixed,
    pub due: NaiveDate,
    pub course: Option<String>,
    /// Periods below the floor among those looked at.
    pub periods_below: u32,
    pub of_periods: u32,
}

/// A suggested plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub starts: NaiveDate,
    pub due: NaiveDate,
    pub check_ins: u32,
    pub objectives: Vec<Objective>,
}
