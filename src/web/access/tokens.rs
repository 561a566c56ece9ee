//! Tokens of programs: made, replaced and revoked. Their text is shown once.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveTime, Utc};
use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{Filled, show};
use super::grants::day;
use super::{answer, public_id};
use crate::app::{AppError, TokenKind, TokenOrder, TokenRecord};
use crate::domain::authority::Act;
use crate::web::frame::Frame;
use crate::web::language::Language;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// Before an act in the names of the form's fields.
const ONLY: &str = "only.";

pub(super) struct TokenRow {
    pub id: Uuid,
    pub name: String,
    pub kind: Say,
    pub only: Option<String>,
    pub made: String,
    pub used: String,
    pub ends: String,
    pub state: Say,
    pub tone: &'static str,
    pub works: bool,
}

pub(super) fn token_row(token: TokenRecord, now: DateTime<Utc>, language: Language) -> TokenRow {
    let moment = |at: Option<DateTime<Utc>>| at.map_or_else(|| "–".to_owned(), |at| language.moment(at));
    let (state, tone, works) = match (token.revoked_at, token.expires_at) {
        (Some(_), _) => ("token-revoked", "bad", false),
        (None, Some(end)) if end <= now => ("token-expired", "warn", false),
        _ => ("token-works", "good", true),
    };
    let kind = match token.kind {
        TokenKind::Secret => "token-kind-secret",
        TokenKind::Token | TokenKind::Access => "token-kind-token",
    };
    let only = token.only.map(|acts| acts.iter().map(|act| act.as_str()).collect::<Vec<_>>().join(", "));
    TokenRow {
        id: token.public_id,
        kind: language.say(kind),
        only,
        made: language.moment(token.created_at),
        used: moment(token.last_used_at),
        ends: moment(token.expires_at),
        state: language.say(state),
        tone,
        works,
        name: token.name,
    }
}

/// The form as it was filled in.
#[derive(Default)]
pub(super) struct TokenForm {
    pub name: String,
    pub secret: bool,
    pub ends: String,
    only: BTreeSet<String>,
}

impl TokenForm {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut form = Self::default();
        for (field, value) in fields {
            match field.as_str() {
                "name" => form.name = value,
                "kind" => form.secret = value == "secret",
                "ends" => form.ends = value,
                _ => form.only.extend(field.strip_prefix(ONLY).map(str::to_owned)),
            }
        }
        form
    }

    /// Acts that it can be for: code, and whether it was chosen.
    pub(super) fn acts(&self) -> Vec<(&'static str, bool)> {
        Act::ALL.iter().map(|act| (act.as_str(), self.only.contains(act.as_str()))).collect()
    }

    fn order(&self, account: Uuid) -> Result<TokenOrder<'_>, AppError> {
        let unknown = |name: &str| AppError::invalid(format!("only: '{name}' is no act"));
        let acts = self.only.iter().map(|name| Act::of(name).ok_or_else(|| unknown(name)));
        let acts: BTreeSet<Act> = acts.collect::<Result<_, _>>()?;
        // The day that is named is the last one it works on.
        let after = day("ends", &self.ends)?.and_then(|last| last.checked_add_days(Days::new(1)));
        Ok(TokenOrder {
            account,
            name: &self.name,
            kind: if self.secret { TokenKind::Secret } else { TokenKind::Token },
            only: Some(acts).filter(|acts| !acts.is_empty()),
            expires_at: after.map(|day| day.and_time(NaiveTime::MIN).and_utc()),
        })
    }
}

#[handler]
pub(in crate::web) async fn make(
    request: &Request,
    Path(text): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> poem::Result<Response> {
    let (frame, id, form) = (Frame::of(request)?, public_id(&text)?, TokenForm::of(fields));
    let made = match form.order(id) {
        Ok(order) => frame.visitor.app().create_token(order).await,
        Err(error) => Err(error),
    };
    told(frame, id, made, Filled { token: Some(form), ..Filled::default() }).await
}

#[derive(Deserialize)]
struct Submitted {
    /// `rotate` or `revoke`.
    #[serde(rename = "do")]
    what: String,
}

#[handler]
pub(in crate::web) async fn change(
    request: &Request,
    Path((text, token)): Path<(String, String)>,
    Form(Submitted { what }): Form<Submitted>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, public_id(&text)?);
    let none = |_| failed(AppError::NotFound(format!("there is no token '{token}'")));
    let (app, token) = (frame.visitor.app().clone(), Uuid::parse_str(&token).map_err(none)?);
    match what.as_str() {
        "rotate" => told(frame, id, app.rotate_token(token).await, Filled::default()).await,
        "revoke" => answer(frame, id, app.revoke_token(token).await, Filled::default()).await,
        _ => {
            let problem = AppError::invalid(format!("nothing called '{what}' is done with a token"));
            answer::<()>(frame, id, Err(problem), Filled::default()).await
        }
    }
}

/// The account's page with the new token's text, or with what was filled in.
async fn told(
    frame: Frame,
    id: Uuid,
    made: Result<(TokenRecord, String), AppError>,
    filled: Filled,
) -> poem::Result<Response> {
    match made {
        Ok((token, text)) => {
            let secret = Some((frame.say("token-shown").with("name", token.name), text));
            show(frame, id, Filled { secret, ..Filled::default() }).await
        }
        Err(error) => answer::<()>(frame, id, Err(error), filled).await,
    }
}
