//! When a source is due: a cron expression in a time zone, what of it was missed, and when its figures are overdue.

use std::str::FromStr as _;

use chrono::{DateTime, Months, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use sha2::{Digest as _, Sha256};

/// How far back a missed moment is looked for.
const LOOK_BACK: Months = Months::new(24);

/// What becomes of moments at which no server was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatchUp {
    /// The last of them is made up for, however many there were.
    Once,
    /// None is.
    None,
}

/// When something is due again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    cron: Cron,
    zone: Tz,
    jitter: TimeDelta,
    catch_up: CatchUp,
    overdue_after: Option<TimeDelta>,
}

/// Why a schedule cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    #[error("'{cron}' is no cron expression ({problem})")]
    Cron { cron: String, problem: String },
    #[error("'{0}' never comes: no day has all of its parts")]
    Never(String),
    #[error("time zone '{0}' is not known")]
    Zone(String),
}

impl Schedule {
    /// `cron` has five fields: minute, hour, day of the month, month, day of the week.
    pub fn new(
        cron: &str,
        zone: &str,
        jitter: TimeDelta,
        catch_up: CatchUp,
        overdue_after: Option<TimeDelta>,
    ) -> Result<Self, ScheduleError> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let parsed = parser.parse(cron);
        let parsed =
            parsed.map_err(|error| ScheduleError::Cron { cron: cron.to_owned(), problem: error.to_string() })?;
        let zone = Tz::from_str(zone).map_err(|_| ScheduleError::Zone(zone.to_owned()))?;
        let schedule = Self { cron: parsed, zone, jitter, catch_up, overdue_after };
        match schedule.next_after(DateTime::UNIX_EPOCH) {
            Some(_) => Ok(schedule),
            None => Err(ScheduleError::Never(cron.to_owned())),
        }
    }

    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The first moment after `now`, without jitter. A time that the clock skips comes at the moment after the gap; one that comes twice
    /// counts the first time.
    pub fn next_after(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.cron.find_next_occurrence(&now.with_timezone(&self.zone), false);
        next.ok().map(|next| next.with_timezone(&Utc))
    }

    /// The last moment up to `now`, as [`Schedule::next_after`] goes through them.
    fn last_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let last = self.cron.find_previous_occurrence(&now.with_timezone(&self.zone), true).ok()?.with_timezone(&Utc);
        (last >= now.checked_sub_months(LOOK_BACK)?).then_some(last)
    }

    /// How much later than `moment` the source `name` is asked for: the same on every server.
    fn delay(&self, name: &str, moment: DateTime<Utc>) -> TimeDelta {
        let most = self.jitter.num_milliseconds();
        if most <= 0 {
            return TimeDelta::zero();
        }
        let digest = Sha256::new().chain_update(name).chain_update(moment.timestamp().to_be_bytes()).finalize();
        let drawn = digest.iter().take(7).fold(0_i64, |drawn, byte| (drawn << 8) | i64::from(*byte));
        TimeDelta::milliseconds(drawn % (most + 1))
    }

    /// When the source `name` is asked for next after `now`, with its jitter.
    pub fn next_ask(&self, name: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let last = self.last_until(now).map(|last| last + self.delay(name, last)).filter(|ask| *ask > now);
        last.or_else(|| self.next_after(now).map(|next| next + self.delay(name, next)))
    }

    /// The moment for which the source `name` is to be asked now, if any. `asked` is the last one it was asked for, `since` is from when on
    /// somebody was there to ask. However many moments passed meanwhile, only the last counts.
    pub fn due(
        &self,
        name: &str,
        asked: Option<DateTime<Utc>>,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let mut moment = self.last_until(now)?;
        if moment + self.delay(name, moment) > now {
            // Its jitter is still to pass; the one before may have been missed.
            moment = self.last_until(moment - TimeDelta::seconds(1))?;
        }
        let missed = moment + self.delay(name, moment) < since;
        let wanted = match asked {
            Some(asked) => moment > asked && (!missed || self.catch_up == CatchUp::Once),
            // There is nothing to make up for before anything was asked.
            None => !missed,
        };
        wanted.then_some(moment)
    }

    /// Whether figures last brought up to date at `last` are too old.
    pub fn is_overdue(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        self.overdue_after.is_some_and(|after| last.is_none_or(|last| now - last > after))
    }
}
