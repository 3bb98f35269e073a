//! Pages of text.

use crate::failure::Failure;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::Place;
use crate::ui::tui::bar::help;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::scrolls;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crossterm::event::Event;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// A page of text, made for the width there is, until a key that leaves: any other one may have been meant for what was there before.
pub(super) fn show(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    leaf(lines, column, &mut 0, None, term, with).map(drop)
}

/// A page that lists the keys of a screen, which the key that asked for it leaves too.
pub(super) fn keys(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    page(lines, column, (&mut 0, true), None, term, with).map(drop)
}

/// The first in an area of its own, from line `scroll` on. `more` is what a key leads to from there: gives whether that is wanted.
pub(super) fn leaf(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    area: fn(Rect) -> Rect,
    scroll: &mut u16,
    more: Option<&str>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<bool, Failure> {
    page(lines, area, (scroll, false), more, term, with)
}

/// Any of these, with whether it lists keys itself.
fn page(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    area: fn(Rect) -> Rect,
    (scroll, lists_keys): (&mut u16, bool),
    more: Option<&str>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<bool, Failure> {
    let more_on = more.map(|more| (format!("{} {more}", with.keys.shown(Command::Reveal, "enter")), Tone::Accent));
    let back = format!("{} goes back", with.keys.shown(Command::Quit, "esc"));
    let around = [(back, Tone::Quiet), ("arrows scroll".to_owned(), Tone::Quiet)];
    let pieces: Vec<(String, Tone)> = more_on.into_iter().chain(around).collect();
    let mut height = 1;
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(area(frame.area()), 1);
            let body = Rect { y: head.y, height: body.y + body.height - head.y, ..body };
            height = body.height.max(1);
            *scroll = scrolled(frame, body, lines(usize::from(body.width)), *scroll);
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(false),
            Some(Event::Key(key)) if leaves(&key) => return Ok(false),
            Some(Event::Key(key)) => match with.keys.command(&key) {
                command if scrolls(command, scroll, height) => {}
                Some(Command::Open | Command::Reveal) => return Ok(more.is_some()),
                Some(Command::Quit) => return Ok(false),
                Some(Command::Help) if lists_keys => return Ok(false),
                Some(Command::Help) => keys(&|width| help(Place::Page, with, width), term, with)?,
                _ => {}
            },
            _ => {}
        }
    }
}
