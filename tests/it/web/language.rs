//! The language somebody chose stays, wherever the way leads.

use super::{PASSWORD, Place};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_chosen_survives_forms_and_redirects() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut browser = place.browser();
    browser.get("/sign-in").await.says(200, "lang=\"en\"");
    let chosen = browser.get("/sign-in?lang=zh").await;
    chosen.says(200, "登录名");
    let kept: Vec<_> = chosen.cookies.iter().filter(|cookie| cookie.starts_with("lang=")).collect();
    assert_eq!(kept, ["lang=zh-CN; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"]);
    // From here on no address says it.
    browser.get("/account").await.leads_to("/sign-in?next=/account");
    browser.get("/sign-in?next=/account").await.says(200, "登录名");
    browser.sign_in("lin", "wrong").await.says(403, "登录名或密码不正确。");
    browser.sign_in("lin", PASSWORD).await.leads_to("/");
    let page = browser.get("/account").await;
    page.says(200, "<html lang=\"zh-CN\">");
    assert!(!page.cookies.iter().any(|cookie| cookie.starts_with("lang=")), "it is there already");
    browser.submit("/account", "/sign-out", &[]).await.leads_to("/");
    browser.get("/problems").await.says(200, "<html lang=\"zh-CN\">");
    browser.get("/?lang=en").await.says(200, "<html lang=\"en\">");
    browser.get("/").await.says(200, "<html lang=\"en\">");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_goes_before_the_cookie_and_the_cookie_before_the_browsers_wish() {
    let place = Place::new().await;
    for (address, cookie, accepted, speaks) in [
        ("/?lang=en", "zh-CN", "zh", "en"),
        ("/", "zh-CN", "en", "zh-CN"),
        ("/", "en", "zh", "en"),
        ("/", "", "zh", "zh-CN"),
        ("/?lang=xx", "zh-CN", "en", "zh-CN"),
        ("/", "\"><script>", "zh", "zh-CN"),
    ] {
        let client = crate::support::server::client();
        let request = client.get(format!("{}{address}", place.origin)).header("accept-language", accepted);
        let body = request.header("cookie", format!("lang={cookie}")).send().await.unwrap().text().await.unwrap();
        assert!(body.contains(&format!("<html lang=\"{speaks}\">")), "{address} {cookie} {accepted}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_in_chinese_leads_to_an_account_in_chinese() {
    let place = Place::new().await;
    let account = place.person("lin", "Lin Yue").await;
    let link = place.app.create_link(account.public_id, merit::app::LinkPurpose::Invite).await.unwrap().token;
    let mut browser = place.browser();
    let page = format!("/welcome/{link}?lang=zh");
    browser.get(&page).await.says(200, "<html lang=\"zh-CN\">");
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    browser.submit(&page, &format!("/welcome/{link}"), &fields).await.leads_to("/account");
    browser.get("/account").await.says(200, "<html lang=\"zh-CN\">");
}
