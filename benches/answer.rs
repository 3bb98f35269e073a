//! One answer, committed: through `ops::review`, as the command and as a step of a sitting.

use crate::data;
use crate::floor::Answers;
use crate::measure::Line;
use crate::measure::Runs;
use crate::measure::cpu_ratio;
use crate::measure::cpu_so_far;
use crate::measure::ms;
use crate::measure::now;
use crate::measure::rate;
use crate::measure::size_name;
use crate::measure::sizes;
use crate::measure::table;
use lmq::core::grade::Quality;
use lmq::core::session::Input;
use lmq::core::session::Stage;
use lmq::core::settings::Settings;
use lmq::core::units::Millis;
use lmq::ops;
use lmq::ops::review;
use std::time::Duration;

const BLOCKS: usize = 8;
const BLOCK: usize = 500;

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes().into_iter().filter(|size| *size == 100_000) {
        let path = data::copy(&data::database(size), "answer.db");
        let (env, settings) = (data::env(), Settings::default());
        let mut bare = Answers::new(&data::scratch("answer-floor.db"), size);
        let (mut command, mut sitting, mut floor) = (Runs::default(), Runs::default(), Runs::default());
        let cards = data::cards(&path);
        let (mut store, _) = ops::open(&path, &env, &settings).unwrap_or_else(|failure| panic!("{failure}"));
        for block in 0..BLOCKS {
            let mut before = cpu_so_far();
            let mut taken = || {
                let so_far = cpu_so_far();
                so_far - std::mem::replace(&mut before, so_far)
            };
            for index in 0..BLOCK {
                let card = cards[(block * BLOCK + index) * 7919 % cards.len()];
                let start = now();
                review::answer(&mut store, &env, &settings, card, Quality::Q4, Millis(5000))
                    .unwrap_or_else(|failure| panic!("{failure}"));
                command.times.push(start.elapsed());
            }
            command.cpu += taken();
            store.rest();
            taken();
            for _ in 0..BLOCK {
                floor.times.push(bare.answer());
            }
            floor.cpu += taken();
            bare.rest();
            let options = review::Options { limit: Some(BLOCK), new: Some(0), ..review::Options::default() };
            let mut review = review::Review::new(&mut store, &env, settings.clone(), &options)
                .unwrap_or_else(|failure| panic!("{failure}"));
            taken();
            while let Stage::Front(_) = review.session().stage() {
                for input in [Input::Respond(String::new()), Input::Grade(Quality::Q4)] {
                    let graded = matches!(input, Input::Grade(_));
                    let start = now();
                    review.feed(input).unwrap_or_else(|failure| panic!("{failure}"));
                    if graded {
                        sitting.times.push(start.elapsed());
                    }
                }
            }
            sitting.cpu += taken();
            review.rest();
        }
        let mean = |runs: &Runs| runs.times.iter().sum::<Duration>() / u32::try_from(runs.times.len()).unwrap();
        for (what, ours) in
            [("one answer (`ops::review::answer`)", &command), ("in a sitting, the next card loaded", &sitting)]
        {
            let speed = mean(&floor).as_secs_f64() / mean(ours).as_secs_f64();
            lines.push(Line {
                what: format!("{what}, {} cards", size_name(size)),
                figure: format!("{}; p50 {}, p99 {}", rate(1, mean(ours)), ms(ours.median()), ms(ours.at(99))),
                floor: format!("{}; p50 {}, p99 {}", rate(1, mean(&floor)), ms(floor.median()), ms(floor.at(99))),
                ratio: speed,
                cpu_ratio: cpu_ratio(ours, &floor, true),
                memory: String::new(),
                bar: "≥ 0.7 × floor, p99 ≤ 1.5 ms".to_owned(),
                met: Some(speed >= 0.7 && ours.at(99) <= Duration::from_micros(1500)),
            });
        }
    }
    table("Answers, each committed at `synchronous=FULL`", &lines);
}
