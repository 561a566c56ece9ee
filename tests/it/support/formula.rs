//! A pocket calculator: reads the formulas of explanations, `12 × (3 + 4.5) ÷ 100`, `min(a, b)`, `max(a, b)`, `round(a)`.

use rust_decimal::{Decimal, RoundingStrategy};

/// Half away from zero, to so many decimals.
pub(crate) fn rounded(value: Decimal, decimals: u32) -> Decimal {
    value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// What a formula gives, rounded once to six decimals.
pub(crate) fn evaluate(formula: &str) -> Decimal {
    let mut rest = Reader { text: formula, rest: formula.trim() };
    let value = rest.sum();
    assert!(rest.rest.is_empty(), "'{}' is left of '{formula}'", rest.rest);
    rounded(value, 6)
}

struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
}

impl Reader<'_> {
    fn take(&mut self, sign: &str) -> bool {
        let found = self.rest.strip_prefix(sign);
        if let Some(rest) = found {
            self.rest = rest.trim_start();
        }
        found.is_some()
    }

    fn expect(&mut self, sign: &str) {
        assert!(self.take(sign), "'{sign}' is missing before '{}' in '{}'", self.rest, self.text);
    }

    fn sum(&mut self) -> Decimal {
        let mut value = self.product();
        loop {
            if self.take("+") {
                value += self.product();
            } else if self.take("−") {
                value -= self.product();
            } else {
                return value;
            }
        }
    }

    /// Multiplied first and divided last, so that a third of three is one.
    fn product(&mut self) -> Decimal {
        let (mut above, mut below) = (self.factor(), Decimal::ONE);
        loop {
            if self.take("×") {
                above *= self.factor();
            } else if self.take("÷") {
                below *= self.factor();
            } else {
                return above / below;
            }
        }
    }

    fn factor(&mut self) -> Decimal {
        if self.take("(") {
            let value = self.sum();
            self.expect(")");
            return value;
        }
        for (name, of) in [("min(", Decimal::min as fn(Decimal, Decimal) -> Decimal), ("max(", Decimal::max)] {
            if self.take(name) {
                let first = self.sum();
                self.expect(",");
                let second = self.sum();
                self.expect(")");
                return of(first, second);
            }
        }
        if self.take("round(") {
            let value = rounded(self.sum(), 2);
            self.expect(")");
            return value;
        }
        let end = self.rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        Decimal::from_str_exact(number).unwrap_or_else(|_| panic!("'{number}' is no number in '{}'", self.text))
    }
}
