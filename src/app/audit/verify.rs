//! Verifying the log: every lane is walked from its first entry to its head, page by page, and compared with what was anchored elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::{App, AppError};
use crate::domain::audit::{Digest, Fault, Walk};
use crate::domain::authority::Act;
use crate::store::AuditHead;

/// Entries read at a time.
const CHUNK: u64 = 2_000;
/// Problems listed at most; all are counted.
const MOST_LISTED: usize = 100;

/// Something wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditProblem {
    pub lane: i64,
    pub seq: i64,
    pub fault: Fault,
}

impl fmt::Display for AuditProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lane {}, entry {}: {}", self.lane, self.seq, self.fault)
    }
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditReport {
    pub entries: u64,
    pub lanes: u64,
    /// Places of an anchor that were compared.
    pub anchored: u64,
    pub faults: u64,
    /// The first hundred.
    pub problems: Vec<AuditProblem>,
}

/// The heads of all lanes at one time, to be kept where nobody who can change the database can change them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    pub taken_at: DateTime<Utc>,
    pub lanes: Vec<AnchoredLane>,
}

/// The head of a lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnchoredLane {
    pub lane: i64,
    /// 0 before the first entry.
    pub seq: i64,
    /// SHA-256, hexadecimal.
    pub hash: String,
}

impl App {
    /// The heads of all lanes as they are now.
    pub async fn audit_anchor(&self) -> Result<Anchor, AppError> {
        self.require(Act::ReadAudit)?;
        let lane = |head: AuditHead| AnchoredLane { lane: head.lane, seq: head.seq, hash: head.hash.to_string() };
        let lanes = self.store.audit_heads().await?.into_iter().map(lane).collect();
        Ok(Anchor { taken_at: self.clock.now(), lanes })
    }

    /// Walks every lane. What is appended meanwhile is left to the next verification. With an anchor, the log must still contain what was
    /// anchored. `progress` is told how many entries are seen.
    pub async fn verify_audit(
        &self,
        anchor: Option<&Anchor>,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<AuditReport, AppError> {
        self.require(Act::ReadAudit)?;
        let anchored = anchor.map(places).transpose()?.unwrap_or_default();
        let mut report = AuditReport::default();
        let heads: BTreeMap<i64, AuditHead> =
            self.store.audit_heads().await?.into_iter().map(|head| (head.lane, head)).collect();
        for lane in 0..self.store.audit_lanes() {
            report.lanes += 1;
            let head = heads.get(&lane);
            self.walk(lane, head, anchored.get(&lane).copied(), &mut report, progress).await?;
        }
        for (lane, seq) in self.store.audit_beyond_heads().await? {
            let known = (0..self.store.audit_lanes()).contains(&lane).then(|| heads.get(&lane)).flatten();
            let says = known.map(|head| head.seq);
            // A lane without a head was told of already.
            if says.is_some() || !(0..self.store.audit_lanes()).contains(&lane) {
                report.tell(lane, seq, Fault::Head { says, ends: seq });
            }
        }
        let none = anchored.keys().filter(|lane| !(0..self.store.audit_lanes()).contains(*lane));
        for lane in none {
            report.tell(*lane, 0, Fault::Anchor);
        }
        Ok(report)
    }

    /// Walks a lane up to its head; one without a head, to its end.
    async fn walk(
        &self,
        lane: i64,
        head: Option<&AuditHead>,
        anchor: Option<(i64, Digest)>,
        report: &mut AuditReport,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<(), AppError> {
        let last = head.map_or(i64::MAX, |head| head.seq);
        let mut walk = Walk::along(lane);
        let mut kept = anchor.is_none_or(|(seq, hash)| seq == 0 && hash == Digest::GENESIS);
        report.anchored += u64::from(anchor.is_some());
        loop {
            let entries = self.store.audit_chunk(lane, walk.seq(), last, CHUNK).await?;
            if entries.is_empty() {
                break;
            }
            for entry in &entries {
                for (seq, fault) in walk.step(entry) {
                    report.tell(lane, seq, fault);
                }
                kept |= anchor == Some((entry.place.seq, entry.hash));
                report.entries += 1;
            }
            progress(report.entries);
        }
        match head {
            None => report.tell(lane, walk.seq(), Fault::Head { says: None, ends: walk.seq() }),
            Some(head) if head.seq != walk.seq() => {
                report.tell(lane, walk.seq(), Fault::Head { says: Some(head.seq), ends: walk.seq() });
            }
            Some(head) if head.hash != walk.last() => report.tell(lane, walk.seq(), Fault::HeadHash),
            Some(_) => {}
        }
        if let Some((seq, _)) = anchor.filter(|_| !kept) {
            report.tell(lane, seq, Fault::Anchor);
        }
        Ok(())
    }
}

impl AuditReport {
    fn tell(&mut self, lane: i64, seq: i64, fault: Fault) {
        self.faults += 1;
        if self.problems.len() < MOST_LISTED {
            self.problems.push(AuditProblem { lane, seq, fault });
        }
    }
}

/// What the anchor says of each lane.
fn places(anchor: &Anchor) -> Result<BTreeMap<i64, (i64, Digest)>, AppError> {
    let place = |lane: &AnchoredLane| {
        let hash = Digest::from_hex(&lane.hash).ok_or_else(|| {
            AppError::invalid(format!(
                "the anchor's lane {}: '{}' is no SHA-256; give the file as 'merit audit anchor' printed it",
                lane.lane, lane.hash
            ))
        })?;
        Ok((lane.lane, (lane.seq, hash)))
    };
    anchor.lanes.iter().map(place).collect()
}
