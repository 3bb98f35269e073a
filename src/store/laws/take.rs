//! Carries out what people do on a device.

use super::Command;
use super::DAY_MS;
use super::Device;
use super::basic;
use super::commands::How;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::compare::answer::Weight;
use crate::core::compare::answer::Weights;
use crate::core::event::Asked;
use crate::core::event::Detail;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::event::Foreign;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::fact::SettingChange;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::scheduler::Scheduler;
use crate::core::scheduler::Second;
use crate::core::scheduler::Sm2;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::state::Model;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::tried::Tried;
use crate::core::units::Days;
use crate::core::units::Difficulty;
use crate::core::units::Ease;
use crate::core::units::Millis;
use crate::core::units::Stability;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::HeadDetails;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::SourceFile;
use crate::store::Writer;
use std::collections::BTreeSet;

/// How a file's rows are taken in.
fn options(origin: DeckOrigin, edition: u32, reposition: bool) -> BulkOptions {
    BulkOptions { edition, reposition, ..BulkOptions::new(origin) }
}

/// A memory as another program or another scheduler may have made it.
fn carried(today: StudyDay, interval: u8, second: bool) -> Memory {
    let model = if second {
        Model::Fsrs { stability: Stability(u64::from(interval) * 1_000_000_000), difficulty: Difficulty(5_000_000) }
    } else {
        Model::Sm2 { ease: Ease::from_hundredths(130 + u32::from(interval)) }
    };
    Memory {
        repetitions: 3,
        interval: Days(interval.into()),
        lapses: 1,
        last: today.plus(-9),
        due: today.plus(i64::from(interval) - 9),
        last_quality: Quality::Q4,
        model,
    }
}

/// The rows of the deck file: key, front, back and tags.
fn rows(version: u8) -> Vec<(&'static str, NoteText)> {
    let mut rows = match version {
        1 => vec![("a", basic("one", "1", &["x"])), ("b", basic("two", "2", &[])), ("c", basic("three", "3", &[]))],
        2 => vec![
            ("a", basic("one", "1 and more", &["y"])),
            ("b", basic("two", "2", &[])),
            ("d", basic("four", "4", &[])),
        ],
        _ => vec![
            ("a", NoteText { kind: "reversed".to_owned(), ..basic("one", "1", &["x", "z"]) }),
            ("b", NoteText { held_out: true, ..basic("two", "2", &[]) }),
            ("c", NoteText { after: vec!["a".to_owned()], ..basic("three, edited", "3", &[]) }),
            ("e", NoteText { group: Some("g".to_owned()), ..basic("five", "5", &[]) }),
        ],
    };
    for (_, text) in &mut rows {
        // Nothing describes the second one: it is there as long as notes name it.
        text.topic = Some(if version == 2 { "t2" } else { "t1" }.to_owned());
    }
    rows
}

impl Device {
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

    /// The first card of each note in turn, then the second of those that have one.
    fn card(&self, which: u8) -> Option<CardId> {
        let notes = self.notes();
        let note = *notes.get(usize::from(which) % notes.len().max(1))?;
        let cards = self.store.cards_of_note(note).unwrap();
        cards.get(usize::from(which) / notes.len() % cards.len().max(1)).copied()
    }

    fn deck(&self, which: u8) -> Option<String> {
        let mut decks: Vec<String> = self.store.deck_names().unwrap().into_iter().map(|(_, id, _)| id).collect();
        decks.sort();
        decks.get(usize::from(which) % decks.len().max(1)).cloned()
    }

    fn state_of(&self, card: CardId) -> CardState {
        // As a session reads it: with the answers that the caches don't have yet.
        if let Some(loaded) = self.store.load(card).unwrap() {
            return loaded.state;
        }
        self.store.card(card).unwrap().map(|line| line.state).unwrap_or_default()
    }

    /// What a session would answer under: the scheduler of the card's deck, else that of the settings.
    fn scheduler_for(&self, card: CardId) -> Scheduler {
        let loaded = self.store.load(card).unwrap();
        loaded.and_then(|loaded| loaded.scheduler).unwrap_or_else(|| self.scheduler.clone())
    }

    fn step<T>(&mut self, kind: ActionKind, subject: Subject, work: impl FnOnce(&mut Writer<'_>) -> Result<T, Fault>) {
        let stamp = self.stamp();
        self.store.write(stamp, kind, subject, work).unwrap();
    }

    fn append(&mut self, drafts: Vec<Draft>, of: ActionKind) {
        let Some(card) = drafts.first().map(|draft| draft.card) else { return };
        let state = self.state_of(card);
        if state.suspended && drafts.iter().any(|draft| matches!(draft.kind, EventKind::Answered { .. })) {
            return;
        }
        let scheduler = self.scheduler_for(card);
        self.step(of, Subject::None, |writer| {
            for draft in drafts {
                writer.append(&Draft { prev: state.last_event, ..draft }, &scheduler)?;
            }
            Ok(())
        });
    }

    fn card_event(&mut self, which: u8, kind: EventKind) {
        if let Some(card) = self.card(which) {
            let of = ActionKind::of_lone(&kind);
            self.append(vec![Draft::new(card, kind, None)], of);
        }
    }

    fn with_note(
        &mut self,
        which: u8,
        kind: ActionKind,
        work: impl FnOnce(&mut Writer<'_>, NoteUid) -> Result<(), Fault>,
    ) {
        if let Some(uid) = self.note(which) {
            self.step(kind, Subject::Note(uid), |writer| work(writer, uid));
        }
    }

    pub(in crate::store) fn take(&mut self, command: &Command) {
        // A minute passes between two commands.
        self.now_ms += 60_000;
        let today = self.stamp().today;
        let quality = |number: u8| Quality::try_from(number).unwrap();
        match command {
            Command::Forget { what } => {
                let what = match what {
                    0 => Erasure::Typed,
                    1..=3 => match self.deck(*what) {
                        Some(deck) => Erasure::Deck(deck),
                        None => return,
                    },
                    _ => match self.note(*what) {
                        Some(note) => Erasure::Note(note),
                        None => return,
                    },
                };
                let stamp = self.stamp();
                self.store.forget(stamp, &[what]).unwrap();
            }
            Command::Wait { days } => self.now_ms += i64::from(*days) * DAY_MS,
            Command::ClockBack { hours } => self.now_ms -= i64::from(*hours) * 3_600_000,
            Command::Answer { card, quality: number } => {
                self.card_event(*card, EventKind::Answered { quality: quality(*number), took: Millis(4_321) });
            }
            Command::Return { card, quality: number, days } => {
                let Some(card) = self.card(*card) else { return };
                let (state, quality) = (self.state_of(card), quality(*number));
                let after = self.scheduler_for(card).answer(card, &state, quality, today).memory;
                let memory = after.map(|memory| Memory { due: today.plus(i64::from(*days)), ..memory });
                let answered = EventKind::Answered { quality, took: Millis(4_321) };
                let rescheduled = Draft { memory, ..Draft::new(card, EventKind::Rescheduled, None) };
                self.append(vec![Draft::new(card, answered, None), rescheduled], ActionKind::Answer);
            }
            Command::Typed { card, quality: number, asked, words } => {
                self.typed(*card, quality(*number), *asked, *words);
            }
            Command::Cram { card, quality: number } => {
                self.card_event(*card, EventKind::Crammed { quality: quality(*number), took: Millis(77_000) });
            }
            Command::Suspend { card } => self.card_event(*card, EventKind::Suspended),
            Command::Unsuspend { card } => self.card_event(*card, EventKind::Unsuspended),
            Command::Mark { card } => self.card_event(*card, EventKind::Marked),
            Command::Flag { card, flag } => self.card_event(*card, EventKind::Flagged { flag: *flag }),
            Command::Bury { card } => self.card_event(*card, EventKind::Buried { until: today.plus(2) }),
            Command::Reset { card } => self.card_event(*card, EventKind::Reset),
            Command::Reschedule { card, days } => {
                let Some(card) = self.card(*card) else { return };
                let Some(memory) = self.state_of(card).memory else { return };
                let memory = Some(Memory { due: today.plus(i64::from(*days)), ..memory });
                let draft = Draft { memory, ..Draft::new(card, EventKind::Rescheduled, None) };
                self.append(vec![draft], ActionKind::Schedule);
            }
            Command::Undo => {
                if let Some(action) = self.store.newest_action(&[]).unwrap() {
                    self.step(ActionKind::Undo, Subject::None, |writer| writer.undo(action.id));
                }
            }
            Command::UndoOlder { which } => {
                let actions = self.store.actions(9).unwrap();
                if let Some(action) = actions.get(usize::from(*which)).filter(|action| !action.voided) {
                    self.step(ActionKind::Undo, Subject::None, |writer| writer.undo(action.id));
                }
            }
            Command::Redo => {
                if let Some(action) = self.store.newest_undone().unwrap() {
                    self.step(ActionKind::Undo, Subject::None, |writer| writer.redo(action.id));
                }
            }
            Command::Edit { note, text } => self.edit_with(*note, *text, false),
            Command::Carry { note, text } => self.edit_with(*note, *text, true),
            Command::Restart { note } => self.restart(*note),
            Command::Rekey { note, key } => {
                self.with_note(*note, ActionKind::Edit, |writer, uid| {
                    writer.rekey(uid, &format!("key{key}")).map(drop)
                });
            }
            Command::Tag { note, tag, on } => {
                self.with_note(*note, ActionKind::Tag, |writer, uid| writer.retag(uid, &format!("tag{tag}"), *on));
            }
            Command::Move { note, deck } => {
                let deck = format!("shelf {}", deck % 2);
                self.with_note(*note, ActionKind::Move, |writer, uid| {
                    writer.deck_for(&deck, &deck)?;
                    writer.relocate(uid, &deck)
                });
            }
            Command::Rename { deck, name } => {
                if let Some(id) = self.deck(*deck) {
                    self.step(ActionKind::Rename, Subject::Deck(id.clone()), |writer| {
                        writer.rename_deck(&id, &format!("name {name}"))
                    });
                }
            }
            Command::Delete { note } => {
                self.with_note(*note, ActionKind::Delete, |writer, uid| writer.delete(uid));
            }
            Command::Revive { which } => self.revive(*which),
            Command::Add { text } => {
                let packed = PackedNote::of(&basic(&format!("added {text}"), "by hand", &["own"])).unwrap();
                let uid = NoteUid::of_key("mine", &format!("{text}"));
                self.step(ActionKind::Add, Subject::Deck("mine".to_owned()), |writer| {
                    writer.add("mine", "mine", uid, Some(&format!("{text}")), &packed)
                });
            }
            Command::Import { version, reversed } => self.import(*version, *reversed, None),
            Command::ImportWith { version, how } => self.import(*version, false, Some(*how)),
            Command::Table { version, reversed } => self.table(*version, *reversed),
            Command::Builtin { edition } => self.builtin(*edition),
            Command::History { card, quality: number, id, days } => {
                self.history(*card, quality(*number), *id, *days);
            }
            Command::Adopt { card, interval, id } => {
                let Some(card) = self.card(*card) else { return };
                let memory = Some(carried(today, *interval, interval.is_multiple_of(4)));
                let draft = Draft {
                    memory,
                    at: Some(long_ago(i64::from(*interval))),
                    detail: foreign(*id),
                    ..Draft::new(card, EventKind::Adopted, None)
                };
                self.append(vec![draft], ActionKind::Import);
            }
            Command::Scheduler { deck, which } => {
                let Some(id) = self.deck(*deck) else { return };
                let scheduler = scheduler(*which);
                self.step(ActionKind::Scheduler, Subject::Deck(id.clone()), |writer| {
                    writer.give_scheduler(&id, scheduler.as_ref())
                });
            }
            Command::Hide { deck, hidden } => {
                let Some(id) = self.deck(*deck) else { return };
                self.step(ActionKind::Deck, Subject::Deck(id.clone()), |writer| writer.hide_deck(&id, *hidden));
            }
            Command::Setting { value } => {
                let change =
                    SettingChange::Setting { key: "new_per_day".to_owned(), old: None, new: Some(value.to_string()) };
                let words = serde_json::to_string(&change).unwrap();
                self.step(ActionKind::Configure, Subject::None, |writer| {
                    writer.append_fact(&Fact::Configured, Some(words))
                });
            }
            Command::Pause { days } => {
                let until = today.plus(i64::from(*days) + 1);
                self.step(ActionKind::Pause, Subject::Day(until), |writer| {
                    writer.append_fact(&Fact::Paused { until }, None)
                });
            }
            Command::Tried { deck, which } => {
                let Some(deck) = self.deck(*deck) else { return };
                let tried = Tried::ALL.get(usize::from(*which % 3)).copied().unwrap();
                self.step(ActionKind::Tried, Subject::Deck(deck.clone()), |writer| {
                    writer.append_fact(&Fact::Tried { deck, tried }, Some("t".to_owned()))
                });
            }
            Command::Resume => {
                self.step(ActionKind::Pause, Subject::None, |writer| writer.append_fact(&Fact::Resumed, None));
            }
            Command::Check { card, quality: number } => {
                let Some(card) = self.card(*card) else { return };
                let kind = EventKind::Checked { quality: quality(*number), took: Millis(1), checkup: 0, last: true };
                let draft = Draft::new(card, kind, None);
                self.step(ActionKind::Checkup, Subject::None, |writer| writer.append_checked(&draft));
            }
        }
    }

    fn typed(&mut self, card: u8, quality: Quality, asked: u8, words: u8) {
        let Some(card) = self.card(card) else { return };
        let word = |number: u8| Some(if number == 3 { "one / other".to_owned() } else { format!("word {number}") });
        let bare = Detail { response: word(words), ..Detail::default() };
        // Nothing beside the words: once they are erased nothing but a hash is left.
        let detail = if asked == 0 {
            bare
        } else {
            Detail {
                asked: Asked::ALL.get(usize::from(asked)).copied(),
                response: word(words),
                expected: if words == 1 { None } else { word(words / 2 * 3) },
                suggested: (words != 2).then_some(quality),
                guessed: words == 3,
                variant: (words > 1).then_some(u32::from(words)),
                speakers: words == 2,
                confidence: (words == 0).then_some(80),
                ..Detail::default()
            }
        };
        let kind = EventKind::Answered { quality, took: Millis(9_876) };
        self.append(vec![Draft { detail, ..Draft::new(card, kind, None) }], ActionKind::Answer);
    }

    fn edit_with(&mut self, note: u8, text: u8, carried: bool) {
        let Some(uid) = self.note(note) else { return };
        let Some(now) = self.store.note_now(uid).unwrap() else { return };
        let mut edited = now.text;
        edited.fields.insert("back".to_owned(), Value::Text(format!("edited {text}")));
        if text == 0 {
            edited.tags.clear();
        }
        self.step(ActionKind::Edit, Subject::Note(uid), |writer| {
            if carried { writer.rewrite_with_file(uid, &edited, &edited) } else { writer.rewrite(uid, &edited) }
        });
    }

    fn restart(&mut self, note: u8) {
        let Some(uid) = self.note(note) else { return };
        let Some(now) = self.store.note_now(uid).unwrap() else { return };
        let mut edited = now.text;
        edited.fields.insert("back".to_owned(), Value::Text("another meaning".to_owned()));
        let cards = self.store.cards_of_note(uid).unwrap();
        let drafts: Vec<Draft> = cards
            .into_iter()
            .map(|card| Draft::new(card, EventKind::Restarted, self.state_of(card).last_event))
            .collect();
        let scheduler = self.scheduler.clone();
        self.step(ActionKind::Edit, Subject::Note(uid), |writer| {
            writer.rewrite(uid, &edited)?;
            drafts.iter().try_for_each(|draft| writer.append(draft, &scheduler).map(drop))
        });
    }

    /// Brings a note back that is not there, of those that this device ever saw in the file.
    fn revive(&mut self, which: u8) {
        let gone: Vec<NoteUid> = {
            let there = self.notes();
            let mut all = self.store.notes_last_in("file").unwrap();
            all.retain(|note| !there.contains(note));
            all
        };
        if let Some(note) = gone.get(usize::from(which) % gone.len().max(1)).copied() {
            self.step(ActionKind::Revive, Subject::Note(note), |writer| {
                writer.append_fact(&Fact::Revived { note }, None)
            });
        }
    }

    /// Two answers of another program to a card, with equal numbers on every device that imports them.
    fn history(&mut self, card: u8, quality: Quality, id: u8, days: u8) {
        let Some(card) = self.card(card) else { return };
        let drafts = [0, 1].map(|later: u8| Draft {
            at: Some(long_ago(i64::from(days) - i64::from(later) * 7)),
            detail: foreign(id + later),
            ..Draft::new(card, EventKind::Imported { quality, took: Millis(3_000) }, None)
        });
        // One alone needs no row of its own.
        let drafts = drafts.into_iter().take(if days.is_multiple_of(3) { 1 } else { 2 }).collect();
        self.append(drafts, ActionKind::Import);
    }

    /// A deck file in three versions: texts differ, cards are there only in some, tags come and go.
    fn import(&mut self, version: u8, reversed: bool, how: Option<How>) {
        let mut rows = rows(version);
        if reversed {
            rows.reverse();
        }
        let mut options = options(DeckOrigin::File, 0, true);
        match how {
            Some(How::Into(deck)) => options.place_in = Some(format!("shelf {deck}")),
            Some(How::Theirs) => options.theirs = true,
            Some(How::Followed) => options.retire_missing = true,
            None => {}
        }
        let file = SourceFile::new("/home/file.toml".to_owned());
        self.step(ActionKind::Import, Subject::Deck("file".to_owned()), |writer| {
            if options.retire_missing {
                options.source = Some(writer.follow(&file)?);
            }
            let mut bulk = Bulk::new(writer, options)?;
            let title = format!("The file, version {version}");
            let texts = [Some(title.as_str()), None, None, None, None];
            let accents = (version > 1).then_some(Weight::Count);
            let weights = Weights { accents, ..Weights::default() };
            // Each version has another sequence, the first one none.
            let sequence: Vec<String> = (0..version).map(|topic| format!("t{topic}")).collect();
            bulk.deck("file", "file", HeadDetails { texts, sequence: Some(&sequence), weights })?;
            bulk.topic("file", "t1", &format!("Topic {version}"), Some("read this"), None)?;
            for (key, text) in &rows {
                let who = NoteRef { uid: NoteUid::of_key("file", key), named: true };
                bulk.note("file", who, Some((*key).to_owned()), &PackedNote::of(text)?)?;
            }
            bulk.finish()
        });
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
        let options = options(DeckOrigin::File, 0, false);
        self.step(ActionKind::Import, Subject::None, |writer| {
            let mut bulk = Bulk::new(writer, options)?;
            for (front, back) in &rows {
                let who = NoteRef { uid: NoteUid::of_row("table", front, None), named: false };
                bulk.note("table", who, None, &PackedNote::of(&basic(front, back, &[]))?)?;
            }
            bulk.finish()
        });
    }

    /// An edition of a built-in deck: a program update. The later ones lack a note and change another.
    fn builtin(&mut self, edition: u32) {
        let rows = match edition {
            1 => vec![("p", "plan", "a"), ("q", "quest", "b")],
            2 => vec![("p", "plan", "a, mended"), ("r", "rest", "c")],
            _ => vec![("q", "quest", "b, mended"), ("r", "rest", "c")],
        };
        let options = options(DeckOrigin::Builtin, edition, true);
        self.step(ActionKind::Builtin, Subject::None, |writer| {
            let mut bulk = Bulk::new(writer, options)?;
            bulk.deck("builtin", "builtin", [Some("Built in"), None, None, None, None].into())?;
            for (key, front, back) in &rows {
                let who = NoteRef { uid: NoteUid::of_key("builtin", key), named: true };
                bulk.note("builtin", who, Some((*key).to_owned()), &PackedNote::of(&basic(front, back, &[]))?)?;
            }
            bulk.finish()
        });
    }
}

fn foreign(id: u8) -> Detail {
    Detail { foreign: Some(Foreign { program: "anki".to_owned(), id: id.into() }), ..Detail::default() }
}

/// So many days before a day of a hundred days ago, at an offset of another time.
fn long_ago(days: i64) -> (Timestamp, StudyDay) {
    let day = 19_900 - days;
    let at = Timestamp { unix_ms: day * DAY_MS + 30_000_000, offset_min: -480 };
    (at, StudyDay(i32::try_from(day).unwrap()))
}

fn scheduler(which: u8) -> Option<Scheduler> {
    Some(match which {
        1 => Scheduler::Sm2(Sm2 { maximum_interval: Days(20), fuzz: true }),
        2 => Scheduler::Second(Second::default()),
        3 => {
            let mut weights = Second::default().weights;
            weights[2] += 5_000;
            Scheduler::Second(Second { weights, retention: 85, ..Second::default() })
        }
        _ => return None,
    })
}
