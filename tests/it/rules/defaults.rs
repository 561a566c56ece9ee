//! The default rules: complete, free of problems, and the same in the program, in the folder and in the schemas.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use merit::rules::{default_files, load, run_examples, schemas, write_default};

use super::Folder;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scoring-config")
}

fn files_below(dir: &Path, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            names.extend(files_below(&entry.path(), &format!("{name}/")));
        } else {
            names.push(name);
        }
    }
    names.sort();
    names
}

#[test]
fn load_without_problems_or_warnings() {
    let loaded = load(&folder()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(loaded.warnings, []);
    let cards: Vec<&str> = loaded.ruleset.cards.iter().map(|card| &*card.id).collect();
    let of_people = ["back_office", "expert_hotline", "front_line", "middle_desk", "supervisor"];
    assert_eq!(cards, [&of_people[..], &["unit_branch", "unit_team"]].concat());
    let sources: Vec<&String> = loaded.sources.keys().collect();
    assert_eq!(sources, ["contacts", "surveys", "tickets"]);
    let calendars: Vec<&str> = loaded.calendars.values().map(|placed| placed.file.as_str()).collect();
    assert_eq!(calendars, ["calendars/cn_service.yaml", "calendars/round_the_clock.yaml"]);
    for post in ["front_line", "middle_desk", "back_office", "supervisor"] {
        assert_eq!(&*loaded.ruleset.card_for_post(post).unwrap().id, post);
        assert_eq!(loaded.ruleset.plan_for_post(post).unwrap().id, post);
    }
    assert_eq!(&*loaded.ruleset.card_for_post("expert").unwrap().id, "expert_hotline");
    assert_eq!(loaded.ruleset.plan_for_post("expert").unwrap().id, "middle_desk");
    assert!(loaded.ruleset.card_for_post("astronaut").is_none());
    for (kind, card) in [("team", "unit_team"), ("prefecture", "unit_branch"), ("headquarters", "unit_branch")] {
        assert_eq!(&*loaded.ruleset.card_for_unit_kind(kind).unwrap().id, card);
    }
    assert!(loaded.ruleset.card_for_unit_kind("section").is_none());
}

#[test]
fn examples_come_out_as_written() {
    let loaded = load(&folder()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let problems: Vec<String> = run_examples(&loaded).iter().map(ToString::to_string).collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn every_file_carries_examples() {
    for (path, text) in default_files().iter().filter(|(path, _)| path.ends_with(".yaml")) {
        assert!(text.contains("examples:\n"), "{path} carries worked examples");
    }
    let loaded = load(&folder()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    for source in loaded.placed_sources() {
        assert!(source.examples().count() > 0, "source {} carries worked examples", source.spec.id);
    }
}

#[test]
fn embedded_files_are_those_of_the_folder() {
    let embedded: Vec<String> = default_files().iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(embedded, files_below(&folder(), ""));
    for (path, text) in default_files() {
        assert_eq!(*text, fs::read_to_string(folder().join(path)).unwrap(), "{path}");
    }
}

#[test]
fn written_rules_have_the_same_hash_and_are_never_overwritten() {
    let written = Folder::new();
    assert_eq!(written.load().ruleset.hash, load(&folder()).unwrap().ruleset.hash);
    let problem = write_default(written.path()).unwrap_err();
    assert_eq!(
        written.lines(&[problem]),
        ["calendars/cn_service.yaml:1:1: the file is there already; choose another folder, or move the file away"]
    );
}

/// With MERIT_UPDATE=1 in the environment the committed schemas are written anew.
#[test]
fn committed_schemas_are_those_of_the_types() {
    let dir = folder().join("schemas");
    for (name, text) in schemas() {
        let path = dir.join(name);
        if std::env::var_os("MERIT_UPDATE").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap();
        assert!(committed == text, "{name} differs from the types: run the tests with MERIT_UPDATE=1 and commit it");
    }
    let names: Vec<&str> = schemas().into_iter().map(|(name, _)| name).collect();
    let mut committed = files_below(&dir, "");
    committed.retain(|name| !names.contains(&name.as_str()));
    assert_eq!(committed, Vec::<String>::new(), "schemas of no type");
}

#[test]
fn every_file_names_its_schema() {
    let schemas = BTreeMap::from([
        ("metrics.yaml", "schemas/metrics"),
        ("improvement.yaml", "schemas/improvement"),
        ("scorecards", "../schemas/scorecard"),
        ("judgement", "../schemas/judgement"),
        ("incentives", "../schemas/incentive"),
        ("sources", "../schemas/source"),
        ("calendars", "../schemas/calendar"),
    ]);
    for (path, text) in default_files().iter().filter(|(path, _)| path.ends_with(".yaml")) {
        let kind = path.split('/').next().unwrap();
        let expected = format!("# yaml-language-server: $schema={}.schema.json\n", schemas[kind]);
        assert!(text.starts_with(&expected), "{path} begins with {expected}");
    }
}

/// Points and weights of the field's default cards, as the documentation states them.
#[test]
fn cards_weigh_as_documented() {
    let ruleset = load(&folder()).unwrap().ruleset;
    let weights = |card: &str| -> Vec<String> {
        let card = ruleset.card(card).unwrap();
        card.lines.iter().map(|line| format!("{} {}", line.metric, line.weight)).collect()
    };
    assert_eq!(
        weights("front_line"),
        [
            "csat_t2b 20",
            "fcr_repeat 15",
            "qa_score 20",
            "critical_accuracy 10",
            "frt_sla 10",
            "aht_index 10",
            "upheld_complaints 10",
            "exam 5"
        ]
    );
    assert_eq!(
        weights("middle_desk"),
        [
            "complaint_24h 25",
            "complaint_7d 20",
            "repeat_complaint 15",
            "callback_csat 15",
            "accuracy 15",
            "handling_index 5",
            "exam 5"
        ]
    );
    assert_eq!(
        weights("back_office"),
        ["ticket_on_time 30", "entry_accuracy 35", "reopen_rate 15", "throughput 10", "internal_csat 5", "exam 5"]
    );
    assert_eq!(
        weights("supervisor"),
        [
            "csat_t2b 15",
            "fcr_repeat 10",
            "qa_score 15",
            "complaint_response 10",
            "members_at_standard 10",
            "coaching_effect 15",
            "review_quality 10",
            "service_level_20s 5",
            "attrition 5",
            "training_coverage 5"
        ]
    );
}
