//! Scorecards: weights, gates and bands, and which post has which card.

use std::collections::{BTreeMap, BTreeSet};

use super::super::explain::nearest;
use super::super::file::Exact;
use super::super::file::card::{CardExample, CardFile, EffectEntry, ExamplePooled};
use super::super::file::line::ScopeName;
use super::super::problem::Problem;
use super::super::shape::Shaped;
use super::super::yaml::Document;
use super::lines::{lines, weights};
use super::{KnownMetrics, duplicates, metric_exists, people, place_in, refused_by_domain, units};
use crate::domain::fixed::Fixed;
use crate::domain::scorecard::{MOST_POINTS, check_card};

/// Decimals of a printed total, which is what bands judge.
const PRINTED_DECIMALS: u32 = 2;

/// Problems of one card.
pub(crate) fn card(file: &Shaped<CardFile>, known: &KnownMetrics) -> Vec<Problem> {
    let Shaped { document, content } = file;
    let mut problems = Vec::new();
    units::measures(document, content, &mut problems);
    points_up_to(document, content, &mut problems);
    lines(document, content, known, &mut problems);
    weights(document, content, &mut problems);
    gates(document, content, known, &mut problems);
    bands(document, content, &mut problems);
    people::peers(document, content, &mut problems);
    people::guidance(document, content, &mut problems);
    if !problems.iter().any(Problem::is_error) {
        examples(document, content, known, &mut problems);
        let refused = check_card(&content.to_card());
        problems.extend(refused.iter().map(|error| refused_by_domain(document, error)));
    }
    problems
}

/// Problems between cards: one id twice, one post or kind of unit on two cards.
pub(crate) fn together(files: &[Shaped<CardFile>]) -> Vec<Problem> {
    let mut problems =
        duplicates("scorecard", files.iter().map(|file| (file.content.id.as_str(), &file.document, "/id".to_owned())));
    let posts = files.iter().map(|file| (file.content.id.as_str(), file.content.posts(), &file.document));
    problems.extend(claimed_twice(POSTS, "measured by scorecard", posts));
    let kinds = files.iter().map(|file| (file.content.id.as_str(), file.content.unit_kinds(), &file.document));
    problems.extend(claimed_twice(UNIT_KINDS, "measured by scorecard", kinds));
    problems
}

/// What is claimed once: the field that claims, a whole claim's name, and its short one.
pub(crate) type Claimed = (&'static str, &'static str, &'static str);

pub(crate) const POSTS: Claimed = ("posts", "post", "post");
const UNIT_KINDS: Claimed = ("unit_kinds", "kind of unit", "kind");

/// What two cards, or two plans, claim.
pub(crate) fn claimed_twice<'a>(
    (field, what, short): Claimed,
    by: &str,
    claims: impl IntoIterator<Item = (&'a str, &'a [String], &'a Document)>,
) -> Vec<Problem> {
    let mut owners: BTreeMap<&str, (&str, &Document, String)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (id, claimed, document) in claims {
        for (index, name) in claimed.iter().enumerate() {
            let pointer = format!("/{field}/{index}");
            if let Some((owner, first, first_pointer)) = owners.get(name.as_str()) {
                problems.push(document.error(
                    &pointer,
                    format!("{what} '{name}' is already {by} '{owner}' {}", place_in(first, first_pointer, document)),
                    format!("keep the {short} in one of the two"),
                ));
            } else {
                owners.insert(name, (id, document, pointer));
            }
        }
    }
    problems
}

fn points_up_to(document: &Document, card: &CardFile, problems: &mut Vec<Problem>) {
    let up_to = card.points_up_to;
    if up_to.0 < Fixed::HUNDRED || up_to.0 > MOST_POINTS {
        problems.push(document.error(
            "/points_up_to",
            format!("{up_to} points are outside 100 to {MOST_POINTS}"),
            "100 points are full marks; write at least that",
        ));
    }
}

fn gates(document: &Document, card: &CardFile, known: &KnownMetrics, problems: &mut Vec<Problem>) {
    for (index, gate) in card.gates.iter().enumerate() {
        let at = format!("/gates/{index}");
        metric_exists(document, &format!("{at}/metric"), &gate.metric, known, problems);
        match (gate.at_least, gate.at_most) {
            (None, None) => problems.push(document.error(&at, "this gate has no limit", "add at_least or at_most")),
            (Some(least), Some(most)) if least > most => problems.push(document.error(
                &format!("{at}/at_most"),
                format!("nothing passes: at_least {least} lies above at_most {most}"),
                "exchange the two, or leave one out",
            )),
            _ => {}
        }
        for (field, limit) in [("at_least", gate.at_least), ("at_most", gate.at_most)] {
            if let Some(limit) = limit {
                printed(document, &format!("{at}/{field}"), "limit", "gates judge the value", limit, problems);
            }
        }
        match &gate.effect {
            EffectEntry::CapTotal(total) if total.0 < Fixed::ZERO || *total > card.points_up_to => {
                let most = card.points_up_to;
                problems.push(document.error(
                    &format!("{at}/effect/cap_total"),
                    format!("a total capped at {total} is outside 0 to {most}"),
                    format!("write a total between 0 and {most}"),
                ));
            }
            EffectEntry::CapRating(band) => {
                rating_exists(document, &format!("{at}/effect/cap_rating"), band, &card_ratings(card), problems);
            }
            EffectEntry::ZeroLine(id) if !card.lines.iter().any(|line| line.id() == id) => {
                problems.push(document.error(
                    &format!("{at}/effect/zero_line"),
                    format!("this card has no line '{id}'"),
                    "name the id of one of its lines, which is its metric's unless it has its own",
                ));
            }
            EffectEntry::CapTotal(_) | EffectEntry::ZeroLine(_) => {}
        }
    }
}

/// The ids of a card's bands.
pub(crate) fn card_ratings(card: &CardFile) -> BTreeSet<&str> {
    card.bands.iter().map(|band| band.id.as_str()).collect()
}

/// A reference to a rating that no band has.
pub(crate) fn rating_exists(
    document: &Document,
    pointer: &str,
    rating: &str,
    known: &BTreeSet<&str>,
    problems: &mut Vec<Problem>,
) {
    if !known.contains(rating) {
        let names: Vec<&str> = known.iter().copied().collect();
        let mend = match nearest(rating, &names) {
            Some(meant) if names.len() > 1 && meant.len() > 1 => format!("did you mean '{meant}'?"),
            _ => format!("the ratings are {}", names.join(", ")),
        };
        problems.push(document.error(pointer, format!("rating '{rating}' is not known"), mend));
    }
}

fn bands(document: &Document, card: &CardFile, problems: &mut Vec<Problem>) {
    let ids =
        card.bands.iter().enumerate().map(|(index, band)| (band.id.as_str(), document, format!("/bands/{index}/id")));
    problems.extend(duplicates("rating", ids));
    for (index, band) in card.bands.iter().enumerate() {
        let judged = "bands judge the total";
        printed(document, &format!("/bands/{index}/from"), "edge", judged, band.from, problems);
        if let Some(to) = band.to {
            printed(document, &format!("/bands/{index}/to"), "edge", judged, to, problems);
        }
    }
    let ascending = card.ascending_bands();
    if let Some((index, worst)) = ascending.first()
        && worst.from.0 > Fixed::ZERO
    {
        problems.push(document.error(
            &format!("/bands/{index}/from"),
            format!("totals below {} have no rating", worst.from),
            format!("let '{}' begin at 0", worst.id),
        ));
    }
    for ((index, lower), (_, upper)) in ascending.iter().zip(ascending.iter().skip(1)) {
        let at = format!("/bands/{index}");
        match lower.to {
            None => problems.push(document.error(
                &at,
                format!("band '{}' does not say where it ends", lower.id),
                format!("add 'to: {}', where '{}' begins", upper.from, upper.id),
            )),
            Some(to) if to < upper.from => problems.push(document.error(
                &format!("{at}/to"),
                format!("a gap: totals from {to} to below {} have no rating", upper.from),
                format!("let '{}' end where '{}' begins", lower.id, upper.id),
            )),
            Some(to) if to > upper.from => problems.push(document.error(
                &format!("{at}/to"),
                format!(
                    "an overlap: totals from {} to below {to} have two ratings, '{}' and '{}'",
                    upper.from, lower.id, upper.id
                ),
                format!("let '{}' end where '{}' begins", lower.id, upper.id),
            )),
            Some(_) => {}
        }
    }
    if let Some((index, best)) = ascending.last()
        && let Some(to) = best.to
    {
        problems.push(document.error(
            &format!("/bands/{index}/to"),
            format!("totals of {to} and more have no rating, because 'to' is exclusive"),
            "leave 'to' out of the best band",
        ));
    }
}

/// Figures that are compared with printed ones have no more decimals than those.
pub(super) fn printed(
    document: &Document,
    pointer: &str,
    what: &str,
    judged: &str,
    figure: Exact,
    problems: &mut Vec<Problem>,
) {
    if figure.0.round(PRINTED_DECIMALS) != figure.0 {
        problems.push(document.error(
            pointer,
            format!("{what} {figure} has more than two decimals, but {judged} as printed, with two"),
            format!("write {:.2}", figure.0),
        ));
    }
}

/// Examples name only metrics and lines the card has; everything else would be compared with nothing.
fn examples(document: &Document, card: &CardFile, known: &KnownMetrics, problems: &mut Vec<Problem>) {
    let lines: Vec<_> = card.lines.iter().map(|line| (line.metric.as_str(), card.scope(line.scope))).collect();
    let gates: Vec<_> = card.gates.iter().map(|gate| (gate.metric.as_str(), card.scope(gate.scope))).collect();
    let mut used = |pointer: &str, fact: &ExamplePooled, uses: &[&[(&str, ScopeName)]]| {
        let use_of = (fact.metric.as_str(), card.scope(fact.scope));
        if uses.iter().any(|uses| uses.contains(&use_of)) {
            return;
        }
        let before = problems.len();
        metric_exists(document, pointer, &fact.metric, known, problems);
        if problems.len() == before {
            problems.push(document.error(
                pointer,
                format!("this card has neither a line nor a gate for '{}' in this scope", fact.metric),
                "leave the fact out, or correct metric and scope",
            ));
        }
    };
    for (number, example) in card.examples.iter().enumerate() {
        let rows = [("facts", &example.facts), ("peers", &example.peers), ("benchmarks", &example.benchmarks)];
        for (field, rows) in rows {
            for (index, fact) in rows.iter().enumerate() {
                used(&format!("/examples/{number}/{field}/{index}/metric"), fact, &[&lines, &gates]);
            }
        }
    }
    for (number, example) in card.examples.iter().enumerate() {
        example_names(document, card, &format!("/examples/{number}"), example, problems);
    }
}

/// Lines and gates that an example compares or carries.
fn example_names(document: &Document, card: &CardFile, at: &str, example: &CardExample, problems: &mut Vec<Problem>) {
    let mut missing = |pointer: String, what: String| {
        problems.push(document.error(
            &format!("{at}{pointer}"),
            format!("this card has no {what}"),
            "correct metric and scope",
        ));
    };
    for (index, line) in example.lines.iter().enumerate() {
        if !card.lines.iter().any(|there| card.means(line, there)) {
            missing(format!("/lines/{index}/metric"), format!("line for '{}' in this scope", line.metric));
        }
    }
    for (index, gate) in example.gates.iter().enumerate() {
        let scope = card.scope(gate.scope);
        if !card.gates.iter().any(|there| (&there.metric, card.scope(there.scope)) == (&gate.metric, scope)) {
            missing(format!("/gates/{index}/metric"), format!("gate for '{}' in this scope", gate.metric));
        }
    }
    for (index, carried) in example.carried.iter().enumerate() {
        if !card.lines.iter().any(|there| there.id() == carried.line) {
            missing(format!("/carried/{index}/line"), format!("line '{}'", carried.line));
        }
    }
}
