//! The lines of a segment as they are written: one JSON object each.

use crate::core::event::Asked;
use crate::core::event::Detail;
use crate::core::event::Foreign;
use crate::core::grade::Quality;
use crate::core::id::NoteUid;
use crate::core::log::TextRecord;
use crate::formats::segment::fault::SegmentFault;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Error as _;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde::ser::Error as _;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// What of a head can be read whatever its version.
#[derive(Deserialize)]
pub(super) struct Opening<'l> {
    #[serde(borrow)]
    pub(super) format: Cow<'l, str>,
    pub(super) version: u32,
}

/// The first line of a segment.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadLine<'l> {
    #[serde(borrow)]
    pub(super) format: Cow<'l, str>,
    pub(super) version: u32,
    pub(super) device: Hex<16>,
    #[serde(borrow)]
    pub(super) name: Cow<'l, str>,
    pub(super) created: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<ParentLine>,
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) before: Hex<16>,
    pub(super) after: Hex<16>,
    pub(super) knows: Vec<(Hex<16>, u64)>,
}

/// Where a device was forked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParentLine {
    pub(super) device: Hex<16>,
    pub(super) sequence: u64,
    pub(super) chain: Hex<16>,
}

/// All other lines.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Line<'l> {
    Config(#[serde(borrow)] ConfigLine<'l>),
    Answers(#[serde(borrow)] AnswersLine<'l>),
    Action(#[serde(borrow)] ActionLine<'l>),
    Event(#[serde(borrow)] EventLine<'l>),
    Fact(#[serde(borrow)] FactLine<'l>),
    Imported(#[serde(borrow)] ImportedLine<'l>),
}

/// A scheduler configuration; later lines name it by its number among those of the segment, from 0.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigLine<'l> {
    pub(super) id: Hex<16>,
    #[serde(borrow)]
    pub(super) json: Cow<'l, str>,
}

/// Answers that are each an action of their own, from one sitting: a column for each thing that differs.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswersLine<'l> {
    /// `answered` where it is missing.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<Cow<'l, str>>,
    /// `none` where the actions have no subject; else the subject of each is its card.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<Cow<'l, str>>,
    /// The stamp of the first one.
    pub(super) hlc: i64,
    /// Stamp minus instant.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) ahead: i64,
    pub(super) offset: i32,
    pub(super) day: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<u32>,
    /// Notes that get a number here, before the columns are read.
    #[serde(default, deserialize_with = "column", skip_serializing_if = "Vec::is_empty")]
    pub(super) new: Vec<Hex<16>>,
    #[serde(deserialize_with = "column")]
    pub(super) note: Vec<u32>,
    /// Missing where all are 1.
    #[serde(default, deserialize_with = "column", skip_serializing_if = "all_first")]
    pub(super) ordinal: Vec<u16>,
    /// A digit for each.
    pub(super) quality: String,
    #[serde(deserialize_with = "column")]
    pub(super) took: Vec<u32>,
    /// For each but the first: by how much more than the time taken its stamp is after the one before.
    #[serde(deserialize_with = "column")]
    pub(super) gap: Vec<i64>,
    /// More about some of them, by their place in the columns, rising.
    #[serde(borrow, default, deserialize_with = "column", skip_serializing_if = "Vec::is_empty")]
    pub(super) more: Vec<(usize, MoreLine<'l>)>,
}

/// What there is beside an answer in a run.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct MoreLine<'l> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) prev: Option<(Hex<16>, u64)>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<DetailLine<'l>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<TextLine>,
}

/// An action; its entries follow.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionLine<'l> {
    #[serde(borrow)]
    pub(super) kind: Cow<'l, str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<Cow<'l, str>>,
    pub(super) entries: u64,
    pub(super) hlc: i64,
    /// Where it is not the stamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<i64>,
    pub(super) offset: i32,
    pub(super) day: i32,
}

/// An event of the action before it.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct EventLine<'l> {
    #[serde(borrow)]
    pub(super) kind: Cow<'l, str>,
    pub(super) note: NoteRef,
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub(super) ordinal: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) quality: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) took: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) arg: Option<i64>,
    /// Like the next two: where it is not the action's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) offset: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) day: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) prev: Option<(Hex<16>, u64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) memory: Option<[Option<i64>; 9]>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<DetailLine<'l>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<TextLine>,
}

/// A fact of the action before it. Which of these it has depends on its kind.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct FactLine<'l> {
    #[serde(borrow)]
    pub(super) kind: Cow<'l, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) alias: Option<NoteRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<NoteRef>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) deck: Option<Cow<'l, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<i64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) edition: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) device: Option<Hex<16>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) action: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mark: Option<Hex<4>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<i32>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) typed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) chain: Option<Hex<16>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub(super) tried: Option<Cow<'l, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hidden: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<TextLine>,
}

/// Answers from another program, events of the action before them: a column for each thing that differs.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportedLine<'l> {
    #[serde(borrow)]
    pub(super) program: Cow<'l, str>,
    pub(super) offset: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<u32>,
    /// Notes that get a number here, before the columns are read.
    #[serde(default, deserialize_with = "column", skip_serializing_if = "Vec::is_empty")]
    pub(super) new: Vec<Hex<16>>,
    #[serde(deserialize_with = "column")]
    pub(super) note: Vec<u32>,
    /// Missing where all are 1.
    #[serde(default, deserialize_with = "column", skip_serializing_if = "all_first")]
    pub(super) ordinal: Vec<u16>,
    /// A digit for each.
    pub(super) quality: String,
    #[serde(deserialize_with = "column")]
    pub(super) took: Vec<u32>,
    /// Instants: the first one, then how much later each is than the one before.
    #[serde(deserialize_with = "column")]
    pub(super) at: Vec<i64>,
    /// By how many days the study day is after the calendar day. Missing where none is.
    #[serde(default, deserialize_with = "column", skip_serializing_if = "all_default")]
    pub(super) shift: Vec<i32>,
    /// The id in the other program minus the instant. Missing where all are equal.
    #[serde(default, deserialize_with = "column", skip_serializing_if = "all_default")]
    pub(super) id: Vec<i64>,
}

/// What is kept beside an event.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct DetailLine<'l> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    asked: Option<Cow<'l, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suggested: Option<u8>,
    #[serde(default, skip_serializing_if = "is_default")]
    guessed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    variant: Option<u32>,
    #[serde(default, skip_serializing_if = "is_default")]
    speakers: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    form: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due: Option<i32>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    foreign: Option<(Cow<'l, str>, i64)>,
}

impl<'l> DetailLine<'l> {
    /// The line of a detail, where there is something besides words.
    pub(super) fn of(detail: &'l Detail) -> Option<Self> {
        let Detail { asked, response: _, expected: _, suggested, guessed, variant, speakers, form, confidence, .. } =
            detail;
        let line = Self {
            asked: asked.map(|asked| asked.name().into()),
            suggested: suggested.map(u8::from),
            guessed: *guessed,
            variant: *variant,
            speakers: *speakers,
            form: *form,
            confidence: *confidence,
            due: detail.due_offset_min,
            foreign: detail.foreign.as_ref().map(|foreign| (foreign.program.as_str().into(), foreign.id)),
        };
        (!line.is_empty()).then_some(line)
    }

    /// The same without anything borrowed.
    pub(super) fn into_owned(self) -> DetailLine<'static> {
        DetailLine {
            asked: self.asked.map(|asked| asked.into_owned().into()),
            foreign: self.foreign.map(|(program, id)| (program.into_owned().into(), id)),
            suggested: self.suggested,
            guessed: self.guessed,
            variant: self.variant,
            speakers: self.speakers,
            form: self.form,
            confidence: self.confidence,
            due: self.due,
        }
    }

    fn is_empty(&self) -> bool {
        let Self { asked, suggested, guessed, variant, speakers, form, confidence, due, foreign } = self;
        asked.is_none()
            && suggested.is_none()
            && !guessed
            && variant.is_none()
            && !speakers
            && form.is_none()
            && confidence.is_none()
            && due.is_none()
            && foreign.is_none()
    }

    /// The detail, still without words.
    pub(super) fn read(self) -> Result<Detail, SegmentFault> {
        Ok(Detail {
            asked: match self.asked {
                Some(name) => Some(Asked::of_name(&name).ok_or_else(|| SegmentFault::UnknownAsked(name.into_owned()))?),
                None => None,
            },
            response: None,
            expected: None,
            suggested: match self.suggested {
                Some(number) => Some(Quality::try_from(number).map_err(|_| SegmentFault::BadSuggestion(number))?),
                None => None,
            },
            guessed: self.guessed,
            variant: self.variant,
            speakers: self.speakers,
            form: self.form,
            confidence: self.confidence,
            due_offset_min: self.due,
            foreign: self.foreign.map(|(program, id)| Foreign { program: program.into_owned(), id }),
        })
    }
}

/// A text. Its salted hash is made again from it; the first bytes stand here to tell which line was damaged, where that
/// happened. Once it was erased, or where it was left out, the whole hash is all there is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<Hex<16>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<Hex<8>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check: Option<Hex<4>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    left_out: bool,
}

impl TextLine {
    /// The line of a text.
    pub(super) fn of(text: &TextRecord) -> Self {
        let gone = text.body.is_none();
        Self {
            hash: gone.then_some(Hex(text.hash)),
            salt: text.salt.filter(|_| !text.is_left_out()).map(|salt| Hex(salt.to_be_bytes())),
            check: (!gone).then(|| check(&text.hash)),
            body: text.body.clone(),
            left_out: text.is_left_out(),
        }
    }

    /// The text.
    pub(super) fn read(self) -> Result<TextRecord, SegmentFault> {
        match self {
            Self { hash: Some(hash), salt: None, check: None, body: None, left_out } => {
                Ok(TextRecord { hash: hash.0, salt: left_out.then_some(TextRecord::LEFT_OUT), body: None })
            }
            Self { hash: None, salt: Some(salt), check: Some(wanted), body: Some(body), left_out: false } => {
                let text = TextRecord::new(i64::from_be_bytes(salt.0), body);
                if check(&text.hash) == wanted {
                    return Ok(text);
                }
                Err(SegmentFault::ChangedText)
            }
            _ => Err(SegmentFault::MalformedText),
        }
    }
}

fn check(hash: &[u8; 16]) -> Hex<4> {
    let [a, b, c, d, ..] = *hash;
    Hex([a, b, c, d])
}

/// A note: by its number where an earlier line, or an earlier part of this one, named it, else by its uid, which gives it
/// the next number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoteRef {
    Known(u32),
    New(NoteUid),
}

impl Default for NoteRef {
    fn default() -> Self {
        Self::Known(0)
    }
}

impl Serialize for NoteRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(number) => serializer.serialize_u32(*number),
            Self::New(uid) => Hex(uid.0).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for NoteRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrUid;
        impl Visitor<'_> for NumberOrUid {
            type Value = NoteRef;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the number of a note or its uid")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<NoteRef, E> {
                u32::try_from(number)
                    .map(NoteRef::Known)
                    .map_err(|_| E::custom(format!("no note has the number {number}")))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<NoteRef, E> {
                unhex(text)
                    .map(|uid| NoteRef::New(NoteUid(uid)))
                    .ok_or_else(|| E::custom("a uid has 32 hexadecimal digits"))
            }
        }
        deserializer.deserialize_any(NumberOrUid)
    }
}

/// Bytes as hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hex<const BYTES: usize>(pub(super) [u8; BYTES]);

impl<const BYTES: usize> Serialize for Hex<BYTES> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digits = [0; 32];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        let text = digits.get(..2 * BYTES).and_then(|digits| std::str::from_utf8(digits).ok());
        serializer.serialize_str(text.ok_or_else(|| S::Error::custom("more than 16 bytes"))?)
    }
}

impl<'de, const BYTES: usize> Deserialize<'de> for Hex<BYTES> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits<const BYTES: usize>;
        impl<const BYTES: usize> Visitor<'_> for Digits<BYTES> {
            type Value = Hex<BYTES>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} hexadecimal digits", 2 * BYTES)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hex<BYTES>, E> {
                unhex(text).map(Hex).ok_or_else(|| E::custom(format!("expected {} hexadecimal digits", 2 * BYTES)))
            }
        }
        deserializer.deserialize_str(Digits)
    }
}

fn digit(half: u8) -> u8 {
    if half < 10 { b'0' + half } else { b'a' + (half - 10) }
}

fn half(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn unhex<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    if text.len() != 2 * BYTES {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (byte, [high, low]) in bytes.iter_mut().zip(text.as_bytes().as_chunks::<2>().0) {
        *byte = half(*high)? << 4 | half(*low)?;
    }
    Some(bytes)
}

/// Reads a column: never more than a run may have, whatever the line says.
fn column<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct Column<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Column<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut column = Vec::with_capacity(64);
            while let Some(item) = items.next_element()? {
                if column.len() == super::LONGEST_RUN {
                    return Err(A::Error::custom(format!("a line has at most {} answers", super::LONGEST_RUN)));
                }
                column.push(item);
            }
            Ok(column)
        }
    }
    deserializer.deserialize_seq(Column(PhantomData))
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn all_default<T: Default + PartialEq>(column: &[T]) -> bool {
    column.iter().all(is_default)
}

fn first() -> u16 {
    1
}

fn is_first(ordinal: &u16) -> bool {
    *ordinal == 1
}

fn all_first(column: &[u16]) -> bool {
    column.iter().all(is_first)
}
