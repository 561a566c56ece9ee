//! The chain's hash: fixed for ever, and different for every field.

use chrono::{TimeZone, Utc};
use merit::domain::audit::{Digest, Entry, Fault, Place, Record, Walk, hash};
use uuid::Uuid;

fn record() -> Record {
    Record {
        public_id: Uuid::from_u128(0x018b_cfe5_687b_7000_8000_0000_0000_0001),
        at: Utc.timestamp_micros(1_700_000_000_123_456).unwrap(),
        actor: "li.wei".to_owned(),
        actor_account: Some(7),
        act: "payout.read".to_owned(),
        subject_kind: "agent".to_owned(),
        subject: "E001".to_owned(),
        detail: "cycle=2026-Q2".to_owned(),
        before: None,
        after: Some(Digest([9; 32])),
        request_id: None,
        reason: Some("客户投诉".to_owned()),
    }
}

const PLACE: Place = Place { lane: 3, seq: 1, previous: Digest::GENESIS };

/// The same bytes, put together by hand from the description of [`hash`].
#[test]
fn the_encoding_is_what_its_description_says() {
    let mut bytes = Vec::new();
    let mut there = |field: &[u8]| {
        bytes.push(1);
        bytes.extend((field.len() as u64).to_be_bytes());
        bytes.extend(field);
    };
    there(b"merit.audit.1");
    there(&3_i64.to_be_bytes());
    there(&1_i64.to_be_bytes());
    there(&0x018b_cfe5_687b_7000_8000_0000_0000_0001_u128.to_be_bytes());
    there(&1_700_000_000_123_456_i64.to_be_bytes());
    there(b"li.wei");
    there(&7_i64.to_be_bytes());
    for text in ["payout.read", "agent", "E001", "cycle=2026-Q2"] {
        there(text.as_bytes());
    }
    bytes.push(0);
    let mut there = |field: &[u8]| {
        bytes.push(1);
        bytes.extend((field.len() as u64).to_be_bytes());
        bytes.extend(field);
    };
    there(&[9; 32]);
    bytes.push(0);
    let mut there = |field: &[u8]| {
        bytes.push(1);
        bytes.extend((field.len() as u64).to_be_bytes());
        bytes.extend(field);
    };
    there("客户投诉".as_bytes());
    there(&[0; 32]);
    assert_eq!(hash(&PLACE, &record()), Digest::of(&bytes));
}

#[test]
fn texts_that_run_into_each_other_have_other_hashes() {
    let (mut one, mut other) = (record(), record());
    (one.subject_kind, one.subject) = ("agent".to_owned(), "E001".to_owned());
    (other.subject_kind, other.subject) = ("agentE".to_owned(), "001".to_owned());
    assert_ne!(hash(&PLACE, &one), hash(&PLACE, &other));
    (one.reason, other.reason) = (None, Some(String::new()));
    other.subject_kind.clone_from(&one.subject_kind);
    other.subject.clone_from(&one.subject);
    assert_ne!(hash(&PLACE, &one), hash(&PLACE, &other));
}

#[test]
fn a_walk_tells_each_fault_once() {
    let mut entries = Vec::new();
    let mut previous = Digest::GENESIS;
    for seq in 1..=6 {
        let place = Place { lane: 3, seq, previous };
        previous = hash(&place, &record());
        entries.push(Entry { place, record: record(), hash: previous });
    }
    let walk = |entries: &[Entry]| {
        let mut walk = Walk::along(3);
        let faults: Vec<_> = entries.iter().flat_map(|entry| walk.step(entry)).collect();
        (faults, walk.seq())
    };
    assert_eq!(walk(&entries), (Vec::new(), 6));
    let without = [&entries[..2], &entries[3..]].concat();
    assert_eq!(walk(&without), (vec![(3, Fault::Missing { next: 4 })], 6));
    entries[2].record.actor = "somebody".to_owned();
    assert_eq!(walk(&entries), (vec![(3, Fault::Edited)], 6));
}
