//! Why a pull failed as a whole. Nothing of it has become a fact.

use std::path::PathBuf;

/// Why a pull failed as a whole; every message names the place and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The source's file itself is wrong: its columns, key, checks or SQL.
    #[error("{file}: {at}: {what}")]
    Spec { file: String, at: String, what: String },
    /// An input file cannot be read.
    #[error("{file}: {what}")]
    Input { file: String, what: String },
    /// An HTTP input failed for good.
    #[error("{url}: {what}")]
    Http { url: String, what: String },
    /// A database failed.
    #[error("{input}: {what}")]
    Database { input: String, what: String },
    /// The query produced something that is not a fact.
    #[error("{file}: facts: {what}")]
    Facts { file: String, what: String },
    /// The pull's own files cannot be written or read.
    #[error("{path}: cannot keep the pull's working files here: {source}; free some space or choose another folder")]
    Spool { path: PathBuf, source: std::io::Error },
    /// A calendar cannot answer for a time in the rows: the rules are wrong, not the row.
    #[error("{file}: {what}")]
    Calendar { file: String, what: String },
    /// The engine stopped while running the query.
    #[error("{file}: the query stopped: {what}")]
    Query { file: String, what: String },
}
