//! The states of a cycle and the ways between them.

use merit::domain::cycle::CycleState::*;
use merit::domain::cycle::{CycleAct, CycleState};

/// The whole table: act, the states it can be done in, and where it leads. Whatever is not here is refused.
const TABLE: [(CycleAct, &[CycleState], CycleState); 15] = [
    (CycleAct::SendBack, &[InReview], Scored),
    (CycleAct::Open, &[Draft], Open),
    (CycleAct::Freeze, &[Open, Frozen, Scored], Frozen),
    (CycleAct::Score, &[Frozen, Scored], Scored),
    (CycleAct::Score, &[InReview], InReview),
    (CycleAct::Appraise, &[Open, Frozen, Scored], Scored),
    (CycleAct::BeginReview, &[Scored], InReview),
    (CycleAct::Calibrate, &[InReview], Calibrated),
    (CycleAct::Approve, &[Calibrated], Approved),
    (CycleAct::SendBack, &[Calibrated, Approved], InReview),
    (CycleAct::Publish, &[Approved, Published], Published),
    (CycleAct::BeginAppeals, &[Published], Appeal),
    (CycleAct::Finalise, &[Appeal], Final),
    (CycleAct::Close, &[Final], Closed),
    (CycleAct::Cancel, &[Draft, Open, Frozen, Scored, InReview, Calibrated, Approved], Cancelled),
];

#[test]
fn every_act_leads_from_its_states_to_its_own_and_from_no_other() {
    for act in CycleAct::ALL {
        for state in CycleState::ALL {
            let row = TABLE.into_iter().find(|(of, from, _)| *of == act && from.contains(&state));
            assert_eq!(state.after(act), row.map(|(_, _, to)| to), "{act} from {state}");
        }
    }
}

/// A cycle that was published is never taken back, and one that has ended stays as it is.
#[test]
fn no_way_leads_back_from_publication() {
    for state in CycleState::ALL.into_iter().filter(|state| state.is_published()) {
        for act in CycleAct::ALL {
            let after = state.after(act);
            assert!(
                after.is_none_or(|next| next.is_published() && (next > state || act == CycleAct::Publish)),
                "{act} from {state} to {after:?}"
            );
        }
    }
    assert!(CycleAct::ALL.iter().all(|act| Closed.after(*act).is_none() && Cancelled.after(*act).is_none()));
    assert!(!Cancelled.is_published() && !Cancelled.is_final());
}

#[test]
fn states_have_names() {
    for state in CycleState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
    let error = "reopened".parse::<CycleState>().unwrap_err().to_string();
    assert!(error.starts_with("'reopened' is not a state of a cycle: use draft, open"), "{error}");
    assert_eq!(format!("{Draft:>6}|"), " draft|");
}

#[test]
fn acts_have_names() {
    for act in CycleAct::ALL {
        assert_eq!(CycleAct::of(act.as_str()), Some(act));
        assert_eq!(serde_json::to_value(act).unwrap(), act.as_str());
    }
    assert_eq!(CycleAct::of("reopen"), None);
}
