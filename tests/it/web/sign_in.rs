//! Who gets in, who does not, and where they are led.

use merit::app::{AccountChange, AccountKind, AccountOrder};

use super::{PASSWORD, Place, is_in};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_and_out() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut browser = place.browser();
    browser.get("/").await.says(200, "Sign in");
    browser.sign_in("  LIN ", PASSWORD).await.leads_to("/");
    let first = browser.get("/").await;
    first.says(200, "Lin Yue");
    assert_eq!(first.header("cache-control"), "no-store");
    browser.get("/sign-in?next=/problems").await.leads_to("/problems");
    let stolen = browser.cookies.clone();
    let out = browser.submit("/", "/sign-out", &[]).await;
    out.leads_to("/");
    assert!(out.cookies.iter().any(|cookie| cookie.starts_with("merit=;") && cookie.contains("Max-Age=0")));
    assert!(!is_in(&mut browser).await);
    browser.cookies = stolen;
    assert!(!is_in(&mut browser).await, "a session that ended is of no use");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_reads_the_same() {
    let place = Place::new().await;
    place.member("lin").await;
    place.person("new", "Without Password").await;
    let gone = place.member("gone").await;
    let disabled = AccountChange { name: None, disabled: Some(true) };
    // Setting the password was a change as well.
    place.app.change_account(gone.public_id, gone.version + 1, disabled).await.unwrap();
    let order = AccountOrder { kind: AccountKind::Client, login: "robot", name: "Robot", agent: None };
    place.app.create_account(order).await.unwrap();
    let mut pages = Vec::new();
    for (login, password) in [
        ("lin", "wrong wrong wrong"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("new", PASSWORD),
        ("robot", PASSWORD),
        ("lin", ""),
    ] {
        let mut browser = place.browser();
        let answer = browser.sign_in(login, password).await;
        answer.says(403, "Login or password is not right.");
        assert!(!is_in(&mut browser).await, "{login}");
        let token = answer.form_token();
        pages.push(answer.body.replace(&token, "T").replace(&format!("value=\"{login}\""), "value=\"L\""));
    }
    place.browser().sign_in("x\0y", PASSWORD).await.says(400, "nul_in_text");
    assert!(pages.windows(2).all(|two| two[0] == two[1]), "{pages:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_back_to_a_page_of_this_site_alone() {
    let place = Place::new().await;
    place.member("lin").await;
    let mut browser = place.browser();
    let page = browser.get("/sign-in?next=/account%3Fa%3D1%26b%3D2").await;
    page.says(200, "name=\"next\" value=\"/account?a=1&#38;b=2\"");
    let (login, password) = (("login", "lin"), ("password", PASSWORD));
    let answer = browser.submit("/sign-in", "/sign-in", &[login, password, ("next", "/account?a=1&b=2")]).await;
    answer.leads_to("/account?a=1&b=2");
    for evil in [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "https:evil.example",
        "%2F%2Fevil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: merit=planted",
        "/\nLocation: https://evil.example",
        "evil.example",
    ] {
        let mut browser = place.browser();
        let answer = browser.submit("/sign-in", "/sign-in", &[login, password, ("next", evil)]).await;
        answer.leads_to("/");
        assert!(!answer.cookies.iter().any(|cookie| cookie.contains("planted")), "{:?}", answer.cookies);
        let asked: String = evil.bytes().map(|byte| format!("%{byte:02X}")).collect();
        browser.get(&format!("/sign-in?next={asked}")).await.leads_to("/");
        let page = place.browser().get(&format!("/sign-in?next={asked}")).await;
        page.says(200, "name=\"next\" value=\"/\"");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_both_languages_and_shows_what_was_typed_as_text() {
    let place = Place::new().await;
    let mut browser = place.browser();
    browser.get("/sign-in?lang=zh").await.says(200, "登录名");
    let token = browser.get("/sign-in").await.form_token();
    let fields = [("login", "\"><script>x</script>"), ("password", "x"), ("form_token", token.as_str())];
    let answer = browser.post("/sign-in?lang=zh", &fields).await;
    answer.says(403, "登录名或密码不正确。");
    assert!(!answer.body.contains("<script>"), "{}", answer.body);
}
