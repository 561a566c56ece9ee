//! Lines and gates.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{check_explanation, check_weights, figure, items, maybe, read, rounded, six, told};

fn ratio(unit: &Value, numerator: Decimal, denominator: Decimal) -> Decimal {
    let times = if unit == "percent" { Decimal::ONE_HUNDRED } else { Decimal::ONE };
    six(numerator * times / denominator)
}

/// Every line, its weight among the others, and its contribution.
pub(super) fn check_lines(card: &Value) {
    let (lines, gates) = (items(&card["lines"]), items(&card["gates"]));
    for line in lines {
        check_state(line);
        check_value(line);
        check_interval(line);
        check_points(line);
        check_contribution(line, gates);
        check_explanation(&line["explanation"]);
        for (kind, field) in [("value", "value"), ("contribution", "contribution")] {
            if let Some(result) = told(&line["explanation"], kind) {
                assert_eq!(figure(result), figure(&line[field]), "{line}");
            }
        }
    }
    let weighted = lines.iter().filter(|line| line.get("outside").is_none());
    let weights: Vec<(Decimal, Decimal, bool)> = weighted
        .map(|line| (figure(&line["weight"]), figure(&line["effective_weight"]), line["treatment"] != "redistribute"))
        .collect();
    assert_eq!(weights.iter().map(|(weight, ..)| weight).sum::<Decimal>(), Decimal::ONE_HUNDRED, "{card}");
    check_weights(&weights, card);
}

fn check_state(line: &Value) {
    let (samples, least) = (line["samples"].as_i64().unwrap(), line["min_samples"].as_i64().unwrap());
    let none = figure(&line["denominator"]).is_zero();
    let expected = match line["state"].as_str().unwrap() {
        "measured" => !none && samples >= least,
        "low_sample" => !none && samples < least,
        "no_data" => none && samples == 0,
        "not_applicable" => none && samples > 0,
        "no_benchmark" => !none && line["measure"] == "index",
        "left_out" => true,
        other => panic!("{other} is not a state of {line}"),
    };
    assert!(expected, "{line}");
    assert_eq!(line["state"] == "measured", line.get("treatment").is_none(), "{line}");
}

fn check_value(line: &Value) {
    let Some(value) = maybe(&line["value"]) else { return };
    let (numerator, denominator) = (figure(&line["numerator"]), figure(&line["denominator"]));
    let Some(index) = line.get("index") else {
        return assert_eq!(value, ratio(&line["unit"], numerator, denominator), "{line}");
    };
    let (mut actual, mut expected) = (Decimal::ZERO, Decimal::ZERO);
    for segment in items(&index["segments"]) {
        let product = six(figure(&segment["denominator"]) * figure(&segment["benchmark"]));
        assert_eq!(product, figure(&segment["expected"]), "{segment}");
        actual += figure(&segment["numerator"]);
        expected += product;
    }
    assert_eq!((actual, expected), (figure(&index["actual"]), figure(&index["expected"])), "{line}");
    assert_eq!((actual, value), (numerator, six(actual / expected)), "{line}");
}

fn check_interval(line: &Value) {
    let (Some(ends), Some(value)) = (line.get("interval"), maybe(&line["value"])) else { return };
    let (lower, upper) = (figure(&ends["lower"]), figure(&ends["upper"]));
    assert!(lower <= value && value <= upper, "{line}");
    if let Some(deviation) = maybe(&ends["standard_deviation"])
        && line.get("index").is_none()
    {
        // (half width)² × n = (1.96 × deviation)², up to what rounding does to the half width.
        let n = Decimal::from(line["samples"].as_i64().unwrap());
        let half = upper - value;
        let (squared, wanted) = (half * half * n, Decimal::new(38416, 4) * deviation * deviation);
        assert!((squared - wanted).abs() <= half * n * Decimal::new(2, 6), "{line}");
    }
}

/// The value that points were read at.
fn read_at(line: &Value) -> Option<Decimal> {
    let value = maybe(&line["value"])?;
    let Some(shrinkage) = line.get("shrinkage").filter(|shrinkage| shrinkage.get("shrunk").is_some()) else {
        return Some(value);
    };
    let peers = ratio(&line["unit"], figure(&shrinkage["peer_numerator"]), figure(&shrinkage["peer_denominator"]));
    assert_eq!(peers, figure(&shrinkage["peer_value"]), "{line}");
    let (strength, n) = (figure(&shrinkage["strength"]), Decimal::from(line["samples"].as_i64().unwrap()));
    let shrunk = six((n * value + strength * peers) / (n + strength));
    assert_eq!(shrunk, figure(&shrinkage["shrunk"]), "{line}");
    Some(shrunk)
}

fn check_points(line: &Value) {
    let points = maybe(&line["points"]);
    let expected = match line["treatment"].as_str() {
        None | Some("count") => {
            let at = read_at(line).unwrap_or_else(|| panic!("no value in {line}"));
            let mut expected = read(&line["curve"], at, line);
            expected = maybe(&line["floor"]).map_or(expected, |floor| expected.max(floor));
            Some(maybe(&line["cap"]).map_or(expected, |cap| expected.min(cap)))
        }
        Some("zero") => Some(Decimal::ZERO),
        Some("carry") => Some(figure(&line["carried"]["points"])),
        Some("neutral") => told(&line["explanation"], "treatment").map(figure),
        Some("redistribute" | "hold") => None,
        Some(other) => panic!("{other} is not a treatment of {line}"),
    };
    assert_eq!(points, expected, "{line}");
}

fn check_contribution(line: &Value, gates: &[Value]) {
    let zeroed = failed(gates).any(|gate| gate["effect"] == "zero_line" && gate["effect_at"] == line["id"]);
    let expected = match (maybe(&line["points"]), line["outside"].as_str()) {
        (None, _) => Decimal::ZERO,
        (Some(_), _) if zeroed => Decimal::ZERO,
        (Some(points), None) => six(points * figure(&line["effective_weight"]) / Decimal::ONE_HUNDRED),
        (Some(points), Some("bonus")) => points,
        (Some(points), Some("penalty")) => -points,
        (Some(_), Some(other)) => panic!("{other} is no place of {line}"),
    };
    assert_eq!(figure(&line["contribution"]), expected, "{line}");
}

pub(super) fn failed(gates: &[Value]) -> impl Iterator<Item = &Value> {
    gates.iter().filter(|gate| gate["passed"] == false)
}

pub(super) fn check_gates(card: &Value) {
    for gate in items(&card["gates"]) {
        let enough = gate["samples"].as_i64() >= gate["min_samples"].as_i64();
        let passed = maybe(&gate["value"]).filter(|_| enough).map(|value| {
            let shown = rounded(value, 2);
            maybe(&gate["at_least"]).is_none_or(|least| shown >= least)
                && maybe(&gate["at_most"]).is_none_or(|most| shown <= most)
        });
        assert_eq!(gate["passed"].as_bool(), passed, "{gate}");
        check_explanation(&gate["explanation"]);
    }
}
