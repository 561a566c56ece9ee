//! Reviews: what one is to write, the form, handing in, asking colleagues, and what was written about somebody.

pub(super) mod about;
pub(super) mod hand_in;
pub(super) mod list;
pub(super) mod raters;
pub(super) mod sheet;
pub(super) mod tasks;
mod words;
pub(super) mod write;

pub(super) use words::{group_text, standing_text};
