//! The difference between a source's facts as they are and as a pull says: sheet by sheet, and only sheets that differ are written.

use std::cmp::Ordering;
use std::iter::Peekable;

use chrono::Days;
use entity::{fact_days, fact_sums};
use sea_orm::{DatabaseTransaction, FromQueryResult};

use super::super::write::{execute, fetch};
use super::super::{FactChanges, FactSet, Ids, StoreError, Window, bulk};
use super::keyed::{NewSheet, Place, sheets};
use super::sheet::{SheetFact, first_day, month_of, pack_days, pack_sums, unpack_days};

/// Fewer facts than this may be removed altogether: a new source is still finding its shape.
const GUARDED_FROM: u64 = 100;
/// Sheets read, and sheets written, by one statement.
const SHEETS: usize = 4_000;

#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Source {
    pub(super) id: i64,
    pub(super) name: String,
}

/// What a source's facts in a window shall become.
pub(super) struct Update<'a> {
    pub(super) source: &'a Source,
    pub(super) window: Window,
    pub(super) facts: FactSet<'a>,
    pub(super) max_removed_percent: u8,
    /// Facts that are not named stay.
    pub(super) adds: bool,
}

#[derive(FromQueryResult)]
struct OldSheet {
    month: i64,
    agent_id: i64,
    facts: Vec<u8>,
}

/// The source's sheets in the window's months, in order of place, a page at a time.
struct OldSheets<'a> {
    tx: &'a DatabaseTransaction,
    source_id: i64,
    last_month: i64,
    after: Place,
    page: Peekable<std::vec::IntoIter<OldSheet>>,
    done: bool,
}

/// Sheets to be written and deleted, and what that changes.
struct Changes<'a> {
    tx: &'a DatabaseTransaction,
    source_id: i64,
    written: Vec<(Place, Vec<SheetFact>, Vec<u8>)>,
    deleted: Vec<Place>,
    total: FactChanges,
    existing: u64,
}

impl Update<'_> {
    /// Applies the difference.
    pub(super) async fn apply(&self, tx: &DatabaseTransaction, ids: Ids<'_>) -> Result<FactChanges, StoreError> {
        let mut new = sheets(tx, self.facts, self.window, ids).await?.into_iter().peekable();
        let mut old = OldSheets::of(tx, self.source.id, self.window);
        let mut changes = Changes::new(tx, self.source.id);
        loop {
            let stored = old.peek().await?;
            let order = match (stored, new.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(stored), Some(new)) => stored.cmp(&new.place),
            };
            let was = if order == Ordering::Greater { None } else { old.next() };
            let is = if order == Ordering::Less { None } else { new.next() };
            self.change(was, is, &mut changes)?;
            changes.flush(SHEETS).await?;
        }
        changes.flush(0).await?;
        self.guard(changes.existing, changes.total.removed)?;
        Ok(changes.total)
    }

    /// Takes in one sheet as it was and as it shall be.
    fn change(&self, was: Option<OldSheet>, is: Option<NewSheet>, changes: &mut Changes<'_>) -> Result<(), StoreError> {
        if let (Some(was), Some(is)) = (&was, &is)
            && was.facts == is.packed
        {
            changes.existing += is.count;
            return Ok(());
        }
        let Some(place) = was.as_ref().map(|was| (was.month, was.agent_id)).or(is.as_ref().map(|is| is.place)) else {
            return Ok(());
        };
        let (packed, after) = match is {
            Some(is) => (Some(is.packed), is.count),
            None => (None, 0),
        };
        let Some(was) = was else {
            changes.total.added += after;
            let packed = packed.unwrap_or_default();
            changes.written.push((place, unpack_days(&packed)?, packed));
            return Ok(());
        };
        let new = packed.as_deref().map(unpack_days).transpose()?.unwrap_or_default();
        self.merge(place, &unpack_days(&was.facts)?, &new, changes)
    }

    /// Facts inside the window become the new ones, those outside stay.
    fn merge(
        &self,
        place: Place,
        old: &[SheetFact],
        new: &[SheetFact],
        changes: &mut Changes<'_>,
    ) -> Result<(), StoreError> {
        let mut facts = Vec::with_capacity(old.len().max(new.len()));
        let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
        let before = changes.total;
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.key().cmp(&new.key()),
            };
            let was = if order == Ordering::Greater { None } else { old.next() };
            let is = if order == Ordering::Less { None } else { new.next() };
            let inside = !self.adds && was.is_some_and(|was| self.covers(place.0, was.day));
            changes.existing += u64::from(inside);
            match (was, is) {
                (Some(_), None) if inside => changes.total.removed += 1,
                (Some(was), None) => facts.push(*was),
                (was, Some(is)) => {
                    changes.total.added += u64::from(was.is_none());
                    changes.total.changed += u64::from(was.is_some_and(|was| was.pooled != is.pooled));
                    facts.push(*is);
                }
                (None, None) => {}
            }
        }
        if changes.total == before {
            return Ok(());
        }
        if facts.is_empty() {
            changes.deleted.push(place);
        } else {
            let packed = pack_days(&facts)?;
            changes.written.push((place, facts, packed));
        }
        Ok(())
    }

    fn covers(&self, month: i64, day: u32) -> bool {
        let date =
            first_day(month).and_then(|first| first.checked_add_days(Days::new(u64::from(day.saturating_sub(1)))));
        date.is_some_and(|date| self.window.contains(date))
    }

    fn guard(&self, existing: u64, removed: u64) -> Result<(), StoreError> {
        let share = u128::from(removed) * 100;
        if existing >= GUARDED_FROM && share > u128::from(existing) * u128::from(self.max_removed_percent) {
            return Err(StoreError::TooManyRemoved {
                source_name: self.source.name.clone(),
                existing,
                removed,
                limit_percent: self.max_removed_percent,
            });
        }
        Ok(())
    }
}

impl<'a> OldSheets<'a> {
    fn of(tx: &'a DatabaseTransaction, source_id: i64, window: Window) -> Self {
        let first_month = window.from.map_or(i64::MIN, month_of);
        Self {
            tx,
            source_id,
            last_month: window.to.map_or(i64::MAX, month_of),
            after: (first_month, i64::MIN),
            page: Vec::new().into_iter().peekable(),
            done: false,
        }
    }

    /// The place of the next sheet.
    async fn peek(&mut self) -> Result<Option<Place>, StoreError> {
        if self.page.peek().is_none() && !self.done {
            self.turn().await?;
        }
        Ok(self.page.peek().map(|sheet| (sheet.month, sheet.agent_id)))
    }

    fn next(&mut self) -> Option<OldSheet> {
        self.page.next()
    }

    async fn turn(&mut self) -> Result<(), StoreError> {
        let text = format!(
            "SELECT month, agent_id, facts FROM fact_days
            WHERE source_id = $1 AND (month, agent_id) > ($2, $3) AND month <= $4
            ORDER BY month, agent_id LIMIT {SHEETS}"
        );
        let (month, agent_id) = self.after;
        let values = [self.source_id.into(), month.into(), agent_id.into(), self.last_month.into()];
        let page: Vec<OldSheet> = fetch(self.tx, "reading the source's facts", text, values).await?;
        self.done = page.len() < SHEETS;
        if let Some(last) = page.last() {
            self.after = (last.month, last.agent_id);
        }
        self.page = page.into_iter().peekable();
        Ok(())
    }
}

impl<'a> Changes<'a> {
    fn new(tx: &'a DatabaseTransaction, source_id: i64) -> Self {
        let (written, deleted) = (Vec::new(), Vec::new());
        Self { tx, source_id, written, deleted, total: FactChanges::default(), existing: 0 }
    }

    /// Writes what has gathered, once it is more than `most` sheets.
    async fn flush(&mut self, most: usize) -> Result<(), StoreError> {
        if self.written.len() > most {
            let written = std::mem::take(&mut self.written);
            let mut days = Vec::with_capacity(written.len());
            let mut sums = Vec::with_capacity(written.len());
            for ((month, agent_id), facts, packed) in written {
                let source_id = self.source_id;
                sums.push(fact_sums::Model { source_id, month, agent_id, sums: pack_sums(&facts)? });
                days.push(fact_days::Model { source_id, month, agent_id, facts: packed });
            }
            bulk::upsert::<fact_days::Entity>(self.tx, "writing facts", days).await?;
            bulk::upsert::<fact_sums::Entity>(self.tx, "writing the sums of facts", sums).await?;
        }
        if self.deleted.len() > most {
            for places in std::mem::take(&mut self.deleted).chunk_by(|left, right| left.0 == right.0) {
                let Some((month, _)) = places.first() else { continue };
                let agents: Vec<String> = places.iter().map(|(_, agent_id)| agent_id.to_string()).collect();
                for table in ["fact_days", "fact_sums"] {
                    let agents = agents.join(", ");
                    let text =
                        format!("DELETE FROM {table} WHERE source_id = $1 AND month = $2 AND agent_id IN ({agents})");
                    execute(self.tx, "removing facts", text, [self.source_id.into(), (*month).into()]).await?;
                }
            }
        }
        Ok(())
    }
}
