//! The working of each line of a card.

use sea_orm::entity::prelude::*;

use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scorecard_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub scorecard_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub metric_id: i64,
    #[sea_orm(column_type = "Text")]
    pub scope: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub treatment: Option<String>,
    pub treatment_points: Option<Micros>,
    pub numerator: Micros,
    pub denominator: Micros,
    pub samples: i64,
    pub value: Option<Micros>,
    pub lower_bound: Option<Micros>,
    pub upper_bound: Option<Micros>,
    pub from_value: Option<Micros>,
    pub from_points: Option<Micros>,
    pub to_value: Option<Micros>,
    pub to_points: Option<Micros>,
    pub read_points: Option<Micros>,
    pub points: Option<Micros>,
    pub weight: Micros,
    pub effective_weight: Micros,
    pub contribution: Micros,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
