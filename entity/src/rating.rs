//! What somebody gave somebody on one item of a form in a cycle.

use sea_orm::entity::prelude::*;

use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rating")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cycle_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: i64,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub form: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub item: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub rater_id: i64,
    #[sea_orm(column_type = "Text")]
    pub rater_group: String,
    pub value: Micros,
    #[sea_orm(column_type = "Text", nullable)]
    pub comment: Option<String>,
    pub entered_at: DateTimeUtc,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
