//! A real PostgreSQL for the tests: one cluster for all test processes, a database for each test.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// The address of a fresh, empty database. `MERIT_TEST_POSTGRES_URL` names a server to use instead of one of our own.
pub(crate) async fn fresh_database() -> String {
    let server = std::env::var("MERIT_TEST_POSTGRES_URL").unwrap_or_else(|_| own_server());
    let name = format!("merit_{}", uuid::Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    format!("{server}/{name}")
}

/// Starts the cluster of this project's tests unless it runs. It stays up for the next run; `scripts/test` stops it.
fn own_server() -> String {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("postgres");
    fs::create_dir_all(&home).unwrap();
    let lock = File::create(home.join("lock")).unwrap();
    lock.lock().unwrap();
    let (data, port) = (home.join("data"), home.join("port"));
    let bin = binaries();
    let running = data.exists() && as_postgres(&bin.join("pg_ctl"), &["status", "-D", text(&data)]).status.success();
    if !running {
        start(&bin, &home, &data, &port);
    }
    format!("postgres://merit@127.0.0.1:{}", fs::read_to_string(port).unwrap())
}

fn start(bin: &Path, home: &Path, data: &Path, port: &Path) {
    if is_root() {
        done(Command::new("chown").args(["-R", "postgres"]).arg(home).output().unwrap());
        open_the_way(home);
    }
    if !data.join("PG_VERSION").exists() {
        let _ = fs::remove_dir_all(data);
        done(as_postgres(&bin.join("initdb"), &["-D", text(data), "-U", "merit", "-A", "trust", "--no-sync"]));
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = format!(
        "-p {free} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c fsync=off -c max_connections=300",
        home.display()
    );
    let log = home.join("log");
    // pg_ctl's children keep its pipes open, so that waiting for them to close would wait for the server's end.
    let status = command(&bin.join("pg_ctl"), &["start", "-w", "-D", text(data), "-l", text(&log), "-o", &settings])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "PostgreSQL did not start: {}", fs::read_to_string(log).unwrap_or_default());
    fs::write(port, free.to_string()).unwrap();
}

/// PostgreSQL's own user must be able to walk to the folder.
fn open_the_way(home: &Path) {
    for folder in home.ancestors().skip(1).filter(|folder| folder.parent().is_some()) {
        let _ = Command::new("chmod").arg("o+x").arg(folder).output();
    }
}

fn binaries() -> PathBuf {
    let installed =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).chain(installed).collect();
    folders.retain(|folder| folder.join("initdb").exists());
    let Some(folder) = folders.pop() else {
        panic!("PostgreSQL is not installed: install it (Debian package postgresql), or set MERIT_TEST_POSTGRES_URL")
    };
    folder
}

fn is_root() -> bool {
    String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0"
}

/// PostgreSQL refuses to run as root; it then runs as its own user.
fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        command = Command::new("runuser");
        command.args(["-u", "postgres", "--", text(program)]);
    }
    command.args(arguments).current_dir("/");
    command
}

fn as_postgres(program: &Path, arguments: &[&str]) -> Output {
    command(program, arguments).output().unwrap()
}

fn done(output: Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
