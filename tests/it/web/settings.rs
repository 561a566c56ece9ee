//! How the server runs, as administrators see it.

use merit::app::{Setting, SettingOrigin};
use merit::domain::authority::Role;

use super::pages::Office;
use crate::support::chromium::Chromium;
use crate::support::company::{Company, FIRST_QUARTER};

fn setting(flag: &str, variable: &str, value: &str, origin: SettingOrigin) -> Setting {
    Setting {
        flag: flag.to_owned(),
        variable: Some(variable.to_owned()),
        value: Some(value.to_owned()).filter(|value| !value.is_empty()),
        origin,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_what_is_in_force_and_nobody_else_does() {
    let Some(chromium) = Chromium::start().await else { return };
    let company = Company::new(1);
    let app = company.load(&company.sqlite()).await.with_settings(vec![
        setting("listen", "MERIT_LISTEN", "127.0.0.1:8080", SettingOrigin::Default),
        setting("database", "MERIT_DATABASE_URL", "postgres://…@db.example/merit", SettingOrigin::Environment),
        setting("smtp-url", "MERIT_SMTP_URL", "", SettingOrigin::Default),
        setting("", "RUST_LOG", "merit=debug", SettingOrigin::Environment),
    ]);
    let pinned = app.open_cycle(FIRST_QUARTER, None, &company.rules()).await.unwrap();
    let office = Office::serving(company, app).await;
    let mut admin = office.session("admin", None, Some((Role::Admin, None))).await;
    let pages = [
        ("/settings", ["Where everything is kept", "数据存放处"]),
        ("/settings", ["postgres://…@db.example/merit", "环境变量"]),
        ("/settings", ["As this version needs it", "与本版本一致"]),
    ];
    office.check(&chromium, &admin, &pages).await;
    let hash = pinned.ruleset_hash;
    admin.get("/settings").await.says(200, &format!("href=\"/rules/{hash}\""));
    let list = admin.get("/settings?format=csv&lang=en").await;
    assert!(list.header("content-disposition").contains("settings.csv"));
    assert!(list.body.contains("--listen MERIT_LISTEN,127.0.0.1:8080,Default,"), "{}", list.body);
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    assert_eq!(hr.get("/settings").await.status.as_u16(), 403);
}
