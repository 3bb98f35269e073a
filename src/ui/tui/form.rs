//! A few lines to be typed, one after the other.

use crate::failure::Failure;
use crate::ui::keymap::Command;
use crate::ui::keymap::FORMS;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::Place;
use crate::ui::tui::bar::help;
use crate::ui::tui::input::Input;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::question::drops;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

/// Asks for one line for each of `labels`; `None` when it was left with Esc. No line is empty.
pub(super) fn ask(
    title: &str,
    labels: &[&str],
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<Vec<String>>, Failure> {
    let mut inputs = vec![Input::default(); labels.len()];
    let mut at = 0_usize;
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            let width = usize::from(body.width);
            let mut lines = wrapped(title, width, style(Tone::Strong, with.look));
            let mut cursor = None;
            for (index, (label, input)) in labels.iter().zip(&inputs).enumerate() {
                lines.push(Line::default());
                let tone = if index == at { Tone::Plain } else { Tone::Quiet };
                lines.extend(wrapped(label, width, style(tone, with.look)));
                let (text, x) = input.view(width.saturating_sub(2));
                if index == at {
                    cursor = Some((2 + x, lines.len()));
                }
                lines.push(Line::from(format!("> {text}")));
            }
            // On a small screen the line that is being typed stays in sight.
            let area = Rect { y: head.y, height: body.y + body.height - head.y, ..body };
            let (x, y) = cursor.map_or((0, 0), |(x, y)| (u16::try_from(x).unwrap_or(0), u16::try_from(y).unwrap_or(0)));
            let scroll = (y + 1).saturating_sub(area.height);
            frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)), area);
            frame.set_cursor_position(Position { x: area.x + x, y: area.y + y.saturating_sub(scroll) });
            let key = |command, usual| with.keys.shown(command, usual);
            let pieces = [
                (format!("{} goes on", key(Command::FormSave, "enter")), Tone::Quiet),
                (format!("{} leaves it", key(Command::FormLeave, "esc")), Tone::Quiet),
            ];
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        let Some(input) = inputs.get_mut(at) else { return Ok(None) };
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(None),
            Some(Event::Paste(text)) => input.insert(&text),
            Some(Event::Key(key)) => match (with.keys.among(FORMS, &key), key.code) {
                _ if with.keys.helps(&key) => {
                    pages::keys(&|width| help(Place::Form, with, width), term, with)?;
                }
                (left, _) if left == Some(Command::FormLeave) || leaves(&key) => {
                    let has_typed = inputs.iter().any(|input| !input.text().trim().is_empty());
                    if !has_typed || drops(term, with)? {
                        return Ok(None);
                    }
                }
                (Some(Command::FormSave | Command::FormNext), _) | (_, KeyCode::Down) => {
                    if !input.text().trim().is_empty() {
                        at += 1;
                    }
                    if at == labels.len() {
                        return Ok(Some(inputs.iter().map(Input::text).collect()));
                    }
                }
                (_, KeyCode::Up | KeyCode::BackTab) => at = at.saturating_sub(1),
                _ => drop(input.key(&key)),
            },
            _ => {}
        }
    }
}
