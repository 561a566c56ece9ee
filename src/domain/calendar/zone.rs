//! A time zone's offsets as plain data, so that the domain needs no list of the world's zones.

/// What the clocks of a time zone show, over the years it was made for.
///
/// All times are seconds: moments since 1970 in UTC, local times since 1970 as the clock on the wall counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneClock {
    /// In order; the first holds before its beginning too, the last for ever.
    stretches: Vec<Stretch>,
}

/// A time over which the offset stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    begins: i64,
    /// The local time at which it ends, by its own offset.
    ends_local: i64,
    offset: i64,
}

impl ZoneClock {
    /// The clock of a zone whose offset never changes, in seconds east of UTC.
    pub fn fixed(offset: i32) -> Self {
        Self::new(offset, [])
    }

    /// A clock that begins with `offset` (seconds east of UTC) and takes each further one at its moment. `changes` are in order
    /// of time.
    pub fn new(offset: i32, changes: impl IntoIterator<Item = (i64, i32)>) -> Self {
        let first = Stretch { begins: i64::MIN, ends_local: i64::MAX, offset: offset.into() };
        let mut stretches = vec![first];
        for (moment, offset) in changes {
            if let Some(last) = stretches.last_mut() {
                last.ends_local = moment + last.offset;
            }
            stretches.push(Stretch { begins: moment, ends_local: i64::MAX, offset: offset.into() });
        }
        Self { stretches }
    }

    /// What the clock shows at a moment.
    pub fn to_local(&self, moment: i64) -> i64 {
        let after = self.stretches.partition_point(|stretch| stretch.begins <= moment);
        let stretch = after.checked_sub(1).and_then(|at| self.stretches.get(at));
        stretch.map_or(moment, |stretch| moment.saturating_add(stretch.offset))
    }

    /// The moment at which the clock shows a local time: the first one where it comes twice; where the clock skips the time,
    /// the moment of the skip. A later local time never gives an earlier moment.
    pub fn to_utc(&self, local: i64) -> i64 {
        let at = self.stretches.partition_point(|stretch| stretch.ends_local <= local);
        let stretch = self.stretches.get(at).or(self.stretches.last());
        stretch.map_or(local, |stretch| local.saturating_sub(stretch.offset).max(stretch.begins))
    }

    /// The moments at which the clock shows a local time from `start` to before `end`, as stretches in order.
    pub(super) fn moments(&self, start: i64, end: i64) -> impl Iterator<Item = (i64, i64)> {
        let ends = self.stretches.iter().skip(1).map(|next| next.begins).chain([i64::MAX]);
        self.stretches.iter().zip(ends).filter_map(move |(stretch, until)| {
            let from = (start - stretch.offset).max(stretch.begins);
            let to = (end - stretch.offset).min(until);
            (from < to).then_some((from, to))
        })
    }
}
