//! One metric of one agent on one day in one segment from one source.

use sea_orm::entity::prelude::*;

use crate::day::Day;
use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Day,
    #[sea_orm(primary_key, auto_increment = false)]
    pub segment_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: i64,
    pub numerator: Micros,
    pub denominator: Micros,
    pub samples: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
