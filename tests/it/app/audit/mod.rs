//! The audit log: what is in it, and that nobody can change it unseen.

mod changes;
mod readings;
mod tampering;
mod together;

use merit::app::{App, AuditEntry, Slice, WantedEntries};

use crate::support::engines::Database;

/// Every entry, newest first.
async fn entries(app: &App) -> Vec<AuditEntry> {
    let (mut all, mut slice) = (Vec::new(), Slice::first());
    loop {
        let page = app.audit_entries(&slice, &WantedEntries::default()).await.unwrap();
        all.extend(page.rows.into_iter().map(|view| view.entry));
        match all.last().filter(|_| page.more) {
            Some(last) => slice = Slice::after(last.record.public_id.to_string()),
            None => return all,
        }
    }
}

/// What the entries say: act, kind and name of the subject. In order, for entries of one millisecond have none.
fn told(entries: &[AuditEntry]) -> Vec<(String, String, String)> {
    let told = entries
        .iter()
        .map(|entry| (entry.record.act.clone(), entry.record.subject_kind.clone(), entry.record.subject.clone()));
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

async fn assert_whole(app: &App, entries: usize) {
    let report = app.verify_audit(None, &|_| {}).await.unwrap();
    assert_eq!(report.problems, []);
    assert_eq!(usize::try_from(report.entries).unwrap(), entries);
}

/// Takes away what keeps the log from being changed, as its owner could.
async fn disarm(database: &Database) {
    let sql = if database.is_postgres() {
        "ALTER TABLE audit_entry DISABLE TRIGGER USER; ALTER TABLE audit_head DISABLE TRIGGER USER"
    } else {
        "DROP TRIGGER audit_entry_unchanged; DROP TRIGGER audit_entry_kept; DROP TRIGGER audit_entry_once;
         DROP TRIGGER audit_head_forward; DROP TRIGGER audit_head_kept"
    };
    database.execute(sql).await;
}
