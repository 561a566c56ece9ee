//! Forgetting who a leaver was: names and whatever else tells a person go, figures stay under the employee number.

use chrono::{DateTime, NaiveDate, Utc};
use entity::day::Day;
use sea_orm::{DatabaseTransaction, FromQueryResult};

use super::super::write::{execute, fetch, instant};
use super::super::{Store, StoreError};

/// The name of everybody who was forgotten.
const FORGOTTEN: &str = "(former agent)";

#[derive(FromQueryResult)]
struct Leaver {
    id: i64,
    employee_number: String,
}

/// What is done for each leaver; `$1` is the agent. Results, payouts and the snapshots that a replay reads hold no more than the employee
/// number, which only the employer's own records tie to a person. The audit log, which is never changed, still names logins.
const STEPS: [&str; 10] = [
    "UPDATE agent SET name = '(former agent)', attributes = '{}' WHERE id = $1",
    "DELETE FROM agent_alias WHERE agent_id = $1",
    // Why somebody was away can be about their health.
    "UPDATE absence SET kind = 'other' WHERE agent_id = $1",
    "UPDATE exemption SET note = '' WHERE agent_id = $1",
    "UPDATE rating SET comment = NULL WHERE agent_id = $1 OR rater_id = $1",
    "UPDATE appeal SET grounds = '', reason = NULL WHERE agent_id = $1",
    "DELETE FROM appeal_evidence WHERE appeal_id IN (SELECT id FROM appeal WHERE agent_id = $1)",
    "DELETE FROM linked_identity WHERE account_id IN (SELECT id FROM account WHERE agent_id = $1)",
    "UPDATE account SET name = '(former agent)', login = 'former-' || id, password_hash = NULL, version = version + 1
        WHERE agent_id = $1",
    "UPDATE job SET asked_by = (SELECT login FROM account WHERE account.id = job.account_id)
        WHERE account_id IN (SELECT id FROM account WHERE agent_id = $1)",
];

impl Store {
    /// Forgets everybody who left before `day` and is not forgotten yet, and empties rows that pulls set aside before then. Returns
    /// their employee numbers, in order; with `preview` nothing is changed.
    pub async fn forget_leavers(
        &self,
        day: NaiveDate,
        now: DateTime<Utc>,
        preview: bool,
    ) -> Result<Vec<String>, StoreError> {
        let step = "forgetting leavers";
        let tx = self.begin_write(&[]).await?;
        let text = "SELECT id, employee_number FROM agent WHERE left_on < $1 AND name <> $2 ORDER BY employee_number";
        let leavers: Vec<Leaver> = fetch(&tx, step, text, [Day(day).into(), FORGOTTEN.into()]).await?;
        if !preview {
            for leaver in &leavers {
                forget(&tx, leaver.id, now).await?;
            }
            let text = "UPDATE pull_rejected SET content = '', detail = '' WHERE pull_id IN
                (SELECT id FROM pull WHERE started_at < $1) AND (content <> '' OR detail <> '')";
            let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
            execute(&tx, step, text, [instant(midnight).into()]).await?;
            self.finish(tx, step).await?;
        }
        Ok(leavers.into_iter().map(|leaver| leaver.employee_number).collect())
    }
}

async fn forget(tx: &DatabaseTransaction, agent_id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let step = "forgetting a leaver";
    for text in STEPS {
        execute(tx, step, text, [agent_id.into()]).await?;
    }
    let text = "UPDATE account SET disabled_at = COALESCE(disabled_at, $1) WHERE agent_id = $2";
    execute(tx, step, text, [instant(now).into(), agent_id.into()]).await?;
    Ok(())
}
