//! Hours of a day, such as 09:00-12:00.

use std::fmt;
use std::str::FromStr;

use super::{CalendarError, DAY};

/// Hours of one day, in seconds since midnight by the clock on the wall; `start` is before `end`, and `end` is 24:00 at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    start: i64,
    end: i64,
}

impl Hours {
    /// Seconds from midnight to the first second worked.
    pub const fn start(self) -> i64 {
        self.start
    }

    /// Seconds from midnight to the first second no longer worked.
    pub const fn end(self) -> i64 {
        self.end
    }
}

impl FromStr for Hours {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let ends = text.split_once('-').and_then(|(start, end)| Some((seconds(start)?, seconds(end)?)));
        match ends {
            Some((start, end)) if start < end => Ok(Self { start, end }),
            _ => Err(CalendarError::NotHours(text.to_owned())),
        }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |seconds: i64| (seconds / 3600, seconds / 60 % 60);
        let ((from_hour, from_minute), (to_hour, to_minute)) = (clock(self.start), clock(self.end));
        write!(f, "{from_hour:02}:{from_minute:02}-{to_hour:02}:{to_minute:02}")
    }
}

/// `HH:MM` as seconds since midnight, up to 24:00.
fn seconds(text: &str) -> Option<i64> {
    let two_digits = |text: &str| -> Option<i64> {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let seconds = hour * 3600 + minute * 60;
    (minute < 60 && seconds <= DAY).then_some(seconds)
}
