//! Rules that have the right shape and still make no sense: each message, to the letter.

use super::Folder;

const CARD: &str = "scorecards/front_line.yaml";
const PLAN: &str = "incentives/front_line.yaml";
const IMPROVEMENT: &str = "improvement.yaml";
const WEIGHT: &str = "    weight: 15\n";
const EXAM_CURVE: &str = "{kind: linear, points: [[60, 0], [90, 100]]}";
const EFFECT: &str = "effect: {cap_rating: B}";
const PAYOUT: &str = "{kind: linear, points: [[35, 0], [55, 60], [75, 100], [83, 120]]}";

#[track_caller]
fn refused(file: &str, from: &str, to: &str, expected: &[&str]) {
    let expected: Vec<String> =
        expected.iter().map(|line| line.replace("CARD:", "scorecards/front_line.yaml:")).collect();
    assert_eq!(Folder::new().edit(file, from, to).refused(), expected);
}

#[track_caller]
fn warned(file: &str, from: &str, to: &str, expected: &[&str]) {
    let folder = Folder::new().edit(file, from, to);
    assert_eq!(folder.lines(&folder.load().warnings), expected);
}

#[test]
fn weights_add_up_to_exactly_100() {
    refused(
        CARD,
        WEIGHT,
        "    weight: 14.99\n",
        &["CARD:8:1: the weights add up to 99.99, not to 100; add 0.01 to one or several lines"],
    );
    refused(
        CARD,
        WEIGHT,
        "    weight: 15.000001\n",
        &["CARD:8:1: the weights add up to 100.000001, not to 100; take 0.000001 from one or several lines"],
    );
    refused(
        CARD,
        WEIGHT,
        "    weight: -15\n",
        &[
            "CARD:8:1: the weights add up to 70, not to 100; add 30 to one or several lines",
            "CARD:14:13: weight -15 is not above 0; give the line a weight, or remove it",
        ],
    );
}

#[test]
fn metrics_exist_and_stand_once() {
    refused(
        CARD,
        "  - metric: fcr_repeat\n",
        "  - metric: fcr_repaet\n",
        &["CARD:13:13: metric 'fcr_repaet' is not known; did you mean 'fcr_repeat'?"],
    );
    refused(
        CARD,
        "  - metric: fcr_repeat\n",
        "  - metric: happiness\n",
        &["CARD:13:13: metric 'happiness' is not known; define it in metrics.yaml, or use a metric defined there"],
    );
    refused(
        CARD,
        "  - metric: adherence\n",
        "  - metric: adherance\n",
        &["CARD:43:13: metric 'adherance' is not known; did you mean 'adherence'?"],
    );
    refused(
        CARD,
        "  - metric: fcr_repeat\n",
        "  - metric: csat_t2b\n",
        &[
            "CARD:13:13: this card has a line 'csat_t2b' already; join the two lines into one, or give one an id of its own",
        ],
    );
}

#[test]
fn ids_are_unique() {
    let mend = "keep one of the two, or give one another name";
    refused(
        "metrics.yaml",
        "  - id: nps\n",
        "  - id: csat_t2b\n",
        &[&format!("metrics.yaml:34:9: metric 'csat_t2b' is there already, in line 8; {mend}")],
    );
    refused(
        CARD,
        "id: front_line",
        "id: supervisor",
        &[&format!(
            "scorecards/supervisor.yaml:5:5: scorecard 'supervisor' is there already, in front_line.yaml line 4; {mend}"
        )],
    );
    refused(
        PLAN,
        "id: front_line",
        "id: supervisor",
        &[&format!(
            "incentives/supervisor.yaml:5:5: incentive plan 'supervisor' is there already, in front_line.yaml line 5; {mend}"
        )],
    );
    refused(
        "sources/contacts.yaml",
        "id: contacts",
        "id: surveys",
        &[&format!("sources/surveys.yaml:5:5: source 'surveys' is there already, in contacts.yaml line 5; {mend}")],
    );
    refused(CARD, "{id: S,", "{id: A,", &[&format!("CARD:53:10: rating 'A' is there already, in line 52; {mend}")]);
    refused(
        IMPROVEMENT,
        "- id: root_causes",
        "- id: quality_clinic",
        &[&format!("improvement.yaml:80:9: course 'quality_clinic' is there already, in line 45; {mend}")],
    );
    refused(
        IMPROVEMENT,
        "{metric: csat_t2b, floor: 85, target: 90,",
        "{metric: fcr_repeat, floor: 85, target: 90,",
        &[&format!("improvement.yaml:14:14: the trigger for 'fcr_repeat' is there already, in line 13; {mend}")],
    );
}

#[test]
fn a_post_has_one_card_and_one_plan() {
    refused(
        CARD,
        "posts: [front_line]",
        "posts: [front_line, supervisor]",
        &[
            "scorecards/supervisor.yaml:7:9: post 'supervisor' is already measured by scorecard 'front_line' in front_line.yaml line 6; keep the post in one of the two",
        ],
    );
    refused(
        PLAN,
        "posts: [front_line]",
        "posts: [supervisor]",
        &[
            "incentives/supervisor.yaml:7:9: post 'supervisor' is already paid by plan 'front_line' in front_line.yaml line 7; keep the post in one of the two",
        ],
    );
    refused(
        PLAN,
        "posts: [front_line]",
        "posts: [front_lines]",
        &[
            "incentives/front_line.yaml:7:9: post 'front_lines' is paid by this plan but measured by no scorecard; add the post to a scorecard, or take it from the plan",
        ],
    );
}

#[test]
fn curves_ascend_and_stay_within_reason() {
    refused(
        CARD,
        EXAM_CURVE,
        "{kind: linear, points: [[90, 100], [60, 0]]}",
        &["CARD:39:47: corner 2 at 60 does not come after corner 1 at 90; write each corner once, in ascending order"],
    );
    refused(
        CARD,
        EXAM_CURVE,
        "{kind: linear, points: [[60, -1], [90, 1000]]}",
        &[
            "CARD:39:41: -1 points are outside 0 to 100; 100 points are full marks; to reward beyond them, say so with 'points_up_to' of the card",
            "CARD:39:51: 1000 points are outside 0 to 100; 100 points are full marks; to reward beyond them, say so with 'points_up_to' of the card",
        ],
    );
    refused(
        CARD,
        "zero_below: 0.7",
        "zero_below: 0.95",
        &[
            "CARD:31:12: the band's figures 0.95, 0.9, 1.1, 1.3 do not ascend; let zero_below < full_from ≤ full_to < zero_above",
        ],
    );
}

#[test]
fn cliffs_and_reversed_curves_are_warned_about() {
    warned(
        CARD,
        EXAM_CURVE,
        "{kind: step, steps: [[60, 0], [75, 50], [90, 100]]}",
        &[
            "scorecards/front_line.yaml:39:42: warning: a cliff: at 75 the points jump from 0 to 50, so that chance alone decides near it; use kind: linear, unless the jump is agreed",
            "scorecards/front_line.yaml:39:52: warning: a cliff: at 90 the points jump from 50 to 100, so that chance alone decides near it; use kind: linear, unless the jump is agreed",
        ],
    );
    warned(
        CARD,
        EXAM_CURVE,
        "{kind: linear, points: [[60, 100], [90, 0]]}",
        &[
            "scorecards/front_line.yaml:39:12: warning: points fall as 'exam' rises, although higher is better; turn the curve round, or correct the metric's direction",
        ],
    );
    warned(
        CARD,
        "points: [[0, 100], [2, 0]]",
        "points: [[0, 0], [2, 100]]",
        &[
            "scorecards/front_line.yaml:35:12: warning: points rise as 'upheld_complaints' rises, although lower is better; turn the curve round, or correct the metric's direction",
        ],
    );
    warned(
        PLAN,
        PAYOUT,
        "{kind: flat, tiers: [[0, 0], [55, 60]]}",
        &[
            "incentives/front_line.yaml:8:37: warning: a cliff: at 55 the payout jumps from 0 to 60 percent of target; use kind: linear, unless the jump is agreed",
        ],
    );
}

#[test]
fn absent_data_are_treated_in_a_way_that_is_possible() {
    refused(
        CARD,
        "    min_samples: 1\n",
        "    min_samples: 1\n    no_data: count\n    low_sample: {neutral: 101}\n",
        &[
            "CARD:41:14: without data there is no value to count; use redistribute, hold, zero, carry or {neutral: points}",
            "CARD:42:27: 101 points are outside 0 to 100; 100 points are full marks",
        ],
    );
}

#[test]
fn gates_can_be_passed_and_do_something() {
    refused(CARD, "    at_least: 85\n", "", &["CARD:43:5: this gate has no limit; add at_least or at_most"]);
    refused(
        CARD,
        "    at_least: 85\n",
        "    at_least: 85\n    at_most: 80\n",
        &["CARD:45:14: nothing passes: at_least 85 lies above at_most 80; exchange the two, or leave one out"],
    );
    refused(
        CARD,
        "    at_least: 85\n",
        "    at_least: 85.125\n",
        &[
            "CARD:44:15: limit 85.125 has more than two decimals, but gates judge the value as printed, with two; write 85.13",
        ],
    );
    refused(
        CARD,
        EFFECT,
        "effect: {cap_rating: E}",
        &["CARD:46:26: rating 'E' is not known; the ratings are A, B, C, D, S"],
    );
    refused(
        CARD,
        EFFECT,
        "effect: {cap_total: 101}",
        &["CARD:46:25: a total capped at 101 is outside 0 to 100; write a total between 0 and 100"],
    );
    refused(
        CARD,
        EFFECT,
        "effect: {zero_line: adherence}",
        &[
            "CARD:46:25: this card has no line 'adherence'; name the id of one of its lines, which is its metric's unless it has its own",
        ],
    );
}

#[test]
fn bands_have_no_gaps_and_no_overlaps() {
    let band = "from: 55, to: 75";
    refused(
        CARD,
        band,
        "from: 55, to: 70",
        &["CARD:54:58: a gap: totals from 70 to below 75 have no rating; let 'B' end where 'A' begins"],
    );
    refused(
        CARD,
        band,
        "from: 55, to: 80",
        &[
            "CARD:54:58: an overlap: totals from 75 to below 80 have two ratings, 'B' and 'A'; let 'B' end where 'A' begins",
        ],
    );
    refused(
        CARD,
        band,
        "from: 55",
        &["CARD:54:5: band 'B' does not say where it ends; add 'to: 75', where 'A' begins"],
    );
    refused(
        CARD,
        "from: 0, to: 35",
        "from: 10, to: 35",
        &["CARD:56:56: totals below 10 have no rating; let 'D' begin at 0"],
    );
    refused(
        CARD,
        "from: 90}",
        "from: 90, to: 100}",
        &[
            "CARD:52:60: totals of 100 and more have no rating, because 'to' is exclusive; leave 'to' out of the best band",
        ],
    );
    refused(
        CARD,
        "from: 0, to: 35",
        "from: -0.001, to: 35",
        &[
            "CARD:56:56: edge -0.001 has more than two decimals, but bands judge the total as printed, with two; write 0.00",
        ],
    );
}

#[test]
fn plans_have_tiers_limits_and_ratings_that_exist() {
    refused(
        PLAN,
        PAYOUT,
        "{kind: marginal, tiers: [[35, 0], [55, 60], [50, -1]]}",
        &[
            "incentives/front_line.yaml:8:33: attainment below 35 has no tier; let the first tier begin at 0, as [0, 0]",
            "incentives/front_line.yaml:8:52: tier 3 at 50 does not come after tier 2 at 55; write each tier once, in ascending order",
            "incentives/front_line.yaml:8:57: -1 percent of target is below 0; a plan pays nothing at worst; write 0 or more",
        ],
    );
    refused(
        PLAN,
        "cap_percent: 120",
        "cap_percent: 120\nfloor_percent: 130",
        &[
            "incentives/front_line.yaml:10:16: the floor of 130 percent lies above the cap of 120; lower the floor, or raise the cap",
        ],
    );
    refused(
        PLAN,
        "cap_percent: 120",
        "cap_percent: -1",
        &["incentives/front_line.yaml:9:14: cap_percent -1 is below 0; write 0 or more"],
    );
    refused(
        PLAN,
        "excluded_ratings: [D]",
        "excluded_ratings: [D, E]",
        &["incentives/front_line.yaml:10:23: rating 'E' is not known; the ratings are A, B, C, D, S"],
    );
}

#[test]
fn improvement_rules_can_fire_and_help() {
    refused(
        IMPROVEMENT,
        "periods_below: 2",
        "periods_below: 4",
        &[
            "improvement.yaml:6:16: 4 periods below of the last 3 can never happen; lower periods_below, or raise of_periods",
        ],
    );
    let trigger = "{metric: csat_t2b, floor: 85, target: 90,";
    refused(
        IMPROVEMENT,
        trigger,
        "{metric: csat_t2b, floor: 85, target: 80,",
        &[
            "improvement.yaml:13:43: target 80 lies below floor 85, which is worse; let the target be at least as good as the floor",
        ],
    );
    refused(
        IMPROVEMENT,
        "{metric: repeat_complaint, floor: 10, target: 5,",
        "{metric: repeat_complaint, floor: 10, target: 15,",
        &[
            "improvement.yaml:21:51: target 15 lies above floor 10, which is worse; let the target be at least as good as the floor",
        ],
    );
    refused(
        IMPROVEMENT,
        trigger,
        "{metric: aht, floor: 85, target: 90,",
        &[
            "improvement.yaml:13:14: 'aht' is best inside a range, so it has no floor; remove the trigger, or use a metric with a direction",
        ],
    );
    refused(
        IMPROVEMENT,
        "metrics: [throughput, handling_index]\n    hours: 2",
        "metrics: [throughput, handling_indx]\n    hours: 0",
        &[
            "improvement.yaml:106:27: metric 'handling_indx' is not known; did you mean 'handling_index'?",
            "improvement.yaml:107:12: course 'tools_and_shortcuts' takes 0 hours; write how long it takes, above 0",
        ],
    );
    warned(
        IMPROVEMENT,
        trigger,
        "{metric: attrition, floor: 10, target: 5,",
        &[
            "improvement.yaml:13:14: warning: no course of the catalogue is meant for 'attrition'; add the metric to a course, so that an objective comes with help",
        ],
    );
}

/// When `metrics.yaml` cannot be read, nothing is said about the metrics other files name.
#[test]
fn a_broken_file_does_not_cast_doubt_on_the_others() {
    assert_eq!(
        Folder::new().write("metrics.yaml", "metrics: 1\n").refused(),
        ["metrics.yaml:1:10: 'metrics' should be a list, but is 1; write [a, b], or a line with '- ' for each item"]
    );
    refused(CARD, WEIGHT, "    wieght: 15\n", &["CARD:14:5: unknown field 'wieght'; did you mean 'weight'?"]);
}
