//! Who the rows of a file are.

use crate::core::card::NoteText;
use crate::core::card::kind;
use crate::core::compare::identity::composed;
use crate::core::id::NoteUid;
use crate::core::lint::MOST_NAMED;
use crate::core::lint::as_two_answers;
use crate::core::lint::several_in_one;
use crate::core::state::LEECH;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::store::NoteRef;
use std::borrow::Cow;
use std::collections::HashMap;

/// Lines of tags that were left out that are told.
const MOST_PLACES: usize = 3;

/// What stands between the texts of a row when a name is made from them.
const BETWEEN: &str = "\u{1f}";

/// What is known of the prompts that a file has more than once.
///
/// A row without key or id is named by its prompt, and where that occurs more than once in the file by its answer too.
/// Whether it does, only the whole file tells. Most files have no such prompt, so a file can be taken in as if it had none,
/// and is begun anew where that was wrong: reading it twice would cost more than the database does.
#[derive(Debug)]
pub(super) enum Prompts {
    /// None is repeated, it is hoped: the short names so far, of which the first ones were compared.
    Hoped(Vec<u64>, usize),
    /// It has to be looked at before the first row without key or id.
    Unknown,
    /// The short names of the prompts that occur more than once, in order.
    Known(Vec<u64>),
}

impl Prompts {
    /// It is hoped that none is repeated.
    pub(super) fn hoped() -> Self {
        Self::Hoped(Vec::new(), 0)
    }
}

/// Why a row has no name.
#[derive(Debug)]
pub(super) enum Nameless {
    /// It is not known yet which prompts the file has more than once.
    Unknown,
    /// It was hoped that the file has no prompt twice, but it has.
    Repeated,
}

/// So many short names are compared at first, then twice as many each time: a prompt that is repeated is mostly noticed early,
/// and all comparing together costs twice what it costs at the end.
const FIRST_COMPARED: usize = 256;

/// Gives all names of a row the one form that Unicode has for them: which one a program writes, nobody sees.
pub(super) fn compose_names(item: &mut Item) {
    let keys = match &mut item.identity {
        Identity::Key(key) => Some(key),
        Identity::Uid(_) | Identity::Foreign { .. } | Identity::None => None,
    };
    let text = &mut item.text;
    let one = [&mut item.deck, &mut item.key, &mut text.topic, &mut text.group].into_iter().flatten();
    let several = [&mut text.tags, &mut text.source, &mut text.after].into_iter().flatten();
    for name in one.chain(keys).chain(several) {
        compose(name);
    }
}

/// Gives one name that form.
pub(super) fn compose(name: &mut String) {
    if let Cow::Owned(composed) = composed(name) {
        *name = composed;
    }
}

/// Gives the rows of a file their names, in its order.
pub(super) struct Namer {
    first_deck: String,
    deck: String,
    prompts: Prompts,
    /// Of rows with such a prompt, how many wholly equal ones came before.
    equal: HashMap<NoteUid, u32>,
    /// Rows that lost a tag which lmq gives by itself, and where the first ones are.
    pub(super) derived: (u64, Vec<Place>),
    /// Answers that look like two.
    pub(super) two_answers: Option<TwoAnswers>,
    /// The first option in which several stand, where that is, and how many other cards have one.
    pub(super) several_in_one: Option<(Place, String, u64)>,
}

/// Answers that look like two.
pub(super) struct TwoAnswers {
    /// Where the first one is.
    pub(super) place: Place,
    /// That one.
    pub(super) answer: String,
    /// What each of its parts may be.
    pub(super) each: Vec<String>,
    /// How many others there are.
    pub(super) others: usize,
    /// Where the first of these are.
    pub(super) places: Vec<String>,
}

impl Namer {
    /// Before the first row. `deck` is the file's word for its deck as long as it says no other.
    pub(super) fn new(deck: String, prompts: Prompts) -> Self {
        Self {
            first_deck: deck.clone(),
            deck,
            prompts,
            equal: HashMap::new(),
            derived: (0, Vec::new()),
            two_answers: None,
            several_in_one: None,
        }
    }

    /// The word for the deck at the beginning of the file.
    pub(super) fn first_deck(&self) -> &str {
        &self.first_deck
    }

    /// From here on the rows are of this deck, as long as they say no other.
    pub(super) fn deck_begins(&mut self, id: &str) {
        id.clone_into(&mut self.deck);
    }

    pub(super) fn knows_repeated(&self) -> bool {
        matches!(self.prompts, Prompts::Known(_))
    }

    /// What [`repeated_prompts`] found.
    pub(super) fn tell_repeated(&mut self, repeated: Vec<u64>) {
        self.prompts = Prompts::Known(repeated);
    }

    /// After the last row: whether all got the names that they should have.
    pub(super) fn finish(&mut self) -> Result<(), Nameless> {
        match &mut self.prompts {
            Prompts::Hoped(names, _) => are_apart(names).then_some(()).ok_or(Nameless::Repeated),
            Prompts::Unknown | Prompts::Known(_) => Ok(()),
        }
    }

    /// Who a row is.
    pub(super) fn who(&mut self, item: &Item) -> Result<NoteRef, Nameless> {
        let deck = item.deck.as_deref().unwrap_or(&self.deck);
        let uid = match &item.identity {
            Identity::Key(key) => NoteUid::of_file_key(deck, key),
            Identity::Uid(uid) => *uid,
            Identity::Foreign { namespace, id } => NoteUid::of_foreign(namespace, id),
            Identity::None => {
                let prompt = prompt(&item.text);
                let plain = || NoteUid::of_row(deck, &prompt, None);
                let repeated = match &mut self.prompts {
                    Prompts::Unknown => return Err(Nameless::Unknown),
                    Prompts::Hoped(names, compared) => {
                        let plain = plain();
                        names.push(plain.short());
                        if names.len() >= FIRST_COMPARED.max(*compared * 2) {
                            if !are_apart(names) {
                                return Err(Nameless::Repeated);
                            }
                            *compared = names.len();
                        }
                        return Ok(NoteRef { uid: plain, named: false });
                    }
                    Prompts::Known(repeated) => repeated,
                };
                let plain = plain();
                if repeated.binary_search(&plain.short()).is_err() {
                    return Ok(NoteRef { uid: plain, named: false });
                }
                let answer = answer(&item.text);
                let first = NoteUid::of_row(deck, &prompt, Some((&answer, 1)));
                let number = self.equal.entry(first).or_default();
                *number += 1;
                let uid = if *number == 1 { first } else { NoteUid::of_row(deck, &prompt, Some((&answer, *number))) };
                return Ok(NoteRef { uid, named: false });
            }
        };
        Ok(NoteRef { uid, named: true })
    }

    /// The uid of a row that was left out, as if its question were there once. It is no part of what names the other rows.
    pub(super) fn uid_of_bad(&self, item: &Item) -> NoteUid {
        let deck = item.deck.as_deref().unwrap_or(&self.deck);
        match &item.identity {
            Identity::Key(key) => NoteUid::of_file_key(deck, key),
            Identity::Uid(uid) => *uid,
            Identity::Foreign { namespace, id } => NoteUid::of_foreign(namespace, id),
            Identity::None => NoteUid::of_row(deck, &prompt(&item.text), None),
        }
    }

    /// Looks whether what is typed to a row seems to be two answers.
    pub(super) fn look_at_answer(&mut self, text: &NoteText, place: Place) {
        let Some((answer, each)) = as_two_answers(text) else { return };
        match &mut self.two_answers {
            Some(found) => {
                found.others += 1;
                if found.places.len() < MOST_NAMED {
                    found.places.push(format!("line {place}"));
                }
            }
            None => self.two_answers = Some(TwoAnswers { place, answer, each, others: 0, places: Vec::new() }),
        }
    }

    /// Looks whether the options of a choice seem to stand in one.
    pub(super) fn look_at_options(&mut self, text: &NoteText, place: Place) {
        let Some(option) = several_in_one(text) else { return };
        match &mut self.several_in_one {
            Some((.., others)) => *others += 1,
            None => self.several_in_one = Some((place, option.to_owned(), 0)),
        }
    }

    /// Whether a tag follows from the answers, so that no file may give it; counts those that were tried.
    pub(super) fn is_derived(&mut self, tag: &str, place: Place) -> bool {
        // No letter beyond ASCII has one of these as its small one.
        let is_derived = tag.eq_ignore_ascii_case(LEECH);
        if is_derived {
            let (count, places) = &mut self.derived;
            *count += 1;
            if places.len() < MOST_PLACES {
                places.push(place);
            }
        }
        is_derived
    }
}

/// Puts short names in order; tells whether no two are alike.
fn are_apart(names: &mut [u64]) -> bool {
    names.sort_unstable();
    names.is_sorted_by(|a, b| a < b)
}

/// The prompt of a row: the first field of its kind.
pub(super) fn prompt(text: &NoteText) -> Cow<'_, str> {
    match kind(&text.kind).and_then(|kind| kind.fields().first()).map(|field| text.texts(field.name)) {
        None | Some([]) => "".into(),
        Some([one]) => one.into(),
        Some(several) => several.join(BETWEEN).into(),
    }
}

/// The texts of all other fields of a row.
pub(super) fn answer(text: &NoteText) -> String {
    let Some(kind) = kind(&text.kind) else { return String::new() };
    let others: Vec<&str> =
        kind.fields().iter().skip(1).flat_map(|field| text.texts(field.name)).map(String::as_str).collect();
    others.join(BETWEEN)
}

/// The short names of the prompts that rows without key or id have more than once in a file, in order. Of each such row
/// eight bytes are kept. What can't be read is told when the file is read for good.
pub(super) fn repeated_prompts(
    importer: &dyn Importer,
    input: &mut dyn ReadSeek,
    options: &ReadOptions,
    deck: &str,
) -> Vec<u64> {
    let mut deck = deck.to_owned();
    let mut names = Vec::new();
    let done = importer.read(input, options, &mut |outcome| {
        match outcome {
            ImportItem::Record(Record::Deck(head)) => deck = head.id,
            ImportItem::Record(Record::Note(item)) if item.identity == Identity::None => {
                let own = item.deck.as_deref().unwrap_or(&deck);
                names.push(NoteUid::of_row(own, &prompt(&item.text), None).short());
            }
            ImportItem::Record(_) | ImportItem::Rejected(_) | ImportItem::Warning(_) | ImportItem::Loss(_) => {}
        }
        Ok(())
    });
    done.ok();
    names.sort_unstable();
    let mut repeated: Vec<u64> = names.chunk_by(|a, b| a == b).filter_map(|alike| alike.get(1).copied()).collect();
    repeated.shrink_to_fit();
    repeated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::importer;
    use std::io::Cursor;

    /// The names of the rows of a table; `None` where it was hoped in vain that no prompt comes twice.
    fn hoped(text: &str) -> Option<Vec<NoteUid>> {
        let options = ReadOptions::named("words.tsv");
        let mut namer = Namer::new("words".to_owned(), Prompts::hoped());
        let mut uids = Some(Vec::new());
        importer("tsv")
            .unwrap()
            .read(&mut Cursor::new(text.as_bytes()), &options, &mut |outcome| {
                if let (ImportItem::Record(Record::Note(item)), Some(so_far)) = (outcome, &mut uids) {
                    match namer.who(&item) {
                        Ok(who) => so_far.push(who.uid),
                        Err(_) => uids = None,
                    }
                }
                Ok(())
            })
            .unwrap();
        uids.filter(|_| namer.finish().is_ok())
    }

    #[test]
    fn a_hope_that_no_prompt_comes_twice_gives_the_same_names_or_is_given_up() {
        let rows = |count: usize| (0..count).map(|row| format!("front {row}\tback {row}\n")).collect::<String>();
        for count in [1, 2, FIRST_COMPARED, FIRST_COMPARED + 1, 3 * FIRST_COMPARED] {
            let table = rows(count);
            assert_eq!(hoped(&table), Some(named(&table)), "{count} rows");
            for repeated in [0, count / 2, count - 1] {
                assert_eq!(hoped(&format!("{table}front {repeated}\tother\n")), None, "row {repeated} of {count}");
                assert_eq!(hoped(&format!("front {repeated}\tother\n{table}")), None, "row {repeated} of {count}");
            }
        }
    }

    fn named(text: &str) -> Vec<NoteUid> {
        let tsv = importer("tsv").unwrap();
        let options = ReadOptions::named("words.tsv");
        let mut namer = Namer::new("words".to_owned(), Prompts::Unknown);
        namer.tell_repeated(repeated_prompts(tsv, &mut Cursor::new(text.as_bytes()), &options, "words"));
        let mut uids = Vec::new();
        tsv.read(&mut Cursor::new(text.as_bytes()), &options, &mut |outcome| {
            if let ImportItem::Record(Record::Note(item)) = outcome {
                uids.push(namer.who(&item).unwrap().uid);
            }
            Ok(())
        })
        .unwrap();
        uids
    }

    #[test]
    fn a_prompt_that_is_there_once_names_its_row_whatever_the_answer() {
        let uids = named("Peru?\tLima\nChile?\tSantiago\n");
        assert_eq!(uids, ["Peru?", "Chile?"].map(|prompt| NoteUid::of_row("words", prompt, None)));
        assert_eq!(named("Peru?\tLima, on the coast\n"), [NoteUid::of_row("words", "Peru?", None)]);
    }

    #[test]
    fn rows_that_share_a_prompt_are_named_by_their_answers_too_and_equal_ones_are_counted() {
        let row = |answer, number| NoteUid::of_row("words", "bank", Some((answer, number)));
        let uids = named("bank\tmoney\nbank\triver\nbank\tmoney\n");
        assert_eq!(uids, [row("money", 1), row("river", 1), row("money", 2)]);
        let other_order = named("bank\triver\nbank\tmoney\nbank\tmoney\n");
        assert_eq!(other_order, [row("river", 1), row("money", 1), row("money", 2)]);
    }
}
