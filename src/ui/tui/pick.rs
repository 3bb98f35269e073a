//! Small questions over a screen: one line of several, or a word to be typed, with those that are known.

use crate::failure::Failure;
use crate::ui::keymap::Command;
use crate::ui::keymap::FORMS;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::input::Input;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::filled;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::style;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::MouseButton;
use crossterm::event::MouseEventKind;
use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Clear;
use ratatui::widgets::Paragraph;
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr as _;

/// Known words that are shown at once.
const SHOWN: usize = 6;

/// A line to choose.
pub(super) struct Choice {
    /// The key that chooses it at once; none where it is empty.
    pub(super) key: String,
    pub(super) what: String,
}

/// The lower part of a screen, below a rule.
fn lower(whole: Rect, lines: usize) -> Rect {
    let height = u16::try_from(lines).unwrap_or(u16::MAX).min(whole.height.saturating_sub(1));
    Rect { y: whole.y + whole.height - height, height, ..whole }
}

/// Makes room there, and draws the rule.
fn sheet(frame: &mut Frame<'_>, lines: usize, with: ScreenContext<'_>) -> Rect {
    let area = lower(frame.area(), lines);
    let rule = Rect { y: area.y.saturating_sub(1), height: 1.min(frame.area().height), ..area };
    frame.render_widget(Clear, area.union(rule));
    frame.render_widget(say(&"─".repeat(usize::from(area.width)), Tone::Quiet, with.look), rule);
    area
}

/// The choices in sight where one of them is chosen: from which on, and how many.
fn in_sight(area: Rect, chosen: usize) -> (usize, usize) {
    let rows = usize::from(area.height.saturating_sub(2));
    ((chosen + 1).saturating_sub(rows.max(1)), rows)
}

/// One of `choices`, over the screen that `behind` draws; `None` when it was left.
pub(super) fn one(
    title: &str,
    choices: &[Choice],
    chosen: usize,
    behind: &dyn Fn(&mut Frame<'_>),
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<usize>, Failure> {
    Ok(one_for(title, choices, &[], chosen, behind, term, with)?.map(|(place, _)| place))
}

/// The same, with other keys than Enter that do something with a line: a key, and what it does. Which of them was pressed, if any.
pub(super) fn one_for(
    title: &str,
    choices: &[Choice],
    others: &[(String, &str)],
    mut chosen: usize,
    behind: &dyn Fn(&mut Frame<'_>),
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<(usize, Option<usize>)>, Failure> {
    let last = choices.len().saturating_sub(1);
    let lines = choices.len() + 2;
    loop {
        term.draw(|frame| {
            behind(frame);
            let area = sheet(frame, lines, with);
            let (top, rows) = in_sight(area, chosen);
            let width = usize::from(area.width);
            let mut lines = vec![say(&fit(title, width), Tone::Strong, with.look)];
            for (place, choice) in choices.iter().enumerate().skip(top).take(rows) {
                let arrow = if place == chosen { "▸" } else { " " };
                let text = format!("{arrow} {} {}", filled(&choice.key, 5), choice.what);
                let tone = if place == chosen { Tone::Chosen } else { Tone::Plain };
                lines.push(say(&filled(&text, width), tone, with.look));
            }
            frame.render_widget(Paragraph::new(lines), area);
            let foot = Rect { y: (area.y + area.height).saturating_sub(1), height: 1.min(area.height), ..area };
            let mut pieces = vec![("Enter chooses".to_owned(), Tone::Plain), ("Esc goes back".to_owned(), Tone::Quiet)];
            pieces.extend(others.iter().map(|(key, what)| (format!("{key} {what}"), Tone::Quiet)));
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        let key = match term.next(with.stop)? {
            None if (with.stop)() => return Ok(None),
            Some(Event::Key(key)) => key,
            Some(Event::Mouse(mouse)) => {
                let area = lower(Rect::from((Position::ORIGIN, term.size()?)), lines);
                let (top, rows) = in_sight(area, chosen);
                match mouse.kind {
                    MouseEventKind::ScrollDown => chosen = (chosen + 1).min(last),
                    MouseEventKind::ScrollUp => chosen = chosen.saturating_sub(1),
                    // The first line is the title.
                    MouseEventKind::Down(MouseButton::Left) if mouse.row > area.y => {
                        let row = usize::from(mouse.row - area.y - 1);
                        if row < rows && top + row <= last && !choices.is_empty() {
                            return Ok(Some((top + row, None)));
                        }
                    }
                    _ => {}
                }
                continue;
            }
            _ => continue,
        };
        if leaves(&key) {
            return Ok(None);
        }
        match (key.code, with.keys.command(&key)) {
            (KeyCode::Esc, _) => return Ok(None),
            (KeyCode::Enter, _) => return Ok(Some((chosen, None)).filter(|_| !choices.is_empty())),
            (KeyCode::Up, _) => chosen = chosen.saturating_sub(1),
            (KeyCode::Down, _) => chosen = (chosen + 1).min(last),
            (code, command) => {
                // A line's own key goes before those that move.
                let is_key = |key: &str| matches!(code, KeyCode::Char(c) if key.chars().eq([c]));
                if let Some(place) = choices.iter().position(|choice| is_key(&choice.key)) {
                    return Ok(Some((place, None)));
                }
                let other = others.iter().position(|(key, _)| is_key(key));
                match command {
                    _ if other.is_some() => return Ok(Some((chosen, other)).filter(|_| !choices.is_empty())),
                    Some(Command::Down) => chosen = (chosen + 1).min(last),
                    Some(Command::Up) => chosen = chosen.saturating_sub(1),
                    Some(Command::Quit) => return Ok(None),
                    _ => {}
                }
            }
        }
    }
}

/// The known words that go on from what is typed, at most so many: those that begin so, then those that hold it.
pub(super) fn completions<'k>(typed: &str, known: impl IntoIterator<Item = &'k String> + Clone) -> Vec<&'k str> {
    let typed = crate::core::compare::search::fold(typed.trim());
    let folded = |word: &String| crate::core::compare::search::fold(word);
    let begins = known.clone().into_iter().filter(|word| folded(word).starts_with(&typed));
    let holds = known.into_iter().filter(|word| {
        let word = folded(word);
        !word.starts_with(&typed) && word.contains(&typed)
    });
    begins.chain(holds).map(String::as_str).take(SHOWN).collect()
}

/// A word, typed or completed with Tab from those that are known; `None` when it was left. No word is empty. The known ones are asked for
/// once the question is on the screen: to find them may take a while.
pub(super) fn word(
    title: &str,
    known: &dyn Fn() -> Result<BTreeSet<String>, Failure>,
    behind: &dyn Fn(&mut Frame<'_>),
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let mut input = Input::default();
    // Tab goes through what completes the text that was typed last.
    let mut typed = String::new();
    let mut turn = 0_usize;
    let mut words: Option<BTreeSet<String>> = None;
    loop {
        let offers = completions(&typed, words.iter().flatten());
        term.draw(|frame| {
            behind(frame);
            let area = sheet(frame, 3, with);
            let width = usize::from(area.width);
            // What is typed has more room than what it is for.
            let label = format!("{}: ", fit(title, (width / 2).max(4)));
            let (text, x) = input.view(width.saturating_sub(label.width()).max(4));
            let head = Line::from(vec![Span::styled(label.clone(), style(Tone::Strong, with.look)), Span::raw(text)]);
            let offered = fit(&offers.join(" · "), width);
            frame.render_widget(Paragraph::new(vec![head, say(&offered, Tone::Quiet, with.look)]), area);
            let x = u16::try_from(label.width() + x).unwrap_or(0).min(area.width.saturating_sub(1));
            frame.set_cursor_position(Position { x: area.x + x, y: area.y });
            let foot = Rect { y: (area.y + area.height).saturating_sub(1), height: 1.min(area.height), ..area };
            let key = |command, usual| with.keys.shown(command, usual);
            let mut pieces = vec![
                (format!("{} takes it", key(Command::FormSave, "enter")), Tone::Plain),
                (format!("{} goes back", key(Command::FormLeave, "esc")), Tone::Quiet),
            ];
            if !offers.is_empty() {
                pieces.insert(1, (format!("{} completes", key(Command::FormNext, "tab")), Tone::Quiet));
            }
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        if words.is_none() {
            words = Some(known()?);
            continue;
        }
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(None),
            Some(Event::Paste(text)) => {
                input.insert(&text);
                (typed, turn) = (input.text(), 0);
            }
            Some(Event::Key(key)) if leaves(&key) => return Ok(None),
            Some(Event::Key(key)) => match with.keys.among(FORMS, &key) {
                Some(Command::FormLeave) => return Ok(None),
                Some(Command::FormSave) if !input.text().trim().is_empty() => {
                    return Ok(Some(input.text().trim().to_owned()));
                }
                Some(Command::FormNext) => {
                    if let Some(offer) = offers.get(turn % offers.len().max(1)) {
                        input = Input::of(offer);
                        turn += 1;
                    }
                }
                _ if input.key(&key) => (typed, turn) = (input.text(), 0),
                _ => {}
            },
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_so_is_offered_before_what_holds_it() {
        let known: Vec<String> = ["Ähre", "culture", "team", "steam"].map(str::to_owned).into();
        assert_eq!(completions("te", &known), ["team", "steam"]);
        assert_eq!(completions("ah", &known), ["Ähre"]);
        assert_eq!(completions("", &known).len(), 4);
        assert_eq!(completions("x", &known), [""; 0]);
    }
}
