use super::*;
use crate::core::grade::Scale;
use crate::core::search::parse::parse;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::store::cards::fixture::Fixture;
use crate::store::cards::fixture::Row;
use crate::store::cards::fixture::card;
use crate::store::columns::card_number;
use std::collections::BTreeMap;

const TODAY: StudyDay = StudyDay(100);

fn search(fixture: &Fixture, query: &str) -> Vec<CardId> {
    let asked = Asked { today: TODAY, rules: Settings::default().rules([]) };
    fixture.store.search(&parse(query, Some(Scale::Sm2), &BTreeMap::new()).unwrap(), &asked).unwrap()
}

/// Notes 1 to 40 in deck `b`, and in `a`, which was made later, 41 and 42 at one place.
fn many() -> Fixture {
    let mut fixture = Fixture::new();
    let (b, a) = (fixture.deck("b"), fixture.deck("a"));
    for uid in (1..=40).rev() {
        fixture.note(&Row { deck: b, uid, position: uid.into(), ..Row::default() });
    }
    fixture.note(&Row { deck: a, uid: 42, position: 3, ordinals: Some("[3,1]"), ..Row::default() });
    fixture.note(&Row { deck: a, uid: 41, position: 3, ..Row::default() });
    fixture.note(&Row { deck: a, uid: 43, retired: true, ..Row::default() });
    fixture
}

/// The number of the note of that uid.
fn number(fixture: &Fixture, uid: u8) -> i64 {
    crate::store::naming::note_of(fixture.store.db(), crate::store::cards::fixture::uid(uid)).unwrap().unwrap()
}

#[test]
fn what_is_found_comes_in_the_order_of_decks_positions_uids_and_ordinals() {
    let mut fixture = many();
    let all = search(&fixture, "");
    assert_eq!(all.len(), 43);
    assert_eq!(all[..4], [card(41, 1), card(42, 1), card(42, 3), card(1, 1)]);
    assert_eq!(search(&fixture, "deck:a"), all[..3]);
    assert_eq!(search(&fixture, "q42 OR q7 OR q41"), [card(41, 1), card(42, 1), card(42, 3), card(7, 1)]);
    for uid in 1..=40 {
        let note = number(&fixture, uid);
        fixture.answered(note, 1, 90, 4, 2);
    }
    let note = number(&fixture, 42);
    fixture.answered(note, 3, 99, 4, 2);
    assert_eq!(search(&fixture, "is:new"), all[..2], "both walks over cards and states");
    assert_eq!(search(&fixture, "is:new q42"), [card(42, 1)]);
    assert_eq!(search(&fixture, "-is:new").len(), 41);
    assert_eq!(search(&fixture, "is:due (q42 OR q9)"), [card(42, 3), card(9, 1)]);
}

#[test]
fn a_list_leaves_out_scenes_of_check_ups_and_hidden_decks_unless_they_are_named() {
    let mut fixture = many();
    fixture.note(&Row { deck: 1, uid: 60, held_out: true, ..Row::default() });
    fixture.store.db().execute("UPDATE deck SET listed = ?1 WHERE name_id = 'a'", [HIDDEN]).unwrap();
    let asked = Asked { today: TODAY, rules: Settings::default().rules([]) };
    let listed = |query: &str| {
        let query = parse(query, Some(Scale::Sm2), &BTreeMap::new()).unwrap().for_list();
        let mut listing = fixture.store.list(query.clone(), asked.clone(), Sort::default()).unwrap();
        assert!(fixture.store.go_on(&mut listing, || false).unwrap());
        let found = fixture.store.search(&query, &asked).unwrap();
        assert_eq!(fixture.store.cards_of_rows(&listing.rows()).unwrap().len(), found.len());
        found
    };
    assert_eq!(listed("").len(), 40, "neither the scene nor the three cards of the hidden deck");
    assert_eq!(listed("is:checkup"), [card(60, 1)]);
    assert_eq!(listed("-is:checkup").len(), 40);
    assert_eq!(listed("deck:a").len(), 3);
    assert_eq!(listed("deck:b OR is:checkup").len(), 41);
    assert_eq!(search(&fixture, "").len(), 44, "what is no list has all of them");
}

#[test]
fn the_shown_text_and_its_own_tags_are_searched_and_erased_words_are_gone() {
    let mut fixture = many();
    let own = r#"{"kind":"basic","fields":{"front":"Übung","back":"b"},"tags":["old"]}"#;
    fixture.note(&Row { deck: 1, uid: 50, own: Some(own), tags: Some(r#"["new"]"#), ..Row::default() });
    fixture.note(&Row { deck: 1, uid: 51, erased: true, ..Row::default() });
    assert_eq!(search(&fixture, "ubung"), [card(50, 1)]);
    assert_eq!(search(&fixture, "tag:new"), [card(50, 1)]);
    assert_eq!(
        (search(&fixture, "tag:old"), search(&fixture, "q50"), search(&fixture, "q51")),
        (vec![], vec![], vec![])
    );
    assert_eq!(search(&fixture, "erased"), [], "no search finds what was erased");
    assert_eq!(search(&fixture, "deck:b").len(), 41, "and its deck has no card of it");
    let mut lines = Vec::new();
    let asked = Asked { today: TODAY, rules: Settings::default().rules([]) };
    let line = |line: CardLine| {
        lines.push(line.text.text("front").to_owned());
        Ok(())
    };
    fixture.store.found(&parse("ubung OR erased", None, &BTreeMap::new()).unwrap(), &asked, line).unwrap();
    assert_eq!(lines, ["Übung"]);
}

#[test]
fn grades_are_those_of_answers_that_count_also_on_cards_made_new_again() {
    let mut fixture = many();
    for (uid, day, quality) in [(1, 90, 1), (1, 99, 5), (2, 99, 1), (3, 99, 1), (4, 97, 1)] {
        let note = number(&fixture, uid);
        let answer = fixture.answered(note, 1, day, quality, 1);
        if uid == 2 {
            let undo = fixture.entry();
            fixture.sql(&format!(
                "INSERT INTO fact (id, subject, kind, arg) VALUES ({undo}, 0, 17, {answer}); \
                 INSERT INTO action (id, entries, kind, hlc, offset_min, study_day) VALUES ({undo}, 1, 20, 1e13, 0, 99);"
            ));
        }
    }
    let reset = card_number(number(&fixture, 3), 1);
    fixture.sql(&format!("UPDATE card_state SET repetitions = NULL, last_day = NULL, due = NULL WHERE card = {reset}"));
    assert_eq!(search(&fixture, "rated:2d"), [card(1, 1), card(3, 1)]);
    assert_eq!(search(&fixture, "rated:2d:1"), [card(3, 1)]);
    assert_eq!(search(&fixture, "rated:20d:1"), [card(1, 1), card(3, 1), card(4, 1)]);
    assert_eq!(search(&fixture, "rated:20d:1 q4"), [card(4, 1)]);
}

#[test]
fn the_day_on_which_a_note_was_added_is_that_of_the_action_which_made_it() {
    let fixture = many();
    fixture.sql(
        "INSERT INTO action (id, entries, kind, hlc, offset_min, study_day)
         VALUES (1 << 32 | 1, 39, 9, 1, 0, 60), (1 << 32 | 40, 2, 9, 1, 0, 99), (1 << 32 | 43, 1, 9, 1, 0, 99)",
    );
    assert_eq!(search(&fixture, "added:2d"), [card(42, 1), card(42, 3), card(1, 1)], "one is of no known action");
    assert_eq!(search(&fixture, "added:90d -added:2d -q9").len(), 38);
    assert_eq!(search(&fixture, "added:2d q1"), [card(1, 1)]);
}

/// The cards of a list that was made in one go.
fn listed(fixture: &Fixture, query: &str, sort: Sort) -> Vec<CardId> {
    let asked = Asked { today: TODAY, rules: Settings::default().rules([]) };
    let mut listing = fixture.store.list(parse(query, None, &BTreeMap::new()).unwrap(), asked, sort).unwrap();
    assert!(fixture.store.go_on(&mut listing, || true).unwrap(), "it is shorter than a slice");
    fixture.store.cards_of_rows(&listing.rows()).unwrap()
}

#[test]
fn a_list_has_the_cards_of_the_search_in_the_order_of_decks() {
    let mut fixture = many();
    let note = number(&fixture, 7);
    fixture.answered(note, 1, 99, 4, 2);
    for query in ["", "deck:a", "is:new", "q42 OR q7", "is:due", "rated:3d", "-is:new", "q99"] {
        let (listed, found) = (listed(&fixture, query, Sort::default()), search(&fixture, query));
        assert_eq!(listed.iter().collect::<BTreeSet<_>>(), found.iter().collect(), "{query}");
        // Notes at one place stand by the uids in a search, and by their numbers here.
        assert_eq!(listed.iter().skip(3).collect::<Vec<_>>(), found.iter().skip(3).collect::<Vec<_>>(), "{query}");
    }
    let down = listed(&fixture, "deck:b", Sort { by: SortBy::Deck, downwards: true });
    assert_eq!((down[0], down[39]), (card(40, 1), card(1, 1)));
}

#[test]
fn a_list_is_sorted_by_what_states_have_and_cards_without_it_stand_last_either_way() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("d");
    for uid in 1..=4 {
        fixture.note(&Row { deck, uid, position: uid.into(), ..Row::default() });
    }
    for (uid, day, interval, ease, lapses) in [(1, 90, 30, 180, 3), (2, 99, 5, 250, 0), (3, 70, 90, 130, 9)] {
        let note = number(&fixture, uid);
        fixture.answered(note, 1, day, 4, 2);
        fixture.sql(&format!(
            "UPDATE card_state SET interval_days = {interval}, due = {day} + {interval}, ease = {ease}, lapses = {lapses} \
             WHERE card = {}",
            card_number(note, 1)
        ));
    }
    let third = number(&fixture, 3);
    fixture.sql(&format!("UPDATE card_state SET suspended = 1, offered = 0 WHERE card = {}", card_number(third, 1)));
    let sorted = |by| {
        [false, true].map(|downwards| {
            let cards = listed(&fixture, "", Sort { by, downwards });
            cards.iter().map(|card| card.note.0[0]).collect::<Vec<u8>>()
        })
    };
    assert_eq!(sorted(SortBy::Due), [[2, 1, 3, 4], [3, 1, 2, 4]]);
    assert_eq!(sorted(SortBy::Interval), [[2, 1, 3, 4], [3, 1, 2, 4]]);
    assert_eq!(sorted(SortBy::Ease), [[3, 1, 2, 4], [2, 1, 3, 4]]);
    assert_eq!(sorted(SortBy::Lapses), [[2, 1, 3, 4], [3, 1, 2, 4]]);
    assert_eq!(sorted(SortBy::State), [[4, 1, 2, 3], [3, 1, 2, 4]], "new, review, suspended");
}

#[test]
fn a_long_list_can_be_put_aside_and_gone_on_with() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("d");
    fixture.note(&Row { deck, uid: 1, ..Row::default() });
    fixture.sql(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) \
         INSERT INTO note_name (id, uid) SELECT i, randomblob(16) FROM n",
    );
    fixture.sql(
        "INSERT INTO note (id, deck, source, position, prompt_hash, text_hash, fresh) \
         SELECT u.id, n.deck, n.source, u.id, u.id, u.id, 1 FROM note_name u, note n WHERE n.id = 1 AND u.id > 1",
    );
    let asked = Asked { today: TODAY, rules: Settings::default().rules([]) };
    let mut listing = fixture.store.list(parse("", None, &BTreeMap::new()).unwrap(), asked, Sort::default()).unwrap();
    assert!(!fixture.store.go_on(&mut listing, || true).unwrap());
    let first = listing.rows().len();
    assert!(first > 0 && first < 2500, "{first}");
    assert!(!fixture.store.go_on(&mut listing, || true).unwrap());
    assert!(fixture.store.go_on(&mut listing, || false).unwrap());
    assert_eq!(listing.rows().len(), 2500);
    assert_eq!(fixture.store.lines_of_rows(&listing.rows()[..3]).unwrap().len(), 3);
}

#[test]
fn the_tags_that_cards_have_are_known_and_no_text_is_taken_for_one() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("d");
    fixture.note(&Row { deck, uid: 1, more: r#""tags":["team","Öl"],"hint":"x""#, ..Row::default() });
    fixture.note(&Row { deck, uid: 2, more: r#""hint":",\"tags\":[\"no\"]""#, ..Row::default() });
    fixture.note(&Row { deck, uid: 3, more: r#""tags":["old"]"#, tags: Some(r#"["own"]"#), ..Row::default() });
    fixture.note(&Row { deck, uid: 4, more: r#""tags":["gone"]"#, retired: true, ..Row::default() });
    let tags: Vec<String> = fixture.store.known_tags().unwrap().into_iter().collect();
    assert_eq!(tags, ["own", "team", "Öl"]);
}
