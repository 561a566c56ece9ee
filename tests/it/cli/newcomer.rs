//! `docs/first-scorecard.md`, followed to the letter: its files are written, its commands run, and its people sign in.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use merit::app::{App, Clock};
use tempfile::TempDir;

use crate::support::browser::Browser;
use crate::support::command::printed;
use crate::support::project_root;
use crate::support::server::listen;

const PASSWORD: &str = "kettle moss lantern 12";
const AGENTS: [&str; 2] = ["E0001", "E0002"];

/// Language and content of a document's blocks, in order.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let content: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push((language.to_owned(), content.join("\n") + "\n"));
        }
    }
    found
}

/// A quarter of contacts under the document's header: enough of each agent for every line.
fn export(header: &str) -> String {
    let mut rows = header.to_owned();
    for at in 0..240_usize {
        let (agent, day, month) = (AGENTS[at % 2], at % 28 + 1, at % 3 + 7);
        let rating = if at % 4 == 0 { String::new() } else { (at % 5 + 1).max(3).to_string() };
        let resolved = if at % 9 == 0 { "no" } else { "yes" };
        let (wait, handling) = ([30, 200, 1500][at % 3], 300 + at);
        rows.push_str(&format!(
            "{},{agent},billing,{day:02}/{month:02}/2026 10:{:02},{wait},{handling},{rating},{resolved}\n",
            at + 100,
            at % 60
        ));
    }
    rows
}

/// Runs a line as a shell does, with the program on the path.
fn run(folder: &Path, line: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_merit")).parent().unwrap();
    let mut path = program.as_os_str().to_owned();
    path.push(":");
    path.push(env::var_os("PATH").unwrap());
    let mut command = Command::new("sh");
    command
        .args(["-ec", line])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("RUST_LOG")
        .env_remove("MERIT_BASE_URL");
    printed(command.env("MERIT_RULES", "my-rules").env("MERIT_DATABASE_URL", "my.db").output().unwrap())
}

/// Follows the document; what its `invite` lines printed, in order.
fn follow(folder: &Path, text: &str) -> Vec<String> {
    let mut tables = ["units.csv", "people.csv", "contacts.csv"].into_iter();
    let mut links = Vec::new();
    for (language, content) in blocks(text) {
        match language.as_str() {
            "csv" => {
                let file = tables.next().unwrap();
                let header = content.lines().next().unwrap().to_owned() + "\n";
                let content = if file == "contacts.csv" { export(&header) } else { content };
                fs::write(folder.join(file), content).unwrap();
            }
            "yaml" => fs::write(folder.join("my-rules/scorecards/front_line.yaml"), content).unwrap(),
            "sh" => {
                let commands =
                    content.lines().filter(|line| !line.starts_with("cargo ") && !line.starts_with("export "));
                for line in commands.filter(|line| *line != "merit serve") {
                    let printed = run(folder, line);
                    if line.starts_with("merit user invite") {
                        links.push(printed.lines().last().unwrap().to_owned());
                    }
                    assert!(
                        line != "merit scorecard 2026-Q3 E0001 --explain" || printed.contains("[resolution_rate]"),
                        "{printed}"
                    );
                }
            }
            other => panic!("a block of {other}"),
        }
    }
    links
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_becomes_a_published_scorecard_as_the_document_says() {
    let folder = TempDir::new().unwrap();
    let text = fs::read_to_string(project_root().join("docs/first-scorecard.md")).unwrap();
    let links = tokio::task::block_in_place(|| follow(folder.path(), &text));
    let [lin, pi, liwei] = links.try_into().unwrap();
    let app = App::open(folder.path().join("my.db").to_str().unwrap(), Clock::System).await.unwrap();
    let (address, _stop) = listen(&app).await;
    let welcomed = async |link: String| {
        let path = &link[link.find("/welcome/").unwrap()..];
        let mut browser = Browser::new(&format!("http://{address}"));
        browser.submit(path, path, &[("password", PASSWORD), ("again", PASSWORD)]).await.leads_to("/account");
        browser
    };
    let mut approver = welcomed(pi).await;
    let sheet = approver.get("/cycles/2026-Q3/approval").await;
    let (_, digest) = sheet.body.split_once("name=\"digest\" value=\"").unwrap();
    let digest = digest.split('"').next().unwrap().to_owned();
    let act = |act: &str| format!("/cycles/2026-Q3/acts/{act}");
    approver
        .submit("/cycles/2026-Q3/approval", &act("approve"), &[("digest", &digest)])
        .await
        .leads_to("/cycles/2026-Q3");
    let mut hr = welcomed(lin).await;
    hr.submit(&act("publish"), &act("publish"), &[]).await.leads_to("/cycles/2026-Q3");
    let mut agent = welcomed(liwei).await;
    let card = agent.get("/cycles/2026-Q3/scorecards/E0001?lang=en").await;
    card.says(200, "Customer satisfaction (top two)");
    card.says(200, "Average handle time");
    agent.get("/cycles/2026-Q3/payouts/E0001?lang=en").await.says(200, "CNY");
    agent.get("/cycles/2026-Q3/scorecards/E0002?lang=en").await.says(404, "");
}
