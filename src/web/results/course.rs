//! Scores and figures over the cycles, each with its interval; where a figure meant something else, that is said and nothing is joined.

use crate::app::{CycleOfAgent, LineCourse, LinePoint, line_courses};
use crate::domain::metric::Metric;
use crate::domain::scorecard::{LineResult, Measure, Scope};
use crate::web::charts::{Moment, Spark, Trend};
use crate::web::glossary::MetricHelp;
use crate::web::language::Language;
use crate::web::words::Say;

use super::lines::unit_of;

/// One figure over the cycles, as people read it.
pub(in crate::web) struct FigureCourse {
    pub help: MetricHelp,
    pub notes: Vec<Say>,
    /// The newest, with its interval.
    pub value: String,
    pub interval: String,
    pub spark: Option<Spark>,
    pub chart: Option<Trend>,
    /// What it was before, by cycle, where the rules changed it.
    pub changed: Vec<Say>,
    line: LineCourse,
}

impl FigureCourse {
    /// The figures of the newest cycle's card.
    pub(in crate::web) fn all(language: Language, course: &[CycleOfAgent]) -> Vec<Self> {
        line_courses(course).into_iter().map(|line| Self::of(language, course, line)).collect()
    }

    fn of(language: Language, course: &[CycleOfAgent], line: LineCourse) -> Self {
        let metric = &line.metric;
        let unit = unit_of(line.measure, Some(metric));
        let mut changed = Vec::new();
        let mut moments: Vec<Moment> = Vec::new();
        let mut before: Option<&LinePoint> = None;
        for (cycle, point) in course.iter().zip(&line.points) {
            let other = point.other_definition.as_ref();
            let meant = other.unwrap_or(metric);
            if let Some(other) = other {
                changed.push(definition(language, &cycle.cycle, other));
            }
            let joins = before.is_none_or(|before| meant.measures_the_same(meaning(before, metric)));
            let then = unit_of(line.measure, Some(meant));
            let shown = |value| language.measured(value, then);
            moments.push(Moment {
                name: cycle.cycle.clone(),
                // In another unit it has no place on this scale; the table has it.
                value: point.value.filter(|_| then == unit),
                interval: point.interval.filter(|_| then == unit).map(|interval| (interval.lower, interval.upper)),
                shown: point.value.map_or_else(|| "–".to_owned(), shown),
                shown_interval: point.interval.map_or_else(String::new, |interval| {
                    format!("{} – {}", shown(interval.lower), shown(interval.upper))
                }),
                joins,
            });
            before = Some(point);
        }
        let help = MetricHelp::of(language, metric);
        let (value, interval) = moments
            .last()
            .map_or_else(Default::default, |newest| (newest.shown.clone(), newest.shown_interval.clone()));
        let title = language.say("figure-trend").with("metric", &help.name).to_string();
        let several = moments.iter().filter(|moment| moment.value.is_some()).count() > 1;
        Self {
            notes: notes(language, line.scope, line.measure),
            value,
            interval,
            spark: Spark::new(&moments),
            chart: if several { Trend::new(language, title, moments) } else { None },
            changed,
            help,
            line,
        }
    }

    /// Whether it is this line's.
    pub(super) fn is_of(&self, line: &LineResult) -> bool {
        let own = &self.line;
        own.metric.id == line.metric && own.scope == line.scope && own.measure == line.measure
    }
}

fn meaning<'m>(point: &'m LinePoint, newest: &'m Metric) -> &'m Metric {
    point.other_definition.as_ref().unwrap_or(newest)
}

fn definition(language: Language, cycle: &str, metric: &Metric) -> Say {
    let sums = format!("{} ÷ {}", language.of_text(&metric.numerator), language.of_text(&metric.denominator));
    language.say("figure-was-other").with("cycle", cycle).with("sums", sums)
}

/// What is particular about a line, beside its metric.
pub(super) fn notes(language: Language, scope: Scope, measure: Measure) -> Vec<Say> {
    let mut notes = Vec::new();
    if scope == Scope::Unit {
        notes.push(language.say("line-of-unit"));
    }
    if measure == Measure::Index {
        notes.push(language.say("line-index"));
    }
    notes
}

/// The score over the cycles; `None` for a single one.
pub(in crate::web) fn score_trend(language: Language, course: &[CycleOfAgent]) -> Option<Trend> {
    if course.len() < 2 {
        return None;
    }
    let moments = course.iter().map(|cycle| {
        let score = cycle.detail.summary.printed;
        Moment {
            name: cycle.cycle.clone(),
            value: score,
            interval: None,
            shown: score.map_or_else(|| "–".to_owned(), |score| language.hundredths(score)),
            shown_interval: String::new(),
            joins: true,
        }
    });
    Trend::new(language, language.say("score-trend").to_string(), moments.collect())
}
