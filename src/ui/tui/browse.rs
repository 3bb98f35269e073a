//! Browse: a search box, the cards that match, and what the chosen one says; Enter opens everything about it.

use crate::core::event::Fact;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::desk::CardLine;
use crate::ops::desk::Desk;
use crate::ui::keymap::Command;
use crate::ui::tui::With;
use crate::ui::tui::input::Input;
use crate::ui::tui::markdown;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Term;
use crate::ui::tui::today::show;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyModifiers;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

pub(super) fn run(desk: &mut Desk, term: &mut Term, with: With<'_>) -> Result<(), Failure> {
    let mut query = Input::default();
    let (mut found, mut count) = desk.search("")?;
    let (mut chosen, mut top) = (0_usize, 0_usize);
    let mut typing = true;
    let today = desk.today();
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
                    let state = card.state.word(today, desk.settings().of_deck(&card.deck_name).drill()).name();
                    let deck = one_line(&card.deck_name);
                    let prompt = one_line(&card.text.prompt(card.card.ordinal));
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
                let mut lines = markdown::lines(&card.text.prompt(card.card.ordinal), width);
                lines.push(Line::from(Span::styled("─".repeat(width), style(Tone::Quiet, with.look))));
                lines.extend(markdown::lines(&card.text.answer(card.card.ordinal), width));
                frame.render_widget(Paragraph::new(lines), area);
            }
            let pieces = [
                (counted(count, "card", "cards"), Tone::Plain),
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
        match event {
            Event::Paste(text) if typing => {
                query.insert(&text);
                (found, count) = desk.search(&query.text())?;
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
                        (found, count) = desk.search(&query.text())?;
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
                    if let Some(card) = found.get(chosen) {
                        let page = card_page(desk, card, with)?;
                        show(page, term, with)?;
                    }
                }
                Some(Command::Quit | Command::Left) => return Ok(()),
                _ => {}
            },
            _ => {}
        }
    }
}

fn fit(text: &str, width: usize) -> String {
    let mut out = String::new();
    for grapheme in text.graphemes(true) {
        if out.width() + grapheme.width() > width {
            break;
        }
        out.push_str(grapheme);
    }
    out
}

/// Everything about one card.
fn card_page(desk: &Desk, line: &CardLine, with: With<'_>) -> Result<Vec<Line<'static>>, Failure> {
    let width = 70;
    let today = desk.today();
    let mut page = vec![say(&line.name(), Tone::Strong, with.look), Line::default()];
    page.extend(markdown::lines(&line.text.prompt(line.card.ordinal), width));
    page.push(Line::default());
    page.extend(markdown::lines(&line.text.answer(line.card.ordinal), width));
    if let Some(extra) = &line.text.extra {
        page.push(Line::default());
        page.extend(markdown::lines(extra, width));
    }
    page.push(Line::default());
    let mut facts = vec![
        ("deck", line.deck_name.clone()),
        ("kind", line.text.kind.clone()),
        ("state", line.state.word(today, desk.settings().of_deck(&line.deck_name).drill()).name().to_owned()),
    ];
    if let Some(memory) = &line.state.memory {
        facts.push(("due", memory.due.iso()));
        facts.push(("interval", memory.interval.short()));
        facts.push(("ease", format!("{:.2}", memory.ease.decimal())));
        facts.push(("lapses", memory.lapses.to_string()));
    }
    facts.extend(line.topic.clone().map(|topic| ("topic", topic)));
    facts.extend(line.text.speaker.clone().map(|speaker| ("speaker", speaker)));
    if !line.text.source.is_empty() {
        facts.push(("source", line.text.source.join(", ")));
    }
    if !line.text.tags.is_empty() {
        facts.push(("tags", line.text.tags.join(", ")));
    }
    for (label, value) in facts {
        page.extend(wrapped(&format!("{label:<9} {value}"), width, Style::new()));
    }
    let events = desk.events(line.card)?;
    if !events.is_empty() {
        page.push(Line::default());
        page.push(say("history", Tone::Quiet, with.look));
    }
    for row in events {
        let at = row.event.at.to_datetime().map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string());
        let grade =
            row.event.fact.answer().map_or_else(String::new, |(quality, _)| format!(" {}", quality.button().name()));
        let then = match row.after.as_ref().and_then(|state| state.memory.as_ref()) {
            Some(memory) if !matches!(row.event.fact, Fact::Undone { .. }) => {
                format!(" → {}, due {}", memory.interval.short(), memory.due.iso())
            }
            _ => String::new(),
        };
        let undone = if row.voided { " (taken back)" } else { "" };
        page.extend(wrapped(&format!("{at} {}{grade}{then}{undone}", row.event.fact.name()), width, Style::new()));
    }
    Ok(page)
}
