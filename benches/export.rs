//! All notes out as CSV.

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

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes() {
        let db = data::database(Shape::Topics, size);
        let out = data::scratch("export.csv");
        let args = ["--db", text(&db), "export", "--format", "csv", "--force", "--out", text(&out)];
        let rounds = if size > 100_000 { 3 } else { 10 };
        let (ours, bare) =
            both(rounds, 1, |count| lmq(count, &args), |count| floor(count, &["export", text(&db), text(&out)]));
        let times = ratio(ours.median(), bare.median());
        lines.push(Line {
            what: format!("CSV, {} notes", size_name(size)),
            figure: ms(ours.median()),
            floor: ms(bare.median()),
            ratio: times,
            cpu_ratio: cpu_ratio(&ours, &bare, false),
            memory: ours.memory(),
            bar: "≤ 1.3 × floor".to_owned(),
            met: (size >= 100_000).then_some(times <= 1.3),
        });
    }
    table("Export (the whole process)", &lines);
}
