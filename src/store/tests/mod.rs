//! What the decisions say of the log, sentence by sentence, with databases of several devices.

mod cards;
mod crowd;
mod decks;
mod foreign;
mod names;
mod schedulers;
mod sums;
mod texts;
mod undos;
mod unions;

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::event::Draft;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::fact::Fact;
use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::scheduler::Scheduler;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::units::Millis;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::CardLine;
use crate::store::DeckOrigin;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Finished;
use crate::store::MatchResult;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::Undo;
use crate::store::Writer;
use crate::store::laws::Device;
use crate::store::laws::assert_equal;
use crate::store::laws::assert_in_order;
use crate::store::laws::basic;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// Two devices that have not met.
fn two() -> (Device, Device) {
    (Device::new(1), Device::new(2))
}

/// The note of that key in the usual file.
fn uid(key: &str) -> NoteUid {
    NoteUid::of_key("file", key)
}

/// The first card of a note.
fn first(note: NoteUid) -> CardId {
    CardId { note, ordinal: 1 }
}

fn quality(number: u8) -> Quality {
    Quality::try_from(number).unwrap()
}

/// A row of a file.
struct Row {
    who: NoteRef,
    key: Option<String>,
    text: NoteText,
}

/// A row with a key of its own.
fn keyed(deck: &str, key: &str, front: &str, back: &str, tags: &[&str]) -> Row {
    let who = NoteRef { uid: NoteUid::of_key(deck, key), named: true };
    Row { who, key: Some(key.to_owned()), text: basic(front, back, tags) }
}

/// A row without key or id.
fn plain(deck: &str, front: &str, back: &str) -> Row {
    Row {
        who: NoteRef { uid: NoteUid::of_row(deck, front, None), named: false },
        key: None,
        text: basic(front, back, &[]),
    }
}

/// A file as it is imported.
struct File<'f> {
    /// Its own word for its deck.
    deck: &'f str,
    /// What it calls the deck besides; a file without a head says nothing.
    name: Option<&'f str>,
    options: BulkOptions,
    rows: Vec<Row>,
}

impl<'f> File<'f> {
    /// A table without a head.
    fn table(deck: &'f str, rows: Vec<Row>) -> Self {
        let options = BulkOptions::new(DeckOrigin::File);
        Self { deck, name: None, options, rows }
    }

    /// A deck file with a head, whose order counts.
    fn deck(deck: &'f str, rows: Vec<Row>) -> Self {
        let mut file = Self::table(deck, rows);
        file.name = Some(deck);
        file.options.reposition = true;
        file
    }

    /// An edition of a built-in deck.
    fn edition(edition: u32, rows: Vec<Row>) -> Self {
        let mut file = Self::deck("builtin", rows);
        file.options.origin = DeckOrigin::Builtin;
        file.options.edition = edition;
        file
    }

    fn into_deck(mut self, deck: &str) -> Self {
        self.options.place_in = Some(deck.to_owned());
        self
    }

    fn theirs(mut self) -> Self {
        self.options.theirs = true;
        self
    }

    /// Followed live: what it no longer has is gone.
    fn followed(mut self, source: i64) -> Self {
        self.options.source = Some(source);
        self.options.retire_missing = true;
        self
    }

    fn import(&self, writer: &mut Writer<'_>) -> Result<(Vec<MatchResult>, Finished), Fault> {
        let mut bulk = Bulk::new(writer, self.options.clone())?;
        if let Some(name) = self.name {
            bulk.deck(self.deck, name, [Some("A deck"), None, None, None, None].into())?;
        }
        let mut placed = Vec::new();
        for row in &self.rows {
            placed.push(bulk.note(self.deck, row.who, row.key.clone(), &PackedNote::of(&row.text)?)?);
        }
        Ok((placed, bulk.finish()?))
    }
}

/// The usual file: keys, fronts, backs and tags.
fn file(rows: &[(&str, &str, &str, &[&str])]) -> File<'static> {
    File::deck("file", rows.iter().map(|(key, front, back, tags)| keyed("file", key, front, back, tags)).collect())
}

const TWO: [(&str, &str, &str, &[&str]); 2] = [("a", "one", "1", &["x", "y"]), ("b", "two", "2", &[])];

/// The usual file, with another back of its first note.
fn changed(back: &'static str) -> File<'static> {
    file(&[("a", "one", back, &["x", "y"]), ("b", "two", "2", &[])])
}

/// Both have the file, and know the same.
fn both_with(rows: &[(&str, &str, &str, &[&str])]) -> (Device, Device) {
    let (mut a, mut b) = two();
    a.take_in(&file(rows));
    b.after(&a);
    b.hears(&a);
    (a, b)
}
/// What an import came to.
struct Imported {
    placed: Vec<MatchResult>,
    finished: Finished,
    action: Option<ActionId>,
}

impl Imported {
    /// What became of each row, those that were decided at the end of the file last.
    fn decided(&self) -> Vec<MatchResult> {
        let all = self.placed.iter().chain(&self.finished.late).copied();
        all.filter(|placed| *placed != MatchResult::Later).collect()
    }
}

impl Device {
    /// From now on its clock is after the other's.
    fn after(&mut self, other: &Self) {
        self.now_ms = self.now_ms.max(other.now_ms);
    }

    /// Takes a step, a minute after the last one.
    fn act<T>(
        &mut self,
        kind: ActionKind,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, Fault>,
    ) -> (T, Option<ActionId>) {
        self.now_ms += MINUTE_MS;
        let stamp = self.stamp();
        self.store.write(stamp, kind, Subject::None, work).unwrap()
    }

    fn take_in(&mut self, file: &File<'_>) -> Imported {
        let kind = if file.options.edition > 0 { ActionKind::Builtin } else { ActionKind::Import };
        let ((placed, finished), action) = self.act(kind, |writer| file.import(writer));
        Imported { placed, finished, action }
    }

    /// Gives a note another back.
    fn edit(&mut self, note: NoteUid, back: &str) -> Option<ActionId> {
        let mut text = self.store.note_now(note).unwrap().unwrap().text;
        text.fields.insert("back".to_owned(), Value::Text(back.to_owned()));
        self.act(ActionKind::Edit, |writer| writer.rewrite(note, &text)).1
    }

    fn tag(&mut self, note: NoteUid, tag: &str, on: bool) -> ActionId {
        self.act(ActionKind::Tag, |writer| writer.retag(note, tag, on)).1.unwrap()
    }

    fn relocate(&mut self, note: NoteUid, deck: &str) -> ActionId {
        let work = |writer: &mut Writer<'_>| {
            writer.deck_for(deck, deck)?;
            writer.relocate(note, deck)
        };
        self.act(ActionKind::Move, work).1.unwrap()
    }

    fn delete(&mut self, note: NoteUid) -> ActionId {
        self.act(ActionKind::Delete, |writer| writer.delete(note)).1.unwrap()
    }

    fn rekey(&mut self, note: NoteUid, key: &str) -> bool {
        self.act(ActionKind::Edit, |writer| writer.rekey(note, key)).0
    }

    /// Something happens to the first card of a note.
    fn happens(&mut self, note: NoteUid, kind: EventKind) -> ActionId {
        self.draft(&Draft::new(first(note), kind, None))
    }

    /// Writes an event, as of the card's last one.
    fn draft(&mut self, draft: &Draft) -> ActionId {
        let scheduler = self.scheduler.clone();
        self.draft_under(draft, &scheduler)
    }

    fn draft_under(&mut self, draft: &Draft, scheduler: &Scheduler) -> ActionId {
        let draft = Draft { prev: self.state(draft.card.note).last_event, ..draft.clone() };
        self.act(ActionKind::of_lone(&draft.kind), |writer| writer.append(&draft, scheduler)).1.unwrap()
    }

    fn answer(&mut self, note: NoteUid, number: u8) -> ActionId {
        self.happens(note, EventKind::Answered { quality: quality(number), took: Millis(2_000) })
    }

    fn undo(&mut self, action: ActionId) -> Undo {
        self.act(ActionKind::Undo, |writer| writer.undo(action)).0
    }

    fn redo(&mut self, action: ActionId) -> Undo {
        self.act(ActionKind::Undo, |writer| writer.redo(action)).0
    }

    /// Takes in all that the other knows.
    fn hears(&mut self, other: &Self) {
        self.unite(&other.log()).unwrap();
    }

    /// The first card of a note, whether the note is still there or not.
    fn line(&self, note: NoteUid) -> Option<CardLine> {
        self.store.card(first(note)).unwrap()
    }

    fn state(&self, note: NoteUid) -> CardState {
        self.line(note).map(|line| line.state).unwrap_or_default()
    }

    fn memory(&self, note: NoteUid) -> Memory {
        self.state(note).memory.unwrap()
    }

    /// The back of a note that is there.
    fn back(&self, note: NoteUid) -> Option<String> {
        self.store.note_now(note).unwrap().map(|now| now.text.text("back").to_owned())
    }

    fn tags(&self, note: NoteUid) -> Vec<String> {
        let mut tags = self.store.note_now(note).unwrap().unwrap().text.tags;
        tags.sort();
        tags
    }

    /// The id of the deck of a note that is there.
    fn deck_of(&self, note: NoteUid) -> Option<String> {
        let now = self.store.note_now(note).unwrap()?;
        self.store.deck_names().unwrap().into_iter().find(|(number, ..)| *number == now.deck).map(|(_, id, _)| id)
    }

    /// The living notes, in the order in which they are listed.
    fn listed(&self) -> Vec<NoteUid> {
        let mut notes = Vec::new();
        self.store
            .cards(&DeckSet::All, &[], |line| {
                notes.push(line.card.note);
                Ok(())
            })
            .unwrap();
        notes.dedup();
        notes
    }

    fn deck_ids(&self) -> Vec<String> {
        let mut decks: Vec<String> = self.store.deck_names().unwrap().into_iter().map(|(_, id, _)| id).collect();
        decks.sort();
        decks
    }

    /// All facts of the log with their words, those of one device after the other's.
    fn facts(&self) -> Vec<(Fact, Option<String>)> {
        let entries = self.log().into_iter().filter_map(|record| match record {
            LogRecord::Entry(Entry::Fact(_, fact), text) => Some((fact, text.and_then(|text| text.body))),
            _ => None,
        });
        entries.collect()
    }

    /// All events of a card.
    fn events(&self, card: CardId) -> Vec<Event> {
        let entries = self.log().into_iter().filter_map(|record| match record {
            LogRecord::Entry(Entry::Event(event), _) if event.card == card => Some(*event),
            _ => None,
        });
        entries.collect()
    }
}

/// Each hears all that the others know: then all are equal, and in order.
fn meet(devices: &mut [&mut Device]) {
    let logs: Vec<Vec<LogRecord>> = devices.iter().map(|device| device.log()).collect();
    for (place, device) in devices.iter_mut().enumerate() {
        for (from, log) in logs.iter().enumerate() {
            if from != place {
                device.unite(log).unwrap();
            }
        }
        assert_in_order(device);
    }
    if let Some((one, others)) = devices.split_first() {
        for (place, other) in others.iter().enumerate() {
            assert_equal(&one.store, &other.store, &format!("the first device and number {}", place + 2));
        }
    }
}
