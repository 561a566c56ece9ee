//! Rows with the same key are one record.

use serde_json::json;

use super::bench::{Bench, csat, facts, set_aside};

fn keyed(text: &str) -> Bench {
    Bench::new(json!({
        "id": "contacts",
        "inputs": [{ "kind": "files", "files": ["c.csv"] }],
        "columns": {
            "id": { "type": "text" },
            "agent": { "type": "agent" },
            "rated_at": { "type": "date" },
            "rating": { "type": "integer" },
            "version": { "type": "integer", "optional": true },
            "action": { "type": "text", "optional": true },
        },
        "key": { "columns": ["id"], "action": "action" },
        "checks": [{ "check": "rating BETWEEN 1 AND 5", "reason": "rating outside 1 to 5" }],
        "facts": "SELECT agent, rated_at AS day, SUM(rating) AS \"csat_mean.numerator\", COUNT(rating) AS \"csat_mean.denominator\" \
            FROM rows GROUP BY 1, 2",
    }))
    .write("c.csv", text)
}

#[tokio::test]
async fn the_last_row_wins_and_the_others_are_counted() {
    let pulled = keyed("id,agent,rated_at,rating\n1,a1,2025-01-02,5\n2,a1,2025-01-02,4\n1,a2,2025-01-03,3\n")
        .pull()
        .await
        .unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "4", 1), csat("a2", "2025-01-03", "3", 1)]);
    assert_eq!((pulled.read, pulled.used, pulled.superseded), (3, 2, 1));
}

#[tokio::test]
async fn the_highest_version_wins_and_reading_order_decides_between_equals() {
    let text = "id,agent,rated_at,rating,version\n1,a1,2025-01-02,5,7\n1,a1,2025-01-02,4,\n1,a1,2025-01-02,1,6\n2,a2,2025-01-02,2,1\n2,a2,2025-01-02,3,1\n";
    let pulled = keyed(text).with("/key/order_by", json!("version")).pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "5", 1), csat("a2", "2025-01-02", "3", 1)]);
    let unread = keyed("id,agent,rated_at,rating,version\n1,a1,2025-01-02,5,1\n1,a1,2025-01-02,4,two\n")
        .with("/key/order_by", json!("version"));
    let (found, aside) = unread.facts().await;
    assert_eq!(found, [csat("a1", "2025-01-02", "5", 1)]);
    assert_eq!(aside, ["3: column \"version\": \"two\" is not a whole number (expected digits)"]);
}

#[tokio::test]
async fn deleted_records_leave_and_may_come_again() {
    let text = "id,agent,rated_at,rating,action\n1,a1,2025-01-02,5,add\n2,a1,2025-01-02,4,add\n1,,,, DELETE \n2,a1,2025-01-02,3,Update\n3,a2,2025-01-02,1,delete\n3,a2,2025-01-02,2,\n";
    let pulled = keyed(text).pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "3", 1), csat("a2", "2025-01-02", "2", 1)]);
    assert_eq!((pulled.read, pulled.superseded, pulled.deleted, pulled.set_aside.rows), (6, 3, 1, 0));
    let (_, aside) = keyed("id,agent,rated_at,rating,action\n1,a1,2025-01-02,5,drop\n").facts().await;
    assert_eq!(aside, ["2: column \"action\": \"drop\" is not add, update or delete"]);
}

#[tokio::test]
async fn a_stale_version_does_not_come_back_in_place_of_a_bad_one() {
    let text = "id,agent,rated_at,rating\n1,a1,2025-01-02,5\n1,a1,32.01.2025,4\n2,a1,2025-01-02,3\n2,a1,2025-01-02,9\n3,a1,bad,3\n3,a1,2025-01-02,2\n,a1,2025-01-02,5\n4,who,2025-01-02,5\n";
    let pulled = keyed(text).pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "2", 1)]);
    let details: Vec<String> = set_aside(&pulled).iter().map(|row| format!("{}: {}", row.line, row.detail)).collect();
    assert_eq!(
        details,
        [
            "3: column \"rated_at\": \"32.01.2025\" is not a date (expected YYYY-MM-DD)",
            "5: rating outside 1 to 5",
            "8: column \"id\": no value",
            "9: unknown agent \"who\" (column \"agent\"): not on the roster",
        ]
    );
    assert_eq!((pulled.read, pulled.used, pulled.superseded, pulled.set_aside.rows), (8, 1, 3, 4));
}

#[tokio::test]
async fn checks_that_name_columns_empty_their_values_only() {
    let bench = keyed("id,agent,rated_at,rating\n1,a1,2025-01-02,5\n2,a1,2025-01-02,9\n3,a1,2025-01-02,\n")
        .with("/checks/0/only", json!(["rating"]));
    let pulled = bench.pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "5", 1)]);
    assert_eq!((pulled.used, pulled.set_aside.rows, pulled.set_aside.values), (3, 0, 1));
    let row = &set_aside(&pulled)[0];
    assert_eq!((row.line, row.reason.as_str()), (3, "rating outside 1 to 5"));
    assert!(row.row.contains("\"agent\":\"a1\"") && row.row.contains("\"rating\":\"9\""), "{}", row.row);
}

#[tokio::test]
async fn a_later_input_wins_over_an_earlier_one() {
    let bench = keyed("id,agent,rated_at,rating\n1,a1,2025-01-02,5\n2,a1,2025-01-02,1\n")
        .write("later.jsonl", r#"{"nr":1,"agent":"a1","rated_at":"02.01.2025","rating":2}"#)
        .with(
            "/inputs",
            json!([
                { "kind": "files", "files": ["c.csv"] },
                {
                    "kind": "files",
                    "files": ["later.jsonl"],
                    "columns": {
                        "id": { "type": "text", "from": "nr" },
                        "rated_at": { "type": "date", "formats": ["%d.%m.%Y"] },
                    },
                },
            ]),
        );
    assert_eq!(bench.facts().await.0, [csat("a1", "2025-01-02", "3", 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_beyond_memory_go_to_disk() {
    let mut text = "id,agent,rated_at,rating\n".to_owned();
    for version in 1..=2 {
        for id in 0..300_000 {
            text.push_str(&format!("contact-number-{id:012},a{},2025-01-02,{version}\n", id % 9 + 1));
        }
    }
    let mut bench = keyed(&text);
    bench.memory_limit = 24 << 20;
    let pulled = bench.pull().await.unwrap();
    let found = facts(&pulled);
    assert_eq!(pulled.superseded, 300_000);
    let ratings: i64 = found.iter().map(|fact| fact.4.parse::<i64>().unwrap()).sum();
    assert_eq!(ratings, 600_000, "every second version won");
}
