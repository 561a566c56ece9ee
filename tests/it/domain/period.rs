//! Periods and the codes that name them.

use merit::domain::period::{CycleKind, Period, PeriodError};

use super::build::{day, period};

#[test]
fn codes_name_calendar_periods() {
    for (code, kind, first, last, days) in [
        ("2023", CycleKind::Year, "2023-01-01", "2023-12-31", 365),
        ("2023-H1", CycleKind::HalfYear, "2023-01-01", "2023-06-30", 181),
        ("2023-H2", CycleKind::HalfYear, "2023-07-01", "2023-12-31", 184),
        ("2023-Q1", CycleKind::Quarter, "2023-01-01", "2023-03-31", 90),
        ("2023-Q3", CycleKind::Quarter, "2023-07-01", "2023-09-30", 92),
        ("2023-Q4", CycleKind::Quarter, "2023-10-01", "2023-12-31", 92),
        ("2024-02", CycleKind::Month, "2024-02-01", "2024-02-29", 29),
        ("2023-12", CycleKind::Month, "2023-12-01", "2023-12-31", 31),
    ] {
        assert_eq!(Period::of_code(code), Ok((kind, period(first, last))), "{code}");
        assert_eq!(period(first, last).days(), days);
    }
}

#[test]
fn other_codes_are_refused_with_what_to_write() {
    for code in [
        "",
        "23",
        "2023-",
        "2023-Q0",
        "2023-Q5",
        "2023-H3",
        "2023-13",
        "2023-00",
        "2023-8",
        "2023-q3",
        "2023Q3",
        "2023-08-01",
        "-023",
        "2023-Q+",
    ] {
        let error = Period::of_code(code).unwrap_err();
        assert_eq!(error, PeriodError::UnknownCode(code.to_owned()));
    }
    assert_eq!(
        Period::of_code("2023-Q5").unwrap_err().to_string(),
        "'2023-Q5' names no period: write a year (2023), half-year (2023-H1), quarter (2023-Q3) or month (2023-08), or give the first and last day"
    );
}

#[test]
fn ends_must_be_in_order() {
    let (first, last) = (day("2023-07-02"), day("2023-07-01"));
    assert_eq!(Period::new(first, last), Err(PeriodError::Backwards { first, last }));
    assert_eq!(
        PeriodError::Backwards { first, last }.to_string(),
        "the period's first day 2023-07-02 is after its last day 2023-07-01: swap them"
    );
    assert_eq!(Period::new(last, last).unwrap().days(), 1);
    assert!(serde_json::from_str::<Period>(r#"{"first":"2023-07-02","last":"2023-07-01"}"#).is_err());
}

#[test]
fn overlaps_are_the_shared_days() {
    let quarter = period("2023-07-01", "2023-09-30");
    assert_eq!(quarter.overlap(&period("2023-06-01", "2023-07-01")), Some(period("2023-07-01", "2023-07-01")));
    assert_eq!(quarter.overlap(&period("2023-08-01", "2024-08-01")), Some(period("2023-08-01", "2023-09-30")));
    assert_eq!(quarter.overlap(&period("2023-10-01", "2023-10-02")), None);
    assert!(quarter.contains(day("2023-09-30")) && !quarter.contains(day("2023-10-01")));
    assert_eq!(quarter.to_string(), "2023-07-01..2023-09-30");
}

#[test]
fn the_period_before_is_as_long_and_ends_the_day_before() {
    for (of, first, last) in [
        // Whole months, however many days those have.
        (period("2023-07-01", "2023-09-30"), "2023-04-01", "2023-06-30"),
        (period("2023-04-01", "2023-06-30"), "2023-01-01", "2023-03-31"),
        (period("2024-01-01", "2024-03-31"), "2023-10-01", "2023-12-31"),
        (period("2024-03-01", "2024-03-31"), "2024-02-01", "2024-02-29"),
        (period("2024-02-01", "2024-02-29"), "2024-01-01", "2024-01-31"),
        (period("2023-01-01", "2023-12-31"), "2022-01-01", "2022-12-31"),
        (period("2023-12-01", "2024-01-31"), "2023-10-01", "2023-11-30"),
        // Other periods, by days.
        (period("2023-07-02", "2023-09-30"), "2023-04-02", "2023-07-01"),
        (period("2023-07-01", "2023-09-29"), "2023-04-01", "2023-06-30"),
        (period("2024-02-26", "2024-03-24"), "2024-01-29", "2024-02-25"),
        (period("2024-03-01", "2024-03-01"), "2024-02-29", "2024-02-29"),
    ] {
        assert_eq!(of.before(), Some(period(first, last)), "{of}");
    }
    let (first, second) = (chrono::NaiveDate::MIN, chrono::NaiveDate::MIN.succ_opt().unwrap());
    assert_eq!(Period::new(first, second).unwrap().before(), None);
    assert_eq!(Period::new(second, second).unwrap().before(), Some(Period::new(first, first).unwrap()));
}

#[test]
fn kinds_have_names() {
    for kind in CycleKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    assert!("Quarter".parse::<CycleKind>().unwrap_err().to_string().contains("use month, quarter"));
}
