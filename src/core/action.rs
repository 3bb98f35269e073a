//! Actions: the steps that a person sees, each committed whole.

use crate::core::event::EventKind;
use crate::core::event::Span;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use std::fmt;

macro_rules! action_kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal;)*) => {
        /// What kind of step an action is. A closed set; numbers and names are fixed for ever.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ActionKind {
            $($(#[$doc])* $variant,)*
        }

        impl ActionKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its number in the log.
            #[must_use]
            pub fn code(self) -> u8 {
                match self { $(Self::$variant => $code,)* }
            }

            /// Its name in JSON and in the views.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

action_kinds! {
    /// A card was answered, with what followed from that.
    Answer = 1, "answer";
    /// A check-up scene was answered.
    Checkup = 2, "checkup";
    /// Cards were held back, or no longer.
    Bury = 3, "bury";
    /// Cards were taken out of reviews, or put back.
    Suspend = 4, "suspend";
    /// Cards were given the star, or lost it.
    Mark = 5, "mark";
    /// Cards were flagged.
    Flag = 6, "flag";
    /// Cards were made new again, or their due day was set.
    Schedule = 7, "schedule";
    /// A card was added by hand.
    Add = 8, "add";
    /// A file was imported.
    Import = 9, "import";
    /// The program brought an edition of its own decks.
    Builtin = 10, "builtin";
    /// Texts or keys of notes were changed.
    Edit = 11, "edit";
    /// Notes were given a tag, or lost it.
    Tag = 12, "tag";
    /// Notes were moved to another deck.
    Move = 13, "move";
    /// Notes were deleted.
    Delete = 14, "delete";
    /// Deleted notes were brought back.
    Revive = 15, "revive";
    /// Decks were given another name.
    Rename = 16, "rename";
    /// A setting of this device was changed.
    Configure = 17, "configure";
    /// A break was announced or ended.
    Pause = 18, "pause";
    /// A deck was given to another scheduler.
    Scheduler = 19, "scheduler";
    /// An action was taken back, or brought back.
    Undo = 20, "undo";
    /// Texts were erased.
    Forget = 21, "forget";
    /// What two copies of one device had written under the same numbers was told apart.
    Fork = 22, "fork";
    /// Whether a line to do was done was said.
    Tried = 23, "tried";
    /// Decks were made, hidden, shown again or removed.
    Deck = 24, "deck";
}

impl ActionKind {
    /// The kind of that number; `None` for one that this program does not know.
    #[must_use]
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// The kind of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The kind of an action that is one event and nothing else: such an action has no row of its own.
    #[must_use]
    pub fn of_lone(event: &EventKind) -> Self {
        match event {
            EventKind::Answered { .. } | EventKind::Crammed { .. } => Self::Answer,
            EventKind::Checked { .. } => Self::Checkup,
            EventKind::Buried { .. } | EventKind::Unburied => Self::Bury,
            EventKind::Suspended | EventKind::Unsuspended => Self::Suspend,
            EventKind::Marked | EventKind::Unmarked => Self::Mark,
            EventKind::Flagged { .. } => Self::Flag,
            EventKind::Rescheduled | EventKind::Reset => Self::Schedule,
            EventKind::Imported { .. } | EventKind::Adopted => Self::Import,
            EventKind::Restarted => Self::Edit,
        }
    }

    /// Whether `lmq undo` offers it. The program's own decks, undos, erasures and forks are no steps of the person's.
    #[must_use]
    pub fn can_be_undone(self) -> bool {
        match self {
            Self::Builtin | Self::Undo | Self::Forget | Self::Fork => false,
            Self::Answer
            | Self::Checkup
            | Self::Bury
            | Self::Suspend
            | Self::Mark
            | Self::Flag
            | Self::Schedule
            | Self::Add
            | Self::Import
            | Self::Edit
            | Self::Tag
            | Self::Move
            | Self::Delete
            | Self::Revive
            | Self::Rename
            | Self::Configure
            | Self::Pause
            | Self::Scheduler
            | Self::Tried
            | Self::Deck => true,
        }
    }
}

/// What an action is about, by global names; never by words that a person wrote, since those can be erased.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Subject {
    /// Nothing in particular: its events and facts say it all.
    #[default]
    None,
    /// One card.
    Card(CardId),
    /// One note.
    Note(NoteUid),
    /// A deck, by its id.
    Deck(String),
    /// A day: until when, or due when.
    Day(StudyDay),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Card(card) => write!(f, "card:{card}"),
            Self::Note(note) => write!(f, "note:{note}"),
            Self::Deck(id) => write!(f, "deck:{id}"),
            Self::Day(day) => write!(f, "day:{}", day.0),
        }
    }
}

impl Subject {
    /// Reads the form that it is displayed in.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::None);
        }
        let (what, name) = text.split_once(':')?;
        Some(match what {
            "card" => Self::Card(CardId::parse(name)?),
            "note" => Self::Note(NoteUid::from_hex(name)?),
            "deck" => Self::Deck(name.to_owned()),
            "day" => Self::Day(StudyDay(name.parse().ok()?)),
            _ => return None,
        })
    }
}

/// One user-visible step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its name and its entries.
    pub span: Span,
    /// What kind of step.
    pub kind: ActionKind,
    /// What it is about.
    pub subject: Subject,
    /// When, with the local offset of that moment.
    pub at: Timestamp,
    /// On which study day.
    pub study_day: StudyDay,
    /// Its place in the order of all actions of all devices; rises strictly within its device.
    pub hlc: Hlc,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn kinds_come_back_from_their_numbers_and_names() {
        let codes: BTreeSet<u8> = ActionKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), ActionKind::ALL.len());
        for kind in ActionKind::ALL {
            assert_eq!(ActionKind::of_code(kind.code()), Some(*kind));
            assert_eq!(ActionKind::of_name(kind.name()), Some(*kind));
        }
    }

    #[test]
    fn subjects_come_back_from_their_text() {
        let note = NoteUid::of_key("a", "b");
        for subject in [
            Subject::None,
            Subject::Card(CardId { note, ordinal: 2 }),
            Subject::Note(note),
            Subject::Deck("a: b".to_owned()),
            Subject::Day(StudyDay(20_000)),
        ] {
            assert_eq!(Subject::parse(&subject.to_string()), Some(subject));
        }
        assert_eq!(Subject::parse("card:x"), None);
    }
}
