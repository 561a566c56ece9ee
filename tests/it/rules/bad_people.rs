//! Eligibility, peers and guidance that make no sense: each message, to the letter; and what good ones become.

use merit::domain::appraisal::{Eligibility, StretchBasis};
use merit::domain::peers::PeerKey;

use super::Folder;

const CARD: &str = "scorecards/front_line.yaml";
const BASIS: &str = "stretch_basis: days";
const ELIGIBILITY: &str = "{min_days: 30, min_samples: 50, stretch_min_days: 10}";
const PEERS: &str = "{by: [post], min_members: 5}";
const GUIDANCE: &str = "# guidance: {S: 10, A: 20, B: 60, C: 8, D: 2}";

#[track_caller]
fn refused(from: &str, to: &str, expected: &[&str]) {
    let expected: Vec<String> =
        expected.iter().map(|line| line.replace("CARD:", "scorecards/front_line.yaml:")).collect();
    assert_eq!(Folder::new().edit(CARD, from, to).refused(), expected);
}

#[test]
fn minimums_are_whole_and_not_negative() {
    refused(ELIGIBILITY, "{min_days: -1}", &["CARD:62:25: 'min_days' is -1, less than 0; write at least 0"]);
    refused(ELIGIBILITY, "{min_dais: 30}", &["CARD:62:15: unknown field 'min_dais'; did you mean 'min_days'?"]);
    refused(
        BASIS,
        "stretch_basis: dais",
        &["CARD:61:16: 'stretch_basis' is 'dais', not one of days, samples; did you mean 'days'?"],
    );
}

#[test]
fn peers_are_grouped_by_what_is_known() {
    refused(
        PEERS,
        "{by: [posts, post, skill, post], min_members: 1}",
        &["CARD:65:54: 'min_members' is 1, less than 2; write at least 2"],
    );
    refused(
        PEERS,
        "{by: [posts, post, skill, post]}",
        &[
            "CARD:65:14: 'posts' is nothing to group peers by; did you mean 'post'?",
            "CARD:65:27: 'skill' is nothing to group peers by; use post, unit, queue, unit_kind:KIND or attribute:NAME",
            "CARD:65:34: 'post' stands here already; remove one of the two",
        ],
    );
    refused(PEERS, "{by: []}", &["CARD:65:13: 'by' needs at least 1 item; add what is missing"]);
}

#[test]
fn guidance_names_bands_and_adds_up_to_100() {
    refused(
        GUIDANCE,
        "guidance: {S: 10, A: 20, X: 60, C: -1, D: 2.005}",
        &[
            "CARD:68:1: the shares of the guidance add up to 91.005, not to 100; make them add up to 100",
            "CARD:68:29: rating 'X' is not known; the ratings are A, B, C, D, S",
            "CARD:68:36: a share of -1 % is below 0; write 0 or more",
            "CARD:68:43: share 2.005 has more than two decimals, but guidance is compared with shares as printed, with two; write 2.01",
        ],
    );
}

#[test]
fn what_is_written_is_what_the_card_holds() {
    let folder = Folder::new()
        .edit(CARD, BASIS, "stretch_basis: samples")
        .edit(CARD, PEERS, "{by: [post, 'unit_kind:province', 'attribute:Tenure Bucket']}")
        .edit(CARD, GUIDANCE, "guidance: {A: 30, B: 70}");
    let card = folder.load().ruleset.card("front_line").unwrap().clone();
    assert_eq!(card.stretch_basis, StretchBasis::Samples);
    assert_eq!(card.eligibility, Eligibility { min_days: 30, min_samples: 50, stretch_min_days: 10 });
    let peers = card.peers.unwrap();
    let keys = [PeerKey::Post, PeerKey::UnitOfKind("province".into()), PeerKey::Attribute("Tenure Bucket".into())];
    assert_eq!((peers.by.as_slice(), peers.min_members), (keys.as_slice(), 5));
    let guided: Vec<String> = card.guidance.iter().map(|share| format!("{} {}", share.band, share.percent)).collect();
    assert_eq!(guided, ["S 0", "A 30", "B 70", "C 0", "D 0"]);
}

#[test]
fn a_card_may_say_nothing_of_people() {
    let folder = Folder::new().edit(CARD, BASIS, "").edit(CARD, &format!("eligibility: {ELIGIBILITY}"), "").edit(
        CARD,
        &format!("peers: {PEERS}"),
        "",
    );
    let card = folder.load().ruleset.card("front_line").unwrap().clone();
    assert_eq!((card.stretch_basis, card.eligibility), (StretchBasis::Days, Eligibility::default()));
    assert_eq!((card.peers, card.guidance), (None, vec![]));
}
