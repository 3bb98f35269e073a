//! Makes segments, right ones and any.

use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Asked;
use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::event::Foreign;
use crate::core::event::Span;
use crate::core::fact::ChainHash;
use crate::core::fact::ChainMark;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::fact::Head;
use crate::core::fact::SettingChange;
use crate::core::fact::TopicText;
use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::log::AnswerWords;
use crate::core::log::Chain;
use crate::core::log::Device;
use crate::core::log::Entry;
use crate::core::log::EntryRef;
use crate::core::log::LogRecord;
use crate::core::log::Parent;
use crate::core::log::SegmentHead;
use crate::core::log::TextRecord;
use crate::core::scheduler::Scheduler;
use crate::core::scheduler::splitmix64;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::tried::Tried;
use crate::core::units::Hlc;
use crate::core::units::Millis;

/// A config that is not the default one.
pub(super) fn other_config() -> String {
    Scheduler::default().to_json().replace("36500", "400")
}

/// Chance that is the same in every run.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        splitmix64(self.0)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(super) fn range(&mut self, range: std::ops::RangeInclusive<i64>) -> i64 {
        let width = u64::try_from(range.end() - range.start()).unwrap() + 1;
        range.start() + i64::try_from(self.below(width)).unwrap()
    }

    pub(super) fn often(&mut self) -> bool {
        self.below(4) != 0
    }

    pub(super) fn seldom(&mut self) -> bool {
        self.below(8) == 0
    }

    pub(super) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.seldom().then(|| make(self))
    }

    pub(super) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()].clone()
    }
}

pub(super) fn device(number: u8) -> DeviceId {
    DeviceId([number; 16])
}

pub(super) fn note(number: u64) -> NoteUid {
    NoteUid::of_key("deck", &number.to_string())
}

/// Gives the next entry of an action, told how many there were before.
type Make<'m> = &'m mut dyn FnMut(&Maker, u64) -> (Entry, Option<TextRecord>);

/// Makes a segment, an action at a time.
pub(super) struct Maker {
    pub(super) records: Vec<LogRecord>,
    pub(super) head: SegmentHead,
    pub(super) next: u64,
    pub(super) hlc: i64,
    pub(super) at: Timestamp,
    pub(super) day: i32,
}

impl Maker {
    pub(super) fn new(device: Device, from: u64, before: ChainHash) -> Self {
        let head = SegmentHead { device, from, to: 0, before, after: before, knows: Vec::new() };
        let at = Timestamp { unix_ms: 1_770_000_000_000, offset_min: 60 };
        Self { records: Vec::new(), head, next: from, hlc: at.unix_ms, at, day: 20_486 }
    }

    pub(super) fn first(number: u8) -> Self {
        let device = Device { id: device(number), name: format!("“{number}”"), parent: None, created_at_ms: 7 };
        let before = device.first_chain();
        Self::new(device, 1, before).config(&Scheduler::default().to_json()).config(&other_config())
    }

    pub(super) fn config(mut self, json: &str) -> Self {
        self.records.push(LogRecord::Config { id: ConfigId::of_json(json), json: json.to_owned() });
        self
    }

    pub(super) fn id(&self) -> EventId {
        EventId { device: self.head.device.id, sequence: self.next }
    }

    /// An action of the entries that `make` gives, told how many there were before.
    pub(super) fn action(
        &mut self,
        kind: ActionKind,
        subject: Subject,
        entries: u64,
        mut make: impl FnMut(&Self, u64) -> (Entry, Option<TextRecord>),
    ) {
        self.hlc += 1_000;
        self.at.unix_ms = self.hlc;
        self.lay(kind, subject, entries, &mut make);
    }

    pub(super) fn lay(&mut self, kind: ActionKind, subject: Subject, entries: u64, make: Make<'_>) {
        let action = ActionId { device: self.head.device.id, number: self.next };
        self.records.push(LogRecord::Action(Action {
            span: Span { action, entries },
            kind,
            subject,
            at: self.at,
            study_day: StudyDay(self.day),
            hlc: Hlc(self.hlc),
        }));
        for index in 0..entries {
            let (entry, text) = make(self, index);
            self.records.push(LogRecord::Entry(entry, text));
            self.next += 1;
        }
    }

    pub(super) fn event(&self, card: CardId, kind: EventKind) -> Event {
        let needs = matches!(kind, EventKind::Answered { .. } | EventKind::Adopted | EventKind::Rescheduled);
        let has_memory = matches!(kind, EventKind::Adopted | EventKind::Rescheduled);
        Event {
            id: self.id(),
            hlc: Hlc(self.hlc),
            at: self.at,
            study_day: StudyDay(self.day),
            card,
            kind,
            config: needs.then(|| Scheduler::default().id()),
            prev: None,
            memory: has_memory.then(|| memory([6, 100, 1, 20_000, 20_100, 4], Some(250), None)),
            detail: Detail::default(),
        }
    }

    pub(super) fn answer(&mut self, number: u64) {
        let card = CardId { note: note(number), ordinal: 1 };
        self.action(ActionKind::Answer, Subject::Card(card), 1, |made, _| {
            let kind = EventKind::Answered { quality: Quality::Q4, took: Millis(900) };
            (Entry::Event(Box::new(made.event(card, kind))), None)
        });
    }

    pub(super) fn lone_fact(&mut self, fact: Fact, text: Option<&str>) {
        self.action(ActionKind::Edit, Subject::None, 1, |made, _| {
            (Entry::Fact(made.id(), fact.clone()), text.map(|text| TextRecord::new(5, text.to_owned())))
        });
    }

    /// All records, with the head that belongs to them.
    pub(super) fn done(mut self) -> Vec<LogRecord> {
        self.head.to = self.next - 1;
        self.head.after = chain_of(self.head.before, &self.records);
        self.records.insert(0, LogRecord::Head(Box::new(self.head)));
        self.records.push(LogRecord::End);
        self.records
    }
}

/// The chain over what `records` say, right or wrong.
pub(super) fn chain_of(before: ChainHash, records: &[LogRecord]) -> ChainHash {
    let mut chain = Chain::after(before);
    let mut open: Option<&Action> = None;
    for record in records {
        match record {
            LogRecord::Action(action) => {
                if let Some(action) = open {
                    chain.finish(action);
                }
                open = Some(action);
            }
            LogRecord::Entry(entry, text) => chain.entry(EntryRef::from(entry), text.as_ref().map(|text| text.hash)),
            LogRecord::Head(_) | LogRecord::Config { .. } | LogRecord::End => {}
        }
    }
    if let Some(action) = open {
        chain.finish(action);
    }
    chain.hash()
}

pub(super) fn memory(shared: [i64; 6], ease: Option<i64>, fsrs: Option<(i64, i64)>) -> Memory {
    let [a, b, c, d, e, f] = shared.map(Some);
    Memory::from_numbers([a, b, c, d, e, f, ease, fsrs.map(|two| two.0), fsrs.map(|two| two.1)]).unwrap()
}

pub(super) fn text_of(chance: &mut Chance, body: String) -> TextRecord {
    let text = TextRecord::new(chance.next().cast_signed(), body);
    if chance.seldom() { TextRecord { salt: None, body: None, ..text } } else { text }
}

fn random_detail(chance: &mut Chance) -> (Detail, Option<TextRecord>) {
    let mut detail = Detail {
        asked: chance.maybe(|chance| chance.pick(&Asked::ALL)),
        response: None,
        expected: None,
        suggested: chance.maybe(|chance| chance.pick(&Quality::ALL)),
        guessed: chance.seldom(),
        variant: chance.maybe(|chance| u32::try_from(chance.below(1 << 32)).unwrap()),
        speakers: chance.seldom(),
        form: chance.maybe(|_| 3),
        confidence: chance.maybe(|chance| u8::try_from(chance.below(101)).unwrap()),
        due_offset_min: chance.maybe(|chance| i32::try_from(chance.range(-1440..=1440)).unwrap()),
        foreign: chance.maybe(|chance| Foreign { program: "mnemosyne".to_owned(), id: chance.next().cast_signed() }),
    };
    let text = chance.maybe(|chance| {
        let words = AnswerWords {
            response: Some("“ü”\n\u{202e}\\\"".to_owned()),
            expected: chance.maybe(|_| "x".to_owned()),
        };
        let text = text_of(chance, serde_json::to_string(&words).unwrap());
        if text.body.is_some() {
            detail.response = words.response;
            detail.expected = words.expected;
        }
        text
    });
    (detail, text)
}

fn random_note(chance: &mut Chance) -> NoteUid {
    note(chance.below(9))
}

fn random_card(chance: &mut Chance) -> CardId {
    let ordinal = if chance.often() { 1 } else { u16::try_from(chance.range(1..=511)).unwrap() };
    CardId { note: random_note(chance), ordinal }
}

fn random_kind(chance: &mut Chance, next: u64, first: u64) -> EventKind {
    let (quality, took) = (chance.pick(&Quality::ALL), Millis(u32::try_from(chance.below(1 << 32)).unwrap()));
    let code = chance.pick(&EventKind::ALL).code();
    let arg = match code {
        7 => Some(chance.range(-10_000_000..=10_000_000)),
        11 => Some(chance.range(0..=255)),
        15 => {
            Some(chance.range(i64::try_from(first).unwrap()..=i64::try_from(next).unwrap()) * 2 + chance.range(0..=1))
        }
        _ => None,
    };
    EventKind::from_parts(code, Some(quality), took, arg).unwrap()
}

fn random_event(chance: &mut Chance, made: &Maker, kind: EventKind) -> (Entry, Option<TextRecord>) {
    let mut event = made.event(random_card(chance), kind);
    if chance.seldom() {
        event.at = Timestamp {
            unix_ms: chance.range(-864_000_000_000_000..=864_000_000_000_000),
            offset_min: i32::try_from(chance.range(-1080..=1080)).unwrap(),
        };
    }
    if chance.seldom() {
        event.study_day = StudyDay(i32::try_from(chance.range(-10_000_000..=10_000_000)).unwrap());
    }
    if event.memory.is_some() && chance.often() {
        let fsrs = Some((chance.range(0..=i64::MAX - 1), chance.range(0..=i64::from(u32::MAX))));
        event.memory = Some(memory([0, 0, 9, -5, 10_000_000, 0], None, fsrs));
    }
    if event.config.is_some() && chance.seldom() {
        event.config = Some(ConfigId::of_json(&other_config()));
    }
    event.prev = chance.maybe(|chance| EventId { device: device(200), sequence: chance.range(1..=9).cast_unsigned() });
    let text;
    (event.detail, text) = random_detail(chance);
    (Entry::Event(Box::new(event)), text)
}

fn random_imported(chance: &mut Chance, made: &Maker, index: u64) -> (Entry, Option<TextRecord>) {
    let kind = EventKind::Imported { quality: chance.pick(&Quality::ALL), took: Millis(5) };
    let mut event = made.event(random_card(chance), kind);
    event.at.unix_ms = 1_500_000_000_000 + chance.range(0..=99_000_000_000);
    event.study_day = StudyDay(i32::try_from(event.at.unix_ms / 86_400_000).unwrap() - i32::from(chance.seldom()));
    let id = event.at.unix_ms + i64::from(chance.seldom());
    let program = if index > 300 && chance.below(100) == 0 { "mnemosyne" } else { "anki" };
    event.detail.foreign = Some(Foreign { program: program.to_owned(), id });
    (Entry::Event(Box::new(event)), None)
}

pub(super) fn facts(chance: &mut Chance, made: &Maker, starts: &[u64]) -> Vec<Fact> {
    let note = random_note(chance);
    let deck = chance.pick(&["a: “b”", "Bench::D07"]).to_owned();
    let edition = u32::try_from(chance.below(1 << 32)).unwrap();
    let position = chance.range(-(1 << 53)..=1 << 53);
    vec![
        Fact::Brought { note, deck: deck.clone(), position, edition },
        Fact::Gone { note },
        Fact::Ordered { note, position },
        Fact::Edited { note },
        Fact::Cleared { note },
        Fact::Tagged { note },
        Fact::Untagged { note },
        Fact::Placed { note, deck: deck.clone(), position: chance.maybe(|_| position) },
        Fact::Deleted { note },
        Fact::Revived { note },
        Fact::Keyed { note },
        Fact::Aliased { alias: random_note(chance), note },
        Fact::Head { deck: deck.clone(), edition },
        Fact::Renamed { deck: deck.clone() },
        Fact::Topic { deck: deck.clone(), edition },
        Fact::Scheduler { deck: deck.clone(), config: chance.maybe(|_| Scheduler::default().id()) },
        Fact::Undone { action: ActionId { device: device(99), number: 7 }, mark: Some(ChainMark([9, 8, 0, 255])) },
        match starts {
            [] => Fact::Undone { action: ActionId { device: device(98), number: 1 }, mark: Some(ChainMark([0; 4])) },
            starts => Fact::Undone {
                action: ActionId { device: made.head.device.id, number: chance.pick(starts) },
                mark: None,
            },
        },
        Fact::Configured,
        Fact::Paused { until: StudyDay(-3) },
        Fact::Resumed,
        Fact::Erased { what: Erasure::Note(note) },
        Fact::Erased { what: Erasure::Deck(deck.clone()) },
        Fact::Erased { what: Erasure::Typed },
        Fact::Tried { deck: deck.clone(), tried: chance.pick(&Tried::ALL) },
        Fact::Hidden { deck, hidden: chance.pick(&[false, true]) },
        Fact::TookOver { device: device(97), from: 3, to: 4, chain: ChainHash([9; 16]) },
    ]
}

/// A text that a fact of this kind can have.
pub(super) fn body_of(fact: &Fact) -> Option<String> {
    let head = Head { name: "a::b".to_owned(), title: Some("T".to_owned()), ..Head::default() };
    let topic = r#"{"id":"t","title":"T","position":0}"#;
    let change = SettingChange::Setting { key: "day.new".to_owned(), old: None, new: Some("5".to_owned()) };
    fact.has_text().then(|| match fact {
        Fact::Brought { .. } | Fact::Edited { .. } => {
            r#"{"kind":"basic","fields":{"front":"\"q\"","back":"\u001b[31m”"}}"#.to_owned()
        }
        Fact::Head { .. } => serde_json::to_string(&head).unwrap(),
        Fact::Topic { .. } => serde_json::to_string(&serde_json::from_str::<TopicText>(topic).unwrap()).unwrap(),
        Fact::Configured => serde_json::to_string(&change).unwrap(),
        _ => "tag".to_owned(),
    })
}

/// A segment of all that a log can hold.
fn random_segment(chance: &mut Chance, device: Device, from: u64, before: ChainHash, actions: u64) -> Vec<LogRecord> {
    let first = device.first_sequence();
    let mut made = Maker::new(device, from, before).config(&Scheduler::default().to_json()).config(&other_config());
    made.head.knows =
        (0..chance.below(3)).map(|number| (DeviceId([u8::try_from(number).unwrap() + 50; 16]), number)).collect();
    let mut starts = Vec::new();
    for _ in 0..actions {
        made.hlc += 1 + chance.range(0..=40_000);
        if chance.often() {
            made.at.unix_ms = made.hlc;
        }
        if chance.seldom() {
            made.day += 1;
            made.at.offset_min = i32::try_from(chance.range(-1080..=1080)).unwrap();
        }
        let before = made.next;
        match chance.below(10) {
            0..5 => {
                let card = random_card(chance);
                let subject = chance.pick(&[Subject::Card(card), Subject::Card(card), Subject::None]);
                let (detail, text) = random_detail(chance);
                let (quality, took) =
                    (chance.pick(&Quality::ALL), Millis(u32::try_from(chance.below(90_000)).unwrap()));
                let crammed = chance.seldom();
                let prev = chance.maybe(|_| EventId { device: DeviceId([77; 16]), sequence: 1 });
                made.lay(ActionKind::Answer, subject, 1, &mut |made, _| {
                    let kind = if crammed {
                        EventKind::Crammed { quality, took }
                    } else {
                        EventKind::Answered { quality, took }
                    };
                    let event = Event { detail: detail.clone(), prev, ..made.event(card, kind) };
                    (Entry::Event(Box::new(event)), text.clone())
                });
            }
            5 => {
                let entries = 1 + if chance.seldom() { chance.below(700) } else { chance.below(20) };
                made.lay(ActionKind::Import, Subject::Deck("d".to_owned()), entries, &mut |made, index| {
                    if chance.below(200) == 0 {
                        let kind = random_kind(chance, made.next, first);
                        return random_event(chance, made, kind);
                    }
                    random_imported(chance, made, index)
                });
            }
            _ => {
                let subject = chance.pick(&[
                    Subject::None,
                    Subject::Note(note(3)),
                    Subject::Card(CardId { note: note(2), ordinal: 511 }),
                    Subject::Deck("a: b".to_owned()),
                    Subject::Day(StudyDay(-4)),
                ]);
                let (kind, entries) = (chance.pick(ActionKind::ALL), 1 + chance.below(5));
                made.lay(kind, subject, entries, &mut |made, _| {
                    if chance.often() {
                        let facts = facts(chance, made, &starts);
                        let fact = chance.pick(&facts);
                        let text = body_of(&fact).map(|body| text_of(chance, body));
                        (Entry::Fact(made.id(), fact), text)
                    } else {
                        let kind = random_kind(chance, made.next, first);
                        random_event(chance, made, kind)
                    }
                });
            }
        }
        starts.push(before);
    }
    made.done()
}

/// Segments of several devices, forked ones too.
pub(super) fn random_log(seed: u64, actions: u64) -> Vec<LogRecord> {
    let mut chance = Chance(seed);
    let mut log = Vec::new();
    for number in 1..=1 + chance.below(3) {
        let parent = chance.maybe(|chance| Parent {
            device: device(90),
            sequence: chance.below(u64::from(u32::MAX) - 1_000_000),
            chain: ChainHash([8; 16]),
        });
        let id = device(u8::try_from(number).unwrap());
        let device = Device { id, name: "π\u{7f}".to_owned(), parent, created_at_ms: -5 };
        let (mut from, mut before) = (device.first_sequence(), device.first_chain());
        if chance.seldom() {
            (from, before) = (from + 1, ChainHash([1; 16]));
        }
        log.extend(random_segment(&mut chance, device, from, before, actions));
    }
    log
}
