//! Notes that are there, the rows of a file, and what became of each.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::Fields;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::id::NoteUid;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::Finished;
use crate::store::MatchResult;
use crate::store::MatchResult::Added;
use crate::store::MatchResult::Changed;
use crate::store::MatchResult::Contradicts;
use crate::store::MatchResult::Duplicate;
use crate::store::MatchResult::Later;
use crate::store::MatchResult::Same;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::bulk::matching::MOST_PAIRS;
use crate::store::laws::Device;
use crate::store::laws::basic;

/// Key (`""`: it has none), front and back.
type Row<'r> = (&'r str, &'r str, &'r str);

/// Its name, the notes that are there, the rows of the file, what is decided at once and what at the end of the file, and how many
/// notes no row claimed.
type Case<'c> = (&'c str, &'c [Row<'c>], &'c [Row<'c>], &'c [MatchResult], &'c [MatchResult], u64);

const FRANCE: &str = "What is the capital of France?";
const FRANZE: &str = "What is the capital of Franze?";

/// Takes in a table; gives what became of each row, and what its end brought.
fn take_in(device: &mut Device, deck: &str, rows: &[Row<'_>]) -> (Vec<MatchResult>, Finished) {
    let rows: Vec<_> = rows.iter().map(|(key, front, back)| (*key, *front, basic(front, back, &[]))).collect();
    take_in_notes(device, deck, &rows)
}

/// The same with any notes: key, first field, and what they are.
fn take_in_notes(device: &mut Device, deck: &str, rows: &[(&str, &str, NoteText)]) -> (Vec<MatchResult>, Finished) {
    device.now_ms += 1_000;
    let stamp = device.stamp();
    let work = |writer: &mut crate::store::Writer<'_>| {
        let mut bulk = Bulk::new(writer, BulkOptions::new(DeckOrigin::File))?;
        let mut results = Vec::new();
        for (key, front, note) in rows {
            let named = !key.is_empty();
            let uid = if named { NoteUid::of_key(deck, key) } else { NoteUid::of_row(deck, front, None) };
            let key = named.then(|| (*key).to_owned());
            results.push(bulk.note(deck, NoteRef { uid, named }, key, &PackedNote::of(note)?)?);
        }
        Ok((results, bulk.finish()?))
    };
    device.store.write(stamp, ActionKind::Import, Subject::None, work).unwrap().0
}

/// What the rows of a file came to in a deck with these notes: at once, at the end of the file, and how many notes no row
/// claimed.
fn matched(notes: &[Row<'_>], rows: &[Row<'_>]) -> (Vec<MatchResult>, Vec<MatchResult>, u64) {
    let mut device = Device::new(1);
    take_in(&mut device, "deck", notes);
    let (at_once, finished) = take_in(&mut device, "deck", rows);
    (at_once, finished.late, finished.missing)
}

/// The same where all is decided at once and all notes are claimed.
type Certain<'c> = (&'c str, &'c [Row<'c>], &'c [Row<'c>], &'c [MatchResult]);

#[test]
fn a_uid_decides_before_any_likeness() {
    let table: &[Certain<'_>] = &[
        ("nothing changed", &[("a", "A", "1")], &[("a", "A", "1")], &[Same]),
        ("all of its text changed", &[("a", "A", "1")], &[("a", "Z", "9")], &[Changed]),
        (
            "two rows that changed places",
            &[("a", "A", "1"), ("b", "B", "2")],
            &[("a", "B", "2"), ("b", "A", "1")],
            &[Changed, Changed],
        ),
        ("the same row twice", &[("a", "A", "1")], &[("a", "A", "1"), ("a", "A", "1")], &[Same, Duplicate]),
        ("one key with two texts", &[("a", "A", "1")], &[("a", "A", "1"), ("a", "A", "2")], &[Same, Contradicts]),
        ("a row without a key is its prompt", &[("", "A", "1")], &[("", "A", "2")], &[Changed]),
    ];
    for (case, notes, rows, expected) in table {
        assert_eq!(matched(notes, rows), (expected.to_vec(), vec![], 0), "{case}");
    }
}

#[test]
fn a_prompt_decides_where_no_uid_does() {
    let table: &[Case<'_>] = &[
        ("the key was lost", &[("a", "A", "1")], &[("", "A", "1")], &[Same], &[], 0),
        ("the key changed and nothing else", &[("a", "A", "1")], &[("b", "A", "1")], &[Changed], &[], 0),
        (
            "another answer waits for the end of the file",
            &[("a", "A", "1")],
            &[("", "A", "2")],
            &[Later],
            &[Changed],
            0,
        ),
        (
            "a later row with just its text has the better claim",
            &[("a", "A", "1"), ("b", "A", "2")],
            &[("c", "A", "3"), ("", "A", "2")],
            &[Later, Same],
            &[Changed],
            0,
        ),
        (
            "the same text is taken although another note has the prompt too",
            &[("a", "A", "1"), ("b", "A", "2")],
            &[("", "A", "2")],
            &[Same],
            &[],
            1,
        ),
        ("two notes would be a guess", &[("a", "A", "1"), ("b", "A", "2")], &[("", "A", "3")], &[Later], &[Added], 2),
        (
            "a note is claimed once",
            &[("a", "A", "1")],
            &[("a", "A", "1"), ("c", "A", "3")],
            &[Same, Later],
            &[Added],
            0,
        ),
        (
            "a row that equals a claimed note is reported",
            &[("a", "A", "1")],
            &[("a", "A", "1"), ("", "A", "1")],
            &[Same, Duplicate],
            &[],
            0,
        ),
    ];
    for (case, notes, rows, at_once, late, missing) in table {
        assert_eq!(matched(notes, rows), (at_once.to_vec(), late.to_vec(), *missing), "{case}");
    }
}

#[test]
fn nearness_decides_among_what_is_left_on_both_sides() {
    let table: &[Case<'_>] = &[
        ("a typing error", &[("", FRANZE, "Paris")], &[("", FRANCE, "Paris")], &[Later], &[Changed], 0),
        ("another answer too", &[("", FRANZE, "Lyon")], &[("", FRANCE, "Paris")], &[Later], &[Added], 1),
        (
            "another question",
            &[("", "The seat of the Louvre?", "Paris")],
            &[("", FRANCE, "Paris")],
            &[Later],
            &[Added],
            1,
        ),
        (
            "two that are as near",
            &[("", "Which city is number 1?", "Paris"), ("", "Which city is number 2?", "Paris")],
            &[("", "Which city is number 3?", "Paris")],
            &[Later],
            &[Added],
            2,
        ),
        (
            "a note that another row claimed",
            &[("", FRANZE, "Paris"), ("", "Another", "note")],
            &[("", FRANZE, "Paris"), ("", FRANCE, "Paris")],
            &[Same, Later],
            &[Added],
            1,
        ),
        (
            "a note that a later row claims",
            &[("", FRANZE, "Paris")],
            &[("", FRANCE, "Paris"), ("", FRANZE, "Paris")],
            &[Later, Same],
            &[Added],
            0,
        ),
    ];
    for (case, notes, rows, at_once, late, missing) in table {
        assert_eq!(matched(notes, rows), (at_once.to_vec(), late.to_vec(), *missing), "{case}");
    }
}

#[test]
fn a_mended_word_in_a_cloze_or_in_a_short_prompt_is_an_edit() {
    let cloze = |text: &str| NoteText {
        kind: "cloze".to_owned(),
        fields: Fields::from([("text".to_owned(), Value::Text(text.to_owned()))]),
        ..NoteText::default()
    };
    let became = |before: &NoteText, after: &NoteText| {
        let mut device = Device::new(1);
        let first = |note: &NoteText| [note.text("front"), note.text("text")].concat();
        take_in_notes(&mut device, "deck", &[("", &first(before), before.clone())]);
        take_in_notes(&mut device, "deck", &[("", &first(after), after.clone())]).1.late
    };
    let clozes = [
        (
            "a word beside",
            "Teh capital of France is {{c1::Paris}}.",
            "The capital of France is {{c1::Paris}}.",
            Changed,
        ),
        ("a hidden word", "Leaders take {{c1::pople}} in.", "Leaders take {{c1::people}} in.", Changed),
        ("a short sentence", "{{c1::Cats}} mew", "{{c1::Cats}} meow", Changed),
        ("a hint", "Of {{c1::two}}, one", "Of {{c1::two::a number}}, one", Changed),
        ("another number of the card", "Of {{c1::two}}, one", "Of {{c2::two}}, one", Changed),
        (
            "another sentence",
            "The capital of France is {{c1::Paris}}.",
            "The heart of all art is {{c1::Paris}}.",
            Added,
        ),
        (
            "another of its row",
            "The capital of {{c1::France}} is {{c2::Paris}}.",
            "The capital of {{c1::Spain}} is {{c2::Madrid}}.",
            Added,
        ),
        ("both at once", "Pope of {{c1::Rome}} here", "Hope of {{c1::Home}} here", Added),
    ];
    for (case, before, after, expected) in clozes {
        assert_eq!(became(&cloze(before), &cloze(after)), [expected], "{case}");
    }
    let prompts = [
        ("swapped letters", "Teh cat", "The cat", Changed),
        ("a letter more", "colour?", "color?", Changed),
        ("another sum with the result", "2 + 2 = ?", "3 + 1 = ?", Added),
        ("another word of three letters", "cat", "car", Added),
        ("another short word", "to go", "to come", Added),
    ];
    for (case, before, after, expected) in prompts {
        assert_eq!(became(&basic(before, "x", &[]), &basic(after, "x", &[])), [expected], "{case}");
    }
}

#[test]
fn the_same_prompt_in_another_deck_is_another_note() {
    let mut device = Device::new(1);
    take_in(&mut device, "deck", &[("a", "A", "1")]);
    let (at_once, finished) = take_in(&mut device, "other", &[("", "A", "1")]);
    assert_eq!((at_once, finished.late), (vec![Added], vec![]));
}

#[test]
fn a_row_and_more_notes_than_are_compared_stay_apart() {
    let fronts: Vec<String> = (0..MOST_PAIRS).map(|number| format!("number {number}")).collect();
    let mut notes: Vec<Row<'_>> = fronts.iter().map(|front| ("", front.as_str(), "x")).collect();
    notes.push(("", FRANZE, "Paris"));
    assert_eq!(matched(&notes, &[("", FRANCE, "Paris")]).1, [Added]);
    notes.remove(0);
    assert_eq!(matched(&notes, &[("", FRANCE, "Paris")]).1, [Changed]);
}

#[test]
fn what_is_read_ahead_changes_no_result() {
    let fronts: Vec<String> = (0..90).map(|number| format!("number {number}")).collect();
    let notes: Vec<Row<'_>> = fronts.iter().map(|front| ("", front.as_str(), "x")).collect();
    // Some are missing, some have another answer, and two come twice.
    let in_order = (0..90).filter(|number| number % 11 != 5);
    let backwards = in_order.clone().rev();
    let shuffled = in_order.clone().map(|number| number * 7 % 90).filter(|number| number % 11 != 5);
    let orders: [Vec<usize>; 3] = [in_order.collect(), backwards.collect(), shuffled.collect()];
    for order in orders {
        let row = |number: &usize| ("", fronts[*number].as_str(), if number % 7 == 3 { "y" } else { "x" });
        let twice: Vec<usize> = order.iter().copied().take(2).collect();
        let rows: Vec<Row<'_>> = order.iter().chain(&twice).map(row).collect();
        let once = order.iter().map(|number| if number % 7 == 3 { Changed } else { Same });
        let expected: Vec<MatchResult> = once.chain([Duplicate, Duplicate]).collect();
        let missing = u64::try_from(90 - order.len()).unwrap();
        assert_eq!(matched(&notes, &rows), (expected, vec![], missing), "{order:?}");
    }
}

#[test]
fn a_key_that_a_row_lost_stays_with_its_note_wherever_the_row_was_sealed() {
    for is_sealed in [false, true] {
        let mut device = Device::new(1);
        take_in(&mut device, "deck", &[("a", "A", "1")]);
        device.now_ms += 1_000;
        let stamp = device.stamp();
        let work = |writer: &mut crate::store::Writer<'_>| {
            let note = PackedNote::of(&basic("A", "2", &[]))?;
            let note = if is_sealed { note.sealed(None, &writer.salts())? } else { note };
            let mut bulk = Bulk::new(writer, BulkOptions::new(DeckOrigin::File))?;
            let who = NoteRef { uid: NoteUid::of_row("deck", "A", None), named: false };
            bulk.note("deck", who, None, &note)?;
            bulk.finish()
        };
        let (finished, _) = device.store.write(stamp, ActionKind::Import, Subject::None, work).unwrap();
        assert_eq!(finished.late, [Changed]);
        let key: String = device.store.db().query_row("SELECT key FROM note", [], |row| row.get(0)).unwrap();
        assert_eq!(key, "a", "sealed: {is_sealed}");
    }
}
