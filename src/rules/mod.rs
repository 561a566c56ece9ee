//! `scoring-config/` → one validated, content-addressed ruleset; every problem reported at once, with file, line and how to
//! mend it.

pub mod source;
