//! `lmq` alone for a screen reader: the day in words, then one command after the other, each on a line of its own.

use crate::cli::Ctx;
use crate::cli::ask;
use crate::cli::glance;
use crate::cli::run_once;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops;
use std::ffi::OsString;

/// Letters that stand for commands: those of the first screen where it has one. Words behind them go to the command.
const LETTERS: &[(&str, &[&str], &str)] = &[
    ("c", &["checkup"], "a check-up: scenes that no review asks"),
    ("b", &["cards"], "list all cards, or with words after it those that match, as in b tag:team"),
    ("a", &["add"], "add a card: a alone asks for it, or a DECK QUESTION ANSWER"),
    ("e", &["edit"], "change a card in your editor: e NAME"),
    ("d", &["decks"], "list the decks"),
    ("s", &["stats"], "what you know, and what is to come"),
    ("u", &["undo"], "take back the newest step"),
    ("redo", &["undo", "--redo"], "bring back what was taken back last"),
];

/// How to begin what waits.
const BEGIN: &str = "Enter begins a review";

/// How a check-up begins here.
const CHECKUP: &str = "c begins it";

/// Said after each command, whose own words may have been many.
const AGAIN: &str = "Back at the start: Enter begins a review, t says what waits, ? lists the rest, q leaves";

/// Asks for commands until the person leaves.
pub(super) fn run(ctx: &mut Ctx) -> Result<u8, Failure> {
    glance::run(ctx, BEGIN, CHECKUP)?;
    ctx.line("? lists what else there is, q leaves")?;
    while let Some(line) = ask::line(ctx, "> ")? {
        // In a session commands have a colon.
        match line.strip_prefix(':').unwrap_or(&line) {
            "q" | "quit" | "leave" | "exit" => break,
            "t" => {
                // They may have been changed here; with a fault in the file those from before hold.
                if let Ok(settings) = ops::settings::load(Env::config_file().as_deref()) {
                    ctx.settings = settings;
                }
                glance::run(ctx, BEGIN, CHECKUP)?;
            }
            "?" => keys(ctx)?,
            line => match words(line) {
                // Options alone would begin this anew.
                Some(words) if words.first().is_some_and(|word| !word.starts_with('-')) => {
                    // As if it were typed after `lmq` and the options that are in force here; it says itself why it fails.
                    let words = words.into_iter().map(OsString::from);
                    run_once(Env::from_process(), Env::args().into_iter().chain(words).collect());
                    ctx.line(AGAIN)?;
                }
                None => ctx.line(format!("`{}` has a quotation mark with no second one", one_line(line)))?,
                Some(_) => ctx.line(format!("`{}` is not a command; ? lists what there is", one_line(line)))?,
            },
        }
    }
    Ok(0)
}

/// The command that a line means, in words; nothing where its quotes are left open.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = shlex::split(line)?;
    if words.first().is_some_and(|word| word == "lmq") {
        words.remove(0);
    }
    let Some(first) = words.first() else { return Some(vec!["review".to_owned()]) };
    if let Some((_, command, _)) = LETTERS.iter().find(|(letter, ..)| letter == first) {
        words.splice(..1, command.iter().map(|word| (*word).to_owned()));
    }
    Some(words)
}

fn keys(ctx: &mut Ctx) -> Result<(), Failure> {
    ctx.line("Enter: review what is due, and new cards")?;
    for (letter, _, what) in LETTERS {
        ctx.line(format!("{letter}: {what}"))?;
    }
    ctx.line("t: the day once more")?;
    ctx.line("q: leave")?;
    ctx.sentence("Any command works here without `lmq`, as in: review skills --minutes 5; help --all lists them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_with_or_without_its_first_word_or_a_letter_for_one() {
        for (line, wanted) in [
            ("", Some(vec!["review"])),
            ("b tag:team", Some(vec!["cards", "tag:team"])),
            ("a team \"Who leads?\" Amara", Some(vec!["add", "team", "Who leads?", "Amara"])),
            ("lmq stats --all", Some(vec!["stats", "--all"])),
            ("redo", Some(vec!["undo", "--redo"])),
            ("a \"open", None),
        ] {
            assert_eq!(words(line), wanted.map(|words| words.into_iter().map(str::to_owned).collect()), "{line}");
        }
    }
}
