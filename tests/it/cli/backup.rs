//! A backup made while somebody writes, put in place of a lost database, replays to the byte; on PostgreSQL by its own tools.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use merit::app::{App, Clock};
use sha2::{Digest as _, Sha256};

use crate::support::command::{merit, printed, refused};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::postgres;

/// Pulls other figures again and again until told to stop; returns how often.
fn writer(company: Arc<Company>, database: String) -> impl FnOnce() -> u32 {
    let stop = Arc::new(AtomicBool::new(false));
    let begun = Arc::new(AtomicBool::new(false));
    let (stopped, started) = (stop.clone(), begun.clone());
    let pulls = tokio::spawn(async move {
        let app = App::open(&database, Clock::System).await.unwrap();
        let mut pulls = 0;
        while !stopped.load(Ordering::Relaxed) {
            company.write_figures(i64::from(pulls % 2) * 7);
            company.pull(&app).await.unwrap();
            pulls += 1;
            started.store(true, Ordering::Relaxed);
        }
        pulls
    });
    while !begun.load(Ordering::Relaxed) {
        std::thread::yield_now();
    }
    move || {
        stop.store(true, Ordering::Relaxed);
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(pulls)).unwrap()
    }
}

async fn appraised(company: &Company, database: &str) {
    let app = company.load(database).await;
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    printed(merit(company, database).args(["appraise", FIRST_QUARTER]).output().unwrap());
}

fn replays(company: &Company, database: &str) {
    let said = printed(merit(company, database).args(["replay", FIRST_QUARTER]).output().unwrap());
    assert!(said.contains("12 results of agents and 2 of units recomputed, all the same to the byte"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_of_an_embedded_database_in_use_replays() {
    let company = Arc::new(Company::new(12));
    let database = company.sqlite();
    appraised(&company, &database).await;
    let stop = writer(company.clone(), database.clone());
    let mut said = String::new();
    for time in 0..5 {
        let file = format!("backup-{time}.db");
        said = printed(merit(&company, &database).args(["backup", &file]).output().unwrap());
        printed(merit(&company, "copy.db").args(["restore", &file, "--replace"]).output().unwrap());
        replays(&company, "copy.db");
    }
    assert!(stop() > 1);
    let file = company.path("backup-4.db");
    let bytes = fs::read(&file).unwrap();
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(said.contains(&format!("{} bytes, sha256 {hash}", bytes.len())), "{said}");
    let left: Vec<_> = fs::read_dir(company.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".part")), "{left:?}");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(
        file.metadata().unwrap().permissions().mode() & 0o777,
        0o600,
        "figures of people are their owner's alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_overwritten_or_replaced_by_accident() {
    let company = Company::new(12);
    let database = company.sqlite();
    appraised(&company, &database).await;
    let run = |arguments: &[&str]| merit(&company, &database).args(arguments).output().unwrap();
    printed(run(&["backup", "good.db"]));
    let said = refused(run(&["backup", "good.db"]), 1);
    assert!(said.contains("there is a file good.db already"), "{said}");
    let said = refused(run(&["restore", "good.db"]), 1);
    assert!(said.contains("merit.db already; give --replace"), "{said}");
    let before = fs::read(&database).unwrap();

    // Damage in the middle, something else altogether, a database of another program, and one of a newer Merit.
    let mut damaged = fs::read(company.path("good.db")).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 20_000].fill(0x5a);
    fs::write(company.path("damaged.db"), damaged).unwrap();
    fs::write(company.path("text.db"), "not a database at all, but long enough to look at").unwrap();
    sql(&company.path("foreign.db"), "CREATE TABLE t (x INTEGER)").await;
    fs::copy(company.path("good.db"), company.path("newer.db")).unwrap();
    sql(&company.path("newer.db"), "INSERT INTO seaql_migrations VALUES ('m99990101_000001_later', 0)").await;
    for (file, says) in [
        ("damaged.db", "damaged.db is damaged"),
        ("text.db", "text.db is damaged or no SQLite database"),
        ("foreign.db", "but not Merit's"),
        ("newer.db", "written by a newer Merit"),
        ("missing.db", "missing.db: No such file"),
    ] {
        let said = refused(run(&["restore", file, "--replace"]), 1);
        assert!(said.contains(says), "{said}");
        assert_eq!(fs::read(&database).unwrap(), before, "{file}");
    }

    let open = App::open(&database, Clock::System).await.unwrap();
    let said = refused(run(&["restore", "good.db", "--replace"]), 1);
    assert!(said.contains("somebody has the database") && said.contains("stop 'merit serve'"), "{said}");
    let said = refused(merit(&company, "x.db").args(["restore", &database]).output().unwrap(), 1);
    assert!(said.contains("is a database in use, not a backup"), "{said}");
    drop(open);
}

/// A lost main file leaves its log behind; a restored database must not take it for its own.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_lost_database_does_not_touch_the_restored_one() {
    let company = Company::new(12);
    let database = company.sqlite();
    appraised(&company, &database).await;
    printed(merit(&company, &database).args(["backup", "good.db"]).output().unwrap());
    let open = App::open(&database, Clock::System).await.unwrap();
    company.write_figures(7);
    company.pull(&open).await.unwrap();
    let log = fs::read(company.path("merit.db-wal")).unwrap();
    assert!(!log.is_empty());
    drop(open);
    for lost in [true, false] {
        fs::write(company.path("merit.db-wal"), &log).unwrap();
        if lost {
            fs::remove_file(&database).unwrap();
        } else {
            fs::write(&database, "a file that a failing disk left, of which nothing can be read any more").unwrap();
        }
        printed(merit(&company, &database).args(["restore", "good.db", "--replace"]).output().unwrap());
        assert_eq!(fs::read(&database).unwrap(), fs::read(company.path("good.db")).unwrap());
        assert!(!company.path("merit.db-wal").exists());
        replays(&company, &database);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_postgres_the_commands_that_merit_names_do_it() {
    let company = Arc::new(Company::new(12));
    let database = postgres::empty_database().await;
    appraised(&company, &database.url).await;
    let stop = writer(company.clone(), database.url.clone());
    let said = refused(merit(&company, &database.url).args(["backup", "merit's.dump"]).output().unwrap(), 1);
    shell(&company.path("."), &said, "pg_dump ");
    assert!(stop() > 0);
    let restored = postgres::empty_database().await;
    let said = refused(merit(&company, &restored.url).args(["restore", "merit's.dump"]).output().unwrap(), 1);
    shell(&company.path("."), &said, "pg_restore ");
    replays(&company, &restored.url);
    let secret = "postgres://merit:geheim@db.example/merit";
    let said = refused(merit(&company, secret).args(["restore", "merit's.dump"]).output().unwrap(), 1);
    assert!(said.contains("'postgres://merit@db.example:5432/merit'") && !said.contains("geheim"), "{said}");
}

/// Runs the command that a refusal names, with PostgreSQL's tools at hand.
fn shell(folder: &Path, said: &str, begins: &str) {
    let command = said.lines().map(str::trim).find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("{said}"));
    let path = format!("{}:{}", postgres::binaries().display(), std::env::var("PATH").unwrap());
    let output: Output =
        Command::new("sh").args(["-c", command]).env("PATH", path).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
}

async fn sql(file: &Path, sql: &'static str) {
    use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}
