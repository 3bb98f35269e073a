//! Decks: who they are, what they are called, and how long they live.

use super::*;
use crate::core::fact::LAST_POSITION;
use crate::store::Found;

fn names(device: &Device) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> =
        device.store.deck_names().unwrap().into_iter().map(|(_, id, name)| (id, name)).collect();
    names.sort();
    names
}

fn name(id: &str, name: &str) -> (String, String) {
    (id.to_owned(), name.to_owned())
}

fn rename(device: &mut Device, id: &str, new: &str) -> ActionId {
    device.act(ActionKind::Rename, |writer| writer.rename_deck(id, new)).1.unwrap()
}

fn geo() -> File<'static> {
    File::table("geo", vec![plain("geo", "Peru?", "Lima"), keyed("geo", "chile", "Chile?", "Santiago", &[])])
}

#[test]
fn a_deck_that_was_renamed_here_and_freshly_imported_there_has_the_same_notes() {
    let (mut a, mut b) = two();
    a.take_in(&geo());
    let renamed = rename(&mut a, "geo", "Geography");
    b.after(&a);
    b.take_in(&geo());
    b.answer(NoteUid::of_row("geo", "Peru?", None), 4);
    meet(&mut [&mut a, &mut b]);
    assert_eq!((names(&a), a.listed().len()), (vec![name("geo", "Geography")], 2), "an own name beats the source's");
    assert_eq!(a.store.find("geo/chile").unwrap(), Found::One(first(NoteUid::of_key("geo", "chile"))));
    // The file goes on to mean it, by its old word.
    assert_eq!(b.take_in(&geo()).placed, [MatchResult::Same, MatchResult::Same]);
    b.after(&a);
    let mut head = geo();
    head.name = Some("Countries");
    b.take_in(&head);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(names(&a), [name("geo", "Geography")]);
    a.undo(renamed);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(names(&b), [name("geo", "Countries")]);
}

#[test]
fn a_files_word_for_a_deck_is_an_id_else_a_unique_own_name_else_a_new_id() {
    let mut a = Device::new(1);
    a.take_in(&geo());
    a.take_in(&File::table("words", vec![plain("words", "dog", "Hund")]));
    rename(&mut a, "geo", "places");
    let into = |deck: &'static str| File::table(deck, vec![plain(deck, &format!("new in {deck}"), "x")]);
    let lies_in = |device: &Device, deck: &str| device.deck_of(NoteUid::of_row(deck, &format!("new in {deck}"), None));
    a.take_in(&into("places"));
    assert_eq!(lies_in(&a, "places").as_deref(), Some("geo"), "a name that one deck has");
    rename(&mut a, "words", "geo");
    a.take_in(&into("geo"));
    assert_eq!(lies_in(&a, "geo").as_deref(), Some("geo"), "an id comes before a name");
    a.take_in(&into("third"));
    rename(&mut a, "third", "both");
    rename(&mut a, "words", "both");
    a.take_in(&into("both"));
    assert_eq!(lies_in(&a, "both").as_deref(), Some("both"), "a name that two decks have is none");
    assert_eq!(a.deck_ids(), ["both", "geo", "third", "words"]);
    assert_in_order(&mut a);
    // The notes are those that another device makes of the same files.
    let mut b = Device::new(2);
    for deck in ["places", "geo", "third", "both"] {
        b.take_in(&into(deck));
    }
    let before = a.listed().len();
    b.after(&a);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.listed().len(), before);
}

#[test]
fn equal_ids_are_one_deck_whatever_it_is_called_where() {
    let (mut a, mut b) = two();
    a.act(ActionKind::Add, |writer| {
        let note = PackedNote::of(&basic("by hand", "x", &[]))?;
        writer.add("geo", "My places", NoteUid::of_key("geo", "mine"), Some("mine"), &note)
    });
    b.after(&a);
    b.take_in(&geo());
    rename(&mut b, "geo", "Geography");
    meet(&mut [&mut a, &mut b]);
    assert_eq!((names(&a), a.listed().len()), (vec![name("geo", "Geography")], 3));
}

#[test]
fn a_deck_lives_while_a_living_note_is_in_it_or_its_making_counts() {
    let (mut a, mut b) = two();
    let note = || NoteUid::of_key("geo", "chile");
    let made = a.act(ActionKind::Move, |writer| writer.deck_for("shelf", "Shelf")).1.unwrap();
    assert_eq!(a.deck_ids(), ["shelf"], "made empty, and listed");
    let import = a.take_in(&geo()).action.unwrap();
    b.after(&a);
    b.hears(&a);
    b.relocate(note(), "shelf");
    a.after(&b);
    a.undo(made);
    assert_eq!(a.deck_ids(), ["geo"]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.deck_ids(), ["geo", "shelf"], "a note is in it");
    a.delete(note());
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.deck_ids(), ["geo"]);
    a.undo(import);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.deck_ids(), Vec::<String>::new());
}

#[test]
fn a_deck_that_was_filled_and_emptied_is_there_no_more_and_comes_back_with_a_note() {
    let mut a = Device::new(1);
    a.act(ActionKind::Deck, |writer| writer.make_deck("shelf"));
    assert_eq!(a.deck_ids(), ["shelf"], "made empty, and there");
    a.take_in(&geo());
    let note = NoteUid::of_key("geo", "chile");
    let moved = a.relocate(note, "shelf");
    a.delete(NoteUid::of_row("geo", "Peru?", None));
    assert_eq!(a.deck_ids(), ["shelf"], "the source's deck is empty");
    a.relocate(note, "geo");
    assert_eq!(a.deck_ids(), ["geo"], "what was moved out of is empty too");
    a.undo(moved);
    assert_eq!(a.deck_ids(), ["geo", "shelf"], "nothing that counts was ever put into it");
    assert_in_order(&mut a);
}

#[test]
fn whether_a_deck_is_hidden_is_the_newest_word_on_any_device() {
    let (mut a, mut b) = two();
    a.take_in(&geo());
    b.after(&a);
    b.hears(&a);
    let hides = |device: &Device| device.store.bare_decks().unwrap().iter().any(|deck| deck.hidden);
    let hid = a.act(ActionKind::Deck, |writer| writer.hide_deck("geo", true)).1.unwrap();
    b.after(&a);
    b.act(ActionKind::Deck, |writer| writer.hide_deck("geo", false));
    meet(&mut [&mut a, &mut b]);
    assert!(!hides(&a) && !hides(&b));
    a.after(&b);
    a.act(ActionKind::Deck, |writer| writer.hide_deck("geo", true));
    meet(&mut [&mut a, &mut b]);
    assert!(hides(&a) && hides(&b) && a.deck_ids() == ["geo"], "it has its name");
    a.undo(hid);
    meet(&mut [&mut a, &mut b]);
    assert!(hides(&b), "the newer word stands");
    // New cards of its file come in, and it stays hidden; what the learner puts into it shows it.
    a.take_in(&File::table("geo", vec![plain("geo", "Brazil?", "Brasília")]));
    assert!(hides(&a));
    a.act(ActionKind::Add, |writer| {
        let note = PackedNote::of(&basic("by hand", "x", &[]))?;
        writer.add("geo", "geo", NoteUid::of_key("geo", "mine"), Some("mine"), &note)
    });
    assert!(!hides(&a));
    assert_in_order(&mut a);
}

#[test]
fn a_move_brings_the_head_of_a_deck_that_nobody_else_knows() {
    let (mut a, mut b) = two();
    a.take_in(&geo());
    b.after(&a);
    b.hears(&a);
    let note = NoteUid::of_key("geo", "chile");
    let moved = a.relocate(note, "shelf");
    let decks = a.store.action_line(moved).unwrap().unwrap().decks;
    assert!(decks.contains(&"shelf".to_owned()), "{decks:?}");
    meet(&mut [&mut a, &mut b]);
    assert_eq!(names(&b), [name("geo", "geo"), name("shelf", "shelf")]);
    a.undo(moved);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(names(&b), [name("geo", "geo")], "head and place go together");
}

#[test]
fn cards_lie_in_one_order_on_every_device() {
    let (mut a, mut b) = two();
    // Each imports another deck first: their local numbers differ. Both decks have two notes at the first position.
    let table = |deck: &'static str, front: &str| File::table(deck, vec![plain(deck, front, "x")]);
    a.take_in(&table("one", "first"));
    a.take_in(&table("two", "second"));
    b.after(&a);
    b.take_in(&table("two", "third"));
    b.take_in(&table("one", "fourth"));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.listed(), b.listed());
    let order: Vec<NoteUid> = a.listed();
    let in_deck = |device: &Device, note: NoteUid| device.deck_of(note).unwrap();
    let decks: Vec<String> = order.iter().map(|note| in_deck(&a, *note)).collect();
    assert_eq!(decks, ["one", "one", "two", "two"]);
    assert!(order[0] < order[1] && order[2] < order[3], "equal positions go by uid");
}

#[test]
fn a_note_at_the_last_place_that_there_is_leaves_room_for_more() {
    let mut a = Device::new(1);
    a.take_in(&file(&TWO));
    let last = Fact::Ordered { note: uid("b"), position: LAST_POSITION };
    a.act(ActionKind::Import, |writer| writer.append_fact(&last, None));
    a.take_in(&File::table("file", vec![keyed("file", "c", "three", "3", &[])]));
    let position = a.log().into_iter().find_map(|record| match record {
        LogRecord::Entry(Entry::Fact(_, Fact::Brought { note, position, .. }), _) if note == uid("c") => Some(position),
        _ => None,
    });
    assert!(position.is_some_and(|position| position <= LAST_POSITION), "others would refuse it: {position:?}");
}
