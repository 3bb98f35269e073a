//! Who the rows of a file are.

use crate::core::card::NoteText;
use crate::core::card::kind;
use crate::core::id::NoteUid;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::ops::bulk::LEECH;
use crate::store::NoteRef;
use std::borrow::Cow;
use std::collections::HashMap;

/// What stands between the texts of a row when a name is made from them.
const BETWEEN: &str = "\u{1f}";

/// The uid that a note without a key goes out under in the place of one.
pub(super) fn own_uid(key: &str) -> Option<NoteUid> {
    NoteUid::from_hex(key).filter(|_| key.len() == 32)
}

/// Gives the rows of a file their names, in its order.
///
/// A row without key or id is named by its prompt, and where that occurs more than once in the file by its answer too.
/// Whether it does, only the whole file tells: until then such a row gets no name.
pub(super) struct Namer {
    first_deck: String,
    deck: String,
    /// The short names of the prompts that occur more than once, in order.
    repeated: Option<Vec<u64>>,
    /// Of rows with such a prompt, how many wholly equal ones came before.
    equal: HashMap<NoteUid, u32>,
    /// Rows that lost a tag which lmq gives by itself.
    pub(super) derived: u64,
}

impl Namer {
    /// Before the first row. `deck` is the file's word for its deck as long as it says no other.
    pub(super) fn new(deck: String) -> Self {
        Self { first_deck: deck.clone(), deck, repeated: None, equal: HashMap::new(), derived: 0 }
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
        self.repeated.is_some()
    }

    /// What [`repeated_prompts`] found.
    pub(super) fn tell_repeated(&mut self, repeated: Vec<u64>) {
        self.repeated = Some(repeated);
    }

    /// Who a row is; `None` where that can't be known yet.
    pub(super) fn who(&mut self, item: &Item) -> Option<NoteRef> {
        let deck = item.deck.as_deref().unwrap_or(&self.deck);
        let uid = match &item.identity {
            Identity::Key(key) => own_uid(key).unwrap_or_else(|| NoteUid::of_key(deck, key)),
            Identity::Uid(uid) => *uid,
            Identity::Foreign { namespace, id } => NoteUid::of_foreign(namespace, id),
            Identity::None => {
                let repeated = self.repeated.as_ref()?;
                let prompt = prompt(&item.text);
                let plain = NoteUid::of_row(deck, &prompt, None);
                if repeated.binary_search(&plain.short()).is_err() {
                    return Some(NoteRef { uid: plain, named: false });
                }
                let answer = answer(&item.text);
                let first = NoteUid::of_row(deck, &prompt, Some((&answer, 1)));
                let number = self.equal.entry(first).or_default();
                *number += 1;
                let uid = if *number == 1 { first } else { NoteUid::of_row(deck, &prompt, Some((&answer, *number))) };
                return Some(NoteRef { uid, named: false });
            }
        };
        Some(NoteRef { uid, named: true })
    }

    /// Whether a tag follows from the answers, so that no file may give it; counts those that were tried.
    pub(super) fn is_derived(&mut self, tag: &str) -> bool {
        let is_derived = tag.to_lowercase() == LEECH;
        self.derived += u64::from(is_derived);
        is_derived
    }
}

/// The prompt of a row: the first field of its kind.
fn prompt(text: &NoteText) -> Cow<'_, str> {
    match kind(&text.kind).and_then(|kind| kind.fields().first()).map(|field| text.texts(field.name)) {
        None | Some([]) => "".into(),
        Some([one]) => one.into(),
        Some(several) => several.join(BETWEEN).into(),
    }
}

/// The texts of all other fields of a row.
fn answer(text: &NoteText) -> String {
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
            ImportItem::Record(_) | ImportItem::Rejected(_) | ImportItem::Warning(_) => {}
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

    fn named(text: &str) -> Vec<NoteUid> {
        let tsv = importer("tsv").unwrap();
        let options = ReadOptions { file_name: "words.tsv".to_owned(), delimiter: None };
        let mut namer = Namer::new("words".to_owned());
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
