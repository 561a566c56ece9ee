//! The rules in this server's own folder, read again only when its files changed: pages ask for them again and again.

use std::sync::{Arc, Mutex, PoisonError};

use super::{App, AppError};
use crate::rules::{self, Loaded, Stamp};

/// Rules, and of which files they were read.
type Read = (Stamp, Arc<Loaded>);

/// What was read last.
#[derive(Clone, Default)]
pub(super) struct LastLoaded(Arc<Mutex<Option<Read>>>);

impl LastLoaded {
    fn get(&self, stamp: &Stamp) -> Option<Arc<Loaded>> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(of, _)| of == stamp).map(|(_, loaded)| Arc::clone(loaded))
    }

    fn keep(&self, stamp: Stamp, loaded: &Arc<Loaded>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((stamp, Arc::clone(loaded)));
    }
}

impl App {
    /// The rules in the folder that this process was given; `None` where it was given none. Errors: `Rules`, with every problem.
    pub(super) fn own_rules(&self) -> Result<Option<Arc<Loaded>>, AppError> {
        let Some(folder) = &self.rules_folder else { return Ok(None) };
        tokio::task::block_in_place(|| {
            // Taken before the files are read: what changes meanwhile is read next time.
            let stamp = Stamp::of(folder);
            if let Some(known) = stamp.as_ref().and_then(|stamp| self.last_loaded.get(stamp)) {
                return Ok(Some(known));
            }
            let loaded = Arc::new(rules::load(folder).map_err(AppError::Rules)?);
            if let Some(stamp) = stamp {
                self.last_loaded.keep(stamp, &loaded);
            }
            Ok(Some(loaded))
        })
    }
}
