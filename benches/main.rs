//! What lmq's speed and memory are, beside a floor of bare rusqlite measured in the same run.
//!
//! `cargo bench --bench speed -- [first_card|answer|pipe|import|size|history|replay|report|export|search|document|screen|browse|team]…` prints tables; `benches/run` writes
//! them to docs/performance.md. `LMQ_BENCH_SIZES=1k,100k,1M` chooses the sizes. Everything but `answer` runs the real
//! release binary as a process of its own, and the floor as another, turn and turn about: other programs on the machine
//! slow both alike, so only the ratios mean something.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a bench that can't go on has nothing better to do than to stop"
)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tables go to standard output, progress to standard error"
)]

mod answer;
mod browse;
mod data;
mod document;
mod export;
mod first_card;
mod floor;
mod history;
mod import;
mod measure;
mod pipe;
mod replay;
mod report;
mod screen;
mod search;
mod size;
mod team;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.split_first() {
        Some((word, rest)) if word == "floor" => return floor::run(rest),
        Some((word, rest)) if word == "runs" => return measure::child(rest),
        _ => {}
    }
    let wanted = |name: &str| args.is_empty() || args.iter().any(|arg| arg == name);
    let benches: [(&str, fn()); 14] = [
        ("first_card", first_card::run),
        ("answer", answer::run),
        ("pipe", pipe::run),
        ("import", import::run),
        ("size", size::run),
        ("history", history::run),
        ("replay", replay::run),
        ("report", report::run),
        ("export", export::run),
        ("team", team::run),
        ("search", search::run),
        ("document", document::run),
        ("screen", screen::run),
        ("browse", browse::run),
    ];
    for (name, run) in benches {
        if wanted(name) {
            run();
        }
    }
}
