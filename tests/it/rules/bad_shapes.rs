//! Files that have not the shape their schema asks for: each message, to the letter.

use super::Folder;

const CARD: &str = "scorecards/front_line.yaml";
const METRICS: &str = "metrics.yaml";
const WEIGHT: &str = "    weight: 15\n";

#[track_caller]
fn refused(file: &str, from: &str, to: &str, expected: &[&str]) {
    assert_eq!(Folder::new().edit(file, from, to).refused(), expected);
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
            "scorecards/front_line.yaml:15:5: unknown field 'colour'; the fields here are cap, curve, floor, id, low_sample, measure, metric, min_samples, no_benchmark, no_data, outside, scope, shrink, typical_samples, weight",
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
        &[
            "scorecards/front_line.yaml:13:5: field 'weight' of item 2 of 'lines' is missing; add it, or say 'outside: bonus' or 'outside: penalty'",
        ],
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
            "scorecards/front_line.yaml:41:14: 'no_data' is 'cuont', not one of redistribute, hold, zero, count, carry; did you mean 'count'?",
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
