//! A search by a scan: no index of words is kept.

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
        // The last: the histories of these data all end these days, so that its week holds an eighth of the log.
        for (what, query, is_bar) in [
            ("a word that no card has", "photosynthesis", true),
            ("a few cards, by two words", "4711 vision", true),
            ("words and states", "(photosynthesis OR 4711) is:due -tag:x", true),
            ("states alone", "ease<1.4 is:leech", true),
            ("grades among an eighth of the log", "rated:7d:1 4711", false),
        ] {
            let args = ["cards", query, "--db", text(&db)];
            lmq(2, &args);
            let rounds = if size > 100_000 { 5 } else { 10 };
            let (ours, bare) = both(rounds, 3, |count| lmq(count, &args), |count| floor(count, &["search", text(&db)]));
            lines.push(Line {
                what: format!("{what}, {} cards", size_name(size)),
                figure: format!("{} (p95 {})", ms(ours.median()), ms(ours.at(95))),
                floor: ms(bare.median()),
                ratio: ratio(ours.median(), bare.median()),
                cpu_ratio: cpu_ratio(&ours, &bare, false),
                memory: ours.memory(),
                bar: if is_bar { "≤ 50 ms at 100k".to_owned() } else { String::new() },
                met: (is_bar && size == 100_000).then(|| ours.median().as_millis() <= 50),
            });
        }
    }
    table("`lmq cards QUERY` (the whole process)", &lines);
}
