//! The list of steps that can be taken back: what each was, and how far to go back.

use crate::core::text::counted;
use crate::core::text::joined;
use crate::failure::Failure;
use crate::ops::action_words::words;
use crate::ops::review::Notice;
use crate::ops::review::Review;
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
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crate::ui::words::taken_back;
use crossterm::event::Event;

/// Shows the steps, newest first; gives how many of those that still count are to be taken back, 0 for none.
pub(super) fn run(steps: &[ActionLine], term: &mut Term, with: ScreenContext<'_>) -> Result<usize, Failure> {
    let counting: Vec<usize> = (0..steps.len()).filter(|i| steps.get(*i).is_some_and(|step| !step.voided)).collect();
    let mut chosen = 0_usize;
    let mut scroll = 0;
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            frame.render_widget(say("Steps, newest first", Tone::Strong, with.look), head);
            let mut lines = Vec::new();
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
            _ => continue,
        };
        if leaves(&key) {
            return Ok(0);
        }
        let last = counting.len().saturating_sub(1);
        match with.keys.command(&key) {
            Some(Command::Down) => chosen = (chosen + 1).min(last),
            Some(Command::Up) => chosen = chosen.saturating_sub(1),
            Some(Command::PageDown) => chosen = (chosen + 10).min(last),
            Some(Command::PageUp) => chosen = chosen.saturating_sub(10),
            Some(Command::Reveal) if !counting.is_empty() => return Ok(chosen + 1),
            Some(Command::Undo) => return Ok(counting.len().min(1)),
            Some(Command::Quit | Command::Left | Command::UndoList) => return Ok(0),
            _ => {}
        }
    }
}

/// Takes back up to `count` steps, the newest first, until there is none or one fails. Gives what to say, and whether something
/// may have changed: what was taken back before a failure is.
pub(super) fn take_back(count: usize, mut undo: impl FnMut() -> Result<Option<String>, Failure>) -> (String, bool) {
    let mut labels = Vec::new();
    for _ in 0..count {
        match undo() {
            Ok(Some(label)) => labels.push(label),
            Ok(None) => break,
            Err(failure) if labels.is_empty() => return (failure.to_string(), false),
            Err(failure) => return (joined(&[taken_back(&labels), failure.to_string()]), true),
        }
    }
    (taken_back(&labels), true)
}

/// Takes back up to `count` steps of a review, as [`take_back`] does.
pub(super) fn take_back_in(review: &mut Review<'_>, count: usize) -> (String, bool) {
    take_back(count, || match review.undo()? {
        Notice::Undone(label) => Ok(Some(label)),
        _ => Ok(None),
    })
}

/// Takes back the newest step of today, and says what it was. What was done on an earlier day one key does not take back unseen: that
/// step is named, and the list of steps goes back to it.
pub(super) fn take_back_newest(workspace: &mut Workspace, with: ScreenContext<'_>) -> String {
    match workspace.older_step() {
        Err(failure) => failure.to_string(),
        Ok(Some(step)) => {
            let list = with.keys.first(Command::UndoList);
            format!(
                "There is nothing of today to take back. The newest step is older: {step}. {list} lists the steps and goes back"
            )
        }
        Ok(None) => take_back(1, || workspace.undo()).0,
    }
}

fn words_of(step: &ActionLine) -> String {
    let at = step.at.to_datetime().map_or_else(String::new, |at| at.format("%m-%d %H:%M").to_string());
    let many = usize::try_from(step.cards).ok().filter(|cards| *cards > 1);
    let many = many.map_or_else(String::new, |cards| format!(" ({})", counted(cards, "card", "cards")));
    let undone = if step.voided { " (taken back)" } else { "" };
    format!("{at}  {}{many}{undone}", words(step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_back_before_a_failure_is_said_with_it() {
        let run = |count, fails_at| {
            let mut done = 0;
            take_back(count, || {
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
        assert_eq!(run(2, 9), ("Took back 2 steps, down to: step 2".to_owned(), true));
        assert_eq!(take_back(2, || Ok(None)), ("There is nothing to take back".to_owned(), true));
    }
}
