//! Pages of text, and the help.

use crate::failure::Failure;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::term::Term;
use crossterm::event::Event;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The keys of some commands, as they are bound.
pub(super) fn help(with: ScreenContext<'_>, commands: &[Command], width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![say("Keys", Tone::Strong, with.look), Line::default()];
    let mut row = |keys: &str, what: &str| {
        let options = textwrap::Options::new(width.max(20)).subsequent_indent("              ");
        for line in textwrap::wrap(&format!("{keys:<13} {what}"), options) {
            lines.push(Line::from(line.into_owned()));
        }
    };
    row("1 … 4", "grade: Again, Hard, Good, Easy (on six grades 0 … 5)");
    for command in commands {
        let keys = with.keys.keys(*command);
        if keys.is_empty() {
            continue;
        }
        // The name is what the settings bind.
        row(&keys, &format!("{} ({})", command.what(), command.name()));
    }
    row("ctrl-c", "leave; everything is kept");
    row("ctrl-z", "to the shell, `fg` comes back");
    row("", "While you type an answer, Esc makes letters keys again; o goes on typing.");
    row(
        "",
        "A choice: its digit, or arrows and Enter. A sort: its first letter too. An order: arrows choose a line, Left and Right move it.",
    );
    lines
}

/// A page of text, made for the width there is, until a key that does not scroll.
pub(super) fn show(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    let mut scroll = 0;
    let mut height = 1;
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            let body = Rect { y: head.y, height: body.y + body.height - head.y, ..body };
            height = body.height.max(1);
            scroll = scrolled(frame, body, lines(usize::from(body.width)), scroll);
            let pieces = [("Esc goes back".to_owned(), Tone::Quiet), ("arrows scroll".to_owned(), Tone::Quiet)];
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            Some(Event::Key(key)) => match with.keys.command(&key) {
                Some(Command::Down) => scroll = scroll.saturating_add(1),
                Some(Command::Up) => scroll = scroll.saturating_sub(1),
                Some(Command::PageDown) => scroll = scroll.saturating_add(height),
                Some(Command::PageUp) => scroll = scroll.saturating_sub(height),
                _ => return Ok(()),
            },
            _ => {}
        }
    }
}
