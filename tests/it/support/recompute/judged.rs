//! The judged part of a card.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{check_weights, figure, items, maybe, read, six};

/// The card's subtotal with its judged part.
pub(super) fn joined(card: &Value, subtotal: Decimal) -> Decimal {
    let Some(judgement) = card.get("judgement") else { return subtotal };
    check_form(judgement);
    let share = figure(&judgement["effective_share"]);
    let goes = judgement["treatment"] == "measured";
    assert_eq!(share, if goes { Decimal::ZERO } else { figure(&judgement["share"]) }, "{judgement}");
    let part = |points: Decimal, share: Decimal| six(points * share / Decimal::ONE_HUNDRED);
    let measured = Decimal::ONE_HUNDRED - share;
    assert_eq!(figure(&judgement["measured_share"]), measured, "{judgement}");
    assert_eq!(figure(&judgement["measured_contribution"]), part(subtotal, measured), "{judgement}");
    let judged = maybe(&judgement["points"]).map_or(Decimal::ZERO, |points| part(points, share));
    assert_eq!(figure(&judgement["contribution"]), judged, "{judgement}");
    part(subtotal, measured) + judged
}

fn check_form(judgement: &Value) {
    let items_of_form = items(&judgement["items"]);
    for item in items_of_form {
        check_item(item);
    }
    let stays = |item: &Value| ["judged", "waiting"].contains(&item["state"].as_str().unwrap());
    let weights: Vec<(Decimal, Decimal, bool)> = items_of_form
        .iter()
        .map(|item| (figure(&item["weight"]), figure(&item["effective_weight"]), stays(item)))
        .collect();
    if !weights.is_empty() {
        check_weights(&weights, judgement);
    }
    if let Some(points) = maybe(&judgement["points"]) {
        assert_eq!(points, items_of_form.iter().map(|item| figure(&item["contribution"])).sum(), "{judgement}");
    }
}

fn check_item(item: &Value) {
    let groups = items(&item["groups"]);
    for group in groups {
        check_group(group);
    }
    let weights: Vec<(Decimal, Decimal, bool)> = groups
        .iter()
        .map(|group| {
            (figure(&group["weight"]), figure(&group["effective_weight"]), group["treatment"] != "redistribute")
        })
        .collect();
    check_weights(&weights, item);
    if let Some(points) = maybe(&item["points"]) {
        assert_eq!(points, groups.iter().map(|group| figure(&group["contribution"])).sum(), "{item}");
    }
    check_part(item);
}

fn check_group(group: &Value) {
    if let Some(points) = maybe(&group["points"]) {
        let raters = Decimal::from(group["raters"].as_i64().unwrap());
        let mean = six(figure(&group["sum"]) / raters);
        assert_eq!(mean, figure(&group["mean"]), "{group}");
        assert_eq!(points, read(&group["curve"], mean, group), "{group}");
    }
    check_part(group);
}

fn check_part(part: &Value) {
    let points = maybe(&part["points"]).unwrap_or_default();
    let expected = six(points * figure(&part["effective_weight"]) / Decimal::ONE_HUNDRED);
    assert_eq!(figure(&part["contribution"]), expected, "{part}");
}
