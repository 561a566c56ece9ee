//! The parts of the fairness simulation that are plain arithmetic.

use std::collections::BTreeMap;

use merit::domain::curve::{Corner, Curve};
use merit::domain::fairness::{
    DrawnLine, Group, Spread, alone, cliff, judge, main_line, shrunk, true_values, value_at,
};
use merit::domain::fixed::Fixed;
use merit::domain::metric::{Metric, MetricId};
use merit::domain::scorecard::{Card, Line};

use super::build::{bands, card, fixed, line, linear, mean, rate};

fn metrics() -> BTreeMap<MetricId, Metric> {
    [rate("csat"), rate("fcr"), mean("exam")].into_iter().map(|metric| (metric.id.clone(), metric)).collect()
}

fn example() -> Card {
    let curve = || linear(&[("85", "0"), ("90", "100")]);
    let lines = vec![
        Line { curve: linear(&[("60", "0"), ("90", "100")]), ..line("exam", "20") },
        Line { curve: curve(), ..line("csat", "50") },
        Line { curve: curve(), ..line("fcr", "30") },
    ];
    Card { bands: bands(&[("D", "0"), ("C", "35"), ("B", "55"), ("A", "75")]), ..card(lines) }
}

fn drawn(metric: &str, cases: u32) -> DrawnLine {
    DrawnLine { metric: MetricId::new(metric), true_value: fixed("87.5"), whole: Fixed::HUNDRED, cases }
}

#[test]
fn curves_are_read_backwards() {
    let rising = linear(&[("85", "0"), ("90", "100")]);
    assert_eq!(value_at(&rising, fixed("50")), Some(fixed("87.5")));
    assert_eq!(value_at(&rising, fixed("0")), Some(fixed("85")));
    assert_eq!(value_at(&rising, fixed("120")), Some(fixed("90")), "the nearest there is");
    let falling = linear(&[("0", "100"), ("2", "0")]);
    assert_eq!(value_at(&falling, fixed("50")), Some(fixed("1")));
    let band = linear(&[("0.7", "0"), ("0.9", "100"), ("1.1", "100"), ("1.3", "0")]);
    assert_eq!(value_at(&band, fixed("50")), Some(fixed("0.8")));
    assert_eq!(value_at(&band, fixed("100")), Some(fixed("0.9")));
    let corner = |value, points| Corner { value: fixed(value), points: fixed(points) };
    let steps = Curve::Step { corners: vec![corner("85", "50"), corner("90", "100")] };
    assert_eq!(value_at(&steps, fixed("60")), Some(fixed("85")));
    assert_eq!(value_at(&Curve::Linear { corners: Vec::new() }, fixed("60")), None);
}

#[test]
fn a_cliff_has_the_edges_of_the_curve() {
    let card = example();
    let line = main_line(&card, &metrics()).unwrap();
    assert_eq!(&*line.id, "csat");
    let cliff = cliff(line).unwrap();
    let points = |value| cliff.curve.read(fixed(value)).unwrap().points;
    assert_eq!(["84.999999", "85", "89.999999", "90"].map(points), ["0", "50", "50", "100"].map(fixed));
    assert_eq!(main_line(&card, &BTreeMap::new()), None);
}

#[test]
fn spreads_are_of_the_whole_group() {
    let spread =
        Spread::of(&[(fixed("2"), 1), (fixed("4"), 3), (fixed("5"), 2), (fixed("7"), 1), (fixed("9"), 1)]).unwrap();
    assert_eq!((spread.lowest, spread.highest, spread.width()), (fixed("2"), fixed("9"), fixed("7")));
    assert_eq!(spread.standard_deviation, fixed("2"));
    assert_eq!(Spread::of(&[]), None);
}

/// Three agents on one line: 16, 18 and 17 of 20 cases.
#[test]
fn agents_are_judged_by_the_scoring_itself() {
    let (card, metrics) = (example(), metrics());
    let main = main_line(&card, &metrics).unwrap();
    let truth: Vec<(&Line, Fixed)> = true_values(&card, main, fixed("87.5")).unwrap();
    assert_eq!(truth.iter().map(|(_, value)| *value).collect::<Vec<_>>(), ["75", "87.5", "87.5"].map(fixed));
    let group = Group::new(vec![drawn("csat", 20)], [vec![16], vec![18], vec![17]]);

    // 80 %, 90 % and 85 % earn 0, 100 and 0 points.
    let only: Vec<(&Line, Fixed)> = truth.iter().filter(|(line, _)| line.id == main.id).copied().collect();
    let outcome = judge(&alone(&card, main), &metrics, &only, &group).unwrap();
    assert_eq!((outcome.true_score, &*outcome.true_rating), (fixed("50"), "C"));
    assert_eq!((outcome.rate.lowest, outcome.rate.highest), (fixed("80"), fixed("90")));
    assert_eq!(outcome.score.unwrap().width(), fixed("100"));
    assert_eq!((outcome.no_points, outcome.full_points), (fixed("66.666667"), fixed("33.333333")));
    assert_eq!((outcome.other_band, outcome.two_bands_off), (fixed("100"), fixed("33.333333")));

    // Half of the card stands still at 50 points, so totals are 25, 75 and 25.
    let outcome = judge(&card, &metrics, &truth, &group).unwrap();
    let score = outcome.score.unwrap();
    assert_eq!((outcome.true_score, score.lowest, score.highest), (fixed("50"), fixed("25"), fixed("75")));

    // All together have 85 %, and with the weight of 20 cases everybody comes half way to it.
    let shrunk = shrunk(&card, &[main], fixed("20"));
    let outcome = judge(&shrunk, &metrics, &truth, &group).unwrap();
    let score = outcome.score.unwrap();
    assert_eq!((score.lowest, score.highest), (fixed("25"), fixed("50")));
    assert_eq!((outcome.no_points, outcome.full_points), (fixed("66.666667"), fixed("0")));
}

#[test]
fn the_first_line_of_a_group_stands_alone() {
    let lines = vec![drawn("csat", 20), drawn("fcr", 40)];
    let group = Group::new(lines, [vec![16, 30], vec![16, 31], vec![17, 30]]);
    assert_eq!(group.alike().count(), 3);
    assert_eq!(group.pooled().unwrap()[1].numerator, fixed("91"));
    let first = group.first_line_only();
    assert_eq!((first.lines().len(), first.agents(), first.alike().count()), (1, 3, 2));
}
