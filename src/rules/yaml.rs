//! A YAML file as a JSON value, with the place in the file of everything in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use saphyr::{LoadableYamlNode, MarkedYaml, Marker, Scalar, ScanError, YamlData};
use serde_json::{Map, Number, Value};

use super::problem::{Problem, Severity};
use crate::domain::fixed::{Fixed, FixedError};

/// Digits up to which every decimal survives the way through a 64-bit floating-point number unchanged.
const EXACT_DIGITS: usize = 15;
/// Digits before the point that every figure of the rules may have.
const WHOLE_DIGITS: usize = 12;

/// A place in a file: line and column from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// The first character of a file.
const START: Place = Place { line: 1, column: 1 };

impl From<&Marker> for Place {
    fn from(marker: &Marker) -> Self {
        Self { line: marker.line().max(1), column: marker.col() + 1 }
    }
}

/// Where a value stands, and the name of the field that holds it.
#[derive(Debug, Clone, Copy)]
struct Spot {
    name: Place,
    value: Place,
}

/// A YAML file that was read.
#[derive(Debug, Clone)]
pub struct Document {
    file: String,
    value: Value,
    /// By JSON pointer.
    spots: BTreeMap<String, Spot>,
}

impl Document {
    /// Reads `text`, which stands in `file`. Errors: everything that is not one well-formed YAML document with exact numbers.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let nodes = MarkedYaml::load_from_str(text).map_err(|error| vec![malformed(file, text, &error)])?;
        let [node] = nodes.as_slice() else {
            return Err(vec![match nodes.get(1) {
                None => Problem::of_file(file, "the file is empty", "write its fields, or delete the file"),
                Some(second) => problem_at(
                    file,
                    Place::from(&second.span.start),
                    "a second document begins after '---'",
                    "keep one document in a file",
                ),
            }]);
        };
        let mut reader = Reader { file, lines: text.lines().collect(), spots: BTreeMap::new(), problems: Vec::new() };
        let value = reader.read("", Place::from(&node.span.start), node);
        if reader.problems.is_empty() {
            Ok(Self { file: file.to_owned(), value, spots: reader.spots })
        } else {
            Err(reader.problems)
        }
    }

    pub fn file(&self) -> &str {
        &self.file
    }

    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Where the value at a JSON pointer stands; where it is absent, the nearest thing that would hold it.
    pub fn place(&self, pointer: &str) -> Place {
        self.nearest(pointer).map_or(START, |spot| spot.value)
    }

    /// Where the name of the field at a JSON pointer stands.
    pub fn name_place(&self, pointer: &str) -> Place {
        self.nearest(pointer).map_or(START, |spot| spot.name)
    }

    pub fn error(&self, pointer: &str, what: impl Into<String>, mend: impl Into<String>) -> Problem {
        problem_at(&self.file, self.place(pointer), what, mend)
    }

    pub fn warning(&self, pointer: &str, what: impl Into<String>, mend: impl Into<String>) -> Problem {
        Problem { severity: Severity::Warning, ..self.error(pointer, what, mend) }
    }

    /// As [`Document::error`], at the field's name.
    pub fn name_error(&self, pointer: &str, what: impl Into<String>, mend: impl Into<String>) -> Problem {
        problem_at(&self.file, self.name_place(pointer), what, mend)
    }

    fn nearest(&self, pointer: &str) -> Option<Spot> {
        let mut pointer = pointer;
        loop {
            if let Some(spot) = self.spots.get(pointer) {
                return Some(*spot);
            }
            pointer = pointer.rsplit_once('/')?.0;
        }
    }
}

/// A JSON pointer's next segment, escaped.
pub fn join(pointer: &str, segment: &str) -> String {
    format!("{pointer}/{}", segment.replace('~', "~0").replace('/', "~1"))
}

fn problem_at(file: &str, place: Place, what: impl Into<String>, mend: impl Into<String>) -> Problem {
    Problem { line: place.line, column: place.column, ..Problem::of_file(file, what, mend) }
}

fn malformed(file: &str, text: &str, error: &ScanError) -> Problem {
    let place = Place::from(error.marker());
    if error.info().contains("duplicated key") {
        let line = text.lines().nth(place.line - 1).unwrap_or_default();
        let name: String = line.chars().skip(place.column - 1).take_while(|character| *character != ':').collect();
        return problem_at(file, place, format!("field '{}' stands here twice", name.trim()), "keep one of the two");
    }
    if error.info().contains("unknown anchor") {
        return problem_at(
            file,
            place,
            "this alias (*name) has no anchor (&name) before it",
            "write the value itself, or put text that begins with * in quotes",
        );
    }
    let mut what = String::from("not well-formed YAML: ");
    let _ = write!(what, "{}", error.info());
    problem_at(
        file,
        place,
        what,
        "look at this line and the one above for indentation, an unclosed bracket or quote, or text with ': ' that needs quotes",
    )
}

struct Reader<'a> {
    file: &'a str,
    lines: Vec<&'a str>,
    spots: BTreeMap<String, Spot>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn read(&mut self, pointer: &str, name: Place, node: &MarkedYaml<'_>) -> Value {
        let place = Place::from(&node.span.start);
        self.spots.insert(pointer.to_owned(), Spot { name, value: place });
        match &node.data {
            YamlData::Value(scalar) => self.scalar(node, scalar),
            YamlData::Sequence(items) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let at = Place::from(&item.span.start);
                    values.push(self.read(&format!("{pointer}/{index}"), at, item));
                }
                Value::Array(values)
            }
            YamlData::Mapping(fields) => {
                let mut values = Map::new();
                for (key, item) in fields {
                    if let Some(key_text) = self.key(key) {
                        let value = self.read(&join(pointer, &key_text), Place::from(&key.span.start), item);
                        values.insert(key_text, value);
                    }
                }
                Value::Object(values)
            }
            YamlData::Tagged(tag, _) => {
                self.refuse(place, format!("the tag '{}{}' is not known here", tag.handle, tag.suffix), "leave it out");
                Value::Null
            }
            YamlData::Alias(_) | YamlData::BadValue | YamlData::Representation(..) => {
                self.refuse(place, "this value cannot be read", "write it without tag or alias");
                Value::Null
            }
        }
    }

    fn key(&mut self, key: &MarkedYaml<'_>) -> Option<String> {
        match &key.data {
            YamlData::Value(Scalar::String(text)) => Some(text.to_string()),
            YamlData::Value(_) => Some(self.written(key)),
            _ => {
                self.refuse(
                    Place::from(&key.span.start),
                    "a list or group stands as a field's name",
                    "use a plain name",
                );
                None
            }
        }
    }

    fn scalar(&mut self, node: &MarkedYaml<'_>, scalar: &Scalar<'_>) -> Value {
        match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(yes) => Value::Bool(*yes),
            Scalar::Integer(whole) => Value::Number((*whole).into()),
            Scalar::String(text) => Value::String(text.to_string()),
            Scalar::FloatingPoint(_) => self.decimal(node),
        }
    }

    /// A number with decimals passes through a floating-point number, so it must be short enough to come out as it went in.
    fn decimal(&mut self, node: &MarkedYaml<'_>) -> Value {
        let place = Place::from(&node.span.start);
        let written = self.written(node);
        let unsigned = written.trim_start_matches(['+', '-']);
        let whole = unsigned.split('.').next().unwrap_or_default();
        let digits = unsigned.chars().filter(char::is_ascii_digit).skip_while(|digit| *digit == '0').count();
        let refused = match written.trim_start_matches('+').parse::<Fixed>() {
            Err(FixedError::TooPrecise(_)) => Some(("has more than six decimals", "round it to six".to_owned())),
            Err(FixedError::NotANumber(_)) => {
                Some(("is not a plain decimal number", "write it with digits and a point, as 0.5".to_owned()))
            }
            Err(FixedError::OutOfRange(_)) => {
                Some(("has more than 12 digits before the point", "use a larger unit".to_owned()))
            }
            Ok(_) if whole.len() > WHOLE_DIGITS => {
                Some(("has more than 12 digits before the point", "use a larger unit".to_owned()))
            }
            Ok(_) if digits > EXACT_DIGITS => {
                Some(("has more than 15 digits and would not stay exact", format!("write it in quotes: \"{written}\"")))
            }
            Ok(_) => None,
        };
        if let Some((what, mend)) = refused {
            self.refuse(place, format!("{written} {what}"), mend);
            return Value::Null;
        }
        written.parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
    }

    /// The text of a plain scalar, which stands on one line.
    fn written(&self, node: &MarkedYaml<'_>) -> String {
        let (start, end) = (node.span.start, node.span.end);
        let line = self.lines.get(start.line().saturating_sub(1)).copied().unwrap_or_default();
        line.chars().skip(start.col()).take(end.col().saturating_sub(start.col())).collect()
    }

    fn refuse(&mut self, place: Place, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.push(problem_at(self.file, place, what, mend));
    }
}
