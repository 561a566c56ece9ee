//! Pulls by schedule: what is due is asked for as a job, once, however many servers there are.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::super::{Actor, App, AppError, Change, count};
use crate::domain::authority::Role;
use crate::domain::job::JobOrder;
use crate::domain::notice::NoticeKind;
use crate::domain::schedule::Schedule;
use crate::rules;
use crate::store::{Audience, Doer, NewJob};

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_secs(5);
/// How often the rules are read again, and sources are judged overdue or not.
const READ_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// The schedules of the rules, and what this server did about them.
#[derive(Debug, Default)]
pub struct Schedules {
    /// From when on this server was there.
    since: Option<DateTime<Utc>>,
    read_at: Option<DateTime<Utc>>,
    by_source: BTreeMap<String, Schedule>,
    /// The last moment that was seen to, here or by another server.
    seen_to: BTreeMap<String, DateTime<Utc>>,
    overdue: BTreeSet<String>,
    /// Problems of the rules are told once.
    broken: bool,
}

impl App {
    /// Asks for what is due until `stop` says so.
    pub async fn keep_schedules(&self, stop: watch::Receiver<bool>) {
        let mut stop = stop;
        let mut schedules = Schedules::default();
        loop {
            if let Err(error) = self.ask_due(&mut schedules).await {
                tracing::warn!(%error, "it cannot be looked which sources are due");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Asks for every source that is due now; gives the sources asked for.
    pub async fn ask_due(&self, schedules: &mut Schedules) -> Result<Vec<String>, AppError> {
        let now = self.clock.now();
        let since = *schedules.since.get_or_insert(now);
        if schedules.read_at.is_none_or(|read| now - read >= READ_AGAIN) {
            schedules.read_at = Some(now);
            self.read_schedules(schedules);
            self.judge_overdue(schedules, now).await?;
        }
        let mut asked = Vec::new();
        for (source, schedule) in &schedules.by_source {
            let seen_to = schedules.seen_to.get(source).copied();
            if schedule.due(source, seen_to.or(Some(DateTime::<Utc>::MIN_UTC)), since, now).is_none() {
                continue;
            }
            let last = self.store.last_due(source).await?;
            let known = last.as_ref().map(|last| last.due_at);
            let Some(due) = schedule.due(source, known, since, now) else {
                schedules.seen_to.extend(known.map(|known| (source.clone(), known)));
                continue;
            };
            // While the one before still waits for a worker, a second would only do the same again.
            if last.is_none_or(|last| !last.queued) && self.ask_scheduled(source, due).await? {
                asked.push(source.clone());
            }
            schedules.seen_to.insert(source.clone(), due);
        }
        Ok(asked)
    }

    fn read_schedules(&self, schedules: &mut Schedules) {
        match self.own_rules() {
            Ok(None) => {}
            Ok(Some(loaded)) => {
                schedules.broken = false;
                let of = |(id, spec): (&String, &rules::source::SourceSpec)| {
                    spec.schedule().and_then(Result::ok).map(|schedule| (id.clone(), schedule))
                };
                schedules.by_source = loaded.sources.iter().filter_map(of).collect();
            }
            Err(error) if !schedules.broken => {
                schedules.broken = true;
                tracing::warn!(%error, "the rules cannot be read: schedules stay as they were");
            }
            Err(_) => {}
        }
    }

    async fn ask_scheduled(&self, source: &str, due: DateTime<Utc>) -> Result<bool, AppError> {
        let name = format!("schedule:{source}");
        let new = NewJob {
            public_id: self.clock.new_id(),
            order: JobOrder::Pull { source: source.to_owned(), from: None, to: None, allow_removals: false },
            asked_by: Doer::Operator(name.clone()),
            only: None,
            asked_at: self.clock.now(),
            not_before: None,
            due: Some((source.to_owned(), due)),
        };
        let change = Change::new("job.ask", "job", new.public_id);
        let change = change.detail(format_args!("scope={} due_at={due}", new.order.scope()));
        let asked = self.acting_as(Actor::schedule(&name)).recorded(change).ask_job(&new).await?.is_some();
        if asked {
            tracing::info!(source, %due, "a source is due");
            self.bell.notify_one();
        }
        Ok(asked)
    }

    async fn judge_overdue(&self, schedules: &mut Schedules, now: DateTime<Utc>) -> Result<(), AppError> {
        for (source, schedule) in &schedules.by_source {
            let last = self.store.last_complete_pull(source).await?;
            let overdue = schedule.is_overdue(last, now);
            count::overdue(source, overdue);
            if !overdue {
                schedules.overdue.remove(source);
            } else if !schedules.overdue.contains(source) {
                let last = last.map_or_else(|| "never".to_owned(), |last| last.to_rfc3339());
                self.tell_overdue(source, &last).await?;
                tracing::warn!(source, last_pull = last, "a source is overdue");
                schedules.overdue.insert(source.clone());
            }
        }
        Ok(())
    }

    /// Tells whoever wishes to know, once for each time that the source is overdue, whichever server finds it.
    async fn tell_overdue(&self, source: &str, last_pull: &str) -> Result<(), AppError> {
        let to = Audience::Holding { roles: &[Role::Hr, Role::Admin], today: self.clock.today() };
        let told = self.notice(NoticeKind::SourceOverdue, source, to);
        let change = Change::new("source.overdue", "source", source).detail(format_args!("last_pull={last_pull}"));
        let schedule = self.acting_as(Actor::schedule(&format!("schedule:{source}")));
        schedule.recorded(change).telling([told]).note_overdue(source, last_pull).await?;
        Ok(())
    }
}
