//! Accounts of people and programs, and what each may do, for administrators.

pub(super) mod account;
pub(super) mod add;
pub(super) mod contact;
pub(super) mod grants;
pub(super) mod links;
pub(super) mod list;
pub(super) mod tokens;

use poem::http::StatusCode;
use poem::web::Redirect;
use poem::{IntoResponse as _, Response};
use uuid::Uuid;

use super::frame::Frame;
use super::language::Language;
use super::refusal::{Problem, mendable};
use super::visitor::failed;
use crate::app::AppError;
use account::{Filled, show};

fn public_id(id: &str) -> poem::Result<Uuid> {
    Uuid::parse_str(id).map_err(|_| failed(AppError::NotFound(format!("there is no account '{id}'"))))
}

/// What whoever filled a form in can mend; a unit or an agent that is not there was mistyped.
fn mistyped(error: AppError, language: Language) -> poem::Result<Problem> {
    match error {
        AppError::NotFound(why) => Ok(Problem::foreign(language, &why)),
        error => mendable(error, language),
    }
}

/// What came of a change of an account: the account's page as it is now, or again with what was filled in and why it was not done.
async fn answer<T>(frame: Frame, id: Uuid, done: Result<T, AppError>, filled: Filled) -> poem::Result<Response> {
    match done {
        Ok(_) => Ok(Redirect::see_other(format!("/access/{id}")).into_response()),
        Err(error) => {
            let problem = match error {
                AppError::Changed(_) => frame.say("access-changed-meanwhile").into(),
                error => mistyped(error, frame.language)?.after(&frame.say("not-done")),
            };
            let mut response = show(frame, id, Filled { problem: Some(problem), ..filled }).await?;
            response.set_status(StatusCode::CONFLICT);
            Ok(response)
        }
    }
}
