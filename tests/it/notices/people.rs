//! Addresses belong to people: who changes them, who sees them, and that they are forgotten.

use std::fs;

use merit::app::{AppError, ContactOrder, GrantOrder, LinkPurpose, Slice};
use merit::domain::authority::Role;
use merit::domain::notice::{Channel, NoticeKind, NoticeState};
use merit::domain::text::Language;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{notices, person};
use crate::support::command::{merit, printed, refused};
use crate::support::company::Company;
use crate::support::engines;
use crate::support::server::{Server, json as answer};

const LEAVER: &str = "employee_number,name,unit,post,from,to,hired,left\nE001,Agent 1,T1,front_line,2016-01-01,2019-06-30,2016-01-01,2019-06-30\n";

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_handed_out_with_what_is_held_and_forgotten_with_its_person() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        let app = company.load(&database.url).await;
        let one = person(&app, "one", Some("E001"), Some("one@example.com")).await;
        app.mail_link(one.public_id, LinkPurpose::Invite).await.unwrap();
        let data = app.personal_data("E001").await.unwrap();
        assert_eq!(
            (&data["account"]["email"], &data["account"]["language"]),
            (&json!("one@example.com"), &json!("en"))
        );
        assert_eq!(data["account"]["notices"][0]["address"], "one@example.com");
        fs::write(company.path("left.csv"), LEAVER).unwrap();
        app.import_roster(&company.path("left.csv"), None, false).await.unwrap();
        assert_eq!(app.forget_leavers(5, false).await.unwrap(), ["E001"]);
        let forgotten = notices(&app).await.remove(0);
        assert_eq!((forgotten.state, forgotten.address.as_str()), (NoticeState::GivenUp, ""), "{}", database.name);
        assert!(matches!(app.retry_notice(forgotten.public_id).await, Err(AppError::Refused(_))));
        for (table, rows) in database.dump(&["version"]).await {
            assert!(!rows.iter().any(|row| row.contains("one@example.com")), "{table}: {}", database.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_pull_is_told_to_who_wishes_to_know() {
    let company = Company::new(1);
    for database in engines::databases(&company.path("merit.db")).await {
        company.write_figures(0);
        let app = company.load(&database.url).await;
        for (login, role, unit, wish) in [
            ("wishes", Role::Hr, None, true),
            ("does-not", Role::Hr, None, false),
            ("of-a-team", Role::Hr, Some("T1"), true),
            ("auditor", Role::Auditor, None, true),
        ] {
            let account = person(&app, login, None, None).await;
            let wishes = if wish { vec!["pull_failed".to_owned()] } else { Vec::new() };
            let order = ContactOrder { email: None, language: Language::Chinese, wishes };
            app.set_contact(account.public_id, account.version, &order).await.unwrap();
            let (first_day, last_day, account) = (None, None, account.public_id);
            app.grant(GrantOrder { account, role, unit, with_pay: false, first_day, last_day }).await.unwrap();
        }
        fs::remove_file(company.path("daily.csv")).unwrap();
        company.pull(&app).await.unwrap_err();
        let told = notices(&app).await;
        assert_eq!(told.len(), 1, "{}: {told:?}", database.name);
        let notice = &told[0];
        assert_eq!(
            (notice.kind, notice.channel, notice.about.as_str()),
            (NoticeKind::PullFailed, Channel::Page, "daily")
        );
        assert_eq!((notice.login.as_deref(), notice.language), (Some("wishes"), Language::Chinese));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_api_an_address_is_set_and_a_link_is_mailed() {
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await;
    let one = person(&app, "one", Some("E001"), None).await;
    let server = Server::start(&app).await;
    let put = async |etag: &str, body: Value| {
        let path = format!("/api/v1/users/{}/contact", one.public_id);
        let request = server.request(Method::PUT, &path).bearer_auth(&server.token);
        answer(request.header("if-match", etag).json(&body).send().await.unwrap()).await
    };
    let etag = format!("\"{}\"", one.version);
    for bad in [
        json!({ "email": "one" }),
        json!({ "email": "a@b.c\r\nBcc: x@y.z" }),
        json!({ "notices": ["invitation"] }),
        json!({ "language": "fr" }),
    ] {
        assert_eq!(put(&etag, bad.clone()).await.0, StatusCode::BAD_REQUEST, "{bad}");
    }
    let (status, user) =
        put(&etag, json!({ "email": "one@example.com", "language": "zh", "notices": ["pull_failed"] })).await;
    assert_eq!((status, &user["email"], &user["language"]), (StatusCode::OK, &json!("one@example.com"), &json!("zh")));
    assert_eq!(put(&etag, json!({})).await.0, StatusCode::PRECONDITION_FAILED);
    let links = format!("/api/v1/users/{}/mailed-links", one.public_id);
    let request = server.request(Method::POST, &links).bearer_auth(&server.token).json(&json!({ "purpose": "invite" }));
    let (status, made) = answer(request.send().await.unwrap()).await;
    assert_eq!((status, made.as_object().unwrap().len()), (StatusCode::ACCEPTED, 1), "{made}");
    let listed = server.ok("/api/v1/notices?state=waiting").await;
    let notice = &listed["items"][0];
    assert_eq!((&notice["kind"], &notice["address"]), (&json!("invitation"), &json!("one@example.com")));
    let shown = server.ok(&format!("/api/v1/notices/{}", notice["id"].as_str().unwrap())).await;
    assert_eq!(&shown, notice);
    // The link is in the letter only.
    assert!(!listed.to_string().contains("welcome") && !listed.to_string().contains("token"), "{listed}");
    let of_one = app.acting_as(app.bearer(&server.token).await.unwrap().unwrap()).own_notices(&Slice::first()).await;
    assert_eq!(of_one.unwrap().0, [], "a program's own are its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_command_line_an_address_is_set_and_a_link_is_mailed() {
    let company = Company::new(1);
    company.load(&company.sqlite()).await;
    let run = |arguments: &[&str]| merit(&company, &company.sqlite()).args(arguments).output().unwrap();
    let made = printed(run(&["user", "add", "lin", "--email", "lin@example.com", "--language", "zh"]));
    assert!(made.contains("go to lin@example.com"), "{made}");
    printed(run(&["user", "contact", "lin", "--email", "li.wei@example.com"]));
    let wrong = refused(run(&["user", "contact", "lin", "--email", "nothing"]), 1);
    assert!(wrong.contains("email: 'nothing' is no e-mail address"), "{wrong}");
    let mailed = printed(run(&["user", "invite", "lin", "--mail"]));
    assert!(mailed.contains("li.wei@example.com") && !mailed.contains("/welcome/"), "{mailed}");
    let listed: Value =
        serde_json::from_str(&printed(run(&["notice", "list", "--state", "waiting", "--format", "json"]))).unwrap();
    let id = listed[0]["id"].as_str().unwrap();
    assert!(printed(run(&["notice", "show", id])).contains("invitation"));
    assert!(printed(run(&["notice", "send"])).contains("e-mail waits"));
    assert!(printed(run(&["notice", "retry", id])).contains("is tried again"));
    let unfit = refused(
        run(&["notice", "send", "--smtp-url", "smtp://u:hidden@mail.example.com", "--mail-from", "m@example.com"]),
        1,
    );
    assert!(unfit.contains("in the clear") && !unfit.contains("hidden"), "{unfit}");
    let added = printed(run(&["webhook", "add", "https://hooks.example.com/in", "--kinds", "results_published"]));
    let secret = added.lines().last().unwrap();
    assert!(secret.starts_with("whsec_"), "{added}");
    let webhooks = printed(run(&["webhook", "list", "--format", "json"]));
    let webhooks_listed: Value = serde_json::from_str(&webhooks).unwrap();
    let id = webhooks_listed[0]["id"].as_str().unwrap();
    assert!(!webhooks.contains(secret) && webhooks.contains("hooks.example.com"), "{webhooks}");
    let rotated = printed(run(&["webhook", "rotate", id]));
    assert!(rotated.lines().last().unwrap() != secret && rotated.contains("for a day"), "{rotated}");
    printed(run(&["webhook", "disable", id]));
    printed(run(&["webhook", "enable", id]));
    printed(run(&["webhook", "remove", id]));
    assert_eq!(printed(run(&["webhook", "list", "--format", "json"])).trim(), "[]");
    let own = refused(run(&["webhook", "add", "http://169.254.169.254/", "--kinds", "results_published"]), 1);
    assert!(own.contains("--webhook-network"), "{own}");
}
