//! Deadlines in working days, and what is overdue.

use std::path::Path;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use merit::domain::cycle::{CycleAct, CycleState};
use merit::domain::deadline::{DeadlinePlan, Done, Stage, Standing};
use merit::domain::workdays::Workdays;
use merit::rules::load;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// As the calendar of the default rules says.
static CHINA: LazyLock<Workdays> = LazyLock::new(|| {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("scoring-config");
    let placed = &load(&rules).unwrap().calendars["cn_service"];
    Workdays::of(&placed.calendar, &placed.zone).unwrap()
});

#[test]
fn weekends_are_no_working_days() {
    // 2026-07-09 is a Thursday.
    for (from, days, last) in [
        ("2026-07-09", 0, "2026-07-09"),
        ("2026-07-09", 1, "2026-07-10"),
        ("2026-07-09", 2, "2026-07-13"),
        ("2026-07-09", 5, "2026-07-16"),
        ("2026-07-11", 1, "2026-07-13"),
        ("2026-07-12", 1, "2026-07-13"),
        ("2026-07-12", 60, "2026-10-02"),
    ] {
        assert_eq!(Workdays::default().after(day(from), days), day(last), "{from} + {days}");
    }
    assert_eq!(Workdays::default().after(NaiveDate::MAX, 1), NaiveDate::MAX);
}

#[test]
fn holidays_and_makeup_days_count_as_the_calendar_says() {
    let workdays = CHINA.clone();
    assert_eq!((workdays.calendar(), workdays.zone()), (Some("cn_service"), "Asia/Shanghai"));
    // Free from Wednesday 1 to Wednesday 8 October 2025, and worked for it on Sunday 28 September and Saturday 11 October.
    for (from, days, last) in [
        ("2025-09-26", 1, "2025-09-28"),
        ("2025-09-30", 1, "2025-10-09"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2025-09-30", 4, "2025-10-13"),
    ] {
        assert_eq!(workdays.after(day(from), days), day(last), "{from} + {days}");
    }
    assert_eq!(workdays.between(day("2025-09-30"), day("2025-10-13")), 4);
    assert!(workdays.knows(2025) && workdays.knows(2026) && !workdays.knows(2031));
    // A day begins at midnight there, not in Greenwich.
    assert_eq!(workdays.day_of(moment("2026-10-08T15:59:59Z")), day("2026-10-08"));
    assert_eq!(workdays.day_of(moment("2026-10-08T16:00:00Z")), day("2026-10-09"));
    assert_eq!(workdays.end_of(day("2026-10-08")), moment("2026-10-08T16:00:00Z"));
    let kept: Workdays = serde_json::from_str(&serde_json::to_string(&workdays).unwrap()).unwrap();
    assert_eq!(kept, workdays);
}

/// Santiago skips the hour after midnight on 2026-09-06.
#[test]
fn a_day_ends_when_the_clock_goes_on() {
    let text = r#"{"calendar":null,"zone":"America/Santiago","years":null,"off":[],"on":[]}"#;
    let workdays: Workdays = serde_json::from_str(text).unwrap();
    assert_eq!(workdays.end_of(day("2026-09-05")), moment("2026-09-06T04:00:00Z"));
}

fn standings(
    state: CycleState,
    done: &[(CycleAct, &str)],
    today: &str,
    open: &[(Stage, u64)],
) -> Vec<(Stage, String, Standing)> {
    let done: Done = done.iter().map(|(act, on)| (*act, day(on))).collect();
    let deadlines = DeadlinePlan::default().deadlines((state, day("2026-06-30")), &done, day(today), |stage| {
        open.iter().find(|(of, _)| *of == stage).map_or(0, |(_, open)| *open)
    });
    deadlines.iter().map(|one| (one.stage, one.due.to_string(), one.standing)).collect()
}

fn of(stage: Stage, standings: &[(Stage, String, Standing)]) -> (String, Standing) {
    let (_, due, standing) = standings.iter().find(|(of, ..)| *of == stage).unwrap();
    (due.clone(), *standing)
}

#[test]
fn stages_follow_one_another() {
    // 2026-06-30 is a Tuesday.
    let planned = standings(CycleState::Open, &[], "2026-06-30", &[]);
    let dues: Vec<&str> = planned.iter().map(|(_, due, _)| due.as_str()).collect();
    assert_eq!(
        dues,
        [
            "2026-07-03",
            "2026-07-07",
            "2026-07-21",
            "2026-07-28",
            "2026-07-31",
            "2026-08-04",
            "2026-08-11",
            "2026-08-11",
            "2026-08-18",
            "2026-08-21"
        ]
    );
    assert_eq!(planned[0].2, Standing::Running);
    assert!(planned[1..].iter().all(|(_, _, standing)| *standing == Standing::Planned));

    // Late by two working days, and everything after it moves along.
    let late = standings(CycleState::Open, &[], "2026-07-07", &[]);
    assert_eq!(of(Stage::Freeze, &late), ("2026-07-03".into(), Standing::Overdue { by: 2 }));
    assert_eq!(of(Stage::Score, &late), ("2026-07-09".into(), Standing::Planned));

    let done =
        [(CycleAct::Freeze, "2026-07-08"), (CycleAct::Score, "2026-07-09"), (CycleAct::BeginReview, "2026-07-09")];
    let review = standings(CycleState::InReview, &done, "2026-07-24", &[]);
    assert_eq!(of(Stage::Freeze, &review).1, Standing::Done { on: day("2026-07-08"), late: true });
    assert_eq!(of(Stage::Score, &review).1, Standing::Done { on: day("2026-07-09"), late: false });
    assert_eq!(of(Stage::Review, &review), ("2026-07-23".into(), Standing::Overdue { by: 1 }));
    assert_eq!(of(Stage::Calibrate, &review), ("2026-07-30".into(), Standing::Running));

    // Scored again while in review does not begin the review anew.
    let again = [done[0], (CycleAct::Score, "2026-07-20"), done[2]];
    assert_eq!(of(Stage::Review, &standings(CycleState::InReview, &again, "2026-07-20", &[])).0, "2026-07-23");

    // Scored in time, and reviewed a while later.
    let later = [done[0], done[1], (CycleAct::BeginReview, "2026-07-20")];
    let waited = standings(CycleState::InReview, &later, "2026-07-20", &[]);
    assert_eq!(of(Stage::Score, &waited).1, Standing::Done { on: day("2026-07-09"), late: false });
    assert_eq!(of(Stage::Review, &waited).0, "2026-08-03");

    let published = [
        done[0],
        done[1],
        done[2],
        (CycleAct::Calibrate, "2026-07-27"),
        (CycleAct::Approve, "2026-07-28"),
        (CycleAct::Publish, "2026-07-30"),
    ];
    let shown = standings(CycleState::Appeal, &published, "2026-08-07", &[]);
    assert_eq!(of(Stage::Appeal, &shown).1, Standing::Done { on: day("2026-08-06"), late: false });
    let silent = standings(CycleState::Appeal, &published, "2026-08-07", &[(Stage::Acknowledge, 2)]);
    assert_eq!(of(Stage::Acknowledge, &silent).1, Standing::Overdue { by: 1 });
    let units = standings(CycleState::Published, &published, "2026-08-07", &[(Stage::Publish, 2)]);
    assert_eq!(of(Stage::Publish, &units).1, Standing::Overdue { by: 6 }, "some units wait");
    assert_eq!(of(Stage::Finalise, &shown).1, Standing::Running);
    let cancelled = standings(CycleState::Cancelled, &[], "2027-01-01", &[]);
    assert!(cancelled.iter().all(|(_, _, standing)| *standing == Standing::Planned));
}

#[test]
fn stages_have_names() {
    for stage in Stage::ALL {
        assert_eq!(Stage::of(stage.as_str()), Some(stage));
        assert_eq!(serde_json::to_value(stage).unwrap(), stage.as_str());
    }
}

proptest! {
    #[test]
    fn days_after_and_days_between_agree(from in 0..2_000_i32, days in 0..60_u16) {
        for workdays in [Workdays::default(), CHINA.clone()] {
            let from = NaiveDate::from_epoch_days(19_700 + from).unwrap();
            let to = workdays.after(from, days);
            prop_assert_eq!(workdays.between(from, to), u32::from(days));
            prop_assert!(days == 0 || workdays.is_workday(to));
        }
    }

    #[test]
    fn the_last_day_that_is_over_is_the_last(today in 0..2_000_i32, days in 1..20_u16) {
        for workdays in [Workdays::default(), CHINA.clone()] {
            let today = NaiveDate::from_epoch_days(19_700 + today).unwrap();
            let last = workdays.last_over(today, days);
            prop_assert!(workdays.after(last, days) < today);
            prop_assert!(workdays.after(last.succ_opt().unwrap(), days) >= today);
        }
    }
}
