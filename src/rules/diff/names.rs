//! Names and figures as people write them, in both languages.

use serde_json::Value;

use super::walk::{is_text, keyed};
use crate::domain::text::Text;

/// The two rules, in which names are looked up: in the new ones first.
pub(super) struct Names<'a> {
    pub(super) before: &'a Value,
    pub(super) after: &'a Value,
}

/// One text in both languages.
pub(super) fn both(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text { en: en.into(), zh: zh.into() }
}

/// The same in both languages.
pub(super) fn same(text: impl Into<String>) -> Text {
    let text = text.into();
    Text { en: text.clone(), zh: text }
}

/// Texts one after another, divided as each language divides a list.
pub(super) fn join(texts: &[Text], en: &str, zh: &str) -> Text {
    let of = |pick: fn(&Text) -> &str, divider: &str| texts.iter().map(pick).collect::<Vec<_>>().join(divider);
    both(of(|text| &text.en, en), of(|text| &text.zh, zh))
}

/// A name in each language's quotation marks.
pub(super) fn quoted(text: &Text) -> Text {
    both(format!("'{}'", text.en), format!("“{}”", text.zh))
}

impl<'a> Names<'a> {
    /// What stands at a path of fields and keys.
    pub(super) fn find(&self, path: &[&str]) -> Option<&'a Value> {
        step(self.after, path).or_else(|| step(self.before, path))
    }

    /// The quoted name of what stands at a path: its `name`, or its key.
    pub(super) fn name(&self, path: &[&str]) -> Text {
        let named = self.find(path).and_then(|item| item.get("name")).and_then(text_of);
        quoted(&named.unwrap_or_else(|| same(path.last().copied().unwrap_or_default())))
    }

    pub(super) fn metric(&self, id: &str) -> Text {
        self.name(&["metrics", id])
    }

    /// The name of the metric of a line, gate or trigger; with a remark when it is the unit's.
    pub(super) fn measured(&self, path: &[&str]) -> Text {
        let item = self.find(path);
        let field = |name: &str| item.and_then(|item| item.get(name)).and_then(Value::as_str);
        let name = self.metric(field("metric").unwrap_or_else(|| path.last().copied().unwrap_or_default()));
        match field("scope") {
            Some("unit") => both(format!("{} of the unit", name.en), format!("本单位的{}", name.zh)),
            _ => name,
        }
    }

    /// The unit of the metric of a line, gate or trigger, as the rules name it.
    pub(super) fn unit(&self, path: &[&str]) -> &'a str {
        let item = self.find(path);
        // An index is a ratio, whatever its metric's unit.
        if item.and_then(|item| item.get("measure")).is_some_and(|measure| measure == "index") {
            return "";
        }
        let metric = item.and_then(|item| item.get("metric")).and_then(Value::as_str);
        let unit = metric.and_then(|metric| self.find(&["metrics", metric, "unit"])).and_then(Value::as_str);
        unit.unwrap_or_default()
    }
}

fn step<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    let Some((first, rest)) = path.split_first() else { return Some(value) };
    let next = match value {
        Value::Array(list) => keyed(list)?.into_iter().find(|(key, _)| key == first)?.1,
        other => other.get(first)?,
    };
    step(next, rest)
}

/// A text in both languages.
pub(super) fn text_of(value: &Value) -> Option<Text> {
    let part = |language: &str| value.get(language).and_then(Value::as_str).map(str::to_owned);
    is_text(value).then(|| Some(both(part("en")?, part("zh")?))).flatten()
}

/// A figure with the unit of its metric.
pub(super) fn figure(value: &Value, unit: &str) -> Option<Text> {
    let number = number(value)?;
    let (en, zh) = match unit {
        "percent" => (" %", "%"),
        "seconds" => (" s", " 秒"),
        "minutes" => (" min", " 分钟"),
        "hours" => (" h", " 小时"),
        _ => ("", ""),
    };
    Some(both(format!("{number}{en}"), format!("{number}{zh}")))
}

/// A number, which the canonical JSON writes as a text or a whole number.
pub(super) fn number(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => text.parse::<crate::domain::fixed::Fixed>().ok().map(|fixed| fixed.to_string()),
        _ => None,
    }
}

/// Any value, for differences without a sentence of their own.
pub(super) fn raw(value: &Value) -> Text {
    match value {
        Value::Null => both("none", "无"),
        Value::String(text) => same(text.clone()),
        other => match text_of(other) {
            Some(Text { en, zh }) => same(format!("'{en}' / '{zh}'")),
            None => same(other.to_string()),
        },
    }
}

/// Whether a value is empty through and through.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(says_nothing),
        _ => false,
    }
}

/// What is left of an item beside the fields that its description tells; empty when nothing is.
pub(super) fn leftover(item: &Value, told: &[&str]) -> Text {
    let rest = item.as_object().into_iter().flatten();
    let rest = rest.filter(|(field, value)| !told.contains(&field.as_str()) && !says_nothing(value));
    let parts: Vec<Text> = rest
        .map(|(field, value)| {
            let Text { en, zh } = raw(value);
            both(format!("; {field}: {en}"), format!("；{field}：{zh}"))
        })
        .collect();
    join(&parts, "", "")
}
