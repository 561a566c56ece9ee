//! Laying a calendar out, day by day, so that answers are a few look-ups.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::{Calendar, CalendarError, DAY, Hours, Open, ZoneClock};

/// The hours of Monday to Sunday.
pub type Week = [Vec<Hours>; 7];

/// What makes a year differ from its weeks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Year {
    /// Days on which nothing is worked.
    pub holidays: BTreeSet<NaiveDate>,
    /// Days with hours of their own, such as Saturdays worked for a day off in the week; they go before holidays.
    pub workdays: BTreeMap<NaiveDate, Vec<Hours>>,
}

impl Calendar {
    /// Errors: no year at all, or a year missing between the first and the last.
    pub fn new(id: &str, clock: ZoneClock, week: &Week, years: &BTreeMap<i32, Year>) -> Result<Self, CalendarError> {
        let none = || CalendarError::NoYears(id.to_owned());
        let (first, last) = years.keys().next().zip(years.keys().next_back()).ok_or_else(none)?;
        let begin = NaiveDate::from_ymd_opt(*first, 1, 1).ok_or_else(none)?;
        let end = NaiveDate::from_ymd_opt(*last, 12, 31).ok_or_else(none)?;
        let mut laid = Laid { clock: &clock, open: Vec::new(), workdays: Vec::new(), workdays_before: vec![0] };
        for day in begin.iter_days().take_while(|day| *day <= end) {
            let year = years
                .get(&day.year())
                .ok_or_else(|| CalendarError::MissingYear { calendar: id.to_owned(), year: day.year() })?;
            laid.add(day.to_epoch_days().into(), hours_of(day, week, year));
        }
        let Laid { open, workdays, workdays_before, .. } = laid;
        let open = in_order(open);
        let first_day = i64::from(begin.to_epoch_days());
        let known = (clock.to_utc(first_day * DAY), clock.to_utc((i64::from(end.to_epoch_days()) + 1) * DAY));
        let first_open = first_by_day(&open, known);
        let years = (*first, *last);
        Ok(Self { id: id.to_owned(), clock, years, known, open, first_open, first_day, workdays_before, workdays })
    }
}

fn hours_of<'a>(day: NaiveDate, week: &'a Week, year: &'a Year) -> &'a [Hours] {
    if let Some(hours) = year.workdays.get(&day) {
        return hours;
    }
    if year.holidays.contains(&day) {
        return &[];
    }
    let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
    week.get(weekday).map(Vec::as_slice).unwrap_or_default()
}

/// The days laid out so far.
struct Laid<'a> {
    clock: &'a ZoneClock,
    open: Vec<(i64, i64)>,
    workdays: Vec<i64>,
    workdays_before: Vec<usize>,
}

impl Laid<'_> {
    fn add(&mut self, day: i64, hours: &[Hours]) {
        let midnight = day * DAY;
        for hours in hours {
            self.open.extend(self.clock.moments(midnight + hours.start(), midnight + hours.end()));
        }
        if !hours.is_empty() {
            self.workdays.push(day);
        }
        self.workdays_before.push(self.workdays.len());
    }
}

/// Stretches of moments in order, those that touch or overlap made one.
fn in_order(mut moments: Vec<(i64, i64)>) -> Vec<Open> {
    moments.sort_unstable();
    let mut open: Vec<Open> = Vec::with_capacity(moments.len());
    for (start, end) in moments {
        match open.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            last => {
                let before = last.map_or(0, |last| last.before + last.seconds());
                open.push(Open { start, end, before });
            }
        }
    }
    open
}

/// For every 24 hours from the beginning: the first stretch that ends after they begin.
fn first_by_day(open: &[Open], (begin, end): (i64, i64)) -> Vec<usize> {
    let days = (end - begin).div_euclid(DAY) + 1;
    (0..days).map(|day| open.partition_point(|open| open.end <= begin + day * DAY)).collect()
}
