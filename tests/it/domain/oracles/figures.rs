//! The figures of each kind of published case, through the real functions.

use merit::domain::appraisal::Eligibility;
use merit::domain::curve::Curve;
use merit::domain::fixed::Fixed;
use merit::domain::metric::{Metric, MetricKind, Unit};
use merit::domain::money::Rounding;
use merit::domain::payout::{
    IncentivePlan, PayableStretch, PayoutCurve, PayoutInput, PayoutResult, StepKind, Withheld, pay,
};
use merit::domain::period::Period;
use merit::domain::scorecard::{
    Absence, Card, CardError, CardResult, CardState, GateEffect, LineState, check_card, check_weights, score,
};
use merit::domain::tiers::{self, Tier};
use rust_decimal::Decimal;
use serde_json::Value;

use super::super::build::{Facts, card, corners, day, fixed, gate, line, linear, mean, metric, period, rate, text};
use super::{Case, Figure, Figures, list, number};

/// The figures of a case; `None` for a kind of case that nothing here computes.
pub(super) fn figures(case: &Case) -> Option<Figures> {
    let inputs = Inputs(&case.inputs);
    match case.kind.as_str() {
        "weighted_score" if inputs.has("scores") => Some(weighted_of_five(&inputs)),
        "weighted_score" if inputs.has("completion_pct") => Some(weighted_completion(&inputs)),
        "weighted_score_bonus" if inputs.has("items") => Some(balanced_scorecard(&inputs)),
        "weighted_score_bonus" if inputs.has("category_pct") => Some(category_bonus(&inputs)),
        "validation" => Some(validation(&inputs)),
        "tier_marginal_pct" => Some(marginal_percent(&inputs)),
        "tier_flat_rate" | "tier_boundary" => Some(flat_rate(&inputs)),
        "proration" if inputs.has("quota") => Some(prorated_quota(&inputs)),
        "proration" if inputs.has("bonus") => Some(prorated_bonus(&inputs)),
        "accelerator_marginal" => Some(accelerator(&inputs)),
        "linear" => Some(linear_bonus(&inputs)),
        "draw" => Some(guaranteed_minimum(&inputs)),
        "performance_bonus" => Some(performance_bonus(&inputs)),
        "eligibility" => Some(eligibility(&inputs)),
        "min_sample_default" => Some(default_for_few(&inputs)),
        _ => None,
    }
}

/// A case's inputs, read exactly.
struct Inputs<'a>(&'a Value);

impl Inputs<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    fn number(&self, name: &str) -> Fixed {
        to_fixed(&self.0[name])
    }

    fn numbers(&self, name: &str) -> Vec<Fixed> {
        self.0[name].as_array().unwrap().iter().map(to_fixed).collect()
    }

    /// Rows of `[from, to, rate]`; each row must begin where the one before ends.
    fn tiers(&self, name: &str) -> Vec<Tier> {
        let rows = self.0[name].as_array().unwrap();
        for (before, next) in rows.iter().zip(rows.iter().skip(1)) {
            assert_eq!(before[1], next[0], "published tiers without gaps");
        }
        let tiers: Vec<_> = rows.iter().map(|row| Tier { from: to_fixed(&row[0]), rate: to_fixed(&row[2]) }).collect();
        assert_eq!(tiers::check(&tiers), Ok(()));
        tiers
    }
}

fn to_fixed(value: &Value) -> Fixed {
    fixed(&value.to_string())
}

fn part(value: Fixed, by: Fixed, per: Fixed) -> Fixed {
    value.mul_div(by, per).unwrap()
}

/// A line for each weight and value, named by number, all with one curve.
fn scored(weights: &[Fixed], values: &[Option<Fixed>], curve: &Curve, absence: Absence) -> CardResult {
    let name = |index: usize| format!("m{index}");
    let lines = weights.iter().enumerate().map(|(index, weight)| {
        let mut line = line(&name(index), "1");
        (line.weight, line.curve, line.no_data) = (*weight, curve.clone(), absence);
        line
    });
    let mut card = card(lines.collect());
    card.points_up_to = fixed("120");
    assert_eq!(check_card(&card), []);
    let facts = Facts::of((0..weights.len()).map(|index| mean(&name(index))));
    let facts = values.iter().enumerate().fold(facts, |facts, (index, value)| match value {
        Some(value) => facts.with(&name(index), &value.to_string(), "1", 1),
        None => facts,
    });
    score(&card, &facts).unwrap()
}

fn contributions(result: &CardResult) -> impl Iterator<Item = Fixed> {
    result.lines.iter().map(|line| line.contribution)
}

/// Scores on a scale of five as points of a hundred, and back.
fn weighted_of_five(inputs: &Inputs<'_>) -> Figures {
    let five = inputs.number("scale_max");
    let curve = linear(&[("0", "0"), (&five.to_string(), "100")]);
    let scores: Vec<_> = inputs.numbers("scores").into_iter().map(Some).collect();
    let result = scored(&inputs.numbers("weights"), &scores, &curve, Absence::Redistribute);
    let of_scale = |points: Fixed| part(points, five, Fixed::HUNDRED);
    Figures::from([
        ("earned", list(contributions(&result).map(of_scale))),
        ("total", number(of_scale(result.total.unwrap()))),
    ])
}

/// The published final figure counts two absent scores as zero, which a rule here must say by name.
fn weighted_completion(inputs: &Inputs<'_>) -> Figures {
    let whole = linear(&[("0", "0"), ("100", "100")]);
    let completion: Vec<_> = inputs.numbers("completion_pct").into_iter().map(Some).collect();
    let goals = scored(&inputs.numbers("weights"), &completion, &whole, Absence::Redistribute);
    let of_five = |points: Fixed| part(points, fixed("5"), Fixed::HUNDRED);
    let goal_score = of_five(goals.total.unwrap()).round(3);
    let scale = linear(&[("0", "0"), ("5", "100")]);
    let thirds = ["33.333334", "33.333333", "33.333333"].map(fixed);
    let overall = scored(&thirds, &[Some(goal_score), None, None], &scale, Absence::Zero);
    Figures::from([
        ("points", list(contributions(&goals))),
        ("pct", number(goals.total.unwrap())),
        ("total_of_5", number(goal_score)),
        ("final", number(of_five(overall.total.unwrap()))),
    ])
}

/// Achievement in percent of target, capped; where less is better, a percent below target counts as a percent above.
fn balanced_scorecard(inputs: &Inputs<'_>) -> Figures {
    let cap = inputs.number("cap_pct");
    let mirrored = fixed("200").checked_sub(cap).unwrap();
    let higher = Curve::Linear { corners: corners(&[("0", "0"), (&cap.to_string(), &cap.to_string())]) };
    let lower = Curve::Linear { corners: corners(&[(&mirrored.to_string(), &cap.to_string()), ("200", "0")]) };
    let least = inputs.number("min_any_category_pct");
    let mut card = card(Vec::new());
    card.points_up_to = cap;
    let mut metrics = Vec::new();
    let mut facts = Vec::new();
    for item in inputs.0["items"].as_array().unwrap() {
        let (name, is_higher) = (item[0].as_str().unwrap(), item[4] == "higher");
        let mut line = line(name, "1");
        line.weight = part(to_fixed(&item[3]), Fixed::HUNDRED, Fixed::ONE);
        line.curve = if is_higher { higher.clone() } else { lower.clone() };
        card.lines.push(line);
        let mut gate = gate(name, &least.to_string(), GateEffect::CapTotal { at: Fixed::ZERO });
        if !is_higher {
            (gate.at_least, gate.at_most) = (None, fixed("200").checked_sub(least));
        }
        card.gates.push(gate);
        metrics.push(metric(name, Unit::Percent, MetricKind::Mean));
        facts.push((name, to_fixed(&item[2]), to_fixed(&item[1])));
    }
    assert_eq!(check_card(&card), []);
    let facts = facts.into_iter().fold(Facts::of(metrics), |facts, (name, actual, target)| {
        facts.with(name, &actual.to_string(), &target.to_string(), 1)
    });
    let result = score(&card, &facts).unwrap();
    assert!(result.gates.iter().all(|gate| gate.passed == Some(true)), "every category reaches its minimum");

    let base = inputs.number("base_bonus_pct_salary");
    let once = paid(&proportional(), result.printed, one_cycle(base));
    assert_eq!(result_amount(&once), Decimal::from_str_exact("34.15").unwrap(), "30 × 1.1383, rounded once");
    let twice_rounded = paid(&proportional(), result.total.map(|total| total.round(0)), one_cycle(base));
    assert_eq!(result_amount(&twice_rounded), Decimal::from_str_exact("34.20").unwrap(), "30 × 1.14, as published");
    Figures::from([
        ("adjusted", list(result.lines.iter().map(|line| line.points.unwrap()))),
        ("weighted", list(contributions(&result))),
        ("sum", number(result.total.unwrap())),
    ])
}

fn category_bonus(inputs: &Inputs<'_>) -> Figures {
    let achieved = inputs.numbers("category_pct");
    let weights = vec![fixed("25"); achieved.len()];
    let curve = linear(&[("0", "0"), ("120", "120")]);
    let values: Vec<_> = achieved.into_iter().map(Some).collect();
    let result = scored(&weights, &values, &curve, Absence::Redistribute);
    let bonus = paid(&proportional(), result.printed, one_cycle(inputs.number("base_bonus_pct_salary")));
    Figures::from([
        ("factor", number(part(result.printed.unwrap(), Fixed::ONE, Fixed::HUNDRED))),
        ("bonus_pct_salary", Figure::Number(result_amount(&bonus))),
    ])
}

fn validation(inputs: &Inputs<'_>) -> Figures {
    let weights = inputs.numbers("weights");
    let lines = weights.iter().map(|weight| line("m", &weight.to_string())).collect::<Vec<_>>();
    let valid = match check_weights(&lines) {
        Ok(()) => true,
        Err(CardError::WeightsNotHundred { .. }) => false,
        Err(other) => panic!("refused for another reason: {other}"),
    };
    Figures::from([("valid", Figure::Truth(valid))])
}

/// Rates are in percent.
fn marginal_percent(inputs: &Inputs<'_>) -> Figures {
    let sum = tiers::marginal(&inputs.tiers("tiers"), inputs.number("amount")).unwrap();
    Figures::from([("payout", number(part(sum, Fixed::ONE, Fixed::HUNDRED)))])
}

fn flat_rate(inputs: &Inputs<'_>) -> Figures {
    let rate = tiers::flat(&inputs.tiers("tiers"), inputs.number("amount")).unwrap();
    Figures::from([("rate_pct", number(rate))])
}

/// A plan that pays the score as percent of target.
fn proportional() -> IncentivePlan {
    plan(PayoutCurve::Linear { corners: corners(&[("0", "0"), ("1000", "1000")]) })
}

fn plan(curve: PayoutCurve) -> IncentivePlan {
    let plan = IncentivePlan {
        id: "published".to_owned(),
        name: text("Published"),
        posts: Vec::new(),
        curve,
        floor_percent: None,
        cap_percent: None,
        excluded_ratings: Vec::new(),
        min_days: 0,
        prorate_days: true,
        prorate_fte: false,
        rounding: Rounding::HalfUp,
    };
    assert_eq!(plan.check(), []);
    plan
}

/// A cycle, the stretch worked in it, and the target for the whole of it.
struct Work {
    cycle: Period,
    worked: Period,
    target: Fixed,
}

/// A whole cycle, where its length does not matter.
fn one_cycle(target: Fixed) -> Work {
    let cycle = period("2025-01-01", "2025-12-31");
    Work { cycle, worked: cycle, target }
}

fn paid(plan: &IncentivePlan, score: Option<Fixed>, work: Work) -> PayoutResult {
    let target_minor = part(work.target, Fixed::HUNDRED, Fixed::ONE).micros() / Fixed::SCALE;
    let stretches = vec![PayableStretch { period: work.worked, fte: Fixed::ONE, target_minor }];
    let currency = "USD".parse().unwrap();
    pay(plan, &PayoutInput { cycle: work.cycle, score, rating: None, currency, stretches }).unwrap()
}

fn result_amount(result: &PayoutResult) -> Decimal {
    Decimal::new(result.amount_minor, 2)
}

/// An input of the payout's only stretch.
fn stretch_input(result: &PayoutResult, name: &str) -> Decimal {
    let step = result.steps.iter().find(|step| step.kind == StepKind::Stretch).unwrap();
    step.inputs.iter().find(|input| input.name == name).unwrap().value
}

fn prorated_quota(inputs: &Inputs<'_>) -> Figures {
    let date = |value: &Value| day(value.as_str().unwrap());
    let cycle = Period::new(date(&inputs.0["period"][0]), date(&inputs.0["period"][1])).unwrap();
    let worked = Period::new(date(&inputs.0["start"]), cycle.last).unwrap();
    let work = Work { cycle, worked, target: inputs.number("quota") };
    let result = paid(&proportional(), Some(Fixed::HUNDRED), work);
    let quota = result_amount(&result);
    let attained = Facts::of([]).with("revenue", &inputs.number("revenue").to_string(), &quota.to_string(), 1);
    let attainment = single_value(&metric("revenue", Unit::Percent, MetricKind::Mean), attained);
    Figures::from([
        ("active_days", Figure::Number(stretch_input(&result, "days"))),
        ("total_days", Figure::Number(stretch_input(&result, "cycle_days"))),
        ("quota", Figure::Number(quota)),
        ("attainment_pct", number(attainment)),
    ])
}

fn single_value(metric: &Metric, facts: Facts) -> Fixed {
    use merit::domain::scorecard::{Measured, Scope};
    metric.value(&facts.pooled(&metric.id, Scope::Own).unwrap()).unwrap()
}

fn prorated_bonus(inputs: &Inputs<'_>) -> Figures {
    let first = day("2025-01-01");
    let days = |name: &str| {
        let days = inputs.number(name).micros() / Fixed::SCALE;
        Period::new(first, first + chrono::Duration::days(days - 1)).unwrap()
    };
    let work = Work { cycle: days("total"), worked: days("days"), target: inputs.number("bonus") };
    Figures::from([("paid", Figure::Number(result_amount(&paid(&proportional(), Some(Fixed::HUNDRED), work))))])
}

fn accelerator(inputs: &Inputs<'_>) -> Figures {
    let plan = plan(PayoutCurve::Marginal { tiers: inputs.tiers("grid") });
    let result = paid(&plan, Some(inputs.number("achievement_pct")), one_cycle(inputs.number("allocation")));
    assert_eq!(result.withheld, None);
    Figures::from([("payout", Figure::Number(result_amount(&result)))])
}

fn linear_bonus(inputs: &Inputs<'_>) -> Figures {
    let mut card = card(vec![line("sales", "100")]);
    card.points_up_to = fixed("120");
    card.lines[0].curve = linear(&[("0", "0"), ("120", "120")]);
    assert_eq!(check_card(&card), []);
    let (actual, target) = (inputs.number("actual"), inputs.number("target"));
    let facts = Facts::of([metric("sales", Unit::Percent, MetricKind::Mean)]);
    let result = score(&card, &facts.with("sales", &actual.to_string(), &target.to_string(), 1)).unwrap();
    let payout = paid(&proportional(), result.printed, one_cycle(inputs.number("allocation")));
    if target == Fixed::ZERO {
        assert_eq!((result.state, result.lines[0].state), (CardState::InsufficientData, LineState::NotApplicable));
        assert_eq!(payout.withheld, Some(Withheld::NoScore));
    } else {
        assert_eq!(payout.withheld, None);
    }
    Figures::from([("payout", Figure::Number(result_amount(&payout)))])
}

/// A draw that is not recovered is a floor of the whole target.
fn guaranteed_minimum(inputs: &Inputs<'_>) -> Figures {
    let (draw, gross) = (inputs.number("draw"), inputs.number("gross"));
    let earned = Some(part(gross, Fixed::HUNDRED, draw));
    let without = paid(&proportional(), earned, one_cycle(draw));
    let guaranteed = IncentivePlan { floor_percent: Some(Fixed::HUNDRED), ..proportional() };
    let net = paid(&guaranteed, earned, one_cycle(draw));
    assert_eq!(result_amount(&without), gross.to_decimal());
    Figures::from([
        ("net", Figure::Number(result_amount(&net))),
        ("top_up", Figure::Number(result_amount(&net) - result_amount(&without))),
    ])
}

/// A share of the fees, times performance. The source does not state the two parts' weights, and both are full.
fn performance_bonus(inputs: &Inputs<'_>) -> Figures {
    let one_tier = |rate: Fixed| [Tier { from: Fixed::ZERO, rate }];
    let fees = tiers::marginal(&one_tier(inputs.number("fee")), inputs.number("deliveries")).unwrap();
    let share = tiers::marginal(&one_tier(inputs.number("contribution_pct")), fees).unwrap();
    let contribution = part(share, Fixed::ONE, Fixed::HUNDRED);
    let mut card = card(vec![line("time", "50"), line("reviews", "50")]);
    card.lines[0].curve = linear(&[("0", "0"), ("1", "100")]);
    card.lines[1].curve = linear(&[("0", "0"), ("5", "100")]);
    let reviews = inputs.number("review_n");
    let rating_sum = part(inputs.number("review_avg"), reviews, Fixed::ONE);
    let facts = Facts::of([metric("time", Unit::Ratio, MetricKind::Mean), mean("reviews")])
        .with("time", &inputs.number("time_score").to_string(), "1", 1)
        .with("reviews", &rating_sum.to_string(), &reviews.to_string(), reviews.micros() / Fixed::SCALE);
    let performance = score(&card, &facts).unwrap().printed;
    let bonus = paid(&proportional(), performance, one_cycle(contribution));
    Figures::from([
        ("fees", number(fees)),
        ("contribution", number(contribution)),
        ("performance", number(part(performance.unwrap(), Fixed::ONE, Fixed::HUNDRED))),
        ("bonus", Figure::Number(result_amount(&bonus))),
    ])
}

/// A card of one line with a minimum sample, all of whose cases went well.
fn with_minimum(cases: Fixed, minimum: Fixed, value: Fixed, change: impl FnOnce(&mut Card)) -> CardResult {
    let mut card = card(vec![line("cases", "100")]);
    card.lines[0].min_samples = minimum.micros() / Fixed::SCALE;
    change(&mut card);
    let sum = part(value, cases, Fixed::ONE);
    let facts = Facts::of([mean("cases"), rate("unused")]);
    let samples = cases.micros() / Fixed::SCALE;
    score(&card, &facts.with("cases", &sum.to_string(), &cases.to_string(), samples)).unwrap()
}

fn eligibility(inputs: &Inputs<'_>) -> Figures {
    let result = with_minimum(inputs.number("deliveries"), inputs.number("minimum"), Fixed::ONE, |_| {});
    let payout = paid(&proportional(), result.printed, one_cycle(Fixed::HUNDRED));
    let qualified = result.lines[0].state == LineState::Measured;
    assert_eq!(payout.withheld.is_none(), qualified);
    let whole = |name| inputs.number(name).micros() / Fixed::SCALE;
    let eligibility = Eligibility { min_samples: whole("minimum"), ..Eligibility::default() };
    assert_eq!(eligibility.judge(0, whole("deliveries")).is_none(), qualified);
    Figures::from([("qualified", Figure::Truth(qualified))])
}

/// Too few reviews count as the default rating.
fn default_for_few(inputs: &Inputs<'_>) -> Figures {
    let (five, default) = (fixed("5"), inputs.number("default"));
    let neutral = Absence::Neutral { points: part(default, Fixed::HUNDRED, five) };
    let result =
        with_minimum(inputs.number("review_n"), inputs.number("min_reviews"), inputs.number("review_avg"), |card| {
            (card.lines[0].low_sample, card.lines[0].curve) = (neutral, linear(&[("0", "0"), ("5", "100")]))
        });
    assert_eq!((result.lines[0].state, result.lines[0].treatment), (LineState::LowSample, Some(neutral)));
    let total = result.total.unwrap();
    Figures::from([
        ("rating", number(part(total, five, Fixed::HUNDRED))),
        ("score", number(part(total, Fixed::ONE, Fixed::HUNDRED))),
    ])
}
