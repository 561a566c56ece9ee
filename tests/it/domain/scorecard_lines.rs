//! Lines that carry, shrink, are compared with what was expected, or stand outside the weights: worked by hand.

use merit::domain::fixed::Fixed;
use merit::domain::interval::{Interval, IntervalMethod};
use merit::domain::metric::{MetricKind, Unit};
use merit::domain::scorecard::{
    Absence, Card, CardResult, CardState, Carried, Fallback, GateEffect, Line, LineState, Measure, Outside, Scope,
    ScoreError, score,
};

use super::build::{Facts, card, fixed, gate, id, line, linear, mean, metric, pooled, rate, step};

fn scored(card: &Card, facts: &Facts) -> CardResult {
    score(card, facts).unwrap()
}

fn two_lines(change: impl FnOnce(&mut Line)) -> Card {
    let mut lines = vec![line("csat", "60"), line("qa", "40")];
    change(&mut lines[1]);
    card(lines)
}

fn csat_80() -> Facts {
    Facts::of([rate("csat"), rate("qa"), rate("praise")]).with("csat", "80", "100", 100)
}

mod limits {
    use super::*;

    #[test]
    fn floor_and_cap_keep_the_curves_points_and_show_the_reading() {
        let card = two_lines(|line| (line.floor, line.cap) = (Some(fixed("20")), Some(fixed("90"))));
        let points = |value: &str| {
            let line = scored(&card, &csat_80().with("qa", value, "100", 100)).lines[1].clone();
            (line.reading.unwrap().points.to_string(), line.points.unwrap().to_string(), line.floor, line.cap)
        };
        let limits = (Some(fixed("20")), Some(fixed("90")));
        assert_eq!(points("10"), ("10".into(), "20".into(), limits.0, limits.1));
        assert_eq!(points("55"), ("55".into(), "55".into(), limits.0, limits.1));
        assert_eq!(points("97"), ("97".into(), "90".into(), limits.0, limits.1));
    }

    #[test]
    fn a_floor_is_for_what_was_measured_only() {
        let zero = two_lines(|line| (line.floor, line.no_data) = (Some(fixed("20")), Absence::Zero));
        assert_eq!(scored(&zero, &csat_80()).lines[1].points, Some(Fixed::ZERO));
        let left = two_lines(|line| line.floor = Some(fixed("20")));
        assert_eq!(scored(&left, &csat_80()).lines[1].points, None);
    }

    #[test]
    fn points_above_full_marks_count_where_the_card_allows_them() {
        let mut card = two_lines(|line| line.curve = linear(&[("0", "0"), ("100", "120")]));
        card.points_up_to = fixed("120");
        let facts = csat_80().with("qa", "100", "100", 100);
        let result = scored(&card, &facts);
        assert_eq!((result.lines[1].contribution, result.total), (fixed("48"), Some(fixed("96"))));
        assert_eq!(result.points_up_to, fixed("120"));
    }
}

mod carrying {
    use super::*;

    fn carry(otherwise: Fallback) -> Card {
        two_lines(|line| line.no_data = Absence::Carry { otherwise })
    }

    #[test]
    fn the_points_of_the_previous_cycle_count_and_are_marked() {
        let facts = csat_80().carrying("qa", "70", "2026-Q2");
        let result = scored(&carry(Fallback::Hold), &facts);
        let line = &result.lines[1];
        assert_eq!((line.state, line.value, line.reading), (LineState::NoData, None, None));
        assert_eq!(line.treatment, Some(Absence::Carry { otherwise: Fallback::Hold }));
        assert_eq!(line.carried.as_deref(), Some(&Carried { points: fixed("70"), from: "2026-Q2".into() }));
        assert_eq!((line.points, line.effective_weight), (Some(fixed("70")), fixed("40")));
        assert_eq!((line.contribution, result.total), (fixed("28"), Some(fixed("76"))));
    }

    #[test]
    fn with_nothing_to_carry_the_declared_treatment_applies() {
        let outcome = |otherwise| {
            let result = scored(&carry(otherwise), &csat_80());
            assert_eq!(result.lines[1].carried, None);
            assert_eq!(result.lines[1].treatment, Some(Absence::from(otherwise)));
            (result.state, result.total.map(|total| total.to_string()))
        };
        assert_eq!(outcome(Fallback::Redistribute), (CardState::Scored, Some("80".into())));
        assert_eq!(outcome(Fallback::Hold), (CardState::OnHold, None));
        assert_eq!(outcome(Fallback::Zero), (CardState::Scored, Some("48".into())));
        let neutral = Fallback::Neutral { points: fixed("50") };
        assert_eq!(outcome(neutral), (CardState::Scored, Some("68".into())));
    }

    #[test]
    fn fresh_data_are_never_replaced_and_a_low_sample_can_carry_too() {
        let mut card = carry(Fallback::Redistribute);
        card.lines[1].min_samples = 20;
        card.lines[1].low_sample = Absence::Carry { otherwise: Fallback::Redistribute };
        let facts = |cases: &str, samples| csat_80().carrying("qa", "70", "2026-Q2").with("qa", "9", cases, samples);
        let measured = scored(&card, &facts("20", 20)).lines[1].clone();
        assert_eq!((measured.treatment, measured.carried, measured.points), (None, None, Some(fixed("45"))));
        let few = scored(&card, &facts("10", 10)).lines[1].clone();
        assert_eq!((few.state, few.value, few.points), (LineState::LowSample, Some(fixed("90")), Some(fixed("70"))));
    }
}

mod shrinking {
    use super::*;

    fn shrinking() -> Card {
        two_lines(|line| line.shrink_strength = Some(fixed("20")))
    }

    #[test]
    fn points_are_read_at_the_value_drawn_toward_the_peers() {
        let facts = csat_80().with("qa", "28", "30", 30).with_peers("qa", pooled("8500", "10000", 10_000));
        let result = scored(&shrinking(), &facts);
        let line = &result.lines[1];
        // (30 × 93.333333 + 20 × 85) ÷ 50 = 89.9999998, and as a ratio of sums (28 + 20 × 0.85) ÷ 50 = 90 %
        let shrinkage = line.shrinkage.as_deref().unwrap();
        let toward = shrinkage.toward.as_ref().unwrap();
        assert_eq!((shrinkage.strength, toward.peer_value, toward.shrunk), (fixed("20"), fixed("85"), fixed("90")));
        assert_eq!((line.value, line.points), (Some(fixed("93.333333")), Some(fixed("90"))));
        assert_eq!((line.read_value(), toward.peers), (Some(fixed("90")), pooled("8500", "10000", 10_000)));
    }

    #[test]
    fn cases_weigh_by_their_number_where_the_denominator_is_something_else() {
        let mut card = shrinking();
        card.lines[1].metric = id("exam");
        let facts = Facts::of([rate("csat"), metric("exam", Unit::Percent, MetricKind::Mean)])
            .with("csat", "80", "100", 100)
            .with("exam", "1820", "2000", 10)
            .with_peers("exam", pooled("700", "1000", 5));
        // (10 × 91 + 20 × 70) ÷ 30, though the own denominator is 2000
        assert_eq!(scored(&card, &facts).lines[1].points, Some(fixed("77")));
    }

    #[test]
    fn without_peers_the_value_counts_as_it_is_and_says_so() {
        for facts in [csat_80(), csat_80().with_peers("qa", pooled("0", "0", 0))] {
            let line = scored(&shrinking(), &facts.with("qa", "9", "10", 10)).lines[1].clone();
            let shrinkage = line.shrinkage.as_deref().unwrap();
            assert_eq!((shrinkage.strength, &shrinkage.toward), (fixed("20"), &None));
            assert_eq!((line.points, line.read_value()), (Some(fixed("90")), Some(fixed("90"))));
        }
    }

    #[test]
    fn nothing_is_drawn_where_no_value_counts() {
        let mut card = shrinking();
        card.lines[1].min_samples = 20;
        let facts = || csat_80().with_peers("qa", pooled("85", "100", 100));
        assert_eq!(scored(&card, &facts()).lines[1].shrinkage, None);
        assert_eq!(scored(&card, &facts().with("qa", "9", "10", 10)).lines[1].shrinkage, None);
        card.lines[1].low_sample = Absence::Count;
        let counted = scored(&card, &facts().with("qa", "10", "10", 10)).lines[1].clone();
        // (10 × 100 + 20 × 85) ÷ 30
        assert_eq!((counted.state, counted.points), (LineState::LowSample, Some(fixed("90"))));
    }

    #[test]
    fn gates_judge_the_agents_own_value() {
        let mut card = shrinking();
        card.gates = vec![gate("qa", "90", GateEffect::CapTotal { at: fixed("50") })];
        let facts = csat_80().with("qa", "27", "30", 30).with_peers("qa", pooled("10", "100", 100));
        let result = scored(&card, &facts);
        assert!(result.lines[1].points.unwrap() < fixed("60"));
        assert_eq!((result.gates[0].value, result.gates[0].passed), (Some(fixed("90")), Some(true)));
    }
}

mod indexes {
    use super::*;

    fn index(name: &str) -> Line {
        let mut line = line("index", "100");
        (line.metric, line.measure) = (id(name), Measure::Index);
        line.curve = linear(&[("0.8", "0"), ("1", "100")]);
        line
    }

    fn calls() -> Facts {
        Facts::of([rate("fcr"), mean("aht")]).segment("fcr", "hard", pooled("57", "60", 60)).segment(
            "fcr",
            "easy",
            pooled("70", "90", 90),
        )
    }

    #[test]
    fn actual_over_expected_of_the_same_mix() {
        let facts = calls().with_benchmark("fcr", "easy", pooled("8000", "10000", 0)).with_benchmark(
            "fcr",
            "hard",
            pooled("2", "3", 0),
        );
        let result = scored(&card(vec![index("fcr")]), &facts);
        let line = &result.lines[0];
        let index = line.index.as_deref().unwrap();
        let segments: Vec<_> = index
            .segments
            .iter()
            .map(|part| (&*part.segment, part.benchmark.to_string(), part.expected.to_string(), part.overall))
            .collect();
        // 90 × 0.8 = 72, and 60 × 0.666667 = 40.00002, from the printed benchmark
        assert_eq!(
            segments,
            [("easy", "0.8".into(), "72".into(), false), ("hard", "0.666667".into(), "40.00002".into(), false)]
        );
        assert_eq!((index.actual, index.expected), (fixed("127"), fixed("112.00002")));
        assert_eq!((line.value, line.points), (Some(fixed("1.133928")), Some(fixed("100"))));
        assert_eq!((line.state, line.pooled), (LineState::Measured, pooled("127", "150", 150)));
    }

    #[test]
    fn the_order_of_segments_does_not_matter() {
        let benchmarks = |facts: Facts| {
            facts.with_benchmark("fcr", "easy", pooled("4", "5", 0)).with_benchmark("fcr", "hard", pooled("2", "3", 0))
        };
        let turned = Facts::of([rate("fcr")]).segment("fcr", "easy", pooled("70", "90", 90)).segment(
            "fcr",
            "hard",
            pooled("57", "60", 60),
        );
        let card = card(vec![index("fcr")]);
        assert_eq!(scored(&card, &benchmarks(calls())), scored(&card, &benchmarks(turned)));
    }

    #[test]
    fn a_segment_without_a_benchmark_takes_that_of_all_and_says_so() {
        let facts =
            calls().with_benchmark("fcr", "easy", pooled("4", "5", 0)).with_benchmark("fcr", "", pooled("9", "10", 0));
        let line = scored(&card(vec![index("fcr")]), &facts).lines[0].clone();
        let index = line.index.unwrap();
        assert_eq!((index.segments[1].overall, index.segments[1].benchmark), (true, fixed("0.9")));
        // 127 ÷ (72 + 54)
        assert_eq!((index.expected, line.value), (fixed("126"), Some(fixed("1.007937"))));
    }

    #[test]
    fn facts_without_segments_are_one_segment() {
        let facts = Facts::of([mean("aht")]).with("aht", "33000", "100", 100).with_benchmark(
            "aht",
            "",
            pooled("3000", "10", 0),
        );
        let line = scored(&card(vec![index("aht")]), &facts).lines[0].clone();
        assert_eq!((line.value, line.index.unwrap().segments.len()), (Some(fixed("1.1")), 1));
    }

    #[test]
    fn without_a_benchmark_the_declared_treatment_applies() {
        let partly = calls().with_benchmark("fcr", "easy", pooled("4", "5", 0));
        let nothing_expected = calls().with_benchmark("fcr", "", pooled("0", "5", 0));
        for facts in [calls(), partly, nothing_expected] {
            let mut card = card(vec![index("fcr"), line("aht", "50")]);
            (card.lines[0].weight, card.lines[0].no_data) = (fixed("50"), Absence::Zero);
            let facts = facts.with("aht", "80", "1", 1);
            let result = scored(&card, &facts);
            assert_eq!((result.lines[0].state, result.lines[0].value), (LineState::NoBenchmark, None));
            assert_eq!((result.lines[0].treatment, result.total), (Some(Absence::Redistribute), Some(fixed("80"))));
            assert_eq!(result.lines[0].pooled, pooled("127", "150", 150), "the facts stay in sight");
            card.lines[0].no_benchmark = Absence::Neutral { points: fixed("60") };
            assert_eq!(scored(&card, &facts).total, Some(fixed("70")));
            card.lines[0].no_benchmark = Absence::Count;
            assert!(matches!(score(&card, &facts), Err(ScoreError::CountWithoutData { .. })));
        }
    }

    #[test]
    fn no_data_and_nothing_applicable_come_before_the_benchmark() {
        let card = card(vec![index("fcr")]);
        let state = |facts: Facts| scored(&card, &facts).lines[0].state;
        assert_eq!(state(Facts::of([rate("fcr")])), LineState::NoData);
        assert_eq!(state(Facts::of([rate("fcr")]).with("fcr", "0", "0", 5)), LineState::NotApplicable);
    }

    #[test]
    fn the_interval_is_scaled_as_the_value_is() {
        let facts = Facts::of([rate("fcr")]).with("fcr", "8", "10", 10).with_benchmark("fcr", "", pooled("3", "4", 0));
        let line = scored(&card(vec![index("fcr")]), &facts).lines[0].clone();
        // Wilson of 8 in 10 is 49.016247 % to 94.331785 %; × 10 ÷ 750, as 8 ÷ 7.5 is 80 % × 10 ÷ 750
        assert_eq!(line.value, Some(fixed("1.066667")));
        let ends = Interval { lower: fixed("0.653550"), upper: fixed("1.257757") };
        assert_eq!((line.interval, line.interval_method), (Some(ends), Some(IntervalMethod::Wilson)));
    }
}

mod outside {
    use super::*;

    fn with_outside(kind: Outside, cap: &str) -> Card {
        let mut praise = line("praise", "0");
        (praise.outside, praise.cap) = (Some(kind), Some(fixed(cap)));
        praise.min_samples = 5;
        card(vec![line("csat", "100"), praise])
    }

    fn figures(card: &Card, praise: &str) -> (Fixed, Option<Fixed>, Option<Fixed>, Option<Fixed>) {
        let result = scored(card, &csat_80().with("praise", praise, "100", 100));
        (result.lines[1].contribution, result.subtotal, result.adjusted, result.total)
    }

    #[test]
    fn a_bonus_is_added_up_to_its_cap_and_to_what_the_card_allows() {
        let mut card = with_outside(Outside::Bonus, "5");
        let (eighty, some) = (Some(fixed("80")), |text: &str| Some(fixed(text)));
        assert_eq!(figures(&card, "3"), (fixed("3"), eighty, some("83"), some("83")));
        assert_eq!(figures(&card, "9"), (fixed("5"), eighty, some("85"), some("85")));
        card.lines[1].cap = Some(fixed("30"));
        assert_eq!(figures(&card, "29"), (fixed("29"), eighty, some("100"), some("100")));
        card.points_up_to = fixed("105");
        assert_eq!(figures(&card, "29"), (fixed("29"), eighty, some("105"), some("105")));
    }

    #[test]
    fn a_penalty_is_taken_up_to_its_cap_and_never_below_zero() {
        let mut card = with_outside(Outside::Penalty, "8");
        let (eighty, some) = (Some(fixed("80")), |text: &str| Some(fixed(text)));
        assert_eq!(figures(&card, "3"), (fixed("-3"), eighty, some("77"), some("77")));
        assert_eq!(figures(&card, "50"), (fixed("-8"), eighty, some("72"), some("72")));
        card.lines[1].cap = Some(fixed("100"));
        assert_eq!(figures(&card, "90"), (fixed("-90"), eighty, some("0"), some("0")));
    }

    #[test]
    fn missing_data_contribute_nothing_and_keep_their_state() {
        let card = with_outside(Outside::Bonus, "5");
        for (facts, state) in [
            (csat_80(), LineState::NoData),
            (csat_80().with("praise", "3", "4", 4), LineState::LowSample),
            (csat_80().with("praise", "0", "0", 9), LineState::NotApplicable),
        ] {
            let result = scored(&card, &facts);
            let line = &result.lines[1];
            assert_eq!((line.state, line.points, line.contribution), (state, None, Fixed::ZERO));
            assert_eq!((line.effective_weight, result.total), (Fixed::ZERO, Some(fixed("80"))));
        }
    }

    #[test]
    fn a_bonus_alone_makes_no_score() {
        let card = with_outside(Outside::Bonus, "5");
        let result = scored(&card, &Facts::of([rate("csat"), rate("praise")]).with("praise", "3", "100", 100));
        assert_eq!((result.state, result.adjusted, result.total), (CardState::InsufficientData, None, None));
    }

    #[test]
    fn gates_cap_after_the_bonus_and_can_zero_it() {
        let mut card = with_outside(Outside::Bonus, "5");
        card.gates = vec![gate("csat", "90", GateEffect::CapTotal { at: fixed("59.99") })];
        assert_eq!(figures(&card, "3"), (fixed("3"), Some(fixed("80")), Some(fixed("83")), Some(fixed("59.99"))));
        card.gates = vec![gate("csat", "90", GateEffect::ZeroLine { line: "praise".into() })];
        assert_eq!(figures(&card, "3"), (Fixed::ZERO, Some(fixed("80")), Some(fixed("80")), Some(fixed("80"))));
    }

    #[test]
    fn its_weight_takes_no_part_in_redistribution() {
        let mut card = with_outside(Outside::Bonus, "5");
        card.lines[0].weight = fixed("50");
        card.lines.push(line("qa", "50"));
        let result = scored(&card, &csat_80().with("praise", "3", "100", 100));
        let weights: Vec<String> = result.lines.iter().map(|line| line.effective_weight.to_string()).collect();
        assert_eq!(weights, ["100", "0", "0"]);
        assert_eq!(result.total, Some(fixed("83")));
    }
}

#[test]
fn a_metric_on_two_lines_is_told_apart_by_id() {
    let mut team = line("csat", "40");
    (team.id, team.scope) = ("team_csat".into(), Scope::Unit);
    let mut card = card(vec![line("csat", "60"), team]);
    card.gates = vec![gate("csat", "85", GateEffect::ZeroLine { line: "team_csat".into() })];
    let result = scored(&card, &csat_80().with_pooled("csat", Scope::Unit, pooled("90", "100", 100)));
    let lines: Vec<_> = result.lines.iter().map(|line| (&*line.id, line.contribution.to_string())).collect();
    assert_eq!(lines, [("csat", "48".into()), ("team_csat", "0".into())]);
}

#[test]
fn a_gate_keeps_what_it_was_judged_by() {
    let mut card = card(vec![line("csat", "100")]);
    card.gates = vec![gate("csat", "85", GateEffect::CapTotal { at: fixed("50") })];
    (card.gates[0].at_most, card.gates[0].min_samples) = (Some(fixed("95")), 101);
    let gate = scored(&card, &csat_80()).gates[0].clone();
    assert_eq!((gate.at_least, gate.at_most, gate.min_samples), (Some(fixed("85")), Some(fixed("95")), 101));
    assert_eq!((gate.samples, gate.passed, &*gate.reason.en), (100, None, "agreed"), "not judged is not passed");
}

#[test]
fn a_step_with_a_cap_stays_a_staircase() {
    let mut card = card(vec![line("csat", "100")]);
    (card.lines[0].curve, card.lines[0].cap) = (step(&[("70", "50"), ("80", "100")]), Some(fixed("75")));
    assert_eq!(scored(&card, &csat_80()).total, Some(fixed("75")));
}
