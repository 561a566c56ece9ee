//! The states of a cycle and the ways between them.

use merit::domain::cycle::CycleState::{self, *};

#[test]
fn a_cycle_follows_the_chain_and_nothing_else() {
    let chain = [Draft, Open, Frozen, Scored, InReview, Calibrated, Approved, Published, Appeal, Final, Closed];
    let mut allowed: Vec<_> = chain.iter().copied().zip(chain.iter().copied().skip(1)).collect();
    allowed.extend([(Frozen, Frozen), (Scored, Frozen), (Scored, Scored)]);
    allowed.extend([Draft, Open, Frozen, Scored, InReview, Calibrated, Approved].map(|state| (state, Cancelled)));
    for from in CycleState::ALL {
        for to in CycleState::ALL {
            assert_eq!(from.may_become(to), allowed.contains(&(from, to)), "{from} → {to}");
        }
    }
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
