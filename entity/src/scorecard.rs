//! Scored cards.

use sea_orm::entity::prelude::*;

use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scorecard")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: i64,
    pub public_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub employee_number: String,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text")]
    pub post: String,
    #[sea_orm(column_type = "Text")]
    pub card: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub total: Option<Micros>,
    pub printed: Option<Micros>,
    #[sea_orm(column_type = "Text", nullable)]
    pub rating: Option<String>,
    pub working: Vec<u8>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
