//! The audit log.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::Resource;
use super::auth::Caller;
use super::error::{GetError, ListError};
use super::page::{PageSize, cursor, slice};
use crate::app::{AuditEntry, AuditProblem, AuditView, WantedEntries};
use crate::domain::audit::{Place, Record};

/// Something that was done, and its place in the chain.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Entry {
    id: Uuid,
    at: DateTime<Utc>,
    /// An account's public id, `operator:` and the system's user for the command line, `provider:` and the id of a provider that says who
    /// somebody is, or `schedule:` and a source.
    actor: String,
    /// The present login of the account that did it; it is no part of the entry.
    actor_login: Option<String>,
    /// The account's number in the database; absent for the operator.
    actor_account: Option<i64>,
    /// Such as `grant.create`, `pull.commit`, `scorecard.read`.
    act: String,
    /// Such as `agent`, `cycle`, `account`.
    subject_kind: String,
    /// Such as an employee number, a cycle's code, a public id.
    subject: String,
    /// The present login of the account that the subject is, or that the detail names; it is no part of the entry.
    account_login: Option<String>,
    /// Circumstances, such as the cycle or the filter of a list.
    detail: String,
    /// SHA-256 of what it was before; absent where there was nothing.
    before: Option<String>,
    /// SHA-256 of what it is now.
    after: Option<String>,
    /// The request's id, as its answer and Merit's log carry it.
    request_id: Option<Uuid>,
    /// What somebody gave as the reason.
    reason: Option<String>,
    /// The chain it is part of.
    lane: i64,
    /// Its number in the lane, from 1.
    seq: i64,
    /// The hash of the entry before it in the lane.
    previous: String,
    hash: String,
}

#[derive(Object)]
struct EntryPage {
    items: Vec<Entry>,
    #[oai(nullable)]
    next_cursor: Option<String>,
}

/// What a walk along every chain found.
#[derive(Object)]
struct Verification {
    /// Whether nothing is wrong.
    whole: bool,
    entries: u64,
    lanes: u64,
    faults: u64,
    /// The first hundred.
    problems: Vec<Problem>,
}

/// Something wrong at one place.
#[derive(Object)]
#[oai(rename = "AuditProblem")]
struct Problem {
    lane: i64,
    seq: i64,
    what: String,
}

fn entry(view: AuditView) -> Entry {
    let AuditView { entry, actor_login, account_login } = view;
    let AuditEntry { place: Place { lane, seq, previous }, record, hash } = entry;
    let Record {
        public_id,
        at,
        actor,
        actor_account,
        act,
        subject_kind,
        subject,
        detail,
        before,
        after,
        request_id,
        reason,
    } = record;
    Entry {
        id: public_id,
        at,
        actor,
        actor_login,
        actor_account,
        act,
        subject_kind,
        subject,
        account_login,
        detail,
        before: before.map(|digest| digest.to_string()),
        after: after.map(|digest| digest.to_string()),
        request_id,
        reason,
        lane,
        seq,
        previous: previous.to_string(),
        hash: hash.to_string(),
    }
}

fn problem(problem: AuditProblem) -> Problem {
    let AuditProblem { lane, seq, fault } = problem;
    Problem { lane, seq, what: fault.to_string() }
}

pub struct AuditApi;

#[OpenApi(tag = "Resource::Audit")]
impl AuditApi {
    /// List what was done, newest first
    #[oai(path = "/audit", method = "get", operation_id = "list_audit_entries")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the operation")]
    async fn list(
        &self,
        app: Caller,
        /// Done by this login or public id of an account, `operator:NAME`, `provider:ID` or `schedule:SOURCE`
        actor: Query<Option<String>>,
        /// This act, such as `payout.read`
        act: Query<Option<String>>,
        /// About this employee number, cycle, login, public id …
        subject: Query<Option<String>>,
        /// First day (UTC)
        from: Query<Option<NaiveDate>>,
        /// Last day (UTC), included
        to: Query<Option<NaiveDate>>,
        /// Items of a page, 1 to 500 (50 when left out)
        limit: Query<Option<PageSize>>,
        /// `next_cursor` of the page before
        #[oai(name = "cursor")]
        after: Query<Option<String>>,
    ) -> Result<Json<EntryPage>, ListError> {
        let wanted = WantedEntries { actor: actor.0, act: act.0, subject: subject.0, from: from.0, to: to.0 };
        let page = app.audit_entries(&slice(limit.0, after.0)?, &wanted).await?;
        let last = page.rows.last().filter(|_| page.more);
        let next_cursor = last.map(|view| cursor(&view.entry.record.public_id.to_string()));
        Ok(Json(EntryPage { items: page.rows.into_iter().map(entry).collect(), next_cursor }))
    }

    /// Walk the whole log and say whether any entry was changed, taken out or moved
    #[oai(path = "/audit/verification", method = "get", operation_id = "verify_audit")]
    async fn verify(&self, app: Caller) -> Result<Json<Verification>, GetError> {
        let report = app.verify_audit(None, &|_| {}).await?;
        Ok(Json(Verification {
            whole: report.faults == 0,
            entries: report.entries,
            lanes: report.lanes,
            faults: report.faults,
            problems: report.problems.into_iter().map(problem).collect(),
        }))
    }
}
