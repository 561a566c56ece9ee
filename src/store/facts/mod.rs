//! Pulls and the facts they bring.

pub(crate) mod commit;
pub(crate) mod pull;
