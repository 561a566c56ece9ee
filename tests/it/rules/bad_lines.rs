//! Lines that carry, shrink, are indexes or stand outside the weights, in ways that make no sense: each message, to the letter.

use merit::domain::scorecard::Absence;

use super::Folder;

const CARD: &str = "scorecards/expert_hotline.yaml";

#[track_caller]
fn refused(file: &str, from: &str, to: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|line| line.replace("CARD:", &format!("{CARD}:"))).collect();
    assert_eq!(Folder::new().edit(file, from, to).refused(), expected);
}

#[track_caller]
fn warned(from: &str, to: &str, expected: &[&str]) {
    let folder = Folder::new().edit(CARD, from, to);
    let warnings = folder.lines(&folder.load().warnings);
    let expected: Vec<String> = expected.iter().map(|line| line.replace("CARD:", &format!("{CARD}:"))).collect();
    assert_eq!(warnings, expected);
}

#[test]
fn a_line_is_weighted_or_outside() {
    refused(
        CARD,
        "    weight: 10\n    curve: {kind: linear, points: [[60, 0], [90, 100]]}\n",
        "    curve: {kind: linear, points: [[60, 0], [90, 100]]}\n",
        &[
            "CARD:34:5: field 'weight' of item 5 of 'lines' is missing; add it, or say 'outside: bonus' or 'outside: penalty'",
        ],
    );
    refused(
        CARD,
        "    outside: bonus\n",
        "    outside: bonus\n    weight: 5\n",
        &["CARD:41:5: a line outside the weights has no weight of its own; take the weight away, or 'outside'"],
    );
    refused(
        CARD,
        "    cap: 5\n",
        "    no_data: hold\n    low_sample: {neutral: 3}\n",
        &[
            "CARD:40:5: a line outside the weights needs a cap; add 'cap', the most points of the total it can move",
            "CARD:41:5: a line outside the weights contributes nothing without enough data; leave this out",
            "CARD:42:5: a line outside the weights contributes nothing without enough data; leave this out",
        ],
    );
}

#[test]
fn points_stay_within_what_the_card_allows() {
    refused(
        CARD,
        "points_up_to: 105",
        "points_up_to: 201",
        &["CARD:9:15: 201 points are outside 100 to 200; 100 points are full marks; write at least that"],
    );
    refused(
        CARD,
        "    floor: 20 #",
        "    cap: 106\n    floor: 107 #",
        &[
            "CARD:32:10: 106 points are outside 0 to 105; 100 points are full marks; 'points_up_to' of the card allows more",
            "CARD:33:12: 107 points are outside 0 to 105; 100 points are full marks; 'points_up_to' of the card allows more",
            "CARD:33:12: the floor of 107 points lies above the cap of 106; lower the floor, or raise the cap",
        ],
    );
    refused(
        "scorecards/front_line.yaml",
        "points: [[60, 0], [90, 100]]",
        "points: [[60, 0], [90, 105]]",
        &[
            "scorecards/front_line.yaml:39:50: 105 points are outside 0 to 100; 100 points are full marks; to reward beyond them, say so with 'points_up_to' of the card",
        ],
    );
}

#[test]
fn ids_tell_lines_of_one_metric_apart() {
    refused(
        CARD,
        "  - id: handle_time_index\n",
        "  - id: fcr_index\n",
        &[
            "CARD:27:9: this card has a line 'fcr_index' already; join the two lines into one, or give one an id of its own",
        ],
    );
    let folder = Folder::new().edit(CARD, "  - metric: exam #", "  - id: fcr_repeat\n    metric: fcr_repeat #");
    let card = folder.refused();
    assert!(card.iter().all(|problem| !problem.contains("already")), "{card:?}");
}

#[test]
fn an_index_does_not_shrink_and_only_an_index_lacks_a_benchmark() {
    refused(
        CARD,
        "    floor: 20 #",
        "    shrink: {strength: 0} #",
        &[
            "CARD:32:5: an index is compared with a benchmark already, so it is not drawn toward the peer group too; leave one of the two out",
            "CARD:32:24: strength 0 is not above 0; write how many cases the peer group's value weighs",
        ],
    );
    refused(
        CARD,
        "    no_data: carry\n",
        "    no_data: carry\n    no_benchmark: hold\n",
        &["CARD:39:5: only an index needs a benchmark; leave this out, or say 'measure: index'"],
    );
    refused(
        CARD,
        "    floor: 20 #",
        "    no_benchmark: count\n    no_data: {carry_or: {neutral: 120}} #",
        &[
            "CARD:32:19: without a benchmark there is no value to count; use redistribute, hold, zero, carry or {neutral: points}",
            "CARD:33:35: 120 points are outside 0 to 100; 100 points are full marks",
        ],
    );
}

#[test]
fn carrying_says_what_happens_where_there_is_nothing_to_carry() {
    let treatment = |written: &str| {
        let folder = Folder::new().edit(CARD, "no_data: carry\n", written);
        let card = folder.load().ruleset.card("expert_hotline").unwrap().clone();
        format!("{:?}", card.lines.iter().find(|line| &*line.id == "exam").unwrap().no_data)
    };
    assert_eq!(treatment("no_data: carry\n"), "Carry { otherwise: Redistribute }");
    assert_eq!(treatment("no_data: {carry_or: hold}\n"), "Carry { otherwise: Hold }");
    assert_eq!(treatment("no_data: {carry_or: {neutral: 60}}\n"), "Carry { otherwise: Neutral { points: 60 } }");
    assert_eq!(treatment("no_data: hold\n"), format!("{:?}", Absence::Hold));
}

#[test]
fn steps_of_rates_say_how_often_chance_misjudges() {
    let curve = "{kind: linear, points: [[85, 0], [90, 100]]}";
    let mend = "use kind: linear, unless the jump is agreed";
    warned(
        curve,
        "{kind: step, steps: [[85, 60], [90, 100]]}",
        &[
            &format!(
                "CARD:14:33: warning: a cliff: at 85 the points jump from 0 to 60, and an agent whose true rate is 85 % gets less than 60 in 43.2 % of periods at 100 samples; {mend}"
            ),
            &format!(
                "CARD:14:43: warning: a cliff: at 90 the points jump from 60 to 100, and an agent whose true rate is 90 % gets less than 100 in 41.7 % of periods at 100 samples; {mend}"
            ),
        ],
    );
    warned(
        &format!("{curve}\n    min_samples: 15\n"),
        "{kind: step, steps: [[90, 100]]}\n    min_samples: 15\n    typical_samples: 30\n",
        &[&format!(
            "CARD:14:33: warning: a cliff: at 90 the points jump from 0 to 100, and an agent whose true rate is 90 % gets less than 100 in 35.3 % of periods at 30 samples; {mend}"
        )],
    );
    let folder = Folder::new().edit(CARD, "points_up_to: 105", "points_up_to: 105\ntypical_samples: 1000").edit(
        CARD,
        curve,
        "{kind: step, steps: [[90, 100]]}",
    );
    let warnings = folder.lines(&folder.load().warnings);
    assert!(warnings.len() == 1 && warnings[0].contains("47.3 % of periods at 1000 samples"), "{warnings:?}");
}

#[test]
fn where_lower_is_better_chance_gives_more() {
    let folder = Folder::new().edit(
        "scorecards/back_office.yaml",
        "{kind: linear, points: [[2, 100], [5, 0]]}",
        "{kind: step, steps: [[0, 100], [5, 0]]}",
    );
    let warnings = folder.lines(&folder.load().warnings);
    let expected =
        "at 5 the points jump from 100 to 0, and an agent whose true rate is 5 % gets more than 0 in 43.6 % of periods";
    assert!(warnings.iter().any(|warning| warning.contains(expected)), "{warnings:?}");
}

#[test]
fn standard_deviations_say_something() {
    refused(
        "metrics.yaml",
        "standard_deviation: 240",
        "standard_deviation: 0",
        &[
            "metrics.yaml:156:25: standard deviation 0 is outside 0 to 1000000000; write that of one case, in the metric's unit",
        ],
    );
    refused(
        "metrics.yaml",
        "    kind: rate\n    direction: higher_is_better\n    examples:\n      - {numerator: 88,",
        "    kind: rate\n    direction: higher_is_better\n    standard_deviation: 3\n    examples:\n      - {numerator: 88,",
        &[
            "metrics.yaml:18:5: the interval of a rate follows from its cases; leave the standard deviation out, or say 'kind: mean'",
        ],
    );
}

#[test]
fn examples_name_lines_the_card_has() {
    refused(
        CARD,
        "{line: exam, points: 80",
        "{line: exams, points: 80",
        &["CARD:96:16: this card has no line 'exams'; correct metric and scope"],
    );
    refused(
        CARD,
        "      - {metric: csat_t2b, numerator: 8600, denominator: 10000}",
        "      - {metric: nps, numerator: 8600, denominator: 10000}",
        &[
            "CARD:88:18: this card has neither a line nor a gate for 'nps' in this scope; leave the fact out, or correct metric and scope",
        ],
    );
}
