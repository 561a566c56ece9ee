//! A line: from what was measured to what it adds to the total.

use super::super::curve::{Corner, Reading};
use super::super::fixed::Fixed;
use super::super::scorecard::{
    Absence, Card, CardResult, GateEffect, GateResult, Line, LineResult, LineState, Measure, Outside,
};
use super::super::text::Text;
use super::measured;
use super::words::{amount, both, figure_name, listed, points};
use super::{Explanation, Rulebook, StepKind};

/// A line's card, rule and neighbours.
pub(super) struct Place<'a> {
    pub(super) book: &'a dyn Rulebook,
    pub(super) card: &'a Card,
    pub(super) result: &'a CardResult,
}

pub(super) fn explain_line(place: &Place<'_>, line: &LineResult) -> Explanation {
    let mut told = Explanation::default();
    let rule = place.card.lines.iter().find(|rule| rule.id == line.id);
    measured::tell(&mut told, place.book, line);
    tell_treatment(&mut told, line, rule);
    measured::tell_shrinkage(&mut told, place.book, line);
    if let (Some(reading), Some(at)) = (line.reading, line.read_value()) {
        tell_curve(&mut told, place.book, line, &reading, at);
        tell_limits(&mut told, line, reading.points);
    }
    if let Some(points) = line.points {
        tell_worth(&mut told, place, line, points);
    }
    told
}

/// What was done because the line was not measured, or too little.
fn tell_treatment(told: &mut Explanation, line: &LineResult, rule: Option<&Line>) {
    let Some(treatment) = line.treatment else { return };
    let declared = rule.and_then(|rule| match line.state {
        LineState::LowSample => Some(rule.low_sample),
        LineState::NoData => Some(rule.no_data),
        LineState::NoBenchmark => Some(rule.no_benchmark),
        LineState::Measured | LineState::NotApplicable | LineState::LeftOut => None,
    });
    if line.state == LineState::LeftOut {
        told.say("The decision on an appeal left this line out.", "经申诉裁定，该项不计入。");
    }
    if matches!(declared, Some(Absence::Carry { .. })) && !matches!(treatment, Absence::Carry { .. }) {
        told.say("There are no points of an earlier period to carry over.", "没有可沿用的往期得分。");
    }
    let said = match treatment {
        Absence::Redistribute if line.outside.is_some() => {
            both("It neither adds nor takes anything.", "不加分，也不扣分。")
        }
        Absence::Redistribute => both(
            format!(
                "The line leaves the card, and its weight of {} goes to the other lines in proportion.",
                line.weight
            ),
            format!("该项不计分，其权重 {} 按比例分给其他项。", line.weight),
        ),
        Absence::Hold => both("The card waits for it; until then there is no total.", "评分卡等待该项数据，暂无总分。"),
        Absence::Count => both("By the card's rule it counts all the same.", "按评分卡规则照常计分。"),
        Absence::Zero => both("By the card's rule that earns 0 points.", "按评分卡规则计 0 分。"),
        Absence::Neutral { points: given } => {
            let Text { en, zh } = points(given);
            both(format!("By the card's rule it gets {en} instead."), format!("按评分卡规则改计 {zh}。"))
        }
        Absence::Carry { .. } => match line.carried.as_deref() {
            Some(carried) => {
                let Text { en, zh } = points(carried.points);
                both(
                    format!("The {en} of {} are carried over.", carried.from),
                    format!("沿用 {} 的 {zh}。", carried.from),
                )
            }
            None => both("Points of an earlier period are carried over.", "沿用往期得分。"),
        },
    };
    told.say(said.en, said.zh);
    let given = line.points.filter(|_| !matches!(treatment, Absence::Count));
    if let Some(given) = given {
        told.step(StepKind::Treatment, given.to_string(), given);
    }
}

fn tell_curve(told: &mut Explanation, book: &dyn Rulebook, line: &LineResult, reading: &Reading, at: Fixed) {
    let Reading { points: earned, from, to } = reading;
    let say = |corner: Corner| (amount(book.metric(&line.metric), line.measure, corner.value), points(corner.points));
    let ((start, least), (end, most), earned_words) = (say(*from), say(*to), points(*earned));
    if from != to {
        let formula = format!(
            "{} + ({} − {}) × ({at} − {}) ÷ ({} − {})",
            from.points, to.points, from.points, from.value, to.value, from.value
        );
        told.step(StepKind::Curve, formula, earned);
        told.say(
            format!("That lies between {} ({}) and {} ({}): {}.", start.en, least.en, end.en, most.en, earned_words.en),
            format!("介于 {}（{}）与 {}（{}）之间：{}。", start.zh, least.zh, end.zh, most.zh, earned_words.zh),
        );
    } else if at < from.value {
        told.step(StepKind::Curve, format!("{at} < {}", from.value), earned);
        told.say(
            format!("That is below {}: {}.", start.en, earned_words.en),
            format!("低于 {}：{}。", start.zh, earned_words.zh),
        );
    } else {
        told.step(StepKind::Curve, format!("{at} ≥ {}", from.value), earned);
        told.say(
            format!("That is {} or more: {}.", start.en, earned_words.en),
            format!("达到 {} 及以上：{}。", start.zh, earned_words.zh),
        );
    }
}

fn tell_limits(told: &mut Explanation, line: &LineResult, read: Fixed) {
    let raised = line.floor.map_or(read, |floor| read.max(floor));
    let kept = line.cap.map_or(raised, |cap| raised.min(cap));
    let formula = match (line.floor, line.cap) {
        (None, None) => return,
        (Some(floor), None) => format!("max({read}, {floor})"),
        (None, Some(cap)) => format!("min({read}, {cap})"),
        (Some(floor), Some(cap)) => format!("min(max({read}, {floor}), {cap})"),
    };
    told.step(StepKind::Limits, formula, kept);
    let Text { en, zh } = points(kept);
    if raised != read {
        told.say(format!("The line gives at least {en}."), format!("该项至少计 {zh}。"));
    }
    if kept != raised {
        told.say(format!("The line gives at most {en}."), format!("该项最多计 {zh}。"));
    }
}

/// What the points are worth in the total.
fn tell_worth(told: &mut Explanation, place: &Place<'_>, line: &LineResult, earned: Fixed) {
    if line.outside.is_none() {
        tell_weight(told, place, line);
    }
    if let Some(gate) = zeroing(place.result, line) {
        let Text { en, zh } = figure_name(place.book, &gate.metric, gate.scope, Measure::Value);
        told.step(StepKind::Contribution, "0", line.contribution);
        told.say(
            format!("The gate on {en} was not passed, so the line adds nothing."),
            format!("“{zh}”门槛未通过，该项不得分。"),
        );
        return;
    }
    let (weight, worth) = (line.effective_weight, points(line.contribution));
    match line.outside {
        None => {
            told.step(StepKind::Contribution, format!("{earned} × {weight} ÷ 100"), line.contribution);
            told.say(
                format!("The line weighs {weight} of 100, so it adds {}.", worth.en),
                format!("该项权重为 100 中的 {weight}，因此计入 {}。", worth.zh),
            );
        }
        Some(Outside::Bonus) => {
            told.step(StepKind::Contribution, earned.to_string(), line.contribution);
            told.say(
                format!("As a bonus it adds {} to the total.", worth.en),
                format!("作为加分项，总分加 {}。", worth.zh),
            );
        }
        Some(Outside::Penalty) => {
            let taken = points(earned);
            told.step(StepKind::Contribution, format!("0 − {earned}"), line.contribution);
            told.say(
                format!("As a penalty it takes {} from the total.", taken.en),
                format!("作为扣分项，总分扣 {}。", taken.zh),
            );
        }
    }
}

/// The weight where lines that left the card gave theirs away, and which they were.
fn tell_weight(told: &mut Explanation, place: &Place<'_>, line: &LineResult) {
    let weighted = || place.result.lines.iter().filter(|line| line.outside.is_none());
    let (left, staying): (Vec<_>, Vec<_>) = weighted().partition(|line| line.treatment == Some(Absence::Redistribute));
    if left.is_empty() {
        return;
    }
    let weights: Vec<String> = staying.iter().map(|line| line.weight.to_string()).collect();
    let formula = format!("{} × 100 ÷ ({})", line.weight, weights.join(" + "));
    told.step(StepKind::Weight, formula, line.effective_weight);
    let names: Vec<Text> = left
        .iter()
        .map(|line| {
            let Text { en, zh } = figure_name(place.book, &line.metric, line.scope, line.measure);
            both(format!("{en} ({})", line.weight), format!("“{zh}”（{}）", line.weight))
        })
        .collect();
    let Text { en, zh } = listed(&names);
    told.say(
        format!("Its weight was {}, and it has its part of the weight of {en}.", line.weight),
        format!("原权重 {}，另分得{zh}的权重。", line.weight),
    );
}

/// The failed gate that takes the line's contribution.
fn zeroing<'r>(result: &'r CardResult, line: &LineResult) -> Option<&'r GateResult> {
    let zeroes = |gate: &&GateResult| matches!(&gate.effect, GateEffect::ZeroLine { line: id } if *id == line.id);
    result.gates.iter().filter(|gate| gate.passed == Some(false)).find(zeroes)
}
