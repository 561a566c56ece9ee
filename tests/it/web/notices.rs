//! What people and programs were told, webhooks, and how somebody is reached, in real Chromium.

use merit::domain::authority::Role;

use super::pages::Office;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, FIRST_QUARTER};
use crate::support::cycles::publish;

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_what_was_told_and_tell_programs() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(2);
    let app = company.load(&company.sqlite()).await;
    let office = Office::serving(company, app).await;
    let mut agent = office.session("e001", Some("E001"), None).await;
    let mut admin = office.session("admin", None, Some((Role::Admin, None))).await;
    let id = office.app.account_named("e001").await.unwrap().account.public_id;
    let account = format!("/access/{id}");
    office.check(&chromium, &admin, &[(account.as_str(), ["How they are reached", "联系方式（此人）"])]).await;
    let version = admin.get(&account).await.body;
    let version = version.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let change = format!("{account}/contact");
    let reached = [("version", version.as_str()), ("email", "e001@example.com"), ("language", "zh")];
    admin.submit(&account, &change, &reached).await.leads_to(&account);
    admin.submit(&account, &change, &reached).await.says(409, "Somebody else changed this account meanwhile");
    admin.submit(&account, &change, &[("version", "2"), ("email", "nobody")]).await.says(409, "email: ");
    agent.get("/account?lang=en").await.says(200, "e001@example.com");

    let rules = office.rules();
    office.app.open_cycle(FIRST_QUARTER, None, &rules).await.unwrap();
    office.app.appraise(FIRST_QUARTER, &|_| {}).await.unwrap();
    publish(&office.app, FIRST_QUARTER).await;
    let list = admin.get("/notices?lang=en").await;
    list.says(200, "Your results of 2026-Q2 are published");
    let notice = list.body.split("href=\"/notices/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let notice = format!("/notices/{notice}");
    let pages = [
        ("/notices", ["Your results of 2026-Q2 are published", "2026-Q2 考核结果已公布"]),
        ("/notices?state=given_up", ["Nothing was told yet", "尚无通知"]),
        (notice.as_str(), ["Attempts", "尝试次数"]),
        ("/webhooks", ["No program is told anything", "没有通知任何程序"]),
    ];
    office.check(&chromium, &admin, &pages).await;
    admin.get("/notices?lang=en&format=csv").await.says(200, "Your results of 2026-Q2 are published,e001,E-mail");
    admin.submit(&notice, &format!("{notice}/retry"), &[]).await.leads_to(&notice);
    office.check(&chromium, &agent, &[("/me/notices", ["Your results of 2026-Q2", "2026-Q2 考核结果已公布"])]).await;
    assert_eq!(agent.get("/notices").await.status.as_u16(), 403);

    office.check(&chromium, &admin, &[]).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}/webhooks?lang=en", office.origin)).await;
    chromium.types("url", "https://hooks.example.com/in").await;
    chromium.sends("url").await;
    chromium.sees("Name at least one kind").await;
    assert_eq!(chromium.run("return document.getElementById('url').value").await, "https://hooks.example.com/in");
    chromium.ticks("kind-results_published").await;
    chromium.sends("url").await;
    chromium.sees("It is shown this once").await;
    assert!(chromium.text().await.contains("whsec_"));
    chromium.clicks("Disable").await;
    chromium.sees("Disabled").await;
    chromium.clicks("Enable").await;
    chromium.sees("Works").await;
    assert!(!chromium.text().await.contains("whsec_"));
    assert!(chromium.complaints().await.iter().all(|one| one.contains("409")));
    office.check(&chromium, &admin, &[("/webhooks", ["https://hooks.example.com/in", "停用"])]).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}/webhooks?lang=en", office.origin)).await;
    chromium.clicks("Remove").await;
    chromium.sees("No program is told anything").await;
}
