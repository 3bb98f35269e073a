//! A note from a JSON value: one of ours, or an object that another program wrote.

use crate::core::card::Fields;
use crate::core::card::Form;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Said;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::NoteUid;
use crate::formats::Identity;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::Dialect;
use crate::formats::columns::Draft;
use crate::formats::columns::Given;
use crate::formats::columns::Target;
use crate::formats::columns::fault::NoteFault;
use crate::formats::json::fault::ObjectFault;
use crate::formats::json::foreign::Keys;
use crate::formats::json::held::Held;
use crate::formats::json::held::Object;
use crate::formats::json::quiz::Quiz;
use crate::formats::json::strict;
use serde_json::Value as Json;
use serde_json::value::RawValue;

fn one(key: &str, value: Json) -> Result<String, ObjectFault> {
    match value {
        Json::String(text) => Ok(text),
        _ => Err(ObjectFault::NoText(key.to_owned())),
    }
}

/// A text; an empty one is as good as none.
fn any(key: &str, value: Json) -> Result<Option<String>, ObjectFault> {
    Ok(Some(one(key, value)?).filter(|text| !text.is_empty()))
}

/// Texts without the empty ones.
fn words(key: &str, value: Json) -> Result<Vec<String>, ObjectFault> {
    let mut words = several(key, value)?;
    words.retain(|word| !word.is_empty());
    Ok(words)
}

fn several(key: &str, value: Json) -> Result<Vec<String>, ObjectFault> {
    match value {
        Json::Array(values) => values.into_iter().map(|value| one(key, value)).collect(),
        _ => Err(ObjectFault::NoTexts(key.to_owned())),
    }
}

/// A note of ours.
///
/// # Errors
/// When it isn't one.
pub(in crate::formats) fn note(value: Json, place: Place) -> Result<Box<Item>, ObjectFault> {
    let Json::Object(map) = value else {
        return Err(ObjectFault::NoObject);
    };
    let mut text = NoteText { markup: Markup::Plain, ..NoteText::default() };
    let (mut uid, mut key, mut deck) = (None, None, None);
    for (name, value) in map {
        let name = name.as_str();
        match name {
            _ if value.is_null() => {}
            "id" => {
                let id = one(name, value)?;
                uid = Some(NoteUid::from_hex(&id).ok_or(ObjectFault::BadId(id))?);
            }
            "key" => key = any(name, value)?,
            "deck" => deck = any(name, value)?,
            "kind" => text.kind = one(name, value)?,
            "fields" => text.fields = fields(value)?,
            "tags" => text.tags = words(name, value)?,
            "source" => text.source = words(name, value)?,
            "after" => text.after = words(name, value)?,
            "topic" => text.topic = any(name, value)?,
            "speaker" => text.speaker = any(name, value)?,
            "hint" => text.hint = any(name, value)?,
            "extra" => text.extra = any(name, value)?,
            "group" => text.group = any(name, value)?,
            "held_out" => text.held_out = value.as_bool().ok_or(ObjectFault::BadHeldOut)?,
            "form" => {
                text.form = Some(value.as_str().and_then(Form::of_name).ok_or(ObjectFault::BadForm)?);
            }
            "markup" => {
                text.markup = value.as_str().and_then(Markup::of_name).ok_or(ObjectFault::BadMarkup)?;
            }
            "media" => text.media = serde_json::from_value(value).map_err(|_| ObjectFault::BadMedia)?,
            unknown => return Err(ObjectFault::UnknownKey(unknown.to_owned())),
        }
    }
    if text.kind.is_empty() {
        return Err(ObjectFault::KindMissing);
    }
    let kind = kind(&text.kind).ok_or_else(|| NoteFault::NoKind(text.kind.clone()))?;
    columns::check(kind, &text)?;
    columns::check_names(&[("key", key.as_ref()), ("deck", deck.as_ref())])?;
    let (identity, key) = match (uid, key) {
        (Some(uid), key) => (Identity::Uid(uid), key),
        (None, Some(key)) => (Identity::Key(key), None),
        (None, None) => (Identity::None, None),
    };
    Ok(Box::new(Item { place, deck, identity, key, text, says: Said::ALL }))
}

/// A text, or a whole number: days are written as either.
fn number_or(key: &str, value: Json) -> Result<String, ObjectFault> {
    match value.as_u64() {
        Some(number) => Ok(number.to_string()),
        None => one(key, value),
    }
}

fn fields(value: Json) -> Result<Fields, ObjectFault> {
    let Json::Object(map) = value else {
        return Err(ObjectFault::NoFields);
    };
    map.into_iter()
        .map(|(name, value)| {
            let value = match value {
                Json::Array(values) => {
                    Value::Texts(values.into_iter().map(|value| number_or(&name, value)).collect::<Result<_, _>>()?)
                }
                value => Value::Text(one(&name, value)?),
            };
            Ok((name, value))
        })
        .collect()
}

/// A note as another program writes it: an object with texts, under the names that columns of tables may have.
///
/// # Errors
/// When it isn't one.
pub(in crate::formats) fn foreign_note(
    object: Object,
    keys: &mut Keys,
    place: Place,
) -> Result<Box<Item>, ObjectFault> {
    let has = |wanted: &str| object.iter().any(|(name, _)| name == wanted);
    if has("fields") && has("kind") {
        let read =
            |(name, value): (String, Box<RawValue>)| strict::value(&name, value.get()).map(|value| (name, value));
        return note(Json::Object(object.into_iter().map(read).collect::<Result<_, _>>()?), place);
    }
    let named = keys.kind(&object);
    let quiz = if named.is_none_or(|kind| kind.name() == "choice") { keys.quiz(&object) } else { None };
    let is_of_quiz = |at: &usize| quiz.as_ref().is_some_and(|quiz| quiz.keys.contains(at));
    let object: Object = (0..).zip(object).filter(|(at, _)| !is_of_quiz(at)).map(|(_, field)| field).collect();
    let columns = keys.columns(&object, named.is_some());
    // A quiz has its answer.
    let beside_answer = |column: Column, name: &str| match columns::named(name) {
        Column::Extra => Column::Extra,
        _ if column.tells() => Column::Unknown,
        _ => column,
    };
    let field = |(column, (name, value)): (Column, (String, Box<RawValue>))| {
        let column = if quiz.is_some() { beside_answer(column, &name) } else { column };
        (column, name, Held::by(&value))
    };
    let fields: Vec<(Column, String, Held)> = columns.into_iter().zip(object).map(field).collect();
    let asked = fields.iter().find(|(column, ..)| column.asks()).and_then(|(_, _, held)| held.text());
    let usual = match quiz {
        Some(_) => "choice",
        None if asked.is_some_and(columns::is_cloze) => "cloze",
        None => "basic",
    };
    let kind = named.or_else(|| kind(usual)).ok_or_else(|| NoteFault::NoKind(usual.to_owned()))?;
    let mut draft = Draft::new(kind);
    let mut says = Said::NOTHING;
    if let Some(Quiz { answer, distractors, .. }) = quiz {
        draft.put(Target::Field("answer", Shape::Text), Given::Text(answer.into()), Dialect::Plain)?;
        draft.put(Target::Field("distractors", Shape::Texts), Given::Texts(distractors), Dialect::Plain)?;
        says = ["kind", "answer", "distractors"].into_iter().fold(says, Said::and);
    }
    for (column, name, held) in fields {
        let target = columns::target(column, kind);
        says = says.and(match column {
            Column::Kind | Column::NoteType => "kind",
            Column::Unknown => "extra",
            _ => target.part(),
        });
        match (held, column) {
            (Held::Nothing, _) => {}
            (_, Column::LeftOut) | (Held::Other, Column::Unknown) => keys.leave_out(&name),
            (Held::Texts(given), Column::Unknown) => {
                let text = match given {
                    Given::Text(text) => text.into_owned(),
                    Given::Texts(texts) => texts.join(", "),
                };
                draft.put_line(&name, &text, "\n");
                keys.becomes_line(&name);
            }
            (Held::Other, _) if matches!(target, Target::Field(..)) => return Err(ObjectFault::NoText(name)),
            (Held::Other, _) => keys.leave_out(&name),
            (Held::Texts(given), _) => draft.put(target, given, Dialect::Plain)?,
        }
    }
    Ok(draft.finish(place, says)?)
}
