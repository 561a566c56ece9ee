//! `merit demo`, whole: makes the sample, pulls over every kind of input, appraises, replays, and answers the API.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use reqwest::Client;
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::recompute::{check_payout, check_scorecard};
use crate::support::server::client;

/// A running demo; it stops with the value, so that a failing test leaves nothing running.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_runs_two_quarters_and_every_figure_it_serves_can_be_recomputed() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Command::new(env!("CARGO_BIN_EXE_merit"))
        .args(["demo", "--folder", "sample", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn();
    let mut demo = Demo(demo.unwrap());
    let mut said = String::new();
    for line in BufReader::new(demo.0.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        said.push_str(&line);
        said.push('\n');
        if line.starts_with("Merit answers on") {
            break;
        }
    }
    for expected in [
        "set aside",
        "replay of 2026-Q2: ",
        "replay of 2026-Q3: ",
        "improvement plans suggested",
        "28 units scored",
        "hr prepared it, approver approved it, now closed",
        "hr prepared it, approver approved it, now appeal",
    ] {
        assert!(said.contains(expected), "'{expected}' was not printed\n{said}");
    }
    for replay in said.lines().filter(|line| line.contains("replay of")) {
        assert!(replay.ends_with(" 0 differ"), "{replay}");
    }
    let after =
        |before: &str| said.split(before).nth(1).map(|rest| rest.split(['\'', '/', '\n']).next().unwrap_or_default());
    let token = after("Authorization: Bearer ").unwrap_or_else(|| panic!("no token was printed\n{said}"));
    let address = after("Merit answers on http://").unwrap_or_else(|| panic!("no address was printed\n{said}"));
    let reader = Reader { client: client(), address: format!("http://{address}/api/v1"), token };
    people_sign_in(&said, address).await;
    for quarter in ["2026-Q2", "2026-Q3"] {
        recompute(&reader, quarter).await;
    }
}

/// Everybody the demo names signs in with the password printed beside them.
async fn people_sign_in(said: &str, address: &str) {
    let listed = said.lines().skip_while(|line| !line.contains("/sign-in")).skip(1);
    let people: Vec<Vec<&str>> = listed.map(|line| line.split_whitespace().collect()).take(6).collect();
    for (person, what) in people.iter().zip(["agent", "supervisor", "HR", "approver", "auditor", "administrator"]) {
        assert!(person.join(" ").contains(what), "{person:?}");
        let mut browser = Browser::new(&format!("http://{address}"));
        browser.sign_in(person[0], person[1]).await.leads_to("/");
        let role = if what == "HR" {
            "<strong>HR".to_owned()
        } else {
            format!("<strong>{}{}", what[..1].to_uppercase(), &what[1..])
        };
        browser.get("/account?lang=en").await.says(200, &role);
    }
}

/// What a program sees: the API's JSON.
struct Reader<'t> {
    client: Client,
    address: String,
    token: &'t str,
}

impl Reader<'_> {
    async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(format!("{}{path}", self.address)).bearer_auth(self.token).send().await.unwrap();
        let text = answer.text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {path}: {text}"))
    }

    /// Every item of a list.
    async fn all(&self, list: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{list}?limit=500{cursor}")).await;
            items.extend(page["items"].as_array().unwrap_or_else(|| panic!("{page}")).iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

/// Every scorecard and payout of the quarter, from printed figures alone.
async fn recompute(reader: &Reader<'_>, quarter: &str) {
    let (mut totals, mut scored, mut amounts) = (0, 0, 0);
    let cards = reader.all(&format!("/cycles/{quarter}/scorecards")).await;
    let payouts = reader.all(&format!("/cycles/{quarter}/payouts")).await;
    for card in &cards {
        let agent = card["employee_number"].as_str().unwrap();
        let detail = reader.get(&format!("/cycles/{quarter}/scorecards/{agent}")).await;
        assert_eq!(detail["scorecard"], *card);
        totals += check_scorecard(&detail);
        scored += usize::from(card["state"] == "scored");
        if let Some(listed) = payouts.iter().find(|payout| payout["employee_number"] == agent) {
            let payout = reader.get(&format!("/cycles/{quarter}/payouts/{agent}")).await;
            assert_eq!(payout["payout"], *listed);
            amounts += usize::from(check_payout(&payout, &detail));
        }
    }
    println!(
        "{quarter}: {} scorecards, {scored} scored, {totals} totals, {} payouts, {amounts} payable",
        cards.len(),
        payouts.len()
    );
    assert!(cards.len() > 250 && payouts.len() > 250, "{} scorecards, {} payouts", cards.len(), payouts.len());
    assert!(
        scored > 250 && totals >= 2 * scored && amounts > 150,
        "{scored} scored, {totals} totals, {amounts} payable"
    );
}
