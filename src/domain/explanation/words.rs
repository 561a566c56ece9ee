//! Names and figures as sentences say them.

use super::super::fixed::Fixed;
use super::super::metric::{Metric, MetricId, Unit};
use super::super::scorecard::{Card, Measure, Scope};
use super::super::text::Text;
use super::Rulebook;

pub(super) fn both(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text { en: en.into(), zh: zh.into() }
}

/// A metric's name; its id where the rules do not know it.
pub(super) fn name_of(book: &dyn Rulebook, id: &MetricId) -> Text {
    book.metric(id).map_or_else(|| both(id.as_str(), id.as_str()), |metric| metric.name.clone())
}

/// What a line or gate looks at: the metric's name, of the unit, or compared with what was expected.
pub(super) fn figure_name(book: &dyn Rulebook, id: &MetricId, scope: Scope, measure: Measure) -> Text {
    let Text { mut en, mut zh } = name_of(book, id);
    if scope == Scope::Unit {
        en.push_str(" of the unit");
        zh.insert_str(0, "本单位");
    }
    if measure == Measure::Index {
        en.push_str(" against expectation");
        zh.push_str("（与预期之比）");
    }
    both(en, zh)
}

/// A band's name with its id, as `A (Excellent)`; the id alone where the card does not have it.
pub(super) fn band_name(card: &Card, id: &str) -> Text {
    let band = card.bands.iter().find(|band| *band.id == *id);
    band.map_or_else(
        || both(id, id),
        |band| both(format!("{id} ({})", band.name.en), format!("{id}（{}）", band.name.zh)),
    )
}

/// A value with its unit: `88 %`, `311.764706 seconds`; an index, and units that need no word, as the figure alone.
pub(super) fn amount(metric: Option<&Metric>, measure: Measure, value: Fixed) -> Text {
    let (en, zh) = match metric.map(|metric| metric.unit).filter(|_| measure == Measure::Value) {
        Some(Unit::Percent) => (" %", "%"),
        Some(Unit::Seconds) => (" seconds", " 秒"),
        Some(Unit::Minutes) => (" minutes", " 分钟"),
        Some(Unit::Hours) => (" hours", " 小时"),
        Some(Unit::Ratio | Unit::Points) | None => ("", ""),
    };
    both(format!("{value}{en}"), format!("{value}{zh}"))
}

/// `1 point`, `12 points`.
pub(super) fn points(value: Fixed) -> Text {
    let word = if value == Fixed::ONE { "point" } else { "points" };
    both(format!("{value} {word}"), format!("{value} 分"))
}

/// `1 case`, `12 cases`.
pub(super) fn cases(count: i64) -> Text {
    let word = if count == 1 { "case" } else { "cases" };
    both(format!("{count} {word}"), format!("{count} 个样本"))
}

/// A label as part of a sentence: its first letter small, unless it begins an abbreviation.
pub(super) fn inside(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() && !second.is_numeric() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// `a, b and c`, `a、b和c`.
pub(super) fn listed(items: &[Text]) -> Text {
    let join = |parts: Vec<&str>, comma: &str, and: &str| match parts.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{}{and}{last}", others.join(comma)),
        None => String::new(),
    };
    both(
        join(items.iter().map(|item| item.en.as_str()).collect(), ", ", " and "),
        join(items.iter().map(|item| item.zh.as_str()).collect(), "、", "和"),
    )
}

/// `a + b − c` of signed figures; `0` of none.
pub(super) fn sum(figures: impl IntoIterator<Item = Fixed>) -> String {
    let mut text = String::new();
    for figure in figures {
        match (text.is_empty(), figure.is_negative()) {
            (true, _) => text = figure.to_string(),
            (false, false) => text.push_str(&format!(" + {figure}")),
            (false, true) => text.push_str(&format!(" − {}", figure.to_string().trim_start_matches('-'))),
        }
    }
    if text.is_empty() { "0".to_owned() } else { text }
}
