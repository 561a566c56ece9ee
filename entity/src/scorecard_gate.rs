//! The working of each gate of a card.

use sea_orm::entity::prelude::*;

use crate::micros::Micros;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scorecard_gate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub scorecard_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub metric_id: i64,
    #[sea_orm(column_type = "Text")]
    pub scope: String,
    pub value: Option<Micros>,
    pub samples: i64,
    pub passed: Option<bool>,
    #[sea_orm(column_type = "Text")]
    pub effect: String,
    #[sea_orm(column_type = "Text")]
    pub reason_en: String,
    #[sea_orm(column_type = "Text")]
    pub reason_zh: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
