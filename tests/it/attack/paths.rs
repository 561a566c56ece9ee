//! Names that lead elsewhere, wherever Merit takes the name of a file or something that becomes a part of one.
//!
//! From the network: addresses of pages and assets (`addresses_lead_to_no_file`), names of objects in the API's paths
//! (`names_of_objects_stay_names`), names in bodies (`names_in_bodies_stay_texts`); there is no upload. The provider in
//! `/sign-in/oidc/…` and the link in `/welcome/…` are looked up, and are among the addresses.
//!
//! From the operator: `merit backup` and `merit restore` (`backups…`, `restoring…`), `merit rules init` (`init…`), `files` of a source
//! (`a_source_reads…`), its SQL (`the_sql_of_a_source…`), its id, a part of the names of working files (`a_source_is…`), the folder of those
//! (`working_files…`). Files that are only read, and named on the command line by whoever may read them (rosters, mappings, ratings,
//! anchors, certificates, providers' files), are opened as they are named.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::command::{merit, printed, refused};
use crate::support::company::Company;
use crate::support::server::Server;

const TRICKS: [&str; 10] = [
    "../../../../../../../../etc/passwd",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%252e%252e%252f%252e%252e%252f%252e%252e%252fetc%252fpasswd",
    "..\\..\\..\\..\\etc\\passwd",
    "..%5c..%5c..%5cetc%5cpasswd",
    "..%c0%af..%c0%afetc/passwd",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "merit.css%00.html",
];

/// Status and body of an address that no client tidied.
async fn raw(server: &Server, address: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let token = &server.token;
    let request = format!(
        "GET {address} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_lead_to_no_file() {
    let company = Company::new(1);
    let server = Server::start(&company.load(&company.sqlite()).await).await;
    for below in ["/", "/assets/", "/static/", "/problems/", "/welcome/", "/sign-in/oidc/", "/api/v1/", "/health/"] {
        for trick in TRICKS {
            let (status, answer) = raw(&server, &format!("{below}{trick}")).await;
            assert!((300..500).contains(&status), "{below}{trick}: {answer}");
            assert!(!answer.contains("root:") && !answer.contains("--ink"), "{below}{trick}: {answer}");
        }
    }
    let (status, _) = raw(&server, "/assets/merit.css").await;
    assert_eq!(status, 200, "the stylesheet itself is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_objects_stay_names() {
    let company = Company::new(2);
    let server = Server::start(&company.load(&company.sqlite()).await).await;
    assert_eq!(raw(&server, "/api/v1/agents/E001").await.0, 200);
    for name in [
        "../units",
        "E001/../E002",
        "..%2funits",
        "E001%2f..%2fE002",
        "E001%2fdata",
        "%2e%2e",
        "%2e%2e%2funits",
        "%252e%252e%252funits",
        "..%5cunits",
        "E001%00",
        "E001%00.json",
        "./E001",
        "E001%2f",
    ] {
        let (status, answer) = raw(&server, &format!("/api/v1/agents/{name}")).await;
        assert!((400..500).contains(&status), "{name}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_in_bodies_stay_texts() {
    let company = Company::new(1);
    let server = Server::start(&company.load(&company.sqlite()).await).await;
    let listed =
        || fs::read_dir(company.path(".")).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    let before = listed();
    for (nth, name) in ["../../planted", "/tmp/planted", "..\\planted", "%2e%2e%2fplanted"].into_iter().enumerate() {
        let make = async |login: &str, name: &str| {
            let body = json!({ "kind": "client", "login": login, "name": name });
            let request = server.request(Method::POST, "/api/v1/users").bearer_auth(&server.token);
            let response = request.json(&body).send().await.unwrap();
            (response.status().as_u16(), response.text().await.unwrap())
        };
        let (status, body) = make(name, "Planted").await;
        assert!((400..500).contains(&status), "a login of {name}: {body}");
        let (status, body) = make(&format!("planted-{nth}"), name).await;
        assert_eq!(status, 201, "{body}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&body).unwrap()["name"], name);
    }
    assert_eq!(listed(), before);
}

/// Runs `merit` with these arguments on the company's database.
fn run(company: &Company, arguments: &[&str]) -> std::process::Output {
    merit(company, &company.sqlite()).args(arguments).output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_go_where_nothing_is() {
    let company = Company::new(1);
    company.load(&company.sqlite()).await;
    fs::create_dir(company.path("folder")).unwrap();
    fs::write(company.path("kept"), "kept").unwrap();
    symlink(company.path("kept"), company.path("link")).unwrap();
    symlink(company.path("nowhere"), company.path("dangling")).unwrap();
    for target in ["kept", "link", "dangling", "folder", "folder/../kept"] {
        let said = refused(run(&company, &["backup", target]), 1);
        assert!(said.contains(&format!("there is a file {target} already")), "{said}");
    }
    assert_eq!(fs::read_to_string(company.path("kept")).unwrap(), "kept");
    assert!(!company.path("nowhere").exists() && company.path("dangling").is_symlink());
    // Signs that mean something in an address or to SQL mean nothing in a name.
    for name in ["folder/../plain.db", "o'clock?mode=memory#%41.db", "file:x.db", "*.db"] {
        printed(run(&company, &["backup", name]));
        assert!(company.path(name).metadata().unwrap().len() > 4096, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_replaces_the_file_that_a_link_names() {
    let company = Company::new(1);
    company.load(&company.sqlite()).await;
    printed(run(&company, &["backup", "copy.db"]));
    fs::create_dir(company.path("data")).unwrap();
    let real = company.path("data/real.db");
    fs::copy(company.path("copy.db"), &real).unwrap();
    let link = company.path("link.db");
    symlink(&real, &link).unwrap();
    let into = |database: &Path, copy: &str| {
        merit(&company, &database.display().to_string()).args(["restore", copy, "--replace"]).output().unwrap()
    };
    fs::write(company.path("data/real.db-wal"), "left over").unwrap();
    // A log that is not of this copy stands beside the file that the link names.
    symlink(&real, company.path("in_use.db")).unwrap();
    let said = refused(into(&company.path("other.db"), "in_use.db"), 1);
    assert!(said.contains("is a database in use, not a backup"), "{said}");
    printed(into(&link, "copy.db"));
    assert!(link.is_symlink(), "the link stays");
    assert_eq!(fs::read(&real).unwrap(), fs::read(company.path("copy.db")).unwrap());
    assert!(!company.path("data/real.db-wal").exists(), "no log of the old one is applied to the new one");
    symlink(company.path("nowhere"), company.path("dangling.db")).unwrap();
    let said = refused(into(&company.path("dangling.db"), "copy.db"), 1);
    assert!(said.contains("dangling.db"), "{said}");
    assert!(!company.path("nowhere").exists());
}

#[test]
fn init_follows_no_link_to_a_new_file() {
    let company = Company::new(1);
    fs::create_dir(company.path("new")).unwrap();
    symlink(company.path("planted"), company.path("new/metrics.yaml")).unwrap();
    let said = refused(run(&company, &["rules", "init", "new"]), 1);
    assert!(said.contains("metrics.yaml") && said.contains("File exists"), "{said}");
    assert!(!company.path("planted").exists());
}

fn with_source(company: &Company, from: &str, to: &str) -> std::process::Output {
    let file = company.rules().join("sources/daily.yaml");
    let before = fs::read_to_string(&file).unwrap();
    assert!(before.contains(from), "{before}");
    fs::write(&file, before.replace(from, to)).unwrap();
    let output = run(company, &["pull", "daily"]);
    fs::write(&file, before).unwrap();
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_reads_the_files_its_owner_names() {
    let company = Company::new(1);
    company.load(&company.sqlite()).await;
    symlink(company.path("daily.csv"), company.path("link.csv")).unwrap();
    let absolute = company.path("daily.csv").display().to_string();
    for file in [absolute.as_str(), "../link.csv", "../l*.csv", "sources/../../daily.csv"] {
        printed(with_source(&company, "../daily.csv", &format!("\"{file}\"")));
    }
    for (file, what) in
        [("..", "this is a folder"), ("../gone.csv", "there is no such file"), ("../x*.csv", "no file matches")]
    {
        let said = refused(with_source(&company, "../daily.csv", &format!("\"{file}\"")), 1);
        assert!(said.contains(what) || (file == ".." && said.contains("does not tell its format")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sql_of_a_source_opens_no_file() {
    let company = Company::new(1);
    company.load(&company.sqlite()).await;
    let daily = company.path("daily.csv").display().to_string();
    for sql in
        [format!("FROM '{daily}' GROUP"), format!("FROM \"{daily}\" GROUP"), format!("FROM read_csv('{daily}') GROUP")]
    {
        let said = refused(with_source(&company, "FROM rows GROUP", &sql), 1);
        assert!(said.contains("daily.csv") || said.contains("read_csv"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_named_by_an_id() {
    let company = Company::new(1);
    company.load(&company.sqlite()).await;
    let outside = company.path("outside").display().to_string();
    for id in ["../../outside", outside.as_str(), "..", "a/b", "a\\\\b", "a\\0b"] {
        let said = refused(with_source(&company, "id: daily", &format!("id: \"{id}\"")), 1);
        assert!(said.contains("is not an id; use small letters, digits and _"), "{said}");
    }
    assert!(!company.path("outside").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn working_files_are_kept_in_no_folder_of_somebody_else() {
    let company = Company::new(1);
    company.load(&company.sqlite()).await;
    let pull = |name: &str| {
        let folder = company.path(name);
        merit(&company, &company.sqlite())
            .args(["pull", "daily"])
            .env("TMPDIR", folder)
            .env_remove("MERIT_SPOOL")
            .output()
    };
    for name in ["open", "linked", "fresh"] {
        fs::create_dir(company.path(name)).unwrap();
    }
    let open = company.path("open/merit-spool");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
    fs::create_dir(company.path("elsewhere")).unwrap();
    symlink(company.path("elsewhere"), company.path("linked/merit-spool")).unwrap();
    for name in ["open", "linked"] {
        let said = refused(pull(name).unwrap(), 1);
        assert!(said.contains("others may write there") && said.contains("MERIT_SPOOL"), "{said}");
    }
    printed(pull("fresh").unwrap());
    let made = company.path("fresh/merit-spool").metadata().unwrap().permissions().mode();
    assert_eq!(made & 0o777, 0o700);
}
