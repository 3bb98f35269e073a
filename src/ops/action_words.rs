//! What a step was, in words: made when it is shown, and nowhere else. The log keeps kinds, names and numbers.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::EventKind;
use crate::core::fact::ChainMark;
use crate::core::fact::Fact;
use crate::core::fact::SettingChange;
use crate::core::id::ActionId;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::ops::settings;
use crate::store::ActionLine;
use crate::store::Store;
use crate::store::StoreError;

/// Decks that an import names; more are counted.
const DECKS_SHOWN: usize = 3;

/// What was done to cards or notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done<'d> {
    Suspended,
    PutBack,
    Buried(Option<StudyDay>),
    Unburied,
    Marked,
    Unmarked,
    Flagged(u8),
    MadeNew,
    SetDue(Option<StudyDay>),
    Tagged(Option<&'d str>),
    Untagged(Option<&'d str>),
    Moved(&'d str),
    Deleted,
    Revived,
}

impl Done<'_> {
    /// The whole of it, as in `suspended 12 cards`.
    pub(super) fn to(self, what: &str) -> String {
        match self {
            Self::Suspended => format!("suspended {what}"),
            Self::PutBack => format!("put back {what}"),
            Self::Buried(Some(until)) => format!("buried {what} until {}", until.iso()),
            Self::Buried(None) => format!("buried {what}"),
            Self::Unburied => format!("no longer buried: {what}"),
            Self::Marked => format!("marked {what}"),
            Self::Unmarked => format!("no longer marked: {what}"),
            Self::Flagged(0) => format!("took the flag from {what}"),
            Self::Flagged(flag) => format!("gave flag {flag} to {what}"),
            Self::MadeNew => format!("made new again: {what}"),
            Self::SetDue(Some(day)) => format!("set to fall due: {what} on {}", day.iso()),
            Self::SetDue(None) => format!("set to fall due: {what}"),
            Self::Tagged(Some(tag)) => format!("tagged {what} `{}`", one_line(tag)),
            Self::Tagged(None) => format!("tagged {what}"),
            Self::Untagged(Some(tag)) => format!("took a tag from {what}: `{}`", one_line(tag)),
            Self::Untagged(None) => format!("took a tag from {what}"),
            Self::Moved(deck) => format!("moved {what} to `{}`", one_line(deck)),
            Self::Deleted => format!("deleted {what}"),
            Self::Revived => format!("brought back {what}"),
        }
    }
}

/// A step in a few words: `answered team/owner Good`, `suspended 12 cards`, `set new_per_day to 5`.
#[must_use]
pub fn words(line: &ActionLine) -> String {
    let (card, note) = (|| cards(line), || notes(line));
    match line.kind {
        ActionKind::Answer => {
            let grade = line.first.as_ref().and_then(EventKind::answer);
            let grade = grade.map_or_else(String::new, |(quality, _)| format!(" {}", quality.button().name()));
            format!("answered {}{grade}", card())
        }
        ActionKind::Checkup => "answered a scene of a check-up".to_owned(),
        ActionKind::Bury | ActionKind::Suspend | ActionKind::Mark | ActionKind::Flag | ActionKind::Schedule => {
            done_to_cards(line).to(&card())
        }
        ActionKind::Add => {
            let asked = line.prompt.as_deref().map(one_line).filter(|_| line.notes <= 1);
            format!("added to {}: {}", deck(line), asked.unwrap_or_else(note))
        }
        ActionKind::Import => imported(line),
        ActionKind::Builtin => "brought the built-in decks".to_owned(),
        ActionKind::Edit => {
            format!("edited {}{}", note(), if line.restarts { ", with another meaning" } else { "" })
        }
        ActionKind::Tag => match &line.fact {
            Some(Fact::Tagged { .. }) => Done::Tagged(line.words.as_deref()).to(&note()),
            Some(Fact::Untagged { .. }) => Done::Untagged(line.words.as_deref()).to(&note()),
            // The tag went into the followed file of the note, as a part of its text.
            _ => format!("changed a tag of {}", note()),
        },
        ActionKind::Move => Done::Moved(&deck(line)).to(&note()),
        // An empty deck has no notes that went with it.
        ActionKind::Delete if matches!(line.fact, Some(Fact::Hidden { .. })) => format!("removed {}", of_decks(line)),
        ActionKind::Delete => Done::Deleted.to(&note()),
        ActionKind::Revive => Done::Revived.to(&note()),
        ActionKind::Rename => match (&line.subject, &line.words) {
            (Subject::Deck(_), Some(new)) => format!("renamed the deck {} to {}", deck(line), one_line(new)),
            _ => "renamed decks".to_owned(),
        },
        ActionKind::Configure => configured(line),
        ActionKind::Pause => match &line.fact {
            Some(Fact::Paused { until }) => format!("paused until {}", until.iso()),
            _ => "ended the break".to_owned(),
        },
        ActionKind::Deck => about_decks(line),
        ActionKind::Scheduler => format!("gave {} another scheduler", deck(line)),
        ActionKind::Tried => match &line.fact {
            Some(Fact::Tried { tried, .. }) => format!("answered \"Did you?\" with {}", tried.name().replace('-', " ")),
            _ => "answered \"Did you?\"".to_owned(),
        },
        ActionKind::Undo => "took back a step, or brought one back".to_owned(),
        ActionKind::Forget => "erased texts for good".to_owned(),
        ActionKind::Fork => "separated two copies of this database".to_owned(),
    }
}

/// The deck or decks that it is about.
fn of_decks(line: &ActionLine) -> String {
    match line.decks.len() {
        0 | 1 => format!("the deck {}", deck(line)),
        more => counted(more, "deck", "decks"),
    }
}

/// What was done to decks: shown by what the step wrote first, and whether notes went or came with it.
fn about_decks(line: &ActionLine) -> String {
    let decks = of_decks(line);
    match &line.fact {
        Some(Fact::Head { .. }) => format!("added {decks}"),
        Some(Fact::Hidden { hidden: true, .. }) if line.notes > 0 => {
            // Its notes are fewer than the cards that were counted when it was removed.
            format!("removed {decks} with all cards")
        }
        Some(Fact::Hidden { hidden: true, .. }) => format!("hid {decks}"),
        Some(Fact::Hidden { hidden: false, .. }) => format!("showed {decks} again"),
        _ => format!("changed {decks}"),
    }
}

/// What an undo did that names an action, as `lmq undo` says it: `undid: answered team/owner Good`. `None` where that action
/// is not here.
///
/// # Errors
/// When the database can't be read.
pub fn of_undo(store: &Store, action: ActionId, mark: Option<ChainMark>) -> Result<Option<String>, StoreError> {
    let Some(line) = store.undone_line(action, mark)? else { return Ok(None) };
    let Some(Fact::Undone { action, mark }) = line.fact else { return Ok(Some(format!("undid: {}", words(&line)))) };
    // An undo that is taken back brings back what it took.
    Ok(store.undone_line(action, mark)?.map(|line| format!("brought back: {}", words(&line))))
}

fn done_to_cards(line: &ActionLine) -> Done<'_> {
    let day = match &line.subject {
        Subject::Day(day) => Some(*day),
        Subject::None | Subject::Card(_) | Subject::Note(_) | Subject::Deck(_) => line.due,
    };
    match &line.first {
        Some(EventKind::Suspended) => Done::Suspended,
        Some(EventKind::Unsuspended) => Done::PutBack,
        Some(EventKind::Buried { until }) => Done::Buried(Some(*until)),
        Some(EventKind::Unburied) => Done::Unburied,
        Some(EventKind::Marked) => Done::Marked,
        Some(EventKind::Unmarked) => Done::Unmarked,
        Some(EventKind::Flagged { flag }) => Done::Flagged(*flag),
        Some(EventKind::Reset) => Done::MadeNew,
        Some(EventKind::Rescheduled) => Done::SetDue(day),
        _ => match line.kind {
            ActionKind::Bury => Done::Buried(day),
            ActionKind::Mark => Done::Marked,
            ActionKind::Schedule => Done::SetDue(day),
            _ => Done::Suspended,
        },
    }
}

fn imported(line: &ActionLine) -> String {
    let shown: Vec<String> = line.decks.iter().take(DECKS_SHOWN).map(|name| one_line(name)).collect();
    let more = match line.decks.len().saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(" and {}", counted(more, "more deck", "more decks")),
    };
    let decks = format!("{}{more}", shown.join(", "));
    match (line.notes, shown.is_empty()) {
        (0, true) => "imported a file".to_owned(),
        (0, false) => format!("imported the head of {decks}"),
        (count, true) => format!("imported {}", counted_notes(count)),
        (count, false) => format!("imported {} into {decks}", counted_notes(count)),
    }
}

fn configured(line: &ActionLine) -> String {
    line.change.as_ref().map_or_else(|| "changed a setting".to_owned(), change)
}

/// A change of the settings in a few words.
#[must_use]
pub fn change(change: &SettingChange) -> String {
    let SettingChange::Setting { key, new, .. } = change;
    match (settings::saved_search(key), new) {
        (Some(name), Some(_)) => format!("saved the search `{}`", one_line(&name)),
        (Some(name), None) => format!("removed the saved search `{}`", one_line(&name)),
        (None, Some(new)) => format!("set {} to {}", settings::in_words(key), one_line(new)),
        (None, None) => format!("reset {}", settings::in_words(key)),
    }
}

fn counted_notes(count: u64) -> String {
    counted(count, "note", "notes")
}

/// The deck that it is about.
fn deck(line: &ActionLine) -> String {
    match (line.decks.as_slice(), &line.subject) {
        ([name, ..], _) => one_line(name),
        ([], Subject::Deck(id)) => one_line(id),
        ([], _) => "a deck".to_owned(),
    }
}

/// The cards that it is about: what one is known by, the number of several.
fn cards(line: &ActionLine) -> String {
    if line.cards > 1 {
        return counted(line.cards, "card", "cards");
    }
    line.name.as_deref().map_or_else(|| "a card".to_owned(), one_line)
}

/// The notes that it is about, in the same way.
fn notes(line: &ActionLine) -> String {
    if line.notes > 1 {
        return counted_notes(line.notes);
    }
    line.name.as_deref().map_or_else(|| "a note".to_owned(), one_line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grade::Quality;
    use crate::core::id::DeviceId;
    use crate::core::id::NoteUid;
    use crate::core::study_day::Timestamp;
    use crate::core::units::Millis;

    fn line(kind: ActionKind) -> ActionLine {
        ActionLine {
            id: ActionId { device: DeviceId([1; 16]), number: 1 },
            kind,
            subject: Subject::None,
            at: Timestamp { unix_ms: 0, offset_min: 0 },
            cards: 0,
            notes: 0,
            voided: false,
            first: None,
            name: None,
            prompt: None,
            due: None,
            fact: None,
            words: None,
            change: None,
            decks: Vec::new(),
            restarts: false,
        }
    }

    fn on_cards(kind: ActionKind, first: EventKind, cards: u64) -> ActionLine {
        let name = (cards == 1).then(|| "team/owner".to_owned());
        ActionLine { first: Some(first), cards, name, ..line(kind) }
    }

    #[test]
    fn every_kind_has_words_whatever_is_missing() {
        for kind in ActionKind::ALL {
            let words = words(&line(*kind));
            assert!(!words.is_empty() && !words.contains("  ") && words.trim() == words, "{kind:?}: {words:?}");
        }
    }

    #[test]
    fn steps_on_cards_name_one_and_count_several() {
        let day = StudyDay::from_date("2026-02-01".parse().unwrap());
        let answered = EventKind::Answered { quality: Quality::Q4, took: Millis(0) };
        let due =
            ActionLine { subject: Subject::Day(day), ..on_cards(ActionKind::Schedule, EventKind::Rescheduled, 2) };
        let lone = ActionLine { due: Some(day), ..on_cards(ActionKind::Schedule, EventKind::Rescheduled, 1) };
        for (line, expected) in [
            (on_cards(ActionKind::Answer, answered, 1), "answered team/owner Good"),
            (on_cards(ActionKind::Suspend, EventKind::Suspended, 12), "suspended 12 cards"),
            (on_cards(ActionKind::Suspend, EventKind::Unsuspended, 1), "put back team/owner"),
            (on_cards(ActionKind::Bury, EventKind::Buried { until: day }, 3), "buried 3 cards until 2026-02-01"),
            (on_cards(ActionKind::Mark, EventKind::Unmarked, 1), "no longer marked: team/owner"),
            (on_cards(ActionKind::Schedule, EventKind::Reset, 2), "made new again: 2 cards"),
            (due, "set to fall due: 2 cards on 2026-02-01"),
            (lone, "set to fall due: team/owner on 2026-02-01"),
        ] {
            assert_eq!(words(&line), expected);
        }
    }

    #[test]
    fn steps_on_notes_decks_and_settings_say_what_was_changed() {
        let note = NoteUid::of_key("team", "owner");
        let on_notes = |kind, notes| ActionLine { notes, name: Some("team/owner".to_owned()), ..line(kind) };
        let text = |text: &str| Some(text.to_owned());
        let in_deck = |deck: &str, line| ActionLine { decks: vec![deck.to_owned()], ..line };
        let set = |key: &str, new: Option<&str>| {
            let change = SettingChange::Setting { key: key.to_owned(), old: None, new: new.map(str::to_owned) };
            ActionLine { change: Some(change), ..line(ActionKind::Configure) }
        };
        let decks = |decks: &[&str], notes| ActionLine {
            decks: decks.iter().map(|name| (*name).to_owned()).collect(),
            notes,
            ..line(ActionKind::Import)
        };
        for (line, expected) in [
            (on_notes(ActionKind::Edit, 1), "edited team/owner"),
            (on_notes(ActionKind::Edit, 2), "edited 2 notes"),
            (
                ActionLine { restarts: true, cards: 1, ..on_notes(ActionKind::Edit, 1) },
                "edited team/owner, with another meaning",
            ),
            (
                ActionLine { fact: Some(Fact::Tagged { note }), words: text("q1"), ..on_notes(ActionKind::Tag, 3) },
                "tagged 3 notes `q1`",
            ),
            (
                ActionLine { fact: Some(Fact::Untagged { note }), words: text("q1"), ..on_notes(ActionKind::Tag, 1) },
                "took a tag from team/owner: `q1`",
            ),
            (in_deck("Geo", on_notes(ActionKind::Move, 2)), "moved 2 notes to `Geo`"),
            (in_deck("team", on_notes(ActionKind::Add, 1)), "added to team: team/owner"),
            (
                ActionLine { prompt: text("Who?"), ..in_deck("team", on_notes(ActionKind::Add, 1)) },
                "added to team: Who?",
            ),
            (
                ActionLine {
                    subject: Subject::Deck("team".to_owned()),
                    words: text("work::team"),
                    ..line(ActionKind::Rename)
                },
                "renamed the deck team to work::team",
            ),
            (set("new_per_day", Some("5")), "set new_per_day to 5"),
            (set("deck.\"work::team\".new_per_day", Some("2")), "set new_per_day in work::team to 2"),
            (set("scale", None), "reset scale"),
            (decks(&["team"], 1), "imported 1 note into team"),
            (decks(&["a", "b", "c", "d", "e"], 7), "imported 7 notes into a, b, c and 2 more decks"),
        ] {
            assert_eq!(words(&line), expected);
        }
    }
}
