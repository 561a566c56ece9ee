//! Publishing tells every agent with an account, in its own transaction.

use merit::app::{App, Delivered, WebhookOrder};
use merit::domain::authority::Role;
use merit::domain::cycle::CycleAct;
use merit::domain::notice::{Channel, NoticeKind, NoticeState};

use super::server::MailServer;
use super::{delivery, notices, options, person};
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::{act, acting, approve};
use crate::support::engines;

/// Approved, and not published yet.
async fn approved(company: &Company, database: &str) -> App {
    let app = company.load(database).await.with_webhook_networks(options(None).networks);
    app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    for step in [CycleAct::BeginReview, CycleAct::Calibrate] {
        act(&app, FIRST_QUARTER, step).await.unwrap();
    }
    approve(&acting(&app, "approver", Role::Approver).await, FIRST_QUARTER).await.unwrap();
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_tells_every_agent_with_an_account_once() {
    let company = Company::new(4);
    for database in engines::databases(&company.path("merit.db")).await {
        let Some(server) = MailServer::start() else { return };
        let app = approved(&company, &database.url).await;
        person(&app, "one", Some("E001"), Some("one@example.com")).await;
        person(&app, "two", Some("E002"), None).await;
        let three = person(&app, "three", Some("E003"), Some("three@example.com")).await;
        let change = merit::app::AccountChange { name: None, disabled: Some(true) };
        app.change_account(three.public_id, three.version, change).await.unwrap();
        // Nobody's agent.
        person(&app, "hr", None, Some("hr@example.com")).await;
        let order = WebhookOrder { url: "http://127.0.0.1:9/", kinds: &["results_published".to_owned()] };
        app.create_webhook(order).await.unwrap();

        // What cannot be recorded is neither done nor told.
        database.execute("ALTER TABLE audit_head RENAME TO hidden").await;
        act(&app, FIRST_QUARTER, CycleAct::Publish).await.unwrap_err();
        database.execute("ALTER TABLE hidden RENAME TO audit_head").await;
        assert!(notices(&app).await.is_empty(), "{}", database.name);

        act(&app, FIRST_QUARTER, CycleAct::Publish).await.unwrap();
        act(&app, FIRST_QUARTER, CycleAct::Publish).await.unwrap();
        let mut told: Vec<_> =
            notices(&app).await.into_iter().map(|n| (n.channel, n.login, n.state, n.about)).collect();
        told.sort();
        let about = || FIRST_QUARTER.to_owned();
        let expected = [
            (Channel::Email, Some("one".to_owned()), NoticeState::Waiting, about()),
            (Channel::Webhook, None, NoticeState::Waiting, about()),
            (Channel::Page, Some("two".to_owned()), NoticeState::Sent, about()),
        ];
        assert_eq!(told, expected, "{}", database.name);
        let ids: std::collections::BTreeSet<_> = notices(&app).await.iter().map(|notice| notice.public_id).collect();
        assert!(ids.len() == 3 && ids.iter().all(|id| id.get_version_num() == 7), "{ids:?}");

        let delivered = app.deliver_due(&delivery(Some(&server.url()))).await.unwrap();
        assert_eq!(delivered, Delivered { sent: 1, again: 1, given_up: 0 }, "nobody listens at the webhook");
        let letters = server.letters();
        assert_eq!((letters.len(), letters[0]["to"].as_str()), (1, Some("one <one@example.com>")));
        assert_eq!(letters[0]["subject"], format!("Your results of {FIRST_QUARTER} are published"));
        let own = app.acting_as(app.bearer(&token(&app, "two").await).await.unwrap().unwrap());
        let (own, _) = own.own_notices(&merit::app::Slice::first()).await.unwrap();
        assert_eq!((own.len(), own[0].kind), (1, NoticeKind::ResultsPublished));
        assert!(own[0].login.as_deref() == Some("two"), "{own:?}");
    }
}

async fn token(app: &App, login: &str) -> String {
    let account = app.account_named(login).await.unwrap().account.public_id;
    let kind = merit::app::TokenKind::Token;
    let order = merit::app::TokenOrder { account, name: "own", kind, only: None, expires_at: None };
    app.create_token(order).await.unwrap().1
}
