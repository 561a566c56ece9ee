//! Taking in and reading leave.

use merit::domain::appraisal::LeaveKind;
use merit::store::{LeaveChanges, LeaveProblem, LeaveRow, StoreError};

use super::fixture::{day, period, settle};
use super::schema::try_execute;
use crate::support::stores::on_both_engines;

fn leave(number: &str, first: &str, last: &str, kind: Option<LeaveKind>) -> LeaveRow {
    LeaveRow { employee_number: number.to_owned(), first_day: day(first), last_day: day(last), kind }
}

fn problems(refused: Result<LeaveChanges, StoreError>) -> Vec<LeaveProblem> {
    match refused {
        Err(StoreError::Leave(problems)) => problems,
        other => panic!("not refused: {other:?}"),
    }
}

const SICK: Option<LeaveKind> = Some(LeaveKind::Sick);
const ANNUAL: Option<LeaveKind> = Some(LeaveKind::Annual);

on_both_engines! {
    async fn the_same_leave_twice_changes_nothing(store: TestStore) {
        settle(&store, 3).await;
        let rows = [
            leave("A0001", "2026-04-01", "2026-04-10", SICK),
            leave("A0001", "2026-04-11", "2026-04-11", ANNUAL),
            leave("A0002", "2026-04-01", "2026-04-10", ANNUAL),
        ];
        let dry = store.preview_leave(&rows).await.unwrap();
        let added = LeaveChanges { added: 3, ..LeaveChanges::default() };
        assert_eq!(dry, added);
        assert_eq!(store.import_leave(&rows).await.unwrap(), added, "the preview kept nothing");
        let unchanged = LeaveChanges { unchanged: 3, ..LeaveChanges::default() };
        assert_eq!(store.import_leave(&rows).await.unwrap(), unchanged);
    }

    async fn leave_is_corrected_and_withdrawn_by_its_first_day(store: TestStore) {
        let agents = settle(&store, 1).await;
        let whole = period("2026-01-01", "2026-12-31");
        let rows = [
            leave("A0001", "2026-04-01", "2026-04-10", SICK),
            leave("A0001", "2026-04-11", "2026-04-20", SICK),
            leave("A0001", "2026-06-01", "2026-06-02", ANNUAL),
        ];
        store.import_leave(&rows).await.unwrap();
        // The first grows over days that the second gives up.
        let corrected = [
            leave("A0001", "2026-04-01", "2026-04-15", ANNUAL),
            leave("A0001", "2026-04-11", "2026-04-20", None),
            leave("A0001", "2026-04-16", "2026-04-20", SICK),
            leave("A0001", "2026-05-01", "2026-05-01", None),
        ];
        let changes = store.import_leave(&corrected).await.unwrap();
        assert_eq!(changes, LeaveChanges { added: 1, changed: 1, withdrawn: 1, unchanged: 1 });
        let stored: Vec<String> = store
            .absences_of(agents[0], agents[0], whole)
            .await
            .unwrap()
            .iter()
            .map(|leave| format!("{} {}", leave.period, leave.kind))
            .collect();
        assert_eq!(stored, ["2026-04-01..2026-04-15 annual", "2026-04-16..2026-04-20 sick", "2026-06-01..2026-06-02 annual"]);
        let again = store.import_leave(&corrected).await.unwrap();
        assert_eq!(again, LeaveChanges { unchanged: 4, ..LeaveChanges::default() });
    }

    async fn every_problem_of_leave_is_reported_at_once(store: TestStore) {
        settle(&store, 3).await;
        store.import_leave(&[leave("A0003", "2026-04-05", "2026-04-10", SICK)]).await.unwrap();
        let found = problems(
            store
                .import_leave(&[
                    leave("A0009", "2026-04-01", "2026-04-02", SICK),
                    leave("A0001", "2026-04-02", "2026-04-01", SICK),
                    leave("A0001", "2026-04-05", "2026-04-09", SICK),
                    leave("A0001", "2026-04-05", "2026-04-06", SICK),
                    leave("A0002", "2026-04-09", "2026-04-12", SICK),
                    leave("A0002", "2026-04-01", "2026-04-09", SICK),
                    leave("A0003", "2026-04-10", "2026-04-11", SICK),
                ])
                .await,
        );
        assert_eq!(found.len(), 5, "{found:#?}");
        assert!(matches!(&found[0], LeaveProblem::UnknownAgent { index: 0, .. }));
        assert!(matches!(&found[1], LeaveProblem::Backwards { index: 1, .. }));
        assert!(matches!(&found[2], LeaveProblem::Twice { index: 3, .. }));
        assert!(matches!(&found[3], LeaveProblem::Overlap { index: 5, .. }));
        assert!(matches!(&found[4], LeaveProblem::Overlap { index: 6, .. }));
        let text = found[4].to_string();
        assert!(text.contains("2026-04-05..2026-04-10, and 2026-04-10..2026-04-11"), "{text}");
    }

    async fn leave_is_read_by_agents_and_days(store: TestStore) {
        let agents = settle(&store, 3).await;
        let rows = [
            leave("A0003", "2026-03-20", "2026-04-01", SICK),
            leave("A0002", "2026-06-30", "2026-07-09", SICK),
            leave("A0002", "2026-04-03", "2026-04-04", SICK),
            leave("A0002", "2026-03-03", "2026-03-31", SICK),
            leave("A0001", "2026-04-03", "2026-04-04", SICK),
        ];
        store.import_leave(&rows).await.unwrap();
        let quarter = period("2026-04-01", "2026-06-30");
        let found = store.absences_of(agents[1], agents[2], quarter).await.unwrap();
        let shown: Vec<_> = found.iter().map(|leave| (leave.agent_id, leave.period.first)).collect();
        assert_eq!(shown, [(agents[1], day("2026-04-03")), (agents[1], day("2026-06-30")), (agents[2], day("2026-03-20"))]);
    }

    async fn the_database_itself_refuses_leave_that_shares_days(store: TestStore) {
        let agents = settle(&store, 1).await;
        store.import_leave(&[leave("A0001", "2026-04-05", "2026-04-10", SICK)]).await.unwrap();
        let insert = |first: &str, last: &str| {
            let number = |text: &str| day(text).to_epoch_days();
            format!(
                "INSERT INTO absence (agent_id, first_day, last_day, kind) VALUES ({}, {}, {}, 'sick')",
                agents[0],
                number(first),
                number(last)
            )
        };
        for (first, last) in [("2026-04-01", "2026-04-05"), ("2026-04-10", "2026-04-12"), ("2026-04-06", "2026-04-07")] {
            let refused = try_execute(&store.url, &insert(first, last)).await.unwrap_err().to_string();
            assert!(refused.contains("absence overlaps another"), "{refused}");
        }
        try_execute(&store.url, &insert("2026-04-01", "2026-04-04")).await.unwrap();
        let longer = "UPDATE absence SET last_day = last_day + 1 WHERE first_day = ";
        let first = |text: &str| format!("{longer}{}", day(text).to_epoch_days());
        let refused = try_execute(&store.url, &first("2026-04-01")).await.unwrap_err().to_string();
        assert!(refused.contains("absence overlaps another"), "{refused}");
        try_execute(&store.url, &first("2026-04-05")).await.unwrap();
    }
}
