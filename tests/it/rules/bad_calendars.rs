//! Calendars that cannot be used: each message, to the letter.

use merit::rules::run_examples;

use super::Folder;

const CALENDAR: &str = "calendars/cn_service.yaml";

#[track_caller]
fn refused(from: &str, to: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|line| format!("{CALENDAR}:{line}")).collect();
    assert_eq!(Folder::new().edit(CALENDAR, from, to).refused(), expected);
}

#[test]
fn hours_can_be_worked() {
    refused(
        "monday: [09:00-12:00, 13:30-18:00]",
        "monday: [9-12, 13:30-18:00, 17:00-19:00, 22:00-06:00]",
        &[
            "10:12: '9-12' are not hours of a day; write them as 09:00-12:00, from 00:00 to 24:00, the earlier first",
            "10:31: 17:00-19:00 begins before 13:30-18:00 has ended; write a day's hours in order, without overlap",
            "10:44: '22:00-06:00' are not hours of a day; write them as 09:00-12:00, from 00:00 to 24:00, the earlier first",
        ],
    );
    refused("  sunday: []\n", "", &["10:3: field 'sunday' of 'hours' is missing; add it"]);
    refused(
        "time_zone: Asia/Shanghai",
        "time_zone: Asia/Shangai",
        &["7:12: time zone 'Asia/Shangai' is not known; did you mean 'Asia/Shanghai'?"],
    );
}

#[test]
fn a_calendar_without_hours_or_years_is_refused() {
    let empty = "id: closed\nname: {en: a, zh: b}\ntime_zone: UTC\nhours: {monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: []}\nyears: {}\n";
    assert_eq!(
        Folder::new().write("calendars/closed.yaml", empty).refused(),
        [
            "calendars/closed.yaml:4:1: nothing is worked on any weekday; give at least one weekday hours, as [09:00-18:00]",
            "calendars/closed.yaml:5:8: this calendar knows no year; add the years that are measured, as 2026",
        ]
    );
}

#[test]
fn years_are_whole_and_follow_each_other() {
    let last = "      - {date: 2026-10-10, as: monday}\n";
    refused(
        last,
        &format!("{last}  2028: {{source: none}}\n  27: {{source: none}}\n"),
        &[
            "51:3: no year is given between 2026 and 2028; add the years between",
            "52:3: '27' is not a year; write four digits, as 2026",
        ],
    );
}

#[test]
fn days_stand_once_and_in_their_year() {
    refused(
        "{date: 2025-01-01,",
        "{date: 2026-01-01,",
        &["22:16: 2026-01-01 is not in 2025; list it under 2026, or correct it"],
    );
    refused(
        "{date: 2025-01-01,",
        "{date: 2025-02-01,",
        &["23:9: 2025-02-01 is in another holiday of this year too; leave it out of one of the two"],
    );
    refused("to: 2025-02-04", "to: 2025-01-04", &["23:32: the last day 2025-01-04 is before the first; swap them"]);
    refused(
        "{date: 2025-01-01, name",
        "{date: 2025-01-01, to: 2025-01-02, name",
        &["22:9: the days of this holiday are not clear; write either 'date', or 'from' and 'to'"],
    );
    refused(
        "{date: 2025-01-26, as: monday}",
        "{date: 2025-01-28, as: monday}\n      - {date: 2025-02-08, as: monday}",
        &[
            "29:16: 2025-01-28 is a holiday of this year too; keep it in one of the two lists",
            "31:16: 2025-02-08 stands here twice; keep one of the two",
        ],
    );
    refused(
        "{date: 2025-01-01,",
        "{date: 2025-13-01,",
        &["22:16: 'date' should be a date, but is '2025-13-01'; write YYYY-MM-DD, as 2023-09-30"],
    );
}

#[test]
fn make_up_workdays_say_what_is_worked() {
    refused(
        "{date: 2025-01-26, as: monday}",
        "{date: 2025-01-26}",
        &["29:9: nothing says what is worked on 2025-01-26; add 'as' with a weekday, or 'hours'"],
    );
    refused(
        "{date: 2025-01-26, as: monday}",
        "{date: 2025-01-26, as: monday, hours: [09:00-12:00]}",
        &["29:9: both 'as' and 'hours' say what is worked; keep one of the two"],
    );
    refused(
        "{date: 2025-01-26, as: monday}",
        "{date: 2025-01-26, hours: []}",
        &["29:35: a workday without hours; list it under holidays"],
    );
    let folder = Folder::new().edit(CALENDAR, "{date: 2025-01-26, as: monday}", "{date: 2025-01-27, as: monday}");
    assert_eq!(
        folder.lines(&folder.load().warnings),
        [
            "calendars/cn_service.yaml:29:16: warning: 2025-01-27 is a Monday and has these hours anyway; look the date up again, or leave it out"
        ]
    );
}

#[test]
fn one_id_stands_once() {
    let text = merit::rules::default_files().iter().find(|(path, _)| *path == CALENDAR).unwrap().1;
    assert_eq!(
        Folder::new().write("calendars/other.yaml", text).refused(),
        [
            "calendars/other.yaml:5:5: calendar 'cn_service' is there already, in cn_service.yaml line 5; keep one of the two, or give one another name"
        ]
    );
}

#[test]
fn examples_come_out_as_written() {
    let example = "to: 2025-10-09 09:30\n    working_seconds: 5400";
    refused(
        example,
        "to: 9 October\n    working_seconds: 5400",
        &["63:9: '9 October' is not a local time; write YYYY-MM-DD HH:MM, as 2025-09-30 17:00"],
    );
    let wrong = |to: &str, expected: &str| {
        let folder = Folder::new().edit(CALENDAR, example, to);
        let expected = expected.replace("MEND", "correct the example, or the rule that it shows");
        assert_eq!(folder.lines(&run_examples(&folder.load())), [format!("{CALENDAR}:{expected}")]);
    };
    let name = "example 'From the evening before National Day to the first morning after it, an hour before and half an hour after'";
    wrong(
        "to: 2025-10-09 09:30:05\n    working_seconds: 5400",
        &format!("64:22: {name}: working seconds: the rules give 5405, the example says 5400; MEND"),
    );
    wrong(
        "to: 2027-10-09 09:30\n    working_seconds: 5400",
        &format!(
            "61:5: {name}: calendar 'cn_service' does not know the year 2027: add '2027' under 'years' with its holidays and make-up workdays; MEND"
        ),
    );
}
