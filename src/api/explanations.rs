//! Why results are what they are, and what would change them, as the API shows it.

use chrono::NaiveDate;
use poem_openapi::Object;

use crate::domain::appraisal::StretchResult;
use crate::domain::explanation::{self, StepKind};
use crate::domain::scorecard::{self, Measure, Scope};

/// What a figure is made of, step by step, and the same in words.
#[derive(Object)]
pub(super) struct Explanation {
    /// In the order they are taken.
    steps: Vec<FormulaStep>,
    /// In English.
    en: String,
    /// In Chinese.
    zh: String,
}

/// A formula with its figures in it, and what comes out. Formulas have × ÷ + −, brackets, `min(a, b)`, `max(a, b)` and `round(a)` to two
/// decimals; the result is rounded once, at the end, to six decimals, half away from zero. Weights and shares add up to exactly 100, so
/// that one of them may differ from its formula by a millionth. Of `interval`, `gate`, `band`, a flat `curve` and a `cap` of the rating
/// the formula says what was compared or how it was found.
#[derive(Object)]
struct FormulaStep {
    /// `value`, `actual`, `expected`, `interval`, `peer_value`, `shrinkage`, `curve`, `limits`, `treatment`, `weight`, `contribution`,
    /// `gate`, `sum`, `judgement`, `measured_part`, `judged_part`, `adjusted`, `cap`, `share`, `stretches`, `rounding` or `band`.
    kind: String,
    formula: String,
    result: String,
}

/// A band of ratings: from its first score, inclusive, to that of the next band, exclusive, judged on the score with two decimals.
#[derive(Object)]
pub(super) struct RatingBand {
    id: String,
    name_en: String,
    name_zh: String,
    from: String,
}

/// What single figures could do to reach the next band, with all else as it was.
#[derive(Object)]
pub(super) struct NextBand {
    /// The band after the rating.
    band: String,
    /// The least score that is in it.
    from: String,
    /// One for each figure that lines read, then one for each other figure by which a gate failed.
    chances: Vec<Chance>,
}

/// What one figure alone could do.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Chance {
    metric: String,
    /// `own` or `unit`.
    scope: String,
    /// `value`, or `index` for actual ÷ expected.
    measure: String,
    /// The first line that reads the figure; absent where only a gate is judged by it.
    line: Option<String>,
    /// First day of the stretch it was measured in; absent where only one stretch counts.
    stretch_first_day: Option<NaiveDate>,
    /// As it was.
    from: String,
    /// The nearest value, in hundredths, that reaches the band; absent where no value does.
    to: Option<String>,
    /// Of a rate: how many of the same cases would have had to turn out otherwise.
    more_cases: Option<i64>,
    /// The score at `to`; where no value reaches the band, the best one.
    score: String,
    /// The rating with that score.
    rating: Option<String>,
    en: String,
    zh: String,
}

pub(super) fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Own => "own",
        Scope::Unit => "unit",
    }
}

pub(super) fn measure_name(measure: Measure) -> &'static str {
    match measure {
        Measure::Value => "value",
        Measure::Index => "index",
    }
}

fn kind_name(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Value => "value",
        StepKind::Actual => "actual",
        StepKind::Expected => "expected",
        StepKind::Interval => "interval",
        StepKind::PeerValue => "peer_value",
        StepKind::Shrinkage => "shrinkage",
        StepKind::Curve => "curve",
        StepKind::Limits => "limits",
        StepKind::Treatment => "treatment",
        StepKind::Weight => "weight",
        StepKind::Contribution => "contribution",
        StepKind::Gate => "gate",
        StepKind::Sum => "sum",
        StepKind::Judgement => "judgement",
        StepKind::MeasuredPart => "measured_part",
        StepKind::JudgedPart => "judged_part",
        StepKind::Adjusted => "adjusted",
        StepKind::Cap => "cap",
        StepKind::Share => "share",
        StepKind::Stretches => "stretches",
        StepKind::Rounding => "rounding",
        StepKind::Band => "band",
    }
}

impl From<explanation::Explanation> for Explanation {
    fn from(explanation::Explanation { steps, en, zh }: explanation::Explanation) -> Self {
        let step = |explanation::Step { kind, formula, result }| FormulaStep {
            kind: kind_name(kind).to_owned(),
            formula,
            result,
        };
        Self { steps: steps.into_iter().map(step).collect(), en, zh }
    }
}

impl From<scorecard::Band> for RatingBand {
    fn from(scorecard::Band { id, name, from }: scorecard::Band) -> Self {
        Self { id: id.to_string(), name_en: name.en, name_zh: name.zh, from: from.to_string() }
    }
}

/// The next band of a result with these stretches.
pub(super) fn next_band(next: explanation::NextBand, stretches: &[StretchResult]) -> NextBand {
    let explanation::NextBand { band, from, chances } = next;
    let chances = chances.into_iter().map(|found| chance(found, stretches)).collect();
    NextBand { band: band.to_string(), from: from.to_string(), chances }
}

fn chance(chance: explanation::Chance, stretches: &[StretchResult]) -> Chance {
    let explanation::Chance { metric, scope, measure, line, stretch, from, to, more_cases, score, rating, en, zh } =
        chance;
    Chance {
        metric: metric.to_string(),
        scope: scope_name(scope).to_owned(),
        measure: measure_name(measure).to_owned(),
        line: line.as_deref().map(str::to_owned),
        stretch_first_day: stretch.and_then(|at| stretches.get(at)).map(|stretch| stretch.stretch.period.first),
        from: from.to_string(),
        to: to.map(|to| to.to_string()),
        more_cases,
        score: format!("{score:.2}"),
        rating: rating.as_deref().map(str::to_owned),
        en,
        zh,
    }
}
