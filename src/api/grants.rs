//! Grants: who may do what.

use chrono::NaiveDate;
use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{CreateError, GetError};
use super::page;
use super::role::RoleName;
use crate::app::{GrantOrder, GrantView, StoredGrant};

/// A role for a unit and everything below it, or for the whole organisation.
#[derive(Object)]
struct Grant {
    id: Uuid,
    role: RoleName,
    /// Code of the unit; absent for the whole organisation.
    #[oai(skip_serializing_if_is_none)]
    unit: Option<String>,
    /// Whether pay may be seen where the role alone does not say so.
    with_pay: bool,
    first_day: NaiveDate,
    /// Included; absent until further notice.
    #[oai(skip_serializing_if_is_none)]
    last_day: Option<NaiveDate>,
    #[oai(skip_serializing_if_is_none)]
    revoked_at: Option<chrono::DateTime<chrono::Utc>>,
    /// The issuer whose claims ask for it, in sessions begun there; absent when somebody gave it.
    #[oai(skip_serializing_if_is_none)]
    origin: Option<String>,
}

#[derive(Object)]
struct Grants {
    items: Vec<Grant>,
}

/// A grant to be made.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewGrant {
    role: RoleName,
    /// Code of the unit; the whole organisation when absent.
    unit: Option<String>,
    #[oai(default)]
    with_pay: bool,
    /// From today when absent.
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
}

#[derive(ApiResponse)]
enum GrantMade {
    #[oai(status = 201)]
    Created(Json<Grant>),
}

#[derive(ApiResponse)]
enum GrantRevoked {
    /// From now on the grant allows nothing.
    #[oai(status = 204)]
    Done,
}

fn grant(view: GrantView) -> Grant {
    let GrantView { grant, unit } = view;
    let StoredGrant { public_id, account_id: _, grant, first_day, last_day, created_at: _, revoked_at, origin } = grant;
    let (role, with_pay) = (RoleName(grant.role), grant.with_pay);
    Grant { id: public_id, role, unit, with_pay, first_day, last_day, revoked_at, origin }
}

pub struct GrantsApi;

#[OpenApi(tag = "Resource::Users")]
impl GrantsApi {
    /// An account's grants, revoked ones too, oldest first
    #[oai(path = "/users/:id/grants", method = "get", operation_id = "list_grants")]
    async fn list(&self, app: Caller, id: Path<String>) -> Result<Json<Grants>, GetError> {
        Ok(Json(Grants { items: app.grants(page::id(&id.0)?).await?.into_iter().map(grant).collect() }))
    }

    /// Give an account a role
    #[oai(path = "/users/:id/grants", method = "post", operation_id = "create_grant")]
    async fn create(
        &self,
        app: Caller,
        id: Path<String>,
        /// Any text of at most 200 characters; the same key with the same request is done once
        #[oai(name = "Idempotency-Key")]
        _key: Header<Option<String>>,
        new: Json<NewGrant>,
    ) -> Result<GrantMade, CreateError> {
        let NewGrant { role, unit, with_pay, first_day, last_day } = new.0;
        let order = GrantOrder {
            account: page::id(&id.0)?,
            role: role.0,
            unit: unit.as_deref(),
            with_pay,
            first_day,
            last_day,
        };
        Ok(GrantMade::Created(Json(grant(app.grant(order).await?))))
    }

    /// End a grant at once
    #[oai(path = "/grants/:id", method = "delete", operation_id = "revoke_grant")]
    async fn revoke(&self, app: Caller, id: Path<String>) -> Result<GrantRevoked, GetError> {
        app.revoke_grant(page::id(&id.0)?).await?;
        Ok(GrantRevoked::Done)
    }
}
