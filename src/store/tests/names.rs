//! Who a note is: its row, its key, and its other names.

use super::*;
use crate::store::Found;
use crate::store::HistoryRow;

#[test]
fn the_same_table_on_two_devices_is_the_same_notes() {
    let (mut a, mut b) = two();
    let rows = [("dog", "Hund"), ("cat", "Katze"), ("bird", "Vogel")];
    let table = |rows: &[(&str, &str)]| {
        File::table("words", rows.iter().map(|(front, back)| plain("words", front, back)).collect())
    };
    a.take_in(&table(&rows));
    b.after(&a);
    let mut other = rows;
    other.reverse();
    other[0].1 = "der Vogel";
    b.take_in(&table(&other));
    a.answer(NoteUid::of_row("words", "dog", None), 4);
    b.answer(NoteUid::of_row("words", "dog", None), 4);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.listed().len(), 3);
    assert_eq!(a.back(NoteUid::of_row("words", "bird", None)).as_deref(), Some("der Vogel"));
    assert_eq!(a.events(first(NoteUid::of_row("words", "dog", None))).len(), 2);
}

#[test]
fn a_match_is_the_writers_and_void_while_the_other_name_has_a_note_of_its_own() {
    let old = "a rather long prompt about birds";
    let new = "a rather long prompt about birbs";
    let [old_uid, new_uid] = [old, new].map(|prompt| NoteUid::of_row("words", prompt, None));
    let (mut a, mut b) = two();
    a.take_in(&File::table("words", vec![plain("words", old, "Vogel")]));
    a.answer(old_uid, 5);
    let matched = a.take_in(&File::table("words", vec![plain("words", new, "Vogel")]));
    assert_eq!(matched.finished.late, [MatchResult::Changed]);
    assert_eq!(a.listed(), [old_uid], "the row is that note, by nearness");
    // Where nobody knew of the note, the row is a new one.
    b.after(&a);
    b.take_in(&File::table("words", vec![plain("words", new, "Vogel")]));
    assert_eq!(b.listed(), [new_uid]);
    meet(&mut [&mut a, &mut b]);
    let mut both = [old_uid, new_uid];
    both.sort();
    let mut listed = a.listed();
    listed.sort();
    assert_eq!(listed, both, "duplicates are never merged");
    // From now on the name is the new note's, on both.
    for device in [&mut a, &mut b] {
        let again = device.take_in(&File::table("words", vec![plain("words", new, "der Vogel")]));
        assert_eq!(again.decided(), [MatchResult::Changed]);
    }
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.back(new_uid).as_deref(), a.back(old_uid).as_deref()), (Some("der Vogel"), Some("Vogel")));
    assert_eq!(a.state(old_uid).answers, 1);
}

#[test]
fn an_alias_counts_again_when_the_other_names_own_note_is_undone() {
    let [old_uid, new_uid] = ["k1", "k2"].map(uid);
    let (mut a, mut b) = both_with(&[("k1", "one", "1", &[])]);
    a.rekey(old_uid, "k2");
    b.after(&a);
    let fresh = b.take_in(&file(&[("k2", "another", "2", &[])])).action.unwrap();
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.listed().len(), 2);
    b.undo(fresh);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.listed(), [old_uid]);
    a.after(&b);
    assert_eq!(a.take_in(&file(&[("k2", "one", "1, mended", &[])])).decided(), [MatchResult::Changed]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.back(old_uid).as_deref(), a.back(new_uid)), (Some("1, mended"), None));
}

#[test]
fn a_key_that_was_changed_stays_the_notes_when_the_file_still_has_the_old_one() {
    let (mut a, mut b) = both_with(&TWO);
    a.answer(uid("a"), 5);
    assert!(a.rekey(uid("a"), "alpha"));
    b.after(&a);
    assert_eq!(b.take_in(&changed("1, mended")).decided(), [MatchResult::Changed, MatchResult::Same]);
    meet(&mut [&mut a, &mut b]);
    for name in ["file/alpha", "file/a"] {
        assert_eq!(a.store.find(name).unwrap(), Found::One(first(uid("a"))), "{name}");
    }
    let line = b.line(uid("a")).unwrap();
    assert_eq!((line.key.as_deref(), line.text.text("back"), line.state.answers), (Some("alpha"), "1, mended", 1));
    // A file that has taken the new key over means the same note.
    b.after(&a);
    assert_eq!(b.take_in(&file(&[("alpha", "one", "third", &["x", "y"])])).decided(), [MatchResult::Changed]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.listed().len(), a.back(uid("a")).as_deref()), (2, Some("third")));
}

#[test]
fn of_two_notes_that_claim_a_key_the_one_whose_uid_it_makes_has_the_name() {
    let (mut a, mut b) = both_with(&[("k1", "one", "1", &[])]);
    assert!(a.rekey(uid("k1"), "k2"));
    b.after(&a);
    b.take_in(&file(&[("k2", "two", "2", &[])]));
    a.answer(uid("k1"), 4);
    meet(&mut [&mut a, &mut b]);
    let mut named = 0;
    for line in a.store.actions(20).unwrap() {
        if let Some(name) = line.name {
            named += 1;
            // The other one would go by its id, so it is known by what it asks.
            let is_named = name != "“one”";
            assert!(!is_named || a.store.find(&name).unwrap() == Found::One(first(uid("k2"))), "undo --list: {name}");
        }
    }
    assert!(named >= 2, "the other key and the answer");
    let mut rows = Vec::new();
    let take = |row: HistoryRow| {
        rows.push(row);
        Ok(())
    };
    a.store.history(Some(first(uid("k1"))), take).unwrap();
    assert!(rows.len() >= 3);
    for row in rows {
        assert_eq!(a.store.find(&row.name).unwrap(), Found::One(first(uid("k1"))), "history: {}", row.name);
    }
    for device in [&a, &b] {
        assert_eq!(device.store.find("file/k2").unwrap(), Found::One(first(uid("k2"))));
        // The other goes by its id: what it is called finds it.
        for note in ["k1", "k2"].map(uid) {
            let name = device.line(note).unwrap().name();
            assert_eq!(device.store.find(&name).unwrap(), Found::One(first(note)), "{name}");
        }
    }
    // No key is given to a second note where that is known.
    assert!(!a.rekey(uid("k1"), "k2"));
}

#[test]
fn a_key_that_two_notes_were_given_names_neither() {
    let (mut a, mut b) = both_with(&TWO);
    assert!(a.rekey(uid("a"), "same"));
    b.after(&a);
    assert!(b.rekey(uid("b"), "same"));
    meet(&mut [&mut a, &mut b]);
    // The newest alias says who the uid of that key is; under it both are found where they are listed.
    for device in [&a, &b] {
        let Found::One(found) = device.store.find("file/same").unwrap() else {
            panic!("the newest alias has the name")
        };
        assert_eq!(found, first(uid("b")));
        for note in ["a", "b"].map(uid) {
            let name = device.line(note).unwrap().name();
            assert_eq!(device.store.find(&name).unwrap(), Found::One(first(note)), "{name}");
        }
    }
}

#[test]
fn one_name_twice_in_a_file_is_one_note() {
    let (mut a, _) = both_with(&TWO);
    // Rows that wait for the end of the file are told apart there.
    let rows: [(&str, &str, &str, &[&str]); 4] =
        [("a", "one", "1", &[]), ("new", "nine", "9", &[]), ("new", "nine", "9", &[]), ("new", "nine", "other", &[])];
    let imported = a.take_in(&file(&rows));
    assert_eq!(
        imported.decided(),
        [MatchResult::Changed, MatchResult::Added, MatchResult::Duplicate, MatchResult::Contradicts]
    );
    assert_in_order(&mut a);
}

#[test]
fn a_row_is_matched_by_its_prompt_and_answer_then_by_the_prompt_then_by_nearness() {
    type Case =
        (&'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)], [usize; 3]);
    let cases: [Case; 9] = [
        ("the same", &[("a", "1")], &[("a", "1")], [0, 0, 1]),
        ("a mended answer", &[("a", "1")], &[("a", "2")], [0, 1, 1]),
        (
            "a prompt that two notes have, told by the answer",
            &[("a", "1"), ("a", "2")],
            &[("a", "2"), ("a", "1")],
            [0, 0, 2],
        ),
        ("a prompt that two notes have, and neither answer", &[("a", "1"), ("a", "2")], &[("a", "3")], [1, 0, 3]),
        ("one claimed, the other left", &[("a", "1"), ("a", "2")], &[("a", "3"), ("a", "1")], [0, 1, 2]),
        ("near, with the same answer", &[("what is a vision?", "1")], &[("what is a vision", "1")], [0, 1, 1]),
        ("near, with another answer", &[("what is a vision?", "1")], &[("what is a vision", "2")], [1, 0, 2]),
        ("not near enough", &[("what is it?", "1")], &[("who is he?", "1")], [1, 0, 2]),
        (
            "two that are as near",
            &[("what is a vision 1", "x"), ("what is a vision 2", "x")],
            &[("what is a vision 3", "x")],
            [1, 0, 3],
        ),
    ];
    for (name, first, second, expected) in cases {
        let mut a = Device::new(1);
        // Ids of their own, other ones in each file, so that nothing but the texts tells.
        let table = |rows: &[(&str, &str)], of: &str| {
            let rows = rows.iter().enumerate().map(|(place, (front, back))| {
                let who = NoteRef { uid: NoteUid::of_foreign(of, &place.to_string()), named: true };
                Row { who, key: None, text: basic(front, back, &[]) }
            });
            File::table("words", rows.collect())
        };
        a.take_in(&table(first, "one"));
        let imported = a.take_in(&table(second, "other"));
        let placed = imported.decided();
        let count = |wanted: MatchResult| placed.iter().filter(|placed| **placed == wanted).count();
        assert_eq!(
            [count(MatchResult::Added), count(MatchResult::Changed), a.listed().len()],
            expected,
            "{name}: {placed:?}"
        );
        // Who was matched is remembered: the second file again says nothing new.
        let again = a.take_in(&table(second, "other"));
        assert!(again.decided().iter().all(|placed| *placed == MatchResult::Same) && again.action.is_none(), "{name}");
        assert_in_order(&mut a);
    }
}
