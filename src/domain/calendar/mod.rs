//! Working calendars: which moments count when a time to respond is measured, and which days count toward a deadline.
//!
//! A calendar is made of weekly hours, public holidays and make-up workdays of the years it knows, read by the clock of one
//! time zone. What it counts are moments: an hour that the clock skips in spring is not worked, an hour that comes twice in
//! autumn is worked twice, so no calendar ever counts more time than passed.

mod build;
mod hours;
mod zone;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

pub use build::{Week, Year};
pub use hours::Hours;
pub use zone::ZoneClock;

const DAY: i64 = 86_400;

/// Why a calendar cannot be made, or cannot answer. After the last colon stands how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error(
        "calendar '{calendar}' does not know the year {year}: add '{year}' under 'years' with its holidays and make-up workdays"
    )]
    MissingYear { calendar: String, year: i32 },
    #[error("calendar '{0}' knows no year: add one under 'years' with its holidays and make-up workdays")]
    NoYears(String),
    #[error("'{0}' are not hours of a day: write them as 09:00-12:00, from 00:00 to 24:00, the earlier first")]
    NotHours(String),
}

/// A calendar, ready to answer for any moment of the years it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    id: String,
    clock: ZoneClock,
    /// First and last year known; every year between is known too.
    years: (i32, i32),
    /// Seconds since 1970 in UTC at which the first year begins and the last one ends.
    known: (i64, i64),
    /// Working time in order; no two stretches touch.
    open: Vec<Open>,
    /// For every 24 hours from the beginning: the first stretch that ends after they begin.
    first_open: Vec<usize>,
    /// The first day known, as days since 1970.
    first_day: i64,
    /// For every day, and the day after the last: workdays before it.
    workdays_before: Vec<usize>,
    /// Workdays in order, as days since 1970.
    workdays: Vec<i64>,
}

/// A stretch of working time, in seconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Open {
    start: i64,
    end: i64,
    /// Working seconds before it.
    before: i64,
}

impl Calendar {
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The clock that the hours of this calendar are read by.
    pub fn clock(&self) -> &ZoneClock {
        &self.clock
    }

    /// First and last year known.
    pub fn years(&self) -> (i32, i32) {
        self.years
    }

    /// Working seconds from one moment to another, negative where `to` is before `from`, so that parts always add up to the
    /// whole. Both moments are cut to whole seconds. Errors: a moment in a year the calendar does not know.
    pub fn working_seconds(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<i64, CalendarError> {
        Ok(self.worked_by(to.timestamp())? - self.worked_by(from.timestamp())?)
    }

    /// The first moment at which `seconds` of working time have passed since `from`; with no seconds, `from` itself. A limit
    /// that is used up exactly when work ends is due then, not the next morning. Negative seconds count backwards, to the last
    /// such moment. Errors: `from` or the result in a year the calendar does not know.
    pub fn add_working_seconds(&self, from: DateTime<Utc>, seconds: i64) -> Result<DateTime<Utc>, CalendarError> {
        let worked = self.worked_by(from.timestamp())?;
        let beyond = || self.missing(if seconds > 0 { self.years.1 + 1 } else { self.years.0 - 1 });
        let wanted = worked.checked_add(seconds).filter(|wanted| *wanted >= 0).ok_or_else(beyond)?;
        let stretch = match seconds {
            0 => return Ok(cut(from)),
            1.. => self.open.get(self.open.partition_point(|open| open.before + open.seconds() < wanted)),
            _ => {
                self.open.partition_point(|open| open.before <= wanted).checked_sub(1).and_then(|at| self.open.get(at))
            }
        };
        let stretch = stretch.ok_or_else(beyond)?;
        DateTime::from_timestamp(stretch.start + wanted - stretch.before, 0).ok_or_else(beyond)
    }

    /// The workday that comes `days` workdays after `day`, which itself does not count; before it for negative days; `day`
    /// itself for none. Errors: `day` or the result in a year the calendar does not know.
    pub fn add_working_days(&self, day: NaiveDate, days: i64) -> Result<NaiveDate, CalendarError> {
        let at = self.day(day)?;
        let before = |at: usize| self.workdays_before.get(at).and_then(|before| i64::try_from(*before).ok());
        // The workdays of the list are numbered from 0.
        let number = match days {
            0 => return Ok(day),
            1.. => before(at + 1).and_then(|passed| passed.checked_add(days - 1)),
            _ => before(at).and_then(|passed| passed.checked_add(days)),
        };
        let found = number.and_then(|number| usize::try_from(number).ok()).and_then(|at| self.workdays.get(at));
        let found = found.and_then(|day| i32::try_from(*day).ok()).and_then(NaiveDate::from_epoch_days);
        found.ok_or_else(|| self.missing(if days > 0 { self.years.1 + 1 } else { self.years.0 - 1 }))
    }

    /// Whether any hour of the day is worked. Errors: a year the calendar does not know.
    pub fn is_workday(&self, day: NaiveDate) -> Result<bool, CalendarError> {
        let at = self.day(day)?;
        Ok(self.workdays_before.get(at) != self.workdays_before.get(at + 1))
    }

    fn missing(&self, year: i32) -> CalendarError {
        CalendarError::MissingYear { calendar: self.id.clone(), year }
    }

    /// A day's place in the lists.
    fn day(&self, day: NaiveDate) -> Result<usize, CalendarError> {
        let known = (self.years.0..=self.years.1).contains(&day.year());
        let at = usize::try_from(i64::from(day.to_epoch_days()) - self.first_day).ok();
        at.filter(|_| known).ok_or_else(|| self.missing(day.year()))
    }

    /// Working seconds from the beginning of the first year to a moment.
    fn worked_by(&self, moment: i64) -> Result<i64, CalendarError> {
        let (begin, end) = self.known;
        if moment < begin || moment > end {
            return Err(self.missing(self.year_of(moment)));
        }
        let day = usize::try_from((moment - begin) / DAY).unwrap_or_default();
        let first = self.first_open.get(day).copied().unwrap_or_default();
        let next = self.open.iter().skip(first).find(|open| open.end > moment);
        Ok(match (next, self.open.last()) {
            (Some(open), _) => open.before + (moment - open.start).max(0),
            (None, last) => last.map_or(0, |last| last.before + last.seconds()),
        })
    }

    /// The local year of a moment outside the known years.
    fn year_of(&self, moment: i64) -> i32 {
        let after = moment > self.known.1;
        let day = i32::try_from(self.clock.to_local(moment).div_euclid(DAY)).ok().and_then(NaiveDate::from_epoch_days);
        let nearest = if after { self.years.1 + 1 } else { self.years.0 - 1 };
        day.map_or(nearest, |day| day.year())
    }
}

impl Open {
    const fn seconds(self) -> i64 {
        self.end - self.start
    }
}

/// A moment without its fraction of a second.
fn cut(moment: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(moment.timestamp(), 0).unwrap_or(moment)
}
