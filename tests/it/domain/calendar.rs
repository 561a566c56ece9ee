//! Working calendars worked by hand: the National Day weeks, deadlines, years that are missing, clocks that change.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use merit::domain::calendar::{Calendar, CalendarError, Hours, Week, Year, ZoneClock};
use merit::rules::{load, zone_clock};

/// A calendar of the default rules.
fn default_calendar(id: &str) -> Arc<Calendar> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("scoring-config");
    Arc::clone(&load(&rules).unwrap().calendars[id].calendar)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The moment of a local time of the calendar's zone, `YYYY-MM-DD HH:MM`.
fn at(calendar: &Calendar, text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    DateTime::from_timestamp(calendar.clock().to_utc(local.and_utc().timestamp()), 0).unwrap()
}

fn shown(calendar: &Calendar, moment: DateTime<Utc>) -> String {
    let local = DateTime::from_timestamp(calendar.clock().to_local(moment.timestamp()), 0).unwrap();
    local.format("%Y-%m-%d %H:%M").to_string()
}

fn hours(calendar: &Calendar, from: &str, to: &str) -> i64 {
    let seconds = calendar.working_seconds(at(calendar, from), at(calendar, to)).unwrap();
    assert_eq!(seconds % 1800, 0);
    seconds / 1800
}

/// 2025: National Day and Mid-Autumn free from Wednesday 1 to Wednesday 8 October, worked for it Sunday 28 September and
/// Saturday 11 October. A day has 7½ hours; results are half hours.
#[test]
fn the_weeks_around_national_day_2025() {
    let calendar = default_calendar("cn_service");
    let worked = [
        ("2025-09-27", 0), // Saturday
        ("2025-09-28", 15),
        ("2025-09-29", 15),
        ("2025-09-30", 15),
        ("2025-10-01", 0),
        ("2025-10-02", 0),
        ("2025-10-03", 0),
        ("2025-10-04", 0),
        ("2025-10-05", 0),
        ("2025-10-06", 0),
        ("2025-10-07", 0),
        ("2025-10-08", 0),
        ("2025-10-09", 15),
        ("2025-10-10", 15),
        ("2025-10-11", 15), // Saturday
        ("2025-10-12", 0),
        ("2025-10-13", 15),
    ];
    for (date, expected) in worked {
        let next = day(date).succ_opt().unwrap();
        assert_eq!(hours(&calendar, &format!("{date} 00:00"), &format!("{next} 00:00")), expected, "{date}");
        assert_eq!(calendar.is_workday(day(date)).unwrap(), expected > 0, "{date}");
    }
    assert_eq!(hours(&calendar, "2025-09-27 00:00", "2025-10-14 00:00"), 7 * 15);
    assert_eq!(hours(&calendar, "2025-09-30 12:30", "2025-10-09 09:30"), 9 + 1);
    assert_eq!(hours(&calendar, "2025-10-05 03:00", "2025-10-05 04:00"), 0);
}

#[test]
fn the_days_off_of_2026_are_those_announced() {
    let calendar = default_calendar("cn_service");
    let free_weekdays: Vec<String> = day("2026-01-01")
        .iter_days()
        .take(365)
        .filter(|date| date.format("%u").to_string().as_str() < "6" && !calendar.is_workday(*date).unwrap())
        .map(|date| date.format("%m-%d").to_string())
        .collect();
    let expected = "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07";
    assert_eq!(free_weekdays.join(" "), expected);
    // A year of 365 days with 104 weekend days, of which six are worked, and 19 weekdays off.
    assert_eq!(hours(&calendar, "2026-01-01 00:00", "2027-01-01 00:00"), (365 - 104 + 6 - 19) * 15);
}

#[test]
fn deadlines_in_working_time_stop_when_work_ends() {
    let calendar = default_calendar("cn_service");
    let due = |from: &str, seconds: i64| {
        shown(&calendar, calendar.add_working_seconds(at(&calendar, from), seconds).unwrap())
    };
    assert_eq!(due("2025-09-30 17:00", 0), "2025-09-30 17:00");
    assert_eq!(due("2025-09-30 17:00", 3600), "2025-09-30 18:00");
    assert_eq!(due("2025-09-30 17:00", 3660), "2025-10-09 09:01");
    assert_eq!(due("2025-10-04 12:00", 60), "2025-10-09 09:01");
    assert_eq!(due("2025-10-04 12:00", 0), "2025-10-04 12:00");
    assert_eq!(due("2025-10-09 09:30", -1800), "2025-10-09 09:00");
    assert_eq!(due("2025-10-09 09:30", -1860), "2025-09-30 17:59");
    assert_eq!(due("2025-10-09 11:00", 4 * 27_000), "2025-10-14 11:00");
}

#[test]
fn deadlines_in_working_days_leave_the_day_itself_out() {
    let calendar = default_calendar("cn_service");
    let due = |from: &str, days: i64| calendar.add_working_days(day(from), days).unwrap().to_string();
    assert_eq!(due("2025-09-30", 0), "2025-09-30");
    assert_eq!(due("2025-10-04", 0), "2025-10-04");
    assert_eq!(due("2025-09-30", 1), "2025-10-09");
    assert_eq!(due("2025-09-30", 3), "2025-10-11");
    assert_eq!(due("2025-09-30", 4), "2025-10-13");
    assert_eq!(due("2025-10-04", 1), "2025-10-09");
    assert_eq!(due("2025-10-09", -1), "2025-09-30");
    assert_eq!(due("2025-10-04", -3), "2025-09-28");
}

#[test]
fn a_missing_year_is_an_error_that_names_it() {
    let calendar = default_calendar("cn_service");
    let missing = |year: i32| CalendarError::MissingYear { calendar: "cn_service".to_owned(), year };
    let seconds = |from: &str, to: &str| calendar.working_seconds(at(&calendar, from), at(&calendar, to));
    assert!(seconds("2026-12-31 09:00", "2027-01-01 00:00").is_ok(), "the end of the last year is known");
    assert_eq!(seconds("2026-12-31 09:00", "2027-01-01 00:01"), Err(missing(2027)));
    assert_eq!(seconds("2024-12-31 23:59", "2025-01-01 00:00"), Err(missing(2024)));
    assert_eq!(seconds("1999-12-31 23:59", "2025-01-01 00:00"), Err(missing(1999)));
    assert_eq!(calendar.is_workday(day("2027-01-01")), Err(missing(2027)));
    assert_eq!(calendar.add_working_days(day("2026-12-30"), 2), Err(missing(2027)));
    assert_eq!(calendar.add_working_days(day("2025-01-02"), -1), Err(missing(2024)));
    assert_eq!(calendar.add_working_days(day("2025-06-01"), i64::MAX), Err(missing(2027)));
    let from = at(&calendar, "2026-12-31 17:00");
    assert_eq!(calendar.add_working_seconds(from, 3601), Err(missing(2027)));
    assert_eq!(calendar.add_working_seconds(from, i64::MAX), Err(missing(2027)));
    assert_eq!(calendar.add_working_seconds(from, i64::MIN), Err(missing(2024)));
    assert_eq!(
        missing(2027).to_string(),
        "calendar 'cn_service' does not know the year 2027: add '2027' under 'years' with its holidays and make-up workdays"
    );
}

fn week(text: &str) -> Week {
    std::array::from_fn(|_| vec![text.parse().unwrap()])
}

fn berlin(text: &str) -> Calendar {
    let years = BTreeMap::from([(2025, Year::default())]);
    Calendar::new("berlin", zone_clock(chrono_tz::Europe::Berlin, (2025, 2025)), &week(text), &years).unwrap()
}

/// On 30 March the clock goes from 02:00 to 03:00, on 26 October from 03:00 back to 02:00.
#[test]
fn a_skipped_hour_is_not_worked_and_a_repeated_one_twice() {
    let whole = berlin("00:00-24:00");
    assert_eq!(hours(&whole, "2025-03-30 00:00", "2025-03-31 00:00"), 2 * 23);
    assert_eq!(hours(&whole, "2025-10-26 00:00", "2025-10-27 00:00"), 2 * 25);
    let night = berlin("02:30-04:00");
    assert_eq!(hours(&night, "2025-03-30 00:00", "2025-03-31 00:00"), 2);
    assert_eq!(hours(&night, "2025-03-29 00:00", "2025-03-30 00:00"), 3);
    // 02:30 to 03:00 of summer time, and 02:30 to 04:00 of winter time.
    assert_eq!(hours(&night, "2025-10-26 00:00", "2025-10-27 00:00"), 4);
    // 02:30 was skipped: it counts as the moment of the skip, which the clock then called 03:00.
    assert_eq!(hours(&whole, "2025-03-30 02:30", "2025-03-30 03:00"), 0);
    // 02:30 came twice: the first is meant, so that one hour and a half pass until 03:00.
    assert_eq!(hours(&whole, "2025-10-26 02:30", "2025-10-26 03:00"), 3);
}

#[test]
fn offsets_of_a_zone_are_found_to_the_second() {
    let clock = zone_clock(chrono_tz::Europe::Berlin, (2025, 2025));
    let expected = ZoneClock::new(3600, [(1_743_296_400, 7200), (1_761_440_400, 3600)]);
    assert_eq!(clock, expected);
    assert_eq!(zone_clock(chrono_tz::Asia::Shanghai, (2025, 2026)), ZoneClock::fixed(28_800));
}

#[test]
fn hours_are_read_strictly() {
    for (text, shown) in
        [("09:00-12:00", "09:00-12:00"), ("00:00-24:00", "00:00-24:00"), ("13:30-13:31", "13:30-13:31")]
    {
        assert_eq!(text.parse::<Hours>().unwrap().to_string(), shown);
    }
    for text in [
        "9:00-12:00",
        "12:00-09:00",
        "09:00-09:00",
        "09:00-24:01",
        "09:60-12:00",
        "09:00",
        "09:00–12:00",
        "+9:00-12:00",
    ] {
        assert_eq!(text.parse::<Hours>(), Err(CalendarError::NotHours(text.to_owned())), "{text}");
    }
}

#[test]
fn years_follow_each_other() {
    let clock = || ZoneClock::fixed(0);
    let years = BTreeMap::from([(2024, Year::default()), (2026, Year::default())]);
    let gap = CalendarError::MissingYear { calendar: "c".to_owned(), year: 2025 };
    assert_eq!(Calendar::new("c", clock(), &week("09:00-10:00"), &years), Err(gap));
    let none = CalendarError::NoYears("c".to_owned());
    assert_eq!(Calendar::new("c", clock(), &week("09:00-10:00"), &BTreeMap::new()), Err(none));
}
