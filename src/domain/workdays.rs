//! Which days are worked where a cycle is run: what its deadlines are counted by.
//!
//! A company keeps its working calendars beside its sources, and may change them; what people were told as a deadline stays. So a cycle takes
//! from a calendar what it needs, once: the time zone whose midnight ends a day, and the days on which the calendar differs from Monday to Friday.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, CalendarError};

/// The days worked in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workdays {
    /// Id of the calendar it was taken from; absent: Monday to Friday.
    calendar: Option<String>,
    /// IANA name of the time zone.
    zone: String,
    /// First and last year the calendar knows; beyond it is Monday to Friday.
    years: Option<(i32, i32)>,
    /// Not worked, though from Monday to Friday.
    off: BTreeSet<NaiveDate>,
    /// Worked, though on a weekend.
    on: BTreeSet<NaiveDate>,
}

impl Default for Workdays {
    /// Monday to Friday, by the clock of UTC.
    fn default() -> Self {
        Self { calendar: None, zone: Tz::UTC.name().to_owned(), years: None, off: BTreeSet::new(), on: BTreeSet::new() }
    }
}

impl Workdays {
    /// As the calendar says, by the clock of the zone, which is one of its own.
    pub fn of(calendar: &Calendar, zone: &str) -> Result<Self, CalendarError> {
        let (first, last) = calendar.years();
        let (mut off, mut on) = (BTreeSet::new(), BTreeSet::new());
        let begin = NaiveDate::from_ymd_opt(first, 1, 1).unwrap_or(NaiveDate::MAX);
        for day in begin.iter_days().take_while(|day| day.year() <= last) {
            match (calendar.is_workday(day)?, is_weekend(day)) {
                (true, true) => on.insert(day),
                (false, false) => off.insert(day),
                (true, false) | (false, true) => false,
            };
        }
        let (calendar, zone) = (Some(calendar.id().to_owned()), zone.to_owned());
        Ok(Self { calendar, zone, years: Some((first, last)), off, on })
    }

    /// Id of the calendar it was taken from.
    pub fn calendar(&self) -> Option<&str> {
        self.calendar.as_deref()
    }

    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Whether the calendar says which days of this year are worked; what none says is Monday to Friday.
    pub fn knows(&self, year: i32) -> bool {
        self.years.is_none_or(|(first, last)| (first..=last).contains(&year))
    }

    pub fn is_workday(&self, day: NaiveDate) -> bool {
        !self.off.contains(&day) && (!is_weekend(day) || self.on.contains(&day))
    }

    /// The day it is at a moment.
    pub fn day_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.tz()).date_naive()
    }

    /// The moment at which a day is over.
    pub fn end_of(&self, day: NaiveDate) -> DateTime<Utc> {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
        let mut local = next.and_time(NaiveTime::MIN);
        // Where the clock skips midnight, the day ends when the clock goes on.
        for _ in 0..4 {
            if let Some(moment) = self.tz().from_local_datetime(&local).earliest() {
                return moment.with_timezone(&Utc);
            }
            local += TimeDelta::minutes(30);
        }
        next.and_time(NaiveTime::MIN).and_utc()
    }

    /// The last of so many working days after `day`, which itself does not count; `day` itself for none. `NaiveDate::MAX` beyond the end of time.
    pub fn after(&self, day: NaiveDate, working_days: u16) -> NaiveDate {
        let mut left = working_days;
        let mut at = day;
        while left > 0 {
            let Some(next) = at.checked_add_days(Days::new(1)) else { return NaiveDate::MAX };
            at = next;
            left -= u16::from(self.is_workday(at));
        }
        at
    }

    /// Working days after `from` up to `to`, included; none where `to` is not later.
    pub fn between(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let days = from.iter_days().skip(1).take_while(|day| *day <= to);
        days.fold(0, |count, day| count + u32::from(self.is_workday(day)))
    }

    /// The last day whose `working_days` after it were over before `today` began.
    pub fn last_over(&self, today: NaiveDate, working_days: u16) -> NaiveDate {
        let mut day = today;
        while let Some(before) = day.checked_sub_days(Days::new(1)) {
            day = before;
            if self.after(day, working_days) < today {
                return day;
            }
        }
        NaiveDate::MIN
    }

    fn tz(&self) -> Tz {
        self.zone.parse().unwrap_or(Tz::UTC)
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
