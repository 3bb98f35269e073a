//! Adapters: keys and lines in, a view of the session out. A front end decides nothing.

pub mod checkup;
pub mod keymap;
mod plain;
mod tui;
pub mod words;

pub use plain::plain;
pub use tui::Leave;
pub use tui::checkup as checkup_screen;
pub use tui::give_back;
pub use tui::review;
pub use tui::today;

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
    crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns)).max(20)
}
