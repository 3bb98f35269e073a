//! Reports over a whole log, from kept sums and from the log itself.

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

const HTML: [&str; 3] = ["report", "--format", "html"];

enum Bar {
    Ms(u128),
    Times(f64),
}

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes().into_iter().filter(|size| *size <= 100_000) {
        let db = data::database(Shape::Topics, size);
        let reviews = size_name(size * data::reviews(size));
        for (what, command, since, bare, bar) in [
            ("`lmq stats`, from sums", &["stats"][..], None, "sums", Bar::Ms(50)),
            ("HTML, from sums", &HTML[..], None, "sums", Bar::Ms(300)),
            ("HTML, from the log (a ragged period)", &HTML[..], Some("2020-01-02"), "scan", Bar::Times(2.0)),
        ] {
            let mut args = vec!["--db", text(&db)];
            args.extend(command);
            args.extend(since.iter().flat_map(|since| ["--since", since]));
            let (ours, bare) = both(5, 3, |count| lmq(count, &args), |count| floor(count, &[bare, text(&db)]));
            let is_met = match bar {
                Bar::Ms(most) => ours.median().as_millis() <= most,
                Bar::Times(most) => ours.median().as_secs_f64() <= most * bare.median().as_secs_f64(),
            };
            lines.push(Line {
                what: format!("{what}, {reviews} reviews"),
                figure: ms(ours.median()),
                floor: ms(bare.median()),
                ratio: ratio(ours.median(), bare.median()),
                cpu_ratio: cpu_ratio(&ours, &bare, false),
                memory: ours.memory(),
                bar: match bar {
                    Bar::Ms(most) => format!("≤ {most} ms, ≤ 64 MB"),
                    Bar::Times(most) => format!("≤ {most} × the scan, ≤ 64 MB"),
                },
                met: (size >= 100_000).then(|| is_met && ours.megabytes() <= 64.0),
            });
        }
    }
    table("Statistics and reports (the whole process)", &lines);
}
