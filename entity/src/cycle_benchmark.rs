//! What indexes of a cycle are measured against: one row a metric and segment.

use sea_orm::entity::prelude::*;

use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cycle_benchmark")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cycle_id: i64,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub metric: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub segment: String,
    pub numerator: Micros,
    pub denominator: Micros,
    pub samples: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
