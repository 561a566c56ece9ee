//! The hash of the rules: theirs alone, not that of their spelling.

use std::fs;

use merit::rules::{Ruleset, RulesetError};

use super::Folder;

const CARD: &str = "scorecards/front_line.yaml";

#[track_caller]
fn hash(folder: &Folder) -> String {
    folder.load().ruleset.hash
}

#[test]
fn comments_order_and_spelling_do_not_change_it() {
    let before = hash(&Folder::new());
    assert_eq!(before.len(), 64);
    let spelled = Folder::new()
        .edit(CARD, "lines:\n", "# a comment\n\nlines:\n")
        .edit(
            CARD,
            "    weight: 15\n    curve: {kind: linear, points: [[85, 0], [90, 100]]}\n",
            "    curve:\n      points:\n        - [85.0, 0]\n        - [\"90\", 100.00]\n      kind: linear\n    weight: 15.000\n",
        )
        .edit(CARD, "  - {id: S, name: {en: Outstanding, zh: 卓越}, from: 90}\n", "")
        .edit(
            CARD,
            "from: 0, to: 35}\n",
            "from: 0, to: 35}\n  - {from: 90, name: {zh: \"卓越\", en: 'Outstanding'}, id: S}\n",
        );
    assert_eq!(hash(&spelled), before);
}

#[test]
fn examples_sources_and_file_names_do_not_change_it() {
    let before = hash(&Folder::new());
    let other = Folder::new().edit(CARD, "- name: An ordinary quarter", "- name: A quarter").edit(
        "sources/contacts.yaml",
        "files: [exports/contacts/*.csv]",
        "files: [elsewhere/*.csv]",
    );
    fs::rename(other.file(CARD), other.file("scorecards/zz_front_line.yaml")).unwrap();
    assert_eq!(hash(&other), before);
}

#[test]
fn every_number_and_name_changes_it() {
    let mut hashes = vec![hash(&Folder::new())];
    for (file, from, to) in [
        (CARD, "points: [[60, 0], [90, 100]]", "points: [[60, 0], [90.000001, 100]]"),
        (CARD, "    min_samples: 200\n", "    min_samples: 201\n"),
        (CARD, "zh: 前台客服", "zh: 前台"),
        ("metrics.yaml", "kind: rate", "kind: mean"),
        ("incentives/front_line.yaml", "rounding: half_up", "rounding: half_even"),
        ("improvement.yaml", "duration_days: 60", "duration_days: 61"),
    ] {
        hashes.push(hash(&Folder::new().edit(file, from, to)));
    }
    let count = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}

#[test]
fn canonical_text_restores_the_rules() {
    let ruleset = Folder::new().load().ruleset;
    assert_eq!(Ruleset::from_canonical(&ruleset.canonical).unwrap(), ruleset);
    assert_eq!(Ruleset::from_stored(&ruleset.hash, &ruleset.canonical).unwrap(), ruleset);
}

#[test]
fn canonical_text_has_sorted_keys_and_no_spaces() {
    let ruleset = Folder::new().load().ruleset;
    assert!(ruleset.canonical.starts_with("{\"cards\":[{\"bands\":[{\"from\":\"0\",\"id\":\"D\",\"name\":{\"en\":"));
    let again: serde_json::Value = serde_json::from_str(&ruleset.canonical).unwrap();
    assert_eq!(again.to_string(), ruleset.canonical);
}

#[test]
fn a_stored_text_that_was_changed_is_refused() {
    let ruleset = Folder::new().load().ruleset;
    let changed = ruleset.canonical.replacen("\"weight\":\"20\"", "\"weight\":\"21\"", 1);
    assert_ne!(changed, ruleset.canonical);
    let error = Ruleset::from_stored(&ruleset.hash, &changed).unwrap_err();
    assert!(matches!(&error, RulesetError::Changed { expected, .. } if *expected == ruleset.hash));
    assert!(error.to_string().starts_with("the stored ruleset was changed: its hash is "), "{error}");

    let error = Ruleset::from_canonical("{").unwrap_err();
    assert!(error.to_string().starts_with("the stored ruleset cannot be read: "), "{error}");
    let later = ruleset.canonical.replacen("\"format\":1", "\"format\":2", 1);
    let error = Ruleset::from_canonical(&later).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the stored ruleset has layout 2, this Merit reads layout 1; replay with the Merit that wrote it"
    );
}
