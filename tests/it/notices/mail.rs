//! Letters by a real mail server: what they say, what is tried again, and what is given up.

use std::fs;
use std::time::Duration;

use chrono::TimeDelta;
use merit::app::{App, AppError, Clock, Delivered, Delivery, DeliveryOptions, LinkPurpose, MailOptions};
use merit::domain::notice::NoticeState;
use merit::domain::text::Language;
use serde_json::json;
use tempfile::TempDir;

use super::server::MailServer;
use super::{BASE, contact, delivery, notices, options, person};
use crate::support::engines::{self, Database};

const ONE: Delivered = Delivered { sent: 1, again: 0, given_up: 0 };
const LATER: Delivered = Delivered { sent: 0, again: 1, given_up: 0 };
const REFUSED: Delivered = Delivered { sent: 0, again: 0, given_up: 1 };

async fn open(database: &Database) -> App {
    let app = App::open(&database.url, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    app
}

/// The same at another time.
async fn after(database: &Database, time: TimeDelta) -> App {
    let now = App::open(&database.url, Clock::System).await.unwrap().clock().now();
    App::open(&database.url, Clock::Fixed(now + time)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_arrives_once_in_the_persons_language() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let Some(server) = MailServer::start() else { return };
        let app = open(&database).await;
        let lin = person(&app, "lin", None, None).await;
        let refused = app.mail_link(lin.public_id, LinkPurpose::Invite).await.unwrap_err();
        assert!(matches!(refused, AppError::Refused(ref why) if why.contains("merit user contact lin")), "{refused}");
        let lin = contact(&app, lin, Some("lin@example.com"), Language::Chinese).await;
        app.mail_link(lin.public_id, LinkPurpose::Invite).await.unwrap();
        let waiting = notices(&app).await.remove(0);
        assert_eq!(
            (waiting.state, waiting.address.as_str(), waiting.attempts),
            (NoticeState::Waiting, "lin@example.com", 0)
        );

        let delivery = delivery(Some(&server.url()));
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), ONE, "{}", database.name);
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), Delivered::default(), "once");
        let letters = server.letters();
        assert_eq!(letters.len(), 1);
        let letter = &letters[0];
        assert_eq!(letter["id"], format!("<{}@example.com>", waiting.public_id));
        assert_eq!(
            (letter["to"].as_str(), letter["from"].as_str()),
            (Some("lin <lin@example.com>"), Some("Merit <merit@example.com>"))
        );
        assert_eq!(letter["recipients"], json!(["lin@example.com"]));
        assert_eq!(letter["subject"], "邀请您使用 Merit");
        let body = letter["body"].as_str().unwrap();
        let token = body.lines().find_map(|line| line.trim().strip_prefix(&format!("{BASE}/welcome/"))).unwrap();
        assert_eq!(app.link(token).await.unwrap().unwrap().login, "lin");
        assert_eq!(notices(&app).await[0].state, NoticeState::Sent);
        // What the letter carried is nowhere any more, and never was in the log.
        for (table, rows) in database.dump(&["version"]).await {
            assert!(!rows.iter().any(|row| row.contains(token)), "{table}: {}", database.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_link_takes_the_place_of_one_that_waits() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let Some(server) = MailServer::start() else { return };
        let app = open(&database).await;
        let lin = person(&app, "lin", None, Some("wrong@example.com")).await;
        app.mail_link(lin.public_id, LinkPurpose::Invite).await.unwrap();
        app.mail_link(lin.public_id, LinkPurpose::Reset).await.unwrap();
        contact(&app, lin, Some("lin@example.com"), Language::English).await;
        assert_eq!(app.deliver_due(&delivery(Some(&server.url()))).await.unwrap(), ONE);
        let letters = server.letters();
        assert_eq!((letters.len(), letters[0]["recipients"][0].as_str()), (1, Some("lin@example.com")));
        let [newer, older] = notices(&app).await.try_into().unwrap();
        assert_eq!((newer.state, older.state), (NoticeState::Sent, NoticeState::GivenUp), "{}", database.name);
        assert_eq!(older.last_problem.as_deref(), Some("the link in it has ended"));
        let refused = app.retry_notice(older.public_id).await.unwrap_err();
        assert!(matches!(refused, AppError::Refused(ref why) if why.contains("make a new one")), "{refused}");
        assert!(matches!(app.retry_notice(newer.public_id).await, Err(AppError::Refused(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_good_is_given_up_and_the_rest_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let Some(mut server) = MailServer::start() else { return };
        let app = open(&database).await;
        let delivery = delivery(Some(&server.url()));
        let unknown = person(&app, "unknown", None, Some("unknown@example.com")).await;
        app.mail_link(unknown.public_id, LinkPurpose::Reset).await.unwrap();
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), REFUSED, "{}", database.name);
        let given_up = notices(&app).await.remove(0);
        let why = given_up.last_problem.unwrap();
        assert!(why.contains("550") && why.contains("nobody of this name"), "{why}");

        let later = person(&app, "later", None, Some("later@example.com")).await;
        app.mail_link(later.public_id, LinkPurpose::Invite).await.unwrap();
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), LATER);
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), Delivered::default(), "not before its time");
        let waiting = notices(&app).await.remove(0);
        assert!(waiting.last_problem.unwrap().contains("451"));
        assert_eq!((waiting.state, waiting.attempts), (NoticeState::Waiting, 1));
        let soon = after(&database, TimeDelta::seconds(10)).await;
        assert_eq!(soon.deliver_due(&delivery).await.unwrap(), LATER);
        // Without a server at all; somebody does not wait for the time.
        server.kill();
        app.retry_notice(waiting.public_id).await.unwrap();
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), LATER);
        server.restart();
        app.retry_notice(waiting.public_id).await.unwrap();
        // It begins anew with saying later, twice.
        assert_eq!(app.deliver_due(&delivery).await.unwrap(), LATER);
        let much_later = after(&database, TimeDelta::hours(2)).await;
        assert_eq!(much_later.deliver_due(&delivery).await.unwrap(), LATER);
        let much_later = after(&database, TimeDelta::hours(4)).await;
        assert_eq!(much_later.deliver_due(&delivery).await.unwrap(), ONE);
        assert_eq!(server.letters().len(), 1);
        // A link is not sent after it has ended.
        app.mail_link(unknown.public_id, LinkPurpose::Reset).await.unwrap();
        let too_late = after(&database, TimeDelta::hours(9)).await;
        assert_eq!(too_late.deliver_due(&delivery).await.unwrap(), REFUSED);
        assert!(notices(&app).await[0].last_problem.as_deref().unwrap().contains("in time"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_disabled_is_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let Some(server) = MailServer::start() else { return };
        let app = open(&database).await;
        let lin = person(&app, "lin", None, Some("lin@example.com")).await;
        app.mail_link(lin.public_id, LinkPurpose::Invite).await.unwrap();
        let now = app.account(lin.public_id).await.unwrap().account;
        let change = merit::app::AccountChange { name: None, disabled: Some(true) };
        app.change_account(now.public_id, now.version, change).await.unwrap();
        assert_eq!(app.deliver_due(&delivery(Some(&server.url()))).await.unwrap(), Delivered::default());
        assert!(server.letters().is_empty() && notices(&app).await[0].state == NoticeState::GivenUp);
    }
}

/// A certificate for this machine and its key.
fn certificate(folder: &TempDir) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
    fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_with_a_certificate_of_ones_own_and_a_password() {
    let wanted = json!({ "certificate": "cert.pem", "key": "key.pem", "user": "merit", "password": "pa%ss@1" });
    let Some(server) = MailServer::with(&wanted, certificate) else { return };
    let folder = tempfile::tempdir().unwrap();
    let app = App::open(&folder.path().join("merit.db").display().to_string(), Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    let with = |password: &str, ca: bool| {
        let url = format!("smtp://merit:{password}@localhost:{}?tls=required", server.port);
        let ca = ca.then(|| server.path("cert.pem"));
        let mail = MailOptions { url: url.as_str().into(), from: "merit@example.com".into(), ca };
        Delivery::new(&DeliveryOptions { mail: Some(mail), held_for: Duration::from_secs(60), ..options(None) })
            .unwrap()
    };
    let lin = person(&app, "lin", None, Some("lin@example.com")).await;
    app.mail_link(lin.public_id, LinkPurpose::Invite).await.unwrap();
    for (password, ca, why) in [("pa%25ss%401", false, "certificate"), ("wrong", true, "535")] {
        assert_eq!(app.deliver_due(&with(password, ca)).await.unwrap(), LATER, "{why}");
        let waiting = notices(&app).await.remove(0);
        let said = waiting.last_problem.unwrap().to_lowercase();
        assert!(said.contains(why) && !said.contains("wrong@"), "{why}: {said}");
        app.retry_notice(waiting.public_id).await.unwrap();
    }
    assert!(server.letters().is_empty());
    assert_eq!(app.deliver_due(&with("pa%25ss%401", true)).await.unwrap(), ONE);
    let letter = &server.letters()[0];
    assert_eq!((letter["secure"].as_bool(), letter["signed_in"].as_bool()), (Some(true), Some(true)));
}
