//! Forgetting who a leaver was: names and whatever else tells a person go, figures stay under the employee number.

use aho_corasick::AhoCorasick;
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
    login: Option<String>,
}

#[derive(FromQueryResult)]
struct Word {
    word: String,
}

#[derive(FromQueryResult)]
struct SetAside {
    pull_id: i64,
    seq: i64,
    content: String,
    detail: String,
}

/// Rows that are read at a time.
const CHUNK: u64 = 5_000;

/// What is done for each leaver; `$1` is the agent. Results, payouts and the snapshots that a replay reads hold no more than the employee
/// number, which only the employer's own records tie to a person; the audit log, which is never changed, knows accounts by their public ids.
const STEPS: [&str; 15] = [
    "UPDATE agent SET name = '(former agent)', attributes = '{}' WHERE id = $1",
    "DELETE FROM agent_alias WHERE agent_id = $1",
    // Why somebody was away can be about their health.
    "UPDATE absence SET kind = 'other' WHERE agent_id = $1",
    "UPDATE exemption SET note = '' WHERE agent_id = $1",
    "UPDATE rating SET comment = NULL WHERE agent_id = $1 OR rater_id = $1",
    "UPDATE appeal SET grounds = '', reason = NULL WHERE agent_id = $1",
    "DELETE FROM appeal_evidence WHERE appeal_id IN (SELECT id FROM appeal WHERE agent_id = $1)",
    "DELETE FROM linked_identity WHERE account_id IN (SELECT id FROM account WHERE agent_id = $1)",
    "UPDATE account SET name = '(former agent)', login = 'former-' || id, password_hash = NULL, email = NULL, wishes = '',
        version = version + 1 WHERE agent_id = $1",
    "UPDATE api_token SET name = '(former agent)' WHERE account_id IN (SELECT id FROM account WHERE agent_id = $1)",
    "DELETE FROM kept_answer WHERE account_id IN (SELECT id FROM account WHERE agent_id = $1)",
    // The machinery of mail may name whom it could not reach.
    "UPDATE notice SET address = '', last_problem = NULL, token = NULL, held_until = NULL, ended_at = COALESCE(ended_at, next_try_at),
        state = CASE WHEN state = 'waiting' THEN 'given_up' ELSE state END
        WHERE account_id IN (SELECT id FROM account WHERE agent_id = $1)",
    "UPDATE review SET comment = '', answers = '{}' WHERE agent_id = $1 OR rater_id = $1",
    "UPDATE agent_result SET acknowledged_comment = NULL WHERE agent_id = $1",
    "UPDATE calibration SET comment = '', decision_comment = NULL WHERE agent_id = $1",
];

impl Store {
    /// Forgets everybody who left before `day` and is not forgotten yet, and empties rows that pulls set aside before then. Returns
    /// their employee numbers, in order; with `preview` nothing is changed. `tries` says by what a login's failed tries to sign in are known.
    pub async fn forget_leavers(
        &self,
        day: NaiveDate,
        now: DateTime<Utc>,
        preview: bool,
        tries: &(dyn Fn(&str) -> String + Sync),
    ) -> Result<Vec<String>, StoreError> {
        let step = "forgetting leavers";
        let tx = self.begin_write(&[]).await?;
        let text = "SELECT agent.id, employee_number, login FROM agent LEFT JOIN account ON account.agent_id = agent.id
            WHERE left_on < $1 AND agent.name <> $2 ORDER BY employee_number";
        let leavers: Vec<Leaver> = fetch(&tx, step, text, [Day(day).into(), FORGOTTEN.into()]).await?;
        if !preview {
            let text = "UPDATE pull_rejected SET content = '', detail = '' WHERE pull_id IN
                (SELECT id FROM pull WHERE started_at < $1) AND (content <> '' OR detail <> '')";
            let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
            execute(&tx, step, text, [instant(midnight).into()]).await?;
            let mut words = Vec::new();
            for leaver in &leavers {
                words.extend(names(&tx, leaver.id).await?);
            }
            empty_rows_with(&tx, &words).await?;
            for leaver in &leavers {
                forget(&tx, leaver.id, now).await?;
                if let Some(login) = &leaver.login {
                    let text = "DELETE FROM sign_in_failure WHERE subject = $1";
                    execute(&tx, step, text, [tries(login).into()]).await?;
                }
            }
            // Answers that others got in the last day may tell of them; whoever repeats such a request still learns that it was done.
            if !leavers.is_empty() {
                execute(&tx, step, "DELETE FROM roster_upload", []).await?;
                execute(&tx, step, "UPDATE kept_answer SET body = NULL WHERE status IS NOT NULL", []).await?;
            }
            self.finish(tx, step).await?;
        }
        Ok(leavers.into_iter().map(|leaver| leaver.employee_number).collect())
    }
}

/// What an agent is called: name, aliases, login.
async fn names(tx: &DatabaseTransaction, agent_id: i64) -> Result<Vec<String>, StoreError> {
    let text = "SELECT name AS word FROM agent WHERE id = $1 UNION SELECT alias FROM agent_alias WHERE agent_id = $1
        UNION SELECT name FROM account WHERE agent_id = $1 UNION SELECT login FROM account WHERE agent_id = $1";
    let words: Vec<Word> = fetch(tx, "reading what a leaver is called", text, [agent_id.into()]).await?;
    Ok(words.into_iter().map(|Word { word }| word).filter(|word| !word.is_empty()).collect())
}

/// Empties rows set aside by pulls that hold one of the words. A short one empties a row too many, which is no loss.
async fn empty_rows_with(tx: &DatabaseTransaction, words: &[String]) -> Result<(), StoreError> {
    let step = "emptying rows that name leavers";
    // All words are looked for at once: reading every row for each leaver would take the writer's turn for minutes.
    let searcher = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
    let searcher =
        searcher.map_err(|error| StoreError::Unreadable { what: "the names of leavers", value: error.to_string() })?;
    let (mut pull_id, mut seq) = (i64::MIN, i64::MIN);
    while !words.is_empty() {
        let text = format!(
            "SELECT pull_id, seq, content, detail FROM pull_rejected WHERE (pull_id, seq) > ($1, $2) AND (content <> '' OR detail <> '')
                ORDER BY pull_id, seq LIMIT {CHUNK}"
        );
        let rows: Vec<SetAside> = fetch(tx, step, text, [pull_id.into(), seq.into()]).await?;
        let Some(last) = rows.last() else { break };
        (pull_id, seq) = (last.pull_id, last.seq);
        for row in rows.iter().filter(|row| searcher.is_match(&row.content) || searcher.is_match(&row.detail)) {
            let text = "UPDATE pull_rejected SET content = '', detail = '' WHERE pull_id = $1 AND seq = $2";
            execute(tx, step, text, [row.pull_id.into(), row.seq.into()]).await?;
        }
    }
    Ok(())
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
