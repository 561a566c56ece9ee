//! The fairness simulation against the binomial distribution, summed exactly.

use merit::app::{FairnessOrder, FairnessReport, FairnessRow, JudgedBy, simulate_fairness};
use merit::domain::fixed::Fixed;
use merit::rules::{Loaded, load};

use crate::support::project_root;

fn rules() -> Loaded {
    load(&project_root().join("scoring-config")).unwrap()
}

fn order(agents: u32, true_rate: &str, samples: &[u32], seed: u64) -> FairnessOrder {
    let (true_rate, card) = (true_rate.parse().unwrap(), "front_line".to_owned());
    FairnessOrder { agents, true_rate, samples: samples.to_vec(), card, seed }
}

fn row(report: &FairnessReport, judged_by: JudgedBy, strength: Option<u32>, samples: u32) -> &FairnessRow {
    let same = |row: &&FairnessRow| (row.judged_by, row.strength, row.samples) == (judged_by, strength, samples);
    report.rows.iter().find(same).unwrap()
}

/// P(X ≤ k) for k = 0 to `cases` successes.
#[expect(clippy::float_arithmetic, reason = "the yardstick of a statistic")]
fn cumulated(cases: u32, rate: f64) -> Vec<f64> {
    let mut term = (1.0 - rate).powi(i32::try_from(cases).unwrap());
    let mut sum = 0.0;
    let mut sums = Vec::new();
    for k in 0..=cases {
        sum += term;
        sums.push(sum);
        term *= rate / (1.0 - rate) * f64::from(cases - k) / f64::from(k + 1);
    }
    sums
}

/// How far best and worst of so many agents lie apart on average, in points of percent.
#[expect(clippy::float_arithmetic, reason = "the yardstick of a statistic")]
fn expected_range(agents: i32, cases: u32, rate: f64) -> f64 {
    let apart = |below: &f64| 1.0 - below.powi(agents) - (1.0 - below).powi(agents);
    cumulated(cases, rate).iter().map(apart).sum::<f64>() * 100.0 / f64::from(cases)
}

fn float(value: Fixed) -> f64 {
    value.to_string().parse().unwrap()
}

#[expect(clippy::float_arithmetic, reason = "the yardstick of a statistic")]
fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not within {tolerance} of {expected}");
}

#[test]
fn equal_seeds_give_equal_tables() {
    let rules = rules();
    let first = simulate_fairness(&rules, &order(200, "87.5", &[30, 60], 7)).unwrap();
    assert_eq!(first, simulate_fairness(&rules, &order(200, "87.5", &[30, 60], 7)).unwrap());
    assert_ne!(first, simulate_fairness(&rules, &order(200, "87.5", &[30, 60], 8)).unwrap());
    // What else is simulated changes nothing.
    let alone = simulate_fairness(&rules, &order(200, "87.5", &[60], 7)).unwrap();
    assert_eq!(alone.rows, first.rows[10..]);
}

/// 50 identical agents with a true 90 % differ by 23 points best to worst at n = 30, and by 13 at n = 100.
#[test]
fn identical_agents_differ_as_published() {
    assert_near(expected_range(50, 30, 0.9), 23.0, 0.5);
    assert_near(expected_range(50, 100, 0.9), 13.0, 0.5);
    let rules = rules();
    let seeds = 1..=40;
    let count = f64::from(u32::try_from(seeds.clone().count()).unwrap());
    let reports: Vec<FairnessReport> =
        seeds.map(|seed| simulate_fairness(&rules, &order(50, "90", &[30, 100], seed)).unwrap()).collect();
    // The mean of 40 groups' ranges has a standard error of about 0.7 at n = 30, and 0.4 at n = 100.
    for (samples, tolerance) in [(30, 2.5), (100, 1.4)] {
        let width = |report| float(row(report, JudgedBy::Cliff, None, samples).outcome.rate.width());
        let mean = reports.iter().map(width).sum::<f64>() / count;
        assert_near(mean, expected_range(50, samples, 0.9), tolerance);
    }
}

/// An agent whose true rate is 87.5 % gets nothing in 26 % of periods and full marks in 28 % at n = 100, where 85 % itself still earns
/// nothing, as on the card's curve; where it is the first to earn something, as on a step, nothing is 18 %.
#[test]
fn edges_are_met_by_chance_as_published() {
    let exact = cumulated(100, 0.875);
    let (up_to_85, below_85, from_90) = (exact[85] * 100.0, exact[84] * 100.0, (1.0 - exact[89]) * 100.0);
    assert_near(up_to_85, 26.0, 0.5);
    assert_near(from_90, 28.0, 0.5);
    assert_near(below_85, 18.0, 0.5);

    let report = simulate_fairness(&rules(), &order(2_500, "87.5", &[100], 1)).unwrap();
    let (cliff, curve) = (row(&report, JudgedBy::Cliff, None, 100), row(&report, JudgedBy::Curve, None, 100));
    // Four standard errors of a share of 2,500 agents.
    let tolerance = 3.6;
    assert_near(float(curve.outcome.no_points), up_to_85, tolerance);
    assert_near(float(cliff.outcome.no_points), below_85, tolerance);
    assert_near(float(cliff.outcome.full_points), from_90, tolerance);
    assert_near(float(cliff.outcome.two_bands_off), from_90, tolerance);
    assert_near(float(cliff.outcome.other_band), below_85 + from_90, tolerance);
    // √(0.875 × 0.125 ÷ 100), in points of percent.
    assert_near(float(cliff.outcome.rate.standard_deviation), 3.307, 0.2);
}

#[test]
fn a_whole_card_and_shrinkage_bring_agents_nearer_to_the_truth() {
    let report = simulate_fairness(&rules(), &order(1_000, "87.5", &[30], 1)).unwrap();
    let of = |judged_by, strength| &row(&report, judged_by, strength, 30).outcome;
    let truth =
        |outcome: &merit::domain::fairness::Outcome| (outcome.true_score.to_string(), outcome.true_rating.to_string());
    assert!(report.rows.iter().all(|row| truth(&row.outcome) == ("50".to_owned(), "C".to_owned())));
    let deviation = |judged_by, strength| of(judged_by, strength).score.unwrap().standard_deviation;
    for judged_by in [JudgedBy::Curve, JudgedBy::CardOneLine, JudgedBy::CardRateLines] {
        assert!(deviation(judged_by, Some(20)) < deviation(judged_by, None));
        assert!(deviation(judged_by, Some(50)) < deviation(judged_by, Some(20)));
    }
    assert!(of(JudgedBy::CardRateLines, None).two_bands_off < of(JudgedBy::Cliff, None).two_bands_off);
    // One line of weight 20 moves the total by at most 10 points either way.
    assert!(of(JudgedBy::CardOneLine, None).score.unwrap().width() <= Fixed::from_int(20));
    // Below the line's 30 cases nobody is judged by it alone.
    let few = simulate_fairness(&rules(), &order(10, "87.5", &[29], 1)).unwrap();
    let cliff = &row(&few, JudgedBy::Cliff, None, 29).outcome;
    assert_eq!((cliff.unrated, cliff.score), (Fixed::HUNDRED, None));
}

#[test]
fn orders_that_say_nothing_are_refused() {
    let rules = rules();
    let error = |order: FairnessOrder| simulate_fairness(&rules, &order).unwrap_err().to_string();
    let unknown = error(FairnessOrder { card: "back_desk".to_owned(), ..order(10, "87.5", &[30], 1) });
    assert!(unknown.starts_with("there is no card 'back_desk': name one of back_office, "), "{unknown}");
    assert_eq!(error(order(10, "100.5", &[30], 1)), "the true rate 100.5 is no percentage: use 0 to 100");
    assert!(error(order(0, "87.5", &[30], 1)).starts_with("there are no agents"));
    assert!(error(order(10, "87.5", &[], 1)).starts_with("an agent without cases"));
}

#[test]
fn every_default_card_can_be_simulated() {
    let rules = rules();
    // Cards of units are scored by other figures than those of identical agents.
    for card in rules.ruleset.cards.iter().filter(|card| !card.posts.is_empty()) {
        let order = FairnessOrder { card: card.id.to_string(), ..order(3, "87.5", &[5], 1) };
        let report = simulate_fairness(&rules, &order).unwrap();
        assert_eq!(report.rows.len(), 10, "{}", card.id);
    }
}
