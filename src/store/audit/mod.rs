//! The audit log: appended to in the transaction of what it records, read page by page.

mod append;
pub(super) mod read;
