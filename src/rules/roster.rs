//! How the columns of a roster export map to the roster: the shape of a mapping file.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::load::read_single;
use super::problem::Problem;

/// A roster export that does not use Merit's own column names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterMapping {
    pub employee_number: Cell,
    pub name: Cell,
    /// Columns from the top of the tree down; each row's texts name its units, which are made where they are missing. With one
    /// column, its text is the code of a unit.
    pub unit: Vec<String>,
    pub post: Cell,
    /// First day of the assignment.
    pub from: Cell,
    /// Last day of the assignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Cell>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hired: Option<Cell>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Cell>,
    /// Other texts that stand for the person in sources, separated by `;`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aliases: Option<Cell>,
    /// 1 is full time, and what is meant when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fte: Option<Cell>,
    /// Target incentive of one whole cycle at full time, in the currency's major unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_incentive: Option<Cell>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Cell>,
    /// Columns kept as attributes of the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// Formats of days, as in strftime, tried in order; ISO 8601 when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub date_formats: Vec<String>,
}

/// Where a figure comes from: a column, or the same value for every row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Cell {
    From(String),
    Value(String),
}

/// Reads a mapping file.
pub fn load_mapping(file: &Path) -> Result<RosterMapping, Vec<Problem>> {
    Ok(read_single::<RosterMapping>(file)?.content)
}
