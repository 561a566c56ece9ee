//! Accounts, grants, tokens, links and sessions, as administrators change them in the pages.

use merit::app::{AccountKind, AccountOrder, AccountRecord, ContactOrder, Slice, TokenKind, TokenOrder, WantedEntries};
use merit::domain::authority::Role;

use super::pages::Office;
use super::{PASSWORD, is_in};
use crate::support::browser::{Answer, Browser};
use crate::support::chromium::Chromium;
use crate::support::company::Company;

async fn office() -> Office {
    let company = Company::new(2);
    let app = company.load(&company.sqlite()).await;
    Office::serving(company, app).await
}

async fn admin(office: &Office) -> Browser {
    office.session("admin", None, Some((Role::Admin, None))).await
}

async fn account(office: &Office, login: &str) -> AccountRecord {
    office.app.account_named(login).await.unwrap().account
}

/// The text that a page shows once.
fn shown_once(answer: &Answer) -> String {
    let (_, rest) = answer.body.split_once("<pre><code>").unwrap_or_else(|| panic!("{}", answer.body));
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_added_let_in_given_a_role_and_kept_out() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    let mut browser = admin(&office).await;
    let pages = [
        ("/access", ["Add a person or a program", "添加人员或程序"]),
        ("/access/new", ["Signs in with tokens only.", "仅以令牌登录"]),
    ];
    office.check(&chromium, &browser, &pages).await;
    chromium.widen(1280).await;
    chromium.open(&format!("{}/access/new?lang=en", office.origin)).await;
    chromium.types("login", "Li.Wei").await;
    chromium.types("name", "李伟").await;
    chromium.types("number", "E001").await;
    chromium.types("email", "li.wei@example.com").await;
    chromium
        .run("document.getElementById('link').value = 'show'; document.getElementById('role').value = 'supervisor'")
        .await;
    chromium.types("grant-unit", "T1").await;
    chromium.ticks("add").await;
    chromium.sees("Hand this link on to that person alone.").await;
    let link = chromium.run("return document.querySelector('pre').innerText").await.as_str().unwrap().to_owned();
    let made = account(&office, "li.wei").await;
    assert_eq!(made.contact.email.as_deref(), Some("li.wei@example.com"));
    let place = format!("/access/{}", made.public_id);
    let pages = [
        (place.as_str(), ["unit T1 and everything below it", "单位 T1 及其下属"]),
        (place.as_str(), ["From now on nobody comes in", "即刻起任何人都不能使用此账户"]),
    ];
    // What is folded is looked at unfolded.
    chromium.run("document.querySelectorAll('details').forEach((one) => one.open = true)").await;
    chromium.sees("From now on nobody comes in with this account").await;
    office.check(&chromium, &browser, &pages[..1]).await;

    // The link that was shown lets them in, and the role counts.
    let mut person = Browser::new(&office.origin);
    let path = link.strip_prefix(&office.origin).unwrap();
    person.submit(path, path, &[("password", PASSWORD), ("again", PASSWORD)]).await.leads_to("/account");
    person.get("/account?lang=en").await.says(200, "unit T1 and everything below it");
    browser.get(&format!("{place}?lang=en")).await.says(200, "For a forgotten password");

    // Disabled, they are out at once; what was read before is not overwritten.
    let version = account(&office, "li.wei").await.version.to_string();
    let fields = |what: &'static str| [("do", what), ("version", version.as_str())];
    browser.submit(&place, &place, &fields("disable")).await.leads_to(&place);
    assert!(!is_in(&mut person).await);
    browser.submit(&place, &place, &fields("enable")).await.says(409, "Somebody else changed this account meanwhile");
    let version = account(&office, "li.wei").await.version.to_string();
    browser.submit(&place, &place, &[("do", "enable"), ("version", version.as_str())]).await.leads_to(&place);
    person.sign_in("li.wei", PASSWORD).await.leads_to("/");
    browser.get(&format!("{place}?lang=en")).await.says(200, "Sign them out everywhere");
    browser.submit(&place, &format!("{place}/sessions"), &[]).await.leads_to(&place);
    assert!(!is_in(&mut person).await);
    browser.get(&format!("{place}?lang=en")).await.says(200, "Nobody is signed in with this account.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_comes_second_says_so_and_keeps_what_was_typed() {
    let office = office().await;
    let mut browser = admin(&office).await;
    let order = AccountOrder { kind: AccountKind::Person, login: "lin", name: "Lin Yue", agent: None };
    let lin = office.app.create_account(order).await.unwrap().account;
    let (place, version) = (format!("/access/{}", lin.public_id), lin.version.to_string());
    let theirs = ContactOrder { email: Some("theirs@example.com".to_owned()), ..ContactOrder::default() };
    office.app.set_contact(lin.public_id, lin.version, &theirs).await.unwrap();
    let fields =
        [("version", version.as_str()), ("email", "mine@example.com"), ("language", "zh"), ("wish.pull_failed", "on")];
    let answer = browser.submit(&place, &format!("{place}/contact?lang=en"), &fields).await;
    answer.says(409, "Somebody else changed this account meanwhile");
    answer.says(409, "value=\"mine@example.com\"");
    answer.says(409, "theirs@example.com");
    answer.says(409, "name=\"wish.pull_failed\" checked");
    assert_eq!(account(&office, "lin").await.contact.email.as_deref(), Some("theirs@example.com"));
    let fields = [("do", "rename"), ("name", "林月"), ("version", version.as_str())];
    browser.submit(&place, &place, &fields).await.says(409, "value=\"林月\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_given_is_refused_with_what_was_typed() {
    let office = office().await;
    let mut browser = admin(&office).await;
    let order = AccountOrder { kind: AccountKind::Person, login: "lin", name: "Lin Yue", agent: None };
    let lin = office.app.create_account(order).await.unwrap().account.public_id;
    let place = format!("/access/{lin}");
    let grants = format!("{place}/grants");
    for (fields, says) in [
        ([("role", "king"), ("unit", ""), ("first_day", ""), ("last_day", "")], "role: &#39;king&#39; is none"),
        ([("role", "hr"), ("unit", "T77"), ("first_day", ""), ("last_day", "")], "value=\"T77\""),
        ([("role", "hr"), ("unit", ""), ("first_day", "2026-13-01"), ("last_day", "")], "first_day: "),
        (
            [("role", "hr"), ("unit", ""), ("first_day", "2026-07-02"), ("last_day", "2026-07-01")],
            "ends before it begins",
        ),
    ] {
        browser.submit(&place, &grants, &fields).await.says(409, says);
    }
    assert_eq!(office.app.grants(lin).await.unwrap(), []);
    browser.submit(&place, &grants, &[("role", "hr"), ("with_pay", "yes")]).await.leads_to(&place);
    let given = office.app.grants(lin).await.unwrap().remove(0).grant;
    assert!(given.grant.with_pay && given.grant.unit.is_none());
    let away = format!("{grants}/{}", given.public_id);
    browser.submit(&place, &away, &[]).await.leads_to(&place);
    assert!(office.app.grants(lin).await.unwrap()[0].grant.revoked_at.is_some());
    let wanted = WantedEntries { act: Some("grant.revoke".to_owned()), ..WantedEntries::default() };
    let entries = office.app.audit_entries(&Slice::first(), &wanted).await.unwrap().rows;
    assert_eq!(entries[0].actor_login.as_deref(), Some("admin"));

    // Nobody grants themselves anything, whatever form they send; nobody sends a letter without an address.
    let own = format!("/access/{}", account(&office, "admin").await.public_id);
    browser
        .submit(&own, &format!("{own}/grants"), &[("role", "hr")])
        .await
        .says(409, "Nobody grants themselves anything");
    browser.submit(&place, &format!("{place}/links"), &[("by", "mail")]).await.says(409, "has no e-mail address");
    // An account that is there already, and a role that cannot be given: nothing is half done unsaid.
    let add = |login: &'static str, unit: &'static str| {
        [("kind", "person"), ("login", login), ("name", "Lin"), ("role", "hr"), ("unit", unit)]
    };
    browser.submit("/access/new", "/access/new", &add("lin", "")).await.says(409, "value=\"lin\"");
    let answer = browser.submit("/access/new", "/access/new?lang=en", &add("wu", "T77")).await;
    answer.says(409, "The account was made, but not all that you asked for");
    account(&office, "wu").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_gets_a_token_that_is_shown_once_replaced_and_revoked() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    let mut browser = admin(&office).await;
    let fields = [("kind", "client"), ("login", "payroll"), ("name", "Payroll"), ("role", "payroll"), ("link", "show")];
    let made = browser.submit("/access/new", "/access/new", &fields).await;
    let place = format!("/access/{}", account(&office, "payroll").await.public_id);
    made.leads_to(&place);
    let tokens = format!("{place}/tokens");
    let fields = [("name", "nightly"), ("kind", "token"), ("ends", "2099-12-31"), ("only.read_pay", "on")];
    let made = browser.submit(&place, &tokens, &fields).await;
    let text = shown_once(&made);
    assert_eq!(made.header("cache-control"), "no-store");
    assert!(text.starts_with("merit_") && !browser.get(&place).await.body.contains(&text));
    let pages = [(place.as_str(), ["Only for: read_pay", "仅用于： read_pay"])];
    office.check(&chromium, &browser, &pages).await;
    let works = async |text: &str| {
        let me = reqwest::Client::builder().no_proxy().build().unwrap();
        me.get(format!("{}/api/v1/me", office.origin)).bearer_auth(text).send().await.unwrap().status().as_u16()
    };
    assert_eq!(works(&text).await, 200);
    let token = office.app.tokens(None).await.unwrap().remove(0);
    assert_eq!(token.expires_at.unwrap().to_rfc3339(), "2100-01-01T00:00:00+00:00");
    let one = format!("{tokens}/{}", token.public_id);
    let newer = shown_once(&browser.submit(&place, &one, &[("do", "rotate")]).await);
    assert_eq!((works(&text).await, works(&newer).await), (200, 200));
    browser.submit(&place, &one, &[("do", "revoke")]).await.leads_to(&place);
    assert_eq!((works(&text).await, works(&newer).await), (401, 200));
    browser.submit(&place, &tokens, &[("name", ""), ("kind", "token")]).await.says(409, "name: 1 to 200 characters");
    browser.submit(&place, &tokens, &[("name", "x"), ("only.fly", "on")]).await.says(409, "is no act");
    // In another person's name nobody makes one.
    let order = AccountOrder { kind: AccountKind::Person, login: "lin", name: "Lin Yue", agent: None };
    let lin = format!("/access/{}", office.app.create_account(order).await.unwrap().account.public_id);
    browser.submit(&lin, &format!("{lin}/tokens"), &[("name", "x")]).await.says(409, "is a person");
    // Nor by replacing one that is there: the new text would be theirs to use.
    let account = lin.rsplit('/').next().unwrap().parse().unwrap();
    let order = TokenOrder { account, name: "own", kind: TokenKind::Token, only: None, expires_at: None };
    let own = office.app.create_token(order).await.unwrap().0.public_id;
    let one = format!("{lin}/tokens/{own}");
    browser.submit(&lin, &one, &[("do", "rotate")]).await.says(409, "is a person");
    browser.submit(&lin, &one, &[("do", "revoke")]).await.leads_to(&lin);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended_one_by_one_and_a_block_is_seen() {
    let Some(chromium) = Chromium::start().await else { return };
    let office = office().await;
    let mut here = office.session("lin", None, None).await;
    let mut there = Browser::new(&office.origin);
    there.sign_in("lin", PASSWORD).await.leads_to("/");
    let page = here.get("/account?lang=en").await;
    page.says(200, "This one");
    let (_, rest) = page.body.split_once("/account/sessions/").unwrap();
    let other = format!("/account/sessions/{}", rest.split('"').next().unwrap());
    assert!(!rest.contains("/account/sessions/"), "the one in use has no button");
    office.check(&chromium, &here, &[("/account", ["End this one", "结束此会话"])]).await;
    // Somebody else's session is none of one's own.
    let mut stranger = office.session("stranger", None, None).await;
    stranger.submit("/account", &other, &[]).await.leads_to("/account");
    assert!(is_in(&mut there).await);
    here.submit("/account", &other, &[]).await.leads_to("/account");
    assert!(!is_in(&mut there).await && is_in(&mut here).await);

    for _ in 0..6 {
        there.sign_in("lin", "not the password").await;
    }
    let mut browser = admin(&office).await;
    let place = format!("/access/{}", account(&office, "lin").await.public_id);
    let pages = [
        ("/access", ["Sign-in blocked until", "前不能登录"]),
        (place.as_str(), ["A link for a new password, once it is used, ends it", "使用新密码链接后立即解除"]),
    ];
    for (path, [english, chinese]) in pages {
        browser.get(&format!("{path}?lang=en")).await.says(200, english);
        browser.get(&format!("{path}?lang=zh")).await.says(200, chinese);
    }
    let link = shown_once(&browser.submit(&place, &format!("{place}/links"), &[("by", "show")]).await);
    let (mut again, path) = (Browser::new(&office.origin), link.strip_prefix(&office.origin).unwrap().to_owned());
    again.submit(&path, &path, &[("password", PASSWORD), ("again", PASSWORD)]).await.leads_to("/account");
    assert!(!browser.get(&format!("{place}?lang=en")).await.body.contains("Sign-in blocked until"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_no_access_changes_none() {
    let office = office().await;
    let mut hr = office.session("hr", None, Some((Role::Hr, None))).await;
    let id = account(&office, "hr").await.public_id;
    for path in ["/access", "/access/new"] {
        assert_eq!(hr.get(path).await.status.as_u16(), 403, "{path}");
    }
    for path in
        ["/access/new", &format!("/access/{id}"), &format!("/access/{id}/grants"), &format!("/access/{id}/links")]
    {
        let fields = [
            ("kind", "person"),
            ("login", "x"),
            ("name", "X"),
            ("role", "admin"),
            ("by", "show"),
            ("do", "enable"),
            ("version", "1"),
        ];
        assert_eq!(hr.submit("/account", path, &fields).await.status.as_u16(), 403, "{path}");
    }
}
