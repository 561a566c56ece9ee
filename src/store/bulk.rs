//! Many rows at once: prepared rows of values on SQLite, one array a column on PostgreSQL.

use sea_orm::sea_query::ArrayType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, Iden, IdenStatic, Iterable, ModelTrait,
    PrimaryKeyToColumn, Value,
};

use super::StoreError;
use super::error::Step;
use super::write::sql;

/// Values bound by one statement on SQLite, well below its limit of 32,766.
const SQLITE_VALUES: usize = 8_000;
/// Rows sent in one statement to PostgreSQL; more are not faster.
const POSTGRES_ROWS: usize = 2_000;

/// What to do with a row whose primary key is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Present {
    Refuse,
    Replace,
}

/// Inserts the rows in their order.
pub(super) async fn insert<E: EntityTrait>(
    tx: &DatabaseTransaction,
    step: &'static str,
    rows: impl IntoIterator<Item = E::Model>,
) -> Result<(), StoreError> {
    write::<E>(tx, step, E::default().table_name(), Present::Refuse, rows).await
}

/// Inserts the rows into a table shaped like `E`'s.
pub(super) async fn insert_into<E: EntityTrait>(
    tx: &DatabaseTransaction,
    step: &'static str,
    table: &str,
    rows: impl IntoIterator<Item = E::Model>,
) -> Result<(), StoreError> {
    write::<E>(tx, step, table, Present::Refuse, rows).await
}

/// Inserts the rows, or gives a row with the same primary key every field.
pub(super) async fn upsert<E: EntityTrait>(
    tx: &DatabaseTransaction,
    step: &'static str,
    rows: impl IntoIterator<Item = E::Model>,
) -> Result<(), StoreError> {
    write::<E>(tx, step, E::default().table_name(), Present::Replace, rows).await
}

async fn write<E: EntityTrait>(
    tx: &DatabaseTransaction,
    step: &'static str,
    table: &str,
    present: Present,
    rows: impl IntoIterator<Item = E::Model>,
) -> Result<(), StoreError> {
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let head = head(table, &columns);
    let tail = match present {
        Present::Refuse => String::new(),
        Present::Replace => replace_clause::<E>(&columns),
    };
    if tx.get_database_backend() == DbBackend::Postgres {
        write_arrays::<E>(tx, step, (&head, &tail), &columns, rows).await
    } else {
        write_values::<E>(tx, step, (&head, &tail), &columns, rows).await
    }
}

fn head<C: IdenStatic>(table: &str, columns: &[C]) -> String {
    let names: Vec<&str> = columns.iter().map(IdenStatic::as_str).collect();
    format!("INSERT INTO {table} ({})", names.join(", "))
}

fn replace_clause<E: EntityTrait>(columns: &[E::Column]) -> String {
    let keys: Vec<String> = E::PrimaryKey::iter().map(|key| key.into_column().to_string()).collect();
    let sets: Vec<String> = columns
        .iter()
        .map(Iden::to_string)
        .filter(|name| !keys.contains(name))
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    format!(" ON CONFLICT ({}) DO UPDATE SET {}", keys.join(", "), sets.join(", "))
}

async fn write_values<E: EntityTrait>(
    tx: &DatabaseTransaction,
    step: &'static str,
    (head, tail): (&str, &str),
    columns: &[E::Column],
    rows: impl IntoIterator<Item = E::Model>,
) -> Result<(), StoreError> {
    let width = columns.len().max(1);
    let full = SQLITE_VALUES / width;
    let row = format!("({})", vec!["?"; width].join(","));
    let statement = |count: usize| format!("{head} VALUES {}{tail}", vec![row.as_str(); count].join(","));
    let full_statement = statement(full);
    let mut values: Vec<Value> = Vec::with_capacity(full * width);
    for model in rows {
        values.extend(columns.iter().map(|column| model.get(*column)));
        if values.len() == full * width {
            let batch = std::mem::replace(&mut values, Vec::with_capacity(full * width));
            tx.execute_raw(sql(tx, full_statement.as_str(), batch)).await.step(step)?;
        }
    }
    if !values.is_empty() {
        let rest = statement(values.len() / width);
        tx.execute_raw(sql(tx, rest, values)).await.step(step)?;
    }
    Ok(())
}

async fn write_arrays<E: EntityTrait>(
    tx: &DatabaseTransaction,
    step: &'static str,
    (head, tail): (&str, &str),
    columns: &[E::Column],
    rows: impl IntoIterator<Item = E::Model>,
) -> Result<(), StoreError> {
    let mut arrays: Vec<Array> = columns.iter().map(|column| Array::new(column.def().is_null())).collect();
    let statement = format!("{head} {}{tail}", select_arrays(&arrays));
    let mut count = 0;
    for model in rows {
        for (array, column) in arrays.iter_mut().zip(columns) {
            array.push(model.get(*column));
        }
        count += 1;
        if count == POSTGRES_ROWS {
            count = 0;
            let batch: Vec<Value> = arrays.iter_mut().flat_map(Array::take).collect();
            tx.execute_raw(sql(tx, statement.as_str(), batch)).await.step(step)?;
        }
    }
    if count > 0 {
        let batch: Vec<Value> = arrays.iter_mut().flat_map(Array::take).collect();
        tx.execute_raw(sql(tx, statement.as_str(), batch)).await.step(step)?;
    }
    Ok(())
}

/// Rows made of arrays bound side by side: `c1` is the first column's values, `n1` says which of them are NULL.
fn select_arrays(arrays: &[Array]) -> String {
    let (mut fields, mut names) = (Vec::new(), Vec::new());
    for (array, number) in arrays.iter().zip(1..) {
        names.push(format!("c{number}"));
        if array.absent.is_some() {
            names.push(format!("n{number}"));
            fields.push(format!("CASE WHEN n{number} THEN NULL ELSE c{number} END"));
        } else {
            fields.push(format!("c{number}"));
        }
    }
    let parameters: Vec<String> = (1..=names.len()).map(|number| format!("${number}")).collect();
    format!("SELECT {} FROM unnest({}) AS r ({})", fields.join(", "), parameters.join(", "), names.join(", "))
}

/// The values of a column. The driver binds no NULL inside an array, so a column that may have some gets a second array that says
/// where they are.
#[derive(Debug)]
struct Array {
    kind: ArrayType,
    values: Vec<Value>,
    absent: Option<Vec<Value>>,
}

impl Array {
    fn new(nullable: bool) -> Self {
        Self { kind: ArrayType::BigInt, values: Vec::new(), absent: nullable.then(Vec::new) }
    }

    fn push(&mut self, value: Value) {
        if self.values.is_empty() {
            self.kind = value.array_type();
        }
        let Some(absent) = &mut self.absent else { return self.values.push(value) };
        absent.push((!value.is_some()).into());
        self.values.push(if value.is_some() { value } else { value.dummy_value() });
    }

    /// What is bound for this column: its values, then where they are absent.
    fn take(&mut self) -> impl Iterator<Item = Value> {
        let values = Value::Array(self.kind.clone(), Some(Box::new(std::mem::take(&mut self.values))));
        let absent = self.absent.as_mut().map(std::mem::take);
        [values].into_iter().chain(absent.map(|absent| Value::Array(ArrayType::Bool, Some(Box::new(absent)))))
    }
}

/// `count` ids no other row has or will get.
pub(super) async fn reserve_ids(
    tx: &DatabaseTransaction,
    step: &'static str,
    table: &str,
    count: usize,
) -> Result<Vec<i64>, StoreError> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let text = format!("SELECT nextval(pg_get_serial_sequence('{table}', 'id')) AS id FROM generate_series(1, $1)");
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let rows = tx.query_all_raw(sql(tx, text, [count.into()])).await.step(step)?;
        return rows.iter().map(|row| row.try_get::<i64>("", "id")).collect::<Result<_, _>>().step(step);
    }
    let text = format!("SELECT COALESCE(MAX(id), 0) AS id FROM {table}");
    let last = match tx.query_one_raw(sql(tx, text, [])).await.step(step)? {
        Some(row) => row.try_get::<i64>("", "id").step(step)?,
        None => 0,
    };
    Ok((last + 1..).take(count).collect())
}
