//! Fields of JSON records, with numbers kept as they were written.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Finds wanted fields in records.
#[derive(Debug, Clone)]
pub(super) struct Picker {
    /// By the key at the top of the record: field and the way down from there.
    by_key: HashMap<String, Vec<(usize, Vec<String>)>>,
    fields: usize,
}

impl Picker {
    /// `paths`: keys, or JSON pointers where they begin with `/`.
    pub(super) fn new(paths: &[String]) -> Self {
        let mut by_key: HashMap<String, Vec<(usize, Vec<String>)>> = HashMap::new();
        for (field, path) in paths.iter().enumerate() {
            let mut steps = if path.starts_with('/') { steps(path) } else { vec![path.clone()] };
            if !steps.is_empty() {
                let key = steps.remove(0);
                by_key.entry(key).or_default().push((field, steps));
            }
        }
        Self { by_key, fields: paths.len() }
    }

    /// The wanted fields of a record; absent ones are `None`.
    ///
    /// # Errors
    /// When the text is not one JSON object.
    pub(super) fn pick<'a>(&self, record: &'a str) -> Result<Vec<Option<&'a RawValue>>, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(record);
        let found = deserializer.deserialize_map(Pick { picker: self })?;
        deserializer.end()?;
        Ok(found)
    }
}

struct Pick<'p> {
    picker: &'p Picker,
}

impl<'de> Visitor<'de> for Pick<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = vec![None; self.picker.fields];
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let Some(wanted) = self.picker.by_key.get(key.as_ref()) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = map.next_value::<&'de RawValue>()?;
            for (field, steps) in wanted {
                if let Some(slot) = found.get_mut(*field) {
                    *slot = descend(value, steps);
                }
            }
        }
        Ok(found)
    }
}

fn steps(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

/// The value a JSON pointer leads to; the value itself where the pointer is empty.
pub(crate) fn pointer<'a>(value: &'a RawValue, pointer: &str) -> Option<&'a RawValue> {
    descend(value, &steps(pointer))
}

fn descend<'a>(value: &'a RawValue, steps: &[String]) -> Option<&'a RawValue> {
    steps.iter().try_fold(value, |value, step| match value.get().as_bytes().first() {
        Some(b'{') => {
            let object: HashMap<String, &'a RawValue> = serde_json::from_str(value.get()).ok()?;
            object.get(step).copied()
        }
        Some(b'[') => elements(value)?.get(step.parse::<usize>().ok()?).copied(),
        _ => None,
    })
}

/// The elements of an array; `None` where the value is none.
pub(crate) fn elements(array: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(array.get()).ok()
}

/// A value as the text a column reads; `None` for null.
pub(crate) fn text(value: &RawValue) -> Option<Cow<'_, str>> {
    let written = value.get();
    match written.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(written).ok().map(Cow::Owned),
        Some(b'n') => None,
        _ => Some(Cow::Borrowed(written)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_at_any_depth_and_numbers_stay_as_written() {
        let paths = ["id", "/customer/name", "/tags/1", "/a~1b", "gone"].map(str::to_owned);
        let picker = Picker::new(&paths);
        let record = r#"{"id":12345678901234567890.10,"customer":{"name":"Zo\u00eb"},"tags":["x",null],"a/b":true}"#;
        let found = picker.pick(record).unwrap();
        let texts: Vec<Option<String>> = found.iter().map(|v| v.and_then(text).map(Cow::into_owned)).collect();
        assert_eq!(
            texts,
            [Some("12345678901234567890.10".to_owned()), Some("Zoë".to_owned()), None, Some("true".to_owned()), None]
        );
        assert!(found[2].is_some(), "null is there, absent is not");
        assert!(found[4].is_none());
    }

    #[test]
    fn what_is_not_one_object_is_refused() {
        let picker = Picker::new(&["id".to_owned()]);
        for text in ["[1]", "{\"id\":1} {\"id\":2}", "{\"id\":1", "oops"] {
            assert!(picker.pick(text).is_err(), "{text}");
        }
    }
}
