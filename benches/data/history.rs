//! The answers of a collection, as a history that another device wrote.

use crate::data::TODAY;
use crate::data::folder;
use lmq::core::action::Action;
use lmq::core::action::ActionKind;
use lmq::core::action::Subject;
use lmq::core::event::Detail;
use lmq::core::event::Event;
use lmq::core::event::EventKind;
use lmq::core::event::Span;
use lmq::core::grade::Quality;
use lmq::core::id::ActionId;
use lmq::core::id::CardId;
use lmq::core::id::ConfigId;
use lmq::core::id::DeviceId;
use lmq::core::id::EventId;
use lmq::core::log::Chain;
use lmq::core::log::Device;
use lmq::core::log::Entry;
use lmq::core::log::EntryRef;
use lmq::core::log::LogRecord;
use lmq::core::log::SegmentHead;
use lmq::core::scheduler::Scheduler;
use lmq::core::scheduler::splitmix64;
use lmq::core::state::CardState;
use lmq::core::study_day::StudyDay;
use lmq::core::study_day::Timestamp;
use lmq::core::units::Hlc;
use lmq::core::units::Millis;
use lmq::env::Env;
use lmq::formats::segment;
use rusqlite::Connection;
use std::fs;
use std::fs::File;
use std::io::BufWriter;
use std::io::Write as _;
use std::path::Path;

/// Who answered.
const WRITER: DeviceId = DeviceId([0x42; 16]);

struct Answer {
    at_ms: i64,
    card: usize,
    day: StudyDay,
    quality: Quality,
    took: u32,
}

/// The answers of a card: day and grade. Two failures keep the intervals short enough for three years.
fn of_card(scheduler: &Scheduler, card: CardId, reviews: usize) -> Vec<(StudyDay, Quality)> {
    let chance = card.hash();
    // A short history has none, or its intervals would be a day, and every third card due.
    let failed = if reviews < 10 { reviews } else { usize::try_from(chance % 3).unwrap() + 1 };
    let quality = |nth: usize| match (nth, splitmix64(chance ^ u64::try_from(nth).unwrap()) % 8) {
        (nth, _) if nth == failed || nth == failed + 4 => Quality::Q1,
        // A long history has more of them, or its intervals would be longer than a life.
        (nth, _) if nth > 9 && (nth - failed) % 4 == 0 => Quality::Q1,
        (_, 0) => Quality::Q3,
        (_, 1) => Quality::Q5,
        _ => Quality::Q4,
    };
    let from = |first: i32| {
        let (mut state, mut day, mut answers) = (CardState::default(), StudyDay(first), Vec::new());
        for nth in 0..reviews {
            answers.push((day, quality(nth)));
            state = scheduler.answer(card, &state, quality(nth), day);
            day = state.memory.as_ref().map_or(day, |memory| memory.due);
        }
        (answers, day, state.memory.map_or(1, |memory| i32::try_from(memory.interval.0).unwrap()))
    };
    let (_, due, interval) = from(0);
    let spread = i32::try_from(splitmix64(chance) % 1000).unwrap();
    // At most an interval ahead, or the last answer would lie in the future.
    let wanted = if spread < 50 || interval < 2 { TODAY - spread % 5 } else { TODAY + 1 + spread % (interval - 1) };
    from(wanted - due.0).0
}

/// All answers in the order in which a person would have given them: by time, across all cards.
fn answers(scheduler: &Scheduler, cards: &[CardId], reviews: usize) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(cards.len() * reviews);
    for (index, card) in cards.iter().enumerate() {
        for (day, quality) in of_card(scheduler, *card, reviews) {
            let chance = splitmix64(card.hash() ^ u64::try_from(day.0).unwrap());
            let of_day = 36_000_000 + i64::try_from(chance % 36_000_000).unwrap();
            let took = 1500 + u32::try_from(chance >> 50).unwrap();
            answers.push(Answer { at_ms: i64::from(day.0) * 86_400_000 + of_day, card: index, day, quality, took });
        }
    }
    answers.sort_unstable_by_key(|answer| (answer.at_ms, answer.card));
    // Nobody gives two answers at once.
    let mut last = 0;
    for answer in &mut answers {
        last = Hlc::after(Hlc(last), answer.at_ms).0;
        answer.at_ms = last;
    }
    answers
}

fn records(answer: &Answer, number: u64, card: CardId, config: ConfigId) -> (Action, Event) {
    let at = Timestamp { unix_ms: answer.at_ms, offset_min: 0 };
    let action = Action {
        span: Span { action: ActionId { device: WRITER, number }, entries: 1 },
        kind: ActionKind::Answer,
        subject: Subject::Card(card),
        at,
        study_day: answer.day,
        hlc: Hlc(answer.at_ms),
    };
    let event = Event {
        id: EventId { device: WRITER, sequence: number },
        hlc: Hlc(answer.at_ms),
        at,
        study_day: answer.day,
        card,
        kind: EventKind::Answered { quality: answer.quality, took: Millis(answer.took) },
        config: Some(config),
        prev: None,
        memory: None,
        detail: Detail::default(),
    };
    (action, event)
}

/// Writes the answers to these cards as one segment.
pub(super) fn write(cards: &[CardId], reviews: usize, path: &Path) {
    let scheduler = Scheduler::default();
    let (config, answers) = (scheduler.id(), answers(&scheduler, cards, reviews));
    let all = || {
        (1..).zip(&answers).map(|(number, answer): (u64, &Answer)| records(answer, number, cards[answer.card], config))
    };
    let device = Device { id: WRITER, name: "bench".to_owned(), parent: None, created_at_ms: answers[0].at_ms };
    let before = device.first_chain();
    let mut chain = Chain::after(before);
    for (action, event) in all() {
        chain.entry(EntryRef::Event(&event), None);
        chain.finish(&action);
    }
    let head = SegmentHead {
        device,
        from: 1,
        to: u64::try_from(answers.len()).unwrap(),
        before,
        after: chain.hash(),
        knows: Vec::new(),
    };
    let mut out = BufWriter::with_capacity(1 << 16, File::create(path).unwrap());
    let mut writer = segment::Writer::new(&mut out);
    writer.write(&LogRecord::Head(Box::new(head))).unwrap();
    writer.write(&LogRecord::Config { id: config, json: scheduler.to_json() }).unwrap();
    for (action, event) in all() {
        writer.write(&LogRecord::Action(action)).unwrap();
        writer.write(&LogRecord::Entry(Entry::Event(Box::new(event)), None)).unwrap();
    }
    writer.write(&LogRecord::End).unwrap();
    drop(writer);
    out.flush().unwrap();
}

/// Whoever writes to this database from now on is the device that wrote the answers. A copy would be a new device, and the
/// next answer to a card would have to name the other one's answer before it: a second row for most answers of a bench.
/// What is changed is what the file knows of itself, nothing of the log and no cache.
pub(super) fn go_on_as_its_writer(path: &Path) {
    let place = format!("{}:{}", Env::machine().0, fs::canonicalize(path).unwrap().display());
    let db = Connection::open(path).unwrap();
    for (name, value) in [("device", WRITER.to_string()), ("place", place)] {
        db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", (name, value)).unwrap();
    }
    // What was written to an earlier copy is kept outside of it too, and would make this one a new device's: by this process in
    // its own folder, by those that it starts in theirs.
    for folder in [Env::state_folder(), Some(folder().join("state").join("lmq"))].into_iter().flatten() {
        fs::remove_file(folder.join(format!("{WRITER}.chain"))).ok();
    }
}
