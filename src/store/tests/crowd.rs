//! Very many devices.

use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::event::Span;
use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::log::Chain;
use crate::core::log::Device as Writes;
use crate::core::log::Entry;
use crate::core::log::EntryRef;
use crate::core::log::LogRecord;
use crate::core::log::SegmentHead;
use crate::core::scheduler::Scheduler;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::core::units::Millis;
use crate::store::laws::Device;
use crate::store::laws::assert_equal;
use crate::store::laws::assert_in_order;

/// A segment of a device that gave one answer.
fn one_answer(number: u16) -> Vec<LogRecord> {
    let mut id = [9; 16];
    let [high, low] = number.to_be_bytes();
    (id[0], id[1]) = (high, low);
    let device = DeviceId(id);
    let (scheduler, day) = (Scheduler::default(), 19_000 + i32::from(number % 30));
    let at = Timestamp { unix_ms: i64::from(day) * 86_400_000 + i64::from(number), offset_min: 0 };
    let card = CardId { note: NoteUid::of_key("shared", &(number % 7).to_string()), ordinal: 1 };
    let event = Event {
        id: EventId { device, sequence: 1 },
        hlc: Hlc(at.unix_ms),
        at,
        study_day: StudyDay(day),
        card,
        kind: EventKind::Answered { quality: Quality::Q4, took: Millis(1000) },
        config: Some(scheduler.id()),
        prev: None,
        memory: None,
        detail: Detail::default(),
    };
    let action = Action {
        span: Span { action: ActionId { device, number: 1 }, entries: 1 },
        kind: ActionKind::Answer,
        subject: Subject::Card(card),
        at,
        study_day: event.study_day,
        hlc: event.hlc,
    };
    let writes = Writes { id: device, name: format!("device {number}"), parent: None, created_at_ms: at.unix_ms };
    let before = writes.first_chain();
    let mut chain = Chain::after(before);
    chain.entry(EntryRef::Event(&event), None);
    let after = chain.finish(&action);
    vec![
        LogRecord::Head(Box::new(SegmentHead { device: writes, from: 1, to: 1, before, after, knows: Vec::new() })),
        LogRecord::Config { id: scheduler.id(), json: scheduler.to_json() },
        LogRecord::Action(action),
        LogRecord::Entry(Entry::Event(Box::new(event)), None),
        LogRecord::End,
    ]
}

#[test]
fn a_thousand_devices_are_united_in_any_order() {
    let segments: Vec<Vec<LogRecord>> = (0..1000).map(one_answer).collect();
    let (mut one, mut other) = (Device::new(1), Device::new(2));
    one.unite(&segments.concat()).unwrap();
    let backwards: Vec<LogRecord> = segments.iter().rev().flatten().cloned().collect();
    other.unite(&backwards).unwrap();
    assert_in_order(&mut one);
    assert_equal(&one.store, &other.store, "a thousand devices");
    let united = one.log();
    one.unite(&united).unwrap();
    assert_equal(&one.store, &other.store, "once more");
}
