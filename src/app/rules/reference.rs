//! What people write for a version of the rules: its name, the first digits of its hash, or a folder.

use std::path::{Path, PathBuf};

use crate::app::{App, AppError};
use crate::store::RuleVersion;

/// Fewer digits of a hash are too easily somebody else's.
const LEAST_DIGITS: usize = 8;

/// What a text stands for.
#[derive(Debug)]
pub(in crate::app) enum Reference {
    Version(RuleVersion),
    Folder(PathBuf),
}

impl App {
    /// The version that `text` names: by its name, or by at least eight digits of its hash.
    pub async fn rule_version(&self, text: &str) -> Result<RuleVersion, AppError> {
        self.find_version(text).await?.ok_or_else(|| {
            AppError::NotFound(format!(
                "there is no version '{text}' of the rules; give its name or at least {LEAST_DIGITS} digits of its hash, as 'merit \
                 rules list' shows them"
            ))
        })
    }

    /// The version or the folder that `text` names.
    pub(in crate::app) async fn rules_named(&self, text: &str) -> Result<Reference, AppError> {
        let is_folder = Path::new(text).is_dir();
        match self.find_version(text).await? {
            Some(version) if is_folder => Err(AppError::invalid(format!(
                "'{text}' is a folder, and version {} of the rules; write ./{text} for the folder, or digits of the hash",
                version.label()
            ))),
            Some(version) => Ok(Reference::Version(version)),
            None if is_folder => Ok(Reference::Folder(PathBuf::from(text))),
            None => Err(AppError::NotFound(format!(
                "'{text}' is neither a version of the rules nor a folder; 'merit rules list' shows the versions"
            ))),
        }
    }

    async fn find_version(&self, text: &str) -> Result<Option<RuleVersion>, AppError> {
        if let Some(named) = self.store.rule_version_by_name(text).await? {
            return Ok(Some(named));
        }
        let digits = text.to_ascii_lowercase();
        if digits.len() < LEAST_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let mut found = self.store.rule_versions_by_hash(&digits).await?;
        if found.len() > 1 {
            return Err(AppError::invalid(format!("several versions' hashes begin with '{text}'; give more digits")));
        }
        Ok(found.pop())
    }
}
