//! Reports over a whole log, from kept sums and from the log itself.

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
        let reviews = size_name(size * data::reviews(size));
        for (what, since, bare, bar) in [
            ("from sums, whole months", "2020-01-01", "sums", 50),
            ("from the log, a ragged period", "2020-01-02", "scan", 250),
        ] {
            let args = ["--db", text(&db), "report", "--format", "html", "--since", since];
            let (ours, bare) = both(5, 3, |count| lmq(count, &args), |count| floor(count, &[bare, text(&db)]));
            lines.push(Line {
                what: format!("{what}, {reviews} reviews"),
                figure: ms(ours.median()),
                floor: ms(bare.median()),
                ratio: ratio(ours.median(), bare.median()),
                cpu_ratio: cpu_ratio(&ours, &bare, false),
                memory: ours.memory(),
                bar: format!("≤ {bar} ms, ≤ 64 MB"),
                met: (size >= 100_000).then(|| ours.median().as_millis() < bar && ours.megabytes() <= 64.0),
            });
        }
    }
    table("`lmq report --format html` (the whole process)", &lines);
}
