//! States of versions of the rules.

use merit::domain::version::VersionState;

#[test]
fn states_are_read_as_they_are_written() {
    for state in VersionState::ALL {
        assert_eq!(state.to_string().parse(), Ok(state));
    }
    let unknown = "final".parse::<VersionState>().unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "'final' is not a state of a version of the rules: use draft, checked, published or withdrawn"
    );
}

#[test]
fn adding_again_only_moves_forward() {
    use VersionState::{Checked, Draft, Published, Withdrawn};
    for (before, holding, failing) in [
        (Draft, Checked, Draft),
        (Withdrawn, Checked, Draft),
        (Checked, Checked, Checked),
        (Published, Published, Published),
    ] {
        assert_eq!((before.after_adding(true), before.after_adding(false)), (holding, failing), "{before}");
    }
}
