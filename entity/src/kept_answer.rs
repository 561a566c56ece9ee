//! Answers to requests that carried an Idempotency-Key.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kept_answer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub request_key: String,
    #[sea_orm(column_type = "Text")]
    pub fingerprint: String,
    pub claimed_at: DateTimeUtc,
    /// Absent while the request is under way.
    pub status: Option<i64>,
    /// JSON: pairs of name and value.
    #[sea_orm(column_type = "Text", nullable)]
    pub headers: Option<String>,
    pub body: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
