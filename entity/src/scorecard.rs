//! Scored cards.

use sea_orm::entity::prelude::*;

use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scorecard")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    pub run_id: i64,
    pub agent_id: i64,
    #[sea_orm(column_type = "Text")]
    pub employee_number: String,
    pub unit_id: i64,
    #[sea_orm(column_type = "Text")]
    pub post: String,
    #[sea_orm(column_type = "Text")]
    pub card: String,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    pub subtotal: Option<Micros>,
    pub total: Option<Micros>,
    pub printed: Option<Micros>,
    #[sea_orm(column_type = "Text", nullable)]
    pub rating: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub judged: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
