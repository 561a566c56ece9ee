//! Whatever is done to the log behind Merit's back is found, or refused by the database.

use merit::app::{Anchor, App, Change, Clock};
use merit::domain::audit::{Digest, Fault};
use uuid::Uuid;

use super::{assert_whole, disarm};
use crate::support::engines::{self, Database};

/// A log of some length; the lane with most entries.
async fn filled(database: &Database) -> (App, i64, i64) {
    let app = App::open(&database.url, Clock::System).await.unwrap();
    app.migrate().await.unwrap();
    let acting = app.acting_as(app.actor().clone().within(Uuid::now_v7()));
    for number in 0..80 {
        let change = Change::new("payout.read", "agent", format!("E{number:03}")).detail("cycle=2026-Q2");
        let change = change.before(Some(Digest::of(b"before"))).after(Some(Digest::of(b"after")));
        acting.note(change.reason(Some("asked"))).await.unwrap();
    }
    let anchor = app.audit_anchor().await.unwrap();
    let longest = anchor.lanes.iter().max_by_key(|lane| lane.seq).unwrap();
    assert!(longest.seq >= 5, "{anchor:?}");
    (app, longest.lane, longest.seq)
}

async fn faults(app: &App, anchor: Option<&Anchor>) -> Vec<(i64, i64, Fault)> {
    let report = app.verify_audit(anchor, &|_| {}).await.unwrap();
    report.problems.into_iter().map(|problem| (problem.lane, problem.seq, problem.fault)).collect()
}

/// Does it, and undoes it after looking.
async fn found(app: &App, database: &Database, sql: &str, anchor: Option<&Anchor>) -> Vec<(i64, i64, Fault)> {
    let keep = "CREATE TABLE kept AS SELECT * FROM audit_entry; CREATE TABLE heads AS SELECT * FROM audit_head";
    let restore = "DELETE FROM audit_entry; INSERT INTO audit_entry SELECT * FROM kept; DROP TABLE kept;
        DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM heads; DROP TABLE heads";
    database.execute(keep).await;
    database.execute(sql).await;
    let found = faults(app, anchor).await;
    database.execute(restore).await;
    assert_eq!(faults(app, anchor).await, [], "{sql}");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edited_column_is_found() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let (app, lane, _) = filled(&database).await;
        disarm(&database).await;
        let (blob, id) = match database.is_postgres() {
            true => ("decode(repeat('00', 32), 'hex')", "'00000000-0000-7000-8000-000000000000'"),
            false => ("zeroblob(32)", "x'00000000000070008000000000000000'"),
        };
        let short = if database.is_postgres() { "decode('00', 'hex')" } else { "zeroblob(1)" };
        let at = "'2020-01-01T00:00:00+00:00'";
        for (column, value) in [
            ("public_id", id),
            ("at", at),
            ("actor", "'somebody'"),
            ("actor_account", "7"),
            ("act", "'plan.read'"),
            ("subject_kind", "'unit'"),
            ("subject", "'E9'"),
            ("detail", "''"),
            ("before_digest", blob),
            ("before_digest", "NULL"),
            ("after_digest", short),
            ("request_id", "NULL"),
            ("request_id", id),
            ("reason", "NULL"),
            ("reason", "''"),
        ] {
            let sql = format!("UPDATE audit_entry SET {column} = {value} WHERE lane = {lane} AND seq = 2");
            assert_eq!(found(&app, &database, &sql, None).await, [(lane, 2, Fault::Edited)], "{sql}");
        }
        let sql = format!("UPDATE audit_entry SET previous = {blob} WHERE lane = {lane} AND seq = 2");
        let expected = [(lane, 2, Fault::Unbound), (lane, 2, Fault::Edited)];
        assert_eq!(found(&app, &database, &sql, None).await, expected);
        let sql = format!("UPDATE audit_entry SET hash = {blob} WHERE lane = {lane} AND seq = 2");
        let expected = [(lane, 2, Fault::Edited), (lane, 3, Fault::Unbound)];
        assert_eq!(found(&app, &database, &sql, None).await, expected, "{}", database.name);
        assert_whole(&app, 80).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_are_taken_out_moved_or_added_are_found() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let (app, lane, last) = filled(&database).await;
        let anchor = app.audit_anchor().await.unwrap();
        app.note(Change::new("payout.read", "agent", "later")).await.unwrap();
        assert_eq!(faults(&app, Some(&anchor)).await, [], "{}: what came later does not matter", database.name);
        disarm(&database).await;
        let last = if database.is_postgres() { last } else { last + 1 };
        let head = app.audit_anchor().await.unwrap().lanes.into_iter().find(|of| of.lane == lane).unwrap().seq;
        let last = last.max(head);
        let at = format!("WHERE lane = {lane} AND seq");
        let cut = format!("DELETE FROM audit_entry {at} > 3");
        let cut_with_head = format!(
            "{cut}; UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_entry {at} = 3) WHERE lane = {lane}"
        );
        let swapped = format!(
            "UPDATE audit_entry SET seq = -1 {at} = 2; UPDATE audit_entry SET seq = 2 {at} = 3;
             UPDATE audit_entry SET seq = 3 {at} = -1"
        );
        let copied = |to: &str| {
            let id = if database.is_postgres() { "'00000000-0000-7000-8000-000000000000'" } else { "x'01'" };
            format!(
                "INSERT INTO audit_entry SELECT {to}, {id}, at, actor, actor_account, act, subject_kind, subject, detail,
                 before_digest, after_digest, request_id, reason, previous, hash FROM audit_entry {at} = {last}"
            )
        };
        let says = |says, ends| Fault::Head { says, ends };
        for (sql, expected) in [
            (format!("DELETE FROM audit_entry {at} = 2"), vec![(lane, 2, Fault::Missing { next: 3 })]),
            (format!("DELETE FROM audit_entry {at} <= 2"), vec![(lane, 1, Fault::Missing { next: 3 })]),
            (cut.clone(), vec![(lane, 3, says(Some(last), 3))]),
            (format!("DELETE FROM audit_entry WHERE lane = {lane}"), vec![(lane, 0, says(Some(last), 0))]),
            (format!("DELETE FROM audit_head WHERE lane = {lane}"), vec![(lane, last, says(None, last))]),
            (
                format!("UPDATE audit_head SET hash = (SELECT hash FROM audit_entry {at} = 1) WHERE lane = {lane}"),
                vec![(lane, last, Fault::HeadHash)],
            ),
            (
                format!("UPDATE audit_head SET seq = 3 WHERE lane = {lane}"),
                vec![(lane, 3, Fault::HeadHash), (lane, last, says(Some(3), last))],
            ),
            (copied(&format!("lane, {}", last + 1)), vec![(lane, last + 1, says(Some(last), last + 1))]),
            (copied("99, 1"), vec![(99, 1, says(None, 1))]),
        ] {
            assert_eq!(found(&app, &database, &sql, None).await, expected, "{}: {sql}", database.name);
        }
        let moved = found(&app, &database, &swapped, None).await;
        assert!(moved.contains(&(lane, 2, Fault::Edited)) && moved.contains(&(lane, 3, Fault::Edited)), "{moved:?}");
        assert_eq!(found(&app, &database, &cut_with_head, None).await, [], "a cut with its head shows only");
        let expected: Vec<(i64, i64)> =
            anchor.lanes.iter().filter(|of| of.lane == lane).map(|of| (lane, of.seq)).collect();
        let beside: Vec<(i64, i64)> = found(&app, &database, &cut_with_head, Some(&anchor))
            .await
            .into_iter()
            .map(|(lane, seq, fault)| {
                assert_eq!(fault, Fault::Anchor);
                (lane, seq)
            })
            .collect();
        assert_eq!(beside, expected, "beside the anchor");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_refuses_changes() {
    let folder = tempfile::tempdir().unwrap();
    for database in engines::databases(&folder.path().join("merit.db")).await {
        let (app, lane, last) = filled(&database).await;
        let mut refused = vec![
            "UPDATE audit_entry SET actor = 'somebody'".to_owned(),
            format!("DELETE FROM audit_entry WHERE lane = {lane} AND seq = {last}"),
            format!("UPDATE audit_head SET seq = seq - 1 WHERE lane = {lane}"),
            "DELETE FROM audit_head".to_owned(),
        ];
        if database.is_postgres() {
            refused.extend(["TRUNCATE audit_entry", "TRUNCATE audit_head"].map(str::to_owned));
        } else {
            let columns =
                "lane, seq, public_id, at, 'x', actor_account, act, subject_kind, subject, detail, before_digest,
                after_digest, request_id, reason, previous, hash";
            refused.push(format!("INSERT OR REPLACE INTO audit_entry SELECT {columns} FROM audit_entry"));
        }
        for sql in refused {
            let said = database.try_execute(&sql).await.expect_err(&sql).to_string();
            assert!(said.contains("audit log"), "{}: {sql}: {said}", database.name);
        }
        assert_whole(&app, 80).await;
    }
}
