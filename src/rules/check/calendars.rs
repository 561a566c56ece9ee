//! Calendars: hours that can be worked, days in their years, no year left out between others.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::super::file::calendar::{CalendarFile, HolidayEntry, YearEntry, local_time};
use super::super::problem::Problem;
use super::super::shape::Shaped;
use super::super::yaml::{Document, join};
use super::{duplicates, zone};
use crate::domain::calendar::Hours;

/// The years a calendar may know.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2200;

pub(crate) fn calendar(file: &Shaped<CalendarFile>) -> Vec<Problem> {
    let Shaped { document, content } = file;
    let mut check = Check { document, content, problems: Vec::new() };
    zone(document, "/time_zone", &content.time_zone, &mut check.problems);
    check.week();
    check.years();
    check.examples();
    check.problems
}

/// One id twice.
pub(crate) fn together(files: &[Shaped<CalendarFile>]) -> Vec<Problem> {
    duplicates("calendar", files.iter().map(|file| (file.content.id.as_str(), &file.document, "/id".to_owned())))
}

struct Check<'a> {
    document: &'a Document,
    content: &'a CalendarFile,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn error(&mut self, pointer: &str, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.push(self.document.error(pointer, what, mend));
    }

    fn week(&mut self) {
        let days = self.content.hours.days();
        for (day, written) in days {
            self.hours(&format!("/hours/{day}"), written);
        }
        if days.iter().all(|(_, written)| written.is_empty()) {
            let mend = "give at least one weekday hours, as [09:00-18:00]";
            self.problems.push(self.document.name_error("/hours", "nothing is worked on any weekday", mend));
        }
    }

    /// Hours that can be read, each beginning where the one before has ended.
    fn hours(&mut self, pointer: &str, written: &[String]) {
        let mut before: Option<Hours> = None;
        for (index, text) in written.iter().enumerate() {
            let at = format!("{pointer}/{index}");
            match text.parse::<Hours>() {
                Err(error) => self.problems.push(super::refused_at(self.document, &at, &error)),
                Ok(hours) => {
                    if let Some(before) = before.filter(|before| before.end() > hours.start()) {
                        let what = format!("{hours} begins before {before} has ended");
                        self.error(&at, what, "write a day's hours in order, without overlap");
                    }
                    before = Some(hours);
                }
            }
        }
    }

    fn years(&mut self) {
        let mut known: BTreeMap<i32, String> = BTreeMap::new();
        for (name, entry) in &self.content.years {
            let at = join("/years", name);
            match name.parse::<i32>() {
                Ok(year) if YEARS.contains(&year) && name.len() == 4 => {
                    self.year(year, &at, entry);
                    known.insert(year, at);
                }
                _ => {
                    let what = format!("'{name}' is not a year");
                    self.problems.push(self.document.name_error(&at, what, "write four digits, as 2026"));
                }
            }
        }
        if self.content.years.is_empty() {
            self.error("/years", "this calendar knows no year", "add the years that are measured, as 2026");
        }
        let mut last: Option<i32> = None;
        for (year, at) in known {
            if let Some(before) = last.filter(|before| before + 1 < year) {
                let what = format!("no year is given between {before} and {year}");
                self.problems.push(self.document.name_error(&at, what, "add the years between"));
            }
            last = Some(year);
        }
    }

    fn year(&mut self, year: i32, at: &str, entry: &YearEntry) {
        let mut free: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        for (index, holiday) in entry.holidays.iter().enumerate() {
            self.holiday(year, &format!("{at}/holidays/{index}"), index, holiday, &mut free);
        }
        let mut worked = BTreeMap::new();
        for (index, workday) in entry.workdays.iter().enumerate() {
            let at = format!("{at}/workdays/{index}");
            let day = workday.date;
            self.in_year(&format!("{at}/date"), day, year);
            if free.contains_key(&day) {
                let mend = "keep it in one of the two lists";
                self.error(&format!("{at}/date"), format!("{day} is a holiday of this year too"), mend);
            }
            if worked.insert(day, index).is_some() {
                self.error(&format!("{at}/date"), format!("{day} stands here twice"), "keep one of the two");
            }
            match (workday.like, &workday.hours) {
                (Some(_), None) if free.contains_key(&day) => {}
                (Some(_), None) => self.changes_something(&format!("{at}/date"), day, self.content.hours_of(workday)),
                (None, Some(hours)) if hours.is_empty() => {
                    self.error(&format!("{at}/hours"), "a workday without hours", "list it under holidays");
                }
                (None, Some(hours)) => self.hours(&format!("{at}/hours"), hours),
                (Some(_), Some(_)) => {
                    self.error(&at, "both 'as' and 'hours' say what is worked", "keep one of the two")
                }
                (None, None) => {
                    let mend = "add 'as' with a weekday, or 'hours'";
                    self.error(&at, format!("nothing says what is worked on {day}"), mend);
                }
            }
        }
    }

    fn holiday(
        &mut self,
        year: i32,
        at: &str,
        index: usize,
        holiday: &HolidayEntry,
        free: &mut BTreeMap<NaiveDate, usize>,
    ) {
        let Some((from, to)) = holiday.days() else {
            let mend = "write either 'date', or 'from' and 'to'";
            return self.error(at, "the days of this holiday are not clear", mend);
        };
        if from > to {
            return self.error(&format!("{at}/to"), format!("the last day {to} is before the first"), "swap them");
        }
        let field = |name: &str| if holiday.date.is_some() { format!("{at}/date") } else { format!("{at}/{name}") };
        self.in_year(&field("from"), from, year);
        if to != from {
            self.in_year(&field("to"), to, year);
        }
        if from.year() != year || to.year() != year {
            return;
        }
        for day in from.iter_days().take_while(|day| *day <= to) {
            if free.insert(day, index).is_some_and(|before| before != index) {
                let mend = "leave it out of one of the two";
                return self.error(at, format!("{day} is in another holiday of this year too"), mend);
            }
        }
    }

    fn in_year(&mut self, pointer: &str, day: NaiveDate, year: i32) {
        if day.year() != year {
            let mend = format!("list it under {}, or correct it", day.year());
            self.error(pointer, format!("{day} is not in {year}"), mend);
        }
    }

    /// A make-up workday on a day that has the same hours anyway is most likely a slip.
    fn changes_something(&mut self, pointer: &str, day: NaiveDate, hours: &[String]) {
        let weekday = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
        let week = self.content.hours.days();
        if week.get(weekday).is_some_and(|(_, ordinary)| *ordinary == hours) {
            let what = format!("{day} is a {} and has these hours anyway", day.format("%A"));
            self.problems.push(self.document.warning(pointer, what, "look the date up again, or leave it out"));
        }
    }

    fn examples(&mut self) {
        for (index, example) in self.content.examples.iter().enumerate() {
            for (field, text) in [("from", &example.from), ("to", &example.to)] {
                if local_time(text).is_none() {
                    let mend = "write YYYY-MM-DD HH:MM, as 2025-09-30 17:00";
                    self.error(&format!("/examples/{index}/{field}"), format!("'{text}' is not a local time"), mend);
                }
            }
        }
    }
}
