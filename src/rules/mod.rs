//! `scoring-config/` → one validated, content-addressed ruleset; every problem reported at once, with file, line and how to
//! mend it.
//!
//! The way through: [`yaml`] reads a file and remembers where everything stands, [`shape`] holds it against the JSON Schema of
//! its type, [`file`] gives the types, `check` looks for what a schema cannot say, [`load`] puts the rules together, and
//! [`examples`] works every file's examples.

mod calendars;
mod check;
pub mod defaults;
pub mod diff;
pub mod draft;
pub mod examples;
mod explain;
pub mod file;
mod judgement_examples;
pub mod load;
pub mod problem;
pub mod roster;
pub mod ruleset;
pub mod schema;
pub mod shape;
pub mod source;
mod stamp;
pub mod yaml;

pub use calendars::{Calendars, PlacedCalendar, zone_clock};
pub use defaults::{default_files, write_default};

pub use examples::{count_examples, run_examples};
pub use load::{Loaded, PlacedSource, load};
pub use problem::{Problem, Severity};
pub use ruleset::{Ruleset, RulesetError};
pub use schema::schemas;
pub use stamp::Stamp;
