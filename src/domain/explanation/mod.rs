//! Why a result is what it is, figure by figure and in words, and what would change it.
//!
//! Everything here is told from a stored result and the rules it was scored with; nothing is measured again.

mod appraisal;
mod card;
mod chance_words;
mod chances;
mod gate;
mod line;
mod measured;
mod search;
mod words;

use std::fmt::Display;

use serde::Serialize;

use super::judgement::Form;
use super::metric::{Metric, MetricId};
use super::scorecard::Card;

pub use appraisal::{AppraisalExplanation, explain_appraisal};
pub use card::{CardExplanation, explain};
pub use chances::{Chance, NextBand, next_band, next_band_of};

/// The rules that a result was scored with, by name.
pub trait Rulebook {
    fn metric(&self, id: &MetricId) -> Option<&Metric>;
    fn form(&self, id: &str) -> Option<&Form>;
    fn card(&self, id: &str) -> Option<&Card>;
}

/// What a step computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// numerator ÷ denominator, × 100 for percent; of an index actual ÷ expected.
    Value,
    /// Σ numerators of an index's segments.
    Actual,
    /// Σ denominator × benchmark of an index's segments.
    Expected,
    /// The ends of the value's 95 % interval; not arithmetic with printed figures alone.
    Interval,
    /// The peer group's numerator ÷ denominator, × 100 for percent.
    PeerValue,
    /// The value drawn toward the peer group's.
    Shrinkage,
    /// The piece of the curve, from value to points; a comparison where the curve is flat.
    Curve,
    /// Points within floor and cap.
    Limits,
    /// Points that a treatment gives instead of the curve.
    Treatment,
    /// The weight, with what it had of lines that left.
    Weight,
    Contribution,
    /// A value beside the limits of a gate.
    Gate,
    /// Σ contributions of the weighted lines.
    Sum,
    /// Σ contributions of a form's items.
    Judgement,
    /// The measured part of a card that is also judged.
    MeasuredPart,
    /// The judged part of a card.
    JudgedPart,
    /// The parts with bonus and penalty, within 0 and what the card allows.
    Adjusted,
    /// The total, or the rating, below a gate's cap.
    Cap,
    /// A stretch's part of the whole, in percent.
    Share,
    /// Σ a stretch's total × its share ÷ 100.
    Stretches,
    /// Rounded to two decimals.
    Rounding,
    /// The printed total between the edges of its band.
    Band,
}

/// One step: a formula with its figures in it, and what comes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    /// With × ÷ + −, brackets, `min(a, b)`, `max(a, b)` and `round(a)` to two decimals; every operation's result is rounded once, at
    /// the end, to six decimals, half away from zero.
    pub formula: String,
    pub result: String,
}

/// What a figure is made of: its steps, and the same in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    pub steps: Vec<Step>,
    pub en: String,
    pub zh: String,
}

impl Explanation {
    fn step(&mut self, kind: StepKind, formula: impl Into<String>, result: impl Display) {
        self.steps.push(Step { kind, formula: formula.into(), result: result.to_string() });
    }

    /// One more sentence in both languages.
    fn say(&mut self, en: impl AsRef<str>, zh: impl AsRef<str>) {
        if !self.en.is_empty() {
            self.en.push(' ');
        }
        self.en.push_str(en.as_ref());
        self.zh.push_str(zh.as_ref());
    }
}
