//! A card has become a leech: its history, and what can be done about it.

use crate::core::document::Side;
use crate::core::id::CardId;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::review::Review;
use crate::ui::keymap::Command;
use crate::ui::keymap::Keymap;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::document;
use crate::ui::tui::edit;
use crate::ui::tui::form;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::scrolls;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crate::ui::words;
use crossterm::event::Event;
use ratatui::style::Style;
use ratatui::text::Line;

/// Shows the offers until one is taken or a key says no; gives what was done, for the next screen to say.
pub(super) fn run(
    card: CardId,
    suspended: bool,
    review: &mut Review<'_>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let Some(page) = review.page(card)? else { return Ok(None) };
    let mut guard = Guard::new(review.settings().look_ms);
    let (mut scroll, mut height) = (0, 1);
    term.drain()?;
    guard.shown(review.ticks_ms());
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            let title =
                fit(&format!("A leech: {}", one_line(&page.line.known_by(page.line.name()))), usize::from(head.width));
            frame.render_widget(say(&title, Tone::Near, with.look), head);
            let width = usize::from(body.width);
            let text = &page.line.text;
            let mut lines = wrapped(&words::leech_history(&page), width, Style::new());
            if suspended {
                lines.extend(wrapped("It is suspended now, as your settings say", width, Style::new()));
            }
            lines.push(Line::default());
            for (command, what) in offers(suspended) {
                let key = with.keys.first(command);
                lines.extend(document::hanging(&format!("  {key:<5} "), what, width, Style::new()));
            }
            lines.push(Line::default());
            lines.extend(document::lines(&text.prompt_document(card.ordinal), Side::Answer, width, with.look));
            lines.push(say(&"─".repeat(width), Tone::Quiet, with.look));
            lines.extend(document::lines(&text.answer_document(card.ordinal), Side::Answer, width, with.look));
            height = body.height.max(1);
            scroll = scrolled(frame, body, lines, scroll);
            let pieces = [("any other key keeps it as it is".to_owned(), Tone::Quiet)];
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        let key = match term.next(with.stop)? {
            None if (with.stop)() => return Ok(None),
            Some(Event::Key(key)) => key,
            _ => continue,
        };
        if leaves(&key) {
            return Ok(None);
        }
        // The key that graded it may still be held.
        if !guard.admits(review.ticks_ms()) {
            continue;
        }
        let command = with.keys.command(&key);
        match command {
            command if scrolls(command, &mut scroll, height) => {}
            Some(Command::Suspend) if !suspended => {
                return Ok(Some(done(review.suspend(card), &taken_out(with.keys))));
            }
            Some(Command::Edit) => {
                let Some(said) = edit::edit(&mut review.note_editor(), card, None, term, with)? else { continue };
                review.show_edited()?;
                return Ok(Some(said));
            }
            Some(Command::Hint) => {
                let Some(texts) = form::ask(&page.line.text.listed_prompt(card.ordinal), &["Its hint"], term, with)?
                else {
                    continue;
                };
                let hint = texts.concat();
                return Ok(Some(done(review.give_hint(card, &hint), "It has the hint now")));
            }
            Some(Command::Split) => match split(card, review, term, with)? {
                Some(said) => return Ok(Some(said)),
                None => continue,
            },
            _ => return Ok(None),
        }
    }
}

/// A second card for half of what this one asks; what to say about it, or nothing where it was left.
pub(super) fn split(
    card: CardId,
    review: &mut Review<'_>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let title = "A smaller card beside this one, in the same deck";
    let Some(texts) = form::ask(title, &["Question", "Answer"], term, with)? else { return Ok(None) };
    let [question, answer] = texts.as_slice() else { return Ok(None) };
    Ok(Some(done(review.add_beside(card, question, answer), "Added; it comes with the next new cards")))
}

fn taken_out(keys: &Keymap) -> String {
    format!("It is taken out; {} takes that back", keys.first(Command::Undo))
}

fn offers(suspended: bool) -> impl Iterator<Item = (Command, &'static str)> {
    words::LEECH_OFFERS.iter().copied().filter(move |(command, _)| !(suspended && *command == Command::Suspend))
}

fn done(result: Result<(), Failure>, said: &str) -> String {
    result.map_or_else(|failure| failure.to_string(), |()| said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::settings::KeyPreset;

    #[test]
    fn what_takes_the_card_back_is_named_by_the_key_that_is_bound() {
        let said = |undo: &str| {
            let changes = [("undo".to_owned(), undo.to_owned())].into();
            taken_out(&Keymap::new(KeyPreset::Usual, &changes).unwrap())
        };
        assert_eq!(said("u"), "It is taken out; u takes that back");
        assert_eq!(said("z"), "It is taken out; z takes that back");
    }
}
