//! Sources → facts: the connectors, the SQL engine and the rows that were set aside.
//!
//! A pull reads a source's inputs into one typed table, sets aside what cannot be read or fails a check, and lets the
//! source's SQL turn the rest into facts. It writes nothing but its own spool files.

mod agents;
mod checks;
mod collect;
mod columns;
mod convert;
mod day_of;
mod engine;
mod error;
mod facts;
mod http;
mod keyed;
mod names;
mod query;
mod read;
mod request;
mod rows;
mod run;
mod set_aside;
mod sheet;
mod shortcoming;
mod working_time;

pub use agents::AgentIndex;
pub use error::PullError;
pub use facts::{AgentRef, Facts};
pub use request::{Progress, PullRequest, Pulled};
pub use run::{SpecProblem, examine, pull};
pub use set_aside::{SetAside, SetAsideRow};
pub use sheet::{read_sample, read_workbook, read_workbook_in};
pub use shortcoming::Shortcoming;
