//! Adapters: keys and lines in, a view of the session out. A front end decides nothing.

pub mod checkup;
pub mod keymap;
mod lines;
mod plain;
mod tui;
pub mod words;

pub use lines::Lines;
pub use lines::Piped;
pub use lines::Typed;
pub use plain::plain;
pub use tui::Leave;
pub use tui::checkup as checkup_screen;
pub use tui::give_back;
pub use tui::review;
pub use tui::today;

use crate::failure::Failure;

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
}

/// How to show things.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether colour may be used; nothing needs it.
    pub colour: bool,
    /// Columns.
    pub width: usize,
}

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
