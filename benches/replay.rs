//! All caches made again from the log, and compared: `lmq doctor`.

use crate::data;
use crate::measure::Line;
use crate::measure::both;
use crate::measure::cpu_ratio;
use crate::measure::floor;
use crate::measure::lmq;
use crate::measure::ms;
use crate::measure::ratio;
use crate::measure::size_name;
use crate::measure::sizes;
use crate::measure::table;
use crate::measure::text;

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes().into_iter().filter(|size| *size <= 100_000) {
        let db = data::database(size);
        let (ours, bare) =
            both(1, 1, |count| lmq(count, &["--db", text(&db), "doctor"]), |count| floor(count, &["scan", text(&db)]));
        lines.push(Line {
            what: format!("`lmq doctor`, {} reviews", size_name(size * data::reviews(size))),
            figure: ms(ours.median()),
            floor: format!("{} (scan of the log)", ms(bare.median())),
            ratio: ratio(ours.median(), bare.median()),
            cpu_ratio: cpu_ratio(&ours, &bare, false),
            memory: ours.memory(),
            bar: String::new(),
            met: None,
        });
    }
    table("Replay", &lines);
}
