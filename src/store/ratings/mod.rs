//! Ratings: what people gave their colleagues on the items of a form, in a cycle.

pub(crate) mod import;
pub(crate) mod problem;
pub(crate) mod read;
