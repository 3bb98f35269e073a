//! Pages of text.

use crate::failure::Failure;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::term::Term;
use crossterm::event::Event;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// A page of text, made for the width there is, until a key that does not scroll.
pub(super) fn show(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    show_with(lines, None, term, with).map(drop)
}

/// The same, with what Enter leads to, if anything; gives what the key meant that ended it.
pub(super) fn show_with(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    enter: Option<&str>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<Command>, Failure> {
    let mut scroll = 0;
    let mut height = 1;
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            let body = Rect { y: head.y, height: body.y + body.height - head.y, ..body };
            height = body.height.max(1);
            scroll = scrolled(frame, body, lines(usize::from(body.width)), scroll);
            let enter = enter.map(|enter| (format!("Enter {enter}"), Tone::Accent));
            let back = [("Esc goes back".to_owned(), Tone::Quiet), ("arrows scroll".to_owned(), Tone::Quiet)];
            let pieces: Vec<(String, Tone)> = enter.into_iter().chain(back).collect();
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(None),
            Some(Event::Key(key)) => match with.keys.command(&key) {
                Some(Command::Down) => scroll = scroll.saturating_add(1),
                Some(Command::Up) => scroll = scroll.saturating_sub(1),
                Some(Command::PageDown) => scroll = scroll.saturating_add(height),
                Some(Command::PageUp) => scroll = scroll.saturating_sub(height),
                command => return Ok(command),
            },
            _ => {}
        }
    }
}
