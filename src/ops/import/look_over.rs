//! What keeps a file of a folder out, told before a row of it goes in.

use crate::core::id::NoteUid;
use crate::formats::Diagnosis;
use crate::formats::Evidence;
use crate::formats::FormatError;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Record;
use crate::ops::import::diagnose::diagnose_with;
use crate::ops::import::diagnose::is_two_sided;
use crate::ops::import::most_bad::Tally;
use crate::ops::import::one_file::Builtins;
use crate::ops::import::options::Options;
use crate::ops::import::refusal::Refusal;
use crate::ops::import::sources::Source;
use crate::store::Writer;
use std::collections::BTreeSet;
use std::io::Seek as _;

/// Names of texts that lie beside decks and are about them.
const TEXTS: [&str; 15] = [
    "readme",
    "license",
    "licence",
    "copying",
    "copyright",
    "changelog",
    "todo",
    "authors",
    "contributors",
    "contributing",
    "credits",
    "notice",
    "install",
    "version",
    "about",
];

/// Whether a file of a folder is a table. Nobody named it, so a text file has to show that it is one, with at least two rows; one
/// that is called a table may have a single one. What can't be read at all is told by the reader.
fn is_table(source: &Source, looked: Option<&Diagnosis>, importer: &dyn Importer, options: &Options) -> bool {
    let is_said = options.format.is_some() || options.table.delimiter.is_some() || !options.table.columns.is_empty();
    if is_said || importer.name() != "csv" {
        return true;
    }
    let name = source.file_name.to_lowercase();
    let is_text = !name.ends_with(".csv");
    let word: String = name.chars().take_while(|letter| letter.is_alphabetic()).collect();
    match looked {
        _ if is_text && TEXTS.contains(&word.as_str()) => false,
        Some(diagnosis) => match diagnosis.evidence {
            Evidence::Said | Evidence::Rows => true,
            Evidence::OneRow | Evidence::MostRows => !is_text,
            Evidence::None => false,
        },
        None => true,
    }
}

/// Whether a file is sound JSON, of whatever it may be.
fn is_json(source: &mut Source) -> bool {
    let is_sound = serde_json::from_reader::<_, serde::de::IgnoredAny>(&mut *source.input).is_ok();
    source.input.rewind().is_ok() && is_sound
}

/// Whether a text is sound TOML with nothing of a deck in it, such as the settings of a program.
fn is_other_toml(text: &str) -> bool {
    let parts = ["deck", "topic", "card"];
    toml::from_str::<toml::Table>(text)
        .is_ok_and(|table| !table.is_empty() && !parts.iter().any(|part| table.contains_key(*part)))
}

/// Reads a file without importing it, for the faults that keep it out: so that one bad file among many takes nothing with it.
pub(super) fn look_over(
    writer: &Writer<'_>,
    source: &mut Source,
    importer: &dyn Importer,
    options: &Options,
    builtins: &Builtins,
) -> Result<(), Refusal> {
    if builtins.get().is_none() {
        builtins.set(writer.builtin_uids()?).ok();
    }
    look_through(source, importer, options, builtins.get().map(Vec::as_slice).unwrap_or_default())
}

/// The same, with the ids of the built-in decks and the uids that each of them has.
pub(super) fn look_through(
    source: &mut Source,
    importer: &dyn Importer,
    options: &Options,
    builtins: &[(String, BTreeSet<NoteUid>)],
) -> Result<(), Refusal> {
    source.input.rewind().map_err(|error| Refusal::Format(error.into()))?;
    let looked = diagnose_with(source, importer, options);
    if source.in_folder && !is_table(source, looked.as_deref(), importer, options) {
        return Err(Refusal::NoTable);
    }
    if let Some(diagnosis) = looked.filter(|diagnosis| !is_two_sided(diagnosis)) {
        return Err(Refusal::Unclear(diagnosis));
    }
    let read_options = source.read_options(options);
    let mut tally = Tally::default();
    let mut deck = source.deck_word();
    // A deck that passes for a built-in one: its keys, as long as none is the built-in deck's own.
    let (mut strangers, mut any_builtin) = (Vec::new(), false);
    let (mut has_head, mut by_chance) = (false, false);
    let done = importer.read(&mut *source.input, &read_options, &mut |item| {
        match item {
            ImportItem::Record(Record::Deck(head)) => (deck, has_head) = (head.id, true),
            ImportItem::Record(Record::Note(item)) => {
                tally.good();
                let of = item.deck.as_deref().unwrap_or(&deck);
                let uid = match &item.identity {
                    Identity::Key(key) => Some(NoteUid::of_file_key(of, key)),
                    Identity::Uid(uid) => Some(*uid),
                    Identity::Foreign { .. } | Identity::None => None,
                };
                match (builtins.iter().find(|(id, _)| id == of), uid) {
                    (Some((_, uids)), Some(uid)) if uids.contains(&uid) => any_builtin = true,
                    (Some(_), Some(uid)) => strangers.push(match (&item.key, &item.identity) {
                        (Some(key), _) | (None, Identity::Key(key)) => key.clone(),
                        _ => uid.to_string(),
                    }),
                    // Nothing but the name of the file says that it is that deck.
                    (Some(_), None) if item.deck.is_none() && !has_head && options.deck.is_none() => by_chance = true,
                    _ => {}
                }
            }
            ImportItem::Rejected(rejected) => tally.bad(&rejected),
            _ => {}
        }
        Ok(())
    });
    source.input.rewind().map_err(|error| Refusal::Format(error.into()))?;
    if let Err(FormatError::NotThis(why)) = &done
        && source.in_folder
        && source.file_name.to_lowercase().ends_with(".txt")
        && why.is_no_table()
    {
        return Err(Refusal::NoTable);
    }
    if matches!(&done, Err(FormatError::NotThis(_))) && source.in_folder && importer.name() == "json" && is_json(source)
    {
        return Err(Refusal::OtherJson);
    }
    if let Err(FormatError::Faults { source_text, .. }) = &done
        && source.in_folder
        && is_other_toml(source_text)
    {
        return Err(Refusal::OtherToml);
    }
    done.map_err(Refusal::Format)?;
    if (by_chance || !strangers.is_empty()) && !any_builtin {
        return Err(Refusal::BuiltinClash { deck, keys: strangers });
    }
    let judged = if source.in_folder { tally.judge_alone() } else { tally.judge() };
    judged.map_or(Ok(()), |bad| Err(Refusal::MostBad(bad)))
}
