//! A real MariaDB of a test's own.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A server on loopback with the database `calls` and the user `merit` (password `pa55word`); it ends with this value.
pub(crate) struct MariaDb {
    server: Child,
    _folder: TempDir,
    pub(crate) url: String,
}

impl MariaDb {
    /// `None`, with a printed reason, where MariaDB is not installed.
    pub(crate) fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let root = String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0";
        if root {
            // The server gives up root for its own user, who must be able to walk to the folder.
            run(Command::new("chmod").arg("755").arg(folder.path()));
        }
        let mut install = Command::new("mariadb-install-db");
        install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        if root {
            install.arg("--user=mysql");
        }
        let installed = install.arg(format!("--datadir={}", data.display())).output();
        match installed {
            Err(_) => {
                println!("skipped: MariaDB is not installed (Debian package mariadb-server)");
                return None;
            }
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        }
        let setup = folder.path().join("setup.sql");
        let user = "CREATE DATABASE calls; CREATE USER 'merit'@'127.0.0.1' IDENTIFIED BY 'pa55word'; \
            GRANT ALL ON calls.* TO 'merit'@'127.0.0.1';\n";
        fs::write(&setup, user.replace("; ", ";\n")).unwrap();
        if root {
            run(Command::new("chmod").arg("644").arg(&setup));
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = serve(&data, &setup, port, root);
        let waited = Command::new("mariadb-admin")
            .args(["--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=merit", "--password=pa55word"])
            .args([format!("--port={port}").as_str(), "--wait=60", "--connect-timeout=60", "ping"])
            .output()
            .unwrap();
        assert!(waited.status.success(), "{}", String::from_utf8_lossy(&waited.stderr));
        Some(Self { server, _folder: folder, url: format!("mysql://merit:pa55word@127.0.0.1:{port}/calls") })
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn serve(data: &Path, setup: &Path, port: u16, root: bool) -> Child {
    let mut server = Command::new("mariadbd");
    server
        .args([
            "--no-defaults",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--innodb-fast-shutdown=2",
        ])
        .arg(format!("--datadir={}", data.display()))
        .arg(format!("--socket={}", data.join("socket").display()))
        .arg(format!("--init-file={}", setup.display()))
        .arg(format!("--port={port}"));
    if root {
        server.arg("--user=mysql");
    }
    server.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success());
}
