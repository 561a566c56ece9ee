//! A real PostgreSQL for tests: the server named by MERIT_TEST_POSTGRES_URL, or one started here.
//!
//! Test runners put every test in a process of its own, so the server is shared by all children of one runner (the parent
//! process) and stopped when the runner ends. Each test gets a database of its own, copied from a migrated template.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use merit::store::Store;
use sqlx::{Connection, Executor, PgConnection};

const MEND: &str = "install PostgreSQL 13 or newer (Debian: apt-get install postgresql; macOS: brew install postgresql), or name \
    a server on which tests may create databases with MERIT_TEST_POSTGRES_URL=postgres://USER@HOST:PORT/postgres";

/// A database of one test; dropped with this.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) url: String,
    server: String,
    name: String,
}

/// A migrated database of its own for the calling test.
pub(crate) async fn database() -> Database {
    let server = server();
    let template = template(&server).await;
    let name = format!("merit_test_{}", uuid::Uuid::now_v7().simple());
    run(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    Database { url: with_name(&server, &name), server, name }
}

/// An empty database of its own for the calling test.
pub(crate) async fn empty_database() -> Database {
    let server = server();
    let name = format!("merit_test_{}", uuid::Uuid::now_v7().simple());
    run(&server, &format!("CREATE DATABASE {name}")).await;
    Database { url: with_name(&server, &name), server, name }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let server = self.server.clone();
        // A runtime cannot block inside another one, so the farewell has a thread of its own.
        let farewell = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(run(&server, &drop));
        });
        if farewell.join().is_err() {
            eprintln!("the test's database {} is left behind", self.name);
        }
    }
}

async fn run(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.expect("the test server answers");
    connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.expect(sql);
    connection.close().await.expect("closing");
}

/// The same server's address with another database's name.
fn with_name(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("MERIT_TEST_POSTGRES_URL ends in /DATABASE");
    format!("{base}/{name}")
}

/// Makes the template once a runner; later tests find it.
async fn template(server: &str) -> String {
    let name = format!("merit_template_{}", runner());
    let lock = locked("template");
    let mut connection = PgConnection::connect(server).await.expect("the test server answers");
    let present: Option<(i32,)> = sqlx::query_as("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_optional(&mut connection)
        .await
        .expect("the list of databases");
    if present.is_none() {
        let half = format!("{name}_half");
        for sql in [format!("DROP DATABASE IF EXISTS {half}"), format!("CREATE DATABASE {half}")] {
            connection.execute(sqlx::AssertSqlSafe(sql)).await.expect("a template");
        }
        let store = Store::open(&with_name(server, &half)).await.expect("the template opens");
        store.migrate().await.expect("migrations run");
        store.close().await.expect("closing");
        let rename = format!("ALTER DATABASE {half} RENAME TO {name}");
        connection.execute(sqlx::AssertSqlSafe(rename)).await.expect("the template is finished");
    }
    connection.close().await.expect("closing");
    drop(lock);
    name
}

/// The address of the server's own database `postgres`.
fn server() -> String {
    if let Ok(url) = std::env::var("MERIT_TEST_POSTGRES_URL") {
        return url;
    }
    let folder = std::env::temp_dir().join(format!("merit-postgres-{}", runner()));
    let lock = locked("server");
    let url = match fs::read_to_string(folder.join("url")) {
        Ok(url) if answers(&url) => url,
        _ => start(&folder),
    };
    drop(lock);
    url
}

/// The process whose children share the server.
fn runner() -> u32 {
    std::os::unix::process::parent_id()
}

/// A lock between the tests of one runner, held until dropped.
fn locked(what: &str) -> File {
    let path = std::env::temp_dir().join(format!("merit-postgres-{}-{what}.lock", runner()));
    let file = File::create(path).expect("a lock file");
    file.lock().expect("the lock");
    file
}

fn answers(url: &str) -> bool {
    let port = url.rsplit_once(':').and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
    std::net::TcpStream::connect(format!("127.0.0.1:{port}")).is_ok()
}

fn start(folder: &Path) -> String {
    let binaries = binaries();
    if folder.exists() {
        fs::remove_dir_all(folder).expect("removing an old cluster");
    }
    fs::create_dir_all(folder).expect("a folder for the cluster");
    if is_root() {
        finish(Command::new("chown").arg("postgres").arg(folder));
    }
    let data = folder.join("data");
    finish(
        as_server(&binaries.join("initdb"))
            .arg("-D")
            .arg(&data)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]),
    );
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let options = format!(
        "-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off -c full_page_writes=off \
         -c max_connections=300 -c shared_buffers=64MB"
    );
    finish(
        as_server(&binaries.join("pg_ctl"))
            .args(["start", "-w", "-s", "-o", &options, "-D"])
            .arg(&data)
            .arg("-l")
            .arg(folder.join("log")),
    );
    stop_with_runner(&binaries, folder, &data);
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    fs::write(folder.join("url"), &url).expect("the server's address");
    url
}

/// A shell that waits for the runner to end, stops the server and removes its files.
fn stop_with_runner(binaries: &Path, folder: &Path, data: &Path) {
    use std::os::unix::process::CommandExt;
    let user = if is_root() { "runuser -u postgres -- " } else { "" };
    let script = format!(
        "(while kill -0 {runner}; do sleep 1; done; cd /; {user}'{pg_ctl}' stop -m immediate -D '{data}'; rm -rf '{folder}' '{folder}'-*.lock) &",
        runner = runner(),
        pg_ctl = binaries.join("pg_ctl").display(),
        data = data.display(),
        folder = folder.display(),
    );
    Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .status()
        .expect("a shell");
}

fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").output().expect("id");
    answer.stdout.trim_ascii() == b"0"
}

/// The server's programs refuse to run as root.
fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn finish(command: &mut Command) {
    let command = command.current_dir("/").stdin(Stdio::null());
    // To files rather than pipes: the server keeps its output open long after pg_ctl is done.
    let output = tempfile::NamedTempFile::new().expect("a file for the output");
    let status = command
        .stdout(output.reopen().expect("the output"))
        .stderr(output.reopen().expect("the output"))
        .status()
        .unwrap_or_else(|error| panic!("cannot run {command:?}: {error}; {MEND}"));
    let said = fs::read_to_string(output.path()).unwrap_or_default();
    assert!(status.success(), "{command:?} failed: {said}; {MEND}");
}

/// The folder with initdb and pg_ctl: on the PATH, or the newest in the places packages put it.
pub(crate) fn binaries() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    let patterns =
        ["/usr/lib/postgresql/*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb", "/usr/pgsql-*/bin/initdb"];
    let installed = || {
        let found = patterns.iter().flat_map(|pattern| glob::glob(pattern).expect("a pattern")).flatten();
        found.filter_map(|initdb| initdb.parent().map(Path::to_owned)).max_by_key(|folder| version(folder))
    };
    on_path.or_else(installed).unwrap_or_else(|| panic!("there is no PostgreSQL on this machine; {MEND}"))
}

fn version(folder: &Path) -> u32 {
    let digits: String = folder.display().to_string().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}
