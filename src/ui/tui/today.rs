//! The first screen: what to do now, the decks, and what is known.

mod decks;
mod page;

use crate::core::study_day::StudyDay;
use crate::core::text::joined;
use crate::failure::Failure;
use crate::ops::workspace::DeckRow;
use crate::ops::workspace::Decks;
use crate::ops::workspace::Overview;
use crate::ops::workspace::Recall;
use crate::ops::workspace::Workspace;
use crate::ui::Editor;
use crate::ui::Look;
use crate::ui::keymap::Command;
use crate::ui::keymap::HOME;
use crate::ui::keymap::Keymap;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::Place;
use crate::ui::tui::bar::bar;
use crate::ui::tui::bar::help;
use crate::ui::tui::browse;
use crate::ui::tui::browse::Begin;
use crate::ui::tui::browse::condition;
use crate::ui::tui::checkup;
use crate::ui::tui::edit;
use crate::ui::tui::pages;
use crate::ui::tui::paint;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column_beside;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::session;
use crate::ui::tui::stats;
use crate::ui::tui::steps;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::HELD_MS;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crate::ui::tui::today::page::Page;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Paragraph;
use std::collections::BTreeSet;

/// How the interface was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// By its user.
    Quit,
    /// By a signal.
    Stopped,
}

/// Cards whose states are read before the screen is drawn; those of a larger collection are read behind it.
const READ_AT_ONCE: u64 = 10_000;

/// What the first screen is about.
struct Known {
    overview: Overview,
    recall: Option<(Recall, StudyDay)>,
}

impl Known {
    fn new(workspace: &Workspace<'_>) -> Result<Self, Failure> {
        let mut overview = workspace.overview()?;
        // A deck without cards has nothing to offer.
        overview.decks.retain(|row| row.cards > 0);
        let cards: u64 = overview.decks.iter().filter(|row| row.depth == 0).map(|row| row.cards).sum();
        let recall = if cards <= READ_AT_ONCE { Some(workspace.recall()?) } else { None };
        Ok(Self { overview, recall })
    }
}

/// Runs the interface until its user leaves or `stop` says so.
///
/// # Errors
/// When the terminal can't be used, or the database can't be read.
pub fn today(
    workspace: &mut Workspace<'_>,
    look: Look,
    keys: &Keymap,
    stop: &dyn Fn() -> bool,
    editor: &dyn Editor,
) -> Result<Leave, Failure> {
    let settings = workspace.settings().clone();
    let with = ScreenContext { look, keys, stop, editor };
    let mut term = Term::new()?;
    let mut known = Known::new(workspace)?;
    let mut chosen = 0_usize;
    let mut folded: BTreeSet<String> = BTreeSet::new();
    let mut browsing = browse::Kept::default();
    let mut added_to: Option<String> = None;
    let mut scroll = 0;
    let mut said: Option<String> = None;
    let mut guard = Guard::new(0);
    let mut last_key: Option<(KeyEvent, u64)> = None;
    loop {
        let Known { overview, recall } = &known;
        let rows: Vec<DeckRow> = overview.decks.iter().filter(|row| !is_inside(&row.name, &folded)).cloned().collect();
        chosen = chosen.min(rows.len());
        let here = chosen.checked_sub(1).and_then(|row| rows.get(row));
        let page =
            Page { overview, recall: recall.as_ref(), rows: &rows, chosen, folded: &folded, with, settings: &settings };
        let asks_whose = page.asks_whose();
        term.draw(|frame| scroll = draw(frame, &page, said.as_deref(), scroll))?;
        if known.recall.is_none() {
            // It is drawn with the next look; until then nobody waits for it.
            known.recall = Some(workspace.recall()?);
            continue;
        }
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
        if leaves(&key) {
            return Ok(Leave::Quit);
        }
        if let (KeyCode::Char(digit @ ('1' | '2')), true) = (key.code, asks_whose) {
            said = sit(workspace, (&Decks::BuiltIn(digit == '2'), false), &mut term, with)?;
            known = Known::new(workspace)?;
            continue;
        }
        let mut changed = true;
        match keys.among(HOME, &key) {
            Some(Command::Actions) => {
                let behind = |frame: &mut Frame<'_>| {
                    draw(frame, &page, None, scroll);
                };
                said = decks::act(workspace, here, overview.pause.is_some(), &behind, &mut term, with)?;
            }
            Some(Command::Down) => (chosen, changed) = ((chosen + 1).min(rows.len()), false),
            Some(Command::Up) => (chosen, changed) = (chosen.saturating_sub(1), false),
            Some(Command::PageDown) => (chosen, changed) = ((chosen + 10).min(rows.len()), false),
            Some(Command::PageUp) => (chosen, changed) = (chosen.saturating_sub(10), false),
            Some(Command::Left) => {
                changed = false;
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
                changed = false;
                if let Some(row) = here {
                    folded.remove(&row.name);
                }
            }
            Some(command @ (Command::Reveal | Command::Open | Command::More)) => {
                let deck = here.map(|row| row.name.clone());
                let decks = deck.as_deref().map_or(Decks::All, Decks::Of);
                said = sit(workspace, (&decks, command == Command::More), &mut term, with)?;
            }
            Some(command @ (Command::Browse | Command::Search)) => {
                let begin = match here {
                    Some(row) if command == Command::Browse => Begin::Query(condition("deck", &row.name)),
                    _ if command == Command::Search => Begin::Typing,
                    _ => Begin::Query(String::new()),
                };
                browse::run(workspace, &mut browsing, begin, &mut term, with)?;
            }
            Some(Command::Add) => {
                // Where none is chosen, the deck of the last one, or else the first of the person's own.
                let own = || rows.iter().find(|row| row.number != 0 && !row.is_built_in).map(|row| row.name.clone());
                let mut deck =
                    here.map(|row| row.name.clone()).or_else(|| added_to.clone()).or_else(own).unwrap_or_default();
                said = edit::add(&mut workspace.note_editor(), &mut deck, &mut term, with)?;
                added_to = Some(deck).filter(|_| said.is_some()).or(added_to);
            }
            Some(Command::Checkup) => said = checkup::sit(workspace, &mut term, with)?,
            // A held key takes back one step, not the whole history.
            Some(Command::Undo) if !alone || again && term.repeats()? => changed = false,
            Some(command @ (Command::Undo | Command::Redo | Command::UndoList)) => {
                said = steps::act(command, workspace, &mut term, with)?.map(|(said, _)| said);
            }
            Some(Command::Stats) => {
                changed = false;
                stats::run(workspace, &mut term, with)?;
            }
            Some(Command::Help) => {
                changed = false;
                pages::keys(&|width| help(Place::Home, with, width), &mut term, with)?;
            }
            // Esc goes back from everywhere, and one press too many is no wish to leave.
            Some(Command::Quit) if key.code == KeyCode::Esc => {
                changed = false;
                said = Some(format!("{} leaves", keys.first(Command::Quit)));
            }
            Some(Command::Quit) => return Ok(Leave::Quit),
            _ => changed = false,
        }
        if stop() {
            return Ok(Leave::Stopped);
        }
        if changed {
            known = Known::new(workspace)?;
        }
    }
}

/// Draws the screen from line `scroll` on, or where the chosen row is in sight; gives the line from which it was drawn.
fn draw(frame: &mut Frame<'_>, page: &Page<'_>, said: Option<&str>, mut scroll: u16) -> u16 {
    let (overview, look) = (page.overview, page.with.look);
    let (area, has_pane) = column_beside(frame.area(), overview.day > 0);
    // What was said stands in the foot, where it is in sight whatever the screen's height.
    let said = said.map_or_else(Vec::new, |said| wrapped(said, usize::from(area.width), style(Tone::Near, look)));
    let (head, body, mut foot) = parts(area, u16::try_from(said.len() + 1).unwrap_or(1));
    frame.render_widget(page.head(usize::from(head.width)), head);
    let above = Rect { height: foot.height.saturating_sub(1), ..foot };
    frame.render_widget(Paragraph::new(said), above);
    foot = Rect { y: foot.y + above.height, height: foot.height - above.height, ..foot };
    let left = match has_pane {
        true => paint::pane(frame, body, look, |width| page.pane(width)),
        false => body,
    };
    let (lines, at) = page.lines(usize::from(left.width), has_pane);
    // The chosen row stays in sight.
    let at = u16::try_from(at).unwrap_or(u16::MAX);
    if page.chosen == 0 {
        // What to do now is above the decks, and matters more than the first of them.
        scroll = 0;
    } else if at >= scroll + left.height {
        scroll = (at + 1).saturating_sub(left.height);
    } else if at < scroll {
        scroll = at;
    }
    scroll = scrolled(frame, left, lines, scroll);
    frame.render_widget(bar(bottom(overview, page.with.keys), 2, foot.width, look), foot);
    scroll
}

/// The keys that work now.
fn bottom(overview: &Overview, keys: &Keymap) -> Vec<(String, Tone)> {
    let mut pieces = Vec::new();
    if overview.fit.all > 0 {
        let first = if overview.first_run { "begins" } else { "review" };
        pieces.push((format!("{} {first}", keys.shown(Command::Reveal, "enter")), Tone::Accent));
    } else if overview.nothing.as_ref().is_some_and(|nothing| nothing.has_more()) {
        pieces.push((format!("{} more", keys.first(Command::More)), Tone::Accent));
    }
    let others = [
        // The notice of a check-up names its key.
        (Command::Browse, "browse"),
        (Command::Stats, "stats"),
        (Command::Add, "add"),
        (Command::Actions, "decks"),
        (Command::Help, "keys"),
        (Command::Quit, "leave"),
    ];
    for (command, word) in others {
        let key = keys.first(command);
        // Nothing to count before the first answer.
        let is_early = command == Command::Stats && overview.first_run;
        if !key.is_empty() && !is_early {
            pieces.push((format!("{key} {word}"), Tone::Quiet));
        }
    }
    pieces
}

/// Whether a deck lies in one that is folded.
fn is_inside(name: &str, folded: &BTreeSet<String>) -> bool {
    name.match_indices("::").any(|(at, _)| name.get(..at).is_some_and(|outer| folded.contains(outer)))
}

/// A sitting, a longer one than the day has where that is wanted; what it came to in one text, where the last screen has not said it.
fn sit(
    workspace: &mut Workspace<'_>,
    (decks, is_longer): (&Decks<'_>, bool),
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let mut sitting = if is_longer { workspace.sit_longer(decks)? } else { workspace.sit(decks)? };
    let is_said = session(&mut sitting, term, with)?;
    let no_backup = sitting.end_backup();
    if is_said {
        return Ok(no_backup);
    }
    let mut lines = words::summary(&sitting.summary(), &sitting.waits()?, sitting.settings(), Some(with.keys));
    lines.extend(no_backup);
    Ok(Some(joined(&lines)))
}
