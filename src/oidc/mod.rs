//! OpenID Connect: providers that people sign in at. Discovery, the authorization code with PKCE, checks of what comes back, and from claims
//! to who somebody is and what they are granted. What becomes of that in Merit is decided in `app`.

mod claims;
mod error;
mod fetch;
mod file;
mod provider;
mod read;

pub use claims::{ClaimedGrant, Identity};
pub use error::OidcError;
pub use provider::{Begun, Provider, Returned, Trip};
pub use read::read;

/// The providers of one Merit, in the order of their file.
#[derive(Debug, Default)]
pub struct Providers(Vec<Provider>);

impl Providers {
    pub fn get(&self, id: &str) -> Option<&Provider> {
        self.iter().find(|provider| provider.id() == id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }
}
