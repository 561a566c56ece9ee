//! Whether figures come in as they should: sources, pulls, rows set aside; and the jobs that do such work.

pub(super) mod exports;
pub(super) mod jobs;
pub(super) mod pulls;
pub(super) mod simulate;
pub(super) mod sources;
pub(super) mod upload;
