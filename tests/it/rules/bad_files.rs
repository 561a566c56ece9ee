//! Files that are not YAML, or not of the shape their schema asks for: each message, to the letter.

use std::fs;
use std::path::Path;

use merit::rules::load;

use super::Folder;

const CARD: &str = "scorecards/front_line.yaml";
const METRICS: &str = "metrics.yaml";
const WEIGHT: &str = "    weight: 15\n";

#[track_caller]
fn refused(file: &str, from: &str, to: &str, expected: &[&str]) {
    assert_eq!(Folder::new().edit(file, from, to).refused(), expected);
}

#[test]
fn malformed_yaml_is_named_with_its_place() {
    let mend = "look at this line and the one above for indentation, an unclosed bracket or quote, or text with ': ' that needs quotes";
    refused(
        CARD,
        WEIGHT,
        "    weight: [15\n",
        &[&format!(
            "scorecards/front_line.yaml:15:10: not well-formed YAML: illegal placement of ':' indicator; {mend}"
        )],
    );
    refused(
        CARD,
        WEIGHT,
        "   weight: 15\n",
        &[&format!(
            "scorecards/front_line.yaml:14:4: not well-formed YAML: while parsing a block collection, did not find expected '-' indicator; {mend}"
        )],
    );
}

#[test]
fn a_field_written_twice_is_refused() {
    refused(
        CARD,
        WEIGHT,
        "    weight: 15\n    weight: 20\n",
        &["scorecards/front_line.yaml:15:5: field 'weight' stands here twice; keep one of the two"],
    );
}

#[test]
fn aliases_and_tags_without_meaning_are_refused() {
    refused(
        CARD,
        WEIGHT,
        "    weight: *w\n",
        &[
            "scorecards/front_line.yaml:14:13: this alias (*name) has no anchor (&name) before it; write the value itself, or put text that begins with * in quotes",
        ],
    );
    refused(
        CARD,
        WEIGHT,
        "    weight: !pct 15\n",
        &["scorecards/front_line.yaml:14:13: the tag '!pct' is not known here; leave it out"],
    );
}

#[test]
fn a_file_that_holds_no_fields_is_refused() {
    let cases: [(&[u8], &str); 6] = [
        (b"", "metrics.yaml:1:1: the file is empty; write its fields, or delete the file"),
        (b"# only a comment\n", "metrics.yaml:1:1: the file is empty; write its fields, or delete the file"),
        (
            b"- 1\n",
            "metrics.yaml:1:1: the file should be a group of fields, but is a list; write its fields below, indented, each as 'name: value'",
        ),
        (
            b"---\na: 1\n---\nb: 2\n",
            "metrics.yaml:4:1: a second document begins after '---'; keep one document in a file",
        ),
        (b"? [a, b]\n: 1\n", "metrics.yaml:1:3: a list or group stands as a field's name; use a plain name"),
        (b"metrics:\n  - \xff\n", "metrics.yaml:2:5: the file is not UTF-8; save it with the encoding UTF-8"),
    ];
    for (content, expected) in cases {
        assert_eq!(Folder::new().write(METRICS, content).refused(), [expected]);
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = Folder::new();
    fs::remove_file(folder.file(METRICS)).unwrap();
    assert_eq!(folder.refused(), ["metrics.yaml:1:1: the file is missing; write it, or begin with 'merit rules init'"]);

    fs::create_dir(folder.file(METRICS)).unwrap();
    let problems = folder.refused();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("metrics.yaml:1:1: the file cannot be read: "), "{}", problems[0]);
    assert!(problems[0].ends_with("; check its permissions, and that it is a file"), "{}", problems[0]);

    let problems = load(Path::new("no/such/folder")).unwrap_err();
    assert_eq!(problems.len(), 1);
    let text = problems[0].to_string();
    assert!(text.starts_with("no/such/folder:1:1: the folder cannot be read: "), "{text}");
    assert!(
        text.ends_with("; name a folder that exists and that you may read; 'merit rules init' makes one"),
        "{text}"
    );
}

#[test]
fn rules_nobody_would_read_are_refused() {
    assert_eq!(
        Folder::new().write("metric.yaml", "metrics: []\n").refused(),
        [
            "metric.yaml:1:1: no rules are read from this file; name it metrics.yaml or improvement.yaml, or move it to scorecards, incentives, sources"
        ]
    );
}

#[test]
fn parts_that_may_be_absent_are_warned_about() {
    let folder = Folder::new();
    fs::remove_file(folder.file("improvement.yaml")).unwrap();
    fs::remove_dir_all(folder.file("scorecards")).unwrap();
    fs::remove_dir_all(folder.file("incentives")).unwrap();
    let loaded = folder.load();
    let mend = "write it, or copy it from the rules that 'merit rules init' writes";
    assert_eq!(
        folder.lines(&loaded.warnings),
        [
            format!(
                "improvement.yaml:1:1: warning: the file is missing, so no improvement plan is ever suggested; {mend}"
            ),
            format!("scorecards:1:1: warning: there is no scorecard, so nobody can be appraised; {mend}"),
        ]
    );
    assert_eq!(loaded.ruleset.improvement.triggers, []);
}

#[test]
fn an_unknown_field_comes_with_a_suggestion() {
    refused(
        CARD,
        WEIGHT,
        "    wieght: 15\n",
        &["scorecards/front_line.yaml:14:5: unknown field 'wieght'; did you mean 'weight'?"],
    );
    refused(
        CARD,
        WEIGHT,
        "    weight: 15\n    colour: red\n",
        &[
            "scorecards/front_line.yaml:15:5: unknown field 'colour'; the fields here are curve, low_sample, metric, min_samples, no_data, scope, weight",
        ],
    );
    refused(
        METRICS,
        "{en: \"Reopened tickets\"",
        "{en: Tickets, reopened",
        &[
            "metrics.yaml:97:25: unknown field 'reopened'; if it is the rest of a text after a comma, put the whole text in quotes",
        ],
    );
}

#[test]
fn a_missing_field_is_named() {
    refused(
        CARD,
        WEIGHT,
        "",
        &["scorecards/front_line.yaml:13:5: field 'weight' of item 2 of 'lines' is missing; add it"],
    );
    refused(CARD, "id: front_line\n", "", &["scorecards/front_line.yaml:4:1: field 'id' is missing; add it"]);
}

#[test]
fn a_wrong_type_is_named() {
    refused(
        CARD,
        WEIGHT,
        "    weight: heavy\n",
        &[
            "scorecards/front_line.yaml:14:13: 'weight' should be a decimal number, but is 'heavy'; write digits, at most 12 before the point and 6 after it",
        ],
    );
    refused(
        CARD,
        WEIGHT,
        "    weight:\n",
        &["scorecards/front_line.yaml:14:11: 'weight' should be a number, but is nothing; write digits, as 85 or 0.5"],
    );
    refused(
        CARD,
        "    min_samples: 1\n",
        "    min_samples: 1.5\n",
        &[
            "scorecards/front_line.yaml:40:18: 'min_samples' should be a whole number, but is 1.5; write digits without a point or quotes, as 30",
        ],
    );
    refused(
        CARD,
        "posts: [front_line]",
        "posts: front_line",
        &[
            "scorecards/front_line.yaml:6:8: 'posts' should be a list, but is 'front_line'; write [a, b], or a line with '- ' for each item",
        ],
    );
    refused(
        METRICS,
        "{en: \"Reopened tickets\"",
        "{en: 7",
        &["metrics.yaml:97:16: 'en' should be text, but is 7; put it in quotes"],
    );
    refused(
        "incentives/front_line.yaml",
        "prorate_fte: true",
        "prorate_fte: yes",
        &[
            "incentives/front_line.yaml:13:14: 'prorate_fte' should be true or false, but is 'yes'; write true or false without quotes",
        ],
    );
    refused(
        "incentives/back_office.yaml",
        "last: 2023-09-30}\n    score",
        "last: 2023-09-31}\n    score",
        &[
            "incentives/back_office.yaml:18:38: 'last' should be a date, but is '2023-09-31'; write YYYY-MM-DD, as 2023-09-30",
        ],
    );
}

#[test]
fn a_value_outside_its_limits_is_named() {
    refused(
        METRICS,
        "  - id: csat_mean\n",
        "  - id: CSAT-mean\n",
        &["metrics.yaml:22:9: 'CSAT-mean' is not an id; use small letters, digits and _, beginning with a letter"],
    );
    refused(
        CARD,
        "posts: [front_line]",
        "posts: []",
        &["scorecards/front_line.yaml:6:8: 'posts' needs at least 1 item; add what is missing"],
    );
    refused(
        CARD,
        "posts: [front_line]",
        "posts: [\"\"]",
        &["scorecards/front_line.yaml:6:9: item 1 of 'posts' is empty; write a text"],
    );
    refused(
        CARD,
        "points: [[60, 0], [90, 100]]",
        "points: [[60, 0, 1], [90, 100]]",
        &["scorecards/front_line.yaml:39:36: item 1 of 'points' has more than 2 items; remove what is too much"],
    );
    refused(
        CARD,
        "    min_samples: 1\n",
        "    min_samples: 0\n",
        &["scorecards/front_line.yaml:40:18: 'min_samples' is 0, less than 1; write at least 1"],
    );
    refused(
        "improvement.yaml",
        "max_objectives: 3",
        "max_objectives: 4",
        &["improvement.yaml:8:17: 'max_objectives' is 4, more than 3; write at most 3"],
    );
    refused(
        "improvement.yaml",
        "duration_days: 60",
        "duration_days: 29",
        &["improvement.yaml:9:16: 'duration_days' is 29, less than 30; write at least 30"],
    );
}

#[test]
fn one_of_several_values_or_shapes_is_asked_for() {
    refused(
        METRICS,
        "    unit: seconds\n",
        "    unit: second\n",
        &[
            "metrics.yaml:129:11: 'unit' is 'second', not one of percent, ratio, seconds, minutes, hours, points; did you mean 'seconds'?",
        ],
    );
    refused(
        METRICS,
        "direction: lower_is_better",
        "direction: down",
        &[
            "metrics.yaml:105:16: 'direction' is 'down', not one of higher_is_better, lower_is_better, in_range; choose one of them",
        ],
    );
    refused(
        CARD,
        "curve: {kind: band,",
        "curve: {kind: bend,",
        &["scorecards/front_line.yaml:31:19: 'kind' is 'bend', not one of linear, step, band; did you mean 'band'?"],
    );
    refused(
        CARD,
        "curve: {kind: band,",
        "curve: {",
        &[
            "scorecards/front_line.yaml:31:12: field 'kind' of 'curve' is missing; add one of 'kind: linear', 'kind: step', 'kind: band'",
        ],
    );
    refused(
        CARD,
        "zero_below: 0.7",
        "zero_bellow: 0.7",
        &["scorecards/front_line.yaml:31:25: unknown field 'zero_bellow'; did you mean 'zero_below'?"],
    );
    refused(
        CARD,
        "    min_samples: 1\n",
        "    min_samples: 1\n    no_data: cuont\n    low_sample: {nuetral: 60}\n",
        &[
            "scorecards/front_line.yaml:41:14: 'no_data' is 'cuont', not one of redistribute, hold, zero, count; did you mean 'count'?",
            "scorecards/front_line.yaml:42:18: unknown field 'nuetral'; did you mean 'neutral'?",
        ],
    );
    let effect = "effect: {cap_rating: B}";
    refused(
        CARD,
        effect,
        "effect: {cap_rateing: B}",
        &["scorecards/front_line.yaml:46:14: unknown field 'cap_rateing'; did you mean 'cap_rating'?"],
    );
    refused(
        CARD,
        effect,
        "effect: {cap_rating: B, cap_total: 60}",
        &[
            "scorecards/front_line.yaml:46:13: 'effect' needs exactly one of cap_total, cap_rating, zero_line; write one of them",
        ],
    );
    refused(
        CARD,
        effect,
        "effect: {cap_rating: 5}",
        &["scorecards/front_line.yaml:46:26: 'cap_rating' should be text, but is 5; put it in quotes"],
    );
    refused(
        CARD,
        effect,
        "effect: cap_rating",
        &[
            "scorecards/front_line.yaml:46:13: 'effect' should be a group of fields, but is 'cap_rating'; write its fields below, indented, each as 'name: value'",
        ],
    );
}

#[test]
fn numbers_that_would_not_stay_exact_are_refused() {
    let example = "numerator: 88, denominator: 100, value: 88";
    refused(
        METRICS,
        example,
        "numerator: 88.1234567, denominator: 1234567890123.5, value: .inf",
        &[
            "metrics.yaml:19:21: 88.1234567 has more than six decimals; round it to six",
            "metrics.yaml:19:46: 1234567890123.5 has more than 12 digits before the point; use a larger unit",
            "metrics.yaml:19:70: .inf is not a plain decimal number; write it with digits and a point, as 0.5",
        ],
    );
    refused(
        METRICS,
        example,
        "numerator: 123456789012.123456, denominator: 100",
        &[
            "metrics.yaml:19:21: 123456789012.123456 has more than 15 digits and would not stay exact; write it in quotes: \"123456789012.123456\"",
        ],
    );
    refused(
        METRICS,
        example,
        "numerator: \"88.1234567\", denominator: 1234567890123",
        &[
            "metrics.yaml:19:21: 'numerator' should be a decimal number, but is '88.1234567'; write digits, at most 12 before the point and 6 after it",
            "metrics.yaml:19:48: 'denominator' is 1234567890123, more than 999999999999; write at most 999999999999",
        ],
    );
}

/// Six decimals, quotes, a sign and idle zeros arrive as they were typed.
#[test]
fn numbers_arrive_exactly() {
    let written = ["99.999999", "\"99.999999\"", "+99.999999", "99.9999990"];
    for weight in written {
        let (card, exam) = ("scorecards/back_office.yaml", "  - metric: exam\n    weight: 5\n");
        let text = fs::read_to_string(Folder::new().file(card)).unwrap();
        let lines = text.split_once("lines:\n").unwrap().0.to_owned();
        let bands = text.split_once("\nbands:").unwrap().1.split_once("\nexamples:").unwrap().0.to_owned();
        let curve = "    curve: {kind: linear, points: [[60, 0], [90, 100]]}\n    min_samples: 1\n";
        let other = format!("  - metric: throughput\n    weight: 0.000001\n{curve}");
        let exam = exam.replace('5', weight);
        let card = Folder::new().write(card, format!("{lines}lines:\n{exam}{curve}{other}\nbands:{bands}\n"));
        let loaded = card.load();
        assert_eq!(loaded.ruleset.card("back_office").unwrap().lines[0].weight.micros(), 99_999_999, "{weight}");
    }
}

#[test]
fn problems_of_all_files_are_reported_at_once() {
    let folder = Folder::new()
        .edit(METRICS, "    unit: seconds\n", "    unit: second\n")
        .edit(CARD, WEIGHT, "    wieght: 15\n")
        .edit(
            "scorecards/supervisor.yaml",
            "  - metric: attrition\n    weight: 5\n",
            "  - metric: attrition\n    weight: 6\n",
        )
        .edit("incentives/back_office.yaml", "rounding: half_up", "rounding: nearest")
        .edit("improvement.yaml", "check_ins: 2", "check_ins: 1")
        .edit("sources/tickets.yaml", "time_zone: Asia/Shanghai", "time_zone: Asia/Shangai")
        .write("sources/surveys.yaml", "id: [surveys\n");
    assert_eq!(
        folder.refused(),
        [
            "improvement.yaml:10:12: 'check_ins' is 1, less than 2; write at least 2",
            "incentives/back_office.yaml:14:11: 'rounding' is 'nearest', not one of half_up, half_even, down, up; choose one of them",
            "metrics.yaml:129:11: 'unit' is 'second', not one of percent, ratio, seconds, minutes, hours, points; did you mean 'seconds'?",
            "scorecards/front_line.yaml:14:5: unknown field 'wieght'; did you mean 'weight'?",
            "scorecards/supervisor.yaml:9:1: the weights add up to 101, not to 100; take 1 from one or several lines",
            "sources/surveys.yaml:2:1: not well-formed YAML: while parsing a flow sequence, expected ',' or ']'; look at this line and the one above for indentation, an unclosed bracket or quote, or text with ': ' that needs quotes",
            "sources/tickets.yaml:6:12: time zone 'Asia/Shangai' is not known; did you mean 'Asia/Shanghai'?",
        ]
    );
}
