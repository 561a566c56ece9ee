//! A whole appraisal: the cards of its stretches, and what they come to together.

use super::super::appraisal::{
    AppraisalResult, AppraisalState, CalibratedRating, Standing, StretchBasis, StretchResult,
};
use super::super::fixed::Fixed;
use super::super::text::Text;
use super::card::{CardExplanation, explain, tell_band, tell_rounding};
use super::words::{both, points};
use super::{Explanation, Rulebook, StepKind};

/// Why an appraisal is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppraisalExplanation {
    /// One a stretch of the result, in its order; `None` where the rules do not have its card.
    pub stretches: Vec<Option<CardExplanation>>,
    pub total: Explanation,
}

/// Explains an appraisal by the rules it was scored with.
pub fn explain_appraisal(book: &dyn Rulebook, appraisal: &AppraisalResult) -> AppraisalExplanation {
    let stretches: Vec<Option<CardExplanation>> = appraisal
        .stretches
        .iter()
        .map(|stretch| Some(explain(book, book.card(&stretch.stretch.card.card)?, &stretch.stretch.card)))
        .collect();
    let mut total = match (stretches.as_slice(), &appraisal.exemption) {
        ([Some(only)], None) => only.total.clone(),
        _ => explain_whole(book, appraisal),
    };
    if let Some(CalibratedRating { calculated, reason }) = &appraisal.calibrated {
        let Text { en, zh } = reason.text();
        let (by_card, agreed) = (calculated.as_deref().unwrap_or("–"), appraisal.rating.as_deref().unwrap_or("–"));
        total.say(
            format!("By the card the rating would be {by_card}; {agreed} was agreed on: {en}."),
            format!("按评分卡应评为 {by_card}；经校准定为 {agreed}：{zh}。"),
        );
    }
    AppraisalExplanation { stretches, total }
}

fn explain_whole(book: &dyn Rulebook, appraisal: &AppraisalResult) -> Explanation {
    let mut told = Explanation::default();
    if let Some(exemption) = &appraisal.exemption {
        let Text { en, zh } = exemption.text();
        told.say(en, zh);
        return told;
    }
    for stretch in &appraisal.stretches {
        tell_stretch(&mut told, appraisal, stretch);
    }
    match appraisal.state {
        AppraisalState::OnHold => told.say("The total waits for a stretch's card.", "总分等待其中一段的评分卡。"),
        AppraisalState::InsufficientData => {
            told.say("No stretch has a score, so there is no total.", "没有任何一段有得分，因此没有总分。");
        }
        AppraisalState::Exempt => {}
        AppraisalState::Scored => tell_total(&mut told, book, appraisal),
    }
    told
}

fn weight(basis: StretchBasis, stretch: &StretchResult) -> i64 {
    match basis {
        StretchBasis::Days => stretch.stretch.days,
        StretchBasis::Samples => stretch.stretch.samples,
        StretchBasis::Equal => 1,
    }
}

/// A stretch with its total and share, or why it does not count.
fn tell_stretch(told: &mut Explanation, appraisal: &AppraisalResult, stretch: &StretchResult) {
    let card = &stretch.stretch;
    let place = format!("{} – {} ({}, {})", card.period.first, card.period.last, card.unit, card.post);
    let outcome = match (stretch.standing, card.card.total) {
        (Standing::TooShort, _) => {
            both(format!("{} days are too short to count", card.days), format!("{} 天过短，不计入", card.days))
        }
        (Standing::NoScore, _) => both("no score, so it does not count", "没有得分，不计入"),
        (Standing::Waiting, _) => both("its card waits for data", "评分卡等待数据"),
        (Standing::Counted, total) => {
            let staying = appraisal.stretches.iter().filter(|other| other.share > Fixed::ZERO);
            let weights: Vec<String> = staying.map(|other| weight(appraisal.basis, other).to_string()).collect();
            let own = weight(appraisal.basis, stretch);
            told.step(StepKind::Share, format!("{own} × 100 ÷ ({})", weights.join(" + ")), stretch.share);
            let Text { en, zh } = points(total.unwrap_or_default());
            both(format!("{en}, {} % of the whole", stretch.share), format!("{zh}，占 {}%", stretch.share))
        }
    };
    told.say(format!("{place}: {}.", outcome.en), format!("{place}：{}。", outcome.zh));
}

fn tell_total(told: &mut Explanation, book: &dyn Rulebook, appraisal: &AppraisalResult) {
    let (Some(total), Some(shown)) = (appraisal.total, appraisal.printed) else { return };
    let counted = appraisal.stretches.iter().filter(|stretch| stretch.share > Fixed::ZERO);
    let products: Vec<String> = counted
        .map(|stretch| format!("{} × {}", stretch.stretch.card.total.unwrap_or_default(), stretch.share))
        .collect();
    told.step(StepKind::Stretches, format!("({}) ÷ 100", products.join(" + ")), total);
    let Text { en, zh } = points(total);
    told.say(format!("Together: {en}."), format!("合计 {zh}。"));
    tell_rounding(told, total, shown);
    let judging = appraisal.stretches.last().and_then(|stretch| book.card(&stretch.stretch.card.card));
    if let Some(judging) = judging {
        tell_band(told, judging, shown, appraisal.rating.as_deref());
    }
}
