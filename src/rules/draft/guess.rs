//! What a column of an export holds, guessed from its name and from some of its values.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// Texts that exports write where there is no value.
const NULLS: [&str; 8] = ["-", "--", "n/a", "N/A", "null", "NULL", "无", "/"];
/// Times as exports write them besides ISO 8601. Where a day reads both ways, the day stands first.
const TIMES: [&str; 12] = [
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
];
const DAYS: [&str; 6] = ["%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y年%m月%d日"];
const TRUE: [&str; 5] = ["true", "t", "yes", "y", "1"];
const FALSE: [&str; 5] = ["false", "f", "no", "n", "0"];

/// What the values of a column are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Decimal,
    Boolean,
    /// With the format, where it is not ISO 8601, and whether day and month could be the other way round.
    Timestamp(Option<&'static str>, bool),
    Date(Option<&'static str>, bool),
}

/// A column with some of its values.
#[derive(Debug, Clone)]
pub(super) struct Sampled<'a> {
    pub header: &'a str,
    /// Without those that say that there is none.
    pub values: Vec<&'a str>,
    /// Texts that say that there is none.
    pub nulls: Vec<&'a str>,
    pub kind: Kind,
}

impl<'a> Sampled<'a> {
    pub(super) fn new(header: &'a str, texts: impl Iterator<Item = &'a str>) -> Self {
        let (mut values, mut nulls) = (Vec::new(), BTreeSet::new());
        for text in texts.map(str::trim).filter(|text| !text.is_empty()) {
            if NULLS.contains(&text) {
                nulls.insert(text);
            } else {
                values.push(text);
            }
        }
        Self { header, kind: kind_of(&values), values, nulls: nulls.into_iter().collect() }
    }

    /// Whether the name holds one of these words.
    pub(super) fn is_named(&self, words: &[&str]) -> bool {
        let name = self.header.to_lowercase();
        words.iter().any(|word| name.contains(word))
    }

    pub(super) fn is_time(&self) -> bool {
        matches!(self.kind, Kind::Timestamp(..) | Kind::Date(..))
    }

    /// Whether no value comes twice.
    pub(super) fn is_unique(&self) -> bool {
        !self.values.is_empty() && self.values.iter().collect::<BTreeSet<_>>().len() == self.values.len()
    }

    /// Whether few values come again and again.
    pub(super) fn is_choice(&self) -> bool {
        let different = self.values.iter().collect::<BTreeSet<_>>().len();
        different > 0 && different <= 30 && different.saturating_mul(2) <= self.values.len()
    }

    /// Whether all are whole numbers from `least` to `most`, but for one in twenty: exports hold mistakes.
    pub(super) fn is_within(&self, least: i64, most: i64) -> bool {
        let inside = |text: &&&str| text.parse::<i64>().is_ok_and(|number| (least..=most).contains(&number));
        let within = self.values.iter().filter(inside).count();
        self.kind == Kind::Integer && within > 0 && (self.values.len() - within).saturating_mul(20) <= self.values.len()
    }
}

fn kind_of(values: &[&str]) -> Kind {
    if values.is_empty() {
        return Kind::Text;
    }
    let all = |test: &dyn Fn(&str) -> bool| values.iter().all(|text| test(text));
    let is_word = |text: &str, words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    let said = |words: &[&str]| values.iter().any(|text| is_word(text, words));
    if all(&|text| is_word(text, &TRUE) || is_word(text, &FALSE)) && said(&TRUE) && said(&FALSE) {
        return Kind::Boolean;
    }
    if all(&|text| text.parse::<i64>().is_ok()) {
        return Kind::Integer;
    }
    if all(&is_decimal) {
        return Kind::Decimal;
    }
    if all(&is_iso_date) {
        return Kind::Date(None, false);
    }
    if all(&|text| is_iso_date(text) || is_iso_time(text)) {
        return Kind::Timestamp(None, false);
    }
    let fits = |formats: &[&'static str], test: &dyn Fn(&str, &str) -> bool| {
        formats.iter().copied().filter(|format| all(&|text| test(text, format))).collect::<Vec<_>>()
    };
    let times = fits(&TIMES, &|text, format| NaiveDateTime::parse_from_str(text, format).is_ok());
    if let Some(format) = times.first() {
        return Kind::Timestamp(Some(format), times.len() > 1);
    }
    let days = fits(&DAYS, &|text, format| NaiveDate::parse_from_str(text, format).is_ok());
    days.first().map_or(Kind::Text, |format| Kind::Date(Some(format), days.len() > 1))
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    number(whole) && number(part)
}

fn is_iso_date(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_iso_time(text: &str) -> bool {
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    DateTime::parse_from_rfc3339(text).is_ok()
        || local.iter().any(|format| NaiveDateTime::parse_from_str(text, format).is_ok())
}

#[cfg(test)]
mod tests {
    use super::{Kind, Sampled};

    fn kind(texts: &[&str]) -> Kind {
        Sampled::new("", texts.iter().copied()).kind
    }

    #[test]
    fn values_tell_what_they_are() {
        for (texts, wanted) in [
            (&["1", "20", "-3"] as &[&str], Kind::Integer),
            (&["1", "20.5", "n/a"], Kind::Decimal),
            (&["yes", "No", ""], Kind::Boolean),
            (&["1", "0", "1"], Kind::Boolean),
            (&["1", "1"], Kind::Integer),
            (&["2026-07-01", "2026-07-02"], Kind::Date(None, false)),
            (&["2026-07-01 08:00:00", "2026-07-01T09:00"], Kind::Timestamp(None, false)),
            (&["2026-07-01T08:00:00+08:00"], Kind::Timestamp(None, false)),
            (&["15/08/2026 17:02"], Kind::Timestamp(Some("%d/%m/%Y %H:%M"), false)),
            (&["08/15/2026 17:02", "07/01/2026 10:00"], Kind::Timestamp(Some("%m/%d/%Y %H:%M"), false)),
            (&["03/07/2026 17:02"], Kind::Timestamp(Some("%d/%m/%Y %H:%M"), true)),
            (&["2026年7月3日"], Kind::Date(Some("%Y年%m月%d日"), false)),
            (&["3/7/26 17:02", "tomorrow"], Kind::Text),
            (&["-", ""], Kind::Text),
        ] {
            assert_eq!(kind(texts), wanted, "{texts:?}");
        }
        let rating = Sampled::new("Rating", ["5", "4", "-"].into_iter());
        assert_eq!((rating.values, rating.nulls), (vec!["5", "4"], vec!["-"]));
    }

    #[test]
    fn one_mistake_in_twenty_is_forgiven() {
        let mostly: Vec<String> =
            (0..40).map(|at| if at < 2 { "9".to_owned() } else { (at % 5 + 1).to_string() }).collect();
        assert!(Sampled::new("", mostly.iter().map(String::as_str)).is_within(1, 5));
        assert!(!Sampled::new("", ["9", "1", "2"].into_iter()).is_within(1, 5));
        assert!(Sampled::new("", ["a", "b", "c"].into_iter()).is_unique());
        assert!(Sampled::new("", ["a", "b", "a", "b"].into_iter()).is_choice());
    }
}
