mod damage;
mod maker;
mod rules;

use super::fault::SegmentError;
use super::fault::SegmentFault;
use super::*;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::fact::Fact;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::DeviceId;
use crate::core::log::Device;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::scheduler::Scheduler;
use crate::core::units::Millis;
use crate::formats::FormatError;
use crate::formats::NotThis;
use crate::formats::testing;
use maker::Chance;
use maker::Maker;
use maker::body_of;
use maker::facts;
use maker::note;
use maker::random_log;
use proptest::prelude::*;

fn write_with(records: &[LogRecord], most_notes: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::with_notes(&mut out, most_notes);
    for record in records {
        writer.write(record).unwrap();
    }
    out
}

fn written(records: &[LogRecord]) -> Vec<u8> {
    write_with(records, MOST_NOTES)
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Compressed::new(Vec::new()).unwrap();
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn read_notes(bytes: &[u8], most_notes: usize) -> Result<Vec<LogRecord>, FormatError> {
    let mut records = Vec::new();
    read::read_with(&mut Cursor::new(bytes), most_notes, &mut |_, record| {
        records.push(record);
        Ok(())
    })?;
    Ok(records)
}

fn read_all(bytes: &[u8]) -> Result<Vec<LogRecord>, FormatError> {
    read_notes(bytes, MOST_NOTES)
}

/// The line for which a file is refused, and why.
fn refusal(bytes: &[u8]) -> (u64, SegmentFault) {
    match read_all(bytes) {
        Err(FormatError::NotThis(NotThis::Segments(SegmentError::Line { line, fault }))) => (line, fault),
        other => panic!("{other:?}"),
    }
}

/// What serde says of a line that is refused.
fn json_refusal(bytes: &[u8]) -> String {
    match refusal(bytes).1 {
        SegmentFault::Json { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(records: &[LogRecord], fault: &SegmentFault) {
    // The words of serde and zstd are their own.
    let found = match refusal(&written(records)).1 {
        SegmentFault::BadWords(_) => SegmentFault::BadWords(String::new()),
        SegmentFault::BadFactText { kind, .. } => SegmentFault::BadFactText { kind, message: String::new() },
        found => found,
    };
    assert_eq!(&found, fault);
}

proptest! {
    #![proptest_config(testing::config())]

    #[test]
    fn what_is_written_comes_back_as_it_was(seed in any::<u64>(), actions in 1u64..20) {
        let log = random_log(seed, actions);
        let bytes = written(&log);
        prop_assert!(sniff(&bytes));
        prop_assert_eq!(&read_all(&bytes).unwrap(), &log);
        let packed = compressed(&bytes);
        prop_assert!(sniff(&packed));
        prop_assert_eq!(&read_all(&packed).unwrap(), &log);
        for few in [1, 3] {
            prop_assert_eq!(&read_notes(&write_with(&log, few), few).unwrap(), &log);
        }
    }
}

#[test]
fn every_kind_of_event_and_fact_comes_back_as_it_was() {
    let mut chance = Chance(1);
    let mut made = Maker::first(1);
    for kind in EventKind::ALL {
        let kind = match kind {
            EventKind::Checked { quality, took, .. } => EventKind::Checked { quality, took, checkup: 3, last: true },
            kind => kind,
        };
        let card = CardId { note: note(1), ordinal: 511 };
        made.action(ActionKind::of_lone(&kind), Subject::None, 2, |made, _| {
            (Entry::Event(Box::new(made.event(card, kind.clone()))), None)
        });
    }
    for fact in facts(&mut chance, &made, &[1]) {
        made.lone_fact(fact.clone(), body_of(&fact).as_deref());
    }
    let log = made.done();
    let codes: std::collections::BTreeSet<u8> = log
        .iter()
        .filter_map(
            |record| if let LogRecord::Entry(Entry::Fact(_, fact), _) = record { Some(fact.code()) } else { None },
        )
        .collect();
    assert_eq!(codes, (1..=24).collect());
    assert_eq!(read_all(&written(&log)).unwrap(), log);
}

/// A segment with 2,000 notes and so many answers to them, in sittings of 200.
fn sittings(answers: u64) -> Vec<u8> {
    let mut made = Maker::first(1);
    let mut chance = Chance(3);
    for number in 0..2_000 {
        made.lone_fact(Fact::Deleted { note: note(number) }, None);
    }
    for number in 0..answers {
        made.day += i32::from(number % 200 == 0);
        let took = chance.range(1_000..=20_000);
        made.hlc += took + chance.range(0..=500) - 1_000;
        let card = CardId { note: note(chance.below(2_000)), ordinal: 1 };
        let quality = chance.pick(&[Quality::Q2, Quality::Q4, Quality::Q4, Quality::Q4, Quality::Q5]);
        let took = Millis(u32::try_from(took).unwrap());
        made.action(ActionKind::Answer, Subject::Card(card), 1, |made, _| {
            (Entry::Event(Box::new(made.event(card, EventKind::Answered { quality, took }))), None)
        });
    }
    written(&made.done())
}

#[test]
fn a_sitting_is_one_line_and_an_answer_costs_few_bytes() {
    let (few, many) = (sittings(0), sittings(4_000));
    let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines(&many) - lines(&few), 20);
    let bytes = compressed(&many).len() - compressed(&few).len();
    assert!(bytes < 4_000 * 8, "{bytes} for 4,000 answers");
}

#[test]
fn a_file_holds_the_segments_of_a_thousand_devices() {
    let mut log = Vec::new();
    for number in 0..1_000_u16 {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        let device = Device { id: DeviceId(id), name: String::new(), parent: None, created_at_ms: 0 };
        let before = device.first_chain();
        let mut made = Maker::new(device, 1, before).config(&Scheduler::default().to_json());
        let others = if number == 0 { 1_000_u16 } else { 3 };
        made.head.knows = (0..others)
            .map(|other| {
                let mut id = [1; 16];
                id[..2].copy_from_slice(&other.to_be_bytes());
                (DeviceId(id), u64::from(other))
            })
            .collect();
        made.answer(u64::from(number));
        log.extend(made.done());
    }
    let bytes = written(&log);
    assert!(sniff(&bytes[..65_536]));
    assert!(sniff(&compressed(&bytes)[..200]), "the first line is a block of its own");
    assert_eq!(read_all(&bytes).unwrap(), log);
}

#[test]
fn only_segments_are_taken_for_segments() {
    for other in ["", "{", "front\tback\n", "{\"format\":\"lmq-history\",\"version\":1}\n", "{\"format\": \"lmq\"}"] {
        assert!(!sniff(other.as_bytes()), "{other}");
        assert!(!sniff(&compressed(other.as_bytes())) || other.is_empty(), "{other}");
        assert!(matches!(read_all(other.as_bytes()), Err(FormatError::NotThis(_))), "{other}");
        assert!(matches!(read_all(&compressed(other.as_bytes())), Err(FormatError::NotThis(_))), "{other}");
    }
    assert!(!sniff(b"\x28\xb5\x2f\xfd\x08\0\0\0\0\0\0\0\0"));
    assert!(sniff(b"{ \"format\": \"lmq-segment\", \"version\": 9"));
}

#[test]
fn a_newer_version_or_kind_says_that_the_program_must_be_updated() {
    let mut made = Maker::first(1);
    made.answer(1);
    made.lone_fact(Fact::Resumed, None);
    let text = String::from_utf8(written(&made.done())).unwrap();
    let unknown = |of, name: &str| SegmentFault::UnknownKind { of, name: name.to_owned() };
    for (old, new, fault) in [
        ("\"version\":1", "\"version\":2,\"unheard-of\":[]", SegmentFault::Newer),
        ("{\"answers\":{", "{\"answers\":{\"kind\":\"dreamt\",", unknown("answer", "dreamt")),
        ("\"kind\":\"edit\"", "\"kind\":\"dream\"", unknown("action", "dream")),
        ("\"kind\":\"resumed\"", "\"kind\":\"dreamt\"", unknown("fact", "dreamt")),
    ] {
        assert!(text.contains(old), "{old}");
        assert_eq!(refusal(text.replace(old, new).as_bytes()).1, fault);
        assert!(fault.to_string().ends_with("it was written by a newer lmq; update this one"), "{fault}");
    }
    let old = refusal(text.replace("\"version\":1", "\"version\":0").as_bytes());
    assert_eq!(old, (1, SegmentFault::NoVersion(0)));
}

#[test]
fn an_unknown_scheduler_says_that_the_program_must_be_updated() {
    let device = Device { id: DeviceId([1; 16]), name: String::new(), parent: None, created_at_ms: 0 };
    let before = device.first_chain();
    let mut made = Maker::new(device, 1, before).config("{\"algorithm\":\"dream\"}");
    made.lone_fact(Fact::Resumed, None);
    assert_eq!(refusal(&written(&made.done())), (2, SegmentFault::UnknownScheduler));
}
