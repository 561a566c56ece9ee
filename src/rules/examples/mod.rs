//! Works the examples that the rule files carry, so that a rule that no longer does what it shows is noticed at once.
//!
//! Examples of sources need rows to be read and SQL to be run, which is the pull room's work: see
//! [`Loaded::placed_sources`](super::load::Loaded::placed_sources).

mod cards;

use std::fmt::Display;

use chrono::{DateTime, Utc};

use super::file::calendar::{CalendarExample, local_time};
use super::file::improvement::{ExamplePeriodFacts, ImprovementExample};
use super::file::metrics::MetricExample;
use super::file::plan::PlanExample;
use super::file::{Exact, pooled};
use super::judgement_examples;
use super::load::Loaded;
use super::problem::Problem;
use super::ruleset::Ruleset;
use super::yaml::Document;
use crate::domain::calendar::Calendar;
use crate::domain::fixed::Fixed;
use crate::domain::improvement::{History, Objective, PastValue, suggest};
use crate::domain::interval::Interval;
use crate::domain::metric::{Metric, MetricId};
use crate::domain::money::{Currency, Money};
use crate::domain::payout::{IncentivePlan, PayableStretch, PayoutInput, Withheld, pay};
use crate::domain::period::Period;

pub(super) const MEND: &str = "correct the example, or the rule that it shows";
/// Decimals of an interval as examples write it.
const INTERVAL_DECIMALS: u32 = 2;

/// Every example of metrics, scorecards, forms, incentive plans, improvement rules and calendars that does not come out as written.
pub fn run_examples(loaded: &Loaded) -> Vec<Problem> {
    let mut problems = Vec::new();
    metrics(loaded, &mut problems);
    cards(loaded, &mut problems);
    judgement_examples::forms(loaded, &mut problems);
    plans(loaded, &mut problems);
    improvement(loaded, &mut problems);
    calendars(loaded, &mut problems);
    problems.sort();
    problems
}

/// How many worked examples the rules carry, those of sources included.
pub fn count_examples(Loaded { files, .. }: &Loaded) -> usize {
    let metrics = files.metrics.iter().flat_map(|file| &file.content.metrics).map(|metric| metric.examples.len());
    let cards = files.cards.iter().map(|file| file.content.examples.len());
    let plans = files.plans.iter().map(|file| file.content.examples.len());
    let improvement = files.improvement.iter().map(|file| file.content.examples.len());
    let forms = files.forms.iter().map(|file| file.content.examples.len());
    let sources = files.sources.iter().map(|file| file.content.examples.len());
    let calendars = files.calendars.iter().map(|file| file.content.examples.len());
    metrics.chain(cards).chain(forms).chain(plans).chain(improvement).chain(sources).chain(calendars).sum()
}

fn metrics(Loaded { files, ruleset, .. }: &Loaded, problems: &mut Vec<Problem>) {
    let Some(file) = &files.metrics else { return };
    for (number, entry) in file.content.metrics.iter().enumerate() {
        let Some(metric) = ruleset.metric(&MetricId::new(&entry.id)) else { continue };
        for (index, example) in entry.examples.iter().enumerate() {
            let at = format!("/metrics/{number}/examples/{index}");
            let name = format!("example {} of '{}'", index + 1, entry.id);
            metric_example(metric, example, &mut Comparison { document: &file.document, at, name, problems });
        }
    }
}

fn cards(Loaded { files, ruleset, .. }: &Loaded, problems: &mut Vec<Problem>) {
    for file in &files.cards {
        let Some(card) = ruleset.card(&file.content.id) else { continue };
        for (index, example) in file.content.examples.iter().enumerate() {
            let mut comparison = Comparison::new(&file.document, index, &example.name, problems);
            cards::card_example(ruleset, card, &file.content, example, &mut comparison);
        }
    }
}

fn plans(Loaded { files, ruleset, .. }: &Loaded, problems: &mut Vec<Problem>) {
    for file in &files.plans {
        let Some(plan) = ruleset.plan(&file.content.id) else { continue };
        for (index, example) in file.content.examples.iter().enumerate() {
            plan_example(plan, example, &mut Comparison::new(&file.document, index, &example.name, problems));
        }
    }
}

fn improvement(Loaded { files, ruleset, .. }: &Loaded, problems: &mut Vec<Problem>) {
    let Some(file) = &files.improvement else { return };
    for (index, example) in file.content.examples.iter().enumerate() {
        improvement_example(ruleset, example, &mut Comparison::new(&file.document, index, &example.name, problems));
    }
}

fn calendars(loaded: &Loaded, problems: &mut Vec<Problem>) {
    for file in &loaded.files.calendars {
        let Some(placed) = loaded.calendars.get(&file.content.id) else { continue };
        for (index, example) in file.content.examples.iter().enumerate() {
            let mut comparison = Comparison::new(&file.document, index, &example.name, problems);
            calendar_example(&placed.calendar, example, &mut comparison);
        }
    }
}

/// What an example says beside what the rules give.
pub(super) struct Comparison<'a> {
    document: &'a Document,
    /// JSON pointer of the example.
    at: String,
    name: String,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Comparison<'a> {
    /// For the example of that index in its file.
    pub(super) fn new(document: &'a Document, index: usize, name: &str, problems: &'a mut Vec<Problem>) -> Self {
        Self { document, at: format!("/examples/{index}"), name: format!("example '{name}'"), problems }
    }

    pub(super) fn wrong(&mut self, pointer: &str, what: impl Display, mend: &str) {
        let what = format!("{}: {what}", self.name);
        self.problems.push(self.document.error(&format!("{}{pointer}", self.at), what, mend));
    }

    /// A figure that must be equal, or absent on both sides.
    pub(super) fn compare<T: PartialEq + Display>(
        &mut self,
        pointer: &str,
        what: &str,
        written: Option<T>,
        given: Option<T>,
    ) {
        if written != given {
            let shown = |value: &Option<T>| value.as_ref().map_or_else(|| "none".to_owned(), T::to_string);
            let text = format!("{what}: the rules give {}, the example says {}", shown(&given), shown(&written));
            self.wrong(pointer, text, MEND);
        }
    }
}

pub(super) fn exact(written: Option<Exact>) -> Option<Fixed> {
    written.map(Fixed::from)
}

fn metric_example(metric: &Metric, example: &MetricExample, comparison: &mut Comparison<'_>) {
    let facts = pooled(example.numerator, example.denominator, example.samples);
    comparison.compare("/value", "value", exact(example.value), metric.value(&facts));
    if let Some([lower, upper]) = example.interval {
        let interval = Interval::of(metric, &facts);
        let rounded = |end: fn(Interval) -> Fixed| interval.map(|interval| end(interval).round(INTERVAL_DECIMALS));
        comparison.compare(
            "/interval/0",
            "lower end of the interval",
            Some(lower.0),
            rounded(|interval| interval.lower),
        );
        comparison.compare(
            "/interval/1",
            "upper end of the interval",
            Some(upper.0),
            rounded(|interval| interval.upper),
        );
    }
}

fn plan_example(plan: &IncentivePlan, example: &PlanExample, comparison: &mut Comparison<'_>) {
    let currency: Currency = match example.currency.parse() {
        Ok(currency) => currency,
        Err(error) => return comparison.wrong("/currency", error, "write a code of ISO 4217, as CNY"),
    };
    let mut amount = |pointer: &str, amount: Exact| match Money::parse(&amount.to_string(), currency) {
        Ok(money) => Some(money.minor),
        Err(error) => {
            comparison.wrong(pointer, error, "write an amount of that currency");
            None
        }
    };
    let written = amount("/amount", example.amount);
    let stretches: Option<Vec<PayableStretch>> = example
        .stretches
        .iter()
        .enumerate()
        .map(|(index, stretch)| {
            Some(PayableStretch {
                period: Period { first: stretch.first, last: stretch.last },
                fte: stretch.fte.0,
                target_minor: amount(&format!("/stretches/{index}/target"), stretch.target)?,
            })
        })
        .collect();
    let (Some(written), Some(stretches)) = (written, stretches) else { return };
    let input = PayoutInput {
        cycle: Period { first: example.cycle.first, last: example.cycle.last },
        score: exact(example.score),
        rating: example.rating.clone(),
        currency,
        stretches,
    };
    match pay(plan, &input) {
        Ok(result) => {
            let money = |minor| Some(Money { minor, currency });
            comparison.compare("/amount", "amount", money(written), money(result.amount_minor));
            let reason = example.withheld.map(|name| withheld(name.into()));
            comparison.compare("/withheld", "withheld", reason, result.withheld.map(withheld));
        }
        Err(error) => comparison.wrong("", format!("cannot be paid: {error}"), MEND),
    }
}

fn withheld(reason: Withheld) -> &'static str {
    match reason {
        Withheld::NoScore => "no_score",
        Withheld::ExcludedRating => "excluded_rating",
        Withheld::TooFewDays => "too_few_days",
        Withheld::NoTarget => "no_target",
    }
}

fn improvement_example(ruleset: &Ruleset, example: &ImprovementExample, comparison: &mut Comparison<'_>) {
    let past = |metric: &Metric, facts: &ExamplePeriodFacts| {
        let facts = pooled(facts.numerator, facts.denominator, facts.samples);
        let value = metric.value(&facts)?;
        Some(PastValue { value, interval: Interval::of(metric, &facts), samples: facts.samples })
    };
    let histories = example.histories.iter().filter_map(|history| {
        let metric = ruleset.metric(&MetricId::new(&history.metric))?;
        let periods = history.periods.iter().map(|facts| facts.as_ref().and_then(|facts| past(metric, facts)));
        Some(History { metric: metric.id.clone(), weight: history.weight.0, periods: periods.collect() })
    });
    let histories: Vec<History> = histories.collect();
    let suggestion = suggest(&ruleset.improvement, |id| ruleset.metric(id), &histories, example.starts);
    let given: Vec<Objective> = suggestion.map(|suggestion| suggestion.objectives).unwrap_or_default();
    let names = |ids: Vec<&str>| if ids.is_empty() { None } else { Some(ids.join(", ")) };
    let written_names = names(example.objectives.iter().map(|objective| objective.metric.as_str()).collect());
    let given_names = names(given.iter().map(|objective| objective.metric.as_str()).collect());
    if written_names != given_names {
        return comparison.compare("/objectives", "metrics of the objectives", written_names, given_names);
    }
    for (index, (written, given)) in example.objectives.iter().zip(&given).enumerate() {
        let at = format!("/objectives/{index}");
        let label = |what: &str| format!("{what} of '{}'", written.metric);
        comparison.compare(
            &format!("{at}/baseline"),
            &label("baseline"),
            Some(written.baseline.0),
            Some(given.baseline),
        );
        comparison.compare(&format!("{at}/target"), &label("target"), Some(written.target.0), Some(given.target));
        comparison.compare(&format!("{at}/due"), &label("due"), Some(written.due), Some(given.due));
        comparison.compare(&format!("{at}/course"), &label("course"), written.course.as_ref(), given.course.as_ref());
    }
}

fn calendar_example(calendar: &Calendar, example: &CalendarExample, comparison: &mut Comparison<'_>) {
    let moment = |text: &str| -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(calendar.clock().to_utc(local_time(text)?.and_utc().timestamp()), 0)
    };
    let Some((from, to)) = moment(&example.from).zip(moment(&example.to)) else { return };
    match calendar.working_seconds(from, to) {
        Ok(given) => {
            let written = Some(example.working_seconds);
            comparison.compare("/working_seconds", "working seconds", written, Some(given));
        }
        Err(error) => comparison.wrong("", error, MEND),
    }
}
