//! Who works where, in which post, from when to when; never two at once for one agent.

use sea_orm::entity::prelude::*;

use crate::day::Day;
use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub agent_id: i64,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text")]
    pub post: String,
    pub first_day: Day,
    pub last_day: Option<Day>,
    pub fte: Micros,
    pub target_minor: i64,
    #[sea_orm(column_type = "Text")]
    pub currency: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
