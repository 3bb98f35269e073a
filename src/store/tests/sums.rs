//! The kept sums against a count by hand: every entry of the history once, with nothing remembered between two looks.

use super::*;
use crate::core::event::Asked;
use crate::core::event::Detail;
use crate::core::mastery::Level;
use crate::core::progress::knowledge::LastGrade;
use crate::core::study_day::StudyDay;
use crate::store::Happened;
use crate::store::Store;
use crate::store::sums::DROP_OLD_DAYS;
use rusqlite::StatementStatus;
use std::collections::BTreeMap;

/// Deck and topic of each note by their ids, empty where it has none; a topic's after that of the deck that has it.
type Places = BTreeMap<NoteUid, (String, String)>;

/// Sums under global names; those that are zero left out.
#[derive(Debug, PartialEq, Eq, Default)]
struct Counts {
    /// By day and deck.
    days: BTreeMap<(i32, String), [i64; 12]>,
    /// By deck, topic and month.
    topics: BTreeMap<(String, String, i32), [i64; 9]>,
    /// By month, deck, kind, what was right and what was given.
    sides: BTreeMap<(i32, String, String, String, String), i64>,
    /// Answers by day and card.
    asked: BTreeMap<(i32, CardId), (i64, i64)>,
    /// The newest day with a first answer by deck.
    introduced: BTreeMap<String, i32>,
}

impl Counts {
    fn without_zeros(mut self) -> Self {
        self.days.retain(|_, numbers| *numbers != [0; 12]);
        self.topics.retain(|_, numbers| *numbers != [0; 9]);
        self.sides.retain(|_, count| *count != 0);
        self
    }
}

fn places(store: &Store) -> Places {
    let mut statement = store
        .db()
        .prepare(
            "SELECT u.uid, coalesce(k.name_id, ''), coalesce(h.name_id || '/' || t.name_id, iif(n.topic < 0, n.topic || '', '')) FROM note n \
             JOIN note_name u ON u.id = n.id LEFT JOIN deck k ON k.id = n.deck LEFT JOIN topic t ON t.id = n.topic \
             LEFT JOIN deck h ON h.id = t.deck",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((NoteUid(row.get(0)?), (row.get(1)?, row.get(2)?)))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Whether the day after a day is in another month.
fn ends_a_month(day: StudyDay) -> bool {
    day.month() != day.plus(1).month()
}

fn count_event(counts: &mut Counts, (deck, topic): &(String, String), before: &CardState, event: &Event) {
    let day = event.study_day;
    let month = day.month();
    let memory = before.memory.as_ref();
    // What ends here stood at the ends of the months before it.
    if let Some(memory) = memory
        && matches!(event.kind, EventKind::Answered { .. } | EventKind::Reset)
    {
        let mut evening = memory.last;
        while evening < day {
            if ends_a_month(evening) {
                let sums = counts.topics.entry((deck.clone(), topic.clone(), evening.month())).or_default();
                sums[3 + Level::of(Some(memory)).index()] += 1;
                sums[8] += i64::try_from(LastGrade::of(memory).chance_millionths(evening)).unwrap();
            }
            evening = evening.plus(1);
        }
    }
    let of_day = counts.days.entry((day.0, deck.clone())).or_default();
    match &event.kind {
        EventKind::Crammed { .. } => of_day[10] += 1,
        EventKind::Imported { .. } => of_day[11] += 1,
        EventKind::Answered { quality, took } => {
            let took = i64::from(took.0.min(60_000));
            let passed = i64::from(u8::from(*quality) >= 3);
            let repeated = memory.is_some_and(|memory| day <= memory.last);
            let mut recalls = (0, 0);
            of_day[0] += 1;
            of_day[9] += took;
            match memory {
                None => {
                    of_day[1] += 1;
                    let newest = counts.introduced.entry(deck.clone()).or_insert(day.0);
                    *newest = day.0.max(*newest);
                }
                Some(_) if repeated => of_day[4] += 1,
                Some(memory) => {
                    of_day[if day < memory.due { 3 } else { 2 }] += 1;
                    let group = if memory.interval.0 < 21 { 5 } else { 7 };
                    of_day[group] += passed;
                    of_day[group + 1] += 1;
                    recalls = (passed, 1);
                }
            }
            let of_topic = counts.topics.entry((deck.clone(), topic.clone(), month)).or_default();
            for (sum, number) in of_topic.iter_mut().zip([1, recalls.0, recalls.1, took]) {
                *sum += number;
            }
            let (answers, newest) = counts.asked.entry((day.0, event.card)).or_default();
            *answers += 1;
            *newest = event.hlc.0.max(*newest);
            if let Some((kind, expected, given)) = taken_for(&event.detail) {
                *counts.sides.entry((month, deck.clone(), kind.to_owned(), expected, given)).or_default() += 1;
            }
        }
        _ => {}
    }
}

fn taken_for(detail: &Detail) -> Option<(&'static str, String, String)> {
    let words = || Some((detail.expected.clone()?, detail.response.clone()?));
    match detail.asked? {
        Asked::Type => {
            let given = match u8::from(detail.suggested?) {
                0..=2 => "wrong",
                3 => "near",
                _ => "right",
            };
            Some(("typed", String::new(), given.to_owned()))
        }
        Asked::Sort => words().map(|(expected, given)| ("sides", expected, given)),
        Asked::Choose => words().map(|(expected, given)| {
            let pairs = expected.contains(" / ") && given.contains(" / ");
            let kind = match (detail.speakers, pairs) {
                (true, _) => "speakers",
                (false, true) => "pairs",
                (false, false) => "choices",
            };
            (kind, expected, given)
        }),
        Asked::List | Asked::Order => None,
    }
}

/// What the history says.
fn by_hand(store: &Store) -> Counts {
    let places = places(store);
    let mut counts = Counts::default();
    store
        .history(None, |row| {
            if let Happened::Event(event) = &row.what
                && !row.voided
                && let Some(before) = &row.before
            {
                let nowhere = (String::new(), String::new());
                count_event(&mut counts, places.get(&event.card.note).unwrap_or(&nowhere), before, event);
            }
            Ok(())
        })
        .unwrap();
    counts.without_zeros()
}

/// What is kept.
fn kept(store: &Store) -> Counts {
    let mut counts = Counts::default();
    let mut statement = store
        .db()
        .prepare("SELECT s.study_day, coalesce(k.name_id, ''), s.* FROM day_sum s LEFT JOIN deck k ON k.id = s.deck")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let numbers = std::array::from_fn(|index| row.get(index + 4).unwrap());
        counts.days.insert((row.get(0).unwrap(), row.get(1).unwrap()), numbers);
    }
    let mut statement = store
        .db()
        .prepare(
            "SELECT coalesce(k.name_id, ''), coalesce(h.name_id || '/' || t.name_id, iif(s.topic < 0, s.topic || '', '')), s.month, s.* FROM topic_sum s \
             LEFT JOIN deck k ON k.id = s.deck LEFT JOIN topic t ON t.id = s.topic LEFT JOIN deck h ON h.id = t.deck",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let numbers = std::array::from_fn(|index| row.get(index + 6).unwrap());
        counts.topics.insert((row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap()), numbers);
    }
    let mut statement = store
        .db()
        .prepare(
            "SELECT s.month, coalesce(k.name_id, ''), s.kind, s.expected, s.given, s.count FROM side_sum s \
             LEFT JOIN deck k ON k.id = s.deck",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let text = |index: usize| row.get::<_, String>(index).unwrap();
        counts.sides.insert((row.get(0).unwrap(), text(1), text(2), text(3), text(4)), row.get(5).unwrap());
    }
    let mut statement = store
        .db()
        .prepare("SELECT a.study_day, u.uid, a.card & 511, a.answers, a.hlc FROM asked a JOIN note_name u ON u.id = a.card >> 9")
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let card = CardId { note: NoteUid(row.get(1).unwrap()), ordinal: row.get(2).unwrap() };
        counts.asked.insert((row.get(0).unwrap(), card), (row.get(3).unwrap(), row.get(4).unwrap()));
    }
    let mut statement =
        store.db().prepare("SELECT name_id, last_introduced FROM deck WHERE last_introduced IS NOT NULL").unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        counts.introduced.insert(row.get(0).unwrap(), row.get(1).unwrap());
    }
    counts.without_zeros()
}

/// How many cards of each note are new and may be offered: as kept, and as its cards are.
fn fresh(store: &Store) -> (BTreeMap<NoteUid, i64>, BTreeMap<NoteUid, i64>) {
    let mut statement = store
        .db()
        .prepare(
            "SELECT u.uid, n.fresh, coalesce(n.ordinals, '[1]'), n.retired OR n.held_out FROM note n \
             JOIN note_name u ON u.id = n.id",
        )
        .unwrap();
    let (mut kept, mut counted) = (BTreeMap::new(), BTreeMap::new());
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let note = NoteUid(row.get(0).unwrap());
        let ordinals: Vec<u16> = serde_json::from_str(&row.get::<_, String>(2).unwrap()).unwrap();
        let is_new = |ordinal: &&u16| {
            let line = store.card(CardId { note, ordinal: **ordinal }).unwrap().unwrap();
            line.state.memory.is_none() && !line.state.suspended
        };
        let is_out: bool = row.get(3).unwrap();
        let new = if is_out { 0 } else { ordinals.iter().filter(is_new).count() };
        kept.insert(note, row.get(1).unwrap());
        counted.insert(note, i64::try_from(new).unwrap());
    }
    (kept, counted)
}

/// Compares all that is kept with a count by hand.
fn assert_sums(device: &Device) {
    let (mut counted, mut kept) = (by_hand(&device.store), kept(&device.store));
    // Of the cards that were answered only the newest days are kept.
    let today = device.stamp().today;
    let newest = kept.asked.keys().map(|(day, _)| *day).max().unwrap_or(today.0).max(today.0);
    counted.asked.retain(|(day, _), _| *day > newest - 3);
    kept.asked.retain(|(day, _), _| *day > newest - 3);
    // A deck that was erased from the caches has no row to keep a day in.
    counted.introduced.remove("");
    assert_eq!(counted, kept);
    let (kept, counted) = fresh(&device.store);
    assert_eq!(counted, kept);
}

#[test]
fn a_count_by_hand_of_a_small_history() {
    let mut a = Device::new(1);
    a.take_in(&file(&[("a", "one", "1", &[]), ("b", "two", "2", &[])]));
    a.answer(uid("a"), 4);
    a.answer(uid("a"), 2);
    a.now_ms += 40 * DAY_MS;
    a.answer(uid("a"), 5);
    a.happens(uid("b"), EventKind::Crammed { quality: quality(1), took: Millis(1) });
    let counts = by_hand(&a.store);
    let days: Vec<[i64; 12]> = counts.days.values().copied().collect();
    assert_eq!(days, [[2, 1, 0, 0, 1, 0, 0, 0, 0, 4_000, 0, 0], [1, 0, 1, 0, 0, 1, 1, 0, 0, 2_000, 1, 0]]);
    assert_eq!(counts.topics.len(), 2);
    assert_sums(&a);
}

#[test]
fn days_that_stay_are_not_gone_through_when_old_ones_are_dropped() {
    let mut a = Device::new(1);
    a.take_in(&file(&[("a", "one", "1", &[])]));
    let db = a.store.db();
    for day in 1..=6 {
        db.execute(
            "INSERT INTO asked (study_day, card, answers, hlc) WITH RECURSIVE n (card) AS (SELECT 1 UNION ALL \
             SELECT card + 1 FROM n WHERE card < 1000) SELECT ?1, card, 1, 1 FROM n",
            [day],
        )
        .unwrap();
    }
    let mut drop_before = db.prepare(DROP_OLD_DAYS).unwrap();
    let days = || db.query_row("SELECT group_concat(DISTINCT study_day) FROM asked", [], |row| row.get::<_, String>(0));
    assert_eq!((drop_before.execute([2]), days()), (Ok(1000), Ok("2,3,4,5,6".to_owned())));
    assert_eq!((drop_before.execute([9]), days()), (Ok(1000), Ok("3,4,5,6".to_owned())), "the four newest stay");
    drop_before.reset_status(StatementStatus::VmStep);
    assert_eq!(drop_before.execute([9]), Ok(0));
    let steps = drop_before.get_status(StatementStatus::VmStep);
    assert!(steps < 200, "{steps} steps for nothing");
}

mod law {
    use super::*;
    use crate::store::laws::command;
    use crate::store::laws::config;
    use crate::store::laws::cut;
    use crate::store::laws::deliver;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn kept_sums_are_what_a_count_by_hand_gives(
            ours in proptest::collection::vec(command(), 0..30),
            theirs in proptest::collection::vec(command(), 0..30),
            seed in any::<u64>(),
        ) {
            let (mut a, mut b) = two();
            for (device, commands) in [(&mut a, &ours), (&mut b, &theirs)] {
                for command in commands {
                    device.take(command);
                }
                assert_sums(device);
            }
            a.after(&b);
            deliver(&mut a, &cut(&b.log(), 3), seed);
            assert_sums(&a);
        }
    }
}
