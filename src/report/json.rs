//! JSON for programs: raw numbers, stable keys. docs/metrics.md describes it; a change of meaning needs a new version.

use std::io;
use std::io::Write;

use serde::Serialize;
use serde::Serializer;
use serde::ser::SerializeMap as _;

use crate::core::text::one_line;
use crate::report::Renderer;
use crate::report::cell::Cell;
use crate::report::cell::Raw;
use crate::report::model::Body;
use crate::report::model::Fact;
use crate::report::model::Privacy;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::sentence::Sentence;
use crate::report::table::Column;
use crate::report::table::Table;

/// Raised when a key changes its meaning or goes away; new keys don't count.
pub(super) const VERSION: u32 = 1;

pub(super) const FORMAT: &str = "lmq-report";

/// The renderer.
#[derive(Debug)]
pub(super) struct Json;

impl Renderer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let document = Document {
            format: FORMAT,
            version: VERSION,
            title: &report.title,
            generated_at: report.generated_at.to_rfc3339(),
            today: report.today.iso(),
            period: Days { from: report.period.from.iso(), to: report.period.to.iso(), days: report.period.days() },
            deck: report.deck.as_deref().map(one_line),
            privacy: report.privacy.map(Privacy::name),
            compared_with: report.compared.as_deref().map(one_line),
            contents: report.contents,
            sections: Sections(&report.sections),
        };
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    title: &'a str,
    generated_at: String,
    today: String,
    period: Days,
    deck: Option<String>,
    privacy: Option<&'static str>,
    compared_with: Option<String>,
    contents: &'static str,
    sections: Sections<'a>,
}

#[derive(Serialize)]
struct Days {
    from: String,
    to: String,
    days: u64,
}

/// An object by id, in reading order.
struct Sections<'a>(&'a [Section]);

impl Serialize for Sections<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|section| (section.id, Part(section))))
    }
}

struct Part<'a>(&'a Section);

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("title", &self.0.title)?;
        match &self.0.body {
            Body::Sentences(sentences) => map.serialize_entry("values", &Sentences(sentences))?,
            Body::Facts(facts) => map.serialize_entry("values", &Facts(facts))?,
            Body::Table(table) | Body::Prose(table) | Body::Chart(_, table) => {
                map.serialize_entry("rows", &Rows(table))?;
            }
        }
        map.end()
    }
}

struct Sentences<'a>(&'a [Sentence]);

impl Serialize for Sentences<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|sentence| (sentence.key, sentence.said())))
    }
}

struct Facts<'a>(&'a [Fact]);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|fact| (fact.key, Value(&fact.value))))
    }
}

struct Rows<'a>(&'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows.iter().map(|row| Row(&self.0.columns, row)))
    }
}

struct Row<'a>(&'a [Column], &'a [Cell]);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().zip(self.1).map(|(column, cell)| (column.key, Value(cell))))
    }
}

/// One value, or an object of its parts.
struct Value<'a>(&'a Cell);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.raw().as_slice() {
            [(_, _, single)] => Plain(single).serialize(serializer),
            parts => serializer.collect_map(parts.iter().map(|(name, _, raw)| (name, Plain(raw)))),
        }
    }
}

struct Plain<'a>(&'a Raw);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Raw::Null => serializer.serialize_none(),
            Raw::Text(text) => serializer.serialize_str(text),
            Raw::Whole(number) => serializer.serialize_u64(*number),
            Raw::Signed(number) => serializer.serialize_i64(*number),
            Raw::Decimal(number) => serializer.serialize_f64(*number),
        }
    }
}
