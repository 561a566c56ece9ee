//! Backup and restore of an embedded database; of a server's, by the server's own tools.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::access::hex;
use super::{App, AppError};
use crate::domain::authority::Act;
use crate::store::{CopyState, DatabasePlace, Engine, SchemaState, StoreError, Vacated, examine_copy};

/// Bytes read at once.
const PIECE: usize = 1 << 20;

/// A copy that was made or put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyReport {
    pub bytes: u64,
    pub sha256: String,
    /// Whether 'merit migrate' is still to be run on it.
    pub behind: bool,
}

impl App {
    /// Writes a copy of the database as it stands at one moment into a new file; whoever works with the database goes on.
    /// The copy is examined before it gets its name.
    pub async fn backup(&self, address: &str, target: &Path) -> Result<CopyReport, AppError> {
        self.require(Act::Maintain)?;
        if self.store.engine() == Engine::Postgres {
            return Err(by_own_tools(address, target, Direction::Out)?);
        }
        if target.exists() {
            return Err(exists(target));
        }
        let copy = new_file(target)?;
        self.store.copy_into(copy.path()).await?;
        copy.as_file().sync_all().map_err(|error| AppError::file(target, error))?;
        let behind = sound(copy.path(), target).await?;
        let (bytes, sha256) = measure(copy.path()).map_err(|error| AppError::file(target, error))?;
        copy.persist_noclobber(target).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => exists(target),
            _ => AppError::file(target, error.error),
        })?;
        sync_folder(target)?;
        Ok(CopyReport { bytes, sha256, behind })
    }
}

/// Puts a copy made by [`App::backup`] in the place of the database at `address`, in one step, after examining it.
/// What is there now is only replaced when `replace` says so, and never while somebody has it open.
pub async fn restore(address: &str, copy: &Path, replace: bool) -> Result<CopyReport, AppError> {
    let target = match DatabasePlace::of(address)? {
        DatabasePlace::File(path) => real(path)?,
        DatabasePlace::Server(_) => return Err(by_own_tools(address, copy, Direction::In)?),
    };
    if target.exists() && !replace {
        return Err(AppError::refused(format!(
            "there is a database at {} already; give --replace to lose it, or another place with --database",
            target.display()
        )));
    }
    let copy = &real(copy.to_owned())?;
    if ["-wal", "-shm"].iter().any(|ending| sidecar(copy, ending).exists()) {
        return Err(AppError::refused(format!(
            "{} is a database in use, not a backup (a -wal or -shm file stands beside it); make a backup of it with 'merit backup'",
            copy.display()
        )));
    }
    let mut place = new_file(&target)?;
    let mut from = File::open(copy).map_err(|error| AppError::file(copy, error))?;
    let (bytes, sha256) = digest(&mut from, place.as_file_mut()).map_err(|error| AppError::file(&target, error))?;
    place.as_file().sync_all().map_err(|error| AppError::file(&target, error))?;
    let behind = sound(place.path(), copy).await?;
    let held = hold(&target).await?;
    // A log left over from the old database must never be applied to the new one.
    for ending in ["-wal", "-shm", "-journal"] {
        match fs::remove_file(sidecar(&target, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(AppError::file(&target, error)),
            _ => {}
        }
    }
    if let Ok(old) = target.metadata() {
        fs::set_permissions(place.path(), old.permissions()).map_err(|error| AppError::file(&target, error))?;
    }
    let placed = if replace { place.persist(&target) } else { place.persist_noclobber(&target) };
    placed.map_err(|error| AppError::file(&target, error.error))?;
    sync_folder(&target)?;
    if let Some(held) = held {
        held.release().await?;
    }
    Ok(CopyReport { bytes, sha256, behind })
}

/// Where a link leads: a database's log stands beside the file itself, and it is that file which is replaced.
fn real(path: PathBuf) -> Result<PathBuf, AppError> {
    if !path.is_symlink() {
        return Ok(path);
    }
    path.canonicalize().map_err(|error| AppError::file(&path, error))
}

async fn hold(target: &Path) -> Result<Option<Vacated>, AppError> {
    if !target.exists() {
        return Ok(None);
    }
    match Vacated::hold(target).await {
        Ok(held) => Ok(Some(held)),
        Err(StoreError::Busy) => Err(AppError::refused(format!(
            "somebody has the database {} open; stop 'merit serve' and every other command that uses it first",
            target.display()
        ))),
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Clone, Copy)]
enum Direction {
    Out,
    In,
}

/// The refusal for a server's database, with the command that does it instead.
fn by_own_tools(address: &str, file: &Path, direction: Direction) -> Result<AppError, AppError> {
    let DatabasePlace::Server(server) = DatabasePlace::of(address)? else {
        return Err(AppError::refused("the database is a file, and needs no server's tools"));
    };
    let (server, file) = (shell_word(&server), shell_word(&file.display().to_string()));
    Ok(AppError::refused(match direction {
        Direction::Out => format!(
            "a PostgreSQL database is backed up by PostgreSQL's own tools, also while it is in use; run:\n  \
             pg_dump --format=custom --no-owner --file={file} --dbname={server}\n\
             (the password comes from PGPASSWORD or ~/.pgpass)"
        ),
        Direction::In => format!(
            "a PostgreSQL database is restored by PostgreSQL's own tools, into a new, empty database (createdb); run:\n  \
             pg_restore --exit-on-error --single-transaction --no-owner --dbname={server} {file}\n\
             (the password comes from PGPASSWORD or ~/.pgpass)"
        ),
    }))
}

/// A word that a shell takes as it stands.
fn shell_word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Whether 'merit migrate' is still to be run. Errors: the copy is not sound, or not for this version; `named` is what to call it.
async fn sound(copy: &Path, named: &Path) -> Result<bool, AppError> {
    let named = named.display();
    match examine_copy(copy).await? {
        CopyState::Sound(SchemaState::Current) => Ok(false),
        CopyState::Sound(SchemaState::Behind(_)) => Ok(true),
        CopyState::Sound(SchemaState::Newer(_)) => Err(AppError::refused(format!(
            "{named} was written by a newer Merit; nothing was changed; use that version"
        ))),
        CopyState::Foreign => Err(AppError::refused(format!(
            "{named} is an SQLite database, but not Merit's (no migration ever ran in it); nothing was changed"
        ))),
        CopyState::Damaged(how) => Err(AppError::refused(format!(
            "{named} is damaged or no SQLite database ({how}); nothing was changed; take another copy"
        ))),
    }
}

/// A file without a name of its own yet, readable by its owner alone, in the folder where it is to be.
fn new_file(target: &Path) -> Result<NamedTempFile, AppError> {
    let folder = folder(target);
    let made = tempfile::Builder::new().prefix(".merit-").suffix(".part").tempfile_in(folder);
    made.map_err(|error| AppError::file(folder, error))
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// The name becomes durable with its folder.
fn sync_folder(file: &Path) -> Result<(), AppError> {
    let folder = folder(file);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| AppError::file(folder, error))
}

fn sidecar(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn exists(target: &Path) -> AppError {
    AppError::refused(format!("there is a file {} already; name another, or move it away", target.display()))
}

fn measure(file: &Path) -> io::Result<(u64, String)> {
    digest(&mut File::open(file)?, &mut io::sink())
}

/// Copies all bytes; returns how many there were, and their hash.
fn digest(from: &mut impl Read, to: &mut impl Write) -> io::Result<(u64, String)> {
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0_u64, vec![0_u8; PIECE]);
    loop {
        let read = from.read(&mut piece)?;
        let Some(part) = piece.get(..read).filter(|part| !part.is_empty()) else { break };
        hash.update(part);
        to.write_all(part)?;
        bytes += u64::try_from(part.len()).unwrap_or_default();
    }
    Ok((bytes, hex(&hash.finalize())))
}
