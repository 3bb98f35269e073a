//! From the start of the process to the first due card on standard output, and to a line for a prompt.

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
        for (what, args) in [
            ("lmq next", ["next", "--db"].as_slice()),
            ("lmq", ["--db"].as_slice()),
            ("lmq remind", ["remind", "--db"].as_slice()),
        ] {
            let args: Vec<&str> = args.iter().copied().chain([text(&db)]).collect();
            lmq(5, &args);
            let (ours, bare) = both(6, 10, |count| lmq(count, &args), |count| floor(count, &["first", text(&db)]));
            let bar = match what {
                "lmq remind" => 5,
                _ if size > 100_000 => 15,
                _ => 10,
            };
            let is_bar = what != "lmq";
            lines.push(Line {
                what: format!("`{what}`, {} cards", size_name(size)),
                figure: format!("{} (p95 {})", ms(ours.median()), ms(ours.at(95))),
                floor: ms(bare.median()),
                ratio: ratio(ours.median(), bare.median()),
                cpu_ratio: cpu_ratio(&ours, &bare, false),
                memory: ours.memory(),
                bar: if is_bar { format!("≤ {bar} ms, ≤ 15 MB") } else { String::new() },
                met: is_bar.then(|| ours.median().as_millis() < bar && ours.megabytes() <= 15.0),
            });
        }
    }
    table("Process start to first due card", &lines);
}
