//! Pages of text: the help.

use crate::ui::keymap::Command;
use crate::ui::tui::With;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::say;
use ratatui::text::Line;

/// All keys, as they are bound.
pub(super) fn help(with: With<'_>, width: usize) -> Vec<Line<'static>> {
    let mut lines = vec![say("Keys", Tone::Strong, with.look), Line::default()];
    let mut row = |keys: &str, what: &str| {
        let options = textwrap::Options::new(width.max(20)).subsequent_indent("              ");
        for line in textwrap::wrap(&format!("{keys:<13} {what}"), options) {
            lines.push(Line::from(line.into_owned()));
        }
    };
    row("1 … 4", "grade: Again, Hard, Good, Easy (on six grades 0 … 5)");
    for command in Command::ALL {
        let keys = with.keys.keys(*command);
        if keys.is_empty() {
            continue;
        }
        // The name is what the settings bind.
        row(&keys, &format!("{} ({})", command.what(), command.name()));
    }
    row("ctrl-c", "leave; everything is kept");
    row("ctrl-z", "to the shell, `fg` comes back");
    row("", "While you type an answer, Esc makes letters keys again; o goes on typing.");
    row(
        "",
        "A choice: its digit, or arrows and Enter. A sort: its first letter too. An order: arrows choose a line, Left and Right move it.",
    );
    lines
}
