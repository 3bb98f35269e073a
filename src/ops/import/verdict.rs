//! What an import would say of a file, without a database: whether it takes it, and which rows it leaves out.

use crate::core::id::NoteUid;
use crate::core::id::is_deck_id;
use crate::failure::Failure;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::Record;
use crate::formats::card_words::Syntax;
use crate::formats::deck_toml;
use crate::ops::decks::BUILTIN;
use crate::ops::import::folder::Reason;
use crate::ops::import::import_report::CONTRADICTS;
use crate::ops::import::import_report::no_deck_name;
use crate::ops::import::look_over::look_through;
use crate::ops::import::names::Namer;
use crate::ops::import::names::Prompts;
use crate::ops::import::names::repeated_prompts;
use crate::ops::import::options::Options;
use crate::ops::import::refusal;
use crate::ops::import::refusal::Refusal;
use crate::ops::import::sources::Source;
use crate::ops::import::sources::find_importer;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::Seek as _;
use std::sync::LazyLock;

/// What an import would say of a file.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Rows that it would leave out beside those that can't be read: where, and why.
    pub left_out: Vec<(Place, String)>,
    /// Why it would take nothing of the file.
    pub refusal: Option<Failure>,
    /// How its cards are written.
    pub syntax: Syntax,
    /// Why it is left alone among decks: nothing speaks for its being one.
    pub left_alone: Option<Reason>,
}

/// The built-in decks by their ids, with the uids of their notes: read once, however many files are looked at.
static BUILTINS: LazyLock<Vec<(String, BTreeSet<NoteUid>)>> = LazyLock::new(|| {
    let decks = BUILTIN.iter().filter_map(|(_, text)| deck_toml::parse(text).ok());
    decks
        .map(|deck| {
            let key = |item: &Item| match (&item.identity, &item.key) {
                (Identity::Key(key), _) | (_, Some(key)) => Some(NoteUid::of_key(&deck.head.id, key)),
                _ => None,
            };
            (deck.head.id.clone(), deck.notes.iter().filter_map(key).collect())
        })
        .collect()
});

/// Looks what an import would say of a file. Faults of deck files are found when they are read, and not drawn here.
///
/// # Errors
/// When it can't be read, is empty, or nobody knows what kind of file it is: an import fails in the same way.
pub fn verdict(source: &mut Source) -> Result<Verdict, Failure> {
    let options = Options::default();
    let mut verdict = Verdict::default();
    let Some(importer) = find_importer(source, &options)? else { return Ok(verdict) };
    verdict.syntax = Syntax::of(importer.name());
    if let Err(refusal) = look_through(source, importer, &options, &BUILTINS) {
        verdict.left_alone = refusal.left_alone();
        verdict.refusal = Some(refusal::in_short(refusal, &source.shown));
        return Ok(verdict);
    }
    let read_options = source.read_options(&options);
    let word = source.deck_word();
    let mut namer = Namer::new(word.clone(), Prompts::Unknown);
    namer.tell_repeated(repeated_prompts(importer, &mut *source.input, &read_options, &word));
    let unreadable =
        |error: std::io::Error| Failure::failed(format!("cannot read `{}`", source.shown)).at(error.to_string());
    source.input.rewind().map_err(unreadable)?;
    let mut deck = word;
    let mut texts: BTreeMap<NoteUid, String> = BTreeMap::new();
    let (mut good, mut bad) = (0_u64, 0_u64);
    let done = importer.read(&mut *source.input, &read_options, &mut |item| {
        match item {
            ImportItem::Record(Record::Deck(head)) => {
                namer.deck_begins(&head.id);
                deck = head.id;
            }
            ImportItem::Record(Record::Note(mut item)) => {
                let own = item.deck.as_deref().unwrap_or(&deck);
                if !is_deck_id(own) {
                    bad += 1;
                    verdict.left_out.push((item.place, no_deck_name(own)));
                    return Ok(());
                }
                let place = item.place;
                let Ok(who) = namer.who(&item) else { return Ok(()) };
                item.text.tags.retain(|tag| !namer.is_derived(tag, place));
                let text = serde_json::to_string(&item.text).unwrap_or_default();
                match texts.get(&who.uid) {
                    Some(known) if *known != text => {
                        bad += 1;
                        verdict.left_out.push((item.place, CONTRADICTS.to_owned()));
                    }
                    Some(_) => good += 1,
                    None => {
                        good += 1;
                        texts.insert(who.uid, text);
                    }
                }
            }
            ImportItem::Rejected(_) => bad += 1,
            ImportItem::Record(Record::Topic(_)) | ImportItem::Warning(_) | ImportItem::Loss(_) => {}
        }
        Ok(())
    });
    // Its faults were told above.
    done.ok();
    source.input.rewind().map_err(unreadable)?;
    if good == 0 && bad > 0 {
        verdict.refusal = Some(refusal::in_short(Refusal::Unreadable, &source.shown));
    }
    Ok(verdict)
}
