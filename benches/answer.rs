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
use lmq::core::id::CardId;
use lmq::core::session::Input;
use lmq::core::session::Stage;
use lmq::core::settings::Settings;
use lmq::core::units::Millis;
use lmq::env::Env;
use lmq::failure::Failure;
use lmq::ops;
use lmq::ops::queue;
use lmq::ops::review;
use lmq::ops::review::Review;
use lmq::store::Store;
use std::time::Duration;

const BLOCKS: usize = 8;
const BLOCK: usize = 500;

const BAR: f64 = 0.8;
const SLOWEST: Duration = Duration::from_micros(500);

/// Between two answers a person thinks: so long on the clock of the bench, or no two would have an instant of their own.
const THINKING_MS: i64 = 6000;

/// Times `work`, on the clock and on the processor's.
fn timed<T>(runs: &mut Runs, work: impl FnOnce() -> Result<T, Failure>) -> T {
    let (start, before) = (now(), cpu_so_far());
    let done = work();
    runs.times.push(start.elapsed());
    runs.cpu += cpu_so_far() - before;
    done.unwrap_or_else(|failure| panic!("{failure}"))
}

/// Blocks of answers, ours and the floor's turn and turn about.
fn by_blocks(
    shape: Shape,
    size: usize,
    env: &Env,
    mut block: impl FnMut(&mut Store, &[CardId], usize, &mut Runs),
) -> [Runs; 2] {
    let path = data::copy(&data::database(shape, size), "answer.db");
    let cards = data::cards(&path);
    let (mut store, _) = ops::open(&path, env, &Settings::default()).unwrap_or_else(|failure| panic!("{failure}"));
    let mut bare = Answers::new(&data::scratch("answer-floor.db"), size);
    let [mut ours, mut floor]: [Runs; 2] = Default::default();
    for nth in 0..BLOCKS {
        block(&mut store, &cards, nth, &mut ours);
        store.while_idle();
        let before = cpu_so_far();
        floor.times.extend((0..BLOCK).map(|_| bare.answer()));
        floor.cpu += cpu_so_far() - before;
        bare.rest();
    }
    [ours, floor]
}

/// As the command gives them, on a clock that is set for each, and with `follows` after each.
fn commands(shape: Shape, size: usize, follows: fn(&Store)) -> [Runs; 2] {
    let (mut env, settings) = (data::env(), Settings::default());
    let mut clock = env.now();
    by_blocks(shape, size, &data::env(), |store, cards, nth, runs| {
        for index in 0..BLOCK {
            let card = cards[(nth * BLOCK + index) * 7919 % cards.len()];
            clock.unix_ms += THINKING_MS;
            env.fix_now(clock);
            timed(runs, || {
                let done = review::answer(store, &env, &settings, card, Quality::Q4, Millis(5000), "");
                follows(store);
                done
            });
        }
    })
}

/// In a sitting, which reads the clock itself: the real one.
fn sittings(shape: Shape, size: usize) -> [Runs; 2] {
    let (env, settings) = (Env::from_process(), Settings::default());
    by_blocks(shape, size, &env, |store, _, _, runs| sit(store, &env, &settings, runs))
}

/// A sitting of reviews that are due.
fn sit(store: &mut Store, env: &Env, settings: &Settings, runs: &mut Runs) {
    let options = queue::Options { limit: Some(BLOCK), new: Some(0), ..queue::Options::default() };
    let mut review = Review::new(store, env, settings.clone(), &options).unwrap_or_else(|failure| panic!("{failure}"));
    while let Stage::Front(_) = review.session().stage() {
        // As a screen does it: what can wait follows once the question, and then the answer, is there to be read.
        review.while_idle();
        review.feed(Input::Show).unwrap_or_else(|failure| panic!("{failure}"));
        review.while_idle();
        // Nobody is as fast as the bench: two answers in one millisecond would leave the second one's stamp ahead of it.
        let last = env.now();
        while env.now() == last {
            std::hint::spin_loop();
        }
        timed(runs, || review.feed(Input::Grade(Quality::Q4)));
    }
    review.while_idle();
}

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes().into_iter().filter(|size| *size == 100_000) {
        for shape in Shape::ALL {
            for (what, [ours, floor], has_bar) in [
                ("one answer (`ops::review::answer`)", commands(shape, size, |_| ()), true),
                ("in a session, the next card loaded", sittings(shape, size), true),
                ("one answer and then its caches, as two commits", commands(shape, size, Store::while_idle), false),
            ] {
                let mean = |runs: &Runs| runs.times.iter().sum::<Duration>() / u32::try_from(runs.times.len()).unwrap();
                let speed = mean(&floor).as_secs_f64() / mean(&ours).as_secs_f64();
                lines.push(Line {
                    what: format!("{what}, {} cards, {}", size_name(size), shape.name()),
                    figure: format!("{}; p50 {}, p99 {}", rate(1, mean(&ours)), ms(ours.median()), ms(ours.at(99))),
                    floor: format!("{}; p50 {}, p99 {}", rate(1, mean(&floor)), ms(floor.median()), ms(floor.at(99))),
                    ratio: speed,
                    cpu_ratio: cpu_ratio(&ours, &floor, true),
                    memory: String::new(),
                    bar: if has_bar { format!("≥ {BAR} × floor, p99 ≤ {}", ms(SLOWEST)) } else { String::new() },
                    met: has_bar.then_some(speed >= BAR && ours.at(99) <= SLOWEST),
                });
            }
        }
    }
    table("Answers, each committed at `synchronous=FULL`", &lines);
}
