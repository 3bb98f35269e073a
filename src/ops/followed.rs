//! What is remembered of a followed file: how it is read, and how it was when it was read last.

use crate::core::id::hash64;
use crate::store::SourceFile;
use std::fs;
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// How a followed file or folder is read: what was said when it was imported first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HowToRead {
    /// The deck that its cards go into.
    pub(super) deck: Option<String>,
    /// The name of its format.
    pub(super) format: Option<String>,
    /// The separator of its columns.
    pub(super) delimiter: Option<u8>,
}

impl HowToRead {
    /// As the database keeps it.
    pub(super) fn to_text(&self) -> String {
        serde_json::json!({
            "deck": self.deck,
            "format": self.format,
            "delimiter": self.delimiter,
        })
        .to_string()
    }

    /// What [`HowToRead::to_text`] wrote.
    pub(super) fn of_text(text: &str) -> Self {
        let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let word = |key: &str| value.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        Self {
            deck: word("deck"),
            format: word("format"),
            delimiter: value
                .get("delimiter")
                .and_then(serde_json::Value::as_u64)
                .and_then(|byte| u8::try_from(byte).ok()),
        }
    }
}

/// Size and time of change of a file, or of a folder: whether it has to be read again.
pub(super) fn size_and_mtime(path: &Path) -> Option<(i64, i64)> {
    let meta = fs::metadata(path).ok()?;
    let size = if meta.is_dir() { 0 } else { i64::try_from(meta.len()).ok()? };
    let mtime = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((size, i64::try_from(mtime.as_millis()).ok()?))
}

/// The hash of what is in a file.
fn hash_of(path: &Path) -> io::Result<i64> {
    Ok(hash64(&fs::read(path)?).cast_signed())
}

/// The source as it is now: what is remembered of it once it was read or written.
pub(super) fn seen(source: &SourceFile, path: &Path) -> SourceFile {
    let (size, mtime_ms) = size_and_mtime(path).unzip();
    SourceFile { size, mtime_ms, hash: hash_of(path).ok(), ..source.clone() }
}
