//! Errors as the command line shows them: what, where, how to mend it.

use std::fmt;

/// A command's failure: printed to standard error, with exit code 1.
#[derive(Debug)]
pub(crate) struct CliError(String);

impl CliError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Errors that already say what, where and how to mend it.
macro_rules! from_error {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        })*
    };
}

from_error!(
    std::io::Error,
    csv::Error,
    serde_json::Error,
    datafusion::arrow::error::ArrowError,
    datafusion::parquet::errors::ParquetError,
    rust_xlsxwriter::XlsxError,
    crate::app::AppError,
    crate::http::ServerError,
);
