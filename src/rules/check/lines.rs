//! The lines of a scorecard: weights, limits, treatments, and lines outside the weights.

use super::super::file::card::CardFile;
use super::super::file::line::{AbsenceEntry, FallbackEntry, LineEntry, MeasureName, OutsideName};
use super::super::problem::Problem;
use super::super::yaml::Document;
use super::{KnownMetrics, curves, metric_exists};
use crate::domain::fixed::Fixed;

pub(super) fn lines(document: &Document, card: &CardFile, known: &KnownMetrics, problems: &mut Vec<Problem>) {
    let mut seen = Vec::new();
    for (index, line) in card.lines.iter().enumerate() {
        let at = format!("/lines/{index}");
        metric_exists(document, &format!("{at}/metric"), &line.metric, known, problems);
        if seen.contains(&line.id()) {
            let own = if line.id.is_some() { "id" } else { "metric" };
            problems.push(document.error(
                &format!("{at}/{own}"),
                format!("this card has a line '{}' already", line.id()),
                "join the two lines into one, or give one an id of its own",
            ));
        }
        seen.push(line.id());
        weight(document, &at, index, line, problems);
        outside(document, &at, line, problems);
        limits(document, &at, card, line, problems);
        index_and_shrinking(document, &at, line, problems);
        let metric = known.as_ref().and_then(|known| known.get(&line.metric));
        let judged = curves::Judged {
            metric: metric.filter(|_| line.measure == MeasureName::Value && line.outside != Some(OutsideName::Penalty)),
            typical_samples: line.typical_samples.unwrap_or(card.typical_samples),
            points_up_to: card.points_up_to,
            whose: if card.unit_kinds.is_some() { "a unit" } else { "an agent" },
        };
        curves::line_curve(document, &format!("{at}/curve"), &line.curve, &judged, problems);
        treatments(document, &at, line, problems);
    }
}

fn weight(document: &Document, at: &str, index: usize, line: &LineEntry, problems: &mut Vec<Problem>) {
    match (line.weight, line.outside) {
        (None, None) => problems.push(document.error(
            at,
            format!("field 'weight' of item {} of 'lines' is missing", index + 1),
            "add it, or say 'outside: bonus' or 'outside: penalty'",
        )),
        (Some(weight), None) if weight.0 <= Fixed::ZERO => problems.push(document.error(
            &format!("{at}/weight"),
            format!("weight {weight} is not above 0"),
            "give the line a weight, or remove it",
        )),
        (Some(_), Some(_)) => problems.push(document.name_error(
            &format!("{at}/weight"),
            "a line outside the weights has no weight of its own",
            "take the weight away, or 'outside'",
        )),
        _ => {}
    }
}

/// A line outside moves the total by so much at most, and missing data move nothing.
fn outside(document: &Document, at: &str, line: &LineEntry, problems: &mut Vec<Problem>) {
    if line.outside.is_none() {
        return;
    }
    if line.cap.is_none() {
        problems.push(document.name_error(
            &format!("{at}/outside"),
            "a line outside the weights needs a cap",
            "add 'cap', the most points of the total it can move",
        ));
    }
    let leaves = |entry| matches!(entry, AbsenceEntry::Redistribute);
    let treatments = [
        ("low_sample", leaves(line.low_sample) || matches!(line.low_sample, AbsenceEntry::Count)),
        ("no_data", leaves(line.no_data)),
        ("no_benchmark", leaves(line.no_benchmark)),
    ];
    for (field, _) in treatments.iter().filter(|(_, fits)| !fits) {
        problems.push(document.name_error(
            &format!("{at}/{field}"),
            "a line outside the weights contributes nothing without enough data",
            "leave this out",
        ));
    }
}

fn limits(document: &Document, at: &str, card: &CardFile, line: &LineEntry, problems: &mut Vec<Problem>) {
    for (field, limit) in [("floor", line.floor), ("cap", line.cap)] {
        if let Some(limit) = limit
            && (limit.0 < Fixed::ZERO || limit > card.points_up_to)
        {
            problems.push(document.error(
                &format!("{at}/{field}"),
                format!("{limit} points are outside 0 to {}", card.points_up_to),
                "100 points are full marks; 'points_up_to' of the card allows more",
            ));
        }
    }
    if let (Some(floor), Some(cap)) = (line.floor, line.cap)
        && floor > cap
    {
        problems.push(document.error(
            &format!("{at}/floor"),
            format!("the floor of {floor} points lies above the cap of {cap}"),
            "lower the floor, or raise the cap",
        ));
    }
}

fn index_and_shrinking(document: &Document, at: &str, line: &LineEntry, problems: &mut Vec<Problem>) {
    let is_index = line.measure == MeasureName::Index;
    if !is_index && !matches!(line.no_benchmark, AbsenceEntry::Redistribute) {
        problems.push(document.name_error(
            &format!("{at}/no_benchmark"),
            "only an index needs a benchmark",
            "leave this out, or say 'measure: index'",
        ));
    }
    let Some(shrink) = line.shrink else { return };
    if is_index {
        problems.push(document.name_error(
            &format!("{at}/shrink"),
            "an index is compared with a benchmark already, so it is not drawn toward the peer group too",
            "leave one of the two out",
        ));
    }
    if shrink.strength.0 <= Fixed::ZERO {
        problems.push(document.error(
            &format!("{at}/shrink/strength"),
            format!("strength {} is not above 0", shrink.strength),
            "write how many cases the peer group's value weighs",
        ));
    }
}

fn treatments(document: &Document, at: &str, line: &LineEntry, problems: &mut Vec<Problem>) {
    let fields = [("low_sample", line.low_sample), ("no_data", line.no_data), ("no_benchmark", line.no_benchmark)];
    for (field, entry) in fields {
        neutral(document, &format!("{at}/{field}"), entry, problems);
        if field != "low_sample" && matches!(entry, AbsenceEntry::Count) {
            let without = if field == "no_data" { "data" } else { "a benchmark" };
            problems.push(document.error(
                &format!("{at}/{field}"),
                format!("without {without} there is no value to count"),
                "use redistribute, hold, zero, carry or {neutral: points}",
            ));
        }
    }
}

fn neutral(document: &Document, pointer: &str, entry: AbsenceEntry, problems: &mut Vec<Problem>) {
    let (pointer, points) = match entry {
        AbsenceEntry::Neutral(points) => (format!("{pointer}/neutral"), points),
        AbsenceEntry::CarryOr(FallbackEntry::Neutral(points)) => (format!("{pointer}/carry_or/neutral"), points),
        _ => return,
    };
    if points.0 < Fixed::ZERO || points.0 > Fixed::HUNDRED {
        problems.push(document.error(
            &pointer,
            format!("{points} points are outside 0 to 100"),
            "100 points are full marks",
        ));
    }
}

pub(super) fn weights(document: &Document, card: &CardFile, problems: &mut Vec<Problem>) {
    let weighted = card.lines.iter().filter(|line| line.outside.is_none()).filter_map(|line| line.weight);
    let sum = weighted.into_iter().try_fold(Fixed::ZERO, |sum, weight| sum.checked_add(weight.0));
    let Some(sum) = sum else { return };
    if sum != Fixed::HUNDRED && card.lines.iter().all(|line| line.weight.is_some() || line.outside.is_some()) {
        let mend = match Fixed::HUNDRED.checked_sub(sum) {
            Some(missing) if missing > Fixed::ZERO => format!("add {missing} to one or several lines"),
            Some(missing) => format!("take {} from one or several lines", Fixed::from_micros(missing.micros().abs())),
            None => "make them add up to 100".to_owned(),
        };
        problems.push(document.name_error("/lines", format!("the weights add up to {sum}, not to 100"), mend));
    }
}
