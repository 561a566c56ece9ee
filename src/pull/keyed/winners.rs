//! The last row of each key among the rows of a bucket.

use std::collections::HashMap;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::{SortOptions, interleave_record_batch};
use datafusion::arrow::datatypes::{Int64Type, Schema};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::row::{RowConverter, Rows, SortField};

use crate::pull::columns::Key;
use crate::pull::read::BATCH_ROWS;

/// Superseded rows held beyond the winners before they are dropped.
const SLACK: usize = 64 * 1024;

/// The best row seen of each key.
pub(super) struct Winners {
    key: Vec<usize>,
    order: Vec<usize>,
    place: usize,
    keys: RowConverter,
    orders: RowConverter,
    best: HashMap<Box<[u8]>, Best>,
    batches: Vec<RecordBatch>,
    held: usize,
}

struct Best {
    /// The order column's value so that bytes compare as values do; nothing where there is no such column.
    order: Box<[u8]>,
    place: i64,
    at: (usize, usize),
}

impl Winners {
    /// `place` is the column of places in reading order.
    pub(super) fn new(schema: &Schema, key: &Key, place: usize) -> Result<Self, ArrowError> {
        let order: Vec<usize> = key.order_by.into_iter().collect();
        // An empty value is lower than any.
        let lowest_first = SortOptions { descending: false, nulls_first: true };
        let fields = |columns: &[usize]| {
            let types = columns.iter().filter_map(|at| schema.fields().get(*at)).map(|field| field.data_type().clone());
            RowConverter::new(types.map(|kind| SortField::new_with_options(kind, lowest_first)).collect())
        };
        Ok(Self {
            keys: fields(&key.columns)?,
            orders: fields(&order)?,
            key: key.columns.clone(),
            order,
            place,
            best: HashMap::new(),
            batches: Vec::new(),
            held: 0,
        })
    }

    /// Compares further rows with the best so far.
    pub(super) fn add(&mut self, batch: RecordBatch) -> Result<(), ArrowError> {
        let keys = rows_of(&self.keys, &batch, &self.key)?;
        let orders = if self.order.is_empty() { None } else { Some(rows_of(&self.orders, &batch, &self.order)?) };
        let places = batch.columns().get(self.place).map(|column| column.as_primitive::<Int64Type>().clone());
        let nth = self.batches.len();
        for row in 0..batch.num_rows() {
            let place = places.as_ref().map_or(0, |places| places.value(row));
            let key = keys.row(row);
            let order = orders.as_ref().map(|orders| orders.row(row));
            let order = order.as_ref().map_or(&[][..], |order| order.as_ref());
            match self.best.get_mut(key.as_ref()) {
                Some(best) if (order, place) <= (&*best.order, best.place) => {}
                Some(best) => *best = Best { order: order.into(), place, at: (nth, row) },
                None => {
                    self.best.insert(key.as_ref().into(), Best { order: order.into(), place, at: (nth, row) });
                }
            }
        }
        self.held += batch.num_rows();
        self.batches.push(batch);
        if self.held > 2 * self.best.len() + SLACK { self.drop_superseded() } else { Ok(()) }
    }

    /// Keeps the winners only.
    fn drop_superseded(&mut self) -> Result<(), ArrowError> {
        let mut at: Vec<&mut (usize, usize)> = self.best.values_mut().map(|best| &mut best.at).collect();
        at.sort_unstable();
        let places: Vec<(usize, usize)> = at.iter().map(|at| **at).collect();
        let winners = super::buckets::compact(&interleaved(&self.batches, &places)?)?;
        for (row, at) in at.into_iter().enumerate() {
            *at = (0, row);
        }
        self.held = winners.num_rows();
        self.batches = vec![winners];
        Ok(())
    }

    /// The winners in batches of the usual size.
    pub(super) fn finish(self) -> Result<Vec<RecordBatch>, ArrowError> {
        let mut at: Vec<(usize, usize)> = self.best.into_values().map(|best| best.at).collect();
        at.sort_unstable();
        at.chunks(BATCH_ROWS).map(|at| interleaved(&self.batches, at)).collect()
    }
}

fn interleaved(batches: &[RecordBatch], at: &[(usize, usize)]) -> Result<RecordBatch, ArrowError> {
    interleave_record_batch(&batches.iter().collect::<Vec<_>>(), at)
}

fn rows_of(converter: &RowConverter, batch: &RecordBatch, columns: &[usize]) -> Result<Rows, ArrowError> {
    let arrays: Vec<ArrayRef> = columns.iter().filter_map(|at| batch.columns().get(*at)).cloned().collect();
    converter.convert_columns(&arrays)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{Int64Array, StringViewArray};

    use super::*;

    #[test]
    fn what_is_superseded_does_not_pile_up() {
        let rows = 50_000_i64;
        let batch = |round: i64| {
            let ids: StringViewArray = (0..rows).map(|row| Some(format!("contact number {:09}", row % 100))).collect();
            let places: Int64Array = (0..rows).map(|row| Some(round * rows + row)).collect();
            RecordBatch::try_from_iter([("id", Arc::new(ids) as ArrayRef), ("place", Arc::new(places) as ArrayRef)])
                .unwrap()
        };
        let key = Key { columns: vec![0], order_by: None, action: None };
        let mut winners = Winners::new(&batch(0).schema(), &key, 1).unwrap();
        for round in 0..10 {
            winners.add(batch(round)).unwrap();
            assert!(winners.held <= 2 * 100 + SLACK);
        }
        let found = winners.finish().unwrap();
        let places: Vec<i64> = found[0].column(1).as_primitive::<Int64Type>().values().to_vec();
        let mut sorted = places.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (10 * rows - 100..10 * rows).collect::<Vec<_>>());
    }
}
