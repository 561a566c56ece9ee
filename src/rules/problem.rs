//! What is wrong with the rules, where, and how to mend it.

use std::fmt;

/// Whether the rules can be used in spite of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rules are refused.
    Error,
    /// The rules work, but perhaps not as meant.
    Warning,
}

/// One problem. Sorts by file, line and column, the order in which a person mends them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The path as the caller gave it, with the file's name.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub what: String,
    pub mend: String,
    pub severity: Severity,
}

impl fmt::Display for Problem {
    /// `file:line:column: what; how to mend it`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, what, mend, severity } = self;
        let label = match severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        write!(f, "{file}:{line}:{column}: {label}{what}; {mend}")
    }
}

impl Problem {
    /// A problem of a whole file: it cannot be opened, is empty, or should not be there.
    pub fn of_file(file: &str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: 1,
            column: 1,
            what: what.into(),
            mend: mend.into(),
            severity: Severity::Error,
        }
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
