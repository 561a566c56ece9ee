//! A sentence for every difference.

use serde_json::Value;

use super::names::{Names, both, figure, quoted, raw, text_of};
use super::walk::{Difference, shown};
use super::{card, improvement, metric, plan};
use crate::domain::text::Text;

/// What was and what is.
#[derive(Clone, Copy)]
pub(super) struct Ends<'a> {
    pub(super) before: Option<&'a Value>,
    pub(super) after: Option<&'a Value>,
    pub(super) order: bool,
}

/// The sentence of a difference: of its own where there is one, else path, old → new.
pub(super) fn sentence(names: &Names<'_>, difference: &Difference) -> Text {
    let ends = Ends { before: difference.before.as_ref(), after: difference.after.as_ref(), order: difference.order };
    let path: Vec<&str> = difference.path.iter().map(String::as_str).collect();
    let clause = match path.as_slice() {
        ["cards", id, rest @ ..] => card::clause(names, id, rest, ends),
        ["plans", _, rest @ ..] => plan::clause(rest, ends),
        ["metrics", _, rest @ ..] => metric::clause(rest, ends),
        ["improvement", rest @ ..] => improvement::clause(names, rest, ends),
        _ => None,
    };
    let clause = clause.unwrap_or_else(|| fallback(&shown(&difference.path), ends));
    match subject(names, &path) {
        Some(Text { en, zh }) => both(format!("{en}: {}.", clause.en), format!("{zh}：{}。", clause.zh)),
        None => both(format!("{}.", clause.en), format!("{}。", clause.zh)),
    }
}

/// What the sentence is about.
fn subject(names: &Names<'_>, path: &[&str]) -> Option<Text> {
    let (en, zh, at) = match path {
        ["cards", id, ..] => ("Card", "考核表", ["cards", *id]),
        ["plans", id, ..] => ("Plan", "奖励方案", ["plans", *id]),
        ["metrics", id, ..] => ("Metric", "指标", ["metrics", *id]),
        ["improvement", ..] => return Some(both("Improvement plans", "改进计划")),
        _ => return None,
    };
    let name = names.name(&at);
    Some(both(format!("{en} {}", name.en), format!("{zh}{}", name.zh)))
}

fn fallback(path: &str, ends: Ends<'_>) -> Text {
    let end = |value: Option<&Value>| value.map(raw);
    match (end(ends.before), end(ends.after)) {
        _ if ends.order => both(format!("the order in {path} is another one"), format!("{path} 的顺序有变")),
        (Some(old), Some(new)) => {
            both(format!("{path}: {} → {}", old.en, new.en), format!("{path}：{} → {}", old.zh, new.zh))
        }
        (None, Some(new)) => both(format!("{path} is added: {}", new.en), format!("新增 {path}：{}", new.zh)),
        (Some(old), None) => {
            both(format!("{path} is gone, it was: {}", old.en), format!("删除 {path}，原为：{}", old.zh))
        }
        (None, None) => both(path, path),
    }
}

/// A figure that goes from one value to another, or comes, or goes. `what` is the figure's name.
pub(super) fn figure_change(what: &Text, ends: Ends<'_>, unit: &str) -> Option<Text> {
    let old = ends.before.filter(|value| !value.is_null());
    let new = ends.after.filter(|value| !value.is_null());
    match (old, new) {
        (Some(old), Some(new)) => {
            let (plain, old, new) = (figure(old, "")?, figure(old, unit)?, figure(new, unit)?);
            (old != new).then(|| {
                both(
                    format!("{} goes from {} to {}", what.en, plain.en, new.en),
                    format!("{}由 {} 改为 {}", what.zh, old.zh, new.zh),
                )
            })
        }
        (None, Some(new)) => {
            let new = figure(new, unit)?;
            Some(both(
                format!("{} is now {} (was none)", what.en, new.en),
                format!("{}现为 {}（原无）", what.zh, new.zh),
            ))
        }
        (Some(old), None) => {
            let old = figure(old, unit)?;
            Some(both(format!("{} is gone (was {})", what.en, old.en), format!("取消{}（原为 {}）", what.zh, old.zh)))
        }
        (None, None) => None,
    }
}

/// Something described, old beside new; `None` when both read the same, so that a change never reads as none.
pub(super) fn described_change(what: &Text, ends: Ends<'_>, describe: impl Fn(&Value) -> Option<Text>) -> Option<Text> {
    let (old, new) = (describe(ends.before?)?, describe(ends.after?)?);
    if old.en == new.en || old.zh == new.zh {
        return None;
    }
    Some(both(
        format!("{} is now: {} (was: {})", what.en, new.en, old.en),
        format!("{}现为：{}（原为：{}）", what.zh, new.zh, old.zh),
    ))
}

/// A name or description in both languages that became another.
pub(super) fn text_change(what: &Text, ends: Ends<'_>) -> Option<Text> {
    let (old, new) = (text_of(ends.before?)?, text_of(ends.after?)?);
    let changed = |text: Text| match (old.en != new.en, old.zh != new.zh) {
        (true, false) => quoted(&both(text.en.clone(), text.en)),
        (false, true) => quoted(&both(text.zh.clone(), text.zh)),
        _ => both(format!("'{}' / '{}'", text.en, text.zh), format!("“{}” / “{}”", text.en, text.zh)),
    };
    let (in_en, in_zh) = match (old.en != new.en, old.zh != new.zh) {
        (true, false) => (" in English", "（英文）"),
        (false, true) => (" in Chinese", "（中文）"),
        _ => ("", ""),
    };
    let (old, new) = (changed(old.clone()), changed(new.clone()));
    Some(both(
        format!("{}{in_en} is now {} (was {})", what.en, new.en, old.en),
        format!("{}{in_zh}现为{}（原为{}）", what.zh, new.zh, old.zh),
    ))
}

/// Whole things that come or go: the clause when it came, the clause when it went.
pub(super) fn came_or_went(
    ends: Ends<'_>,
    came: impl FnOnce(&Value) -> Option<Text>,
    went: impl FnOnce(&Value) -> Option<Text>,
) -> Option<Text> {
    match (ends.before, ends.after) {
        (None, Some(new)) => came(new),
        (Some(old), None) => went(old),
        _ => None,
    }
}
