//! Sources that are overdue, each told once.

use super::super::write::execute;
use super::super::{Store, StoreError};

impl Store {
    /// Notes that the source is overdue, with the notices of this store; false when it was noted before of the same last pull.
    pub async fn note_overdue(&self, source: &str, last_pull: &str) -> Result<bool, StoreError> {
        let step = "noting that a source is overdue";
        let tx = self.begin_write(&[]).await?;
        let text = "INSERT INTO overdue_source (source, last_pull) VALUES ($1, $2)
            ON CONFLICT (source) DO UPDATE SET last_pull = excluded.last_pull WHERE overdue_source.last_pull <> excluded.last_pull";
        if execute(&tx, step, text, [source.into(), last_pull.into()]).await? == 0 {
            return Ok(false);
        }
        self.finish(tx, step).await?;
        Ok(true)
    }
}
