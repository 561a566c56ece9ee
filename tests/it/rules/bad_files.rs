//! Files that cannot be read as YAML with exact numbers: each message, to the letter.

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
            "metric.yaml:1:1: no rules are read from this file; name it metrics.yaml or improvement.yaml, or move it to scorecards, judgement, incentives, sources, calendars"
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

/// Editors on Windows write a byte order mark and two characters at a line's end.
#[test]
fn a_byte_order_mark_and_windows_lines_are_read() {
    let plain = Folder::new();
    let text = fs::read_to_string(plain.file(CARD)).unwrap();
    let windows = Folder::new().write(CARD, format!("\u{feff}{}", text.replace('\n', "\r\n")));
    assert_eq!(windows.load().ruleset.hash, plain.load().ruleset.hash);
    let broken = text.replacen(WEIGHT, "    wieght: 15.5\n", 1).replace('\n', "\r\n");
    assert_eq!(
        Folder::new().write(CARD, broken).refused(),
        ["scorecards/front_line.yaml:14:5: unknown field 'wieght'; did you mean 'weight'?"]
    );
}

/// A value may be written once with an anchor and repeated by its alias; a file's ending may be short.
#[test]
fn anchors_and_short_endings_are_read() {
    let corners = "points: [[85, 0], [90, 100]]";
    let folder =
        Folder::new().edit(CARD, corners, "points: &ends [[85, 0], [90, 100]]").edit(CARD, corners, "points: *ends");
    fs::rename(folder.file(CARD), folder.file("scorecards/front_line.yml")).unwrap();
    assert_eq!(folder.load().ruleset.hash, Folder::new().load().ruleset.hash);
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
