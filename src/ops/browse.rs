//! What the list of cards asks for: which cards a query means, what stands on the lines in sight, and changes of many at once.

use crate::core::search::error::SearchError;
use crate::core::study_day::Ahead;
use crate::failure::Failure;
use crate::ops::bulk;
use crate::ops::bulk::BulkChange;
use crate::ops::decks::names;
use crate::ops::note_form::tags_of;
use crate::ops::search::asked;
use crate::ops::search::understood;
use crate::ops::settings;
use crate::ops::settings::searches;
use crate::ops::stamp;
use crate::ops::workspace::Workspace;
use std::collections::BTreeSet;

/// A card as lists show it.
pub use crate::store::CardLine;
/// A list in the making.
pub use crate::store::Listing;
/// A card of a list.
pub use crate::store::RowId;
/// How a list is sorted.
pub use crate::store::Sort;
/// By what a list is sorted.
pub use crate::store::SortBy;

/// What can be done to the cards of a list. Where one of these is done already, it is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Take them out of reviews, or put them back.
    Suspend,
    /// Hold them back until tomorrow, or no longer.
    Bury,
    /// Give them the star, or take it away.
    Mark,
    /// Give them the tags of a line.
    Tag(String),
    /// Take a tag from them.
    Untag(String),
    /// Move them into the deck of that name, which is made where there is none.
    Move(String),
    /// Let them fall due on a day, as a person writes it.
    SetDue(String),
    /// Make them new again.
    Reset,
    /// Delete their notes.
    Delete,
}

impl Workspace<'_> {
    /// Begins a list of the cards that a query means; the inner error says what is wrong with the query, and where.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn list(&self, query: &str, sort: Sort) -> Result<Result<Listing, SearchError>, Failure> {
        match understood(self.store, self.settings, query)? {
            Ok(query) => {
                let asked = asked(self.store, self.settings, self.today())?;
                Ok(Ok(self.store.list(query.for_list(), asked, sort)?))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    /// Saves a search under a name.
    ///
    /// # Errors
    /// When the name or the search can't be, or it can't be written.
    pub fn save_search(&mut self, name: &str, query: &str) -> Result<(), Failure> {
        let when = stamp(self.env, self.settings);
        searches::save(self.store, self.settings, when, &settings::path()?, name, query)
    }

    /// Gives a saved search another name.
    ///
    /// # Errors
    /// When the name can't be, or it can't be written.
    pub fn rename_search(&mut self, from: &str, to: &str) -> Result<(), Failure> {
        let when = stamp(self.env, self.settings);
        searches::rename(self.store, self.settings, when, &settings::path()?, from, to)
    }

    /// Removes a saved search.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn remove_search(&mut self, name: &str) -> Result<(), Failure> {
        let when = stamp(self.env, self.settings);
        searches::remove(self.store, self.settings, when, &settings::path()?, name)
    }

    /// Goes on with a list until it is whole, or `pause` wants a turn; whether it is whole.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn go_on(&self, listing: &mut Listing, pause: impl FnMut() -> bool) -> Result<bool, Failure> {
        Ok(self.store.go_on(listing, pause)?)
    }

    /// Keeps some of what a list made that saves time later; whether there is more of it.
    pub fn keep_made(&self, listing: &mut Listing) -> bool {
        self.store.keep_made(listing)
    }

    /// Rows with their texts and states.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn lines(&self, rows: &[RowId]) -> Result<Vec<(RowId, CardLine)>, Failure> {
        Ok(self.store.lines_of_rows(rows)?)
    }

    /// The tags that there are.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn tags(&self) -> Result<BTreeSet<String>, Failure> {
        Ok(self.store.known_tags()?)
    }

    /// The names of the decks that there are.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn decks(&self) -> Result<BTreeSet<String>, Failure> {
        names(self.store)
    }

    /// Does something to the cards of some rows, as one step; says what was done and to how many, in sentences without full
    /// stops.
    ///
    /// # Errors
    /// When it can't be done to any card, or not be written; nothing is changed then.
    pub fn act(&mut self, rows: &[RowId], act: &Act) -> Result<Vec<String>, Failure> {
        let when = stamp(self.env, self.settings);
        let today = when.today;
        let (change, back) = match act {
            Act::Suspend => (BulkChange::Suspend, Some(BulkChange::Unsuspend)),
            Act::Bury => (BulkChange::Bury(today.plus(1)), Some(BulkChange::Unbury)),
            Act::Mark => (BulkChange::Mark, Some(BulkChange::Unmark)),
            Act::Tag(line) => {
                // One that is there may have blanks.
                let is_known = line.contains(char::is_whitespace) && self.tags()?.contains(line.trim());
                let tags = if is_known { vec![line.trim().to_owned()] } else { tags_of(line) };
                (BulkChange::Tag(tags.iter().map(|tag| bulk::tag(tag)).collect::<Result<_, _>>()?), None)
            }
            Act::Untag(tag) => (BulkChange::Untag(bulk::tag(tag)?), None),
            Act::Move(deck) => (bulk::move_to(self.store, deck.trim())?, None),
            Act::SetDue(day) => {
                let Some(day) = Ahead::read(day.trim()) else {
                    return Err(Failure::usage(format!("`{}` is not a day", day.trim()))
                        .hint("write 2026-01-15, 7d for in seven days, today or tomorrow"));
                };
                (BulkChange::SetDue(day.resolve(today)), None)
            }
            Act::Reset => (BulkChange::Reset, None),
            Act::Delete => (BulkChange::Delete, None),
        };
        let cards = self.store.cards_of_rows(rows)?;
        let mut plan = bulk::plan(self.store, today, &cards, change)?;
        if let (0, Some(back)) = (plan.count(), back) {
            plan = bulk::plan(self.store, today, &cards, back)?;
        }
        let mut said = Vec::new();
        if plan.count() == 0 {
            said.push(format!("nothing to change in {}", plan.of(plan.left)));
        } else {
            let talk = bulk::apply(self.store, self.settings, when, &plan)?;
            let already = plan.left - plan.without_due;
            said.push(match already {
                0 => plan.label(),
                already => format!(
                    "{}; {} {} so already",
                    plan.label(),
                    plan.of(already),
                    if already == 1 { "was" } else { "were" }
                ),
            });
            said.extend(talk);
        }
        said.extend(plan.without_due_in_words());
        Ok(said)
    }
}
