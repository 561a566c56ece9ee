//! Days as whole numbers since 1970-01-01, so that both engines compare and join them the same way.

use chrono::NaiveDate;
use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, Value, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable};

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub NaiveDate);

impl Day {
    /// Days since 1970-01-01; negative before.
    pub fn number(self) -> i64 {
        i64::from(self.0.to_epoch_days())
    }

    /// `None` outside the calendar's range.
    pub fn from_number(number: i64) -> Option<Self> {
        <i32 as TryFrom<i64>>::try_from(number).ok().and_then(NaiveDate::from_epoch_days).map(Self)
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::BigInt(Some(day.number()))
    }
}

impl TryGetable for Day {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let number = i64::try_get_by(row, index)?;
        Self::from_number(number)
            .ok_or_else(|| TryGetError::DbErr(DbErr::Type(format!("{number} is not a day of the calendar"))))
    }
}

impl ValueType for Day {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <i64 as ValueType>::try_from(value).and_then(|number| Self::from_number(number).ok_or(ValueTypeErr))
    }

    fn type_name() -> String {
        "Day".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::BigInt
    }

    fn column_type() -> ColumnType {
        ColumnType::BigInteger
    }
}

impl Nullable for Day {
    fn null() -> Value {
        Value::BigInt(None)
    }
}

impl TryFromU64 for Day {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("Day"))
    }
}
