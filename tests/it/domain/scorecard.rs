//! Scorecards: worked examples and the edges between the four kinds of nothing.

use merit::domain::fixed::Fixed;
use merit::domain::metric::{Direction, Metric};
use merit::domain::scorecard::{
    Absence, Card, CardResult, CardState, GateEffect, Line, LineState, Scope, ScoreError, printed, score,
};

use super::build::{Facts, bands, card, fixed, gate, id, line, linear, mean, pooled, rate};

fn two_lines() -> Card {
    card(vec![line("csat", "60"), line("qa", "40")])
}

fn two_rates() -> Facts {
    Facts::of([rate("csat"), rate("qa"), rate("adherence")])
}

fn scored(card: &Card, facts: &Facts) -> CardResult {
    score(card, facts).unwrap()
}

fn with_no_data(absence: Absence) -> Card {
    let mut card = two_lines();
    card.lines[1].no_data = absence;
    card
}

fn texts(numbers: impl IntoIterator<Item = Fixed>) -> Vec<String> {
    numbers.into_iter().map(|number| number.to_string()).collect()
}

fn weights(result: &CardResult) -> Vec<String> {
    texts(result.lines.iter().map(|line| line.effective_weight))
}

fn contributions(result: &CardResult) -> Vec<String> {
    texts(result.lines.iter().map(|line| line.contribution))
}

#[test]
fn a_front_line_card_computes_as_by_hand() {
    let curve = |mut line: Line, zero: &str, full: &str| {
        line.curve = linear(&[(zero, "0"), (full, "100")]);
        line
    };
    let card = card(vec![
        curve(line("csat", "50"), "85", "90"),
        curve(line("qa", "30"), "80", "95"),
        curve(line("exam", "20"), "60", "90"),
    ]);
    let facts = Facts::of([rate("csat"), rate("qa"), mean("exam")])
        .with("csat", "131", "150", 150)
        .with("qa", "1771", "2000", 40)
        .with("exam", "88", "1", 1);
    let result = scored(&card, &facts);

    // csat 131/150 = 87.333333 % → (87.333333 − 85) / 5 = 46.66666 points → × 0.5 = 23.33333
    // qa 1771/2000 = 88.55 % → 8.55 / 15 = 57 points → × 0.3 = 17.1
    // exam 88 → 28 / 30 = 93.333333 points → × 0.2 = 18.666667
    assert_eq!(texts(result.lines.iter().map(|line| line.value.unwrap())), ["87.333333", "88.55", "88"]);
    assert_eq!(texts(result.lines.iter().map(|line| line.points.unwrap())), ["46.66666", "57", "93.333333"]);
    assert_eq!(contributions(&result), ["23.33333", "17.1", "18.666667"]);
    assert_eq!(result.subtotal, Some(fixed("59.099997")));
    assert_eq!((result.total, result.printed), (Some(fixed("59.099997")), Some(fixed("59.10"))));
    assert_eq!((result.state, result.rating.as_deref()), (CardState::Scored, Some("D")));
    assert_eq!(&*result.card, "front");
    assert!(result.lines.iter().all(|line| line.state == LineState::Measured && line.treatment.is_none()));
    assert!(result.lines[0].interval.is_some() && result.lines[2].interval.is_none());
    assert_eq!(result.lines[0].pooled, pooled("131", "150", 150));
}

#[test]
fn the_band_judges_the_printed_figure() {
    let card = card(vec![line("csat", "100")]);
    for (value, shown, band) in [
        ("89.995", "90.00", "A"),
        ("89.994999", "89.99", "B"),
        ("90", "90.00", "A"),
        ("74.995", "75.00", "B"),
        ("0", "0.00", "D"),
    ] {
        let result = scored(&card, &two_rates().with("csat", value, "100", 100));
        assert_eq!(format!("{:.2}", result.printed.unwrap()), shown);
        assert_eq!(result.rating.as_deref(), Some(band), "{value}");
    }
}

#[test]
fn zero_no_data_not_applicable_and_low_sample_are_four_things() {
    let mut card = two_lines();
    card.lines[1].min_samples = 10;
    let csat = || two_rates().with("csat", "80", "100", 100);
    let state = |facts: Facts| {
        let line = scored(&card, &facts).lines[1].clone();
        (line.state, line.treatment, line.value, line.points)
    };
    let left = Some(Absence::Redistribute);
    let zero = Some(Fixed::ZERO);
    assert_eq!(state(csat().with("qa", "0", "20", 20)), (LineState::Measured, None, zero, zero));
    assert_eq!(state(csat()), (LineState::NoData, left, None, None));
    assert_eq!(state(csat().with("qa", "0", "0", 0)), (LineState::NoData, left, None, None));
    assert_eq!(state(csat().with("qa", "0", "0", 20)), (LineState::NotApplicable, left, None, None));
    assert_eq!(state(csat().with("qa", "9", "9", 9)), (LineState::LowSample, left, Some(Fixed::HUNDRED), None));
    assert_eq!(
        state(csat().with("qa", "10", "10", 10)),
        (LineState::Measured, None, Some(Fixed::HUNDRED), Some(Fixed::HUNDRED))
    );

    let measured_zero = scored(&card, &csat().with("qa", "0", "20", 20));
    let no_data = scored(&card, &csat());
    assert_eq!((measured_zero.printed, no_data.printed), (Some(fixed("48")), Some(fixed("80"))));
}

#[test]
fn not_applicable_leaves_both_sides_whatever_the_policy() {
    for absence in [Absence::Hold, Absence::Zero, Absence::Neutral { points: fixed("50") }, Absence::Count] {
        let mut card = two_lines();
        (card.lines[1].no_data, card.lines[1].low_sample, card.lines[1].min_samples) = (absence, absence, 30);
        let facts = two_rates().with("csat", "80", "100", 100).with("qa", "0", "0", 5);
        let result = scored(&card, &facts);
        assert_eq!((result.state, result.printed), (CardState::Scored, Some(fixed("80"))));
        assert_eq!(weights(&result), ["100", "0"]);
    }
}

#[test]
fn absent_lines_are_treated_as_their_rule_says() {
    let facts = || two_rates().with("csat", "80", "100", 100);
    let redistributed = scored(&with_no_data(Absence::Redistribute), &facts());
    assert_eq!((weights(&redistributed), redistributed.printed), (vec!["100".into(), "0".into()], Some(fixed("80"))));

    let neutral = scored(&with_no_data(Absence::Neutral { points: fixed("70") }), &facts());
    assert_eq!((contributions(&neutral), neutral.printed), (vec!["48".into(), "28".into()], Some(fixed("76"))));
    assert_eq!((neutral.lines[1].points, neutral.lines[1].reading), (Some(fixed("70")), None));

    let zero = scored(&with_no_data(Absence::Zero), &facts());
    assert_eq!((contributions(&zero), zero.printed), (vec!["48".into(), "0".into()], Some(fixed("48"))));
    assert_eq!((zero.lines[1].points, zero.lines[1].value), (Some(Fixed::ZERO), None));

    let error = score(&with_no_data(Absence::Count), &facts()).unwrap_err();
    assert_eq!(error, ScoreError::CountWithoutData { card: "front".into(), metric: id("qa") });
}

#[test]
fn a_held_line_makes_the_card_wait_and_keeps_its_weight() {
    let result = scored(&with_no_data(Absence::Hold), &two_rates().with("csat", "80", "100", 100));
    assert_eq!(result.state, CardState::OnHold);
    assert_eq!((result.subtotal, result.total, result.printed, &result.rating), (None, None, None, &None));
    assert_eq!(weights(&result), ["60", "40"]);
    assert_eq!(contributions(&result), ["48", "0"]);
    assert_eq!((result.lines[1].treatment, result.lines[1].points), (Some(Absence::Hold), None));
}

#[test]
fn a_low_sample_is_counted_only_where_the_rule_says_so() {
    let mut card = two_lines();
    card.lines[1].min_samples = 30;
    let facts = || two_rates().with("csat", "80", "100", 100).with("qa", "5", "10", 10);
    let mut treated = |absence| {
        card.lines[1].low_sample = absence;
        let result = scored(&card, &facts());
        assert_eq!(result.lines[1].state, LineState::LowSample);
        assert_eq!(result.lines[1].value, Some(fixed("50")), "the value stays in sight");
        assert!(result.lines[1].interval.is_some());
        (result.state, result.printed.map(|printed| printed.to_string()), result.lines[1].reading.is_some())
    };
    assert_eq!(treated(Absence::Redistribute), (CardState::Scored, Some("80".into()), false));
    assert_eq!(treated(Absence::Count), (CardState::Scored, Some("68".into()), true));
    assert_eq!(treated(Absence::Zero), (CardState::Scored, Some("48".into()), false));
    assert_eq!(treated(Absence::Neutral { points: fixed("60") }), (CardState::Scored, Some("72".into()), false));
    assert_eq!(treated(Absence::Hold), (CardState::OnHold, None, false));
}

#[test]
fn a_card_nobody_has_data_for_is_not_a_zero() {
    let result = scored(&two_lines(), &two_rates());
    assert_eq!(result.state, CardState::InsufficientData);
    assert_eq!((result.subtotal, result.total, result.printed, &result.rating), (None, None, None, &None));
    assert_eq!(
        (weights(&result), contributions(&result)),
        (vec!["0".into(), "0".into()], vec!["0".into(), "0".into()])
    );
}

#[test]
fn weights_are_redistributed_by_largest_remainder_and_ties_go_to_the_earlier_line() {
    let thirds = card(vec![line("a", "25"), line("b", "25"), line("c", "25"), line("d", "25")]);
    let facts = ["a", "b", "c"]
        .iter()
        .fold(Facts::of(["a", "b", "c", "d"].map(rate)), |facts, name| facts.with(name, "1", "1", 1));
    assert_eq!(weights(&scored(&thirds, &facts)), ["33.333334", "33.333333", "33.333333", "0"]);

    let uneven = card(vec![line("d", "1"), line("a", "20"), line("b", "30"), line("c", "49")]);
    // 20/99, 30/99 and 49/99 of 100 = 20.20…20|2, 30.30…30|3, 49.49…49|5: the missing millionth goes to the last.
    assert_eq!(
        weights(&scored(&uneven, &facts)),
        ["0", "20.202020", "30.303030", "49.494950"].map(|text| fixed(text).to_string())
    );
}

#[test]
fn gates_judge_the_figure_people_see_and_cap_total_and_rating() {
    let facts = |adherence: &str| {
        two_rates().with("csat", "95", "100", 100).with("qa", "95", "100", 100).with("adherence", adherence, "100", 100)
    };
    let mut capped = two_lines();
    capped.gates = vec![gate("adherence", "85", GateEffect::CapTotal { at: fixed("59.99") })];
    let total = |adherence: &str| {
        let result = scored(&capped, &facts(adherence));
        (
            result.gates[0].passed,
            result.subtotal.unwrap().to_string(),
            result.printed.unwrap().to_string(),
            result.rating.unwrap(),
        )
    };
    assert_eq!(total("84.994"), (Some(false), "95".into(), "59.99".into(), "D".into()));
    assert_eq!(total("84.995"), (Some(true), "95".into(), "95".into(), "A".into()), "shown as 85.00 %");
    assert_eq!(scored(&capped, &facts("84.994")).gates[0].value, Some(fixed("84.994")), "the precise value is kept");

    let mut card = two_lines();
    card.gates = vec![gate("adherence", "85", GateEffect::CapRating { at: "C".into() })];
    let result = scored(&card, &facts("10"));
    assert_eq!((result.printed, result.rating.as_deref()), (Some(fixed("95")), Some("C")));
    let low =
        two_rates().with("csat", "10", "100", 100).with("qa", "10", "100", 100).with("adherence", "10", "100", 100);
    assert_eq!(scored(&card, &low).rating.as_deref(), Some("D"), "a cap never lifts");
}

#[test]
fn a_gate_that_zeroes_a_line_leaves_points_and_weight_in_sight() {
    let mut card = two_lines();
    card.gates = vec![gate("qa", "80", GateEffect::ZeroLine { line: "csat".into() })];
    let result = scored(&card, &two_rates().with("csat", "90", "100", 100).with("qa", "50", "100", 100));
    assert_eq!(
        (contributions(&result), weights(&result)),
        (vec!["0".into(), "20".into()], vec!["60".into(), "40".into()])
    );
    assert_eq!(result.lines[0].points, Some(fixed("90")));
    assert_eq!((result.subtotal, result.total), (Some(fixed("20")), Some(fixed("20"))));
}

#[test]
fn several_gates_apply_together_and_upper_limits_count() {
    let mut card = two_lines();
    card.gates = vec![
        gate("adherence", "85", GateEffect::CapTotal { at: fixed("80") }),
        gate("adherence", "90", GateEffect::CapTotal { at: fixed("70") }),
        gate("adherence", "85", GateEffect::CapRating { at: "C".into() }),
    ];
    card.gates[1].at_least = None;
    card.gates[1].at_most = Some(fixed("50"));
    let facts =
        two_rates().with("csat", "95", "100", 100).with("qa", "95", "100", 100).with("adherence", "60", "100", 100);
    let result = scored(&card, &facts);
    assert_eq!((result.printed, result.rating.as_deref()), (Some(fixed("70")), Some("C")));
    assert!(result.gates.iter().all(|gate| gate.passed == Some(false)));
}

#[test]
fn a_gate_is_not_judged_on_too_little() {
    let mut card = two_lines();
    card.gates = vec![gate("adherence", "85", GateEffect::CapTotal { at: Fixed::ZERO })];
    card.gates[0].min_samples = 20;
    let facts = || two_rates().with("csat", "80", "100", 100).with("qa", "80", "100", 100);
    for (facts, value) in [
        (facts(), None),
        (facts().with("adherence", "0", "0", 50), None),
        (facts().with("adherence", "1", "19", 19), Some(fixed("5.263158"))),
    ] {
        let result = scored(&card, &facts);
        assert_eq!((result.gates[0].passed, result.gates[0].value), (None, value));
        assert_eq!(result.printed, Some(fixed("80")));
    }
    let judged = scored(&card, &facts().with("adherence", "1", "20", 20));
    assert_eq!((judged.gates[0].passed, judged.printed), (Some(false), Some(Fixed::ZERO)));
}

#[test]
fn a_line_measures_the_scope_it_names() {
    let mut card = two_lines();
    card.lines[1].metric = id("csat");
    card.lines[1].scope = Scope::Unit;
    let facts =
        two_rates().with("csat", "90", "100", 100).with_pooled("csat", Scope::Unit, pooled("700", "1000", 1000));
    assert_eq!(contributions(&scored(&card, &facts)), ["54", "28"]);
}

#[test]
fn what_the_rules_should_have_caught_is_an_error() {
    let facts = two_rates().with("csat", "80", "100", 100).with("qa", "80", "100", 100);
    let unknown = card(vec![line("nps", "100")]);
    let error = score(&unknown, &facts).unwrap_err();
    assert_eq!(error, ScoreError::UnknownMetric { card: "front".into(), metric: id("nps") });
    assert_eq!(
        error.to_string(),
        "card 'front' uses the metric 'nps', which the rules do not define: define it or correct the name"
    );
    let mut gated = two_lines();
    gated.gates = vec![gate("nps", "1", GateEffect::CapTotal { at: Fixed::ZERO })];
    assert!(matches!(score(&gated, &facts), Err(ScoreError::UnknownMetric { .. })));
    gated.gates = vec![gate("qa", "90", GateEffect::CapRating { at: "S".into() })];
    assert!(matches!(score(&gated, &facts), Err(ScoreError::UnknownBand { band, .. }) if *band == *"S"));

    let mut cornerless = two_lines();
    cornerless.lines[0].curve = linear(&[]);
    assert!(matches!(score(&cornerless, &facts), Err(ScoreError::CurveWithoutCorner { .. })));
    let huge = two_rates().with("csat", "9000000000000", "0.000001", 100);
    assert_eq!(
        score(&two_lines(), &huge).unwrap_err(),
        ScoreError::Overflow { card: "front".into(), metric: id("csat") }
    );
}

#[test]
fn lower_is_better_is_a_matter_of_the_curve() {
    let mut card = card(vec![line("reopen", "100")]);
    card.lines[0].curve = linear(&[("2", "100"), ("5", "0")]);
    let metric = Metric { direction: Direction::LowerIsBetter, ..rate("reopen") };
    assert_eq!(scored(&card, &Facts::of([metric]).with("reopen", "3", "100", 100)).printed, Some(fixed("66.67")));
}

#[test]
fn a_total_below_every_band_has_no_rating() {
    let mut card = card(vec![line("csat", "100")]);
    card.bands = bands(&[("A", "50")]);
    assert_eq!(scored(&card, &two_rates().with("csat", "49", "100", 100)).rating, None);
}

#[test]
fn printing_is_rounding_to_two_decimals() {
    assert_eq!(printed(fixed("89.995")), fixed("90"));
}
