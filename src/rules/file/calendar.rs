//! `calendars/*.yaml`: which hours and days count as working time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ID_PATTERN, Words};
use crate::domain::calendar::{Hours, Week, Year};

/// A working calendar. Times to respond are measured by it, and deadlines in working days.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Merit working calendar")]
pub struct CalendarFile {
    /// The name that the SQL of sources uses; small letters, digits and underscores.
    #[schemars(regex(pattern = ID_PATTERN))]
    pub id: String,
    pub name: Words,
    /// IANA time zone by whose clock the hours are read.
    pub time_zone: String,
    /// The hours of an ordinary week; an empty list for a day on which nothing is worked.
    pub hours: WeekHours,
    /// What is different in each year. A time in a year that does not stand here is an error, never an assumption.
    pub years: BTreeMap<String, YearEntry>,
    /// Worked examples; `merit check` runs them.
    #[serde(default)]
    pub examples: Vec<CalendarExample>,
}

/// Hours of each weekday, such as `[09:00-12:00, 13:30-18:00]`, or `[00:00-24:00]` for the whole day. Work past midnight is
/// written as hours until 24:00 and hours from 00:00 of the next day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeekHours {
    pub monday: Vec<String>,
    pub tuesday: Vec<String>,
    pub wednesday: Vec<String>,
    pub thursday: Vec<String>,
    pub friday: Vec<String>,
    pub saturday: Vec<String>,
    pub sunday: Vec<String>,
}

/// One year's holidays and make-up workdays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YearEntry {
    /// Where the days come from, such as the notice that announced them.
    #[schemars(length(min = 1))]
    pub source: String,
    /// Days on which nothing is worked.
    #[serde(default)]
    pub holidays: Vec<HolidayEntry>,
    /// Days worked although they would be free, or with hours of their own.
    #[serde(default)]
    pub workdays: Vec<WorkdayEntry>,
}

/// One day (`date`), or the days `from` to `to`, both included.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HolidayEntry {
    pub name: Words,
    pub date: Option<NaiveDate>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// A day with the hours of a weekday (`as`), or with its own (`hours`).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkdayEntry {
    pub date: NaiveDate,
    #[serde(rename = "as")]
    pub like: Option<WeekdayName>,
    pub hours: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeekdayName {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A worked example: the working time between two local times of the calendar's zone.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarExample {
    pub name: String,
    /// `YYYY-MM-DD HH:MM`, or with seconds.
    pub from: String,
    pub to: String,
    pub working_seconds: i64,
}

impl WeekHours {
    /// Each weekday's field and hours as written, Monday first.
    pub(crate) fn days(&self) -> [(&'static str, &[String]); 7] {
        [
            ("monday", &self.monday),
            ("tuesday", &self.tuesday),
            ("wednesday", &self.wednesday),
            ("thursday", &self.thursday),
            ("friday", &self.friday),
            ("saturday", &self.saturday),
            ("sunday", &self.sunday),
        ]
    }

    /// The hours written for a weekday.
    pub(crate) fn of(&self, day: WeekdayName) -> &[String] {
        match day {
            WeekdayName::Monday => &self.monday,
            WeekdayName::Tuesday => &self.tuesday,
            WeekdayName::Wednesday => &self.wednesday,
            WeekdayName::Thursday => &self.thursday,
            WeekdayName::Friday => &self.friday,
            WeekdayName::Saturday => &self.saturday,
            WeekdayName::Sunday => &self.sunday,
        }
    }

    fn to_week(&self) -> Week {
        self.days().map(|(_, written)| read(written))
    }
}

impl HolidayEntry {
    /// First and last day, where the entry says them in one of its two ways.
    pub(crate) fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        match (self.date, self.from, self.to) {
            (Some(day), None, None) => Some((day, day)),
            (None, Some(from), Some(to)) => Some((from, to)),
            _ => None,
        }
    }
}

impl CalendarFile {
    /// The ordinary week, and the years by number. What the checks of the file refuse is left out.
    pub(crate) fn to_parts(&self) -> (Week, BTreeMap<i32, Year>) {
        let years = self.years.iter().filter_map(|(year, entry)| Some((year.parse().ok()?, self.year(entry))));
        (self.hours.to_week(), years.collect())
    }

    fn year(&self, entry: &YearEntry) -> Year {
        let days = |(from, to): (NaiveDate, NaiveDate)| from.iter_days().take_while(move |day| *day <= to);
        let holidays: BTreeSet<NaiveDate> =
            entry.holidays.iter().filter_map(HolidayEntry::days).flat_map(days).collect();
        let workdays = entry.workdays.iter().map(|workday| (workday.date, read(self.hours_of(workday))));
        Year { holidays, workdays: workdays.collect() }
    }

    /// The hours written for a make-up workday.
    pub(crate) fn hours_of<'a>(&'a self, workday: &'a WorkdayEntry) -> &'a [String] {
        match (&workday.hours, workday.like) {
            (Some(hours), _) => hours,
            (None, Some(like)) => self.hours.of(like),
            (None, None) => &[],
        }
    }
}

/// Hours from texts.
fn read(written: &[String]) -> Vec<Hours> {
    written.iter().filter_map(|text| text.parse().ok()).collect()
}

/// A local time of an example.
pub(crate) fn local_time(text: &str) -> Option<NaiveDateTime> {
    let formats = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"];
    formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
}
