//! Listing the log, newest first.

use uuid::Uuid;

use super::super::{App, AppError, Slice};
use crate::domain::authority::Act;
use crate::store::{AuditEntry, AuditFilter, Page};

impl App {
    /// Entries, newest first. The key of an entry is its public id.
    pub async fn audit_entries(&self, slice: &Slice, filter: &AuditFilter) -> Result<Page<AuditEntry>, AppError> {
        self.require(Act::ReadAudit)?;
        let before = slice.after.as_deref().map(Uuid::parse_str).transpose();
        let before = before.map_err(|_| AppError::Invalid("cursor: not one that Merit gave for this list".into()))?;
        Ok(self.store.audit_page(before, slice.limit.into(), filter).await?)
    }
}
