//! `lmq-history`: the log itself as JSON lines. docs/data-model.md says what each field means.

use crate::core::event::Action;
use crate::core::event::After;
use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::event::Fact;
use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::log::LogRecord;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Days;
use crate::core::units::Ease;
use crate::core::units::Hlc;
use crate::core::units::Millis;
use crate::formats::FormatError;
use crate::formats::Place;
use crate::formats::ReadSeek;
use crate::formats::Rejected;
use crate::formats::Stop;
use serde::Deserialize;
use serde::Serialize;
use std::io;
use std::io::BufRead as _;
use std::io::Write;

/// The format's name in its first line.
pub const FORMAT: &str = "lmq-history";

/// The version that is written, and the newest that can be read.
pub const VERSION: u32 = 1;

/// A line that is longer is no line of ours.
const LONGEST_LINE: u64 = 16 << 20;

#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Device(DeviceLine),
    Config(ConfigLine),
    Action(ActionLine),
    Event(Box<EventLine>),
}

#[derive(Serialize, Deserialize)]
struct DeviceLine {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent_sequence: Option<u64>,
    created_at_ms: i64,
}

#[derive(Serialize, Deserialize)]
struct ConfigLine {
    id: String,
    name: String,
    json: String,
}

#[derive(Serialize, Deserialize)]
struct ActionLine {
    id: String,
    kind: String,
    label: String,
    at: String,
    study_day: i32,
    hlc: i64,
    first_sequence: u64,
    events: u64,
}

#[derive(Serialize, Deserialize)]
struct EventLine {
    id: String,
    action: u64,
    kind: String,
    at: String,
    study_day: i32,
    hlc: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    card: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quality: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    took_ms: Option<u32>,
    /// For `undone`: the action that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    names: Option<String>,
    /// For `buried` and `paused`: the first study day on which the card, or any card, is asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<i32>,
    /// For `flagged`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flag: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    config: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prev: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<AfterLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<DetailLine>,
}

#[derive(Serialize, Deserialize)]
struct AfterLine {
    repetitions: u32,
    interval_days: u32,
    ease_hundredths: u32,
    lapses: u32,
    due: i32,
    last_quality: u8,
}

#[derive(Serialize, Deserialize, Default)]
struct DetailLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suggested: Option<u8>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    guessed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    variant: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extra: Option<String>,
}

/// Whether a file that begins with `head` is the log of an `lmq`.
#[must_use]
pub fn sniff(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    serde_json::from_slice::<Head>(line).is_ok_and(|head| head.format == FORMAT)
}

/// Writes the first line.
///
/// # Errors
/// When `out` fails.
pub fn begin(out: &mut dyn Write) -> io::Result<()> {
    line(out, &Head { format: FORMAT.to_owned(), version: VERSION })
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    out.write_all(&super::harmless(&line))
}

/// Writes one record as a line.
///
/// # Errors
/// When `out` fails.
pub fn write(out: &mut dyn Write, record: &LogRecord) -> io::Result<()> {
    let value = match record {
        LogRecord::Device { id, name, parent, created_at_ms } => Line::Device(DeviceLine {
            id: id.to_string(),
            name: name.clone(),
            parent: parent.map(|(parent, _)| parent.to_string()),
            parent_sequence: parent.and_then(|(_, sequence)| sequence),
            created_at_ms: *created_at_ms,
        }),
        LogRecord::Config { id, name, json } => {
            Line::Config(ConfigLine { id: id.to_string(), name: name.clone(), json: json.clone() })
        }
        LogRecord::Action(action, first_sequence, events) => Line::Action(ActionLine {
            id: action.id.to_string(),
            kind: action.kind.clone(),
            label: action.label.clone(),
            at: action.at.to_rfc3339(),
            study_day: action.study_day.0,
            hlc: action.hlc.0,
            first_sequence: *first_sequence,
            events: *events,
        }),
        LogRecord::Event(event) => Line::Event(Box::new(event_line(event))),
    };
    line(out, &value)
}

fn event_line(event: &Event) -> EventLine {
    let answer = event.fact.answer();
    let detail = &event.detail;
    EventLine {
        id: event.id.to_string(),
        action: event.action,
        kind: event.fact.name().to_owned(),
        at: event.at.to_rfc3339(),
        study_day: event.study_day.0,
        hlc: event.hlc.0,
        card: event.card.map(|card| card.to_string()),
        quality: answer.map(|(quality, _)| quality.into()),
        took_ms: answer.map(|(_, took)| took.0),
        names: if let Fact::Undone { action } = &event.fact { Some(action.to_string()) } else { None },
        until: match &event.fact {
            Fact::Buried { until } | Fact::Paused { until } => Some(until.0),
            _ => None,
        },
        flag: if let Fact::Flagged { flag } = &event.fact { Some(*flag) } else { None },
        config: event.config.map(|config| config.to_string()),
        prev: event.prev.map(|prev| prev.to_string()),
        after: event.after.as_ref().map(|after| AfterLine {
            repetitions: after.repetitions,
            interval_days: after.interval.0,
            ease_hundredths: after.ease.hundredths(),
            lapses: after.lapses,
            due: after.due.0,
            last_quality: after.last_quality.into(),
        }),
        detail: (!detail.is_empty()).then(|| DetailLine {
            asked: detail.asked.clone(),
            response: detail.response.clone(),
            expected: detail.expected.clone(),
            suggested: detail.suggested.map(Into::into),
            guessed: detail.guessed,
            variant: detail.variant,
            extra: detail.extra.clone(),
        }),
    }
}

/// Reads the log of an `lmq`, a record at a time. A line that can't be read goes to `record` as an error.
///
/// # Errors
/// When it is no such log, or one of a newer version, or the source fails, or `record` stops.
pub fn read(
    input: &mut dyn ReadSeek,
    record: &mut dyn FnMut(Result<LogRecord, Rejected>) -> Result<(), Stop>,
) -> Result<(), FormatError> {
    let mut bytes = Vec::new();
    let mut number = 0;
    loop {
        bytes.clear();
        number += 1;
        let read = io::Read::take(&mut *input, LONGEST_LINE).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return if number == 1 { Err(FormatError::NotThis("the file is empty".to_owned())) } else { Ok(()) };
        }
        if number == 1 {
            let head: Head = serde_json::from_slice(&bytes)
                .map_err(|error| FormatError::NotThis(format!("line 1 is no head of an lmq-history file: {error}")))?;
            if head.format != FORMAT {
                return Err(FormatError::NotThis(format!("the format is `{}`, not `{FORMAT}`", head.format)));
            }
            if head.version > VERSION {
                return Err(FormatError::NotThis("it was written by a newer lmq; update this one".to_owned()));
            }
            continue;
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let parsed = serde_json::from_slice::<Line>(&bytes).map_err(|error| error.to_string()).and_then(record_of);
        // Without it the rest would have a gap in its sequence, and states that its device never had.
        if let Err(reason) = &parsed
            && reason.ends_with(NEWER)
        {
            return Err(FormatError::NotThis(format!("line {number}: {reason}")));
        }
        record(parsed.map_err(|reason| Rejected { place: Place { line: number, column: 0 }, reason }))?;
    }
}

/// Said of an event whose kind came with a later version.
const NEWER: &str = "is a kind of event that this lmq does not know; update it";

fn known<T>(what: &str, text: &str, value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| format!("`{text}` is no {what}"))
}

fn record_of(line: Line) -> Result<LogRecord, String> {
    Ok(match line {
        Line::Device(line) => LogRecord::Device {
            id: known("device", &line.id, DeviceId::from_hex(&line.id))?,
            parent: match &line.parent {
                Some(parent) => Some((known("device", parent, DeviceId::from_hex(parent))?, line.parent_sequence)),
                None => None,
            },
            name: line.name,
            created_at_ms: line.created_at_ms,
        },
        Line::Config(line) => {
            let id = known("configuration", &line.id, ConfigId::from_hex(&line.id))?;
            if ConfigId::of_json(&line.json) != id {
                return Err(format!("the configuration `{}` is not what its id says", line.id));
            }
            LogRecord::Config { id, name: line.name, json: line.json }
        }
        Line::Action(line) => {
            let action = Action {
                id: known("action", &line.id, ActionId::parse(&line.id))?,
                kind: line.kind,
                label: line.label,
                at: known("time", &line.at, Timestamp::from_rfc3339(&line.at))?,
                study_day: StudyDay(line.study_day),
                hlc: Hlc(line.hlc),
            };
            LogRecord::Action(action, line.first_sequence, line.events)
        }
        Line::Event(line) => LogRecord::Event(Box::new(event_of(*line)?)),
    })
}

fn quality_of(number: u8) -> Result<Quality, String> {
    Quality::try_from(number).map_err(|error| error.to_string())
}

fn event_of(line: EventLine) -> Result<Event, String> {
    let answer = || -> Result<(Quality, Millis), String> {
        let quality = line.quality.ok_or("the answer has no `quality`")?;
        Ok((quality_of(quality)?, Millis(line.took_ms.unwrap_or(0))))
    };
    let fact = match line.kind.as_str() {
        "answered" => answer().map(|(quality, took)| Fact::Answered { quality, took })?,
        "crammed" => answer().map(|(quality, took)| Fact::Crammed { quality, took })?,
        "imported" => answer().map(|(quality, took)| Fact::Imported { quality, took })?,
        "undone" => {
            let names = line.names.as_deref().unwrap_or_default();
            Fact::Undone { action: known("action", names, ActionId::parse(names))? }
        }
        "due-set" => Fact::DueSet,
        "reset" => Fact::Reset,
        "suspended" => Fact::Suspended,
        "unsuspended" => Fact::Unsuspended,
        "buried" => Fact::Buried { until: StudyDay(line.until.ok_or("`buried` has no `until`")?) },
        "unburied" => Fact::Unburied,
        "marked" => Fact::Marked,
        "unmarked" => Fact::Unmarked,
        "flagged" => Fact::Flagged { flag: line.flag.ok_or("`flagged` has no `flag`")? },
        "adopted" => Fact::Adopted,
        "configured" => Fact::Configured,
        "paused" => Fact::Paused { until: StudyDay(line.until.ok_or("`paused` has no `until`")?) },
        "resumed" => Fact::Resumed,
        other => return Err(format!("`{other}` {NEWER}")),
    };
    let after = match &line.after {
        Some(after) => Some(After {
            repetitions: after.repetitions,
            interval: Days(after.interval_days),
            ease: Ease::from_hundredths(after.ease_hundredths),
            lapses: after.lapses,
            due: StudyDay(after.due),
            last_quality: quality_of(after.last_quality)?,
        }),
        None => None,
    };
    let detail = match line.detail {
        Some(detail) => Detail {
            asked: detail.asked,
            response: detail.response,
            expected: detail.expected,
            suggested: detail.suggested.map(quality_of).transpose()?,
            guessed: detail.guessed,
            variant: detail.variant,
            extra: detail.extra,
        },
        None => Detail::default(),
    };
    Ok(Event {
        id: known("event", &line.id, EventId::parse(&line.id))?,
        action: line.action,
        hlc: Hlc(line.hlc),
        at: known("time", &line.at, Timestamp::from_rfc3339(&line.at))?,
        study_day: StudyDay(line.study_day),
        card: match &line.card {
            Some(card) => Some(known("card", card, CardId::parse(card))?),
            None => None,
        },
        fact,
        config: match &line.config {
            Some(config) => Some(known("configuration", config, ConfigId::from_hex(config))?),
            None => None,
        },
        prev: match &line.prev {
            Some(prev) => Some(known("event", prev, EventId::parse(prev))?),
            None => None,
        },
        after,
        detail,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<Result<LogRecord, Rejected>>, FormatError> {
        let mut records = Vec::new();
        read(&mut io::Cursor::new(text.as_bytes()), &mut |record| {
            records.push(record);
            Ok(())
        })?;
        Ok(records)
    }

    #[test]
    fn every_fact_comes_back_as_it_was() {
        let id = |sequence| EventId { device: DeviceId([7; 16]), sequence };
        let card = CardId { note: crate::core::id::NoteUid([3; 16]), ordinal: 2 };
        let answer = (Quality::Q3, Millis(1500));
        let facts = [
            Fact::Answered { quality: answer.0, took: answer.1 },
            Fact::Crammed { quality: answer.0, took: answer.1 },
            Fact::Imported { quality: answer.0, took: answer.1 },
            Fact::Undone { action: ActionId { device: DeviceId([8; 16]), number: 4 } },
            Fact::DueSet,
            Fact::Reset,
            Fact::Suspended,
            Fact::Unsuspended,
            Fact::Buried { until: StudyDay(20469) },
            Fact::Unburied,
            Fact::Marked,
            Fact::Unmarked,
            Fact::Flagged { flag: 3 },
            Fact::Adopted,
            Fact::Configured,
            Fact::Paused { until: StudyDay(20480) },
            Fact::Resumed,
        ];
        for (index, fact) in facts.into_iter().enumerate() {
            let event = Event {
                id: id(u64::try_from(index).unwrap() + 1),
                action: 9,
                hlc: Hlc(5),
                at: Timestamp { unix_ms: 1_770_000_000_123, offset_min: -300 },
                study_day: StudyDay(20468),
                card: Some(card),
                fact,
                config: Some(ConfigId([1; 16])),
                prev: Some(id(99)),
                after: Some(After {
                    repetitions: 2,
                    interval: Days(6),
                    ease: Ease::START,
                    lapses: 1,
                    due: StudyDay(20474),
                    last_quality: Quality::Q4,
                }),
                detail: Detail { response: Some("“ü”\n".to_owned()), guessed: true, ..Detail::default() },
            };
            let record = LogRecord::Event(Box::new(event));
            let mut out = Vec::new();
            begin(&mut out).unwrap();
            write(&mut out, &record).unwrap();
            assert_eq!(all(&String::from_utf8(out).unwrap()).unwrap(), [Ok(record)]);
        }
    }

    #[test]
    fn a_bad_line_is_named_and_the_rest_goes_on() {
        let text = "{\"format\":\"lmq-history\",\"version\":1}\n{\"event\":{}}\n\n{\"device\":{\"id\":\"zz\",\"name\":\"\",\"created_at_ms\":0}}\n";
        let records = all(text).unwrap();
        let lines: Vec<u64> = records.iter().map(|record| record.as_ref().unwrap_err().place.line).collect();
        assert_eq!(lines, [2, 4]);
    }

    #[test]
    fn a_newer_or_another_format_is_refused() {
        for text in
            ["", "x\n", "{\"format\":\"lmq-history\",\"version\":2}\n", "{\"format\":\"other\",\"version\":1}\n"]
        {
            assert!(matches!(all(text), Err(FormatError::NotThis(_))), "{text}");
        }
        assert!(sniff(b"{\"format\":\"lmq-history\",\"version\":1}\nx"));
        assert!(!sniff(b"front\tback\n"));
    }
}
