//! A file read and taken apart on a thread of its own, while what came before goes into the database.

use crate::core::card::NoteText;
use crate::core::card::Said;
use crate::core::card::Value;
use crate::core::id::NoteUid;
use crate::core::state::LEECH;
use crate::core::text::counted;
use crate::formats::DeckHead;
use crate::formats::FormatError;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::Loss;
use crate::formats::LossKind;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::formats::Rejected;
use crate::formats::Stop;
use crate::formats::Topic;
use crate::formats::card_words;
use crate::formats::card_words::Syntax;
use crate::ops::batches;
use crate::ops::batches::Giver;
use crate::ops::batches::Gone;
use crate::ops::import::names::Nameless;
use crate::ops::import::names::Namer;
use crate::ops::import::names::TwoAnswers;
use crate::ops::import::names::compose;
use crate::ops::import::names::compose_names;
use crate::ops::import::names::repeated_prompts;
use crate::ops::import::refusal::Refusal;
use crate::ops::import::sources::Counting;
use crate::store::Fault;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::Salts;
use std::borrow::Cow;
use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

/// What was read of a file, on its way to the database.
pub(super) enum Parsed {
    Warning(String),
    /// In which encoding it was read, where that is a guess, and what to say of it.
    Encoding(&'static str, String),
    Loss(Loss),
    Rejected(Rejected, Option<BadRow>),
    Deck(DeckHead),
    Topic(Topic),
    Note(NoteRow),
}

/// A note of a file: who it is, and its text.
pub(super) struct NoteRow {
    pub(super) place: Place,
    pub(super) deck: Option<String>,
    pub(super) who: NoteRef,
    pub(super) key: Option<String>,
    /// Whether it has an id that is its own in every deck.
    pub(super) has_id: bool,
    pub(super) words: Words,
}

/// Who a row is that was left out.
pub(super) struct BadRow {
    pub(super) deck: Option<String>,
    pub(super) uid: NoteUid,
    pub(super) question: PackedNote,
}

impl BadRow {
    fn of(mut item: Item, namer: &Namer) -> Option<Self> {
        compose_names(&mut item);
        Some(Self { uid: namer.uid_of_bad(&item), question: PackedNote::of(&item.text).ok()?, deck: item.deck })
    }
}

/// The text of a note. Packing and sealing it is work for whichever thread has less to do: writing new notes takes longer
/// than reading a file, finding that nothing is new takes less.
pub(super) enum Words {
    Sealed(PackedNote),
    Loose(NoteText, Said),
}

impl Words {
    /// About how many bytes it has.
    fn size(&self) -> usize {
        match self {
            Self::Sealed(note) => note.size(),
            Self::Loose(text, _) => text.fields.values().flat_map(Value::texts).map(String::len).sum(),
        }
    }

    /// The text, packed if it is not yet.
    pub(super) fn packed(&self) -> Result<Cow<'_, PackedNote>, Fault> {
        Ok(match self {
            Self::Sealed(note) => Cow::Borrowed(note),
            Self::Loose(text, said) => Cow::Owned(PackedNote::of(text)?.saying(*said)),
        })
    }
}

/// Why a row can't go to the database.
enum Held {
    /// The row has no name of its own.
    Nameless(Nameless),
    Store(Fault),
}

impl Parsed {
    fn of(outcome: ImportItem, namer: &mut Namer, salts: Option<&Salts>) -> Result<Self, Held> {
        Ok(match outcome {
            ImportItem::Warning(warning) => match warning.guessed_encoding() {
                Some(encoding) => Self::Encoding(encoding, warning.to_string()),
                None => Self::Warning(warning.to_string()),
            },
            ImportItem::Loss(loss) => Self::Loss(loss),
            ImportItem::Rejected(mut rejected) => {
                let who = rejected.who.take().and_then(|item| BadRow::of(*item, namer));
                Self::Rejected(rejected, who)
            }
            ImportItem::Record(Record::Deck(mut head)) => {
                compose(&mut head.id);
                compose(&mut head.name);
                namer.deck_begins(&head.id);
                Self::Deck(head)
            }
            ImportItem::Record(Record::Topic(mut topic)) => {
                compose(&mut topic.id);
                Self::Topic(topic)
            }
            ImportItem::Record(Record::Note(mut item)) => {
                compose_names(&mut item);
                let who = namer.who(&item).map_err(Held::Nameless)?;
                let place = item.place;
                item.text.tags.retain(|tag| !namer.is_derived(tag, place));
                namer.look_at_answer(&item.text, place);
                namer.look_at_options(&item.text, place);
                let Item { deck, identity, key, text, says, .. } = *item;
                let has_id = match &identity {
                    Identity::Uid(_) | Identity::Foreign { .. } => true,
                    Identity::Key(key) => NoteUid::in_place_of_key(key).is_some(),
                    Identity::None => false,
                };
                // A note without a key goes out under its uid in the place of one, and comes back as itself.
                let key = match identity {
                    Identity::Key(name) => key.or(Some(name)).filter(|key| NoteUid::in_place_of_key(key).is_none()),
                    Identity::Uid(_) | Identity::Foreign { .. } | Identity::None => key,
                };
                let words = match salts {
                    Some(salts) => {
                        let sealed = PackedNote::of(&text).and_then(|note| note.sealed(key.as_deref(), salts));
                        Words::Sealed(sealed.map_err(Held::Store)?.saying(says))
                    }
                    None => Words::Loose(text, says),
                };
                Self::Note(NoteRow { place, deck, who, key, has_id, words })
            }
        })
    }
}

/// A file that is read on a thread of its own.
pub(super) struct Reading<'r> {
    pub(super) importer: &'r dyn Importer,
    pub(super) options: &'r ReadOptions,
    pub(super) namer: Namer,
    pub(super) salts: Salts,
    pub(super) size: u64,
}

/// Reads a file on a thread of its own: it is taken apart while what came before goes into the database.
pub(super) fn read_beside(
    reading: Reading<'_>,
    input: &mut (dyn ReadSeek + Send),
    put: &mut dyn FnMut(&Parsed) -> Result<(), Fault>,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Refusal> {
    let read = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let (giver, taker) = batches::channel();
        let count = &read;
        let reading = scope.spawn(move || read_batches(reading, input, giver, count));
        // Where this fails the channel is closed, which ends the reading.
        let taken = taker.each(|| progress(read.load(Ordering::Relaxed)), put);
        let done = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken?;
        done
    })
}

fn read_batches(
    reading: Reading<'_>,
    input: &mut dyn ReadSeek,
    mut giver: Giver<Parsed>,
    read: &AtomicU64,
) -> Result<(), Refusal> {
    let Reading { importer, options, mut namer, salts, size } = reading;
    let mut under_way = 0_u64;
    loop {
        // Up to the first row without a name nothing has to be known of the rest of the file, and many have no such row.
        let mut known = under_way;
        let mut held = None;
        let named = namer.knows_repeated();
        let mut heard = |now: u64| read.store(if named { (size + now) / 2 } else { now }, Ordering::Relaxed);
        let mut counting = Counting { inner: &mut *input, read: 0, heard: &mut heard };
        let done = importer.read(&mut counting, options, &mut |outcome| {
            if known > 0 {
                known -= 1;
                return Ok(());
            }
            let salts = giver.is_ahead().then_some(&salts);
            let parsed = Parsed::of(outcome, &mut namer, salts).map_err(|why| {
                held = Some(why);
                Stop
            })?;
            under_way += 1;
            let bytes = if let Parsed::Note(row) = &parsed { row.words.size() } else { 0 };
            giver.give(parsed, bytes).map_err(|Gone| Stop)
        });
        match held {
            Some(Held::Store(fault)) => return Err(Refusal::Store(fault)),
            Some(Held::Nameless(Nameless::Repeated)) => return Err(Refusal::Repeated),
            Some(Held::Nameless(Nameless::Unknown)) => {
                let again = |error: io::Error| Refusal::Format(FormatError::Io(error));
                input.rewind().map_err(again)?;
                let mut heard = |now: u64| read.store(now / 2, Ordering::Relaxed);
                let mut counting = Counting { inner: &mut *input, read: 0, heard: &mut heard };
                let repeated = repeated_prompts(importer, &mut counting, options, namer.first_deck());
                namer.tell_repeated(repeated);
                input.rewind().map_err(again)?;
            }
            None => {
                done.map_err(Refusal::Format)?;
                namer.finish().map_err(|_: Nameless| Refusal::Repeated)?;
                break;
            }
        }
    }
    let (derived, places) = std::mem::take(&mut namer.derived);
    if derived > 0 {
        let rows = counted(derived, "row", "rows");
        let warning = format!("the tag `{LEECH}` was left out of {rows}: lmq gives and takes it by itself");
        giver.give(Parsed::Warning(warning), 0).ok();
        giver.give(Parsed::Loss(Loss { kind: LossKind::TagsChanged, count: derived, places }), 0).ok();
    }
    if let Some(TwoAnswers { place, answer, each, others, places }) = &namer.two_answers {
        let syntax = Syntax::of(importer.name());
        let (what, help) =
            (card_words::two_answers(answer, *others, places), card_words::help_two_answers(each, syntax));
        let warning = format!("line {place}: {what}: {help}");
        giver.give(Parsed::Warning(warning), 0).ok();
    }
    if let Some((place, option, others)) = &namer.several_in_one {
        let (what, help) =
            (card_words::several_in_one(option), card_words::help_several_in_one(Syntax::of(importer.name())));
        let others = match others {
            0 => String::new(),
            others => format!(", and in {} more", counted(*others, "card", "cards")),
        };
        giver.give(Parsed::Warning(format!("line {place}: {what}{others}; {help}")), 0).ok();
    }
    // Nobody takes it any more where the database failed, which is told already.
    giver.finish().ok();
    Ok(())
}
