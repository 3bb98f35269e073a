//! What it takes to read the markup of a card.

use crate::measure::now;
use lmq::core::document::Document;
use lmq::core::document::Markup;
use lmq::core::document::Side;

/// How often each is read.
const TIMES: u32 = 20_000;

/// Cards as decks have them: most are a sentence, some a list, a table, code or a formula.
const CARDS: &[&str] = &[
    "Who owns the roadmap?",
    "A **leader** asks *why* and *what*, a manager asks *how* and *when*.",
    "Aligning works on behaviour, thoughts and engagement; which of them shows first?",
    "The three questions:\n\n- what do we know?\n- what do we need?\n- who decides?",
    "| who | what |\n|---|---|\n| leader | why |\n| manager | how |",
    "```python\ndef f(x):\n    return x + 1\n```\n\nWhat does `f(2)` give?",
    "The mean is \\(\\frac{1}{n}\\sum x_i\\), as [the article](https://example.org/mean) says.",
    "Lima",
];

pub(crate) fn run() {
    println!("\n## A card's document\n\n| markup | on average | target |\n| --- | --- | --- |");
    for markup in Markup::ALL {
        let began = now();
        let mut bytes = 0;
        for _ in 0..TIMES {
            for card in CARDS {
                bytes += Document::of(std::hint::black_box(card), markup).shown(Side::Answer).len();
            }
        }
        std::hint::black_box(bytes);
        let each = began.elapsed() / (TIMES * u32::try_from(CARDS.len()).unwrap());
        println!("| {} | {:.1} µs | ≤ 20 µs |", markup.name(), each.as_secs_f64() * 1e6);
    }
}
