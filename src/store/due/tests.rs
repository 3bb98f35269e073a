use super::*;
use crate::core::grade::Drill;
use crate::core::queue::Overdue;
use crate::core::settings::NewOrder;
use crate::core::settings::Settings;
use crate::core::units::Days;
use crate::store::card_state::shuffle_of;
use crate::store::cards::fixture::Fixture;
use crate::store::cards::fixture::Row;
use crate::store::cards::fixture::card;
use crate::store::columns::card_number;

const TODAY: StudyDay = StudyDay(100);

fn limits(new: usize) -> Limits {
    Limits {
        reviews: 200.into(),
        new: new.into(),
        until: TODAY,
        due_order: DueOrder::Day,
        rules: Settings { drill: Some(Drill::Below4), ..Settings::default() }.rules([]),
        keep_siblings_apart: true,
        first_only: false,
    }
}

fn new_cards(fixture: &Fixture, limits: &Limits) -> Vec<Vec<CardId>> {
    let supply = fixture.store.supply(&DeckSet::All, TODAY, limits).unwrap();
    supply.new.iter().map(|offer| offer.cards.iter().map(|(_, candidate)| candidate.card).collect()).collect()
}

#[test]
fn decks_take_turns_by_id_and_equal_positions_go_by_uid() {
    let mut fixture = Fixture::new();
    let (late, early) = (fixture.deck("b"), fixture.deck("a"));
    for (deck, uid, position) in [(late, 9, 1), (late, 4, 2), (early, 8, 7), (early, 2, 7), (early, 5, 3)] {
        fixture.note(&Row { deck, uid, position, ..Row::default() });
    }
    let supply = fixture.store.supply(&DeckSet::All, TODAY, &limits(10)).unwrap();
    assert_eq!(supply.new.iter().map(|offer| offer.cards[0].0).collect::<Vec<_>>(), [early, late]);
    let cards = new_cards(&fixture, &limits(10));
    assert_eq!(cards, [vec![card(5, 1), card(2, 1), card(8, 1)], vec![card(9, 1), card(4, 1)]]);
    assert_eq!(new_cards(&fixture, &limits(2)), [vec![card(5, 1), card(2, 1)], vec![card(9, 1), card(4, 1)]]);
    let names: Vec<_> = fixture.store.deck_names().unwrap().into_iter().map(|(_, id, _)| id).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn by_chance_means_by_the_fixed_shuffle_of_each_card() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("a");
    for uid in 1..40 {
        fixture.note(&Row { deck, uid, position: uid.into(), ordinals: Some("[1,3]"), ..Row::default() });
    }
    let mut expected: Vec<CardId> = (1..40).flat_map(|uid| [card(uid, 1), card(uid, 3)]).collect();
    expected.sort_by_key(|card| shuffle_of(*card));
    let settings = Settings { new_order: NewOrder::Random, ..Settings::default() };
    let mut limits = Limits { rules: settings.rules([]), keep_siblings_apart: false, ..limits(100) };
    assert_eq!(new_cards(&fixture, &limits), std::slice::from_ref(&expected));
    limits.keep_siblings_apart = true;
    let apart = new_cards(&fixture, &limits);
    assert_eq!((apart[0].len(), apart[0][0]), (39, expected[0]), "one of each note");
}

#[test]
fn only_cards_that_are_new_and_not_held_back_are_introduced() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("a");
    let row = |uid: u8| Row { deck, uid, position: uid.into(), ..Row::default() };
    fixture.note(&Row { retired: true, ..row(1) });
    fixture.note(&Row { erased: true, ..row(2) });
    fixture.note(&Row { held_out: true, ..row(3) });
    let several = fixture.note(&Row { ordinals: Some("[2,1]"), ..row(4) });
    fixture.answered(several, 1, 100, 4, 1);
    fixture.sql("UPDATE asked SET study_day = 90; UPDATE card_state SET last_day = 90");
    let buried = fixture.note(&row(5));
    fixture.state(card_number(buried, 1));
    fixture.sql(&format!("UPDATE card_state SET buried_until = 101 WHERE card = {}", card_number(buried, 1)));
    fixture.note(&Row { siblings: Some(7), ..row(6) });
    fixture.note(&Row { siblings: Some(7), ..row(7) });
    assert_eq!(new_cards(&fixture, &limits(10)), [[card(4, 2), card(6, 1)]]);
    let counts = fixture.store.counts(&DeckSet::All, TODAY, &limits(0).rules).unwrap();
    assert_eq!(
        (counts.new, counts.due, counts.next_due),
        (4, 0, Some(StudyDay(101))),
        "siblings and buried cards are new all the same"
    );
    let among = BTreeSet::from([card(7, 1), card(1, 1)]);
    let supply = fixture.store.supply_among(&DeckSet::All, Some(&among), TODAY, &limits(10)).unwrap();
    assert_eq!(supply.new[0].cards.iter().map(|(_, found)| found.card).collect::<Vec<_>>(), [card(7, 1)]);
}

#[test]
fn a_note_waits_for_those_that_its_source_puts_before_it() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("a");
    let before = fixture.note(&Row { deck, uid: 1, position: 2, ordinals: Some("[1,2]"), ..Row::default() });
    fixture.sql(&format!(
        "INSERT INTO note_name (uid) VALUES (x'{}'); INSERT INTO alias (alias, note) VALUES (last_insert_rowid(), {before});",
        NoteUid::of_key("a", "first")
    ));
    let own = r#"{"kind":"basic","fields":{"front":"mine","back":"b"}}"#;
    let after = |uid: u8, more| Row { deck, uid, position: 1, own: Some(own), more, ..Row::default() };
    fixture.note(&after(2, r#""after":["first"]"#));
    fixture.note(&after(3, r#""after":["nowhere"]"#));
    fixture.answered(before, 1, 98, 4, 2);
    fixture.sql("UPDATE card_state SET due = 105");
    assert_eq!(new_cards(&fixture, &limits(9)), [[card(3, 1), card(1, 2)]], "the other card is not in review");
    fixture.answered(before, 2, 98, 4, 2);
    assert_eq!(new_cards(&fixture, &limits(9)), [[card(2, 1), card(3, 1)]]);
    fixture.sql(&format!("UPDATE card_state SET repetitions = 0 WHERE card = {}", card_number(before, 1)));
    assert_eq!(new_cards(&fixture, &limits(9)), [[card(3, 1)]]);
    fixture.sql("UPDATE text SET salt = NULL, body = NULL WHERE id = (SELECT source FROM note WHERE position = 2)");
    assert_eq!(new_cards(&fixture, &limits(9)), [[card(2, 1), card(3, 1)]], "what was erased is never asked again");
}

#[test]
fn todays_answers_are_repeated_oldest_first_and_keep_their_siblings_away() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("a");
    let row = |uid: u8| Row { deck, uid, position: uid.into(), ..Row::default() };
    let notes: Vec<i64> =
        (1..=4).map(|uid| fixture.note(&Row { siblings: Some(i64::from(uid)), ..row(uid) })).collect();
    fixture.answered(notes[2], 1, 100, 2, 0);
    fixture.answered(notes[0], 1, 100, 1, 0);
    fixture.answered(notes[1], 1, 100, 5, 1);
    fixture.answered(notes[3], 1, 100, 0, 0);
    fixture.sql(&format!("UPDATE card_state SET offered = 0, suspended = 1 WHERE card = {}", card_number(notes[3], 1)));
    fixture.note(&Row { siblings: Some(4), ..row(5) });
    fixture.note(&row(6));
    let supply = fixture.store.supply(&DeckSet::All, TODAY, &limits(9)).unwrap();
    assert_eq!(supply.repeats.iter().map(|found| found.card).collect::<Vec<_>>(), [card(3, 1), card(1, 1)]);
    assert_eq!(supply.met_today.len(), 4);
    assert_eq!(new_cards(&fixture, &limits(9)), [[card(6, 1)]]);
    assert_eq!(fixture.store.repeats_by_deck(TODAY, &limits(0).rules).unwrap(), BTreeMap::from([(deck, 2)]));
    let nobody = fixture.store.supply(&DeckSet::Some(BTreeSet::new()), TODAY, &limits(9)).unwrap();
    assert!(nobody.repeats.is_empty() && nobody.met_today.len() == 4);
    // Made new again: as if it had not been asked.
    fixture.sql("UPDATE card_state SET repetitions = NULL, last_day = NULL, due = NULL, ease = NULL");
    assert!(fixture.store.supply(&DeckSet::All, TODAY, &limits(9)).unwrap().met_today.is_empty());
}

#[test]
fn siblings_stay_apart_where_the_clock_went_back_a_day() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("a");
    let note = fixture.note(&Row { deck, uid: 1, ordinals: Some("[1,2]"), ..Row::default() });
    fixture.answered(note, 1, 100, 1, 0);
    fixture.answered(note, 1, 101, 1, 0);
    let supply = fixture.store.supply(&DeckSet::All, TODAY, &limits(9)).unwrap();
    assert_eq!(supply.new[0].cards, [], "a sibling was asked today");
    assert_eq!(supply.repeats, [], "its last answer was not of today");
}

#[test]
fn all_intervals_together_are_in_the_order_of_risk_however_far_they_are_read() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("a");
    let mut all = Vec::new();
    for uid in 1..=200_u8 {
        let note = fixture.note(&Row { deck, uid, position: uid.into(), ..Row::default() });
        let (day, interval) = (99 - i32::from(uid) * 37 % 23, [1, 1, 1, 6, 6, 15, 0, 300][usize::from(uid) % 8]);
        fixture.answered(note, 1, day, 4, 1);
        let card = card_number(note, 1);
        fixture.sql(&format!("UPDATE card_state SET interval_days = {interval} WHERE card = {card}"));
        let sql = "SELECT due, shuffle FROM card_state WHERE card = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((day_of(row.get(0)?), row.get(1)?));
        let (due, shuffle) = fixture.store.db().query_row(sql, [card], read).unwrap();
        all.push((Overdue { days_late: TODAY.since(due), interval: Days(interval), shuffle }, card, uid));
    }
    all.sort_by(|(one, this, _), (other, that, _)| one.by_risk(other).then(this.cmp(that)));
    let wanted: Vec<_> = all.into_iter().map(|(_, _, uid)| card(uid, 1)).collect();
    for places in [1, 5, 50, 200] {
        let limits = Limits { due_order: DueOrder::Risk, reviews: places.into(), ..limits(0) };
        let supply = fixture.store.supply(&DeckSet::All, TODAY, &limits).unwrap();
        let found: Vec<_> = supply.due.iter().map(|found| found.card).collect();
        let differs = found.iter().zip(&wanted).position(|(found, wanted)| found != wanted);
        assert_eq!((found.len(), differs), (places, None));
    }
}

#[test]
fn as_many_due_cards_find_places_as_a_sitting_takes_in_any_order() {
    let mut fixture = Fixture::new();
    let decks = [fixture.deck("a"), fixture.deck("b")];
    for uid in 1..=150_u8 {
        let siblings = (uid % 3 > 0).then_some(i64::from(uid % 40));
        let deck = decks[usize::from(uid % 2)];
        let note = fixture.note(&Row { deck, uid, siblings, ordinals: Some("[1,2]"), ..Row::default() });
        for ordinal in 1..=1 + u16::from(uid % 5 == 0) {
            fixture.answered(note, ordinal, 99 - i32::from(uid) * 37 % 11, 4, 1);
            let interval = [1, 1, 6, 15][usize::from(uid) % 4];
            let card = card_number(note, ordinal);
            fixture.sql(&format!("UPDATE card_state SET interval_days = {interval} WHERE card = {card}"));
        }
        if uid % 17 == 0 {
            fixture.sql(&format!("UPDATE card_state SET buried_until = 101 WHERE card = {}", card_number(note, 1)));
        }
        if uid % 31 == 0 {
            fixture.answered(note, 1, TODAY.0, 4, 2);
        }
    }
    let mut asked = BTreeSet::new();
    for (places, keep_siblings_apart) in [0, 1, 5, 50, 400].into_iter().flat_map(|n| [(n, true), (n, false)]) {
        for set in [DeckSet::All, DeckSet::Some(BTreeSet::from([decks[1]]))] {
            let limits = Limits { keep_siblings_apart, reviews: places.into(), ..limits(0) };
            let by_risk = Limits { due_order: DueOrder::Risk, ..limits.clone() };
            let due = fixture.store.supply(&set, TODAY, &by_risk).unwrap().due.len();
            assert_eq!(fixture.store.due_with_places(&set, TODAY, &limits).unwrap(), u64::try_from(due).unwrap());
            asked.insert(due);
        }
    }
    assert!(asked.len() > 5, "{asked:?}");
}

#[test]
fn due_cards_come_by_day_or_by_risk_and_never_while_they_are_held_back() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("a");
    let notes: Vec<i64> =
        (1..=4).map(|uid| fixture.note(&Row { deck, uid, position: uid.into(), ..Row::default() })).collect();
    for (note, (day, interval)) in notes.iter().zip([(90, 100), (95, 1), (99, 1), (80, 9)]) {
        fixture.answered(*note, 1, day, 4, 1);
        fixture
            .sql(&format!("UPDATE card_state SET interval_days = {interval} WHERE card = {}", card_number(*note, 1)));
    }
    fixture.sql(&format!("UPDATE card_state SET buried_until = 101 WHERE card = {}", card_number(notes[3], 1)));
    let due = |limits: &Limits| {
        let supply = fixture.store.supply(&DeckSet::All, TODAY, limits).unwrap();
        supply.due.iter().map(|found| found.card).collect::<Vec<_>>()
    };
    assert_eq!(due(&limits(0)), [card(1, 1), card(2, 1), card(3, 1)]);
    let by_risk = Limits { due_order: DueOrder::Risk, ..limits(0) };
    assert_eq!(due(&by_risk), [card(2, 1), card(1, 1), card(3, 1)]);
    assert_eq!(due(&Limits { reviews: 1.into(), ..by_risk }), [card(2, 1)]);
    let counts = fixture.store.counts(&DeckSet::All, TODAY, &limits(0).rules).unwrap();
    assert_eq!((counts.due, counts.buried, counts.new), (3, 1, 0));
    assert_eq!(counts.next_due, Some(StudyDay(101)), "what is buried comes back");
    let candidate = fixture.store.candidate(card(2, 1)).unwrap().unwrap();
    assert_eq!(Some(candidate), fixture.store.supply(&DeckSet::All, TODAY, &limits(0)).unwrap().due.get(1).copied());
}

#[test]
fn for_the_first_card_no_more_is_read_than_decides_which_one_it_is() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("a");
    let mut note = |uid: u8| fixture.note(&Row { deck, uid, position: uid.into(), ..Row::default() });
    let answered: Vec<i64> = (1..=30).map(&mut note).collect();
    (31..=35).for_each(|uid| assert!(note(uid) > 0));
    for note in answered {
        fixture.answered(note, 1, 98, 4, 1);
    }
    let first = |reviews: usize, first_only| {
        let limits = Limits { reviews: reviews.into(), first_only, ..limits(10) };
        fixture.store.supply(&DeckSet::All, TODAY, &limits).unwrap()
    };
    let (all, few) = (first(200, false), first(200, true));
    assert_eq!((all.due.len(), all.new[0].cards.len()), (30, 5));
    assert_eq!((few.due.as_slice(), few.new.len()), (&all.due[..11], 0), "no new card can come before a due one");
    assert_eq!(first(5, true), first(5, false), "with as few reviews as that one can");
}

/// A topic of a deck. Gives its number.
fn topic(fixture: &Fixture, deck: i64, id: &str) -> i64 {
    fixture.sql(&format!("INSERT INTO topic (deck, name_id, title) VALUES ({deck}, '{id}', '{id}')"));
    fixture.store.db().last_insert_rowid()
}

/// Decks a and b with a sequence of b's over topics of both, and deck c beside them. Notes 1 to 4 are in a, 5 to 8 in b, 9 in c.
fn in_sequence() -> Fixture {
    let mut fixture = Fixture::new();
    let [a, b, c] = ["a", "b", "c"].map(|id| fixture.deck(id));
    fixture.sql(&format!(r#"UPDATE deck SET sequence = '["t", "a/t", "nowhere/t", "u"]' WHERE id = {b}"#));
    let topics = [(a, "s"), (a, "t"), (b, "t"), (b, "u")].map(|(deck, id)| (deck, topic(&fixture, deck, id)));
    for (uid, (deck, topic)) in [(1, topics[0]), (2, topics[1]), (5, topics[3]), (6, topics[2])] {
        fixture.note(&Row { deck, uid, topic: Some(topic), position: uid.into(), ..Row::default() });
    }
    for (uid, deck, topic, position) in
        [(3, a, Some(topics[1].1), 1), (4, a, None, 4), (7, b, Some(topics[2].1), 3), (8, b, None, 9), (9, c, None, 1)]
    {
        fixture.note(&Row { deck, uid, topic, position, ..Row::default() });
    }
    fixture
}

fn uids(cards: &[Vec<CardId>]) -> Vec<Vec<u8>> {
    cards.iter().map(|cards| cards.iter().map(|card| card.note.0[0]).collect()).collect()
}

#[test]
fn decks_in_one_sequence_come_topic_by_topic_and_take_turns_as_one() {
    let fixture = in_sequence();
    // Topic by topic; then what it does not name, in turns; the other deck by itself.
    let all = new_cards(&fixture, &limits(99));
    assert_eq!(uids(&all), [vec![7, 6, 3, 2, 5, 1, 8, 4], vec![9]]);
    assert_eq!(uids(&new_cards(&fixture, &limits(3))), [vec![7, 6, 3], vec![9]]);
    let supply = |limits: &Limits, decks: DeckSet| {
        let supply = fixture.store.supply(&decks, TODAY, limits).unwrap();
        let cards = crate::core::queue::take_turns(supply.new);
        cards.into_iter().map(|(_, found)| found.card.note.0[0]).collect::<Vec<u8>>()
    };
    assert_eq!(supply(&limits(99), DeckSet::All), [7, 9, 6, 3, 2, 5, 1, 8, 4]);
    assert_eq!(supply(&limits(99), DeckSet::Some([1].into())), [3, 2, 1, 4], "of one deck asked for, its part");
    let mut of_deck = Places::from(99);
    of_deck.limit(1, [2]);
    assert_eq!(supply(&Limits { new: of_deck, ..limits(0) }, DeckSet::Some([1, 2].into())), [7, 3, 2, 1, 4]);
    // Who wants a deck by chance takes it out of the sequence.
    let random = Settings { new_order: NewOrder::Random, ..Settings::default() };
    let some = Settings { decks: [("deck a".to_owned(), random)].into(), ..Settings::default() };
    let limits = Limits { rules: some.rules([(1, "Deck a")]), ..limits(99) };
    let apart = uids(&new_cards(&fixture, &limits));
    assert_eq!((apart.len(), &apart[1], apart[0].len()), (3, &vec![7, 6, 5, 8], 4));
}

#[test]
fn a_sequence_counts_what_all_its_decks_introduced() {
    let mut fixture = in_sequence();
    fixture.answered(1, 1, 100, 4, 1);
    fixture.sql(
        "INSERT INTO day_sum VALUES (100, 1, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), (100, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); \
         UPDATE deck SET last_introduced = 97 + id",
    );
    let supply = fixture.store.supply(&DeckSet::All, TODAY, &limits(9)).unwrap();
    let offers: Vec<(u32, Option<StudyDay>)> =
        supply.new.iter().map(|offer| (offer.introduced_today, offer.last_introduced)).collect();
    assert_eq!(offers, [(5, Some(StudyDay(99))), (0, Some(StudyDay(100)))]);
}

#[test]
fn a_note_waits_for_those_of_another_deck_that_is_there() {
    let mut fixture = Fixture::new();
    let [a, b] = ["a", "b"].map(|id| fixture.deck(id));
    let before = fixture.note(&Row { deck: a, uid: 1, ..Row::default() });
    fixture.sql(&format!(
        "INSERT INTO note_name (uid) VALUES (x'{}'); INSERT INTO alias (alias, note) VALUES (last_insert_rowid(), {before});",
        NoteUid::of_key("a", "first")
    ));
    for (uid, after) in [(2, "a/first"), (3, "first"), (4, "c/first"), (5, "b/first")] {
        let more = format!(r#""after":["{after}"]"#);
        fixture.note(&Row { deck: b, uid, position: uid.into(), more: &more, ..Row::default() });
    }
    assert_eq!(uids(&new_cards(&fixture, &limits(9))), [vec![1], vec![3, 4, 5]]);
    fixture.answered(before, 1, 98, 4, 2);
    fixture.sql("UPDATE card_state SET due = 105");
    assert_eq!(uids(&new_cards(&fixture, &limits(9))), [vec![], vec![2, 3, 4, 5]]);
}

#[test]
fn of_siblings_that_are_due_one_is_counted_and_none_where_one_was_asked_today() {
    let mut fixture = Fixture::new();
    let deck = fixture.deck("a");
    let row = |uid: u8, siblings| Row { deck, uid, siblings, position: uid.into(), ..Row::default() };
    let cloze = fixture.note(&Row { ordinals: Some("[1,2,3]"), ..row(1, None) });
    let grouped = [fixture.note(&row(2, Some(7))), fixture.note(&row(3, Some(7)))];
    let alone = fixture.note(&row(4, None));
    for (note, ordinal) in [(cloze, 1), (cloze, 2), (cloze, 3), (grouped[0], 1), (grouped[1], 1), (alone, 1)] {
        fixture.answered(note, ordinal, 95, 4, 1);
    }
    let counts = |fixture: &Fixture, bury_siblings| {
        let rules = Settings { bury_siblings, ..Settings::default() }.rules([]);
        let counts = fixture.store.counts(&DeckSet::All, TODAY, &rules).unwrap();
        (counts.due, counts.siblings, counts.next_due.map(|day| day.0))
    };
    assert_eq!(counts(&fixture, true), (3, 3, Some(101)));
    assert_eq!(counts(&fixture, false), (6, 0, None));
    let asked = |fixture: &Fixture| fixture.store.supply(&DeckSet::All, TODAY, &limits(0)).unwrap().due.len();
    assert_eq!(asked(&fixture), 3, "as many as a sitting asks");
    fixture.answered(grouped[1], 1, 100, 4, 2);
    fixture.answered(cloze, 2, 100, 4, 2);
    assert_eq!((counts(&fixture, true), asked(&fixture)), ((1, 3, Some(101)), 1));
    let decks = |apart| fixture.store.decks(TODAY, apart).unwrap()[0].due;
    assert_eq!((decks(true), decks(false)), (1, 4));
    // Of the cards of a search alone.
    let among = BTreeSet::from([card(1, 1), card(4, 1), card(9, 1)]);
    let rules = Settings::default().rules([]);
    let found = fixture.store.counts_among(&DeckSet::All, Some(&among), TODAY, &rules).unwrap();
    assert_eq!((found.due, found.siblings, found.new), (1, 1, 0));
}

#[test]
fn pace_and_recall_are_read_from_the_learners_own_answers() {
    let mut fixture = Fixture::new();
    let (a, b) = (fixture.deck("a"), fixture.deck("b"));
    let note = fixture.note(&Row { deck: a, uid: 1, ..Row::default() });
    let other = fixture.note(&Row { deck: b, uid: 2, ..Row::default() });
    fixture.note(&Row { deck: b, uid: 3, ..Row::default() });
    fixture.answered(note, 1, 90, 4, 1);
    fixture.answered(other, 1, 100, 4, 1);
    let times = fixture.store.newest_times(9).unwrap();
    assert_eq!(times.iter().map(|(kind, took)| (kind.as_str(), took.0)).collect::<Vec<_>>(), [("basic", 1); 2]);
    assert_eq!(fixture.store.newest_times(1).unwrap().len(), 1);
    assert_eq!(fixture.store.kinds([card(3, 1), card(9, 1)]).unwrap(), ["basic", ""]);
    let recall = fixture.store.recall(&DeckSet::All, TODAY, StudyDay(103)).unwrap();
    assert_eq!((recall.now.cards, recall.by_deck[&b].millionths), (2, 1_000_000), "asked today");
    assert!(recall.then < recall.now.millionths && recall.by_deck[&a].millionths < 400_000);
}
