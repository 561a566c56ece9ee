//! The query's result → facts: exact, added up by key, in order.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Decimal256Array, Int64Array, PrimitiveArray, RecordBatch, StringViewArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Decimal256Type, Int64Type, i256};

use super::convert::AgentTexts;
use super::facts::{AgentRef, Facts};
use super::query::{Layout, Measures, Sums, metric_index};
use crate::domain::fact::{Fact, Pooled};
use crate::domain::fixed::Fixed;
use crate::domain::metric::MetricId;

/// Gathers facts from the batches of the result.
pub(super) struct Collector<'a> {
    layout: Layout,
    metrics: &'a BTreeSet<String>,
    by_name: HashMap<&'a str, u32>,
    texts: &'a AgentTexts,
    /// Agents by the ids SQL saw, and segments by name: both numbered in order of appearance, until the end.
    agents: HashMap<i64, u32>,
    segments: HashMap<String, u32>,
    rows: Vec<Fact>,
}

/// The sums of one metric in a batch, in millionths.
struct SumColumns {
    numerator: Vec<Option<i64>>,
    denominator: Vec<Option<i64>>,
    samples: Option<Int64Array>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(layout: Layout, metrics: &'a BTreeSet<String>, agents: &'a AgentTexts) -> Self {
        let by_name = (0..).zip(metrics).map(|(index, name)| (name.as_str(), index)).collect();
        Self {
            layout,
            metrics,
            by_name,
            texts: agents,
            agents: HashMap::new(),
            segments: HashMap::new(),
            rows: Vec::new(),
        }
    }

    /// Takes a batch of the result.
    ///
    /// # Errors
    /// What in it is not a fact.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), String> {
        let column = |at: usize| batch.columns().get(at).ok_or_else(|| "a column is missing".to_owned());
        let agents = column(self.layout.agent)?.as_primitive::<Int64Type>().clone();
        let days = column(self.layout.day)?.as_primitive::<Date32Type>().clone();
        let places = self.places(&agents)?;
        if days.null_count() > 0 {
            return Err(
                "the column `day` is empty in a row; filter such rows out, or check the time it comes from".to_owned()
            );
        }
        let segments = match self.layout.segment {
            Some(at) => self.intern(&texts(column(at)?)?),
            None => {
                let none = self.segment("");
                vec![none; batch.num_rows()]
            }
        };
        let keys = Keys { agents: &agents, places: &places, days: &days, segments: &segments };
        match self.layout.measures.clone() {
            Measures::Wide(metrics) => {
                for (metric, sums) in metrics {
                    let sums = SumColumns::of(batch, sums)?;
                    for row in 0..batch.num_rows() {
                        self.push(&keys, row, metric, &sums)?;
                    }
                }
            }
            Measures::Long { metric, sums } => {
                let names = texts(column(metric)?)?;
                let sums = SumColumns::of(batch, sums)?;
                for (row, name) in names.iter().enumerate() {
                    let name = name.ok_or("the column `metric` is empty in a row; filter such rows out")?;
                    let metric = match self.by_name.get(name) {
                        Some(metric) => *metric,
                        None => metric_index(name, self.metrics)?,
                    };
                    self.push(&keys, row, metric, &sums)?;
                }
            }
        }
        Ok(())
    }

    /// The place of each row's agent.
    fn places(&mut self, agents: &Int64Array) -> Result<Vec<u32>, String> {
        if agents.null_count() > 0 {
            return Err("the column `agent` is empty in a row; filter such rows out".to_owned());
        }
        agents.values().iter().map(|agent| self.place_of(*agent)).collect()
    }

    fn place_of(&mut self, agent: i64) -> Result<u32, String> {
        if let Some(place) = self.agents.get(&agent) {
            return Ok(*place);
        }
        if !self.texts.knows(agent) {
            return Err(format!(
                "the column `agent` holds {agent}, which is no agent; select the agent column unchanged"
            ));
        }
        let next = u32::try_from(self.agents.len()).unwrap_or(u32::MAX);
        self.agents.insert(agent, next);
        Ok(next)
    }

    fn segment(&mut self, text: &str) -> u32 {
        if let Some(known) = self.segments.get(text) {
            return *known;
        }
        let next = u32::try_from(self.segments.len()).unwrap_or(u32::MAX);
        self.segments.insert(text.to_owned(), next);
        next
    }

    fn intern(&mut self, texts: &StringViewArray) -> Vec<u32> {
        texts.iter().map(|text| self.segment(text.unwrap_or("").trim())).collect()
    }

    fn push(&mut self, keys: &Keys<'_>, row: usize, metric: u32, sums: &SumColumns) -> Result<(), String> {
        let Some((numerator, denominator, samples)) =
            sums.at(row).map_err(|what| format!("{what} ({})", self.place(keys, row, metric)))?
        else {
            return Ok(());
        };
        let day = date(keys.days.value(row)).ok_or("a day lies outside the calendar")?;
        self.rows.push(Fact {
            agent: keys.places.get(row).copied().unwrap_or_default(),
            metric,
            segment: keys.segments.get(row).copied().unwrap_or_default(),
            day,
            pooled: Pooled {
                numerator: Fixed::from_micros(numerator),
                denominator: Fixed::from_micros(denominator),
                samples,
            },
        });
        Ok(())
    }

    /// Where a wrong sum stands, for the message.
    fn place(&self, keys: &Keys<'_>, row: usize, metric: u32) -> String {
        let metric = usize::try_from(metric).ok().and_then(|metric| self.metrics.iter().nth(metric));
        let agent = self.texts.label(keys.agents.value(row)).unwrap_or_default();
        let day = date(keys.days.value(row)).map(|day| day.to_string()).unwrap_or_default();
        format!("metric {}, agent {agent}, day {day}", metric.map_or("", String::as_str))
    }

    /// The facts, one per key and in order, and the new agents they belong to.
    pub(super) fn finish(mut self) -> Result<(Facts, Vec<String>), String> {
        let segments = self.sort_segments();
        let (agents, new_agents) = self.sort_agents();
        sort(&mut self.rows);
        self.add_up()?;
        let metrics = self.metrics.iter().map(|name| MetricId::new(name)).collect();
        Ok((Facts { rows: self.rows, agents, metrics, segments }, new_agents))
    }

    /// Renumbers segments in order of name.
    fn sort_segments(&mut self) -> Vec<Arc<str>> {
        let mut named: Vec<(String, u32)> = std::mem::take(&mut self.segments).into_iter().collect();
        named.sort_unstable();
        let mut ranks = vec![0; named.len()];
        for (rank, (_, first)) in (0..).zip(&named) {
            if let Some(slot) = usize::try_from(*first).ok().and_then(|first| ranks.get_mut(first)) {
                *slot = rank;
            }
        }
        for row in &mut self.rows {
            row.segment = usize::try_from(row.segment).ok().and_then(|at| ranks.get(at)).copied().unwrap_or_default();
        }
        named.into_iter().map(|(name, _)| Arc::from(name)).collect()
    }

    /// Renumbers agents: those of the roster in order of id, then new ones in order of their texts, which are returned too.
    fn sort_agents(&mut self) -> (Vec<AgentRef>, Vec<String>) {
        let mut met: Vec<(Option<String>, i64, u32)> = std::mem::take(&mut self.agents)
            .into_iter()
            .map(|(id, place)| match AgentTexts::reference(id) {
                AgentRef::Known(_) => (None, id, place),
                AgentRef::New(index) => (self.texts.new_text(index), id, place),
            })
            .collect();
        met.sort_unstable();
        let mut ranks = vec![0; met.len()];
        let (mut agents, mut new_agents) = (Vec::with_capacity(met.len()), Vec::new());
        for (rank, (text, id, place)) in (0..).zip(met) {
            if let Some(slot) = usize::try_from(place).ok().and_then(|place| ranks.get_mut(place)) {
                *slot = rank;
            }
            match text {
                None => agents.push(AgentRef::Known(id)),
                Some(text) => {
                    agents.push(AgentRef::New(u32::try_from(new_agents.len()).unwrap_or(u32::MAX)));
                    new_agents.push(text);
                }
            }
        }
        for row in &mut self.rows {
            row.agent = usize::try_from(row.agent).ok().and_then(|at| ranks.get(at)).copied().unwrap_or_default();
        }
        (agents, new_agents)
    }

    /// Adds neighbours of the same key into one.
    fn add_up(&mut self) -> Result<(), String> {
        let mut overflow = false;
        self.rows.dedup_by(|next, kept| {
            if next.key() != kept.key() {
                return false;
            }
            match kept.pooled.checked_add(&next.pooled) {
                Some(sum) => kept.pooled = sum,
                None => overflow = true,
            }
            true
        });
        if overflow { Err("the sums of a fact grow beyond ±9,223,372,036,854".to_owned()) } else { Ok(()) }
    }
}

/// Sorts by key on all cores: each sorts a part, and a stable sort merges parts that are in order in one pass.
fn sort(rows: &mut [Fact]) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = rows.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        for part in rows.chunks_mut(share) {
            scope.spawn(|| part.sort_unstable_by_key(Fact::key));
        }
    });
    rows.sort_by_key(Fact::key);
}

struct Keys<'a> {
    agents: &'a Int64Array,
    places: &'a [u32],
    days: &'a PrimitiveArray<Date32Type>,
    segments: &'a [u32],
}

fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(days)
}

fn texts(array: &ArrayRef) -> Result<StringViewArray, String> {
    let texts = cast(array, &DataType::Utf8View).map_err(|error| error.to_string())?;
    Ok(texts.as_string_view().clone())
}

impl SumColumns {
    fn of(batch: &RecordBatch, sums: Sums) -> Result<Self, String> {
        let column = |at: usize| batch.columns().get(at).ok_or_else(|| "a column is missing".to_owned());
        let samples = match sums.samples {
            None => None,
            Some(at) => {
                let whole = cast(column(at)?, &DataType::Int64).map_err(|error| error.to_string())?;
                if whole.null_count() > column(at)?.null_count() {
                    return Err("samples are too large".to_owned());
                }
                Some(whole.as_primitive::<Int64Type>().clone())
            }
        };
        Ok(Self {
            numerator: micros(column(sums.numerator)?)?,
            denominator: micros(column(sums.denominator)?)?,
            samples,
        })
    }

    /// Numerator, denominator and samples of a row; `None` where there is no fact.
    fn at(&self, row: usize) -> Result<Option<(i64, i64, i64)>, String> {
        let numerator = self.numerator.get(row).copied().flatten();
        let denominator = self.denominator.get(row).copied().flatten();
        let (numerator, denominator) = match (numerator, denominator) {
            (None, None | Some(0)) => return Ok(None),
            (Some(0), None) => return Ok(None),
            (None, Some(_)) => {
                return Err(
                    "the numerator is empty where the denominator is not; use COALESCE or filter such rows out"
                        .to_owned(),
                );
            }
            (Some(_), None) => {
                return Err(
                    "the denominator is empty where the numerator is not; use COALESCE or filter such rows out"
                        .to_owned(),
                );
            }
            (Some(numerator), Some(denominator)) => (numerator, denominator),
        };
        let samples = match &self.samples {
            Some(samples) if samples.is_valid(row) => samples.value(row),
            Some(_) => 0,
            None if denominator % Fixed::SCALE == 0 => denominator / Fixed::SCALE,
            None => {
                return Err(
                    "the denominator is no whole number of cases; add a column \"METRIC.samples\" that counts them"
                        .to_owned(),
                );
            }
        };
        if samples < 0 {
            return Err(format!("there cannot be {samples} samples"));
        }
        Ok((numerator != 0 || denominator != 0 || samples != 0).then_some((numerator, denominator, samples)))
    }
}

/// Numbers as millionths, exactly.
fn micros(array: &ArrayRef) -> Result<Vec<Option<i64>>, String> {
    match array.data_type() {
        DataType::Null => Ok(vec![None; array.len()]),
        DataType::Int64 => scaled(array.as_primitive::<Int64Type>().iter().map(|number| number.map(i128::from)), 0),
        DataType::Decimal128(_, scale) => scaled(array.as_primitive::<Decimal128Type>().iter(), *scale),
        DataType::Decimal256(_, scale) => {
            let numbers: &Decimal256Array = array.as_primitive::<Decimal256Type>();
            let narrow = |number: Option<i256>| number.map(|number| number.to_i128().ok_or(TOO_LARGE)).transpose();
            let numbers = numbers.iter().map(narrow).collect::<Result<Vec<_>, _>>()?;
            scaled(numbers.into_iter(), *scale)
        }
        _ => {
            let numbers = cast(array, &DataType::Decimal128(38, 0)).map_err(|error| error.to_string())?;
            scaled(numbers.as_primitive::<Decimal128Type>().iter(), 0)
        }
    }
}

const TOO_LARGE: &str = "a number lies outside ±9,223,372,036,854; choose a larger unit";
const TOO_FINE: &str = "a number has more than six decimals; write ROUND(…, 6)";

/// Numbers of `scale` decimals in millionths.
fn scaled(numbers: impl Iterator<Item = Option<i128>>, scale: i8) -> Result<Vec<Option<i64>>, String> {
    let decimals = i32::try_from(Fixed::DECIMALS).unwrap_or_default();
    let power = 10_i128.checked_pow((decimals - i32::from(scale)).unsigned_abs()).unwrap_or(i128::MAX);
    let finer = i32::from(scale) > decimals;
    let micros = |number: i128| {
        let exact = if !finer {
            number.checked_mul(power)
        } else if number % power == 0 {
            Some(number / power)
        } else {
            return Err(TOO_FINE.to_owned());
        };
        exact.and_then(|exact| i64::try_from(exact).ok()).ok_or_else(|| TOO_LARGE.to_owned())
    };
    numbers.map(|number| number.map(micros).transpose()).collect()
}
