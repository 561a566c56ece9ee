//! Functions of the sources' SQL that count by working calendars: `working_seconds`, `due_after` and `add_working_days`.
//!
//! Timestamps of the typed table are local times of the source's zone, so the functions know that zone's clock beside the
//! calendar's own.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray};
use datafusion::arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use datafusion::common::plan_err;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::PullError;
use super::names::nearest;
use super::rows::lock;
use crate::domain::calendar::{Calendar, CalendarError, ZoneClock};
use crate::rules::{Calendars, PlacedCalendar, zone_clock};

const MICROS: i64 = 1_000_000;
const TIMESTAMP: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// Where the first failure of a pull is kept; the engine passes only texts on.
pub(super) type Failure = Arc<Mutex<Option<PullError>>>;

/// Makes the functions known to the engine, for a source whose times are those of `zone`.
pub(super) fn register(context: &SessionContext, calendars: &Calendars, zone: Tz, failure: &Failure) {
    let known = calendars.iter().map(|(id, placed)| (id.clone(), Known::of(placed, zone))).collect();
    let shelf = Arc::new(Shelf { known, failure: Arc::clone(failure) });
    for kind in [Kind::WorkingSeconds, Kind::DueAfter, Kind::AddWorkingDays] {
        let signature = Signature::user_defined(Volatility::Immutable);
        let function = Function { kind, signature, shelf: Arc::clone(&shelf) };
        context.register_udf(ScalarUDF::new_from_impl(function));
    }
}

/// Refuses calendars that the rules do not have, and calendars that differ from row to row.
pub(super) fn refuse_unknown(expression: &Expr) -> std::result::Result<(), String> {
    let mut wrong = None;
    let looked = expression.apply(|node| {
        if let Expr::ScalarFunction(ScalarFunction { func, args }) = node
            && let Some(function) = func.inner().downcast_ref::<Function>()
            && let Err(what) = function.named(args.first())
        {
            wrong = Some(what);
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    });
    looked.map_err(|error| error.to_string())?;
    wrong.map_or(Ok(()), Err)
}

/// The calendars of one pull.
#[derive(Debug)]
struct Shelf {
    known: BTreeMap<String, Known>,
    failure: Failure,
}

/// A calendar, and the clock of the source's zone over its years.
#[derive(Debug)]
struct Known {
    calendar: Arc<Calendar>,
    file: String,
    clock: ZoneClock,
}

impl Known {
    fn of(placed: &PlacedCalendar, zone: Tz) -> Self {
        let PlacedCalendar { calendar, zone: _, file } = placed;
        let clock = zone_clock(zone, calendar.years());
        Self { calendar: Arc::clone(calendar), file: file.clone(), clock }
    }

    /// The moment of a local time of the source, in microseconds; fractions of a second are left out.
    fn moment(&self, local: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(self.clock.to_utc(local.div_euclid(MICROS)), 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn working_seconds(&self, from: i64, to: i64) -> std::result::Result<i64, CalendarError> {
        self.calendar.working_seconds(self.moment(from), self.moment(to))
    }

    fn due_after(&self, from: i64, seconds: i64) -> std::result::Result<i64, CalendarError> {
        let due = self.calendar.add_working_seconds(self.moment(from), seconds)?;
        Ok(self.clock.to_local(due.timestamp()) * MICROS)
    }

    fn add_working_days(&self, day: i32, days: i64) -> std::result::Result<i32, CalendarError> {
        let day = NaiveDate::from_epoch_days(day).unwrap_or(NaiveDate::MAX);
        Ok(self.calendar.add_working_days(day, days)?.to_epoch_days())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    WorkingSeconds,
    DueAfter,
    AddWorkingDays,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::WorkingSeconds => "working_seconds",
            Self::DueAfter => "due_after",
            Self::AddWorkingDays => "add_working_days",
        }
    }

    /// The types of the second and third argument.
    const fn takes(self) -> [DataType; 2] {
        match self {
            Self::WorkingSeconds => [TIMESTAMP, TIMESTAMP],
            Self::DueAfter => [TIMESTAMP, DataType::Int64],
            Self::AddWorkingDays => [DataType::Date32, DataType::Int64],
        }
    }

    const fn gives(self) -> DataType {
        match self {
            Self::WorkingSeconds => DataType::Int64,
            Self::DueAfter => TIMESTAMP,
            Self::AddWorkingDays => DataType::Date32,
        }
    }

    /// How it is written.
    const fn usage(self) -> &'static str {
        match self {
            Self::WorkingSeconds => "working_seconds('CALENDAR', from_timestamp, to_timestamp)",
            Self::DueAfter => "due_after('CALENDAR', timestamp, seconds)",
            Self::AddWorkingDays => "add_working_days('CALENDAR', date, days)",
        }
    }
}

/// One of the functions.
#[derive(Debug)]
struct Function {
    kind: Kind,
    signature: Signature,
    shelf: Arc<Shelf>,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && Arc::ptr_eq(&self.shelf, &other.shelf)
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
    }
}

impl Function {
    /// The calendar that the first argument names.
    fn named(&self, id: Option<&Expr>) -> std::result::Result<&Known, String> {
        let id = match id {
            Some(Expr::Literal(value, _)) => value.try_as_str().flatten(),
            _ => None,
        };
        let id = id.ok_or_else(|| {
            let (name, usage) = (self.kind.name(), self.kind.usage());
            format!("{name}() takes one calendar for all rows; write its id in quotes, as {usage}")
        })?;
        self.shelf.known.get(id).ok_or_else(|| {
            let ids: Vec<&str> = self.shelf.known.keys().map(String::as_str).collect();
            let hint = match nearest(id, ids.iter().copied()) {
                Some(near) => format!("did you mean '{near}'?"),
                None if ids.is_empty() => "there are none in the folder calendars; write one there".to_owned(),
                None => format!("there are {}", ids.join(", ")),
            };
            format!("the rules have no calendar '{id}'; {hint}")
        })
    }

    /// Keeps why a calendar cannot answer for the end of the pull, and stops the engine.
    fn fail(&self, calendar: &Known, error: &CalendarError) -> DataFusionError {
        let error = PullError::Calendar { file: calendar.file.clone(), what: error.to_string() };
        let text = error.to_string();
        lock(&self.shelf.failure).get_or_insert(error);
        DataFusionError::Execution(text)
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.kind.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.kind.gives())
    }

    fn coerce_types(&self, found: &[DataType]) -> Result<Vec<DataType>> {
        let usage = self.kind.usage();
        let [id, first, second] = found else {
            return plan_err!("{} arguments are given; write {usage}", found.len());
        };
        if !id.is_string() {
            return plan_err!("the calendar is {id}, not its id in quotes; write {usage}");
        }
        for ((found, wanted), nth) in [first, second].into_iter().zip(self.kind.takes()).zip(["second", "third"]) {
            let fits = match wanted {
                DataType::Int64 => found.is_integer(),
                DataType::Date32 => matches!(found, DataType::Date32 | DataType::Date64),
                _ => matches!(found, DataType::Timestamp(_, None) | DataType::Date32 | DataType::Date64),
            };
            if !fits && !found.is_null() {
                return plan_err!("the {nth} argument is {found}, not {wanted}; write {usage}, with CAST where needed");
            }
        }
        let [first, second] = self.kind.takes();
        Ok(vec![DataType::Utf8, first, second])
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let ScalarFunctionArgs { args, number_rows, .. } = args;
        let [ColumnarValue::Scalar(id), first, second] = args.as_slice() else {
            return plan_err!("write {}", self.kind.usage());
        };
        let id = Expr::Literal(id.clone(), None);
        let calendar = self.named(Some(&id)).map_err(DataFusionError::Plan)?;
        let (first, second) = (first.to_array(number_rows)?, second.to_array(number_rows)?);
        let fail = |error: &CalendarError| self.fail(calendar, error);
        let answers: ArrayRef = match self.kind {
            Kind::WorkingSeconds => {
                let answer = |from, to| calendar.working_seconds(from, to);
                each::<TimestampMicrosecondType, TimestampMicrosecondType, Int64Type>(&first, &second, answer, fail)?
            }
            Kind::DueAfter => {
                let answer = |from, seconds| calendar.due_after(from, seconds);
                each::<TimestampMicrosecondType, Int64Type, TimestampMicrosecondType>(&first, &second, answer, fail)?
            }
            Kind::AddWorkingDays => {
                let answer = |day, days| calendar.add_working_days(day, days);
                each::<Date32Type, Int64Type, Date32Type>(&first, &second, answer, fail)?
            }
        };
        Ok(ColumnarValue::Array(answers))
    }
}

/// The answer for every row in which both arguments have a value.
fn each<A: ArrowPrimitiveType, B: ArrowPrimitiveType, C: ArrowPrimitiveType>(
    first: &dyn Array,
    second: &dyn Array,
    answer: impl Fn(A::Native, B::Native) -> std::result::Result<C::Native, CalendarError>,
    fail: impl Fn(&CalendarError) -> DataFusionError,
) -> Result<ArrayRef> {
    let rows = first.as_primitive::<A>().iter().zip(second.as_primitive::<B>().iter());
    let answers = rows.map(|(first, second)| {
        let Some((first, second)) = first.zip(second) else { return Ok(None) };
        answer(first, second).map(Some).map_err(|error| fail(&error))
    });
    Ok(Arc::new(answers.collect::<Result<PrimitiveArray<C>>>()?))
}
