//! `merit demo`, whole: makes the sample, pulls over every kind of input, appraises, replays, and answers the API.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::server::client;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_runs_a_quarter_and_serves_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_merit"))
        .args(["demo", "--folder", "sample", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    for line in BufReader::new(demo.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        said.push_str(&line);
        said.push('\n');
        if line.starts_with("Merit answers on") {
            break;
        }
    }
    let outcome = look_around(&said).await;
    demo.kill().unwrap();
    demo.wait().unwrap();
    outcome.unwrap_or_else(|problem| panic!("{problem}\n{said}"));
}

async fn look_around(said: &str) -> Result<(), String> {
    let after =
        |before: &str| said.split(before).nth(1).map(|rest| rest.split(['\'', '/', '\n']).next().unwrap_or_default());
    let token = after("Authorization: Bearer ").ok_or("no token was printed")?;
    let address = after("Merit answers on http://").ok_or("no address was printed")?;
    for expected in
        ["set aside", "replay of 2026-Q2: ", "replay of 2026-Q3: ", "improvement plans suggested", "28 units scored"]
    {
        said.contains(expected).then_some(()).ok_or_else(|| format!("'{expected}' was not printed"))?;
    }
    for replay in said.lines().filter(|line| line.contains("replay of")) {
        replay.ends_with(" 0 differ").then_some(()).ok_or_else(|| replay.to_owned())?;
    }
    let url = format!("http://{address}/api/v1/cycles/2026-Q3/scorecards?limit=500");
    let answer = client().get(url).bearer_auth(token).send().await.map_err(|error| error.to_string())?;
    let text = answer.text().await.map_err(|error| error.to_string())?;
    let cards: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let count = cards["items"].as_array().map_or(0, Vec::len);
    (count > 250).then_some(()).ok_or_else(|| format!("{count} scorecards: {text}"))
}
