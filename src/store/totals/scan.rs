//! One pass over the states of all cards, in two threads, and over as much of the log as they can't tell.
//!
//! States are not kept as sums, though that would make a report independent of the number of cards. What it counts depends on the
//! day, on the settings of decks and on several columns together (the outlook on due day, interval and ease), so sums would have
//! nearly a row a card. And an answer would have to take its card out of them and put it in again elsewhere, in each table.

use crate::core::mastery::Level;
use crate::core::study_day::StudyDay;
use crate::core::tally;
use crate::core::totals::Recalls;
use crate::core::units::Millis;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Store;
use crate::store::columns::card_parts;
use crate::store::columns::ordinals_of;
use crate::store::columns::text;
use crate::store::columns::u32_of;
use crate::store::mastery::Groups;
use crate::store::mastery::Seat;
use crate::store::totals::BySeat;
use crate::store::totals::Period;
use crate::store::totals::Sums;
use crate::store::totals::log_pass::LogPass;
use crate::store::totals::log_pass::Passed;
use crate::store::totals::states::JUDGED;
use crate::store::totals::states::Judge;
use crate::store::totals::states::Judged;
use crate::store::totals::states::States;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// Cards whose events are asked for together.
pub(in crate::store) const CHUNK: usize = 1024;

/// The parts that the cards are cut into. Each thread takes every second one: cards that were never answered lie together.
const PARTS: i64 = 64;

/// What is to be found out.
pub(super) struct Wanted<'w> {
    pub(super) decks: &'w DeckSet,
    pub(super) judge: Judge<'w>,
    /// The day whose evening is compared with now.
    pub(super) then: StudyDay,
    /// Whether the log has to tell how cards stood then.
    pub(super) then_by_log: bool,
    /// Whose answers in which period the log has to tell, by deck.
    pub(super) sums_by_log: Option<(&'w BTreeSet<i64>, Period)>,
}

/// What was found out.
#[derive(Default)]
pub(super) struct Scanned {
    pub(super) states: States,
    /// Without the new cards, of which only notes know.
    pub(super) groups: Groups,
    pub(super) topics: BySeat,
    /// Cards that are no longer asked and may have stood elsewhere then, in the order of their numbers.
    pub(super) others: Vec<i64>,
}

/// A card whose events are wanted.
struct Item {
    card: i64,
    seat: Seat,
    /// Its level now, where the log has to tell what it was then.
    moved: bool,
    summed: bool,
}

impl Scanned {
    fn join(mut self, more: Self) -> Self {
        self.states.join(more.states);
        self.groups.join(more.groups);
        for (seat, sums) in more.topics {
            self.topics.entry(seat).or_default().add(&sums);
        }
        self.others.extend(more.others);
        self.others.sort_unstable();
        self
    }

    /// Counts a card. Gives it back where the log has to be asked about it.
    fn take(&mut self, db: &Connection, row: &Judged, wanted: &Wanted<'_>) -> Result<Option<Item>, Fault> {
        let (card, seat) = (row.card, row.seat);
        self.states.add_known(&row.state);
        let moved = row.may_have_moved(wanted.then);
        let is_asked = row.offered || row.state.suspended && is_askable(db, card)?;
        if is_asked {
            self.states.count(&row.state, seat.deck, row.offered, wanted.judge);
            let level = Level::of(row.state.memory.as_ref());
            // Notes know of the others.
            if level != Level::Unseen || row.state.suspended {
                self.groups.add(seat, card_parts(card).0, level, 1);
            }
            if moved {
                self.groups.moved(seat, level);
            }
        } else if moved {
            self.others.push(card);
        }
        let summed = wanted.sums_by_log.is_some_and(|(decks, (since, _))| {
            decks.contains(&seat.deck) && row.state.memory.as_ref().is_none_or(|memory| memory.last >= since)
        });
        let item = Item { card, seat, moved: moved && is_asked && wanted.then_by_log, summed };
        Ok((item.moved || item.summed).then_some(item))
    }

    /// Asks the log about some cards, of so many.
    fn ask(
        &mut self,
        db: &Connection,
        pass: &LogPass,
        items: &[Item],
        all: usize,
        wanted: &Wanted<'_>,
    ) -> Result<(), Fault> {
        pass.each_card(
            db,
            items,
            |item| item.card,
            all,
            |item, events| {
                if item.moved {
                    let state = pass.state_at_end_of(db, item.card, events, wanted.then)?;
                    self.groups.was(item.seat, Level::of(state.memory.as_ref()));
                }
                if let (true, Some((_, period))) = (item.summed, wanted.sums_by_log) {
                    let sums = sums_in(db, pass, item.card, events, period)?;
                    if sums.answers > 0 {
                        self.topics.entry(item.seat.without_tag()).or_default().add(&sums);
                    }
                }
                Ok(())
            },
        )
    }
}

/// Whether a card may be asked if it is not suspended: only its note knows.
fn is_askable(db: &Connection, card: i64) -> Result<bool, Fault> {
    let (note, ordinal) = card_parts(card);
    let mut statement =
        db.prepare_cached("SELECT ordinals FROM note WHERE id = ?1 AND retired = 0 AND held_out = 0")?;
    let mut rows = statement.query([note])?;
    match rows.next()? {
        Some(row) => Ok(ordinals_of(text(row, 0)?)?.contains(&ordinal)),
        None => Ok(false),
    }
}

/// What the answers of a card add up to on the days from one to another, told by their days alone.
pub(super) fn sums_by_days(events: &[Passed], (since, until): Period) -> Sums {
    let (mut sums, mut last) = (Sums::default(), None);
    for answer in events.iter().filter(|event| event.is_answer()) {
        let is_reviewed = last.is_some_and(|last| answer.day > last);
        last = last.max(Some(answer.day));
        if (since.0..=until.0).contains(&answer.day) {
            let recalls = Recalls { passed: u64::from(answer.passed()), all: 1 };
            let took = Millis(u32_of(answer.took_ms()));
            sums.add(&Sums {
                answers: 1,
                recalls: if is_reviewed { recalls } else { Recalls::default() },
                time_ms: u64::from(took.capped().0),
            });
        }
    }
    sums
}

/// What the answers of a card add up to in a period.
fn sums_in(
    db: &Connection,
    pass: &LogPass,
    card: i64,
    events: &[Passed],
    (since, until): Period,
) -> Result<Sums, Fault> {
    if pass.days_suffice(events) {
        return Ok(sums_by_days(events, (since, until)));
    }
    let mut sums = Sums::default();
    pass.fold(db, card, |before, event| {
        if (since..=until).contains(&event.study_day) {
            let totals = tally::of_event(before, event);
            sums.add(&Sums { answers: totals.answers, recalls: totals.recalls(), time_ms: totals.time_ms });
        }
    })?;
    Ok(sums)
}

/// Scans every second part of the cards, up to the number `last`.
fn scan(db: &Connection, wanted: &Wanted<'_>, last: i64, first_part: i64) -> Result<Scanned, Fault> {
    let mut scanned = Scanned::default();
    let needs_log = wanted.then_by_log || wanted.sums_by_log.is_some();
    let pass = if needs_log { Some(LogPass::new(db)?) } else { None };
    let mut statement =
        db.prepare_cached(&format!("SELECT {JUDGED} FROM card_state WHERE card BETWEEN ?1 AND ?2 ORDER BY card"))?;
    let width = last / PARTS + 1;
    let mut items = Vec::new();
    for part in (first_part..PARTS).step_by(2) {
        let mut all = 0;
        let mut rows = statement.query((part * width, (part + 1) * width - 1))?;
        while let Some(row) = rows.next()? {
            all += 1;
            if !wanted.decks.has(row.get(0)?) {
                continue;
            }
            items.extend(scanned.take(db, &Judged::of(row)?, wanted)?);
            if let (CHUNK.., Some(pass)) = (items.len(), &pass) {
                scanned.ask(db, pass, &items, all, wanted)?;
                items.clear();
                all = 0;
            }
        }
        if let Some(pass) = &pass {
            scanned.ask(db, pass, &items, all, wanted)?;
            items.clear();
        }
    }
    Ok(scanned)
}

impl Store {
    /// Scans all cards.
    pub(super) fn scanned(&self, wanted: &Wanted<'_>) -> Result<Scanned, Fault> {
        let last: i64 = self.db().query_row("SELECT coalesce(max(card), 0) FROM card_state", [], |row| row.get(0))?;
        let (some, others) =
            self.read_once(|| self.in_parallel(|db| scan(db, wanted, last, 1), || scan(self.db(), wanted, last, 0)))?;
        Ok(some.join(others))
    }
}
