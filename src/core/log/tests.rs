use super::*;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Asked;
use crate::core::event::EventKind;
use crate::core::event::Foreign;
use crate::core::event::Span;
use crate::core::fact::ChainMark;
use crate::core::fact::Erasure;
use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::state::Memory;
use crate::core::state::Model;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::tried::Tried;
use crate::core::units::Days;
use crate::core::units::Difficulty;
use crate::core::units::Ease;
use crate::core::units::Hlc;
use crate::core::units::Millis;
use crate::core::units::Stability;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

const OWN: DeviceId = DeviceId([1; 16]);
const OTHER: DeviceId = DeviceId([2; 16]);
const THIRD: DeviceId = DeviceId([3; 16]);
const NOTE: NoteUid = NoteUid([4; 16]);
const OTHER_NOTE: NoteUid = NoteUid([5; 16]);

fn memory(model: Model) -> Memory {
    Memory {
        repetitions: 3,
        interval: Days(15),
        lapses: 1,
        last: StudyDay(20_000),
        due: StudyDay(20_015),
        last_quality: Quality::Q4,
        model,
    }
}

fn fsrs() -> Model {
    Model::Fsrs { stability: Stability(15_000_000_000), difficulty: Difficulty(5_000_000) }
}

/// An event with something in every field.
fn event() -> Event {
    Event {
        id: EventId { device: OWN, sequence: 7 },
        hlc: Hlc(1_000),
        at: Timestamp { unix_ms: 900, offset_min: 60 },
        study_day: StudyDay(20_000),
        card: CardId { note: NOTE, ordinal: 1 },
        kind: EventKind::Checked { quality: Quality::Q4, took: Millis(5_000), checkup: 7, last: false },
        config: Some(ConfigId([6; 16])),
        prev: Some(EventId { device: OTHER, sequence: 3 }),
        memory: Some(memory(Model::Sm2 { ease: Ease::START })),
        detail: Detail {
            asked: Some(Asked::Sort),
            response: Some("left".to_owned()),
            expected: Some("right".to_owned()),
            suggested: Some(Quality::Q3),
            guessed: false,
            variant: Some(1),
            speakers: false,
            form: Some(2),
            confidence: Some(80),
            due_offset_min: Some(-30),
            foreign: Some(Foreign { program: "anki".to_owned(), id: 12 }),
        },
    }
}

fn action() -> Action {
    Action {
        span: Span { action: ActionId { device: OWN, number: 7 }, entries: 1 },
        kind: ActionKind::Checkup,
        subject: Subject::None,
        at: Timestamp { unix_ms: 900, offset_min: 60 },
        study_day: StudyDay(20_000),
        hlc: Hlc(1_000),
    }
}

fn hash(action: &Action, entry: EntryRef<'_>, text: Option<[u8; 16]>) -> ChainHash {
    let mut chain = Chain::after(ChainHash([9; 16]));
    chain.entry(entry, text);
    chain.finish(action)
}

fn of_event(event: &Event) -> ChainHash {
    hash(&action(), EntryRef::Event(event), Some([8; 16]))
}

fn of_fact(fact: &Fact) -> ChainHash {
    hash(&action(), EntryRef::Fact(EventId { device: OWN, sequence: 7 }, fact), Some([8; 16]))
}

/// Says of which two things the hashes are equal.
fn assert_all_differ(hashes: impl IntoIterator<Item = (String, ChainHash)>) {
    let mut known: BTreeMap<ChainHash, String> = BTreeMap::new();
    for (what, hash) in hashes {
        if let Some(before) = known.insert(hash, what.clone()) {
            panic!("the same hash of\n{before} and of\n{what}");
        }
    }
}

type Change<T> = (&'static str, fn(&mut T));

/// `start` and what each of the changes makes of it.
fn changed<T: Clone>(start: &T, changes: &[Change<T>]) -> Vec<(String, T)> {
    let mut all = vec![("as it was".to_owned(), start.clone())];
    all.extend(changes.iter().map(|(what, change)| {
        let mut other = start.clone();
        change(&mut other);
        ((*what).to_owned(), other)
    }));
    all
}

#[test]
fn the_chain_notices_every_field_of_an_event() {
    // A field that is added has to be named here, and then below.
    let Event { id: _, hlc: _, at: _, study_day: _, card: _, kind: _, config: _, prev: _, memory: _, detail: _ } =
        event();
    let changes: &[Change<Event>] = &[
        ("sequence", |e| e.id.sequence = 8),
        ("instant", |e| e.at.unix_ms = 901),
        ("offset", |e| e.at.offset_min = 61),
        ("study day", |e| e.study_day = StudyDay(20_001)),
        ("note", |e| e.card.note = OTHER_NOTE),
        ("ordinal", |e| e.card.ordinal = 2),
        ("no configuration", |e| e.config = None),
        ("another configuration", |e| e.config = Some(ConfigId([7; 16]))),
        ("no event before", |e| e.prev = None),
        ("another event before", |e| e.prev = Some(EventId { device: OTHER, sequence: 4 })),
        ("the same number of a third device", |e| e.prev = Some(EventId { device: THIRD, sequence: 3 })),
        ("the same number of the own device", |e| e.prev = Some(EventId { device: OWN, sequence: 3 })),
        ("no memory", |e| e.memory = None),
        ("another model", |e| e.memory = Some(memory(fsrs()))),
        ("no way of asking", |e| e.detail.asked = None),
        ("another way of asking", |e| e.detail.asked = Some(Asked::Choose)),
        ("nothing suggested", |e| e.detail.suggested = None),
        ("suggested", |e| e.detail.suggested = Some(Quality::Q2)),
        ("guessed", |e| e.detail.guessed = true),
        ("speakers", |e| e.detail.speakers = true),
        ("no variant", |e| e.detail.variant = None),
        ("variant", |e| e.detail.variant = Some(2)),
        ("no form", |e| e.detail.form = None),
        ("form", |e| e.detail.form = Some(1)),
        ("no confidence", |e| e.detail.confidence = None),
        ("confidence", |e| e.detail.confidence = Some(30)),
        ("no offset of the due time", |e| e.detail.due_offset_min = None),
        ("offset of the due time", |e| e.detail.due_offset_min = Some(30)),
        ("no foreign record", |e| e.detail.foreign = None),
        ("foreign id", |e| e.detail.foreign = Some(Foreign { program: "anki".to_owned(), id: 13 })),
        ("foreign program", |e| e.detail.foreign = Some(Foreign { program: "anki1".to_owned(), id: 12 })),
    ];
    assert_all_differ(changed(&event(), changes).into_iter().map(|(what, event)| (what, of_event(&event))));
}

#[test]
fn the_chain_notices_every_kind_of_event_and_what_it_says() {
    let answer = |quality, took| EventKind::Answered { quality, took: Millis(took) };
    let checked = |checkup, last| EventKind::Checked { quality: Quality::Q4, took: Millis(0), checkup, last };
    let more = [
        answer(Quality::Q5, 0),
        answer(Quality::Q4, 1),
        EventKind::Buried { until: StudyDay(1) },
        EventKind::Flagged { flag: 1 },
        checked(1, false),
        checked(1, true),
    ];
    let kinds = EventKind::ALL.into_iter().chain(more);
    assert_all_differ(kinds.map(|kind| (format!("{kind:?}"), of_event(&Event { kind, ..event() }))));
}

#[test]
fn the_chain_notices_every_number_of_a_memory() {
    let changes: &[Change<Memory>] = &[
        ("repetitions", |m| m.repetitions += 1),
        ("interval", |m| m.interval.0 += 1),
        ("lapses", |m| m.lapses += 1),
        ("last day", |m| m.last.0 += 1),
        ("due day", |m| m.due.0 += 1),
        ("last grade", |m| m.last_quality = Quality::Q5),
    ];
    let of = |memory: Memory| of_event(&Event { memory: Some(memory), ..event() });
    let models = [
        Model::Sm2 { ease: Ease::START },
        Model::Sm2 { ease: Ease::MIN },
        fsrs(),
        Model::Fsrs { stability: Stability(1), difficulty: Difficulty(5_000_000) },
        Model::Fsrs { stability: Stability(15_000_000_000), difficulty: Difficulty(1) },
    ];
    for model in [Model::Sm2 { ease: Ease::START }, fsrs()] {
        assert_all_differ(changed(&memory(model), changes).into_iter().map(|(what, memory)| (what, of(memory))));
    }
    assert_all_differ(models.map(|model| (format!("{model:?}"), of(memory(model)))));
}

/// One fact of each kind, and what else each may say.
fn facts() -> Vec<Fact> {
    let deck = || "people".to_owned();
    let other = || "peopl".to_owned();
    let brought = |note, deck, position, edition| Fact::Brought { note, deck, position, edition };
    let undone = |device, number, mark: Option<u8>| Fact::Undone {
        action: ActionId { device, number },
        mark: mark.map(|mark| ChainMark([mark; 4])),
    };
    let took = |device, from, to, chain| Fact::TookOver { device, from, to, chain: ChainHash([chain; 16]) };
    vec![
        brought(NOTE, deck(), 1, 0),
        brought(OTHER_NOTE, deck(), 1, 0),
        brought(NOTE, other(), 1, 0),
        brought(NOTE, deck(), 2, 0),
        brought(NOTE, deck(), 1, 1),
        Fact::Gone { note: NOTE },
        Fact::Gone { note: OTHER_NOTE },
        Fact::Ordered { note: NOTE, position: 1 },
        Fact::Ordered { note: OTHER_NOTE, position: 1 },
        Fact::Ordered { note: NOTE, position: -1 },
        Fact::Edited { note: NOTE },
        Fact::Edited { note: OTHER_NOTE },
        Fact::Cleared { note: NOTE },
        Fact::Cleared { note: OTHER_NOTE },
        Fact::Tagged { note: NOTE },
        Fact::Tagged { note: OTHER_NOTE },
        Fact::Untagged { note: NOTE },
        Fact::Untagged { note: OTHER_NOTE },
        Fact::Placed { note: NOTE, deck: deck(), position: None },
        Fact::Placed { note: OTHER_NOTE, deck: deck(), position: None },
        Fact::Placed { note: NOTE, deck: other(), position: None },
        Fact::Placed { note: NOTE, deck: deck(), position: Some(0) },
        Fact::Placed { note: NOTE, deck: deck(), position: Some(1) },
        Fact::Deleted { note: NOTE },
        Fact::Deleted { note: OTHER_NOTE },
        Fact::Revived { note: NOTE },
        Fact::Revived { note: OTHER_NOTE },
        Fact::Keyed { note: NOTE },
        Fact::Keyed { note: OTHER_NOTE },
        Fact::Aliased { alias: NOTE, note: OTHER_NOTE },
        Fact::Aliased { alias: OTHER_NOTE, note: NOTE },
        Fact::Head { deck: deck(), edition: 0 },
        Fact::Head { deck: other(), edition: 0 },
        Fact::Head { deck: deck(), edition: 1 },
        Fact::Renamed { deck: deck() },
        Fact::Renamed { deck: other() },
        Fact::Topic { deck: deck(), edition: 0 },
        Fact::Topic { deck: other(), edition: 0 },
        Fact::Topic { deck: deck(), edition: 1 },
        Fact::Scheduler { deck: deck(), config: None },
        Fact::Scheduler { deck: other(), config: None },
        Fact::Scheduler { deck: deck(), config: Some(ConfigId([1; 16])) },
        Fact::Scheduler { deck: deck(), config: Some(ConfigId([2; 16])) },
        Fact::Hidden { deck: deck(), hidden: true },
        Fact::Hidden { deck: deck(), hidden: false },
        Fact::Hidden { deck: other(), hidden: true },
        undone(OWN, 3, None),
        undone(OWN, 4, None),
        undone(OTHER, 3, Some(1)),
        undone(OTHER, 3, Some(2)),
        undone(THIRD, 3, Some(1)),
        Fact::Configured,
        Fact::Paused { until: StudyDay(1) },
        Fact::Paused { until: StudyDay(2) },
        Fact::Resumed,
        Fact::Erased { what: Erasure::Note(NOTE) },
        Fact::Erased { what: Erasure::Note(OTHER_NOTE) },
        Fact::Erased { what: Erasure::Deck(deck()) },
        Fact::Erased { what: Erasure::Deck(other()) },
        Fact::Erased { what: Erasure::Typed },
        took(OTHER, 1, 2, 1),
        took(THIRD, 1, 2, 1),
        took(OTHER, 2, 2, 1),
        took(OTHER, 1, 3, 1),
        took(OTHER, 1, 2, 2),
        Fact::Tried { deck: deck(), tried: Tried::Yes },
        Fact::Tried { deck: other(), tried: Tried::Yes },
        Fact::Tried { deck: deck(), tried: Tried::NotYet },
    ]
}

#[test]
fn the_chain_notices_every_kind_of_fact_and_what_it_says() {
    let facts = facts();
    let codes: BTreeSet<u8> = facts.iter().map(Fact::code).collect();
    assert!(codes.iter().copied().eq(1..=24), "one of each kind: {codes:?}");
    let fact = |fact: &Fact| (format!("{fact:?}"), of_fact(fact));
    let event = ("an event".to_owned(), of_event(&event()));
    assert_all_differ(facts.iter().map(fact).chain([event]));
    let named = |sequence| hash(&action(), EntryRef::Fact(EventId { device: OWN, sequence }, &Fact::Resumed), None);
    assert_ne!(named(7), named(8));
}

#[test]
fn the_chain_notices_everything_about_an_action_and_the_hashes_of_its_texts() {
    let Action { span: _, kind: _, subject: _, at: _, study_day: _, hlc: _ } = action();
    let changes: &[Change<Action>] = &[
        ("number", |a| a.span.action.number = 8),
        ("entries", |a| a.span.entries = 2),
        ("kind", |a| a.kind = ActionKind::Answer),
        ("subject", |a| a.subject = Subject::Note(NOTE)),
        ("another subject", |a| a.subject = Subject::Note(OTHER_NOTE)),
        ("instant", |a| a.at.unix_ms = 901),
        ("offset", |a| a.at.offset_min = 61),
        ("study day", |a| a.study_day = StudyDay(20_001)),
        ("stamp", |a| a.hlc = Hlc(1_001)),
    ];
    let event = event();
    let entry = EntryRef::Event(&event);
    let actions = changed(&action(), changes).into_iter();
    let texts = [("no text", None), ("another text", Some([7; 16]))];
    assert_all_differ(
        actions
            .map(|(what, action)| (what, hash(&action, entry, Some([8; 16]))))
            .chain(texts.map(|(what, text)| (what.to_owned(), hash(&action(), entry, text)))),
    );
}

#[test]
fn the_chain_notices_the_order_and_what_came_before() {
    let (one, two) = (event(), Event { id: EventId { device: OWN, sequence: 8 }, ..event() });
    let of = |before: u8, entries: [&Event; 2]| {
        let mut chain = Chain::after(ChainHash([before; 16]));
        entries.into_iter().for_each(|event| chain.entry(EntryRef::Event(event), None));
        chain.finish(&action())
    };
    assert_ne!(of(9, [&one, &two]), of(9, [&two, &one]));
    assert_ne!(of(9, [&one, &two]), of(8, [&one, &two]));
    // One action after the other, or by two hands.
    let mut whole = Chain::after(ChainHash([9; 16]));
    whole.entry(EntryRef::Event(&one), None);
    let between = whole.finish(&action());
    assert_eq!(whole.hash(), between);
    whole.entry(EntryRef::Event(&two), None);
    let mut rest = Chain::after(between);
    rest.entry(EntryRef::Event(&two), None);
    assert_eq!(whole.finish(&action()), rest.finish(&action()));
}

#[test]
fn the_chain_does_not_know_which_device_it_is_of() {
    let moved = |device: DeviceId| {
        let span = Span { action: ActionId { device, number: 7 }, entries: 1 };
        let action = Action { span, ..action() };
        let id = EventId { device, sequence: 7 };
        let event = Event { id, prev: Some(EventId { device, sequence: 3 }), ..event() };
        let undone = Fact::Undone { action: ActionId { device, number: 3 }, mark: None };
        [EntryRef::Event(&event), EntryRef::Fact(id, &undone)].map(|entry| hash(&action, entry, None))
    };
    assert_eq!(moved(OWN), moved(OTHER));
}

#[test]
fn erasing_words_changes_no_hash() {
    let mut erased = event();
    (erased.detail.response, erased.detail.expected) = (None, None);
    assert_eq!(of_event(&event()), of_event(&erased));
    let words = Detail { response: Some("ledaer".to_owned()), ..Detail::default() };
    let plain = |detail| of_event(&Event { detail, ..event() });
    assert_eq!(plain(words), plain(Detail::default()));
}

#[test]
fn a_text_is_whole_with_its_salt_and_erased() {
    let text = TextRecord::new(7, "words".to_owned());
    let with = |salt, body: Option<&str>| TextRecord { salt, hash: text.hash, body: body.map(str::to_owned) };
    for (record, whole) in [
        (text.clone(), true),
        (with(None, None), true),
        (with(Some(8), Some("words")), false),
        (with(Some(7), Some("other words")), false),
        (with(Some(7), None), false),
        (with(None, Some("words")), false),
    ] {
        assert_eq!(record.is_whole(), whole, "{record:?}");
    }
}

#[test]
fn a_fork_goes_on_with_its_parents_hash_and_numbers() {
    let device = Device { id: OWN, name: "workspace".to_owned(), parent: None, created_at_ms: 0 };
    assert_eq!(device.first_sequence(), 1);
    assert_ne!(device.first_chain(), Device { id: OTHER, ..device.clone() }.first_chain());
    let parent = Some(Parent { device: OTHER, sequence: 41, chain: ChainHash([7; 16]) });
    let fork = Device { parent, ..device };
    assert_eq!((fork.first_sequence(), fork.first_chain()), (42, ChainHash([7; 16])));
}
