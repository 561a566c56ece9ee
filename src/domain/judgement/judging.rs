//! From ratings to the points of a form.

use super::super::curve::read_linear;
use super::super::fixed::Fixed;
use super::super::shares::apportion;
use super::{
    Form, FormResult, Group, Item, JudgedGroup, JudgedItem, JudgementState, RaterGroup, Ratings, Tally, TooFew,
};

/// Why a form cannot be worked. Forms that passed their checks meet neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JudgementError {
    #[error("a figure of the item '{item}' of form '{form}' is outside ±9223372036854: use a scale of smaller values")]
    Overflow { form: String, item: String },
    #[error("the form '{form}' gives no points for any rating: list at least one corner")]
    NoPoints { form: String },
}

/// Works the form for one agent.
///
/// A group's mean on an item is read as points; the item's points are those of its groups by their weights, the form's points
/// those of its items by theirs. Every figure is rounded to six decimals and computed from printed earlier ones. The weight of a
/// group with too few raters goes to the other groups of the item, that of an item without any group to the other items.
pub fn judge(form: &Form, ratings: &Ratings) -> Result<FormResult, JudgementError> {
    let mut result = FormResult {
        form: form.id.clone(),
        state: JudgementState::NoRatings,
        items: Vec::new(),
        points: None,
        left_out: left_out(form, ratings),
    };
    if counted(form, ratings).next().is_none() {
        return Ok(result);
    }
    for item in &form.items {
        result.items.push(judge_item(form, item, ratings)?);
    }
    weigh_items(form, &mut result.items)?;
    result.state = state_of(&result.items);
    if result.state == JudgementState::Judged {
        let last = form.items.last().map(|item| &*item.id).unwrap_or_default();
        result.points = Some(total(form, last, result.items.iter().map(|item| item.contribution))?);
    }
    Ok(result)
}

/// Ratings that the form has a place for.
fn counted<'r>(form: &'r Form, ratings: &'r Ratings) -> impl Iterator<Item = &'r Tally> {
    ratings.tallies().iter().filter(|tally| has_place(form, tally))
}

fn has_place(form: &Form, tally: &Tally) -> bool {
    form.item(&tally.item).is_some() && form.group(tally.group).is_some() && form.has_level(tally.value)
}

fn left_out(form: &Form, ratings: &Ratings) -> i64 {
    ratings.tallies().iter().filter(|tally| !has_place(form, tally)).map(|tally| tally.raters).sum()
}

fn overflow(form: &Form, item: &str) -> JudgementError {
    JudgementError::Overflow { form: form.id.as_ref().to_owned(), item: item.to_owned() }
}

fn total(form: &Form, item: &str, parts: impl Iterator<Item = Fixed>) -> Result<Fixed, JudgementError> {
    let sum = parts.into_iter().try_fold(Fixed::ZERO, Fixed::checked_add);
    sum.ok_or_else(|| overflow(form, item))
}

fn part(form: &Form, item: &str, points: Option<Fixed>, weight: Fixed) -> Result<Fixed, JudgementError> {
    let Some(points) = points else { return Ok(Fixed::ZERO) };
    points.mul_div(weight, Fixed::HUNDRED).ok_or_else(|| overflow(form, item))
}

fn judge_item(form: &Form, item: &Item, ratings: &Ratings) -> Result<JudgedItem, JudgementError> {
    let mut groups = Vec::with_capacity(form.groups.len());
    for group in &form.groups {
        groups.push(judge_group(form, item, group, ratings)?);
    }
    let staying: Vec<Fixed> = groups
        .iter()
        .map(|group| if group.treatment == Some(TooFew::Redistribute) { Fixed::ZERO } else { group.weight })
        .collect();
    for (group, weight) in groups.iter_mut().zip(of_hundred(&staying)) {
        group.effective_weight = weight;
        group.contribution = part(form, &item.id, group.points, weight)?;
    }
    let state = state_of_item(&groups);
    let points = match state {
        JudgementState::Judged => Some(total(form, &item.id, groups.iter().map(|group| group.contribution))?),
        _ => None,
    };
    Ok(JudgedItem {
        item: item.id.clone(),
        state,
        groups,
        points,
        weight: item.weight,
        effective_weight: Fixed::ZERO,
        contribution: Fixed::ZERO,
    })
}

/// Each weight's share of 100, adding up to exactly 100; all zero when nothing has a weight.
fn of_hundred(weights: &[Fixed]) -> Vec<Fixed> {
    let micros: Vec<i64> = weights.iter().map(|weight| weight.micros()).collect();
    let shares = apportion(Fixed::HUNDRED.micros(), &micros).unwrap_or_else(|| vec![0; micros.len()]);
    shares.into_iter().map(Fixed::from_micros).collect()
}

fn state_of_item(groups: &[JudgedGroup]) -> JudgementState {
    if groups.iter().any(|group| group.treatment == Some(TooFew::Hold)) {
        JudgementState::Waiting
    } else if groups.iter().any(|group| group.treatment.is_none()) {
        JudgementState::Judged
    } else if groups.iter().any(|group| group.raters > 0) {
        JudgementState::TooFew
    } else {
        JudgementState::NoRatings
    }
}

fn state_of(items: &[JudgedItem]) -> JudgementState {
    let any = |state| items.iter().any(|item| item.state == state);
    let order = [JudgementState::Waiting, JudgementState::Judged, JudgementState::TooFew];
    order.into_iter().find(|state| any(*state)).unwrap_or(JudgementState::NoRatings)
}

fn judge_group(form: &Form, item: &Item, group: &Group, ratings: &Ratings) -> Result<JudgedGroup, JudgementError> {
    let (raters, sum) = pool(form, item, group.group, ratings).ok_or_else(|| overflow(form, &item.id))?;
    let counts = raters >= group.min_raters.max(1);
    // Below its minimum an anonymous group shows nothing from which one person's rating could be told.
    let shown = raters > 0 && (counts || !group.anonymous);
    let sum = Some(sum).filter(|_| shown);
    let mean = match sum {
        Some(sum) => Some(sum.ratio(Fixed::from_int(raters)).ok_or_else(|| overflow(form, &item.id))?),
        None => None,
    };
    let reading = match mean.filter(|_| counts) {
        Some(_) if form.points.is_empty() => {
            return Err(JudgementError::NoPoints { form: form.id.as_ref().to_owned() });
        }
        Some(mean) => Some(read_linear(&form.points, mean).ok_or_else(|| overflow(form, &item.id))?),
        None => None,
    };
    Ok(JudgedGroup {
        group: group.group,
        raters,
        min_raters: group.min_raters,
        anonymous: group.anonymous,
        treatment: (!counts).then_some(group.too_few),
        sum,
        mean,
        reading,
        points: reading.map(|reading| reading.points),
        weight: group.weight,
        effective_weight: Fixed::ZERO,
        contribution: Fixed::ZERO,
    })
}

/// Raters, and the sum of what they gave; `None` on overflow.
fn pool(form: &Form, item: &Item, group: RaterGroup, ratings: &Ratings) -> Option<(i64, Fixed)> {
    let tallies = || ratings.of(&item.id, group).iter().filter(|tally| form.has_level(tally.value));
    let raters = tallies().try_fold(0_i64, |sum, tally| sum.checked_add(tally.raters))?;
    let sum = Fixed::sum_of_products(tallies().map(|tally| (tally.value, Fixed::from_int(tally.raters))))?;
    Some((raters, sum))
}

fn weigh_items(form: &Form, items: &mut [JudgedItem]) -> Result<(), JudgementError> {
    let stays = |item: &JudgedItem| matches!(item.state, JudgementState::Judged | JudgementState::Waiting);
    let staying: Vec<Fixed> = items.iter().map(|item| if stays(item) { item.weight } else { Fixed::ZERO }).collect();
    for (item, weight) in items.iter_mut().zip(of_hundred(&staying)) {
        item.effective_weight = weight;
        item.contribution = part(form, &item.item, item.points, weight)?;
    }
    Ok(())
}
