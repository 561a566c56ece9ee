//! States of a job, and its pace.

use merit::domain::job::{JobKind, JobOrder, JobState, Pace};

#[test]
fn what_has_ended_stays_as_it_is() {
    use JobState::{Cancelled, Done, Failed, Queued, Running};
    for state in JobState::ALL {
        assert_eq!(JobState::of(state.as_str()), Some(state));
        let next: Vec<JobState> = JobState::ALL.into_iter().filter(|next| state.may_become(*next)).collect();
        let expected: &[JobState] = match state {
            Queued => &[Running, Cancelled],
            Running => &[Queued, Done, Failed, Cancelled],
            Done | Failed | Cancelled => &[],
        };
        assert_eq!((next.as_slice(), state.is_final()), (expected, expected.is_empty()), "{state:?}");
    }
}

#[test]
fn the_pace_comes_from_what_was_done_so_far() {
    let pace = |done, total, milliseconds| Pace::of(done, total, milliseconds);
    let of = |per_second, seconds_left| Some(Pace { per_second, seconds_left });
    assert_eq!(pace(500, Some(1_500), 2_000), of(250, Some(4)));
    assert_eq!(pace(300, Some(400), 1_000), of(300, Some(1)), "rounded up");
    assert_eq!(pace(400, Some(400), 1_000), of(400, Some(0)));
    assert_eq!(pace(500, Some(400), 1_000), of(500, Some(0)), "more than was thought");
    assert_eq!(pace(500, None, 1_000), of(500, None));
    assert_eq!(pace(0, Some(10), 1_000), of(0, None), "nothing to judge by");
    assert_eq!(pace(10, Some(20), 0), None);
    assert_eq!(pace(-1, Some(20), 1_000), None);
    assert_eq!(pace(1, Some(i64::MAX), i64::MAX), of(0, Some(i64::MAX)), "never more than can be told");
}

#[test]
fn one_source_and_one_cycle_are_one_scope() {
    let pull =
        |source: &str, allow_removals| JobOrder::Pull { source: source.into(), from: None, to: None, allow_removals };
    assert_eq!(pull("daily", false).scope(), pull("daily", true).scope());
    assert_ne!(pull("daily", false).scope(), pull("weekly", false).scope());
    let appraise = JobOrder::Appraise { cycle: "daily".into() };
    assert_ne!(pull("daily", false).scope(), appraise.scope());
    let text = serde_json::to_string(&appraise).unwrap();
    assert_eq!(text, r#"{"kind":"appraise","cycle":"daily"}"#, "as jobs are stored");
    for kind in JobKind::ALL {
        assert_eq!(JobKind::of(kind.as_str()), Some(kind));
        assert_eq!(kind.acts().is_none(), kind == JobKind::Export, "who asks depends on the list");
    }
}
