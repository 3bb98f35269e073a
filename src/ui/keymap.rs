//! Which key does what. Every binding can be changed in the settings; `?` shows what is in force.

#[cfg(test)]
mod tests;

use crate::core::grade::Button;
use crate::core::settings::KeyPreset;
use crate::core::text::capitalised;
use crate::core::text::nearest;
use crate::core::text::one_line;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use std::collections::BTreeMap;

/// What a key can do. The name is the one in the settings.
macro_rules! commands {
    ($($name:ident = $word:literal, $default:literal, $what:literal;)*) => {
        /// Something that a key does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command {
            $(#[doc = $what] $name,)*
        }

        impl Command {
            /// All of them, in the order of the help.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in the settings.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// Its usual keys, separated by spaces.
            #[must_use]
            pub fn usual(self) -> &'static str {
                match self { $(Self::$name => $default,)* }
            }

            /// What it does, for the help.
            #[must_use]
            pub fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)* }
            }
        }
    };
}

commands! {
    Reveal = "reveal", "space enter", "show the answer; then take the marked grade";
    Again = "again", "", "grade Again";
    Hard = "hard", "", "grade Hard";
    Good = "good", "", "grade Good";
    Easy = "easy", "", "grade Easy";
    Undo = "undo", "u", "take back the newest step";
    Redo = "redo", "ctrl-r", "bring back what was taken back last";
    UndoList = "undo_list", "U", "list the newest steps, and go back to one";
    Bury = "bury", "-", "hold the card back until tomorrow";
    Suspend = "suspend", "!", "take the card out";
    Mark = "mark", "*", "set or take away the star";
    Info = "info", "i", "why this card, its numbers, its topic; twice: everything about it";
    Hint = "hint", "h", "show the hint";
    Guessed = "guessed", "g", "right, but a guess: Hard";
    Split = "split", "+", "add a card that takes over half of this one";
    Up = "up", "k up", "up";
    Down = "down", "j down", "down";
    Left = "left", "left", "left; fold a deck";
    Right = "right", "right", "right; unfold a deck";
    PageUp = "page_up", "pageup", "a page up";
    PageDown = "page_down", "pagedown", "a page down";
    Edit = "edit", "e", "change the card's text";
    Add = "add", "a", "add a card";
    Open = "open", "o", "open; in a review, the card's pictures and sounds";
    Search = "search", "/", "search";
    Browse = "browse", "b", "browse all cards";
    Checkup = "checkup", "c", "a check-up: scenes that no review asks";
    Stats = "stats", "s", "what you know, and what is to come";
    Help = "help", "? f1", "show all keys; F1 while you type, too";
    Quit = "quit", "q esc", "leave; everything is kept";
    First = "first", "home", "the first card of the list";
    Last = "last", "end G", "the last card of the list";
    Select = "select", "space", "select the card, or let go of it; Shift and an arrow select on the way";
    SelectRange = "select_range", "v", "select all cards from here to where you go; again ends that";
    SelectAll = "select_all", "A", "select every card of the list, or none";
    Page = "page", "enter", "open the card's page";
    Saved = "saved_searches", "f", "save the search, or choose a saved one";
    Actions = "actions", "x", "what can be done with the selected cards";
    Sort = "sort", "o", "sort the list";
    Columns = "columns", "c", "choose the columns";
    Tag = "tag", "t", "give the cards tags";
    Untag = "untag", "T", "take a tag from the cards";
    Move = "move", "m", "move the cards to another deck";
    SetDue = "set_due", "d", "choose the day on which the cards are due";
    Reset = "reset", "R", "make the cards new again";
    Delete = "delete", "D", "delete the cards' notes";
    More = "more", "m", "more than the session or the day has: minutes, due cards, new ones";
    Scene = "scene", "w", "write down a scene of your own";
    NoScene = "no_scene", "n", "never offer that again";
    FormSave = "form_save", "enter", "take what is typed";
    FormLeave = "form_leave", "esc", "leave what is typed";
    FormNext = "form_next", "tab", "the next field";
    FormLine = "form_line", "ctrl-j", "a new line in the field";
    FormEditor = "form_editor", "ctrl-e", "the whole card in your editor";
}

/// What works where texts are typed. Here letters are letters, so that none of these has one for a key.
pub const FORMS: &[Command] =
    &[Command::FormSave, Command::FormLeave, Command::FormNext, Command::FormLine, Command::FormEditor];

/// What works on the first screen.
pub const HOME: &[Command] = &[
    Command::Up,
    Command::Down,
    Command::PageUp,
    Command::PageDown,
    Command::Left,
    Command::Right,
    Command::Reveal,
    Command::Open,
    Command::More,
    Command::Browse,
    Command::Search,
    Command::Add,
    Command::Checkup,
    Command::Stats,
    Command::Actions,
    Command::Undo,
    Command::Redo,
    Command::UndoList,
    Command::Help,
    Command::Quit,
];

/// What works while browsing. Here the keys of a command need not be free on other screens.
pub const BROWSE: &[Command] = &[
    Command::Up,
    Command::Down,
    Command::PageUp,
    Command::PageDown,
    Command::First,
    Command::Last,
    Command::Search,
    Command::Saved,
    Command::Sort,
    Command::Columns,
    Command::Select,
    Command::SelectRange,
    Command::SelectAll,
    Command::Actions,
    Command::Page,
    Command::Info,
    Command::Edit,
    Command::Add,
    Command::Suspend,
    Command::Bury,
    Command::Mark,
    Command::Tag,
    Command::Untag,
    Command::Move,
    Command::SetDue,
    Command::Reset,
    Command::Delete,
    Command::Undo,
    Command::Redo,
    Command::UndoList,
    Command::Help,
    Command::Quit,
];

impl Command {
    /// Whether it works in lists alone: that of cards, and for one of them that of decks.
    fn is_for_lists(self) -> bool {
        matches!(
            self,
            Self::First
                | Self::Last
                | Self::Select
                | Self::SelectRange
                | Self::SelectAll
                | Self::Page
                | Self::Actions
                | Self::Saved
                | Self::Sort
                | Self::Columns
                | Self::Tag
                | Self::Untag
                | Self::Move
                | Self::SetDue
                | Self::Reset
                | Self::Delete
        )
    }

    /// Whether there is a screen on which both work, so that they can't have the same key.
    fn meets(self, other: Self) -> bool {
        let on_one = |screen: &[Self]| screen.contains(&self) && screen.contains(&other);
        let elsewhere = |command: Self| !command.is_for_lists() && !FORMS.contains(&command);
        on_one(HOME) || on_one(BROWSE) || on_one(FORMS) || elsewhere(self) && elsewhere(other)
    }

    /// Its keys in a preset, separated by spaces. Grades have the digits, which no preset moves.
    #[must_use]
    pub fn preset(self, preset: KeyPreset) -> &'static str {
        match (preset, self) {
            // Anki undoes with Ctrl-Z, which in a terminal goes to the shell.
            (KeyPreset::Anki, Self::Undo) => "u z",
            (KeyPreset::Anki, Self::Suspend) => "@",
            (KeyPreset::Usual | KeyPreset::Anki | KeyPreset::Sm2, _) => self.usual(),
        }
    }

    /// The button that it presses, if it grades.
    #[must_use]
    pub fn button(self) -> Option<Button> {
        Button::ALL.into_iter().find(|button| button.name().eq_ignore_ascii_case(self.name()))
    }
}

/// A key as it is written in the settings: `u`, `space`, `ctrl-c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    code: KeyCodeName,
    ctrl: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum KeyCodeName {
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    F(u8),
}

const NAMES: &[(&str, KeyCodeName)] = &[
    ("space", KeyCodeName::Char(' ')),
    ("enter", KeyCodeName::Enter),
    ("esc", KeyCodeName::Esc),
    ("tab", KeyCodeName::Tab),
    ("backspace", KeyCodeName::Backspace),
    ("up", KeyCodeName::Up),
    ("down", KeyCodeName::Down),
    ("left", KeyCodeName::Left),
    ("right", KeyCodeName::Right),
    ("pageup", KeyCodeName::PageUp),
    ("pagedown", KeyCodeName::PageDown),
    ("home", KeyCodeName::Home),
    ("end", KeyCodeName::End),
];

impl Key {
    /// Reads a key's name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (ctrl, name) = match text.strip_prefix("ctrl-") {
            Some(name) => (true, name),
            None => (false, text),
        };
        let mut chars = name.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCodeName::Char(c),
            _ => {
                let function = || name.strip_prefix('f')?.parse().ok().map(KeyCodeName::F);
                NAMES.iter().find(|(known, _)| *known == name).map(|(_, code)| *code).or_else(function)?
            }
        };
        Some(Self { code, ctrl })
    }

    /// The key of an event, if it is one that can be bound.
    #[must_use]
    pub fn of(event: &KeyEvent) -> Option<Self> {
        let code = match event.code {
            KeyCode::Char(c) => KeyCodeName::Char(c),
            KeyCode::Enter => KeyCodeName::Enter,
            KeyCode::Esc => KeyCodeName::Esc,
            KeyCode::Tab => KeyCodeName::Tab,
            KeyCode::Backspace => KeyCodeName::Backspace,
            KeyCode::Up => KeyCodeName::Up,
            KeyCode::Down => KeyCodeName::Down,
            KeyCode::Left => KeyCodeName::Left,
            KeyCode::Right => KeyCodeName::Right,
            KeyCode::PageUp => KeyCodeName::PageUp,
            KeyCode::PageDown => KeyCodeName::PageDown,
            KeyCode::Home => KeyCodeName::Home,
            KeyCode::End => KeyCodeName::End,
            KeyCode::F(number) => KeyCodeName::F(number),
            _ => return None,
        };
        Some(Self { code, ctrl: event.modifiers.contains(KeyModifiers::CONTROL) })
    }

    /// Whether it writes, or takes back what is written, where texts are typed.
    fn types(self) -> bool {
        !self.ctrl && matches!(self.code, KeyCodeName::Char(_) | KeyCodeName::Backspace)
    }

    /// Its name, for the help.
    #[must_use]
    pub fn name(self) -> String {
        let name = NAMES.iter().find(|(_, code)| *code == self.code).map(|(name, _)| (*name).to_owned());
        let name = name.unwrap_or_else(|| match self.code {
            KeyCodeName::Char(c) => c.to_string(),
            KeyCodeName::F(number) => format!("f{number}"),
            _ => String::new(),
        });
        if self.ctrl { format!("ctrl-{name}") } else { name }
    }
}

/// The bindings in force: for each key its commands, of which no two work on one screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap(BTreeMap<Key, Vec<Command>>);

/// What is wrong with bindings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// Two commands on one key.
    #[error("`{key}` is bound to both `{first}` and `{second}`")]
    Conflict {
        /// The key.
        key: String,
        /// One command.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// No such command.
    #[error("there is no command `{name}`{}", near.as_deref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    Unknown {
        /// What was written.
        name: String,
        /// The command with the nearest name.
        near: Option<String>,
    },
    /// No such key.
    #[error("`{0}` is not a key; write a character, or space, enter, esc, tab, up, down, left, right, ctrl-x")]
    NoKey(String),
    /// A digit grades and can't be bound.
    #[error("`{0}` grades; bind another key")]
    Digit(String),
    /// A key that is typed.
    #[error("`{key}` is typed in forms, so it can't be `{command}`; bind enter, esc, tab, or ctrl- and a letter")]
    Typed {
        /// The key.
        key: String,
        /// The command.
        command: &'static str,
    },
    /// The terminal's own key.
    #[error("`{0}` is the terminal's: ctrl-c and ctrl-d leave, ctrl-z goes to the shell; bind another key")]
    Taken(String),
}

impl Keymap {
    /// The bindings of a preset with `changes` (command name → keys, separated by spaces) in their place.
    ///
    /// # Errors
    /// When a command or key is unknown, or two commands share a key: both are named.
    pub fn new(preset: KeyPreset, changes: &BTreeMap<String, String>) -> Result<Self, KeymapError> {
        for name in changes.keys() {
            if !Command::ALL.iter().any(|command| command.name() == name) {
                let near = nearest(name, Command::ALL.iter().map(|command| command.name()));
                return Err(KeymapError::Unknown { name: one_line(name), near: near.map(str::to_owned) });
            }
        }
        let mut bound: BTreeMap<Key, Vec<Command>> = BTreeMap::new();
        // Changed ones first: a usual key that someone took for another command is not a conflict.
        let (changed, usual): (Vec<Command>, Vec<Command>) =
            Command::ALL.iter().partition(|command| changes.contains_key(command.name()));
        for command in changed {
            for text in changes.get(command.name()).map_or("", String::as_str).split_whitespace() {
                let key = Key::parse(text).ok_or_else(|| KeymapError::NoKey(text.to_owned()))?;
                if text.len() == 1 && text.chars().all(|c| c.is_ascii_digit()) {
                    return Err(KeymapError::Digit(text.to_owned()));
                }
                if ["ctrl-c", "ctrl-d", "ctrl-z"].contains(&text) {
                    return Err(KeymapError::Taken(text.to_owned()));
                }
                if FORMS.contains(&command) && key.types() {
                    return Err(KeymapError::Typed { key: text.to_owned(), command: command.name() });
                }
                let here = bound.entry(key).or_default();
                if let Some(other) = here.iter().find(|other| **other != command && other.meets(command)) {
                    return Err(KeymapError::Conflict {
                        key: text.to_owned(),
                        first: other.name(),
                        second: command.name(),
                    });
                }
                if !here.contains(&command) {
                    here.push(command);
                }
            }
        }
        for command in usual {
            for key in command.preset(preset).split_whitespace().filter_map(Key::parse) {
                let here = bound.entry(key).or_default();
                if !here.iter().any(|other| other.meets(command)) {
                    here.push(command);
                }
            }
        }
        Ok(Self(bound))
    }

    /// What a key does.
    #[must_use]
    pub fn command(&self, event: &KeyEvent) -> Option<Command> {
        let is_for_screens = |command: &Command| !command.is_for_lists() && !FORMS.contains(command);
        self.0.get(&Key::of(event)?)?.iter().copied().find(is_for_screens)
    }

    /// What a key does on a screen where these commands work.
    #[must_use]
    pub fn among(&self, commands: &[Command], event: &KeyEvent) -> Option<Command> {
        self.0.get(&Key::of(event)?)?.iter().copied().find(|command| commands.contains(command))
    }

    /// Whether a key asks for help where letters are text.
    #[must_use]
    pub fn helps(&self, event: &KeyEvent) -> bool {
        self.command(event) == Some(Command::Help) && Key::of(event).is_some_and(|key| !key.types())
    }

    /// The first key of a command, for where there is room for one.
    #[must_use]
    pub fn first(&self, command: Command) -> String {
        self.keys(command).split(' ').next().unwrap_or_default().to_owned()
    }

    /// A key of a command as a sentence has it: `Space`, `Ctrl-J`, `x`. The one named `usual`, where the command still has it.
    #[must_use]
    pub fn shown(&self, command: Command, usual: &str) -> String {
        let keys = self.keys(command);
        let is_usual = keys.split(' ').any(|key| key == usual);
        let key = if is_usual { usual.to_owned() } else { self.first(command) };
        match key.split_once('-') {
            _ if key.chars().count() == 1 => key,
            Some((ctrl, key)) => format!("{}-{}", capitalised(ctrl), capitalised(key)),
            None => capitalised(&key),
        }
    }

    /// The keys of a command, for the help.
    #[must_use]
    pub fn keys(&self, command: Command) -> String {
        let keys: Vec<String> =
            self.0.iter().filter(|(_, bound)| bound.contains(&command)).map(|(key, _)| key.name()).collect();
        keys.join(" ")
    }
}
