//! Pages that only say something.

use askama::Template;
use poem::Response;
use poem::http::StatusCode;

use super::language::Language;
use super::rendered;
use super::visitor::Visitor;
use crate::app::NoEntry;

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    language: Language,
    visitor: Visitor,
    version: &'static str,
    title: &'static str,
    text: &'static str,
    /// A stable code, for whoever is asked for help.
    code: Option<String>,
    /// Where to go next, and in words.
    onward: (String, &'static str),
}

fn page(visitor: &Visitor, language: Language, status: StatusCode, says: [&'static str; 2]) -> poem::Result<Response> {
    let onward = ("/".to_owned(), language.pick("First page", "首页"));
    show(visitor, language, status, says, None, onward)
}

fn show(
    visitor: &Visitor,
    language: Language,
    status: StatusCode,
    [title, text]: [&'static str; 2],
    code: Option<String>,
    onward: (String, &'static str),
) -> poem::Result<Response> {
    let version = env!("CARGO_PKG_VERSION");
    let mut response = rendered(&Message { language, visitor: visitor.clone(), version, title, text, code, onward })?;
    response.set_status(status);
    Ok(response)
}

/// Whoever confirmed that it is them goes on to a provider. A link and not a redirect: browsers let no form of this site lead to another.
pub(super) fn go_on(visitor: &Visitor, language: Language, address: String) -> poem::Result<Response> {
    let title = language.pick("Now sign in there", "请前往登录");
    let text = language.pick(
        "Sign in as yourself at the other side. When you come back, both are linked.",
        "请在对方页面以本人身份登录，返回后即完成关联。",
    );
    let onward = (address, language.pick("Continue", "继续"));
    show(visitor, language, StatusCode::OK, [title, text], None, onward)
}

/// Nobody was let in by way of a provider.
pub(super) fn no_entry(visitor: &Visitor, language: Language, why: NoEntry) -> poem::Result<Response> {
    let (status, text) = match why {
        NoEntry::Unreachable => (
            StatusCode::BAD_GATEWAY,
            language.pick(
                "The sign-in service does not answer. Try again in a few minutes, or sign in with login and password.",
                "登录服务暂无响应。请几分钟后重试，或使用登录名和密码登录。",
            ),
        ),
        NoEntry::Refused => (
            StatusCode::FORBIDDEN,
            language.pick(
                "The sign-in service does not accept this answer any more. Begin again from the sign-in page.",
                "登录服务不再接受此应答。请从登录页重新开始。",
            ),
        ),
        NoEntry::Untrusted => (
            StatusCode::FORBIDDEN,
            language.pick(
                "What the sign-in service sent could not be verified. Begin again; if it happens twice, tell your administrator.",
                "无法验证登录服务发来的信息。请重新开始；若再次出现，请联系管理员。",
            ),
        ),
        NoEntry::NoAccount => (
            StatusCode::FORBIDDEN,
            language.pick(
                "You are known there, but have no account here. Ask your administrator for one.",
                "您在登录服务中的身份有效，但此处没有您的账户。请联系管理员开通。",
            ),
        ),
        NoEntry::Disabled => (
            StatusCode::FORBIDDEN,
            language.pick(
                "Your account here is disabled. Ask your administrator.",
                "您在此处的账户已停用。请联系管理员。",
            ),
        ),
        NoEntry::OtherNumber => (
            StatusCode::FORBIDDEN,
            language.pick(
                "The employee number there is not that of the account here. Ask your administrator to compare the two.",
                "登录服务中的工号与此处账户的工号不一致。请联系管理员核对。",
            ),
        ),
        NoEntry::Taken => (
            StatusCode::FORBIDDEN,
            language.pick(
                "The account here and the one there are not free for each other: one of them is linked already. Ask your administrator.",
                "此处账户或对方账户已与其他账户关联，无法再次关联。请联系管理员。",
            ),
        ),
    };
    not_signed_in(visitor, language, status, text, None)
}

/// The provider sent somebody back without letting them in.
pub(super) fn declined(visitor: &Visitor, language: Language, code: &str) -> poem::Result<Response> {
    let text = match code {
        "access_denied" => language.pick(
            "You were not let in there, or broke off. Begin again if you meant to sign in.",
            "您未获准登录或已中途取消。如需登录，请重新开始。",
        ),
        _ => language.pick(
            "The sign-in service reports a problem. Try again; if it stays, give your administrator the code below.",
            "登录服务报告了问题。请重试；若仍未解决，请将下方代码告知管理员。",
        ),
    };
    // Codes are plain words (RFC 6749, 4.1.2.1); anything else somebody made up, and is not shown.
    let plain = (1..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    not_signed_in(visitor, language, StatusCode::FORBIDDEN, text, plain.then(|| code.to_owned()))
}

/// Somebody comes back from a provider whom this browser did not send there, or too long ago.
pub(super) fn lost_trip(visitor: &Visitor, language: Language) -> poem::Result<Response> {
    let text = language.pick(
        "This sign-in was begun in another browser, in another window, or too long ago. Begin again from the sign-in page.",
        "此次登录是在其他浏览器或窗口中开始的，或已超时。请从登录页重新开始。",
    );
    not_signed_in(visitor, language, StatusCode::FORBIDDEN, text, None)
}

/// There is no such provider.
pub(super) fn no_provider(visitor: &Visitor, language: Language) -> poem::Result<Response> {
    let text = language.pick(
        "There is no such way to sign in. The sign-in page shows which there are.",
        "没有此登录方式。可用方式见登录页。",
    );
    not_signed_in(visitor, language, StatusCode::NOT_FOUND, text, None)
}

fn not_signed_in(
    visitor: &Visitor,
    language: Language,
    status: StatusCode,
    text: &'static str,
    code: Option<String>,
) -> poem::Result<Response> {
    let title = language.pick("That did not work", "操作未成功");
    let onward = match visitor.name() {
        Some(_) => ("/account".to_owned(), language.pick("Your account", "我的账户")),
        None => (format!("/sign-in?lang={}", language.code()), language.pick("Sign in", "登录")),
    };
    show(visitor, language, status, [title, text], code, onward)
}

/// A form that was not made for this visitor, or for an earlier session.
pub(super) fn strange_form(visitor: &Visitor, language: Language) -> poem::Result<Response> {
    let title = language.pick("This form is not valid any more", "表单已失效");
    let text = language.pick(
        "Nothing was changed. You were signed out meanwhile, or the form came from another site. Open the page again and repeat what you wanted to do.",
        "未做任何更改。可能您已退出登录，或该表单来自其他网站。请重新打开页面，再次操作。",
    );
    page(visitor, language, StatusCode::FORBIDDEN, [title, text])
}

/// A one-time link that has ended.
pub(super) fn ended_link(visitor: &Visitor, language: Language) -> poem::Result<Response> {
    let title = language.pick("This link does not work any more", "链接已失效");
    let text = language.pick(
        "A link works once and for a limited time, and a newer one takes its place. Ask your administrator for a new one.",
        "链接只能使用一次，且有时间限制；新链接会取代旧链接。请向管理员索取新的链接。",
    );
    page(visitor, language, StatusCode::NOT_FOUND, [title, text])
}
