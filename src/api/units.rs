//! Headquarters, provinces, prefectures, teams.

use std::collections::BTreeMap;

use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::ListError;
use super::page::{PageSize, cursor, slice};
use crate::app::UnitRecord;

/// A unit of the organisation.
#[derive(Object)]
struct Unit {
    id: Uuid,
    code: String,
    /// Such as headquarters, province, prefecture, team.
    kind: String,
    name_en: String,
    name_zh: String,
    /// Code of the unit above; absent for the top.
    #[oai(skip_serializing_if_is_none)]
    parent: Option<String>,
}

#[derive(Object)]
struct UnitPage {
    items: Vec<Unit>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

pub struct UnitsApi;

#[OpenApi(tag = "Resource::Units")]
impl UnitsApi {
    /// List units in order of code
    #[oai(path = "/units", method = "get", operation_id = "list_units")]
    async fn list(
        &self,
        app: Caller,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<UnitPage>, ListError> {
        let page = app.units(&slice(limit.0, after.0)?).await?;
        let parents = app.unit_codes(page.rows.iter().filter_map(|unit| unit.parent_id)).await?;
        let next_cursor = page.rows.last().filter(|_| page.more).map(|unit| cursor(&unit.code));
        let items = page.rows.into_iter().map(|record| unit(record, &parents)).collect();
        Ok(Json(UnitPage { items, next_cursor }))
    }
}

fn unit(record: UnitRecord, codes: &BTreeMap<i64, String>) -> Unit {
    let UnitRecord { id: _, public_id, code, name_en, name_zh, kind, parent_id } = record;
    let parent = parent_id.and_then(|parent| codes.get(&parent)).cloned();
    Unit { id: public_id, code, kind, name_en, name_zh, parent }
}
