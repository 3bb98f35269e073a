//! The end of a session: what was done, what moved, a line to do, and when to come back.

use crate::failure::Failure;
use crate::ops::review::Review;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::Place;
use crate::ui::tui::bar::bar;
use crate::ui::tui::bar::help;
use crate::ui::tui::card;
use crate::ui::tui::edit;
use crate::ui::tui::form;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::scrolls;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::review::Seen;
use crate::ui::tui::steps;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crate::ui::words;
use crossterm::event::Event;
use ratatui::style::Style;
use ratatui::text::Line;

/// How the end of a session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// There is a card to ask again: a step was taken back, or there are ten more minutes.
    Back,
    /// It was said what the session came to.
    Said,
    /// Nothing was said: the session was left, or was none.
    Nothing,
}

/// Shows it until a key, where the session came to its own end or its time is over, with what is still to be said of the last card.
pub(super) fn run(
    review: &mut Review<'_>,
    seen: &mut Seen,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Then, Failure> {
    let mut said = seen.said.take();
    let summary = review.summary();
    let is_over = review.is_time_over();
    if summary.answers == 0 && said.is_none() || (summary.waiting.all() > 0 && !is_over) || (with.stop)() {
        return Ok(Then::Nothing);
    }
    let waits = review.waits()?;
    let done = words::summary(&summary, &waits, review.settings(), None);
    let key = |command| with.keys.first(command);
    let more = waits
        .minutes_over
        .map(|minutes| format!("{} {} more", key(Command::More), words::minutes(minutes).to_lowercase()));
    let mut offered = more.is_none() && review.offers_scene()?;
    let mut guard = Guard::new(review.settings().look_ms);
    let (mut scroll, mut height) = (0, 1);
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
            height = body.height.max(1);
            scroll = scrolled(frame, body, lines, scroll);
            let quiet = |text: String| (text, Tone::Quiet);
            let mut pieces: Vec<(String, Tone)> = more.iter().map(|more| (more.clone(), Tone::Accent)).collect();
            if offered {
                pieces.push((format!("{} write it down", key(Command::Scene)), Tone::Plain));
                pieces.push(quiet(format!("{} never ask again", key(Command::NoScene))));
            }
            pieces.push(quiet(format!("{} undo", key(Command::Undo))));
            pieces.push(quiet(format!("{} keys", key(Command::Help))));
            pieces.push(quiet("any other key goes on".to_owned()));
            frame.render_widget(bar(pieces, 1, foot.width, with.look), foot);
        })?;
        let key = match term.next(with.stop)? {
            None if (with.stop)() => return Ok(Then::Said),
            Some(Event::Key(key)) => key,
            _ => continue,
        };
        if leaves(&key) {
            return Ok(Then::Said);
        }
        // A key held since the last card does not turn the page.
        if !guard.admits(review.ticks_ms()) {
            continue;
        }
        match with.keys.command(&key) {
            Some(Command::More) if more.is_some() => {
                review.go_on()?;
                return Ok(Then::Back);
            }
            Some(Command::Scene) if offered => {
                if let Some(texts) = form::ask(words::SCENE, &words::SCENE_LABELS, term, with)?
                    && let [question, answer] = texts.as_slice()
                {
                    said = Some(match review.write_scene(question, answer) {
                        Ok(()) => words::SCENE_KEPT.to_owned(),
                        Err(failure) => failure.to_string(),
                    });
                    offered = false;
                }
            }
            Some(Command::NoScene) if offered => {
                said = Some(match review.no_more_scenes() {
                    Ok(()) => words::SCENE_OFF.to_owned(),
                    Err(failure) => failure.to_string(),
                });
                offered = false;
            }
            Some(command @ (Command::Undo | Command::Redo | Command::UndoList)) => {
                if let Some((text, changed)) = steps::act(command, review, term, with)? {
                    said = Some(text);
                    seen.undone |= changed;
                }
            }
            Some(Command::Info) => {
                let page = review.last_card().map(|card| review.page(card)).transpose()?.flatten();
                match page {
                    Some(page) => card::run(&page, None, false, term, with)?,
                    None => said = Some(NO_CARD.to_owned()),
                }
            }
            Some(Command::Edit) => match review.last_card() {
                Some(card) => said = edit::edit(&mut review.note_editor(), card, None, term, with)?,
                None => said = Some(NO_CARD.to_owned()),
            },
            Some(Command::Help) => {
                let offers: &[Command] = match (more.is_some(), offered) {
                    (true, _) => &[Command::More],
                    (_, true) => &[Command::Scene, Command::NoScene],
                    _ => &[],
                };
                pages::keys(&|width| help(Place::End(offers), with, width), term, with)?;
            }
            command if scrolls(command, &mut scroll, height) => {}
            _ => return Ok(Then::Said),
        }
        if review.session().current().is_some() {
            seen.said = said;
            return Ok(Then::Back);
        }
        guard.shown(review.ticks_ms());
    }
}

/// Said where a key is about the last card, and there is none.
const NO_CARD: &str = "No card was answered";
