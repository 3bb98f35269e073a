//! The whole history out as segments, compressed, and into a database that has nothing of it.

use crate::data;
use crate::data::Shape;
use crate::measure::Line;
use crate::measure::Runs;
use crate::measure::cpu_ratio;
use crate::measure::floor;
use crate::measure::lmq;
use crate::measure::megabytes;
use crate::measure::ratio;
use crate::measure::size_name;
use crate::measure::sizes;
use crate::measure::table;
use crate::measure::text;
use std::fs;
use std::path::PathBuf;

const ROUNDS: usize = 3;

/// How much more memory a collection of twice the size may take: what is kept of it are its cards and sums. Half of it is
/// larger than SQLite's page cache, so that this is full both times.
const GROWTH_MB: f64 = 16.0;

struct Measured {
    /// Out and in: ours and the floor's.
    out: [Runs; 2],
    back: [Runs; 2],
    /// Size of the file.
    bytes: u64,
}

/// A database without anything, in a folder of its own: a copy from before the union lies beside it.
fn fresh() -> PathBuf {
    let folder = data::folder().join("union");
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).unwrap();
    folder.join("lmq.db")
}

fn measure(shape: Shape, size: usize, rounds: usize) -> Measured {
    let db = data::database(shape, size);
    let (mut out, mut back): ([Runs; 2], [Runs; 2]) = Default::default();
    let mut bytes = 0;
    for _ in 0..rounds {
        let (log, bare) = (data::scratch("history.jsonl.zst"), data::scratch("history-floor.zst"));
        out[0].add(lmq(1, &["--db", text(&db), "export", "--what", "history", "--force", "--out", text(&log)]));
        out[1].add(floor(1, &["history-out", text(&db), text(&bare)]));
        bytes = fs::metadata(&log).unwrap().len();
        let (ours, other) = (fresh(), data::scratch("union-floor.db"));
        lmq(1, &["--db", text(&ours), "next"]);
        back[0].add(lmq(1, &["--db", text(&ours), "import", text(&log)]));
        back[1].add(floor(1, &["history-in", text(&bare), text(&other)]));
    }
    Measured { out, back, bytes }
}

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes().into_iter().filter(|size| *size == 100_000) {
        for shape in Shape::ALL {
            let half = measure(shape, size / 2, 1);
            let all = measure(shape, size, ROUNDS);
            let of = format!("{} reviews, {}", size_name(size * data::reviews(size)), shape.name());
            let bytes = megabytes(all.bytes);
            for (what, [ours, bare], few, most_ms) in
                [("out", &all.out, &half.out[0], 3000), ("into a fresh database", &all.back, &half.back[0], 8000)]
            {
                let is_out = what == "out";
                let size = if is_out { format!("{bytes:.1} MB, ") } else { String::new() };
                let limit = if is_out { "≤ 30 MB, " } else { "" };
                let is_flat = ours.megabytes() - few.megabytes() <= GROWTH_MB;
                lines.push(Line {
                    what: format!("whole history {what}, {of}"),
                    figure: format!("{size}{}", ours.took()),
                    floor: bare.took(),
                    ratio: ratio(ours.median(), bare.median()),
                    cpu_ratio: cpu_ratio(ours, bare, false),
                    memory: format!("{} (half of it: {})", ours.memory(), few.memory()),
                    bar: format!("{limit}≤ {} s, ≤ {GROWTH_MB:.0} MB more than for half", most_ms / 1000),
                    met: Some(ours.median().as_millis() <= most_ms && is_flat && (!is_out || bytes <= 30.0)),
                });
            }
        }
    }
    table("The whole history as segments, `.zst` (the whole process)", &lines);
}
