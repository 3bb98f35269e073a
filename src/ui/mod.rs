//! Adapters: keys and lines in, a view of the session out. A front end decides nothing.

mod ask;
pub mod checkup;
pub mod keymap;
mod line_commands;
mod lines;
mod palette;
mod plain;
pub mod spoken;
mod stats;
mod tui;
pub(crate) mod typeset;
pub mod words;

pub use ask::ask_line;
pub use lines::Lines;
pub use lines::Piped;
pub use lines::Typed;
pub use palette::Palette;
pub use palette::Terminal;
pub use plain::plain;
pub use stats::Emphasis;
pub use stats::Row;
pub use stats::WHAT_THEY_ARE;
pub use stats::stats_screen;
pub use stats::stats_words;
pub use tui::Leave;
pub use tui::checkup as checkup_screen;
pub use tui::give_back;
pub use tui::review;
pub use tui::today;

use crate::core::document::Document;
use crate::core::document::Side;
use crate::core::text::joined;
use crate::failure::Failure;
use crate::ops::media::Openable;
use std::ffi::OsStr;

/// The editor of the user, which only the command line may start.
pub trait Editor {
    /// Opens a text in it; nothing where it was left as it was, or emptied.
    ///
    /// # Errors
    /// When there is none, or it failed. What was written in it until then is kept, and the error says where.
    fn edit(&self, text: &str) -> Result<Option<String>, Failure>;

    /// Keeps a text that could not be used; gives how to open it again.
    ///
    /// # Errors
    /// When it can't be written.
    fn keep(&self, text: &str) -> Result<String, Failure>;

    /// Shows a picture or plays a sound, a file or an address, in the program that the system has for it.
    ///
    /// # Errors
    /// When there is none.
    fn show(&self, _target: &OsStr) -> Result<(), Failure> {
        Err(Failure::failed("nothing here can open pictures and sounds"))
    }
}

/// Opens what a card has; gives what to tell.
fn open(openable: &Openable, editor: &dyn Editor) -> Option<String> {
    let mut said = Vec::new();
    for target in &openable.targets {
        if let Err(failure) = editor.show(target) {
            said.push(failure.to_string());
            break;
        }
    }
    if !openable.missing.is_empty() {
        said.push(words::missing(&openable.missing, openable.names_may_be_said));
    }
    match (said.is_empty(), openable.targets.is_empty()) {
        (true, true) => Some("This card has nothing to open".to_owned()),
        (true, false) => None,
        (false, _) => Some(joined(&said)),
    }
}

/// How to show things.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether colour may be used; nothing needs it.
    pub colour: bool,
    /// Columns.
    pub width: usize,
    /// Whether the terminal is told where links lead (OSC 8).
    pub links: bool,
    /// Which colours.
    pub palette: Palette,
    /// Whether it is heard: in words, and with no line broken but by the terminal.
    pub spoken: bool,
}

impl Look {
    /// Columns for lines of a session. The width of a heard one is the terminal's matter, also once that is made wider.
    fn columns(self) -> usize {
        if self.spoken { LONGEST_LINE } else { self.width.clamp(20, 100) }
    }
}

/// A document as lines of text, however long they are: for what other programs read too.
#[must_use]
pub fn shown_lines(document: &Document) -> Vec<String> {
    typeset::text_lines(document, Side::Answer, LONGEST_LINE)
}

/// The same for what is asked, before the answer is known.
#[must_use]
pub fn prompt_lines(document: &Document) -> Vec<String> {
    typeset::text_lines(document, Side::Question, LONGEST_LINE)
}

/// Columns of a line that no terminal breaks for us.
const LONGEST_LINE: usize = 1 << 20;

/// Columns of the terminal; 80 where there is none.
#[must_use]
pub fn width() -> usize {
    // Where there is no terminal `size` would run another program to ask it, `tput`.
    #[cfg(unix)]
    let columns = crossterm::terminal::window_size().map(|window| window.columns);
    #[cfg(not(unix))]
    let columns = crossterm::terminal::size().map(|(columns, _)| columns);
    columns.map_or(80, usize::from).max(20)
}
