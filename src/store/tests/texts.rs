//! Text, tags, place and deletion: a source and an own register.

use super::*;

#[test]
fn an_edit_stays_wherever_the_same_file_is_first_imported_afterwards() {
    let (mut a, mut b) = two();
    a.take_in(&file(&TWO));
    a.edit(uid("a"), "mine");
    b.after(&a);
    assert_eq!(b.take_in(&file(&TWO)).placed, [MatchResult::Added, MatchResult::Added]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.back(uid("a")).as_deref(), b.back(uid("b")).as_deref()), (Some("mine"), Some("2")));
    // Nor does a file that has changed since take its place; what it says is kept, and told.
    b.after(&a);
    let imported = b.take_in(&changed("theirs"));
    assert_eq!(imported.placed, [MatchResult::Kept, MatchResult::Same]);
    let [kept] = imported.finished.kept.as_slice() else { panic!("{:?}", imported.finished) };
    let (mine, theirs) = kept.texts.as_deref().unwrap();
    assert_eq!((mine.text("back"), theirs.text("back")), ("mine", "theirs"));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.back(uid("a")).as_deref(), Some("mine"));
    let edited = a.store.edited().unwrap();
    assert_eq!(edited.len(), 1);
    assert_eq!((edited[0].upstream.text("back"), edited[0].shown.text("back")), ("theirs", "mine"));
}

#[test]
fn an_older_program_does_not_bring_its_older_texts_back() {
    let row = |key, front, back| keyed("builtin", key, front, back, &[]);
    let note = |key| NoteUid::of_key("builtin", key);
    let first_edition = || File::edition(1, vec![row("p", "plan", "a"), row("q", "quest", "b")]);
    let second_edition = || File::edition(2, vec![row("p", "plan", "a, mended"), row("r", "rest", "c")]);
    let (mut a, mut b) = two();
    a.take_in(&second_edition());
    b.after(&a);
    b.take_in(&first_edition());
    meet(&mut [&mut a, &mut b]);
    let shown = |device: &Device| ["p", "q", "r"].map(|key| device.back(note(key)));
    let newest = [Some("a, mended".to_owned()), None, Some("c".to_owned())];
    assert_eq!(shown(&a), newest, "what the highest edition lacks is gone");
    // Once more, on a database that knows of the newer one.
    b.take_in(&first_edition());
    assert_eq!(shown(&b), newest);
    // A text of the learner's own stays under every edition, and so does its note.
    b.edit(note("r"), "mine");
    a.after(&b);
    a.take_in(&File::edition(3, vec![row("p", "plan", "third")]));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(shown(&a), [Some("third".to_owned()), None, Some("mine".to_owned())]);
}

#[test]
fn of_a_deletion_and_an_act_on_two_devices_the_newest_wins() {
    type Act = (&'static str, fn(&mut Device), bool);
    let note = || uid("a");
    let acts: [Act; 6] = [
        (
            "edit",
            |device| {
                device.edit(uid("a"), "mine");
            },
            true,
        ),
        (
            "tag",
            |device| {
                device.tag(uid("a"), "z", true);
            },
            true,
        ),
        (
            "untag",
            |device| {
                device.tag(uid("a"), "x", false);
            },
            true,
        ),
        (
            "move",
            |device| {
                device.relocate(uid("a"), "shelf");
            },
            true,
        ),
        ("key", |device| assert!(device.rekey(uid("a"), "other")), true),
        (
            "answer",
            |device| {
                device.answer(uid("a"), 4);
            },
            false,
        ),
    ];
    for (name, act, revives) in acts {
        let (mut a, mut b) = both_with(&TWO);
        a.delete(note());
        b.after(&a);
        act(&mut b);
        meet(&mut [&mut a, &mut b]);
        assert_eq!(a.back(note()).is_some(), revives, "{name} after the deletion");
        let (mut a, mut b) = both_with(&TWO);
        act(&mut b);
        a.after(&b);
        a.delete(note());
        meet(&mut [&mut a, &mut b]);
        assert_eq!(a.back(note()), None, "{name} before the deletion");
        // What lost stays in the log: the deletion taken back shows it.
        let deletion = a.store.newest_action(&[ActionKind::Delete]).unwrap().unwrap().id;
        a.undo(deletion);
        meet(&mut [&mut a, &mut b]);
        assert!(b.back(note()).is_some(), "{name}");
    }
}

#[test]
fn an_answer_to_a_deleted_note_counts_all_the_same() {
    let (mut a, mut b) = both_with(&TWO);
    a.delete(uid("a"));
    b.after(&a);
    b.answer(uid("a"), 5);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.state(uid("a")).answers, 1);
    let today = a.stamp().today;
    let days = a.store.day_totals(&DeckSet::All).unwrap();
    assert_eq!(days.iter().map(|(day, totals)| (*day, totals.answers)).collect::<Vec<_>>(), [(today, 1)]);
}

#[test]
fn cards_that_another_device_answered_stay_when_their_import_is_undone() {
    let (mut a, mut b) = both_with(&TWO);
    let import = a.store.newest_action(&[ActionKind::Import]).unwrap().unwrap().id;
    let answer = b.answer(uid("a"), 4);
    a.after(&b);
    let undo = a.undo(import);
    assert_eq!(
        (undo.kept.as_slice(), a.listed().len()),
        ([].as_slice(), 0),
        "nobody has answered any, as far as is known"
    );
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.listed(), a.back(uid("a")).as_deref()), (vec![uid("a")], Some("1")));
    assert_eq!(a.state(uid("a")).answers, 1);
    assert_eq!(a.deck_ids(), ["file"], "a deck lives while a living note is in it");
    // It lives on that answer.
    b.after(&a);
    b.undo(answer);
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.listed().len(), a.deck_ids().len()), (0, 0));
    b.redo(answer);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.listed(), [uid("a")]);
}

#[test]
fn of_each_tag_the_newest_act_counts() {
    let (mut a, mut b) = both_with(&TWO);
    a.tag(uid("a"), "x", false);
    let early = a.tag(uid("a"), "z", true);
    b.after(&a);
    b.tag(uid("a"), "w", true);
    b.tag(uid("a"), "z", true);
    a.after(&b);
    let late = a.tag(uid("a"), "z", false);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.tags(uid("a")), ["w", "y"]);
    // An undo falls back to that tag's earlier act, whoever did it.
    a.undo(late);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.tags(uid("a")), ["w", "y", "z"]);
    a.undo(early);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.tags(uid("a")), ["w", "y", "z"], "the other's counts");
    // The source's tags without what was taken away, and with what was given.
    b.after(&a);
    b.take_in(&file(&[("a", "one", "1", &["x", "new", "w"])]));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.tags(uid("a")), ["new", "w", "z"]);
    a.after(&b);
    a.tag(uid("a"), "x", true);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.tags(uid("a")), ["new", "w", "x", "z"]);
}

#[test]
fn an_editor_writes_only_the_tags_that_it_changed() {
    let (mut a, mut b) = both_with(&TWO);
    let mut opened = a.store.note_now(uid("a")).unwrap().unwrap().text;
    opened.tags = vec!["y".to_owned(), "mine".to_owned()];
    a.act(ActionKind::Edit, |writer| writer.rewrite(uid("a"), &opened));
    let own: Vec<_> =
        a.facts().into_iter().skip_while(|(fact, _)| !matches!(fact, Fact::Brought { .. })).skip(2).collect();
    let note = uid("a");
    let words = |word: &str| Some(word.to_owned());
    assert_eq!(
        own,
        [(Fact::Untagged { note }, words("x")), (Fact::Tagged { note }, words("mine"))],
        "no text is written"
    );
    // A tag that it did not touch is the source's, also when that changes.
    b.after(&a);
    b.take_in(&file(&[("a", "one", "1", &["x", "z"]), ("b", "two", "2", &[])]));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.tags(uid("a")), ["mine", "z"]);
}

#[test]
fn a_moved_note_stays_where_the_learner_put_it_whatever_a_file_says() {
    let (mut a, mut b) = both_with(&TWO);
    let moved = a.relocate(uid("a"), "shelf");
    b.after(&a);
    b.take_in(&changed("1 and more"));
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.deck_of(uid("a")).as_deref(), a.back(uid("a")).as_deref()), (Some("shelf"), Some("1 and more")));
    // It is found where it is, also by a file that puts its cards elsewhere.
    a.after(&b);
    assert_eq!(a.take_in(&changed("third").into_deck("elsewhere")).placed[0], MatchResult::Kept, "its place is");
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.deck_of(uid("a")).as_deref(), a.back(uid("a")).as_deref()), (Some("shelf"), Some("third")));
    assert_eq!(a.listed().len(), 2);
    // Taken back, it lies where its source puts it.
    a.undo(moved);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.deck_of(uid("a")).as_deref(), Some("elsewhere"));
}

#[test]
fn of_two_versions_of_a_file_on_two_devices_the_one_imported_last_counts() {
    for newest_first in [true, false] {
        let (mut a, mut b) = two();
        let older = file(&[("a", "one", "1", &["x"]), ("b", "two", "2", &[])]);
        let newer = file(&[("a", "one", "1, mended", &["y"]), ("c", "three", "3", &[])]);
        let (one, other) = if newest_first { (&newer, &older) } else { (&older, &newer) };
        a.take_in(one);
        b.after(&a);
        b.take_in(other);
        meet(&mut [&mut a, &mut b]);
        let expected = if newest_first { ("1", "x") } else { ("1, mended", "y") };
        assert_eq!((a.back(uid("a")).as_deref(), a.tags(uid("a"))), (Some(expected.0), vec![expected.1.to_owned()]));
        let mut notes = a.listed();
        notes.sort();
        let mut all = [uid("a"), uid("b"), uid("c")];
        all.sort();
        assert_eq!(notes, all, "what only one of them has is there");
    }
}

#[test]
fn what_a_followed_file_no_longer_has_is_gone_everywhere_unless_the_learner_touched_it() {
    let (mut a, mut b) = two();
    let source = follow(&mut a);
    let rows: [(&str, &str, &str, &[&str]); 3] =
        [("a", "one", "1", &[]), ("b", "two", "2", &[]), ("c", "three", "3", &[])];
    a.take_in(&file(&rows).followed(source));
    b.after(&a);
    b.hears(&a);
    b.answer(uid("a"), 4);
    b.edit(uid("b"), "mine");
    // A note that a person put into the same deck is none of the file's business.
    let by_hand = PackedNote::of(&basic("by hand", "x", &[])).unwrap();
    a.act(ActionKind::Add, |writer| writer.add("file", "file", uid("hand"), Some("hand"), &by_hand));
    a.after(&b);
    let imported = a.take_in(&file(&rows[2..]).followed(source));
    assert_eq!((imported.finished.retired, imported.finished.missing), (2, 0));
    meet(&mut [&mut a, &mut b]);
    let there = |device: &Device| ["a", "b", "c", "hand"].map(|key| device.back(uid(key)).is_some());
    assert_eq!(
        there(&b),
        [false, true, true, true],
        "an answer does not hold what its source has lost, an own text does"
    );
    assert_eq!(b.state(uid("a")).answers, 1);
    // It comes back with the file.
    a.after(&b);
    let imported = a.take_in(&file(&rows).followed(source));
    assert_eq!(imported.placed, [MatchResult::Restored, MatchResult::Same, MatchResult::Same]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(there(&b), [true; 4]);
}

#[test]
fn theirs_takes_the_sources_text_and_tags_and_brings_back_what_was_deleted() {
    let (mut a, mut b) = both_with(&TWO);
    a.edit(uid("a"), "mine");
    a.tag(uid("a"), "x", false);
    a.tag(uid("a"), "own", true);
    a.relocate(uid("a"), "shelf");
    a.delete(uid("b"));
    b.after(&a);
    b.hears(&a);
    let imported = b.take_in(&changed("theirs").theirs());
    assert_eq!(imported.placed, [MatchResult::Changed, MatchResult::Restored]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.back(uid("a")).as_deref(), a.tags(uid("a"))), (Some("theirs"), vec!["x".to_owned(), "y".to_owned()]));
    assert_eq!(a.deck_of(uid("a")).as_deref(), Some("file"), "the file's place too");
    assert_eq!(a.back(uid("b")).as_deref(), Some("2"));
    // As one step, which can be taken back.
    b.undo(imported.action.unwrap());
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.back(uid("a")).as_deref(), a.tags(uid("a"))), (Some("mine"), vec!["own".to_owned(), "y".to_owned()]));
    assert_eq!((a.back(uid("b")), a.deck_of(uid("a")).as_deref()), (None, Some("shelf")));
}

#[test]
fn importing_again_what_was_undone_brings_it_back_and_makes_no_second_copy() {
    let table = || File::table("words", vec![plain("words", "dog", "Hund"), plain("words", "cat", "Katze")]);
    for again_elsewhere in [false, true] {
        let (mut a, mut b) = two();
        for file in [table(), file(&TWO)] {
            let notes: Vec<NoteUid> = file.rows.iter().map(|row| row.who.uid).collect();
            let import = a.take_in(&file).action.unwrap();
            a.answer(notes[0], 4);
            let answer = a.store.newest_action(&[ActionKind::Answer]).unwrap().unwrap().id;
            a.undo(answer);
            a.undo(import);
            assert!(a.listed().is_empty());
            b.after(&a);
            b.hears(&a);
            let device = if again_elsewhere { &mut b } else { &mut a };
            assert_eq!(device.take_in(&file).decided(), [MatchResult::Restored, MatchResult::Restored]);
            let back = device.store.newest_action(&[ActionKind::Import]).unwrap().unwrap().id;
            meet(&mut [&mut a, &mut b]);
            let mut listed = a.listed();
            listed.sort();
            let mut all = notes;
            all.sort();
            assert_eq!(listed, all);
            let device = if again_elsewhere { &mut b } else { &mut a };
            device.undo(back);
            meet(&mut [&mut a, &mut b]);
            assert!(b.listed().is_empty());
        }
    }
}

#[test]
fn a_deleted_note_stays_deleted_when_its_file_comes_again() {
    let (mut a, mut b) = both_with(&TWO);
    a.delete(uid("a"));
    b.after(&a);
    b.hears(&a);
    assert_eq!(b.take_in(&file(&TWO)).placed, [MatchResult::StaysDeleted, MatchResult::Same]);
    assert_eq!(b.take_in(&changed("1, mended")).placed, [MatchResult::StaysDeleted, MatchResult::Same]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.back(uid("a")), None);
    // A later edit brings it back; so does its revival.
    b.act(ActionKind::Revive, |writer| writer.append_fact(&Fact::Revived { note: uid("a") }, None));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.back(uid("a")).as_deref(), Some("1, mended"));
}

#[test]
fn an_edit_that_equals_the_source_clears_the_own_text() {
    let (mut a, mut b) = both_with(&TWO);
    assert_eq!(a.edit(uid("a"), "1"), None, "nothing changed, no action");
    a.edit(uid("a"), "mine");
    a.edit(uid("a"), "1");
    assert!(matches!(a.facts().last(), Some((Fact::Cleared { .. }, None))), "{:?}", a.facts().last());
    assert!(a.store.edited().unwrap().is_empty());
    // So the next text of the source is taken.
    b.after(&a);
    b.hears(&a);
    assert_eq!(b.take_in(&changed("1, mended")).placed, [MatchResult::Changed, MatchResult::Same]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.back(uid("a")).as_deref(), Some("1, mended"));
}

#[test]
fn an_edit_that_is_carried_into_its_file_is_an_act_of_the_source() {
    let (mut a, mut b) = both_with(&TWO);
    a.edit(uid("a"), "mine");
    let mut text = a.store.note_now(uid("a")).unwrap().unwrap().text;
    text.fields.insert("back".to_owned(), Value::Text("carried".to_owned()));
    a.act(ActionKind::Edit, |writer| writer.rewrite_with_file(uid("a"), &text, &text));
    assert!(a.store.edited().unwrap().is_empty());
    assert_eq!(a.take_in(&changed("carried")).action, None, "the file says nothing new");
    b.after(&a);
    b.hears(&a);
    b.take_in(&changed("newer"));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.back(uid("a")).as_deref(), Some("newer"));
}

#[test]
fn a_note_added_by_hand_is_the_learners_own_and_no_import_takes_its_text_away() {
    let (mut a, mut b) = two();
    let by_hand = PackedNote::of(&basic("one", "by hand", &["own"])).unwrap();
    a.act(ActionKind::Add, |writer| writer.add("file", "file", uid("a"), Some("a"), &by_hand));
    assert!(!a.facts().iter().any(|(fact, _)| matches!(fact, Fact::Brought { .. })));
    b.after(&a);
    b.take_in(&file(&TWO));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(
        (a.back(uid("a")).as_deref(), a.tags(uid("a"))),
        (Some("by hand"), ["own", "x", "y"].map(str::to_owned).to_vec())
    );
    assert_eq!(a.listed().len(), 2);
}

#[test]
fn an_import_that_says_nothing_new_is_no_action_whoever_imported_before() {
    let (a, mut b) = both_with(&TWO);
    let before = b.log();
    let again = b.take_in(&file(&TWO));
    assert_eq!((again.placed.as_slice(), again.action), ([MatchResult::Same, MatchResult::Same].as_slice(), None));
    assert_eq!(b.log(), before);
    assert_equal(&a.store, &b.store, "nothing was written");
}

#[test]
fn a_learners_own_file_for_a_built_in_deck_writes_their_own_text() {
    let row = |key, front, back| keyed("builtin", key, front, back, &[]);
    let note = |key| NoteUid::of_key("builtin", key);
    let (mut a, mut b) = two();
    a.take_in(&File::edition(1, vec![row("p", "plan", "a"), row("q", "quest", "b")]));
    let own = || File::deck("builtin", vec![row("p", "plan", "mine"), row("q", "quest", "b"), row("z", "new", "own")]);
    // A row that no note has is decided at the end of the file: it could be nearly one that is left over.
    let taken = a.take_in(&own());
    assert_eq!(taken.placed, [MatchResult::Changed, MatchResult::Same, MatchResult::Later]);
    assert_eq!(taken.finished.late, [MatchResult::Added]);
    assert!(!a.facts().iter().any(|(fact, _)| matches!(fact, Fact::Brought { edition: 0, .. })));
    // A program update is the source's: it changes nothing of what is theirs, and brings the rest.
    b.after(&a);
    b.take_in(&File::edition(2, vec![row("p", "plan", "a, mended"), row("r", "rest", "c")]));
    meet(&mut [&mut a, &mut b]);
    let shown = ["p", "q", "r", "z"].map(|key| b.back(note(key)));
    assert_eq!(shown, [Some("mine"), None, Some("c"), Some("own")].map(|back| back.map(str::to_owned)));
    assert_eq!(a.take_in(&own()).placed[0], MatchResult::Same);
}

#[test]
fn whether_a_note_is_kept_for_check_ups_is_the_sources_to_say_and_its_cards_follow_the_text_shown() {
    let (mut a, mut b) = both_with(&TWO);
    let reversed = NoteText { kind: "reversed".to_owned(), held_out: true, ..basic("one", "mine", &["x", "y"]) };
    a.act(ActionKind::Edit, |writer| writer.rewrite(uid("a"), &reversed));
    assert_eq!((a.store.cards_of_note(uid("a")).unwrap().len(), a.store.held_out().unwrap()), (2, Vec::new()));
    b.after(&a);
    let mut held_out = file(&TWO);
    held_out.rows[0].text.held_out = true;
    b.take_in(&held_out);
    meet(&mut [&mut a, &mut b]);
    let scenes: Vec<CardId> = a.store.held_out().unwrap().into_iter().map(|scene| scene.card).collect();
    assert_eq!(scenes, [1, 2].map(|ordinal| CardId { note: uid("a"), ordinal }));
    assert_eq!(a.back(uid("a")).as_deref(), Some("mine"));
}

/// The usual file as it is followed on a device.
fn follow(device: &mut Device) -> i64 {
    let source = crate::store::SourceFile::new("/home/file.toml".to_owned());
    device.act(ActionKind::Import, |writer| writer.follow(&source)).0
}

#[test]
fn a_followed_file_says_only_what_it_did_not_say_before() {
    let (mut a, mut b) = two();
    let source = follow(&mut a);
    let import = a.take_in(&file(&TWO).followed(source)).action.unwrap();
    b.after(&a);
    b.hears(&a);
    b.take_in(&changed("newer, from elsewhere"));
    meet(&mut [&mut a, &mut b]);
    a.after(&b);
    // Another of its rows changes here: the first one says what it said.
    let later = file(&[("a", "one", "1", &["x", "y"]), ("b", "two", "2, mended", &[])]);
    let imported = a.take_in(&later.followed(source));
    assert_eq!(imported.placed, [MatchResult::Same, MatchResult::Changed]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(
        (b.back(uid("a")).as_deref(), b.back(uid("b")).as_deref()),
        (Some("newer, from elsewhere"), Some("2, mended"))
    );
    // A file that is not followed here is compared with what the source says.
    a.after(&b);
    assert_eq!(a.take_in(&file(&TWO)).placed, [MatchResult::Changed, MatchResult::Changed]);
    assert_eq!(a.back(uid("a")).as_deref(), Some("1"));
    meet(&mut [&mut a, &mut b]);
    // What was undone it has not said.
    let newest = a.store.newest_action(&[ActionKind::Import]).unwrap().unwrap().id;
    a.undo(newest);
    let before = a.store.newest_action(&[ActionKind::Import]).unwrap().unwrap().id;
    a.undo(before);
    a.undo(import);
    assert_eq!(a.back(uid("a")).as_deref(), Some("newer, from elsewhere"));
    let again = a.take_in(&file(&TWO).followed(source));
    assert_eq!(again.decided(), [MatchResult::Changed, MatchResult::Restored]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.back(uid("a")).as_deref(), Some("1"));
}
