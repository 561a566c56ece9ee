//! Properties of working time, in zones with and without changes of the clock, against a count minute by minute.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Duration, NaiveDate, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use merit::domain::calendar::{Calendar, Hours, Week, Year};
use merit::rules::zone_clock;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

/// Lord Howe's clocks change by half an hour; those of Cairo at midnight, so that some days have no 00:00.
const ZONES: [Tz; 6] = [
    chrono_tz::Asia::Shanghai,
    chrono_tz::Europe::Berlin,
    chrono_tz::America::New_York,
    chrono_tz::Australia::Lord_Howe,
    chrono_tz::Africa::Cairo,
    chrono_tz::Asia::Kathmandu,
];

/// What a calendar was made of, to count by.
#[derive(Debug, Clone)]
struct Made {
    zone: Tz,
    week: Week,
    years: BTreeMap<i32, Year>,
}

impl Made {
    fn calendar(&self) -> Calendar {
        Calendar::new("any", zone_clock(self.zone, (2025, 2026)), &self.week, &self.years).unwrap()
    }

    /// Whether a moment is worked, by looking at the clock on the wall.
    fn works_at(&self, moment: DateTime<Utc>) -> bool {
        let local = moment.with_timezone(&self.zone).naive_local();
        let day = local.date();
        let year = &self.years[&day.year()];
        let of_week = &self.week[day.weekday().num_days_from_monday() as usize];
        let hours = match year.workdays.get(&day) {
            Some(own) => own.as_slice(),
            None if year.holidays.contains(&day) => &[],
            None => of_week,
        };
        let second = i64::from(local.time().num_seconds_from_midnight());
        hours.iter().any(|hours| (hours.start()..hours.end()).contains(&second))
    }

    fn count(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        let minutes = (to - from).num_minutes();
        let worked = (0..minutes).filter(|minute| self.works_at(from + Duration::minutes(*minute))).count();
        60 * i64::try_from(worked).unwrap()
    }
}

/// Hours of a day in order, from a set of minutes taken in pairs.
fn hours() -> impl Strategy<Value = Vec<Hours>> {
    btree_set(0..=1440_u32, 0..=6).prop_map(|minutes| {
        let text = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        let minutes: Vec<u32> = minutes.into_iter().collect();
        minutes.chunks_exact(2).map(|ends| format!("{}-{}", text(ends[0]), text(ends[1])).parse().unwrap()).collect()
    })
}

fn date() -> impl Strategy<Value = NaiveDate> {
    (0..730_u64).prop_map(|day| NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + chrono::Days::new(day))
}

fn made() -> impl Strategy<Value = Made> {
    let zone = prop::sample::select(ZONES.to_vec());
    let days = (btree_set(date(), 0..40), vec((date(), hours()), 0..40));
    (zone, vec(hours(), 7), days).prop_map(|(zone, week, (holidays, workdays))| {
        let year = |year: i32| Year {
            holidays: holidays.iter().filter(|day| day.year() == year).copied().collect::<BTreeSet<_>>(),
            workdays: workdays.iter().filter(|(day, _)| day.year() == year).cloned().collect(),
        };
        let week: Week = week.try_into().unwrap();
        Made { zone, week, years: BTreeMap::from([(2025, year(2025)), (2026, year(2026))]) }
    })
}

/// Moments well inside 2025 and 2026 in every zone; every third lies near a change of Berlin's clock.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    let begin = Utc.with_ymd_and_hms(2025, 1, 3, 0, 0, 0).unwrap().timestamp();
    let end = Utc.with_ymd_and_hms(2026, 12, 27, 0, 0, 0).unwrap().timestamp();
    let near_change = 1_743_296_400 - 90_000..1_743_296_400_i64 + 90_000;
    prop_oneof![2 => begin..end, 1 => near_change].prop_map(|second| DateTime::from_timestamp(second, 0).unwrap())
}

fn whole_minute() -> impl Strategy<Value = DateTime<Utc>> {
    moment().prop_map(|moment| DateTime::from_timestamp(moment.timestamp() / 60 * 60, 0).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn parts_add_up_and_time_never_runs_faster(made in made(), moments in vec(moment(), 3)) {
        let calendar = made.calendar();
        let [a, b, c] = moments[..] else { unreachable!() };
        let worked = |from, to| calendar.working_seconds(from, to).unwrap();
        prop_assert_eq!(worked(a, b) + worked(b, c), worked(a, c));
        prop_assert_eq!(worked(a, b), -worked(b, a));
        let (first, last) = (a.min(b), a.max(b));
        prop_assert!((0..=(last - first).num_seconds()).contains(&worked(first, last)));
    }

    #[test]
    fn it_is_what_the_clock_on_the_wall_says(made in made(), from in whole_minute(), minutes in 0..6_000_i64) {
        let to = from + Duration::minutes(minutes);
        prop_assert_eq!(made.calendar().working_seconds(from, to).unwrap(), made.count(from, to));
    }

    #[test]
    fn round_the_clock_is_elapsed_time(zone in prop::sample::select(ZONES.to_vec()), from in moment(), to in moment()) {
        let week = std::array::from_fn(|_| vec!["00:00-24:00".parse().unwrap()]);
        let years = BTreeMap::from([(2025, Year::default()), (2026, Year::default())]);
        let calendar = Made { zone, week, years }.calendar();
        prop_assert_eq!(calendar.working_seconds(from, to).unwrap(), (to - from).num_seconds());
        prop_assert_eq!(calendar.add_working_seconds(from, (to - from).num_seconds()).unwrap(), to);
    }

    /// The moment found is the first (backwards the last) at which so much has been worked.
    #[test]
    fn deadlines_are_met_by_the_time_that_leads_to_them(made in made(), from in moment(), seconds in -400_000..400_000_i64) {
        let calendar = made.calendar();
        if let Ok(due) = calendar.add_working_seconds(from, seconds) {
            prop_assert_eq!(calendar.working_seconds(from, due).unwrap(), seconds);
            let nearer = due - Duration::seconds(seconds.signum());
            prop_assert!(seconds == 0 || calendar.working_seconds(from, nearer).unwrap() != seconds);
        }
    }

    #[test]
    fn working_days_are_counted_one_by_one(made in made(), day in date(), days in -30..30_i64) {
        let calendar = made.calendar();
        let mut left = days.abs();
        let mut at = day;
        let mut inside = true;
        while left > 0 && inside {
            at += Duration::days(days.signum());
            inside = (2025..=2026).contains(&at.year());
            left -= i64::from(inside && calendar.is_workday(at).unwrap());
        }
        let found = calendar.add_working_days(day, days);
        if inside { prop_assert_eq!(found.unwrap(), at) } else { prop_assert!(found.is_err()) }
    }

    /// Local times and moments fit together, and a later local time is never an earlier moment.
    #[test]
    fn clocks_go_there_and_back(zone in prop::sample::select(ZONES.to_vec()), moment in moment(), local in moment(), later in 0..9_000_i64) {
        let clock = zone_clock(zone, (2025, 2026));
        let shown = moment.with_timezone(&zone).naive_local().and_utc().timestamp();
        prop_assert_eq!(clock.to_local(moment.timestamp()), shown);
        let local = local.timestamp();
        let found = clock.to_utc(local);
        prop_assert!(clock.to_utc(local + later) >= found);
        match zone.from_local_datetime(&DateTime::from_timestamp(local, 0).unwrap().naive_utc()).earliest() {
            Some(earliest) => prop_assert_eq!(found, earliest.timestamp()),
            None => prop_assert!(clock.to_local(found) > local),
        }
    }
}
