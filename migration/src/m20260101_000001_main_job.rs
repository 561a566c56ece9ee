//! Roster, facts, runs, ratings, results, access, jobs, notices and the audit log.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, include_str!("schema/roster.sql")).await?;
        let [overlap, absence_overlap] = match manager.get_database_backend() {
            DbBackend::Postgres => {
                [include_str!("schema/overlap_postgres.sql"), include_str!("schema/absence_overlap_postgres.sql")]
            }
            _ => [include_str!("schema/overlap_sqlite.sql"), include_str!("schema/absence_overlap_sqlite.sql")],
        };
        run(manager, overlap).await?;
        run(manager, include_str!("schema/facts.sql")).await?;
        run(manager, include_str!("schema/rules.sql")).await?;
        run(manager, include_str!("schema/runs.sql")).await?;
        run(manager, include_str!("schema/benchmarks.sql")).await?;
        run(manager, include_str!("schema/ratings.sql")).await?;
        let pinned = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("schema/pinned_postgres.sql"),
            _ => include_str!("schema/pinned_sqlite.sql"),
        };
        run(manager, pinned).await?;
        run(manager, include_str!("schema/results.sql")).await?;
        run(manager, include_str!("schema/unit_scorecards.sql")).await?;
        run(manager, include_str!("schema/access.sql")).await?;
        run(manager, include_str!("schema/people.sql")).await?;
        run(manager, include_str!("schema/uploads.sql")).await?;
        run(manager, include_str!("schema/sign_in.sql")).await?;
        run(manager, include_str!("schema/cycle_events.sql")).await?;
        run(manager, include_str!("schema/calibration.sql")).await?;
        run(manager, include_str!("schema/agent_results.sql")).await?;
        let counts = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("schema/counts_postgres.sql"),
            _ => include_str!("schema/counts_sqlite.sql"),
        };
        run(manager, counts).await?;
        run(manager, include_str!("schema/deadlines.sql")).await?;
        run(manager, include_str!("schema/appeals.sql")).await?;
        let adjustments = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("schema/appeals_postgres.sql"),
            _ => include_str!("schema/appeals_sqlite.sql"),
        };
        run(manager, adjustments).await?;
        run(manager, include_str!("schema/jobs.sql")).await?;
        run(manager, include_str!("schema/notices.sql")).await?;
        run(manager, absence_overlap).await?;
        run(manager, include_str!("schema/audit.sql")).await?;
        let append_only = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("schema/audit_postgres.sql"),
            _ => include_str!("schema/audit_sqlite.sql"),
        };
        run(manager, append_only).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
