//! Versions of the rules from a folder to a cycle, on both engines.

use std::fs;

use merit::app::{AppError, RulesChoice};
use merit::domain::version::VersionState;

use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::engines;

const CARD: &str = "scorecards/front_line.yaml";

fn edit(company: &Company, file: &str, from: &str, to: &str) {
    let path = company.rules().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_go_from_a_folder_to_a_cycle() {
    let place = tempfile::tempdir().unwrap();
    for database in engines::databases(&place.path().join("merit.db")).await {
        let company = Company::new(3);
        let app = company.load(&database.url).await;
        let none = app.open_cycle_with(FIRST_QUARTER, None, RulesChoice::InForce).await.unwrap_err();
        assert_eq!(
            none.to_string(),
            "no rules are in force on 2026-04-01, the first day of cycle 2026-Q2: publish a version with 'merit rules publish', or \
             name a folder with --rules to check and publish its rules now"
        );
        let first = app.add_rules(&company.rules(), Some(" Spring "), Some("as agreed")).await.unwrap();
        assert_eq!((first.version.state, first.new, first.check.errors), (VersionState::Checked, true, 0));
        assert_eq!((first.version.name.as_deref(), first.version.note.as_deref()), (Some("Spring"), Some("as agreed")));
        app.publish_rules("Spring", "2026-04-01".parse().unwrap(), None).await.unwrap();

        edit(&company, CARD, "    min_samples: 200\n", "    min_samples: 250\n");
        let second = app.add_rules(&company.rules(), Some("Summer"), None).await.unwrap().version;
        let published = app.publish_rules(&second.hash[..8], "2026-07-01".parse().unwrap(), None).await.unwrap();
        assert_eq!(published.before.unwrap().name.as_deref(), Some("Spring"));

        for (quarter, rules) in [(FIRST_QUARTER, "Spring"), (SECOND_QUARTER, "Summer")] {
            let opened = app.open_cycle_with(quarter, None, RulesChoice::InForce).await.unwrap();
            assert_eq!((opened.rules.name.as_deref(), opened.published), (Some(rules), false), "{}", database.name);
            assert_eq!(opened.rules.cycles, [quarter]);
        }
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!(replay.differences, Vec::<String>::new());
        let late = app.repin_cycle(FIRST_QUARTER, RulesChoice::Named("Summer")).await.unwrap_err();
        assert_eq!(
            late.to_string(),
            "cycle 2026-Q2 is scored: its rules can be exchanged only while it is open and not appraised"
        );
        let exchanged = app.repin_cycle(SECOND_QUARTER, RulesChoice::Named("Spring")).await.unwrap();
        assert_eq!(exchanged.cycle.ruleset_hash, first.version.hash);
        app.withdraw_rules("Summer").await.unwrap();
        let pinned = app.withdraw_rules("Spring").await.unwrap_err();
        assert!(pinned.to_string().contains("is pinned by cycle 2026-Q2, so it cannot be withdrawn"), "{pinned}");
        app.appraise(SECOND_QUARTER, &|_| {}).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_whose_examples_fail_are_kept_as_a_draft_only() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    edit(&company, CARD, "    total: 64.52\n", "    total: 64.53\n");
    let draft = app.add_rules(&company.rules(), Some("Autumn"), None).await.unwrap();
    assert_eq!((draft.version.state, draft.check.errors), (VersionState::Draft, 1));
    let refused = app.publish_rules("Autumn", "2026-04-01".parse().unwrap(), None).await.unwrap_err();
    assert!(refused.to_string().contains("'Autumn' is a draft: its worked examples do not hold"), "{refused}");
    let refused = app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap_err();
    assert!(refused.to_string().contains("the rules give 64.52, the example says 64.53"), "{refused}");
    assert!(app.cycle(FIRST_QUARTER).await.is_err());

    edit(&company, CARD, "    total: 64.53\n", "    total: 64.52\n");
    let mended = app.add_rules(&company.rules(), None, None).await.unwrap();
    assert_eq!((mended.version.hash.clone(), mended.new), (draft.version.hash, false));
    assert_eq!((mended.version.state, mended.version.name.as_deref()), (VersionState::Checked, Some("Autumn")));
    let opened = app.open_cycle_with(FIRST_QUARTER, None, RulesChoice::Folder(&company.rules())).await.unwrap();
    assert!(opened.published && !opened.added.unwrap().new);
    assert_eq!(opened.rules.effective_from, Some("2026-04-01".parse().unwrap()));

    edit(&company, CARD, "weight: 20", "weight: 19");
    let broken = app.add_rules(&company.rules(), None, None).await.unwrap_err();
    assert!(matches!(&broken, AppError::Rules(problems) if !problems.is_empty()), "{broken}");
    let unnamed = app.add_rules(&company.rules(), Some("  "), None).await.unwrap_err();
    assert!(matches!(unnamed, AppError::Invalid(_)), "{unnamed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_and_folders_are_compared_and_told_apart() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let folder = company.rules().display().to_string();
    // Called like a folder of the working directory, so that it must be said which is meant.
    let version = app.add_rules(&company.rules(), Some("src"), None).await.unwrap().version;
    let both = app.compare_rules("src", &folder).await.unwrap_err();
    assert!(both.to_string().starts_with("'src' is a folder, and version"), "{both}");
    let same = app.compare_rules(&version.hash, &folder).await.unwrap();
    assert_eq!((same.changes.len(), same.before.hash == same.after.hash), (0, true));
    edit(&company, "incentives/front_line.yaml", "min_days: 30", "min_days: 20");
    let changed = app.compare_rules(&version.hash[..8].to_uppercase(), &folder).await.unwrap();
    assert_eq!(changed.changes.len(), 1);
    assert_eq!(changed.changes[0].path, "plans/front_line/min_days");
    for unknown in ["nothing", &version.hash[..7], "0000000000"] {
        let refused = app.compare_rules(unknown, &folder).await.unwrap_err();
        assert!(matches!(refused, AppError::NotFound(_)), "{refused}");
        assert!(matches!(app.rule_version(unknown).await, Err(AppError::NotFound(_))));
    }
    let shown = app.shown_rules(&version.hash).await.unwrap();
    assert!(shown.sections.len() > 8 && shown.content["cards"].is_array());
}
