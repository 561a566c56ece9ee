//! What a pull costs beside its SQL engine alone: the same query over the same rows, in one run.
//!
//! `scripts/bench pull` calls this a phase a process, so that peak memory is each phase's own.
#![expect(clippy::unwrap_used, reason = "a benchmark that meets the unexpected should stop")]
#![expect(clippy::cast_possible_wrap, reason = "sizes chosen here fit")]
#![expect(clippy::float_arithmetic, reason = "seconds and ratios are printed, not paid")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use futures::StreamExt as _;
use merit::app::{App, Clock, PullOrder};
use merit::pull::{AgentIndex, PullRequest};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const BATCH: usize = 500_000;
/// 2026-07-01 00:00 UTC, and the days of that quarter.
const FIRST_MILLISECOND: i64 = 1_782_864_000_000;
const DAYS: i64 = 92;

/// The source's SQL; DataFusion alone runs the same text with the agent's text as the agent.
const FACTS: &str = r#"SELECT agent, CAST(started_at AS DATE) AS day,
       sum(CASE WHEN rating >= 4 THEN 1 ELSE 0 END) AS "csat_t2b.numerator",
       count(rating) AS "csat_t2b.denominator",
       sum(CASE WHEN wait_seconds <= 20 THEN 1 ELSE 0 END) AS "frt_sla.numerator",
       count(wait_seconds) AS "frt_sla.denominator",
       sum(talk_seconds) AS "aht.numerator",
       count(talk_seconds) AS "aht.denominator",
       sum(CASE WHEN came_back THEN 0 ELSE 1 END) AS "fcr_repeat.numerator",
       count(came_back) AS "fcr_repeat.denominator"
FROM rows GROUP BY agent, CAST(started_at AS DATE)"#;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", folder, rows, agents] => {
            generate(Path::new(folder), rows.parse().unwrap(), agents.parse().unwrap());
        }
        ["datafusion", folder] => runtime.block_on(datafusion_alone(Path::new(folder))),
        ["merit", folder, database] => runtime.block_on(merit_pull(Path::new(folder), database)),
        // `cargo bench` without a phase: a small run, so that the benchmark itself stays sound.
        _ => {
            let folder = tempfile::tempdir().unwrap();
            generate(folder.path(), 200_000, 200);
            runtime.block_on(datafusion_alone(folder.path()));
            let database = folder.path().join("merit.db");
            runtime.block_on(merit_pull(folder.path(), database.to_str().unwrap()));
        }
    }
}

fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn report(what: &str, seconds: f64, extra: &str) {
    println!("{what}: {seconds:.2} s, peak {} MiB{extra}", peak_mib());
}

/// Where the engine's own seconds stand, for the phases that follow.
fn floor_file(folder: &Path) -> PathBuf {
    folder.join("floor-seconds")
}

/// The seconds of a phase as a ratio to the engine alone.
fn ratio(folder: &Path, seconds: f64) -> String {
    let floor: f64 = fs::read_to_string(floor_file(folder)).unwrap().parse().unwrap();
    format!(", ratio to DataFusion alone {:.2}", seconds / floor)
}

/// Contacts of one quarter as Parquet, and the rules, roster and source that read them.
fn generate(folder: &Path, rows: usize, agents: usize) {
    let mut random = ChaCha8Rng::seed_from_u64(20);
    let mut writer: Option<ArrowWriter<File>> = None;
    let mut written = 0;
    while written < rows {
        let size = BATCH.min(rows - written);
        let mut agent = Vec::with_capacity(size);
        let mut started = Vec::with_capacity(size);
        let mut figures: [Vec<i64>; 3] = Default::default();
        let mut rating: Vec<Option<i64>> = Vec::with_capacity(size);
        let mut came_back: Vec<Option<bool>> = Vec::with_capacity(size);
        for row in 0..size {
            agent.push(format!("A{:06}", random.random_range(0..agents)));
            // Contacts come in the order of time, as an export has them.
            let at = (written + row) as i64 * DAYS * 86_400_000 / rows as i64;
            started.push(FIRST_MILLISECOND + at);
            figures[0].push((written + row) as i64);
            figures[1].push(random.random_range(0..60));
            figures[2].push(random.random_range(30..900));
            let replied = random.random_range(0..100) < 40;
            rating.push(replied.then(|| random.random_range(1..=5)));
            came_back.push(replied.then(|| random.random_range(0..100) < 12));
        }
        let [contact, wait, talk] = figures;
        let columns: [(&str, ArrayRef, bool); 7] = [
            ("contact", Arc::new(Int64Array::from(contact)), false),
            ("agent", Arc::new(StringArray::from(agent)), false),
            ("started_at", Arc::new(TimestampMillisecondArray::from(started)), false),
            ("wait_seconds", Arc::new(Int64Array::from(wait)), false),
            ("talk_seconds", Arc::new(Int64Array::from(talk)), false),
            ("rating", Arc::new(Int64Array::from(rating)), true),
            ("came_back", Arc::new(BooleanArray::from(came_back)), true),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let writer = writer.get_or_insert_with(|| {
            ArrowWriter::try_new(File::create(folder.join("contacts.parquet")).unwrap(), batch.schema(), None).unwrap()
        });
        writer.write(&batch).unwrap();
        written += size;
    }
    writer.unwrap().close().unwrap();
    write_company(folder, agents);
    println!("generated: {rows} contacts of {agents} agents over {DAYS} days");
}

fn write_company(folder: &Path, agents: usize) {
    let rules = folder.join("rules");
    let _ = fs::remove_dir_all(&rules);
    merit::app::write_default_rules(&rules).unwrap();
    fs::remove_dir_all(rules.join("sources")).unwrap();
    fs::create_dir(rules.join("sources")).unwrap();
    let facts = FACTS.replace('\n', "\n  ");
    let source = format!(
        "id: contacts\ntime_zone: UTC\ninputs:\n  - kind: files\n    files: [../contacts.parquet]\ncolumns:\n  agent: {{ type: agent }}\n  \
         started_at: {{ type: timestamp, required: true }}\n  wait_seconds: {{ type: integer }}\n  talk_seconds: {{ type: integer }}\n  \
         rating: {{ type: integer }}\n  came_back: {{ type: boolean }}\nchecks:\n  - check: rating BETWEEN 1 AND 5\n    reason: rating outside 1 to 5\n\
         facts: |\n  {facts}\n"
    );
    fs::write(rules.join("sources/contacts.yaml"), source).unwrap();
    fs::write(folder.join("units.csv"), "unit,parent,kind,name_en,name_zh\nHQ,,headquarters,All,全部\n").unwrap();
    let mut people = String::from("employee_number,name,unit,post,from,fte,target_incentive,currency\n");
    for agent in 0..agents {
        people.push_str(&format!("A{agent:06},Agent {agent},HQ,front_line,2026-01-01,1,3000,CNY\n"));
    }
    fs::write(folder.join("people.csv"), people).unwrap();
}

/// The engine alone: the same SQL over the same file, its result read to the end.
async fn datafusion_alone(folder: &Path) {
    let started = Instant::now();
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    let file = folder.join("contacts.parquet");
    context.register_parquet("rows", file.to_str().unwrap(), ParquetReadOptions::default()).await.unwrap();
    let mut batches = context.sql(FACTS).await.unwrap().execute_stream().await.unwrap();
    let mut rows = 0;
    while let Some(batch) = batches.next().await {
        rows += batch.unwrap().num_rows();
    }
    let seconds = started.elapsed().as_secs_f64();
    fs::write(floor_file(folder), seconds.to_string()).unwrap();
    report("DataFusion alone", seconds, &format!(", {rows} groups"));
}

/// The pull without the store: reading, checking, matching agents, SQL, facts in memory.
async fn engine_part(folder: &Path, database: &str) {
    let rules = &folder.join("rules");
    let store = merit::store::Store::open(database).await.unwrap();
    let loaded = merit::rules::load(rules).unwrap();
    let started = Instant::now();
    let mut agents = AgentIndex::default();
    for key in store.agent_keys().await.unwrap() {
        agents.add(key.id, &key.employee_number, &key.name, []);
    }
    let metrics = loaded.ruleset.metrics.keys().map(ToString::to_string).collect();
    let spool = tempfile::tempdir().unwrap();
    let request = PullRequest {
        spec: loaded.sources.get("contacts").unwrap(),
        calendars: &loaded.calendars,
        spec_file: "sources/contacts.yaml",
        base_dir: rules,
        window: None,
        agents,
        metrics: &metrics,
        spool_dir: spool.path(),
        progress: None,
        memory_limit: 512 << 20,
        environment: &|_| None,
        now: Clock::System.now(),
        backoff_base: Duration::from_secs(1),
    };
    let pulled = merit::pull::pull(request).await.unwrap();
    let seconds = started.elapsed().as_secs_f64();
    report("merit without the store", seconds, &format!(", {} facts{}", pulled.facts.len(), ratio(folder, seconds)));
}

async fn merit_pull(folder: &Path, database: &str) {
    let app = App::open(database, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    for file in ["units.csv", "people.csv"] {
        app.import_roster(&folder.join(file), None, false).await.unwrap();
    }
    engine_part(folder, database).await;
    let rules = folder.join("rules");
    let order = || PullOrder {
        rules: &rules,
        source: "contacts",
        days: None,
        dry_run: false,
        allow_removals: false,
        progress: &|_| {},
    };
    for (what, changed) in [("merit pull", true), ("merit pull again", false)] {
        let started = Instant::now();
        let pull = app.pull(order()).await.unwrap().pull;
        assert_eq!(pull.facts_added > 0, changed, "{what}");
        let seconds = started.elapsed().as_secs_f64();
        let ratio = ratio(folder, seconds);
        report(what, seconds, &format!(", {} rows, {} facts added{ratio}", pull.rows_read, pull.facts_added));
    }
}
