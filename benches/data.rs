//! Made-up collections, always the same: texts through the real import, the log in bulk but as the program would have
//! written it, so that `lmq doctor` finds nothing (`replay` runs it, and it fails where there is something).

use lmq::core::event::After;
use lmq::core::event::Detail;
use lmq::core::event::Event;
use lmq::core::event::Fact;
use lmq::core::grade::Quality;
use lmq::core::id::CardId;
use lmq::core::id::DeviceId;
use lmq::core::id::EventId;
use lmq::core::id::NoteUid;
use lmq::core::progress::knowledge::month_ends;
use lmq::core::progress::knowledge::recall_millionths;
use lmq::core::scheduler::Scheduler;
use lmq::core::scheduler::mix;
use lmq::core::state::CardState;
use lmq::core::study_day::StudyDay;
use lmq::core::study_day::Timestamp;
use lmq::core::tally;
use lmq::core::units::Hlc;
use lmq::core::units::Millis;
use lmq::env::Env;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::fs::File;
use std::io::BufWriter;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

/// The moment of all benches; its study day is [`TODAY`].
pub(crate) const NOW: &str = "2026-01-15T09:00:00+00:00";
const TODAY: i32 = 20_468;
const IMPORTED: &str = "2016-01-15T09:00:00+00:00";
const DECKS: usize = 20;
const TOPICS: usize = 10;

pub(crate) fn env() -> Env {
    let mut env = Env::from_process();
    env.fix_now(Timestamp::from_rfc3339(NOW).unwrap());
    env
}

pub(crate) fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The path of a file that is not there.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let path = folder().join(name);
    for ending in ["", "-wal", "-shm"] {
        fs::remove_file(format!("{}{ending}", path.display())).ok();
    }
    path
}

pub(crate) fn copy(from: &Path, name: &str) -> PathBuf {
    let path = scratch(name);
    fs::copy(from, &path).unwrap();
    path
}

/// Reviews a card: ten, but two in a million cards, so that the log fits into a bench's patience; or what
/// `LMQ_BENCH_REVIEWS` says, such as 100 for the ten million reviews of a hundred thousand cards.
#[expect(clippy::disallowed_methods, reason = "the one thing that can be chosen, since cargo eats options")]
pub(crate) fn reviews(size: usize) -> usize {
    let said = std::env::var("LMQ_BENCH_REVIEWS").ok().and_then(|text| text.parse().ok());
    said.unwrap_or(if size > 100_000 { 2 } else { 10 })
}

/// About 170 bytes of words: front and back.
fn card_text(number: usize) -> (String, String) {
    const WORDS: [&str; 16] = [
        "people", "plan", "vision", "budget", "change", "order", "trust", "risk", "goal", "team", "why", "how",
        "today", "tomorrow", "control", "inspire",
    ];
    let text = |salt: u64, count: usize| {
        let mut out = String::new();
        let mut state = mix(u64::try_from(number).unwrap() ^ salt << 40);
        for _ in 0..count {
            state = mix(state);
            write!(out, " {}", WORDS[usize::try_from(state % 16).unwrap()]).unwrap();
        }
        out
    };
    (format!("Question {number}:{}?", text(1, 9)), format!("Answer {number}:{}.", text(2, 12)))
}

/// A TSV of bare rows: two columns and no header. `changed`: every tenth answer is another.
pub(crate) fn tsv(size: usize, changed: bool) -> PathBuf {
    let path = folder().join(format!("{size}{}.tsv", if changed { "-changed" } else { "" }));
    if !path.exists() {
        let mut out = BufWriter::new(File::create(&path).unwrap());
        for number in 0..size {
            let (front, back) = card_text(number);
            let edit = if changed && number % 10 == 3 { " Edited." } else { "" };
            writeln!(out, "{front}\t{back}{edit}").unwrap();
        }
        out.flush().unwrap();
    }
    path
}

fn lmq(db: &Path, args: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_lmq"))
        .args(["--quiet", "--now", IMPORTED, "--db", db.to_str().unwrap()])
        .args(args)
        .env("LMQ_CONFIG", folder().join("no-config.toml"))
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "lmq {args:?}");
}

/// A database of so many cards in 20 decks with 10 topics each, all of them reviewed, 5 % due. Kept from run to run;
/// another schema is another file.
pub(crate) fn database(size: usize) -> PathBuf {
    let schema = lmq::core::id::hash64(include_bytes!("../migrations/0001_review_log.sql"));
    let path = folder().join(format!("{size}-{}-{schema:016x}.db", reviews(size)));
    if path.exists() {
        return path;
    }
    eprintln!("making a database of {size} cards …");
    let (making, csv) = (scratch("making.db"), folder().join("making.csv"));
    let mut out = BufWriter::new(File::create(&csv).unwrap());
    writeln!(out, "deck,topic,front,back").unwrap();
    for number in 0..size {
        let (front, back) = card_text(number);
        // One deck after the other, as they are imported.
        writeln!(out, "deck {},topic {},{front},{back}", number * DECKS / size, number % TOPICS).unwrap();
    }
    out.flush().unwrap();
    lmq(&making, &["import", csv.to_str().unwrap()]);
    write_log(&making, reviews(size));
    fs::remove_file(csv).unwrap();
    fs::rename(making, &path).unwrap();
    path
}

struct Card {
    row: i64,
    id: CardId,
    deck: i64,
    shuffle: i64,
    topic: i64,
}

fn read_cards(db: &Connection) -> Vec<Card> {
    let mut statement = db
        .prepare(
            "SELECT c.id, n.uid, c.ordinal, c.deck, c.shuffle, coalesce(n.topic, 0) FROM card c JOIN note n ON n.id = c.note \
             JOIN deck k ON k.id = c.deck WHERE k.origin <> 'builtin' ORDER BY c.id",
        )
        .unwrap();
    let rows = statement.query_map([], |row| {
        Ok(Card {
            row: row.get(0)?,
            id: CardId { note: NoteUid(row.get(1)?), ordinal: row.get(2)? },
            deck: row.get(3)?,
            shuffle: row.get(4)?,
            topic: row.get(5)?,
        })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The cards of a database.
pub(crate) fn cards(path: &Path) -> Vec<CardId> {
    read_cards(&Connection::open(path).unwrap()).into_iter().map(|card| card.id).collect()
}

/// The answers of a card: day and grade. Two failures keep the intervals short enough for three years.
fn history(scheduler: &Scheduler, card: &Card, reviews: usize) -> Vec<(StudyDay, Quality)> {
    let chance = card.id.hash();
    // A short history has none, or its intervals would be a day, and every third card due.
    let failed = if reviews < 10 { reviews } else { usize::try_from(chance % 3).unwrap() + 1 };
    let quality = |nth: usize| match (nth, mix(chance ^ u64::try_from(nth).unwrap()) % 8) {
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
            state = scheduler.answer(card.id, &state, quality(nth), day);
            day = state.memory.as_ref().map_or(day, |memory| memory.due);
        }
        (answers, day, state.memory.map_or(1, |memory| i32::try_from(memory.interval.0).unwrap()))
    };
    let (_, due, interval) = from(0);
    let spread = i32::try_from(mix(chance) % 1000).unwrap();
    // At most an interval ahead, or the last answer would lie in the future.
    let wanted = if spread < 50 || interval < 2 { TODAY - spread % 5 } else { TODAY + 1 + spread % (interval - 1) };
    from(wanted - due.0).0
}

struct Answer {
    at_ms: i64,
    card: usize,
    day: StudyDay,
    quality: Quality,
    took: u32,
}

fn write_log(path: &Path, reviews: usize) {
    let mut db = Connection::open(path).unwrap();
    db.pragma_update(None, "cache_size", -200_000).unwrap();
    let scheduler = Scheduler::default();
    let cards = read_cards(&db);
    let mut answers = Vec::with_capacity(cards.len() * reviews);
    for (index, card) in cards.iter().enumerate() {
        for (day, quality) in history(&scheduler, card, reviews) {
            let chance = mix(card.id.hash() ^ u64::try_from(day.0).unwrap());
            let of_day = 36_000_000 + i64::try_from(chance % 36_000_000).unwrap();
            let took = 1500 + u32::try_from(chance >> 50).unwrap();
            answers.push(Answer { at_ms: i64::from(day.0) * 86_400_000 + of_day, card: index, day, quality, took });
        }
    }
    // The order in which a person would have given them is that of the log's sequence.
    answers.sort_unstable_by_key(|answer| (answer.at_ms, answer.card));
    let mut of_card: Vec<Vec<(u64, i64)>> = vec![Vec::new(); cards.len()];
    let mut hlc = 0;
    for (index, answer) in answers.iter().enumerate() {
        hlc = Hlc::after(Hlc(hlc), answer.at_ms).0;
        of_card[answer.card].push((u64::try_from(index).unwrap(), hlc));
    }
    let tx = db.transaction().unwrap();
    let (device, uuid, actions): (i64, [u8; 16], i64) = tx
        .query_row("SELECT d.id, d.uuid, max(a.number) FROM device d JOIN action a ON a.device = d.id", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    tx.execute(
        "INSERT INTO scheduler_config (hash, name, json) VALUES (?1, ?2, ?3)",
        (scheduler.id().0, scheduler.name(), scheduler.to_json()),
    )
    .unwrap();
    let config = tx.last_insert_rowid();
    let mut days: BTreeMap<(i32, i64), [u64; 12]> = BTreeMap::new();
    let mut topics: BTreeMap<(i64, i64, i32), [u64; 9]> = BTreeMap::new();
    let mut sides: BTreeMap<(i32, i64, &str, String, String), i64> = BTreeMap::new();
    {
        let mut action = tx
            .prepare("INSERT INTO action VALUES (?1, ?2, 'answer', 'answered a card', ?3, 0, ?4, ?5, ?6, 1)")
            .unwrap();
        for (index, answer) in answers.iter().enumerate() {
            let number = i64::try_from(index).unwrap() + 1;
            let stamp = of_card[answer.card].iter().find(|(of, _)| *of == u64::try_from(index).unwrap()).unwrap().1;
            action.execute((device, actions + number, answer.at_ms, answer.day.0, stamp, number)).unwrap();
        }
        let mut insert_event = tx
            .prepare(
                "INSERT INTO event (card, hlc, device, sequence, action, kind, study_day, at_ms, offset_min, quality, took_ms, \
                 config, prev_device, prev_sequence, repetitions, interval_days, ease, lapses, due, last_quality) \
                 VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, 0, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            )
            .unwrap();
        let mut insert_state = tx
            .prepare(
                "INSERT INTO card_state (card, deck, shuffle, offered, repetitions, interval_days, ease, lapses, last_day, due, \
                 last_quality, answers, suspended, marked, flag, last_device, last_sequence) \
                 VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, 0, 0, ?12, ?13)",
            )
            .unwrap();
        for (card, events) in cards.iter().zip(&of_card) {
            let mut state = CardState::default();
            let mut prev: Option<i64> = None;
            for (index, hlc) in events {
                let answer = &answers[usize::try_from(*index).unwrap()];
                let sequence = i64::try_from(*index).unwrap() + 1;
                let after = scheduler.answer(card.id, &state, answer.quality, answer.day);
                let memory = after.memory.clone().unwrap();
                let event = Event {
                    id: EventId { device: DeviceId(uuid), sequence: index + 1 },
                    action: index + 1,
                    hlc: Hlc(*hlc),
                    at: Timestamp { unix_ms: answer.at_ms, offset_min: 0 },
                    study_day: answer.day,
                    card: Some(card.id),
                    fact: Fact::Answered { quality: answer.quality, took: Millis(answer.took) },
                    config: Some(scheduler.id()),
                    prev: None,
                    after: Some(After::of(&memory)),
                    detail: Detail::default(),
                };
                if let Some(ended) = tally::ended(&state, &event) {
                    for end in month_ends(ended.from, ended.to) {
                        let sums = topics.entry((card.deck, card.topic, end.month())).or_default();
                        // After four numbers of the month's answers come the levels from learning (1) on.
                        sums[3 + ended.level.index()] += 1;
                        sums[8] += recall_millionths(end.since(ended.from), ended.interval);
                    }
                }
                if let Some((kind, expected, given)) = tally::counts(&event) {
                    *sides.entry((answer.day.month(), card.deck, kind.name(), expected, given)).or_default() += 1;
                }
                let totals = tally::of_event(&state, &event);
                let day = days.entry((answer.day.0, card.deck)).or_default();
                for (sum, more) in day.iter_mut().zip(tally::columns(&totals)) {
                    *sum += more;
                }
                let topic = topics.entry((card.deck, card.topic, answer.day.month())).or_default();
                topic[0] += 1;
                topic[1] += totals.young.passed + totals.mature.passed;
                topic[2] += totals.young.all + totals.mature.all;
                topic[3] += totals.time_ms;
                insert_event
                    .execute(rusqlite::params![
                        card.row,
                        hlc,
                        device,
                        sequence,
                        actions + sequence,
                        answer.day.0,
                        answer.at_ms,
                        u8::from(answer.quality),
                        answer.took,
                        config,
                        prev.map(|_| device),
                        prev,
                        memory.repetitions,
                        memory.interval.0,
                        memory.ease.hundredths(),
                        memory.lapses,
                        memory.due.0,
                        u8::from(memory.last_quality),
                    ])
                    .unwrap();
                prev = Some(sequence);
                state = after;
            }
            let memory = state.memory.unwrap();
            insert_state
                .execute(rusqlite::params![
                    card.row,
                    card.deck,
                    card.shuffle,
                    memory.repetitions,
                    memory.interval.0,
                    memory.ease.hundredths(),
                    memory.lapses,
                    memory.last.0,
                    memory.due.0,
                    u8::from(memory.last_quality),
                    state.answers,
                    device,
                    prev,
                ])
                .unwrap();
        }
        let mut day_sum = tx
            .prepare("INSERT INTO day_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")
            .unwrap();
        for ((day, deck), sums) in days {
            let numbers = sums.map(|sum| i64::try_from(sum).unwrap());
            let all = [i64::from(day), deck].into_iter().chain(numbers);
            day_sum.execute(rusqlite::params_from_iter(all)).unwrap();
        }
        let mut topic_sum =
            tx.prepare("INSERT INTO topic_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)").unwrap();
        for ((deck, topic, month), sums) in topics {
            let numbers = sums.map(|sum| i64::try_from(sum).unwrap());
            let all = [deck, topic, i64::from(month)].into_iter().chain(numbers);
            topic_sum.execute(rusqlite::params_from_iter(all)).unwrap();
        }
        let mut side_sum = tx.prepare("INSERT INTO side_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6)").unwrap();
        for ((month, deck, kind, expected, given), count) in sides {
            side_sum.execute((month, deck, kind, expected, given, count)).unwrap();
        }
        tx.execute_batch(
            "UPDATE card SET new_position = NULL WHERE id IN (SELECT card FROM card_state); \
             UPDATE deck SET last_introduced = (SELECT max(study_day) FROM day_sum d WHERE d.deck = deck.id AND d.first > 0) \
             WHERE origin <> 'builtin';",
        )
        .unwrap();
    }
    tx.commit().unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}
