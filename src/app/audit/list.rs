//! Listing the log, newest first.

use chrono::{Days, NaiveDate, NaiveTime};
use uuid::Uuid;

use super::super::{App, AppError, Slice};
use crate::domain::authority::Act;
use crate::store::{AuditEntry, AuditFilter, Page};

/// Which entries a list shows; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedEntries {
    /// A login, `operator:` and the system's user, or `provider:` and its id.
    pub actor: Option<String>,
    /// Such as `grant.create`.
    pub act: Option<String>,
    /// Such as an employee number, a cycle's code, a public id.
    pub subject: Option<String>,
    /// First day (UTC).
    pub from: Option<NaiveDate>,
    /// Last day (UTC), included.
    pub to: Option<NaiveDate>,
}

impl App {
    /// Entries, newest first. The key of an entry is its public id.
    pub async fn audit_entries(&self, slice: &Slice, wanted: &WantedEntries) -> Result<Page<AuditEntry>, AppError> {
        self.require(Act::ReadAudit)?;
        let before = slice.after.as_deref().map(Uuid::parse_str).transpose();
        let before = before.map_err(|_| AppError::Invalid("cursor: not one that Merit gave for this list".into()))?;
        let WantedEntries { actor, act, subject, from, to } = wanted.clone();
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        let filter = AuditFilter {
            actor,
            act,
            subject,
            from: from.map(midnight),
            before: to.and_then(|day| day.checked_add_days(Days::new(1))).map(midnight),
        };
        Ok(self.store.audit_page(before, slice.limit.into(), &filter).await?)
    }
}
