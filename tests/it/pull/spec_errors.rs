//! Mistakes in a source's own file.

use merit::pull::examine;
use merit::rules::source::SourceSpec;
use serde_json::{Value, json};

use super::bench::{Bench, csat};

fn bench() -> Bench {
    Bench::contacts(json!([{ "kind": "files", "files": ["c.csv"] }]))
        .write("c.csv", "agent,rated_at,rating\na1,2025-01-02,5\na2,2025-01-03,4\n")
}

async fn refused(facts: &str) -> String {
    let message = bench().with("/facts", json!(facts)).error().await;
    message.strip_prefix("sources/contacts.yaml: facts: ").unwrap_or_else(|| panic!("{message}")).to_owned()
}

#[tokio::test]
async fn wrong_sql_is_refused_with_the_engines_words() {
    let message = refused("SELEC agent FROM rows").await;
    assert!(message.contains("SELEC") && !message.contains("backtrace"), "{message}");
    let message = refused("SELECT agent, rated_on AS day FROM rows").await;
    assert!(message.contains("rated_on") && message.contains("rated_at"), "{message}");
    let message = refused("SELECT * FROM contacts").await;
    assert!(message.contains("contacts"), "{message}");
    let message = refused("SELECT 1; SELECT 2").await;
    assert!(message.contains("one SQL statement") || message.contains("statement"), "{message}");
    for sql in ["COPY rows TO 'x.csv'", "CREATE TABLE t AS SELECT 1", "SET a = 1", "INSERT INTO rows VALUES (1)"] {
        let message = refused(sql).await;
        assert!(
            message.contains("not supported") || message.contains("not allowed") || message.contains("Error"),
            "{sql}: {message}"
        );
    }
}

#[tokio::test]
async fn the_result_must_have_the_columns_of_facts() {
    let select = |columns: &str| format!("SELECT {columns} FROM rows GROUP BY agent, rated_at");
    let day = "CAST(rated_at AS DATE) AS day";
    let sums = "SUM(rating) AS \"csat_mean.numerator\", COUNT(*) AS \"csat_mean.denominator\"";
    for (columns, expected) in [
        (format!("{day}, {sums}"), "the column `agent` is missing; select the agent column AS agent"),
        (format!("agent, {sums}"), "the column `day` is missing; select a date AS day"),
        (
            format!("agent, rated_at AS day, {sums}"),
            "the column \"day\" is Timestamp(µs); it must be a date; write CAST(… AS DATE)",
        ),
        (
            format!("'a1' AS agent, {day}, {sums}"),
            "the column \"agent\" is Utf8; it must be the agent column, unchanged",
        ),
        (
            format!("agent, {day}, 5 AS segment, {sums}"),
            "the column \"segment\" is Int64; it must be a text; write CAST(… AS VARCHAR)",
        ),
        (
            format!("agent, {day}"),
            "there is no metric in the result; name columns \"METRIC.numerator\" and \"METRIC.denominator\"",
        ),
        (
            format!("agent, {day}, SUM(rating) AS \"csat_mean.numerator\""),
            "the column \"csat_mean.denominator\" is missing",
        ),
        (
            format!("agent, {day}, SUM(rating) AS \"csat_meen.numerator\", COUNT(*) AS \"csat_meen.denominator\""),
            "the rules know no metric \"csat_meen\"; did you mean \"csat_mean\"?",
        ),
        (
            format!("agent, {day}, {sums}, COUNT(*) AS n"),
            "the column \"n\" (number 5) has no meaning; name it \"METRIC.numerator\", \"METRIC.denominator\" or \"METRIC.samples\", or leave it out",
        ),
        (
            format!("agent, {day}, AVG(rating) AS \"csat_mean.numerator\", COUNT(*) AS \"csat_mean.denominator\""),
            "the column \"csat_mean.numerator\" is Float64; it must be exact, an integer or a DECIMAL; write CAST(… AS DECIMAL(38, 6))",
        ),
        (
            format!("agent, {day}, {sums}, SUM(1.50) AS \"csat_mean.samples\""),
            "the column \"csat_mean.samples\" is Decimal128(13, 2); it must be a whole number; write CAST(… AS BIGINT)",
        ),
        (
            format!("agent, {day}, 'csat_mean' AS metric, SUM(rating) AS numerator"),
            "the column `denominator` is missing beside `metric`",
        ),
    ] {
        assert_eq!(refused(&select(&columns)).await, expected);
    }
    assert_eq!(refused("SELECT 1 AS agent").await, "the query does not read `rows`; write SELECT … FROM rows");
    assert_eq!(
        refused("SELECT agent, CURRENT_DATE AS day FROM rows").await,
        "current_date() gives another result each time; use the rows' own times instead"
    );
}

#[tokio::test]
async fn values_that_are_no_facts_are_refused() {
    let with = |agent: &str, day: &str, sums: &str| format!("SELECT {agent} AS agent, {day} AS day, {sums} FROM rows");
    let day = "CAST(rated_at AS DATE)";
    let sums = |numerator: &str, denominator: &str| {
        format!("{numerator} AS \"csat_mean.numerator\", {denominator} AS \"csat_mean.denominator\"")
    };
    let place = "(metric csat_mean, agent a1, day 2025-01-02)";
    for (sql, expected) in [
        (
            with("agent + 1000", day, &sums("1", "1")),
            "the column `agent` holds 1001, which is no agent; select the agent column unchanged".to_owned(),
        ),
        (
            with("CAST(NULL AS BIGINT)", day, &sums("1", "1")),
            "the column `agent` is empty in a row; filter such rows out".to_owned(),
        ),
        (
            with("agent", "CAST(NULL AS DATE)", &sums("1", "1")),
            "the column `day` is empty in a row; filter such rows out, or check the time it comes from".to_owned(),
        ),
        (
            with("agent", day, &sums("NULLIF(rating, 5)", "1")),
            format!(
                "the numerator is empty where the denominator is not; use COALESCE or filter such rows out {place}"
            ),
        ),
        (
            with("agent", day, &sums("1.1234567", "1")),
            "a number has more than six decimals; write ROUND(…, 6)".to_owned(),
        ),
        (
            with("agent", day, &sums("1", "0.5")),
            format!(
                "the denominator is no whole number of cases; add a column \"METRIC.samples\" that counts them {place}"
            ),
        ),
        (
            with("agent", day, &format!("{}, -1 AS \"csat_mean.samples\"", sums("1", "1"))),
            format!("there cannot be -1 samples {place}"),
        ),
        (
            with("agent", day, &sums("10000000000000", "1")),
            "a number lies outside ±9,223,372,036,854; choose a larger unit".to_owned(),
        ),
    ] {
        assert_eq!(refused(&sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn facts_may_stand_in_rows_or_columns() {
    let long = "SELECT agent, CAST(rated_at AS DATE) AS day, 'web ' AS segment, 'csat_mean' AS metric, rating AS numerator, 1 AS denominator \
        FROM rows UNION ALL SELECT agent, CAST(rated_at AS DATE), NULL, 'contacts', 1, 0.5 * 2 FROM rows WHERE agent = 1";
    let bench = bench()
        .with("/facts", json!(long))
        .write("c.csv", "agent,rated_at,rating\na1,2025-01-02,5\na1,2025-01-02,3\nx,2025-01-02,3\n");
    let pulled = bench.pull().await.unwrap();
    let found = super::bench::facts(&pulled);
    let fact = |metric: &str, segment: &str, sum: &str| {
        (
            "a1".to_owned(),
            metric.to_owned(),
            "2025-01-02".to_owned(),
            segment.to_owned(),
            sum.to_owned(),
            "2".to_owned(),
            2,
        )
    };
    assert_eq!(found, [fact("contacts", "", "2"), fact("csat_mean", "web", "8")], "added up by key, in order");
    assert_eq!((pulled.read, pulled.set_aside.rows), (3, 1), "rows read twice by the query count once");
}

#[tokio::test]
async fn a_window_restricts_the_days() {
    let windowed = bench().between("2025-01-03", "2025-01-31");
    assert_eq!(windowed.facts().await.0, [csat("a2", "2025-01-03", "4", 1)]);
}

#[tokio::test]
async fn agents_are_made_where_the_source_says_so() {
    let csv =
        "agent,rated_at,rating\nzoe,2025-01-02,5\na1,2025-01-02,4\nadam,2025-01-02,3\nzoe,2025-01-02,1\nbad,never,1\n";
    let bench = bench().with("/create_agents", json!(true)).write("c.csv", csv);
    let pulled = bench.pull().await.unwrap();
    assert_eq!(pulled.new_agents, ["adam", "zoe"], "only those with facts");
    assert_eq!(
        super::bench::facts(&pulled),
        [
            csat("a1", "2025-01-02", "4", 1),
            csat("new adam", "2025-01-02", "3", 1),
            csat("new zoe", "2025-01-02", "6", 2)
        ]
    );
}

#[tokio::test]
async fn names_match_only_where_the_source_says_so_and_only_when_unambiguous() {
    let csv = "agent,rated_at,rating\n Agent 1 ,2025-01-02,5\nAgent 2,2025-01-02,4\n";
    let mut bench = bench().write("c.csv", csv);
    bench.agents.add(99, "b99", "Agent 2", []);
    let (found, aside) = bench.facts().await;
    assert!(found.is_empty() && aside.len() == 2);
    let bench = bench.with("/columns/agent/matches", json!(["employee_number", "name"]));
    let (found, aside) = bench.facts().await;
    assert_eq!(found, [csat("a1", "2025-01-02", "5", 1)]);
    assert_eq!(aside, ["3: unknown agent \"Agent 2\" (column \"agent\"): not on the roster"]);
}

#[tokio::test]
async fn columns_keys_and_checks_are_examined_before_anything_is_read() {
    let wrong = |pointer: &'static str, value: Value| async move { bench().with(pointer, value).error().await };
    for (pointer, value, expected) in [
        (
            "/columns/rating",
            json!({ "type": "agent" }),
            "columns: exactly one column has the type `agent`, here 2 have; give one column `type: agent`",
        ),
        (
            "/time_zone",
            json!("Berlin"),
            "time_zone: \"Berlin\" is no IANA time zone; write one such as `Europe/Berlin` or `UTC`",
        ),
        (
            "/columns/rated_at/formats",
            json!(["%Q"]),
            "columns.rated_at.formats: \"%Q\" is not a time format; write one such as `%d/%m/%Y %H:%M`",
        ),
        (
            "/columns/rating",
            json!({ "type": "decimal", "scale": 19 }),
            "columns.rating.scale: 19 decimals cannot be kept; write 0 to 18",
        ),
        (
            "/key",
            json!({ "columns": ["id"] }),
            "key.columns: there is no column \"id\"; the columns are agent, rated_at, rating",
        ),
        ("/key", json!({ "columns": [] }), "key.columns: names no column; name those that make a record one"),
        (
            "/key",
            json!({ "columns": ["agent"], "action": "rating" }),
            "key.action: the action column must have `type: text`",
        ),
        (
            "/inputs/0/columns",
            json!({ "mood": { "type": "text" } }),
            "inputs[0].columns.mood: the source declares no column of this name; add it to `columns`",
        ),
        (
            "/inputs/0/columns",
            json!({ "rating": { "type": "text" } }),
            "inputs[0].columns.rating: has another type or scale than the source's column; give both the same",
        ),
        (
            "/checks",
            json!([{ "check": "rating + 1", "reason": "x" }]),
            "checks[0].check: is Int64, not a condition; write one such as `rating BETWEEN 1 AND 5`",
        ),
        (
            "/checks",
            json!([{ "check": "random() > 0.5", "reason": "x" }]),
            "checks[0].check: random() gives another result each time; use the rows' own times instead",
        ),
        (
            "/checks",
            json!([{ "check": "rating > 0", "reason": "x", "only": ["mood"] }]),
            "checks[0].only: there is no column \"mood\"",
        ),
    ] {
        assert_eq!(wrong(pointer, value).await, format!("sources/contacts.yaml: {expected}"));
    }
    let message = wrong("/checks", json!([{ "check": "raiting > 0", "reason": "x" }])).await;
    assert!(
        message.starts_with("sources/contacts.yaml: checks[0].check: ") && message.contains("raiting"),
        "{message}"
    );
}

#[tokio::test]
async fn examining_a_source_tells_where_its_mistakes_stand() {
    let bench = bench()
        .with("/inputs/0/columns", json!({ "mood": { "type": "text" } }))
        .with("/facts", json!("SELECT agent FROM rows"));
    let spec: SourceSpec = serde_json::from_value(bench.spec.clone()).unwrap();
    let problems = examine(&spec, &bench.calendars, &bench.metrics).await;
    let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
    assert_eq!(pointers, ["/inputs/0/columns/mood", "/facts"]);
    let bench = bench.with("/inputs/0/columns", json!({})).with("/checks", json!([{ "check": "1", "reason": "x" }]));
    let spec: SourceSpec = serde_json::from_value(bench.spec.clone()).unwrap();
    assert_eq!(examine(&spec, &bench.calendars, &bench.metrics).await[0].pointer, "/checks/0/check");
}
