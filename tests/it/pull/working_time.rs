//! Working calendars in the SQL and the checks of sources, over real files.

use std::path::Path;

use merit::pull::examine;
use merit::rules::source::SourceSpec;
use merit::rules::{Calendars, load};
use serde_json::{Value, json};

use super::bench::{Bench, Fact, facts, set_aside};

fn default_calendars() -> Calendars {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scoring-config")).unwrap().calendars
}

/// Requests with their first reply; the fact is the working time between them.
fn requests(zone: &str, csv: &str) -> Bench {
    let spec = json!({
        "id": "requests",
        "time_zone": zone,
        "inputs": [{ "kind": "files", "files": ["r.csv"] }],
        "columns": {
            "agent": { "type": "agent" },
            "asked_at": { "type": "timestamp" },
            "replied_at": { "type": "timestamp" },
        },
        "facts": "SELECT agent, CAST(asked_at AS DATE) AS day, \
            SUM(working_seconds('cn_service', asked_at, replied_at)) AS \"frt_mean.numerator\", \
            COUNT(replied_at) AS \"frt_mean.denominator\" FROM rows GROUP BY 1, 2",
    });
    let mut bench = Bench::new(spec).write("r.csv", format!("agent,asked_at,replied_at\n{csv}"));
    bench.calendars = default_calendars();
    bench
}

fn replied(agent: &str, day: &str, seconds: &str, count: i64) -> Fact {
    (
        agent.to_owned(),
        "frt_mean".to_owned(),
        day.to_owned(),
        String::new(),
        seconds.to_owned(),
        count.to_string(),
        count,
    )
}

#[tokio::test]
async fn first_replies_over_national_day_count_working_time_only() {
    let bench = requests(
        "Asia/Shanghai",
        "a1,2025-09-30 17:00:00,2025-10-09 09:30:00\n\
         a1,2025-09-30 09:00:00.900,2025-09-30 09:00:02.100\n\
         a2,2025-10-11T09:00:00,2025-10-11T14:00:00\n\
         a3,2025-10-09 09:00:00,\n",
    );
    assert_eq!(
        bench.facts().await,
        (vec![replied("a1", "2025-09-30", "5402", 2), replied("a2", "2025-10-11", "12600", 1)], vec![])
    );
}

/// 17:00 in Shanghai is 09:00 in UTC and 11:00 in Berlin's summer: the calendar's hours are Shanghai's, whatever the source's.
#[tokio::test]
async fn times_with_and_without_a_zone_mean_the_same_moments() {
    let with_zone = "a1,2025-09-30T17:00:00+08:00,2025-10-09T01:30:00Z\n";
    for zone in ["Asia/Shanghai", "UTC", "Europe/Berlin"] {
        assert_eq!(requests(zone, with_zone).facts().await.0, [replied("a1", "2025-09-30", "5400", 1)], "{zone}");
    }
    let without = "a1,2025-09-30 11:00:00,2025-10-09 03:30:00\n";
    assert_eq!(requests("Europe/Berlin", without).facts().await.0, [replied("a1", "2025-09-30", "5400", 1)]);
    let told = json!({ "type": "timestamp", "time_zone": "Asia/Shanghai" });
    let bench = requests("UTC", "a1,2025-09-30 17:00:00,2025-10-09 01:30:00\n").with("/columns/asked_at", told);
    assert_eq!(bench.facts().await.0, [replied("a1", "2025-09-30", "5400", 1)]);
}

#[tokio::test]
async fn deadlines_are_days_and_times_of_the_source() {
    let counted = |condition: &str| {
        let facts = format!(
            "SELECT agent, CAST(asked_at AS DATE) AS day, \
             SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS \"frt_mean.numerator\", COUNT(*) AS \"frt_mean.denominator\" \
             FROM rows GROUP BY 1, 2"
        );
        requests("Europe/Berlin", "a1,2025-09-30T17:00:00+08:00,2025-10-09T01:30:00Z\n").with("/facts", json!(facts))
    };
    for condition in [
        "due_after('cn_service', asked_at, 5400) = replied_at",
        "due_after('cn_service', asked_at, 3600) = TIMESTAMP '2025-09-30 12:00:00'",
        "due_after('cn_service', asked_at, NULL) IS NULL",
        "add_working_days('cn_service', CAST(asked_at AS DATE), 3) = DATE '2025-10-11'",
        "add_working_days('cn_service', DATE '2025-10-09', -1) = DATE '2025-09-30'",
        "working_seconds('cn_service', CAST(asked_at AS DATE), DATE '2025-10-01') > 0",
        "working_seconds('round_the_clock', replied_at, asked_at) = -750600",
        "working_seconds('cn_service', TIMESTAMP '2025-10-01 00:00:00', asked_at) < 0",
    ] {
        assert_eq!(counted(condition).facts().await.0, [replied("a1", "2025-09-30", "1", 1)], "{condition}");
    }
}

#[tokio::test]
async fn checks_measure_working_time_too() {
    let check = json!([{
        "check": "working_seconds('cn_service', asked_at, replied_at) >= 0",
        "reason": "reply before the request",
    }]);
    let csv = "a1,2025-10-09 10:00:00,2025-10-09 09:59:59\na1,2025-10-09 10:00:00,2025-10-09 10:00:01\n";
    let bench = requests("Asia/Shanghai", csv).with("/checks", check);
    let pulled = bench.pull().await.unwrap();
    assert_eq!(facts(&pulled), [replied("a1", "2025-10-09", "1", 1)]);
    assert_eq!(set_aside(&pulled)[0].reason, "reply before the request");
}

/// The rules are wrong, not the row: nothing is set aside, nothing becomes a fact.
#[tokio::test]
async fn a_missing_year_stops_the_pull_and_names_year_and_file() {
    let expected = "calendars/cn_service.yaml: calendar 'cn_service' does not know the year 2027: \
        add '2027' under 'years' with its holidays and make-up workdays";
    let csv = "a1,2026-12-31 17:00:00,2027-01-04 09:30:00\na1,2026-12-30 17:00:00,2026-12-31 09:30:00\n";
    let bench = requests("Asia/Shanghai", csv);
    assert_eq!(bench.error().await, expected);
    let check = json!([{ "check": "working_seconds('cn_service', asked_at, replied_at) >= 0", "reason": "x" }]);
    assert_eq!(bench.with("/checks", check.clone()).error().await, expected);
    let keyed = requests("Asia/Shanghai", csv).with("/key", json!({ "columns": ["asked_at"] }));
    assert_eq!(keyed.with("/checks", check).error().await, expected);
    let constant = "SELECT agent, add_working_days('cn_service', DATE '2026-12-31', 1) AS day, \
        1 AS \"frt_mean.numerator\", 1 AS \"frt_mean.denominator\" FROM rows";
    assert_eq!(requests("Asia/Shanghai", csv).with("/facts", json!(constant)).error().await, expected);
    // Rows of years that do not matter are kept away from the calendar by the SQL itself.
    let guarded = "SELECT agent, CAST(asked_at AS DATE) AS day, \
        SUM(CASE WHEN replied_at < TIMESTAMP '2027-01-01 00:00:00' THEN working_seconds('cn_service', asked_at, replied_at) END) \
        AS \"frt_mean.numerator\", SUM(CASE WHEN replied_at < TIMESTAMP '2027-01-01 00:00:00' THEN 1 END) AS \"frt_mean.denominator\" \
        FROM rows GROUP BY 1, 2";
    let bench = requests("Asia/Shanghai", csv).with("/facts", json!(guarded));
    assert_eq!(bench.facts().await.0, [replied("a1", "2026-12-30", "5400", 1)]);
}

#[tokio::test]
async fn calendars_that_are_not_there_are_refused_before_anything_is_read() {
    let facts = |call: &str| {
        json!(format!(
            "SELECT agent, CAST(asked_at AS DATE) AS day, {call} AS \"frt_mean.numerator\", 1 AS \"frt_mean.denominator\" FROM rows"
        ))
    };
    let refused = async |call: &str| {
        let bench =
            requests("Asia/Shanghai", "").with("/facts", facts(call)).with("/inputs/0/files", json!(["none.csv"]));
        let message = bench.error().await;
        message.strip_prefix("sources/contacts.yaml: facts: ").unwrap_or_else(|| panic!("{message}")).to_owned()
    };
    assert_eq!(
        refused("working_seconds('cn_servce', asked_at, replied_at)").await,
        "the rules have no calendar 'cn_servce'; did you mean 'cn_service'?"
    );
    assert_eq!(
        refused("working_seconds('Mars', asked_at, replied_at)").await,
        "the rules have no calendar 'Mars'; there are cn_service, round_the_clock"
    );
    assert_eq!(
        refused("working_seconds(CAST(agent AS VARCHAR), asked_at, replied_at)").await,
        "working_seconds() takes one calendar for all rows; write its id in quotes, as working_seconds('CALENDAR', from_timestamp, to_timestamp)"
    );
    for (call, expected) in [
        ("working_seconds('cn_service', asked_at)", "2 arguments are given; write working_seconds('CALENDAR', "),
        ("working_seconds(7, asked_at, replied_at)", "the calendar is Int64, not its id in quotes; write "),
        ("working_seconds('cn_service', 7, replied_at)", "the second argument is Int64, not Timestamp(µs); write "),
        (
            "add_working_days('cn_service', asked_at, 7)",
            "the second argument is Timestamp(µs), not Date32; write add_working_days(",
        ),
        ("due_after('cn_service', asked_at, '1 hour')", "the third argument is Utf8, not Int64; write due_after("),
    ] {
        let message = refused(call).await;
        assert!(message.contains(expected), "{call}: {message}");
    }
    let mut bench = requests("Asia/Shanghai", "");
    bench.calendars = Calendars::new();
    assert!(bench.error().await.ends_with("there are none in the folder calendars; write one there"));
}

#[tokio::test]
async fn examining_a_source_finds_wrong_calendars() {
    let bench = requests("Asia/Shanghai", "");
    let problems = async |spec: &Value| {
        let spec: SourceSpec = serde_json::from_value(spec.clone()).unwrap();
        let found = examine(&spec, &bench.calendars, &bench.metrics).await;
        found.into_iter().map(|problem| format!("{}: {}", problem.pointer, problem.what)).collect::<Vec<_>>()
    };
    assert_eq!(problems(&bench.spec).await, Vec::<String>::new());
    let mut spec = bench.spec.clone();
    spec["facts"] = json!(spec["facts"].as_str().unwrap().replace("cn_service", "cn_servce"));
    let expected = "the rules have no calendar 'cn_servce'; did you mean 'cn_service'?";
    assert_eq!(problems(&spec).await, [format!("/facts: {expected}")]);
    spec["checks"] = json!([{ "check": "working_seconds('cn_servce', asked_at, replied_at) >= 0", "reason": "x" }]);
    assert_eq!(problems(&spec).await, [format!("/checks/0/check: {expected}")]);
}
