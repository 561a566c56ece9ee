//! What a calibration session looks at, worked by hand.

use std::sync::Arc;

use merit::domain::calibration::{Leniency, MeasuredLine, Moves, Outliers, RatedAgent};
use merit::domain::fact::Pooled;
use merit::domain::fixed::Fixed;
use merit::domain::interval::wilson_95;
use merit::domain::metric::MetricId;

fn fixed(text: &str) -> Fixed {
    text.parse().unwrap()
}

/// An agent with so many of a hundred replies.
fn agent(number: &str, good: i64) -> RatedAgent {
    let (numerator, denominator) = (Fixed::from_int(good), Fixed::from_int(100));
    let line = MeasuredLine {
        line: Arc::from("csat"),
        metric: metric_id(),
        pooled: Pooled { numerator, denominator, samples: 100 },
        value: Fixed::from_int(good),
        interval: wilson_95(numerator, denominator).unwrap(),
    };
    RatedAgent {
        employee_number: number.to_owned(),
        name: number.to_owned(),
        unit: "T1".to_owned(),
        card: Arc::from("front_line"),
        score: Fixed::from_int(80),
        rating: Some("B".to_owned()),
        calculated: None,
        before: None,
        lines: vec![line],
        judged: None,
        raters: Vec::new(),
    }
}

fn metric_id() -> MetricId {
    MetricId::new("csat_t2b")
}

fn outliers(agents: &[RatedAgent]) -> Outliers {
    let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scoring-config");
    let rules = merit::rules::load(&rules).unwrap().ruleset;
    Outliers::of(agents, |id| rules.metric(id))
}

#[test]
fn who_lies_apart_does_so_by_more_than_chance() {
    // Of 100 replies: 90 ± 6 or so, and one with 70.
    let all = [("E1", 90), ("E2", 88), ("E3", 92), ("E4", 70), ("E5", 89), ("E6", 91), ("E7", 90)];
    let agents = all.map(|(number, good)| agent(number, good));
    let found = outliers(&agents);
    assert_eq!((found.compared, found.apart), (7, 1));
    let [outlier] = &found.agents[..] else { panic!("{found:?}") };
    assert_eq!(outlier.agent, 3);
    let line = &outlier.lines[0];
    assert_eq!((line.others, line.above), (fixed("90"), false), "all others together: 540 of 600");
    assert!(line.interval.upper < line.others);
    // Nobody is apart from nobody.
    assert_eq!(outliers(&agents[..1]).compared, 0);
    // Others of another card are no peers.
    let mut alone = agents.clone();
    alone[3].card = Arc::from("back_office");
    assert_eq!((outliers(&alone).compared, outliers(&alone).apart), (6, 0));
}

#[test]
fn ratings_move_from_one_cycle_to_the_next() {
    let mut agents = [agent("E1", 90), agent("E2", 90), agent("E3", 90)];
    agents[0].before = Some((fixed("77"), Some("B".to_owned())));
    agents[1].before = Some((fixed("85.5"), Some("A".to_owned())));
    let moves = Moves::of(&agents);
    assert_eq!((moves.agents, moves.mean_change), (2, Some(fixed("-1.25"))), "3 and -5.5");
    let pair = |before: &str| (Some(before.to_owned()), Some("B".to_owned()));
    assert_eq!(moves.ratings, [(pair("A"), 1), (pair("B"), 1)].into());
    assert_eq!(Moves::of(&[]).mean_change, None);
}

#[test]
fn supervisors_are_compared_with_all_of_them() {
    let rated = |number: usize, rater: &str, judged: &str, measured: &str| RatedAgent {
        judged: Some((fixed(judged), fixed(measured))),
        raters: vec![rater.into()],
        ..agent(&format!("E{number}"), 90)
    };
    // S1 gives 10 points more than is measured, S2 as many as are; five agents each.
    let mut agents: Vec<RatedAgent> = (0..5).map(|n| rated(n, "S1", "90", "80")).collect();
    agents.extend((5..10).map(|n| rated(n, "S2", "80", "80")));
    let found = Leniency::of(&agents);
    let told: Vec<_> = found.iter().map(|one| (&*one.rater, one.agents, one.leniency)).collect();
    assert_eq!(told, [("S1", 5, fixed("5")), ("S2", 5, fixed("-5"))]);
    // The differences are 10 and 0, half each: ± 1.96 × 5 ÷ √5.
    let interval = found[0].interval.unwrap();
    assert_eq!((interval.lower, interval.upper), (fixed("0.617307"), fixed("9.382693")));
    assert!(found.iter().all(Leniency::is_clear));
    // Four agents say too little.
    let few = Leniency::of(&agents[1..]);
    assert!(few.iter().any(|one| &*one.rater == "S1" && one.interval.is_none() && !one.is_clear()));
    assert!(Leniency::of(&[]).is_empty());
}
