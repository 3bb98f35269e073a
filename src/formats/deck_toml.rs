//! Deck files: TOML, one file a deck. docs/deck-format.md is for authors.

pub mod cards;
pub mod deck_fault;
mod faults;
pub mod patch;
mod read;
mod strings;
#[cfg(test)]
mod tests;
mod write;

pub use read::HeadPlaces;
pub use read::LARGEST;
pub use read::decode;
pub use read::parse;
pub use read::places;

use crate::formats::DeckHead;
use crate::formats::Item;
use crate::formats::Topic;

/// A deck file, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeckFile {
    /// The deck.
    pub head: DeckHead,
    /// Its topics, in the file's order.
    pub topics: Vec<Topic>,
    /// Its notes, in the file's order.
    pub notes: Vec<Item>,
}

/// The importer and exporter `toml`.
pub(super) struct DeckToml;
