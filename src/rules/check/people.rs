//! Who is whose peer, and how ratings are expected to spread.

use super::super::explain::nearest;
use super::super::file::card::CardFile;
use super::super::problem::Problem;
use super::super::yaml::{Document, join};
use super::cards::{card_ratings, printed, rating_exists};
use crate::domain::fixed::Fixed;
use crate::domain::peers::PeerKey;

/// Keys without a name of their own.
const PLAIN_KEYS: [&str; 3] = ["post", "unit", "queue"];

/// Every key names something, and once.
pub(super) fn peers(document: &Document, card: &CardFile, problems: &mut Vec<Problem>) {
    let Some(peers) = &card.peers else { return };
    for (index, key) in peers.by.iter().enumerate() {
        let at = format!("/peers/by/{index}");
        if key.parse::<PeerKey>().is_err() {
            let mend = match nearest(key, &PLAIN_KEYS) {
                Some(meant) => format!("did you mean '{meant}'?"),
                None => "use post, unit, queue, unit_kind:KIND or attribute:NAME".to_owned(),
            };
            problems.push(document.error(&at, format!("'{key}' is nothing to group peers by"), mend));
        }
        if peers.by.iter().take(index).any(|other| other == key) {
            problems.push(document.error(&at, format!("'{key}' stands here already"), "remove one of the two"));
        }
    }
}

/// Bands exist, and their shares add up to 100.
pub(super) fn guidance(document: &Document, card: &CardFile, problems: &mut Vec<Problem>) {
    if card.guidance.is_empty() {
        return;
    }
    let ratings = card_ratings(card);
    let mut sum = Some(Fixed::ZERO);
    for (band, percent) in &card.guidance {
        let at = join("/guidance", band);
        rating_exists(document, &at, band, &ratings, problems);
        if percent.0.is_negative() {
            problems.push(document.error(&at, format!("a share of {percent} % is below 0"), "write 0 or more"));
        }
        printed(document, &at, "share", "guidance is compared with shares", *percent, problems);
        sum = sum.and_then(|sum| sum.checked_add(percent.0));
    }
    if let Some(sum) = sum.filter(|sum| *sum != Fixed::HUNDRED) {
        let what = format!("the shares of the guidance add up to {sum}, not to 100");
        problems.push(document.name_error("/guidance", what, "make them add up to 100"));
    }
}
