//! The source's SQL: planned, its result's columns understood.

use std::collections::BTreeSet;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::context::{SQLOptions, SessionContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{ident, lit};
use datafusion::scalar::ScalarValue;

use super::PullError;
use super::convert::days;
use super::engine::{plain, refuse_changeable};
use super::names::nearest;
use super::working_time::refuse_unknown;
use crate::domain::period::Period;

/// The query's columns by what they mean, as positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) agent: usize,
    pub(super) day: usize,
    pub(super) segment: Option<usize>,
    pub(super) measures: Measures,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Measures {
    /// A group of columns for each metric.
    Wide(Vec<(u32, Sums)>),
    /// The metric's name stands in a column.
    Long { metric: usize, sums: Sums },
}

/// Where a metric's sums stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) numerator: usize,
    pub(super) denominator: usize,
    pub(super) samples: Option<usize>,
}

/// Plans the facts' SQL over `rows`, restricted to the window's days.
pub(super) async fn plan(
    context: &SessionContext,
    sql: &str,
    window: Option<Period>,
    metrics: &BTreeSet<String>,
    file: &str,
) -> Result<(DataFrame, Layout), PullError> {
    let refuse = |what: String| PullError::Facts { file: file.to_owned(), what };
    let broken = |error: DataFusionError| refuse(plain(&error));
    let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let frame = context.sql_with_options(sql, options).await.map_err(broken)?;
    examine(frame.logical_plan()).map_err(refuse)?;
    let fields: Vec<(String, DataType)> =
        frame.schema().fields().iter().map(|field| (field.name().clone(), field.data_type().clone())).collect();
    let layout = Layout::of(&fields, metrics).map_err(refuse)?;
    let frame = match (window, fields.get(layout.day)) {
        (Some(window), Some((day, _))) => {
            let date = |day| lit(ScalarValue::Date32(Some(days(day))));
            frame.filter(ident(day).between(date(window.first), date(window.last))).map_err(broken)?
        }
        _ => frame,
    };
    Ok((frame, layout))
}

/// Refuses queries whose result depends on more than the rows.
fn examine(plan: &LogicalPlan) -> Result<(), String> {
    let mut reads = false;
    let mut wrong = None;
    plan.apply_with_subqueries(|node| {
        match node {
            LogicalPlan::TableScan(_) => reads = true,
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) => {
                wrong = Some("EXPLAIN gives no facts; write a SELECT".to_owned());
            }
            _ => {}
        }
        node.apply_expressions(|expression| {
            if let Err(what) = refuse_changeable(expression).and_then(|()| refuse_unknown(expression)) {
                wrong = Some(what);
            }
            Ok(TreeNodeRecursion::Continue)
        })
    })
    .map_err(|error| plain(&error))?;
    match wrong {
        Some(what) => Err(what),
        None if !reads => Err("the query does not read `rows`; write SELECT … FROM rows".to_owned()),
        None => Ok(()),
    }
}

impl Layout {
    /// Understands the columns of the result.
    fn of(fields: &[(String, DataType)], metrics: &BTreeSet<String>) -> Result<Self, String> {
        let mut seen = BTreeSet::new();
        if let Some((twice, _)) = fields.iter().find(|(name, _)| !seen.insert(name)) {
            return Err(format!("the column \"{twice}\" comes twice; give each its own name"));
        }
        let find = |name: &str| fields.iter().position(|(field, _)| field == name);
        let agent = find("agent").ok_or("the column `agent` is missing; select the agent column AS agent")?;
        let day = find("day").ok_or("the column `day` is missing; select a date AS day")?;
        expect(fields, agent, &|kind| kind == &DataType::Int64, "must be the agent column, unchanged")?;
        expect(fields, day, &|kind| kind == &DataType::Date32, "must be a date; write CAST(… AS DATE)")?;
        let segment = find("segment");
        if let Some(segment) = segment {
            expect(fields, segment, &is_text, "must be a text; write CAST(… AS VARCHAR)")?;
        }
        let measures = match find("metric") {
            Some(metric) => long(fields, metric)?,
            None => wide(fields, [Some(agent), Some(day), segment], metrics)?,
        };
        Ok(Self { agent, day, segment, measures })
    }
}

fn expect(
    fields: &[(String, DataType)],
    at: usize,
    right: &dyn Fn(&DataType) -> bool,
    hint: &str,
) -> Result<(), String> {
    match fields.get(at) {
        Some((name, found)) if !right(found) => Err(format!("the column \"{name}\" is {found}; it {hint}")),
        _ => Ok(()),
    }
}

fn is_text(kind: &DataType) -> bool {
    kind.is_string() || kind.is_null() || matches!(kind, DataType::Dictionary(_, values) if values.is_string())
}

fn is_exact(kind: &DataType) -> bool {
    kind.is_integer() || kind.is_null() || matches!(kind, DataType::Decimal128(..) | DataType::Decimal256(..))
}

const EXACT: &str = "must be exact, an integer or a DECIMAL; write CAST(… AS DECIMAL(38, 6))";
const SAMPLES: &str = "must be a whole number; write CAST(… AS BIGINT)";

fn exact(fields: &[(String, DataType)], sums: Sums) -> Result<Sums, String> {
    expect(fields, sums.numerator, &is_exact, EXACT)?;
    expect(fields, sums.denominator, &is_exact, EXACT)?;
    if let Some(samples) = sums.samples {
        expect(fields, samples, &|kind| kind.is_integer() || kind.is_null(), SAMPLES)?;
    }
    Ok(sums)
}

fn long(fields: &[(String, DataType)], metric: usize) -> Result<Measures, String> {
    let find = |name: &str| fields.iter().position(|(field, _)| field == name);
    expect(fields, metric, &is_text, "must be a metric's name")?;
    let needed = |name: &str| find(name).ok_or_else(|| format!("the column `{name}` is missing beside `metric`"));
    let sums = Sums { numerator: needed("numerator")?, denominator: needed("denominator")?, samples: find("samples") };
    const KNOWN: [&str; 7] = ["agent", "day", "segment", "metric", "numerator", "denominator", "samples"];
    if let Some((name, _)) = fields.iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
        return Err(format!("the column \"{name}\" has no meaning here; leave it out (known: {})", KNOWN.join(", ")));
    }
    Ok(Measures::Long { metric, sums: exact(fields, sums)? })
}

fn wide(
    fields: &[(String, DataType)],
    taken: [Option<usize>; 3],
    metrics: &BTreeSet<String>,
) -> Result<Measures, String> {
    let find = |name: &str| fields.iter().position(|(field, _)| field == name);
    let mut names = BTreeSet::new();
    for (at, (name, _)) in fields.iter().enumerate().filter(|(at, _)| !taken.contains(&Some(*at))) {
        match name.rsplit_once('.') {
            Some((metric, "numerator" | "denominator" | "samples")) => names.insert(metric),
            _ => {
                return Err(format!(
                    "the column \"{name}\" (number {}) has no meaning; name it \"METRIC.numerator\", \"METRIC.denominator\" or \"METRIC.samples\", or leave it out",
                    at + 1
                ));
            }
        };
    }
    if names.is_empty() {
        return Err(
            "there is no metric in the result; name columns \"METRIC.numerator\" and \"METRIC.denominator\"".to_owned()
        );
    }
    let mut wide = Vec::new();
    for name in names {
        let metric = metric_index(name, metrics)?;
        let needed = |part: &str| {
            find(&format!("{name}.{part}")).ok_or_else(|| format!("the column \"{name}.{part}\" is missing"))
        };
        let samples = find(&format!("{name}.samples"));
        let sums = Sums { numerator: needed("numerator")?, denominator: needed("denominator")?, samples };
        wide.push((metric, exact(fields, sums)?));
    }
    Ok(Measures::Wide(wide))
}

/// A metric's index in order of name.
pub(super) fn metric_index(name: &str, metrics: &BTreeSet<String>) -> Result<u32, String> {
    let index = metrics.iter().position(|metric| metric == name).and_then(|index| u32::try_from(index).ok());
    index.ok_or_else(|| {
        let hint = nearest(name, metrics.iter().map(String::as_str))
            .map(|near| format!("did you mean \"{near}\"?"))
            .unwrap_or_else(|| "add it to metrics.yaml".to_owned());
        format!("the rules know no metric \"{name}\"; {hint}")
    })
}
