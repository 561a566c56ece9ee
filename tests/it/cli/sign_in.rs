//! `merit user first-admin`, `invite`, `reset`, `password`: from nothing to somebody who signs in.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use merit::app::{App, Clock};

use crate::support::browser::Browser;
use crate::support::command::{merit, printed, refused};
use crate::support::company::Company;
use crate::support::server::listen;

fn run(company: &Company, arguments: &[&str]) -> Output {
    command(company, arguments).output().unwrap()
}

fn command(company: &Company, arguments: &[&str]) -> Command {
    let mut command = merit(company, &company.sqlite());
    command.arg("user").args(arguments).env_remove("MERIT_BASE_URL");
    command
}

/// With the password on standard input.
fn set_password(company: &Company, login: &str, password: &str) -> Output {
    let mut command = command(company, &["password", login]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The path of the link that was printed for this address.
fn link(output: Output, base: &str) -> String {
    let text = printed(output);
    let link = text.lines().last().unwrap().strip_prefix(base).unwrap_or_else(|| panic!("{text}"));
    assert!(link.starts_with("/welcome/") && link.len() > 50, "{text}");
    link.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_administrator_to_a_forgotten_password() {
    let company = Company::new(1);
    let app = App::open(&company.sqlite(), Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    let base = ["--base-url", "https://merit.example/"];
    let first = link(
        run(&company, &[&["first-admin", "guan", "--name", "Guan Li"], &base[..]].concat()),
        "https://merit.example",
    );
    let again = refused(run(&company, &["first-admin", "guan2", "--name", "Guan Er"]), 1);
    assert!(
        again.contains("there is an administrator already, 'guan'") && again.contains("merit user invite guan"),
        "{again}"
    );

    let (address, _stop) = listen(&app).await;
    let browser = || Browser::new(&format!("http://{address}"));
    let (phrase, newer) = ("kettle moss lantern 12", "harbour thimble oats");
    browser().submit(&first, &first, &[("password", phrase), ("again", phrase)]).await.leads_to("/account");
    let mut admin = browser();
    admin.sign_in("guan", phrase).await.leads_to("/");
    admin.get("/account?lang=en").await.says(200, "<strong>Administrator</strong>: the whole organisation");
    let refusal = refused(run(&company, &["invite", "guan"]), 1);
    assert!(refusal.contains("has a password already") && refusal.contains("merit user reset guan"), "{refusal}");

    printed(run(&company, &["add", "lin", "--name", "Lin Yue"]));
    let invitation = link(run(&company, &["invite", "lin"]), "http://127.0.0.1:8080");
    browser().get(&invitation).await.says(200, "Welcome, Lin Yue");
    for (password, says) in [("short\n", "too short"), ("password1234\n", "first that are guessed"), ("", "too short")]
    {
        let refusal = refused(set_password(&company, "lin", password), 1);
        assert!(refusal.contains(says), "{refusal}");
    }
    printed(set_password(&company, "lin", &format!("{phrase}\r\n")));
    browser().get(&invitation).await.says(404, "does not work any more");
    browser().sign_in("lin", phrase).await.leads_to("/");
    let reset = link(run(&company, &["reset", "lin"]), "http://127.0.0.1:8080");
    browser().submit(&reset, &reset, &[("password", newer), ("again", newer)]).await.leads_to("/account");
    browser().sign_in("lin", phrase).await.says(403, "not right");
    browser().sign_in("lin", newer).await.leads_to("/");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_have_a_password_is_told_why() {
    let company = Company::new(1);
    App::open(&company.sqlite(), Clock::System).await.unwrap().migrate().await.unwrap();
    printed(run(&company, &["add", "robot", "--client"]));
    for arguments in [["invite", "robot"], ["reset", "robot"]] {
        let refusal = refused(run(&company, &arguments), 1);
        assert!(
            refusal.contains("is a program and has no password") && refusal.contains("merit token create"),
            "{refusal}"
        );
    }
    let refusal = refused(set_password(&company, "robot", "kettle moss lantern 12\n"), 1);
    assert!(refusal.contains("is a program"), "{refusal}");
    printed(run(&company, &["add", "lin"]));
    printed(run(&company, &["disable", "lin"]));
    let refusal = refused(run(&company, &["invite", "lin"]), 1);
    assert!(refusal.contains("is disabled") && refusal.contains("merit user enable lin"), "{refusal}");
    assert!(refused(run(&company, &["invite", "nobody"]), 1).contains("there is no account 'nobody'"));
    assert!(
        refused(run(&company, &["invite", "lin", "--base-url", "merit.example"]), 2)
            .contains("https://merit.example.com")
    );
}
