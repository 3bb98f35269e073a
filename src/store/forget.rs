//! Erasing words: the one thing that is ever taken out of the log.

use crate::core::event::Event;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::id::EventId;
use crate::store::Context;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use rusqlite::Connection;

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Texts whose words are gone.
    pub texts: u64,
    /// Notes that they were of.
    pub notes: u64,
    /// Paths of followed files that may still have them.
    pub followed: Vec<String>,
}

impl Store {
    /// Erases words, for good.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn forget(&mut self, _stamp: Stamp, _what: &[Erasure]) -> Result<Forgotten, StoreError> {
        Ok(Forgotten::default())
    }
}

impl Writer<'_> {
    /// Erases what an erasure that came by union covers.
    pub(super) fn erase_again(&mut self, _erasure: &Erasure) -> Result<(), StoreError> {
        Ok(())
    }
}
