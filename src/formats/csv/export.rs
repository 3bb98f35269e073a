//! The exporters `csv` and `tsv`: a table that a spreadsheet opens and that we read back without loss.

use crate::core::card::Form;
use crate::core::card::Markup;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::NoteUid;
use crate::core::id::is_deck_id;
use crate::formats::Exporter;
use crate::formats::Identity;
use crate::formats::Item;
use crate::formats::Record;
use crate::formats::RecordWriter;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::fault::NoteFault;
use crate::formats::csv::ESCAPED;
use crate::formats::csv::VERSION;
use crate::formats::csv::is_formula;
use crate::formats::decode;
use crate::formats::faithful;
use crate::formats::table::LONGEST_ROW;
use std::io;
use std::io::Write;

/// A table with one separator between its columns.
pub(in crate::formats) struct TableExporter {
    name: &'static str,
    separator: u8,
    /// What `#separator:` calls it.
    separator_name: &'static str,
}

/// The exporter `csv`.
pub(in crate::formats) static CSV_OUT: TableExporter =
    TableExporter { name: "csv", separator: b',', separator_name: "Comma" };

/// The exporter `tsv`: for what takes a table by the clipboard.
pub(in crate::formats) static TSV_OUT: TableExporter =
    TableExporter { name: "tsv", separator: b'\t', separator_name: "Tab" };

/// The mark of UTF-8 at the start of a file.
const MARK: char = '\u{feff}';

/// The first columns; the fields of kinds other than `basic` follow.
const COLUMNS: &[&str] = &[
    "id", "key", "deck", "kind", "front", "back", "hint", "extra", "tags", "source", "topic", "speaker", "group",
    "after", "held_out", "form", "markup",
];

impl Exporter for TableExporter {
    fn name(&self) -> &'static str {
        self.name
    }

    fn begin<'a>(&self, out: &'a mut dyn Write) -> io::Result<Box<dyn RecordWriter + 'a>> {
        let mut names = COLUMNS.to_vec();
        for name in columns::field_names() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let columns = names.iter().map(|name| columns::named(name)).collect();
        // The mark is for Excel, which takes UTF-8 without it for Windows-1252.
        let separator = char::from(self.separator).to_string();
        let head = format!(
            "{MARK}#lmq:{VERSION} excel-safe\n#separator:{}\n{}\n",
            self.separator_name,
            names.join(&separator)
        );
        Ok(Box::new(TableWriter {
            out,
            separator: self.separator,
            buffer: head.into_bytes(),
            scratch: String::new(),
            columns,
            shapes: Vec::new(),
            deck: String::new(),
        }))
    }
}

struct TableWriter<'a> {
    out: &'a mut dyn Write,
    separator: u8,
    buffer: Vec<u8>,
    scratch: String,
    columns: Vec<Column>,
    /// For each kind met so far, one entry a column: the shape of its field, if the kind has that field.
    shapes: Vec<(&'static str, Vec<Option<Shape>>)>,
    deck: String,
}

impl RecordWriter for TableWriter<'_> {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        match record {
            Record::Deck(head) => {
                faithful::check_head(record)?;
                // A row can't name a deck by a name with a `/`, but by its id.
                let name = if is_deck_id(&head.name) { &head.name } else { &head.id };
                name.clone_into(&mut self.deck);
            }
            // A table has no place for topics; notes keep the topic's id.
            Record::Topic(_) => {}
            Record::Note(item) => self.note(item)?,
        }
        if self.buffer.len() >= decode::CHUNK {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.out.flush()
    }
}

fn refused(fault: NoteFault) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, fault)
}

impl TableWriter<'_> {
    fn note(&mut self, item: &Item) -> io::Result<()> {
        let text = &item.text;
        faithful::check(item)?;
        let kind = kind(&text.kind).ok_or_else(|| refused(NoteFault::NoKind(text.kind.clone())))?;
        let lists = [("tags", &text.tags), ("source", &text.source), ("after", &text.after)];
        if let Some((field, _)) = lists.into_iter().find(|(_, words)| words.iter().any(|word| word.trim().is_empty())) {
            let reason = format!("{} has white space and nothing else in `{field}`", faithful::name(item));
            return Err(faithful::refused(&reason));
        }
        if !text.media.is_empty() {
            return Err(faithful::refused(&format!("{} has `media`", faithful::name(item))));
        }
        let field = |name: &str| kind.fields().iter().find(|field| field.name == name);
        let start = self.buffer.len();
        let known = self.shapes.iter().position(|(name, _)| *name == kind.name()).unwrap_or_else(|| {
            let shape = |column: &Column| match column {
                Column::Field(name) => field(name).map(|field| field.shape),
                _ => None,
            };
            self.shapes.push((kind.name(), self.columns.iter().map(shape).collect()));
            self.shapes.len() - 1
        });
        let shapes = self.shapes.get(known).map_or(&[] as &[_], |(_, shapes)| shapes);
        let out = &mut self.buffer;
        let scratch = &mut self.scratch;
        for (index, column) in self.columns.iter().enumerate() {
            if index > 0 {
                out.push(self.separator);
            }
            match column {
                Column::Uid => write_uid(&item.identity, out),
                Column::Key => match &item.identity {
                    Identity::Key(key) => write_cell(key, out),
                    _ => write_cell(item.key.as_deref().unwrap_or_default(), out),
                },
                Column::Deck => write_cell(item.deck.as_ref().unwrap_or(&self.deck), out),
                Column::Kind => write_cell(kind.name(), out),
                Column::Hint => write_cell(text.hint.as_deref().unwrap_or_default(), out),
                Column::Extra => write_cell(text.extra.as_deref().unwrap_or_default(), out),
                Column::Topic => write_cell(text.topic.as_deref().unwrap_or_default(), out),
                Column::Speaker => write_cell(text.speaker.as_deref().unwrap_or_default(), out),
                Column::Group => write_cell(text.group.as_deref().unwrap_or_default(), out),
                Column::Tags => write_words(&text.tags, scratch, out),
                Column::Source => write_words(&text.source, scratch, out),
                Column::After => write_words(&text.after, scratch, out),
                Column::HeldOut => write_cell(if text.held_out { "yes" } else { "" }, out),
                Column::Form => write_cell(text.form.map_or("", Form::name), out),
                // A table is plain where it does not say otherwise.
                Column::Markup if text.markup == Markup::Plain => {}
                Column::Markup => write_cell(text.markup.name(), out),
                Column::Field(name) => {
                    if let Some(Some(shape)) = shapes.get(index)
                        && let Some(value) = text.fields.get(*name)
                    {
                        write_value(value, *shape, scratch, out)
                            .map_err(|()| refused(NoteFault::WrongShape { kind: kind.name(), field: name }))?;
                    }
                }
                _ => {}
            }
        }
        out.push(b'\n');
        if out.len() - start > LONGEST_ROW {
            return Err(faithful::refused(&format!("{} makes a row of more than 16 MB", faithful::name(item))));
        }
        Ok(())
    }
}

fn write_uid(identity: &Identity, out: &mut Vec<u8>) {
    let NoteUid(bytes) = match identity {
        Identity::Uid(uid) => *uid,
        Identity::Foreign { namespace, id } => NoteUid::of_foreign(namespace, id),
        Identity::Key(_) | Identity::None => return,
    };
    let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
    let mut hex = [0; 32];
    for (pair, byte) in hex.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    out.extend_from_slice(&hex);
}

pub(super) fn write_value(value: &Value, shape: Shape, scratch: &mut String, out: &mut Vec<u8>) -> Result<(), ()> {
    match (shape, value) {
        (Shape::Text, Value::Text(text)) => write_cell(text, out),
        (Shape::Variants, Value::Text(text)) => {
            scratch.clear();
            columns::write_phrasing(text, scratch);
            write_cell(scratch, out);
        }
        (Shape::Variants, Value::Texts(texts)) => {
            scratch.clear();
            if texts.len() == 1 {
                scratch.push_str("|\n");
            }
            for (index, text) in texts.iter().enumerate() {
                if index > 0 {
                    scratch.push_str("\n|\n");
                }
                columns::write_phrasing(text, scratch);
            }
            write_cell(scratch, out);
        }
        (Shape::Texts | Shape::Days, Value::Texts(texts)) => {
            write_lines(texts, scratch);
            write_cell(scratch, out);
        }
        (Shape::Text, Value::Texts(_)) | (Shape::Texts | Shape::Days, Value::Text(_)) => return Err(()),
    }
    Ok(())
}

fn write_lines(texts: &[String], scratch: &mut String) {
    scratch.clear();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            scratch.push('\n');
        }
        scratch.push_str(&columns::escape(text));
    }
}

/// Words, separated by spaces; one a line if any word contains white space.
fn write_words(words: &[String], scratch: &mut String, out: &mut Vec<u8>) {
    if words.iter().any(|word| word.contains(char::is_whitespace)) {
        write_lines(words, scratch);
        scratch.push('\n');
    } else {
        scratch.clear();
        for (index, word) in words.iter().enumerate() {
            if index > 0 {
                scratch.push(' ');
            }
            scratch.push_str(word);
        }
    }
    write_cell(scratch, out);
}

/// Whether a text has any of these bytes. All of it is looked at: without a way out the compiler compares many bytes at once, and
/// most cells have none of them.
fn holds<const COUNT: usize>(text: &str, wanted: [u8; COUNT]) -> bool {
    text.bytes().fold(false, |found, byte| wanted.iter().fold(found, |found, wanted| found | (byte == *wanted)))
}

/// Appends a cell, quoted if it has to be.
fn write_cell(text: &str, out: &mut Vec<u8>) {
    if text.is_empty() {
        return;
    }
    // Each separator of ours, whichever this table has: it costs a pair of quotes, and nothing else depends on it.
    let has_marks = holds(text, *b"\",\t\n\r\0");
    let is_blank = || text.starts_with(char::is_whitespace) && text.trim().is_empty();
    if (has_marks && holds(text, *b"\r\0")) || text.starts_with(ESCAPED) || is_blank() {
        let text = text.replace('\\', "\\\\").replace('\r', "\\r").replace('\0', "\\0");
        return write_as_it_is(&format!("{ESCAPED}{text}"), true, out);
    }
    write_as_it_is(text, has_marks, out);
}

fn write_as_it_is(text: &str, has_marks: bool, out: &mut Vec<u8>) {
    let formula = is_formula(text);
    let special =
        has_marks || text.starts_with(|c: char| c == '#' || c.is_whitespace()) || text.ends_with(char::is_whitespace);
    if special {
        out.push(b'"');
    }
    if formula {
        out.push(b'\'');
    }
    if special {
        for (index, part) in text.split('"').enumerate() {
            if index > 0 {
                out.extend_from_slice(b"\"\"");
            }
            out.extend_from_slice(part.as_bytes());
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}
