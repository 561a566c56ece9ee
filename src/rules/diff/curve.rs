//! Curves in words.

use serde_json::Value;

use super::names::{both, figure, join, number};
use super::words::{Ends, described_change};
use crate::domain::text::Text;

/// A curve as the canonical JSON writes it: its kind, and pairs of value and points (or attainment and percent).
struct Pairs<'a> {
    kind: &'a str,
    pairs: Vec<(&'a Value, &'a Value)>,
}

/// `None` for anything but one kind with one list of pairs, so that what is not told here is told by the fallback.
fn pairs(curve: &Value) -> Option<Pairs<'_>> {
    let only = |value: &Value| value.as_object().filter(|object| object.len() == 1).is_some();
    let (kind, inner) = curve.as_object().filter(|_| only(curve))?.iter().next()?;
    let (_, list) = inner.as_object().filter(|_| only(inner))?.iter().next()?;
    let pair = |item: &'_ Value| item.as_object().is_some_and(|object| object.len() == 2);
    let list = list.as_array()?;
    if !list.iter().all(pair) {
        return None;
    }
    let ends = |item: &'_ Value, first: &str, second: &str| item.get(first).is_some() && item.get(second).is_some();
    let (first, second) = match list.first() {
        Some(item) if ends(item, "value", "points") => ("value", "points"),
        Some(item) if ends(item, "from", "rate") => ("from", "rate"),
        _ => return None,
    };
    let pairs = list.iter().map(|item| Some((item.get(first)?, item.get(second)?))).collect::<Option<_>>()?;
    Some(Pairs { kind, pairs })
}

/// The two ends of a straight line between nothing and full marks, as words before their values.
struct Straight<'a> {
    nothing: (&'static str, &'static str, &'a Value),
    full: (&'static str, &'static str, &'a Value),
    rising: bool,
}

fn straight<'a>(curve: &Pairs<'a>) -> Option<Straight<'a>> {
    if curve.kind != "linear" {
        return None;
    }
    let [(low, at_low), (high, at_high)] = curve.pairs.as_slice() else { return None };
    match (number(at_low)?.as_str(), number(at_high)?.as_str()) {
        ("0", "100") => Some(Straight {
            nothing: ("nothing up to", "不得分上限", low),
            full: ("full marks from", "满分起点", high),
            rising: true,
        }),
        ("100", "0") => Some(Straight {
            nothing: ("nothing from", "不得分起点", high),
            full: ("full marks up to", "满分上限", low),
            rising: false,
        }),
        _ => None,
    }
}

/// A range with full marks: where it begins to earn, is full from, is full to, ends to earn.
fn range<'a>(curve: &Pairs<'a>) -> Option<[&'a Value; 4]> {
    let points: Option<Vec<String>> = curve.pairs.iter().map(|(_, points)| number(points)).collect();
    let points = points?;
    let points: Vec<&str> = points.iter().map(String::as_str).collect();
    match (curve.kind, points.as_slice(), curve.pairs.as_slice()) {
        ("linear", ["0", "100", "100", "0"], [(zero, _), (full, _), (until, _), (end, _)]) => {
            Some([*zero, *full, *until, *end])
        }
        ("linear", ["0", "100", "0"], [(zero, _), (full, _), (end, _)]) => Some([*zero, *full, *full, *end]),
        _ => None,
    }
}

/// What a line's curve gives.
pub(super) fn score_curve(curve: &Value, unit: &str) -> Option<Text> {
    let curve = pairs(curve)?;
    if let Some(Straight { nothing, full, rising }) = straight(&curve) {
        let part = |(en, zh, at): (&str, &str, &Value)| {
            let at = figure(at, unit)?;
            Some(both(format!("{en} {}", at.en), format!("{zh} {}", at.zh)))
        };
        let parts = if rising { [part(nothing)?, part(full)?] } else { [part(full)?, part(nothing)?] };
        return Some(join(&parts, ", ", "，"));
    }
    if let Some(ends) = range(&curve) {
        let [zero, full, until, end] = ends.map(|end| figure(end, unit));
        let (zero, full, until, end) = (zero?, full?, until?, end?);
        return Some(both(
            format!("full marks from {} to {}, nothing up to {} and from {}", full.en, until.en, zero.en, end.en),
            format!("{} 至 {} 满分，{} 及以下和 {} 及以上不得分", full.zh, until.zh, zero.zh, end.zh),
        ));
    }
    let all = listed(&curve, |value| figure(value, unit), |points| figure(points, ""))?;
    match curve.kind {
        "linear" => {
            Some(both(format!("{} points, straight lines between", all.en), format!("{} 分，其间直线", all.zh)))
        }
        "step" => Some(both(format!("{} points, in steps", all.en), format!("{} 分，阶梯式", all.zh))),
        _ => None,
    }
}

/// What a plan's curve pays.
pub(super) fn payout_curve(curve: &Value) -> Option<Text> {
    let curve = pairs(curve)?;
    let all = listed(&curve, |value| figure(value, ""), |percent| figure(percent, "percent"))?;
    let (en, zh) = match curve.kind {
        "linear" => ("of the target, straight lines between", "（占目标），其间直线"),
        "flat" => ("of the target, one rate for the whole score", "（占目标），整档计算"),
        "marginal" => return marginal(&curve),
        _ => return None,
    };
    Some(both(format!("{} {en}", all.en), format!("{}{zh}", all.zh)))
}

fn marginal(curve: &Pairs<'_>) -> Option<Text> {
    let all = listed(curve, |value| figure(value, ""), |rate| figure(rate, ""))?;
    Some(both(
        format!("{}, each slice of the score at its own rate", all.en),
        format!("{}，分段按各自比率计算", all.zh),
    ))
}

fn listed(
    curve: &Pairs<'_>,
    value: impl Fn(&Value) -> Option<Text>,
    points: impl Fn(&Value) -> Option<Text>,
) -> Option<Text> {
    let pairs: Option<Vec<Text>> = curve
        .pairs
        .iter()
        .map(|(from, to)| {
            let (from, to) = (value(from)?, points(to)?);
            Some(both(format!("{} → {}", from.en, to.en), format!("{} → {}", from.zh, to.zh)))
        })
        .collect();
    Some(join(&pairs?, ", ", "，"))
}

/// How a line's curve changed: of a straight line the ends that moved, else old beside new.
pub(super) fn score_curve_change(of: &Text, ends: Ends<'_>, unit: &str) -> Option<Text> {
    moved_ends(of, ends, unit).or_else(|| {
        let what = both(format!("the curve of {}", of.en), format!("{}的计分曲线", of.zh));
        described_change(&what, ends, |curve| score_curve(curve, unit))
    })
}

fn moved_ends(of: &Text, ends: Ends<'_>, unit: &str) -> Option<Text> {
    let (old, new) = (straight(&pairs(ends.before?)?)?, straight(&pairs(ends.after?)?)?);
    if old.rising != new.rising {
        return None;
    }
    let mut moved = Vec::new();
    for ((_, _, old), (en, zh, new)) in [(old.full, new.full), (old.nothing, new.nothing)] {
        if old == new {
            continue;
        }
        let (old, new) = (figure(old, unit)?, figure(new, unit)?);
        if old == new {
            return None;
        }
        moved
            .push(both(format!("{en} {} (was {})", new.en, old.en), format!("{zh}改为 {}（原为 {}）", new.zh, old.zh)));
    }
    let moved = Some(moved).filter(|moved| !moved.is_empty())?;
    let all = join(&moved, " and ", "，");
    Some(both(format!("the curve of {} now gives {}", of.en, all.en), format!("{}的计分曲线：{}", of.zh, all.zh)))
}
