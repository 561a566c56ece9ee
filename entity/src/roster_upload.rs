//! Files of the roster, of ratings and of figures between preview and import.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_upload")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    pub account_id: i64,
    /// `roster`, `leave`, `ratings` or `figures`.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Of ratings.
    pub cycle_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub content: Vec<u8>,
    /// Digest of the roster that the preview was made from.
    #[sea_orm(column_type = "Text")]
    pub seen: String,
    /// JSON.
    #[sea_orm(column_type = "Text")]
    pub report: String,
    pub made_at: DateTimeUtc,
    /// Absent until it was taken in.
    pub done_at: Option<DateTimeUtc>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
