//! Writing a document, one note a line, so that versions of a file can be compared.

use crate::formats::DeckHead;
use crate::formats::Exporter;
use crate::formats::Record;
use crate::formats::RecordWriter;
use crate::formats::decode;
use crate::formats::faithful;
use crate::formats::harmless;
use crate::formats::json::FORMAT;
use crate::formats::json::JsonDocument;
use crate::formats::json::LONGEST_NOTE;
use crate::formats::json::VERSION;
use crate::formats::json::records::DeckJson;
use crate::formats::json::records::NoteJson;
use crate::formats::json::records::TopicJson;
use std::io;
use std::io::Write;

impl Exporter for JsonDocument {
    fn name(&self) -> &'static str {
        "json"
    }

    fn begin<'a>(&self, out: &'a mut dyn Write) -> io::Result<Box<dyn RecordWriter + 'a>> {
        let head = format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"decks\":[\n");
        Ok(Box::new(DocumentWriter { out, buffer: head.into_bytes(), inside: Inside::Decks { first: true } }))
    }
}

/// The list that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Decks { first: bool },
    Deck,
    Topics,
    Notes,
}

/// A document being written.
struct DocumentWriter<'a> {
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
    inside: Inside,
}

impl DocumentWriter<'_> {
    fn text(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    fn close_deck(&mut self) {
        match self.inside {
            Inside::Decks { .. } => return,
            Inside::Deck => self.text("}"),
            Inside::Topics | Inside::Notes => self.text("\n]}"),
        }
        self.inside = Inside::Decks { first: false };
    }

    fn open_deck(&mut self, head: Option<&DeckHead>) -> io::Result<()> {
        self.close_deck();
        if self.inside == (Inside::Decks { first: false }) {
            self.text(",\n");
        }
        match head {
            None => self.text("{"),
            Some(head) => {
                serde_json::to_writer(&mut self.buffer, &DeckJson::from(head))?;
                // Left open for the lists.
                self.buffer.pop();
            }
        }
        self.inside = Inside::Deck;
        Ok(())
    }

    /// Writes what has to come before the next element of the list `wanted` of the current deck.
    fn element(&mut self, name: &str, wanted: Inside) -> io::Result<()> {
        if matches!(self.inside, Inside::Decks { .. }) {
            self.open_deck(None)?;
        }
        if self.inside == wanted {
            self.text(",\n");
            return Ok(());
        }
        if self.inside != Inside::Deck {
            self.text("\n]");
        }
        if self.buffer.last() != Some(&b'{') {
            self.text(",");
        }
        self.text("\"");
        self.text(name);
        self.text("\":[\n");
        self.inside = wanted;
        Ok(())
    }
}

impl RecordWriter for DocumentWriter<'_> {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        faithful::check_head(record)?;
        match record {
            Record::Deck(head) => self.open_deck(Some(head))?,
            Record::Topic(_) if self.inside == Inside::Notes => {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "a topic comes after the notes of its deck"));
            }
            Record::Topic(topic) => {
                self.element("topics", Inside::Topics)?;
                serde_json::to_writer(&mut self.buffer, &TopicJson::from(topic))?;
            }
            Record::Note(item) => {
                faithful::check(item)?;
                self.element("notes", Inside::Notes)?;
                let start = self.buffer.len();
                serde_json::to_writer(&mut self.buffer, &NoteJson::from(&**item))?;
                if self.buffer.len() - start > LONGEST_NOTE {
                    return Err(faithful::too_long(item));
                }
            }
        }
        if self.buffer.len() >= decode::CHUNK {
            // The last byte stays: it says whether a comma is due.
            let last = self.buffer.pop();
            self.out.write_all(&harmless(&self.buffer))?;
            self.buffer.clear();
            self.buffer.extend(last);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.close_deck();
        self.text("\n]}\n");
        self.out.write_all(&harmless(&self.buffer))?;
        self.out.flush()
    }
}
