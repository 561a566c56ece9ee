//! Which files a pattern means.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::pull::PullError;
use crate::pull::columns::spec_error;
use crate::rules::source::{FileFormat, FilesInput};

/// The files of an input in reading order, each once.
pub(super) fn list(input: &FilesInput, base: &Path) -> Result<Vec<PathBuf>, PullError> {
    let mut found: Vec<PathBuf> = Vec::new();
    for pattern in &input.files {
        for path in expand(pattern, base)? {
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn expand(pattern: &str, base: &Path) -> Result<Vec<PathBuf>, PullError> {
    let plain = base.join(pattern);
    if plain.exists() || !pattern.contains(['*', '?', '[']) {
        return Ok(vec![plain]);
    }
    let refuse = |what: String| PullError::Input { file: pattern.to_owned(), what };
    let absolute = if Path::new(pattern).is_absolute() {
        pattern.to_owned()
    } else {
        format!("{}/{pattern}", glob::Pattern::escape(&base.to_string_lossy()))
    };
    let paths = glob::glob(&absolute).map_err(|error| refuse(format!("not a pattern of file names: {error}")))?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|error| PullError::Input {
            file: error.path().display().to_string(),
            what: format!("cannot look into this folder: {}; give Merit the right to read it", error.error()),
        })?;
        if path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(refuse(format!("no file matches this pattern in {}", base.display())));
    }
    files.sort();
    Ok(files)
}

/// How a file is named in messages: relative to the base where it lies below.
pub(super) fn label(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap_or(path).display().to_string()
}

/// The format by declaration or by the file's ending.
pub(super) fn format_of(
    declared: Option<FileFormat>,
    path: &Path,
    spec_file: &str,
    nth: usize,
) -> Result<FileFormat, PullError> {
    if let Some(format) = declared {
        return Ok(format);
    }
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "csv" => Ok(FileFormat::Csv),
        "tsv" | "tab" => Ok(FileFormat::Tsv),
        "jsonl" | "ndjson" => Ok(FileFormat::Jsonl),
        "parquet" => Ok(FileFormat::Parquet),
        "xlsx" | "xlsm" => Ok(FileFormat::Xlsx),
        _ => Err(spec_error(
            spec_file,
            format!("inputs[{nth}].format"),
            format!(
                "the ending of {} does not tell its format; write `format: csv`, `tsv`, `jsonl`, `parquet` or `xlsx`",
                path.display()
            ),
        )),
    }
}

/// Opens a file that must be there and hold something.
pub(super) fn open(path: &Path, label: &str) -> Result<(File, u64), PullError> {
    let refuse = |what: String| PullError::Input { file: label.to_owned(), what };
    let file = File::open(path).map_err(|error| {
        refuse(match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file; check `files` of the source".to_owned(),
            std::io::ErrorKind::PermissionDenied => {
                "the file may not be read; give Merit's user the right to read it".to_owned()
            }
            _ => format!("the file cannot be opened: {error}"),
        })
    })?;
    let metadata = file.metadata().map_err(|error| refuse(format!("the file cannot be examined: {error}")))?;
    if metadata.is_dir() {
        return Err(refuse("this is a folder; name its files, for instance with a pattern such as `*.csv`".to_owned()));
    }
    if metadata.is_file() && metadata.len() == 0 {
        return Err(refuse("the file is empty, without even a header; export it again".to_owned()));
    }
    Ok((file, metadata.len()))
}

/// Counts the bytes that pass.
pub(super) struct Counting<'a, R> {
    pub(super) inner: R,
    pub(super) counters: &'a super::Counters,
}

impl<R: Read> Read for Counting<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.counters.add_bytes(u64::try_from(count).unwrap_or_default());
        Ok(count)
    }
}
