//! Pulls and the facts they bring.

mod keyed;
mod update;

pub(crate) mod commit;
pub(crate) mod pull;
pub(crate) mod read;
pub(super) mod sheet;
