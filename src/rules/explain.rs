//! What a schema finds wrong, in plain words with a way to mend it.

use std::collections::BTreeSet;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::file::{DECIMAL_PATTERN, ID_PATTERN};
use super::problem::Problem;
use super::yaml::{Document, join};

/// Every error of a document, sorted, each said once.
pub(crate) fn explain(document: &Document, schema: &Value, errors: &[ValidationError<'_>]) -> Vec<Problem> {
    let mut explainer = Explainer { document, schema, problems: BTreeSet::new(), mistyped: BTreeSet::new() };
    for error in errors {
        explainer.note_mistyped(error);
    }
    for error in errors {
        explainer.one(error);
    }
    explainer.problems.into_iter().collect()
}

struct Explainer<'a> {
    document: &'a Document,
    schema: &'a Value,
    problems: BTreeSet<Problem>,
    /// Pointers of fields that are missing only because their names are mistyped.
    mistyped: BTreeSet<String>,
}

impl<'a> Explainer<'a> {
    fn note_mistyped(&mut self, error: &ValidationError<'_>) {
        let at = error.instance_path().as_str();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let known = self.fields_beside(error);
                for name in unexpected {
                    if let Some(meant) = nearest(name, &known) {
                        self.mistyped.insert(join(at, meant));
                    }
                }
            }
            ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
                for inner in context.iter().flatten() {
                    self.note_mistyped(inner);
                }
            }
            _ => {}
        }
    }

    fn one(&mut self, error: &ValidationError<'_>) {
        let at = error.instance_path().as_str();
        let label = label(at);
        let shown = shown(error.instance());
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => self.unknown(error, at, unexpected),
            ValidationErrorKind::Required { property } => self.missing(at, property.as_str().unwrap_or_default()),
            ValidationErrorKind::Type { kind } => self.wrong_type(error, kind),
            ValidationErrorKind::Enum { options } => {
                self.not_one_of(at, error.instance(), options.as_array().map(Vec::as_slice).unwrap_or_default());
            }
            ValidationErrorKind::Constant { expected_value } => {
                self.not_one_of(at, error.instance(), std::slice::from_ref(&**expected_value));
            }
            ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
                self.alternatives(error, context);
            }
            ValidationErrorKind::Pattern { pattern } if pattern == ID_PATTERN => {
                self.say(
                    at,
                    format!("{shown} is not an id"),
                    "use small letters, digits and _, beginning with a letter",
                );
            }
            ValidationErrorKind::Pattern { pattern } if pattern == DECIMAL_PATTERN => {
                let mend = "write digits, at most 12 before the point and 6 after it";
                self.say(at, format!("{label} should be a decimal number, but is {shown}"), mend);
            }
            ValidationErrorKind::Minimum { limit } => {
                self.say(at, format!("{label} is {shown}, less than {limit}"), format!("write at least {limit}"));
            }
            ValidationErrorKind::Maximum { limit } => {
                self.say(at, format!("{label} is {shown}, more than {limit}"), format!("write at most {limit}"));
            }
            ValidationErrorKind::MinItems { limit } => {
                let items = if *limit == 1 { "item" } else { "items" };
                self.say(at, format!("{label} needs at least {limit} {items}"), "add what is missing");
            }
            ValidationErrorKind::MaxItems { limit } => {
                let items = if *limit == 1 { "item" } else { "items" };
                self.say(at, format!("{label} has more than {limit} {items}"), "remove what is too much");
            }
            ValidationErrorKind::MinLength { .. } => self.say(at, format!("{label} is empty"), "write a text"),
            ValidationErrorKind::Format { format } if format == "date" => {
                self.say(at, format!("{label} should be a date, but is {shown}"), "write YYYY-MM-DD, as 2023-09-30");
            }
            _ => self.say(at, error.to_string(), "compare the file with its schema"),
        }
    }

    fn say(&mut self, at: &str, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.insert(self.document.error(at, what, mend));
    }

    fn unknown(&mut self, error: &ValidationError<'_>, at: &str, unexpected: &[String]) {
        let known = self.fields_beside(error);
        for name in unexpected {
            let empty = error.instance().get(name).is_some_and(Value::is_null);
            let mend = match nearest(name, &known) {
                Some(meant) => format!("did you mean '{meant}'?"),
                None if empty => "if it is the rest of a text after a comma, put the whole text in quotes".to_owned(),
                None => format!("the fields here are {}", known.join(", ")),
            };
            self.problems.insert(self.document.name_error(&join(at, name), format!("unknown field '{name}'"), mend));
        }
    }

    fn missing(&mut self, at: &str, field: &str) {
        if !self.mistyped.contains(&join(at, field)) {
            let what = match label(at).as_str() {
                "the file" => format!("field '{field}' is missing"),
                label => format!("field '{field}' of {label} is missing"),
            };
            self.say(at, what, "add it");
        }
    }

    fn wrong_type(&mut self, error: &ValidationError<'_>, kind: &TypeKind) {
        let wanted: Vec<JsonType> = match kind {
            TypeKind::Single(one) => vec![*one],
            TypeKind::Multiple(several) => several.iter().filter(|kind| *kind != JsonType::Null).collect(),
        };
        let (name, mend) = if wanted.contains(&JsonType::Number) {
            ("a number", "write digits, as 85 or 0.5")
        } else if wanted.contains(&JsonType::Integer) {
            ("a whole number", "write digits without a point or quotes, as 30")
        } else if wanted.contains(&JsonType::String) {
            match error.instance().as_ref() {
                Value::Number(_) | Value::Bool(_) => ("text", "put it in quotes"),
                _ => ("text", "write one text"),
            }
        } else if wanted.contains(&JsonType::Boolean) {
            ("true or false", "write true or false without quotes")
        } else if wanted.contains(&JsonType::Array) {
            ("a list", "write [a, b], or a line with '- ' for each item")
        } else {
            ("a group of fields", "write its fields below, indented, each as 'name: value'")
        };
        let at = error.instance_path().as_str();
        self.say(at, format!("{} should be {name}, but is {}", label(at), shown(error.instance())), mend);
    }

    fn not_one_of(&mut self, at: &str, instance: &Value, options: &[Value]) {
        let texts: Vec<&str> = options.iter().filter_map(Value::as_str).collect();
        let mend = match instance.as_str().and_then(|text| nearest(text, &texts)) {
            Some(meant) => format!("did you mean '{meant}'?"),
            None => "choose one of them".to_owned(),
        };
        let what = format!("{} is {}, not one of {}", label(at), shown(instance), texts.join(", "));
        self.say(at, what, mend);
    }

    /// A value that fits none of several shapes: speak about the one that was meant.
    fn alternatives(&mut self, error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) {
        let at = error.instance_path().as_str();
        let closeness: Vec<Fit> = context.iter().map(|branch| fit(at, branch)).collect();
        let best = closeness.iter().min().copied().unwrap_or(Fit::Other);
        let mut meant = context.iter().zip(&closeness).filter(|(_, fit)| **fit == best).map(|(branch, _)| branch);
        match (meant.next(), meant.next()) {
            (Some(branch), None) if best != Fit::Other => branch.iter().for_each(|inner| self.one(inner)),
            _ => self.choices(error, context, best),
        }
    }

    /// A value of which it is not clear what it was meant to be.
    fn choices(&mut self, error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>], best: Fit) {
        let at = error.instance_path().as_str();
        let (tag_at, options) = allowed(at, context);
        if best == Fit::Other && !options.is_empty() {
            let instance = self.document.value().pointer(&tag_at).cloned().unwrap_or_default();
            return self.not_one_of(&tag_at, &instance, &options);
        }
        let here: Vec<&ValidationError<'static>> =
            context.iter().flatten().filter(|inner| inner.instance_path().as_str() == at).collect();
        let wrong_type = here.iter().find_map(|inner| match inner.kind() {
            ValidationErrorKind::Type { kind } => Some((inner, kind)),
            _ => None,
        });
        if best == Fit::Other
            && let Some((inner, kind)) = wrong_type
        {
            return self.wrong_type(inner, kind);
        }
        let required = |inner: &&ValidationError<'static>| match inner.kind() {
            ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned),
            _ => None,
        };
        let missing: Vec<String> = here.iter().filter_map(required).collect();
        let everywhere = |field: &&String| missing.iter().filter(|other| other == field).count() == context.len();
        if let Some(tag) = missing.iter().find(everywhere) {
            let kinds = self.tags(error, tag);
            return self.say(at, format!("field '{tag}' of {} is missing", label(at)), format!("add one of {kinds}"));
        }
        let fields = self.sole_fields(error);
        let names: Vec<&String> = error.instance().as_object().into_iter().flat_map(|fields| fields.keys()).collect();
        match names.as_slice() {
            [name] if nearest(name, &fields).is_some() => {
                let meant = nearest(name, &fields).unwrap_or_default();
                let problem = self.document.name_error(
                    &join(at, name),
                    format!("unknown field '{name}'"),
                    format!("did you mean '{meant}'?"),
                );
                self.problems.insert(problem);
            }
            _ => {
                let what = format!("{} needs exactly one of {}", label(at), fields.join(", "));
                self.say(at, what, "write one of them");
            }
        }
    }

    /// The one field that each of several shapes requires.
    fn sole_fields(&self, error: &ValidationError<'_>) -> Vec<&'a str> {
        let shapes = self.schema.pointer(error.schema_path().as_str()).and_then(Value::as_array);
        shapes.into_iter().flatten().filter_map(|shape| shape.pointer("/required/0").and_then(Value::as_str)).collect()
    }

    /// What the field that tells shapes apart may say.
    fn tags(&self, error: &ValidationError<'_>, tag: &str) -> String {
        let shapes = self.schema.pointer(error.schema_path().as_str()).and_then(Value::as_array);
        let pointer = format!("/properties/{tag}/const");
        let tags = shapes.into_iter().flatten().filter_map(|shape| shape.pointer(&pointer).and_then(Value::as_str));
        tags.map(|kind| format!("'{tag}: {kind}'")).collect::<Vec<_>>().join(", ")
    }

    /// The fields known where an error about additional properties arose.
    fn fields_beside(&self, error: &ValidationError<'_>) -> Vec<&'a str> {
        let path = error.schema_path().as_str();
        let owner = path.rsplit_once('/').map_or("", |(owner, _)| owner);
        let fields = self.schema.pointer(owner).and_then(|schema| schema.get("properties")).and_then(Value::as_object);
        fields.into_iter().flat_map(|fields| fields.keys().map(String::as_str)).collect()
    }
}

/// The values that one of several shapes allows, and where: at the value itself, or at the tag inside it.
fn allowed(at: &str, context: &[Vec<ValidationError<'static>>]) -> (String, Vec<Value>) {
    let mut tag_at = at.to_owned();
    let mut options: Vec<Value> = Vec::new();
    for inner in context.iter().flatten() {
        match inner.kind() {
            ValidationErrorKind::Constant { expected_value } => options.push(Value::clone(expected_value)),
            ValidationErrorKind::Enum { options: several } => {
                options.extend(several.as_array().into_iter().flatten().cloned());
            }
            _ => continue,
        }
        inner.instance_path().as_str().clone_into(&mut tag_at);
    }
    (tag_at, options)
}

/// How near a value comes to one of several shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Right shape; something inside is wrong.
    Inside,
    /// Right kind of value; its fields are wrong.
    Fields,
    Other,
}

fn fit(at: &str, branch: &[ValidationError<'static>]) -> Fit {
    let other = branch.iter().any(|error| {
        let path = error.instance_path().as_str();
        match error.kind() {
            // The tag of a tagged shape stands one level down.
            ValidationErrorKind::Constant { .. } => {
                path == at || path.rsplit_once('/').is_some_and(|(owner, _)| owner == at)
            }
            ValidationErrorKind::Enum { .. } | ValidationErrorKind::Type { .. } => path == at,
            _ => false,
        }
    });
    if other {
        Fit::Other
    } else if branch.iter().any(|error| error.instance_path().as_str() == at) {
        Fit::Fields
    } else {
        Fit::Inside
    }
}

/// What a person would call the thing at a JSON pointer.
fn label(pointer: &str) -> String {
    let mut segments = pointer.rsplit('/').filter(|segment| !segment.is_empty());
    match (segments.next(), segments.next()) {
        (None, _) => "the file".to_owned(),
        (Some(last), owner) => match (last.parse::<usize>(), owner) {
            (Ok(index), Some(owner)) => format!("item {} of '{owner}'", index + 1),
            _ => format!("'{last}'"),
        },
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{text}'"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a group of fields".to_owned(),
    }
}

/// The known name a mistyped one probably stands for: at most a third of its letters differ.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let limit = name.chars().count().div_ceil(3);
    known
        .iter()
        .map(|candidate| (distance(name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Letters to change, add or remove to make one text of the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.chars().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        let mut next = vec![before];
        for (to, above) in right.iter().zip(row.iter().skip(1)) {
            let best = (diagonal + usize::from(from != *to)).min(above + 1).min(before + 1);
            diagonal = *above;
            before = best;
            next.push(best);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_changed_letters() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("weight", "wieght"), 2);
        assert_eq!(distance("metric", "metrics"), 1);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn nearest_suggests_only_what_is_near() {
        assert_eq!(nearest("wieght", &["metric", "weight"]), Some("weight"));
        assert_eq!(nearest("colour", &["metric", "weight"]), None);
    }
}
