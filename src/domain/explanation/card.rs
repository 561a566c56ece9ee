//! A whole card: its lines, its gates, and its total.

use std::collections::BTreeMap;

use super::super::fixed::Fixed;
use super::super::metric::{MetricId, Unit};
use super::super::scorecard::{Absence, Band, Card, CardResult, CardState, GateEffect, GateResult, Judged, Measure};
use super::super::text::Text;
use super::gate::explain_gate;
use super::line::{Place, explain_line};
use super::words::{band_name, both, figure_name, listed, points, sum};
use super::{Explanation, Rulebook, StepKind};

/// Why a card is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardExplanation {
    /// One a line of the result, in its order.
    pub lines: Vec<Explanation>,
    /// One a gate of the result, in its order.
    pub gates: Vec<Explanation>,
    pub total: Explanation,
    /// The card's bands, by which its total is rated.
    pub bands: Vec<Band>,
    /// Of the metrics of its lines and gates.
    pub units: BTreeMap<MetricId, Unit>,
}

/// Explains a result by the card it was scored with.
pub fn explain(book: &dyn Rulebook, card: &Card, result: &CardResult) -> CardExplanation {
    let place = Place { book, card, result };
    CardExplanation {
        lines: result.lines.iter().map(|line| explain_line(&place, line)).collect(),
        gates: result.gates.iter().map(|gate| explain_gate(&place, gate)).collect(),
        total: explain_total(&place),
        bands: card.bands.clone(),
        units: units(&place),
    }
}

fn units(place: &Place<'_>) -> BTreeMap<MetricId, Unit> {
    let (lines, gates) = (&place.result.lines, &place.result.gates);
    let metrics = lines.iter().map(|line| &line.metric).chain(gates.iter().map(|gate| &gate.metric));
    metrics.filter_map(|id| Some((id.clone(), place.book.metric(id)?.unit))).collect()
}

fn explain_total(place: &Place<'_>) -> Explanation {
    let mut told = Explanation::default();
    let result = place.result;
    match result.state {
        CardState::OnHold => tell_waiting(&mut told, place),
        CardState::InsufficientData => {
            told.say("No line has enough data, so there is no total.", "没有任何一项数据充足，因此没有总分。");
        }
        CardState::Scored => {
            tell_sum(&mut told, result);
            if let Some(judged) = &result.judged {
                tell_judged(&mut told, place, judged);
            }
            tell_adjusted(&mut told, result);
            tell_caps(&mut told, place);
            if let (Some(total), Some(shown)) = (result.total, result.printed) {
                tell_rounding(&mut told, total, shown);
                tell_band(&mut told, place.card, shown, result.rating.as_deref());
            }
            tell_rating_caps(&mut told, place);
        }
    }
    told
}

fn tell_waiting(told: &mut Explanation, place: &Place<'_>) {
    let waiting = place.result.lines.iter().filter(|line| line.treatment == Some(Absence::Hold));
    let mut names: Vec<Text> =
        waiting.map(|line| figure_name(place.book, &line.metric, line.scope, line.measure)).collect();
    if names.is_empty() {
        names.push(both("ratings of people", "评议结果"));
    }
    let Text { en, zh } = listed(&names);
    told.say(format!("The card waits for {en}; until then there is no total."), format!("评分卡等待{zh}，暂无总分。"));
}

fn tell_sum(told: &mut Explanation, result: &CardResult) {
    let Some(subtotal) = result.subtotal else { return };
    let weighted = result.lines.iter().filter(|line| line.outside.is_none() && line.points.is_some());
    told.step(StepKind::Sum, sum(weighted.map(|line| line.contribution)), subtotal);
    let Text { en, zh } = points(subtotal);
    told.say(format!("What the lines add makes {en}."), format!("各项合计 {zh}。"));
}

fn tell_judged(told: &mut Explanation, place: &Place<'_>, judged: &Judged) {
    let Judged { form, effective_share, contribution, measured_share, measured_contribution, .. } = judged;
    let (Some(subtotal), Some(measured)) = (place.result.subtotal, *measured_contribution) else { return };
    let name = place.book.form(&form.form).map_or_else(|| both(&*form.form, &*form.form), |form| form.name.clone());
    told.step(StepKind::MeasuredPart, format!("{subtotal} × {measured_share} ÷ 100"), measured);
    let Some(earned) = form.points else {
        told.say(
            format!("Nobody was judged by the form {}, so the measured part counts whole.", name.en),
            format!("“{}”没有有效评议，测量部分按 100% 计。", name.zh),
        );
        return;
    };
    told.step(
        StepKind::Judgement,
        sum(form.items.iter().filter(|item| item.points.is_some()).map(|item| item.contribution)),
        earned,
    );
    told.step(StepKind::JudgedPart, format!("{earned} × {effective_share} ÷ 100"), contribution);
    let (measured, by_people, part) = (points(measured), points(earned), points(*contribution));
    told.say(
        format!(
            "They are {measured_share} % of the card: {}. The form {} gives {} and is the other {effective_share} %: {}.",
            measured.en, name.en, by_people.en, part.en
        ),
        format!(
            "测量部分占 {measured_share}%：{}；“{}”评议得 {}，占 {effective_share}%：{}。",
            measured.zh, name.zh, by_people.zh, part.zh
        ),
    );
}

/// The parts put together, within what a total can be.
fn tell_adjusted(told: &mut Explanation, result: &CardResult) {
    let (Some(subtotal), Some(adjusted)) = (result.subtotal, result.adjusted) else { return };
    let mut parts = match &result.judged {
        Some(judged) => vec![judged.measured_contribution.unwrap_or(subtotal), judged.contribution],
        None => vec![subtotal],
    };
    let outside = result.lines.iter().filter(|line| line.outside.is_some() && line.points.is_some());
    parts.extend(outside.map(|line| line.contribution));
    let unlimited = parts.iter().try_fold(Fixed::ZERO, |sum, part| sum.checked_add(*part));
    if parts.len() == 1 && unlimited == Some(adjusted) {
        return;
    }
    let up_to = result.points_up_to;
    told.step(StepKind::Adjusted, format!("min(max({}, 0), {up_to})", sum(parts)), adjusted);
    let Text { en, zh } = points(adjusted);
    if unlimited == Some(adjusted) {
        told.say(format!("Together: {en}."), format!("合计 {zh}。"));
    } else {
        told.say(
            format!("Together, and not below 0 nor above {up_to}: {en}."),
            format!("合计（不低于 0、不高于 {up_to}）：{zh}。"),
        );
    }
}

fn failed<'p>(place: &Place<'p>) -> impl Iterator<Item = &'p GateResult> {
    place.result.gates.iter().filter(|gate| gate.passed == Some(false))
}

fn tell_caps(told: &mut Explanation, place: &Place<'_>) {
    let mut total = place.result.adjusted.unwrap_or_default();
    for gate in failed(place) {
        if let GateEffect::CapTotal { at } = gate.effect {
            told.step(StepKind::Cap, format!("min({total}, {at})"), total.min(at));
            total = total.min(at);
            let name = figure_name(place.book, &gate.metric, gate.scope, Measure::Value);
            let Text { en, zh } = points(at);
            told.say(
                format!("The gate on {} was not passed, so it is at most {en}.", name.en),
                format!("“{}”门槛未通过，总分最高为 {zh}。", name.zh),
            );
        }
    }
}

pub(super) fn tell_rounding(told: &mut Explanation, total: Fixed, shown: Fixed) {
    told.step(StepKind::Rounding, format!("round({total})"), format!("{shown:.2}"));
    told.say(format!("With two decimals the score is {shown:.2}."), format!("保留两位小数，得分 {shown:.2}。"));
}

/// Between which edges the printed total lies: from the lower one on, up to but not including the upper one.
pub(super) fn tell_band(told: &mut Explanation, card: &Card, shown: Fixed, rating: Option<&str>) {
    let above = card.bands.partition_point(|band| band.from <= shown);
    let Some(band) = above.checked_sub(1).and_then(|index| card.bands.get(index)) else { return };
    let Text { en, zh } = band_name(card, &band.id);
    match card.bands.get(above) {
        Some(next) => {
            told.step(StepKind::Band, format!("{} ≤ {shown:.2} < {}", band.from, next.from), &band.id);
            told.say(
                format!("From {} up to, but not including, {} is {en}.", band.from, next.from),
                format!("{}（含）至 {}（不含）为 {zh}。", band.from, next.from),
            );
        }
        None => {
            told.step(StepKind::Band, format!("{} ≤ {shown:.2}", band.from), &band.id);
            told.say(format!("From {} on is {en}.", band.from), format!("{}（含）以上为 {zh}。", band.from));
        }
    }
    if let Some(rating) = rating.filter(|rating| *rating != &*band.id) {
        let Text { en, zh } = band_name(card, rating);
        told.step(StepKind::Cap, format!("at most {rating}"), rating);
        told.say(format!("The rating is {en} all the same."), format!("但评级为 {zh}。"));
    }
}

fn tell_rating_caps(told: &mut Explanation, place: &Place<'_>) {
    for gate in failed(place) {
        if let GateEffect::CapRating { at } = &gate.effect {
            let name = figure_name(place.book, &gate.metric, gate.scope, Measure::Value);
            let Text { en, zh } = band_name(place.card, at);
            told.say(
                format!("The gate on {} was not passed, which allows at best {en}.", name.en),
                format!("“{}”门槛未通过，评级最高为 {zh}。", name.zh),
            );
        }
    }
}
