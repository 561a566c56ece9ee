//! Judgement: what people say of a colleague's work, on items and a scale that are described beforehand (360°).
//!
//! Ratings are pooled as facts are: a group's mean is the sum of its ratings ÷ its raters. Groups of unequal size meet only by
//! the weights that the form declares.

mod check;
mod judging;
mod ratings;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::curve::{Corner, Reading};
use super::fixed::Fixed;
use super::text::Text;

pub use check::{FormError, check_form};
pub use judging::{JudgementError, judge};
pub use ratings::{Ratings, Tally};

/// Who somebody is to the person they rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RaterGroup {
    Supervisor,
    Peer,
    /// Somebody the rated person leads.
    Subordinate,
    /// The rated person.
    #[serde(rename = "self")]
    Oneself,
}

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReviewState {
    /// Somebody was asked for it.
    Invited,
    /// Saved, and counts for nothing yet; what was handed in before counts until it is handed in again.
    Draft,
    /// Handed in.
    Submitted,
    /// Whoever was asked declined, or is asked no more.
    Declined,
}

impl ReviewState {
    pub const ALL: [Self; 4] = [Self::Invited, Self::Draft, Self::Submitted, Self::Declined];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Declined => "declined",
        }
    }

    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A text that names no group of raters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("'{0}' is not a group of raters: write supervisor, peer, subordinate or self")]
pub struct UnknownRaterGroup(pub String);

impl RaterGroup {
    pub const ALL: [Self; 4] = [Self::Supervisor, Self::Peer, Self::Subordinate, Self::Oneself];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Supervisor => "supervisor",
            Self::Peer => "peer",
            Self::Subordinate => "subordinate",
            Self::Oneself => "self",
        }
    }
}

impl fmt::Display for RaterGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for RaterGroup {
    type Err = UnknownRaterGroup;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|group| group.as_str() == text).ok_or_else(|| UnknownRaterGroup(text.to_owned()))
    }
}

/// One step of a form's scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// What raters give; more is better.
    pub value: Fixed,
    pub name: Text,
    /// What somebody on this level is seen to do.
    pub behaviour: Text,
}

/// One thing that is rated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Unique within its form.
    pub id: Arc<str>,
    pub name: Text,
    pub description: Text,
    /// Percent of the form; the items of a form add up to 100.
    pub weight: Fixed,
}

/// What happens to a group with fewer raters than its minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TooFew {
    /// Its weight goes to the other groups of the item, in proportion.
    Redistribute,
    /// The item waits for its raters, and the form and the card with it.
    Hold,
}

/// What a group of raters weighs, and when it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub group: RaterGroup,
    /// Percent of every item; the groups of a form add up to 100.
    pub weight: Fixed,
    /// Fewer raters than this, and the group does not count on that item. At least 1.
    pub min_raters: i64,
    pub too_few: TooFew,
    /// Its figures are shown, and kept in results, from `min_raters` on only.
    pub anonymous: bool,
}

/// What happens to the form's share of a card when nobody was judged: no ratings, or too few of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unjudged {
    /// The share goes to the measured part.
    Measured,
    /// The card waits for ratings.
    Hold,
}

/// A form of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub id: Arc<str>,
    pub name: Text,
    /// Ascending by value, at least two.
    pub scale: Vec<Level>,
    /// From a mean on the scale to points: straight lines between these corners, from the lowest level to the highest.
    pub points: Vec<Corner>,
    pub items: Vec<Item>,
    pub groups: Vec<Group>,
    pub unjudged: Unjudged,
}

impl Form {
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| &*item.id == id)
    }

    pub fn group(&self, group: RaterGroup) -> Option<&Group> {
        self.groups.iter().find(|declared| declared.group == group)
    }

    /// Whether raters can give this value.
    pub fn has_level(&self, value: Fixed) -> bool {
        self.scale.iter().any(|level| level.value == value)
    }
}

/// How far an item, or a whole form, could be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgementState {
    Judged,
    /// A group that the form waits for has too few raters (`hold`).
    Waiting,
    /// There are ratings, but no group has its minimum of raters.
    TooFew,
    NoRatings,
}

/// The working of one group on one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedGroup {
    pub group: RaterGroup,
    pub raters: i64,
    pub min_raters: i64,
    pub anonymous: bool,
    /// What was done because of too few raters; `None` when the group counts.
    pub treatment: Option<TooFew>,
    /// Sum of the values given. `None` without raters, and for an anonymous group below its minimum.
    pub sum: Option<Fixed>,
    /// sum ÷ raters, on the scale, six decimals.
    pub mean: Option<Fixed>,
    /// Where the mean was read; `None` when the group does not count.
    pub reading: Option<Reading>,
    /// 0 to 100; `None` when the group does not count.
    pub points: Option<Fixed>,
    pub weight: Fixed,
    /// The weight after redistribution; those of an item add up to 100 exactly unless every group left it.
    pub effective_weight: Fixed,
    /// points × effective weight ÷ 100, six decimals; zero without points.
    pub contribution: Fixed,
}

/// The working of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedItem {
    pub item: Arc<str>,
    pub state: JudgementState,
    pub groups: Vec<JudgedGroup>,
    /// Σ contributions of its groups, 0 to 100; `None` unless judged.
    pub points: Option<Fixed>,
    pub weight: Fixed,
    /// The weight after that of items without enough raters went to the others; a form's add up to 100 exactly unless no item
    /// is judged or waits.
    pub effective_weight: Fixed,
    /// points × effective weight ÷ 100, six decimals; zero without points.
    pub contribution: Fixed,
}

/// The working of a form for one agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormResult {
    pub form: Arc<str>,
    pub state: JudgementState,
    /// Empty without ratings.
    pub items: Vec<JudgedItem>,
    /// Σ contributions of the items, 0 to 100, six decimals; `None` unless judged.
    pub points: Option<Fixed>,
    /// Ratings that the form has no place for (another item, group or value, from rules pinned before); they do not count.
    pub left_out: i64,
}
