//! Cards of units in ways that make no sense: each message, to the letter.

use super::Folder;

const CARD: &str = "scorecards/unit_team.yaml";
const KINDS: &str = "unit_kinds: [team]\n";

#[track_caller]
fn refused(from: &str, to: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|line| format!("{CARD}:{line}")).collect();
    assert_eq!(Folder::new().edit(CARD, from, to).refused(), expected);
}

#[test]
fn a_card_measures_posts_or_units() {
    refused(
        KINDS,
        "",
        &["7:1: this card does not say whom it measures; add 'posts', or 'unit_kinds' for a card of units"],
    );
    refused(
        KINDS,
        "unit_kinds: [team]\nposts: [astronaut]\n",
        &[
            "9:1: a card measures posts or units, and this one names both; keep 'posts' or 'unit_kinds', and write a card of its own for the other",
        ],
    );
    refused(KINDS, "unit_kinds: []\n", &["9:13: 'unit_kinds' needs at least 1 item; add what is missing"]);
}

#[test]
fn a_kind_of_unit_has_one_card() {
    refused(
        KINDS,
        "unit_kinds: [team, province]\n",
        &[
            "9:20: kind of unit 'province' is already measured by scorecard 'unit_branch' in unit_branch.yaml line 8; keep the kind in one of the two",
        ],
    );
    refused(
        KINDS,
        "unit_kinds: [team, team]\n",
        &[
            "9:20: kind of unit 'team' is already measured by scorecard 'unit_team' in line 9; keep the kind in one of the two",
        ],
    );
}

#[test]
fn a_unit_has_no_facts_of_its_own_and_no_peers() {
    refused(
        "  - metric: csat_t2b\n",
        "  - metric: csat_t2b\n    scope: own\n    shrink: {strength: 20}\n",
        &[
            "13:12: a unit has no facts of its own: what is measured is everybody in it and below it, pooled; leave the scope out",
            "14:5: a unit has no peer group to be drawn toward; leave this out",
        ],
    );
    let gate = "gates:\n  - {metric: adherence, scope: own, at_least: 85, min_samples: 1, effect: {cap_rating: B}, reason: {en: a, zh: b}}\nbands:\n";
    refused(
        "bands:\n",
        gate,
        &[
            "46:32: a unit has no facts of its own: what is measured is everybody in it and below it, pooled; leave the scope out",
        ],
    );
}

#[test]
fn what_only_people_have_stands_on_no_card_of_units() {
    refused(
        KINDS,
        "unit_kinds: [team]\nstretch_basis: days\neligibility: {min_days: 30}\npeers: {by: [unit]}\nguidance: {S: 100}\njudgement: {form: conduct, share: 20}\n",
        &[
            "10:1: a unit does not move, so that it has no stretches; leave this out of a card of units",
            "11:1: people are exempt, units are not; leave this out of a card of units",
            "12:1: a unit has no peer group; leave this out of a card of units",
            "13:1: guidance is about the ratings of people; leave this out of a card of units",
            "14:1: people are judged, units are not; leave this out of a card of units",
        ],
    );
}

#[test]
fn everything_on_a_card_of_units_measures_the_unit() {
    let folder = Folder::new().edit(CARD, "  - metric: csat_t2b\n", "  - metric: csat_t2b\n    scope: unit\n");
    assert_eq!(folder.load().ruleset.hash, Folder::new().load().ruleset.hash, "the scope is the usual one");
    let branch = folder.load().ruleset.card("unit_branch").unwrap().clone();
    let unit = merit::domain::scorecard::Scope::Unit;
    assert!(branch.lines.iter().map(|line| line.scope).chain([branch.gates[0].scope]).all(|scope| scope == unit));
    assert_eq!((branch.posts.len(), branch.unit_kinds.len()), (0, 3));
    let example =
        folder.edit(CARD, "      - {metric: csat_t2b, numerator", "      - {metric: csat_t2b, scope: own, numerator");
    let said = "this card has neither a line nor a gate for 'csat_t2b' in this scope";
    assert!(example.refused()[0].contains(said), "{:?}", example.refused());
}

#[test]
fn cliffs_are_told_of_units() {
    let curve = "{kind: linear, points: [[85, 0], [90, 100]]}";
    let folder = Folder::new().edit(CARD, curve, "{kind: step, steps: [[90, 100]]}");
    let warnings = folder.lines(&folder.load().warnings);
    assert!(warnings[0].contains("and a unit whose true rate is 90 % gets less than 100"), "{warnings:?}");
}

#[test]
fn a_plan_pays_no_unit() {
    let folder = Folder::new().edit("incentives/front_line.yaml", "posts: [front_line]", "posts: [team]");
    assert!(folder.refused()[0].contains("post 'team' is paid by this plan but measured by no scorecard"));
}
