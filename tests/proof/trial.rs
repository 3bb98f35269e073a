//! The cases of one row: run on all processors, counted, and not run again where a long run was stopped.

use crate::arguments::Arguments;
use lmq::core::id::hash64;
use lmq::core::scheduler::splitmix64;
use lmq::env::Env;
use std::cell::Cell;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::thread::available_parallelism;

/// How many failures of a row are written out.
const SHOWN: u64 = 20;

/// About how long a block of cases takes: what was done is kept after each one.
const BLOCK_MS: u64 = 1000;

/// Numbers that follow from a seed.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(seed: u64, what: &str, number: u64) -> Self {
        Self(splitmix64(splitmix64(seed ^ hash64(what.as_bytes())) ^ number))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        splitmix64(self.0)
    }

    /// Less than `most`, which is not 0.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(most).unwrap()).unwrap()
    }

    /// True `times` in a hundred.
    pub(crate) fn percent(&mut self, times: u64) -> bool {
        self.next() % 100 < times
    }
}

/// The tries of one row.
pub(crate) struct Trial {
    row: &'static str,
    only: Vec<String>,
    is_long: bool,
    seed: u64,
    cases: u64,
    failures: u64,
    remarks: Vec<String>,
}

impl Trial {
    pub(crate) fn new(row: &'static str, arguments: &Arguments) -> Self {
        let &Arguments { is_long, seed, .. } = arguments;
        Self { row, only: arguments.parts_of(row), is_long, seed, cases: 0, failures: 0, remarks: Vec::new() }
    }

    pub(crate) fn cases_done(&self) -> u64 {
        self.cases
    }

    pub(crate) fn failures(&self) -> u64 {
        self.failures
    }

    /// What is to be said beneath the row.
    pub(crate) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// Has something said beneath the row: what this machine can't do, or what the cases were.
    pub(crate) fn remark(&mut self, what: String) {
        if !self.remarks.contains(&what) {
            self.remarks.push(what);
        }
    }

    /// What kept the row from being tried to its end.
    pub(crate) fn fail(&mut self, why: &str) {
        println!("FAILED {}: {why}", self.row);
        self.failures += 1;
    }

    /// The one of the two that belongs to this run.
    pub(crate) fn size<T>(&self, short: T, long: T) -> T {
        if self.is_long { long } else { short }
    }

    /// What all cases follow from.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Chance for the case `number` of a part.
    pub(crate) fn chance(&self, part: &str, number: u64) -> Chance {
        Chance::of(self.seed, &format!("{} {part}", self.row), number)
    }

    /// Whether a part is to be tried: for those that prepare much before their cases.
    pub(crate) fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| part == only)
    }

    /// Runs the cases 0 to `count` of a part, on all processors. A case fails by an error or by a panic.
    pub(crate) fn cases(&mut self, part: &str, count: u64, case: impl Fn(u64) -> Result<(), String> + Sync) {
        let threads = available_parallelism().map_or(2, |threads| threads.get().max(2));
        self.cases_on(threads, part, count, case);
    }

    /// The same on so many threads: for cases that wait most of the time.
    pub(crate) fn cases_on(
        &mut self,
        threads: usize,
        part: &str,
        count: u64,
        case: impl Fn(u64) -> Result<(), String> + Sync,
    ) {
        if !self.wants(part) {
            return;
        }
        let kept = self.is_long.then(|| Kept::of(self.row, part, self.seed));
        let (mut done, mut failures) = kept.as_ref().map_or((0, 0), Kept::read);
        let begun_with = done.min(count);
        let env = Env::from_process();
        let mut block = u64::try_from(threads).unwrap() * 4;
        while done < count {
            let end = count.min(done + block);
            let started = env.ticks_ms();
            let (next, failed) = (AtomicU64::new(done), Mutex::new(Vec::new()));
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        loop {
                            let number = next.fetch_add(1, Ordering::Relaxed);
                            if number >= end {
                                return;
                            }
                            if let Err(why) = caught(|| case(number)) {
                                failed.lock().unwrap().push((number, why));
                            }
                        }
                    });
                }
            });
            let mut failed = failed.into_inner().unwrap();
            failed.sort_unstable();
            for (number, why) in failed {
                failures += 1;
                if failures <= SHOWN {
                    println!("FAILED {} {part} {number} (seed {}): {why}", self.row, self.seed);
                }
            }
            done = end;
            if let Some(kept) = &kept {
                kept.write(done, failures);
            }
            if self.is_long {
                eprint!("\r{} {part}: {done} of {count}, {failures} failed\x1b[K", self.row);
            }
            match env.ticks_ms() - started {
                took if took < BLOCK_MS / 2 => block *= 2,
                took if took > BLOCK_MS * 4 => block = (block / 2).max(1),
                _ => {}
            }
        }
        if self.is_long {
            let before = if begun_with > 0 { format!(", {begun_with} of them earlier") } else { String::new() };
            eprintln!("\r{} {part}: {done} done{before}, {failures} failed\x1b[K", self.row);
        }
        self.cases += done;
        self.failures += failures;
    }
}

thread_local! {
    /// What a panic of this thread said, while a case runs.
    static SAID: Cell<Option<String>> = const { Cell::new(None) };
}

/// Runs a case; a panic is a failure like any other, and is said where the others are.
pub(crate) fn caught(case: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    static QUIET: std::sync::Once = std::sync::Once::new();
    QUIET.call_once(|| std::panic::set_hook(Box::new(|panic| SAID.set(Some(panic.to_string())))));
    catch_unwind(AssertUnwindSafe(case))
        .unwrap_or_else(|_| Err(SAID.take().unwrap_or_else(|| "it panicked".to_owned())))
}

/// How far a long run came, for the same program and seed.
struct Kept {
    path: PathBuf,
    of: String,
}

impl Kept {
    fn of(row: &str, part: &str, seed: u64) -> Self {
        // Beside the folder of the builds' profile, wherever that is.
        let target = Path::new(env!("CARGO_BIN_EXE_lmq")).ancestors().nth(2).unwrap();
        let folder = target.join("proof/done");
        fs::create_dir_all(&folder).unwrap();
        let program = hash64(&fs::read(env!("CARGO_BIN_EXE_lmq")).unwrap());
        Self {
            path: folder.join(format!("{row}-{}", part.replace(' ', "-"))),
            of: format!("lmq {program:016x} seed {seed}"),
        }
    }

    fn read(&self) -> (u64, u64) {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        let numbers = |text: &str| Some((text.split_once(' ')?.0.parse().ok()?, text.split_once(' ')?.1.parse().ok()?));
        match text.lines().collect::<Vec<_>>()[..] {
            [of, done] if of == self.of => numbers(done).unwrap_or((0, 0)),
            _ => (0, 0),
        }
    }

    fn write(&self, done: u64, failures: u64) {
        fs::write(&self.path, format!("{}\n{done} {failures}\n", self.of)).unwrap();
    }
}
