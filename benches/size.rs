//! Bytes on disk: of an answer, and of a collection.

use crate::data;
use crate::data::Shape;
use crate::measure::megabytes;
use crate::measure::now;
use crate::measure::rate;
use crate::measure::size_name;
use crate::measure::sizes;
use lmq::core::grade::Quality;
use lmq::core::scheduler::splitmix64;
use lmq::core::settings::Settings;
use lmq::core::study_day::Timestamp;
use lmq::core::units::Millis;
use lmq::ops;
use lmq::ops::review;
use rusqlite::Connection;
use std::fs;
use std::path::Path;

/// Answers a card.
const EACH: usize = 10;

/// Three years' answers, one after the other.
const STEP_MS: i64 = 94_608;

/// What an answer is written to: its row by card, the index by name, what lies beside it (nothing, where all goes as it
/// should), and the hashes of the chain that are kept.
const OF_AN_ANSWER: [&str; 5] = ["event", "event_id", "event_detail", "action", "chain"];

/// The pages of each table and index, in bytes, largest first. Nothing is vacuumed before.
fn pages(path: &Path) -> Vec<(String, i64)> {
    let db = Connection::open(path).unwrap();
    let mut statement =
        db.prepare("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE ORDER BY pgsize DESC").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn of_answers(path: &Path) -> Vec<(String, i64)> {
    pages(path).into_iter().filter(|(name, _)| OF_AN_ANSWER.contains(&name.as_str())).collect()
}

fn sum(pages: &[(String, i64)]) -> i64 {
    pages.iter().map(|(_, bytes)| bytes).sum()
}

fn line(what: &str, figure: &str, bar: &str, is_met: Option<bool>, parts: &str) {
    let met = is_met.map_or("", |met| if met { "met" } else { "**missed**" });
    println!("| {what} | {figure} | {bar} | {met} | {parts} |");
}

/// Answers given one by one, to cards in random order, as `lmq answer` gives them; in memory, where a sync costs nothing.
fn answers(shape: Shape, size: usize) {
    let path = data::in_memory("size.db");
    data::import_texts(shape, size, &path);
    let before = sum(&of_answers(&path));
    let (mut env, settings) = (data::at(data::IMPORTED), Settings::default());
    let cards = data::cards(&path);
    let count = size * EACH;
    let (mut store, _) = ops::open(&path, &env, &settings).unwrap_or_else(|failure| panic!("{failure}"));
    let first = env.now().unix_ms;
    let start = now();
    for number in 0..count {
        let chance = splitmix64(u64::try_from(number).unwrap());
        let card = cards[usize::try_from(chance % u64::try_from(size).unwrap()).unwrap()];
        let passed = i64::try_from(number).unwrap() * STEP_MS + i64::try_from(chance >> 50).unwrap();
        env.fix_now(Timestamp { unix_ms: first + 60_000 + passed, offset_min: 0 });
        let took = Millis(1500 + u32::try_from(chance >> 50).unwrap());
        review::answer(&mut store, &env, &settings, card, Quality::Q4, took, "")
            .unwrap_or_else(|failure| panic!("{failure}"));
        store.while_idle();
    }
    let took = start.elapsed();
    store.close().unwrap_or_else(|error| panic!("{error}"));
    let parts = of_answers(&path);
    let each = |bytes: i64| f64::from(i32::try_from(bytes).unwrap()) / f64::from(u32::try_from(count).unwrap());
    let bytes = each(sum(&parts) - before);
    let named: Vec<String> = parts.iter().map(|(name, bytes)| format!("{name} {:.1}", each(*bytes))).collect();
    line(
        &format!("an answer with its indexes, {} over {} cards, {}", size_name(count), size_name(size), shape.name()),
        &format!("{bytes:.1} bytes"),
        "≤ 70 bytes",
        (size == 100_000).then_some(bytes <= 70.0),
        &format!("{} ({} without syncs)", named.join(", "), rate(count, took)),
    );
    for ending in ["", "-wal", "-shm"] {
        fs::remove_file(format!("{}{ending}", path.display())).ok();
    }
}

fn collection(shape: Shape, size: usize) {
    let path = data::database(shape, size);
    let bytes = megabytes(fs::metadata(&path).unwrap().len());
    let parts: Vec<String> = pages(&path)
        .into_iter()
        .map(|(name, bytes)| (name, megabytes(u64::try_from(bytes).unwrap())))
        .take_while(|(_, bytes)| *bytes >= 0.5)
        .map(|(name, bytes)| format!("{name} {bytes:.1}"))
        .collect();
    let reviews = size * data::reviews(size);
    line(
        &format!("database, {} cards and {} reviews, {}", size_name(size), size_name(reviews), shape.name()),
        &format!("{bytes:.1} MB"),
        "≤ 125 MB at 100k and 1M",
        (size == 100_000 && reviews == 1_000_000).then_some(bytes <= 125.0),
        &parts.join(", "),
    );
}

pub(crate) fn run() {
    println!("\n### Bytes on disk, unvacuumed\n");
    println!("| what | lmq | bar | | of it |\n| --- | ---: | --- | --- | --- |");
    for size in sizes().into_iter().filter(|size| *size <= 100_000) {
        for shape in Shape::ALL {
            answers(shape, size);
            collection(shape, size);
        }
    }
}
