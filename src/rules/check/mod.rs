//! What a schema cannot say: sums, order, and names that must exist elsewhere.

pub(super) mod calendars;
pub(super) mod cards;
pub(super) mod curves;
pub(super) mod improvement;
pub(super) mod judgement;
mod lines;
mod people;
pub(super) mod plans;
pub(super) mod sources;
mod units;

use std::collections::BTreeMap;
use std::fmt::Display;

use chrono_tz::Tz;

use super::explain::nearest;
use super::file::metrics::{KindName, MetricEntry, MetricsFile};
use super::problem::Problem;
use super::shape::Shaped;
use super::yaml::Document;
use crate::domain::fixed::Fixed;
use crate::domain::metric::Metric;

/// Up to here a standard deviation's square fits exact arithmetic.
const MOST_SPREAD: Fixed = Fixed::from_int(1_000_000_000);

/// The metrics that rules may refer to; none are known when `metrics.yaml` itself could not be read.
pub(super) type KnownMetrics = Option<BTreeMap<String, Metric>>;

/// Two metrics with one id, and standard deviations that say nothing.
pub(super) fn metrics(file: &Shaped<MetricsFile>) -> Vec<Problem> {
    let ids = file.content.metrics.iter().enumerate().map(|(index, metric)| {
        let place = format!("/metrics/{index}/id");
        (metric.id.as_str(), &file.document, place)
    });
    let mut problems = duplicates("metric", ids);
    problems.extend(file.content.metrics.iter().enumerate().filter_map(|(index, metric)| spread(file, index, metric)));
    problems
}

fn spread(file: &Shaped<MetricsFile>, index: usize, metric: &MetricEntry) -> Option<Problem> {
    let deviation = metric.standard_deviation?;
    let pointer = format!("/metrics/{index}/standard_deviation");
    if matches!(metric.kind, KindName::Rate) {
        return Some(file.document.name_error(
            &pointer,
            "the interval of a rate follows from its cases",
            "leave the standard deviation out, or say 'kind: mean'",
        ));
    }
    (deviation.0 <= Fixed::ZERO || deviation.0 > MOST_SPREAD).then(|| {
        let what = format!("standard deviation {deviation} is outside 0 to {MOST_SPREAD}");
        file.document.error(&pointer, what, "write that of one case, in the metric's unit")
    })
}

/// A problem for every id that stands a second time. `what` names its kind, such as `metric`.
pub(super) fn duplicates<'a>(
    what: &str,
    ids: impl IntoIterator<Item = (&'a str, &'a Document, String)>,
) -> Vec<Problem> {
    let mut seen: BTreeMap<&str, (&Document, String)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (id, document, pointer) in ids {
        match seen.get(id) {
            Some((first, first_pointer)) => {
                let before = place_in(first, first_pointer, document);
                problems.push(document.error(
                    &pointer,
                    format!("{what} '{id}' is there already, {before}"),
                    "keep one of the two, or give one another name",
                ));
            }
            None => {
                seen.insert(id, (document, pointer));
            }
        }
    }
    problems
}

/// `in line 7`, or `in front_line.yaml line 7` when it is another file.
pub(super) fn place_in(document: &Document, pointer: &str, seen_from: &Document) -> String {
    let line = document.place(pointer).line;
    if document.file() == seen_from.file() {
        format!("in line {line}")
    } else {
        let name = document.file().rsplit(['/', '\\']).next().unwrap_or_default();
        format!("in {name} line {line}")
    }
}

/// A reference to a metric that `metrics.yaml` does not define.
pub(super) fn metric_exists(
    document: &Document,
    pointer: &str,
    metric: &str,
    known: &KnownMetrics,
    problems: &mut Vec<Problem>,
) {
    let Some(known) = known else { return };
    if !known.contains_key(metric) {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        let mend = match nearest(metric, &names) {
            Some(meant) => format!("did you mean '{meant}'?"),
            None => "define it in metrics.yaml, or use a metric defined there".to_owned(),
        };
        problems.push(document.error(pointer, format!("metric '{metric}' is not known"), mend));
    }
}

/// A time zone that is not on the IANA list.
pub(super) fn zone(document: &Document, pointer: &str, zone: &str, problems: &mut Vec<Problem>) {
    if zone.parse::<Tz>().is_err() {
        let mend = match nearest(zone, &chrono_tz::TZ_VARIANTS.map(Tz::name)) {
            Some(meant) => format!("did you mean '{meant}'?"),
            None => "write a zone of the IANA list, as Asia/Shanghai".to_owned(),
        };
        problems.push(document.error(pointer, format!("time zone '{zone}' is not known"), mend));
    }
}

/// What the domain refuses although the checks of its file passed, so that no rule is loaded that scoring would stumble over.
/// Its errors say what is wrong and, after the last colon, how to mend it.
pub(super) fn refused_by_domain(document: &Document, error: &impl Display) -> Problem {
    refused_at(document, "", error)
}

/// An error of the domain as a problem at a JSON pointer.
pub(super) fn refused_at(document: &Document, pointer: &str, error: &impl Display) -> Problem {
    let text = error.to_string();
    let (what, mend) = text.rsplit_once(": ").unwrap_or((&text, "correct it"));
    document.error(pointer, what, mend)
}
