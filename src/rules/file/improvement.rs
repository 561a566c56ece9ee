//! `improvement.yaml`: when an improvement plan is suggested, and the training catalogue.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exact, ID_PATTERN, Words};
use crate::domain::improvement::{Course, ImprovementRules, Trigger};
use crate::domain::metric::MetricId;

/// When an improvement plan is suggested, with what objectives, and what training helps. Never by rank.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Merit improvement rules")]
pub struct ImprovementFile {
    /// One a metric.
    pub triggers: Vec<TriggerEntry>,
    /// So many periods worse than the floor, the current one among them …
    #[schemars(range(min = 1))]
    pub periods_below: u32,
    /// … of so many last periods.
    #[schemars(range(min = 1))]
    pub of_periods: u32,
    /// Objectives of one plan; more than three at once help nobody.
    #[schemars(range(min = 1, max = 3))]
    pub max_objectives: u32,
    /// Days from the plan's start to its objectives' date.
    #[schemars(range(min = 30))]
    pub duration_days: u32,
    /// Talks between agent and supervisor on the way.
    #[schemars(range(min = 2))]
    pub check_ins: u32,
    /// The training catalogue.
    pub courses: Vec<CourseEntry>,
    /// Worked examples; `merit check` runs them.
    #[serde(default)]
    pub examples: Vec<ImprovementExample>,
}

/// A floor for a metric.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerEntry {
    pub metric: String,
    /// Worse than this is below standard (above it, where lower is better).
    pub floor: Exact,
    /// What an objective aims at.
    pub target: Exact,
    /// With fewer cases nothing is suggested.
    #[schemars(range(min = 1))]
    pub min_samples: i64,
}

/// A course or coaching.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseEntry {
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: String,
    pub name: Words,
    /// What it teaches and how.
    pub description: Words,
    /// Metrics it is meant to raise.
    #[schemars(length(min = 1))]
    pub metrics: Vec<String>,
    pub hours: Exact,
}

/// A worked example: the last periods of some metrics, and the objectives suggested.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImprovementExample {
    pub name: String,
    /// The plan's first day.
    pub starts: NaiveDate,
    pub histories: Vec<ExampleHistory>,
    /// Empty where no plan is suggested.
    pub objectives: Vec<ExampleObjective>,
}

/// A metric's last periods, oldest first, the current one last.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleHistory {
    pub metric: String,
    /// The line's weight in the current card; decides which objectives come first.
    pub weight: Exact,
    /// `null` where there was no value.
    pub periods: Vec<Option<ExamplePeriodFacts>>,
}

/// Facts of one period, pooled.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamplePeriodFacts {
    pub numerator: Exact,
    pub denominator: Exact,
    /// Cases behind the ratio; the denominator when left out.
    #[serde(default)]
    pub samples: Option<i64>,
}

/// An objective as it must come out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleObjective {
    pub metric: String,
    pub baseline: Exact,
    pub target: Exact,
    pub due: NaiveDate,
    /// Left out where the catalogue has none.
    #[serde(default)]
    pub course: Option<String>,
}

impl ImprovementFile {
    pub fn to_rules(&self) -> ImprovementRules {
        ImprovementRules {
            triggers: self.triggers.iter().map(TriggerEntry::to_trigger).collect(),
            periods_below: self.periods_below,
            of_periods: self.of_periods,
            max_objectives: self.max_objectives,
            duration_days: self.duration_days,
            check_ins: self.check_ins,
            courses: self.courses.iter().map(CourseEntry::to_course).collect(),
        }
    }
}

impl TriggerEntry {
    fn to_trigger(&self) -> Trigger {
        Trigger {
            metric: MetricId::new(&self.metric),
            floor: self.floor.0,
            target: self.target.0,
            min_samples: self.min_samples,
        }
    }
}

impl CourseEntry {
    fn to_course(&self) -> Course {
        Course {
            id: self.id.clone(),
            name: self.name.clone().into(),
            metrics: self.metrics.iter().map(|metric| MetricId::new(metric)).collect(),
            hours: self.hours.0,
        }
    }
}
