//! Who a bad note is, as far as its object says so: the file has that card all the same.

use crate::core::card::kind;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::columns;
use crate::formats::columns::Dialect;
use crate::formats::columns::Draft;
use crate::formats::json::held::Held;
use crate::formats::json::held::Object;
use crate::formats::json::strict;
use serde_json::Value as Json;

/// By an object as it is written.
pub(super) fn who(object: &Object, place: Place) -> Option<Box<Item>> {
    let mut draft = Draft::new(kind("basic")?);
    take_names(&mut draft, object);
    if let Some((_, fields)) = object.iter().find(|(name, _)| name == "fields") {
        take_names(&mut draft, &strict::object(fields.get()).unwrap_or_default());
    }
    draft.unfinished(place)
}

/// By the same once it was read.
pub(super) fn who_of(value: &Json, place: Place) -> Option<Box<Item>> {
    who_in(&value.to_string(), place)
}

/// By the text of the object, or of one that holds it as its `note`.
pub(in crate::formats) fn who_in(json: &str, place: Place) -> Option<Box<Item>> {
    let object = strict::object(json).ok()?;
    match object.as_slice() {
        [(name, note)] if name == "note" => who(&strict::object(note.get()).ok()?, place),
        _ => who(&object, place),
    }
}

fn take_names(draft: &mut Draft, object: &Object) {
    for (name, value) in object {
        let held = Held::by(value);
        if let Some(text) = held.text() {
            draft.take_name(columns::named(name), text.into(), Dialect::Plain);
        }
    }
}
