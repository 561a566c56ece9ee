//! Numbers with six decimals as whole millionths: exact on both engines, sums included.

use sea_orm::DeriveValueType;

/// A whole number of millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, DeriveValueType)]
pub struct Micros(pub i64);
