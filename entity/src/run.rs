//! Each time a cycle was computed.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "run")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    pub cycle_id: i64,
    pub revision: i64,
    #[sea_orm(column_type = "Text")]
    pub state: String,
    #[sea_orm(column_type = "Text")]
    pub ruleset_hash: String,
    #[sea_orm(column_type = "Text")]
    pub engine_version: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub snapshot_hash: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub result_hash: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub history_run_ids: String,
    pub started_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    pub agents: i64,
    pub inputs_version: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
