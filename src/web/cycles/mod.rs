//! Appraisal cycles: the board, one cycle with its steps, and the lists of its results.

pub(super) mod act;
pub(super) mod approval;
pub(super) mod board;
pub(super) mod corrections;
pub(super) mod cost;
pub(super) mod cycle;
pub(super) mod deadlines;
pub(super) mod payouts;
pub(super) mod plans;
pub(super) mod progress;
pub(super) mod publication;
pub(super) mod ratings;
pub(super) mod results;
pub(super) mod state;
