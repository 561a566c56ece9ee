//! How many rows of a pull were set aside, by reason.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pull_reason")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub pull_id: i64,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub reason: String,
    pub row_count: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
