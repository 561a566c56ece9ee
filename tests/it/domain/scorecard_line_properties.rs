//! What holds of lines that are limited, shrink, carry, are indexes, or stand outside the weights, whatever is measured.

use merit::domain::curve::{Corner, Curve};
use merit::domain::fact::Pooled;
use merit::domain::fixed::Fixed;
use merit::domain::scorecard::{
    Absence, Card, CardResult, CardState, Fallback, GateEffect, Line, Measure, Outside, Scope, check_card, score,
};
use proptest::prelude::*;

use super::build::{Facts, card, fixed, gate, id, line, rate};

/// Cases, and successes among them.
type Share = (i64, i64);

/// What stands beside two weighted lines.
#[derive(Debug, Clone)]
pub(super) struct Case {
    weighted: [Share; 2],
    /// Whether each line outside is a bonus, its cap, and what was measured for it.
    outside: Vec<(bool, i64, Option<Share>)>,
    floor: i64,
    cap: i64,
    strength: i64,
    peers: Share,
    carried: Option<i64>,
    points_up_to: i64,
    cap_total: i64,
}

fn any_share() -> impl Strategy<Value = Share> {
    (1_i64..500, 0_i64..500).prop_map(|(cases, successes)| (cases, successes.min(cases)))
}

pub(super) fn any_case() -> impl Strategy<Value = Case> {
    let outside = (any::<bool>(), 0_i64..40_000_000, prop::option::of(any_share()));
    (
        [any_share(), any_share()],
        prop::collection::vec(outside, 0..4),
        (0_i64..50_000_000, 50_000_000_i64..100_000_000),
        (1_i64..100, any_share()),
        prop::option::of(0_i64..100_000_000),
        (100_i64..=200, 0_i64..100_000_000),
    )
        .prop_map(|(weighted, outside, (floor, cap), (strength, peers), carried, (points_up_to, cap_total))| {
            Case { weighted, outside, floor, cap, strength, peers, carried, points_up_to, cap_total }
        })
}

/// Facts of a few segments.
type Parts = Vec<(usize, Share)>;

/// The same facts in two orders.
fn any_parts() -> impl Strategy<Value = (Parts, Parts)> {
    prop::collection::vec((0_usize..4, any_share()), 1..20)
        .prop_flat_map(|parts| (Just(parts.clone()), Just(parts).prop_shuffle()))
}

fn pool((cases, successes): Share) -> Pooled {
    Pooled { numerator: Fixed::from_int(successes), denominator: Fixed::from_int(cases), samples: cases }
}

fn limited(name: &str, weight: &str, case: &Case) -> Line {
    let mut line = line(name, weight);
    (line.floor, line.cap) = (Some(Fixed::from_micros(case.floor)), Some(Fixed::from_micros(case.cap)));
    line.shrink_strength = Some(Fixed::from_int(case.strength));
    line
}

/// Two weighted lines, of which the first shrinks within floor and cap, a third that is carried, and the lines outside.
pub(super) fn build(case: &Case) -> (Card, Facts) {
    let mut carried = line("carried", "20");
    carried.no_data = Absence::Carry { otherwise: Fallback::Redistribute };
    let mut lines = vec![limited("first", "50", case), line("second", "30"), carried];
    let mut facts = Facts::of(["first", "second", "carried", "out"].map(rate));
    facts = facts.with_peers("first", pool(case.peers));
    for (name, share) in ["first", "second"].iter().zip(case.weighted) {
        facts = facts.with_pooled(name, Scope::Own, pool(share));
    }
    if let Some(points) = case.carried {
        facts = facts.carrying("carried", &Fixed::from_micros(points).to_string(), "2026-Q1");
    }
    for (index, (bonus, cap, share)) in case.outside.iter().enumerate() {
        let name = format!("out{index}");
        let mut line = line(&name, "0");
        line.outside = Some(if *bonus { Outside::Bonus } else { Outside::Penalty });
        line.cap = Some(Fixed::from_micros(*cap));
        lines.push(line);
        facts = facts.and(rate(&name));
        if let Some(share) = share {
            facts = facts.with_pooled(&name, Scope::Own, pool(*share));
        }
    }
    let mut card = card(lines);
    card.points_up_to = Fixed::from_int(case.points_up_to);
    let at = Fixed::from_micros(case.cap_total);
    card.gates = vec![gate("second", "50", GateEffect::CapTotal { at })];
    assert_eq!(check_card(&card), []);
    (card, facts)
}

fn scored(case: &Case) -> CardResult {
    let (card, facts) = build(case);
    score(&card, &facts).unwrap()
}

fn sum(numbers: impl IntoIterator<Item = Fixed>) -> Fixed {
    Fixed::from_micros(numbers.into_iter().map(Fixed::micros).sum())
}

proptest! {
    #[test]
    fn contributions_bonus_penalty_and_caps_give_the_total(case in any_case()) {
        let result = scored(&case);
        prop_assert_eq!(result.state, CardState::Scored);
        let part = |outside: bool| {
            sum(result.lines.iter().filter(|line| line.outside.is_some() == outside).map(|line| line.contribution))
        };
        prop_assert_eq!(result.subtotal, Some(part(false)));
        let adjusted = sum([part(false), part(true)]).min(result.points_up_to).max(Fixed::ZERO);
        prop_assert_eq!(result.adjusted, Some(adjusted));
        let gate = &result.gates[0];
        let capped = match (&gate.effect, gate.passed) {
            (GateEffect::CapTotal { at }, Some(false)) => adjusted.min(*at),
            _ => adjusted,
        };
        prop_assert_eq!(result.total, Some(capped));
        for line in result.lines.iter().filter(|line| line.outside.is_some()) {
            prop_assert!(line.contribution.micros().abs() <= line.cap.unwrap().micros());
            prop_assert_eq!(line.effective_weight, Fixed::ZERO);
        }
        let weights = sum(result.lines.iter().map(|line| line.effective_weight));
        prop_assert_eq!(weights, Fixed::HUNDRED);
    }

    #[test]
    fn more_successes_never_lower_the_total_and_more_penalties_never_raise_it(
        case in any_case(), which in 0_usize..6, more in 1_i64..100
    ) {
        let mut changed = case.clone();
        let penalty = match which {
            0 | 1 => {
                let (cases, successes) = case.weighted[which];
                changed.weighted[which] = (cases, (successes + more).min(cases));
                false
            }
            _ => {
                let Some((bonus, _, Some((cases, successes)))) = case.outside.get(which - 2).cloned() else { return Ok(()) };
                changed.outside[which - 2].2 = Some((cases, (successes + more).min(cases)));
                !bonus
            }
        };
        let (before, after) = (scored(&case).total, scored(&changed).total);
        prop_assert!(if penalty { after <= before } else { after >= before }, "{:?} and {:?}", before, after);
    }

    #[test]
    fn a_shrunk_value_lies_between_the_own_and_the_peers(case in any_case()) {
        let result = scored(&case);
        let line = &result.lines[0];
        let toward = line.shrinkage.as_deref().unwrap().toward.as_ref().unwrap();
        let (own, peers) = (line.value.unwrap(), toward.peer_value);
        prop_assert!(own.min(peers) <= toward.shrunk && toward.shrunk <= own.max(peers));
        // By hand, from printed figures: shrunk × (n + k) = n × own + k × peers, up to half a millionth a case.
        let (n, k) = (line.pooled.samples, case.strength);
        let apart = toward.shrunk.micros() * (n + k) - own.micros() * n - peers.micros() * k;
        prop_assert!(2 * apart.abs() <= n + k);
        prop_assert_eq!(line.reading.unwrap(), build(&case).0.lines[0].curve.read(toward.shrunk).unwrap());
    }

    #[test]
    fn more_own_cases_draw_less(case in any_case(), times in 2_i64..50) {
        let distance = |case: &Case| {
            let line = scored(case).lines[0].clone();
            let (own, shrunk) = (line.value.unwrap(), line.read_value().unwrap());
            (own.micros() - shrunk.micros()).abs()
        };
        let mut larger = case.clone();
        let (cases, successes) = case.weighted[0];
        larger.weighted[0] = (cases * times, successes * times);
        prop_assert!(distance(&larger) <= distance(&case));
    }

    #[test]
    fn floor_and_cap_leave_a_straight_curve_continuous(case in any_case(), value in 0_i64..100_000_000) {
        let card = build(&case).0;
        let points = |micros: i64| {
            let mut only = card.clone();
            (only.lines, only.gates) = (vec![limited("first", "100", &case)], Vec::new());
            only.lines[0].shrink_strength = None;
            // A slope of two points a percent, and a rounding of one millionth.
            only.lines[0].curve = Curve::Linear {
                corners: [("20", "0"), ("70", "100")]
                    .map(|(value, points)| Corner { value: fixed(value), points: fixed(points) })
                    .to_vec(),
            };
            let numerator = Fixed::from_micros(micros);
            let pooled = Pooled { numerator, denominator: Fixed::HUNDRED, samples: 100 };
            let facts = Facts::of([rate("first")]).with_pooled("first", Scope::Own, pooled);
            score(&only, &facts).unwrap().lines[0].points.unwrap().micros()
        };
        prop_assert!((points(value) - points(value + 1)).abs() <= 3);
    }

    #[test]
    fn the_order_of_facts_does_not_matter((parts, turned) in any_parts()) {
        let mut index = line("index", "100");
        (index.metric, index.measure) = (id("first"), Measure::Index);
        let card = card(vec![index]);
        let outcome = |parts: &Parts| {
            let mut segments: Vec<(usize, Pooled)> = Vec::new();
            for (segment, share) in parts {
                match segments.iter_mut().find(|(name, _)| name == segment) {
                    Some((_, sum)) => *sum = sum.checked_add(&pool(*share)).unwrap(),
                    None => segments.push((*segment, pool(*share))),
                }
            }
            let facts = Facts::of([rate("first")]).with_benchmark("first", "", pool((3, 2)));
            let facts = segments.into_iter().fold(facts, |facts, (name, sum)| facts.segment("first", &format!("s{name}"), sum));
            score(&card, &facts).unwrap()
        };
        prop_assert_eq!(outcome(&parts), outcome(&turned));
    }

    #[test]
    fn an_index_follows_from_its_printed_parts(parts in prop::collection::vec((any_share(), any_share()), 1..5)) {
        let mut index = line("index", "100");
        (index.metric, index.measure) = (id("first"), Measure::Index);
        let facts = parts.iter().enumerate().fold(Facts::of([rate("first")]), |facts, (number, (own, frozen))| {
            let name = format!("s{number}");
            facts.segment("first", &name, pool(*own)).with_benchmark("first", &name, pool(*frozen))
        });
        let line = score(&card(vec![index]), &facts).unwrap().lines[0].clone();
        let Some(index) = line.index else {
            prop_assert!(parts.iter().all(|(_, (_, successes))| *successes == 0), "only nothing expected has no index");
            return Ok(());
        };
        for part in &index.segments {
            prop_assert_eq!(Some(part.expected), part.pooled.denominator.mul_div(part.benchmark, Fixed::ONE));
        }
        prop_assert_eq!(index.expected, sum(index.segments.iter().map(|part| part.expected)));
        prop_assert_eq!(index.actual, line.pooled.numerator);
        prop_assert_eq!(line.value, index.actual.ratio(index.expected));
        let ends = line.interval.unwrap();
        prop_assert!(ends.lower <= ends.upper);
    }
}
