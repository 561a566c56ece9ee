//! What rules say, a line each, in the words that changes are told in.

use serde_json::Value;

use super::names::{Names, both, leftover, quoted, raw, text_of};
use super::{Area, card, improvement, line, metric, plan};
use crate::domain::text::Text;

/// A part of the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub area: Area,
    pub title: Text,
    pub lines: Vec<Text>,
}

const TOLD: [&str; 5] = ["cards", "plans", "metrics", "improvement", "format"];

/// Everything a canonical JSON says. What has no words of its own stands there as it was written.
pub fn outline(content: &Value) -> Vec<Section> {
    let names = Names { before: content, after: content };
    let list = |field: &str| content.get(field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut sections = Vec::new();
    for item in list("cards") {
        let lines = card_lines(&names, item);
        sections.push(section(Area::Scorecard, both("Card", "考核表"), item, lines));
    }
    for item in list("plans") {
        sections.push(section(Area::IncentivePlan, both("Plan", "奖励方案"), item, plan::lines(item)));
    }
    sections.push(Section {
        area: Area::Metric,
        title: Area::Metric.title(),
        lines: list("metrics").iter().map(metric_line).collect(),
    });
    if let Some(rules) = content.get("improvement") {
        let lines = improvement::lines(&names, rules).unwrap_or_else(|| vec![raw(rules)]);
        sections.push(Section { area: Area::Improvement, title: Area::Improvement.title(), lines });
    }
    for (field, value) in content.as_object().into_iter().flatten().filter(|(field, _)| !TOLD.contains(&field.as_str()))
    {
        let lines = value.as_array().map_or_else(|| vec![raw(value)], |items| items.iter().map(raw).collect());
        sections.push(Section { area: Area::Rules, title: both(field, field), lines });
    }
    sections
}

fn section(area: Area, kind: Text, item: &Value, lines: Option<Vec<Text>>) -> Section {
    let name = item.get("name").and_then(text_of).map_or_else(|| raw(item), |name| quoted(&name));
    Section {
        area,
        title: both(format!("{} {}", kind.en, name.en), format!("{}{}", kind.zh, name.zh)),
        lines: lines.unwrap_or_else(|| vec![raw(item)]),
    }
}

fn card_lines(names: &Names<'_>, item: &Value) -> Option<Vec<Text>> {
    let mut lines = vec![card::measures(item)?];
    for (field, describe) in [("lines", true), ("gates", false)] {
        for (key, part) in super::walk::keyed(item.get(field)?.as_array()?)? {
            let at = ["cards", item.get("id")?.as_str()?, field, key.as_str()];
            let (of, unit) = (names.measured(&at), names.unit(&at));
            let terms = if describe { line::whole(part, unit) } else { card::gate(names, at[1], part, unit) };
            let terms = terms.unwrap_or_else(|| raw(part));
            let (en, zh) = if describe { ("", "") } else { ("gate on ", "门槛") };
            lines.push(both(format!("{en}{}: {}", of.en, terms.en), format!("{zh}{}：{}", of.zh, terms.zh)));
        }
    }
    let bands = card::bands(item)?;
    lines.push(both(format!("bands: {}", bands.en), format!("等级：{}", bands.zh)));
    let more = leftover(item, &["id", "name", "posts", "unit_kinds", "lines", "gates", "bands"]);
    if !more.en.is_empty() {
        lines.push(both(more.en.trim_start_matches("; "), more.zh.trim_start_matches('；')));
    }
    Some(lines)
}

fn metric_line(item: &Value) -> Text {
    let told = || {
        let (name, terms) = (quoted(&text_of(item.get("name")?)?), metric::terms(item)?);
        let id = item.get("id")?.as_str()?;
        Some(both(format!("{} ({id}): {}", name.en, terms.en), format!("{}（{id}）：{}", name.zh, terms.zh)))
    };
    told().unwrap_or_else(|| raw(item))
}
