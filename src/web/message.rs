//! Pages that only say something.

use askama::Template;
use poem::Response;
use poem::http::StatusCode;

use super::language::Language;
use super::rendered;
use super::visitor::Visitor;

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    language: Language,
    visitor: Visitor,
    version: &'static str,
    title: &'static str,
    text: &'static str,
}

fn page(visitor: &Visitor, language: Language, status: StatusCode, says: [&'static str; 2]) -> poem::Result<Response> {
    let [title, text] = says;
    let page = Message { language, visitor: visitor.clone(), version: env!("CARGO_PKG_VERSION"), title, text };
    let mut response = rendered(&page)?;
    response.set_status(status);
    Ok(response)
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
