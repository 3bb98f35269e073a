//! The end of a session: what was done, what moved, a line to do, and when to come back.

use crate::failure::Failure;
use crate::ops::review::Review;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::form;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::Term;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use ratatui::style::Style;
use ratatui::text::Line;

/// Shows it until a key, where the session came to its own end, with what is still to be said of the last card.
pub(super) fn run(
    review: &mut Review<'_>,
    mut said: Option<String>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    let summary = review.summary();
    if summary.answers == 0 && said.is_none() || summary.waiting.all() > 0 || (with.stop)() {
        return Ok(());
    }
    let done = words::summary(&summary, &review.waits()?, review.settings());
    let mut offered = review.offers_scene()?;
    let mut guard = Guard::new(review.settings().look_ms);
    let mut scroll = 0;
    term.drain()?;
    guard.shown(review.ticks_ms());
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            frame.render_widget(say("Done for now", Tone::Strong, with.look), head);
            let width = usize::from(body.width);
            let mut lines = Vec::new();
            for line in &done {
                lines.extend(wrapped(line, width, Style::new()));
                lines.push(Line::default());
            }
            if offered {
                lines.extend(wrapped(words::SCENE, width, Style::new()));
            }
            if let Some(said) = &said {
                lines.extend(wrapped(said, width, style(Tone::Near, with.look)));
            }
            scroll = scrolled(frame, body, lines, scroll);
            let mut pieces = vec![("any key goes on".to_owned(), Tone::Quiet)];
            if offered {
                pieces.insert(0, ("w write it down".to_owned(), Tone::Plain));
                pieces.push(("n never ask again".to_owned(), Tone::Quiet));
            }
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        let key = match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            Some(Event::Key(key)) => key,
            _ => continue,
        };
        // A key held since the last card does not turn the page.
        if !guard.admits(review.ticks_ms()) {
            continue;
        }
        match key.code {
            KeyCode::Down => scroll = scroll.saturating_add(1),
            KeyCode::Up => scroll = scroll.saturating_sub(1),
            KeyCode::Char('w') if offered => {
                if let Some(texts) = form::ask(words::SCENE, &words::SCENE_LABELS, term, with)?
                    && let [question, answer] = texts.as_slice()
                {
                    said = Some(match review.write_scene(question, answer) {
                        Ok(()) => words::SCENE_KEPT.to_owned(),
                        Err(failure) => failure.to_string(),
                    });
                    offered = false;
                }
                guard.shown(review.ticks_ms());
            }
            KeyCode::Char('n') if offered => {
                said = Some(match review.no_more_scenes() {
                    Ok(()) => words::SCENE_OFF.to_owned(),
                    Err(failure) => failure.to_string(),
                });
                offered = false;
            }
            _ => return Ok(()),
        }
    }
}
