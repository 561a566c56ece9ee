//! Sheets: the facts of one source, agent and month, packed into two columns.
//!
//! A row of a table costs far more than the few bytes of a fact, so a month of an agent is one row. The days are exact and complete; the
//! sums are derived from them. Equal facts give equal bytes, so that a pull can tell by comparing them that nothing changed.

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::super::{StoreError, packed};
use crate::domain::fact::Pooled;
use crate::domain::fixed::Fixed;

/// A month, counted from January of year 0.
pub(in super::super) fn month_of(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// The first day of a month; `None` outside the calendar.
pub(in super::super) fn first_day(month: i64) -> Option<NaiveDate> {
    let year = i32::try_from(month.div_euclid(12)).ok()?;
    NaiveDate::from_ymd_opt(year, u32::try_from(month.rem_euclid(12)).ok()? + 1, 1)
}

/// The last day of a month.
pub(in super::super) fn last_day(month: i64) -> Option<NaiveDate> {
    first_day(month + 1)?.checked_sub_days(Days::new(1))
}

/// A fact of a sheet, under the database's ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct SheetFact {
    pub(in super::super) metric_id: i64,
    pub(in super::super) segment_id: i64,
    /// Of the month, from 1.
    pub(in super::super) day: u32,
    pub(in super::super) pooled: Pooled,
}

impl SheetFact {
    /// The order of a sheet.
    pub(super) fn key(&self) -> (i64, i64, u32) {
        (self.metric_id, self.segment_id, self.day)
    }
}

/// The sums of one metric and segment over a month; wide, because the sum of figures that fit may not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct SheetSum {
    pub(in super::super) metric_id: i64,
    pub(in super::super) segment_id: i64,
    pub(in super::super) numerator: i128,
    pub(in super::super) denominator: i128,
    pub(in super::super) samples: i128,
}

impl SheetSum {
    pub(in super::super) fn of(fact: &SheetFact) -> Self {
        Self {
            metric_id: fact.metric_id,
            segment_id: fact.segment_id,
            numerator: i128::from(fact.pooled.numerator.micros()),
            denominator: i128::from(fact.pooled.denominator.micros()),
            samples: i128::from(fact.pooled.samples),
        }
    }

    /// Adds figures; sums of 64-bit numbers cannot reach the end of 128 bits.
    pub(in super::super) fn add(&mut self, other: &Self) {
        self.numerator = self.numerator.saturating_add(other.numerator);
        self.denominator = self.denominator.saturating_add(other.denominator);
        self.samples = self.samples.saturating_add(other.samples);
    }

    /// Errors: `SumTooLarge`.
    pub(in super::super) fn pooled(&self) -> Result<Pooled, StoreError> {
        let narrow = |sum: i128| i64::try_from(sum).map_err(|_| StoreError::SumTooLarge);
        Ok(Pooled {
            numerator: Fixed::from_micros(narrow(self.numerator)?),
            denominator: Fixed::from_micros(narrow(self.denominator)?),
            samples: narrow(self.samples)?,
        })
    }
}

/// One metric and segment of a sheet. The vectors have one place a day that has a fact.
#[derive(Serialize, Deserialize)]
struct Series {
    metric_id: i64,
    segment_id: i64,
    /// Bit 0 is the first day of the month.
    days: u32,
    numerators: Figures,
    denominators: Denominators,
    samples: Vec<i64>,
}

/// Millionths, or whole numbers where all of them are.
#[derive(Serialize, Deserialize)]
enum Figures {
    Whole(Vec<i64>),
    Micros(Vec<i64>),
}

#[derive(Serialize, Deserialize)]
enum Denominators {
    /// Each is the number of samples, as in every rate.
    Samples,
    Given(Figures),
}

impl Figures {
    fn of(micros: Vec<i64>) -> Self {
        if micros.iter().all(|micros| micros % Fixed::SCALE == 0) {
            Self::Whole(micros.into_iter().map(|micros| micros / Fixed::SCALE).collect())
        } else {
            Self::Micros(micros)
        }
    }

    fn into_micros(self) -> Vec<i64> {
        match self {
            Self::Whole(whole) => whole.into_iter().map(|number| number.saturating_mul(Fixed::SCALE)).collect(),
            Self::Micros(micros) => micros,
        }
    }
}

/// The facts, in order of key and each key once, packed.
pub(super) fn pack_days(facts: &[SheetFact]) -> Result<Vec<u8>, StoreError> {
    let series: Vec<Series> = facts.chunk_by(same_series).filter_map(series_of).collect();
    packed::pack("the facts of a month", &series)
}

fn same_series(left: &SheetFact, right: &SheetFact) -> bool {
    (left.metric_id, left.segment_id) == (right.metric_id, right.segment_id)
}

fn series_of(facts: &[SheetFact]) -> Option<Series> {
    let first = facts.first()?;
    let micros = |figure: fn(&Pooled) -> Fixed| facts.iter().map(|fact| figure(&fact.pooled).micros()).collect();
    let counted =
        |fact: &SheetFact| fact.pooled.samples.checked_mul(Fixed::SCALE) == Some(fact.pooled.denominator.micros());
    Some(Series {
        metric_id: first.metric_id,
        segment_id: first.segment_id,
        days: facts.iter().fold(0, |days, fact| days | bit(fact.day)),
        numerators: Figures::of(micros(|pooled| pooled.numerator)),
        denominators: if facts.iter().all(counted) {
            Denominators::Samples
        } else {
            Denominators::Given(Figures::of(micros(|pooled| pooled.denominator)))
        },
        samples: facts.iter().map(|fact| fact.pooled.samples).collect(),
    })
}

fn bit(day: u32) -> u32 {
    1_u32.checked_shl(day.saturating_sub(1)).unwrap_or_default()
}

/// The facts of a packed sheet, in order of key.
pub(in super::super) fn unpack_days(bytes: &[u8]) -> Result<Vec<SheetFact>, StoreError> {
    let series: Vec<Series> = packed::unpack("the facts of a month", bytes)?;
    let mut facts = Vec::with_capacity(series.iter().map(|series| series.samples.len()).sum());
    for Series { metric_id, segment_id, days, numerators, denominators, samples } in series {
        let denominators = match denominators {
            Denominators::Samples => samples.iter().map(|samples| samples.saturating_mul(Fixed::SCALE)).collect(),
            Denominators::Given(figures) => figures.into_micros(),
        };
        let figures = numerators.into_micros().into_iter().zip(denominators).zip(samples);
        let days = (1..=31).filter(|day| days & bit(*day) != 0);
        facts.extend(days.zip(figures).map(|(day, ((numerator, denominator), samples))| SheetFact {
            metric_id,
            segment_id,
            day,
            pooled: Pooled {
                numerator: Fixed::from_micros(numerator),
                denominator: Fixed::from_micros(denominator),
                samples,
            },
        }));
    }
    Ok(facts)
}

/// The sums of the facts, a metric and segment each, packed.
pub(super) fn pack_sums(facts: &[SheetFact]) -> Result<Vec<u8>, StoreError> {
    let sums: Vec<SheetSum> = facts
        .chunk_by(same_series)
        .filter_map(|facts| {
            let (first, rest) = facts.split_first()?;
            let mut sum = SheetSum::of(first);
            rest.iter().for_each(|fact| sum.add(&SheetSum::of(fact)));
            Some(sum)
        })
        .collect();
    packed::pack("the sums of a month", &sums)
}

pub(in super::super) fn unpack_sums(bytes: &[u8]) -> Result<Vec<SheetSum>, StoreError> {
    packed::unpack("the sums of a month", bytes)
}
