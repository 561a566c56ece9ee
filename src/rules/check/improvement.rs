//! Improvement rules: floors and targets that make sense for their metrics, and courses that help.

use super::super::file::improvement::ImprovementFile;
use super::super::problem::Problem;
use super::super::shape::Shaped;
use super::super::yaml::Document;
use super::{KnownMetrics, duplicates, metric_exists, refused_by_domain};
use crate::domain::fixed::Fixed;
use crate::domain::metric::Direction;

pub(crate) fn improvement(file: &Shaped<ImprovementFile>, known: &KnownMetrics) -> Vec<Problem> {
    let Shaped { document, content } = file;
    let mut problems = Vec::new();
    if content.periods_below > content.of_periods {
        problems.push(document.error(
            "/periods_below",
            format!("{} periods below of the last {} can never happen", content.periods_below, content.of_periods),
            "lower periods_below, or raise of_periods",
        ));
    }
    triggers(document, content, known, &mut problems);
    courses(document, content, known, &mut problems);
    for (example, content) in content.examples.iter().enumerate() {
        for (index, history) in content.histories.iter().enumerate() {
            let pointer = format!("/examples/{example}/histories/{index}/metric");
            metric_exists(document, &pointer, &history.metric, known, &mut problems);
        }
    }
    if !problems.iter().any(Problem::is_error) {
        let refused = content.to_rules().check();
        problems.extend(refused.iter().map(|error| refused_by_domain(document, error)));
    }
    problems
}

fn triggers(document: &Document, rules: &ImprovementFile, known: &KnownMetrics, problems: &mut Vec<Problem>) {
    let place = |index| format!("/triggers/{index}/metric");
    let metrics = rules.triggers.iter().enumerate();
    problems.extend(duplicates(
        "the trigger for",
        metrics.map(|(index, trigger)| (trigger.metric.as_str(), document, place(index))),
    ));
    for (index, trigger) in rules.triggers.iter().enumerate() {
        metric_exists(document, &place(index), &trigger.metric, known, problems);
        let Some(metric) = known.as_ref().and_then(|known| known.get(&trigger.metric)) else { continue };
        let (floor, target) = (trigger.floor, trigger.target);
        let better = match metric.direction {
            Direction::HigherIsBetter => (target >= floor, "below"),
            Direction::LowerIsBetter => (target <= floor, "above"),
            Direction::InRange => {
                problems.push(document.error(
                    &place(index),
                    format!("'{}' is best inside a range, so it has no floor", trigger.metric),
                    "remove the trigger, or use a metric with a direction",
                ));
                continue;
            }
        };
        if let (false, side) = better {
            problems.push(document.error(
                &format!("/triggers/{index}/target"),
                format!("target {target} lies {side} floor {floor}, which is worse"),
                "let the target be at least as good as the floor",
            ));
        }
        if !rules.courses.iter().any(|course| course.metrics.contains(&trigger.metric)) {
            problems.push(document.warning(
                &place(index),
                format!("no course of the catalogue is meant for '{}'", trigger.metric),
                "add the metric to a course, so that an objective comes with help",
            ));
        }
    }
}

fn courses(document: &Document, rules: &ImprovementFile, known: &KnownMetrics, problems: &mut Vec<Problem>) {
    let ids = rules.courses.iter().enumerate();
    problems.extend(duplicates(
        "course",
        ids.map(|(index, course)| (course.id.as_str(), document, format!("/courses/{index}/id"))),
    ));
    for (index, course) in rules.courses.iter().enumerate() {
        for (number, metric) in course.metrics.iter().enumerate() {
            metric_exists(document, &format!("/courses/{index}/metrics/{number}"), metric, known, problems);
        }
        if course.hours.0 <= Fixed::ZERO {
            problems.push(document.error(
                &format!("/courses/{index}/hours"),
                format!("course '{}' takes {} hours", course.id, course.hours),
                "write how long it takes, above 0",
            ));
        }
    }
}
