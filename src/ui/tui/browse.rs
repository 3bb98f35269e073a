//! Browse: a search box, the cards that match, and what the chosen one says; Enter opens everything about it.

use crate::core::document::Side;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::workspace::Workspace;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::card;
use crate::ui::tui::document;
use crate::ui::tui::edit;
use crate::ui::tui::input::Input;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::style;
use crate::ui::tui::term::Term;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyModifiers;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;

pub(super) fn run(workspace: &mut Workspace, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
    let mut query = Input::default();
    let (mut found, mut count) = workspace.search("")?;
    let (mut chosen, mut top) = (0_usize, 0_usize);
    let mut typing = true;
    let mut said: Option<String> = None;
    let today = workspace.today();
    loop {
        let current = found.get(chosen);
        term.draw(|frame| {
            // The table wants all the width there is.
            let (head, body, foot) = parts(Rect { ..frame.area() }, 1);
            let (text, at) = query.view(usize::from(head.width).saturating_sub(10));
            frame.render_widget(Paragraph::new(format!("search: {text}")), head);
            if typing {
                let x = head.x + 8 + u16::try_from(at).unwrap_or(0);
                frame.set_cursor_position(Position { x: x.min(head.width.saturating_sub(1)), y: head.y });
            }
            let preview = if body.height >= 14 { body.height / 2 } else { 0 };
            let table = Rect { height: body.height - preview, ..body };
            let rows = usize::from(table.height).max(1);
            top = top.min(chosen).max((chosen + 1).saturating_sub(rows));
            let width = usize::from(table.width);
            let lines: Vec<Line<'static>> = found
                .iter()
                .enumerate()
                .skip(top)
                .take(rows)
                .map(|(index, card)| {
                    let state = card.state.word(today, workspace.settings().of_deck(&card.deck_name).drill()).name();
                    let deck = one_line(&card.deck_name);
                    let prompt = card.text.listed_prompt(card.card.ordinal);
                    let arrow = if index == chosen { "▸" } else { " " };
                    let text = fit(&format!("{arrow} {state:<9} {deck}  {prompt}"), width);
                    let tone = if index == chosen && !typing { Tone::Chosen } else { Tone::Plain };
                    Line::from(Span::styled(text, style(tone, with.look)))
                })
                .collect();
            frame.render_widget(Paragraph::new(lines), table);
            if preview > 1
                && let Some(card) = current
            {
                let area = column(Rect { y: table.y + table.height + 1, height: preview - 1, ..body });
                let width = usize::from(area.width);
                let mut lines =
                    document::lines(&card.text.prompt_document(card.card.ordinal), Side::Answer, width, with.look);
                lines.push(Line::from(Span::styled("─".repeat(width), style(Tone::Quiet, with.look))));
                let answer = card.text.answer_document(card.card.ordinal);
                lines.extend(document::lines(&answer, Side::Answer, width, with.look));
                frame.render_widget(Paragraph::new(lines), area);
            }
            let pieces = [
                (said.clone().unwrap_or_else(|| counted(count, "card", "cards")), Tone::Plain),
                (if typing { "Enter to the list" } else { "Enter opens" }.to_owned(), Tone::Quiet),
                (if typing { "Esc back" } else { "/ search" }.to_owned(), Tone::Quiet),
            ];
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        let event = match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            None => continue,
            Some(event) => event,
        };
        let last = found.len().saturating_sub(1);
        said = None;
        match event {
            Event::Paste(text) if typing => {
                query.insert(&text);
                (found, count) = workspace.search(&query.text())?;
                chosen = 0;
            }
            Event::Key(key) if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') => {
                return Ok(());
            }
            Event::Key(key) if typing => match key.code {
                KeyCode::Esc => return Ok(()),
                KeyCode::Enter | KeyCode::Tab => typing = false,
                KeyCode::Down => {
                    typing = false;
                    chosen = (chosen + 1).min(last);
                }
                _ => {
                    if query.key(&key) {
                        (found, count) = workspace.search(&query.text())?;
                        chosen = 0;
                    }
                }
            },
            Event::Key(key) => match with.keys.command(&key) {
                Some(Command::Down) => chosen = (chosen + 1).min(last),
                Some(Command::Up) if chosen == 0 => typing = true,
                Some(Command::Up) => chosen = chosen.saturating_sub(1),
                Some(Command::PageDown) => chosen = (chosen + 10).min(last),
                Some(Command::PageUp) => chosen = chosen.saturating_sub(10),
                Some(Command::Search) => typing = true,
                Some(Command::Reveal | Command::Open | Command::Info) => {
                    if let Some(line) = found.get(chosen)
                        && let Some(page) = workspace.page(line.card)?
                    {
                        card::run(&page, None, false, term, with)?;
                    }
                }
                Some(Command::Edit) => {
                    if let Some(card) = found.get(chosen).map(|line| line.card) {
                        said = edit::edit(&mut workspace.note_editor(), card, term, with)?;
                        (found, count) = workspace.search(&query.text())?;
                        chosen = found.iter().position(|line| line.card == card).unwrap_or(chosen).min(found.len());
                    }
                }
                Some(Command::Add) => {
                    let deck = found.get(chosen).map_or_else(String::new, |line| line.deck_name.clone());
                    said = edit::add(&mut workspace.note_editor(), &deck, term, with)?;
                    (found, count) = workspace.search(&query.text())?;
                }
                Some(Command::Quit | Command::Left) => return Ok(()),
                _ => {}
            },
            _ => {}
        }
    }
}
