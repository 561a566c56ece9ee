//! Columns that come typed already: passed through, or cast as a whole.

use std::sync::Arc;

use chrono::DateTime;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, TimestampMicrosecondArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use datafusion::arrow::error::ArrowError;

use super::column::Report;
use super::problem::What;
use super::time::{TimeReader, offset_micros};
use crate::rules::source::ColumnType;

/// The column in the wanted type, or `None` where its values have to be read as texts.
pub(super) fn convert(
    raw: &ArrayRef,
    kind: ColumnType,
    wanted: &DataType,
    times: &TimeReader,
    report: &mut Report<'_>,
) -> Option<Result<ArrayRef, ArrowError>> {
    let found = raw.data_type();
    match kind {
        ColumnType::Text | ColumnType::Agent => None,
        ColumnType::Boolean => (found == &DataType::Boolean).then(|| Ok(Arc::clone(raw))),
        ColumnType::Integer if found.is_integer() => Some(whole(raw, wanted, report)),
        ColumnType::Decimal if found.is_integer() || fits(found, wanted) => Some(whole(raw, wanted, report)),
        ColumnType::Integer | ColumnType::Decimal => None,
        ColumnType::Date => match found {
            DataType::Date32 => Some(Ok(Arc::clone(raw))),
            DataType::Date64 => Some(cast(raw, wanted)),
            DataType::Timestamp(..) => Some(local_times(raw, times, report).and_then(|local| cast(&local, wanted))),
            _ => None,
        },
        ColumnType::Timestamp => match found {
            DataType::Timestamp(..) => Some(local_times(raw, times, report)),
            DataType::Date32 | DataType::Date64 => Some(cast(raw, wanted)),
            _ => None,
        },
    }
}

/// Whether no decimal can be lost.
fn fits(found: &DataType, wanted: &DataType) -> bool {
    match (found, wanted) {
        (
            DataType::Decimal32(_, has)
            | DataType::Decimal64(_, has)
            | DataType::Decimal128(_, has)
            | DataType::Decimal256(_, has),
            DataType::Decimal128(_, kept),
        ) => has <= kept,
        _ => false,
    }
}

/// A cast that reports the values too large for the wanted type.
fn whole(raw: &ArrayRef, wanted: &DataType, report: &mut Report<'_>) -> Result<ArrayRef, ArrowError> {
    let converted = if raw.data_type() == wanted { Arc::clone(raw) } else { cast(raw, wanted)? };
    if converted.null_count() > raw.null_count() {
        (0..raw.len())
            .filter(|row| converted.is_null(*row) && !raw.is_null(*row))
            .for_each(|row| report(row, What::OutOfRange));
    }
    Ok(converted)
}

/// Timestamps as local times of the source's zone, in microseconds.
fn local_times(raw: &ArrayRef, times: &TimeReader, report: &mut Report<'_>) -> Result<ArrayRef, ArrowError> {
    let wanted = DataType::Timestamp(TimeUnit::Microsecond, None);
    let DataType::Timestamp(_, zone) = raw.data_type() else { return cast(raw, &wanted) };
    if zone.is_some() {
        let utc = cast(raw, &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))?;
        let utc = utc.as_primitive::<TimestampMicrosecondType>().clone().with_timezone_opt::<Arc<str>>(None);
        return Ok(Arc::new(from_utc(&utc, times, report)));
    }
    let local = cast(raw, &wanted)?;
    if !times.zones_differ() {
        return Ok(local);
    }
    let moved = local.as_primitive::<TimestampMicrosecondType>().iter().enumerate().map(|(row, micros)| {
        let local = DateTime::from_timestamp_micros(micros?).map(|time| time.naive_utc());
        match local.ok_or(What::OutOfRange).and_then(|local| times.moved(local)) {
            Ok(local) => Some(local.and_utc().timestamp_micros()),
            Err(what) => {
                report(row, what);
                None
            }
        }
    });
    Ok(Arc::new(TimestampMicrosecondArray::from_iter(moved)))
}

/// Instants as local times; the offset is looked up anew only when the quarter of an hour changes.
fn from_utc(utc: &TimestampMicrosecondArray, times: &TimeReader, report: &mut Report<'_>) -> TimestampMicrosecondArray {
    const QUARTER: i64 = 15 * 60 * 1_000_000;
    let Some(zone) = times.wanted_other_than_utc() else { return utc.clone() };
    let mut last = None;
    let moved = utc.iter().enumerate().map(|(row, micros)| {
        let micros = micros?;
        let quarter = micros.div_euclid(QUARTER);
        let offset = match last {
            Some((known, offset)) if known == quarter => offset,
            _ => {
                let Some(time) = DateTime::from_timestamp_micros(micros) else {
                    report(row, What::OutOfRange);
                    return None;
                };
                let offset = offset_micros(zone, time.naive_utc());
                last = Some((quarter, offset));
                offset
            }
        };
        micros.checked_add(offset)
    });
    TimestampMicrosecondArray::from_iter(moved)
}
