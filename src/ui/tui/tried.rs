//! The question before a sitting: whether the learner did the line to do of the last one.

use crate::core::tried::Tried;
use crate::failure::Failure;
use crate::ops::review::Review;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::scrolls;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use ratatui::style::Style;

/// Asks, where there is something to ask about; whether the sitting goes on. What is `said` of an answer is for the next screen.
pub(super) fn ask(
    review: &mut Review<'_>,
    said: &mut Option<String>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<bool, Failure> {
    let Some(tried) = review.did_you()? else { return Ok(true) };
    let question = words::did_you(&tried.line, tried.day, review.today());
    let mut guard = Guard::new(review.settings().look_ms);
    let (mut scroll, mut height) = (0, 1);
    let mut failure: Option<String> = None;
    term.drain()?;
    guard.shown(review.ticks_ms());
    loop {
        term.draw(|frame| {
            let (_, body, foot) = parts(column(frame.area()), 1);
            let width = usize::from(body.width);
            let mut lines = wrapped(&question, width, Style::new());
            if let Some(failure) = &failure {
                lines.extend(wrapped(failure, width, style(Tone::Near, with.look)));
            }
            height = body.height.max(1);
            scroll = scrolled(frame, body, lines, scroll);
            let mut pieces: Vec<(String, Tone)> =
                words::TRIED_KEYS.split("   ").map(|piece| (piece.to_owned(), Tone::Plain)).collect();
            pieces.push((format!("{} why", with.keys.first(Command::Help)), Tone::Quiet));
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        let Some(event) = term.next(with.stop)? else {
            if (with.stop)() {
                return Ok(false);
            }
            continue;
        };
        let Event::Key(key) = event else { continue };
        if leaves(&key) {
            return Ok(false);
        }
        // A key that was pressed before the question was seen answers nothing.
        let admitted = guard.came(review.ticks_ms()).acts();
        let answer = match key.code {
            KeyCode::Char(c) => Tried::of_input(&c.to_string()),
            _ => None,
        };
        let goes_on = with.keys.command(&key) == Some(Command::Reveal);
        let skips = goes_on || matches!(key.code, KeyCode::Enter | KeyCode::Esc);
        match with.keys.command(&key) {
            _ if admitted && (answer.is_some() || skips) => match review.say_tried(&tried, answer) {
                Ok(()) => {
                    if answer.is_some() {
                        *said = Some(words::noted(&with.keys.first(Command::Undo)));
                    }
                    return Ok(true);
                }
                Err(why) => failure = Some(why.to_string()),
            },
            _ if skips => {}
            Some(Command::Help) => pages::show(&|width| wrapped(words::TRIED_HELP, width, Style::new()), term, with)?,
            Some(Command::Quit) => return Ok(false),
            command if scrolls(command, &mut scroll, height) => {}
            _ => {}
        }
    }
}
