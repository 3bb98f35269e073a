//! The words of a collection.

use crate::data::Shape;
use lmq::core::scheduler::splitmix64;
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::io::Write as _;
use std::path::Path;

const DECKS: usize = 20;
const TOPICS: usize = 10;

/// The header of a table with decks and tags.
pub(crate) const HEADER: &str = "front\tback\ttags\tdeck";

/// About 170 bytes of words: front and back.
fn english(number: usize) -> (String, String) {
    const WORDS: [&str; 16] = [
        "people", "plan", "vision", "budget", "change", "order", "trust", "risk", "goal", "team", "why", "how",
        "today", "tomorrow", "control", "inspire",
    ];
    let text = |salt: u64, count: usize| {
        let mut out = String::new();
        let mut state = splitmix64(u64::try_from(number).unwrap() ^ salt << 40);
        for _ in 0..count {
            state = splitmix64(state);
            write!(out, " {}", WORDS[usize::try_from(state % 16).unwrap()]).unwrap();
        }
        out
    };
    (format!("Question {number}:{}?", text(1, 9)), format!("Answer {number}:{}.", text(2, 12)))
}

/// Chance that is the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = splitmix64(self.0);
        usize::try_from(self.0 % u64::try_from(most).unwrap()).unwrap()
    }

    /// Two to four syllables.
    fn word(&mut self, out: &mut String) {
        const SYLLABLES: [&str; 28] = [
            "ka", "ri", "to", "na", "mo", "se", "lu", "vi", "da", "pe", "zo", "fi", "gu", "shi", "bra", "cle", "no",
            "ta", "wen", "ild", "ör", "ñe", "ла", "при", "日", "本", "語", "かな",
        ];
        for _ in 0..2 + self.below(3) {
            out.push_str(SYLLABLES[self.below(SYLLABLES.len())]);
        }
    }
}

/// A row of the data that other programs are measured with: front, back, tags, deck.
fn many_scripts(number: usize) -> [String; 4] {
    const TAGS: [&str; 15] = [
        "verb",
        "noun",
        "adj",
        "geography",
        "history",
        "medicine",
        "chem",
        "phys",
        "rust",
        "sql",
        "jlpt5",
        "jlpt4",
        "rare",
        "exam::2026",
        "exam::2027",
    ];
    let mut dice = Dice(splitmix64(u64::try_from(number).unwrap() ^ 7 << 40));
    let mut front = format!("{number:07} What does ");
    for between in [" ", " mean in ", "?"] {
        dice.word(&mut front);
        front.push_str(between);
    }
    let mut back = String::new();
    for nth in 0..9 {
        back.push_str(if nth == 0 { "" } else { " " });
        dice.word(&mut back);
    }
    if number.is_multiple_of(10) {
        back.push_str(", <b>");
        dice.word(&mut back);
        back.push_str("</b>");
    }
    write!(back, " ({})", number * 31 % 977).unwrap();
    let mut tags: Vec<&str> = Vec::new();
    let count = 1 + dice.below(3);
    while tags.len() < count {
        let tag = TAGS[dice.below(TAGS.len())];
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    [front, back, tags.join(" "), format!("Bench::D{:02}", number % DECKS)]
}

/// A table as people have one. `changed`: every tenth answer is another.
pub(super) fn write_table(shape: Shape, size: usize, changed: bool, path: &Path) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    if shape == Shape::Tags {
        writeln!(out, "{HEADER}").unwrap();
    }
    for number in 0..size {
        let is_edited = changed && number % 10 == 3;
        match shape {
            Shape::Topics => {
                let (front, back) = english(number);
                writeln!(out, "{front}\t{back}{}", if is_edited { " Edited." } else { "" }).unwrap();
            }
            Shape::Tags => {
                let [front, back, tags, deck] = many_scripts(number);
                writeln!(out, "{front}\t{back}{}\t{tags}\t{deck}", if is_edited { " CHANGED" } else { "" }).unwrap();
            }
        }
    }
    out.flush().unwrap();
}

/// A table with decks and topics.
pub(super) fn write_decks(size: usize, path: &Path) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    writeln!(out, "deck,topic,front,back").unwrap();
    for number in 0..size {
        let (front, back) = english(number);
        // One deck after the other, as they are imported.
        writeln!(out, "deck {},topic {},{front},{back}", number * DECKS / size, number % TOPICS).unwrap();
    }
    out.flush().unwrap();
}
