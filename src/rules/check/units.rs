//! Cards of units: who is measured, and what has no meaning for a unit.

use super::super::file::card::CardFile;
use super::super::file::line::ScopeName;
use super::super::problem::Problem;
use super::super::yaml::Document;

/// A card measures posts or kinds of units; a card of units measures nothing that only people have.
pub(super) fn measures(document: &Document, card: &CardFile, problems: &mut Vec<Problem>) {
    match (&card.posts, &card.unit_kinds) {
        (Some(_), Some(_)) => problems.push(document.name_error(
            "/unit_kinds",
            "a card measures posts or units, and this one names both",
            "keep 'posts' or 'unit_kinds', and write a card of its own for the other",
        )),
        (None, None) => problems.push(document.error(
            "",
            "this card does not say whom it measures",
            "add 'posts', or 'unit_kinds' for a card of units",
        )),
        (Some(_), None) => {}
        (None, Some(_)) => {
            scopes(document, card, problems);
            shrinking(document, card, problems);
            parts_about_people(document, problems);
        }
    }
}

/// A unit has no facts but those of its people.
fn scopes(document: &Document, card: &CardFile, problems: &mut Vec<Problem>) {
    let lines = card.lines.iter().enumerate().map(|(index, line)| (format!("/lines/{index}/scope"), line.scope));
    let gates = card.gates.iter().enumerate().map(|(index, gate)| (format!("/gates/{index}/scope"), gate.scope));
    for (pointer, _) in lines.chain(gates).filter(|(_, scope)| *scope == Some(ScopeName::Own)) {
        problems.push(document.error(
            &pointer,
            "a unit has no facts of its own: what is measured is everybody in it and below it, pooled",
            "leave the scope out",
        ));
    }
}

/// Units have no peers to be drawn toward.
fn shrinking(document: &Document, card: &CardFile, problems: &mut Vec<Problem>) {
    for (index, line) in card.lines.iter().enumerate() {
        if line.shrink.is_some() {
            problems.push(document.name_error(
                &format!("/lines/{index}/shrink"),
                "a unit has no peer group to be drawn toward",
                "leave this out",
            ));
        }
    }
}

fn parts_about_people(document: &Document, problems: &mut Vec<Problem>) {
    let parts = [
        ("judgement", "people are judged, units are not"),
        ("stretch_basis", "a unit does not move, so that it has no stretches"),
        ("eligibility", "people are exempt, units are not"),
        ("peers", "a unit has no peer group"),
        ("guidance", "guidance is about the ratings of people"),
    ];
    for (field, what) in parts.into_iter().filter(|(field, _)| document.value().get(field).is_some()) {
        problems.push(document.name_error(&format!("/{field}"), what, "leave this out of a card of units"));
    }
}
