//! People on the roster: the list, and one person with what became of the cycles.

pub(super) mod exempt;
mod faults;
pub(super) mod import;
pub(super) mod list;
pub(super) mod person;
