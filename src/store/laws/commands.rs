//! What people may do on a device, by chance.

use proptest::prelude::*;

/// What a person may do on a device.
#[derive(Debug, Clone)]
pub(in crate::store) enum Command {
    Wait {
        days: u8,
    },
    ClockBack {
        hours: u8,
    },
    Answer {
        card: u8,
        quality: u8,
    },
    /// An answer after which the card comes back on a day of its own, as one step.
    Return {
        card: u8,
        quality: u8,
        days: u8,
    },
    /// How it was asked is known, and what was said.
    Typed {
        card: u8,
        quality: u8,
        asked: u8,
        words: u8,
    },
    Cram {
        card: u8,
        quality: u8,
    },
    Suspend {
        card: u8,
    },
    Unsuspend {
        card: u8,
    },
    Mark {
        card: u8,
    },
    Flag {
        card: u8,
        flag: u8,
    },
    Bury {
        card: u8,
    },
    Reset {
        card: u8,
    },
    Reschedule {
        card: u8,
        days: u8,
    },
    Undo,
    /// An older step than the newest.
    UndoOlder {
        which: u8,
    },
    Redo,
    Edit {
        note: u8,
        text: u8,
    },
    /// An edit after which the cards begin again.
    Restart {
        note: u8,
    },
    /// An edit that was carried into the file that the note comes from.
    Carry {
        note: u8,
        text: u8,
    },
    Rekey {
        note: u8,
        key: u8,
    },
    Tag {
        note: u8,
        tag: u8,
        on: bool,
    },
    Move {
        note: u8,
        deck: u8,
    },
    Rename {
        deck: u8,
        name: u8,
    },
    Delete {
        note: u8,
    },
    Revive {
        which: u8,
    },
    Add {
        text: u8,
    },
    Import {
        version: u8,
        reversed: bool,
    },
    ImportWith {
        version: u8,
        how: How,
    },
    Table {
        version: u8,
        reversed: bool,
    },
    Builtin {
        edition: u32,
    },
    /// Answers of another program, several as one step.
    History {
        card: u8,
        quality: u8,
        id: u8,
        days: u8,
    },
    /// Another program's state of a card.
    Adopt {
        card: u8,
        interval: u8,
        id: u8,
    },
    Scheduler {
        deck: u8,
        which: u8,
    },
    Hide {
        deck: u8,
        hidden: bool,
    },
    Setting {
        value: u8,
    },
    Pause {
        days: u8,
    },
    Resume,
    Tried {
        deck: u8,
        which: u8,
    },
    Check {
        card: u8,
        quality: u8,
    },
    Forget {
        what: u8,
    },
}

/// How a file is imported that is not just read.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) enum How {
    Into(u8),
    Theirs,
    Followed,
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![(0u8..2).prop_map(How::Into), Just(How::Theirs), Just(How::Followed)]
}

pub(in crate::store) fn command() -> impl Strategy<Value = Command> {
    let card = || 0u8..20;
    let note = || 0u8..9;
    let of_cards = prop_oneof![
        8 => (card(), 0u8..6).prop_map(|(card, quality)| Command::Answer { card, quality }),
        1 => (card(), 0u8..6, 1u8..40).prop_map(|(card, quality, days)| Command::Return { card, quality, days }),
        2 => (card(), 0u8..6, 0u8..6, 0u8..4)
            .prop_map(|(card, quality, asked, words)| Command::Typed { card, quality, asked, words }),
        1 => (card(), 0u8..6).prop_map(|(card, quality)| Command::Cram { card, quality }),
        1 => card().prop_map(|card| Command::Suspend { card }),
        1 => card().prop_map(|card| Command::Unsuspend { card }),
        1 => card().prop_map(|card| Command::Mark { card }),
        1 => (card(), 0u8..4).prop_map(|(card, flag)| Command::Flag { card, flag }),
        1 => card().prop_map(|card| Command::Bury { card }),
        1 => card().prop_map(|card| Command::Reset { card }),
        1 => (card(), 0u8..40).prop_map(|(card, days)| Command::Reschedule { card, days }),
        2 => (card(), 0u8..6, 0u8..3, 0u8..90)
            .prop_map(|(card, quality, id, days)| Command::History { card, quality, id, days }),
        1 => (card(), 1u8..90, 0u8..3).prop_map(|(card, interval, id)| Command::Adopt { card, interval, id }),
        1 => (card(), 0u8..6).prop_map(|(card, quality)| Command::Check { card, quality }),
    ];
    let of_notes = prop_oneof![
        2 => (note(), 0u8..3).prop_map(|(note, text)| Command::Edit { note, text }),
        1 => note().prop_map(|note| Command::Restart { note }),
        1 => (note(), 0u8..3).prop_map(|(note, text)| Command::Carry { note, text }),
        1 => (note(), 0u8..3).prop_map(|(note, key)| Command::Rekey { note, key }),
        3 => (note(), 0u8..3, any::<bool>()).prop_map(|(note, tag, on)| Command::Tag { note, tag, on }),
        1 => (note(), 0u8..2).prop_map(|(note, deck)| Command::Move { note, deck }),
        2 => note().prop_map(|note| Command::Delete { note }),
        1 => note().prop_map(|which| Command::Revive { which }),
        1 => (0u8..3).prop_map(|text| Command::Add { text }),
        3 => (1u8..4, any::<bool>()).prop_map(|(version, reversed)| Command::Import { version, reversed }),
        2 => (1u8..4, how()).prop_map(|(version, how)| Command::ImportWith { version, how }),
        3 => (1u8..3, any::<bool>()).prop_map(|(version, reversed)| Command::Table { version, reversed }),
        1 => (1u32..4).prop_map(|edition| Command::Builtin { edition }),
    ];
    let of_all = prop_oneof![
        2 => (1u8..9).prop_map(|days| Command::Wait { days }),
        1 => (1u8..30).prop_map(|hours| Command::ClockBack { hours }),
        3 => Just(Command::Undo),
        1 => (0u8..9).prop_map(|which| Command::UndoOlder { which }),
        2 => Just(Command::Redo),
        1 => (0u8..4, 0u8..3).prop_map(|(deck, name)| Command::Rename { deck, name }),
        2 => (0u8..4, 0u8..4).prop_map(|(deck, which)| Command::Scheduler { deck, which }),
        1 => (0u8..4, any::<bool>()).prop_map(|(deck, hidden)| Command::Hide { deck, hidden }),
        1 => (0u8..9).prop_map(|value| Command::Setting { value }),
        1 => (0u8..9).prop_map(|days| Command::Pause { days }),
        1 => Just(Command::Resume),
        1 => (0u8..4, 0u8..3).prop_map(|(deck, which)| Command::Tried { deck, which }),
        1 => (0u8..12).prop_map(|what| Command::Forget { what }),
    ];
    prop_oneof![23 => of_cards, 21 => of_notes, 15 => of_all]
}
