//! A TSV of bare rows in, again unchanged, again with a tenth of the answers changed.

use crate::data;
use crate::measure::Line;
use crate::measure::Runs;
use crate::measure::cpu_ratio;
use crate::measure::floor;
use crate::measure::lmq;
use crate::measure::rate;
use crate::measure::ratio;
use crate::measure::size_name;
use crate::measure::sizes;
use crate::measure::table;
use crate::measure::text;

const ROUNDS: usize = 3;

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes() {
        let (tsv, changed) = (data::tsv(size, false), data::tsv(size, true));
        let steps = [("import", &tsv), ("again", &tsv), ("changed", &changed)];
        let mut ours: [Runs; 3] = Default::default();
        let mut bare: [Runs; 3] = Default::default();
        for _ in 0..ROUNDS {
            let (db, other) = (data::scratch("import.db"), data::scratch("import-floor.db"));
            for (index, (_, file)) in steps.iter().enumerate() {
                ours[index].add(lmq(1, &["--db", text(&db), "import", text(file), "--deck", "bench"]));
                bare[index].add(floor(1, &["import", text(file), text(&other)]));
            }
        }
        for (index, name) in ["TSV", "the same again", "a tenth changed"].into_iter().enumerate() {
            let (ours, bare) = (&ours[index], &bare[index]);
            let speed = ratio(bare.median(), ours.median());
            lines.push(Line {
                what: format!("{name}, {} rows", size_name(size)),
                figure: rate(size, ours.median()),
                floor: rate(size, bare.median()),
                ratio: speed,
                cpu_ratio: cpu_ratio(ours, bare, true),
                memory: format!("{} (floor {})", ours.memory(), bare.memory()),
                bar: "≥ 0.5 × floor, ≤ 100 MB".to_owned(),
                met: (size >= 100_000).then_some(speed >= 0.5 && ours.megabytes() <= 100.0),
            });
        }
    }
    table("Import (rows a second, the whole process)", &lines);
}
