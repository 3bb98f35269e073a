//! A table in, again unchanged, again with a tenth of the answers changed.

use crate::data;
use crate::data::Shape;
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

/// What a table is imported with: a deck where it does not say one.
fn args<'a>(shape: Shape, db: &'a str, file: &'a str) -> Vec<&'a str> {
    let mut args = vec!["--db", db, "import", file];
    if shape == Shape::Topics {
        args.extend(["--deck", "bench"]);
    }
    args
}

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes() {
        for shape in Shape::ALL {
            let (tsv, changed) = (data::tsv(shape, size, false), data::tsv(shape, size, true));
            let steps = [&tsv, &tsv, &changed];
            let mut ours: [Runs; 3] = Default::default();
            let mut bare: [Runs; 3] = Default::default();
            for _ in 0..ROUNDS {
                let (db, other) = (data::scratch("import.db"), data::scratch("import-floor.db"));
                for (index, file) in steps.iter().enumerate() {
                    ours[index].add(lmq(1, &args(shape, text(&db), text(file))));
                    bare[index].add(floor(1, &["import", text(file), text(&other)]));
                }
            }
            for (index, name) in ["TSV", "the same again", "a tenth changed"].into_iter().enumerate() {
                let (ours, bare) = (&ours[index], &bare[index]);
                let speed = ratio(bare.median(), ours.median());
                // The names of notes are made of their rows only where these are new.
                let least = [0.45, 0.8, 0.5][index];
                lines.push(Line {
                    what: format!("{name}, {}, {} rows", shape.table(), size_name(size)),
                    figure: rate(size, ours.median()),
                    floor: rate(size, bare.median()),
                    ratio: speed,
                    cpu_ratio: cpu_ratio(ours, bare, true),
                    memory: format!("{} (floor {})", ours.memory(), bare.memory()),
                    bar: format!("≥ {least} × floor, ≤ 100 MB"),
                    met: (size >= 100_000).then_some(speed >= least && ours.megabytes() <= 100.0),
                });
            }
        }
    }
    table("Import (rows a second, the whole process)", &lines);
}
