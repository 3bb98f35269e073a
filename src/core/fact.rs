//! Facts: what happened to notes, decks, settings and the log itself. With events they are all that the log holds.
//!
//! Words never lie in a fact: they are text records under the fact's own name, so that they can be erased.

use crate::core::compare::answer::Weights;
use crate::core::id::ActionId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::study_day::StudyDay;
use crate::core::tried::Tried;
use serde::Deserialize;
use serde::Serialize;

/// The highest position of a note or deck, and its opposite the lowest: every program that reads JSON has it exactly.
pub const LAST_POSITION: i64 = 1 << 53;

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Erasure {
    /// All texts of a note and what was typed to its cards.
    Note(NoteUid),
    /// The head and the topics of a deck, by its id.
    Deck(String),
    /// What was typed to the cards of any note.
    Typed,
}

impl Erasure {
    /// The note, if it is of one.
    #[must_use]
    pub fn note(&self) -> Option<&NoteUid> {
        match self {
            Self::Note(note) => Some(note),
            Self::Deck(_) | Self::Typed => None,
        }
    }

    /// The deck, if it is of one.
    #[must_use]
    pub fn deck(&self) -> Option<&str> {
        match self {
            Self::Deck(deck) => Some(deck),
            Self::Note(_) | Self::Typed => None,
        }
    }
}

/// Something that happened to no single card. Kinds that name a note, deck or alias are registers of it; which fact of
/// them wins is core's `registers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A source gave a note its text (the text record), place and order: source register.
    Brought {
        /// The note.
        note: NoteUid,
        /// Id of the deck that the source puts it into.
        deck: String,
        /// Its place in the order of that deck.
        position: i64,
        /// The edition of a built-in deck; 0 for everything else.
        edition: u32,
    },
    /// A source no longer has a note: source register.
    Gone {
        /// The note.
        note: NoteUid,
    },
    /// A source gave a note another place in its order, and nothing else.
    Ordered {
        /// The note.
        note: NoteUid,
        /// Its place in the order of its deck.
        position: i64,
    },
    /// The learner gave a note a text (the text record): own register. Its tags are not part of it.
    Edited {
        /// The note.
        note: NoteUid,
    },
    /// The learner took their own text back: the source's is shown.
    Cleared {
        /// The note.
        note: NoteUid,
    },
    /// The learner gave a note a tag (the text record).
    Tagged {
        /// The note.
        note: NoteUid,
    },
    /// The learner took a tag (the text record) from a note.
    Untagged {
        /// The note.
        note: NoteUid,
    },
    /// The learner put a note into a deck.
    Placed {
        /// The note.
        note: NoteUid,
        /// The deck's id.
        deck: String,
        /// Its place in the deck's order, where it gets one; else it keeps its own.
        position: Option<i64>,
    },
    /// The learner deleted a note.
    Deleted {
        /// The note.
        note: NoteUid,
    },
    /// The learner brought a deleted note back.
    Revived {
        /// The note.
        note: NoteUid,
    },
    /// The learner gave a note another key (the text record).
    Keyed {
        /// The note.
        note: NoteUid,
    },
    /// A uid is another name of a note.
    Aliased {
        /// The other name.
        alias: NoteUid,
        /// The note.
        note: NoteUid,
    },
    /// A source gave a deck its head (the text record, [`Head`]).
    Head {
        /// The deck's id.
        deck: String,
        /// The edition of a built-in deck; 0 for everything else.
        edition: u32,
    },
    /// The learner gave a deck another name (the text record).
    Renamed {
        /// The deck's id.
        deck: String,
    },
    /// A source gave a deck a topic (the text record, [`TopicText`]).
    Topic {
        /// The deck's id.
        deck: String,
        /// The edition of a built-in deck; 0 for everything else.
        edition: u32,
    },
    /// The learner hid a deck, or showed it again.
    Hidden {
        /// The deck's id.
        deck: String,
        /// Whether it is hidden from now on.
        hidden: bool,
    },
    /// From now on a deck's answers go to this scheduler.
    Scheduler {
        /// The deck's id.
        deck: String,
        /// The scheduler's configuration; `None` for the settings' own.
        config: Option<ConfigId>,
    },
    /// An action was taken back. It may itself be an undo; undoing that one is a redo.
    Undone {
        /// The action that no longer counts.
        action: ActionId,
        /// What tells that action from another one of that name, where it is another device's.
        mark: Option<ChainMark>,
    },
    /// A setting of the writing device was changed (the text record, [`SettingChange`]).
    Configured,
    /// A break was announced: until a day nothing is due.
    Paused {
        /// The first study day on which cards are asked again.
        until: StudyDay,
    },
    /// The break was ended.
    Resumed,
    /// Texts up to this fact were erased, whoever wrote them.
    Erased {
        /// Which.
        what: Erasure,
    },
    /// What another device had written from a number on was taken over by this one, a fork of it: its log is told apart.
    TookOver {
        /// The device that had written it.
        device: DeviceId,
        /// The number of the first entry that was taken over.
        from: u64,
        /// The number of the last one.
        to: u64,
        /// The hash of the chain after the last one.
        chain: ChainHash,
    },
    /// Asked whether they did the line to do of a topic (its id is the text record), the learner answered.
    Tried {
        /// The deck's id.
        deck: String,
        /// What they said.
        tried: Tried,
    },
}

impl Fact {
    /// Its number in the log. Fixed for ever.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Brought { .. } => 1,
            Self::Gone { .. } => 2,
            Self::Ordered { .. } => 3,
            Self::Edited { .. } => 4,
            Self::Cleared { .. } => 5,
            Self::Tagged { .. } => 6,
            Self::Untagged { .. } => 7,
            Self::Placed { .. } => 8,
            Self::Deleted { .. } => 9,
            Self::Revived { .. } => 10,
            Self::Keyed { .. } => 11,
            Self::Aliased { .. } => 12,
            Self::Head { .. } => 13,
            Self::Renamed { .. } => 14,
            Self::Topic { .. } => 15,
            Self::Scheduler { .. } => 16,
            Self::Undone { .. } => 17,
            Self::Configured => 18,
            Self::Paused { .. } => 19,
            Self::Resumed => 20,
            Self::Erased { .. } => 21,
            Self::TookOver { .. } => 22,
            Self::Tried { .. } => 23,
            Self::Hidden { .. } => 24,
        }
    }

    /// Its name in JSON and in the views.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Brought { .. } => "brought",
            Self::Gone { .. } => "gone",
            Self::Ordered { .. } => "ordered",
            Self::Edited { .. } => "edited",
            Self::Cleared { .. } => "cleared",
            Self::Tagged { .. } => "tagged",
            Self::Untagged { .. } => "untagged",
            Self::Placed { .. } => "placed",
            Self::Deleted { .. } => "deleted",
            Self::Revived { .. } => "revived",
            Self::Keyed { .. } => "keyed",
            Self::Aliased { .. } => "aliased",
            Self::Head { .. } => "head",
            Self::Renamed { .. } => "renamed",
            Self::Topic { .. } => "topic",
            Self::Scheduler { .. } => "scheduler",
            Self::Undone { .. } => "undone",
            Self::Configured => "configured",
            Self::Paused { .. } => "paused",
            Self::Resumed => "resumed",
            Self::Erased { .. } => "erased",
            Self::TookOver { .. } => "took-over",
            Self::Tried { .. } => "tried",
            Self::Hidden { .. } => "hidden",
        }
    }

    /// Whether it comes with a text record.
    #[must_use]
    pub fn has_text(&self) -> bool {
        match self {
            Self::Brought { .. }
            | Self::Edited { .. }
            | Self::Tagged { .. }
            | Self::Untagged { .. }
            | Self::Keyed { .. }
            | Self::Head { .. }
            | Self::Renamed { .. }
            | Self::Topic { .. }
            | Self::Configured
            | Self::Tried { .. } => true,
            Self::Gone { .. }
            | Self::Ordered { .. }
            | Self::Cleared { .. }
            | Self::Placed { .. }
            | Self::Deleted { .. }
            | Self::Revived { .. }
            | Self::Aliased { .. }
            | Self::Scheduler { .. }
            | Self::Hidden { .. }
            | Self::Undone { .. }
            | Self::Paused { .. }
            | Self::Resumed
            | Self::Erased { .. }
            | Self::TookOver { .. } => false,
        }
    }

    /// What it is about. The one place that sorts all facts by who reads them: a new fact needs its arm here, and then
    /// only where facts about the same thing are read.
    #[must_use]
    pub fn about(&self) -> About<'_> {
        match self {
            Self::Brought { note, deck, position, edition } => {
                About::Note(*note, NoteFact::Brought { deck, position: *position, edition: *edition })
            }
            Self::Gone { note } => About::Note(*note, NoteFact::Gone),
            Self::Ordered { note, position } => About::Note(*note, NoteFact::Ordered { position: *position }),
            Self::Edited { note } => About::Note(*note, NoteFact::Edited),
            Self::Cleared { note } => About::Note(*note, NoteFact::Cleared),
            Self::Tagged { note } => About::Note(*note, NoteFact::Tagged),
            Self::Untagged { note } => About::Note(*note, NoteFact::Untagged),
            Self::Placed { note, deck, position } => About::Note(*note, NoteFact::Placed { deck, position: *position }),
            Self::Deleted { note } => About::Note(*note, NoteFact::Deleted),
            Self::Revived { note } => About::Note(*note, NoteFact::Revived),
            Self::Keyed { note } => About::Note(*note, NoteFact::Keyed),
            Self::Aliased { alias, note } => About::Alias { alias: *alias, note: *note },
            Self::Head { deck, edition } => About::Deck(deck, DeckFact::Head { edition: *edition }),
            Self::Renamed { deck } => About::Deck(deck, DeckFact::Renamed),
            Self::Topic { deck, edition } => About::Deck(deck, DeckFact::Topic { edition: *edition }),
            Self::Scheduler { deck, config } => About::Deck(deck, DeckFact::Scheduler { config: *config }),
            Self::Tried { deck, .. } => About::Deck(deck, DeckFact::Tried),
            Self::Hidden { deck, hidden } => About::Deck(deck, DeckFact::Hidden { hidden: *hidden }),
            Self::Paused { until } => About::Pause { until: Some(*until) },
            Self::Resumed => About::Pause { until: None },
            Self::Erased { what } => About::Erasure(what),
            Self::Undone { .. } | Self::Configured | Self::TookOver { .. } => About::Log,
        }
    }

    /// The note that it is about; for `aliased` the other name, which it is a register of.
    #[must_use]
    pub fn note(&self) -> Option<NoteUid> {
        match self.about() {
            About::Note(note, _) | About::Alias { alias: note, .. } | About::Erasure(&Erasure::Note(note)) => {
                Some(note)
            }
            About::Deck(..) | About::Pause { .. } | About::Erasure(Erasure::Deck(_) | Erasure::Typed) | About::Log => {
                None
            }
        }
    }

    /// The deck that it is a register of, by id.
    #[must_use]
    pub fn deck(&self) -> Option<&str> {
        match self.about() {
            About::Deck(deck, _) => Some(deck),
            About::Erasure(Erasure::Deck(deck)) => Some(deck),
            About::Note(..)
            | About::Alias { .. }
            | About::Pause { .. }
            | About::Erasure(Erasure::Note(_) | Erasure::Typed)
            | About::Log => None,
        }
    }
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About<'f> {
    /// A note: a fact of its registers.
    Note(NoteUid, NoteFact<'f>),
    /// Another name of a note.
    Alias {
        /// The other name.
        alias: NoteUid,
        /// The note.
        note: NoteUid,
    },
    /// A deck, by its id: a fact of its registers.
    Deck(&'f str, DeckFact),
    /// A break.
    Pause {
        /// Its end; `None` where it was ended early.
        until: Option<StudyDay>,
    },
    /// Texts that were erased.
    Erasure(&'f Erasure),
    /// The log itself, the settings or the device.
    Log,
}

/// A [`Fact`] about a note, without the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is explained at the fact of the same name")]
pub enum NoteFact<'f> {
    Brought { deck: &'f str, position: i64, edition: u32 },
    Gone,
    Ordered { position: i64 },
    Edited,
    Cleared,
    Tagged,
    Untagged,
    Placed { deck: &'f str, position: Option<i64> },
    Deleted,
    Revived,
    Keyed,
}

/// A [`Fact`] about a deck, without the deck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is explained at the fact of the same name")]
pub enum DeckFact {
    Head { edition: u32 },
    Renamed,
    Topic { edition: u32 },
    Scheduler { config: Option<ConfigId> },
    Tried,
    Hidden { hidden: bool },
}

/// The head of a deck, as its source says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Path-like name.
    pub name: String,
    /// Title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Version of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Its `sequence`: the order in which topics, its own and those of other decks, give their new cards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequence: Vec<String>,
    /// What counts in typed answers.
    #[serde(default, skip_serializing_if = "Weights::is_empty")]
    pub weights: Weights,
    /// What topics and sources are named in, where it is not the deck's id: the built-in decks share one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Where the deck comes from: `builtin`, `file` or `made`.
    #[serde(default = "Head::from_a_file")]
    pub origin: String,
}

impl Head {
    fn from_a_file() -> String {
        "file".to_owned()
    }
}

impl Default for Head {
    fn default() -> Self {
        Self {
            name: String::new(),
            title: None,
            description: None,
            language: None,
            license: None,
            version: None,
            sequence: Vec::new(),
            weights: Weights::default(),
            namespace: None,
            origin: Self::from_a_file(),
        }
    }
}

/// A topic of a deck, as its source says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicText {
    /// Its id in the deck.
    pub id: String,
    /// Title.
    pub title: String,
    /// What is read before its first card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primer: Option<String>,
    /// A line to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub try_line: Option<String>,
    /// Its place among the topics of the deck.
    #[serde(default)]
    pub position: u32,
}

/// What of the settings was changed, with names only: `configured` facts keep it as their text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum SettingChange {
    /// One setting, by its dotted name; values as the settings file has them, `None` where it has none.
    Setting {
        /// The dotted name.
        key: String,
        /// The value before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<String>,
        /// The value after.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new: Option<String>,
    },
}

/// The hash of a device's log up to an action: the first 16 bytes of SHA-256 over the one before and all that the action
/// wrote, texts by their hashes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ChainHash(pub [u8; 16]);

impl std::fmt::Display for ChainHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        crate::core::id::hex(&self.0, f)
    }
}

impl std::fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChainHash({self})")
    }
}

impl ChainHash {
    /// Reads 32 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        NoteUid::from_hex(text).filter(|_| text.len() == 32).map(|uid| Self(uid.0))
    }

    /// What tells it from another one: its first four bytes.
    #[must_use]
    pub fn mark(self) -> ChainMark {
        let [a, b, c, d, ..] = self.0;
        ChainMark([a, b, c, d])
    }
}

/// The first four bytes of the hash of a log after an action. Two copies of a database that both went on may give two actions
/// one name: a reference from another device says by these which of them it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainMark(pub [u8; 4]);
