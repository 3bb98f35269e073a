//! `json`: all notes in one document, and arrays of objects as other programs write them.

mod any;
mod bad;
pub(super) mod fault;
mod foreign;
mod held;
mod look;
mod note;
mod quiz;
mod read;
mod records;
mod seen;
mod stream;
mod strict;
#[cfg(test)]
mod tests;
mod write;

pub(super) use bad::who_in;
pub(super) use foreign::Keys;
pub(super) use held::Object;
pub(super) use note::foreign_note;
pub(super) use note::note;
pub(super) use read::check_version;
pub(super) use read::is_history;
pub(super) use read::start_of;
pub(super) use read::without_place;
pub(super) use records::DeckJson;
pub(super) use records::NoteJson;
pub(super) use records::TopicJson;
pub(super) use seen::Look;
pub(super) use strict::Strict;
pub(super) use strict::object;

/// What the files call themselves.
pub(super) const FORMAT: &str = "lmq-notes";

/// Version that we write, and the last one that we read.
pub(super) const VERSION: u64 = 1;

/// Keys of a note.
const KEYS: &[&str] = &[
    "id", "key", "deck", "kind", "fields", "tags", "source", "topic", "speaker", "hint", "extra", "group", "after",
    "held_out", "form", "markup", "media",
];

/// Decks of a document at most: their heads are held all at once.
const MOST_DECKS: usize = 100_000;

/// Bytes of the longest note.
const LONGEST_NOTE: usize = 16 << 20;

/// The importer and exporter `json`.
pub(super) struct JsonDocument;
