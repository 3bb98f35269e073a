//! Clocks, processes and tables.

use crate::data;
use nix::sys::resource::UsageWho;
use nix::sys::resource::getrusage;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "a bench is about the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "the one thing that can be chosen, since cargo eats options")]
pub(crate) fn sizes() -> Vec<usize> {
    let text = std::env::var("LMQ_BENCH_SIZES").unwrap_or_else(|_| "1k,100k,1M".to_owned());
    text.split(',').map(|size| parse_size(size.trim())).collect()
}

fn parse_size(text: &str) -> usize {
    let (digits, unit) = match text.strip_suffix('k') {
        Some(digits) => (digits, 1_000),
        None => text.strip_suffix('M').map_or((text, 1), |digits| (digits, 1_000_000)),
    };
    digits.parse::<usize>().unwrap_or_else(|_| panic!("no size: {text}")) * unit
}

pub(crate) fn size_name(size: usize) -> String {
    match size {
        size if size >= 1_000_000 => format!("{}M", size / 1_000_000),
        size if size >= 1_000 => format!("{}k", size / 1_000),
        size => size.to_string(),
    }
}

/// Times of several runs, the processor's time in all of them, and the most memory that one of them had.
#[derive(Default)]
pub(crate) struct Runs {
    pub(crate) times: Vec<Duration>,
    pub(crate) cpu: Duration,
    pub(crate) peak_kb: i64,
}

impl Runs {
    fn sorted(&self) -> Vec<Duration> {
        let mut times = self.times.clone();
        times.sort_unstable();
        times
    }

    pub(crate) fn at(&self, percent: usize) -> Duration {
        let sorted = self.sorted();
        sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
    }

    pub(crate) fn median(&self) -> Duration {
        self.at(50)
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.times.extend(more.times);
        self.cpu += more.cpu;
        self.peak_kb = self.peak_kb.max(more.peak_kb);
    }

    /// The processor's time that one run takes.
    pub(crate) fn cpu_each(&self) -> Duration {
        self.cpu / u32::try_from(self.times.len()).unwrap()
    }

    /// The clock's time and the processor's.
    pub(crate) fn took(&self) -> String {
        format!("{} (CPU {})", ms(self.median()), ms(self.cpu_each()))
    }

    pub(crate) fn memory(&self) -> String {
        format!("{:.1} MB", self.megabytes())
    }

    #[expect(clippy::cast_precision_loss, reason = "a table shows three digits of it")]
    pub(crate) fn megabytes(&self) -> f64 {
        self.peak_kb as f64 / 1024.0
    }
}

fn cpu(who: UsageWho) -> Duration {
    let usage = getrusage(who).unwrap();
    [usage.user_time(), usage.system_time()]
        .into_iter()
        .map(|time| Duration::new(u64::try_from(time.tv_sec()).unwrap(), u32::try_from(time.tv_usec()).unwrap() * 1000))
        .sum()
}

/// The processor's time that this process has taken so far.
pub(crate) fn cpu_so_far() -> Duration {
    cpu(UsageWho::RUSAGE_SELF)
}

/// `runs N PROGRAM ARG…`: runs it so often, prints the microseconds of each and the peak memory of the worst. A process
/// of its own, since the system only tells the peak over all children, and small, since a child is counted from its fork.
pub(crate) fn child(args: &[String]) {
    let [count, program, rest @ ..] = args else { panic!("runs N PROGRAM ARG…") };
    for _ in 0..count.parse::<usize>().unwrap() {
        let start = now();
        let status = Command::new(program).args(rest).stdout(Stdio::null()).status().unwrap();
        println!("{}", start.elapsed().as_micros());
        assert!(status.success(), "{program} {rest:?}: {status}");
    }
    println!("{}", cpu(UsageWho::RUSAGE_CHILDREN).as_micros());
    println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss());
}

/// Runs a program `count` times.
pub(crate) fn runs(count: usize, program: &str, args: &[&str]) -> Runs {
    let me = std::env::current_exe().unwrap();
    let output = Command::new(me)
        .args(["runs", &count.to_string(), program])
        .args(args)
        .env("LMQ_CONFIG", data::folder().join("no-config.toml"))
        .env("XDG_STATE_HOME", data::folder().join("state"))
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "{program} {args:?}");
    let mut numbers: Vec<u64> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| line.parse().unwrap()).collect();
    let peak = numbers.pop().unwrap();
    let cpu = Duration::from_micros(numbers.pop().unwrap());
    Runs { times: numbers.into_iter().map(Duration::from_micros).collect(), cpu, peak_kb: i64::try_from(peak).unwrap() }
}

pub(crate) fn lmq(count: usize, args: &[&str]) -> Runs {
    let mut all = vec!["--now", data::NOW, "--quiet"];
    all.extend(args);
    runs(count, env!("CARGO_BIN_EXE_lmq"), &all)
}

pub(crate) fn floor(count: usize, args: &[&str]) -> Runs {
    let me = std::env::current_exe().unwrap();
    let mut all = vec!["floor"];
    all.extend(args);
    runs(count, me.to_str().unwrap(), &all)
}

/// Product and floor, turn and turn about.
pub(crate) fn both(
    rounds: usize,
    each: usize,
    product: impl Fn(usize) -> Runs,
    floor: impl Fn(usize) -> Runs,
) -> (Runs, Runs) {
    let (mut ours, mut theirs) = (Runs::default(), Runs::default());
    for _ in 0..rounds {
        ours.add(product(each));
        theirs.add(floor(each));
    }
    (ours, theirs)
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms >= 1000.0 {
        format!("{:.2} s", ms / 1000.0)
    } else if ms >= 10.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{ms:.2} ms")
    }
}

/// Millions of bytes, as disks are sold.
#[expect(clippy::cast_precision_loss, reason = "a table shows four digits of it")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

pub(crate) fn rate(count: usize, time: Duration) -> String {
    format!("{:.0}/s", f64::from(u32::try_from(count).unwrap()) / time.as_secs_f64())
}

/// The ratio of the processor's time that one run takes: hardly moved by what else the machine does, unlike the clock's.
/// Like [`ratio`], ours to the floor's, or for a rate (`is_rate`) the floor's to ours.
pub(crate) fn cpu_ratio(ours: &Runs, floor: &Runs, is_rate: bool) -> f64 {
    let (ours, floor) = (ours.cpu_each(), floor.cpu_each());
    if is_rate { ratio(floor, ours) } else { ratio(ours, floor) }
}

/// How often the floor's time fits into ours, or, for a rate, ours into the floor's.
pub(crate) fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// A line of a table. `met` is none where there is no bar.
pub(crate) struct Line {
    pub(crate) what: String,
    pub(crate) figure: String,
    pub(crate) floor: String,
    pub(crate) ratio: f64,
    pub(crate) cpu_ratio: f64,
    pub(crate) memory: String,
    pub(crate) bar: String,
    pub(crate) met: Option<bool>,
}

pub(crate) fn table(title: &str, lines: &[Line]) {
    println!("\n### {title}\n");
    println!(
        "| what | lmq | floor | ratio | CPU ratio | peak memory | bar | |\n| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |"
    );
    for line in lines {
        let met = line.met.map_or("", |met| if met { "met" } else { "**missed**" });
        println!(
            "| {} | {} | {} | {:.2} | {:.2} | {} | {} | {met} |",
            line.what, line.figure, line.floor, line.ratio, line.cpu_ratio, line.memory, line.bar
        );
    }
}
