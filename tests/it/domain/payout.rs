//! Payouts: worked examples, what withholds them, and a calculator that only sees the printed steps.

use merit::domain::curve::Corner;
use merit::domain::fixed::Fixed;
use merit::domain::money::{Currency, Rounding};
use merit::domain::payout::{
    IncentivePlan, PayableStretch, PayoutCurve, PayoutError, PayoutInput, PayoutResult, PayoutStep, PlanError,
    StepKind, Withheld, pay,
};
use merit::domain::period::Period;
use merit::domain::tiers::Tier;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::build::{corners, day, decimal, fixed, period, text, tiers};

fn plan(curve: PayoutCurve) -> IncentivePlan {
    IncentivePlan {
        id: "quarterly".to_owned(),
        name: text("Quarterly bonus"),
        posts: vec!["agent".to_owned()],
        curve,
        floor_percent: None,
        cap_percent: None,
        excluded_ratings: Vec::new(),
        min_days: 0,
        prorate_days: true,
        prorate_fte: true,
        rounding: Rounding::HalfUp,
    }
}

/// Nothing below 60, half of the target at 60, the whole at 90, one and a half times at 110.
fn linear() -> PayoutCurve {
    PayoutCurve::Linear { corners: corners(&[("59.99", "0"), ("60", "50"), ("90", "100"), ("110", "150")]) }
}

fn stretch(first: &str, last: &str, fte: &str, target_minor: i64) -> PayableStretch {
    PayableStretch { period: period(first, last), fte: fixed(fte), target_minor }
}

fn input(score: &str, stretches: Vec<PayableStretch>) -> PayoutInput {
    PayoutInput {
        cycle: period("2023-07-01", "2023-09-30"),
        score: Some(fixed(score)),
        rating: Some("B".to_owned()),
        currency: "CNY".parse().unwrap(),
        stretches,
    }
}

fn whole_quarter() -> Vec<PayableStretch> {
    vec![stretch("2023-01-01", "2024-12-31", "1", 600_000)]
}

fn amount(plan: &IncentivePlan, input: &PayoutInput) -> i64 {
    let result = pay(plan, input).unwrap();
    assert_eq!(result.withheld, None);
    result.amount_minor
}

fn shown(step: &PayoutStep) -> String {
    let inputs: Vec<_> = step.inputs.iter().map(|input| format!("{}={}", input.name, input.value)).collect();
    format!("{:?}({}) = {}", step.kind, inputs.join(", "), step.result)
}

#[test]
fn every_step_of_a_payout_is_kept() {
    let mut plan = plan(linear());
    (plan.floor_percent, plan.cap_percent) = (Some(fixed("20")), Some(fixed("120")));
    let stretches =
        vec![stretch("2023-06-01", "2023-07-31", "1", 600_000), stretch("2023-08-01", "2023-09-30", "0.5", 690_000)];
    let result = pay(&plan, &input("87.5", stretches)).unwrap();

    // 50 + 27.5 × 50 / 30 = 95.833333 %
    // 6000 × 0.95833333 × 31/92 = 1937.49999326…, 6900 × 0.95833333 × 61/92 × 0.5 = 2192.18749237…
    let steps: Vec<_> = result.steps.iter().map(shown).collect();
    assert_eq!(
        steps,
        [
            "Attainment(score=87.5) = 87.5",
            "Curve(attainment_percent=87.5, from_attainment=60, from_percent=50, to_attainment=90, to_percent=100) = 95.833333",
            "Floor(percent=95.833333, floor_percent=20) = 95.833333",
            "Cap(percent=95.833333, cap_percent=120) = 95.833333",
            "Stretch(target=6000, percent=95.833333, days=31, cycle_days=92, fte=1) = 1937.4999932608695652173913043",
            "Stretch(target=6900, percent=95.833333, days=61, cycle_days=92, fte=0.5) = 2192.187492375",
            "Sum(stretch_1=1937.4999932608695652173913043, stretch_2=2192.187492375) = 4129.6874856358695652173913043",
            "Rounding(unrounded=4129.6874856358695652173913043, decimals=2) = 4129.69",
        ]
    );
    assert_eq!((result.amount_minor, result.currency.code(), result.plan.as_str()), (412_969, "CNY", "quarterly"));
}

#[test]
fn the_curve_floor_and_cap_decide_the_percent() {
    let mut plan = plan(linear());
    let paid = |plan: &IncentivePlan, score| amount(plan, &input(score, whole_quarter()));
    assert_eq!(
        ["59.99", "60", "75", "90", "100", "110", "130"].map(|score| paid(&plan, score)),
        [0, 300_000, 450_000, 600_000, 750_000, 900_000, 900_000]
    );
    (plan.floor_percent, plan.cap_percent) = (Some(fixed("70")), Some(fixed("120")));
    assert_eq!(["59.99", "60", "75", "130"].map(|score| paid(&plan, score)), [0, 420_000, 450_000, 720_000]);
}

#[test]
fn flat_and_marginal_tiers_pay_differently() {
    let flat = plan(PayoutCurve::Flat { tiers: tiers(&[("0", "0"), ("80", "60"), ("90", "110")]) });
    let marginal = plan(PayoutCurve::Marginal { tiers: tiers(&[("0", "1"), ("100", "1.4"), ("120", "1.6")]) });
    let paid = |plan: &IncentivePlan, score| amount(plan, &input(score, whole_quarter()));
    assert_eq!(["79.99", "80", "89.99", "90"].map(|score| paid(&flat, score)), [0, 360_000, 360_000, 660_000]);
    assert_eq!(["80", "110", "130"].map(|score| paid(&marginal, score)), [480_000, 684_000, 864_000]);
    let step = pay(&marginal, &input("130", whole_quarter())).unwrap().steps.remove(1);
    assert_eq!(
        shown(&step),
        "Curve(attainment_percent=130, slice_1=100, rate_1=1, slice_2=20, rate_2=1.4, slice_3=10, rate_3=1.6) = 144"
    );
}

#[test]
fn thirds_make_a_whole_in_every_rounding_mode() {
    for rounding in [Rounding::HalfUp, Rounding::HalfEven, Rounding::Down, Rounding::Up] {
        let mut plan = plan(linear());
        plan.rounding = rounding;
        let stretches = vec![
            stretch("2023-07-01", "2023-07-31", "1", 100_000),
            stretch("2023-08-01", "2023-08-31", "1", 100_000),
            stretch("2023-09-01", "2023-09-30", "1", 100_000),
        ];
        assert_eq!(amount(&plan, &input("90", stretches)), 100_000, "{rounding:?}");
    }
}

#[test]
fn the_sum_is_rounded_not_its_parts() {
    let stretches = vec![
        stretch("2023-07-01", "2023-08-15", "0.000005", 100_000),
        stretch("2023-08-16", "2023-09-30", "0.000005", 100_000),
    ];
    // Each half is 0.0025 and would round to nothing.
    let result = pay(&plan(linear()), &input("90", stretches)).unwrap();
    assert_eq!((result.amount_minor, result.steps[4].result), (1, decimal("0.005")));
}

#[test]
fn proration_counts_days_in_the_cycle_and_full_time_share() {
    let half = || vec![stretch("2023-08-16", "2024-08-15", "0.5", 600_000)];
    let mut plan = plan(linear());
    assert_eq!(amount(&plan, &input("90", half())), 150_000, "46 of 92 days at half time");
    plan.prorate_fte = false;
    assert_eq!(amount(&plan, &input("90", half())), 300_000);
    plan.prorate_days = false;
    assert_eq!(amount(&plan, &input("90", half())), 600_000);
    plan.prorate_fte = true;
    assert_eq!(amount(&plan, &input("90", half())), 300_000);
}

#[test]
fn without_proration_by_days_stretches_share_one_target() {
    let mut plan = plan(linear());
    plan.prorate_days = false;
    let transferred =
        || vec![stretch("2023-07-01", "2023-07-23", "1", 600_000), stretch("2023-07-24", "2023-09-30", "1", 200_000)];
    // 23 and 69 of 92 days: 6000 × 1/4 + 2000 × 3/4.
    assert_eq!(amount(&plan, &input("90", transferred())), 300_000);
    let mut joined_late = transferred();
    joined_late.remove(0);
    assert_eq!(amount(&plan, &input("90", joined_late)), 200_000, "the target in full, though 23 days are missing");
    let mut outside = transferred();
    outside[0].period = period("2023-01-01", "2023-06-30");
    assert_eq!(amount(&plan, &input("90", outside)), 200_000, "a stretch outside the cycle earns nothing");
}

#[test]
fn a_payout_is_withheld_with_the_steps_so_far() {
    let mut plan = plan(linear());
    plan.excluded_ratings = vec!["D".to_owned()];
    plan.min_days = 30;
    let check = |input: &PayoutInput, reason: Withheld, steps: &[StepKind]| {
        let result = pay(&plan, input).unwrap();
        let kinds: Vec<_> = result.steps.iter().map(|step| step.kind).collect();
        assert_eq!((result.withheld, result.amount_minor, &kinds[..]), (Some(reason), 0, steps));
    };
    let mut no_score = input("90", whole_quarter());
    no_score.score = None;
    check(&no_score, Withheld::NoScore, &[]);
    let mut excluded = input("90", whole_quarter());
    excluded.rating = Some("D".to_owned());
    check(&excluded, Withheld::ExcludedRating, &[StepKind::Attainment]);
    let days = |last: &str| input("90", vec![stretch("2023-06-01", last, "1", 600_000)]);
    check(&days("2023-07-29"), Withheld::TooFewDays, &[StepKind::Attainment]);
    assert_eq!(pay(&plan, &days("2023-07-30")).unwrap().withheld, None);
    check(&input("90", vec![stretch("2023-07-01", "2023-09-30", "1", 0)]), Withheld::NoTarget, &[StepKind::Attainment]);
    let mut any_days = plan.clone();
    any_days.min_days = 0;
    assert_eq!(pay(&any_days, &input("90", Vec::new())).unwrap().withheld, Some(Withheld::NoTarget));
    let nothing_earned = pay(&plan, &input("10", whole_quarter())).unwrap();
    assert_eq!((nothing_earned.withheld, nothing_earned.amount_minor), (None, 0), "zero is payable");
}

#[test]
fn currencies_round_by_their_own_decimals() {
    let mut yen = input("90", vec![stretch("2023-07-01", "2023-07-31", "1", 100_000)]);
    yen.currency = "JPY".parse().unwrap();
    assert_eq!(amount(&plan(linear()), &yen), 33_696, "100000 × 31/92 = 33695.65…");
    yen.currency = "KWD".parse().unwrap();
    let result = pay(&plan(linear()), &yen).unwrap();
    assert_eq!((result.amount_minor, result.steps[4].result), (33_696, decimal("33.696")));
}

#[test]
fn what_would_pay_wrongly_is_an_error() {
    let plan_ = plan(linear());
    let overlapping = vec![stretch("2023-07-01", "2023-08-01", "1", 1), stretch("2023-08-01", "2023-09-30", "1", 1)];
    let error = pay(&plan_, &input("90", overlapping)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the stretches 2023-07-01..2023-08-01 and 2023-08-01..2023-09-30 share days, which would be paid twice: end one before the \
         other begins"
    );
    let negative = vec![stretch("2023-07-01", "2023-08-01", "1", -1)];
    assert!(matches!(pay(&plan_, &input("90", negative)), Err(PayoutError::NegativeTarget { .. })));
    let negative = vec![stretch("2023-07-01", "2023-08-01", "-1", 1)];
    assert!(matches!(pay(&plan_, &input("90", negative)), Err(PayoutError::NegativeFte { .. })));
    for curve in [
        PayoutCurve::Linear { corners: Vec::new() },
        PayoutCurve::Flat { tiers: tiers(&[("95", "1")]) },
        PayoutCurve::Marginal { tiers: Vec::new() },
    ] {
        let error = pay(&plan(curve), &input("90", whole_quarter())).unwrap_err();
        assert_eq!(error, PayoutError::NoRate { plan: "quarterly".into(), attainment: fixed("90") });
    }
    let rich = plan(PayoutCurve::Flat { tiers: tiers(&[("0", "9000000000000")]) });
    let huge = vec![stretch("2023-07-01", "2023-09-30", "1", i64::MAX)];
    assert!(matches!(pay(&rich, &input("90", huge)), Err(PayoutError::Overflow { .. })));
}

#[test]
fn plans_are_checked() {
    let broken = |change: fn(&mut IncentivePlan)| {
        let mut plan = plan(linear());
        change(&mut plan);
        plan.check()
    };
    assert_eq!(broken(|_| {}), []);
    assert!(matches!(
        broken(|plan| plan.curve = PayoutCurve::Linear { corners: Vec::new() })[..],
        [PlanError::Curve(_)]
    ));
    assert!(matches!(broken(|plan| plan.curve = PayoutCurve::Flat { tiers: Vec::new() })[..], [PlanError::Tiers(_)]));
    assert!(matches!(
        broken(|plan| plan.curve = PayoutCurve::Marginal { tiers: tiers(&[("0", "-1")]) })[..],
        [PlanError::NegativeRate { .. }]
    ));
    assert!(matches!(broken(|plan| plan.min_days = -1)[..], [PlanError::NegativeDays(-1)]));
    let limits = broken(|plan| (plan.floor_percent, plan.cap_percent) = (Some(fixed("50")), Some(fixed("-10"))));
    assert!(matches!(limits[..], [PlanError::Negative { name: "cap_percent", .. }, PlanError::FloorAboveCap { .. }]));
}

/// A calculator that knows the printed steps and the plan's rounding mode, and nothing else.
struct Calculator<'a>(&'a PayoutResult);

impl Calculator<'_> {
    fn step(&self, kind: StepKind) -> Option<&PayoutStep> {
        self.0.steps.iter().find(|step| step.kind == kind)
    }

    fn input(step: &PayoutStep, name: &str) -> Option<Decimal> {
        step.inputs.iter().find(|input| input.name == name).map(|input| input.value)
    }

    /// Percent of target from the curve's step.
    fn curve(&self) -> Decimal {
        let step = self.step(StepKind::Curve).unwrap();
        let get = |name: &str| Self::input(step, name);
        let percent = if let (Some(from), Some(to)) = (get("from_attainment"), get("to_attainment")) {
            let (low, high) = (get("from_percent").unwrap(), get("to_percent").unwrap());
            let along = get("attainment_percent").unwrap() - from;
            if from == to { low } else { low + (high - low) * along / (to - from) }
        } else if get("tier_from").is_some() {
            get("rate").unwrap()
        } else {
            (1..).map_while(|n| Some(get(&format!("slice_{n}"))? * get(&format!("rate_{n}"))?)).sum()
        };
        percent.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero)
    }

    fn percent(&self) -> Decimal {
        let mut percent = self.curve();
        if let Some(floor) = self.step(StepKind::Floor).and_then(|step| Self::input(step, "floor_percent")) {
            percent = if percent.is_zero() { percent } else { percent.max(floor) };
        }
        if let Some(cap) = self.step(StepKind::Cap).and_then(|step| Self::input(step, "cap_percent")) {
            percent = percent.min(cap);
        }
        percent
    }

    /// Numerators over the stretches' common divisor.
    fn unrounded(&self) -> Decimal {
        let percent = self.percent();
        let (mut products, mut divisor) = (Decimal::ZERO, Decimal::ONE);
        for step in self.0.steps.iter().filter(|step| step.kind == StepKind::Stretch) {
            let get = |name: &str| Self::input(step, name);
            assert_eq!(get("percent"), Some(percent));
            let whole = get("cycle_days").or(get("assigned_days")).unwrap();
            divisor = whole * Decimal::ONE_HUNDRED;
            let product = get("target").unwrap() * percent * get("days").unwrap() * get("fte").unwrap_or(Decimal::ONE);
            assert_eq!((product / divisor).normalize(), step.result);
            products += product;
        }
        products / divisor
    }

    fn amount(&self, rounding: Rounding) -> Decimal {
        let unrounded = self.unrounded();
        let sum = self.step(StepKind::Sum).unwrap();
        assert_eq!(sum.result, unrounded.normalize());
        let of_parts: Decimal = sum.inputs.iter().map(|input| input.value).sum();
        assert!((of_parts - sum.result).abs() < decimal("0.00000000000001"), "the parts make the sum");
        let decimals = Self::input(self.step(StepKind::Rounding).unwrap(), "decimals").unwrap();
        let strategy = match rounding {
            Rounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Rounding::HalfEven => RoundingStrategy::MidpointNearestEven,
            Rounding::Down => RoundingStrategy::ToZero,
            Rounding::Up => RoundingStrategy::AwayFromZero,
        };
        unrounded.round_dp_with_strategy(decimals.try_into().unwrap(), strategy)
    }
}

fn any_curve() -> impl Strategy<Value = PayoutCurve> {
    let steps = prop::collection::vec((1_i64..60_000_000, 0_i64..200_000_000), 1..5);
    (steps, 0..3).prop_map(|(steps, kind)| {
        let mut from = 0;
        let tiers: Vec<Tier> = steps
            .into_iter()
            .map(|(width, rate)| {
                let rate = if kind == 2 { rate / 100 } else { rate };
                let tier = Tier { from: Fixed::from_micros(from), rate: Fixed::from_micros(rate) };
                from += width;
                tier
            })
            .collect();
        match kind {
            0 => PayoutCurve::Linear {
                corners: tiers.iter().map(|tier| Corner { value: tier.from, points: tier.rate }).collect(),
            },
            1 => PayoutCurve::Flat { tiers },
            _ => PayoutCurve::Marginal { tiers },
        }
    })
}

fn any_plan() -> impl Strategy<Value = IncentivePlan> {
    let limit = || prop::option::of(0_i64..150_000_000);
    let rounding = prop::sample::select(vec![Rounding::HalfUp, Rounding::HalfEven, Rounding::Down, Rounding::Up]);
    (any_curve(), limit(), limit(), any::<bool>(), any::<bool>(), rounding).prop_map(
        |(curve, floor, above, prorate_days, prorate_fte, rounding)| IncentivePlan {
            floor_percent: floor.map(Fixed::from_micros),
            cap_percent: above.map(|above| Fixed::from_micros(above + floor.unwrap_or(0))),
            prorate_days,
            prorate_fte,
            rounding,
            ..plan(curve)
        },
    )
}

/// One to three stretches that follow each other, some before and after the cycle.
fn any_stretches() -> impl Strategy<Value = Vec<PayableStretch>> {
    prop::collection::vec((1_i64..60, 0_i64..1_500_000, 0_i64..5_000_000), 1..4).prop_map(|stretches| {
        let mut next = day("2023-06-15");
        stretches
            .into_iter()
            .map(|(days, fte, target_minor)| {
                let first = next;
                let last = first + chrono::Duration::days(days - 1);
                next = last + chrono::Duration::days(1 + days % 3);
                let period = Period::new(first, last).unwrap();
                PayableStretch { period, fte: Fixed::from_micros(fte), target_minor }
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn a_calculator_gets_the_amount_from_the_printed_steps(
        plan in any_plan(),
        stretches in any_stretches(),
        score in 0_i64..13_000,
        code in prop::sample::select(vec!["CNY", "JPY", "KWD"]),
    ) {
        let currency: Currency = code.parse().unwrap();
        let input = PayoutInput { currency, score: Some(Fixed::from_micros(score * 10_000)), ..input("0", stretches) };
        prop_assert_eq!(plan.check(), []);
        let result = pay(&plan, &input).unwrap();
        if result.withheld.is_some() {
            prop_assert_eq!(result.amount_minor, 0);
            return Ok(());
        }
        let amount = Calculator(&result).amount(plan.rounding);
        prop_assert_eq!(Decimal::new(result.amount_minor, currency.decimals()), amount);
    }

    #[test]
    fn splitting_a_stretch_pays_the_same(plan in any_plan(), split in 1_i64..91, score in 0_i64..13_000, target in 1_i64..5_000_000) {
        let score = Fixed::from_micros(score * 10_000);
        let cycle = period("2023-07-01", "2023-09-30");
        let whole = PayableStretch { period: cycle, fte: fixed("0.8"), target_minor: target };
        let middle = cycle.first + chrono::Duration::days(split);
        let parts = vec![
            PayableStretch { period: Period::new(cycle.first, middle.pred_opt().unwrap()).unwrap(), ..whole.clone() },
            PayableStretch { period: Period::new(middle, cycle.last).unwrap(), ..whole.clone() },
        ];
        let paid = |stretches| pay(&plan, &PayoutInput { score: Some(score), ..input("0", stretches) }).unwrap().amount_minor;
        prop_assert_eq!(paid(vec![whole]), paid(parts));
    }
}
