//! When an improvement plan is suggested, and with what objectives.

mod suggesting;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::fixed::Fixed;
use super::interval::Interval;
use super::metric::MetricId;
use super::text::Text;

pub use suggesting::suggest;

/// More objectives than this help nobody.
pub const MAX_OBJECTIVES: u32 = 3;
/// Shorter plans give nobody a fair chance.
pub const MIN_DURATION_DAYS: u32 = 30;
pub const MIN_CHECK_INS: u32 = 2;

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

/// What is wrong with the rules for improvement plans.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImprovementError {
    #[error("'periods_below' is {periods_below} of {of_periods} periods: use at least 1 and no more than 'of_periods'")]
    Periods { periods_below: u32, of_periods: u32 },
    #[error("'max_objectives' is {0}: use 1 to {MAX_OBJECTIVES}")]
    Objectives(u32),
    #[error("'duration_days' is {0}: use at least {MIN_DURATION_DAYS}")]
    Duration(u32),
    #[error("'check_ins' is {0}: use at least {MIN_CHECK_INS}")]
    CheckIns(u32),
    #[error("two triggers watch '{metric}': merge them")]
    DuplicateTrigger { metric: MetricId },
    #[error("the trigger on '{metric}' wants at least {min_samples} samples: use 0 or more")]
    NegativeSamples { metric: MetricId, min_samples: i64 },
    #[error("two courses are called '{course}': rename one")]
    DuplicateCourse { course: String },
}

impl ImprovementRules {
    /// Everything wrong with the rules; empty when they may be used. Whether metrics exist is for the rules as a whole to know.
    pub fn check(&self) -> Vec<ImprovementError> {
        let mut errors = Vec::new();
        if self.periods_below == 0 || self.periods_below > self.of_periods {
            let (periods_below, of_periods) = (self.periods_below, self.of_periods);
            errors.push(ImprovementError::Periods { periods_below, of_periods });
        }
        if !(1..=MAX_OBJECTIVES).contains(&self.max_objectives) {
            errors.push(ImprovementError::Objectives(self.max_objectives));
        }
        if self.duration_days < MIN_DURATION_DAYS {
            errors.push(ImprovementError::Duration(self.duration_days));
        }
        if self.check_ins < MIN_CHECK_INS {
            errors.push(ImprovementError::CheckIns(self.check_ins));
        }
        for (index, trigger) in self.triggers.iter().enumerate() {
            let metric = || trigger.metric.clone();
            if self.triggers.iter().take(index).any(|other| other.metric == trigger.metric) {
                errors.push(ImprovementError::DuplicateTrigger { metric: metric() });
            }
            if trigger.min_samples < 0 {
                errors.push(ImprovementError::NegativeSamples { metric: metric(), min_samples: trigger.min_samples });
            }
        }
        for (index, course) in self.courses.iter().enumerate() {
            if self.courses.iter().take(index).any(|other| other.id == course.id) {
                errors.push(ImprovementError::DuplicateCourse { course: course.id.clone() });
            }
        }
        errors
    }
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
