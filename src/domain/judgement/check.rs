//! What must hold of a form before it may judge anybody.

use super::super::fixed::Fixed;
use super::{Form, Group, RaterGroup};

/// With two raters, each of them could work out what the other one said.
const FEWEST_ANONYMOUS: i64 = 3;

/// What is wrong with a form. `index` is a position in the list the error is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    #[error("the scale has fewer than two levels: describe at least a lowest and a highest one")]
    ShortScale,
    #[error("the level {value} follows {after}: list levels by ascending value, each value once")]
    LevelsNotAscending { index: usize, after: Fixed, value: Fixed },
    #[error(
        "the points do not begin at the lowest level and end at the highest: let them run from {lowest} to {highest}"
    )]
    PointsOffScale { lowest: Fixed, highest: Fixed },
    #[error("the corner at {value} follows the one at {after}: list corners by ascending value, each value once")]
    PointsNotAscending { index: usize, after: Fixed, value: Fixed },
    #[error("{points} points are outside 0 to 100: 100 points are full marks")]
    PointsOutside { index: usize, points: Fixed },
    #[error("a better rating gives fewer points, {points} after {after}: let points never fall")]
    PointsFall { index: usize, after: Fixed, points: Fixed },
    #[error("the form has no items: give it at least one")]
    NoItems,
    #[error("the item '{id}' is there already: keep one of the two, or give one another id")]
    ItemTwice { index: usize, id: String },
    #[error("the item '{id}' has the weight {weight}: give it more than 0, or remove the item")]
    ItemWeight { index: usize, id: String, weight: Fixed },
    #[error("the weights of the items add up to {sum}, not to 100: change one or several of them")]
    ItemsNotHundred { sum: Fixed },
    #[error("the form has no groups of raters: give it at least one")]
    NoGroups,
    #[error("the group '{group}' is there already: join the two")]
    GroupTwice { index: usize, group: RaterGroup },
    #[error("the group '{group}' has the weight {weight}: give it more than 0, or remove the group")]
    GroupWeight { index: usize, group: RaterGroup, weight: Fixed },
    #[error("the weights of the groups add up to {sum}, not to 100: change one or several of them")]
    GroupsNotHundred { sum: Fixed },
    #[error("the group '{group}' needs at least {min_raters} raters: write 1 or more")]
    MinRaters { index: usize, group: RaterGroup, min_raters: i64 },
    #[error("nobody is more than one self, so a minimum of {min_raters} is never met: write 1")]
    ManySelves { index: usize, min_raters: i64 },
    #[error("the group 'self' cannot be anonymous: leave 'anonymous' out")]
    AnonymousSelf { index: usize },
    #[error(
        "the group '{group}' is anonymous from {min_raters} raters on, so that one can work out what the other said: let min_raters be at least 3"
    )]
    AnonymousFew { index: usize, group: RaterGroup, min_raters: i64 },
}

/// Everything wrong with a form, in the order it is written; empty when it may be used.
pub fn check_form(form: &Form) -> Vec<FormError> {
    let mut errors = check_scale(form);
    // What points make of a scale can only be judged once the scale is right.
    if errors.is_empty() {
        errors.extend(check_points(form));
    }
    errors.extend(check_items(form));
    errors.extend(check_groups(form));
    errors
}

fn check_scale(form: &Form) -> Vec<FormError> {
    if form.scale.len() < 2 {
        return vec![FormError::ShortScale];
    }
    let pairs = form.scale.iter().zip(form.scale.iter().skip(1)).enumerate();
    pairs
        .filter(|(_, (before, next))| next.value <= before.value)
        .map(|(index, (before, next))| FormError::LevelsNotAscending {
            index: index + 1,
            after: before.value,
            value: next.value,
        })
        .collect()
}

fn check_points(form: &Form) -> Vec<FormError> {
    let mut errors = Vec::new();
    let ends = |values: (Option<Fixed>, Option<Fixed>)| values.0.zip(values.1);
    let scale = ends((form.scale.first().map(|level| level.value), form.scale.last().map(|level| level.value)));
    let points = ends((form.points.first().map(|corner| corner.value), form.points.last().map(|corner| corner.value)));
    if let Some((lowest, highest)) = scale.filter(|_| points != scale) {
        errors.push(FormError::PointsOffScale { lowest, highest });
    }
    for (index, corner) in form.points.iter().enumerate() {
        if corner.points < Fixed::ZERO || corner.points > Fixed::HUNDRED {
            errors.push(FormError::PointsOutside { index, points: corner.points });
        }
    }
    for (index, (before, next)) in form.points.iter().zip(form.points.iter().skip(1)).enumerate() {
        if next.value <= before.value {
            errors.push(FormError::PointsNotAscending { index: index + 1, after: before.value, value: next.value });
        }
        if next.points < before.points {
            errors.push(FormError::PointsFall { index: index + 1, after: before.points, points: next.points });
        }
    }
    errors
}

fn check_items(form: &Form) -> Vec<FormError> {
    if form.items.is_empty() {
        return vec![FormError::NoItems];
    }
    let mut errors = Vec::new();
    for (index, item) in form.items.iter().enumerate() {
        let id = || item.id.as_ref().to_owned();
        if form.items.iter().take(index).any(|other| other.id == item.id) {
            errors.push(FormError::ItemTwice { index, id: id() });
        }
        if item.weight <= Fixed::ZERO {
            errors.push(FormError::ItemWeight { index, id: id(), weight: item.weight });
        }
    }
    let sum = sum(form.items.iter().map(|item| item.weight));
    errors.extend((sum != Fixed::HUNDRED).then_some(FormError::ItemsNotHundred { sum }));
    errors
}

fn check_groups(form: &Form) -> Vec<FormError> {
    if form.groups.is_empty() {
        return vec![FormError::NoGroups];
    }
    let mut errors = Vec::new();
    for (index, declared) in form.groups.iter().enumerate() {
        let Group { group, weight, .. } = *declared;
        if form.groups.iter().take(index).any(|other| other.group == group) {
            errors.push(FormError::GroupTwice { index, group });
        }
        if weight <= Fixed::ZERO {
            errors.push(FormError::GroupWeight { index, group, weight });
        }
        errors.extend(check_minimum(index, declared));
    }
    let sum = sum(form.groups.iter().map(|group| group.weight));
    errors.extend((sum != Fixed::HUNDRED).then_some(FormError::GroupsNotHundred { sum }));
    errors
}

fn check_minimum(index: usize, declared: &Group) -> Option<FormError> {
    let Group { group, min_raters, anonymous, .. } = *declared;
    match group {
        _ if min_raters < 1 => Some(FormError::MinRaters { index, group, min_raters }),
        RaterGroup::Oneself if min_raters > 1 => Some(FormError::ManySelves { index, min_raters }),
        RaterGroup::Oneself if anonymous => Some(FormError::AnonymousSelf { index }),
        _ if anonymous && min_raters < FEWEST_ANONYMOUS => Some(FormError::AnonymousFew { index, group, min_raters }),
        _ => None,
    }
}

/// Weights are at most twelve digits each; a sum beyond the range is not 100 either way.
fn sum(weights: impl Iterator<Item = Fixed>) -> Fixed {
    Fixed::from_micros(weights.fold(0, |sum: i64, weight| sum.saturating_add(weight.micros())))
}
