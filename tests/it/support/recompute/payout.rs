//! Payouts, from their steps to the minor unit.

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use super::{figure, items, six};

/// Recomputes a payout from its steps and the score it begins with. Returns whether an amount is payable.
pub(crate) fn check_payout(payout: &Value, scorecard: &Value) -> bool {
    let (amount, steps) = (figure(&payout["payout"]["amount"]), items(&payout["steps"]));
    for (at, step) in steps.iter().enumerate() {
        let result = match step["kind"].as_str().unwrap() {
            "attainment" => {
                assert_eq!(input(step, "score"), figure(&scorecard["scorecard"]["score"]), "{step}");
                input(step, "score")
            }
            "curve" => curve(step),
            "floor" => {
                let percent = input(step, "percent");
                if percent > Decimal::ZERO { percent.max(input(step, "floor_percent")) } else { percent }
            }
            "cap" => input(step, "percent").min(input(step, "cap_percent")),
            "stretch" => product(step) / divisor(step),
            "sum" => sum(steps, step),
            "rounding" => round(payout, step),
            other => panic!("{other} is not a kind of step"),
        };
        let printed = figure(&step["result"]);
        assert!((result - printed).abs() <= Decimal::new(1, 20), "{result} in {step}");
        if let Some(before) =
            at.checked_sub(1).filter(|_| ["curve", "floor", "cap"].iter().any(|kind| step["kind"] == *kind))
        {
            let taken = figure(&items(&step["inputs"])[0]["value"]);
            assert_eq!(taken, figure(&steps[before]["result"]), "{step} does not go on from the step before");
        }
    }
    if payout["payout"].get("withheld").is_some() {
        assert!(amount.is_zero() && !steps.iter().any(|step| step["kind"] == "rounding"), "{payout}");
        return false;
    }
    assert_eq!(amount, figure(&steps.last().unwrap()["result"]), "{payout}");
    true
}

fn try_input(step: &Value, name: &str) -> Option<Decimal> {
    items(&step["inputs"]).iter().find(|input| input["name"] == name).map(|input| figure(&input["value"]))
}

fn input(step: &Value, name: &str) -> Decimal {
    try_input(step, name).unwrap_or_else(|| panic!("{step} has no {name}"))
}

/// Percent of the target: on a straight piece, of the tier, or Σ slice × rate.
fn curve(step: &Value) -> Decimal {
    let at = input(step, "attainment_percent");
    if let Some(from) = try_input(step, "from_attainment") {
        let (to, least, most) = (input(step, "to_attainment"), input(step, "from_percent"), input(step, "to_percent"));
        return if from == to { least } else { least + six((most - least) * (at - from) / (to - from)) };
    }
    if let Some(rate) = try_input(step, "rate") {
        assert!(input(step, "tier_from") <= at, "{step}");
        return rate;
    }
    let slices: Vec<(Decimal, Decimal)> = (1..)
        .map_while(|number| {
            Some((try_input(step, &format!("slice_{number}"))?, input(step, &format!("rate_{number}"))))
        })
        .collect();
    assert_eq!(slices.iter().map(|(slice, _)| slice).sum::<Decimal>(), at.max(Decimal::ZERO), "{step}");
    six(slices.iter().map(|(slice, rate)| slice * rate).sum())
}

/// target × percent × days × FTE of a stretch, before it is divided.
fn product(step: &Value) -> Decimal {
    let fte = try_input(step, "fte").unwrap_or(Decimal::ONE);
    input(step, "target") * input(step, "percent") * input(step, "days") * fte
}

fn divisor(step: &Value) -> Decimal {
    let days = try_input(step, "cycle_days").unwrap_or_else(|| input(step, "assigned_days"));
    Decimal::ONE_HUNDRED * days
}

/// The stretches' exact products added up and divided once.
fn sum(steps: &[Value], step: &Value) -> Decimal {
    let stretches: Vec<&Value> = steps.iter().filter(|step| step["kind"] == "stretch").collect();
    let shown: Vec<&Value> = stretches.iter().map(|stretch| &stretch["result"]).collect();
    assert_eq!(items(&step["inputs"]).iter().map(|input| &input["value"]).collect::<Vec<_>>(), shown, "{step}");
    stretches.iter().map(|stretch| product(stretch)).sum::<Decimal>() / divisor(stretches[0])
}

fn round(payout: &Value, step: &Value) -> Decimal {
    let how = match payout["rounding"].as_str().unwrap_or_else(|| panic!("{payout} does not say how it is rounded")) {
        "half_up" => RoundingStrategy::MidpointAwayFromZero,
        "half_even" => RoundingStrategy::MidpointNearestEven,
        "down" => RoundingStrategy::ToZero,
        "up" => RoundingStrategy::AwayFromZero,
        other => panic!("{other} is not a rounding"),
    };
    let decimals = u32::try_from(input(step, "decimals")).unwrap();
    input(step, "unrounded").round_dp_with_strategy(decimals, how)
}
