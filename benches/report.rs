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

enum Bar {
    Ms(u128),
    Times(f64),
}

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes() {
        for shape in Shape::ALL {
            measure(shape, size, &mut lines);
        }
    }
    table("Statistics and reports (the whole process)", &lines);
}

fn measure(shape: Shape, size: usize, lines: &mut Vec<Line>) {
    /// Within a month, and within the history: what cards stood at before it only the log tells.
    const SINCE: &str = "2025-12-10";
    let db = data::database(shape, size);
    let reviews = size_name(size * data::reviews(size));
    let deck = match shape {
        Shape::Topics => "deck 3",
        Shape::Tags => "Bench::D03",
    };
    let html = ["report", "--format", "html"];
    let of_deck = ["stats", "--since", SINCE, "--deck", deck];
    let ragged = [html.as_slice(), &["--since", SINCE]].concat();
    let from_sums = if size > 100_000 { 120 } else { 40 };
    let mut rows: Vec<(&str, &[&str], &str, Bar)> = vec![
        ("`lmq stats`, from sums", &["stats"], "sums", Bar::Ms(from_sums)),
        ("HTML, from sums", &html, "sums", Bar::Ms(300)),
        ("HTML, from the log (it begins within a month)", &ragged, "scan", Bar::Times(1.5)),
        ("`lmq stats --since … --deck …`", &of_deck, "scan", Bar::Ms(300)),
    ];
    if shape == Shape::Tags {
        rows.push(("`lmq stats tag:verb`", &["stats", "tag:verb"], "scan", Bar::Ms(1500)));
    }
    for (what, command, bare, bar) in rows {
        let args = [&["--db", text(&db)], command].concat();
        let (ours, bare) = both(5, 3, |count| lmq(count, &args), |count| floor(count, &[bare, text(&db)]));
        let is_met = match bar {
            Bar::Ms(most) => ours.median().as_millis() <= most,
            Bar::Times(most) => ours.median().as_secs_f64() <= most * bare.median().as_secs_f64(),
        };
        lines.push(Line {
            what: format!("{what}, {reviews} reviews, {}", shape.name()),
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
