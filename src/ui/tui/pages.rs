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
use crossterm::event::MouseEventKind;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// Lines that the wheel goes at once.
pub(super) const WHEEL: u16 = 3;

/// A page of text, made for the width there is, until a key that leaves: any other one may have been meant for what was there before.
pub(super) fn show(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    leaf(lines, column, (&mut 0, Place::Page), None, term, with).map(drop)
}

/// A page that lists the keys of a screen, which the key that asked for it leaves too.
pub(super) fn keys(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    page(lines, column, (&mut 0, None), None, term, with).map(drop)
}

/// The first in an area of its own, from line `scroll` on, with a help of its own. `more` is what a key leads to from there: gives whether that is wanted.
pub(super) fn leaf(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    area: fn(Rect) -> Rect,
    (scroll, place): (&mut u16, Place),
    more: Option<&str>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<bool, Failure> {
    page(lines, area, (scroll, Some(place)), more, term, with)
}

/// Any of these, with what its help is about: nothing where it lists keys itself.
fn page(
    lines: &dyn Fn(usize) -> Vec<Line<'static>>,
    area: fn(Rect) -> Rect,
    (scroll, place): (&mut u16, Option<Place>),
    more: Option<&str>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<bool, Failure> {
    let more_on = more.map(|more| (format!("{} {more}", with.keys.shown(Command::Reveal, "enter")), Tone::Accent));
    let back = format!("{} goes back", with.keys.shown(Command::Quit, "esc"));
    let explains = place.filter(|place| *place == Place::Stats);
    let explains =
        explains.map(|_| (format!("{} what these numbers are", with.keys.first(Command::Help)), Tone::Quiet));
    let around = [(back, Tone::Quiet), ("arrows scroll".to_owned(), Tone::Quiet)];
    let pieces: Vec<(String, Tone)> = more_on.into_iter().chain(explains).chain(around).collect();
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
            Some(Event::Mouse(mouse)) => match mouse.kind {
                MouseEventKind::ScrollDown => *scroll = scroll.saturating_add(WHEEL),
                MouseEventKind::ScrollUp => *scroll = scroll.saturating_sub(WHEEL),
                _ => {}
            },
            Some(Event::Key(key)) if leaves(&key) => return Ok(false),
            Some(Event::Key(key)) => match with.keys.command(&key) {
                command if scrolls(command, scroll, height) => {}
                Some(Command::Open | Command::Reveal) => return Ok(more.is_some()),
                Some(Command::Quit) => return Ok(false),
                Some(Command::Help) => match place {
                    Some(place) => keys(&|width| help(place, with, width), term, with)?,
                    None => return Ok(false),
                },
                _ => {}
            },
            _ => {}
        }
    }
}
