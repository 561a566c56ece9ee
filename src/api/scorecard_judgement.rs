//! The judged part of a scorecard as the API shows it.

use poem_openapi::Object;

use super::scorecard_lines::{Piece, piece};
use crate::domain::fixed::Fixed;
use crate::domain::judgement::{JudgedGroup, JudgedItem, JudgementState, TooFew, Unjudged};
use crate::domain::scorecard::Judged;

/// The part of the card that people judged, with its whole working: total = measured_contribution + contribution, before bonuses, penalties and gates.
/// Every figure is rounded to six decimals, half away from zero.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct Judgement {
    /// The form's id in the rules.
    form: String,
    /// `judged`, `waiting`, `too_few` or `no_ratings`.
    state: String,
    /// What the form does when nobody was judged: `measured` (its share goes to the lines) or `hold`.
    treatment: Option<String>,
    /// Sum of the items' contributions.
    points: Option<String>,
    /// Percent of the card, as the card declares it.
    share: String,
    /// Zero when the share went to the lines.
    effective_share: String,
    /// points × effective_share ÷ 100.
    contribution: String,
    /// 100 − effective_share.
    measured_share: String,
    /// The card's subtotal × measured_share ÷ 100.
    measured_contribution: Option<String>,
    /// Ratings that the form has no place for; they do not count.
    left_out: i64,
    /// Empty without ratings.
    items: Vec<JudgementItem>,
}

/// One item: points = sum of its groups' contributions, contribution = points × effective_weight ÷ 100.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct JudgementItem {
    item: String,
    /// `judged`, `waiting`, `too_few` or `no_ratings`.
    state: String,
    points: Option<String>,
    /// Percent of the form.
    weight: String,
    /// After the weight of items without enough raters went to the others.
    effective_weight: String,
    contribution: String,
    groups: Vec<JudgementGroup>,
}

/// One group of raters on an item: mean = sum ÷ raters, points read off the curve, contribution = points × effective_weight ÷ 100.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct JudgementGroup {
    /// `supervisor`, `peer`, `subordinate` or `self`.
    group: String,
    raters: i64,
    min_raters: i64,
    /// Sum and mean are absent below `min_raters`.
    anonymous: bool,
    /// With fewer raters than `min_raters`: `redistribute` or `hold`.
    treatment: Option<String>,
    sum: Option<String>,
    mean: Option<String>,
    /// The piece of the curve that was used.
    curve: Option<Piece>,
    points: Option<String>,
    /// Percent of the item.
    weight: String,
    /// After the weight of groups with too few raters went to the others.
    effective_weight: String,
    contribution: String,
}

fn text(figure: Option<Fixed>) -> Option<String> {
    figure.map(|figure| figure.to_string())
}

fn state_name(state: JudgementState) -> String {
    let name = match state {
        JudgementState::Judged => "judged",
        JudgementState::Waiting => "waiting",
        JudgementState::TooFew => "too_few",
        JudgementState::NoRatings => "no_ratings",
    };
    name.to_owned()
}

impl From<Judged> for Judgement {
    fn from(judged: Judged) -> Self {
        let treatment = judged.treatment.map(|treatment| match treatment {
            Unjudged::Measured => "measured",
            Unjudged::Hold => "hold",
        });
        Self {
            form: judged.form.form.as_ref().to_owned(),
            state: state_name(judged.form.state),
            treatment: treatment.map(str::to_owned),
            points: text(judged.form.points),
            share: judged.share.to_string(),
            effective_share: judged.effective_share.to_string(),
            contribution: judged.contribution.to_string(),
            measured_share: judged.measured_share.to_string(),
            measured_contribution: text(judged.measured_contribution),
            left_out: judged.form.left_out,
            items: judged.form.items.into_iter().map(JudgementItem::from).collect(),
        }
    }
}

impl From<JudgedItem> for JudgementItem {
    fn from(item: JudgedItem) -> Self {
        Self {
            item: item.item.as_ref().to_owned(),
            state: state_name(item.state),
            points: text(item.points),
            weight: item.weight.to_string(),
            effective_weight: item.effective_weight.to_string(),
            contribution: item.contribution.to_string(),
            groups: item.groups.into_iter().map(JudgementGroup::from).collect(),
        }
    }
}

impl From<JudgedGroup> for JudgementGroup {
    fn from(group: JudgedGroup) -> Self {
        let treatment = group.treatment.map(|treatment| match treatment {
            TooFew::Redistribute => "redistribute",
            TooFew::Hold => "hold",
        });
        Self {
            group: group.group.to_string(),
            raters: group.raters,
            min_raters: group.min_raters,
            anonymous: group.anonymous,
            treatment: treatment.map(str::to_owned),
            sum: text(group.sum),
            mean: text(group.mean),
            curve: group.reading.map(piece),
            points: text(group.points),
            weight: group.weight.to_string(),
            effective_weight: group.effective_weight.to_string(),
            contribution: group.contribution.to_string(),
        }
    }
}
