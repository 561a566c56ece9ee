use chrono_tz::{Asia, Europe, UTC};
use proptest::prelude::*;

use super::*;

fn reader(formats: &[&str], written: Tz, wanted: Tz) -> TimeReader {
    let formats: Vec<String> = formats.iter().map(|&format| format.to_owned()).collect();
    TimeReader::new(&formats, false, written, wanted).unwrap()
}

fn local(reader: &TimeReader, text: &str) -> Result<String, What> {
    reader.local(text).map(|time| time.format("%Y-%m-%d %H:%M:%S%.f").to_string())
}

#[test]
fn iso_times_are_read_with_and_without_offset() {
    let utc = reader(&[], UTC, UTC);
    for (text, expected) in [
        ("2025-03-31", "2025-03-31 00:00:00"),
        ("2025-03-31T18:05", "2025-03-31 18:05:00"),
        ("2025-03-31 18:05:07.25", "2025-03-31 18:05:07.250"),
        ("2025-03-31T18:05:07Z", "2025-03-31 18:05:07"),
        ("2025-03-31 18:05:07+02", "2025-03-31 16:05:07"),
        ("2025-03-31T18:05:07-0530", "2025-03-31 23:35:07"),
        ("2025-03-31T24:00", "2025-04-01 00:00:00"),
    ] {
        assert_eq!(local(&utc, text).as_deref(), Ok(expected), "{text}");
    }
    for text in ["31/03/2025", "2025-02-30", "2025-03-31T25:00", "2025-03-31T18:05 tomorrow", "20250331"] {
        assert_eq!(local(&utc, text), Err(What::NotOfType), "{text}");
    }
}

#[test]
fn times_move_to_the_sources_zone() {
    let berlin = reader(&[], Europe::Berlin, UTC);
    assert_eq!(local(&berlin, "2025-07-01 12:00").as_deref(), Ok("2025-07-01 10:00:00"));
    assert_eq!(local(&berlin, "2025-03-30 02:30"), Err(What::SkippedTime));
    assert_eq!(local(&berlin, "2025-10-26 02:30").as_deref(), Ok("2025-10-26 00:30:00"), "the first of the two");
    let shanghai = reader(&[], UTC, Asia::Shanghai);
    assert_eq!(local(&shanghai, "2025-07-01T20:00:00Z").as_deref(), Ok("2025-07-02 04:00:00"));
}

#[test]
fn formats_are_tried_in_order() {
    let times = reader(&["%d/%m/%Y %H:%M", "%B %d, %Y, %I:%M:%S %p", "%d-%b-%y"], UTC, UTC);
    assert_eq!(local(&times, "9/3/2025 8:05").as_deref(), Ok("2025-03-09 08:05:00"));
    assert_eq!(local(&times, "August 27, 2023, 08:28:00 PM").as_deref(), Ok("2023-08-27 20:28:00"));
    assert_eq!(local(&times, "26-Aug-23").as_deref(), Ok("2023-08-26 00:00:00"));
    assert_eq!(local(&times, "2025-03-09"), Err(What::NotOfType));
    let epoch = reader(&["%s"], UTC, UTC);
    assert_eq!(local(&epoch, "1700000000").as_deref(), Ok("2023-11-14 22:13:20"));
    assert!(TimeReader::new(&["%Q".to_owned()], false, UTC, UTC).is_err());
}

#[test]
fn a_plain_date_stays_the_day_it_says() {
    let dates = reader(&["%d/%m/%Y"], UTC, Asia::Shanghai);
    assert_eq!(dates.date("31/12/2025"), Ok(NaiveDate::from_ymd_opt(2025, 12, 31).unwrap()));
    let times = reader(&[], UTC, Asia::Shanghai);
    assert_eq!(times.date("2025-12-31T20:00:00Z"), Ok(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()));
    assert_eq!(times.date("2025-12-31"), Ok(NaiveDate::from_ymd_opt(2025, 12, 31).unwrap()));
}

proptest! {
    #[test]
    fn the_fast_path_agrees_with_chrono(text in "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{1,2}") {
        let format = Format::new("%d/%m/%Y %H:%M").unwrap();
        if let Some((date, time)) = read_plain(format.plain.as_deref().unwrap(), &text) {
            prop_assert_eq!(NaiveDateTime::parse_from_str(&text, "%d/%m/%Y %H:%M").ok(), Some(date.and_time(time)));
        }
    }
}
