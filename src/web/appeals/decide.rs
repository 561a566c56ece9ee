//! Taking an appeal over, and deciding it.

use poem::web::{Form, Path, Redirect};
use poem::{IntoResponse as _, Request, Response, handler};
use serde::Deserialize;

use super::page::{again, id};
use crate::app::{AppError, DecisionOrder, OtherRating, Variation, Verdict, Why};
use crate::web::frame::Frame;
use crate::web::paging::chosen;

#[derive(Deserialize)]
struct Assigned {
    to: Option<String>,
}

#[handler]
pub(in crate::web) async fn assign(
    request: &Request,
    Path(text): Path<String>,
    Form(form): Form<Assigned>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, id(&text)?);
    match frame.visitor.app().assign_appeal(id, chosen(form.to).as_deref()).await {
        Ok(_) => Ok(Redirect::see_other(format!("/appeals/{id}")).into_response()),
        Err(error) => again(frame, id, error, String::new()).await,
    }
}

/// What the form says; lines to be left out are fields that begin with this.
const LEAVE_OUT: &str = "leave_out.";

#[handler]
pub(in crate::web) async fn decide(
    request: &Request,
    Path(text): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> poem::Result<Response> {
    let (frame, id) = (Frame::of(request)?, id(&text)?);
    let field = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        chosen(found.map(|(_, value)| value.clone()))
    };
    let reason = field("reason").unwrap_or_default();
    let verdict = match field("verdict").as_deref() {
        Some("uphold") => Ok(Verdict::Uphold),
        Some("vary") => variation(&fields, field("rating"), field("rating_reason").as_deref()).map(Verdict::Vary),
        _ => Err(AppError::invalid("verdict: choose one").because(Why::NoVerdict {})),
    };
    let decided = match verdict {
        Ok(verdict) => {
            let order = DecisionOrder { appeal: id, verdict, reason: &reason };
            frame.visitor.app().decide_appeal(order).await.map(drop)
        }
        Err(error) => Err(error),
    };
    match decided {
        Ok(()) => Ok(Redirect::see_other(format!("/appeals/{id}")).into_response()),
        Err(error) => again(frame, id, error, reason).await,
    }
}

fn variation(fields: &[(String, String)], rating: Option<String>, reason: Option<&str>) -> Result<Variation, AppError> {
    let leave_out = fields.iter().filter_map(|(name, _)| name.strip_prefix(LEAVE_OUT).map(str::to_owned)).collect();
    let rating = match rating {
        Some(rating) => {
            let reason = reason.unwrap_or_default().parse();
            Some(OtherRating { rating, reason: reason.map_err(|problem| AppError::invalid(format!("{problem}")))? })
        }
        None => None,
    };
    Ok(Variation { leave_out, rating, facts_anew: fields.iter().any(|(name, _)| name == "facts_anew") })
}
