//! What an exporter looks at before it writes: what its own importer would refuse, or read as something else.
//!
//! An exporter either gives a record back equal or refuses it, and names the field.

use crate::core::card::LONGEST_FIELD_BYTES;
use crate::core::card::kind;
use crate::core::text::one_line;
use crate::formats::Identity;
use crate::formats::Item;
use crate::formats::Record;
use crate::formats::columns;
use crate::formats::columns::fault::NoteFault;
use std::io;

/// A refusal to write, with what the person can do.
pub(super) fn refused(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{reason}: use --format json"))
}

fn invalid(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason)
}

/// What a note is called in a refusal.
pub(super) fn name(item: &Item) -> String {
    match (&item.key, &item.identity) {
        (Some(key), _) | (None, Identity::Key(key)) => format!("the card `{}`", one_line(key)),
        (None, Identity::Uid(uid)) => format!("the card {uid}"),
        (None, Identity::Foreign { id, .. }) => format!("the card `{}`", one_line(id)),
        (None, Identity::None) => format!("the card `{}`", item.text.listed_prompt(1)),
    }
}

/// Whether some format can hold the note: one that every importer would leave out is not written, nor one with a text of
/// nothing, which comes back as none.
///
/// # Errors
/// The refusal.
pub(super) fn check(item: &Item) -> io::Result<()> {
    let text = &item.text;
    let key = match &item.identity {
        Identity::Key(key) => Some(key),
        _ => item.key.as_ref(),
    };
    let names = [("key", key), ("deck", item.deck.as_ref())];
    let fault = match kind(&text.kind) {
        Some(kind) => columns::check(kind, text).and_then(|()| columns::check_names(&names)).err(),
        None => Some(NoteFault::NoKind(text.kind.clone())),
    };
    if let Some(fault) = fault {
        return Err(invalid(format!("{}: {fault}", name(item))));
    }
    let beside = [&text.topic, &text.speaker, &text.hint, &text.extra, &text.group].into_iter().flatten();
    let lists = [&text.tags, &text.source, &text.after].into_iter().flatten();
    if beside.chain(lists).all(|text| !text.is_empty()) {
        return Ok(());
    }
    let field = text.named_texts().find(|(_, text)| text.is_empty()).map_or("", |(field, _)| field);
    Err(invalid(format!("{} has an empty `{field}`", name(item))))
}

/// A refusal of a note that no file can have.
pub(super) fn too_long(item: &Item) -> io::Error {
    invalid(format!("{} is longer than 16 MB, with all its fields", name(item)))
}

/// Whether some format can hold the head of a deck, or a topic.
///
/// # Errors
/// The refusal.
pub(super) fn check_head(record: &Record) -> io::Result<()> {
    unfit_head(record).map_or(Ok(()), |reason| Err(invalid(reason)))
}

/// Why a deck or a topic is none that a file can have: a text is empty or too long.
pub(super) fn unfit_head(record: &Record) -> Option<String> {
    let texts: Vec<(&str, Option<&String>)> = match record {
        Record::Deck(head) => vec![
            ("id", Some(&head.id).filter(|id| !id.is_empty())),
            ("name", Some(&head.name).filter(|name| !name.is_empty())),
            ("title", head.title.as_ref()),
            ("description", head.description.as_ref()),
            ("language", head.language.as_ref()),
            ("license", head.license.as_ref()),
            ("version", head.version.as_ref()),
            ("sequence", head.sequence.iter().flatten().find(|word| word.is_empty())),
        ],
        Record::Topic(topic) => {
            let title = Some(&topic.title).filter(|title| !title.is_empty());
            vec![
                ("id", Some(&topic.id)),
                ("title", title),
                ("primer", topic.primer.as_ref()),
                ("try", topic.try_line.as_ref()),
            ]
        }
        Record::Note(_) => return None,
    };
    let what = if matches!(record, Record::Deck(_)) { "the deck" } else { "a topic" };
    let is_bad = |text: &str| text.is_empty() || text.len() > LONGEST_FIELD_BYTES;
    let (field, text) = texts.into_iter().find_map(|(field, text)| Some((field, text.filter(|text| is_bad(text))?)))?;
    Some(if text.is_empty() {
        format!("{what} has an empty `{field}`")
    } else {
        format!("the `{field}` of {what} is longer than 1 MB; make it shorter")
    })
}
