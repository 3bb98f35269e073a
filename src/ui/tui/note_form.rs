//! The form of a note: its fields, with their faults beside them, and how the card will look.

#[cfg(test)]
mod tests;

use crate::core::card::CARD_KINDS;
use crate::core::card::NoteText;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::document::Side;
use crate::core::id::NoteUid;
use crate::failure::Failure;
use crate::ops::edit::NoteEditor;
use crate::ops::note_form::FieldFault;
use crate::ops::note_form::kind_in_words;
use crate::ops::note_form::tags_in_a_line;
use crate::ops::note_form::tags_of;
use crate::ui::keymap::Command;
use crate::ui::keymap::FORMS;
use crate::ui::keymap::Keymap;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::Place;
use crate::ui::tui::bar::help;
use crate::ui::tui::document;
use crate::ui::tui::input::Area;
use crate::ui::tui::pages;
use crate::ui::tui::paint::COLUMN;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::cut_off;
use crate::ui::tui::paint::filled;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;
use std::time::Duration;

/// Columns of the names of fields.
const LABEL: usize = 12;

/// A narrower form has the names of its fields above them.
const NARROW: usize = 32;

/// From so many columns on the card is shown beside its form.
const WIDE: u16 = 120;

/// Rows that the card needs below its form.
const LEAST_PREVIEW: u16 = 6;

/// After a rest of this length what was typed is kept on the disk.
const REST: Duration = Duration::from_millis(400);

/// Columns that stand before what is typed.
fn indent(width: usize) -> usize {
    if width < NARROW { 2 } else { LABEL + 3 }
}

/// What a row of a form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Deck,
    Kind,
    Own(&'static str),
    Tags,
    Hint,
    Extra,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::Deck => "deck",
            Self::Kind => "kind",
            Self::Own(name) => name,
            Self::Tags => "tags",
            Self::Hint => "hint",
            Self::Extra => "extra",
        }
    }

    /// Whether it may have several lines.
    fn has_lines(self) -> bool {
        matches!(self, Self::Own(_) | Self::Hint | Self::Extra)
    }
}

/// A row of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FieldRow {
    field: Field,
    label: String,
    area: Area,
    fault: Option<String>,
}

impl FieldRow {
    fn new(field: Field, text: &str) -> Self {
        Self { field, label: field.name().to_owned(), area: Area::of(text), fault: None }
    }
}

/// How a form was left.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Left {
    Saved,
    Editor,
    Gone,
}

/// The form of a note.
pub(super) struct Form {
    title: String,
    rows: Vec<FieldRow>,
    at: usize,
    /// The card of the note that is edited, which is shown with it.
    ordinal: Option<u16>,
    /// What of the text has no row.
    base: NoteText,
    /// The text that it began with.
    begun: NoteText,
    /// What is said below the fields.
    pub(super) said: Option<(String, Tone)>,
    /// The note that is edited; none for a new one.
    note: Option<NoteUid>,
    /// What was typed and found no field in this kind.
    spare: Vec<String>,
    decks: Vec<String>,
    /// The tags that there are, once their row was reached: all notes are read for them.
    tags: Option<Vec<String>>,
    /// Columns of a field, as it was drawn last.
    width: usize,
}

/// The rows of a kind with the texts of a note.
fn rows_of(text: &NoteText) -> Vec<FieldRow> {
    let mut rows = Vec::new();
    for field in kind(&text.kind).map_or(&[][..], |kind| kind.fields()) {
        let texts = text.texts(field.name);
        rows.extend(texts.iter().map(|one| FieldRow::new(Field::Own(field.name), one)));
        if texts.is_empty() {
            rows.push(FieldRow::new(Field::Own(field.name), ""));
        }
    }
    rows.push(FieldRow::new(Field::Tags, &tags_in_a_line(&text.tags)));
    rows.push(FieldRow::new(Field::Hint, text.hint.as_deref().unwrap_or_default()));
    rows.push(FieldRow::new(Field::Extra, text.extra.as_deref().unwrap_or_default()));
    rows
}

impl Form {
    /// The form of a note that is there.
    pub(super) fn of_note(title: String, note: NoteUid, text: &NoteText) -> Self {
        let mut form = Self {
            title,
            rows: rows_of(text),
            at: 0,
            ordinal: None,
            base: text.clone(),
            begun: text.clone(),
            said: None,
            note: Some(note),
            spare: Vec::new(),
            decks: Vec::new(),
            tags: None,
            width: usize::from(COLUMN),
        };
        form.grow();
        form
    }

    /// The form of a new note. Where the deck is known the question comes first.
    pub(super) fn of_new(deck: &str, text: &NoteText, decks: Vec<String>) -> Self {
        let mut form = Self { note: None, decks, ..Self::of_note("Add a card".to_owned(), NoteUid([0; 16]), text) };
        form.rows.insert(0, FieldRow::new(Field::Deck, deck));
        form.rows.insert(1, FieldRow::new(Field::Kind, ""));
        form.at = if deck.trim().is_empty() { 0 } else { 2 };
        form
    }

    /// Another text in the fields, which was there before neither.
    pub(super) fn show(&mut self, text: &NoteText) {
        self.base = text.clone();
        let head: Vec<FieldRow> =
            self.rows.iter().filter(|row| matches!(row.field, Field::Deck | Field::Kind)).cloned().collect();
        self.rows = head;
        self.rows.extend(rows_of(text));
        self.grow();
        self.at = self.at.min(self.rows.len().saturating_sub(1));
    }

    /// A text and its deck that were not saved the last time.
    pub(super) fn go_on_with(&mut self, deck: &str, text: &NoteText) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.field == Field::Deck) {
            row.area = Area::of(deck);
        }
        self.show(text);
        self.at = self.first_of_its_own();
    }

    /// Goes to the text that a card asks, `asked` where that is known: a note may have several questions, and a question several
    /// phrasings.
    pub(super) fn begin_at(&mut self, ordinal: u16, asked: Option<&str>) {
        let prompt = asked.map_or_else(|| self.base.prompt(ordinal), str::to_owned);
        let asks = |row: &FieldRow| matches!(row.field, Field::Own(_)) && row.area.text() == prompt;
        self.at = self.rows.iter().position(asks).unwrap_or(self.at);
        self.ordinal = Some(ordinal);
    }

    /// The first row of what the kind asks for.
    fn first_of_its_own(&self) -> usize {
        self.rows.iter().position(|row| matches!(row.field, Field::Own(_))).unwrap_or(0)
    }

    /// The same form for the next card: the deck, the kind and the tags stay.
    pub(super) fn next_card(&mut self) {
        let text = NoteText { fields: Default::default(), hint: None, extra: None, ..self.text() };
        self.show(&text);
        self.begun = text;
        self.spare.clear();
        self.at = self.first_of_its_own();
    }

    /// Whether something was typed that leaving would drop.
    pub(super) fn is_dirty(&self) -> bool {
        let text = self.text();
        (&text.fields, &text.hint, &text.extra, &text.tags)
            != (&self.begun.fields, &self.begun.hint, &self.begun.extra, &self.begun.tags)
            || self.spare.iter().any(|text| !text.trim().is_empty())
    }

    /// Shows what is wrong, at its fields, and goes to the first of them.
    pub(super) fn show_faults(&mut self, faults: &[FieldFault]) {
        let mut first = None;
        for fault in faults {
            let place = self.rows.iter().position(|row| row.field.name() == fault.field);
            if let Some((place, row)) = place.and_then(|place| Some((place, self.rows.get_mut(place)?))) {
                row.fault.get_or_insert_with(|| fault.what.clone());
                first = Some(first.unwrap_or(place).min(place));
            }
        }
        self.at = first.unwrap_or(self.at);
        if first.is_none() {
            self.said = faults.first().map(|fault| (format!("{}: {}", fault.field, fault.what), Tone::Bad));
        }
    }

    /// The text that the rows make.
    pub(super) fn text(&self) -> NoteText {
        let mut text = self.base.clone();
        for field in kind(&text.kind).map_or(&[][..], |kind| kind.fields()) {
            let rows = self.rows.iter().filter(|row| row.field == Field::Own(field.name));
            let mut texts: Vec<String> = rows.filter(|row| !row.area.is_blank()).map(|row| row.area.text()).collect();
            let was_array = matches!(text.fields.get(field.name), Some(Value::Texts(_)));
            match (texts.len(), field.shape) {
                (0, _) => drop(text.fields.remove(field.name)),
                (1, Shape::Text | Shape::Variants) if !was_array => {
                    text.fields.insert(field.name.to_owned(), Value::Text(texts.remove(0)));
                }
                _ => drop(text.fields.insert(field.name.to_owned(), Value::Texts(texts))),
            }
        }
        let of = |field: Field| Some(self.row(field)).filter(|text| !text.trim().is_empty());
        text.hint = of(Field::Hint);
        text.extra = of(Field::Extra);
        let tags = self.row(Field::Tags);
        // A tag may have a comma: those that nobody touched stay as they are.
        if tags != tags_in_a_line(&self.base.tags) {
            text.tags = tags_of(&tags);
        }
        text
    }

    fn row(&self, field: Field) -> String {
        self.rows.iter().find(|row| row.field == field).map(|row| row.area.text()).unwrap_or_default()
    }

    /// The deck that it goes into.
    pub(super) fn deck(&self) -> String {
        self.row(Field::Deck)
    }

    /// Says that the deck is missing.
    pub(super) fn wants_a_deck(&mut self) {
        self.show_faults(&[FieldFault { field: Field::Deck.name(), what: "write the name of a deck".to_owned() }]);
    }

    /// Behind the last text of each list there is a row for another one; rows of one field are numbered.
    fn grow(&mut self) {
        let fields = kind(&self.base.kind).map_or(&[][..], |kind| kind.fields());
        for field in fields {
            let is_own = |row: &FieldRow| row.field == Field::Own(field.name);
            if matches!(field.shape, Shape::Texts | Shape::Days)
                && let Some(last) = self.rows.iter().rposition(is_own)
                && self.rows.get(last).is_some_and(|row| !row.area.is_blank())
            {
                self.rows.insert(last + 1, FieldRow::new(Field::Own(field.name), ""));
            }
            let count = self.rows.iter().filter(|row| is_own(row)).count();
            for (place, row) in self.rows.iter_mut().filter(|row| is_own(row)).enumerate() {
                row.label = if count > 1 { format!("{} {}", field.name, place + 1) } else { field.name.to_owned() };
            }
        }
    }

    /// Another kind of new card: what was typed goes to the fields in their order.
    fn turn_kind(&mut self, by: isize) {
        let now = CARD_KINDS.iter().position(|kind| kind.name() == self.base.kind).unwrap_or(0);
        let count = isize::try_from(CARD_KINDS.len()).unwrap_or(1);
        let next = (isize::try_from(now).unwrap_or(0) + by).rem_euclid(count);
        let Some(kind) = usize::try_from(next).ok().and_then(|next| CARD_KINDS.get(next)) else { return };
        let own = |row: &&FieldRow| matches!(row.field, Field::Own(_));
        let mut typed: Vec<String> = self.rows.iter().filter(own).map(|row| row.area.text()).collect();
        typed.append(&mut self.spare);
        let text = NoteText { kind: kind.name().to_owned(), fields: Default::default(), ..self.text() };
        self.show(&text);
        let mut typed = typed.into_iter().filter(|text| !text.trim().is_empty());
        for row in self.rows.iter_mut().filter(|row| matches!(row.field, Field::Own(_))) {
            row.area = Area::of(&typed.next().unwrap_or_default());
        }
        self.spare = typed.collect();
        self.grow();
    }

    /// What would complete the deck or the tag that is being typed: what is missing, and the whole row with it.
    fn completion(&self) -> Option<(String, String)> {
        let row = self.rows.get(self.at).filter(|row| row.area.is_at_end())?;
        let text = row.area.text();
        let (before, begun, known) = match row.field {
            Field::Deck => ("", text.as_str(), self.decks.as_slice()),
            Field::Tags => {
                let is_between = |c: char| if text.contains(',') { c == ',' } else { c.is_whitespace() };
                let begun = text.rsplit(is_between).next().unwrap_or_default().trim_start();
                (text.strip_suffix(begun)?, begun, self.tags.as_deref().unwrap_or_default())
            }
            Field::Kind | Field::Own(_) | Field::Hint | Field::Extra => return None,
        };
        let length = begun.chars().count();
        let goes_on =
            |word: &&String| word.chars().count() > length && word.to_lowercase().starts_with(&begun.to_lowercase());
        let word = known.iter().find(goes_on).filter(|_| length > 0)?;
        Some((word.chars().skip(length).collect(), format!("{before}{word}")))
    }

    /// Shows the form until it is saved or left. What is typed is kept on the disk meanwhile.
    pub(super) fn run(
        &mut self,
        note_editor: &NoteEditor<'_>,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<Left, Failure> {
        let mut unkept = false;
        loop {
            term.draw(|frame| self.draw(frame, with))?;
            if self.tags.is_none() && self.rows.get(self.at).is_some_and(|row| row.field == Field::Tags) {
                self.tags = Some(note_editor.tags()?.into_iter().collect());
                continue;
            }
            if unkept && !term.has_event(REST)? {
                // A disk that is full keeps nobody from writing on.
                note_editor.keep_draft(self.note, &self.deck(), &self.text()).ok();
                unkept = false;
            }
            let event = term.next(with.stop)?;
            let stops = event.is_none() && (with.stop)();
            if stops && self.is_dirty() {
                note_editor.keep_draft(self.note, &self.deck(), &self.text()).ok();
            }
            match event {
                None if stops => return Ok(Left::Gone),
                None => {}
                Some(Event::Paste(text)) => {
                    self.typed(|row| {
                        // Where there is one line, those of the text follow each other.
                        let text = if row.field.has_lines() { text } else { text.replace(['\r', '\n'], " ") };
                        row.area.insert(&text);
                    });
                    unkept = true;
                }
                Some(Event::Key(key)) if with.keys.helps(&key) => {
                    pages::keys(&|width| help(Place::Form, with, width), term, with)?;
                }
                Some(Event::Key(key)) => {
                    if let Some(left) = self.key(&key, with.keys) {
                        return Ok(left);
                    }
                    unkept = self.is_dirty();
                }
                Some(_) => {}
            }
        }
    }

    fn draw(&mut self, frame: &mut Frame<'_>, with: ScreenContext<'_>) {
        let whole = frame.area();
        let is_wide = whole.width >= WIDE;
        let area = if is_wide { Rect { x: whole.x + 2, width: whole.width / 2 - 2, ..whole } } else { column(whole) };
        let (head, body, foot) = parts(area, 1);
        frame.render_widget(say(&fit(&self.title, usize::from(head.width)), Tone::Strong, with.look), head);
        let width = usize::from(body.width);
        self.width = width.saturating_sub(indent(width)).max(4);
        let (lines, cursor) = self.lines(width, with);
        let count = u16::try_from(lines.len()).unwrap_or(u16::MAX - 1);
        let beside =
            Rect { x: area.x + area.width + 3, width: whole.width.saturating_sub(area.width + 5).min(COLUMN), ..body };
        let below =
            Rect { y: body.y + (count + 1).min(body.height), height: body.height.saturating_sub(count + 1), ..body };
        // The row that is typed in is always in sight.
        let top = cursor.1.saturating_sub(usize::from(body.height).saturating_sub(1));
        let top = scrolled(frame, body, lines, u16::try_from(top).unwrap_or(0));
        if is_wide {
            self.draw_card(frame, beside, with);
        } else if below.height >= LEAST_PREVIEW {
            self.draw_card(frame, below, with);
        }
        let y = u16::try_from(cursor.1).unwrap_or(0).saturating_sub(top);
        if y < body.height {
            let x = u16::try_from(cursor.0).unwrap_or(0).min(body.width.saturating_sub(1));
            frame.set_cursor_position(Position { x: body.x + x, y: body.y + y });
        }
        let mut pieces = vec![
            (format!("{} saves", with.keys.shown(Command::FormSave, "enter")), Tone::Plain),
            (format!("{} leaves", with.keys.shown(Command::FormLeave, "esc")), Tone::Quiet),
            (format!("{} next", with.keys.shown(Command::FormNext, "tab")), Tone::Quiet),
        ];
        match self.rows.get(self.at).map(|row| row.field) {
            Some(Field::Kind) => pieces.push(("Space another kind".to_owned(), Tone::Quiet)),
            _ if self.completion().is_some() => pieces.push(("→ completes".to_owned(), Tone::Quiet)),
            Some(field) if field.has_lines() => {
                pieces.push((format!("{} new line", with.keys.shown(Command::FormLine, "ctrl-j")), Tone::Quiet));
            }
            _ => {}
        }
        if self.note.is_some() {
            pieces.push((format!("{} editor", with.keys.shown(Command::FormEditor, "ctrl-e")), Tone::Quiet));
        }
        frame.render_widget(footer(&pieces, foot.width, with.look), foot);
    }

    fn lines(&self, width: usize, with: ScreenContext<'_>) -> (Vec<Line<'static>>, (usize, usize)) {
        let mut lines = Vec::new();
        let mut cursor = (0, 0);
        let is_narrow = width < NARROW;
        let beside = indent(width);
        let indent = " ".repeat(beside);
        for (place, row) in self.rows.iter().enumerate() {
            let here = place == self.at;
            let tone = if here { Tone::Strong } else { Tone::Quiet };
            let mark = if here { "▸" } else { " " };
            let label = if is_narrow {
                lines.push(say(&fit(&format!("{mark} {}", row.label), width), tone, with.look));
                indent.clone()
            } else {
                format!("{mark} {} ", filled(&row.label, LABEL))
            };
            let mut texts = if row.field == Field::Kind {
                let asks = format!("‹ {} ›  {}", self.base.kind, kind_in_words(&self.base.kind));
                vec![fit(&asks, self.width)]
            } else {
                let (texts, at) = row.area.rows(self.width);
                if here {
                    cursor = (beside + at.0, lines.len() + at.1);
                }
                texts
            };
            if here && row.field == Field::Kind {
                cursor = (beside, lines.len());
            }
            let first = texts.remove(0);
            lines.push(Line::from(vec![Span::styled(label, style(tone, with.look)), Span::raw(first)]));
            lines.extend(texts.into_iter().map(|text| Line::from(format!("{indent}{text}"))));
            if here
                && let Some((rest, _)) = self.completion()
                && let Some(line) = lines.last_mut()
            {
                line.push_span(Span::styled(rest, style(Tone::Quiet, with.look)));
            }
            if let Some(fault) = &row.fault {
                lines.extend(document::hanging(&format!("{indent}✗ "), fault, width, style(Tone::Bad, with.look)));
            }
        }
        if let Some((said, tone)) = &self.said {
            lines.push(Line::default());
            for line in said.lines() {
                lines.extend(wrapped(line, width, style(*tone, with.look)));
            }
        }
        (lines, cursor)
    }

    /// The card that is edited, else the first one that the fields make.
    fn draw_card(&self, frame: &mut Frame<'_>, area: Rect, with: ScreenContext<'_>) {
        let text = self.text();
        let ordinals = text.ordinals();
        let place = ordinals.iter().position(|ordinal| Some(*ordinal) == self.ordinal).unwrap_or(0);
        let Some(ordinal) = ordinals.get(place).copied().filter(|ordinal| !text.prompt(*ordinal).trim().is_empty())
        else {
            return;
        };
        let width = usize::from(area.width);
        let head = match ordinals.len() {
            1 => "The card".to_owned(),
            count if place == 0 => format!("The first of {count} cards"),
            count => format!("Card {} of {count}", place + 1),
        };
        let mut lines = vec![say(&head, Tone::Quiet, with.look), Line::default()];
        lines.extend(document::lines(&text.prompt_document(ordinal), Side::Question, width, with.look));
        lines.push(say(&"─".repeat(width), Tone::Quiet, with.look));
        lines.extend(document::lines(&text.answer_document(ordinal), Side::Answer, width, with.look));
        frame.render_widget(Paragraph::new(cut_off(lines, area.height, with.look)), area);
    }

    fn typed(&mut self, change: impl FnOnce(&mut FieldRow)) {
        if let Some(row) = self.rows.get_mut(self.at).filter(|row| row.field != Field::Kind) {
            change(row);
            row.fault = None;
        }
        self.grow();
    }

    fn key(&mut self, key: &KeyEvent, keys: &Keymap) -> Option<Left> {
        self.said = None;
        let command = keys.among(FORMS, key);
        let last = self.rows.len().saturating_sub(1);
        let field = self.rows.get(self.at).map_or(Field::Deck, |row| row.field);
        let on_kind = field == Field::Kind;
        let is_new_line = command == Some(Command::FormLine)
            || key.code == KeyCode::Enter && key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SHIFT);
        match key.code {
            _ if command == Some(Command::FormLeave) || leaves(key) => return Some(Left::Gone),
            _ if command == Some(Command::FormEditor) && self.note.is_some() => return Some(Left::Editor),
            _ if is_new_line && field.has_lines() => self.typed(|row| row.area.insert("\n")),
            _ if is_new_line => {}
            _ if command == Some(Command::FormSave) => return Some(Left::Saved),
            _ if command == Some(Command::FormNext) => self.at = if self.at == last { 0 } else { self.at + 1 },
            KeyCode::BackTab => self.at = if self.at == 0 { last } else { self.at - 1 },
            KeyCode::Down | KeyCode::Up => {
                let down = key.code == KeyCode::Down;
                let width = self.width;
                let goes = |row: &mut FieldRow| row.field != Field::Kind && row.area.goes(down, width);
                if !self.rows.get_mut(self.at).is_some_and(goes) {
                    self.at = if down { (self.at + 1).min(last) } else { self.at.saturating_sub(1) };
                }
            }
            KeyCode::Right | KeyCode::Char(' ') if on_kind => self.turn_kind(1),
            KeyCode::Left if on_kind => self.turn_kind(-1),
            KeyCode::Right | KeyCode::End if self.completion().is_some() => {
                if let Some((_, whole)) = self.completion() {
                    self.typed(|row| row.area = Area::of(&whole));
                }
            }
            _ => self.typed(|row| {
                row.area.key(key);
            }),
        }
        None
    }
}
