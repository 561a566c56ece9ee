//! People whose work is measured.

use sea_orm::entity::prelude::*;

use crate::day::Day;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub public_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub employee_number: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    pub hired: Option<Day>,
    pub left_on: Option<Day>,
    #[sea_orm(column_type = "Text")]
    pub attributes: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
