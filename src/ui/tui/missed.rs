//! After a check-up: what was answered wrong, scene by scene, why, and the idea behind it.

use crate::core::document::Side;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::checkup::MissedScene;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::bar;
use crate::ui::tui::document;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::scrolls;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crossterm::event::Event;
use ratatui::style::Style;
use ratatui::text::Line;

/// Goes through the scenes until a key leaves.
pub(super) fn run(scenes: &[MissedScene], term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
    let (mut at, mut scroll, mut height) = (0_usize, 0_u16, 1);
    while let Some(scene) = scenes.get(at) {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            let place = format!("What you missed · {} of {}", at + 1, scenes.len());
            frame.render_widget(say(&place, Tone::Quiet, with.look), head);
            height = body.height.max(1);
            scroll = scrolled(frame, body, lines(scene, usize::from(body.width), with), scroll);
            let quiet = |text: String| (text, Tone::Quiet);
            let next = if at + 1 < scenes.len() { "next" } else { "ends" };
            let next = format!("{} {next}", with.keys.shown(Command::Reveal, "space"));
            let mut pieces = vec![(next, Tone::Accent)];
            if at > 0 {
                pieces.push(quiet(format!("{} back", with.keys.shown(Command::Left, "left"))));
            }
            pieces.push(quiet(format!("{} leave", with.keys.first(Command::Quit))));
            frame.render_widget(bar(pieces, 1, foot.width, with.look), foot);
        })?;
        let key = match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            Some(Event::Key(key)) => key,
            _ => continue,
        };
        if leaves(&key) {
            return Ok(());
        }
        match with.keys.command(&key) {
            Some(Command::Reveal | Command::Right) => (at, scroll) = (at + 1, 0),
            Some(Command::Left | Command::Undo) => (at, scroll) = (at.saturating_sub(1), 0),
            command if scrolls(command, &mut scroll, height) => {}
            Some(Command::Quit) => return Ok(()),
            _ => {}
        }
    }
    Ok(())
}

fn lines(scene: &MissedScene, width: usize, with: ScreenContext<'_>) -> Vec<Line<'static>> {
    let mut lines = wrapped(&scene.prompt, width, Style::new());
    lines.push(Line::default());
    let said = scene.response.as_deref().map_or_else(|| "no answer".to_owned(), one_line);
    lines.extend(document::hanging("✗ you: ", &said, width, style(Tone::Bad, with.look)));
    lines.extend(document::hanging("✓ right: ", &scene.answer, width, style(Tone::Good, with.look)));
    if let Some(extra) = &scene.extra {
        lines.push(Line::default());
        lines.extend(wrapped(extra, width, Style::new()));
    }
    if let Some(topic) = &scene.topic {
        lines.push(Line::default());
        lines.extend(wrapped(topic, width, style(Tone::Strong, with.look)));
    }
    if let Some(idea) = &scene.idea {
        lines.extend(document::lines(idea, Side::Answer, width, with.look));
    }
    lines
}
