//! What Merit itself finds wrong with a row or a value, as it is counted. Other reasons are those that a source's checks name.

/// Each with the words that it is counted under, without the value.
macro_rules! shortcomings {
    ($($(#[$about:meta])* $variant:ident $text:literal)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Shortcoming {
            $($(#[$about])* $variant,)*
        }

        impl Shortcoming {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

shortcomings! {
    UnknownAgent "unknown agent"
    WrongFields "wrong number of fields"
    NotUtf8 "not UTF-8"
    NotJson "not a JSON object"
    NotText "not a text"
    NotInteger "not a whole number"
    NotDecimal "not a number"
    NotBoolean "not true or false"
    NotDate "not a date"
    NotTime "not a time"
    /// A time in the hour the clock skips.
    SkippedTime "a time that the clock skipped"
    TooManyDecimals "too many decimals"
    OutOfRange "out of range"
    NoValue "no value"
    NotAnAction "not add, update or delete"
    /// A workbook's error, such as `#DIV/0!`.
    ErrorCell "error in the cell"
    /// Of sheets of figures.
    UnknownMetric "not a metric of the rules"
    MetricNotInForce "not a metric of the rules in force today"
    Repeated "the same figure as in a row above"
    Negative "less than zero"
    SamplesNeeded "no value where the denominator is no whole number of cases"
}

impl Shortcoming {
    /// What a reason says, and of which column; `None` for what a check names.
    pub fn of(reason: &str) -> Option<(Option<&str>, Self)> {
        let (column, text) = match reason.strip_prefix("column \"").and_then(|rest| rest.rsplit_once("\": ")) {
            Some((column, text)) => (Some(column), text),
            None => (None, reason),
        };
        let found = Self::ALL.iter().find(|one| one.as_str() == text)?;
        Some((column, *found))
    }
}

#[cfg(test)]
mod tests {
    use super::Shortcoming;

    #[test]
    fn a_reason_is_known_again_with_its_column() {
        for one in Shortcoming::ALL {
            assert_eq!(Shortcoming::of(one.as_str()), Some((None, *one)));
            let reason = format!("column \"the \"odd\": one\": {}", one.as_str());
            assert_eq!(Shortcoming::of(&reason), Some((Some("the \"odd\": one"), *one)));
        }
        assert_eq!(Shortcoming::of("no cases"), None);
    }
}
