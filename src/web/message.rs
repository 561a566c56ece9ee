//! Pages that only say something.

use askama::Template;
use poem::Response;
use poem::http::StatusCode;

use super::frame::Frame;
use super::language::Language;
use super::rendered;
use super::visitor::Visitor;
use super::words::Say;
use crate::app::NoEntry;

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    frame: Frame,
    title: Say,
    text: String,
    /// A stable code, for whoever is asked for help.
    code: Option<String>,
    /// Where to go next, and in words.
    onward: (String, Say),
}

fn page(visitor: &Visitor, language: Language, status: StatusCode, says: [&'static str; 2]) -> poem::Result<Response> {
    let onward = ("/".to_owned(), language.say("first-page"));
    show(visitor, language, status, says, None, onward)
}

fn show(
    visitor: &Visitor,
    language: Language,
    status: StatusCode,
    [title, text]: [&'static str; 2],
    code: Option<String>,
    onward: (String, Say),
) -> poem::Result<Response> {
    let frame = Frame::around(visitor, language, "/".to_owned());
    let (title, text) = (language.say(title), language.say(text).to_string());
    let mut response = rendered(&Message { frame, title, text, code, onward })?;
    response.set_status(status);
    Ok(response)
}

/// A page that cannot be shown, with the request's id where somebody has to look in the log.
pub(super) fn problem(
    visitor: &Visitor,
    language: Language,
    status: StatusCode,
    code: Option<String>,
) -> poem::Result<Response> {
    let says = match status {
        StatusCode::FORBIDDEN => ["error-forbidden-title", "error-forbidden-text"],
        StatusCode::NOT_FOUND => ["error-missing-title", "error-missing-text"],
        StatusCode::SERVICE_UNAVAILABLE => ["error-unavailable-title", "error-unavailable-text"],
        status if status.is_server_error() => ["error-internal-title", "error-internal-text"],
        _ => ["error-invalid-title", "error-invalid-text"],
    };
    let onward = ("/".to_owned(), language.say("first-page"));
    show(visitor, language, status, says, code.filter(|_| status.is_server_error()), onward)
}

/// Whoever confirmed that it is them goes on to a provider. A link and not a redirect: browsers let no form of this site lead to another.
pub(super) fn go_on(visitor: &Visitor, language: Language, address: String) -> poem::Result<Response> {
    let onward = (address, language.say("continue"));
    show(visitor, language, StatusCode::OK, ["go-on-title", "go-on-text"], None, onward)
}

/// Nobody was let in by way of a provider.
pub(super) fn no_entry(visitor: &Visitor, language: Language, why: NoEntry) -> poem::Result<Response> {
    let (status, text) = match why {
        NoEntry::Unreachable => (StatusCode::BAD_GATEWAY, "not-in-unreachable"),
        NoEntry::Refused => (StatusCode::FORBIDDEN, "not-in-refused"),
        NoEntry::Untrusted => (StatusCode::FORBIDDEN, "not-in-untrusted"),
        NoEntry::NoAccount => (StatusCode::FORBIDDEN, "not-in-no-account"),
        NoEntry::Disabled => (StatusCode::FORBIDDEN, "not-in-disabled"),
        NoEntry::OtherNumber => (StatusCode::FORBIDDEN, "not-in-other-number"),
        NoEntry::Taken => (StatusCode::FORBIDDEN, "not-in-taken"),
    };
    not_signed_in(visitor, language, status, text, None)
}

/// The provider sent somebody back without letting them in.
pub(super) fn declined(visitor: &Visitor, language: Language, code: &str) -> poem::Result<Response> {
    let text = match code {
        "access_denied" => "not-in-denied",
        _ => "not-in-problem",
    };
    // Codes are plain words (RFC 6749, 4.1.2.1); anything else somebody made up, and is not shown.
    let plain = (1..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    not_signed_in(visitor, language, StatusCode::FORBIDDEN, text, plain.then(|| code.to_owned()))
}

/// Somebody comes back from a provider whom this browser did not send there, or too long ago.
pub(super) fn lost_trip(visitor: &Visitor, language: Language) -> poem::Result<Response> {
    not_signed_in(visitor, language, StatusCode::FORBIDDEN, "not-in-lost", None)
}

/// There is no such provider.
pub(super) fn no_provider(visitor: &Visitor, language: Language) -> poem::Result<Response> {
    not_signed_in(visitor, language, StatusCode::NOT_FOUND, "not-in-no-provider", None)
}

fn not_signed_in(
    visitor: &Visitor,
    language: Language,
    status: StatusCode,
    text: &'static str,
    code: Option<String>,
) -> poem::Result<Response> {
    let onward = match visitor.name() {
        Some(_) => ("/account".to_owned(), language.say("your-account")),
        None => (format!("/sign-in?lang={}", language.code()), language.say("sign-in")),
    };
    show(visitor, language, status, ["not-in-title", text], code, onward)
}

/// A form that was not made for this visitor, or for an earlier session.
pub(super) fn strange_form(visitor: &Visitor, language: Language) -> poem::Result<Response> {
    page(visitor, language, StatusCode::FORBIDDEN, ["strange-form-title", "strange-form-text"])
}

/// A one-time link that has ended.
pub(super) fn ended_link(visitor: &Visitor, language: Language) -> poem::Result<Response> {
    page(visitor, language, StatusCode::NOT_FOUND, ["ended-link-title", "ended-link-text"])
}
