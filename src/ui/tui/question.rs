//! A question on a screen of its own, answered by one key.

use crate::failure::Failure;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use ratatui::style::Style;

/// Whether what was typed may be dropped. Ctrl-C, which asked for this, says so by a second time.
pub(super) fn drops(term: &mut Term, with: ScreenContext<'_>) -> Result<bool, Failure> {
    let keys = [('g', "g goes on writing"), ('d', "d drops it")];
    let lines = ["It is not saved yet.".to_owned()];
    Ok(matches!(answer("Drop what you typed?", &lines, &keys, term, with)?, Answer::Key('d') | Answer::Left))
}

/// How a question was answered.
enum Answer {
    Key(char),
    /// By a way back, or a signal.
    Back,
    /// By a key that leaves everything.
    Left,
}

/// Lines, and one of some keys; Enter is the first of them, Esc nothing.
pub(super) fn ask(
    title: &str,
    lines: &[String],
    keys: &[(char, &str)],
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<char>, Failure> {
    Ok(match answer(title, lines, keys, term, with)? {
        Answer::Key(key) => Some(key),
        Answer::Back | Answer::Left => None,
    })
}

fn answer(
    title: &str,
    lines: &[String],
    keys: &[(char, &str)],
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Answer, Failure> {
    let mut scroll = 0;
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            frame.render_widget(say(&fit(title, usize::from(head.width)), Tone::Strong, with.look), head);
            let width = usize::from(body.width);
            let shown = lines.iter().flat_map(|line| wrapped(line, width, Style::new())).collect();
            scroll = scrolled(frame, body, shown, scroll);
            let mut pieces: Vec<(String, Tone)> =
                keys.iter().map(|(_, what)| ((*what).to_owned(), Tone::Plain)).collect();
            pieces.push(("Esc back".to_owned(), Tone::Quiet));
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(Answer::Back),
            Some(Event::Key(key)) if leaves(&key) => return Ok(Answer::Left),
            Some(Event::Key(key)) => match key.code {
                KeyCode::Esc => return Ok(Answer::Back),
                KeyCode::Enter => return Ok(keys.first().map_or(Answer::Back, |(key, _)| Answer::Key(*key))),
                KeyCode::Char(c) if keys.iter().any(|(key, _)| *key == c) => return Ok(Answer::Key(c)),
                KeyCode::Down => scroll += 1,
                KeyCode::Up => scroll = scroll.saturating_sub(1),
                _ => {}
            },
            _ => {}
        }
    }
}
