//! Every rule of a segment: what breaks it is refused, also where the hashes are right.

use super::maker::chain_of;
use super::maker::memory;
use super::*;
use crate::core::action::Action;
use crate::core::fact::ChainHash;
use crate::core::fact::ChainMark;
use crate::core::fact::Erasure;
use crate::core::id::ActionId;
use crate::core::id::ConfigId;
use crate::core::id::EventId;
use crate::core::log::Parent;
use crate::core::log::SegmentHead;
use crate::core::log::TextRecord;
use crate::core::study_day::StudyDay;
use crate::core::units::Hlc;

/// Refused when `change` was made to the head, though the hashes are right.
fn head_refused(fault: SegmentFault, change: impl FnOnce(&mut SegmentHead)) {
    let mut made = Maker::first(1);
    made.answer(1);
    made.answer(2);
    let mut log = made.done();
    let LogRecord::Head(head) = &mut log[0] else { panic!() };
    change(head);
    let before = head.before;
    let after = chain_of(before, &log);
    let LogRecord::Head(head) = &mut log[0] else { panic!() };
    head.after = after;
    refused(&log, &fault);
}

#[test]
fn a_head_that_can_t_be_is_refused() {
    head_refused(SegmentFault::NoRange { from: 0, to: 2 }, |head| head.from = 0);
    head_refused(SegmentFault::NoRange { from: 1, to: 0 }, |head| head.to = 0);
    head_refused(SegmentFault::NoEntryNumber(1 << 32), |head| head.to = 1 << 32);
    head_refused(SegmentFault::NoEntryNumber(u64::MAX), |head| head.to = u64::MAX);
    head_refused(SegmentFault::EndsEarly { next: 3, last: 3 }, |head| head.to = 3);
    head_refused(SegmentFault::RunTooLong { count: 2, last: 1 }, |head| {
        head.from = 1;
        head.to = 1;
    });
    head_refused(SegmentFault::WrongFirstHash, |head| head.before = ChainHash([0; 16]));
    head_refused(SegmentFault::WrongFirstHash, |head| head.device.id = DeviceId([2; 16]));
    head_refused(SegmentFault::NoInstant(i64::MAX), |head| head.device.created_at_ms = i64::MAX);
    head_refused(SegmentFault::KnownTwice(DeviceId([3; 16])), |head| {
        head.knows = vec![(DeviceId([3; 16]), 1), (DeviceId([3; 16]), 2)];
    });
    head_refused(SegmentFault::NoEntryNumber(u64::MAX), |head| head.knows = vec![(DeviceId([3; 16]), u64::MAX)]);
    let parent = |sequence| Some(Parent { device: DeviceId([9; 16]), sequence, chain: ChainHash([4; 16]) });
    head_refused(SegmentFault::BeforeFirst { first: 2, from: 1 }, |head| head.device.parent = parent(1));
    head_refused(SegmentFault::NoEntryNumber(u64::MAX), |head| head.device.parent = parent(u64::MAX));
    head_refused(SegmentFault::OwnParent, |head| {
        head.device.parent = Some(Parent { device: head.device.id, sequence: 0, chain: ChainHash([4; 16]) });
    });
    head_refused(SegmentFault::WrongFirstHash, |head| head.device.parent = parent(0));
}

/// Refused when `change` was made to the records between head and end, though the hashes are right.
#[track_caller]
fn log_refused(fault: &SegmentFault, made: Maker, change: impl FnOnce(&mut Vec<LogRecord>)) {
    let mut log = made.done();
    assert_eq!(read_all(&written(&log)).unwrap(), log, "right before the change");
    change(&mut log);
    let LogRecord::Head(head) = &log[0] else { panic!() };
    let after = chain_of(head.before, &log);
    let LogRecord::Head(head) = &mut log[0] else { panic!() };
    head.after = after;
    refused(&log, fault);
}

fn actions(log: &mut [LogRecord]) -> Vec<&mut Action> {
    log.iter_mut()
        .filter_map(|record| if let LogRecord::Action(action) = record { Some(action) } else { None })
        .collect()
}

fn entries(log: &mut [LogRecord]) -> Vec<(&mut Entry, &mut Option<TextRecord>)> {
    log.iter_mut()
        .filter_map(|record| if let LogRecord::Entry(entry, text) = record { Some((entry, text)) } else { None })
        .collect()
}

/// Refused when `change` was made to an event of the kind `kind` in an action of two.
#[track_caller]
fn event_refused(fault: SegmentFault, kind: EventKind, change: impl FnOnce(&mut Event, &mut Option<TextRecord>)) {
    let mut made = Maker::first(1);
    made.answer(1);
    let card = CardId { note: note(1), ordinal: 1 };
    made.action(ActionKind::Answer, Subject::None, 2, |made, _| {
        (Entry::Event(Box::new(made.event(card, kind.clone()))), None)
    });
    log_refused(&fault, made, |log| {
        let (entry, text) = entries(log).remove(1);
        let Entry::Event(event) = entry else { panic!() };
        change(event, text);
    });
}

#[track_caller]
fn fact_refused(fault: SegmentFault, fact: Fact, text: Option<&str>) {
    let mut made = Maker::first(1);
    made.answer(1);
    made.action(ActionKind::Edit, Subject::None, 2, |made, _| (Entry::Fact(made.id(), Fact::Resumed), None));
    let fine = Fact::Resumed;
    made.lone_fact(fine, None);
    log_refused(&fault, made, |log| {
        let (entry, record) = entries(log).remove(3);
        *entry = Entry::Fact(entry.id(), fact);
        *record = text.map(|text| TextRecord::new(7, text.to_owned()));
    });
}

fn answered() -> EventKind {
    EventKind::Answered { quality: Quality::Q3, took: Millis(5) }
}

#[test]
fn an_action_that_can_t_be_is_refused() {
    let two = || {
        let mut made = Maker::first(1);
        for _ in 0..2 {
            made.lone_fact(Fact::Resumed, None);
        }
        made
    };
    let change = |fault: SegmentFault, change: &dyn Fn(&mut Action)| {
        log_refused(&fault, two(), |log| change(actions(log).remove(1)));
    };
    change(SegmentFault::NoStamp(-1), &|action| action.hlc = Hlc(-1));
    change(SegmentFault::NoStamp(i64::MAX), &|action| action.hlc = Hlc(i64::MAX));
    change(SegmentFault::StampNotAfter(5), &|action| action.hlc = Hlc(5));
    change(SegmentFault::NoInstant(i64::MIN), &|action| action.at.unix_ms = i64::MIN);
    let late = 4_000_000_000_000;
    change(SegmentFault::InstantAfterStamp(late), &|action| {
        action.hlc = Hlc(late);
        action.at.unix_ms = late + 1;
    });
    change(SegmentFault::NoOffset(1081), &|action| action.at.offset_min = 1081);
    change(SegmentFault::NoOffset(i32::MIN), &|action| action.at.offset_min = i32::MIN);
    change(SegmentFault::NoStudyDay(10_000_001), &|action| action.study_day = StudyDay(10_000_001));
    change(SegmentFault::NoOrdinal(0), &|action| action.subject = Subject::Card(CardId { note: note(1), ordinal: 0 }));
    change(SegmentFault::NoOrdinal(512), &|action| {
        action.subject = Subject::Card(CardId { note: note(1), ordinal: 512 });
    });
    change(SegmentFault::NoStudyDay(i32::MIN), &|action| action.subject = Subject::Day(StudyDay(i32::MIN)));
    change(SegmentFault::BadDeckId, &|action| action.subject = Subject::Deck(" ".to_owned()));
    change(SegmentFault::BadDeckId, &|action| action.subject = Subject::Deck("a\u{1b}".to_owned()));
}

#[test]
fn entries_that_don_t_fit_their_actions_are_refused() {
    let made = || {
        let mut made = Maker::first(1);
        made.action(ActionKind::Edit, Subject::None, 3, |made, _| (Entry::Fact(made.id(), Fact::Resumed), None));
        made.lone_fact(Fact::Resumed, None);
        made
    };
    let text = String::from_utf8(written(&made().done())).unwrap();
    let entries = "\"entries\":3";
    assert!(text.contains(entries));
    let open = |entries, there| SegmentFault::OpenAction { number: 1, entries, there };
    for (entries, refused) in [
        ("\"entries\":0", (4, SegmentFault::NoEntries)),
        ("\"entries\":2", (7, SegmentFault::EntryOutsideAction)),
        ("\"entries\":4", (8, open(4, 3))),
        ("\"entries\":5", (4, SegmentFault::ActionTooLong(4))),
        ("\"entries\":18446744073709551615", (4, SegmentFault::ActionTooLong(4))),
    ] {
        assert_eq!(refusal(text.replace("\"entries\":3", entries).as_bytes()), refused, "{entries}");
    }
    let line = |number: usize| text.lines().nth(number - 1).unwrap().to_owned() + "\n";
    let without = |number: usize| text.replacen(&line(number), "", 1);
    let config = ConfigId::of_json(&Scheduler::default().to_json());
    for (broken, refused) in [
        (without(1), (1, SegmentFault::NoSegment)),
        (without(4), (4, SegmentFault::EntryOutsideAction)),
        (without(5), (7, open(3, 2))),
        (without(8), (8, SegmentFault::EntryOutsideAction)),
        (text.strip_suffix(&line(9)).unwrap().to_owned(), (9, SegmentFault::EndsEarly { next: 4, last: 4 })),
        (text.clone() + &line(9), (10, SegmentFault::NoSegment)),
        (text.replace(&line(8), &(line(2) + &line(8))), (8, SegmentFault::ConfigTwice(config))),
        (text.replacen(&line(5), &(line(2) + &line(5)), 1), (5, open(3, 0))),
        (text.replace('\n', "\n\n"), (2, SegmentFault::Empty)),
        (text.trim_end().to_owned(), (9, SegmentFault::CutOff)),
    ] {
        assert_eq!(refusal(broken.as_bytes()), refused);
    }
    for (broken, at) in [(text.replacen(&line(5), &(line(1) + &line(5)), 1), 5), (line(1) + &text, 2)] {
        let (line, fault) = refusal(broken.as_bytes());
        assert!(line == at && matches!(fault, SegmentFault::Json { column: 9, .. }), "{line}: {fault:?}");
    }
}

#[test]
fn an_event_that_can_t_be_is_refused() {
    event_refused(SegmentFault::NoConfig, answered(), |event, _| event.config = None);
    event_refused(SegmentFault::NoOrdinal(0), answered(), |event, _| event.card.ordinal = 0);
    event_refused(SegmentFault::NoOrdinal(512), answered(), |event, _| event.card.ordinal = 512);
    event_refused(SegmentFault::NoStudyDay(i32::MAX), answered(), |event, _| event.study_day = StudyDay(i32::MAX));
    event_refused(SegmentFault::NoInstant(i64::MAX), answered(), |event, _| event.at.unix_ms = i64::MAX);
    event_refused(SegmentFault::NoOffset(-1081), answered(), |event, _| event.at.offset_min = -1081);
    event_refused(SegmentFault::NoStudyDay(i32::MIN), EventKind::Buried { until: StudyDay(3) }, |event, _| {
        event.kind = EventKind::Buried { until: StudyDay(i32::MIN) };
    });
    let checked = |checkup| EventKind::Checked { quality: Quality::Q3, took: Millis(1), checkup, last: false };
    event_refused(SegmentFault::NoCheckup(0), checked(1), |event, _| event.kind = checked(0));
    event_refused(SegmentFault::NoCheckup(9), checked(2), |event, _| event.kind = checked(9));
    let own = |sequence| Some(EventId { device: DeviceId([1; 16]), sequence });
    event_refused(SegmentFault::WrongPrevious(2), answered(), |event, _| event.prev = own(2));
    event_refused(SegmentFault::NoEntryNumber(0), answered(), |event, _| event.prev = own(0));
    event_refused(SegmentFault::NoEntryNumber(1 << 32), answered(), |event, _| {
        event.prev = Some(EventId { device: DeviceId([2; 16]), sequence: 1 << 32 });
    });
    event_refused(SegmentFault::NoMemory, EventKind::Adopted, |event, _| event.memory = None);
    let some = memory([6, 100, 1, 20_000, 20_100, 4], Some(250), None);
    event_refused(SegmentFault::ComputedMemory, answered(), |event, _| event.memory = Some(some));
    let late = memory([6, 100, 1, 20_000, i64::from(i32::MAX), 4], Some(250), None);
    event_refused(SegmentFault::NoStudyDay(i32::MAX), EventKind::Rescheduled, |event, _| event.memory = Some(late));
    let long = memory([6, i64::from(u32::MAX), 1, 20_000, 20_100, 4], Some(250), None);
    event_refused(SegmentFault::NoInterval(u32::MAX), EventKind::Rescheduled, |event, _| event.memory = Some(long));
    event_refused(SegmentFault::BadConfidence, answered(), |event, _| event.detail.confidence = Some(101));
    event_refused(SegmentFault::TextWithoutWords, answered(), |_, text| {
        *text = Some(TextRecord::new(1, "{}".to_owned()));
    });
    event_refused(SegmentFault::BadWords(String::new()), answered(), |_, text| {
        *text = Some(TextRecord::new(1, "x".to_owned()));
    });
    event_refused(SegmentFault::ChangedText, answered(), |event, text| {
        event.detail.response = Some("a".to_owned());
        *text = Some(TextRecord { hash: [0; 16], ..TextRecord::new(1, "{\"response\":\"a\"}".to_owned()) });
    });
    event_refused(SegmentFault::MalformedText, answered(), |_, text| {
        *text = Some(TextRecord { body: None, ..TextRecord::new(1, "{\"response\":\"a\"}".to_owned()) });
    });
}

#[test]
fn a_fact_that_can_t_be_is_refused() {
    let (note, deck) = (note(1), "d".to_owned());
    let words = r#"{"kind":"basic","fields":{}}"#;
    fact_refused(
        SegmentFault::FactWithoutText("brought"),
        Fact::Brought { note, deck: deck.clone(), position: 1, edition: 0 },
        None,
    );
    fact_refused(SegmentFault::FactWithText("resumed"), Fact::Resumed, Some("x"));
    fact_refused(SegmentFault::NoPosition(i64::MAX), Fact::Ordered { note, position: i64::MAX }, None);
    fact_refused(
        SegmentFault::NoPosition(i64::MIN),
        Fact::Placed { note, deck: deck.clone(), position: Some(i64::MIN) },
        None,
    );
    let far = Fact::Brought { note, deck: deck.clone(), position: (1 << 53) + 1, edition: 0 };
    fact_refused(SegmentFault::NoPosition((1 << 53) + 1), far, Some(words));
    fact_refused(SegmentFault::BadDeckId, Fact::Renamed { deck: String::new() }, Some("x"));
    fact_refused(SegmentFault::BadDeckId, Fact::Erased { what: Erasure::Deck("\n".to_owned()) }, None);
    fact_refused(SegmentFault::NoStudyDay(i32::MAX), Fact::Paused { until: StudyDay(i32::MAX) }, None);
    for (fact, text) in [
        (Fact::Edited { note }, "{"),
        (Fact::Edited { note }, "[]"),
        (Fact::Head { deck: deck.clone(), edition: 1 }, "{}"),
        (Fact::Topic { deck: deck.clone(), edition: 1 }, "{}"),
        (Fact::Configured, "{\"change\":\"weather\"}"),
    ] {
        let fault = SegmentFault::BadFactText { kind: fact.name(), message: String::new() };
        fact_refused(fault, fact, Some(text));
    }
    let long = format!(r#"{{"kind":"basic","fields":{{"front":"{}"}}}}"#, "x".repeat((1 << 20) + 1));
    fact_refused(SegmentFault::LongField("front".to_owned()), Fact::Edited { note }, Some(&long));
    let long = "x".repeat((1 << 20) + 1);
    let head = format!(r#"{{"name":"{long}"}}"#);
    fact_refused(
        SegmentFault::LongField("name".to_owned()),
        Fact::Head { deck: deck.clone(), edition: 1 },
        Some(&head),
    );
    fact_refused(SegmentFault::LongField("keyed".to_owned()), Fact::Keyed { note }, Some(&long));
    fact_refused(SegmentFault::LongField("renamed".to_owned()), Fact::Renamed { deck: deck.clone() }, Some(&long));
    let marked = |device, number, mark: Option<u8>| Fact::Undone {
        action: ActionId { device: DeviceId([device; 16]), number },
        mark: mark.map(|mark| ChainMark([mark; 4])),
    };
    let undone = |device, number| marked(device, number, (device > 1).then_some(7));
    fact_refused(SegmentFault::WrongMark, marked(1, 1, Some(7)), None);
    fact_refused(SegmentFault::WrongMark, marked(2, 1, None), None);
    fact_refused(SegmentFault::UndoneTooEarly(4), undone(1, 4), None);
    fact_refused(SegmentFault::UndoneTooEarly(5), undone(1, 5), None);
    fact_refused(SegmentFault::UndoneTooEarly(3), undone(1, 3), None);
    fact_refused(SegmentFault::NoEntryNumber(0), undone(1, 0), None);
    fact_refused(SegmentFault::NoEntryNumber(u64::MAX), undone(2, u64::MAX), None);
    let taken =
        |device, from, to| Fact::TookOver { device: DeviceId([device; 16]), from, to, chain: ChainHash([0; 16]) };
    fact_refused(SegmentFault::NotTakenOver { from: 1, to: 2 }, taken(1, 1, 2), None);
    fact_refused(SegmentFault::NotTakenOver { from: 3, to: 2 }, taken(2, 3, 2), None);
    fact_refused(SegmentFault::NoEntryNumber(u64::MAX), taken(2, 3, u64::MAX), None);
}

#[test]
fn an_undo_may_name_what_its_device_did_before_the_segment() {
    let undo = |from: u64, number: u64| {
        let parent = Parent { device: DeviceId([9; 16]), sequence: 10, chain: ChainHash([4; 16]) };
        let device = Device { id: DeviceId([1; 16]), name: String::new(), parent: Some(parent), created_at_ms: 0 };
        let mut made = Maker::new(device, from, ChainHash([4; 16]));
        let id = made.head.device.id;
        made.lone_fact(Fact::Undone { action: ActionId { device: id, number }, mark: None }, None);
        let bytes = written(&made.done());
        if read_all(&bytes).is_ok() { Ok(()) } else { Err(refusal(&bytes).1) }
    };
    assert_eq!(undo(20, 11), Ok(()));
    assert_eq!(undo(20, 19), Ok(()));
    assert_eq!(undo(20, 10), Ok(()), "its parent's, before the fork");
    assert_eq!(undo(20, 20), Err(SegmentFault::UndoneTooEarly(20)));
}

#[test]
fn what_was_changed_without_its_hash_is_refused() {
    let mut made = Maker::first(1);
    made.answer(1);
    made.answer(2);
    made.lone_fact(Fact::Tagged { note: note(1) }, Some("verb"));
    let text = String::from_utf8(written(&made.done())).unwrap();
    for (old, new, refused) in [
        ("\"quality\":\"44\"", "\"quality\":\"45\"", (6, SegmentFault::WrongHash)),
        ("\"took\":[900,900]", "\"took\":[900,901]", (6, SegmentFault::WrongHash)),
        ("\"body\":\"verb\"", "\"body\":\"noun\"", (6, SegmentFault::ChangedText)),
        ("\"json\":\"{", "\"json\":\"{ ", (2, SegmentFault::WrongConfigId)),
    ] {
        assert!(text.contains(old), "{old} in {text}");
        assert_eq!(refusal(text.replacen(old, new, 1).as_bytes()), refused, "{new}");
    }
    let longer = text.replacen("\"after\":\"", "\"after\":\"0", 1);
    assert!(json_refusal(longer.as_bytes()).contains("32 hexadecimal digits"));
}

#[test]
fn an_answers_line_that_can_t_be_is_refused() {
    let mut made = Maker::first(1);
    for number in 1..=3 {
        made.answer(number);
    }
    let mut log = made.done();
    let text = String::from_utf8(written(&log)).unwrap();
    let first = actions(&mut log)[0].hlc;
    let weather = SegmentFault::NoSubject { of: "an answer", subject: "weather".to_owned() };
    for (old, new, fault) in [
        ("\"quality\":\"444\"", "\"quality\":\"44\"", SegmentFault::UnequalColumns),
        ("\"quality\":\"444\"", "\"quality\":\"4é\"", SegmentFault::BadQuality),
        ("\"quality\":\"444\"", "\"quality\":\"446\"", SegmentFault::BadQuality),
        ("\"took\":[900,900,900]", "\"took\":[900,900]", SegmentFault::UnequalColumns),
        ("\"gap\":[100,100]", "\"gap\":[100,100,100]", SegmentFault::UnequalColumns),
        ("\"gap\":[100,100]", "\"gap\":[9223372036854775807,100]", SegmentFault::Overflow("a stamp")),
        ("\"gap\":[100,100]", "\"gap\":[-900,100]", SegmentFault::StampNotAfter(first.0)),
        ("\"offset\":60", "\"ahead\":-9223372036854775808,\"offset\":60", SegmentFault::Overflow("an instant")),
        ("\"note\":[0,1,2]", "\"note\":[0,1,3]", SegmentFault::UnknownNote(3)),
        ("\"note\":[0,1,2]", "\"note\":[0,1,2],\"ordinal\":[1]", SegmentFault::UnequalColumns),
        ("\"note\":[0,1,2]", "\"note\":[0,1,2],\"ordinal\":[1,1,0]", SegmentFault::NoOrdinal(0)),
        ("\"config\":0", "\"config\":2", SegmentFault::UnknownConfigNumber(2)),
        ("\"config\":0", "\"config\":0,\"more\":[[3,{}]]", SegmentFault::StrayMore),
        ("\"config\":0", "\"config\":0,\"more\":[[1,{}],[0,{}]]", SegmentFault::StrayMore),
        ("\"config\":0", "\"config\":0,\"subject\":\"weather\"", weather),
        ("\"to\":3", "\"to\":2", SegmentFault::RunTooLong { count: 3, last: 2 }),
        ("\"to\":3", "\"to\":4", SegmentFault::EndsEarly { next: 4, last: 4 }),
    ] {
        assert!(text.contains(old), "{old} in {text}");
        assert_eq!(refusal(text.replacen(old, new, 1).as_bytes()).1, fault, "{new}");
    }
    for (old, new, said) in [
        ("\"took\":[900,900,900]", "\"took\":[900,900,4294967296]", "invalid value"),
        ("\"took\":[900,900,900]", "\"took\":[900,900,-1]", "invalid value"),
        ("\"note\":[0,1,2]", "\"note\":[0,1,2],\"note\":[0,1,2]", "duplicate field"),
        ("\"config\":0", "\"config\":0,\"mood\":1", "unknown field `mood`"),
    ] {
        assert!(text.contains(old), "{old} in {text}");
        let found = json_refusal(text.replacen(old, new, 1).as_bytes());
        assert!(found.contains(said), "{new}: {found}");
    }
    let long = format!("\"note\":[{}0]", "0,".repeat(LONGEST_RUN));
    let said = json_refusal(text.replacen("\"note\":[0,1,2]", &long, 1).as_bytes());
    assert!(said.contains("at most 512 answers"), "{said}");
}

#[test]
fn a_configuration_that_is_said_twice_is_refused_and_in_the_next_segment_it_is_not() {
    let mut made = Maker::first(1);
    made.answer(1);
    let text = String::from_utf8(written(&made.done())).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    let (config, rest) = rest.split_once('\n').unwrap();
    assert!(config.starts_with("{\"config\""), "{config}");
    let refused = refusal(format!("{head}\n{config}\n{config}\n{rest}").as_bytes());
    assert_eq!(refused, (3, SegmentFault::ConfigTwice(ConfigId::of_json(&Scheduler::default().to_json()))));
    assert!(read_all(format!("{text}{text}").as_bytes()).is_ok());
}

#[test]
fn no_field_of_a_line_is_said_twice() {
    let mut made = Maker::first(1);
    made.answer(1);
    made.lone_fact(Fact::Tagged { note: note(1) }, Some("a tag"));
    let text = String::from_utf8(written(&made.done())).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (place, line) in lines.iter().enumerate() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        let fields = if place == 0 { &object } else { object.as_object().unwrap().values().next().unwrap() };
        let mut all = vec![line.strip_prefix('{').unwrap().strip_suffix('}').unwrap().to_owned()];
        for (field, value) in fields.as_object().unwrap().iter().filter(|(_, value)| !value.is_object()) {
            all.push(format!("\"{field}\":{value}"));
        }
        for said in all {
            assert!(line.contains(&said), "{line}: {said}");
            let mut doubled = lines.clone();
            let twice = line.replacen(&said, &format!("{said},{said}"), 1);
            doubled[place] = &twice;
            let (line, fault) = refusal(format!("{}\n", doubled.join("\n")).as_bytes());
            assert_eq!(line, place as u64 + 1, "{twice}: {fault}");
        }
    }
}

#[test]
fn the_writer_refuses_records_that_can_t_follow() {
    let mut made = Maker::first(1);
    made.answer(1);
    made.lone_fact(Fact::Resumed, None);
    let log = made.done();
    for left_out in 0..log.len() - 1 {
        let mut rest = log.clone();
        rest.remove(left_out);
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out);
        let failed = rest.iter().find_map(|record| writer.write(record).err());
        if left_out != 2 {
            assert_eq!(failed.map(|error| error.kind()), Some(io::ErrorKind::InvalidInput), "without {left_out}");
        }
    }
}
