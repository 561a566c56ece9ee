//! How much of a result is chance: identical agents, of whom only their samples differ, judged by the real scoring. It informs the
//! people who write rules; nobody's result is computed from it.

mod cards;
mod group;
mod outcome;
mod spread;

pub use cards::{alone, cliff, main_line, rate_lines, shrunk, true_values, value_at};
pub use group::{DrawnLine, Group};
pub use outcome::{FairnessError, Outcome, judge};
pub use spread::Spread;
