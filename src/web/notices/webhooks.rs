//! Webhooks: where programs are told what happened. A secret is shown once.

use askama::Template;
use poem::http::StatusCode;
use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::words::kind_text;
use crate::app::{AppError, WebhookEdit, WebhookOrder, WebhookRecord};
use crate::domain::notice::NoticeKind;
use crate::web::export::{FileKind, Sheet};
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::paging::Paging;
use crate::web::refusal::{Problem, mendable};
use crate::web::rendered;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// Before a kind in the names of the form's fields.
const KIND: &str = "kind.";

#[derive(Template)]
#[template(path = "notices/webhooks.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    /// What programs can be told: code and words.
    kinds: Vec<(&'static str, String)>,
    url: String,
    /// A secret that was just made, and whose.
    secret: Option<(String, String)>,
    problem: Option<Problem>,
    paging: Paging,
}

struct Row {
    id: String,
    url: String,
    kinds: String,
    state: Say,
    tone: &'static str,
    made: String,
    failing: Option<String>,
    version: i64,
    disabled: bool,
}

fn row(webhook: WebhookRecord, language: Language) -> Row {
    let disabled = webhook.disabled_at.is_some();
    let (state, tone) = match (disabled, webhook.failing_since) {
        (true, _) => ("webhook-disabled", "bad"),
        (false, Some(_)) => ("webhook-failing", "warn"),
        (false, None) => ("webhook-works", "good"),
    };
    let kinds: Vec<String> = webhook.kinds.iter().map(|kind| kind_text(*kind, language).to_string()).collect();
    Row {
        id: webhook.public_id.to_string(),
        url: webhook.url,
        kinds: kinds.join(", "),
        state: language.say(state),
        tone,
        made: language.day(webhook.created_at.date_naive()),
        failing: webhook.failing_since.map(|at| language.moment(at)),
        version: webhook.version,
        disabled,
    }
}

#[handler]
pub(in crate::web) async fn page(request: &Request) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    if let Some(kind) = FileKind::asked(request) {
        let webhooks = frame.visitor.app().webhooks().await.map_err(failed)?;
        let mut sheet = Sheet::new(["notice-address", "kind", "state", "notice-made"].map(|key| frame.say(key)));
        for webhook in webhooks {
            let Row { url, kinds, state, made, .. } = row(webhook, frame.language);
            sheet.row([url, kinds, state.to_string(), made]);
        }
        return sheet.answer(kind, "webhooks");
    }
    show(frame, String::new(), None, None).await
}

/// Makes one.
#[handler]
pub(in crate::web) async fn create(
    request: &Request,
    Form(fields): Form<Vec<(String, String)>>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let url = fields.iter().find(|(name, _)| name == "url").map(|(_, url)| url.trim().to_owned()).unwrap_or_default();
    let kinds: Vec<String> = fields.iter().filter_map(|(name, _)| name.strip_prefix(KIND).map(str::to_owned)).collect();
    match frame.visitor.app().create_webhook(WebhookOrder { url: &url, kinds: &kinds }).await {
        Ok((webhook, secret)) => {
            show(frame, String::new(), Some((webhook.url, secret.expose().to_owned())), None).await
        }
        Err(error) => again(frame, url, error).await,
    }
}

#[derive(Deserialize)]
struct Submitted {
    /// `disable`, `enable`, `rotate` or `remove`.
    #[serde(rename = "do")]
    what: String,
    version: i64,
}

/// Changes one.
#[handler]
pub(in crate::web) async fn change(
    request: &Request,
    Path(text): Path<String>,
    Form(Submitted { what, version }): Form<Submitted>,
) -> poem::Result<Response> {
    let frame = Frame::of(request)?;
    let app = frame.visitor.app().clone();
    let none = |_| failed(AppError::NotFound(format!("there is no webhook '{text}'")));
    let id = Uuid::parse_str(&text).map_err(none)?;
    let able = |disabled| WebhookEdit { disabled: Some(disabled), ..WebhookEdit::default() };
    let done = match what.as_str() {
        "disable" => app.change_webhook(id, version, able(true)).await.map(drop),
        "enable" => app.change_webhook(id, version, able(false)).await.map(drop),
        "remove" => app.remove_webhook(id).await,
        "rotate" => match app.rotate_webhook(id).await {
            Ok((webhook, secret)) => {
                let secret = Some((webhook.url, secret.expose().to_owned()));
                return show(frame, String::new(), secret, None).await;
            }
            Err(error) => Err(error),
        },
        _ => Err(AppError::invalid(format!("nothing called '{what}' is done with a webhook"))),
    };
    match done {
        Ok(()) => Ok(Redirect::see_other("/webhooks").into_response()),
        Err(error) => again(frame, String::new(), error).await,
    }
}

async fn again(frame: Frame, url: String, error: AppError) -> poem::Result<Response> {
    let problem = mendable(error, frame.language)?;
    let mut response = show(frame, url, None, Some(problem)).await?;
    response.set_status(StatusCode::CONFLICT);
    Ok(response)
}

async fn show(
    frame: Frame,
    url: String,
    secret: Option<(String, String)>,
    problem: Option<Problem>,
) -> poem::Result<Response> {
    let language = frame.language;
    let webhooks = frame.visitor.app().webhooks().await.map_err(failed)?;
    let kinds = NoticeKind::among(|kind| kind.event_subject().is_some());
    let kinds = kinds.map(|kind| (kind.as_str(), kind_text(kind, language).to_string()));
    let shown = Page {
        rows: webhooks.into_iter().map(|webhook| row(webhook, language)).collect(),
        kinds: kinds.collect(),
        url,
        secret,
        problem,
        paging: Paging::new(&[], false, None),
        frame,
    };
    rendered(&shown)
}
