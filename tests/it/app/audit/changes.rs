//! Every use case that changes something leaves exactly its entry; one that fails leaves none.

use std::fs;

use merit::app::{
    AccountChange, AccountKind, AccountOrder, App, AppError, Change, ContactOrder, DeadlineOrder, ExemptionOrder,
    GrantOrder, RulesChoice, TokenKind, TokenOrder,
};
use merit::domain::appraisal::ExemptionReason;
use merit::domain::audit::Digest;
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use merit::domain::deadline::Stage;
use sha2::{Digest as _, Sha256};

use super::{assert_whole, disarm, entries, told};
use crate::support::company::{Company, FIRST_QUARTER, SECOND_QUARTER, pull};
use crate::support::cycles::act;
use crate::support::engines;

/// Act, kind and name of the subject.
type Told = (&'static str, &'static str, String);

fn account(login: &str) -> AccountOrder<'_> {
    AccountOrder { kind: AccountKind::Person, login, name: "Li Wei", agent: None }
}

/// Calls every use case that changes the roster or the rules, and says what it expects.
async fn change_roster_and_rules(app: &App, company: &Company, expected: &mut Vec<Told>) {
    let file = |name: &str| company.path(name).display().to_string();
    expected.push(("roster.import", "file", file("units.csv")));
    expected.push(("roster.import", "file", file("people.csv")));
    fs::write(company.path("leave.csv"), "employee_number,from,to,kind\nE001,2026-04-01,2026-04-10,sick\n").unwrap();
    app.import_roster(&company.path("people.csv"), None, true).await.unwrap();
    app.import_leave(&company.path("leave.csv"), true).await.unwrap();
    app.import_leave(&company.path("leave.csv"), false).await.unwrap();
    expected.push(("leave.import", "file", file("leave.csv")));

    let first = app.add_rules(&company.rules(), Some("Spring"), Some("as agreed")).await.unwrap().version.hash;
    expected.push(("rules.add", "rules", first.clone()));
    app.publish_rules("Spring", "2026-04-01".parse().unwrap(), None).await.unwrap();
    expected.push(("rules.publish", "rules", first.clone()));
    let card = company.rules().join("scorecards/front_line.yaml");
    let text = fs::read_to_string(&card).unwrap();
    fs::write(&card, text.replacen("    min_samples: 200\n", "    min_samples: 250\n", 1)).unwrap();
    let second = app.add_rules(&company.rules(), Some("Summer"), None).await.unwrap().version.hash;
    assert_ne!(first, second);
    expected.push(("rules.add", "rules", second.clone()));

    app.open_cycle_with(FIRST_QUARTER, None, RulesChoice::InForce).await.unwrap();
    expected.push(("cycle.open", "cycle", FIRST_QUARTER.to_owned()));
    app.repin_cycle(FIRST_QUARTER, RulesChoice::Named("Summer")).await.unwrap();
    expected.push(("cycle.repin", "cycle", FIRST_QUARTER.to_owned()));
    app.withdraw_rules("Spring").await.unwrap();
    expected.push(("rules.withdraw", "rules", first));
}

/// Calls every use case that changes a cycle or facts.
async fn change_cycle(app: &App, company: &Company, expected: &mut Vec<Told>) {
    let days = DeadlineOrder { cycle: FIRST_QUARTER, calendar: None, working_days: [(Stage::Review, 7)].into() };
    app.set_deadlines(&days).await.unwrap();
    expected.push(("cycle.set_deadlines", "cycle", FIRST_QUARTER.to_owned()));
    let order = ExemptionOrder { cycle: FIRST_QUARTER, employee_number: "E002", by: None };
    app.exempt(order, ExemptionReason::Other, "on strike duty").await.unwrap();
    app.exempt(order, ExemptionReason::Other, "twice").await.unwrap_err();
    app.lift_exemption(order).await.unwrap();
    app.lift_exemption(order).await.unwrap_err();
    expected.push(("exemption.grant", "agent", "E002".to_owned()));
    expected.push(("exemption.lift", "agent", "E002".to_owned()));
    let ratings = "employee_number,rater,group,item,value\nS1,S9,supervisor,ownership,4\n";
    fs::write(company.path("ratings.csv"), ratings).unwrap();
    app.import_ratings(FIRST_QUARTER, &company.path("ratings.csv"), false).await.unwrap();
    expected.push(("ratings.import", "cycle", FIRST_QUARTER.to_owned()));
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    expected.push(("cycle.appraise", "cycle", FIRST_QUARTER.to_owned()));
    act(app, FIRST_QUARTER, CycleAct::BeginReview).await.unwrap();
    act(app, FIRST_QUARTER, CycleAct::Publish).await.unwrap_err();
    expected.push(("cycle.begin_review", "cycle", FIRST_QUARTER.to_owned()));
    // The quarter before has facts, so that there is something to measure indexes against.
    app.open_cycle_with(SECOND_QUARTER, None, RulesChoice::InForce).await.unwrap();
    expected.push(("cycle.open", "cycle", SECOND_QUARTER.to_owned()));
    expected.push(("benchmark.freeze", "cycle", SECOND_QUARTER.to_owned()));
    app.rebuild_sums().await.unwrap();
    expected.push(("facts.rebuild_sums", "facts", "all".to_owned()));
    pull(app, &company.rules(), "no source").await.unwrap_err();
}

/// Calls every use case that changes who may do what.
async fn change_access(app: &App, expected: &mut Vec<Told>) {
    let order = AccountOrder { agent: Some("E001"), ..account("li.wei") };
    let made = app.create_account(order).await.unwrap().account;
    expected.push(("account.create", "account", made.public_id.to_string()));
    let own = app.grants(made.public_id).await.unwrap()[0].grant.public_id;
    expected.push(("grant.create", "grant", own.to_string()));
    app.create_account(account("li.wei")).await.unwrap_err();
    let change = AccountChange { name: Some("Li Wei the younger".to_owned()), disabled: None };
    app.change_account(made.public_id, made.version, change.clone()).await.unwrap();
    assert!(matches!(app.change_account(made.public_id, made.version, change).await, Err(AppError::Changed(_))));
    expected.push(("account.change", "account", made.public_id.to_string()));
    let (account, unit) = (made.public_id, Some("T1"));
    let order = GrantOrder { account, role: Role::Supervisor, unit, with_pay: true, first_day: None, last_day: None };
    let grant = app.grant(order).await.unwrap().grant.public_id;
    expected.push(("grant.create", "grant", grant.to_string()));
    app.revoke_grant(grant).await.unwrap();
    expected.push(("grant.revoke", "grant", grant.to_string()));
    let order =
        TokenOrder { account: made.public_id, name: "payroll", kind: TokenKind::Token, only: None, expires_at: None };
    let token = app.create_token(order).await.unwrap().0.public_id;
    let contact = ContactOrder { email: Some("li.wei@example.com".to_owned()), ..ContactOrder::default() };
    app.set_contact(made.public_id, made.version + 1, &contact).await.unwrap();
    expected.push(("account.set_contact", "account", made.public_id.to_string()));
    app.end_account_sessions(made.public_id).await.unwrap();
    expected.push(("session.end_all", "account", made.public_id.to_string()));
    expected.push(("token.create", "token", token.to_string()));
    app.revoke_token(token).await.unwrap();
    expected.push(("token.revoke", "token", token.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_leaves_exactly_its_entry() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let company = Company::new(2);
        let app = company.load(&database.url).await;
        let mut expected = Vec::new();
        let pull = app.pulls(None, &merit::app::Slice::first()).await.unwrap().0[0].id;
        expected.push(("pull.commit", "pull", pull.to_string()));
        change_roster_and_rules(&app, &company, &mut expected).await;
        change_cycle(&app, &company, &mut expected).await;
        change_access(&app, &mut expected).await;
        let mut expected: Vec<_> =
            expected.into_iter().map(|(act, kind, name)| (act.to_owned(), kind.to_owned(), name)).collect();
        expected.sort();
        let found = entries(&app).await;
        assert_eq!(told(&found), expected, "{}", database.name);
        assert_whole(&app, expected.len()).await;

        let one = |act: &str| found.iter().rev().find(|entry| entry.record.act == act).unwrap().record.clone();
        assert!(found.iter().all(|entry| entry.record.actor.starts_with("operator:")));
        let leave: [u8; 32] = Sha256::digest(fs::read(company.path("leave.csv")).unwrap()).into();
        assert_eq!(one("leave.import").after, Some(Digest(leave)), "what sha256sum says of the file");
        let (opened, repinned) = (one("cycle.open"), one("cycle.repin"));
        assert_eq!((opened.before, opened.after.is_some(), repinned.before), (None, true, opened.after));
        let (granted, lifted) = (one("exemption.grant"), one("exemption.lift"));
        assert_eq!((granted.after.is_some(), granted.after), (true, lifted.before));
        assert_eq!(granted.reason, None, "what a note tells can be forgotten");
        let revoked = one("grant.revoke");
        let account = app.account_named("li.wei").await.unwrap().account.public_id;
        let terms = format!("account={account} role=supervisor unit=T1 with_pay=true from=");
        assert!(revoked.detail.starts_with(&terms), "{revoked:?}");
        let changed = one("account.change");
        assert!(changed.before.is_some() && changed.before != changed.after);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_and_its_entry_are_kept_together_or_not_at_all() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        app.create_account(account("before")).await.unwrap();
        let kept = entries(&app).await.len();
        disarm(&database).await;
        database.execute("CREATE TABLE heads AS SELECT * FROM audit_head; DELETE FROM audit_head").await;
        let refused = app.create_account(account("after")).await.unwrap_err().to_string();
        assert!(refused.contains("the heads of the audit log"), "{refused}");
        let unrecorded = app.note(Change::new("session.begin", "account", "before")).await.unwrap_err();
        assert!(matches!(unrecorded, AppError::Unrecorded(_)), "{unrecorded}");
        assert!(matches!(app.account_named("after").await, Err(AppError::NotFound(_))), "{}", database.name);
        assert_eq!(entries(&app).await.len(), kept);
        database.execute("INSERT INTO audit_head SELECT * FROM heads").await;
        app.create_account(account("after")).await.unwrap();
        app.note(Change::new("session.begin", "account", "before")).await.unwrap();
        assert_whole(&app, kept + 2).await;
    }
}
