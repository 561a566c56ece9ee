//! A gate: the value beside its limits, and what that does.

use super::super::fixed::Fixed;
use super::super::scorecard::{GateEffect, GateResult, Measure, printed};
use super::super::text::Text;
use super::line::Place;
use super::words::{amount, band_name, both, cases, figure_name, points};
use super::{Explanation, StepKind};

pub(super) fn explain_gate(place: &Place<'_>, gate: &GateResult) -> Explanation {
    let mut told = Explanation::default();
    let name = figure_name(place.book, &gate.metric, gate.scope, Measure::Value);
    let metric = place.book.metric(&gate.metric);
    let wanted = limits(gate, |limit| amount(metric, Measure::Value, limit));
    let Some(passed) = gate.passed else {
        let had = cases(gate.samples);
        let (en, zh) = match gate.value {
            Some(_) => (
                format!("only {}, {} are needed", had.en, gate.min_samples),
                format!("仅 {}，少于所需的 {} 个", had.zh, gate.min_samples),
            ),
            None => ("nothing was measured".to_owned(), "没有数据".to_owned()),
        };
        told.say(
            format!("Gate on {}, {}: not judged, for {en}.", name.en, wanted.en),
            format!("门槛“{}”{}：{zh}，不作判定。", name.zh, wanted.zh),
        );
        return told;
    };
    let value = printed(gate.value.unwrap_or_default());
    told.step(StepKind::Gate, comparison(gate, value), if passed { "passed" } else { "not passed" });
    let is = amount(metric, Measure::Value, value);
    let (outcome_en, outcome_zh) = if passed { ("passed", "通过") } else { ("not passed", "未通过") };
    told.say(
        format!("Gate on {}, {}: it is {}, {outcome_en}.", name.en, wanted.en, is.en),
        format!("门槛“{}”{}：实际 {}，{outcome_zh}。", name.zh, wanted.zh, is.zh),
    );
    if !passed {
        let Text { en, zh } = effect(place, gate);
        told.say(en, zh);
        told.say(&gate.reason.en, &gate.reason.zh);
    }
    told
}

/// `at least 85 % and at most 95 %`.
fn limits(gate: &GateResult, amount: impl Fn(Fixed) -> Text) -> Text {
    match (gate.at_least.map(&amount), gate.at_most.map(&amount)) {
        (Some(least), Some(most)) => both(
            format!("at least {} and at most {}", least.en, most.en),
            format!("不低于 {} 且不高于 {}", least.zh, most.zh),
        ),
        (Some(least), None) => both(format!("at least {}", least.en), format!("不低于 {}", least.zh)),
        (None, Some(most)) => both(format!("at most {}", most.en), format!("不高于 {}", most.zh)),
        (None, None) => both("without a limit", "无限值"),
    }
}

/// The value beside its limits, as `85 ≤ 90 ≤ 95`, with the signs of what is the case.
fn comparison(gate: &GateResult, value: Fixed) -> String {
    let sign = |holds: bool| if holds { "≤" } else { ">" };
    let mut text = value.to_string();
    if let Some(least) = gate.at_least {
        text = format!("{least} {} {text}", sign(least <= value));
    }
    if let Some(most) = gate.at_most {
        text = format!("{text} {} {most}", sign(value <= most));
    }
    text
}

fn effect(place: &Place<'_>, gate: &GateResult) -> Text {
    match &gate.effect {
        GateEffect::CapTotal { at } => {
            let Text { en, zh } = points(*at);
            both(format!("The total is therefore at most {en}."), format!("因此总分最高为 {zh}。"))
        }
        GateEffect::CapRating { at } => {
            let Text { en, zh } = band_name(place.card, at);
            both(format!("The rating is therefore at best {en}."), format!("因此评级最高为 {zh}。"))
        }
        GateEffect::ZeroLine { line } => {
            let name = match place.result.lines.iter().find(|other| other.id == *line) {
                Some(line) => figure_name(place.book, &line.metric, line.scope, line.measure),
                None => both(&**line, &**line),
            };
            both(format!("The line {} therefore adds nothing.", name.en), format!("因此“{}”项不得分。", name.zh))
        }
    }
}
