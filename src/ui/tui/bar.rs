//! The line of keys at a screen's foot: those that work now, and what a key does here in the help.

use crate::core::card::Ask;
use crate::ui::Look;
use crate::ui::WHAT_THEY_ARE;
use crate::ui::keymap::BROWSE;
use crate::ui::keymap::Command;
use crate::ui::keymap::FORMS;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::say;
use crate::ui::words::SAME_INTERVALS;
use ratatui::text::Line;
use unicode_width::UnicodeWidthStr as _;

/// The most keys that a line shows.
pub(super) const MOST_KEYS: usize = 7;

/// A line of keys, of which the last `kept` stay whatever the width: those that help and leave.
pub(super) fn bar(mut pieces: Vec<(String, Tone)>, kept: usize, width: u16, look: Look) -> Line<'static> {
    let wide = |pieces: &[(String, Tone)]| {
        let words: usize = pieces.iter().map(|(text, _)| text.width()).sum();
        words + 2 * pieces.len().saturating_sub(1)
    };
    // The first one says what the screen is for, so those in the middle go first.
    while pieces.len() > MOST_KEYS || wide(&pieces) > usize::from(width) {
        let last = pieces.len().saturating_sub(kept);
        if last > 1 {
            pieces.remove(last - 1);
        } else if pieces.len() > 1 {
            pieces.remove(1);
        } else {
            break;
        }
    }
    footer(&pieces, width, look)
}

/// A screen whose keys the help lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Home,
    List,
    Primer,
    Question(Ask),
    Answer,
    /// With what is offered there.
    End(&'static [Command]),
    Checkup,
    /// Text to be read.
    Page,
    /// The statistics.
    Stats,
    /// Text to be typed.
    Form,
}

/// Commands under a heading.
type Group = (&'static str, &'static [Command]);

const CARD: Group = (
    "This card",
    &[
        Command::Info,
        Command::Edit,
        Command::Open,
        Command::Hint,
        Command::Bury,
        Command::Suspend,
        Command::Mark,
        Command::Split,
        Command::Search,
    ],
);
const BACK: Group = ("Go back", &[Command::Undo, Command::Redo, Command::UndoList]);
const MOVE: Group = ("Move", &[Command::Down, Command::Up, Command::PageDown, Command::PageUp]);
const LEAVE: Group = ("Leave", &[Command::Help, Command::Quit]);

impl Place {
    fn groups(self) -> Vec<Group> {
        match self {
            Self::Home => vec![
                ("Begin", &[Command::Reveal, Command::More, Command::Checkup]),
                ("Cards", &[Command::Browse, Command::Search, Command::Add, Command::Stats]),
                ("Decks", &[Command::Down, Command::Up, Command::Left, Command::Right, Command::Actions]),
                BACK,
                LEAVE,
            ],
            Self::List => vec![("This list", BROWSE)],
            Self::Primer => vec![
                ("Begin", &[Command::Reveal]),
                ("The card behind it", &[Command::Info, Command::Edit]),
                BACK,
                MOVE,
                LEAVE,
            ],
            Self::Question(_) => vec![("Answer", &[Command::Reveal]), CARD, BACK, MOVE, LEAVE],
            Self::Answer => vec![
                (
                    "Grade",
                    &[Command::Reveal, Command::Guessed, Command::Again, Command::Hard, Command::Good, Command::Easy],
                ),
                CARD,
                BACK,
                MOVE,
                LEAVE,
            ],
            Self::End(offers) => {
                vec![("Go on", offers), ("The last card", &[Command::Info, Command::Edit]), BACK, MOVE, LEAVE]
            }
            Self::Page | Self::Stats => vec![MOVE, ("Read on", &[Command::Reveal]), LEAVE],
            Self::Form => vec![("This form", FORMS), ("Help", &[Command::Help])],
            Self::Checkup => vec![("Answer", &[Command::Reveal]), ("Go back", &[Command::Undo]), MOVE, LEAVE],
        }
    }

    /// What else there is to know, where letters or digits mean something.
    fn notes(self) -> &'static [&'static str] {
        match self {
            Self::Home | Self::List | Self::Primer | Self::End(_) | Self::Page => &[],
            Self::Stats => WHAT_THEY_ARE,
            Self::Form => &[
                "Up and Down, or Shift-Tab, go to other fields. The right arrow completes what is offered in grey.",
                "What you type is kept if lmq ends before you save it, and offered the next time.",
            ],
            Self::Answer => &["1 … 4 grade: Again, Hard, Good, Easy (on six grades 0 … 5)", SAME_INTERVALS],
            Self::Checkup => &[
                "0 says that you don't know. A choice: its digit, or arrows and Enter.",
                "While you type, Esc makes letters keys, and letters again.",
            ],
            Self::Question(ask) => match ask {
                Ask::Type => &[
                    "Type the answer, then Enter. Enter or Space alone, with nothing typed, shows the answer.",
                    "While you type, Esc makes letters keys, and letters again; Tab shows the hint.",
                ],
                Ask::Say => &[
                    "Type the answer, then Enter. Said aloud, Enter or Space alone shows the answer.",
                    "While you type, Esc makes letters keys, and letters again; Tab shows the hint.",
                ],
                Ask::List(_) => &[
                    "Enter after each item; Enter or Space alone ends. Backspace takes the last item back.",
                    "With no item named, either shows the answer.",
                    "While you type, Esc makes letters keys, and letters again; Tab shows the hint.",
                ],
                Ask::Choose => {
                    &["A choice: its digit, or arrows and Enter. 0 shows the answer to somebody who makes none."]
                }
                Ask::Sort => &[
                    "A side: its digit or first letter, or arrows and Enter. 0 shows the answer to somebody who names none.",
                ],
                Ask::Order => &[
                    "Up and Down choose a line; Shift+Up and Shift+Down, or K and J, move it; a digit puts it in that place.",
                    "Enter ends, once a line was moved. 0 shows the answer to somebody who moves none.",
                ],
                Ask::Recall => &[],
            },
        }
    }
}

/// The keys that work on a screen, grouped.
pub(super) fn help(place: Place, with: ScreenContext<'_>, width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![say("Keys here", Tone::Strong, with.look)];
    let hanging = |lines: &mut Vec<Line<'static>>, text: &str| {
        let options = textwrap::Options::new(width.max(20)).subsequent_indent("              ");
        lines.extend(textwrap::wrap(text, options).into_iter().map(|line| Line::from(line.into_owned())));
    };
    for note in place.notes() {
        let options = textwrap::Options::new(width.max(20));
        lines.extend(textwrap::wrap(note, options).into_iter().map(|line| Line::from(line.into_owned())));
    }
    for (title, commands) in place.groups() {
        let bound: Vec<(String, Command)> = commands
            .iter()
            .map(|command| (with.keys.keys(*command), *command))
            .filter(|(keys, _)| !keys.is_empty())
            .collect();
        if bound.is_empty() {
            continue;
        }
        lines.push(Line::default());
        lines.push(say(title, Tone::Quiet, with.look));
        for (keys, command) in bound {
            hanging(&mut lines, &format!("{keys:<13} {}", what(place, command)));
        }
    }
    hanging(&mut lines, &format!("{:<13} leave at once; what is only typed so far is asked about", "ctrl-c"));
    hanging(&mut lines, &format!("{:<13} to the shell, `fg` comes back", "ctrl-z"));
    lines
}

/// What a command does on this screen.
fn what(place: Place, command: Command) -> &'static str {
    match (place, command) {
        (Place::Home, Command::Reveal) => "begin, with the deck that is chosen",
        (Place::Primer, Command::Reveal) => "go on to the card",
        (Place::Question(_), Command::Reveal) => "show the answer",
        (Place::Checkup, Command::Reveal) => "answer",
        (Place::Page | Place::Stats, Command::Reveal) => "go on to what the last line offers, or back",
        (Place::Page | Place::Stats, Command::Quit) => "go back",
        (Place::Answer, Command::Reveal) => "take the marked grade",
        (Place::Answer, Command::Undo) => "hide the answer again; once more takes back the newest step",
        (Place::Question(_) | Place::Answer, Command::Search) => "look for other cards; you come back to this one",
        (Place::Home, Command::More) => "more than the day's limits ask, once nothing waits",
        (Place::End(_), Command::More) => "go on for as many minutes again",
        (Place::Home, Command::Help) => "show this list",
        (Place::Home, Command::Actions) => "hide, rename or remove the deck that is chosen, or show a hidden one again",
        _ => command.what(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::settings::KeyPreset;
    use crate::ui::Palette;
    use crate::ui::keymap::Keymap;
    use crate::ui::tui::NoEditor;
    use std::collections::BTreeMap;

    const LOOK: Look = Look { colour: false, width: 80, links: false, palette: Palette::OWN, spoken: false };

    fn shown(words: &[&str], kept: usize, width: u16) -> String {
        let pieces = words.iter().map(|word| ((*word).to_owned(), Tone::Plain)).collect();
        bar(pieces, kept, width, LOOK).to_string()
    }

    #[test]
    fn help_and_leave_stay_in_the_line_of_keys_however_narrow_it_is() {
        let keys = ["Enter review", "c check-up", "b browse", "s stats", "a add", "u undo", "? keys", "q leave"];
        assert_eq!(shown(&keys, 2, 200).matches("  ").count(), MOST_KEYS - 1, "at most seven");
        for width in [40, 30, 24] {
            let line = shown(&keys, 2, width);
            assert!(line.contains("q leave") && line.width() <= usize::from(width), "{width}: {line}");
        }
        assert!(shown(&keys, 2, 30).contains("? keys"));
    }

    #[test]
    fn the_help_lists_what_works_on_the_screen_and_nothing_else() {
        let keys = Keymap::new(KeyPreset::Usual, &BTreeMap::new()).unwrap();
        let with = ScreenContext { look: LOOK, keys: &keys, stop: &|| false, editor: &NoEditor };
        let text = |place| {
            let lines = help(place, with, 80);
            lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        assert!(text(Place::Home).contains("browse") && !text(Place::Home).contains("hint"));
        assert!(text(Place::Answer).contains("Again") && !text(Place::Answer).contains("browse"));
        let typed = text(Place::Question(Ask::Type));
        assert!(typed.contains("Esc makes letters keys") && typed.contains("u             take back"), "{typed}");
        assert!(!text(Place::Home).contains("(undo)"), "names of settings are for the settings' page");
    }
}
