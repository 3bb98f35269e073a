//! What another program wrote: its objects, and what their values say.

use crate::formats::columns::Given;
use serde_json::value::RawValue;

/// An object that another program wrote: its keys in the order of the file, and each value as it stands there. So `1.10` keeps its
/// digits, and of two languages the first one is asked.
pub(in crate::formats) type Object = Vec<(String, Box<RawValue>)>;

/// What a value says: texts, or numbers, `true` and `false` as they are written.
#[derive(Debug)]
pub(super) enum Held {
    /// Nothing: it is null or empty.
    Nothing,
    /// A text or several.
    Texts(Given<'static>),
    /// Something that no cell of a table could say.
    Other,
}

impl Held {
    pub(super) fn by(value: &RawValue) -> Self {
        let json = value.get();
        let text = |text: String| match text.trim() {
            "" => Self::Nothing,
            text => Self::Texts(Given::Text(text.to_owned().into())),
        };
        match json.as_bytes().first() {
            Some(b'{') => Self::Other,
            Some(b'"') => serde_json::from_str(json).map_or(Self::Other, text),
            Some(b'n') => Self::Nothing,
            Some(b'[') => {
                let Ok(values) = serde_json::from_str::<Vec<Box<RawValue>>>(json) else { return Self::Other };
                let mut texts = Vec::new();
                for value in &values {
                    match Self::by(value) {
                        Self::Texts(Given::Text(text)) => texts.push(text.into_owned()),
                        Self::Nothing => {}
                        Self::Texts(Given::Texts(_)) | Self::Other => return Self::Other,
                    }
                }
                if texts.is_empty() { Self::Nothing } else { Self::Texts(Given::Texts(texts)) }
            }
            _ => text(json.to_owned()),
        }
    }

    /// The text, where there is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Texts(Given::Text(text)) => Some(text),
            _ => None,
        }
    }
}
