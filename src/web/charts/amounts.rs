//! Amounts beside what they were before.

use askama::Template;

use super::scale::Scale;
use crate::domain::fixed::Fixed;
use crate::domain::money::Money;
use crate::web::language::Language;

/// An amount of one name, zero or more.
pub(in crate::web) struct Amount {
    pub name: String,
    pub now: Money,
    pub before: Option<Money>,
}

struct Drawn {
    name: String,
    now: String,
    before: Option<String>,
    width: Fixed,
    width_before: Fixed,
    after: Fixed,
    y: usize,
}

/// Amounts of one currency from top to bottom; what they were before is a thinner bar below each.
#[derive(Template)]
#[template(path = "charts/amounts.html")]
pub(in crate::web) struct Amounts {
    language: Language,
    title: String,
    /// What the thinner bars are, in words.
    before: Option<String>,
    rows: Vec<Drawn>,
    height: usize,
}

impl Amounts {
    /// `None` where there is nothing to draw.
    pub(in crate::web) fn new(
        language: Language,
        title: String,
        before: Option<String>,
        amounts: Vec<Amount>,
    ) -> Option<Self> {
        let minor = |money: &Money| money.minor;
        let most = amounts.iter().flat_map(|one| [minor(&one.now), one.before.as_ref().map_or(0, minor)]).max();
        let most = most.filter(|most| *most > 0)?;
        // Places need no more than a part in a thousand, and amounts in minor units may be larger than a `Fixed`.
        let part = |money: &Money| {
            Fixed::from_int(
                i64::try_from(i128::from(money.minor.max(0)) * 1_000 / i128::from(most)).unwrap_or_default(),
            )
        };
        let across = Scale::new(Fixed::ZERO, Fixed::from_int(1_000), 0, 320);
        let height = amounts.len() * 32 + 4;
        let rows = amounts.into_iter().enumerate().map(|(at, Amount { name, now, before })| {
            let width = across.at(part(&now));
            let width_before = before.as_ref().map_or(Fixed::ZERO, |before| across.at(part(before)));
            let longest = width.max(width_before);
            Drawn {
                name,
                now: language.money(&now),
                before: before.as_ref().map(|before| language.money(before)),
                width,
                width_before,
                after: longest.checked_add(Fixed::from_int(158)).unwrap_or(longest),
                y: at * 32 + 4,
            }
        });
        let rows = rows.collect();
        Some(Self { language, title, before, rows, height })
    }
}
