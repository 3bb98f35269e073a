//! What scripts get. docs/json.md is the contract; fields are added, never changed or taken away.

use crate::cli::Ctx;
use crate::core::card::Form;
use crate::core::document::Side;
use crate::core::fact::Fact;
use crate::core::settings::Settings;
use crate::core::state::CardState;
use crate::core::state::LEECH;
use crate::core::state::Memory;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::core::text::Escapes;
use crate::core::text::escape_unsafe;
use crate::core::units::Ease;
use crate::failure::Failure;
use crate::store::CardLine;
use crate::store::Happened;
use crate::store::HistoryRow;
use serde::Serialize;
use std::io::Write as _;

/// A card.
#[derive(Serialize)]
pub(super) struct Card {
    id: String,
    deck: String,
    key: Option<String>,
    ordinal: u16,
    name: String,
    kind: String,
    markup: &'static str,
    prompt: String,
    answer: String,
    state: &'static str,
    ease: Option<f64>,
    interval_days: u32,
    repetitions: u32,
    lapses: u32,
    due: Option<String>,
    tags: Vec<String>,
    source: Vec<String>,
    topic: Option<String>,
    topic_title: Option<String>,
    speaker: Option<String>,
    hint: Option<String>,
    extra: Option<String>,
    marked: bool,
    held_out: bool,
    form: Option<&'static str>,
}

impl Card {
    pub(super) fn of(line: &CardLine, today: StudyDay, settings: &Settings) -> Self {
        let settings = settings.of_deck(&line.deck_name);
        let text = &line.text;
        let memory = line.state.memory.as_ref();
        let plain = |field: &Option<String>| field.as_ref().map(|field| text.plain(field).into_owned());
        let mut tags = text.tags.clone();
        if is_leech(line.state.lapses(), settings.leech_lapses) && !tags.iter().any(|tag| tag == LEECH) {
            tags.push(LEECH.to_owned());
        }
        Self {
            id: line.card.to_string(),
            deck: line.deck.clone(),
            key: line.key.clone(),
            ordinal: line.card.ordinal,
            name: line.name(),
            kind: text.kind.clone(),
            markup: text.markup.name(),
            prompt: text.prompt_document(line.card.ordinal).shown(Side::Question),
            answer: text.answer_document(line.card.ordinal).plain(),
            state: line.word(today, settings.drill()),
            ease: ease(memory),
            interval_days: memory.map_or(0, |m| m.interval.0),
            repetitions: memory.map_or(0, |m| m.repetitions),
            lapses: line.state.lapses(),
            due: memory.map(|m| m.due.iso()),
            tags,
            source: text.source.clone(),
            topic: text.topic.clone(),
            topic_title: line.topic.clone(),
            speaker: plain(&text.speaker),
            hint: plain(&text.hint),
            extra: plain(&text.extra),
            marked: line.state.marked,
            held_out: text.held_out,
            form: text.form.map(Form::name),
        }
    }
}

/// The ease factor; a new card has the one that it would begin with, and one of a scheduler without it has none.
fn ease(memory: Option<&Memory>) -> Option<f64> {
    memory.map_or(Some(Ease::START), Memory::ease).map(Ease::decimal)
}

/// A state, before or after an event.
#[derive(Serialize)]
pub(super) struct State {
    repetitions: u32,
    interval_days: u32,
    ease: Option<f64>,
    lapses: u32,
    due: Option<String>,
    last_quality: Option<u8>,
    suspended: bool,
    buried_until: Option<String>,
    marked: bool,
}

impl State {
    fn of(state: &CardState) -> Self {
        let memory = state.memory.as_ref();
        Self {
            repetitions: memory.map_or(0, |m| m.repetitions),
            interval_days: memory.map_or(0, |m| m.interval.0),
            ease: ease(memory),
            lapses: state.lapses(),
            due: memory.map(|m| m.due.iso()),
            last_quality: memory.map(|m| m.last_quality.into()),
            suspended: state.suspended,
            buried_until: state.buried_until.map(StudyDay::iso),
            marked: state.marked,
        }
    }
}

/// An event or a fact of the log.
#[derive(Serialize)]
pub(super) struct History {
    id: String,
    action: String,
    card: Option<String>,
    name: Option<String>,
    kind: &'static str,
    at: String,
    study_day: String,
    quality: Option<u8>,
    took_ms: Option<u32>,
    response: Option<String>,
    words: Option<String>,
    undoes: Option<String>,
    voided: bool,
    before: Option<State>,
    after: Option<State>,
}

impl History {
    pub(super) fn of(row: &HistoryRow) -> Self {
        let (id, at, study_day, kind) = match &row.what {
            Happened::Event(event) => (event.id, event.at, event.study_day, event.kind.name()),
            Happened::Fact { id, at, study_day, fact, .. } => (*id, *at, *study_day, fact.name()),
        };
        let event = match &row.what {
            Happened::Event(event) => Some(event),
            Happened::Fact { .. } => None,
        };
        let answer = event.and_then(|event| event.kind.answer());
        Self {
            id: id.to_string(),
            action: row.action.to_string(),
            card: event.map(|event| event.card.to_string()),
            name: (!row.name.is_empty()).then(|| row.name.clone()),
            kind,
            at: at.to_rfc3339(),
            study_day: study_day.iso(),
            quality: answer.map(|(quality, _)| quality.into()),
            took_ms: answer.map(|(_, took)| took.0),
            response: event.and_then(|event| event.detail.response.clone()),
            words: match &row.what {
                Happened::Fact { words, .. } => words.clone(),
                Happened::Event(_) => None,
            },
            undoes: match &row.what {
                Happened::Fact { fact: Fact::Undone { action, .. }, .. } => Some(action.to_string()),
                Happened::Fact { .. } | Happened::Event(_) => None,
            },
            voided: row.voided,
            before: row.before.as_ref().map(State::of),
            after: row.after.as_ref().map(State::of),
        }
    }
}

/// A failure, for a program that asked for JSON.
#[derive(Serialize)]
pub(super) struct Refused<'f> {
    error: Error<'f>,
}

#[derive(Serialize)]
struct Error<'f> {
    what: &'f str,
    places: &'f [String],
    hint: Option<&'f str>,
    exit_code: u8,
}

impl<'f> Refused<'f> {
    pub(super) fn of(failure: &'f Failure) -> Self {
        let Failure { kind, what, places, hint } = failure;
        Self { error: Error { what, places, hint: hint.as_deref(), exit_code: kind.code() } }
    }
}

/// Says what did not work, as one line of JSON on standard error.
pub(super) fn complain(failure: &Failure) {
    let json = serde_json::to_string(&Refused::of(failure)).unwrap_or_default();
    // Where even standard error is gone there is nobody left to tell.
    writeln!(std::io::stderr().lock(), "{}", escape_unsafe(&json, Escapes::Json)).ok();
}

/// One line of JSON.
pub(super) fn to_string(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|json| escape_unsafe(&json, Escapes::Json))
        .map_err(|error| Failure::bug(error.to_string()))
}

/// Prints one value.
pub(super) fn print(ctx: &mut Ctx, value: &impl Serialize) -> Result<(), Failure> {
    let json = to_string(value)?;
    ctx.exactly(json)
}

/// Prints one value as it is made, for one that may be larger than memory.
pub(super) fn stream(ctx: &mut Ctx, value: &impl Serialize) -> Result<(), Failure> {
    let mut out = Harmless { inner: &mut ctx.out, line: Vec::new() };
    let done = serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from);
    done.and_then(|()| out.write_all(b"\n")).map_err(|error| Failure::output(&error))
}

/// JSON on its way out, line by line, with what could drive a terminal escaped.
struct Harmless<'w, W: std::io::Write> {
    inner: &'w mut W,
    /// The line so far: a character may come in two parts.
    line: Vec<u8>,
}

impl<W: std::io::Write> std::io::Write for Harmless<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.inner.write_all(escape_unsafe(&String::from_utf8_lossy(&self.line), Escapes::Json).as_bytes())?;
                self.line.clear();
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// An array that is written as its elements come.
pub(super) struct Array {
    empty: bool,
}

impl Array {
    pub(super) fn begin(ctx: &mut Ctx) -> Result<Self, Failure> {
        write!(ctx.out, "[").map_err(|error| Failure::output(&error))?;
        Ok(Self { empty: true })
    }

    pub(super) fn push(&mut self, ctx: &mut Ctx, value: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_string(value).map_err(|error| Failure::bug(error.to_string()))?;
        let comma = if self.empty { "" } else { "," };
        self.empty = false;
        write!(ctx.out, "{comma}\n  {}", escape_unsafe(&json, Escapes::Json)).map_err(|error| Failure::output(&error))
    }

    pub(super) fn end(self, ctx: &mut Ctx) -> Result<(), Failure> {
        ctx.exactly(if self.empty { "]" } else { "\n]" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_json_can_drive_a_terminal() {
        let text = "a\u{1b}[2J\u{9b}\u{202e}é\u{7f}";
        let json = to_string(&text).unwrap();
        assert!(json.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{json:?}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
