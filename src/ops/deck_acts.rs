//! What a person does with decks on a screen.

use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::decks;
use crate::ops::stamp;
use crate::ops::workspace::Workspace;

/// Something that is done with a deck and those inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeckAct {
    /// Leave it out of lists and daily reviews.
    Hide,
    /// Delete its notes.
    Remove,
    /// Give it this name.
    Rename(String),
    /// Show that one again, which is hidden.
    Show(String),
    /// End the break, for all of them.
    EndBreak,
}

impl Workspace<'_> {
    /// The names of the decks that are hidden.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn hidden_decks(&self) -> Result<Vec<String>, Failure> {
        let decks = self.store.bare_decks()?.into_iter();
        Ok(decks.filter(|deck| deck.hidden).map(|deck| deck.name).collect())
    }

    /// How many cards go with a deck that is removed.
    ///
    /// # Errors
    /// When there is no such deck, or the database can't be read.
    pub fn cards_to_remove(&self, deck: &str) -> Result<usize, Failure> {
        Ok(decks::removal(self.store, deck)?.cards)
    }

    /// Does something with a deck; says what was done, or nothing where nothing was to do.
    ///
    /// # Errors
    /// When there is no such deck, a name can't be had, or it can't be written.
    pub fn act_on_deck(&mut self, deck: &str, act: &DeckAct) -> Result<Option<String>, Failure> {
        let when = stamp(self.env, self.settings);
        let store = &mut *self.store;
        let (verb, names, more) = match act {
            DeckAct::Hide => ("Hid", decks::hide(store, when, deck)?, String::new()),
            DeckAct::Remove => {
                let removal = decks::removal(store, deck)?;
                decks::remove(store, when, &removal)?;
                let names = removal.decks.into_iter().map(|(_, name)| name).collect();
                ("Removed", names, format!(" with {}", counted(removal.cards, "card", "cards")))
            }
            DeckAct::Rename(new) => {
                let renamings = decks::renamings(store, deck, new)?;
                if !renamings.is_empty() {
                    decks::rename(store, when, &renamings)?;
                }
                let to =
                    renamings.first().map_or_else(String::new, |renaming| format!(" to {}", one_line(&renaming.new)));
                ("Renamed", renamings.into_iter().map(|renaming| renaming.old).take(1).collect(), to)
            }
            DeckAct::EndBreak => {
                let ended = crate::ops::pause::resume(store, when)?;
                ("Ended", ended.into_iter().map(|_| "the break".to_owned()).collect(), String::new())
            }
            DeckAct::Show(hidden) => ("Showing", decks::show(store, when, hidden)?.decks, String::new()),
        };
        let names: Vec<String> = names.iter().map(|name| one_line(name)).collect();
        Ok((!names.is_empty()).then(|| format!("{verb} {}{more}", names.join(", "))))
    }
}
