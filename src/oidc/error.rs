//! Why nobody was let in by way of a provider.

/// The texts are for the log: they hold no code, token or secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// It does not answer, or not in time.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// It answers, but not as a provider should.
    #[error("the provider's answer cannot be used: {0}")]
    Malformed(String),
    /// It does not take the code, or not this client.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// What it says of the person does not hold.
    #[error("the ID token is refused: {0}")]
    Untrusted(String),
}
