//! The calibration room: how ratings are spread, the people of a unit beside each other, and other ratings than the calculated ones, always by
//! two people.

pub(super) mod list;
pub(super) mod propose;
pub(super) mod room;
mod session;
mod words;
