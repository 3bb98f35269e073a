use super::*;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Asked;
use crate::core::event::Detail;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::mastery::TopicMastery;
use crate::core::scheduler::Scheduler;
use crate::core::scheduler::splitmix64;
use crate::core::settings::Settings;
use crate::core::units::Millis;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::Writer;
use crate::store::query_plan_tests::open;
use crate::store::query_plan_tests::stamp;
use crate::store::totals::scan::Scanned;
use crate::store::totals::scan::sums_by_days;

/// 2026-01-01, the first day of the made-up history.
const BEGIN: i32 = 20_454;
const DAYS: i32 = 130;
/// Notes of each deck.
const NOTES: u64 = 12;
const DECKS: [&str; 3] = ["topics", "tags", "bare"];

fn chance(seed: u64, below: u64) -> u64 {
    splitmix64(seed) % below
}

fn uid(deck: &str, number: u64) -> NoteUid {
    NoteUid::of_key(deck, &format!("k{number}"))
}

/// Notes of a deck with topics, of one with tags (every third note has none), and of one with neither; every fifth note
/// makes two cards.
fn fill(store: &mut Store) {
    let options = BulkOptions::new(DeckOrigin::File);
    let work = |writer: &mut Writer<'_>| {
        let mut bulk = Bulk::new(writer, options)?;
        for deck in DECKS {
            for number in 0..NOTES {
                let more = match (deck, number % 3) {
                    ("topics", rest) => format!(r#","topic":"t{rest}""#),
                    ("tags", rest @ 1..) => format!(r#","tags":["tag{rest}","other"]"#),
                    _ => String::new(),
                };
                let kind = if number % 5 == 4 { "reversed" } else { "basic" };
                let text = format!(
                    r#"{{"kind":"{kind}","fields":{{"front":"{deck} {number}?","back":"a \"tags\":[\"no\"] {number}"}}{more}}}"#
                );
                let note = PackedNote::of(&crate::store::notes::text_of(&text, None)?)?;
                bulk.note(deck, NoteRef { uid: uid(deck, number), named: true }, Some(format!("k{number}")), &note)?;
            }
        }
        bulk.finish().map(drop)
    };
    store.write(stamp(BEGIN), ActionKind::Import, Subject::None, work).unwrap();
}

fn append(store: &mut Store, day: i32, draft: &Draft) -> ActionId {
    let work = |writer: &mut Writer<'_>| writer.append(draft, &Scheduler::default());
    let kind = ActionKind::of_lone(&draft.kind);
    store.write(stamp(day), kind, Subject::Card(draft.card), work).unwrap().1.unwrap()
}

fn answered(card: CardId, prev: Option<EventId>, step: u64, kind: u64) -> Draft {
    let quality = Quality::try_from(u8::try_from(1 + chance(step + 50_000, 5)).unwrap()).unwrap();
    let words = |word: u64| Some(format!("side {}", chance(step + word, 2)));
    let detail = match kind {
        4..8 => {
            Detail { asked: Some(Asked::Sort), response: words(60_000), expected: words(70_000), ..Detail::default() }
        }
        8..12 => Detail { asked: Some(Asked::Type), suggested: Some(quality), ..Detail::default() },
        _ => Detail::default(),
    };
    let took = Millis(1000 + u32::try_from(chance(step + 80_000, 90_000)).unwrap());
    Draft { detail, ..Draft::new(card, EventKind::Answered { quality, took }, prev) }
}

/// Months of answers, with all that makes a history hard to sum up: repeats, resets, due days set by hand, answers
/// and other things undone long after.
fn live(store: &mut Store) {
    let mut actions: Vec<ActionId> = Vec::new();
    for step in 0..u64::try_from(DAYS * 9).unwrap() {
        let day = BEGIN + i32::try_from(step / 9).unwrap();
        let deck = DECKS[usize::try_from(chance(step, 3)).unwrap()];
        let number = chance(step + 10_000, NOTES);
        let ordinal = if number % 5 == 4 && chance(step + 20_000, 2) == 0 { 2 } else { 1 };
        let card = CardId { note: uid(deck, number), ordinal };
        let Some(loaded) = store.load(card).unwrap() else { continue };
        let (prev, today) = (loaded.state.last_event, StudyDay(day));
        let draft = match chance(step + 30_000, 25) {
            // Only some cards, so that the others show what days alone can tell.
            kind @ 0..3 if !number.is_multiple_of(4) => answered(card, prev, step, kind + 3),
            0 => Draft::new(card, EventKind::Reset, prev),
            1 => Draft::new(card, EventKind::Restarted, prev),
            2 => {
                let Some(memory) = loaded.state.memory else { continue };
                let memory = Some(crate::core::state::Memory { due: today.plus(3), ..memory });
                Draft { memory, ..Draft::new(card, EventKind::Rescheduled, prev) }
            }
            3 if !actions.is_empty() => {
                let length = u64::try_from(actions.len()).unwrap();
                let undone = actions.swap_remove(usize::try_from(chance(step + 40_000, length)).unwrap());
                store.write(stamp(day), ActionKind::Undo, Subject::None, |writer| writer.undo(undone)).unwrap();
                continue;
            }
            kind => answered(card, prev, step, kind),
        };
        actions.push(append(store, day, &draft));
    }
}

fn lived() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("lmq.db"));
    store.db().pragma_update(None, "synchronous", "off").unwrap();
    fill(&mut store);
    live(&mut store);
    (folder, store)
}

fn totals(store: &Store, since: i32) -> Totals {
    let rules = Settings::default().rules([]);
    store.totals(&DeckSet::All, StudyDay(BEGIN + DAYS), Some(StudyDay(since)), None, &rules).unwrap()
}

/// What a scan finds that is told to ask the log, about these decks and this period.
fn scanned(store: &Store, decks: &DeckSet, then: StudyDay, period: Period) -> Scanned {
    let rules = Settings::default().rules([]);
    let today = StudyDay(BEGIN + DAYS);
    let all = store.deck_names().unwrap().into_iter().map(|(number, _, _)| number).collect();
    let wanted = Wanted {
        decks,
        judge: Judge { today, asked_from: today, rules: &rules },
        then,
        then_by_log: true,
        sums_by_log: Some((&all, period)),
    };
    store.scanned(&wanted).unwrap()
}

fn sums_of_the_log(store: &Store, decks: &DeckSet, period: Period) -> (BySeat, BySide) {
    let pass = LogPass::new(store.db()).unwrap();
    let sides = store.sides_from_the_log(&pass, period, |deck, _| decks.has(deck)).unwrap();
    (scanned(store, decks, period.0, period).topics, sides)
}

/// The standings at the end of a day by the log alone.
fn then_by_the_log(store: &Store, day: StudyDay) -> Vec<TopicMastery> {
    let mut groups = scanned(store, &DeckSet::All, day, (day, day)).groups;
    add_new(store.db(), &DeckSet::All, &mut groups).unwrap();
    let then = store.standings_then(&groups, Remembered::Log, &[], day).unwrap();
    groups.titled(&then, store, &Recalled::new()).unwrap()
}

#[test]
fn kept_sums_are_those_of_the_log() {
    let (_folder, store) = lived();
    for (since, until) in [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-04-30"), ("2026-04-01", "2026-05-31")] {
        let [since, until] = [since, until].map(|day| StudyDay::from_date(day.parse().unwrap()));
        let (topics, sides) = sums_of_the_log(&store, &DeckSet::All, (since, until));
        let mut kept = store.topic_sums(&DeckSet::All, since.month(), until.month()).unwrap();
        kept.retain(|_, sums| *sums != Sums::default());
        assert_eq!(topics, kept);
        let mut kept = store.side_sums(&DeckSet::All, since.month(), until.month()).unwrap();
        kept.retain(|_, count| *count > 0);
        assert_eq!(sides, kept);
        assert!(topics.values().map(|sums| sums.recalls.all).sum::<u64>() > 100 && sides.len() > 5, "{topics:?}");
    }
}

#[test]
fn one_deck_after_the_other_adds_up_to_all_of_them() {
    let (_folder, store) = lived();
    let period = (StudyDay(BEGIN + 20), StudyDay(BEGIN + 100));
    let all = sums_of_the_log(&store, &DeckSet::All, period);
    let (mut together, mut by_day) = ((BySeat::new(), BySide::new()), 0);
    for name in DECKS {
        let number = store.db().query_row("SELECT id FROM deck WHERE name_id = ?1", [name], |row| row.get(0)).unwrap();
        let decks = DeckSet::Some([number].into());
        let (topics, sides) = sums_of_the_log(&store, &decks, period);
        assert!(!topics.is_empty(), "{name}");
        let (kept, of_log) = store.sums_by_day(&decks, period).unwrap();
        if of_log.is_empty() {
            assert_eq!(kept, topics, "{name}");
            by_day += 1;
        } else {
            assert!(kept.is_empty(), "{name}");
        }
        together.0.extend(topics);
        for (key, count) in sides {
            *together.1.entry(key).or_default() += count;
        }
    }
    assert_eq!((together, by_day), (all, 2));
}

#[test]
fn how_topics_stood_at_the_end_of_a_month_is_the_same_from_sums_and_from_the_log() {
    let (_folder, mut store) = lived();
    // Notes that are no longer asked are in the sums, and in no group.
    let gone = [("bare", 1), ("bare", 2), ("topics", 4)].map(|(deck, number)| uid(deck, number));
    let work = |writer: &mut Writer<'_>| gone.iter().try_for_each(|note| writer.delete(*note));
    store.write(stamp(BEGIN + DAYS), ActionKind::Delete, Subject::None, work).unwrap();
    for month in ["2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"] {
        let since = StudyDay::from_date(month.parse().unwrap());
        let (day, then) = totals(&store, since.0).mastery_then.unwrap();
        assert_eq!(day, since.plus(-1));
        let by_log = then_by_the_log(&store, day);
        let reached = |topics: &[TopicMastery]| -> Vec<_> {
            topics.iter().map(|topic| (topic.id.clone(), topic.cards)).collect()
        };
        assert_eq!(reached(&then), reached(&by_log), "{month}");
        let known: u64 = then.iter().map(|topic| topic.cards[1..].iter().sum::<u64>()).sum();
        assert!(known > 10, "{then:?}");
    }
}

#[test]
fn cards_are_counted_by_topic_else_by_first_tag_else_by_deck() {
    let (_folder, mut store) = lived();
    let of = |store: &Store| -> Vec<_> {
        let topics = totals(store, BEGIN).mastery;
        topics.iter().map(|topic| (topic.id.clone(), topic.all())).collect()
    };
    let ids = |counts: &[(&str, u64)]| -> Vec<_> { counts.iter().map(|(id, all)| ((*id).to_owned(), *all)).collect() };
    let mut counts = [
        ("topics/t0", 5),
        ("topics/t1", 5),
        ("topics/t2", 4),
        ("tags", 5),
        ("tags#tag1", 5),
        ("tags#tag2", 4),
        ("bare", 14),
    ];
    let sorted = |mut counts: Vec<(String, u64)>| {
        counts.sort();
        counts
    };
    assert_eq!(sorted(of(&store)), sorted(ids(&counts)));
    // Tags that the learner took away or gave take the place of those in the text.
    let work = |writer: &mut Writer<'_>| {
        writer.retag(uid("tags", 1), "tag1", false)?;
        writer.retag(uid("tags", 0), "tag2", true)
    };
    store.write(stamp(BEGIN + DAYS), ActionKind::Tag, Subject::None, work).unwrap();
    counts[3].1 -= 1;
    counts[4].1 -= 1;
    counts[5].1 += 1;
    let mut now = ids(&counts);
    now.push(("tags#other".to_owned(), 1));
    assert_eq!(sorted(of(&store)), sorted(now));
}

#[test]
fn answers_of_two_devices_count_in_the_order_of_their_stamps() {
    let (_folder, store) = lived();
    // Another device's answers to the same cards, as a union brings them: in the table they lie after all of ours.
    let db = store.db();
    db.execute("INSERT INTO device (id, uuid, name, created_at_ms) VALUES (2, ?1, 'there', 0)", [[0_u8; 16]]).unwrap();
    db.execute(
        "INSERT INTO event SELECT card, (2 << 32) + row_number() OVER (ORDER BY hlc), hlc - 40000000 * (id % 2), kind, \
         study_day - id % 2, quality, took_ms, config, offset_min FROM event WHERE kind IN (1, 4) AND id % 3 > 0",
        [],
    )
    .unwrap();
    let (since, until) = (StudyDay(BEGIN), StudyDay(BEGIN + DAYS));
    let pass = LogPass::new(db).unwrap();
    let mut statement = db.prepare("SELECT card FROM card_state ORDER BY card").unwrap();
    let cards: Vec<i64> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let (mut told, mut both) = (0, 0);
    pass.each_card(
        db,
        &cards,
        |card| *card,
        cards.len(),
        |card, events| {
            let mut folded = Sums::default();
            let state = pass.fold(db, *card, |before, event| {
                let totals = tally::of_event(before, event);
                folded.add(&Sums { answers: totals.answers, recalls: totals.recalls(), time_ms: totals.time_ms });
            })?;
            both += 1;
            if pass.days_suffice(events) {
                told += 1;
                assert_eq!(sums_by_days(events, (since, until)), folded);
            }
            let now = pass.state_at_end_of(db, *card, events, until)?;
            assert_eq!(
                now.memory.map(|memory| (memory.repetitions, memory.interval, memory.last)),
                state.memory.map(|memory| (memory.repetitions, memory.interval, memory.last))
            );
            Ok(())
        },
    )
    .unwrap();
    assert!(told > 20 && both > told + 5, "{told} of {both}");
}
