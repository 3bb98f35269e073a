//! The notes of one file, on their way into the database.

use crate::core::id::NoteUid;
use crate::core::id::is_deck_id;
use crate::formats::Importer;
use crate::formats::Place;
use crate::ops::decks::details;
use crate::ops::import::import_report::KeptNote;
use crate::ops::import::import_report::Report;
use crate::ops::import::import_report::no_deck_name;
use crate::ops::import::import_report::twice_words;
use crate::ops::import::most_bad::Tally;
use crate::ops::import::names::Namer;
use crate::ops::import::names::Prompts;
use crate::ops::import::options::Options;
use crate::ops::import::reading::Parsed;
use crate::ops::import::reading::Reading;
use crate::ops::import::reading::read_beside;
use crate::ops::import::refusal::Refusal;
use crate::ops::import::sources::Source;
use crate::ops::import::sources::stem;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::EarlierFiles;
use crate::store::Fault;
use crate::store::Finished;
use crate::store::MatchResult;
use crate::store::RowPlace;
use crate::store::Writer;
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// Whether a file is followed, and as which.
#[derive(Debug, Clone, Copy)]
pub(super) enum Follow {
    /// It is read this once.
    Not,
    /// It is followed from this import on: what it lacks stays.
    FromNowOn(i64),
    /// It was followed before: notes that came from it and are not in it any more are retired.
    Again(i64),
}

/// Ids of the built-in decks, each with the uids that it has. Read once for all files, where one is asked for.
pub(super) type Builtins = OnceCell<Vec<(String, BTreeSet<NoteUid>)>>;

/// With what a file is begun.
pub(super) struct Attempt<'b> {
    pub(super) follow: Follow,
    pub(super) prompts: Prompts,
    pub(super) builtins: &'b Builtins,
    /// What the files before it had, where there are several.
    pub(super) earlier: Option<&'b mut EarlierFiles>,
    /// Followed files that have the say of what they brought.
    pub(super) others: &'b BTreeSet<i64>,
}

/// Puts the notes of one file into the database.
pub(super) fn one_file(
    writer: &mut Writer<'_>,
    source: &mut Source,
    importer: &dyn Importer,
    options: &Options,
    Attempt { follow, prompts, builtins, earlier, others }: Attempt<'_>,
    report: &mut Report,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Refusal> {
    let ordered = importer.name() == "toml";
    let bulk_options = BulkOptions {
        place_in: options.deck.clone(),
        home: source.home.clone(),
        reposition: ordered,
        retire_missing: matches!(follow, Follow::Again(_)),
        source: match follow {
            Follow::Not => None,
            Follow::FromNowOn(id) | Follow::Again(id) => Some(id),
        },
        others: others.clone(),
        theirs: options.theirs,
        tells_news: options.dry_run,
        ..BulkOptions::new(DeckOrigin::File)
    };
    let read_options = source.read_options(options);
    let shown = source.shown.clone();
    // The file's own word, whatever deck its cards go into: by that they are found when it comes again.
    let mut deck = source.deck_word();
    let namer = Namer::new(deck.clone(), prompts);
    // Another deck under a built-in one's name shares no card with it. One that does is an export of it, with the
    // user's own cards in it.
    let mut strangers: Vec<String> = Vec::new();
    let mut any_builtin = false;
    let mut by_chance = false;
    let mut seen_deck = String::new();
    let salts = writer.salts();
    let mut bulk = Bulk::new(writer, bulk_options)?;
    if let Some(earlier) = earlier {
        bulk.comes_after(earlier);
    }
    let mut rows = 0_u64;
    // Whether a row is in the deck that only the file's name says.
    let mut by_name = false;
    let mut tally = Tally::default();
    let mut has_head = false;
    // New notes with a key that is not the one that their id was made from.
    let mut renamed: Vec<(NoteUid, String)> = Vec::new();
    let mut put = |parsed: &Parsed| -> Result<(), Fault> {
        match parsed {
            Parsed::Warning(text) => report.warnings.push(format!("{shown}: {text}")),
            Parsed::Encoding(encoding, text) => {
                if options.told.as_deref() != Some(*encoding) {
                    report.encodings.push(((*encoding).to_owned(), shown.clone(), text.clone()));
                }
            }
            Parsed::Loss(loss) => report.lose(&shown, loss),
            Parsed::Rejected(rejected, who) => {
                if let Some(row) = who {
                    bulk.left_out(row.deck.as_deref().unwrap_or(&deck), row.uid, &row.question);
                }
                tally.bad(rejected);
                report.reject(&shown, rejected.place, &rejected.fault);
            }
            Parsed::Deck(head) => {
                bulk.deck(&head.id, &head.name, details(head))?;
                deck.clone_from(&head.id);
                has_head = true;
            }
            Parsed::Topic(topic) => {
                bulk.topic(&deck, &topic.id, &topic.title, topic.primer.as_deref(), topic.try_line.as_deref())?;
            }
            Parsed::Note(row) => {
                let own_deck = row.deck.as_deref().unwrap_or(&deck);
                // Rows of one deck follow each other.
                if seen_deck != own_deck && !is_deck_id(own_deck) {
                    report.reject(&shown, row.place, no_deck_name(own_deck));
                    bulk.left_out(&deck, row.who.uid, row.words.packed()?.as_ref());
                    return Ok(());
                }
                if seen_deck != own_deck {
                    own_deck.clone_into(&mut seen_deck);
                    if !report.decks.contains(own_deck) {
                        report.decks.insert(own_deck.to_owned());
                    }
                }
                by_name |= row.deck.is_none() && !has_head && options.deck.is_none();
                if row.who.named {
                    let decks = builtins.get_or_init(|| bulk.builtin_uids().unwrap_or_default());
                    match decks.iter().find(|(id, _)| id == own_deck) {
                        Some((_, uids)) if uids.contains(&row.who.uid) => any_builtin = true,
                        Some(_) => strangers.push(row.key.clone().unwrap_or_else(|| row.who.uid.to_string())),
                        None => {}
                    }
                } else if by_name && !by_chance {
                    let decks = builtins.get_or_init(|| bulk.builtin_uids().unwrap_or_default());
                    // Nothing but the name of the file says that it is that deck.
                    by_chance = row.deck.is_none() && decks.iter().any(|(id, _)| id == own_deck);
                }
                let note = row.words.packed()?;
                if report.first.len() < 3 {
                    let text = note.text()?;
                    report.first.push((text.listed_prompt(1), text.listed_answer(1)));
                }
                report.waits |= note.waits();
                bulk.rows_say_place(match (has_head || row.deck.is_some(), row.has_id) {
                    (false, _) => RowPlace::Unsaid,
                    (true, false) => RowPlace::Name,
                    (true, true) => RowPlace::Place,
                });
                tally.good();
                let placed = bulk.note(own_deck, row.who, row.key.clone(), &note)?;
                if let Some(key) = row.key.as_ref().filter(|_| row.who.named && placed == MatchResult::Added)
                    && NoteUid::of_key(own_deck, key) != row.who.uid
                {
                    renamed.push((row.who.uid, key.clone()));
                }
                report.place(placed, &shown, row.place);
                rows += 1;
            }
        }
        Ok(())
    };
    let reading = Reading { importer, options: &read_options, namer, salts, size: source.size };
    read_beside(reading, &mut *source.input, &mut put, progress)?;
    if source.has_changed() {
        return Err(Refusal::ChangedMeanwhile);
    }
    if let Some(bad) = tally.judge() {
        return Err(Refusal::MostBad(bad));
    }
    if (by_chance || !strangers.is_empty()) && !any_builtin {
        return Err(Refusal::BuiltinClash { deck, keys: strangers });
    }
    if by_name && source.is_apart {
        report.words.push((stem(&source.file_name), shown.clone(), source.deck_word()));
    }
    if rows == 0 && report.rejections == 0 {
        report.warnings.push(format!("{shown}: there are no cards in it"));
    }
    let Finished { late, missing, retired, lost, kept, twice, added_to, moved_to, news } = bulk.finish()?;
    for (note, key) in &renamed {
        writer.also_called(*note, key)?;
    }
    for placed in late {
        report.place(placed, &shown, Place::default());
    }
    report.kept_notes.extend(kept.iter().map(|kept| KeptNote::of(&shown, kept)));
    report.warnings.extend(twice.iter().map(|twice| twice_words(&shown, twice)));
    for (deck, notes) in added_to {
        *report.added_to.entry(deck).or_default() += notes;
    }
    for (deck, notes) in moved_to {
        *report.moved_to.entry(deck).or_default() += notes;
    }
    report.retired += retired;
    report.lost += lost;
    report.missing += missing;
    report.hear(&news);
    Ok(())
}
