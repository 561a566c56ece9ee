//! What changes between two rules, in words a person understands; and what rules say, in the same words.
//!
//! Works on the canonical JSON, so that nothing is missed: `walk` finds every difference, and one for which there is no sentence of
//! its own is told by its path, old → new.

mod card;
mod curve;
mod improvement;
mod line;
mod metric;
mod names;
mod outline;
mod plan;
mod walk;
mod words;

use serde_json::Value;

pub use outline::{Section, outline};

use super::ruleset::Ruleset;
use crate::domain::text::Text;
use names::{Names, both};
use walk::Difference;

/// The part of the rules a change belongs to, in the order they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    Scorecard,
    IncentivePlan,
    Metric,
    Improvement,
    /// Everything else.
    Rules,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub area: Area,
    /// Id of the card, plan, metric, trigger or course; empty when the change belongs to none.
    pub subject: String,
    /// Fields and ids from the top of the rules, such as `cards/front_line/lines/csat_t2b/weight`.
    pub path: String,
    /// As in the canonical JSON; `None` when it was not there.
    pub before: Option<Value>,
    /// As in the canonical JSON; `None` when it is gone.
    pub after: Option<Value>,
    pub sentence: Text,
}

impl Area {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scorecard => "scorecard",
            Self::IncentivePlan => "incentive_plan",
            Self::Metric => "metric",
            Self::Improvement => "improvement",
            Self::Rules => "rules",
        }
    }

    /// What a person calls the area.
    pub fn title(self) -> Text {
        match self {
            Self::Scorecard => both("Scorecards", "考核表"),
            Self::IncentivePlan => both("Incentive plans", "奖励方案"),
            Self::Metric => both("Metrics", "指标"),
            Self::Improvement => both("Improvement plans", "改进计划"),
            Self::Rules => both("Other rules", "其他规则"),
        }
    }

    fn of(path: &[String]) -> Self {
        match path.first().map(String::as_str) {
            Some("cards") => Self::Scorecard,
            Some("plans") => Self::IncentivePlan,
            Some("metrics") => Self::Metric,
            Some("improvement") => Self::Improvement,
            _ => Self::Rules,
        }
    }
}

/// Every change from one ruleset to another, by area and subject; empty exactly when their hashes are equal. Errors: a canonical
/// text that is not JSON.
pub fn differences(before: &Ruleset, after: &Ruleset) -> Result<Vec<Change>, serde_json::Error> {
    let changes = changes_between(&serde_json::from_str(&before.canonical)?, &serde_json::from_str(&after.canonical)?);
    if changes.is_empty() && before.hash != after.hash {
        return Ok(vec![spelling(before, after)]);
    }
    Ok(changes)
}

/// Every change from one canonical JSON to another, by area and subject; empty exactly when they are equal.
pub fn changes_between(before: &Value, after: &Value) -> Vec<Change> {
    let names = Names { before, after };
    let mut changes: Vec<Change> =
        walk::differences(before, after).into_iter().map(|difference| change(&names, difference)).collect();
    changes.sort_by_key(|change| change.area);
    changes
}

fn change(names: &Names<'_>, difference: Difference) -> Change {
    let sentence = words::sentence(names, &difference);
    let Difference { path, before, after, .. } = difference;
    let area = Area::of(&path);
    let at = if area == Area::Improvement { 2 } else { 1 };
    Change {
        area,
        subject: path.get(at).cloned().unwrap_or_default(),
        path: walk::shown(&path),
        before,
        after,
        sentence,
    }
}

/// The same rules, stored in two spellings: only a Merit with another canonical text could have made them.
fn spelling(before: &Ruleset, after: &Ruleset) -> Change {
    Change {
        area: Area::Rules,
        subject: String::new(),
        path: String::new(),
        before: Some(before.hash.clone().into()),
        after: Some(after.hash.clone().into()),
        sentence: both("The rules are the same, but stored in another spelling.", "规则内容相同，仅存储写法不同。"),
    }
}
