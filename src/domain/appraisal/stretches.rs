//! From assignments to stretches: a move of team or post begins a new one, another working time or target does not.

use super::super::scorecard::{CardResult, Scope};

/// Assignments, by first day, as the stretches they make: neighbours in the same unit and post (as `place` tells them) belong
/// together, also with days between them. Who comes back to a place after another one begins a new stretch.
pub fn merge_stretches<S>(assignments: &[S], place: impl Fn(&S) -> (&str, &str)) -> Vec<&[S]> {
    assignments.chunk_by(|one, next| place(one) == place(next)).collect()
}

/// Cases behind a card: those of the agent's own line that has most. Lines look at the same cases from several sides, so that a sum
/// over lines would count a contact several times. Zero where the card has no line of the agent's own.
pub fn samples_of(card: &CardResult) -> i64 {
    let own = card.lines.iter().filter(|line| line.scope == Scope::Own);
    own.map(|line| line.pooled.samples).max().unwrap_or_default().max(0)
}
