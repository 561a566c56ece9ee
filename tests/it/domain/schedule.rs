//! When a source is due, with clocks that skip and repeat hours.

use chrono::{DateTime, TimeDelta, Utc};
use merit::domain::schedule::{CatchUp, Schedule, ScheduleError};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn schedule(cron: &str, zone: &str) -> Schedule {
    Schedule::new(cron, zone, TimeDelta::zero(), CatchUp::Once, None).unwrap()
}

/// The moments after `from`, as whoever waits for them one by one sees them.
fn moments(schedule: &Schedule, from: &str, count: usize) -> Vec<String> {
    let next = |now: &DateTime<Utc>| schedule.next_after(*now);
    let all = std::iter::successors(schedule.next_after(at(from)), next);
    all.take(count).map(|moment| moment.format("%m-%d %H:%M").to_string()).collect()
}

/// The moments at which whoever looks every minute finds something due.
fn found(schedule: &Schedule, name: &str, from: &str, minutes: i64) -> Vec<(String, String)> {
    let (mut asked, mut found) = (None, Vec::new());
    for minute in 0..minutes {
        let now = at(from) + TimeDelta::minutes(minute);
        if let Some(due) = schedule.due(name, asked, at(from), now) {
            asked = Some(due);
            found.push((due.format("%m-%d %H:%M").to_string(), now.format("%m-%d %H:%M").to_string()));
        }
    }
    found
}

#[test]
fn times_are_read_in_the_zone() {
    let weekdays = schedule("30 6 * * 1-5", "Asia/Shanghai");
    assert_eq!(moments(&weekdays, "2026-11-19T00:00:00Z", 3), ["11-19 22:30", "11-22 22:30", "11-23 22:30"]);
}

#[test]
fn a_time_that_does_not_exist_comes_right_after_the_gap() {
    let night = schedule("30 2 * * *", "Europe/Berlin");
    // On 29 March the clock goes from 02:00 to 03:00, which is 01:00 UTC.
    assert_eq!(moments(&night, "2026-03-27T12:00:00Z", 3), ["03-28 01:30", "03-29 01:00", "03-30 00:30"]);
    let found = found(&night, "a", "2026-03-28T12:00:00Z", 48 * 60);
    let expected = ["03-29 01:00", "03-30 00:30"].map(|moment| (moment.to_owned(), moment.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn a_time_that_comes_twice_counts_once() {
    let night = schedule("30 2 * * *", "Europe/Berlin");
    // On 25 October 02:30 is at 00:30 and at 01:30 UTC.
    assert_eq!(moments(&night, "2026-10-24T12:00:00Z", 2), ["10-25 00:30", "10-26 01:30"]);
    let found = found(&night, "a", "2026-10-24T12:00:00Z", 48 * 60);
    let expected = ["10-25 00:30", "10-26 01:30"].map(|moment| (moment.to_owned(), moment.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn jitter_is_the_same_everywhere_and_no_longer_than_it_may_be() {
    let jitter = TimeDelta::minutes(30);
    let hourly = Schedule::new("0 * * * *", "UTC", jitter, CatchUp::Once, None).unwrap();
    let seen = found(&hourly, "a", "2026-11-01T00:30:00Z", 24 * 60);
    assert_eq!(seen, found(&hourly, "a", "2026-11-01T00:30:00Z", 24 * 60));
    assert_ne!(seen, found(&hourly, "b", "2026-11-01T00:30:00Z", 24 * 60), "not all sources at once");
    let mut dues: Vec<&str> = seen.iter().map(|(due, _)| due.as_str()).collect();
    dues.dedup();
    assert!(dues.len() == seen.len() && dues.len() >= 23, "each once: {seen:?}");
    for (due, now) in &seen {
        let minutes = |text: &str| text[9..].parse::<i64>().unwrap() + 60 * text[6..8].parse::<i64>().unwrap();
        let late = (minutes(now) - minutes(due)).rem_euclid(24 * 60);
        assert!((0..=31).contains(&late), "{due} {now}");
    }
    let ask = hourly.next_ask("a", at("2026-11-01T00:59:59Z")).unwrap();
    assert!((at("2026-11-01T01:00:00Z")..=at("2026-11-01T01:30:00Z")).contains(&ask), "{ask}");
}

#[test]
fn what_was_missed_is_made_up_for_once_or_not_at_all() {
    let (asked, since, now) = (at("2026-11-01T06:00:00Z"), at("2026-11-05T12:00:00Z"), at("2026-11-05T12:01:00Z"));
    let daily = |catch_up| Schedule::new("0 6 * * *", "UTC", TimeDelta::zero(), catch_up, None).unwrap();
    let (once, none) = (daily(CatchUp::Once), daily(CatchUp::None));
    assert_eq!(
        once.due("a", Some(asked), since, now),
        Some(at("2026-11-05T06:00:00Z")),
        "four were missed, one is due"
    );
    assert_eq!(once.due("a", Some(at("2026-11-05T06:00:00Z")), since, now), None);
    assert_eq!(once.due("a", None, since, now), None, "a new schedule has missed nothing");
    assert_eq!(none.due("a", Some(asked), since, now), None);
    let next = at("2026-11-06T06:00:00Z");
    for schedule in [&once, &none] {
        assert_eq!(schedule.due("a", None, since, next), Some(next));
        assert_eq!(schedule.due("a", Some(asked), since, next + TimeDelta::hours(1)), Some(next));
    }
}

#[test]
fn figures_get_old() {
    let (day, now) = (TimeDelta::hours(24), at("2026-11-05T12:00:00Z"));
    let watched = Schedule::new("0 6 * * *", "UTC", TimeDelta::zero(), CatchUp::Once, Some(day)).unwrap();
    assert!(!watched.is_overdue(Some(now - day), now));
    assert!(watched.is_overdue(Some(now - day - TimeDelta::seconds(1)), now));
    assert!(watched.is_overdue(None, now), "never brought up to date");
    assert!(!schedule("0 6 * * *", "UTC").is_overdue(None, now), "nobody said when");
}

#[test]
fn what_never_comes_is_no_schedule() {
    let refused =
        |cron: &str, zone: &str| Schedule::new(cron, zone, TimeDelta::zero(), CatchUp::Once, None).unwrap_err();
    for cron in ["", "every day", "60 6 * * *", "0 6 * *", "0 0 6 * * *"] {
        assert!(matches!(refused(cron, "UTC"), ScheduleError::Cron { .. }), "{cron}");
    }
    assert_eq!(refused("0 0 30 2 *", "UTC"), ScheduleError::Never("0 0 30 2 *".into()));
    assert_eq!(refused("0 6 * * *", "Mars/Base"), ScheduleError::Zone("Mars/Base".into()));
}
