//! Steps that are taken back or brought back; the list of those that can be, and how far to go back.

use crate::core::text::counted;
use crate::core::text::joined;
use crate::failure::Failure;
use crate::ops::action_words;
use crate::ops::review::Notice;
use crate::ops::review::Review;
use crate::ops::undo::Doubt;
use crate::ops::workspace::ActionLine;
use crate::ops::workspace::Workspace;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::document;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::MouseEventKind;
use ratatui::text::Line;

/// Where steps are made, and so taken back.
pub(super) trait Steps {
    /// The newest ones.
    fn steps(&self) -> Result<Vec<ActionLine>, Failure>;

    /// What is asked before the newest one is taken back.
    fn doubt(&self) -> Result<Option<Doubt>, Failure>;

    /// Takes back the newest one; what it was, or nothing where there is none.
    fn undo(&mut self) -> Result<Option<String>, Failure>;

    /// Brings back what was taken back last; what it was, or nothing where there is none.
    fn redo(&mut self) -> Result<Option<String>, Failure>;
}

impl Steps for Workspace<'_> {
    fn steps(&self) -> Result<Vec<ActionLine>, Failure> {
        self.steps()
    }

    fn doubt(&self) -> Result<Option<Doubt>, Failure> {
        self.doubt()
    }

    fn undo(&mut self) -> Result<Option<String>, Failure> {
        self.undo()
    }

    fn redo(&mut self) -> Result<Option<String>, Failure> {
        self.redo()
    }
}

impl Steps for Review<'_> {
    fn steps(&self) -> Result<Vec<ActionLine>, Failure> {
        self.steps()
    }

    fn doubt(&self) -> Result<Option<Doubt>, Failure> {
        self.doubt()
    }

    fn undo(&mut self) -> Result<Option<String>, Failure> {
        Ok(match self.undo()? {
            Notice::Undone(label) => Some(label),
            _ => None,
        })
    }

    fn redo(&mut self) -> Result<Option<String>, Failure> {
        self.redo()
    }
}

/// Does what a key for steps asks for: takes back the newest one, or as many as are chosen in their list, or brings one back. A step
/// about many cards, or one that was not made here, is shown in the list first. Gives what to say, and whether something may have
/// changed.
pub(super) fn act(
    command: Command,
    made: &mut dyn Steps,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<(String, bool)>, Failure> {
    if command == Command::Redo {
        let undo = with.keys.first(Command::Undo);
        return Ok(Some(match made.redo() {
            Ok(label) => {
                let back = label.as_ref().map(|_| format!("{undo} takes it back again"));
                (joined(&std::iter::once(words::brought_back(label.as_deref())).chain(back).collect::<Vec<_>>()), true)
            }
            Err(failure) => (failure.to_string(), false),
        }));
    }
    let count = match made.doubt()? {
        None if command == Command::Undo => 1,
        doubt => run(&made.steps()?, doubt.filter(|_| command == Command::Undo), term, with)?,
    };
    Ok((count > 0).then(|| take_back(count, &with.keys.shown(Command::Redo, "ctrl-r"), || made.undo())))
}

/// What is said above the list to somebody whose key would take back the newest step; `undo` is that key.
fn named(doubt: Doubt, undo: &str) -> String {
    let why = match doubt {
        Doubt::Notes(count) => format!("This changes {}", counted(count, "note", "notes")),
        Doubt::Cards(count) => format!("This changes {}", counted(count, "card", "cards")),
        Doubt::Older => "You did this before you came here".to_owned(),
    };
    format!("{why}: {undo} again takes it back, Esc leaves it.")
}

/// Shows the steps, newest first; gives how many of those that still count are to be taken back, 0 for none.
fn run(steps: &[ActionLine], doubt: Option<Doubt>, term: &mut Term, with: ScreenContext<'_>) -> Result<usize, Failure> {
    let counting: Vec<usize> = (0..steps.len()).filter(|i| steps.get(*i).is_some_and(|step| !step.voided)).collect();
    let last = counting.len().saturating_sub(1);
    let mut chosen = 0_usize;
    let mut scroll = 0;
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            frame.render_widget(say("Steps, newest first", Tone::Strong, with.look), head);
            let mut lines = Vec::new();
            if let Some(doubt) = doubt {
                let said = named(doubt, &with.keys.first(Command::Undo));
                lines.extend(wrapped(&said, usize::from(body.width), style(Tone::Near, with.look)));
                lines.push(Line::default());
            }
            let (mut from, mut to) = (0, 0);
            for (index, step) in steps.iter().enumerate() {
                let place = counting.iter().position(|i| *i == index);
                // Going back to a step takes back all that came after it, too.
                let goes = place.is_some_and(|place| place <= chosen);
                let mark = if place == Some(chosen) {
                    "▸ "
                } else if goes {
                    "│ "
                } else {
                    "  "
                };
                let tone = if step.voided {
                    Tone::Quiet
                } else if goes {
                    Tone::Strong
                } else {
                    Tone::Plain
                };
                if place == Some(chosen) {
                    from = lines.len();
                }
                lines.extend(document::hanging(mark, &words_of(step), usize::from(body.width), style(tone, with.look)));
                if place == Some(chosen) {
                    to = lines.len();
                }
            }
            if counting.is_empty() {
                lines.push(say("There is nothing to take back", Tone::Plain, with.look));
            }
            let (from, to) = (u16::try_from(from).unwrap_or(u16::MAX), u16::try_from(to).unwrap_or(u16::MAX));
            scroll = scroll.min(from).max(to.saturating_sub(body.height));
            scroll = scrolled(frame, body, lines, scroll);
            let [take, keep] = [(Command::Reveal, "enter"), (Command::Quit, "esc")];
            let key = |(command, usual)| with.keys.shown(command, usual);
            let back = format!("{} takes back {}", key(take), counted(chosen + 1, "step", "steps"));
            let mut pieces = vec![(format!("{} keeps all", key(keep)), Tone::Quiet)];
            if !counting.is_empty() {
                pieces.insert(0, (back, Tone::Plain));
            }
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        let key = match term.next(with.stop)? {
            None if (with.stop)() => return Ok(0),
            Some(Event::Key(key)) => key,
            Some(Event::Mouse(mouse)) => {
                match mouse.kind {
                    MouseEventKind::ScrollDown => chosen = (chosen + 1).min(last),
                    MouseEventKind::ScrollUp => chosen = chosen.saturating_sub(1),
                    _ => {}
                }
                continue;
            }
            _ => continue,
        };
        if leaves(&key) {
            return Ok(0);
        }
        match with.keys.command(&key) {
            Some(Command::Down) => chosen = (chosen + 1).min(last),
            Some(Command::Up) => chosen = chosen.saturating_sub(1),
            Some(Command::PageDown) => chosen = (chosen + 10).min(last),
            Some(Command::PageUp) => chosen = chosen.saturating_sub(10),
            Some(Command::Reveal) if !counting.is_empty() => return Ok(chosen + 1),
            // Held, it is no second key.
            Some(Command::Undo) if !term.repeats()? => return Ok(counting.len().min(1)),
            Some(Command::Quit | Command::Left | Command::UndoList) => return Ok(0),
            _ => {}
        }
    }
}

/// Takes back up to `count` steps, the newest first, until there is none or one fails. Gives what to say, with the key that brings
/// back, and whether something may have changed: what was taken back before a failure is.
fn take_back(count: usize, redo: &str, mut undo: impl FnMut() -> Result<Option<String>, Failure>) -> (String, bool) {
    let mut labels = Vec::new();
    for _ in 0..count {
        match undo() {
            Ok(Some(label)) => labels.push(label),
            Ok(None) => break,
            Err(failure) if labels.is_empty() => return (failure.to_string(), false),
            Err(failure) => return (joined(&[words::taken_back(&labels), failure.to_string()]), true),
        }
    }
    let said = words::taken_back(&labels);
    let back = match labels.len() {
        0 => return (said, true),
        1 => format!("{redo} brings it back"),
        _ => format!("{redo} brings them back, one at a time"),
    };
    (joined(&[vec![said], Some(back).filter(|_| !redo.is_empty()).into_iter().collect()].concat()), true)
}

fn words_of(step: &ActionLine) -> String {
    let at = step.at.to_datetime().map_or_else(String::new, |at| at.format("%m-%d %H:%M").to_string());
    let many = usize::try_from(step.cards).ok().filter(|cards| *cards > 1);
    let many = many.map_or_else(String::new, |cards| format!(" ({})", counted(cards, "card", "cards")));
    let undone = if step.voided { " (taken back)" } else { "" };
    format!("{at}  {}{many}{undone}", action_words::words(step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_back_before_a_failure_is_said_with_it() {
        let run = |count, fails_at| {
            let mut done = 0;
            take_back(count, "Ctrl-R", || {
                done += 1;
                if done == fails_at {
                    Err(Failure::failed("the disk is full"))
                } else {
                    Ok(Some(format!("step {done}")))
                }
            })
        };
        let (said, changed) = run(3, 2);
        assert!(said.contains("Took back: step 1") && said.contains("the disk is full") && changed, "{said}");
        let (said, changed) = run(3, 1);
        assert!(!said.contains("ook back") && said.contains("the disk is full") && !changed, "{said}");
        let back = "Ctrl-R brings them back, one at a time";
        assert_eq!(run(2, 9), (format!("Took back 2 steps, down to: step 2. {back}"), true));
        assert_eq!(run(1, 9), ("Took back: step 1. Ctrl-R brings it back".to_owned(), true));
        assert_eq!(take_back(2, "Ctrl-R", || Ok(None)), ("There is nothing to take back".to_owned(), true));
    }
}
