//! Scored cards of units.

use sea_orm::entity::prelude::*;

use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_scorecard")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: i64,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub code: String,
    pub unit_id: i64,
    pub parent_id: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub card: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub subtotal: Option<Micros>,
    pub total: Option<Micros>,
    pub printed: Option<Micros>,
    #[sea_orm(column_type = "Text", nullable)]
    pub rating: Option<String>,
    pub working: Vec<u8>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
