//! Appeals: raised by agents with evidence, decided by somebody who had no part in the result.

pub(super) mod decide;
pub(super) mod evidence;
pub(super) mod list;
pub(super) mod page;
pub(super) mod raise;
pub(super) mod rates;
pub(super) mod words;
