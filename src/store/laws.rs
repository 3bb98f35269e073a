//! The law: two databases that hold the same actions are equal in everything that has a global name, whatever the order
//! in which the actions came, and `doctor` finds both in order.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::fact::Change;
use crate::core::fact::ChainHash;
use crate::core::fact::Fact;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::log::Chain;
use crate::core::log::EntryRef;
use crate::core::log::LogRecord;
use crate::core::log::SegmentHead;
use crate::core::scheduler::Scheduler;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Millis;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::DeckSet;
use crate::store::Here;
use crate::store::PackedNote;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Who;
use crate::store::columns::card_of;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use tempfile::TempDir;

const DAY_MS: i64 = 86_400_000;

/// One device in a test: its database in a folder of its own, and its clock.
pub(super) struct Device {
    pub(super) store: Store,
    pub(super) now_ms: i64,
    pub(super) scheduler: Scheduler,
    pub(super) folder: TempDir,
}

impl Device {
    pub(super) fn new(number: u8) -> Self {
        Self::with_scheduler(number, Scheduler::default())
    }

    pub(super) fn with_scheduler(number: u8, scheduler: Scheduler) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp { unix_ms: 0, offset_min: 0 };
        let store = Store::open(&folder.path().join("lmq.db"), Self::here(number), now).unwrap();
        // The law says nothing of power cuts, and thousands of actions are to be quick.
        store.db.pragma_update(None, "synchronous", "off").unwrap();
        Self { store, now_ms: 20_000 * DAY_MS + i64::from(number), scheduler, folder }
    }

    /// One whose database is there already, in that folder.
    pub(super) fn over(store: Store, now_ms: i64, folder: TempDir) -> Self {
        store.db.pragma_update(None, "synchronous", "off").unwrap();
        Self { store, now_ms, scheduler: Scheduler::default(), folder }
    }

    pub(super) fn here(number: u8) -> Here {
        Here {
            machine: format!("machine {number}"),
            device_name: format!("device {number}"),
            fresh_device: DeviceId([number; 16]),
            chance: [number; 16],
            state_folder: None,
        }
    }

    pub(super) fn stamp(&self) -> Stamp {
        let day = i32::try_from(self.now_ms / DAY_MS).unwrap();
        Stamp { now: Timestamp { unix_ms: self.now_ms, offset_min: 60 }, today: StudyDay(day) }
    }

    fn notes(&self) -> Vec<NoteUid> {
        let mut notes = BTreeSet::new();
        self.store
            .cards(&DeckSet::All, &[], |line| {
                notes.insert(line.card.note);
                Ok(())
            })
            .unwrap();
        notes.into_iter().collect()
    }

    fn note(&self, which: u8) -> Option<NoteUid> {
        let notes = self.notes();
        notes.get(usize::from(which) % notes.len().max(1)).copied()
    }

    fn deck(&self, which: u8) -> Option<String> {
        let mut decks: Vec<String> = self.store.deck_names().unwrap().into_iter().map(|(_, id, _)| id).collect();
        decks.sort();
        decks.get(usize::from(which) % decks.len().max(1)).cloned()
    }

    fn card_event(&mut self, which: u8, kind: EventKind, of: ActionKind) {
        let Some(note) = self.note(which) else { return };
        let Some(card) = self.store.cards_of_note(note).unwrap().first().copied() else { return };
        let (stamp, scheduler) = (self.stamp(), self.scheduler.clone());
        let state = self.store.card(card).unwrap().map(|line| line.state).unwrap_or_default();
        if state.suspended && matches!(kind, EventKind::Answered { .. }) {
            return;
        }
        let draft = Draft::new(card, kind, state.last_event);
        self.store.write(stamp, of, Subject::None, |writer| writer.append(&draft, &scheduler)).unwrap();
    }

    pub(super) fn take(&mut self, command: &Command) {
        // A minute passes between two commands; a day after each ninth.
        self.now_ms += 60_000;
        let stamp = self.stamp();
        match command {
            Command::Wait { days } => self.now_ms += i64::from(*days) * DAY_MS,
            Command::ClockBack { hours } => self.now_ms -= i64::from(*hours) * 3_600_000,
            Command::Answer { card, quality } => {
                let quality = Quality::try_from(*quality).unwrap();
                self.card_event(*card, EventKind::Answered { quality, took: Millis(4_321) }, ActionKind::Answer);
            }
            Command::Suspend { card } => self.card_event(*card, EventKind::Suspended, ActionKind::Suspend),
            Command::Unsuspend { card } => self.card_event(*card, EventKind::Unsuspended, ActionKind::Suspend),
            Command::Mark { card } => self.card_event(*card, EventKind::Marked, ActionKind::Mark),
            Command::Bury { card } => {
                let until = stamp.today.plus(2);
                self.card_event(*card, EventKind::Buried { until }, ActionKind::Bury);
            }
            Command::Reset { card } => self.card_event(*card, EventKind::Reset, ActionKind::Schedule),
            Command::Undo => {
                if let Some(action) = self.store.newest_action(&[]).unwrap() {
                    self.store
                        .write(stamp, ActionKind::Undo, Subject::None, |writer| writer.undo(action.id))
                        .unwrap();
                }
            }
            Command::Redo => {
                if let Some(action) = self.store.newest_undone().unwrap() {
                    self.store
                        .write(stamp, ActionKind::Undo, Subject::None, |writer| writer.redo(action.id))
                        .unwrap();
                }
            }
            Command::Edit { note, text } => {
                if let Some(uid) = self.note(*note)
                    && let Some(now) = self.store.note_now(uid).unwrap()
                {
                    let mut edited = now.text.clone();
                    edited.fields.insert("back".to_owned(), Value::Text(format!("edited {text}")));
                    if *text == 0 {
                        edited.tags.clear();
                    }
                    self.store
                        .write(stamp, ActionKind::Edit, Subject::Note(uid), |writer| {
                            writer.rewrite(uid, &edited, false)
                        })
                        .unwrap();
                }
            }
            Command::Rekey { note, key } => {
                if let Some(uid) = self.note(*note) {
                    self.store
                        .write(stamp, ActionKind::Edit, Subject::Note(uid), |writer| {
                            writer.rekey(uid, &format!("key{key}")).map(drop)
                        })
                        .unwrap();
                }
            }
            Command::Tag { note, tag, on } => {
                if let Some(uid) = self.note(*note) {
                    self.store
                        .write(stamp, ActionKind::Tag, Subject::Note(uid), |writer| {
                            writer.retag(uid, &format!("tag{tag}"), *on)
                        })
                        .unwrap();
                }
            }
            Command::Move { note, deck } => {
                if let Some(uid) = self.note(*note) {
                    let deck = format!("shelf {}", deck % 2);
                    self.store
                        .write(stamp, ActionKind::Move, Subject::Deck(deck.clone()), |writer| {
                            writer.deck_for(&deck, &deck)?;
                            writer.relocate(uid, &deck)
                        })
                        .unwrap();
                }
            }
            Command::Rename { deck, name } => {
                if let Some(id) = self.deck(*deck) {
                    self.store
                        .write(stamp, ActionKind::Rename, Subject::Deck(id.clone()), |writer| {
                            writer.rename_deck(&id, &format!("name {name}"))
                        })
                        .unwrap();
                }
            }
            Command::Delete { note } => {
                if let Some(uid) = self.note(*note) {
                    self.store
                        .write(stamp, ActionKind::Delete, Subject::Note(uid), |writer| writer.delete(uid))
                        .unwrap();
                }
            }
            Command::Add { text } => {
                let packed = PackedNote::of(&basic(&format!("added {text}"), "by hand", &["own"])).unwrap();
                let uid = NoteUid::of_key("mine", &format!("{text}"));
                self.store
                    .write(stamp, ActionKind::Add, Subject::Deck("mine".to_owned()), |writer| {
                        writer.add("mine", "mine", uid, Some(&format!("{text}")), &packed).map(drop)
                    })
                    .unwrap();
            }
            Command::Import { version, reversed } => self.import(*version, *reversed),
            Command::Table { version, reversed } => self.table(*version, *reversed),
            Command::Builtin { edition } => self.builtin(*edition),
            Command::Setting { value } => {
                let change = Change::Setting {
                    key: "new_per_day".to_owned(),
                    old: None,
                    new: Some(value.to_string()),
                };
                let words = serde_json::to_string(&change).unwrap();
                self.store
                    .write(stamp, ActionKind::Configure, Subject::None, |writer| {
                        writer.append_fact(&Fact::Configured, Some(words)).map(drop)
                    })
                    .unwrap();
            }
            Command::Pause { days } => {
                let until = stamp.today.plus(i64::from(*days) + 1);
                self.store
                    .write(stamp, ActionKind::Pause, Subject::Day(until), |writer| {
                        writer.append_fact(&Fact::Paused { until }, None).map(drop)
                    })
                    .unwrap();
            }
            Command::Resume => {
                self.store
                    .write(stamp, ActionKind::Pause, Subject::None, |writer| {
                        writer.append_fact(&Fact::Resumed, None).map(drop)
                    })
                    .unwrap();
            }
            Command::Check { card, quality } => {
                let Some(note) = self.note(*card) else { return };
                let quality = Quality::try_from(*quality).unwrap();
                let kind = EventKind::Checked { quality, took: Millis(1), checkup: 0, last: true };
                let draft = Draft::new(CardId { note, ordinal: 1 }, kind, None);
                self.store
                    .write(stamp, ActionKind::Checkup, Subject::None, |writer| writer.append_checked(&draft))
                    .unwrap();
            }
        }
    }

    /// A deck file in two versions: one text differs, one card is there only in each, and a tag comes and goes.
    fn import(&mut self, version: u8, reversed: bool) {
        let mut rows = vec![("a", "one", "1", vec!["x"]), ("b", "two", "2", vec![]), ("c", "three", "3", vec![])];
        if version == 2 {
            rows = vec![("a", "one", "1 and more", vec!["y"]), ("b", "two", "2", vec![]), ("d", "four", "4", vec![])];
        }
        if reversed {
            rows.reverse();
        }
        let stamp = self.stamp();
        let options = options(DeckOrigin::File, 0, true);
        self.store
            .write(stamp, ActionKind::Import, Subject::Deck("file".to_owned()), |writer| {
                let mut bulk = Bulk::new(writer, options)?;
                let title = format!("The file, version {version}");
                bulk.deck("file", "file", [Some(&title), None, None, None, None])?;
                bulk.topic("file", "t1", &format!("Topic {version}"), Some("read this"), None)?;
                for (key, front, back, tags) in &rows {
                    let mut text = basic(front, back, tags);
                    text.topic = Some("t1".to_owned());
                    let who = Who { uid: NoteUid::of_key("file", key), named: true };
                    bulk.note("file", who, Some((*key).to_owned()), &PackedNote::of(&text)?)?;
                }
                bulk.finish().map(drop)
            })
            .unwrap();
    }

    /// A table without keys, whose rows come in one order or another.
    fn table(&mut self, version: u8, reversed: bool) {
        let mut rows = vec![("dog", "Hund"), ("cat", "Katze"), ("a rather long prompt about birds", "Vogel")];
        if version == 2 {
            rows = vec![("dog", "der Hund"), ("cat", "Katze"), ("a rather long prompt about birbs", "Vogel")];
        }
        if reversed {
            rows.reverse();
        }
        let stamp = self.stamp();
        let options = options(DeckOrigin::File, 0, false);
        self.store
            .write(stamp, ActionKind::Import, Subject::None, |writer| {
                let mut bulk = Bulk::new(writer, options)?;
                for (front, back) in &rows {
                    let who = Who { uid: NoteUid::of_row("table", front, None), named: false };
                    bulk.note("table", who, None, &PackedNote::of(&basic(front, back, &[]))?)?;
                }
                bulk.finish().map(drop)
            })
            .unwrap();
    }

    /// An edition of a built-in deck: a program update. The second one lacks a note and changes another.
    fn builtin(&mut self, edition: u32) {
        let mut rows = vec![("p", "plan", "a"), ("q", "quest", "b")];
        if edition > 1 {
            rows = vec![("p", "plan", "a, mended"), ("r", "rest", "c")];
        }
        let stamp = self.stamp();
        let options = options(DeckOrigin::Builtin, edition, true);
        self.store
            .write(stamp, ActionKind::Builtin, Subject::None, |writer| {
                let mut bulk = Bulk::new(writer, options)?;
                bulk.deck("builtin", "builtin", [Some("Built in"), None, None, None, None])?;
                for (key, front, back) in &rows {
                    let who = Who { uid: NoteUid::of_key("builtin", key), named: true };
                    bulk.note("builtin", who, Some((*key).to_owned()), &PackedNote::of(&basic(front, back, &[]))?)?;
                }
                bulk.finish().map(drop)
            })
            .unwrap();
    }

    /// Its whole log.
    pub(super) fn log(&self) -> Vec<LogRecord> {
        let mut records = Vec::new();
        self.store
            .log(&mut |record| {
                records.push(record);
                Ok(())
            })
            .unwrap();
        records
    }

    pub(super) fn unite(&mut self, segment: &[LogRecord]) -> Result<(), StoreError> {
        let stamp = self.stamp();
        self.store
            .unite(stamp, false, |union| segment.iter().try_for_each(|record| union.put(0, record)))
            .map(drop)
    }
}

fn options(origin: DeckOrigin, edition: u32, reposition: bool) -> BulkOptions {
    BulkOptions {
        origin,
        edition,
        place_in: None,
        reposition,
        retire_missing: false,
        namespace: None,
        source: None,
        theirs: false,
    }
}

pub(super) fn basic(front: &str, back: &str, tags: &[&str]) -> NoteText {
    let field = |name: &str, text: &str| (name.to_owned(), Value::Text(text.to_owned()));
    NoteText {
        kind: "basic".to_owned(),
        fields: [field("front", front), field("back", back)].into(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..NoteText::default()
    }
}

/// What a person may do on a device.
#[derive(Debug, Clone)]
pub(super) enum Command {
    Wait { days: u8 },
    ClockBack { hours: u8 },
    Answer { card: u8, quality: u8 },
    Suspend { card: u8 },
    Unsuspend { card: u8 },
    Mark { card: u8 },
    Bury { card: u8 },
    Reset { card: u8 },
    Undo,
    Redo,
    Edit { note: u8, text: u8 },
    Rekey { note: u8, key: u8 },
    Tag { note: u8, tag: u8, on: bool },
    Move { note: u8, deck: u8 },
    Rename { deck: u8, name: u8 },
    Delete { note: u8 },
    Add { text: u8 },
    Import { version: u8, reversed: bool },
    Table { version: u8, reversed: bool },
    Builtin { edition: u32 },
    Setting { value: u8 },
    Pause { days: u8 },
    Resume,
    Check { card: u8, quality: u8 },
}

pub(super) fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        2 => (1u8..9).prop_map(|days| Command::Wait { days }),
        1 => (1u8..30).prop_map(|hours| Command::ClockBack { hours }),
        8 => (0u8..9, 0u8..6).prop_map(|(card, quality)| Command::Answer { card, quality }),
        1 => (0u8..9).prop_map(|card| Command::Suspend { card }),
        1 => (0u8..9).prop_map(|card| Command::Unsuspend { card }),
        1 => (0u8..9).prop_map(|card| Command::Mark { card }),
        1 => (0u8..9).prop_map(|card| Command::Bury { card }),
        1 => (0u8..9).prop_map(|card| Command::Reset { card }),
        3 => Just(Command::Undo),
        2 => Just(Command::Redo),
        2 => (0u8..9, 0u8..3).prop_map(|(note, text)| Command::Edit { note, text }),
        1 => (0u8..9, 0u8..3).prop_map(|(note, key)| Command::Rekey { note, key }),
        3 => (0u8..9, 0u8..3, any::<bool>()).prop_map(|(note, tag, on)| Command::Tag { note, tag, on }),
        1 => (0u8..9, 0u8..2).prop_map(|(note, deck)| Command::Move { note, deck }),
        1 => (0u8..4, 0u8..3).prop_map(|(deck, name)| Command::Rename { deck, name }),
        2 => (0u8..9).prop_map(|note| Command::Delete { note }),
        1 => (0u8..3).prop_map(|text| Command::Add { text }),
        3 => (1u8..3, any::<bool>()).prop_map(|(version, reversed)| Command::Import { version, reversed }),
        3 => (1u8..3, any::<bool>()).prop_map(|(version, reversed)| Command::Table { version, reversed }),
        1 => (1u32..3).prop_map(|edition| Command::Builtin { edition }),
        1 => (0u8..9).prop_map(|value| Command::Setting { value }),
        1 => (0u8..9).prop_map(|days| Command::Pause { days }),
        1 => Just(Command::Resume),
        1 => (0u8..9, 0u8..6).prop_map(|(card, quality)| Command::Check { card, quality }),
    ]
}

/// A log cut into segments of at most so many actions, each of which stands for itself.
pub(super) fn cut(log: &[LogRecord], most: usize) -> Vec<Vec<LogRecord>> {
    let mut segments = Vec::new();
    let mut records = log.iter().peekable();
    while let Some(LogRecord::Head(head)) = records.next() {
        let mut configs = Vec::new();
        while let Some(config) = records.next_if(|record| matches!(record, LogRecord::Config { .. })) {
            configs.push(config.clone());
        }
        let mut chain = Chain::after(head.before);
        let (mut before, mut from, mut to) = (head.before, head.from, head.from);
        let (mut part, mut actions): (Vec<LogRecord>, usize) = (Vec::new(), 0);
        let mut close = |part: &mut Vec<LogRecord>, before: ChainHash, after: ChainHash, from: u64, to: u64| {
            let head = SegmentHead { from, to, before, after, ..(**head).clone() };
            let mut segment = vec![LogRecord::Head(Box::new(head))];
            segment.extend(configs.iter().cloned());
            segment.append(part);
            segment.push(LogRecord::End);
            segments.push(segment);
        };
        let mut current = None;
        let mut left = 0;
        for record in records.by_ref() {
            match record {
                LogRecord::End => break,
                LogRecord::Action(action) => {
                    left = action.span.entries;
                    current = Some(action.clone());
                }
                LogRecord::Entry(entry, text) => {
                    chain.entry(EntryRef::from(entry), text.as_ref().map(|text| text.hash));
                    left -= 1;
                    to = entry.id().sequence;
                }
                LogRecord::Head(_) | LogRecord::Config { .. } => unreachable!(),
            }
            part.push(record.clone());
            if left == 0
                && let Some(action) = current.take()
            {
                chain.finish(&action);
                actions += 1;
                if actions == most {
                    close(&mut part, before, chain.hash(), from, to);
                    (before, from, actions) = (chain.hash(), to + 1, 0);
                }
            }
        }
        if !part.is_empty() {
            close(&mut part, before, chain.hash(), from, to);
        }
    }
    segments
}

/// Gives segments in an order that a seed tells, each twice; those with a gap before them wait their turn.
pub(super) fn deliver(device: &mut Device, segments: &[Vec<LogRecord>], seed: u64) {
    let mut order: Vec<usize> = (0..segments.len()).chain(0..segments.len()).collect();
    let key = |index: usize, place: usize| {
        crate::core::scheduler::mix(seed ^ crate::core::scheduler::mix((index * 1000 + place) as u64))
    };
    let mut keyed: Vec<(u64, usize)> =
        order.iter().enumerate().map(|(place, index)| (key(*index, place), *index)).collect();
    keyed.sort_unstable();
    order = keyed.into_iter().map(|(_, index)| index).collect();
    while !order.is_empty() {
        let before = order.len();
        order.retain(|index| match device.unite(&segments[*index]) {
            Ok(()) => false,
            Err(StoreError::Refused(what)) if what.contains("gap") => true,
            Err(error) => panic!("{error}"),
        });
        assert!(order.len() < before, "what is left has gaps that nothing closes");
    }
}

impl Store {
    /// Everything that has a global name, in one order: what two databases that hold the same actions have in common.
    pub(super) fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut device = String::new();
        let mut by_device: BTreeMap<String, Vec<String>> = BTreeMap::new();
        self.log(&mut |record| {
            match record {
                LogRecord::Head(head) => device = format!("{:?}", head.device),
                LogRecord::Config { id, json } => lines.push(format!("config {id} {json}")),
                LogRecord::Action(_) | LogRecord::Entry(..) => {
                    by_device.entry(device.clone()).or_default().push(format!("{record:?}"));
                }
                LogRecord::End => {}
            }
            Ok(())
        })
        .unwrap();
        for (device, entries) in by_device {
            lines.push(device);
            lines.extend(entries);
        }
        let context = self.context().unwrap();
        let entry = |id: Option<i64>| id.map(|id| context.reader.entry(id).unwrap().to_string());
        let mut caches = Vec::new();
        let mut rows = |sql: &str, line: &dyn Fn(&rusqlite::Row<'_>) -> rusqlite::Result<String>| {
            let mut statement = self.db.prepare(sql).unwrap();
            let found: Vec<String> = statement.query_map([], line).unwrap().map(Result::unwrap).collect();
            caches.extend(found);
        };
        let text = |row: &rusqlite::Row<'_>, columns: std::ops::Range<usize>| -> rusqlite::Result<String> {
            columns.map(|column| row.get::<_, rusqlite::types::Value>(column).map(|value| format!("{value:?}"))).collect()
        };
        rows(
            "SELECT n.source, n.own, n.made, lower(hex(u.uid)), k.name_id, n.tags, n.key, t.name_id, n.position, n.prompt_hash, \
             n.text_hash, n.siblings, n.ordinals, n.fresh, n.held_out, n.retired, x.body FROM note n \
             JOIN note_name u ON u.id = n.id LEFT JOIN deck k ON k.id = n.deck LEFT JOIN topic t ON t.id = n.topic \
             LEFT JOIN text x ON x.id = coalesce(n.own, n.source)",
            &|row| {
                let ids = [entry(row.get(0)?), entry(row.get(1)?), entry(row.get(2)?)];
                Ok(format!("note {ids:?} {}", text(row, 3..17)?))
            },
        );
        rows(
            "SELECT name_id, name, namespace, title, description, language, license, version, origin, edition, last_introduced, \
             listed FROM deck",
            &|row| Ok(format!("deck {}", text(row, 0..12)?)),
        );
        rows(
            "SELECT k.name_id, t.name_id, t.title, t.primer, t.try_line, t.position FROM topic t JOIN deck k ON k.id = t.deck \
             WHERE t.position IS NOT NULL OR EXISTS (SELECT 1 FROM note n WHERE n.topic = t.id)",
            &|row| Ok(format!("topic {}", text(row, 0..6)?)),
        );
        rows(
            "SELECT hex(a.uid), hex(b.uid) FROM alias JOIN note_name a ON a.id = alias JOIN note_name b ON b.id = note",
            &|row| Ok(format!("alias {}", text(row, 0..2)?)),
        );
        let columns = crate::store::columns::STATE_COLUMNS;
        rows(
            &format!(
                "SELECT s.card, u.uid, k.name_id, s.shuffle, s.offered, {columns} FROM card_state s \
                 JOIN note_name u ON u.id = s.card >> 9 LEFT JOIN deck k ON k.id = s.deck"
            ),
            &|row| {
                let card = card_of(row.get(0)?, row.get(1)?);
                let state = crate::store::review_log::whole_state_of(row, 5, &context.reader)?;
                Ok(format!("state {card} {} {state:?}", text(row, 2..5)?))
            },
        );
        rows(
            "SELECT d.study_day, k.name_id, d.answers, d.first, d.review, d.early, d.drill, d.young_passed, d.young_all, \
             d.mature_passed, d.mature_all, d.time_ms, d.crammed, d.imported FROM day_sum d LEFT JOIN deck k ON k.id = d.deck \
             WHERE d.answers + d.crammed + d.imported > 0",
            &|row| Ok(format!("day {}", text(row, 0..14)?)),
        );
        rows(
            "SELECT k.name_id, t.name_id, s.month, s.answers, s.passed, s.counted, s.time_ms, s.learning, s.familiar, s.known, \
             s.mastered, s.millionths FROM topic_sum s LEFT JOIN deck k ON k.id = s.deck LEFT JOIN topic t ON t.id = s.topic \
             WHERE s.answers + s.learning + s.familiar + s.known + s.mastered > 0",
            &|row| Ok(format!("topic sum {}", text(row, 0..12)?)),
        );
        rows(
            "SELECT s.month, k.name_id, s.kind, s.expected, s.given, s.count FROM side_sum s LEFT JOIN deck k ON k.id = s.deck \
             WHERE s.count > 0",
            &|row| Ok(format!("side {}", text(row, 0..6)?)),
        );
        caches.sort();
        lines.sort();
        lines.extend(caches);
        lines
    }
}

/// Compares two dumps and names the first line in which they differ.
pub(super) fn assert_equal(one: &Store, other: &Store, what: &str) {
    let (one, other) = (one.dump(), other.dump());
    let differs = |a: &[String], b: &[String]| -> Vec<String> {
        a.iter().filter(|line| !b.contains(line)).take(3).cloned().collect()
    };
    let (here, there) = (differs(&one, &other), differs(&other, &one));
    assert!(here.is_empty() && there.is_empty(), "{what}\nonly here:  {here:#?}\nonly there: {there:#?}");
}

pub(super) fn assert_in_order(device: &mut Device) {
    let mut stamp = device.stamp();
    // A clock that was set back makes entries from the future, which is said and right.
    stamp.now.unix_ms += 400 * DAY_MS;
    let findings = device.store.doctor(stamp, false).unwrap();
    assert!(findings.is_empty(), "{findings:#?}");
}

/// The three devices begin with some exchange, go on by themselves, and then all take all segments.
fn the_law(scheduler: &dyn Fn(u8) -> Scheduler, commands: &[Vec<Command>; 6], most: usize, seed: u64) {
    let mut devices: Vec<Device> = (1..4).map(|number| Device::with_scheduler(number, scheduler(number))).collect();
    for (device, commands) in devices.iter_mut().zip(&commands[..3]) {
        commands.iter().for_each(|command| device.take(command));
    }
    // The second one hears of the first in the middle.
    let first = cut(&devices[0].log(), most);
    deliver(&mut devices[1], &first, seed);
    for (device, commands) in devices.iter_mut().zip(&commands[3..]) {
        commands.iter().for_each(|command| device.take(command));
    }
    for device in &mut devices {
        assert_in_order(device);
    }
    let mut segments: Vec<Vec<LogRecord>> = Vec::new();
    for (place, device) in devices.iter().enumerate() {
        segments.extend(cut(&device.log(), most + place));
    }
    for (place, device) in devices.iter_mut().enumerate() {
        deliver(device, &segments, seed.wrapping_add(place as u64));
        assert_in_order(device);
    }
    assert_equal(&devices[0].store, &devices[1].store, "devices 1 and 2");
    assert_equal(&devices[0].store, &devices[2].store, "devices 1 and 3");
    // A new device that only ever heard of the others.
    let mut fourth = Device::with_scheduler(9, scheduler(9));
    fourth.now_ms = devices.iter().map(|device| device.now_ms).max().unwrap();
    deliver(&mut fourth, &segments, seed ^ 0xabcd);
    assert_in_order(&mut fourth);
    assert_equal(&devices[0].store, &fourth.store, "devices 1 and 4");
    // And one whose caches were all emptied.
    let stamp = fourth.stamp();
    let caches = ["card_state", "day_sum", "topic_sum", "side_sum", "asked", "alias", "note", "topic", "deck"];
    for table in caches {
        fourth.store.db.execute(&format!("DELETE FROM {table}"), []).unwrap();
    }
    fourth.store.rebuild(stamp).unwrap();
    assert_in_order(&mut fourth);
    assert_equal(&devices[0].store, &fourth.store, "device 4, made again from its log");
}

fn commands() -> impl Strategy<Value = [Vec<Command>; 6]> {
    let some = || proptest::collection::vec(command(), 0..14);
    [some(), some(), some(), some(), some(), some()]
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, ..crate::store::laws::config() })]

    #[test]
    fn databases_that_hold_the_same_actions_are_equal(commands in commands(), most in 1usize..9, seed in any::<u64>()) {
        the_law(&|_| Scheduler::default(), &commands, most, seed);
    }

    #[test]
    fn the_law_holds_for_a_second_scheduler_and_for_both_beside_each_other(
        commands in commands(), most in 1usize..9, seed in any::<u64>(),
    ) {
        the_law(
            &|number| if number == 2 { Scheduler::default() } else { Scheduler::Second(crate::core::scheduler::Second::default()) },
            &commands, most, seed,
        );
    }
}

/// The same cases every time, more by `PROPTEST_CASES`.
pub(super) fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    // clippy.toml forbids the environment: proptest has read it already. Its default is 256 cases.
    let cases = if usual.cases == 256 { 24 } else { usual.cases };
    ProptestConfig { cases, ..usual }
}
