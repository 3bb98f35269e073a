//! A JSON value in which no key of an object may stand twice: of two values one would be lost, and nobody would know.

use crate::formats::json::fault::ObjectFault;
use crate::formats::json::held::Object;
use serde::de::DeserializeSeed;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Map;
use serde_json::Number;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

/// Reads a value; a key that stands twice is noted, and the reading goes on.
#[derive(Debug, Clone, Copy)]
pub(in crate::formats) struct Strict<'t> {
    /// The first such key.
    twice: &'t RefCell<Option<String>>,
    /// Where the keys and values of an object go as they are written; the value is an empty object then.
    kept: Option<&'t RefCell<Object>>,
}

impl<'t> Strict<'t> {
    /// Notes the first key that stands twice in `twice`.
    pub(in crate::formats) fn new(twice: &'t RefCell<Option<String>>) -> Self {
        Self { twice, kept: None }
    }

    /// The same for an object whose keys stay in their order and whose numbers keep their digits.
    pub(in crate::formats) fn keeping(twice: &'t RefCell<Option<String>>, kept: &'t RefCell<Object>) -> Self {
        Self { twice, kept: Some(kept) }
    }
}

/// The object that a text holds, as another program wrote it.
pub(in crate::formats) fn object(json: &str) -> serde_json::Result<Object> {
    let (twice, kept) = (RefCell::default(), RefCell::default());
    Strict::keeping(&twice, &kept).deserialize(&mut serde_json::Deserializer::from_str(json))?;
    Ok(kept.into_inner())
}

/// The value that a text holds, or the fault in the note that it is of.
pub(super) fn value(name: &str, json: &str) -> Result<Json, ObjectFault> {
    let twice = RefCell::default();
    let read = Strict::new(&twice).deserialize(&mut serde_json::Deserializer::from_str(json));
    match twice.into_inner() {
        Some(key) => Err(ObjectFault::Twice(key)),
        None => read.map_err(|_| ObjectFault::NoText(name.to_owned())),
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::String(value))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Self { kept: None, ..self })? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        if let Some(kept) = self.kept {
            let mut kept = kept.borrow_mut();
            let mut known = HashSet::new();
            while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                if known.insert(key.clone()) {
                    kept.push((key, value));
                } else {
                    self.twice.borrow_mut().get_or_insert(key);
                }
            }
            return Ok(Json::Object(Map::new()));
        }
        let mut values = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(self)?;
            if values.contains_key(&key) {
                self.twice.borrow_mut().get_or_insert(key);
            } else {
                values.insert(key, value);
            }
        }
        Ok(Json::Object(values))
    }
}
