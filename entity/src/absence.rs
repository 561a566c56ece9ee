//! Leave of an agent; never two at once.

use sea_orm::entity::prelude::*;

use crate::day::Day;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "absence")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub first_day: Day,
    pub last_day: Day,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
