//! The file that names the providers: what is wrong in it is said with its place.

use std::fs;
use std::process::Command;

use merit::app::read_providers;

use crate::support::company::Company;
use crate::support::process::Process;
use crate::support::project_root;

/// The problems of a file, without its folder; a secret is in SET, none in UNSET.
fn problems(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret"), "in a file\n").unwrap();
    fs::write(folder.path().join("empty"), "\n").unwrap();
    let file = folder.path().join("oidc.yaml");
    fs::write(&file, text).unwrap();
    let environment = |name: &str| (name == "SET").then(|| "s3cret".to_owned());
    let found = read_providers(&file, "https://merit.example.com", &environment);
    let told = |problem: &merit::rules::Problem| {
        let text = problem.to_string();
        assert!(!text.contains("s3cret") && !text.contains("in a file"), "{text}");
        text.replace(&format!("{}/", folder.path().display()), "")
    };
    found.err().iter().flatten().map(told).collect()
}

/// A provider with this in place of a line, and more lines.
fn with(line: &str, by: &str, more: &str) -> String {
    let whole = "providers:\n  - id: company\n    issuer: https://id.example.com\n    client_id: merit\n    client_secret_env: SET\n    \
        label: { en: Company, zh: 公司 }\n";
    assert!(line.is_empty() || whole.contains(line));
    format!("{}{more}", whole.replace(line, by))
}

#[test]
fn the_example_is_right() {
    let environment = |_: &str| Some("s3cret".to_owned());
    let providers =
        read_providers(&project_root().join("deploy/oidc.yaml"), "https://merit.example.com/", &environment).unwrap();
    let told: Vec<_> = providers.iter().map(|one| (one.id(), one.issuer(), one.returns_to())).collect();
    let returns_to = "https://merit.example.com/sign-in/oidc/company/callback";
    assert_eq!(told, [("company", "https://id.example.com", returns_to)]);
    assert!(!format!("{providers:?}").contains("s3cret"));
}

#[test]
fn good_files_have_no_problem() {
    for good in [
        with("", "", ""),
        with("    client_secret_env: SET\n", "", ""),
        with("client_secret_env: SET", "client_secret_file: secret", ""),
        with("https://id.example.com", "http://127.0.0.1:4000", ""),
        with("https://id.example.com", "https://id.example.com/realms/one/", ""),
        with("", "", "    grants: [{ when: { claim: /a/b, value: x }, role: admin, unit: HQ, with_pay: true }]\n"),
    ] {
        assert_eq!(problems(&good), [""; 0], "{good}");
    }
}

#[test]
fn every_problem_has_its_place_and_says_how_to_mend_it() {
    let rule = "    grants:\n      - when: { claim: groups, value: a }\n";
    for (text, place, what) in [
        (String::new(), "oidc.yaml:1:1: ", "the file is empty"),
        ("providers: []\n".into(), "oidc.yaml:1:12: ", "at least"),
        ("providers: [\n".into(), "oidc.yaml:", "not well-formed YAML"),
        (with("    client_id: merit\n", "", ""), "oidc.yaml:2:5: ", "client_id"),
        (with("", "", "    colour: red\n"), "oidc.yaml:7:5: ", "colour"),
        (with("id: company", "id: My Company", ""), "oidc.yaml:2:9: ", "My Company"),
        (with("https:", "http:", ""), "oidc.yaml:3:13: ", "'http://id.example.com' is no issuer"),
        (with("https://id.example.com", "id.example.com", ""), "oidc.yaml:3:13: ", "is no issuer"),
        (with("example.com", "example.com/?tenant=1", ""), "oidc.yaml:3:13: ", "is no issuer"),
        (with("env: SET", "env: UNSET", ""), "oidc.yaml:5:24: ", "the environment variable UNSET is not set; set it"),
        (with("env: SET", "file: gone", ""), "oidc.yaml:5:25: ", "gone cannot be read"),
        (with("env: SET", "file: empty", ""), "oidc.yaml:5:25: ", "the client's secret is empty"),
        (with("", "", "    client_secret_file: secret\n"), "oidc.yaml:7:25: ", "in two places; keep one"),
        (with(", zh: 公司", "", ""), "oidc.yaml:6:12: ", "zh"),
        (with("", "", "    scopes: ['a b']\n"), "oidc.yaml:7:14: ", "a b"),
        (with("", "", "    timeout_seconds: 60\n"), "oidc.yaml:7:22: ", "25"),
        (
            with("", "", "    link_by: employee_number\n"),
            "oidc.yaml:2:5: ",
            "employee_number_claim is missing; name the claim",
        ),
        (with("", "", "    employee_number_claim: n\n"), "oidc.yaml:7:28: ", "nobody is known by it; add"),
        (with("", "", "    link_by: email\n"), "oidc.yaml:7:14: ", "employee_number"),
        (with("", "", &format!("{rule}        role: boss\n")), "oidc.yaml:9:15: ", "supervisor"),
        (
            with("", "", &format!("{rule}        role: agent\n")),
            "oidc.yaml:9:15: ",
            "claims do not make anybody an agent",
        ),
        (with("", "", "    grants: [{ role: hr }]\n"), "oidc.yaml:7:14: ", "when"),
    ] {
        let found = problems(&text);
        let fits =
            found.iter().any(|problem| problem.starts_with(place) && problem.contains(what) && problem.contains("; "));
        assert!(fits, "wanted {place}{what}\n{found:#?}\n{text}");
    }
}

#[test]
fn all_problems_come_at_once_in_order() {
    let two = format!("{}{}", with("https:", "http:", ""), with("providers:\n", "", "").replace("SET", "UNSET"));
    let found = problems(&two);
    let places: Vec<&str> = found.iter().map(|problem| problem.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["oidc.yaml:3:13", "oidc.yaml:7:9", "oidc.yaml:10:24"], "{found:#?}");
}

#[test]
fn a_server_with_a_bad_file_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |file: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_merit"));
        command.current_dir(&folder).args(["serve", "--listen", "127.0.0.1:0", "--oidc-config", file]);
        let ended = command.env_remove("SET").output().unwrap();
        assert!(!ended.status.success());
        String::from_utf8(ended.stderr).unwrap()
    };
    assert!(serve("none.yaml").contains("none.yaml:1:1: the file cannot be read"));
    fs::write(folder.path().join("oidc.yaml"), with("", "", "")).unwrap();
    let said = serve("oidc.yaml");
    assert!(said.starts_with("error: oidc.yaml:5:24: the environment variable SET is not set; set it"), "{said}");
}

#[test]
fn a_server_says_where_answers_come_to_and_which_units_there_are_not() {
    let company = Company::new(1);
    let rules = "    grants:\n      - when: { claim: groups, value: a }\n        role: hr\n        unit: NOWHERE\n";
    fs::write(company.path("oidc.yaml"), with("", "", rules)).unwrap();
    let server = Process::start(&company, &company.sqlite(), |command| {
        command
            .env("MERIT_OIDC", company.path("oidc.yaml"))
            .env("SET", "s3cret")
            .env("MERIT_BASE_URL", "https://merit.example.com/");
    });
    let said = server.said.concat();
    let returns_to = "https://merit.example.com/sign-in/oidc/company/callback";
    assert!(
        said.contains(&format!("People may sign in at https://id.example.com; answers come to {returns_to}")),
        "{said}"
    );
    assert!(said.contains("company: unit 'NOWHERE' is not on the roster"), "{said}");
    let (_, log) = server.stop();
    assert!(!said.contains("s3cret") && !log.contains("s3cret"), "{said}{log}");
}
