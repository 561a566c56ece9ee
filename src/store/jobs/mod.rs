//! Jobs: asked for, claimed by one worker at a time, ended.

pub(super) mod ask;
pub(super) mod effect;
pub(super) mod file;
pub(super) mod hold;
pub(super) mod overdue;
pub(super) mod read;
