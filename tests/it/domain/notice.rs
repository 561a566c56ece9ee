//! When notices are tried again, and what they say.

use chrono::TimeDelta;
use merit::domain::notice::{Channel, NoticeKind, one_line, told, wording};
use merit::domain::text::Language;

/// Seconds of the waits, without what is random about them.
fn waits(channel: Channel) -> Vec<Option<i64>> {
    (1..=14).map(|attempts| channel.wait(attempts, 250).map(|wait| wait.num_seconds())).collect()
}

#[test]
fn mail_is_tried_every_hour_at_last_and_webhooks_ten_times() {
    let mail = [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600, 3_600, 3_600].map(Some);
    assert_eq!(waits(Channel::Email), mail);
    let webhook = waits(Channel::Webhook);
    assert_eq!(webhook.iter().flatten().count(), 9);
    assert_eq!((webhook[0], webhook[8], webhook[9]), (Some(5), Some(86_400), None));
    let whole: i64 = webhook.iter().flatten().sum();
    assert!(TimeDelta::seconds(whole * 5 / 4) < NoticeKind::PullFailed.lasting(), "it is tried that often in its time");
}

#[test]
fn what_failed_together_is_not_tried_together() {
    let bounds = [0, 500, 501, u32::MAX].map(|draw| Channel::Email.wait(3, draw).unwrap().num_milliseconds());
    assert_eq!(bounds[..3], [15_000, 25_000, 15_000]);
    assert!((15_000..=25_000).contains(&bounds[3]));
    assert!(Channel::Email.wait(i64::MAX, 0).is_some() && Channel::Webhook.wait(i64::MAX, 0).is_none());
}

#[test]
fn every_kind_has_words_in_both_languages_and_no_figures() {
    for kind in NoticeKind::ALL {
        assert_eq!(NoticeKind::of(kind.as_str()), Some(kind));
        let texts = Language::ALL.map(|language| {
            let (subject, sentence) = told(kind, "X", language);
            assert!(!subject.is_empty() && !sentence.is_empty());
            let letter = wording(kind, "X", language, "https://merit.example", Some("secret-of-a-link"));
            assert!(letter.body.contains("\n\nhttps://merit.example/welcome/secret-of-a-link\n"), "{}", letter.body);
            assert!(!letter.body.chars().any(|c| c.is_ascii_digit()), "{}", letter.body);
            assert!(letter.body.contains(&sentence) && letter.subject == subject);
            subject
        });
        assert_ne!(texts[0], texts[1]);
    }
}

#[test]
fn a_subject_is_one_line_whatever_it_is_about() {
    let letter = wording(NoticeKind::PullFailed, "a\r\nBcc: b\u{85}c\u{2028}d\0", Language::English, "", None);
    assert_eq!(letter.subject, "A pull of a  Bcc: b c d  failed");
    assert_eq!(one_line("a\tb"), "a b");
}
