//! Hashing of passwords: slow on purpose, so it is kept off the request threads and bounded.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;

use super::super::AppError;

/// Memory (KiB), passes and lanes: the OWASP Password Storage Cheat Sheet's for Argon2id on machines that also do other work.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A hash of nothing that anybody knows, with the parameters above: verified where an account has no password, so that the answer
/// takes as long as with one.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$/qSZ1sQFZ1G8Xr0pzNQbB8Yh3m0dFq0yQ5m8cF0m4Ho";

/// Hashes and verifies, never more at once than there are cores.
#[derive(Clone)]
pub(in crate::app) struct Hasher {
    turns: Arc<Semaphore>,
}

impl Hasher {
    pub(in crate::app) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { turns: Arc::new(Semaphore::new(cores)) }
    }

    /// The password's hash with a new salt, as a PHC string.
    pub(super) async fn hash(&self, password: &str) -> Result<String, AppError> {
        let password = password.to_owned();
        let hashed = self.in_turn(move || argon2()?.hash_password(password.as_bytes())).await?;
        hashed.map(|hash| hash.to_string()).map_err(|error| failed(&error))
    }

    /// Whether the password is the one hashed; without a hash it is not, and that takes as long.
    pub(super) async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, AppError> {
        let password = password.to_owned();
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS.to_owned());
        let verified =
            self.in_turn(move || argon2()?.verify_password(password.as_bytes(), &PasswordHash::new(&hash)?)).await?;
        match verified {
            Ok(()) => Ok(known),
            Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Whether a hash costs whoever guesses less than one made now.
    pub(super) fn is_weak(hash: &str) -> bool {
        let Ok(parsed) = PasswordHash::new(hash) else { return false };
        let Ok(params) = Params::try_from(&parsed) else { return false };
        parsed.algorithm.as_str() != "argon2id" || params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|error| failed(&error))?;
        // The turn goes along: a request that is given up leaves work behind that still counts.
        let worked = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(turn);
            outcome
        });
        worked.await.map_err(|error| failed(&error))
    }
}

fn argon2() -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: &dyn std::fmt::Display) -> AppError {
    AppError::refused(format!("the password could not be hashed or compared: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_verifies_its_own_password_alone_and_has_its_own_salt() {
        let hasher = Hasher::new();
        let hash = hasher.hash("kettle moss lantern").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hasher.hash("kettle moss lantern").await.unwrap(), hash);
        assert!(hasher.verify("kettle moss lantern", Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("kettle moss lanterN", Some(hash)).await.unwrap());
    }

    #[test]
    fn a_hash_is_weak_when_its_memory_or_its_passes_are_fewer() {
        let with = |costs: &str| Hasher::is_weak(&NOBODYS.replace("m=19456,t=2,p=1", costs));
        assert!(with("m=19455,t=2,p=1") && with("m=65536,t=1,p=1"));
        assert!(!with("m=19456,t=2,p=1") && !with("m=65536,t=3,p=4"));
        assert!(!Hasher::is_weak("no hash"));
    }

    #[tokio::test]
    async fn nobodys_hash_costs_the_same_and_lets_nobody_in() {
        let hasher = Hasher::new();
        let own = hasher.hash("kettle moss lantern").await.unwrap();
        let shape = |hash: &str| {
            let parts: Vec<&str> = hash.split('$').collect();
            (parts[1].to_owned(), parts[2].to_owned(), parts[3].to_owned(), parts[5].len())
        };
        assert_eq!(shape(NOBODYS), shape(&own));
        for password in ["", "kettle moss lantern", "nobody has this"] {
            assert!(!hasher.verify(password, None).await.unwrap());
        }
    }
}
