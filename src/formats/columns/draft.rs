//! A note that is put together from the cells of a row, or from the values of an object.

use crate::core::card::CardKind;
use crate::core::card::Form;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Said;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::items_of_line;
use crate::core::id::NoteUid;
use crate::formats::Identity;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::columns::Column;
use crate::formats::columns::Dialect;
use crate::formats::columns::Given;
use crate::formats::columns::Target;
use crate::formats::columns::check;
use crate::formats::columns::check_names;
use crate::formats::columns::fault::NoteFault;
use crate::formats::columns::no_field;
use crate::formats::columns::phrasings;
use crate::formats::columns::target;
use std::borrow::Cow;

/// A note that is being put together.
pub(in crate::formats) struct Draft {
    kind: &'static dyn CardKind,
    text: NoteText,
    uid: Option<NoteUid>,
    guid: Option<String>,
    key: Option<String>,
    deck: Option<String>,
}

impl Draft {
    /// Nothing yet, of that kind; its texts are plain where nothing says otherwise.
    pub(in crate::formats) fn new(kind: &'static dyn CardKind) -> Self {
        let text = NoteText { kind: kind.name().to_owned(), markup: Markup::Plain, ..NoteText::default() };
        Self { kind, text, uid: None, guid: None, key: None, deck: None }
    }

    /// Puts a text in its place. The caller leaves out blank ones.
    ///
    /// # Errors
    /// When it can't stand there.
    pub(in crate::formats) fn put(
        &mut self,
        target: Target,
        given: Given<'_>,
        dialect: Dialect,
    ) -> Result<(), NoteFault> {
        match target {
            Target::Field(name, shape) => self.put_field(name, shape, given, dialect),
            Target::Column(column) => self.put_beside(column, given, dialect),
            Target::Wrong(name) => Err(no_field(self.kind, name)),
            Target::Surplus | Target::Skip | Target::Label(_) | Target::Line(..) => Ok(()),
        }
    }

    /// Adds a line to the explanation.
    pub(in crate::formats) fn put_line(&mut self, label: &str, text: &str, line_break: &str) {
        add_line(self.text.extra.get_or_insert_default(), label, text, line_break);
    }

    /// Adds a line to a field of one text.
    pub(in crate::formats) fn put_line_in(&mut self, name: &'static str, label: &str, text: &str, line_break: &str) {
        let value = self.text.fields.entry(name.to_owned()).or_insert_with(|| Value::Text(String::new()));
        if let Value::Text(lines) = value {
            add_line(lines, label, text, line_break);
        }
    }

    /// Puts more text behind what a field of one text holds; `false` where it holds none.
    pub(in crate::formats) fn append(&mut self, target: Target, more: &str) -> bool {
        let Target::Field(name, _) = target else { return false };
        match self.text.fields.get_mut(name) {
            Some(Value::Text(text)) => {
                text.push_str(more);
                true
            }
            _ => false,
        }
    }

    /// Says how the texts are marked up where the row itself does not.
    pub(in crate::formats) fn marked_up(&mut self, markup: Markup) {
        self.text.markup = markup;
    }

    /// Takes the place of the deck by its one spelling.
    pub(in crate::formats) fn deck_mut(&mut self) -> &mut Option<String> {
        &mut self.deck
    }

    fn put_field(
        &mut self,
        name: &'static str,
        shape: Shape,
        given: Given<'_>,
        dialect: Dialect,
    ) -> Result<(), NoteFault> {
        let value = match (shape, given) {
            (Shape::Text, given) => Value::Text(given.into_one()),
            (Shape::Variants, Given::Text(text)) => phrasings(&text),
            (Shape::Texts, Given::Text(text)) if name == "items" && dialect != Dialect::Own => {
                Value::Texts(self.items(&text, dialect)?)
            }
            (Shape::Texts | Shape::Days, Given::Text(text)) => Value::Texts(dialect.list(&text)),
            (Shape::Variants | Shape::Texts | Shape::Days, Given::Texts(texts)) => Value::Texts(texts),
        };
        match self.text.fields.insert(name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(NoteFault::FilledTwice(name)),
        }
    }

    /// The items in somebody's cell, which may have commas between them. A single one is no list.
    fn items(&self, cell: &str, dialect: Dialect) -> Result<Vec<String>, NoteFault> {
        let items = dialect.list(cell);
        match items.as_slice() {
            [line] => {
                let items = items_of_line(line);
                if items.len() < 2 && self.kind.name() == "list" { Err(NoteFault::OneItem) } else { Ok(items) }
            }
            _ => Ok(items),
        }
    }

    fn put_beside(&mut self, column: Column, given: Given<'_>, dialect: Dialect) -> Result<(), NoteFault> {
        let text = &mut self.text;
        match column {
            Column::Uid => self.uid = uid(&given.into_one(), dialect)?,
            Column::Guid => self.guid = Some(given.into_one()),
            Column::Key => self.key = Some(given.into_one()),
            Column::Deck => self.deck = Some(given.into_one()),
            Column::Tags => text.tags.extend(given.into_words(dialect)),
            Column::WholeTag => text.tags.extend(match given {
                Given::Text(cell) => dialect.categories(&cell),
                Given::Texts(texts) => texts,
            }),
            Column::Source => {
                text.source = match given {
                    Given::Text(cell) => dialect.sources(&cell),
                    Given::Texts(texts) => texts,
                }
            }
            Column::After => text.after = given.into_words(dialect),
            Column::Topic => text.topic = Some(given.into_one()),
            Column::Speaker => text.speaker = Some(given.into_one()),
            Column::Hint => text.hint = Some(given.into_one()),
            Column::Group => text.group = Some(given.into_one()),
            Column::HeldOut => text.held_out = yes_or_no(&given.into_one())?,
            Column::Form => text.form = form(given.into_one(), dialect)?,
            Column::Markup => text.markup = markup(given.into_one(), text.markup, dialect)?,
            Column::Extra => {
                let more = given.into_one();
                text.extra = Some(match text.extra.take() {
                    Some(extra) => format!("{extra}\n\n{more}"),
                    None => more,
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// Sets the deck if no column gave one.
    pub(in crate::formats) fn deck_or(&mut self, deck: Option<&String>) {
        if self.deck.is_none() {
            self.deck = deck.cloned();
        }
    }

    /// Adds tags that all notes of the file have.
    pub(in crate::formats) fn add_tags(&mut self, tags: &[String]) {
        for tag in tags {
            if !self.text.tags.contains(tag) {
                self.text.tags.push(tag.clone());
            }
        }
    }

    /// The note, if its kind accepts it. `says` is what the row has a place for.
    ///
    /// # Errors
    /// When it does not.
    pub(in crate::formats) fn finish(self, place: Place, says: Said) -> Result<Box<Item>, NoteFault> {
        check(self.kind, &self.text)?;
        let names = [("key", &self.key), ("guid", &self.guid), ("deck", &self.deck)];
        check_names(&names.map(|(what, name)| (what, name.as_ref())))?;
        Ok(Box::new(self.item(place, says)))
    }

    /// Takes from a bad row what says who it is: names, and the question whatever the card is.
    pub(in crate::formats) fn take_name(&mut self, column: Column, text: Cow<'_, str>, dialect: Dialect) {
        let is_name = matches!(column, Column::Uid | Column::Guid | Column::Key | Column::Deck);
        let column = if column.asks() { Column::Question } else { column };
        if (is_name || column == Column::Question) && !text.trim().is_empty() {
            // What is wrong with it is said with the row.
            self.put(target(column, self.kind), Given::Text(text), dialect).ok();
        }
    }

    /// Who a bad row is, as far as that is known.
    pub(in crate::formats) fn unfinished(self, place: Place) -> Option<Box<Item>> {
        let item = self.item(place, Said::NOTHING);
        (item.identity != Identity::None || !item.text.fields.is_empty()).then(|| Box::new(item))
    }

    fn item(self, place: Place, says: Said) -> Item {
        let (identity, key) = match (self.uid, self.guid, self.key) {
            (Some(uid), _, key) => (Identity::Uid(uid), key),
            (None, None, Some(key)) => (Identity::Key(key), None),
            (None, Some(id), key) => (Identity::Foreign { namespace: "anki".to_owned(), id }, key),
            (None, None, None) => (Identity::None, None),
        };
        Item { place, deck: self.deck, identity, key, text: self.text, says }
    }
}

fn add_line(lines: &mut String, label: &str, text: &str, line_break: &str) {
    if !lines.is_empty() {
        lines.push_str(line_break);
    }
    if !label.is_empty() {
        lines.push_str(label);
        lines.push_str(": ");
    }
    lines.push_str(text);
}

/// A uid. What another program has in a column called `id` says nothing to us.
fn uid(id: &str, dialect: Dialect) -> Result<Option<NoteUid>, NoteFault> {
    match (NoteUid::from_hex(id), dialect) {
        (None, Dialect::Own) => Err(NoteFault::BadId(id.to_owned())),
        (found, _) => Ok(found),
    }
}

/// A form. Other programs' tables call something else so, such as the form of a word.
fn form(name: String, dialect: Dialect) -> Result<Option<Form>, NoteFault> {
    match (Form::of_name(name.trim()), dialect) {
        (None, Dialect::Own) => Err(NoteFault::BadForm(name)),
        (found, _) => Ok(found),
    }
}

/// A markup. Other programs' tables may call something else so.
fn markup(name: String, usual: Markup, dialect: Dialect) -> Result<Markup, NoteFault> {
    match (Markup::of_name(name.trim()), dialect) {
        (None, Dialect::Own) => Err(NoteFault::BadMarkup(name)),
        (found, _) => Ok(found.unwrap_or(usual)),
    }
}

fn yes_or_no(text: &str) -> Result<bool, NoteFault> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" => Ok(true),
        "no" | "n" | "false" | "0" | "" => Ok(false),
        _ => Err(NoteFault::BadHeldOut(text.to_owned())),
    }
}
