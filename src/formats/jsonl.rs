//! `jsonl`: one object a line, for files of any size and for programs that read line by line.

pub(super) mod fault;

use crate::formats::Exporter;
use crate::formats::FormatError;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::formats::RecordWriter;
use crate::formats::Rejected;
use crate::formats::Sink;
use crate::formats::decode;
use crate::formats::faithful;
use crate::formats::json;
use crate::formats::json::DeckJson;
use crate::formats::json::NoteJson;
use crate::formats::json::TopicJson;
use crate::formats::json::fault::DocumentFault;
use crate::formats::json::fault::ObjectFault;
use crate::formats::jsonl::fault::LineFault;
use crate::formats::jsonl::fault::LinesFault;
use serde::Deserialize as _;
use serde::Serialize;
use serde::de::DeserializeSeed as _;
use serde_json::Value as Json;
use std::cell::RefCell;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::SeekFrom;
use std::io::Write;

/// Bytes of the longest line.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Lines that may be broken before the first good one.
const MOST_BAD_AT_FIRST: usize = 100;

/// Lines that are looked at before one is read.
const MOST_LOOKED_AT: usize = 20_000;

/// `jsonl`
pub(super) struct JsonLines;

impl Importer for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn sniff(&self, file_name: &str, head: &[u8]) -> bool {
        let start = json::start_of(head);
        let start = start.trim_start();
        if !start.starts_with('{') || json::is_history(start) {
            return false;
        }
        let name = file_name.to_ascii_lowercase();
        if name.ends_with(".jsonl") || name.ends_with(".ndjson") {
            return true;
        }
        let mut lines = start.lines().map(str::trim).filter(|line| !line.is_empty());
        let Some(Ok(Json::Object(first))) = lines.next().map(serde_json::from_str) else {
            return false;
        };
        let ours = first.get("format").and_then(Json::as_str) == Some(json::FORMAT) && !first.contains_key("decks");
        ours || lines.next().is_some_and(|line| line.starts_with('{'))
    }

    fn read(&self, input: &mut dyn ReadSeek, options: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError> {
        let start = input.stream_position()?;
        let look = look(input, options)?;
        input.seek(SeekFrom::Start(start))?;
        let mut input = BufReader::with_capacity(decode::CHUNK, decode::marked(input)?);
        let mut bytes = Vec::new();
        let mut place = Place::default();
        let mut any = false;
        // Why the first line was none, and how many there were: a file of nothing else is no file of ours.
        let (mut first_bad, mut bad_lines) = (None, 0_usize);
        let mut keys = json::Keys::new(&look);
        loop {
            place.line += 1;
            let line = match next_line(&mut input, &mut bytes)? {
                Line::End => break,
                Line::Text if bytes.trim_ascii().is_empty() => continue,
                Line::Text => parse(&bytes),
                Line::TooLong => Err((0, LineFault::TooLong)),
            };
            let read = match line {
                Err((column, fault)) => {
                    first_bad.get_or_insert_with(|| LinesFault::NoObject { line: place.line, fault: fault.clone() });
                    bad_lines += 1;
                    if !any && bad_lines > MOST_BAD_AT_FIRST {
                        break;
                    }
                    let place = Place { column, ..place };
                    sink(ImportItem::Rejected(Rejected { place, fault: fault.into(), who: None }))?;
                    continue;
                }
                Ok(value) if is_head(&value) => {
                    let format = value.get("format").and_then(Json::as_str);
                    json::check_version(format, value.get("version").and_then(Json::as_u64))?;
                    // In a folder it is said of the tables.
                    if !options.table.columns.is_empty() && !options.in_folder {
                        return Err(FormatError::NotThis(DocumentFault::OwnKeys.into()));
                    }
                    any = true;
                    continue;
                }
                Ok(value) => held(value, &bytes, &mut keys, place),
            };
            any = true;
            match read {
                Ok(records) => records.into_iter().try_for_each(|record| sink(ImportItem::Record(record)))?,
                Err(fault) => {
                    let who = std::str::from_utf8(&bytes).ok().and_then(|line| json::who_in(line, place));
                    sink(ImportItem::Rejected(Rejected { place, fault: fault.into(), who }))?;
                }
            }
        }
        if let Some(fault) = keys.missing().filter(|_| any) {
            return Err(FormatError::NotThis(fault.into()));
        }
        for warning in keys.warnings() {
            sink(ImportItem::Warning(warning.into()))?;
        }
        for loss in keys.losses() {
            sink(ImportItem::Loss(loss))?;
        }
        match first_bad {
            _ if any => Ok(()),
            Some(fault) => Err(FormatError::NotThis(fault.into())),
            None => Err(FormatError::NotThis(LinesFault::Empty.into())),
        }
    }
}

/// Looks at the objects of the first lines. What is wrong with a line is told when it is read.
fn look<'o>(input: &mut dyn ReadSeek, options: &'o ReadOptions) -> Result<json::Look<'o>, FormatError> {
    let mut input = BufReader::with_capacity(decode::CHUNK, decode::marked(input)?);
    let (mut look, mut bytes) = (json::Look::new(options), Vec::new());
    for _ in 0..MOST_LOOKED_AT {
        match next_line(&mut input, &mut bytes)? {
            Line::End => break,
            Line::TooLong => continue,
            Line::Text => {}
        }
        let object = std::str::from_utf8(&bytes).ok().and_then(|text| json::object(text).ok());
        // Of our own lines none tells anything.
        if object.is_some_and(|object| is_own(&object) || !look.see(&object)) {
            break;
        }
    }
    Ok(look)
}

/// Whether a line is one that lmq wrote: the head, or a record in an object of its own.
fn is_own(object: &json::Object) -> bool {
    match &object[..] {
        [(name, value)] => value.get().starts_with('{') && ["note", "deck", "topic"].contains(&name.as_str()),
        _ => object.iter().any(|(name, value)| name == "format" && value.get().starts_with("\"lmq-")),
    }
}

/// Whether a line says of what format the file is, and is no note of another program that has a field of that name.
fn is_head(value: &Json) -> bool {
    let Some(object) = value.as_object() else { return false };
    let format = object.get("format");
    let is_ours = format.and_then(Json::as_str).is_some_and(|format| format.starts_with("lmq-"));
    is_ours || (format.is_some() && object.keys().all(|key| ["format", "version"].contains(&key.as_str())))
}

enum Line {
    Text,
    TooLong,
    End,
}

/// Reads a line, or passes over one that is too long.
fn next_line(input: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<Line> {
    bytes.clear();
    let limit = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
    if input.by_ref().take(limit).read_until(b'\n', bytes)? == 0 {
        return Ok(Line::End);
    }
    if bytes.len() < LONGEST_LINE || bytes.ends_with(b"\n") {
        return Ok(Line::Text);
    }
    input.skip_until(b'\n')?;
    Ok(Line::TooLong)
}

/// The object in a line, or why and in which column there is none.
fn parse(bytes: &[u8]) -> Result<Json, (u64, LineFault)> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let column = String::from_utf8_lossy(before).chars().count();
        (u64::try_from(column).unwrap_or(0) + 1, LineFault::NotUtf8)
    })?;
    let twice = RefCell::default();
    let mut line = serde_json::Deserializer::from_str(text);
    let read = json::Strict::new(&twice).deserialize(&mut line).and_then(|value| line.end().map(|()| value));
    let value = read.map_err(|error| {
        let column = u64::try_from(error.column()).unwrap_or(0);
        (column, LineFault::Broken(json::without_place(&error)))
    })?;
    match twice.into_inner() {
        Some(key) => Err((0, ObjectFault::Twice(key).into())),
        None => Ok(value),
    }
}

/// What a line holds. One of another program is read once more, by what is written in it.
fn held(mut value: Json, bytes: &[u8], keys: &mut json::Keys, place: Place) -> Result<Vec<Record>, LineFault> {
    let mut only = |name: &str| match &mut value {
        Json::Object(map) if map.len() == 1 => map.get_mut(name).filter(|inner| inner.is_object()).map(Json::take),
        _ => None,
    };
    let broken = |error: serde_json::Error| LineFault::Head(json::without_place(&error));
    if let Some(note) = only("note") {
        return Ok(vec![Record::Note(json::note(note, place)?)]);
    }
    let fit = |records: Vec<Record>| match records.iter().find_map(faithful::unfit_head) {
        Some(reason) => Err(LineFault::Head(reason)),
        None => Ok(records),
    };
    if let Some(deck) = only("deck") {
        return fit(DeckJson::deserialize(deck).map_err(broken)?.into_records().collect());
    }
    if let Some(topic) = only("topic") {
        return fit(vec![Record::Topic(TopicJson::deserialize(topic).map_err(broken)?.into_topic())]);
    }
    let text = std::str::from_utf8(bytes).ok().filter(|_| value.is_object()).ok_or(ObjectFault::NoForeignObject)?;
    let object = json::object(text).map_err(broken)?;
    Ok(vec![Record::Note(json::foreign_note(object, keys, place)?)])
}

impl Exporter for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn begin<'a>(&self, out: &'a mut dyn Write) -> io::Result<Box<dyn RecordWriter + 'a>> {
        let head = format!("{{\"format\":\"{}\",\"version\":{}}}\n", json::FORMAT, json::VERSION);
        Ok(Box::new(LineWriter { out, buffer: head.into_bytes() }))
    }
}

struct LineWriter<'a> {
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum LineJson<'a> {
    Deck(DeckJson<'a>),
    Topic(TopicJson<'a>),
    Note(NoteJson<'a>),
}

impl RecordWriter for LineWriter<'_> {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        faithful::check_head(record)?;
        let line = match record {
            Record::Deck(head) => LineJson::Deck(head.into()),
            Record::Topic(topic) => LineJson::Topic(topic.into()),
            Record::Note(item) => {
                faithful::check(item)?;
                LineJson::Note((&**item).into())
            }
        };
        let start = self.buffer.len();
        serde_json::to_writer(&mut self.buffer, &line)?;
        self.buffer.push(b'\n');
        if let Record::Note(item) = record
            && self.buffer.len() - start > LONGEST_LINE - 1024
        {
            return Err(faithful::too_long(item));
        }
        if self.buffer.len() >= decode::CHUNK {
            self.out.write_all(&super::harmless(&self.buffer))?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.out.write_all(&super::harmless(&self.buffer))?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::NotThis;
    use crate::formats::RecordFault;
    use crate::formats::columns::fault::NoteFault;
    use crate::formats::json::fault::DocumentFault;
    use crate::formats::testing::any_records;
    use crate::formats::testing::config;
    use crate::formats::testing::notes;
    use crate::formats::testing::read;
    use crate::formats::testing::records;
    use crate::formats::testing::rejected;
    use crate::formats::testing::written;
    use proptest::prelude::*;

    /// The lines that were left out: line and column, and why.
    fn left_out(outcomes: &[ImportItem]) -> Vec<(u64, u64, LineFault)> {
        let line = |(place, fault): (Place, RecordFault)| match fault {
            RecordFault::Line(fault) => (place.line, place.column, fault),
            other => panic!("{other:?}"),
        };
        rejected(outcomes).into_iter().map(line).collect()
    }

    fn refusal(result: Result<(), FormatError>) -> NotThis {
        match result {
            Err(FormatError::NotThis(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }

    const HEAD: &str = "{\"format\":\"lmq-notes\",\"version\":1}\n";

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn what_is_written_is_read_back(given in any_records(false)) {
            let bytes = written(&JsonLines, &given);
            let (outcomes, result) = read(&JsonLines, "x.jsonl", &bytes);
            result.unwrap();
            prop_assert_eq!(records(outcomes), given);
        }
    }

    #[test]
    fn a_bad_line_is_left_out_with_its_number() {
        let mut text = format!(
            "{HEAD}{{\"note\":{{\"kind\":\"basic\",\"fields\":{{\"front\":\"a\",\"back\":\"b\"}}}}}}\n\n\
             {{\"note\":{{\"kind\":\"basic\",\"fields\":{{\"front\":\"a\"}}}}}}\nno json\n{{\"x\":\"caf"
        )
        .into_bytes();
        text.extend(b"\xe9\"}\n{\"note\":{\"kind\":\"basic\",\"feilds\":{}}}\n");
        text.extend(b"{\"note\":{\"kind\":\"basci\",\"fields\":{}}}\n");
        let (outcomes, result) = read(&JsonLines, "x.jsonl", &text);
        result.unwrap();
        assert_eq!(notes(&outcomes).len(), 1);
        let note = |fault: NoteFault| LineFault::Object(fault.into());
        assert_eq!(
            left_out(&outcomes),
            [
                (4, 0, note(NoteFault::Missing { kind: "basic", field: "back" })),
                (5, 2, LineFault::Broken("expected ident".to_owned())),
                (6, 10, LineFault::NotUtf8),
                (7, 0, ObjectFault::UnknownKey("feilds".to_owned()).into()),
                (8, 0, note(NoteFault::NoKind("basci".to_owned()))),
            ]
        );
    }

    #[test]
    fn a_line_over_16_megabytes_is_left_out() {
        let text = format!("{HEAD}{{\"x\":\"{}\"}}\n{{\"front\":\"a\",\"back\":\"b\"}}\n", "x".repeat(LONGEST_LINE));
        let (outcomes, result) = read(&JsonLines, "x.jsonl", text.as_bytes());
        result.unwrap();
        assert_eq!(left_out(&outcomes), [(2, 0, LineFault::TooLong)]);
        assert_eq!(notes(&outcomes).len(), 1);
    }

    #[test]
    fn a_line_nested_100_000_deep_is_left_out() {
        let text = format!("{HEAD}{}\n", "[".repeat(100_000));
        let (outcomes, result) = read(&JsonLines, "x.jsonl", text.as_bytes());
        result.unwrap();
        assert_eq!(left_out(&outcomes), [(2, 128, LineFault::Broken("it is nested more than 128 deep".to_owned()))]);
    }

    #[test]
    fn lines_of_other_programs_are_read_by_their_names() {
        let text = "{\"Question\":\" Capital of Peru? \",\"answer\":\"Lima\",\"tags\":[\"geo\"],\"x\":1}\n";
        let (outcomes, result) = read(&JsonLines, "x.jsonl", text.as_bytes());
        result.unwrap();
        let found = notes(&outcomes);
        assert_eq!((found[0].text.text("front"), found[0].text.text("back")), ("Capital of Peru?", "Lima"));
        assert_eq!(found[0].text.tags, ["geo"]);
    }

    #[test]
    fn fields_that_lmq_does_not_know_are_no_heads_and_no_faults() {
        let text = "{\"front\":\"a\",\"back\":\"b\",\"format\":\"html\",\"ids\":[1,2]}\n\
                    {\"front\":\"c\",\"back\":\"d\",\"version\":[3]}\n";
        let (outcomes, result) = read(&JsonLines, "x.jsonl", text.as_bytes());
        result.unwrap();
        assert_eq!(notes(&outcomes).len(), 2);
        let (_, result) = read(&JsonLines, "x.jsonl", b"{\"format\":\"lmq-notes\",\"version\":99}\n");
        result.unwrap_err();
    }

    #[test]
    fn a_broken_first_line_is_left_out_like_any_other() {
        let good = "{\"front\":\"a\",\"back\":\"b\"}\n";
        for first in ["{\"front\":\n", "{\"front\":\"\u{0}\"}\n"] {
            let (outcomes, result) = read(&JsonLines, "x.jsonl", format!("{first}{good}").as_bytes());
            result.unwrap();
            assert_eq!(notes(&outcomes).len(), 1);
            assert_eq!(rejected(&outcomes).len(), 1, "{first}");
        }
        let (outcomes, result) = read(&JsonLines, "x.jsonl", "nothing\n".repeat(1000).as_bytes());
        assert!(matches!(refusal(result), NotThis::Lines(LinesFault::NoObject { line: 1, .. })));
        assert_eq!(rejected(&outcomes).len(), MOST_BAD_AT_FIRST);
    }

    #[test]
    fn a_file_of_a_newer_lmq_or_no_json_is_refused() {
        let broken = LineFault::Broken("expected ident".to_owned());
        for (text, fault) in [
            ("{\"format\":\"lmq-notes\",\"version\":2}", DocumentFault::Newer(2).into()),
            ("{\"format\":\"lmq-segment\",\"version\":1}", DocumentFault::OtherFormat("lmq-segment".to_owned()).into()),
            ("front,back\n", LinesFault::NoObject { line: 1, fault: broken }.into()),
            ("\n\n", LinesFault::Empty.into()),
        ] {
            assert_eq!(refusal(read(&JsonLines, "x.jsonl", text.as_bytes()).1), fault, "{text}");
        }
    }

    #[test]
    fn lines_are_told_from_documents_and_from_history() {
        let note = "{\"front\":\"a\",\"back\":\"b\"}\n";
        for (name, text, ours) in [
            ("a.jsonl", HEAD.to_owned(), true),
            ("-", HEAD.to_owned(), true),
            ("-", format!("\u{feff}{note}{note}"), true),
            ("a.json", format!("{note}{note}"), true),
            ("-", "{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[]}".to_owned(), false),
            ("a.jsonl", "{\"format\":\"lmq-segment\",\"version\":1}\n{}\n".to_owned(), false),
            ("-", "a\tb\n".to_owned(), false),
        ] {
            assert_eq!(JsonLines.sniff(name, text.as_bytes()), ours, "{name} {text}");
        }
    }
}
