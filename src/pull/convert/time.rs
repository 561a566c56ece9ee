//! Times from text: formats in order, ISO 8601, zones.

use chrono::format::{Item, Parsed, StrftimeItems, parse};
use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::problem::What;

/// A time as written: with an offset of its own, or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Local(NaiveDateTime),
    Instant(DateTime<FixedOffset>),
}

/// Reads texts as times, in the formats of a column.
#[derive(Debug)]
pub(super) struct TimeReader {
    formats: Vec<Format>,
    /// ISO 8601 is understood besides the formats (typed inputs write it).
    iso: bool,
    written_in: Tz,
    wanted_in: Tz,
}

#[derive(Debug)]
struct Format {
    items: Vec<Item<'static>>,
    /// The format as fixed parts, where it is made of plain digits only.
    plain: Option<Vec<Part>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Literal(u8),
}

impl TimeReader {
    /// # Errors
    /// The format that is not a strftime format.
    pub(super) fn new(formats: &[String], typed: bool, written_in: Tz, wanted_in: Tz) -> Result<Self, String> {
        let iso = typed || formats.is_empty();
        let formats = formats.iter().map(|format| Format::new(format)).collect::<Result<_, _>>()?;
        Ok(Self { formats, iso, written_in, wanted_in })
    }

    /// The local time in the wanted zone.
    pub(super) fn local(&self, text: &str) -> Result<NaiveDateTime, What> {
        let written = self.formats.iter().find_map(|format| format.read(text));
        let written = written.or_else(|| if self.iso { iso(text) } else { None }).ok_or(What::NotOfType)?;
        match written {
            Written::Local(local) => self.moved(local),
            Written::Instant(instant) => Ok(instant.with_timezone(&self.wanted_in).naive_local()),
        }
    }

    /// A local time of the column's zone, in the wanted zone.
    pub(super) fn moved(&self, local: NaiveDateTime) -> Result<NaiveDateTime, What> {
        if self.written_in == self.wanted_in {
            return Ok(local);
        }
        // In the hour that comes twice the first is meant, as most systems do.
        let instant = self.written_in.from_local_datetime(&local).earliest().ok_or(What::SkippedTime)?;
        Ok(instant.with_timezone(&self.wanted_in).naive_local())
    }

    /// A date: a plain one stands for itself, a time for its day in the wanted zone.
    pub(super) fn date(&self, text: &str) -> Result<NaiveDate, What> {
        let dated = self.formats.iter().find_map(|format| format.read_date(text));
        if let Some(date) = dated.or_else(|| if self.iso { iso_date(text) } else { None }) {
            return Ok(date);
        }
        self.local(text).map(|local| local.date())
    }

    pub(super) fn zones_differ(&self) -> bool {
        self.written_in != self.wanted_in
    }

    /// The source's zone, unless it is UTC.
    pub(super) fn wanted_other_than_utc(&self) -> Option<Tz> {
        (self.wanted_in != Tz::UTC).then_some(self.wanted_in)
    }
}

/// The offset of `zone` at an instant, in microseconds.
pub(super) fn offset_micros(zone: Tz, utc: NaiveDateTime) -> i64 {
    i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()) * 1_000_000
}

impl Format {
    fn new(format: &str) -> Result<Self, String> {
        let items = StrftimeItems::new(format)
            .parse_to_owned()
            .map_err(|_| format!("\"{format}\" is not a time format; write one such as `%d/%m/%Y %H:%M`"))?;
        Ok(Self { items, plain: plain_parts(format) })
    }

    fn parsed(&self, text: &str) -> Option<Parsed> {
        let mut parsed = Parsed::new();
        parse(&mut parsed, text, self.items.iter()).ok()?;
        Some(parsed)
    }

    fn read(&self, text: &str) -> Option<Written> {
        if let Some((date, time)) = self.plain.as_deref().and_then(|parts| read_plain(parts, text)) {
            return Some(Written::Local(date.and_time(time)));
        }
        let parsed = self.parsed(text)?;
        if parsed.offset().is_some() {
            return parsed.to_datetime().ok().map(Written::Instant);
        }
        if parsed.timestamp().is_some() {
            let utc = parsed.to_naive_datetime_with_offset(0).ok()?;
            return Some(Written::Instant(utc.and_utc().fixed_offset()));
        }
        let date = parsed.to_naive_date().ok()?;
        let time = parsed.to_naive_time().or_else(|error| match (parsed.hour_div_12(), parsed.hour_mod_12()) {
            (None, None) => Ok(NaiveTime::MIN),
            _ => Err(error),
        });
        time.ok().map(|time| Written::Local(date.and_time(time)))
    }

    /// A date, from a format that has no time in it.
    fn read_date(&self, text: &str) -> Option<NaiveDate> {
        match self.read(text)? {
            Written::Local(local) if local.time() == NaiveTime::MIN => {
                let parsed = self.parsed(text)?;
                (parsed.hour_mod_12().is_none()).then_some(local.date())
            }
            _ => None,
        }
    }
}

/// The parts of a format made only of `%Y %m %d %H %M %S` and literal characters.
fn plain_parts(format: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut bytes = format.bytes();
    while let Some(byte) = bytes.next() {
        parts.push(match byte {
            b'%' => match bytes.next()? {
                b'Y' => Part::Year,
                b'm' => Part::Month,
                b'd' => Part::Day,
                b'H' => Part::Hour,
                b'M' => Part::Minute,
                b'S' => Part::Second,
                _ => return None,
            },
            literal if literal.is_ascii_punctuation() || literal == b' ' || literal == b'T' => Part::Literal(literal),
            _ => return None,
        });
    }
    let dated = [Part::Year, Part::Month, Part::Day].iter().all(|part| parts.contains(part));
    dated.then_some(parts)
}

/// Reads a text strictly by its parts; `None` leaves the judgement to chrono.
fn read_plain(parts: &[Part], text: &str) -> Option<(NaiveDate, NaiveTime)> {
    let mut rest = text.as_bytes();
    let (mut year, mut month, mut day) = (0, 0, 0);
    let (mut hour, mut minute, mut second) = (0, 0, 0);
    for part in parts {
        match part {
            Part::Literal(literal) => {
                rest = rest.strip_prefix(&[*literal])?;
            }
            Part::Year => year = i32::try_from(digits(&mut rest, 4, 4)?).ok()?,
            Part::Month => month = digits(&mut rest, 1, 2)?,
            Part::Day => day = digits(&mut rest, 1, 2)?,
            Part::Hour => hour = digits(&mut rest, 1, 2)?,
            Part::Minute => minute = digits(&mut rest, 1, 2)?,
            Part::Second => second = digits(&mut rest, 1, 2)?,
        }
    }
    if !rest.is_empty() {
        return None;
    }
    Some((NaiveDate::from_ymd_opt(year, month, day)?, NaiveTime::from_hms_opt(hour, minute, second)?))
}

/// Takes `least` to `most` digits.
fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<u32> {
    let mut value = 0;
    let mut taken = 0;
    while taken < most {
        match rest {
            [digit @ b'0'..=b'9', tail @ ..] => {
                value = value * 10 + u32::from(digit - b'0');
                *rest = tail;
                taken += 1;
            }
            _ => break,
        }
    }
    (taken >= least).then_some(value)
}

fn iso_date(text: &str) -> Option<NaiveDate> {
    let mut rest = text.as_bytes();
    let date = take_iso_date(&mut rest)?;
    rest.is_empty().then_some(date)
}

fn take_iso_date(rest: &mut &[u8]) -> Option<NaiveDate> {
    let year = digits(rest, 4, 4)?;
    *rest = rest.strip_prefix(b"-")?;
    let month = digits(rest, 2, 2)?;
    *rest = rest.strip_prefix(b"-")?;
    let day = digits(rest, 2, 2)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// `2025-03-31`, `2025-03-31T18:05`, `2025-03-31 18:05:00.123+02:00`, `…Z`.
fn iso(text: &str) -> Option<Written> {
    let mut rest = text.as_bytes();
    let date = take_iso_date(&mut rest)?;
    rest = match rest {
        [] => return Some(Written::Local(date.and_time(NaiveTime::MIN))),
        [b'T' | b't' | b' ', tail @ ..] => tail,
        _ => return None,
    };
    let hour = digits(&mut rest, 2, 2)?;
    rest = rest.strip_prefix(b":")?;
    let minute = digits(&mut rest, 2, 2)?;
    let mut second = 0;
    if let [b':', tail @ ..] = rest {
        rest = tail;
        second = digits(&mut rest, 2, 2)?;
    }
    let mut nanos = 0;
    if let [b'.' | b',', tail @ ..] = rest {
        rest = tail;
        nanos = fraction(&mut rest)?;
    }
    let (hour, later) = if hour == 24 && minute == 0 && second == 0 { (0, 1) } else { (hour, 0) };
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?;
    let local = date.and_time(time).checked_add_signed(Duration::days(later))?;
    match rest {
        [] => Some(Written::Local(local)),
        [b' ', tail @ ..] => offset(tail)?.from_local_datetime(&local).single().map(Written::Instant),
        tail => offset(tail)?.from_local_datetime(&local).single().map(Written::Instant),
    }
}

/// Nanoseconds from the digits after the point; digits beyond the ninth are dropped.
fn fraction(rest: &mut &[u8]) -> Option<u32> {
    let mut kept = *rest;
    let nanos = digits(&mut kept, 1, 9)?;
    let taken = rest.len() - kept.len();
    while let [b'0'..=b'9', tail @ ..] = kept {
        kept = tail;
    }
    *rest = kept;
    Some(nanos * 10_u32.pow(u32::try_from(9_usize.saturating_sub(taken)).ok()?))
}

/// `Z`, `+02`, `+0200` or `+02:00`.
fn offset(text: &[u8]) -> Option<FixedOffset> {
    let (sign, mut rest) = match text {
        [b'Z' | b'z'] => return FixedOffset::east_opt(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let hours = digits(&mut rest, 2, 2)?;
    rest = rest.strip_prefix(b":").unwrap_or(rest);
    let minutes = if rest.is_empty() { 0 } else { digits(&mut rest, 2, 2)? };
    if !rest.is_empty() || minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?)
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
