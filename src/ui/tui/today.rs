//! The first screen: the day, the decks, the week ahead.

use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::desk::DeckRow;
use crate::ops::desk::Desk;
use crate::ops::desk::Overview;
use crate::ui::Look;
use crate::ui::keymap::Command;
use crate::ui::keymap::Keymap;
use crate::ui::tui::With;
use crate::ui::tui::browse;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::review;
use crate::ui::tui::stats;
use crate::ui::tui::term::Term;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyModifiers;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr as _;

/// How the interface was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// By its user.
    Quit,
    /// By a signal.
    Stopped,
}

/// Runs the interface until its user leaves or `stop` says so.
///
/// # Errors
/// When the terminal can't be used, or the database can't be read.
pub fn today(desk: &mut Desk, look: Look, keys: &Keymap, stop: &dyn Fn() -> bool) -> Result<Leave, Failure> {
    let with = With { look, keys, stop };
    let mut term = Term::new()?;
    let mut overview = desk.overview()?;
    let mut chosen = 0_usize;
    let mut scroll = 0;
    let mut said: Option<String> = None;
    loop {
        let rows = overview.decks.len();
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            frame.render_widget(say("lmq", Tone::Strong, look), head);
            let mut lines = lines(&overview, chosen, usize::from(body.width), with);
            if let Some(said) = &said {
                lines.push(Line::default());
                lines.extend(wrapped(said, usize::from(body.width), style(Tone::Near, look)));
            }
            scroll = scrolled(frame, body, lines, scroll);
            let keys = |command| keys.keys(command).split(' ').next().unwrap_or_default().to_owned();
            let pieces = [
                ("Enter review".to_owned(), Tone::Plain),
                (format!("{} browse", keys(Command::Browse)), Tone::Quiet),
                (format!("{} stats", keys(Command::Stats)), Tone::Quiet),
                (format!("{} undo", keys(Command::Undo)), Tone::Quiet),
                (format!("{} keys", keys(Command::Help)), Tone::Quiet),
                (format!("{} leave", keys(Command::Quit)), Tone::Quiet),
            ];
            frame.render_widget(footer(&pieces, foot.width, look), foot);
        })?;
        let Some(event) = term.next(stop)? else {
            if stop() {
                return Ok(Leave::Stopped);
            }
            continue;
        };
        let Event::Key(key) = event else { continue };
        said = None;
        if key.modifiers.contains(KeyModifiers::CONTROL) && matches!(key.code, KeyCode::Char('c' | 'd')) {
            return Ok(Leave::Quit);
        }
        match keys.command(&key) {
            Some(Command::Down) => chosen = (chosen + 1).min(rows),
            Some(Command::Up) => chosen = chosen.saturating_sub(1),
            Some(Command::PageDown) => scroll = scroll.saturating_add(5),
            Some(Command::PageUp) => scroll = scroll.saturating_sub(5),
            Some(Command::Reveal | Command::Open | Command::Right) => {
                let deck = chosen.checked_sub(1).and_then(|row| overview.decks.get(row)).cloned();
                said = Some(sit(desk, deck.as_ref(), &mut term, with)?);
                overview = desk.overview()?;
            }
            Some(Command::Browse | Command::Search) => {
                browse::run(desk, &mut term, with)?;
                overview = desk.overview()?;
            }
            Some(Command::Undo) => {
                said = Some(match desk.undo() {
                    Ok(Some(label)) => format!("Took back: {label}"),
                    Ok(None) => "There is nothing to take back".to_owned(),
                    Err(failure) => failure.to_string(),
                });
                overview = desk.overview()?;
            }
            Some(Command::UndoList) => {
                let steps = desk.steps()?;
                let mut page = vec![say("The newest steps", Tone::Strong, look), Line::default()];
                for step in steps {
                    let at = step.at.to_datetime().map_or_else(String::new, |at| at.format("%m-%d %H:%M").to_string());
                    let undone = if step.voided { " (taken back)" } else { "" };
                    page.extend(wrapped(&format!("{at}  {}{undone}", step.label), 70, Style::new()));
                }
                show(page, &mut term, with)?;
            }
            Some(Command::Stats) => stats::run(desk, &mut term, with)?,
            Some(Command::Help) => {
                let width = usize::from(term.width().min(72));
                show(pages::help(with, width), &mut term, with)?;
            }
            Some(Command::Quit) => return Ok(Leave::Quit),
            _ => {}
        }
        if stop() {
            return Ok(Leave::Stopped);
        }
    }
}

/// A sitting, and what it came to in one text.
fn sit(desk: &mut Desk, deck: Option<&DeckRow>, term: &mut Term, with: With<'_>) -> Result<String, Failure> {
    let mut sitting = desk.sit(deck)?;
    review::run(&mut sitting, term, with)?;
    let summary = sitting.session().summary(sitting.today());
    Ok(words::summary(&summary, &sitting.waits()?, sitting.settings()).join(". "))
}

/// A page of text, until a key.
pub(super) fn show(lines: Vec<Line<'static>>, term: &mut Term, with: With<'_>) -> Result<(), Failure> {
    let mut scroll = 0;
    loop {
        let page = lines.clone();
        term.draw(|frame| {
            let (_, body, foot) = parts(column(frame.area()), 1);
            scroll = scrolled(frame, body, page, scroll);
            let pieces = [("Esc goes back".to_owned(), Tone::Quiet)];
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            Some(Event::Key(key)) => match with.keys.command(&key) {
                Some(Command::Down) => scroll = scroll.saturating_add(1),
                Some(Command::Up) => scroll = scroll.saturating_sub(1),
                Some(Command::PageDown) => scroll = scroll.saturating_add(10),
                Some(Command::PageUp) => scroll = scroll.saturating_sub(10),
                _ => return Ok(()),
            },
            _ => {}
        }
    }
}

fn lines(overview: &Overview, chosen: usize, width: usize, with: With<'_>) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let number = |count: u64, one: &str, many: &str| counted(usize::try_from(count).unwrap_or(usize::MAX), one, many);
    let waiting = overview.reviews + overview.new + overview.repeats;
    let mut today =
        format!("{}, {}", number(overview.reviews, "review", "reviews"), number(overview.new, "new card", "new cards"));
    if overview.repeats > 0 {
        today.push_str(&format!(", {} to repeat", overview.repeats));
    }
    lines.extend(wrapped(
        &match overview.pause {
            Some(pause) => words::paused(pause.until),
            None if waiting == 0 => "Nothing waits today".to_owned(),
            None => today,
        },
        width,
        style(Tone::Strong, with.look),
    ));
    let done = number(u64::from(overview.answers_today), "answer today", "answers today");
    let streak = match overview.streak {
        0 => String::new(),
        days => format!(", {} in a row", number(days, "day", "days")),
    };
    lines.extend(wrapped(&format!("{done}{streak}"), width, style(Tone::Quiet, with.look)));
    if let Some(comeback) = &overview.comeback {
        lines.extend(wrapped(&words::comeback(comeback), width, Style::new()));
    }
    if overview.first_run {
        lines.push(Line::default());
        let welcome = "Ten new cards a day, taught first and then asked; what you recall comes back later and later. Press Enter for the first one.";
        lines.extend(wrapped(welcome, width, Style::new()));
    }
    lines.push(Line::default());
    lines.push(say(&format!("{:<w$}  due  new", "", w = width.saturating_sub(12).max(8)), Tone::Quiet, with.look));
    let row = |place: usize, name: &str, due: u64, new: u64| {
        let room = width.saturating_sub(14).max(8);
        let arrow = if place == chosen { "▸" } else { " " };
        let mut shown = crate::core::text::one_line(name);
        while shown.width() > room {
            shown.pop();
        }
        let pad = " ".repeat(room.saturating_sub(shown.width()));
        let tone = if place == chosen { Tone::Chosen } else { Tone::Plain };
        Line::from(Span::styled(format!("{arrow} {shown}{pad} {due:>4} {new:>4}"), style(tone, with.look)))
    };
    let all = |pick: fn(&DeckRow) -> u64| overview.decks.iter().map(pick).sum::<u64>();
    lines.push(row(0, "all decks", all(|deck| deck.due), all(|deck| deck.new)));
    for (index, deck) in overview.decks.iter().enumerate() {
        // A deck inside another stands under it, a step to the right.
        let depth = deck.name.matches("::").count();
        let leaf = deck.name.rsplit("::").next().unwrap_or(&deck.name);
        let title =
            if deck.title.is_empty() || width < 50 { String::new() } else { format!("  {}", one_line(&deck.title)) };
        lines.push(row(index + 1, &format!("{}{leaf}{title}", "  ".repeat(depth + 1)), deck.due, deck.new));
    }
    let most = overview.forecast.iter().copied().max().unwrap_or(0);
    if most > 0 {
        lines.push(Line::default());
        lines.push(say("the week ahead", Tone::Quiet, with.look));
        let room = u64::try_from(width.saturating_sub(18).clamp(4, 40)).unwrap_or(4);
        for (ahead, count) in overview.forecast.iter().enumerate() {
            let day = overview.today.plus(i64::try_from(ahead).unwrap_or(0)).date().format("%a %d").to_string();
            let bar = "█".repeat(usize::try_from((count * room).div_ceil(most)).unwrap_or(0));
            lines.push(Line::from(format!("  {day}  {count:>4}  {bar}")));
        }
    }
    lines
}
