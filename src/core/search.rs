//! The search language: which cards a line of words and conditions means. docs/search.md is for people.
//!
//! A condition is about a note (its text), or about a card (its deck, its state, its answers). So a search goes in two
//! steps, and reads no more than the query asks for: [`Query::on_note`] tests a text without parsing it,
//! [`Query::decide`] puts that together with what is known of a card, if it is needed at all.
//!
//! Here is the query, a tree of conditions; [`parse`] makes it of a line, [`scan`] reads the texts that it is asked of.

use crate::core::compare::search::plain;
use crate::core::grade::Quality;
use crate::core::search::condition::CardTest;
use crate::core::search::condition::NoteTest;
use crate::core::search::condition::Pattern;
use crate::core::search::error::SearchError;
use crate::core::search::error::SearchFault;
use crate::core::search::scan::Scratch;
use crate::core::settings::DeckRule;
use crate::core::settings::DeckRules;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::text::nearest;

mod condition;
pub mod error;
pub mod parse;
pub mod scan;

/// Conditions of a query at most: each is a bit.
const MOST_CONDITIONS: usize = 64;

/// Characters of a query at most: each sign of a word may be looked for in each card by itself.
const MOST_CHARS: usize = 2000;

/// The fields that a condition can be about.
pub const FIELDS: [&str; 15] = [
    "deck", "tag", "kind", "source", "topic", "speaker", "is", "ease", "interval", "lapses", "due", "reviewed",
    "rated", "added", "saved",
];

/// The states that `is:` knows.
pub const STATES: [&str; 9] = ["due", "new", "learning", "review", "suspended", "buried", "leech", "marked", "checkup"];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Note(usize),
    Card(CardTest),
}

/// A query, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    root: Node,
    notes: Vec<NoteTest>,
    decks: Vec<(Pattern, usize)>,
    needs: Needs,
    /// Whether a condition is about scenes of check-ups.
    names_held_out: bool,
    /// Whether what nobody learns is left out unless it is named.
    is_list: bool,
}

/// What has to be looked at to answer a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// Texts of notes.
    pub texts: bool,
    /// The days on which notes were added.
    pub added: bool,
    /// Words in texts, not only names of tags and the like.
    words: bool,
    /// States of cards.
    pub states: bool,
    /// Answers of so many days back.
    pub answers: Option<u32>,
}

/// What a condition on a note may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteFacts<'n> {
    /// The text as the database has it: the JSON of a [`NoteText`](crate::core::card::NoteText).
    pub body: &'n str,
    /// Its key.
    pub key: Option<&'n str>,
    /// Title of its topic.
    pub topic: Option<&'n str>,
    /// The study day on which it was added.
    pub added: Option<StudyDay>,
}

/// What a condition on a card may ask for.
#[derive(Debug, Clone, Copy)]
pub struct CardFacts<'c> {
    /// What [`Query::on_deck`] gave for its deck.
    pub decks: u64,
    /// The rule of its deck.
    pub rule: DeckRule,
    /// Its state.
    pub state: &'c CardState,
    /// Whether it may be asked: neither suspended nor kept for a check-up.
    pub offered: bool,
    /// Whether it is kept for check-ups.
    pub held_out: bool,
    /// Its answers that count, as far back as the query needs them.
    pub answers: &'c [(StudyDay, Quality)],
}

/// What a query is asked from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Today.
    pub today: StudyDay,
    /// The rules of decks: what is repeated, what is a leech.
    pub rules: DeckRules,
}

/// One card with everything that a query may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// Its note.
    pub note: NoteFacts<'s>,
    /// Id and name of its deck.
    pub deck: (&'s str, &'s str),
    /// Its state.
    pub state: &'s CardState,
    /// Whether it may be asked.
    pub offered: bool,
    /// Whether it is kept for check-ups.
    pub held_out: bool,
    /// Its answers.
    pub answers: &'s [(StudyDay, Quality)],
}

impl Query {
    /// The same for a list of cards: without scenes of check-ups, which their answers would give away, and without cards of hidden
    /// decks, unless it names these.
    #[must_use]
    pub fn for_list(self) -> Self {
        Self { is_list: true, ..self }
    }

    /// Whether it leaves out scenes of check-ups.
    #[must_use]
    pub fn leaves_out_held_out(&self) -> bool {
        self.is_list && !self.names_held_out
    }

    /// Whether it leaves out the cards of a hidden deck that fulfils these of its conditions on decks.
    #[must_use]
    pub fn leaves_out_hidden(&self, decks: u64) -> bool {
        self.is_list && decks == 0
    }

    /// What has to be looked at.
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// Which of its conditions on decks a deck fulfils, a bit each.
    #[must_use]
    pub fn on_deck(&self, id: &str, name: &str) -> u64 {
        bits(self.decks.iter().map(|(pattern, _)| pattern.is_or_holds(id) || pattern.is_or_holds(name)))
    }

    /// An error where a condition names a deck that is none of `decks` (ids and names).
    ///
    /// # Errors
    /// With the place of the name, and the nearest one.
    pub fn check_decks<'d>(
        &self,
        decks: impl IntoIterator<Item = (&'d str, &'d str)> + Clone,
    ) -> Result<(), SearchError> {
        for (pattern, at) in &self.decks {
            let mut all = decks.clone().into_iter();
            if pattern.text.is_empty() || all.any(|(id, name)| pattern.is_or_holds(id) || pattern.is_or_holds(name)) {
                continue;
            }
            let ids = || decks.clone().into_iter();
            let holds = |name: &str| plain(name).contains(&pattern.text);
            let near = nearest(&pattern.text, ids().map(|(id, _)| id))
                .or_else(|| ids().find(|(id, name)| holds(id) || holds(name)).map(|(id, _)| id))
                .map(str::to_owned);
            return Err(SearchError { at: *at, fault: SearchFault::UnknownDeck { name: pattern.text.clone(), near } });
        }
        Ok(())
    }

    /// Which of its conditions on notes a note fulfils, a bit each. `scratch` is for many notes in a row.
    #[must_use]
    pub fn on_note(&self, note: &NoteFacts<'_>, asked: &Asked, scratch: &mut Scratch) -> u64 {
        if self.needs.texts {
            if self.may_be_met(note, asked, scratch) {
                scratch.read(note, self.needs.words);
            } else {
                scratch.clear();
            }
        }
        bits(self.notes.iter().map(|test| test.holds(note, asked, scratch)))
    }

    /// Whether the fields of a note have to be read: its letters alone tell that most notes are not meant. Where the
    /// conditions that can't hold rule the note out, the others make no difference.
    fn may_be_met(&self, note: &NoteFacts<'_>, asked: &Asked, scratch: &mut Scratch) -> bool {
        let letters = if self.needs.words { scratch.letters(note) } else { "" };
        let may_hold = bits(self.notes.iter().map(|test| test.may_hold(letters, note)));
        may_hold != 0 && self.root.holds(Bits { known: !may_hold, holds: 0 }, None, asked) != Some(false)
    }

    /// Whether a card is meant, by what is known: `None` where that depends on the card, and there is none given.
    ///
    /// `notes` is what [`Query::on_note`] gave for its note, 0 where the query needs no texts.
    #[must_use]
    pub fn decide(&self, notes: u64, card: Option<&CardFacts<'_>>, asked: &Asked) -> Option<bool> {
        self.root.holds(Bits { known: u64::MAX, holds: notes }, card, asked)
    }

    /// Whether one card is meant.
    #[must_use]
    pub fn matches(&self, subject: &Subject<'_>, asked: &Asked) -> bool {
        let notes = self.on_note(&subject.note, asked, &mut Scratch::default());
        let card = CardFacts {
            decks: self.on_deck(subject.deck.0, subject.deck.1),
            rule: asked.rules.usual(),
            state: subject.state,
            offered: subject.offered,
            held_out: subject.held_out,
            answers: subject.answers,
        };
        self.decide(notes, Some(&card), asked) == Some(true)
    }
}

fn bits(tests: impl Iterator<Item = bool>) -> u64 {
    tests.enumerate().fold(0, |bits, (index, holds)| bits | (u64::from(holds) << index))
}

fn bit(bits: u64, index: usize) -> bool {
    bits >> index & 1 == 1
}

/// What is known of the conditions on a note.
#[derive(Debug, Clone, Copy)]
struct Bits {
    known: u64,
    holds: u64,
}

impl Node {
    fn holds(&self, notes: Bits, card: Option<&CardFacts<'_>>, asked: &Asked) -> Option<bool> {
        match self {
            Self::All(nodes) => {
                let mut all = Some(true);
                for node in nodes {
                    match node.holds(notes, card, asked) {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => all = None,
                    }
                }
                all
            }
            Self::Any(nodes) => {
                let mut any = Some(false);
                for node in nodes {
                    match node.holds(notes, card, asked) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => any = None,
                    }
                }
                any
            }
            Self::Not(node) => node.holds(notes, card, asked).map(|holds| !holds),
            Self::Note(index) => bit(notes.known, *index).then(|| bit(notes.holds, *index)),
            Self::Card(test) => card.map(|card| test.holds(card, asked)),
        }
    }
}

#[cfg(test)]
mod tests;
