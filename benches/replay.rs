//! All caches made again from the log, and compared; all texts against their hashes: `lmq doctor`.

use crate::data;
use crate::data::Shape;
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

const ROUNDS: usize = 3;

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes().into_iter().filter(|size| *size <= 100_000) {
        for shape in Shape::ALL {
            let db = data::database(shape, size);
            let (ours, bare) = both(
                ROUNDS,
                1,
                |count| lmq(count, &["--db", text(&db), "doctor"]),
                |count| floor(count, &["scan", text(&db)]),
            );
            let reviews = size * data::reviews(size);
            lines.push(Line {
                what: format!("`lmq doctor`, {} reviews, {}", size_name(reviews), shape.name()),
                figure: ours.took(),
                floor: format!("{} (scan of the log)", ms(bare.median())),
                ratio: ratio(ours.median(), bare.median()),
                cpu_ratio: cpu_ratio(&ours, &bare, false),
                memory: ours.memory(),
                bar: "≤ 3 s, ≤ 64 MB at 1M".to_owned(),
                met: (reviews == 1_000_000).then(|| ours.median().as_millis() <= 3000 && ours.megabytes() <= 64.0),
            });
        }
    }
    table("Replay", &lines);
}
