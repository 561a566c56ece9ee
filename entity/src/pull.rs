//! Each time a source was read.

use sea_orm::entity::prelude::*;

use crate::day::Day;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pull")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    pub source_id: i64,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub started_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    pub from_day: Option<Day>,
    pub to_day: Option<Day>,
    pub rows_read: i64,
    pub rows_used: i64,
    pub rows_superseded: i64,
    pub rows_deleted: i64,
    pub rows_set_aside: i64,
    pub facts_added: i64,
    pub facts_changed: i64,
    pub facts_removed: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
