//! Every difference between two JSON texts, items of lists matched by what names them rather than by their place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    /// Fields, and keys of items, from the top.
    pub(super) path: Vec<String>,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
    /// The same items stand in another order; `before` and `after` are their keys.
    pub(super) order: bool,
}

/// Fields that change as one thing.
const WHOLE: [&str; 5] = ["curve", "low_sample", "no_data", "no_benchmark", "effect"];

/// Every difference, depth first; items that were there in their old order, then the new ones.
pub(super) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut walk = Walk { path: Vec::new(), found: Vec::new() };
    walk.compare(Some(before), Some(after));
    walk.found
}

/// A path as it is printed: parts divided by `/`, which inside a part is written `~1` (and `~` is `~0`).
pub(super) fn shown(path: &[String]) -> String {
    let parts: Vec<String> = path.iter().map(|part| part.replace('~', "~0").replace('/', "~1")).collect();
    parts.join("/")
}

/// The items of a list with a key each; `None` when something does not name itself.
pub(super) fn keyed(list: &[Value]) -> Option<Vec<(String, &Value)>> {
    let mut taken = BTreeSet::new();
    list.iter()
        .map(|item| {
            let key = unique(key_of(item)?, &taken);
            taken.insert(key.clone());
            Some((key, item))
        })
        .collect()
}

/// What names an item: a text itself; an object's id, or its metric with the scope where that is not the usual one, or its band.
fn key_of(item: &Value) -> Option<String> {
    let text = |field: &str| item.get(field).and_then(Value::as_str);
    match item {
        Value::String(text) => Some(text.clone()),
        Value::Object(_) => match (text("id"), text("metric"), text("scope")) {
            (Some(id), _, _) => Some(id.to_owned()),
            (None, Some(metric), None | Some("own")) => Some(metric.to_owned()),
            (None, Some(metric), Some(scope)) => Some(format!("{metric}@{scope}")),
            (None, None, _) => text("band").map(str::to_owned),
        },
        _ => None,
    }
}

/// The key, with a number when it is taken.
fn unique(key: String, taken: &BTreeSet<String>) -> String {
    if !taken.contains(&key) {
        return key;
    }
    let numbered = (2..).map(|number: usize| format!("{key}#{number}"));
    numbered.into_iter().find(|candidate| !taken.contains(candidate)).unwrap_or(key)
}

/// Whether a value is a text in both languages.
pub(super) fn is_text(value: &Value) -> bool {
    value.as_object().is_some_and(|object| {
        object.len() == 2 && ["en", "zh"].iter().all(|language| object.get(*language).is_some_and(Value::is_string))
    })
}

struct Walk {
    path: Vec<String>,
    found: Vec<Difference>,
}

impl Walk {
    fn compare(&mut self, before: Option<&Value>, after: Option<&Value>) {
        if before == after {
            return;
        }
        match (before, after) {
            (Some(Value::Object(old)), Some(Value::Object(new))) if !self.is_whole(before, after) => {
                self.objects(old, new);
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) => self.lists(old, new),
            _ => self.note(before.cloned(), after.cloned(), false),
        }
    }

    fn at(&mut self, step: &str, before: Option<&Value>, after: Option<&Value>) {
        self.path.push(step.to_owned());
        self.compare(before, after);
        self.path.pop();
    }

    fn note(&mut self, before: Option<Value>, after: Option<Value>, order: bool) {
        self.found.push(Difference { path: self.path.clone(), before, after, order });
    }

    fn is_whole(&self, before: Option<&Value>, after: Option<&Value>) -> bool {
        let by_name = self.path.last().is_some_and(|field| WHOLE.contains(&field.as_str()));
        by_name || (before.is_some_and(is_text) && after.is_some_and(is_text))
    }

    fn objects(&mut self, old: &Map<String, Value>, new: &Map<String, Value>) {
        let fields: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for field in fields {
            self.at(field, old.get(field), new.get(field));
        }
    }

    fn lists(&mut self, old: &[Value], new: &[Value]) {
        match (keyed(old), keyed(new)) {
            (Some(old), Some(new)) => self.items(&old, &new),
            _ if old.len() == new.len() => {
                for (place, (old, new)) in old.iter().zip(new).enumerate() {
                    self.at(&place.to_string(), Some(old), Some(new));
                }
            }
            _ => self.note(Some(old.to_vec().into()), Some(new.to_vec().into()), false),
        }
    }

    fn items(&mut self, old: &[(String, &Value)], new: &[(String, &Value)]) {
        let now: BTreeMap<&str, &Value> = new.iter().map(|(key, item)| (key.as_str(), *item)).collect();
        let then: BTreeSet<&str> = old.iter().map(|(key, _)| key.as_str()).collect();
        for (key, item) in old {
            self.at(key, Some(item), now.get(key.as_str()).copied());
        }
        for (key, item) in new.iter().filter(|(key, _)| !then.contains(key.as_str())) {
            self.at(key, None, Some(item));
        }
        let stayed = |items: &[(String, &Value)]| -> Vec<Value> {
            let keys = items.iter().map(|(key, _)| key.as_str());
            keys.filter(|key| then.contains(key) && now.contains_key(key)).map(Value::from).collect()
        };
        let (before, after) = (stayed(old), stayed(new));
        if before != after {
            self.note(Some(before.into()), Some(after.into()), true);
        }
    }
}
