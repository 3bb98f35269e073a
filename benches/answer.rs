//! One answer, committed: through `ops::review`, as the command and as a step of a sitting.

use crate::data;
use crate::data::Shape;
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
use lmq::env::Env;
use lmq::failure::Failure;
use lmq::ops;
use lmq::ops::review;
use lmq::ops::review::Review;
use lmq::store::Store;
use std::path::Path;
use std::time::Duration;

const BLOCKS: usize = 8;
const BLOCK: usize = 500;

const BAR: f64 = 0.8;
const SLOWEST: Duration = Duration::from_micros(500);

/// Between two answers a person thinks: so long on the clock of the bench, or no two would have an instant of their own.
const THINKING_MS: i64 = 6000;

#[derive(Default)]
struct Measured {
    command: Runs,
    sitting: Runs,
    floor: Runs,
}

/// Times `work`, on the clock and on the processor's.
fn timed<T>(runs: &mut Runs, work: impl FnOnce() -> Result<T, Failure>) -> T {
    let (start, before) = (now(), cpu_so_far());
    let done = work();
    runs.times.push(start.elapsed());
    runs.cpu += cpu_so_far() - before;
    done.unwrap_or_else(|failure| panic!("{failure}"))
}

fn open(path: &Path, env: &Env, settings: &Settings) -> Store {
    ops::open(path, env, settings).unwrap_or_else(|failure| panic!("{failure}")).0
}

fn measure(shape: Shape, size: usize) -> Measured {
    let settings = Settings::default();
    let all = data::database(shape, size);
    let (path, other) = (data::copy(&all, "answer.db"), data::copy(&all, "sitting.db"));
    let cards = data::cards(&path);
    // A clock that is set for each answer; and for sittings, which read it themselves, the real one.
    let (mut env, real) = (data::env(), Env::from_process());
    let mut clock = env.now();
    let (mut store, mut sitting) = (open(&path, &env, &settings), open(&other, &real, &settings));
    let mut bare = Answers::new(&data::scratch("answer-floor.db"), size);
    let mut measured = Measured::default();
    for block in 0..BLOCKS {
        for index in 0..BLOCK {
            let card = cards[(block * BLOCK + index) * 7919 % cards.len()];
            clock.unix_ms += THINKING_MS;
            env.fix_now(clock);
            timed(&mut measured.command, || {
                review::answer(&mut store, &env, &settings, card, Quality::Q4, Millis(5000))
            });
        }
        store.rest();
        let before = cpu_so_far();
        for _ in 0..BLOCK {
            measured.floor.times.push(bare.answer());
        }
        measured.floor.cpu += cpu_so_far() - before;
        bare.rest();
        sit(&mut sitting, &real, &settings, &mut measured.sitting);
    }
    measured
}

/// A sitting of reviews that are due.
fn sit(store: &mut Store, env: &Env, settings: &Settings, runs: &mut Runs) {
    let options = review::Options { limit: Some(BLOCK), new: Some(0), ..review::Options::default() };
    let mut review = Review::new(store, env, settings.clone(), &options).unwrap_or_else(|failure| panic!("{failure}"));
    while let Stage::Front(_) = review.session().stage() {
        review.feed(Input::Respond(String::new())).unwrap_or_else(|failure| panic!("{failure}"));
        // Nobody is as fast as the bench: two answers in one millisecond would leave the second one's stamp ahead of it.
        let last = env.now();
        while env.now() == last {
            std::hint::spin_loop();
        }
        timed(runs, || review.feed(Input::Grade(Quality::Q4)));
    }
    review.rest();
}

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes().into_iter().filter(|size| *size == 100_000) {
        for shape in Shape::ALL {
            let Measured { command, sitting, floor } = measure(shape, size);
            let mean = |runs: &Runs| runs.times.iter().sum::<Duration>() / u32::try_from(runs.times.len()).unwrap();
            for (what, ours) in
                [("one answer (`ops::review::answer`)", &command), ("in a sitting, the next card loaded", &sitting)]
            {
                let speed = mean(&floor).as_secs_f64() / mean(ours).as_secs_f64();
                lines.push(Line {
                    what: format!("{what}, {} cards, {}", size_name(size), shape.name()),
                    figure: format!("{}; p50 {}, p99 {}", rate(1, mean(ours)), ms(ours.median()), ms(ours.at(99))),
                    floor: format!("{}; p50 {}, p99 {}", rate(1, mean(&floor)), ms(floor.median()), ms(floor.at(99))),
                    ratio: speed,
                    cpu_ratio: cpu_ratio(ours, &floor, true),
                    memory: String::new(),
                    bar: format!("≥ {BAR} × floor, p99 ≤ {}", ms(SLOWEST)),
                    met: Some(speed >= BAR && ours.at(99) <= SLOWEST),
                });
            }
        }
    }
    table("Answers, each committed at `synchronous=FULL`", &lines);
}
