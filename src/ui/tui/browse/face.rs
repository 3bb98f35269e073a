//! The list of cards as it is drawn.

use crate::core::document::Side;
use crate::core::text::capitalised;
use crate::core::text::counted;
use crate::core::text::joined;
use crate::core::text::one_line;
use crate::ui::Look;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::browse::Browser;
use crate::ui::tui::browse::number;
use crate::ui::tui::browse::table;
use crate::ui::tui::browse::table::Stands;
use crate::ui::tui::document;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::cut_off;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::words;
use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr as _;

/// From so many columns on the preview stands beside the list.
const WIDE: u16 = 120;

/// The areas of the screen.
pub(super) struct Places {
    pub(super) head: Rect,
    /// The line under the query: a caret where that is wrong.
    caret: Rect,
    pub(super) heads: Rect,
    pub(super) list: Rect,
    pub(super) preview: Option<Rect>,
    pub(super) foot: Rect,
}

impl Places {
    pub(super) fn of(area: Rect, foot: u16) -> Self {
        let foot_height = foot.clamp(1, area.height.saturating_sub(3).max(1)).min(area.height);
        let mut y = area.y;
        let mut left = area.height - foot_height;
        let mut take = |height: u16| {
            let height = height.min(left);
            let taken = Rect { y, height, ..area };
            (y, left) = (y + height, left - height);
            taken
        };
        let (head, caret, heads, body) = (take(1), take(1), take(1), take(area.height));
        let foot = Rect { y: area.y + area.height - foot_height, height: foot_height, ..area };
        // A line stays free above the foot, as on other screens.
        let body = Rect { height: body.height.saturating_sub(u16::from(body.height > 6)), ..body };
        let (list, preview) = if area.width >= WIDE {
            let width = area.width / 5 * 3;
            let beside = Rect {
                x: body.x + width + 3,
                width: body.width - width - 3,
                y: heads.y,
                height: body.height + heads.height,
            };
            (Rect { width, ..body }, Some(beside))
        } else if body.height >= 14 {
            let height = body.height / 2;
            let below = Rect { y: body.y + height + 1, height: body.height - height - 1, ..body };
            (Rect { height, ..body }, Some(below))
        } else {
            (body, None)
        };
        Self { head, caret, heads: Rect { width: list.width, ..heads }, list, preview, foot }
    }
}

impl Browser<'_, '_> {
    /// The areas of the screen, and what is said in its foot, which takes lines from the list.
    pub(super) fn places(&self, area: Rect, look: Look) -> (Places, Vec<Line<'static>>) {
        let width = usize::from(area.width);
        let said = match (&self.fault, &self.said) {
            (Some(error), _) => {
                let said = joined(&[error.fault.to_string(), error.fault.help()].map(|said| capitalised(&said)));
                wrapped(&said, width, style(Tone::Bad, look))
            }
            (None, Some(said)) => wrapped(said, width, style(Tone::Near, look)),
            (None, None) => Vec::new(),
        };
        (Places::of(area, u16::try_from(said.len() + 1).unwrap_or(1).min(4)), said)
    }

    pub(super) fn draw(&self, frame: &mut Frame<'_>, with: ScreenContext<'_>) {
        let (places, said) = self.places(frame.area(), with.look);
        self.draw_query(frame, &places, with);
        let list_width = usize::from(places.list.width);
        let (today, settings) = (self.workspace.today(), self.workspace.settings());
        let columns = self.kept.columns.fitted(list_width, &self.needs, self.kept.sort);
        frame.render_widget(table::head(&columns, self.kept.sort, with.look), places.heads);
        let lines: Vec<Line<'static>> = self
            .rows
            .iter()
            .enumerate()
            .skip(self.top)
            .take(usize::from(places.list.height))
            .filter_map(|(place, row)| {
                let stands = Stands {
                    chosen: place == self.chosen,
                    selected: self.selected.contains(row),
                    active: !self.typing,
                };
                let line = self.lines.get(row)?;
                Some(table::row(line, stands, &columns, (today, settings), with.look))
            })
            .collect();
        frame.render_widget(Paragraph::new(lines), places.list);
        if self.rows.is_empty() && self.listing.is_none() && self.fault.is_none() {
            let none = if self.query.text().trim().is_empty() { "There are no cards yet" } else { "No card matches" };
            let said = joined(&[vec![none.to_owned()], self.tip.clone().into_iter().collect()].concat());
            frame.render_widget(Paragraph::new(wrapped(&said, list_width, Style::new())), places.list);
        }
        if let Some(area) = places.preview {
            self.draw_preview(frame, area, with);
        }
        let above = u16::try_from(said.len()).unwrap_or(0).min(places.foot.height.saturating_sub(1));
        let said = cut_off(said, above, with.look);
        frame.render_widget(Paragraph::new(said), Rect { height: above, ..places.foot });
        let foot = Rect { y: places.foot.y + above, height: places.foot.height - above, ..places.foot };
        frame.render_widget(footer(&self.hints(with), foot.width, with.look), foot);
    }

    /// The query, how many cards it means, and a caret where it is wrong.
    fn draw_query(&self, frame: &mut Frame<'_>, places: &Places, with: ScreenContext<'_>) {
        let width = usize::from(places.head.width);
        let mut count = match (self.rows.len(), self.all) {
            // They are none of its cards.
            _ if self.fault.is_some() => String::new(),
            (rows, Some(all)) if rows < all => format!("{} of {}", number(rows), counted(all, "card", "cards")),
            (rows, _) => counted(rows, "card", "cards"),
        };
        if self.listing.is_some() {
            count.push('…');
        }
        if !self.selected.is_empty() {
            count.push_str(&format!(" · {} selected", number(self.selected.len())));
        }
        let sign = "/ ";
        let has_query = self.typing || !self.query.is_empty();
        let room = width.saturating_sub(sign.width() + count.width() + 2);
        // Whoever types needs the place more than the count.
        let (room, count) =
            if self.typing && room < 20 { (width - sign.width().min(width), String::new()) } else { (room, count) };
        let (text, x) = self.query.view(room.max(4));
        let shown = if has_query { format!("{sign}{text}") } else { String::new() };
        let gap = " ".repeat(width.saturating_sub(shown.width() + count.width()));
        let tone = if has_query { Tone::Quiet } else { Tone::Strong };
        let mut head = say(&shown, Tone::Plain, with.look);
        head.push_span(if has_query { gap } else { String::new() });
        head.spans.extend(say(&fit(&count, width), tone, with.look).spans);
        frame.render_widget(head, places.head);
        if self.typing {
            let x = u16::try_from(sign.width() + x).unwrap_or(0).min(places.head.width.saturating_sub(1));
            frame.set_cursor_position(Position { x: places.head.x + x, y: places.head.y });
        }
        let columns = self.fault.as_ref().map(|error| sign.width() + self.query.column_in_view(error.at, room.max(4)));
        let caret = columns.map_or_else(String::new, |columns| format!("{}^", " ".repeat(columns)));
        let mut below = say(&caret, Tone::Bad, with.look);
        // What Tab goes through.
        let offers = self.offers().iter().map(|offer| one_line(&offer.shown)).collect::<Vec<_>>().join(" · ");
        if self.typing && !offers.is_empty() {
            let offers = fit(&format!("  {offers}"), width.saturating_sub(caret.width()));
            below.spans.extend(say(&offers, Tone::Quiet, with.look).spans);
        }
        frame.render_widget(below, places.caret);
    }

    fn draw_preview(&self, frame: &mut Frame<'_>, area: Rect, with: ScreenContext<'_>) {
        let Some(line) = self.line() else { return };
        // Beside the list a rule parts them; below it an empty line does.
        if area.y < frame.area().height && area.x > 0 {
            let rule = vec![say("│", Tone::Quiet, with.look); usize::from(area.height)];
            frame.render_widget(Paragraph::new(rule), Rect { x: area.x - 2, width: 1, ..area });
        }
        let area = Rect { width: area.width.min(crate::ui::tui::paint::COLUMN), ..area };
        let width = usize::from(area.width);
        let side = if line.text.held_out { Side::Question } else { Side::Answer };
        let mut lines = document::lines(&line.text.prompt_document(line.card.ordinal), side, width, with.look);
        lines.push(say(&"─".repeat(width), Tone::Quiet, with.look));
        if line.text.held_out {
            lines.extend(wrapped(words::HELD_OUT, width, style(Tone::Quiet, with.look)));
        } else {
            let answer = line.text.answer_document(line.card.ordinal);
            lines.extend(document::lines(&answer, Side::Answer, width, with.look));
        }
        let mut facts = vec![one_line(&line.deck_name)];
        facts.extend(line.topic.clone().filter(|_| !line.text.held_out));
        if !line.text.tags.is_empty() && !line.text.held_out {
            facts.push(line.text.tags.join(", "));
        }
        // The column has room for one of them.
        if let Some(until) = line.state.buried_until.filter(|_| line.state.suspended)
            && line.state.is_buried(self.workspace.today())
        {
            facts.push(format!("suspended, and buried until {}", until.iso()));
        }
        lines.push(Line::default());
        lines.extend(wrapped(&facts.join(" · "), width, style(Tone::Quiet, with.look)));
        let scroll =
            self.preview_scroll().min(u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_sub(area.height));
        self.preview.set((self.row(), scroll));
        let lines = lines.split_off(usize::from(scroll));
        frame.render_widget(Paragraph::new(cut_off(lines, area.height, with.look)), area);
    }

    /// How far the card beside the list is scrolled: another one begins at its top.
    pub(super) fn preview_scroll(&self) -> u16 {
        let (row, scroll) = self.preview.get();
        if row == self.row() { scroll } else { 0 }
    }

    /// The keys that work now, the most useful first.
    pub(super) fn hints(&self, with: ScreenContext<'_>) -> Vec<(String, Tone)> {
        if self.typing {
            let completes = self.offers().first().map(|_| "Tab completes".to_owned());
            let pieces = [
                format!("{} to the list", with.keys.shown(Command::FormSave, "enter")),
                format!("{} shows all cards", with.keys.shown(Command::FormLeave, "esc")),
            ];
            return pieces.into_iter().chain(completes).map(|piece| (piece, Tone::Quiet)).collect();
        }
        self.hinted(with).into_iter().map(|(_, hint)| (hint, Tone::Quiet)).collect()
    }

    /// Commands that have a key while nothing is typed, and what is said of each.
    pub(super) fn hinted(&self, with: ScreenContext<'_>) -> Vec<(Command, String)> {
        let count =
            if self.selected.is_empty() { String::new() } else { format!(" ({})", number(self.selected.len())) };
        let pieces = [
            (Command::Actions, format!("actions{count}")),
            (Command::Help, "keys".to_owned()),
            (Command::Quit, "back".to_owned()),
            (Command::Search, "filter".to_owned()),
            (Command::Select, "select".to_owned()),
            (Command::Page, "page".to_owned()),
            (Command::Sort, "sort".to_owned()),
        ];
        let named = pieces.into_iter().map(|(command, what)| (command, with.keys.first(command), what));
        named
            .filter(|(_, key, _)| !key.is_empty())
            .map(|(command, key, what)| (command, format!("{key} {what}")))
            .collect()
    }
}
