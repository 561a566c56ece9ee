//! What a plan asks for.

use sea_orm::entity::prelude::*;

use crate::day::Day;
use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "improvement_objective")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub metric_id: i64,
    pub baseline: Micros,
    pub floor: Micros,
    pub target: Micros,
    pub due: Day,
    #[sea_orm(column_type = "Text", nullable)]
    pub course: Option<String>,
    pub periods_below: i64,
    pub of_periods: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
