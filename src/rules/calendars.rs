//! Calendars by id, with their files and their clocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;

use super::check::refused_by_domain;
use super::file::calendar::CalendarFile;
use super::problem::Problem;
use super::shape::Shaped;
use crate::domain::calendar::{Calendar, CalendarError, ZoneClock};

/// The folder of calendars within the rules.
pub(super) const FOLDER: &str = "calendars";

/// Working calendars by id.
pub type Calendars = BTreeMap<String, PlacedCalendar>;

/// A calendar, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedCalendar {
    pub calendar: Arc<Calendar>,
    /// IANA name of the zone by whose clock it is read.
    pub zone: String,
    /// Its file within the rules, such as `calendars/cn_service.yaml`.
    pub file: String,
}

/// Time between two looks at a zone's offset; no zone changes it twice in so short a time.
const STEP: i64 = 6 * 3600;

/// The clock of a zone over some years, and a few days around them.
pub fn zone_clock(zone: Tz, (first, last): (i32, i32)) -> ZoneClock {
    const MARGIN: i64 = 3 * 86_400;
    let new_year = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().to_epoch_days();
    let begin = i64::from(new_year(first)) * 86_400 - MARGIN;
    let end = i64::from(new_year(last + 1)) * 86_400 + MARGIN;
    let offset = |moment: i64| {
        let utc = DateTime::from_timestamp(moment, 0).unwrap_or_default().naive_utc();
        zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
    };
    let mut changes = Vec::new();
    let (mut seen, mut before) = (begin, offset(begin));
    while seen < end {
        let next = seen + STEP;
        let after = offset(next);
        if after != before {
            changes.push((change_between(seen, next, &offset), after));
        }
        (seen, before) = (next, after);
    }
    ZoneClock::new(offset(begin), changes)
}

/// The first moment after `before` at which the offset is that of `after`.
fn change_between(mut before: i64, mut after: i64, offset: &impl Fn(i64) -> i32) -> i64 {
    let new = offset(after);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if offset(middle) == new { after = middle } else { before = middle }
    }
    after
}

/// The calendar of a file that passed its checks, beside the file's name.
pub(super) fn placed(file: &Shaped<CalendarFile>) -> Result<PlacedCalendar, Problem> {
    let Shaped { document, content } = file;
    let calendar = calendar(content).map_err(|error| refused_by_domain(document, &error))?;
    let name = document.file().rsplit(['/', '\\']).next().unwrap_or_default();
    let zone = content.time_zone.clone();
    Ok(PlacedCalendar { calendar: Arc::new(calendar), zone, file: format!("{FOLDER}/{name}") })
}

fn calendar(file: &CalendarFile) -> Result<Calendar, CalendarError> {
    let (week, years) = file.to_parts();
    let ends = years.keys().next().zip(years.keys().next_back()).map(|(first, last)| (*first, *last));
    let zone = file.time_zone.parse().unwrap_or(Tz::UTC);
    let clock = ends.map_or_else(|| ZoneClock::fixed(0), |ends| zone_clock(zone, ends));
    Calendar::new(&file.id, clock, &week, &years)
}
