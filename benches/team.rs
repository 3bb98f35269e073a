//! Many people's files into one report: time, and whether memory grows with their number.

use crate::data;
use crate::measure::Line;
use crate::measure::both;
use crate::measure::cpu_ratio;
use crate::measure::floor;
use crate::measure::lmq;
use crate::measure::ms;
use crate::measure::ratio;
use crate::measure::table;
use crate::measure::text;
use lmq::core::id::ShareId;
use lmq::core::mastery::TopicMastery;
use lmq::core::study_day::Timestamp;
use lmq::core::team::Share;
use lmq::core::team::SharedDeck;
use lmq::core::totals::Recalls;
use std::fs;
use std::path::PathBuf;

/// Topics of a person: those of the built-in decks, and as many of their own.
const TOPICS: u64 = 40;

/// The file of one person, with numbers of their own.
fn file(number: u64) -> PathBuf {
    let path = data::folder().join(format!("share-{number}.json"));
    let topic = |index: u64| {
        let score = (number * 7 + index * 13) % 10;
        let cards = [score, 9 - score, number % 3, index % 4, score / 3];
        TopicMastery {
            id: format!("differences/D{index:02}"),
            title: format!("topic {index} of the differences"),
            deck: "differences".to_owned(),
            cards,
            recalls: Recalls { passed: score * 3, all: 30 },
        }
    };
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    let share = Share {
        id: ShareId(id),
        name: None,
        made: Timestamp { unix_ms: 1_776_000_000_000, offset_min: 0 },
        decks: vec![SharedDeck { id: "differences".into(), name: "differences".into(), version: Some("1".into()) }],
        topics: (0..TOPICS).map(topic).collect(),
        baseline: Some(Recalls { passed: number % 8, all: 8 }),
        latest_checkup: Some(Recalls { passed: 8 - number % 3, all: 8 }),
    };
    let mut out = Vec::new();
    lmq::formats::share::write(&share, &mut out).unwrap();
    fs::write(&path, out).unwrap();
    path
}

pub(crate) fn run() {
    let files: Vec<PathBuf> = (0..1000).map(file).collect();
    let args = |first: &'static [&'static str], count: usize| -> Vec<&str> {
        first.iter().copied().chain(files.iter().take(count).map(|path| text(path))).collect()
    };
    let few = lmq(5, &args(&["team", "--format", "html"], 10));
    let mut lines = Vec::new();
    for count in [100, 1000] {
        let (ours_args, bare_args) = (args(&["team", "--format", "html"], count), args(&["parse"], count));
        let (ours, bare) = both(5, 2, |times| lmq(times, &ours_args), |times| floor(times, &bare_args));
        let growth = ours.megabytes() - few.megabytes();
        lines.push(Line {
            what: format!("{count} files (10 files: {})", few.memory()),
            figure: ms(ours.median()),
            floor: ms(bare.median()),
            ratio: ratio(ours.median(), bare.median()),
            cpu_ratio: cpu_ratio(&ours, &bare, false),
            memory: ours.memory(),
            bar: "≤ 2 s, ≤ 2 MB more than 10 files".to_owned(),
            met: Some(ours.median().as_millis() <= 2000 && growth <= 2.0),
        });
    }
    table("`lmq team --format html` (the whole process)", &lines);
}
