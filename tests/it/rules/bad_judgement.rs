//! Forms, and cards that refer to them, that make no sense: each message, to the letter.

use merit::rules::run_examples;

use super::Folder;

const FORM: &str = "judgement/conduct.yaml";
const CARD: &str = "scorecards/supervisor.yaml";
const PEERS: &str = "{group: peer, weight: 25, min_raters: 3,";

#[track_caller]
fn refused(file: &str, from: &str, to: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|line| format!("{file}:{line}")).collect();
    assert_eq!(Folder::new().edit(file, from, to).refused(), expected);
}

#[test]
fn weights_add_up_to_100() {
    refused(
        FORM,
        "    weight: 30\n",
        "    weight: 29\n",
        &["35:1: the weights of the items add up to 99, not to 100; change one or several of them"],
    );
    refused(
        FORM,
        PEERS,
        "{group: peer, weight: 26, min_raters: 3,",
        &["67:1: the weights of the groups add up to 101, not to 100; change one or several of them"],
    );
}

#[test]
fn groups_scale_and_points_make_sense() {
    refused(
        FORM,
        PEERS,
        "{group: peer, weight: 25, min_raters: 2,",
        &[
            "69:43: the group 'peer' is anonymous from 2 raters on, so that one can work out what the other said; let min_raters be at least 3",
        ],
    );
    refused(
        FORM,
        PEERS,
        "{group: supervisor, weight: 25, min_raters: 3,",
        &["69:13: the group 'supervisor' is there already; join the two"],
    );
    refused(
        FORM,
        "  - value: 2\n",
        "  - value: 1\n",
        &["14:12: the level 1 follows 1; list levels by ascending value, each value once"],
    );
    refused(
        FORM,
        "unjudged: measured",
        "points: [[1, 0], [4, 100]]\nunjudged: measured",
        &["73:1: the points do not begin at the lowest level and end at the highest; let them run from 1 to 5"],
    );
    refused(
        FORM,
        "unjudged: measured",
        "points: [[1, 20], [3, 10], [5, 100]]\nunjudged: measured",
        &["73:23: a better rating gives fewer points, 10 after 20; let points never fall"],
    );
    refused(
        FORM,
        "unjudged: measured",
        "unjudged: zero",
        &["73:11: 'unjudged' is 'zero', not one of measured, hold; choose one of them"],
    );
}

#[test]
fn cards_name_a_form_that_is_there_and_a_share_that_leaves_room() {
    refused(
        CARD,
        "{form: conduct, share: 20}",
        "{form: conducts, share: 20}",
        &["62:19: form 'conducts' is not known; did you mean 'conduct'?"],
    );
    refused(
        CARD,
        "{form: conduct, share: 20}",
        "{form: conduct, share: 100}",
        &[
            "62:35: a share of 100 is not between 0 and 100; write the percent of the card that is judged; the lines have the rest",
        ],
    );
    refused(
        CARD,
        "{item: expertise, group: supervisor, values: [5]}",
        "{item: expertice, group: supervisor, values: [6]}",
        &[
            "117:16: form 'conduct' has no item 'expertice'; did you mean 'expertise'?",
            "117:55: 6 is not a level of the scale; its levels are 1, 2, 3, 4, 5",
        ],
    );
    refused(
        "scorecards/front_line.yaml",
        "    facts: []\n",
        "    facts: []\n    ratings: [{item: expertise, group: peer, values: [5]}]\n",
        &["131:5: this card has no judged part; leave the ratings out, or add 'judgement'"],
    );
}

#[test]
fn a_form_nobody_uses_is_a_warning() {
    let folder = Folder::new();
    let card = std::fs::read_to_string(folder.file(CARD)).unwrap();
    let (before, _) = card.split_once("\nexamples:").unwrap();
    let folder = folder.write(CARD, before.replace("judgement: {form: conduct, share: 20}", ""));
    assert_eq!(
        folder.lines(&folder.load().warnings),
        [
            "judgement/conduct.yaml:5:5: warning: no scorecard is judged by form 'conduct', so its ratings never count; add 'judgement: {form: conduct, share: 20}' to a card, or remove the form"
        ]
    );
}

#[test]
fn examples_that_do_not_come_out_are_problems_at_their_place() {
    let wrong = |file: &str, from: &str, to: &str| {
        let folder = Folder::new().edit(file, from, to);
        folder.lines(&run_examples(&folder.load()))
    };
    let mend = "correct the example, or the rule that it shows";
    assert_eq!(
        wrong(FORM, "mean: 3.666667", "mean: 3.67"),
        [format!(
            "{FORM}:92:33: example 'All four groups rated one item, and the supervisor the others': mean of 'ownership' by group 'peer': the rules give 3.666667, the example says 3.67; {mend}"
        )]
    );
    assert_eq!(
        wrong(CARD, "judged: 88.875533", "judged: 88.88"),
        [format!(
            "{CARD}:119:13: example 'The same quarter, rated by the manager, three peers and four members of the team': points of the judged part: the rules give 88.875533, the example says 88.88; {mend}"
        )]
    );
}

#[test]
fn every_figure_of_a_form_is_part_of_the_rules() {
    let hash = |folder: Folder| folder.load().ruleset.hash;
    let before = hash(Folder::new());
    for (from, to) in [
        ("unjudged: measured", "unjudged: hold"),
        (PEERS, "{group: peer, weight: 25, min_raters: 4,"),
        ("zh: 堪为表率", "zh: 表率"),
    ] {
        assert_ne!(hash(Folder::new().edit(FORM, from, to)), before);
    }
    assert_eq!(hash(Folder::new().edit(FORM, "- name: Nobody has rated yet", "- name: Nobody rated")), before);
}
