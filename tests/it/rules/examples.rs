//! Examples that do not come out as written are problems at their place.

use merit::rules::run_examples;

use super::Folder;

const MEND: &str = "correct the example, or the rule that it shows";

#[track_caller]
fn wrong(file: &str, from: &str, to: &str, expected: &[&str]) {
    let folder = Folder::new().edit(file, from, to);
    let problems = folder.lines(&run_examples(&folder.load()));
    let expected: Vec<String> = expected.iter().map(|line| format!("{file}:{}", line.replace("MEND", MEND))).collect();
    assert_eq!(problems, expected);
}

#[test]
fn of_metrics() {
    wrong(
        "metrics.yaml",
        "numerator: 88, denominator: 100, value: 88",
        "numerator: 88, denominator: 100, value: 87.9, interval: [80.19, 93.01]",
        &[
            "19:50: example 1 of 'csat_t2b': value: the rules give 88, the example says 87.9; MEND",
            "19:74: example 1 of 'csat_t2b': upper end of the interval: the rules give 93, the example says 93.01; MEND",
        ],
    );
    wrong(
        "metrics.yaml",
        "{numerator: 0, denominator: 0}",
        "{numerator: 0, denominator: 0, value: 0}",
        &["21:47: example 3 of 'csat_t2b': value: the rules give none, the example says 0; MEND"],
    );
}

#[test]
fn of_scorecards() {
    wrong(
        "scorecards/middle_desk.yaml",
        "{kind: linear, points: [[60, 0], [90, 100]]}",
        "{kind: linear, points: [[54, 0], [90, 100]]}",
        &[
            "80:32: example 'An ordinary quarter': points of 'exam': the rules give 83.333333, the example says 80; MEND",
            "83:12: example 'An ordinary quarter': total: the rules give 69, the example says 68.83; MEND",
            "97:12: example 'One case of the regulator came late': total: the rules give 69, the example says 68.83; MEND",
        ],
    );
    wrong(
        "scorecards/middle_desk.yaml",
        "numerator: 5, denominator: 6}",
        "numerator: 6, denominator: 6}",
        &[
            "96:9: example 'One case of the regulator came late': 'passed' of gate 'regulatory_15d': the rules give true, the example says false; MEND",
            "98:13: example 'One case of the regulator came late': rating: the rules give B, the example says C; MEND",
        ],
    );
    wrong(
        "scorecards/front_line.yaml",
        "facts: []\n",
        "facts: [{metric: csat_t2b, numerator: 88, denominator: 100}]\n",
        &[
            "129:5: example 'Nothing was measured': rating: the rules give B, the example says none; MEND",
            "129:5: example 'Nothing was measured': total: the rules give 60, the example says none; MEND",
            "132:9: example 'Nothing was measured': points of 'csat_t2b': the rules give 60, the example says none; MEND",
            "132:9: example 'Nothing was measured': state of 'csat_t2b': the rules give measured, the example says no_data; MEND",
            "133:12: example 'Nothing was measured': state: the rules give scored, the example says insufficient_data; MEND",
        ],
    );
}

#[test]
fn of_incentive_plans() {
    wrong(
        "incentives/back_office.yaml",
        "prorate_fte: true",
        "prorate_fte: true\nfloor_percent: 115",
        &[
            "25:13: example 'A whole quarter at full time': amount: the rules give 6210.00 CNY, the example says 5940.00 CNY; MEND",
        ],
    );
    wrong(
        "incentives/back_office.yaml",
        "rating: A",
        "rating: D",
        &[
            "17:5: example 'A whole quarter at full time': withheld: the rules give excluded_rating, the example says none; MEND",
            "24:13: example 'A whole quarter at full time': amount: the rules give 0.00 CNY, the example says 5940.00 CNY; MEND",
        ],
    );
    wrong(
        "incentives/back_office.yaml",
        "amount: 5940",
        "amount: 5940.001",
        &[
            "24:13: example 'A whole quarter at full time': '5940.001' has 3 decimals, but CNY has 2: round it first; write an amount of that currency",
        ],
    );
    wrong(
        "incentives/back_office.yaml",
        "currency: CNY",
        "currency: RMB",
        &[
            "21:15: example 'A whole quarter at full time': 'RMB' is not a currency code of ISO 4217 that Merit knows (three capital letters, such as CNY); write a code of ISO 4217, as CNY",
        ],
    );
}

#[test]
fn of_improvement_rules() {
    wrong(
        "improvement.yaml",
        "duration_days: 60",
        "duration_days: 61",
        &[
            "127:59: example 'Two of three quarters below 85 %, and no doubt about the last one': due of 'csat_t2b': the rules give 2023-12-01, the example says 2023-11-30; MEND",
            "168:66: example 'Lower is better, so worse means above the floor': due of 'repeat_complaint': the rules give 2023-12-01, the example says 2023-11-30; MEND",
        ],
    );
    wrong(
        "improvement.yaml",
        "periods_below: 2",
        "periods_below: 1",
        &[
            "147:17: example 'One bad quarter is not enough': metrics of the objectives: the rules give csat_t2b, the example says none; MEND",
        ],
    );
}

#[test]
fn of_sources_stand_ready_with_their_places() {
    let folder = Folder::new();
    let loaded = folder.load();
    let source = loaded.placed_sources().find(|source| source.spec.id == "tickets").unwrap();
    let (index, example) = source.examples().next().unwrap();
    assert_eq!(example.rows.len(), 3);
    assert_eq!(example.facts.len(), 2);
    let problem = source.example_problem(index, "it does not come out", MEND);
    assert_eq!(folder.lines(&[problem]), [format!("sources/tickets.yaml:42:5: it does not come out; {MEND}")]);
    let problem = source.problem("/facts", "the query fails", "correct it");
    assert_eq!(folder.lines(&[problem]), ["sources/tickets.yaml:31:3: the query fails; correct it"]);
}

/// A problem inside one example stands at the line that is wrong, not at the example's first.
#[test]
fn absent_parts_stand_at_the_example() {
    wrong(
        "incentives/back_office.yaml",
        "    amount: 5940\n",
        "    amount: 5940\n    withheld: no_target\n",
        &[
            "25:15: example 'A whole quarter at full time': withheld: the rules give none, the example says no_target; MEND",
        ],
    );
}
