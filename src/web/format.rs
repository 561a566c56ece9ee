//! Numbers, amounts and days as a language writes them; exact, from whole numbers and decimals only.

use std::borrow::Borrow;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use super::language::Language;
use crate::domain::fixed::Fixed;
use crate::domain::metric::Unit;
use crate::domain::money::Money;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A plain number with its thousands apart, and a true minus.
pub(super) fn grouped(plain: &str) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("−", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text += fraction;
    }
    text
}

impl Language {
    /// With all the decimals it has and no more.
    pub(super) fn number(self, value: impl Borrow<Fixed>) -> String {
        grouped(&value.borrow().to_decimal().normalize().to_string())
    }

    /// With two decimals.
    pub(super) fn hundredths(self, value: impl Borrow<Fixed>) -> String {
        grouped(&format!("{:.2}", value.borrow()))
    }

    /// A figure of a metric, rounded to two decimals, in the metric's unit.
    pub(super) fn measured(self, value: Fixed, unit: Unit) -> String {
        let number = grouped(&value.round(2).to_decimal().normalize().to_string());
        match (unit, self) {
            (Unit::Percent, _) => format!("{}%", self.hundredths(value)),
            (Unit::Ratio | Unit::Points, _) => number,
            (Unit::Seconds, Self::English) => format!("{number} s"),
            (Unit::Seconds, Self::Chinese) => format!("{number} 秒"),
            (Unit::Minutes, Self::English) => format!("{number} min"),
            (Unit::Minutes, Self::Chinese) => format!("{number} 分钟"),
            (Unit::Hours, Self::English) => format!("{number} h"),
            (Unit::Hours, Self::Chinese) => format!("{number} 小时"),
        }
    }

    /// In major units with all decimals of the currency. The yuan has its sign where everybody reads it as such.
    pub(super) fn money(self, amount: &Money) -> String {
        let number = grouped(&amount.to_decimal().to_string());
        match (self, amount.currency.code()) {
            (Self::Chinese, "CNY") => match number.strip_prefix('−') {
                Some(positive) => format!("−¥{positive}"),
                None => format!("¥{number}"),
            },
            (_, code) => format!("{code} {number}"),
        }
    }

    pub(super) fn day(self, day: impl Borrow<NaiveDate>) -> String {
        let day = day.borrow();
        let month = usize::try_from(day.month0()).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
        match self {
            Self::English => format!("{} {month} {}", day.day(), day.year()),
            Self::Chinese => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        }
    }

    /// A moment, to the minute; everywhere the same, and said so.
    pub(super) fn moment(self, at: impl Borrow<DateTime<Utc>>) -> String {
        let at = at.borrow();
        format!("{} {} UTC", self.day(at.date_naive()), at.format("%H:%M"))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeZone as _, Utc};

    use super::{Language, grouped};
    use crate::domain::fixed::Fixed;
    use crate::domain::metric::Unit;
    use crate::domain::money::Money;

    #[test]
    fn thousands_stand_apart() {
        for (plain, text) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567.890", "−1,234,567.890"),
            ("100000", "100,000"),
            ("0.5", "0.5"),
        ] {
            assert_eq!(grouped(plain), text);
        }
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        let money = |minor, code: &str| Money { minor, currency: code.parse().unwrap() };
        assert_eq!(Language::English.money(&money(123_450, "CNY")), "CNY 1,234.50");
        assert_eq!(Language::Chinese.money(&money(-123_450, "CNY")), "−¥1,234.50");
        assert_eq!(Language::Chinese.money(&money(1_234, "JPY")), "JPY 1,234");
        assert_eq!(Language::English.money(&money(1_234, "KWD")), "KWD 1.234");
    }

    #[test]
    fn figures_have_their_unit_and_days_their_order() {
        let value = Fixed::from_micros(91_255_000);
        assert_eq!(Language::English.measured(value, Unit::Percent), "91.26%");
        assert_eq!(Language::Chinese.measured(Fixed::from_int(1312), Unit::Seconds), "1,312 秒");
        assert_eq!(Language::English.hundredths(Fixed::from_int(80)), "80.00");
        assert_eq!(Language::English.number(Fixed::from_micros(1_500_000)), "1.5");
        let day = NaiveDate::from_ymd_opt(2026, 9, 30).unwrap();
        assert_eq!(Language::English.day(day), "30 Sep 2026");
        assert_eq!(Language::Chinese.day(day), "2026年9月30日");
        let at = Utc.with_ymd_and_hms(2026, 9, 30, 7, 5, 59).unwrap();
        assert_eq!(Language::English.moment(at), "30 Sep 2026 07:05 UTC");
    }
}
