//! What changes between two rules, in words; and that nothing is missed.

use std::fs;

use merit::rules::diff::{Area, changes_between, differences, outline};
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::Folder;

const CARD: &str = "scorecards/front_line.yaml";
const PLAN: &str = "incentives/front_line.yaml";
const EN_CARD: &str = "Card 'Front line': ";
const EN_PLAN: &str = "Plan 'Front line, quarterly': ";
const EN_IMPROVEMENT: &str = "Improvement plans: ";

/// English and Chinese sentences of every change that the edits make to the default rules.
#[track_caller]
fn told(edits: &[(&str, &str, &str)]) -> Vec<(String, String)> {
    let before = Folder::new().load().ruleset;
    let after = edits.iter().fold(Folder::new(), |folder, (file, from, to)| folder.edit(file, from, to)).load().ruleset;
    let changes = differences(&before, &after).unwrap();
    changes.into_iter().map(|change| (change.sentence.en, change.sentence.zh)).collect()
}

#[track_caller]
fn says(file: &str, from: &str, to: &str, subject: &str, expected: &[&str]) {
    let told: Vec<String> = told(&[(file, from, to)]).into_iter().map(|(en, _)| en).collect();
    let expected: Vec<String> = expected.iter().map(|clause| format!("{subject}{clause}.")).collect();
    assert_eq!(told, expected);
}

#[test]
fn the_same_rules_have_no_differences() {
    assert_eq!(told(&[]), []);
    assert_eq!(told(&[(CARD, "lines:\n", "# only a comment\nlines:\n")]), []);
}

#[test]
fn weights_are_told_in_both_languages_and_in_order() {
    let told = told(&[(CARD, "weight: 20", "weight: 25"), (CARD, "weight: 15", "weight: 10")]);
    assert_eq!(
        told,
        [
            (
                "Card 'Front line': the weight of 'Customer satisfaction (top two)' goes from 20 to 25 %.".to_owned(),
                "考核表“前台客服”：“客户满意度（4–5 分占比）”的权重由 20% 改为 25%。".to_owned(),
            ),
            (
                "Card 'Front line': the weight of 'First-contact resolution' goes from 15 to 10 %.".to_owned(),
                "考核表“前台客服”：“首次解决率”的权重由 15% 改为 10%。".to_owned(),
            ),
        ]
    );
}

#[test]
fn curves_are_told_by_the_ends_that_moved() {
    let curve = "[[85, 0], [90, 100]]";
    let of = "the curve of 'Customer satisfaction (top two)'";
    let case = |to: &str, clause: &str| says(CARD, curve, to, EN_CARD, &[&format!("{of} {clause}")]);
    case("[[85, 0], [92, 100]]", "now gives full marks from 92 % (was 90 %)");
    case("[[86, 0], [90, 100]]", "now gives nothing up to 86 % (was 85 %)");
    case("[[80, 0], [92, 100]]", "now gives full marks from 92 % (was 90 %) and nothing up to 80 % (was 85 %)");
    case(
        "[[85, 0], [88, 40], [90, 100]]",
        "is now: 85 % → 0, 88 % → 40, 90 % → 100 points, straight lines between (was: nothing up to 85 %, full marks from 90 %)",
    );
    says(
        CARD,
        "points: [[0, 100], [2, 0]]",
        "points: [[0, 100], [3, 0]]",
        EN_CARD,
        &["the curve of 'Upheld complaints per 1,000 contacts' now gives nothing from 3 (was 2)"],
    );
}

#[test]
fn lines_gates_and_bands() {
    says(
        CARD,
        "    min_samples: 200\n",
        "    min_samples: 250\n",
        EN_CARD,
        &["the least number of cases of 'Upheld complaints per 1,000 contacts' goes from 200 to 250"],
    );
    says(
        CARD,
        "    min_samples: 200\n",
        "    min_samples: 200\n    low_sample: {neutral: 50}\n",
        EN_CARD,
        &[
            "what happens with too few cases of 'Upheld complaints per 1,000 contacts' is now: the line earns 50 points (was: the line \
          leaves the card and its weight goes to the others)",
        ],
    );
    says(
        CARD,
        "at_least: 85",
        "at_least: 90",
        EN_CARD,
        &["the lower limit of the gate on 'Schedule adherence' goes from 85 to 90 %"],
    );
    says(
        CARD,
        "effect: {cap_rating: B}",
        "effect: {cap_total: 60}",
        EN_CARD,
        &[
            "what happens behind the gate on 'Schedule adherence' is now: the total is at most 60 (was: the rating is at best B)",
        ],
    );
    let bands =
        told(&[(CARD, "from: 35, to: 55}", "from: 35, to: 50}"), (CARD, "from: 55, to: 75}", "from: 50, to: 75}")]);
    assert_eq!(bands.len(), 1);
    assert_eq!(bands[0].0, "Card 'Front line': band B now starts at 50 (was 55).");
    assert_eq!(bands[0].1, "考核表“前台客服”：等级 B 改为自 50 分起（原为 55 分）。");
}

#[test]
fn lines_that_come_and_go_are_told_whole() {
    let exam = "  - metric: exam\n    weight: 5\n    curve: {kind: linear, points: [[60, 0], [90, 100]]}\n    min_samples: 1\n";
    let nps = "  - metric: csat_mean\n    weight: 5\n    curve: {kind: linear, points: [[3, 0], [4.5, 100]]}\n    min_samples: 30\n    no_data: hold\n";
    let before = Folder::new().load().ruleset;
    let after = Folder::new().edit(CARD, exam, nps);
    // The file's examples speak of the exam still.
    let text = fs::read_to_string(after.file(CARD)).unwrap();
    let after = after.write(CARD, text.split_once("\nexamples:").unwrap().0);
    let changes = differences(&before, &after.load().ruleset).unwrap();
    let told: Vec<&str> = changes.iter().map(|change| change.sentence.en.as_str()).collect();
    assert_eq!(
        told,
        [
            "Card 'Front line': the line for 'Knowledge exam' is gone (it was: weight 5 %; nothing up to 60, full marks from 90; below 1 \
             cases or without data the line leaves the card and its weight goes to the others).",
            "Card 'Front line': a line for 'Customer satisfaction (mean)' is added: weight 5 %; nothing up to 3, full marks from 4.5; \
             below 30 cases the line leaves the card and its weight goes to the others; without data the card waits.",
        ]
    );
    assert_eq!(changes[0].path, "cards/front_line/lines/exam");
    assert_eq!((changes[0].area, changes[0].subject.as_str()), (Area::Scorecard, "front_line"));
    assert!(changes[0].before.is_some() && changes[0].after.is_none());
}

#[test]
fn plans_metrics_and_improvement() {
    says(
        PLAN,
        "cap_percent: 120",
        "cap_percent: 150",
        EN_PLAN,
        &["payouts do not rise above 150 % of the target (was 120 %)"],
    );
    says(
        PLAN,
        "cap_percent: 120\n",
        "",
        EN_PLAN,
        &["there is no cap any more (payouts did not rise above 120 % of the target)"],
    );
    says(PLAN, "excluded_ratings: [D]", "excluded_ratings: [D, C]", EN_PLAN, &["the rating C now earns nothing"]);
    says(PLAN, "min_days: 30", "min_days: 20", EN_PLAN, &["the least number of days in the post goes from 30 to 20"]);
    says(
        PLAN,
        "rounding: half_up",
        "rounding: down",
        EN_PLAN,
        &["the rounding is now: amounts are rounded down (was: halves are rounded away from zero)"],
    );
    says(
        "metrics.yaml",
        "kind: rate",
        "kind: mean",
        "Metric 'Customer satisfaction (top two)': ",
        &["what a case counts is now: each case counts an amount (was: each case counts 0 or 1)"],
    );
    says(
        "improvement.yaml",
        "duration_days: 60",
        "duration_days: 45",
        EN_IMPROVEMENT,
        &["the number of days to reach the objectives goes from 60 to 45"],
    );
    says(
        "improvement.yaml",
        "{metric: csat_t2b, floor: 85",
        "{metric: csat_t2b, floor: 80",
        EN_IMPROVEMENT,
        &["the floor of 'Customer satisfaction (top two)' goes from 85 to 80 %"],
    );
    says(
        "improvement.yaml",
        "    metrics: [complaint_24h, complaint_7d, complaint_on_time, regulatory_15d]\n    hours: 8",
        "    metrics: [complaint_24h, complaint_7d, complaint_on_time]\n    hours: 8.5",
        EN_IMPROVEMENT,
        &[
            "the length of the course 'Complaint handling from first call to closing letter' goes from 8 to 8.5 h",
            "the course 'Complaint handling from first call to closing letter' is no longer meant for 'Regulatory cases within 15 days'",
        ],
    );
}

#[test]
fn what_has_no_sentence_is_told_by_its_path() {
    let before = canonical();
    let mut after = before.clone();
    after["cards"][2]["lines"][0]["shrink"] = serde_json::json!({"strength": "20"});
    after["surveys"] = serde_json::json!([{"id": "service", "scale": [1, 2]}]);
    let told: Vec<String> = changes_between(&before, &after).into_iter().map(|change| change.sentence.en).collect();
    assert_eq!(
        told,
        [
            "Card 'Front line': cards/front_line/lines/csat_t2b/shrink is added: {\"strength\":\"20\"}.",
            "surveys is added: [{\"id\":\"service\",\"scale\":[1,2]}].",
        ]
    );
    let first = after.clone();
    after["cards"][2]["lines"][0]["shrink"]["strength"] = "30".into();
    after["surveys"][0]["scale"] = serde_json::json!([1, 3]);
    let told: Vec<String> = changes_between(&first, &after).into_iter().map(|change| change.sentence.en).collect();
    assert_eq!(
        told,
        [
            "Card 'Front line': cards/front_line/lines/csat_t2b/shrink/strength: 20 → 30.",
            "surveys/service/scale/1: 2 → 3.",
        ]
    );
}

#[test]
fn another_order_is_a_difference() {
    let before = canonical();
    let mut after = before.clone();
    after["cards"][2]["lines"].as_array_mut().unwrap().swap(0, 1);
    let changes = changes_between(&before, &after);
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].sentence.en, "Card 'Front line': its lines stand in another order.");
}

#[test]
fn an_outline_tells_every_card_plan_and_metric() {
    let content = canonical();
    let sections = outline(&content);
    let titles: Vec<&str> = sections.iter().map(|section| section.title.en.as_str()).collect();
    assert_eq!(titles[..3], ["Card 'Back office'", "Card 'Specialist hotline'", "Card 'Front line'"]);
    let front = &sections[2];
    assert_eq!(front.lines[0].zh, "适用岗位“front_line”");
    assert_eq!(
        front.lines[1].en,
        "'Customer satisfaction (top two)': weight 20 %; nothing up to 85 %, full marks from 90 %; below 30 cases or without data the \
         line leaves the card and its weight goes to the others"
    );
    let mut later = content;
    later["cards"][2]["colour"] = "green".into();
    later["cards"][2]["lines"][0]["shrink"] = serde_json::json!({"strength": "20"});
    let told = outline(&later);
    assert!(told[2].lines.iter().any(|line| line.en.contains("colour: green")), "{:#?}", told[2].lines);
    assert!(told[2].lines[1].en.ends_with("; shrink: {\"strength\":\"20\"}"), "{:#?}", told[2].lines);
}

/// Clauses of the front line's first line when its fields become these.
fn line_becomes(fields: &[(&str, Value)]) -> Vec<String> {
    let before = canonical();
    let mut after = before.clone();
    for (field, value) in fields {
        after["cards"][2]["lines"][0][*field] = value.clone();
    }
    let told = changes_between(&before, &after).into_iter().map(|change| change.sentence.en);
    told.map(|sentence| sentence.strip_prefix(EN_CARD).unwrap().to_owned()).collect()
}

#[test]
fn every_treatment_and_place_of_a_line_has_words() {
    use serde_json::json;
    let of = "'Customer satisfaction (top two)'";
    let carry = json!({"carry": {"otherwise": {"neutral": {"points": "50"}}}});
    assert_eq!(
        line_becomes(&[("no_data", carry)]),
        [format!(
            "what happens without data of {of} is now: the line earns its points of the previous cycle, or where it had none, the line \
             earns 50 points (was: the line leaves the card and its weight goes to the others)."
        )]
    );
    let odd = json!({"neutral": {"points": "50", "from": "1"}});
    assert_eq!(
        line_becomes(&[("no_data", odd)]),
        ["cards/front_line/lines/csat_t2b/no_data: redistribute → {\"neutral\":{\"from\":\"1\",\"points\":\"50\"}}."]
    );
    assert_eq!(
        line_becomes(&[("floor", json!("10")), ("cap", json!("90"))]),
        [
            format!("the most points of {of} is now 90 (was none)."),
            format!("the least points of {of} is now 10 (was none)."),
        ]
    );
    let steps = json!({"step": {"corners": [{"value": "85", "points": "50"}, {"value": "90", "points": "100"}]}});
    assert_eq!(
        line_becomes(&[("curve", steps)]),
        [format!(
            "the curve of {of} is now: 85 % → 50, 90 % → 100 points, in steps (was: nothing up to 85 %, full marks from 90 %)."
        )]
    );
}

fn canonical() -> Value {
    serde_json::from_str(&Folder::new().load().ruleset.canonical).unwrap()
}

/// One change at some place of a JSON text.
#[derive(Debug, Clone)]
enum Edit {
    Replace(Value),
    Remove,
    Double,
    Swap,
    Add(String, Value),
}

fn edit() -> impl Strategy<Value = Edit> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_i64..200).prop_map(|number| number.to_string().into()),
        (0_i64..200).prop_map(Value::from),
        "[a-z~/#@]{0,3}".prop_map(Value::from),
        Just(serde_json::json!({"en": "x", "zh": "y"})),
        Just(serde_json::json!([])),
        Just(
            serde_json::json!({"linear": {"corners": [{"value": "1", "points": "0"}, {"value": "2", "points": "100"}]}})
        ),
    ];
    prop_oneof![
        value.clone().prop_map(Edit::Replace),
        Just(Edit::Remove),
        Just(Edit::Double),
        Just(Edit::Swap),
        ("[a-z]{1,4}", value).prop_map(|(field, value)| Edit::Add(field, value)),
    ]
}

/// Follows the steps down as far as they go, and changes what is there.
fn apply(value: &mut Value, steps: &[usize], edit: &Edit) {
    let Some((step, rest)) = steps.split_first() else { return change(value, edit) };
    match value {
        Value::Array(list) if !list.is_empty() => {
            let at = step % list.len();
            if let ([], Edit::Remove) = (rest, edit) {
                list.remove(at);
            } else if let ([], Edit::Double) = (rest, edit) {
                list.insert(at, list[at].clone());
            } else {
                apply(&mut list[at], rest, edit);
            }
        }
        Value::Object(fields) if !fields.is_empty() => {
            let field = fields.keys().nth(step % fields.len()).unwrap().clone();
            if let ([], Edit::Remove) = (rest, edit) {
                fields.remove(&field);
            } else {
                apply(&mut fields[&field], rest, edit);
            }
        }
        other => change(other, edit),
    }
}

fn change(value: &mut Value, edit: &Edit) {
    match (edit, value) {
        (Edit::Replace(new), value) => *value = new.clone(),
        (Edit::Swap, Value::Array(list)) if list.len() > 1 => list.swap(0, 1),
        (Edit::Add(field, new), Value::Object(fields)) => {
            fields.insert(field.clone(), new.clone());
        }
        (Edit::Add(field, new), Value::Array(list)) => {
            let item = Map::from_iter([("id".to_owned(), field.clone().into()), ("x".to_owned(), new.clone())]);
            list.push(item.into());
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_is_missed_and_nothing_is_invented(
        edits in prop::collection::vec((prop::collection::vec(0_usize..50, 0..8), edit()), 0..5),
    ) {
        let before = CANONICAL.with(Value::clone);
        let mut after = before.clone();
        for (steps, edit) in &edits {
            apply(&mut after, steps, edit);
        }
        let changes = changes_between(&before, &after);
        let texts = [before.to_string(), after.to_string()];
        prop_assert_eq!(changes.is_empty(), texts[0] == texts[1]);
        for change in &changes {
            prop_assert!(change.before != change.after, "{:?}", change);
            prop_assert!(change.sentence.en.ends_with('.') && change.sentence.zh.ends_with('。'), "{:?}", change);
        }
        prop_assert_eq!(changes_between(&after, &before).is_empty(), changes.is_empty());
        outline(&after);
    }
}

thread_local! {
    static CANONICAL: Value = canonical();
}
