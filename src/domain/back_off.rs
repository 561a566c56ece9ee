//! How long somebody who fails again and again has to wait before the next try.

use chrono::{DateTime, TimeDelta, Utc};

/// Failures are forgotten this long after the last one, or after the wait it brought.
const MEMORY: TimeDelta = TimeDelta::minutes(15);
/// The first wait; each further failure doubles it.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
/// The longest wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// More doublings than it takes to reach the longest wait.
const MOST_DOUBLINGS: i64 = 16;

/// How many failures in a row are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackOff {
    pub free: i64,
}

/// What is remembered of somebody's failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// In a row, each within the memory of the one before.
    pub count: i64,
    pub last_at: DateTime<Utc>,
    pub blocked_until: Option<DateTime<Utc>>,
}

impl BackOff {
    /// What to remember when a try fails now. Errors: the time before which there is no try.
    pub fn fail(self, before: Option<Failures>, now: DateTime<Utc>) -> Result<Failures, DateTime<Utc>> {
        if let Some(until) = before.and_then(|failures| failures.blocked_until)
            && now < until
        {
            return Err(until);
        }
        let remembered = before.filter(|failures| now < failures.forgotten_at());
        let count = remembered.map_or(0, |failures| failures.count).saturating_add(1);
        Ok(Failures { count, last_at: now, blocked_until: self.wait(count).map(|wait| now + wait) })
    }

    /// What to remember when one try that was counted as a failure turned out well after all.
    pub fn take_back(self, failures: Failures) -> Failures {
        let count = failures.count.saturating_sub(1).max(0);
        let blocked_until = failures.blocked_until.filter(|_| self.wait(count).is_some());
        Failures { count, blocked_until, ..failures }
    }

    fn wait(self, count: i64) -> Option<TimeDelta> {
        let beyond = count.checked_sub(self.free).filter(|beyond| *beyond >= 0)?;
        let doublings = i32::try_from(beyond.min(MOST_DOUBLINGS)).unwrap_or_default();
        Some((0..doublings).fold(FIRST_WAIT, |wait, _| (wait + wait).min(LONGEST_WAIT)))
    }
}

impl Failures {
    /// From when on they count no more.
    pub fn forgotten_at(&self) -> DateTime<Utc> {
        self.blocked_until.unwrap_or(self.last_at).max(self.last_at) + MEMORY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: BackOff = BackOff { free: 5 };

    fn start() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    /// The state after failing as often as allowed, as soon as allowed; with the waits.
    fn failing(times: usize) -> (Vec<i64>, Failures) {
        let mut now = start();
        let mut waits = Vec::new();
        let mut failures = None;
        for _ in 0..times {
            let next = FIVE.fail(failures, now).unwrap();
            waits.push(next.blocked_until.map_or(0, |until| (until - now).num_seconds()));
            now = next.blocked_until.unwrap_or(now);
            failures = Some(next);
        }
        (waits, failures.unwrap())
    }

    #[test]
    fn the_fifth_failure_brings_a_wait_that_doubles_up_to_a_quarter_of_an_hour() {
        assert_eq!(failing(12).0, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
    }

    #[test]
    fn nobody_tries_during_the_wait_and_the_try_does_not_lengthen_it() {
        let (_, failures) = failing(5);
        let until = failures.blocked_until.unwrap();
        assert_eq!(FIVE.fail(Some(failures), until - TimeDelta::milliseconds(1)), Err(until));
        assert_eq!(FIVE.fail(Some(failures), until).unwrap().count, 6);
    }

    #[test]
    fn after_a_quiet_quarter_of_an_hour_failures_are_forgotten() {
        let (_, failures) = failing(4);
        assert_eq!(FIVE.fail(Some(failures), start() + MEMORY).unwrap().count, 1);
        assert_eq!(FIVE.fail(Some(failures), start() + MEMORY - TimeDelta::seconds(1)).unwrap().count, 5);
        let (_, blocked) = failing(10);
        let until = blocked.blocked_until.unwrap();
        assert_eq!(FIVE.fail(Some(blocked), until + TimeDelta::seconds(1)).unwrap().count, 11);
    }

    #[test]
    fn taking_back_a_try_takes_back_the_wait_it_brought() {
        let (_, failures) = failing(5);
        let back = FIVE.take_back(failures);
        assert_eq!((back.count, back.blocked_until), (4, None));
        let (_, failures) = failing(6);
        assert_eq!(FIVE.take_back(failures), Failures { count: 5, ..failures });
    }
}
