//! What a card must be before it may score anybody.

use merit::domain::fixed::Fixed;
use merit::domain::scorecard::{
    Absence, Card, CardError, Fallback, GateEffect, Line, Measure, Outside, check_bands, check_card, check_weights,
};

use super::build::{bands, card, fixed, gate, id, line, linear};

fn good() -> Card {
    let mut card = card(vec![line("csat", "60"), line("qa", "40")]);
    card.gates = vec![
        gate("adherence", "85", GateEffect::CapTotal { at: fixed("59.99") }),
        gate("adherence", "85", GateEffect::CapRating { at: "C".into() }),
        gate("adherence", "85", GateEffect::ZeroLine { line: "qa".into() }),
    ];
    card
}

fn errors(change: impl FnOnce(&mut Card)) -> Vec<CardError> {
    let mut card = good();
    change(&mut card);
    check_card(&card)
}

#[test]
fn a_good_card_has_no_errors() {
    assert_eq!(check_card(&good()), []);
}

#[test]
fn weights_must_be_exactly_a_hundred() {
    assert_eq!(check_weights(&[]), Err(CardError::NoLines));
    let sum = |weights: &[&str]| check_weights(&weights.iter().map(|weight| line("m", weight)).collect::<Vec<_>>());
    assert_eq!(sum(&["30", "70"]), Ok(()));
    assert_eq!(sum(&["33.333333", "33.333333", "33.333334"]), Ok(()));
    assert_eq!(sum(&["30", "69.99"]), Err(CardError::WeightsNotHundred { sum: fixed("99.99") }));
    assert_eq!(sum(&["30", "70.000001"]), Err(CardError::WeightsNotHundred { sum: fixed("100.000001") }));
    assert_eq!(sum(&["100", "0"]), Err(CardError::WeightNotPositive { metric: id("m"), weight: Fixed::ZERO }));
    assert!(matches!(sum(&["110", "-10"]), Err(CardError::WeightNotPositive { .. })));
    assert_eq!(sum(&["9000000000000", "9000000000000"]), Err(CardError::WeightsOverflow));
    assert_eq!(
        sum(&["30", "69.99"]).unwrap_err().to_string(),
        "the weights of the lines add up to 99.99: make it exactly 100"
    );
}

#[test]
fn bands_must_leave_no_total_without_a_band() {
    assert_eq!(check_bands(&[]), Err(CardError::NoBands));
    let check = |pairs: &[(&str, &str)]| check_bands(&bands(pairs)).unwrap_err();
    assert_eq!(check(&[("D", "1")]), CardError::BandGap { band: "D".into(), from: fixed("1") });
    assert!(
        matches!(check(&[("D", "0"), ("C", "70"), ("B", "60")]), CardError::BandsNotAscending { band, .. } if *band == *"B")
    );
    assert!(matches!(check(&[("D", "0"), ("C", "60"), ("B", "60")]), CardError::BandsNotAscending { .. }));
    assert_eq!(
        check(&[("D", "0"), ("C", "59.995")]),
        CardError::BandTooPrecise { band: "C".into(), from: fixed("59.995") }
    );
    assert_eq!(check(&[("D", "0"), ("D", "60")]), CardError::DuplicateBand { band: "D".into() });
    assert_eq!(check_bands(&bands(&[("D", "-1"), ("C", "60")])), Ok(()));
}

#[test]
fn lines_must_be_measurable() {
    let csat = || id("csat");
    assert!(
        matches!(&errors(|card| card.lines[0].curve = linear(&[]))[..], [CardError::Curve { metric, .. }] if *metric == csat())
    );
    assert_eq!(errors(|card| card.lines[0].no_data = Absence::Count), [CardError::CountWithoutData { metric: csat() }]);
    assert_eq!(errors(|card| card.lines[0].low_sample = Absence::Count), []);
    let points = fixed("-1");
    assert_eq!(
        errors(|card| card.lines[0].no_data = Absence::Neutral { points }),
        [CardError::NegativeNeutral { metric: csat(), points }]
    );
    assert_eq!(
        errors(|card| card.lines[0].min_samples = -1),
        [CardError::NegativeSamples { metric: csat(), min_samples: -1 }]
    );
    let duplicate = errors(|card| {
        card.gates.clear();
        card.lines[1].id = "csat".into();
    });
    assert_eq!(duplicate, [CardError::DuplicateLine { line: "csat".into() }]);
    let same_metric = errors(|card| card.lines[1].metric = id("csat"));
    assert_eq!(same_metric, [], "two lines of one metric have an id each");
}

#[test]
fn points_must_stay_within_what_the_card_allows() {
    let up_to = fixed("100");
    let above = |points: &str| CardError::PointsAbove { line: "csat".into(), points: fixed(points), up_to };
    let curve = linear(&[("0", "0"), ("1", "101")]);
    assert_eq!(errors(|card| card.lines[0].curve = curve.clone()), [above("101")]);
    assert_eq!(errors(|card| card.lines[0].cap = Some(fixed("100.5"))), [above("100.5")]);
    let allowed = errors(|card| (card.lines[0].curve, card.points_up_to) = (curve.clone(), fixed("101")));
    assert_eq!(allowed, []);
    for up_to in ["99.99", "200.01"].map(fixed) {
        assert_eq!(errors(|card| card.points_up_to = up_to), [CardError::PointsUpTo { up_to }]);
    }
    let (floor, cap) = (fixed("60"), fixed("50"));
    assert_eq!(
        errors(|card| (card.lines[0].floor, card.lines[0].cap) = (Some(floor), Some(cap))),
        [CardError::Limits { line: "csat".into(), floor, cap }]
    );
}

#[test]
fn lines_outside_have_a_cap_and_no_weight() {
    let outside = |change: fn(&mut Line)| {
        errors(|card| {
            let mut praise = line("praise", "0");
            (praise.outside, praise.cap) = (Some(Outside::Bonus), Some(fixed("5")));
            change(&mut praise);
            card.lines.push(praise);
        })
    };
    let praise = || "praise".into();
    assert_eq!(outside(|_| {}), []);
    assert_eq!(outside(|line| line.low_sample = Absence::Count), []);
    assert_eq!(outside(|line| line.cap = None), [CardError::OutsideWithoutCap { line: praise() }]);
    let weight = fixed("5");
    assert_eq!(outside(|line| line.weight = fixed("5")), [CardError::WeightOutside { line: praise(), weight }]);
    assert_eq!(outside(|line| line.no_data = Absence::Hold), [CardError::OutsideTreatment { line: praise() }]);
    let only_outside = errors(|card| {
        card.gates.clear();
        for line in &mut card.lines {
            (line.outside, line.cap, line.weight) = (Some(Outside::Penalty), Some(fixed("5")), Fixed::ZERO);
        }
    });
    assert_eq!(only_outside, [CardError::NoLines]);
}

#[test]
fn shrinking_and_carrying_make_sense() {
    let csat = || "csat".into();
    let strength = Fixed::ZERO;
    assert_eq!(
        errors(|card| card.lines[0].shrink_strength = Some(strength)),
        [CardError::ShrinkStrength { line: csat(), strength }]
    );
    assert_eq!(
        errors(|card| (card.lines[0].shrink_strength, card.lines[0].measure) = (Some(fixed("20")), Measure::Index)),
        [CardError::ShrunkIndex { line: csat() }]
    );
    let points = fixed("-1");
    let otherwise = Fallback::Neutral { points };
    assert_eq!(
        errors(|card| card.lines[0].no_data = Absence::Carry { otherwise }),
        [CardError::NegativeNeutral { metric: id("csat"), points }]
    );
}

#[test]
fn gates_must_name_what_exists_and_be_passable() {
    let metric = id("adherence");
    assert_eq!(errors(|card| card.gates[0].at_least = None), [CardError::GateWithoutLimit { metric: metric.clone() }]);
    let (at_least, at_most) = (fixed("85"), fixed("80"));
    assert_eq!(
        errors(|card| card.gates[0].at_most = Some(at_most)),
        [CardError::GateNeverPassed { metric: metric.clone(), at_least, at_most }]
    );
    let limit = fixed("84.995");
    assert_eq!(
        errors(|card| card.gates[0].at_least = Some(limit)),
        [CardError::GateTooPrecise { metric: metric.clone(), limit }]
    );
    let at = fixed("-1");
    assert_eq!(
        errors(|card| card.gates[0].effect = GateEffect::CapTotal { at }),
        [CardError::GateCapsBelowZero { metric: metric.clone(), at }]
    );
    assert_eq!(
        errors(|card| card.gates[1].effect = GateEffect::CapRating { at: "S".into() }),
        [CardError::GateUnknownBand { metric: metric.clone(), band: "S".into() }]
    );
    assert_eq!(
        errors(|card| card.gates[2].effect = GateEffect::ZeroLine { line: "nps".into() }),
        [CardError::GateUnknownLine { metric, line: "nps".into() }]
    );
}

#[test]
fn all_errors_are_reported_at_once() {
    let found = errors(|card| {
        card.lines[0].weight = fixed("50");
        card.lines[1].no_data = Absence::Count;
        card.bands = bands(&[("A", "10")]);
    });
    // The rating cap names a band that is no longer there.
    assert_eq!(found.len(), 4, "{found:?}");
}
