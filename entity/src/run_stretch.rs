//! The stretches of assignments inside a cycle, as a run saw them.

use sea_orm::entity::prelude::*;

use crate::day::Day;
use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "run_stretch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub stretch: i64,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text")]
    pub post: String,
    pub first_day: Day,
    pub last_day: Day,
    pub fte: Micros,
    pub target_minor: i64,
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    #[sea_orm(column_type = "Text")]
    pub employee_number: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
