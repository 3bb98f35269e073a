//! The one pass over notes and cards that makes all of it again and compares: each note's facts give its row, each card's
//! events its state, and all of them the sums.

use crate::core::action::ActionKind;
use crate::core::event::Event;
use crate::core::fact::Fact;
use crate::core::id::MediaHash;
use crate::core::id::NoteUid;
use crate::core::registers;
use crate::core::replay::fold;
use crate::core::state::CardState;
use crate::core::study_day::Rollover;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::store::Context;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::behind::uncached;
use crate::store::card_state::CardRow;
use crate::store::card_state::shuffle_of;
use crate::store::columns::ALIASED;
use crate::store::columns::CHECKED;
use crate::store::columns::STATE_COLUMNS;
use crate::store::columns::card_of;
use crate::store::columns::card_parts;
use crate::store::columns::day_sum_columns;
use crate::store::columns::i64_of;
use crate::store::columns::ordinals_column;
use crate::store::columns::ordinals_of;
use crate::store::columns::topic_sum_columns;
use crate::store::facts::FACT_COLUMNS;
use crate::store::facts::FACT_WIDTH;
use crate::store::facts::fact_of;
use crate::store::facts::facts_of;
use crate::store::facts::topic_number;
use crate::store::log_out::Cursor;
use crate::store::naming::name_of;
use crate::store::naming::name_of_number;
use crate::store::notes::PackedNote;
use crate::store::notes::key_of;
use crate::store::notes::text_of;
use crate::store::review_log::BESIDE_EVENT;
use crate::store::review_log::event_columns;
use crate::store::review_log::whole_state_of;
use crate::store::shown;
use crate::store::shown::NOTE_COLUMNS;
use crate::store::shown::NoteRow;
use crate::store::sums::Sums;
use crate::store::sums::asked_from;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::ops::Range;

/// Entries later than this after now are from a clock that was wrong.
const FUTURE_MS: i64 = 86_400_000;

/// So many of one kind are listed.
const MOST_LISTED: usize = 5;

/// How many rows of each cache differ from what the log says.
#[derive(Default)]
pub(super) struct Differences(pub(super) BTreeMap<&'static str, u64>);

impl Differences {
    fn count(&mut self, table: &'static str, differs: bool) {
        if differs {
            *self.0.entry(table).or_default() += 1;
        }
    }
}

/// Entries that are from the future.
#[derive(Default)]
pub(super) struct Future {
    pub(super) count: u64,
    /// The first few: day, card, device.
    first: Vec<String>,
}

impl Future {
    fn count(&mut self, db: &Connection, note: i64, event: &Event) -> Result<(), Fault> {
        self.count += 1;
        if self.first.len() < MOST_LISTED {
            let device: String = db
                .prepare_cached("SELECT name FROM device WHERE uuid = ?1")?
                .query_row([event.id.device.0], |row| row.get(0))?;
            let card = name_of_number(db, note)?.unwrap_or_else(|| name_of("", None, event.card));
            self.first.push(format!("{} {card} on {device}", event.study_day.iso()));
        }
        Ok(())
    }

    /// Those that are about no card: edits, imports, settings.
    fn count_actions(&mut self, db: &Connection, context: &Context, now: i64) -> Result<(), Fault> {
        let mut statement = db.prepare(
            "SELECT a.id, a.kind, a.study_day, d.name FROM action a JOIN device d ON d.id = a.id >> 32 \
             WHERE min(a.hlc, a.hlc - coalesce(a.ahead, 0)) > ?1 AND EXISTS (SELECT 1 FROM fact WHERE id = a.id) ORDER BY a.id",
        )?;
        let mut rows = statement.query([now])?;
        while let Some(row) = rows.next()? {
            // What was undone is no finding, and neither is its undo.
            let code: u8 = row.get(1)?;
            if code == ActionKind::Undo.code() || context.voided.has(context.reader.known(row.get(0)?)?) {
                continue;
            }
            self.count += 1;
            if self.first.len() < MOST_LISTED {
                let kind = ActionKind::ALL.iter().find(|kind| kind.code() == code).map_or("", |kind| kind.name());
                let (day, device) = (StudyDay(row.get(2)?).iso(), row.get::<_, String>(3)?);
                self.first.push(format!("{day} {kind} on {device}"));
            }
        }
        Ok(())
    }

    pub(super) fn in_words(&self) -> String {
        let more = self.count - u64::try_from(self.first.len()).unwrap_or(self.count);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        format!(
            "{} from the future, since a clock was wrong when they were written: {}{more}",
            counted(self.count, "entry is", "entries are"),
            self.first.join(", ")
        )
    }
}

/// What a pass over everything found.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) differences: Differences,
    pub(super) future: Future,
    pub(super) unreadable: Vec<String>,
    pub(super) media: BTreeSet<MediaHash>,
}

/// The row of a note with one fact, a text that its source brought and that counts: nearly all are like that.
fn plain_row(
    row: &rusqlite::Row<'_>,
    id: i64,
    fact: &Fact,
    body: &str,
    places: &mut Places<'_>,
) -> Result<Option<NoteRow>, Fault> {
    let Fact::Brought { deck, position, edition: 0, .. } = fact else { return Ok(None) };
    let text = text_of(body, None)?;
    let packed = PackedNote::of(&text)?;
    let deck_number: i64 = row.get::<_, Option<i64>>(4)?.unwrap_or(0);
    let topic = match &packed.topic {
        Some(topic) => places.topic(deck_number, topic)?,
        None => packed.tag,
    };
    Ok(Some(NoteRow {
        deck: deck_number,
        source: Some(id),
        own: None,
        tags: None,
        key: key_of(body)?,
        topic,
        position: *position,
        prompt_hash: packed.prompt_hash,
        text_hash: packed.text_hash,
        siblings: packed.siblings(deck),
        ordinals: ordinals_column(&packed.ordinals),
        held_out: packed.held_out,
        retired: false,
        made: Some(id),
    }))
}

/// Numbers of topics, as they are now.
struct Places<'d> {
    db: &'d Connection,
    topics: HashMap<(i64, String), Option<i64>>,
}

impl Places<'_> {
    fn topic(&mut self, deck: i64, name: &str) -> Result<Option<i64>, Fault> {
        if let Some(known) = self.topics.get(&(deck, name.to_owned())) {
            return Ok(*known);
        }
        let found = topic_number(self.db, deck, name)?;
        self.topics.insert((deck, name.to_owned()), found);
        Ok(found)
    }
}

/// Compares all that can be made again with what is kept. Answers that the caches may still lack are left out on both sides:
/// somebody is always about to write them down.
pub(super) fn look(db: &Connection, context: &Context, stamp: Stamp) -> Result<Seen, Fault> {
    let mut pass = Pass {
        db,
        context,
        stamp,
        awaiting: uncached(db)?,
        places: Places { db, topics: HashMap::new() },
        sums: Sums::default(),
        seen: Seen::default(),
    };
    let mut facts = db.prepare(&format!(
        "SELECT f.subject, {FACT_COLUMNS}, x.body FROM fact f INDEXED BY fact_subject \
         LEFT JOIN text x ON x.id = f.id WHERE f.subject > 0 ORDER BY f.subject, f.id"
    ))?;
    let mut facts = Cursor::new(facts.query([])?)?;
    let mut events = db.prepare(&format!(
        "SELECT e.card >> 9, e.card, {} FROM event e {BESIDE_EVENT} ORDER BY e.card, e.id",
        event_columns()
    ))?;
    let mut events = Cursor::new(events.query([])?)?;
    let mut states = db.prepare(&format!(
        "SELECT s.card >> 9, s.card, s.deck, s.topic, s.shuffle, s.offered, {STATE_COLUMNS} FROM card_state s ORDER BY s.card"
    ))?;
    let mut states = Cursor::new(states.query([])?)?;
    let mut notes = db.prepare(&format!("SELECT n.id, n.fresh, {NOTE_COLUMNS} FROM note n ORDER BY n.id"))?;
    let mut notes = Cursor::new(notes.query([])?)?;
    while let Some(note) = [facts.next, events.next, states.next, notes.next].into_iter().flatten().min() {
        let uid = match crate::store::facts::note_uid(db, note) {
            Ok(uid) => uid,
            Err(error) => {
                // A row of a cache about a note that the log doesn't name says nothing of the log.
                if facts.next == Some(note) || events.next == Some(note) {
                    pass.seen.unreadable.push(error.to_string());
                } else {
                    pass.seen.differences.count("note", notes.next == Some(note));
                    pass.seen.differences.count("card_state", states.next == Some(note));
                }
                facts.skip(note)?;
                events.skip(note)?;
                states.skip(note)?;
                notes.skip(note)?;
                continue;
            }
        };
        let plain = pass.plain_row_of(note, &mut facts)?;
        let (cards, has_events) = pass.cards_of(note, uid, &mut events)?;
        let Some(expected) = pass.row_of(note, plain, &cards)? else {
            states.skip(note)?;
            notes.skip(note)?;
            continue;
        };
        let made =
            Made { note, uid, ordinals: ordinals_of(expected.ordinals.as_deref())?, row: expected, cards, has_events };
        let fresh = pass.add_to_sums(&made);
        pass.compare_states(&made, &mut states)?;
        pass.compare_rows(&made, fresh, &mut notes)?;
    }
    let Pass { sums, mut seen, .. } = pass;
    seen.future.count_actions(db, context, stamp.now.unix_ms + FUTURE_MS)?;
    compare_decks(db, context, &sums, &mut seen)?;
    compare_sums(db, stamp, &sums, &mut seen.differences)?;
    Ok(seen)
}

/// A card as its events make it.
struct Card {
    number: i64,
    /// Those that its state and the sums come from, in their order.
    events: Vec<Event>,
    state: CardState,
}

/// A note as the log makes it.
struct Made {
    note: i64,
    uid: NoteUid,
    row: NoteRow,
    ordinals: Vec<u16>,
    /// Its cards that have a state, in the order of their numbers.
    cards: Vec<Card>,
    /// Whether anything happened to a card of it, check-ups too.
    has_events: bool,
}

impl Made {
    /// Whether a card of the note may be asked.
    fn is_askable(&self, card: i64) -> bool {
        self.row.is_askable() && self.ordinals.contains(&card_parts(card).1)
    }
}

/// The pass over everything: what it needs, and what it gathers.
struct Pass<'p> {
    db: &'p Connection,
    context: &'p Context,
    stamp: Stamp,
    /// Answers that the caches may still lack.
    awaiting: Range<i64>,
    places: Places<'p>,
    sums: Sums,
    seen: Seen,
}

impl Pass<'_> {
    /// The row of a note whose one fact tells it; `None` where it takes more.
    fn plain_row_of(&mut self, note: i64, facts: &mut Cursor<'_>) -> Result<Option<NoteRow>, Fault> {
        let mut expected = None;
        let mut several = false;
        while facts.next == Some(note) {
            let row = facts.row()?;
            let id: i64 = row.get(1)?;
            let body = row.get_ref(1 + FACT_WIDTH)?.as_str_or_null();
            let Ok(body) = body else {
                self.seen.unreadable.push("a text is not UTF-8".to_owned());
                facts.step()?;
                several = true;
                continue;
            };
            if let Some(body) = body.filter(|body| body.contains("\"media\":{")) {
                let media = text_of(body, None).map(|text| text.media).unwrap_or_default();
                self.seen.media.extend(media.into_values());
            }
            let reader = &self.context.reader;
            if expected.is_none() && !several && !self.context.voided.has(reader.known(id)?) {
                let fact = fact_of(self.db, reader, row, 1)?;
                expected = match body {
                    Some(body) => plain_row(row, id, &fact, body, &mut self.places).unwrap_or_else(|error| {
                        self.seen.unreadable.push(error.to_string());
                        None
                    }),
                    None => None,
                };
                several = expected.is_none();
            } else {
                several = true;
            }
            facts.step()?;
        }
        Ok(expected.filter(|_| !several))
    }

    /// The cards of a note that have a state, and whether anything happened to any of its cards.
    fn cards_of(&mut self, note: i64, uid: NoteUid, events: &mut Cursor<'_>) -> Result<(Vec<Card>, bool), Fault> {
        let now = self.stamp.now.unix_ms + FUTURE_MS;
        // Whatever time it says beside it: on a later day nobody learned yet.
        let last_day = self.stamp.today.max(StudyDay::of(self.stamp.now, Rollover::DEFAULT)).plus(2);
        let (mut cards, mut has_events): (Vec<Card>, bool) = (Vec::new(), false);
        while events.next == Some(note) {
            let row = events.row()?;
            let number: i64 = row.get(1)?;
            let event = self.context.reader.event(row, 2, card_of(number, uid.0))?;
            // A clock that was wrong made both; what another program dated has one of its own.
            let is_future = event.at.unix_ms.min(event.hlc.0) > now || event.study_day > last_day;
            if is_future && !self.context.voided.has(event.id) {
                self.seen.future.count(self.db, note, &event)?;
            }
            let counts = !self.awaiting.contains(&row.get(2)?);
            has_events |= counts;
            if counts && event.kind.code() != CHECKED {
                match cards.last_mut() {
                    Some(card) if card.number == number => card.events.push(event),
                    _ => cards.push(Card { number, events: vec![event], state: CardState::default() }),
                }
            }
            events.step()?;
        }
        for card in &mut cards {
            card.events.sort_by_key(Event::order);
            card.state = fold(&*card.events, &self.context.voided, &self.context.reader.schedulers, |_, _| {});
        }
        Ok((cards, has_events))
    }

    /// The row of a note; `None` where its texts can't be read.
    fn row_of(&mut self, note: i64, plain: Option<NoteRow>, cards: &[Card]) -> Result<Option<NoteRow>, Fault> {
        if plain.is_some() {
            return Ok(plain);
        }
        let (db, places) = (self.db, &mut self.places);
        let answered = cards.iter().any(|card| card.state.answers > 0);
        let mut topic = |home: &str, name: &str| -> Result<i64, Fault> {
            let deck = crate::store::facts::deck_number(db, home)?.unwrap_or(shown::NO_DECK);
            Ok(places.topic(deck, name)?.unwrap_or(-1))
        };
        let row = shown::note_row(db, self.context, note, answered, &mut topic);
        match row.and_then(|row| row.is_damaged(db).map(|is_damaged| (row, is_damaged))) {
            Ok((row, false)) => Ok(Some(row)),
            unreadable => {
                self.seen.unreadable.extend(unreadable.err().map(|error| error.to_string()));
                Ok(None)
            }
        }
    }

    /// Adds what a note's cards add up to. Gives how many of them were never answered and may be asked.
    fn add_to_sums(&mut self, made: &Made) -> i64 {
        let expected = &made.row;
        let mut fresh = if expected.is_askable() { i64_of(u64::try_from(made.ordinals.len()).unwrap_or(0)) } else { 0 };
        let kept_from = asked_from(self.stamp.today);
        for card in &made.cards {
            let row = CardRow {
                id: card.number,
                card: card_of(card.number, made.uid.0),
                note: made.note,
                deck: expected.deck,
                topic: expected.topic.unwrap_or(0),
                askable: made.is_askable(card.number),
                erased: false,
                state: CardState::default(),
            };
            fold(&card.events, &self.context.voided, &self.context.reader.schedulers, |before, event| {
                self.sums.add(&row, before, event, 1, kept_from);
            });
            if row.askable && !row.is_fresh(&card.state) {
                fresh -= 1;
            }
        }
        fresh
    }

    fn compare_states(&mut self, made: &Made, states: &mut Cursor<'_>) -> Result<(), Fault> {
        let mut computed: BTreeMap<i64, &CardState> =
            made.cards.iter().map(|card| (card.number, &card.state)).collect();
        while states.next == Some(made.note) {
            let row = states.row()?;
            let card: i64 = row.get(1)?;
            let state = whole_state_of(row, 6, &self.context.reader)?;
            let place: (i64, i64, i64, bool) = (row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
            let expected = (
                made.row.deck,
                made.row.topic.unwrap_or(0),
                shuffle_of(card_of(card, made.uid.0)),
                made.is_askable(card) && !state.suspended,
            );
            let is_right = computed.remove(&card).is_some_and(|computed| *computed == state) && place == expected;
            self.seen.differences.count("card_state", !is_right);
            states.step()?;
        }
        for _ in computed.values().filter(|state| ***state != CardState::default()) {
            self.seen.differences.count("card_state", true);
        }
        Ok(())
    }

    fn compare_rows(&mut self, made: &Made, fresh: i64, notes: &mut Cursor<'_>) -> Result<(), Fault> {
        let mut found = made.row.is_nameless() && !made.has_events;
        while notes.next == Some(made.note) {
            let row = notes.row()?;
            let kept = (NoteRow::read(row, 2)?, row.get::<_, i64>(1)?);
            self.seen.differences.count("note", kept != (made.row.clone(), fresh));
            found = true;
            notes.step()?;
        }
        self.seen.differences.count("note", !found);
        Ok(())
    }
}

fn compare_decks(db: &Connection, context: &Context, sums: &Sums, seen: &mut Seen) -> Result<(), Fault> {
    // Days rise, so the newest one with a first answer stays.
    let first_answers = sums.days.iter().filter(|(_, [_, first, ..])| *first > 0);
    let introduced: BTreeMap<i64, i32> = first_answers.map(|((day, deck), _)| (*deck, *day)).collect();
    let mut last_introduced = db.prepare("SELECT last_introduced FROM deck WHERE id = ?1")?;
    let mut statement = db.prepare("SELECT id FROM deck_name ORDER BY id")?;
    let decks: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for deck in decks {
        let expected = shown::deck_row(db, context, deck)?;
        let kept = shown::kept_deck(db, deck)?;
        // A deck that nothing was ever put into needs no row.
        let is_empty = kept.is_none() && expected.listed == shown::NOT_LISTED;
        let day: Option<Option<i32>> = last_introduced.query_row([deck], |row| row.get(0)).optional()?;
        let in_turn = day.flatten() == introduced.get(&deck).copied();
        seen.differences.count("deck", !is_empty && (kept != Some(expected) || !in_turn));
        compare_topics(db, context, deck, &mut seen.differences)?;
    }
    for table in ["deck", "topic"] {
        let deck = if table == "deck" { "id" } else { "deck" };
        let strays: i64 = db.query_row(
            &format!("SELECT count(*) FROM {table} WHERE {deck} NOT IN (SELECT id FROM deck_name)"),
            [],
            |row| row.get(0),
        )?;
        (0..strays).for_each(|_| seen.differences.count(table, true));
    }
    let mut statement = db.prepare(&format!(
        "SELECT subject FROM fact WHERE kind = {ALIASED} UNION SELECT alias FROM alias ORDER BY 1"
    ))?;
    let aliases: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for alias in aliases {
        let kept: Option<i64> = db
            .prepare_cached("SELECT note FROM alias WHERE alias = ?1")?
            .query_row([alias], |row| row.get(0))
            .optional()?;
        let expected = match shown::alias_of(db, context, alias)? {
            Some(uid) => crate::store::facts::note_number(db, uid)?,
            None => None,
        };
        seen.differences.count("alias", kept != expected);
    }
    Ok(())
}

/// A topic that a deck file describes is kept so; one that notes only name, or named once, says nothing but its name.
fn compare_topics(db: &Connection, context: &Context, deck: i64, differences: &mut Differences) -> Result<(), Fault> {
    type Described = (String, Option<String>, Option<String>, Option<u32>);
    let facts = facts_of(db, &context.reader, -deck)?;
    let said: Vec<_> = facts.iter().map(|row| row.said(&context.voided)).collect();
    let mut expected: BTreeMap<String, Described> = registers::deck(&said)
        .topics
        .into_iter()
        .map(|topic| (topic.id, (topic.title, topic.primer, topic.try_line, Some(topic.position))))
        .collect();
    let mut statement =
        db.prepare_cached("SELECT name_id, title, primer, try_line, position FROM topic WHERE deck = ?1")?;
    let mut rows = statement.query([deck])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let kept: Described = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        let expected = expected.remove(&name).unwrap_or((name, None, None, None));
        differences.count("topic", kept != expected);
    }
    expected.values().for_each(|_| differences.count("topic", true));
    Ok(())
}

/// Compares what the events add up to with what is kept. Rows that are all zero say nothing, whether they are there or not.
fn compare_sums(db: &Connection, stamp: Stamp, sums: &Sums, differences: &mut Differences) -> Result<(), Fault> {
    let mut days = sums.days.clone();
    let mut statement = db.prepare(concat!("SELECT ", day_sum_columns!(), " FROM day_sum"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut numbers = [0; 12];
        for (index, number) in numbers.iter_mut().enumerate() {
            *number = row.get(index + 2)?;
        }
        let expected = days.remove(&(row.get(0)?, row.get(1)?)).unwrap_or_default();
        differences.count("day_sum", expected != numbers);
    }
    days.values().for_each(|numbers| differences.count("day_sum", *numbers != [0; 12]));
    let mut topics = sums.topics.clone();
    let mut statement = db.prepare(concat!("SELECT ", topic_sum_columns!(), " FROM topic_sum"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut numbers = [0; 9];
        for (index, number) in numbers.iter_mut().enumerate() {
            *number = row.get(index + 3)?;
        }
        let expected = topics.remove(&(row.get(0)?, row.get(1)?, row.get(2)?)).unwrap_or_default();
        differences.count("topic_sum", expected != numbers);
    }
    topics.values().for_each(|numbers| differences.count("topic_sum", *numbers != [0; 9]));
    let mut sides: BTreeMap<(i32, i64, String, String, String), i64> = sums
        .sides
        .iter()
        .map(|((month, deck, kind, expected, given), count)| {
            ((*month, *deck, (*kind).to_owned(), expected.clone(), given.clone()), *count)
        })
        .collect();
    let mut statement = db.prepare("SELECT month, deck, kind, expected, given, count FROM side_sum")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        differences.count("side_sum", sides.remove(&key).unwrap_or_default() != row.get::<_, i64>(5)?);
    }
    sides.values().for_each(|count| differences.count("side_sum", *count != 0));
    // What was written on a later day than this one has dropped its own older days.
    let newest: Option<i32> = db.query_row("SELECT max(study_day) FROM asked", [], |row| row.get(0))?;
    let kept_from = asked_from(stamp.today)
        .0
        .max(newest.map_or(i32::MIN, |day| asked_from(crate::core::study_day::StudyDay(day)).0));
    let mut asked = sums.asked.clone();
    asked.retain(|(day, _), _| *day >= kept_from);
    let mut statement = db.prepare("SELECT study_day, card, answers, hlc FROM asked WHERE study_day >= ?1")?;
    let mut rows = statement.query([kept_from])?;
    while let Some(row) = rows.next()? {
        let expected = asked.remove(&(row.get(0)?, row.get(1)?));
        differences.count("asked", expected != Some((row.get(2)?, row.get(3)?)));
    }
    asked.values().for_each(|_| differences.count("asked", true));
    Ok(())
}
