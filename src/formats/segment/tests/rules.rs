//! Every rule of a segment: what breaks it is refused, also where the hashes are right.

use super::maker::chain_of;
use super::maker::memory;
use super::*;
use crate::core::action::Action;
use crate::core::fact::ChainHash;
use crate::core::fact::ChainMark;
use crate::core::fact::Erasure;
use crate::core::id::ActionId;
use crate::core::id::EventId;
use crate::core::log::Parent;
use crate::core::log::SegmentHead;
use crate::core::log::TextRecord;
use crate::core::study_day::StudyDay;
use crate::core::units::Hlc;
use crate::formats::segment::read::UNEQUAL;

/// Refused when `change` was made to the head, though the hashes are right.
fn head_refused(reason: &str, change: impl FnOnce(&mut SegmentHead)) {
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
    refused(&log, reason);
}

#[test]
fn a_head_that_can_t_be_is_refused() {
    head_refused("are no range", |head| head.from = 0);
    head_refused("are no range", |head| head.to = 0);
    head_refused("4294967296 is no number", |head| head.to = 1 << 32);
    head_refused("18446744073709551615 is no number", |head| head.to = u64::MAX);
    head_refused("where entry 3 should be", |head| head.to = 3);
    head_refused("2 entries go beyond 1, the segment's last", |head| {
        head.from = 1;
        head.to = 1;
    });
    head_refused("not the one that its log begins with", |head| head.before = ChainHash([0; 16]));
    head_refused("not the one that its log begins with", |head| head.device.id = DeviceId([2; 16]));
    head_refused("9223372036854775807 is no instant", |head| head.device.created_at_ms = i64::MAX);
    head_refused("said twice", |head| head.knows = vec![(DeviceId([3; 16]), 1), (DeviceId([3; 16]), 2)]);
    head_refused("is no number", |head| head.knows = vec![(DeviceId([3; 16]), u64::MAX)]);
    let parent = |sequence| Some(Parent { device: DeviceId([9; 16]), sequence, chain: ChainHash([4; 16]) });
    head_refused("own entries begin with 2", |head| head.device.parent = parent(1));
    head_refused("is no number", |head| head.device.parent = parent(u64::MAX));
    head_refused("its own parent", |head| {
        head.device.parent = Some(Parent { device: head.device.id, sequence: 0, chain: ChainHash([4; 16]) });
    });
    head_refused("not the one that its log begins with", |head| head.device.parent = parent(0));
}

/// Refused when `change` was made to the records between head and end, though the hashes are right.
#[track_caller]
fn log_refused(reason: &str, made: Maker, change: impl FnOnce(&mut Vec<LogRecord>)) {
    let mut log = made.done();
    assert_eq!(read_all(&written(&log)).unwrap(), log, "right before the change");
    change(&mut log);
    let LogRecord::Head(head) = &log[0] else { panic!() };
    let after = chain_of(head.before, &log);
    let LogRecord::Head(head) = &mut log[0] else { panic!() };
    head.after = after;
    refused(&log, reason);
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
fn event_refused(reason: &str, kind: EventKind, change: impl FnOnce(&mut Event, &mut Option<TextRecord>)) {
    let mut made = Maker::first(1);
    made.answer(1);
    let card = CardId { note: note(1), ordinal: 1 };
    made.action(ActionKind::Answer, Subject::None, 2, |made, _| {
        (Entry::Event(Box::new(made.event(card, kind.clone()))), None)
    });
    log_refused(reason, made, |log| {
        let (entry, text) = entries(log).remove(1);
        let Entry::Event(event) = entry else { panic!() };
        change(event, text);
    });
}

#[track_caller]
fn fact_refused(reason: &str, fact: Fact, text: Option<&str>) {
    let mut made = Maker::first(1);
    made.answer(1);
    made.action(ActionKind::Edit, Subject::None, 2, |made, _| (Entry::Fact(made.id(), Fact::Resumed), None));
    let fine = Fact::Resumed;
    made.lone_fact(fine, None);
    log_refused(reason, made, |log| {
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
    let change = |reason: &str, change: &dyn Fn(&mut Action)| {
        log_refused(reason, two(), |log| change(actions(log).remove(1)));
    };
    change("-1 is no stamp", &|action| action.hlc = Hlc(-1));
    change("9223372036854775807 is no stamp", &|action| action.hlc = Hlc(i64::MAX));
    change("is not after", &|action| action.hlc = Hlc(action.hlc.0 - 1_000));
    change("is no instant", &|action| action.at.unix_ms = i64::MIN);
    change("instant is after its stamp", &|action| action.at.unix_ms = action.hlc.0 + 1);
    change("1081 minutes", &|action| action.at.offset_min = 1081);
    change("-2147483648 minutes", &|action| action.at.offset_min = i32::MIN);
    change("10000001 is no study day", &|action| action.study_day = StudyDay(10_000_001));
    change("0 is no ordinal", &|action| action.subject = Subject::Card(CardId { note: note(1), ordinal: 0 }));
    change("512 is no ordinal", &|action| action.subject = Subject::Card(CardId { note: note(1), ordinal: 512 }));
    change("is no study day", &|action| action.subject = Subject::Day(StudyDay(i32::MIN)));
    change("the id of a deck", &|action| action.subject = Subject::Deck(" ".to_owned()));
    change("the id of a deck", &|action| action.subject = Subject::Deck("a\u{1b}".to_owned()));
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
    for (entries, reason) in [
        ("\"entries\":0", "line 4: the action has no entries"),
        ("\"entries\":2", "line 7: the entry belongs to no action"),
        ("\"entries\":4", "line 8: action 1 has 4 entries, and only 3 of them are there"),
        ("\"entries\":5", "line 4: the action goes beyond entry 4"),
        ("\"entries\":18446744073709551615", "line 4: the action goes beyond entry 4"),
    ] {
        let said = refusal(text.replace("\"entries\":3", entries).as_bytes());
        assert!(said.starts_with(reason), "{said}");
    }
    let line = |number: usize| text.lines().nth(number - 1).unwrap().to_owned() + "\n";
    let without = |number: usize| text.replacen(&line(number), "", 1);
    for (broken, reason) in [
        (without(1), "line 1: no segment begins here"),
        (without(4), "line 4: the entry belongs to no action"),
        (without(5), "line 7: action 1 has 3 entries, and only 2 of them are there"),
        (without(8), "line 8: the entry belongs to no action"),
        (text.strip_suffix(&line(9)).unwrap().to_owned(), "line 9: the file ends where entry 4 should be"),
        (text.clone() + &line(9), "line 10: no segment begins here"),
        (text.replace(&line(8), &(line(2) + &line(8))), "line 8: the scheduler's configuration 5c8f49fc"),
        (text.replacen(&line(5), &(line(2) + &line(5)), 1), "line 5: action 1 has 3 entries"),
        (text.replacen(&line(5), &(line(1) + &line(5)), 1), "line 5: column 9: unknown variant `format`"),
        (line(1) + &text, "line 2: column 9: unknown variant `format`"),
        (text.replace('\n', "\n\n"), "line 2: it is empty"),
        (text.trim_end().to_owned(), "line 9: it is cut off"),
    ] {
        let said = refusal(broken.as_bytes());
        assert!(said.starts_with(reason), "{said}");
    }
}

#[test]
fn an_event_that_can_t_be_is_refused() {
    event_refused("names no scheduler configuration", answered(), |event, _| event.config = None);
    event_refused("0 is no ordinal", answered(), |event, _| event.card.ordinal = 0);
    event_refused("512 is no ordinal", answered(), |event, _| event.card.ordinal = 512);
    event_refused("is no study day", answered(), |event, _| event.study_day = StudyDay(i32::MAX));
    event_refused("is no instant", answered(), |event, _| event.at.unix_ms = i64::MAX);
    event_refused("no offset", answered(), |event, _| event.at.offset_min = -1081);
    event_refused("is no study day", EventKind::Buried { until: StudyDay(3) }, |event, _| {
        event.kind = EventKind::Buried { until: StudyDay(i32::MIN) };
    });
    let checked = |checkup| EventKind::Checked { quality: Quality::Q3, took: Millis(1), checkup, last: false };
    event_refused("began with entry 0", checked(1), |event, _| event.kind = checked(0));
    event_refused("began with entry 9", checked(2), |event, _| event.kind = checked(9));
    let own = |sequence| Some(EventId { device: DeviceId([1; 16]), sequence });
    event_refused("says that 2 came before it", answered(), |event, _| event.prev = own(2));
    event_refused("0 is no number", answered(), |event, _| event.prev = own(0));
    event_refused("is no number", answered(), |event, _| {
        event.prev = Some(EventId { device: DeviceId([2; 16]), sequence: 1 << 32 });
    });
    event_refused("has no memory", EventKind::Adopted, |event, _| event.memory = None);
    let some = memory([6, 100, 1, 20_000, 20_100, 4], Some(250), None);
    event_refused("is computed", answered(), |event, _| event.memory = Some(some));
    let late = memory([6, 100, 1, 20_000, i64::from(i32::MAX), 4], Some(250), None);
    event_refused("is no study day", EventKind::Rescheduled, |event, _| event.memory = Some(late));
    let long = memory([6, i64::from(u32::MAX), 1, 20_000, 20_100, 4], Some(250), None);
    event_refused("is no interval", EventKind::Rescheduled, |event, _| event.memory = Some(long));
    event_refused("0 to 100 per cent", answered(), |event, _| event.detail.confidence = Some(101));
    event_refused("text has no words", answered(), |_, text| *text = Some(TextRecord::new(1, "{}".to_owned())));
    event_refused("words of an answer can't be read", answered(), |_, text| {
        *text = Some(TextRecord::new(1, "x".to_owned()));
    });
    event_refused("not the one that was hashed", answered(), |event, text| {
        event.detail.response = Some("a".to_owned());
        *text = Some(TextRecord { hash: [0; 16], ..TextRecord::new(1, "{\"response\":\"a\"}".to_owned()) });
    });
    event_refused("an erased one has `hash`", answered(), |_, text| {
        *text = Some(TextRecord { body: None, ..TextRecord::new(1, "{\"response\":\"a\"}".to_owned()) });
    });
}

#[test]
fn a_fact_that_can_t_be_is_refused() {
    let (note, deck) = (note(1), "d".to_owned());
    let words = r#"{"kind":"basic","fields":{}}"#;
    fact_refused("`brought` needs a text", Fact::Brought { note, deck: deck.clone(), position: 1, edition: 0 }, None);
    fact_refused("`resumed` has no text", Fact::Resumed, Some("x"));
    fact_refused("is no position", Fact::Ordered { note, position: i64::MAX }, None);
    fact_refused("is no position", Fact::Placed { note, deck: deck.clone(), position: Some(i64::MIN) }, None);
    let far = Fact::Brought { note, deck: deck.clone(), position: (1 << 53) + 1, edition: 0 };
    fact_refused("is no position", far, Some(words));
    fact_refused("the id of a deck", Fact::Renamed { deck: String::new() }, Some("x"));
    fact_refused("the id of a deck", Fact::Erased { what: Erasure::Deck("\n".to_owned()) }, None);
    fact_refused("is no study day", Fact::Paused { until: StudyDay(i32::MAX) }, None);
    for (fact, text) in [
        (Fact::Edited { note }, "{"),
        (Fact::Edited { note }, "[]"),
        (Fact::Head { deck: deck.clone(), edition: 1 }, "{}"),
        (Fact::Topic { deck: deck.clone(), edition: 1 }, "{}"),
        (Fact::Configured, "{\"change\":\"weather\"}"),
    ] {
        fact_refused("can't be read", fact, Some(text));
    }
    let long = format!(r#"{{"kind":"basic","fields":{{"front":"{}"}}}}"#, "x".repeat((1 << 20) + 1));
    fact_refused("`front` of a note is longer than 1 MB", Fact::Edited { note }, Some(&long));
    let marked = |device, number, mark: Option<u8>| Fact::Undone {
        action: ActionId { device: DeviceId([device; 16]), number },
        mark: mark.map(|mark| ChainMark([mark; 4])),
    };
    let undone = |device, number| marked(device, number, (device > 1).then_some(7));
    fact_refused("has a `mark`", marked(1, 1, Some(7)), None);
    fact_refused("has a `mark`", marked(2, 1, None), None);
    fact_refused("takes back action 4", undone(1, 4), None);
    fact_refused("takes back action 5", undone(1, 5), None);
    fact_refused("takes back action 3", undone(1, 3), None);
    fact_refused("0 is no number", undone(1, 0), None);
    fact_refused("is no number", undone(2, u64::MAX), None);
    let taken =
        |device, from, to| Fact::TookOver { device: DeviceId([device; 16]), from, to, chain: ChainHash([0; 16]) };
    fact_refused("can't have been taken over", taken(1, 1, 2), None);
    fact_refused("can't have been taken over", taken(2, 3, 2), None);
    fact_refused("is no number", taken(2, 3, u64::MAX), None);
}

#[test]
fn an_undo_may_name_what_its_device_did_before_the_segment() {
    let undo = |from: u64, number: u64| {
        let parent = Parent { device: DeviceId([9; 16]), sequence: 10, chain: ChainHash([4; 16]) };
        let device = Device { id: DeviceId([1; 16]), name: String::new(), parent: Some(parent), created_at_ms: 0 };
        let mut made = Maker::new(device, from, ChainHash([4; 16]));
        let id = made.head.device.id;
        made.lone_fact(Fact::Undone { action: ActionId { device: id, number }, mark: None }, None);
        read_all(&written(&made.done())).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(undo(20, 11), Ok(()));
    assert_eq!(undo(20, 19), Ok(()));
    assert_eq!(undo(20, 10), Ok(()), "its parent's, before the fork");
    assert!(undo(20, 20).unwrap_err().contains("takes back action 20"));
}

#[test]
fn what_was_changed_without_its_hash_is_refused() {
    let mut made = Maker::first(1);
    made.answer(1);
    made.answer(2);
    made.lone_fact(Fact::Tagged { note: note(1) }, Some("verb"));
    let text = String::from_utf8(written(&made.done())).unwrap();
    for (old, new, reason) in [
        ("\"quality\":\"44\"", "\"quality\":\"45\"", "line 6: the hash of the entries is not"),
        ("\"took\":[900,900]", "\"took\":[900,901]", "line 6: the hash of the entries is not"),
        ("\"body\":\"verb\"", "\"body\":\"noun\"", "line 6: the text is not"),
        ("\"json\":\"{", "\"json\":\"{ ", "line 2: the scheduler's configuration is not"),
        ("\"after\":\"", "\"after\":\"0", "line 1: column "),
    ] {
        assert!(text.contains(old), "{old} in {text}");
        let said = refusal(text.replacen(old, new, 1).as_bytes());
        assert!(said.starts_with(reason), "{said}");
    }
}

#[test]
fn an_answers_line_that_can_t_be_is_refused() {
    let mut made = Maker::first(1);
    for number in 1..=3 {
        made.answer(number);
    }
    let text = String::from_utf8(written(&made.done())).unwrap();
    for (old, new, reason) in [
        ("\"quality\":\"444\"", "\"quality\":\"44\"", UNEQUAL),
        ("\"quality\":\"444\"", "\"quality\":\"4é\"", "a quality is 0 to 5"),
        ("\"quality\":\"444\"", "\"quality\":\"446\"", "a quality is 0 to 5"),
        ("\"took\":[900,900,900]", "\"took\":[900,900]", UNEQUAL),
        ("\"took\":[900,900,900]", "\"took\":[900,900,4294967296]", "invalid value"),
        ("\"took\":[900,900,900]", "\"took\":[900,900,-1]", "invalid value"),
        ("\"gap\":[100,100]", "\"gap\":[100,100,100]", UNEQUAL),
        ("\"gap\":[100,100]", "\"gap\":[9223372036854775807,100]", "beyond all numbers"),
        ("\"gap\":[100,100]", "\"gap\":[-900,100]", "is not after"),
        ("\"offset\":60", "\"ahead\":-9223372036854775808,\"offset\":60", "beyond all numbers"),
        ("\"note\":[0,1,2]", "\"note\":[0,1,3]", "no earlier line of the segment names a note 3"),
        ("\"note\":[0,1,2]", "\"note\":[0,1,2],\"ordinal\":[1]", UNEQUAL),
        ("\"note\":[0,1,2]", "\"note\":[0,1,2],\"ordinal\":[1,1,0]", "0 is no ordinal"),
        ("\"note\":[0,1,2]", "\"note\":[0,1,2],\"note\":[0,1,2]", "duplicate field"),
        ("\"config\":0", "\"config\":2", "is a configuration 2"),
        ("\"config\":0", "\"config\":0,\"more\":[[3,{}]]", "an answer that is not there"),
        ("\"config\":0", "\"config\":0,\"more\":[[1,{}],[0,{}]]", "not in order"),
        ("\"config\":0", "\"config\":0,\"subject\":\"weather\"", "nothing that an answer is about"),
        ("\"config\":0", "\"config\":0,\"mood\":1", "unknown field `mood`"),
        ("\"to\":3", "\"to\":2", "3 entries go beyond 2, the segment's last"),
        ("\"to\":3", "\"to\":4", "the file ends where entry 4 should be"),
    ] {
        assert!(text.contains(old), "{old} in {text}");
        let said = refusal(text.replacen(old, new, 1).as_bytes());
        assert!(said.starts_with("line ") && said.contains(reason), "{new}: {said}");
    }
    let long = format!("\"note\":[{}0]", "0,".repeat(LONGEST_RUN));
    let said = refusal(text.replacen("\"note\":[0,1,2]", &long, 1).as_bytes());
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
    let said = refusal(format!("{head}\n{config}\n{config}\n{rest}").as_bytes());
    assert!(said.starts_with("line 3: the scheduler's configuration ") && said.ends_with(" is said twice"), "{said}");
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
            let refused = refusal(format!("{}\n", doubled.join("\n")).as_bytes());
            assert!(refused.starts_with(&format!("line {}: ", place + 1)), "{twice}: {refused}");
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
