//! Appeals of published results, the files handed in with them, and what was decided.

pub(crate) mod evidence;
pub(crate) mod read;
pub(crate) mod write;
