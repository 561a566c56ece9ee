//! Cards, stretches and the whole.

use rust_decimal::Decimal;
use serde_json::Value;

use super::lines::{check_gates, check_lines, failed};
use super::{check_explanation, check_weights, figure, items, judged, maybe, rounded, six};

/// Recomputes a scorecard's every total. Returns how many totals it has: one a scored card, and the whole's.
pub(crate) fn check_scorecard(detail: &Value) -> usize {
    let stretches = items(&detail["stretches"]);
    let mut totals = 0;
    for stretch in stretches {
        totals += usize::from(check_card(&stretch["card"]));
    }
    check_shares(detail, stretches);
    let summary = &detail["scorecard"];
    let counted = || stretches.iter().filter(|stretch| !figure(&stretch["share"]).is_zero());
    let standing = |wanted: &str| stretches.iter().any(|stretch| stretch["standing"] == wanted);
    let state = if detail.get("exemption").is_some() {
        "exempt"
    } else if standing("waiting") {
        "on_hold"
    } else if standing("counted") {
        "scored"
    } else {
        "insufficient_data"
    };
    assert_eq!(summary["state"], state, "{summary}");
    check_explanation(&detail["explanation"]);
    if state != "scored" {
        for figure in ["total", "score", "rating"] {
            assert!(summary.get(figure).is_none(), "{summary}");
        }
        assert!(detail.get("next_band").is_none(), "{summary}");
        return totals;
    }
    let products = counted().map(|stretch| figure(&stretch["card"]["total"]) * figure(&stretch["share"]));
    let total = six(products.sum::<Decimal>() / Decimal::ONE_HUNDRED);
    assert_eq!(figure(&summary["total"]), total, "{summary}");
    let score = rounded(total, 2);
    assert_eq!(summary["score"], format!("{score:.2}"), "{summary}");
    let bands = items(&stretches.last().unwrap()["card"]["bands"]);
    let caps = counted().flat_map(|stretch| caps(bands, &stretch["card"]));
    assert_eq!(summary["rating"].as_str(), rating(bands, score, caps), "{summary}");
    check_next_band(detail, bands);
    totals + 1
}

/// The shares: days, cases or the same for each, of those that stay, adding up to exactly 100.
fn check_shares(detail: &Value, stretches: &[Value]) {
    let weight = |stretch: &Value| match detail["basis"].as_str().unwrap() {
        "equal" => Decimal::ONE,
        basis => Decimal::from(stretch[basis].as_i64().unwrap()),
    };
    let members: Vec<(Decimal, Decimal, bool)> = stretches
        .iter()
        .map(|stretch| {
            let stays = ["counted", "waiting"].contains(&stretch["standing"].as_str().unwrap());
            (weight(stretch), figure(&stretch["share"]), stays)
        })
        .collect();
    check_weights(&members, &detail["scorecard"]);
    for count in ["days", "samples"] {
        let sum: i64 = stretches.iter().map(|stretch| stretch[count].as_i64().unwrap()).sum();
        assert_eq!(detail[count], sum, "{count} of {}", detail["scorecard"]);
    }
}

/// One card; whether it has a total.
fn check_card(card: &Value) -> bool {
    check_lines(card);
    check_gates(card);
    check_explanation(&card["explanation"]);
    if card["state"] != "scored" {
        assert!(card.get("total").is_none() && card.get("rating").is_none(), "{card}");
        return false;
    }
    let lines = items(&card["lines"]);
    let sum = |outside: bool| -> Decimal {
        let lines = lines.iter().filter(|line| line.get("outside").is_some() == outside);
        lines.map(|line| figure(&line["contribution"])).sum()
    };
    let subtotal = sum(false);
    assert_eq!(figure(&card["subtotal"]), subtotal, "{card}");
    let most = figure(&card["points_up_to"]);
    let adjusted = (judged::joined(card, subtotal) + sum(true)).min(most).max(Decimal::ZERO);
    assert_eq!(figure(&card["adjusted"]), adjusted, "{card}");
    let gates = items(&card["gates"]);
    let total = failed(gates)
        .filter(|gate| gate["effect"] == "cap_total")
        .fold(adjusted, |total, gate| total.min(figure(&gate["effect_at"])));
    assert_eq!(figure(&card["total"]), total, "{card}");
    let score = rounded(total, 2);
    assert_eq!(card["score"], format!("{score:.2}"), "{card}");
    let bands = items(&card["bands"]);
    assert_eq!(card["rating"].as_str(), rating(bands, score, caps(bands, card)), "{card}");
    true
}

/// The band of a score, at best the lowest of the caps, each an index.
fn rating(bands: &[Value], score: Decimal, caps: impl IntoIterator<Item = usize>) -> Option<&str> {
    let reached = bands.iter().rposition(|band| figure(&band["from"]) <= score)?;
    bands[caps.into_iter().fold(reached, usize::min)]["id"].as_str()
}

/// The bands that a card's failed gates allow at best: the one of that name, or the one in which the card's own band begins.
fn caps(bands: &[Value], card: &Value) -> Vec<usize> {
    let capping = failed(items(&card["gates"])).filter(|gate| gate["effect"] == "cap_rating");
    capping
        .map(|gate| {
            let named = bands.iter().position(|band| band["id"] == gate["effect_at"]);
            named.unwrap_or_else(|| {
                let own = items(&card["bands"]).iter().find(|band| band["id"] == gate["effect_at"]).unwrap();
                bands.iter().rposition(|band| figure(&band["from"]) <= figure(&own["from"])).unwrap_or_default()
            })
        })
        .collect()
}

/// What is promised is the band after the rating, and every named value scores in it.
fn check_next_band(detail: &Value, bands: &[Value]) {
    let place = |id: &Value| bands.iter().position(|band| band["id"] == *id);
    let now = place(&detail["scorecard"]["rating"]);
    let Some(next) = detail.get("next_band") else {
        return assert_eq!(now, Some(bands.len() - 1), "{}", detail["scorecard"]);
    };
    let wanted = place(&next["band"]).unwrap();
    assert_eq!(Some(wanted), now.map_or(Some(0), |now| Some(now + 1)), "{next}");
    assert_eq!(next["from"], bands[wanted]["from"], "{next}");
    for chance in items(&next["chances"]) {
        let reaches = place(&chance["rating"]) >= Some(wanted) && figure(&chance["score"]) >= figure(&next["from"]);
        assert_eq!(maybe(&chance["to"]).is_some(), reaches, "{chance}");
        for language in ["en", "zh"] {
            assert!(chance[language].as_str().is_some_and(|text| !text.is_empty()), "{chance}");
        }
    }
}
