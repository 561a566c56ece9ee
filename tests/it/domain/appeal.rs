//! How often decisions are overturned, and what files are.

use merit::domain::appeal::{AppealCounts, AppealState, AppealSubject};
use merit::domain::evidence::{EvidenceKind, EvidenceProblem, MOST_BYTES};

#[test]
fn only_decided_appeals_are_overturned_or_not() {
    let mut counts = AppealCounts::default();
    assert_eq!(counts.overturned(), None);
    for (state, appeals) in
        [(AppealState::Open, 4), (AppealState::Withdrawn, 2), (AppealState::Upheld, 3), (AppealState::Varied, 1)]
    {
        counts.add(state, appeals);
    }
    assert_eq!((counts.raised(), counts.decided()), (10, 4));
    let (share, ends) = counts.overturned().unwrap();
    // Wilson's interval of 1 of 4 with z = 1.959964: 4.5587 % to 69.9358 %.
    assert_eq!(share.to_string(), "25");
    assert_eq!((format!("{:.2}", ends.lower), format!("{:.2}", ends.upper)), ("4.56".to_owned(), "69.94".to_owned()));
}

#[test]
fn subjects_and_states_are_read_as_they_are_written() {
    for subject in [AppealSubject::Line("a".into()), AppealSubject::Rating, AppealSubject::Result] {
        assert_eq!(AppealSubject::of(subject.kind(), subject.line()), Some(subject));
    }
    assert_eq!(AppealSubject::of("line", None), None);
    assert_eq!(AppealSubject::of("rating", Some("a")), None);
    for state in AppealState::ALL {
        assert_eq!(AppealState::of(state.as_str()), Some(state));
    }
}

#[test]
fn a_file_is_what_its_content_says() {
    assert_eq!(EvidenceKind::of("a.pdf", b"%PDF-1.4"), Ok(EvidenceKind::Pdf));
    let other = EvidenceKind::of("a.txt", b"%PDF-1.4").unwrap_err();
    assert!(matches!(other, EvidenceProblem::OtherName { found: "PDF", .. }), "{other}");
    for name in ["", " a.txt", "a/b.txt", "a\\b.txt", "a\n.txt", "a:b.txt", "<a>.txt", &"a".repeat(121)] {
        assert_eq!(EvidenceKind::of(name, b"a"), Err(EvidenceProblem::Name), "{name:?}");
    }
    let macros = b"PK\x03\x04 xl/workbook.xml xl/vbaProject.bin";
    assert_eq!(EvidenceKind::of("a.xlsx", macros), Err(EvidenceProblem::Unknown));
    assert_eq!(EvidenceKind::of("a.txt", &vec![b'a'; MOST_BYTES + 1]), Err(EvidenceProblem::TooLarge));
    assert_eq!(EvidenceKind::of("a.txt", &vec![b'a'; MOST_BYTES]), Ok(EvidenceKind::Text));
    assert!(EvidenceKind::of("a", b"text").is_err() && EvidenceKind::of("a.html", b"<html>").is_err());
}
