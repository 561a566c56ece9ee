//! Every operation, by every role, within its reach and outside, against a committed table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use merit::app::{AccountKind, AccountOrder, App, AppealOrder, EvidenceOrder, GrantOrder, TokenKind, TokenOrder};
use merit::domain::appeal::AppealSubject;
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use merit::domain::job::JobOrder;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, publish};
use crate::support::project_root;
use crate::support::server::Server;
use crate::support::spec::{Operation, operations};

const TABLE: &str = "tests/it/api/authority.tsv";
const HEAD: &str = "operation\trole\teverything\tinside\toutside\n";

/// Two teams, an agent each, and somebody of every role, twice: for the whole organisation, and for the first team.
struct House {
    server: Server,
    tokens: BTreeMap<(&'static str, bool), String>,
    pull: String,
    /// Waits for a worker, of which there is none.
    job: String,
    /// Of E001, with a file.
    appeal: String,
    file: String,
    rules: String,
    /// An account nobody uses.
    other: Uuid,
}

impl House {
    async fn build(company: &Company) -> Self {
        let app = company.load(&company.sqlite()).await.with_rules_folder(&company.rules());
        fs::write(company.path("more_units.csv"), "unit,parent,kind,name_en,name_zh\nT2,HQ,team,Team 2,二组\n")
            .unwrap();
        fs::write(
            company.path("more_people.csv"),
            "employee_number,name,unit,post,from,fte,target_incentive,currency\nF001,Other,T2,front_line,2026-01-01,1,3000,CNY\n",
        )
        .unwrap();
        for file in ["more_units.csv", "more_people.csv"] {
            app.import_roster(&company.path(file), None, false).await.unwrap();
        }
        let cycle = app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
        app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
        publish(&app, FIRST_QUARTER).await;
        let mut tokens = BTreeMap::new();
        for role in Role::ALL {
            for whole in [true, false] {
                tokens.insert((role.as_str(), whole), token(&app, role, whole).await);
            }
        }
        let agent = app.acting_as(app.bearer(&tokens[&("agent", true)]).await.unwrap().unwrap());
        let (appeal, file) = withdrawn_appeal(&agent).await;
        // Everybody sees what there is of their own only then.
        for step in [CycleAct::BeginAppeals, CycleAct::Finalise] {
            act(&app, FIRST_QUARTER, step).await.unwrap();
        }
        let job = app.ask_job(JobOrder::Appraise { cycle: FIRST_QUARTER.into() }).await.unwrap();
        let pulls = app.pulls(None, &merit::app::Slice::first()).await.unwrap().0;
        let order = AccountOrder { kind: AccountKind::Client, login: "other", name: "Other", agent: None };
        let other = app.create_account(order).await.unwrap().account.public_id;
        Self {
            server: Server::start(&app).await,
            tokens,
            pull: pulls[0].id.to_string(),
            job: job.id.to_string(),
            appeal: appeal.to_string(),
            file: file.to_string(),
            rules: cycle.ruleset_hash,
            other,
        }
    }

    /// What the operation answers: its status, and how many items a list holds.
    async fn answer(&self, token: &str, operation: &Operation, outside: bool) -> String {
        let (agent, unit) = if outside { ("F001", "T2") } else { ("E001", "T1") };
        let id = if operation.path.starts_with("/pulls") {
            self.pull.clone()
        } else if operation.path.starts_with("/jobs") {
            self.job.clone()
        } else if operation.path.starts_with("/appeals") {
            self.appeal.clone()
        } else if operation.path.starts_with("/evidence") {
            self.file.clone()
        } else if operation.path.starts_with("/users") {
            self.other.to_string()
        } else {
            Uuid::nil().to_string()
        };
        let path = operation.path.as_str();
        let filled = path
            .replace("{employee_number}", agent)
            .replace("{unit}", unit)
            .replace("{code}", FIRST_QUARTER)
            .replace("{hash}", &self.rules)
            .replace("{rater}", "E002")
            .replace("{other}", &self.rules)
            .replace("{name}", "letter.txt")
            .replace("{id}", &id);
        assert!(!filled.contains('{'), "{path}: say what stands in its place");
        let request = self.server.request(operation.method.clone(), &format!("/api/v1{filled}")).bearer_auth(token);
        let request = match body(&operation.id) {
            Some(body) => request.header("if-match", "\"0\"").json(&body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
        match body["items"].as_array() {
            Some(items) => format!("{status} ({})", items.len()),
            None => status.to_string(),
        }
    }
}

/// An appeal that was taken back, so that nobody's result waits for it, and its file.
async fn withdrawn_appeal(agent: &App) -> (Uuid, Uuid) {
    let order = AppealOrder { cycle: FIRST_QUARTER, about: AppealSubject::Rating, grounds: "because" };
    let appeal = agent.raise_appeal(order).await.unwrap().appeal.public_id;
    let order = EvidenceOrder { appeal, name: "letter.txt", content: b"seen".to_vec() };
    let file = agent.add_evidence(order).await.unwrap().public_id;
    agent.withdraw_appeal(appeal).await.unwrap();
    (appeal, file)
}

/// Somebody of this role. The agent is E001; the others are programs, without the pay that a grant may add.
async fn token(app: &App, role: Role, whole: bool) -> String {
    let agent = role == Role::Agent;
    let account = if agent && !whole {
        // The one account of E001 is the other one; for an agent there is nothing but their own.
        app.account_named("agent-true").await.unwrap().account.public_id
    } else {
        let order = AccountOrder {
            kind: if agent { AccountKind::Person } else { AccountKind::Client },
            login: &format!("{}-{whole}", role.as_str()),
            name: role.as_str(),
            agent: agent.then_some("E001"),
        };
        app.create_account(order).await.unwrap().account.public_id
    };
    if !agent {
        let unit = if whole { None } else { Some("T1") };
        let (first_day, last_day) = (None, None);
        app.grant(GrantOrder { account, role, unit, with_pay: false, first_day, last_day }).await.unwrap();
    }
    app.create_token(TokenOrder { account, name: "walk", kind: TokenKind::Token, only: None, expires_at: None })
        .await
        .unwrap()
        .1
}

/// A body that would be done if it were allowed; nothing for operations without one.
fn body(operation: &str) -> Option<Value> {
    let login = format!("made-{}", Uuid::now_v7());
    match operation {
        "create_user" => Some(json!({ "kind": "client", "login": login, "name": "Made" })),
        "change_user" => Some(json!({ "name": "Changed" })),
        "create_grant" => Some(json!({ "role": "auditor" })),
        "ask_job" => Some(json!({ "kind": "appraise", "cycle": FIRST_QUARTER })),
        "set_contact" => Some(json!({ "language": "zh" })),
        "mail_link" => Some(json!({ "purpose": "invite" })),
        "create_webhook" => Some(json!({ "url": "https://hooks.example.com/", "kinds": ["results_published"] })),
        "change_webhook" => Some(json!({ "disabled": false })),
        "create_token" => Some(json!({ "name": "made" })),
        "acknowledge_result" => Some(json!({})),
        "save_my_review" => Some(json!({ "answers": [], "comment": "seen daily", "submit": false })),
        "invite_raters" => Some(json!({ "group": "peer", "raters": ["E002"] })),
        "propose_rating" => {
            Some(json!({ "employee_number": "E001", "rating": "S", "reason": "conduct", "comment": "why" }))
        }
        "decide_rating" => Some(json!({ "decision": "decline", "comment": "why" })),
        "raise_appeal" => Some(json!({ "about": "rating", "grounds": "because" })),
        "assign_appeal" => Some(json!({})),
        "decide_appeal" => Some(json!({ "outcome": "uphold", "reason": "because" })),
        "add_evidence" => Some(json!("seen")),
        "open_cycle" => Some(json!({ "code": FIRST_QUARTER })),
        "set_deadlines" => Some(json!({ "stages": [{ "stage": "appeal", "working_days": 9 }] })),
        "correct_results" => Some(json!({ "agents": ["E001"], "reason": "because" })),
        "act_on_cycle" => Some(json!({ "act": "approve", "digest": "0".repeat(64) })),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_every_role_as_the_table_says() {
    let company = Company::new(2);
    let house = House::build(&company).await;
    let mut table = HEAD.to_owned();
    for operation in operations() {
        for role in Role::ALL {
            let everything = house.answer(&house.tokens[&(role.as_str(), true)], &operation, false).await;
            let unit = &house.tokens[&(role.as_str(), false)];
            let inside = house.answer(unit, &operation, false).await;
            let outside = house.answer(unit, &operation, true).await;
            writeln!(table, "{}\t{}\t{everything}\t{inside}\t{outside}", operation.id, role.as_str()).unwrap();
        }
    }
    let file = project_root().join(TABLE);
    if std::env::var_os("MERIT_UPDATE").is_some() {
        fs::write(&file, &table).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    let differences: Vec<String> = committed
        .lines()
        .filter(|line| !table.lines().any(|other| other == *line))
        .map(|line| format!("- {line}"))
        .chain(
            table.lines().filter(|line| !committed.lines().any(|other| other == *line)).map(|line| format!("+ {line}")),
        )
        .collect();
    assert!(
        differences.is_empty(),
        "{TABLE} says otherwise; look at each line, and when it is right, write the table with MERIT_UPDATE=1:\n{}",
        differences.join("\n")
    );
}
