//! The audit log's chain: what an entry says, and the hash that binds it to the one before it.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// What the first entry of a lane has in place of the hash before it.
    pub const GENESIS: Self = Self([0; 32]);

    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// One digest of named fields, in their order; each name and value goes in with its length before it.
    pub fn of_fields(fields: &[(&str, &str)]) -> Self {
        let mut encoding = Encoding::default();
        for (name, value) in fields {
            encoding.text(name);
            encoding.text(value);
        }
        Self::of(&encoding.0)
    }

    /// From 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut digest = [0; 32];
        for (index, byte) in digest.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(digest))
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What was done, by whom, to what: an entry before it has its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub public_id: Uuid,
    /// To the microsecond.
    pub at: DateTime<Utc>,
    /// A login, `operator:` and the system's user, or `provider:` and its id.
    pub actor: String,
    /// Absent for the operator.
    pub actor_account: Option<i64>,
    /// Stable code, such as `grant.create`.
    pub act: String,
    /// Such as `agent`, `cycle`, `account`.
    pub subject_kind: String,
    /// Stable name of what it is about: a public id, an employee number, the code of a cycle.
    pub subject: String,
    /// Circumstances: the cycle, the filter of a list; empty when there are none.
    pub detail: String,
    /// What it was before, as a digest; absent where there was nothing, or nothing changes.
    pub before: Option<Digest>,
    pub after: Option<Digest>,
    pub request_id: Option<Uuid>,
    /// What somebody gave as the reason.
    pub reason: Option<String>,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub lane: i64,
    /// From 1 in each lane.
    pub seq: i64,
    /// The hash of the entry before it in the lane.
    pub previous: Digest,
}

/// The hash of a record at its place: SHA-256 over every field but the hash itself.
///
/// Each field is a tag byte (0: absent, 1: there), and when it is there its length as eight bytes and its bytes; numbers are eight bytes, all
/// big-endian. So no two different entries have the same encoding. The first field names the encoding.
pub fn hash(place: &Place, record: &Record) -> Digest {
    let Place { lane, seq, previous } = place;
    let Record {
        public_id,
        at,
        actor,
        actor_account,
        act,
        subject_kind,
        subject,
        detail,
        before,
        after,
        request_id,
        reason,
    } = record;
    let mut encoding = Encoding::default();
    encoding.text("merit.audit.1");
    encoding.number(*lane);
    encoding.number(*seq);
    encoding.bytes(public_id.as_bytes());
    encoding.number(at.timestamp_micros());
    encoding.text(actor);
    encoding.optional(actor_account.map(i64::to_be_bytes));
    for text in [act, subject_kind, subject, detail] {
        encoding.text(text);
    }
    encoding.optional(before.map(|digest| digest.0));
    encoding.optional(after.map(|digest| digest.0));
    encoding.optional(request_id.map(Uuid::into_bytes));
    encoding.optional(reason.as_deref());
    encoding.bytes(&previous.0);
    Digest::of(&encoding.0)
}

/// Bytes in which every field says how long it is.
#[derive(Default)]
struct Encoding(Vec<u8>);

impl Encoding {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.push(1);
        self.0.extend(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.extend(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: i64) {
        self.bytes(&number.to_be_bytes());
    }

    fn optional(&mut self, bytes: Option<impl AsRef<[u8]>>) {
        match bytes {
            Some(bytes) => self.bytes(bytes.as_ref()),
            None => self.0.push(0),
        }
    }
}

/// A record at its place, with the hash it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub place: Place,
    pub record: Record,
    pub hash: Digest,
}

/// What is wrong at one place of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// What the entry says is not what was hashed.
    Edited,
    /// The entry before it is not the one it was bound to.
    Unbound,
    /// No entry has this number; the next one there is has another.
    Missing { next: i64 },
    /// The chain ends before or after what its head says, or the head is gone.
    Head { says: Option<i64>, ends: i64 },
    /// The head has another hash than the last entry.
    HeadHash,
    /// The entry that was anchored has another hash, or is gone.
    Anchor,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Edited => write!(f, "was changed: it does not have the hash it was given"),
            Self::Unbound => {
                write!(f, "is not bound to the entry before it: that one was exchanged, moved or taken out")
            }
            Self::Missing { next } => write!(f, "is missing: the next entry is {next}"),
            Self::Head { says: Some(says), ends } => {
                write!(f, "is where the lane ends, but its head says {says} (seen: {ends})")
            }
            Self::Head { says: None, ends: _ } => write!(f, "is where the lane ends, but the lane has no head"),
            Self::HeadHash => write!(f, "is the last entry, but the head has another hash"),
            Self::Anchor => write!(f, "is anchored with another hash: the lane was cut, or written anew"),
        }
    }
}

/// A walk along one lane, entry by entry in order of number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    lane: i64,
    seq: i64,
    hash: Digest,
}

impl Walk {
    /// Before the first entry.
    pub fn along(lane: i64) -> Self {
        Self { lane, seq: 0, hash: Digest::GENESIS }
    }

    /// The number of the last entry seen.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// The hash of the last entry seen.
    pub fn last(&self) -> Digest {
        self.hash
    }

    /// What is wrong with the next entry, each fault with the number it is at. The walk goes on from what the entry says of itself, so
    /// that one fault is not told again at every later entry.
    pub fn step(&mut self, entry: &Entry) -> Vec<(i64, Fault)> {
        let mut faults = Vec::new();
        let Place { lane, seq, previous } = entry.place;
        let expected = self.seq.saturating_add(1);
        if seq != expected {
            faults.push((expected, Fault::Missing { next: seq }));
        } else if previous != self.hash {
            faults.push((seq, Fault::Unbound));
        }
        if lane != self.lane || hash(&entry.place, &entry.record) != entry.hash {
            faults.push((seq, Fault::Edited));
        }
        (self.seq, self.hash) = (seq, entry.hash);
        faults
    }
}
