//! Documents and plain texts as wrapped and styled lines.
//!
//! Whatever has a look of its own can be told apart without colour.

use crate::core::document::Document;
use crate::core::document::Side;
use crate::core::text::one_line;
use crate::ui::Look;
use crate::ui::palette::Role;
use crate::ui::tui::links;
use crate::ui::typeset::Ink;
use crate::ui::typeset::Row;
use crate::ui::typeset::Run;
use crate::ui::typeset::Typeset;
use crate::ui::typeset::wrap;
use ratatui::style::Modifier;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr as _;

/// Sets a document in lines of at most `width` columns.
#[must_use]
pub(super) fn lines(document: &Document, side: Side, width: usize, look: Look) -> Vec<Line<'static>> {
    let set = Typeset { width: width.max(4), side, marks: false, links: look.links };
    let lines: Vec<Line<'static>> = set.rows(document).into_iter().map(|row| line(row, width, look)).collect();
    if lines.is_empty() { vec![Line::default()] } else { lines }
}

fn line(row: Row, width: usize, look: Look) -> Line<'static> {
    let used: usize = row.runs.iter().map(|run| run.text.width()).sum();
    let mut spans: Vec<Span<'static>> =
        row.runs.into_iter().map(|run| Span::styled(run.text, style(&run.ink, row.is_code, look))).collect();
    if row.is_code && look.colour && width > used {
        // The ground of code goes on to the edge, so that it is one block.
        spans.push(Span::styled(" ".repeat(width - used), ground(look)));
    }
    Line::from(spans)
}

/// Code in its colours.
fn ground(look: Look) -> Style {
    let (letters, under) = (look.palette.colour(Role::Code), look.palette.colour(Role::CodeGround));
    Style { fg: letters, bg: under, ..Style::new() }
}

fn style(ink: &Ink, is_block: bool, look: Look) -> Style {
    let mut style = Style::new();
    let looks = [
        (ink.strong, Modifier::BOLD),
        (ink.emphasis, Modifier::ITALIC | Modifier::UNDERLINED),
        (ink.underlined, Modifier::UNDERLINED),
        (ink.strike, Modifier::CROSSED_OUT),
        (ink.quiet, Modifier::DIM),
    ];
    for (_, modifier) in looks.into_iter().filter(|(is_on, _)| *is_on) {
        style = style.add_modifier(modifier);
    }
    if ink.code && look.colour {
        style = style.patch(ground(look));
    } else if ink.code && !is_block {
        // A block of code stands apart by its indentation.
        style = style.add_modifier(Modifier::REVERSED);
    }
    match &ink.link {
        Some(address) => links::mark(style, address),
        None => style,
    }
}

/// Plain text, made one line first and wrapped at graphemes; `first` stands before it, and as much space before the rest.
#[must_use]
pub(super) fn hanging(first: &str, text: &str, width: usize, style: Style) -> Vec<Line<'static>> {
    // What hangs must leave room for the text itself.
    let hang = if first.width() * 2 <= width { first.width() } else { 0 };
    let run = |text: &str| Run { text: text.to_owned(), ink: Ink::default() };
    let text = one_line(text);
    let rows = if hang == 0 {
        wrap(&[run(&format!("{first}{text}"))], width.max(4), false)
    } else {
        wrap(&[run(&text)], (width - hang).max(4), false)
    };
    let line = |(place, row): (usize, Row)| {
        let mut text = if hang == 0 {
            String::new()
        } else if place == 0 {
            first.to_owned()
        } else {
            " ".repeat(hang)
        };
        row.runs.iter().for_each(|run| text.push_str(&run.text));
        Line::from(Span::styled(text, style))
    };
    rows.into_iter().enumerate().map(line).collect()
}

/// Runs of text, each in its style, as one wrapped paragraph.
#[must_use]
pub(super) fn runs(runs: Vec<(String, Style)>, width: usize) -> Vec<Line<'static>> {
    // Each style stands as the address of a link while the lines are broken.
    let styles: Vec<Style> = runs.iter().map(|(_, style)| *style).collect();
    let inked: Vec<Run> = runs
        .into_iter()
        .enumerate()
        .map(|(place, (text, _))| Run { text, ink: Ink { link: Some(place.to_string().into()), ..Ink::default() } })
        .collect();
    let style = |run: &Run| {
        let place = run.ink.link.as_ref().and_then(|link| link.parse::<usize>().ok());
        place.and_then(|place| styles.get(place)).copied().unwrap_or_default()
    };
    let line = |row: Row| {
        Line::from(row.runs.iter().map(|run| Span::styled(run.text.clone(), style(run))).collect::<Vec<_>>())
    };
    wrap(&inked, width.max(4), false).into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::document::Markup;
    use crate::ui::Palette;

    fn look(colour: bool) -> Look {
        Look { colour, width: 20, links: false, palette: Palette::OWN, spoken: false }
    }

    fn styled(text: &str, colour: bool) -> Vec<(String, Style)> {
        let look = look(colour);
        let lines = lines(&Document::of(text, Markup::Markdown), Side::Answer, 20, look);
        lines.into_iter().flat_map(|line| line.spans).map(|span| (span.content.into_owned(), span.style)).collect()
    }

    #[test]
    fn each_look_is_another_without_colour() {
        let styles: Vec<Style> = ["x", "**x**", "*x*", "`x`", "~~x~~", "# x"]
            .into_iter()
            .map(|text| styled(text, false).pop().unwrap().1)
            .collect();
        for (place, style) in styles.iter().enumerate() {
            assert_eq!((style.fg, style.bg), (None, None));
            assert!(!styles[..place].contains(style), "{place}");
        }
    }

    #[test]
    fn code_has_a_ground_up_to_the_edge() {
        let spans = styled("```\nx\n  y\n```", true);
        let texts: Vec<&str> = spans.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["  ", "x", &" ".repeat(17), "  ", "  y", &" ".repeat(15)]);
        assert!(spans.iter().filter(|(text, _)| text != "  ").all(|(_, style)| *style == ground(look(true))));
    }

    #[test]
    fn what_hangs_leaves_room_for_the_text() {
        let shown = |first, text, width| -> Vec<String> {
            hanging(first, text, width, Style::new())
                .iter()
                .map(|line| line.to_string().trim_end().to_owned())
                .collect()
        };
        assert_eq!(shown("1 ", "one two three", 9), ["1 one two", "  three"]);
        assert_eq!(shown("a long mark ", "x", 9), ["a long", "mark x"]);
    }
}
