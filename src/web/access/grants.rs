//! Giving a role and taking it away.

use chrono::NaiveDate;
use poem::web::{Form, Path};
use poem::{Request, Response, handler};
use serde::Deserialize;
use uuid::Uuid;

use super::account::Filled;
use super::{answer, public_id};
use crate::app::{AppError, GrantOrder};
use crate::domain::authority::Role;
use crate::web::account::role_text;
use crate::web::frame::Frame;
use crate::web::visitor::failed;
use crate::web::words::Say;

/// The form as it was filled in.
#[derive(Default, Deserialize)]
pub(super) struct GrantForm {
    #[serde(default)]
    pub role: String,
    #[serde(default)]
    pub unit: String,
    /// Sent when it is ticked.
    pub with_pay: Option<String>,
    #[serde(default)]
    pub first_day: String,
    #[serde(default)]
    pub last_day: String,
}

impl GrantForm {
    /// Roles that can be given: code, words, whether it was chosen.
    pub(super) fn roles(&self, frame: &Frame) -> Vec<(&'static str, Say, bool)> {
        let role = |role: Role| (role.as_str(), role_text(role, frame.language), self.role == role.as_str());
        // An agent is what somebody is, by the employee number of the account.
        Role::ALL.into_iter().filter(|role| *role != Role::Agent).map(role).collect()
    }

    /// What it asks for. Errors: `Invalid`, which names the field.
    pub(super) fn order(&self, account: Uuid) -> Result<GrantOrder<'_>, AppError> {
        let role = Role::of(&self.role);
        let role = role.ok_or_else(|| AppError::invalid(format!("role: '{}' is none; choose one", self.role)))?;
        let unit = Some(self.unit.trim()).filter(|unit| !unit.is_empty());
        let (first_day, last_day) = (day("first_day", &self.first_day)?, day("last_day", &self.last_day)?);
        Ok(GrantOrder { account, role, unit, with_pay: self.with_pay.is_some(), first_day, last_day })
    }
}

/// A day as browsers send it; an empty field is none.
pub(super) fn day(field: &str, text: &str) -> Result<Option<NaiveDate>, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| AppError::invalid(format!("{field}: '{text}' is not a day; give it as 2026-07-31"));
    text.parse().map(Some).map_err(wrong)
}

#[handler]
pub(in crate::web) async fn give(
    request: &Request,
    Path(text): Path<String>,
    Form(form): Form<GrantForm>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, public_id(&text)?);
    let done = match form.order(id) {
        Ok(order) => frame.visitor.app().grant(order).await,
        Err(error) => Err(error),
    };
    answer(frame, id, done, Filled { grant: Some(form), ..Filled::default() }).await
}

#[handler]
pub(in crate::web) async fn take_away(
    request: &Request,
    Path((text, grant)): Path<(String, String)>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, public_id(&text)?);
    let none = |_| failed(AppError::NotFound(format!("there is no grant '{grant}'")));
    let done = frame.visitor.app().revoke_grant(Uuid::parse_str(&grant).map_err(none)?).await;
    answer(frame, id, done, Filled::default()).await
}
