//! The first screen: the day, the decks, the week ahead.

use crate::core::text::counted;
use crate::core::text::joined;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::workspace::DeckRow;
use crate::ops::workspace::Overview;
use crate::ops::workspace::Workspace;
use crate::ui::Editor;
use crate::ui::Look;
use crate::ui::keymap::Command;
use crate::ui::keymap::Keymap;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::browse;
use crate::ui::tui::checkup;
use crate::ui::tui::edit;
use crate::ui::tui::end;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::review;
use crate::ui::tui::stats;
use crate::ui::tui::steps;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::HELD_MS;
use crate::ui::tui::term::Term;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;
use std::collections::BTreeSet;
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
pub fn today(
    workspace: &mut Workspace,
    look: Look,
    keys: &Keymap,
    stop: &dyn Fn() -> bool,
    editor: &dyn Editor,
) -> Result<Leave, Failure> {
    let with = ScreenContext { look, keys, stop, editor };
    let mut term = Term::new()?;
    let mut overview = workspace.overview()?;
    let mut chosen = 0_usize;
    let mut folded: BTreeSet<String> = BTreeSet::new();
    let mut browsing = browse::Kept::default();
    let mut scroll = 0;
    let mut said: Option<String> = None;
    let mut guard = Guard::new(0);
    let mut last_key: Option<(KeyEvent, u64)> = None;
    loop {
        let rows: Vec<DeckRow> = overview.decks.iter().filter(|row| !is_inside(&row.name, &folded)).cloned().collect();
        chosen = chosen.min(rows.len());
        let here = chosen.checked_sub(1).and_then(|row| rows.get(row));
        term.draw(|frame| {
            // What was said stands in the foot, where it is in sight whatever the screen's height.
            let area = column(frame.area());
            let said = said
                .as_ref()
                .map_or_else(Vec::new, |said| wrapped(said, usize::from(area.width), style(Tone::Near, look)));
            let (head, body, mut foot) = parts(area, u16::try_from(said.len() + 1).unwrap_or(1));
            frame.render_widget(say("lmq", Tone::Strong, look), head);
            let above = Rect { height: foot.height.saturating_sub(1), ..foot };
            frame.render_widget(Paragraph::new(said), above);
            foot = Rect { y: foot.y + above.height, height: foot.height - above.height, ..foot };
            let width = usize::from(body.width);
            let (lines, at) = lines(&overview, &rows, chosen, &folded, width, with);
            // The chosen row stays in sight.
            let at = u16::try_from(at).unwrap_or(u16::MAX);
            if at >= scroll + body.height {
                scroll = (at + 1).saturating_sub(body.height);
            } else if chosen > 0 && at < scroll {
                scroll = at;
            } else if chosen == 0 && at < body.height {
                scroll = 0;
            }
            scroll = scrolled(frame, body, lines, scroll);
            let keys = |command| keys.first(command);
            let first = if overview.first_run { "Any key begins" } else { "Enter review" };
            let pieces = [
                (first.to_owned(), Tone::Plain),
                (format!("{} browse", keys(Command::Browse)), Tone::Quiet),
                (format!("{} stats", keys(Command::Stats)), Tone::Quiet),
                (format!("{} undo", keys(Command::Undo)), Tone::Quiet),
                (format!("{} keys", keys(Command::Help)), Tone::Quiet),
                (format!("{} leave", keys(Command::Quit)), Tone::Quiet),
            ];
            // Nothing to count or to undo before the first answer.
            let shown = |at: usize| !overview.first_run || !(2..4).contains(&at);
            let pieces: Vec<_> =
                pieces.into_iter().enumerate().filter(|(at, _)| shown(*at)).map(|(_, piece)| piece).collect();
            frame.render_widget(footer(&pieces, foot.width, look), foot);
        })?;
        let Some(event) = term.next(stop)? else {
            if stop() {
                return Ok(Leave::Stopped);
            }
            continue;
        };
        let Event::Key(key) = event else { continue };
        let now = workspace.ticks_ms();
        let again = last_key.is_some_and(|(last, at)| last == key && now.saturating_sub(at) < HELD_MS);
        last_key = Some((key, now));
        let alone = guard.came(now).alone;
        said = None;
        if key.modifiers.contains(KeyModifiers::CONTROL) && matches!(key.code, KeyCode::Char('c' | 'd')) {
            return Ok(Leave::Quit);
        }
        let mut command = keys.command(&key);
        // Somebody who starts it for the first time knows no keys, and wants none.
        let known = matches!(
            command,
            Some(Command::Quit | Command::Help | Command::Browse | Command::Search | Command::Checkup)
        );
        if overview.first_run && !known {
            command = Some(Command::Reveal);
        }
        match command {
            Some(Command::Down) => chosen = (chosen + 1).min(rows.len()),
            Some(Command::Up) => chosen = chosen.saturating_sub(1),
            Some(Command::PageDown) => chosen = (chosen + 10).min(rows.len()),
            Some(Command::PageUp) => chosen = chosen.saturating_sub(10),
            Some(Command::Left) => {
                if let Some(row) = here {
                    if row.holds_others && folded.insert(row.name.clone()) {
                        continue;
                    }
                    let outer = row.name.rsplit_once("::").map(|(outer, _)| outer);
                    chosen =
                        outer.and_then(|outer| rows.iter().position(|row| row.name == outer)).map_or(0, |at| at + 1);
                }
            }
            Some(Command::Right) => {
                if let Some(row) = here {
                    folded.remove(&row.name);
                }
            }
            Some(Command::Reveal | Command::Open) => {
                let deck = here.map(|row| row.name.clone());
                said = sit(workspace, deck.as_deref(), &mut term, with)?;
                overview = workspace.overview()?;
            }
            Some(command @ (Command::Browse | Command::Search)) => {
                browse::run(workspace, &mut browsing, command == Command::Search, &mut term, with)?;
                overview = workspace.overview()?;
            }
            Some(Command::Add) => {
                let deck = here.map(|row| row.name.clone());
                said = edit::add(&mut workspace.note_editor(), deck.as_deref().unwrap_or_default(), &mut term, with)?;
                overview = workspace.overview()?;
            }
            Some(Command::Checkup) => {
                said = checkup::sit(workspace, &mut term, with)?;
                overview = workspace.overview()?;
            }
            // A held key takes back one step, not the whole history.
            Some(Command::Undo) if alone && !(again && term.repeats()?) => {
                said = Some(undo(workspace, 1));
                overview = workspace.overview()?;
            }
            Some(Command::UndoList) => {
                let back = steps::run(&workspace.steps()?, &mut term, with)?;
                if back > 0 {
                    said = Some(undo(workspace, back));
                    overview = workspace.overview()?;
                }
            }
            Some(Command::Stats) => stats::run(workspace, &mut term, with)?,
            Some(Command::Help) => {
                pages::show(&|width| pages::help(with, &Command::outside_of_lists(), width), &mut term, with)?
            }
            Some(Command::Quit) => return Ok(Leave::Quit),
            _ => {}
        }
        if stop() {
            return Ok(Leave::Stopped);
        }
    }
}

/// Takes back the newest steps, and says which.
fn undo(workspace: &mut Workspace, count: usize) -> String {
    steps::take_back(count, || workspace.undo()).0
}

/// Whether a deck lies in one that is folded.
fn is_inside(name: &str, folded: &BTreeSet<String>) -> bool {
    name.match_indices("::").any(|(at, _)| name.get(..at).is_some_and(|outer| folded.contains(outer)))
}

/// A sitting; what it came to in one text, where the last screen has not said it.
fn sit(
    workspace: &mut Workspace,
    deck: Option<&str>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let mut sitting = workspace.sit(deck)?;
    let said = review::run(&mut sitting, term, with)?;
    let no_backup = sitting.end_backup();
    let summary = sitting.summary();
    if (summary.answers > 0 || said.is_some()) && summary.waiting.all() == 0 {
        end::run(&mut sitting, said, term, with)?;
        return Ok(no_backup);
    }
    let mut lines = words::summary(&summary, &sitting.waits()?, sitting.settings());
    lines.extend(no_backup);
    Ok(Some(joined(&lines)))
}

/// The screen's lines, and which of them has the chosen deck.
fn lines(
    overview: &Overview,
    rows: &[DeckRow],
    chosen: usize,
    folded: &BTreeSet<String>,
    width: usize,
    with: ScreenContext<'_>,
) -> (Vec<Line<'static>>, usize) {
    let mut lines = Vec::new();
    let waiting = overview.reviews + overview.new + overview.repeats;
    let mut today = format!(
        "{}, {}",
        counted(overview.reviews, "review", "reviews"),
        counted(overview.new, "new card", "new cards")
    );
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
    if overview.first_run {
        lines.push(Line::default());
        lines.extend(wrapped(words::WELCOME, width, Style::new()));
    } else {
        let done = counted(overview.answers_today, "answer today", "answers today");
        let streak = match overview.streak {
            0 => String::new(),
            days => format!(", {} in a row", counted(days, "day", "days")),
        };
        lines.extend(wrapped(&format!("{done}{streak}"), width, style(Tone::Quiet, with.look)));
        if let Some(comeback) = &overview.comeback {
            lines.extend(wrapped(&words::comeback(comeback), width, Style::new()));
        }
    }
    lines.push(Line::default());
    let narrow = width < 32;
    // Columns of a count.
    let (count, again) = if narrow { (4, "rep") } else { (6, "again") };
    let room = width.saturating_sub(2 + 3 * count).max(4);
    let heads = format!("  {:<room$}{:>count$}{:>count$}{again:>count$}", "", "due", "new");
    lines.push(say(&heads, Tone::Quiet, with.look));
    // The name is ready to be shown: an indent would not outlive `one_line`.
    let row = |place: usize, name: &str, counts: [u64; 3]| {
        let arrow = if place == chosen { "▸" } else { " " };
        let shown = fit(name, room);
        let pad = " ".repeat(room.saturating_sub(shown.width()));
        let [due, new, repeats] = counts;
        let text = format!("{arrow} {shown}{pad}{due:>count$}{new:>count$}{repeats:>count$}");
        Line::from(Span::styled(text, style(if place == chosen { Tone::Chosen } else { Tone::Plain }, with.look)))
    };
    // Rows at the top hold those inside them already.
    let all = |pick: fn(&DeckRow) -> u64| overview.decks.iter().filter(|row| row.depth == 0).map(pick).sum::<u64>();
    let first = lines.len();
    lines.push(row(0, "all decks", [all(|row| row.due), all(|row| row.new), all(|row| row.repeats)]));
    let folds = overview.decks.iter().any(|row| row.holds_others);
    for (index, deck) in rows.iter().enumerate() {
        let leaf = one_line(deck.name.rsplit("::").next().unwrap_or(&deck.name));
        let fold = match (folds, deck.holds_others, folded.contains(&deck.name)) {
            (false, ..) => "",
            (true, false, _) => "  ",
            (true, true, true) => "+ ",
            (true, true, false) => "- ",
        };
        let title =
            if deck.title.is_empty() || width < 50 { String::new() } else { format!(" – {}", one_line(&deck.title)) };
        let indent = "  ".repeat(if narrow { 0 } else { deck.depth.min(room / 4) });
        let name = format!("{indent}{fold}{leaf}{title}");
        lines.push(row(index + 1, &name, [deck.due, deck.new, deck.repeats]));
    }
    if let Some(offer) = overview.checkup {
        let key = with.keys.keys(Command::Checkup).split(' ').next().unwrap_or_default().to_owned();
        lines.push(Line::default());
        lines.extend(wrapped(
            &crate::ui::checkup::offer(offer, &format!("{key} begins")),
            width,
            style(Tone::Near, with.look),
        ));
    }
    let most = overview.forecast.iter().copied().max().unwrap_or(0);
    if most > 0 {
        lines.push(Line::default());
        let sum = counted(overview.forecast.iter().sum::<u64>(), "review", "reviews");
        lines.push(say(&format!("the week ahead: {sum}"), Tone::Quiet, with.look));
        let room = u64::try_from(width.saturating_sub(18).clamp(4, 40)).unwrap_or(4);
        for (ahead, count) in overview.forecast.iter().enumerate() {
            let day = overview.today.plus(i64::try_from(ahead).unwrap_or(0)).date().format("%a %d").to_string();
            let bar = "█".repeat(usize::try_from((count * room).div_ceil(most)).unwrap_or(0));
            lines.push(Line::from(format!("  {day}  {count:>4}  {bar}")));
        }
    }
    (lines, first + chosen)
}
