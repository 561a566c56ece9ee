//! Listing the log, newest first. Entries name accounts by their public ids, which never change; who that is, is looked up when they are read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, NaiveTime};
use uuid::Uuid;

use super::super::{App, AppError, Slice};
use crate::domain::audit::Record;
use crate::domain::authority::Act;
use crate::store::{AuditEntry, AuditFilter, Page};

/// Which entries a list shows; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedEntries {
    /// A login or an account's public id, `operator:` and the system's user, `provider:` and its id, or `schedule:` and a source.
    pub actor: Option<String>,
    /// Such as `grant.create`.
    pub act: Option<String>,
    /// Such as an employee number, a cycle's code, a login, a public id.
    pub subject: Option<String>,
    /// First day (UTC).
    pub from: Option<NaiveDate>,
    /// Last day (UTC), included.
    pub to: Option<NaiveDate>,
}

/// An entry, and the present logins of the accounts it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditView {
    pub entry: AuditEntry,
    /// Of whoever did it.
    pub actor_login: Option<String>,
    /// Of the account it is about, or that its detail names.
    pub account_login: Option<String>,
}

impl App {
    /// Entries, newest first. The key of an entry is its public id.
    pub async fn audit_entries(&self, slice: &Slice, wanted: &WantedEntries) -> Result<Page<AuditView>, AppError> {
        self.require(Act::ReadAudit)?;
        let before = slice.after.as_deref().map(Uuid::parse_str).transpose();
        let before = before.map_err(|_| AppError::invalid("cursor: not one that Merit gave for this list"))?;
        let WantedEntries { actor, act, subject, from, to } = wanted.clone();
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        let filter = AuditFilter {
            actors: self.names_of(actor).await?,
            act,
            subjects: self.names_of(subject).await?,
            from: from.map(midnight),
            before: to.and_then(|day| day.checked_add_days(Days::new(1))).map(midnight),
        };
        let page = self.store.audit_page(before, slice.limit.into(), &filter).await?;
        let named: BTreeSet<Uuid> =
            page.rows.iter().flat_map(|entry| [actor_of(entry), account_of(entry)]).flatten().collect();
        let logins = self.store.logins_by_public_id(&named).await?;
        Ok(Page { rows: page.rows.into_iter().map(|entry| view(entry, &logins)).collect(), more: page.more })
    }

    /// What entries may call whatever somebody calls `text`: an account goes by its public id, and something else may have the same name.
    async fn names_of(&self, text: Option<String>) -> Result<Vec<String>, AppError> {
        let Some(text) = text else { return Ok(Vec::new()) };
        let account = self.store.account_by_login(&text.trim().to_lowercase()).await?;
        Ok(account.map(|account| account.public_id.to_string()).into_iter().chain([text]).collect())
    }
}

fn view(entry: AuditEntry, logins: &BTreeMap<Uuid, String>) -> AuditView {
    let login = |account: Option<Uuid>| account.and_then(|account| logins.get(&account).cloned());
    AuditView { actor_login: login(actor_of(&entry)), account_login: login(account_of(&entry)), entry }
}

fn actor_of(entry: &AuditEntry) -> Option<Uuid> {
    entry.record.actor.parse().ok()
}

fn account_of(entry: &AuditEntry) -> Option<Uuid> {
    let Record { subject_kind, subject, detail, .. } = &entry.record;
    if subject_kind == "account" {
        return subject.parse().ok();
    }
    detail.split(' ').find_map(|word| word.strip_prefix("account=").or_else(|| word.strip_prefix("by="))?.parse().ok())
}
