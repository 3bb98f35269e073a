use super::*;
use crate::core::grade::Quality;
use crate::core::id::EventId;
use crate::core::study_day::StudyDay;
use crate::store::Found;
use crate::store::cards::fixture::DEVICE;
use crate::store::cards::fixture::Fixture;
use crate::store::cards::fixture::Row;
use crate::store::cards::fixture::card;
use crate::store::cards::fixture::uid;

fn listed(fixture: &Fixture, decks: &DeckSet, words: &[&str]) -> Vec<CardId> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let mut found = Vec::new();
    let add = |line: CardLine| {
        found.push(line.card);
        Ok(())
    };
    fixture.store.cards(decks, &words, add).unwrap();
    found
}

/// Two decks, `b` made first: notes 1 to 3 in `b` (3 with two cards, 2 at the place of 1), 4 in `a`, 5 retired.
fn two_decks() -> (Fixture, i64, i64) {
    let mut fixture = Fixture::new();
    let (b, a) = (fixture.deck("b"), fixture.deck("a"));
    let row = |uid: u8, position| Row { deck: b, uid, position, ..Row::default() };
    fixture.note(&Row { ordinals: Some("[3,1]"), key: Some("three"), ..row(3, 1) });
    fixture.note(&Row { key: Some("two"), ..row(2, 5) });
    fixture.note(&Row { own: Some(r#"{"kind":"basic","fields":{"front":"Größe","back":"size"}}"#), ..row(1, 5) });
    fixture.note(&Row { deck: a, tags: Some(r#"["mine"]"#), more: r#""tags":["theirs"]"#, ..row(4, 9) });
    fixture.note(&Row { retired: true, ..row(5, 0) });
    (fixture, a, b)
}

#[test]
fn cards_come_by_deck_id_position_uid_and_ordinal() {
    let (mut fixture, a, b) = two_decks();
    let all = [card(4, 1), card(3, 1), card(3, 3), card(1, 1), card(2, 1)];
    assert_eq!(listed(&fixture, &DeckSet::All, &[]), all);
    assert_eq!(listed(&fixture, &DeckSet::Some([a].into()), &[]), all[..1]);
    assert_eq!(listed(&fixture, &DeckSet::All, &["grosse", "SIZE"]), [card(1, 1)], "the learner's own text is shown");
    assert_eq!(listed(&fixture, &DeckSet::All, &["mine"]), [card(4, 1)]);
    assert_eq!(listed(&fixture, &DeckSet::All, &["theirs"]), []);
    assert_eq!(fixture.store.cards_in(&DeckSet::Some([b].into())).unwrap().len(), 5, "retired ones too");
    let mut notes = Vec::new();
    let take = |some: Notes| {
        for note in some.read() {
            let (uid, key, text) = note?;
            notes.push((uid, key, text.text("front").to_owned(), text.tags));
        }
        Ok(())
    };
    let erased = fixture.note(&Row { deck: b, uid: 6, position: 2, erased: true, ..Row::default() });
    fixture.store.notes(b, take).unwrap();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        notes,
        [
            (uid(3), some("three"), "q3".to_owned(), Vec::new()),
            (uid(1), None, "Größe".to_owned(), Vec::new()),
            (uid(2), some("two"), "q2".to_owned(), Vec::new())
        ]
    );
    assert_eq!(fixture.store.notes_in_order(b).unwrap().get(1), Some(&erased));
    assert_eq!(fixture.store.card(card(6, 1)).unwrap().unwrap().text.text("front"), "[erased]");
    fixture
        .store
        .notes(a, |some| {
            let tags: Vec<_> = some.read().map(|note| note.unwrap().2.tags).collect();
            assert_eq!(tags, [["mine"]]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_card_is_there_while_its_note_has_it_or_something_happened_to_it() {
    let (mut fixture, ..) = two_decks();
    let one = |card| fixture.store.card(card).unwrap();
    assert_eq!(one(card(3, 3)).unwrap().state, CardState::default());
    assert_eq!(one(card(3, 3)).unwrap().name(), "b/three#3");
    assert!(one(card(3, 2)).is_none() && one(card(3, 3 + 512)).is_none() && one(card(77, 1)).is_none());
    assert!(one(card(5, 1)).is_some(), "retired or not");
    let id = fixture.answered(1, 2, 30, 3, 1);
    let state = fixture.store.card(card(3, 2)).unwrap().unwrap().state;
    assert_eq!(state.memory.as_ref().map(|memory| memory.last_quality), Some(Quality::Q3));
    let sequence = crate::store::columns::entry_parts(id).1;
    assert_eq!(state.last_event, Some(EventId { device: DEVICE, sequence }));
    let mut states = Vec::new();
    fixture.answered(1, 3, 31, 5, 1);
    fixture
        .store
        .cards(&DeckSet::All, &[], |line| {
            states.push((line.card, line.state.answers));
            Ok(())
        })
        .unwrap();
    assert!(states.contains(&(card(3, 3), 1)) && states.contains(&(card(3, 1), 0)) && states.len() == 5);
}

#[test]
fn people_name_a_card_by_key_alias_or_the_beginning_of_its_id() {
    let (mut fixture, a, b) = two_decks();
    fixture.sql(&format!(
        "INSERT INTO note_name (uid) VALUES (x'{}'); INSERT INTO alias (alias, note) VALUES (last_insert_rowid(), 2);",
        NoteUid::of_key("b", "older")
    ));
    let find = |name: &str| fixture.store.find(name).unwrap();
    assert_eq!(find("b/two"), Found::One(card(2, 1)));
    assert_eq!(find("Deck b/two"), Found::One(card(2, 1)));
    assert_eq!(find("b/older"), Found::One(card(2, 1)), "the name that it had before");
    assert_eq!(find("b/three"), Found::Many(vec!["b/three#1".to_owned(), "b/three#3".to_owned()]));
    assert_eq!(find("b/three#3"), Found::One(card(3, 3)));
    assert_eq!(find("0404-04"), Found::One(card(4, 1)));
    assert_eq!(find(&card(5, 1).to_string()), Found::One(card(5, 1)));
    for nobody in ["b/four", "0505", "zz", "0101-9", "b/three#2"] {
        assert_eq!(find(nobody), Found::Nothing, "{nobody}");
    }
    assert_eq!(fixture.store.nearest_name("b/tow").unwrap().as_deref(), Some("b/two"));
    fixture.note(&Row { deck: b, uid: 8, key: Some("two"), ..Row::default() });
    let Found::Many(names) = fixture.store.find("b/two").unwrap() else { panic!("two claim the key") };
    assert!(names[0].starts_with("0202") && names[1].starts_with("0808"), "so it names neither: {names:?}");
    fixture.sql(&format!(
        "INSERT INTO note_name (uid) VALUES (x'{}'); INSERT INTO alias (alias, note) VALUES (last_insert_rowid(), 2);",
        NoteUid::of_key("b", "two")
    ));
    assert_eq!(fixture.store.find("b/two").unwrap(), Found::One(card(2, 1)));
    let name = |uid: u8| fixture.store.card(card(uid, 1)).unwrap().unwrap().name();
    assert_eq!((name(2), name(8)), ("b/two".to_owned(), "08".repeat(10)), "one has the name");
    assert_eq!(fixture.store.decks_of(&[card(4, 1), card(1, 1)]).unwrap(), DeckSet::Some([a, b].into()));
}

#[test]
fn decks_are_counted_and_say_which_file_they_follow() {
    let (mut fixture, a, b) = two_decks();
    fixture.answered(1, 1, 30, 4, 1);
    let empty = fixture.deck("c");
    fixture.sql("UPDATE deck SET listed = 0 WHERE id = 3");
    let decks = fixture.store.decks(StudyDay(40), true).unwrap();
    let counts: Vec<_> = decks.iter().map(|deck| (deck.number, deck.notes, deck.cards, deck.new, deck.due)).collect();
    assert_eq!(counts, [(a, 1, 1, 1, 0), (b, 3, 4, 3, 1)]);
    assert!(decks.iter().all(|deck| deck.linked.is_none()) && empty == 3);
    fixture.sql(
        "INSERT INTO followed (path, is_folder, options) VALUES ('/x.csv', 0, '');
         INSERT INTO note_followed (note, followed) VALUES (3, 1);",
    );
    let linked: Vec<_> = fixture.store.deck_heads().unwrap().into_iter().map(|deck| deck.linked).collect();
    assert_eq!(linked, [None, Some("/x.csv".to_owned())]);
    fixture.sql(&format!(
        "INSERT INTO topic (deck, name_id, title, position) VALUES ({b}, 'a', 'A', NULL), ({b}, 'y', 'Y', 2), ({b}, 'z', 'Z', 1)"
    ));
    let topics = |fixture: &Fixture| -> Vec<String> {
        fixture.store.topics(b).unwrap().into_iter().map(|topic| topic.0).collect()
    };
    assert_eq!(topics(&fixture), ["z", "y"], "nothing describes `a`, and no note names it");
    fixture.sql(&format!("UPDATE note SET topic = (SELECT id FROM topic WHERE name_id = 'a') WHERE deck = {b}"));
    assert_eq!(topics(&fixture), ["z", "y", "a"]);
}

#[test]
fn an_erased_note_is_found_by_its_id_with_the_cards_that_something_happened_to_and_counts_nowhere() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("d");
    fixture.note(&Row { deck, uid: 1, ..Row::default() });
    fixture.note(&Row { deck, uid: 2, erased: true, ..Row::default() });
    let note = fixture.note(&Row { deck, uid: 3, erased: true, ..Row::default() });
    fixture.answered(note, 4, 90, 4, 1);
    fixture.answered(note, 2, 90, 4, 1);
    let counts: Vec<_> = fixture
        .store
        .decks(StudyDay(99), true)
        .unwrap()
        .iter()
        .map(|deck| (deck.notes, deck.cards, deck.new))
        .collect();
    assert_eq!(counts, [(1, 1, 1)]);
    assert_eq!(listed(&fixture, &DeckSet::All, &[]), [card(1, 1)]);

    let found = |name: &str| fixture.store.find(name).unwrap();
    assert_eq!(found("02020202"), Found::One(card(2, 1)), "nothing happened to it");
    let names = ["03030303030303030303#2", "03030303030303030303#4"].map(str::to_owned);
    assert_eq!(found("03030303"), Found::Many(names.to_vec()));
    assert_eq!(found("03030303#4"), Found::One(card(3, 4)));
    assert_eq!(found("03030303#1"), Found::Nothing);
    assert_eq!(found(&card(2, 1).to_string()), Found::One(card(2, 1)));
    assert_eq!(fixture.store.cards_of_note(uid(3)).unwrap(), [card(3, 2), card(3, 4)]);
    let line = fixture.store.card(card(3, 4)).unwrap().unwrap();
    assert!(line.erased && line.state.memory.is_some());
    assert_eq!(line.word(StudyDay(99), crate::core::grade::Drill::Below4), "erased");
    fixture.sql("UPDATE note SET retired = 1 WHERE id = 2");
    assert_eq!(found("02020202"), Found::Nothing, "it was deleted, too");
}
