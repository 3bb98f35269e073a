//! Forms: the text of a card changed in seconds, or a new card. A key hands the text to the editor of its user.

use crate::core::card::CARD_KINDS;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::CardId;
use crate::core::text::joined;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::ops::edit::Conflict;
use crate::ops::edit::How;
use crate::ops::edit::Meaning;
use crate::ops::edit::NoteEditor;
use crate::ops::edit::NoteNow;
use crate::ops::edit::Refusal;
use crate::ops::edit::Rewrite;
use crate::ops::edit::Side;
use crate::ops::edit::write;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::input::Input;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::fit;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Term;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use ratatui::layout::Position;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;

/// Columns of the names of fields.
const LABEL: usize = 12;

/// What a row of a form is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    Deck,
    Kind,
    Own(&'static str),
    Hint,
    Extra,
}

/// A row of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FieldRow {
    field: Field,
    label: String,
    /// The text that it began with.
    before: String,
    input: Input,
}

impl FieldRow {
    fn new(field: Field, label: &str, before: &str) -> Self {
        // A text on several lines is shown as one, and goes back as it was.
        let input = Input::of(&printable(before).replace(['\r', '\n', '\t'], " "));
        Self { field, label: label.to_owned(), before: before.to_owned(), input }
    }

    fn is_as_before(&self) -> bool {
        self.input.text() == Self::new(self.field.clone(), "", &self.before).input.text()
    }

    fn text(&self) -> String {
        if self.is_as_before() { self.before.clone() } else { self.input.text() }
    }

    /// A row can't hold the line ends of this text.
    fn is_for_an_editor(&self) -> bool {
        printable(&self.before) != self.before || self.before.contains(['\n', '\t'])
    }
}

/// How a form was left.
#[derive(Debug, PartialEq, Eq)]
enum Left {
    Saved,
    Editor,
    Gone,
}

struct Form {
    title: String,
    rows: Vec<FieldRow>,
    at: usize,
    base: NoteText,
    said: Option<String>,
    has_editor: bool,
    /// What was typed and found no field in this kind.
    spare: Vec<String>,
}

/// The rows of a kind with the texts of a note.
fn rows_of(text: &NoteText) -> Vec<FieldRow> {
    let mut rows = Vec::new();
    for field in kind(&text.kind).map_or(&[][..], |kind| kind.fields()) {
        let texts = text.texts(field.name);
        for (place, one) in texts.iter().enumerate() {
            let label = if texts.len() > 1 { format!("{} {}", field.name, place + 1) } else { field.name.to_owned() };
            rows.push(FieldRow::new(Field::Own(field.name), &label, one));
        }
        if texts.is_empty() || matches!(field.shape, Shape::Texts | Shape::Days) {
            rows.push(FieldRow::new(Field::Own(field.name), field.name, ""));
        }
    }
    rows.push(FieldRow::new(Field::Hint, "hint", text.hint.as_deref().unwrap_or_default()));
    rows.push(FieldRow::new(Field::Extra, "extra", text.extra.as_deref().unwrap_or_default()));
    rows
}

impl Form {
    /// The text that the rows make.
    fn text(&self) -> NoteText {
        let mut text = self.base.clone();
        for field in kind(&text.kind).map_or(&[][..], |kind| kind.fields()) {
            let rows = self.rows.iter().filter(|row| row.field == Field::Own(field.name));
            let mut texts: Vec<String> = rows.map(FieldRow::text).filter(|text| !text.trim().is_empty()).collect();
            let was_array = matches!(text.fields.get(field.name), Some(Value::Texts(_)));
            match (texts.len(), field.shape) {
                (0, _) => drop(text.fields.remove(field.name)),
                (1, Shape::Text | Shape::Variants) if !was_array => {
                    text.fields.insert(field.name.to_owned(), Value::Text(texts.remove(0)));
                }
                _ => drop(text.fields.insert(field.name.to_owned(), Value::Texts(texts))),
            }
        }
        let of = |field: &Field| {
            let row = self.rows.iter().find(|row| row.field == *field);
            row.map(FieldRow::text).filter(|text| !text.trim().is_empty())
        };
        text.hint = of(&Field::Hint);
        text.extra = of(&Field::Extra);
        text
    }

    fn row(&self, field: &Field) -> String {
        self.rows.iter().find(|row| row.field == *field).map(FieldRow::text).unwrap_or_default()
    }

    /// Another kind of new card: what was typed goes to the fields in their order.
    fn turn_kind(&mut self, by: isize) {
        let now = CARD_KINDS.iter().position(|kind| kind.name() == self.base.kind).unwrap_or(0);
        let count = isize::try_from(CARD_KINDS.len()).unwrap_or(1);
        let next = (isize::try_from(now).unwrap_or(0) + by).rem_euclid(count);
        let Some(kind) = usize::try_from(next).ok().and_then(|next| CARD_KINDS.get(next)) else { return };
        self.base.kind = kind.name().to_owned();
        let own = |row: &&FieldRow| matches!(row.field, Field::Own(_));
        let mut typed: Vec<String> = self.rows.iter().filter(own).map(FieldRow::text).collect();
        typed.append(&mut self.spare);
        let deck = self.row(&Field::Deck);
        let (hint, extra) = (self.row(&Field::Hint), self.row(&Field::Extra));
        self.rows = new_rows(&deck, &self.base);
        let mut typed = typed.into_iter().filter(|text| !text.trim().is_empty());
        for row in &mut self.rows {
            let text = match row.field {
                Field::Own(_) => typed.next().unwrap_or_default(),
                Field::Hint => hint.clone(),
                Field::Extra => extra.clone(),
                Field::Deck | Field::Kind => continue,
            };
            row.input.clear();
            row.input.insert(&text);
        }
        self.spare = typed.collect();
    }

    /// Shows the form until it is saved or left.
    fn run(&mut self, term: &mut Term, with: ScreenContext<'_>) -> Result<Left, Failure> {
        loop {
            term.draw(|frame| {
                let (head, body, foot) = parts(column(frame.area()), 1);
                frame.render_widget(say(&self.title, Tone::Strong, with.look), head);
                let width = usize::from(body.width);
                let (lines, cursor) = self.lines(width, with);
                // The row that is typed in is always in sight.
                let top = cursor.1.saturating_sub(usize::from(body.height).saturating_sub(1));
                let top = scrolled(frame, body, lines, u16::try_from(top).unwrap_or(0));
                let y = u16::try_from(cursor.1).unwrap_or(0).saturating_sub(top);
                if y < body.height {
                    let x = u16::try_from(cursor.0).unwrap_or(0).min(body.width.saturating_sub(1));
                    frame.set_cursor_position(Position { x: body.x + x, y: body.y + y });
                }
                let mut pieces = vec![
                    ("Enter saves".to_owned(), Tone::Plain),
                    ("Esc leaves".to_owned(), Tone::Quiet),
                    ("Tab next".to_owned(), Tone::Quiet),
                ];
                if self.has_editor {
                    pieces.push(("Ctrl-E editor".to_owned(), Tone::Quiet));
                }
                frame.render_widget(footer(&pieces, foot.width, with.look), foot);
            })?;
            match term.next(with.stop)? {
                None if (with.stop)() => return Ok(Left::Gone),
                None => {}
                Some(Event::Paste(text)) => self.typed(|input| {
                    input.insert(&text);
                    true
                }),
                Some(Event::Key(key)) => {
                    if let Some(left) = self.key(&key) {
                        return Ok(left);
                    }
                }
                Some(_) => {}
            }
        }
    }

    fn lines(&self, width: usize, with: ScreenContext<'_>) -> (Vec<Line<'static>>, (usize, usize)) {
        let mut lines = Vec::new();
        let mut cursor = (0, 0);
        for (place, row) in self.rows.iter().enumerate() {
            let here = place == self.at;
            let label = format!("{} {:<w$}", if here { "▸" } else { " " }, row.label, w = LABEL);
            let room = width.saturating_sub(LABEL + 3).max(4);
            let (text, at) = match row.field {
                Field::Kind => (format!("< {} >", self.base.kind), 0),
                Field::Deck | Field::Own(_) | Field::Hint | Field::Extra if here => row.input.view(room),
                Field::Deck | Field::Own(_) | Field::Hint | Field::Extra => (fit(&row.input.text(), room), 0),
            };
            if here {
                cursor = (LABEL + 3 + at, lines.len());
            }
            let tone = if here { Tone::Strong } else { Tone::Quiet };
            lines.push(Line::from(vec![Span::styled(label, style(tone, with.look)), Span::raw(format!(" {text}"))]));
        }
        if let Some(said) = &self.said {
            lines.push(Line::default());
            for line in said.lines() {
                lines.extend(wrapped(line, width, style(Tone::Near, with.look)));
            }
        }
        (lines, cursor)
    }

    fn typed(&mut self, change: impl FnOnce(&mut Input) -> bool) {
        let has_editor = self.has_editor;
        let Some(row) = self.rows.get_mut(self.at).filter(|row| row.field != Field::Kind) else { return };
        let input = row.input.clone();
        change(&mut row.input);
        if row.is_for_an_editor() && row.input.text() != input.text() {
            row.input = input;
            let how = if has_editor { "Ctrl-E opens it in your editor" } else { "`lmq edit` opens it in your editor" };
            self.said = Some(format!("This text has several lines: {how}"));
        }
    }

    fn key(&mut self, key: &KeyEvent) -> Option<Left> {
        self.said = None;
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let last = self.rows.len().saturating_sub(1);
        let on_kind = self.rows.get(self.at).is_some_and(|row| row.field == Field::Kind);
        match key.code {
            KeyCode::Esc => return Some(Left::Gone),
            KeyCode::Char('c') if ctrl => return Some(Left::Gone),
            KeyCode::Char('e') if ctrl && self.has_editor => return Some(Left::Editor),
            KeyCode::Enter => return Some(Left::Saved),
            KeyCode::Tab => self.at = if self.at == last { 0 } else { self.at + 1 },
            KeyCode::BackTab => self.at = if self.at == 0 { last } else { self.at - 1 },
            KeyCode::Down => self.at = (self.at + 1).min(last),
            KeyCode::Up => self.at = self.at.saturating_sub(1),
            KeyCode::Right | KeyCode::Char(' ') if on_kind => self.turn_kind(1),
            KeyCode::Left if on_kind => self.turn_kind(-1),
            _ => self.typed(|input| input.key(key)),
        }
        None
    }
}

fn new_rows(deck: &str, text: &NoteText) -> Vec<FieldRow> {
    let mut rows = vec![FieldRow::new(Field::Deck, "deck", deck), FieldRow::new(Field::Kind, "kind", &text.kind)];
    rows.extend(rows_of(text));
    rows
}

/// Changes the text of a card. Gives what to tell.
pub(super) fn edit(
    note_editor: &mut NoteEditor<'_>,
    card: CardId,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let note = match note_editor.open(card) {
        Ok(note) => note,
        Err(failure) => return Ok(Some(failure.to_string())),
    };
    let mut form = Form {
        title: format!("Edit {}", one_line(&note.name)),
        rows: rows_of(&note.text),
        at: 0,
        base: note.text.clone(),
        said: None,
        has_editor: true,
        spare: Vec::new(),
    };
    loop {
        let made = match form.run(term, with)? {
            Left::Gone => return Ok(None),
            Left::Saved => note_editor.rewrite(&note, &form.text()),
            Left::Editor => {
                let begun = NoteNow { text: form.text(), ..note.clone() };
                match in_editor(note_editor, &note, &write(&[begun]), term, with)? {
                    Ok(Some(rewrite)) => Ok(rewrite),
                    Ok(None) => continue,
                    Err(said) => {
                        form.said = Some(said);
                        continue;
                    }
                }
            }
        };
        let rewrite = match made {
            Ok(rewrite) if rewrite.changes() => rewrite,
            Ok(_) => return Ok(Some("Nothing was changed".to_owned())),
            Err(failure) => {
                form.said = Some([vec![failure.what], failure.places].concat().join("\n"));
                continue;
            }
        };
        // After the editor the form shows what it gave, should there be a way back to it.
        form.base = rewrite.text.clone();
        form.rows = rows_of(&rewrite.text);
        form.at = form.at.min(form.rows.len().saturating_sub(1));
        let Some(meaning) = meaning(note_editor, &note, term, with)? else { continue };
        match save(note_editor, rewrite, meaning, term, with)? {
            Ok(said) => return Ok(said),
            Err(said) => form.said = Some(said),
        }
    }
}

/// The text in the editor, again and again until it has no faults or its user has had enough: then it is kept.
fn in_editor(
    note_editor: &NoteEditor<'_>,
    note: &NoteNow,
    begun: &str,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Result<Option<Rewrite>, String>, Failure> {
    let mut text = begun.to_owned();
    loop {
        let edited = match term.lend(|| with.editor.edit(&text))? {
            Ok(Some(edited)) => edited,
            // Faulty as it was: leaving it so is giving up.
            Ok(None) if text != begun => return Ok(Err(with.editor.keep(&text)?)),
            Ok(None) => return Ok(Ok(None)),
            Err(failure) => return Ok(Err(failure.to_string())),
        };
        let faults = match note_editor.read(note, &edited)? {
            Ok(rewrite) => return Ok(Ok(rewrite)),
            Err(faults) => faults,
        };
        text = edited;
        let keys = [('e', "e opens it again"), ('k', "k keeps it for later")];
        match ask("The text has faults", &faults, &keys, term, with)? {
            Some('e') => {}
            _ => return Ok(Err(with.editor.keep(&text)?)),
        }
    }
}

/// Whether it was a typo; nothing for a way back. A card that was never asked has no schedule to ask about.
fn meaning(
    note_editor: &NoteEditor<'_>,
    note: &NoteNow,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<Meaning>, Failure> {
    if !note_editor.has_schedule(note)? {
        return Ok(Some(Meaning::Typo));
    }
    let lines = [
        "t or Enter: a typo. Its schedule stays.".to_owned(),
        "m: it asks something else now. It begins again, gently.".to_owned(),
    ];
    let keys = [('t', "t typo"), ('m', "m another meaning")];
    Ok(match ask("What did you change?", &lines, &keys, term, with)? {
        Some('m') => Some(Meaning::Changed),
        Some(_) => Some(Meaning::Typo),
        None => None,
    })
}

/// Makes the edit; the inner error is for the form.
fn save(
    note_editor: &mut NoteEditor<'_>,
    rewrite: Rewrite,
    meaning: Meaning,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Result<Option<String>, String>, Failure> {
    let mut how = How { meaning, ..How::default() };
    loop {
        match note_editor.apply(rewrite.clone(), how) {
            Ok(done) => {
                let what = if done.notes.is_empty() { "nothing was changed".to_owned() } else { done.label };
                return Ok(Ok(Some(joined(&[vec![what], done.talk].concat()))));
            }
            Err(Refusal::Failure(failure)) => return Ok(Err(failure.to_string())),
            Err(Refusal::Conflict(conflicts)) => {
                let lines: Vec<String> = conflicts.iter().flat_map(both).collect();
                let keys = [('y', "y takes yours"), ('t', "t takes theirs")];
                how.side = match ask("It was changed elsewhere meanwhile", &lines, &keys, term, with)? {
                    Some('y') => Some(Side::Mine),
                    Some(_) => Some(Side::Theirs),
                    None => return Ok(Err("Not saved: it was changed elsewhere meanwhile".to_owned())),
                };
            }
        }
    }
}

fn both(conflict: &Conflict) -> Vec<String> {
    let side = |head: &str, text: &str| {
        std::iter::once(head.to_owned()).chain(text.lines().map(|line| format!("  {line}"))).collect::<Vec<_>>()
    };
    [side("It is now:", &conflict.theirs), side("Yours:", &conflict.mine)].concat()
}

/// Lines, and one of some keys; Enter is the first of them, Esc nothing.
fn ask(
    title: &str,
    lines: &[String],
    keys: &[(char, &str)],
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<char>, Failure> {
    let mut scroll = 0;
    loop {
        term.draw(|frame| {
            let (head, body, foot) = parts(column(frame.area()), 1);
            frame.render_widget(say(title, Tone::Strong, with.look), head);
            let width = usize::from(body.width);
            let shown = lines.iter().flat_map(|line| wrapped(line, width, Style::new())).collect();
            scroll = scrolled(frame, body, shown, scroll);
            let mut pieces: Vec<(String, Tone)> =
                keys.iter().map(|(_, what)| ((*what).to_owned(), Tone::Plain)).collect();
            pieces.push(("Esc back".to_owned(), Tone::Quiet));
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(None),
            Some(Event::Key(key)) => match key.code {
                KeyCode::Esc => return Ok(None),
                KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Ok(None),
                KeyCode::Enter => return Ok(keys.first().map(|(key, _)| *key)),
                KeyCode::Char(c) if keys.iter().any(|(key, _)| *key == c) => return Ok(Some(c)),
                KeyCode::Down => scroll += 1,
                KeyCode::Up => scroll = scroll.saturating_sub(1),
                _ => {}
            },
            _ => {}
        }
    }
}

/// Adds a card. Gives what to tell.
pub(super) fn add(
    note_editor: &mut NoteEditor<'_>,
    deck: &str,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let base = NoteText { kind: "basic".to_owned(), markup: Markup::Plain, ..NoteText::default() };
    let rows = new_rows(deck, &base);
    // Where the deck is known the question comes first.
    let at = if deck.is_empty() { 0 } else { 2 };
    let mut form =
        Form { title: "Add a card".to_owned(), rows, at, base, said: None, has_editor: false, spare: Vec::new() };
    loop {
        if form.run(term, with)? == Left::Gone {
            return Ok(None);
        }
        match note_editor.add(&form.row(&Field::Deck), &form.text()) {
            Ok((name, true)) => return Ok(Some(format!("the deck has this card already: {}", one_line(&name)))),
            Ok((name, false)) => return Ok(Some(format!("added {}", one_line(&name)))),
            Err(failure) => form.said = Some([vec![failure.what], failure.places].concat().join("\n")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &NoteText) -> Form {
        Form {
            title: String::new(),
            rows: rows_of(text),
            at: 0,
            base: text.clone(),
            said: None,
            has_editor: true,
            spare: Vec::new(),
        }
    }

    fn card(kind: &str, fields: &[(&str, Value)]) -> NoteText {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        NoteText { kind: kind.to_owned(), fields, ..NoteText::default() }
    }

    fn types(form: &mut Form, text: &str) {
        for c in text.chars() {
            assert_eq!(form.key(&KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)), None);
        }
    }

    #[test]
    fn a_form_that_nobody_touched_gives_the_text_as_it_was() {
        let texts = |texts: &[&str]| Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
        let one = |text: &str| Value::Text(text.to_owned());
        for text in [
            card("basic", &[("front", texts(&["one"])), ("back", one("several\n\tlines\u{202e}"))]),
            card("list", &[("prompt", one("q")), ("items", texts(&["a", "b"]))]),
            card("typed", &[("prompt", texts(&["q", "r"])), ("answer", one("a"))]),
        ] {
            assert_eq!(form(&text).text(), text);
        }
    }

    #[test]
    fn what_is_typed_goes_into_its_field_and_lines_are_not_lost() {
        let text = card("basic", &[("front", Value::Text("q".to_owned())), ("back", Value::Text("a\nb".to_owned()))]);
        let mut form = form(&text);
        types(&mut form, "?");
        form.key(&KeyEvent::new(KeyCode::Tab, KeyModifiers::NONE));
        types(&mut form, "x");
        assert!(form.said.as_deref().is_some_and(|said| said.contains("several lines")));
        let edited = form.text();
        assert_eq!((edited.text("front"), edited.text("back")), ("q?", "a\nb"));
    }

    #[test]
    fn another_kind_takes_over_what_was_typed() {
        let base = NoteText { kind: "basic".to_owned(), markup: Markup::Plain, ..NoteText::default() };
        let mut form = Form { rows: new_rows("d", &base), at: 2, ..form(&base) };
        types(&mut form, "q");
        form.at = 3;
        types(&mut form, "a");
        form.at = 1;
        while form.base.kind != "typed" {
            form.key(&KeyEvent::new(KeyCode::Right, KeyModifiers::NONE));
        }
        let text = form.text();
        assert_eq!((text.text("prompt"), text.text("answer")), ("q", "a"));
        assert_eq!(form.row(&Field::Deck), "d");
    }
}
