//! The same four contacts in every file format.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Decimal128Array, Float64Array, Int32Array, RecordBatch, StringArray, TimestampNanosecondArray,
};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use super::bench::{Bench, Fact, csat, facts, set_aside};

fn expected() -> Vec<Fact> {
    vec![csat("a1", "2025-01-02", "9", 2), csat("a1", "2025-01-03", "1", 1), csat("a2", "2025-01-02", "3", 1)]
}

const CSV: &str = "agent,rated_at,rating,remarks
a1,2025-01-02 09:00:00,5,\"said: \"\"fine\"\", thanks\"
a1,2025-01-02T10:30:00,4,\"two
lines\"
alias1,2025-01-03,1,
a2,2025-01-02T23:59:59Z,3,\u{e9}
";

fn files(name: &str) -> Value {
    json!([{ "kind": "files", "files": [name] }])
}

#[tokio::test]
async fn csv_with_quotes_and_line_breaks() {
    let bench = Bench::contacts(files("c.csv")).write("c.csv", CSV);
    assert_eq!(bench.facts().await, (expected(), vec![]));
}

#[tokio::test]
async fn csv_with_byte_order_mark_and_windows_line_ends() {
    let text = format!("\u{feff}{}", CSV.replace('\n', "\r\n"));
    let bench = Bench::contacts(files("c.csv")).write("c.csv", text);
    assert_eq!(bench.facts().await, (expected(), vec![]));
}

#[tokio::test]
async fn tsv() {
    let text = "agent\trated_at\trating\na1\t2025-01-02 09:00\t5\na1\t2025-01-02 10:30\t4\na1\t2025-01-03\t1\na2\t2025-01-02\t3\n";
    let bench = Bench::contacts(files("c.tsv")).write("c.tsv", text);
    assert_eq!(bench.facts().await, (expected(), vec![]));
}

#[tokio::test]
async fn json_lines_with_nested_values() {
    let text = r#"{"who":{"number":"a1"},"rated_at":"2025-01-02T09:00:00","rating":5}
{"who":{"number":"a1"},"rated_at":"2025-01-02T09:00:00","rating":4,"more":[1,2]}

{"who":{"number":"a1"},"rated_at":"2025-01-03","rating":1}
{"who":{"number":"a2"},"rated_at":"2025-01-02","rating":"3"}"#;
    let bench =
        Bench::contacts(files("c.jsonl")).with("/columns/agent/from", json!("/who/number")).write("c.jsonl", text);
    assert_eq!(bench.facts().await, (expected(), vec![]));
}

/// Writes the contacts as Parquet in row groups of two rows.
fn write_parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn parquet_columns() -> Vec<(&'static str, ArrayRef)> {
    let nanos = |text: &str| text.parse::<chrono::NaiveDateTime>().unwrap().and_utc().timestamp_nanos_opt().unwrap();
    let times = ["2025-01-02T09:00:00", "2025-01-02T10:30:00", "2025-01-03T00:00:00", "2025-01-02T23:59:59"].map(nanos);
    vec![
        ("unused", Arc::new(Float64Array::from(vec![0.5; 4])) as ArrayRef),
        ("rating", Arc::new(Int32Array::from(vec![5, 4, 1, 3]))),
        ("rated_at", Arc::new(TimestampNanosecondArray::from(times.to_vec()))),
        ("agent", Arc::new(StringArray::from(vec!["a1", "a1", "alias1", "a2"]))),
    ]
}

/// The four contacts as Parquet.
pub(crate) fn write_contacts(path: &Path) {
    write_parquet(path, parquet_columns());
}

#[tokio::test]
async fn parquet_by_row_groups() {
    let bench = Bench::contacts(files("c 100% #1 é.parquet"));
    write_parquet(&bench.path().join("c 100% #1 é.parquet"), parquet_columns());
    assert_eq!(bench.facts().await, (expected(), vec![]));
}

#[tokio::test]
async fn parquet_tells_the_exact_row_of_a_problem() {
    let bench = Bench::contacts(files("c.parquet"));
    let mut columns = parquet_columns();
    columns[3].1 = Arc::new(StringArray::from(vec![Some("a1"), None, Some("nobody"), Some(" ")]));
    write_parquet(&bench.path().join("c.parquet"), columns);
    let (facts, aside) = bench.facts().await;
    assert_eq!(facts, [csat("a1", "2025-01-02", "5", 1)]);
    assert_eq!(
        aside,
        [
            "2: column \"agent\": no value",
            "3: unknown agent \"nobody\" (column \"agent\"): not on the roster",
            "4: column \"agent\": no value"
        ]
    );
}

#[tokio::test]
async fn parquet_times_with_a_zone_become_the_sources_local_time() {
    let bench = Bench::contacts(files("c.parquet")).with("/time_zone", json!("Asia/Shanghai"));
    let mut columns = parquet_columns();
    let utc = TimestampNanosecondArray::from(vec![
        1_735_748_999_000_000_000_i64,
        1_735_749_000_000_000_000,
        1_735_747_200_000_000_000,
        1_735_747_199_000_000_000,
    ]);
    columns[2].1 = Arc::new(utc.with_timezone("UTC"));
    write_parquet(&bench.path().join("c.parquet"), columns);
    let (facts, _) = bench.facts().await;
    // 2025-01-01 16:00 UTC is midnight of the 2nd in Shanghai.
    assert_eq!(facts, [csat("a1", "2025-01-02", "10", 3), csat("a2", "2025-01-01", "3", 1)]);
}

#[tokio::test]
async fn parquet_numbers_of_any_type_become_decimals() {
    let bench = Bench::contacts(files("c.parquet")).with("/columns/rating", json!({ "type": "decimal", "scale": 2 }));
    for (column, sum) in [
        (Arc::new(Float64Array::from(vec![5.25, 4.0, 1.0, 3.125])) as ArrayRef, "9.25"),
        (
            Arc::new(
                Decimal128Array::from(vec![52_500, 40_000, 10_000, 31_250]).with_precision_and_scale(10, 4).unwrap(),
            ),
            "9.25",
        ),
        (Arc::new(StringArray::from(vec!["5.25", " 4 ", "1", "3.125"])), "9.25"),
    ] {
        let mut columns = parquet_columns();
        columns[1].1 = column;
        write_parquet(&bench.path().join("c.parquet"), columns);
        let (facts, aside) = bench.facts().await;
        assert_eq!(facts, [csat("a1", "2025-01-02", sum, 2), csat("a1", "2025-01-03", "1", 1)]);
        let [aside] = aside.as_slice() else { panic!("{aside:?}") };
        assert!(
            aside.starts_with("4: column \"rating\": \"3.125") && aside.ends_with("has more than 2 decimals"),
            "{aside}"
        );
    }
}

#[tokio::test]
async fn xlsx_with_typed_dates_and_error_cells() {
    let bench = Bench::contacts(files("c.xlsx")).with("/columns/rated_at/formats", json!(["%d/%m/%Y"]));
    super::workbook::write(
        &bench.path().join("c.xlsx"),
        "Contacts",
        &[
            // 45659 is 2025-01-02.
            r#"<c r="B2" t="inlineStr"><is><t>agent</t></is></c><c r="C2" t="inlineStr"><is><t>rated_at</t></is></c><c r="D2" t="inlineStr"><is><t>rating</t></is></c>"#,
            r#"<c r="B3" t="inlineStr"><is><t>a1</t></is></c><c r="C3" s="1"><v>45659.375</v></c><c r="D3"><v>5</v></c>"#,
            r#"<c r="B4" t="inlineStr"><is><t>a1</t></is></c><c r="C4" t="inlineStr"><is><t>02/01/2025</t></is></c><c r="D4"><v>4</v></c>"#,
            r#"<c r="B5" t="inlineStr"><is><t>a1</t></is></c><c r="C5" s="1"><v>45660</v></c><c r="D5"><v>1</v></c>"#,
            r#"<c r="B6" t="inlineStr"><is><t>a2</t></is></c><c r="C6" s="1"><v>45659</v></c><c r="D6"><v>3</v></c>"#,
            r##"<c r="B7" t="inlineStr"><is><t>a2</t></is></c><c r="C7" s="1"><v>45659</v></c><c r="D7" t="e"><v>#DIV/0!</v></c>"##,
        ],
    );
    let pulled = bench.pull().await.unwrap();
    assert_eq!(facts(&pulled), expected());
    let aside = set_aside(&pulled);
    assert_eq!(aside[0].detail, "column \"rating\": the cell holds the error #DIV/0!");
    assert_eq!(aside[0].line, 7);
    assert_eq!(pulled.set_aside.by_reason["column \"rating\": error in the cell"], 1);
    let bench = bench.with("/inputs/0/sheet", json!("Contact"));
    assert_eq!(
        bench.error().await,
        "c.xlsx: there is no sheet \"Contact\"; the sheets are \"Contacts\"; did you mean \"Contacts\"?"
    );
}

#[tokio::test]
async fn a_pattern_reads_its_files_in_order_of_name() {
    let bench = Bench::contacts(json!([{ "kind": "files", "files": ["c-*.csv", "c-2.csv"] }]))
        .with("/key", json!({ "columns": ["agent"] }))
        .write("c-2.csv", "agent,rated_at,rating\na1,2025-01-02,2\n")
        .write("c-1.csv", "agent,rated_at,rating\na1,2025-01-02,1\na2,2025-01-02,4\n")
        .write("d-3.csv", "agent,rated_at,rating\na1,2025-01-02,3\n");
    let pulled = bench.pull().await.unwrap();
    assert_eq!(facts(&pulled), [csat("a1", "2025-01-02", "2", 1), csat("a2", "2025-01-02", "4", 1)]);
    assert_eq!((pulled.read, pulled.superseded), (3, 1), "a file named twice is read once");
}

#[tokio::test]
async fn progress_is_told_in_rows_and_bytes_of_all_files() {
    let bench = Bench::contacts(json!([{ "kind": "files", "files": ["c.csv", "c.parquet"] }])).write("c.csv", CSV);
    write_contacts(&bench.path().join("c.parquet"));
    bench.pull().await.unwrap();
    let size = |name: &str| bench.path().join(name).metadata().unwrap().len();
    let total = size("c.csv") + size("c.parquet");
    let told = bench.told.lock().unwrap();
    let last = told.last().unwrap();
    assert_eq!((last.rows, last.total_bytes), (8, Some(total)));
    assert!(last.bytes > size("c.csv") && last.bytes <= total);
    assert!(told.windows(2).all(|pair| pair[0].rows <= pair[1].rows));
}
