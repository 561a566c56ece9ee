//! Bad input: refused whole or set aside, each with a message that says where and how to mend it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::{Value, json};

use super::bench::{Bench, csat, facts, set_aside};

fn csv(text: impl AsRef<[u8]>) -> Bench {
    Bench::contacts(json!([{ "kind": "files", "files": ["c.csv"] }])).write("c.csv", text)
}

const HEADER: &str = "agent,rated_at,rating\n";

#[tokio::test]
async fn a_missing_column_is_named_with_those_that_are_there() {
    let bench = csv("agent,rated at,rating\n");
    assert_eq!(
        bench.error().await,
        "c.csv: there is no column \"rated_at\" for \"rated_at\"; the columns are \"agent\", \"rated at\", \"rating\"; \
         did you mean `from: \"rated at\"`?"
    );
    let bench = csv("agent,x,y\na1,1,2\n").with("/columns/rated_at/from", json!("Issue_reported at"));
    let message = bench.error().await;
    assert!(message.ends_with("name one of them with `from`, or say `optional: true`"), "{message}");
}

#[tokio::test]
async fn an_optional_column_may_be_missing() {
    let bench = csv("agent,rated_at\na1,2025-01-02\n").with("/columns/rating/optional", json!(true));
    assert_eq!(bench.facts().await, (vec![], vec![]), "a contact without a rating is no fact");
}

#[tokio::test]
async fn a_column_that_comes_twice_matters_only_where_it_is_used() {
    let bench = csv("agent,rated_at,rating,x,x\na1,2025-01-02,5,1,2\n");
    assert_eq!(bench.facts().await.0, [csat("a1", "2025-01-02", "5", 1)]);
    let bench = csv("agent,rated_at,rating,rating\na1,2025-01-02,5,1\n");
    assert_eq!(
        bench.error().await,
        "c.csv: the header names \"rating\" more than once and \"rating\" uses it; rename one of them in the file"
    );
}

#[tokio::test]
async fn values_of_the_wrong_type_are_set_aside() {
    let bench = csv(format!(
        "{HEADER}a1,2025-01-02,five\na1,31/02/2025 10:00,5\na1,,5\nnobody,2025-01-02,5\n,2025-01-02,5\na1,2025-01-02,5\n"
    ))
    .with("/columns/rated_at", json!({ "type": "timestamp", "formats": ["%d/%m/%Y %H:%M", "%Y-%m-%d"], "required": true }));
    let pulled = bench.pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "5", 1)]);
    let rows = set_aside(&pulled);
    let details: Vec<(u64, &str, &str)> =
        rows.iter().map(|row| (row.line, row.reason.as_str(), row.detail.as_str())).collect();
    assert_eq!(
        details,
        [
            (
                2,
                "column \"rating\": not a whole number",
                "column \"rating\": \"five\" is not a whole number (expected digits)"
            ),
            (
                3,
                "column \"rated_at\": not a time",
                "column \"rated_at\": \"31/02/2025 10:00\" is not a time (expected %d/%m/%Y %H:%M or %Y-%m-%d)"
            ),
            (4, "column \"rated_at\": no value", "column \"rated_at\": no value"),
            (5, "unknown agent", "unknown agent \"nobody\" (column \"agent\"): not on the roster"),
            (6, "column \"agent\": no value", "column \"agent\": no value"),
        ]
    );
    assert_eq!(rows[0].file, "c.csv");
    assert_eq!(
        serde_json::from_str::<Value>(&rows[0].row).unwrap(),
        json!({ "agent": "a1", "rated_at": "2025-01-02", "rating": "five" })
    );
}

#[tokio::test]
async fn records_that_are_no_rows_are_set_aside_with_their_line() {
    let text =
        format!("{HEADER}\na1,2025-01-02\r\na1,2025-01-02,5\n\na1,\"2025\n-01-02\",5,x\na1,2025-01-02,4").into_bytes();
    let bench = csv(text);
    let (found, aside) = bench.facts().await;
    assert_eq!(found, [csat("a1", "2025-01-02", "9", 2)]);
    assert_eq!(aside, ["3: 2 fields where the header has 3", "6: 4 fields where the header has 3"]);
}

#[tokio::test]
async fn text_that_is_not_utf8_costs_its_row_only_where_it_is_used() {
    let mut text = b"agent,rated_at,rating,remarks\na1,2025-01-02,5,caf\xe9\na1,2025-01-02,4,ok\n".to_vec();
    assert_eq!(csv(&text).facts().await.0, [csat("a1", "2025-01-02", "9", 2)]);
    text.extend_from_slice(b"a\xff,2025-01-02,3,ok\n");
    let (found, aside) = csv(&text).facts().await;
    assert_eq!(found, [csat("a1", "2025-01-02", "9", 2)]);
    assert_eq!(aside, ["4: column \"agent\": \"a\u{fffd}\" is not UTF-8; export the file as UTF-8"]);
    assert_eq!(csv(b"\xff\xfea\0g\0\n\0").error().await, "c.csv: the file is UTF-16, not UTF-8; export it as UTF-8");
    let lines = Bench::contacts(json!([{ "kind": "files", "files": ["c.jsonl"] }])).write(
        "c.jsonl",
        b"{\"agent\":\"a1\",\"rated_at\":\"2025-01-02\",\"rating\":5}\n{\"agent\":\"\xff\"}\n{\"agent\":\n[1]\n",
    );
    let (found, aside) = lines.facts().await;
    assert_eq!(found, [csat("a1", "2025-01-02", "5", 1)]);
    assert_eq!(
        aside,
        [
            "2: the line is not UTF-8; export the file as UTF-8",
            "3: not a JSON object: EOF while parsing a value at line 1 column 9",
            "4: not a JSON object: invalid type: sequence, expected a JSON object at line 1 column 0"
        ]
    );
}

#[tokio::test]
async fn a_field_no_json_record_has_is_a_missing_column() {
    let bench = Bench::contacts(json!([{ "kind": "files", "files": ["c.jsonl"] }]))
        .write("c.jsonl", "{\"agent\":\"a1\",\"at\":\"2025-01-02\",\"rating\":5}\n");
    assert_eq!(
        bench.error().await,
        "c.jsonl: no record has the field \"rated_at\" for \"rated_at\"; correct `from`, or say `optional: true` where records may lack it"
    );
}

#[tokio::test]
async fn files_that_cannot_be_read_refuse_the_pull() {
    let bench = csv("");
    assert_eq!(bench.error().await, "c.csv: the file is empty, without even a header; export it again");
    assert_eq!(csv("\n\n").error().await, "c.csv: the file holds no header, only blank lines; export it again");
    let gone = csv("").with("/inputs/0/files", json!(["gone.csv"]));
    assert_eq!(gone.error().await, "gone.csv: there is no such file; check `files` of the source");
    let unmatched = csv("").with("/inputs/0/files", json!(["2025-*.csv"]));
    let folder = unmatched.path().display().to_string();
    assert_eq!(unmatched.error().await, format!("2025-*.csv: no file matches this pattern in {folder}"));
    fs::create_dir(bench.path().join("folder.csv")).unwrap();
    let folder = bench.with("/inputs/0/files", json!(["folder.csv"]));
    assert_eq!(
        folder.error().await,
        "folder.csv: this is a folder; name its files, for instance with a pattern such as `*.csv`"
    );
    let unknown = csv("").write("c.dat", HEADER).with("/inputs/0/files", json!(["c.dat"]));
    let message = unknown.error().await;
    assert!(message.starts_with("sources/contacts.yaml: inputs[0].format: the ending of"), "{message}");
    assert!(message.ends_with("write `format: csv`, `tsv`, `jsonl`, `parquet` or `xlsx`"), "{message}");
}

#[tokio::test]
async fn an_unreadable_path_says_so() {
    let bench = csv(HEADER);
    let path = bench.path().join("c.csv");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&path).is_ok() {
        // Root reads everything; a path through a file is unreadable even for root.
        let through = bench.with("/inputs/0/files", json!(["c.csv/inner.csv"]));
        let message = through.error().await;
        assert!(message.starts_with("c.csv/inner.csv: the file cannot be opened: Not a directory"), "{message}");
        return;
    }
    assert_eq!(bench.error().await, "c.csv: the file may not be read; give Merit's user the right to read it");
}

#[tokio::test]
async fn damaged_files_refuse_the_pull() {
    let parquet = Bench::contacts(json!([{ "kind": "files", "files": ["c.parquet"] }]));
    super::formats::write_contacts(&parquet.path().join("c.parquet"));
    let whole = fs::read(parquet.path().join("c.parquet")).unwrap();
    let truncated = parquet.write("c.parquet", &whole[..whole.len() / 2]);
    let message = truncated.error().await;
    assert!(message.starts_with("c.parquet: truncated or damaged Parquet ("), "{message}");
    assert!(message.ends_with("export or copy it again"), "{message}");
    let mut bytes = whole.clone();
    let footer = u32::from_le_bytes(whole[whole.len() - 8..whole.len() - 4].try_into().unwrap()) as usize;
    bytes[4..whole.len() - footer - 8].fill(0xff);
    let message = truncated.write("c.parquet", bytes).error().await;
    assert!(message.starts_with("c.parquet: truncated or damaged Parquet ("), "{message}");

    let workbook =
        Bench::contacts(json!([{ "kind": "files", "files": ["c.xlsx"] }])).write("c.xlsx", "PK\u{3}\u{4} no");
    let message = workbook.error().await;
    assert!(message.starts_with("c.xlsx: not a readable Excel workbook ("), "{message}");
}

#[tokio::test]
async fn a_quote_left_open_refuses_the_pull() {
    let rows = "a1,2025-01-02,5\n".repeat(1_500);
    let bench = csv(format!("{HEADER}a1,\"2025-01-02,5\n{rows}"));
    assert_eq!(
        bench.error().await,
        "c.csv: line 2: a quote opened here is not closed within 1000 lines; mend it and pull again"
    );
}

#[tokio::test]
async fn the_first_hundred_thousand_rows_set_aside_are_kept_and_all_are_counted() {
    let bench = csv(format!("{HEADER}{}", "a1,never,5\n".repeat(100_500)));
    let pulled = bench.pull().await.unwrap();
    assert_eq!(pulled.set_aside.rows, 100_500);
    assert_eq!(pulled.set_aside.by_reason["column \"rated_at\": not a time"], 100_500);
    assert_eq!(set_aside(&pulled).len(), 100_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_the_pull() {
    let bench = csv(format!("{HEADER}{}", "a1,never,5\n".repeat(20_000)));
    let small = bench.path().join("small");
    fs::create_dir(&small).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&small).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        println!("skipped: a small file system can only be mounted by root");
        return;
    }
    let outcome = bench.pull_spooling_to(&small).await.map(|pulled| pulled.set_aside.rows);
    Command::new("umount").arg("-l").arg(&small).status().unwrap();
    let message = outcome.unwrap_err().to_string();
    assert!(
        message.starts_with(&format!("{}: cannot keep the pull's working files here: No space left", small.display())),
        "{message}"
    );
    assert!(message.ends_with("free some space or choose another folder"), "{message}");
}
