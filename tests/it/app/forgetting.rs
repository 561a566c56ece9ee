//! A leaver who did everything one can do is forgotten: nothing in the database names them any more.

use std::fs;

use merit::app::{
    AccountKind, AccountOrder, AccountRecord, App, AppError, ExemptionOrder, GrantOrder, LinkPurpose, SignIn, Slice,
    TokenKind, TokenOrder, WantedEntries, Welcome,
};
use merit::domain::appraisal::ExemptionReason;
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use merit::domain::job::JobOrder;
use merit::store::{NewIdentity, Store};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER};
use crate::support::cycles::act;
use crate::support::engines::{self, Database};
use crate::support::server::Server;

const LOGIN: &str = "zhao.liying";
const NAME: &str = "Zhao Liying";
const ALIAS: &str = "zl-8844";
const SUBJECT: &str = "subject-8844";
const PASSWORD: &str = "kettle moss lantern 12";
/// E001 left long ago, as the roster says afterwards.
const LEFT: &str = "employee_number,name,unit,post,from,to,hired,left\n\
                    E001,Zhao Liying,T1,front_line,2016-01-01,2019-06-30,2016-01-01,2019-06-30\n";

/// E001 is the one who will leave; one of their rows is set aside, and they say something of their supervisor.
fn prepare(company: &Company) {
    let people = fs::read_to_string(company.path("people.csv")).unwrap();
    let people = people.replace("employee_number,", "aliases,employee_number,").replace("\nE", "\n,E");
    fs::write(company.path("people.csv"), people.replace(",E001,Agent 1,", &format!("{ALIAS},E001,{NAME},"))).unwrap();
    let figures = fs::read_to_string(company.path("daily.csv")).unwrap();
    let broken = format!("{ALIAS},2026-04-01,csat_t2b,many,10,10\n{NAME},2026-04-02,csat_t2b,1,10,10\n");
    fs::write(company.path("daily.csv"), figures + &broken).unwrap();
    fs::write(
        company.path("supervisors.csv"),
        "employee_number,name,unit,post,from\nS1,Supervisor 1,T1,supervisor,2026-01-01\n",
    )
    .unwrap();
    let rating =
        format!("employee_number,rater,group,item,value,comment\nS1,{ALIAS},subordinate,ownership,2,Fair to {NAME}\n");
    fs::write(company.path("ratings.csv"), rating).unwrap();
}

fn person<'a>(login: &'a str, name: &'a str, agent: Option<&'a str>) -> AccountOrder<'a> {
    AccountOrder { kind: AccountKind::Person, login, name, agent }
}

/// Made by hand, invited, linked to a provider, given more than one role.
async fn let_in(app: &App, store: &Store) -> (AccountRecord, App) {
    let account = app.create_account(person(LOGIN, NAME, Some("E001"))).await.unwrap().account;
    let id = account.public_id;
    let grant = |role| GrantOrder { account: id, role, unit: None, with_pay: true, first_day: None, last_day: None };
    let mut grants = Vec::new();
    for role in [Role::Hr, Role::Admin, Role::Auditor, Role::Payroll] {
        grants.push(app.grant(grant(role)).await.unwrap().grant.public_id);
    }
    app.revoke_grant(grants[3]).await.unwrap();
    let link = app.create_link(id, LinkPurpose::Invite).await.unwrap().token;
    assert!(matches!(app.use_link(&link, PASSWORD).await.unwrap(), Welcome::In { .. }));
    app.create_link(id, LinkPurpose::Reset).await.unwrap();
    let (issuer, subject, created_at) = ("https://id.example.com".to_owned(), SUBJECT.to_owned(), app.clock().now());
    store.link_identity(&NewIdentity { account_id: account.id, issuer, subject, created_at }).await.unwrap();
    let SignIn::In { session } = app.sign_in(LOGIN, PASSWORD, None).await.unwrap() else { panic!("not in") };
    let them = app.acting_as(app.session(&session).await.unwrap().unwrap());
    them.change_own_password(&session, PASSWORD, "moss lantern kettle 34", None).await.unwrap();
    them.sign_out_everywhere().await.unwrap();
    assert_eq!(app.sign_in(LOGIN, "wrong", Some([127, 0, 0, 1].into())).await.unwrap(), SignIn::Refused);
    (account, them)
}

/// What somebody with many rights does in a quarter.
async fn do_everything(them: &App, company: &Company) {
    let of_others = |agent| ExemptionOrder { cycle: FIRST_QUARTER, employee_number: agent, by: None };
    them.exempt(of_others("E002"), ExemptionReason::Other, "agreed").await.unwrap();
    them.exempt(of_others("E003"), ExemptionReason::Other, "agreed").await.unwrap();
    them.lift_exemption(of_others("E003")).await.unwrap();
    let named = ExemptionOrder { by: Some(LOGIN), ..of_others("E001") };
    them.exempt(named, ExemptionReason::Other, &format!("{NAME} was away")).await.unwrap();
    them.lift_exemption(named).await.unwrap();
    them.import_ratings(FIRST_QUARTER, &company.path("ratings.csv"), false).await.unwrap();
    them.ask_job(JobOrder::Appraise { cycle: FIRST_QUARTER.into() }).await.unwrap();
    let cancelled = them.ask_job(JobOrder::Appraise { cycle: SECOND_QUARTER.into() }).await.unwrap();
    them.cancel_job(cancelled.id).await.unwrap();
    them.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    act(them, FIRST_QUARTER, CycleAct::BeginReview).await.unwrap();
    them.payout(FIRST_QUARTER, "E002").await.unwrap();
    let other = them.create_account(person("wang", "Wang", None)).await.unwrap().account.public_id;
    let grant = GrantOrder {
        account: other,
        role: Role::Auditor,
        unit: None,
        with_pay: false,
        first_day: None,
        last_day: None,
    };
    let grant = them.grant(grant).await.unwrap().grant.public_id;
    them.revoke_grant(grant).await.unwrap();
}

/// Tokens that carry their name, and requests that are kept for a repetition.
async fn ask_over_http(app: &App, account: &AccountRecord) {
    let name = format!("laptop of {LOGIN}");
    let order = |kind| TokenOrder { account: account.public_id, name: &name, kind, only: None, expires_at: None };
    let (token, text) = app.create_token(order(TokenKind::Token)).await.unwrap();
    app.rotate_token(token.public_id).await.unwrap();
    let secret = app.create_token(order(TokenKind::Secret)).await.unwrap().0;
    app.revoke_token(secret.public_id).await.unwrap();
    let server = Server::start(app).await;
    let tell = async |token: &str, key: &str, login: &str, name: &str| {
        let body = json!({ "kind": "person", "login": login, "name": name });
        let request = server.request(Method::POST, "/api/v1/users").bearer_auth(token).header("idempotency-key", key);
        request.json(&body).send().await.unwrap().status()
    };
    assert_eq!(tell(&text, &format!("key of {LOGIN}"), "li", "Li").await, StatusCode::CREATED);
    // Somebody else's answer tells of them as well.
    assert_eq!(tell(&server.token, "key", LOGIN, NAME).await, StatusCode::CONFLICT);
}

/// Rows in which the text stands, as it is or as bytes.
async fn rows_with(database: &Database, text: &str) -> Vec<String> {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let dump = database.dump(&[]).await;
    let rows = dump.into_iter().flat_map(|(table, rows)| rows.into_iter().map(move |row| format!("{table}: {row}")));
    rows.filter(|row| {
        let row = row.to_lowercase();
        row.contains(&text.to_lowercase()) || row.contains(&hex)
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_leaver_who_did_everything_nothing_stays_but_the_number() {
    let company = Company::new(3);
    prepare(&company);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.import_roster(&company.path("supervisors.csv"), None, false).await.unwrap();
        for cycle in [FIRST_QUARTER, SECOND_QUARTER] {
            app.open_cycle(cycle, None, &company.rules()).await.unwrap();
        }
        let store = Store::open(&database.url).await.unwrap();
        let (account, them) = let_in(&app, &store).await;
        do_everything(&them, &company).await;
        ask_over_http(&app, &account).await;
        for text in [LOGIN, NAME, ALIAS, SUBJECT] {
            assert!(
                !rows_with(&database, text).await.is_empty(),
                "{}: {text} stands nowhere to begin with",
                database.name
            );
        }
        let by = |actor: &str| WantedEntries { actor: Some(actor.to_owned()), ..WantedEntries::default() };
        let done = app.audit_entries(&Slice::first(), &by(LOGIN)).await.unwrap().rows;
        assert!(done.len() > 10 && done.iter().all(|view| view.actor_login.as_deref() == Some(LOGIN)), "{done:#?}");
        assert!(done.iter().all(|view| view.entry.record.actor == account.public_id.to_string()), "{done:#?}");
        let about = WantedEntries { subject: Some(LOGIN.to_owned()), ..WantedEntries::default() };
        let about = app.audit_entries(&Slice::first(), &about).await.unwrap().rows;
        let refused = about.iter().find(|view| view.entry.record.act == "session.refuse").unwrap();
        assert_eq!(refused.account_login.as_deref(), Some(LOGIN));

        fs::write(company.path("left.csv"), LEFT).unwrap();
        app.import_roster(&company.path("left.csv"), None, false).await.unwrap();
        assert_eq!(app.forget_leavers(5, false).await.unwrap(), ["E001"]);
        for text in [LOGIN, NAME, ALIAS, SUBJECT, "liying"] {
            assert_eq!(rows_with(&database, text).await, Vec::<String>::new(), "{}: {text}", database.name);
        }
        // Their login cannot be found out by trying either.
        let failures = database.figures("SELECT COUNT(*) FROM sign_in_failure WHERE failures > 0").await;
        assert_eq!(failures, ["1"], "the address alone");

        let former = format!("former-{}", account.id);
        let still = app.audit_entries(&Slice::first(), &by(&former)).await.unwrap().rows;
        assert_eq!(still.len(), done.len());
        assert!(still.iter().all(|view| view.actor_login.as_ref() == Some(&former)), "{still:#?}");
        assert!(app.audit_entries(&Slice::first(), &by(LOGIN)).await.unwrap().rows.is_empty());
        let jobs = app.jobs(&Slice::first(), None).await.unwrap().0;
        assert!(jobs.iter().all(|job| job.asked_by == former), "{jobs:?}");
        let events = app.cycle_events(FIRST_QUARTER).await.unwrap();
        assert!(events.iter().any(|view| view.by == former), "{events:?}");
        let again = ExemptionOrder { cycle: FIRST_QUARTER, employee_number: "E002", by: None };
        let again = app.exempt(again, ExemptionReason::Other, "agreed").await.unwrap_err();
        assert!(again.to_string().contains(&format!("granted by {former}")), "{again}");
        assert!(matches!(app.account_named(LOGIN).await, Err(AppError::NotFound(_))));

        assert_eq!(app.verify_audit(None, &|_| {}).await.unwrap().problems, []);
        let replay = app.replay(FIRST_QUARTER, &|_| {}).await.unwrap();
        assert_eq!(replay.differing, 0, "{}", database.name);
    }
}
