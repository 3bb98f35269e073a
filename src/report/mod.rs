//! A history on paper: one report, many ways to write it down.
//!
//! `build` lays a [`Progress`](crate::core::progress::Progress) out as a [`Report`]; a renderer writes it and
//! calculates nothing, so that no two forms can disagree. A new form is one file, one `mod` and one entry in
//! [`RENDERERS`].

use std::io;
use std::io::Write;

mod build;
mod cell;
mod chart;
mod checkups;
mod compare;
mod csv;
mod html;
mod json;
mod markdown;
mod mine;
mod model;
mod privacy;
mod sentence;
mod share;
mod table;
mod team;
mod text;
mod tries;

#[cfg(test)]
mod tests;

/// What is said of the axes of a drawing of confusions, behind its note: nothing of it is heard.
const HOW_TO_READ: &str = " Down: what was right. Across: what was chosen.";

pub use build::CardLine;
pub use build::build;
pub use cell::Cell;
pub use cell::Raw;
pub use chart::Chart;
pub use chart::Shape;
pub use chart::Square;
pub use checkups::with_checkups;
pub use compare::CompareError;
pub use compare::Earlier;
pub use mine::OwnCard;
pub use mine::mine;
pub use model::Body;
pub use model::Fact;
pub use model::Privacy;
pub use model::Report;
pub use model::Section;
pub use model::Weight;
pub use share::share;
pub use table::Column;
pub use table::Table;
pub use team::team;
pub use text::render_text;
pub use text::render_words;
pub use tries::with_tries;

/// One way to write a report down.
pub trait Renderer: Sync {
    /// What people ask for it by.
    fn name(&self) -> &'static str;

    /// The usual ending of its files, without the dot.
    fn extension(&self) -> &'static str;

    /// Writes the whole report.
    ///
    /// # Errors
    /// Only when `out` refuses what is written to it.
    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()>;
}

/// Every way there is, in the order in which the help lists them; the first is the default.
pub const RENDERERS: &[&dyn Renderer] = &[&text::Text, &html::Html, &markdown::Markdown, &csv::Csv, &json::Json];

/// The renderer of that name.
#[must_use]
pub fn renderer(name: &str) -> Option<&'static dyn Renderer> {
    RENDERERS.iter().copied().find(|renderer| renderer.name() == name)
}
