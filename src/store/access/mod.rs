//! Who may use Merit: accounts, what they are granted, their tokens.

pub(super) mod account;
pub(super) mod grant;
pub(super) mod kept_answer;
pub(super) mod token;
