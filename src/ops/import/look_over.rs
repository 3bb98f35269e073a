//! What keeps a file of a folder out, told before a row of it goes in.

use crate::core::id::NoteUid;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::ReadOptions;
use crate::formats::Record;
use crate::ops::import::diagnose::diagnose;
use crate::ops::import::diagnose::is_two_sided;
use crate::ops::import::most_bad::Tally;
use crate::ops::import::one_file::Builtins;
use crate::ops::import::options::Options;
use crate::ops::import::refusal::Refusal;
use crate::ops::import::sources::Source;
use crate::ops::import::sources::stem;
use crate::store::Writer;
use std::io::Seek as _;

/// Reads a file without importing it, for the faults that keep it out: so that one bad file among many takes nothing with it.
pub(super) fn look_over(
    writer: &Writer<'_>,
    source: &mut Source,
    importer: &dyn Importer,
    options: &Options,
    builtins: &Builtins,
) -> Result<(), Refusal> {
    source.input.rewind().map_err(|error| Refusal::Format(error.into()))?;
    if let Some(diagnosis) = diagnose(source, options).filter(|diagnosis| !is_two_sided(diagnosis)) {
        return Err(Refusal::Unclear(diagnosis));
    }
    let read_options = ReadOptions { file_name: source.file_name.clone(), table: options.table.clone() };
    let mut tally = Tally::default();
    let mut deck = options.deck.clone().unwrap_or_else(|| stem(&source.file_name));
    if builtins.get().is_none() {
        builtins.set(writer.builtin_uids()?).ok();
    }
    let builtins = builtins.get().map(Vec::as_slice).unwrap_or_default();
    // A deck that passes for a built-in one: its keys, as long as none is the built-in deck's own.
    let (mut strangers, mut any_builtin) = (Vec::new(), false);
    let done = importer.read(&mut *source.input, &read_options, &mut |item| {
        match item {
            ImportItem::Record(Record::Deck(head)) => deck = head.id,
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
                    (Some(_), Some(uid)) => strangers.push(item.key.clone().unwrap_or_else(|| uid.to_string())),
                    _ => {}
                }
            }
            ImportItem::Rejected(rejected) => tally.bad(&rejected),
            _ => {}
        }
        Ok(())
    });
    source.input.rewind().map_err(|error| Refusal::Format(error.into()))?;
    done.map_err(Refusal::Format)?;
    if !strangers.is_empty() && !any_builtin {
        return Err(Refusal::BuiltinClash { deck, keys: strangers });
    }
    tally.judge_alone().map_or(Ok(()), |bad| Err(Refusal::MostBad(bad)))
}
