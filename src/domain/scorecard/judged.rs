//! The judged part of a card: a form's points beside the measured lines, by the card's own split.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::fixed::Fixed;
use super::super::judgement::{FormResult, JudgementState, Unjudged, judge};
use super::scoring::ScoreError;
use super::{Card, CardResult, CardState, Measured};

/// Which form judges, and how much of the card it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardJudgement {
    /// Id of a form of the rules.
    pub form: Arc<str>,
    /// Percent of the card, above 0 and below 100; the measured lines have the rest.
    pub share: Fixed,
}

/// The working of a card's judged part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    pub form: FormResult,
    /// What was done because nobody was judged; `None` when there are points, or the form waits by itself.
    pub treatment: Option<Unjudged>,
    /// Percent of the card, as the card declares it.
    pub share: Fixed,
    /// The share that counts: zero when it went to the measured part.
    pub effective_share: Fixed,
    /// The form's points × effective share ÷ 100, six decimals; zero without points.
    pub contribution: Fixed,
    /// 100 − effective share.
    pub measured_share: Fixed,
    /// The card's subtotal × measured share ÷ 100, six decimals; `None` without a subtotal.
    pub measured_contribution: Option<Fixed>,
}

impl Judged {
    pub(super) fn waits(&self) -> bool {
        self.form.state == JudgementState::Waiting || self.treatment == Some(Unjudged::Hold)
    }
}

/// The judged part of a card that has one. The measured part is not yet joined to it.
pub(super) fn judge_card(card: &Card, measured: &impl Measured) -> Result<Option<Judged>, ScoreError> {
    let Some(judgement) = &card.judgement else { return Ok(None) };
    let unknown = || ScoreError::UnknownForm { card: card.id.clone(), form: judgement.form.as_ref().to_owned() };
    let form = measured.form(&judgement.form).ok_or_else(unknown)?;
    let none = Default::default();
    let ratings = measured.judgement(&judgement.form).unwrap_or(&none);
    let result = judge(form, ratings)
        .map_err(|source| ScoreError::Judgement { card: card.id.clone(), source: Box::new(source) })?;
    let treatment = match result.state {
        JudgementState::Judged | JudgementState::Waiting => None,
        JudgementState::TooFew | JudgementState::NoRatings => Some(form.unjudged),
    };
    let share = judgement.share;
    let effective_share = if treatment == Some(Unjudged::Measured) { Fixed::ZERO } else { share };
    let too_large = || too_large(card, &judgement.form);
    let contribution = match result.points {
        Some(points) => points.mul_div(effective_share, Fixed::HUNDRED).ok_or_else(too_large)?,
        None => Fixed::ZERO,
    };
    Ok(Some(Judged {
        form: result,
        treatment,
        share,
        effective_share,
        contribution,
        measured_share: Fixed::HUNDRED.checked_sub(effective_share).ok_or_else(too_large)?,
        measured_contribution: None,
    }))
}

/// The state of a card whose lines gave `state`: it also waits for its judged part. A card that could not be measured is never
/// scored by judgement alone.
pub(super) fn state_with(judged: Option<&Judged>, state: CardState) -> CardState {
    match state {
        CardState::Scored if judged.is_some_and(Judged::waits) => CardState::OnHold,
        _ => state,
    }
}

/// The total of a card's measured part (`subtotal`) and its judged part; the subtotal itself on a card without one.
pub(super) fn join(card: &Card, result: &mut CardResult, subtotal: Fixed) -> Result<Fixed, ScoreError> {
    let Some(judged) = &mut result.judged else { return Ok(subtotal) };
    let too_large = || too_large(card, &judged.form.form);
    let measured = subtotal.mul_div(judged.measured_share, Fixed::HUNDRED).ok_or_else(too_large)?;
    let total = measured.checked_add(judged.contribution).ok_or_else(too_large)?;
    judged.measured_contribution = Some(measured);
    Ok(total)
}

fn too_large(card: &Card, form: &str) -> ScoreError {
    ScoreError::JudgedOverflow { card: card.id.clone(), form: form.to_owned() }
}
