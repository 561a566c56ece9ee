//! `judgement/*.yaml`: forms by which people judge a colleague's work (360°).

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Exact, ID_PATTERN, Words, corners};
use crate::domain::curve::Corner;
use crate::domain::fixed::Fixed;
use crate::domain::judgement::{
    Form, Group, Item, JudgementState, Level, RaterGroup, Ratings, Tally, TooFew, Unjudged,
};

/// A form: what is rated, on which scale, by whom. Scorecards refer to it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Merit judgement form")]
pub struct FormFile {
    /// Unique among forms.
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: String,
    pub name: Words,
    /// From the lowest level to the highest; more is better.
    #[schemars(length(min = 2))]
    pub scale: Vec<LevelEntry>,
    /// Corners `[mean, points]` from the lowest level to the highest, joined by straight lines. When left out, the lowest level
    /// gives 0 points and the highest 100.
    #[serde(default)]
    #[schemars(length(min = 2))]
    pub points: Option<Vec<[Exact; 2]>>,
    /// Weights add up to 100.
    #[schemars(length(min = 1))]
    pub items: Vec<ItemEntry>,
    /// Who rates. Weights add up to 100.
    #[schemars(length(min = 1))]
    pub groups: Vec<GroupEntry>,
    /// What happens to the form's share of the card when there are no ratings, or too few.
    pub unjudged: UnjudgedName,
    /// Worked examples; `merit check` runs them.
    #[serde(default)]
    pub examples: Vec<FormExample>,
}

/// One step of the scale.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LevelEntry {
    pub value: Exact,
    pub name: Words,
    /// What somebody on this level is seen to do.
    pub behaviour: Words,
}

/// One thing that is rated.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemEntry {
    /// Unique within the form.
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: String,
    pub name: Words,
    pub description: Words,
    /// Percent of the form; all items add up to 100.
    pub weight: Exact,
}

/// A group of raters.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupEntry {
    pub group: GroupName,
    /// Percent of every item; all groups add up to 100.
    pub weight: Exact,
    /// Fewer raters than this, and the group does not count on that item.
    #[schemars(range(min = 1))]
    pub min_raters: i64,
    /// What happens with fewer raters than `min_raters`.
    #[serde(default)]
    pub too_few: TooFewName,
    /// Shows its figures from `min_raters` on only, which must then be at least 3.
    #[serde(default)]
    pub anonymous: bool,
}

/// Who somebody is to the person they rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupName {
    Supervisor,
    Peer,
    /// Somebody the rated person leads.
    Subordinate,
    /// The rated person.
    #[serde(rename = "self")]
    Oneself,
}

/// What happens to a group with too few raters.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TooFewName {
    /// Its weight goes to the other groups of the item, in proportion.
    #[default]
    Redistribute,
    /// The item waits for its raters, and the card with it.
    Hold,
}

/// What happens to the form's share of a card when nobody was judged.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnjudgedName {
    /// The share goes to the measured part.
    Measured,
    /// The card waits for ratings: no total, no rating.
    Hold,
}

/// A worked example: ratings, and the points they give.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormExample {
    pub name: String,
    pub ratings: Vec<ExampleRatings>,
    /// Items as they must come out; items left out are not compared.
    #[serde(default)]
    pub items: Vec<ExampleItem>,
    #[serde(default)]
    pub state: JudgementStateName,
    /// The form's points; left out where there are none.
    #[serde(default)]
    pub points: Option<Exact>,
}

/// What the raters of one group gave an item.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleRatings {
    pub item: String,
    pub group: GroupName,
    /// One value a rater.
    #[schemars(length(min = 1))]
    pub values: Vec<Exact>,
}

/// What an item must come out as.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleItem {
    pub item: String,
    #[serde(default)]
    pub state: JudgementStateName,
    /// Left out where there are none.
    #[serde(default)]
    pub points: Option<Exact>,
    /// The weight after redistribution; not compared when left out.
    #[serde(default)]
    pub effective_weight: Option<Exact>,
    /// Groups as they must come out; groups left out are not compared.
    #[serde(default)]
    pub groups: Vec<ExampleGroup>,
}

/// What a group must come out as on an item.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleGroup {
    pub group: GroupName,
    /// On the scale; left out where there is none, or none is shown.
    #[serde(default)]
    pub mean: Option<Exact>,
    /// Left out where the group does not count.
    #[serde(default)]
    pub points: Option<Exact>,
    /// The weight after redistribution; not compared when left out.
    #[serde(default)]
    pub effective_weight: Option<Exact>,
}

/// How far something could be judged.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgementStateName {
    #[default]
    Judged,
    Waiting,
    TooFew,
    NoRatings,
}

impl From<GroupName> for RaterGroup {
    fn from(name: GroupName) -> Self {
        match name {
            GroupName::Supervisor => Self::Supervisor,
            GroupName::Peer => Self::Peer,
            GroupName::Subordinate => Self::Subordinate,
            GroupName::Oneself => Self::Oneself,
        }
    }
}

impl From<JudgementStateName> for JudgementState {
    fn from(name: JudgementStateName) -> Self {
        match name {
            JudgementStateName::Judged => Self::Judged,
            JudgementStateName::Waiting => Self::Waiting,
            JudgementStateName::TooFew => Self::TooFew,
            JudgementStateName::NoRatings => Self::NoRatings,
        }
    }
}

impl From<TooFewName> for TooFew {
    fn from(name: TooFewName) -> Self {
        match name {
            TooFewName::Redistribute => Self::Redistribute,
            TooFewName::Hold => Self::Hold,
        }
    }
}

impl From<UnjudgedName> for Unjudged {
    fn from(name: UnjudgedName) -> Self {
        match name {
            UnjudgedName::Measured => Self::Measured,
            UnjudgedName::Hold => Self::Hold,
        }
    }
}

/// The ratings of an example, counted.
pub(crate) fn ratings(examples: &[ExampleRatings]) -> Ratings {
    let tally = |given: &ExampleRatings, value: &Exact| Tally {
        item: given.item.as_str().into(),
        group: given.group.into(),
        value: value.0,
        raters: 1,
    };
    examples.iter().flat_map(|given| given.values.iter().map(move |value| tally(given, value))).collect()
}

impl LevelEntry {
    fn to_level(&self) -> Level {
        Level { value: self.value.0, name: self.name.clone().into(), behaviour: self.behaviour.clone().into() }
    }
}

impl ItemEntry {
    fn to_item(&self) -> Item {
        Item {
            id: self.id.as_str().into(),
            name: self.name.clone().into(),
            description: self.description.clone().into(),
            weight: self.weight.0,
        }
    }
}

impl GroupEntry {
    fn to_group(&self) -> Group {
        Group {
            group: self.group.into(),
            weight: self.weight.0,
            min_raters: self.min_raters,
            too_few: self.too_few.into(),
            anonymous: self.anonymous,
        }
    }
}

impl FormFile {
    pub fn to_form(&self) -> Form {
        Form {
            id: self.id.as_str().into(),
            name: self.name.clone().into(),
            scale: self.scale.iter().map(LevelEntry::to_level).collect(),
            points: self.points.as_deref().map_or_else(|| self.straight(), corners),
            items: self.items.iter().map(ItemEntry::to_item).collect(),
            groups: self.groups.iter().map(GroupEntry::to_group).collect(),
            unjudged: self.unjudged.into(),
        }
    }

    /// From nothing at the lowest level to full marks at the highest.
    fn straight(&self) -> Vec<Corner> {
        let ends = [(self.scale.first(), Fixed::ZERO), (self.scale.last(), Fixed::HUNDRED)];
        let corner = |(level, points): (Option<&LevelEntry>, Fixed)| Some(Corner { value: level?.value.0, points });
        ends.into_iter().filter_map(corner).collect()
    }
}
