//! What is remembered of a followed file: how it is read, and how it was when it was read last.

use crate::core::id::Hasher64;
use crate::formats::TableOptions;
use crate::store;
use crate::store::SourceFile;
use serde::Deserialize as _;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::io::Read as _;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// How a followed file or folder is read: what was said when it was imported first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct HowToRead {
    /// The deck that its cards go into.
    pub(super) deck: Option<String>,
    /// The name of its format.
    pub(super) format: Option<String>,
    /// What was said of its table.
    pub(super) table: TableOptions,
    /// The word for its deck where the file names none: by that its notes are called.
    pub(super) word: Option<String>,
    /// The encoding that was guessed and told, so that nobody hears it again.
    pub(super) told: Option<String>,
}

impl HowToRead {
    /// As the database keeps it.
    pub(super) fn to_text(&self) -> String {
        serde_json::json!({
            "deck": self.deck,
            "format": self.format,
            "table": self.table,
            "word": self.word,
            "told": self.told,
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
            word: word("word"),
            told: word("told"),
            table: value.get("table").and_then(|table| TableOptions::deserialize(table).ok()).unwrap_or_default(),
        }
    }
}

/// Size and time of change of a file, or of a folder: whether it has to be read again.
pub(super) fn size_and_mtime(path: &Path) -> Option<(i64, i64)> {
    // Pipes and devices have a size and a time too, but nothing that could be read again.
    let meta = fs::metadata(path).ok().filter(|meta| meta.is_file() || meta.is_dir())?;
    let size = if meta.is_dir() { 0 } else { i64::try_from(meta.len()).ok()? };
    let mtime = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((size, i64::try_from(mtime.as_millis()).ok()?))
}

/// The hash of what is in a file.
pub(super) fn hash_of(path: &Path) -> io::Result<i64> {
    let (mut file, _) = store::open_regular(path)?;
    let mut hasher = Hasher64::default();
    let mut chunk = vec![0; 1 << 16];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hasher.finish().cast_signed()),
            read => hasher.add(chunk.get(..read).unwrap_or_default()),
        }
    }
}

/// The source as it is now: what is remembered of it once it was read or written.
pub(super) fn seen(source: &SourceFile, path: &Path) -> SourceFile {
    let (size, mtime_ms) = size_and_mtime(path).unzip();
    SourceFile { size, mtime_ms, hash: hash_of(path).ok(), ..source.clone() }
}

/// The followed files that are there, by their numbers. One that is gone may have got another name: it has no say any more.
pub(super) fn there(sources: &[SourceFile]) -> BTreeSet<i64> {
    let files = sources.iter().filter(|source| source.followed && !source.is_folder);
    files.filter(|source| size_and_mtime(Path::new(&source.path)).is_some()).map(|source| source.id).collect()
}

/// The words for the decks of followed files that are gone.
pub(super) fn words_of_lost(sources: &[SourceFile]) -> Vec<String> {
    let files = sources.iter().filter(|source| source.followed && !source.is_folder);
    let lost = files.filter(|source| size_and_mtime(Path::new(&source.path)).is_none());
    lost.filter_map(|source| HowToRead::of_text(&source.options).word).collect()
}
