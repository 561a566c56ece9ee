//! One result from the cards of a cycle's stretches.

use super::super::fixed::Fixed;
use super::super::scorecard::{Band, Card, CardState, GateEffect, printed};
use super::super::shares::apportion;
use super::{AppraisalResult, AppraisalState, Exemption, Standing, StretchBasis, StretchCard, StretchResult};

/// Why stretches do not make a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CombineError {
    #[error("there is no stretch to appraise: ask only for agents that have one")]
    NoStretch,
    #[error(
        "a stretch was scored with card '{card}', which the rules do not have: score it with the rules of the cycle"
    )]
    UnknownCard { card: String },
    #[error(
        "'{band}', which a gate of card '{card}' caps the rating at or which was agreed on, is not one of its bands: name one of them"
    )]
    UnknownBand { card: String, band: String },
    #[error("the combined total is outside ±9223372036854: measure in larger units")]
    Overflow,
}

/// Puts the stretches of a cycle, by first day, together.
///
/// The card of the last stretch says how: what shares go by, how much is enough, and which bands judge the printed total. A stretch
/// that is too short, or whose card has no score, leaves with its share. The minimum of a stretch counts only where another stretch
/// reaches it, so that one stretch alone, or many short ones, are judged by the minimum of the whole. One counted card on hold makes
/// the whole wait. `exempted` is a decision of a person and goes before everything else.
pub fn combine<'c>(
    card_of: impl Fn(&str) -> Option<&'c Card>,
    stretches: Vec<StretchCard>,
    exempted: Option<Exemption>,
) -> Result<AppraisalResult, CombineError> {
    let last = stretches.last().ok_or(CombineError::NoStretch)?;
    let find = |id: &str| card_of(id).ok_or_else(|| CombineError::UnknownCard { card: id.to_owned() });
    let judging = find(&last.card.card)?;
    let days = stretches.iter().map(|stretch| stretch.days).sum();
    let samples = stretches.iter().map(|stretch| stretch.samples).sum();
    let exemption = exempted.or_else(|| judging.eligibility.judge(days, samples));
    let (stretches, basis) = share_out(judging, stretches);
    let mut result = AppraisalResult {
        state: state_of(&stretches, exemption.as_ref()),
        stretches,
        basis,
        days,
        samples,
        exemption,
        total: None,
        printed: None,
        rating: None,
        calibrated: None,
        peers: Vec::new(),
    };
    if result.state == AppraisalState::Scored {
        let total = total_of(&result.stretches).ok_or(CombineError::Overflow)?;
        result.total = Some(total);
        result.printed = Some(printed(total));
        let rating = rate(judging, &find, printed(total), &result.stretches)?;
        result.rating = rating.map(|band| band.id.clone());
    }
    Ok(result)
}

fn state_of(stretches: &[StretchResult], exemption: Option<&Exemption>) -> AppraisalState {
    let any = |standing| stretches.iter().any(|stretch| stretch.standing == standing);
    if exemption.is_some() {
        AppraisalState::Exempt
    } else if any(Standing::Waiting) {
        AppraisalState::OnHold
    } else if any(Standing::Counted) {
        AppraisalState::Scored
    } else {
        AppraisalState::InsufficientData
    }
}

/// Every stretch's standing and share, and what the shares went by.
fn share_out(judging: &Card, stretches: Vec<StretchCard>) -> (Vec<StretchResult>, StretchBasis) {
    // A stretch spent wholly on leave is too short for any rule.
    let minimum = judging.eligibility.stretch_min_days.max(1);
    let reached = stretches.iter().any(|stretch| stretch.days >= minimum);
    let standing = |stretch: &StretchCard| match stretch.card.state {
        _ if reached && stretch.days < minimum => Standing::TooShort,
        CardState::Scored => Standing::Counted,
        CardState::OnHold => Standing::Waiting,
        CardState::InsufficientData => Standing::NoScore,
    };
    let mut results: Vec<StretchResult> = stretches
        .into_iter()
        .map(|stretch| StretchResult { standing: standing(&stretch), stretch, share: Fixed::ZERO })
        .collect();
    let bases = match judging.stretch_basis {
        StretchBasis::Samples => [StretchBasis::Samples, StretchBasis::Days, StretchBasis::Equal].as_slice(),
        StretchBasis::Days => [StretchBasis::Days, StretchBasis::Equal].as_slice(),
        StretchBasis::Equal => [StretchBasis::Equal].as_slice(),
    };
    for basis in bases {
        let weights: Vec<i64> = results.iter().map(|result| weight(result, *basis)).collect();
        if let Some(shares) = apportion(Fixed::HUNDRED.micros(), &weights) {
            for (result, share) in results.iter_mut().zip(shares) {
                result.share = Fixed::from_micros(share);
            }
            return (results, *basis);
        }
    }
    (results, judging.stretch_basis)
}

/// What a stretch weighs; nothing once it left.
fn weight(result: &StretchResult, basis: StretchBasis) -> i64 {
    match (result.standing, basis) {
        (Standing::TooShort | Standing::NoScore, _) => 0,
        (Standing::Counted | Standing::Waiting, StretchBasis::Days) => result.stretch.days,
        (Standing::Counted | Standing::Waiting, StretchBasis::Samples) => result.stretch.samples,
        (Standing::Counted | Standing::Waiting, StretchBasis::Equal) => 1,
    }
}

/// The stretches that make the total.
fn counted(stretches: &[StretchResult]) -> impl Iterator<Item = &StretchResult> {
    stretches.iter().filter(|result| result.share > Fixed::ZERO)
}

fn total_of(stretches: &[StretchResult]) -> Option<Fixed> {
    let parts = counted(stretches).map(|result| Some((result.stretch.card.total?, result.share)));
    Fixed::sum_of_products_per(parts.collect::<Option<Vec<_>>>()?, Fixed::HUNDRED)
}

/// The band of a printed total, at best what failed gates of counted stretches allow; `None` only below the first band.
fn rate<'c>(
    judging: &'c Card,
    find: &impl Fn(&str) -> Result<&'c Card, CombineError>,
    total: Fixed,
    stretches: &[StretchResult],
) -> Result<Option<&'c Band>, CombineError> {
    let mut reached = judging.bands.partition_point(|band| band.from <= total);
    for result in counted(stretches) {
        let card = find(&result.stretch.card.card)?;
        for gate in result.stretch.card.gates.iter().filter(|gate| gate.passed == Some(false)) {
            if let GateEffect::CapRating { at } = &gate.effect {
                reached = reached.min(bands_up_to(judging, card, at)?);
            }
        }
    }
    Ok(reached.checked_sub(1).and_then(|index| judging.bands.get(index)))
}

/// How many of the judging card's bands a cap at the band `at` of a stretch's own card allows: up to the band of the same name, or,
/// where the judging card has none, up to the one that the capped band begins in.
fn bands_up_to(judging: &Card, own: &Card, at: &str) -> Result<usize, CombineError> {
    if let Some(index) = judging.bands.iter().position(|band| *band.id == *at) {
        return Ok(index + 1);
    }
    let band = own.bands.iter().find(|band| *band.id == *at);
    let band = band.ok_or_else(|| CombineError::UnknownBand { card: own.id.to_string(), band: at.to_owned() })?;
    Ok(judging.bands.partition_point(|lower| lower.from <= band.from))
}
