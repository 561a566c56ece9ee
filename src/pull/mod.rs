//! Sources → facts: the connectors, the SQL engine and the rows that were set aside.
//!
//! A pull reads a source's inputs into one typed table, sets aside what cannot be read or fails a check, and lets the
//! source's SQL turn the rest into facts. It writes nothing but its own spool files.

mod agents;
mod checks;
mod collect;
mod columns;
mod convert;
mod engine;
mod error;
mod example;
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

pub use agents::AgentIndex;
pub use error::PullError;
pub use example::run_example;
pub use facts::{AgentRef, FactRow, Facts};
pub use read::read_workbook;
pub use request::{Progress, PullRequest, Pulled};
pub use run::{examine, pull};
pub use set_aside::{SetAside, SetAsideRow};
