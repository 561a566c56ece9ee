//! Who may use Merit: accounts, what they are granted, their tokens, passwords and sessions.

pub(super) mod account;
pub(super) mod contact;
pub(super) mod failure;
pub(super) mod first_admin;
pub(super) mod grant;
pub(super) mod holder;
pub(super) mod identity;
pub(super) mod kept_answer;
pub(super) mod password;
pub(super) mod session;
pub(super) mod token;
