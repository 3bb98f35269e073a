//! Check-ups: the scenes that are kept for them, and the answers that they got.

use crate::core::card::Form;
use crate::core::checkup::Given;
use crate::core::checkup::change::BASELINE_CARDS;
use crate::core::checkup::is_right;
use crate::core::event::EventKind;
use crate::core::id::CardId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::log::AnswerWords;
use crate::core::study_day::StudyDay;
use crate::core::units::Hlc;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::ANSWERED;
use crate::store::columns::CHECKED;
use crate::store::columns::CRAMMED;
use crate::store::columns::card_number;
use crate::store::columns::card_of;
use crate::store::columns::day_of;
use crate::store::columns::entries_of_device;
use crate::store::columns::kind_of;
use crate::store::columns::ordinals_of;
use crate::store::columns::text;
use crate::store::columns::words;
use crate::store::notes::text_of;
use crate::store::shown::HIDDEN;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// A card that is kept for check-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldOut {
    /// The card.
    pub card: CardId,
    /// Whether the program can judge an answer to it.
    pub can_be_judged: bool,
    /// The form that it belongs to.
    pub form: Option<Form>,
}

impl Store {
    /// The answers of all check-ups that count, in their order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn checked(&self) -> Result<Vec<Given>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(&format!(
                "SELECT e.id, e.card, e.hlc, e.study_day, e.quality, e.took_ms, d.arg, u.uid, n.deck, coalesce(t.title, k.name), \
                 d.form, d.variant \
                 FROM event e INDEXED BY event_checked LEFT JOIN event_detail d ON d.id = e.id \
                 CROSS JOIN note n ON n.id = e.card >> 9 CROSS JOIN note_name u ON u.id = n.id CROSS JOIN deck k ON k.id = n.deck \
                 LEFT JOIN topic t ON t.id = n.topic WHERE e.kind = {CHECKED} ORDER BY e.hlc"
            ))?;
            let mut rows = statement.query([])?;
            let mut answers = Vec::new();
            let mut taken_back = Vec::new();
            let mut ends: BTreeMap<_, BTreeSet<Hlc>> = BTreeMap::new();
            let context = self.context()?;
            while let Some(row) = rows.next()? {
                let Some(entry) = context.reader.entry(row.get(0)?) else { continue };
                let kind = kind_of(CHECKED.into(), row.get(4)?, row.get(5)?, row.get(6)?);
                let Some(EventKind::Checked { quality, took, checkup, last }) = kind else { continue };
                let hlc = Hlc(row.get(2)?);
                if last {
                    ends.entry((entry.device, checkup)).or_default().insert(hlc);
                }
                let into = if context.voided.has(entry) { &mut taken_back } else { &mut answers };
                into.push(Given {
                    entry,
                    number: checkup,
                    hlc,
                    day: day_of(row.get(3)?),
                    card: card_of(row.get(1)?, row.get(7)?),
                    deck: row.get(8)?,
                    topic: row.get(9)?,
                    right: is_right(quality),
                    last,
                    seen: false,
                    form: row.get::<_, Option<u32>>(10)?.and_then(Form::of_code),
                    variant: row.get::<_, Option<u32>>(11)?.and_then(|variant| usize::try_from(variant).ok()).unwrap_or(0),
                    took,
                });
            }
            // At the end of a check-up its right answers are shown, and not before: an answer that was taken back and given
            // again until then was given by somebody who knew as little as at first.
            let mut shown: BTreeMap<CardId, Hlc> = BTreeMap::new();
            for back in &taken_back {
                let ends = ends.get(&(back.entry.device, back.number));
                let Some(end) = ends.and_then(|ends| ends.range(back.hlc..).next().copied()) else { continue };
                shown.entry(back.card).and_modify(|at| *at = end.min(*at)).or_insert(end);
            }
            for answer in &mut answers {
                answer.seen = shown.get(&answer.card).is_some_and(|at| *at < answer.hlc);
            }
            Ok(answers)
        })
    }

    /// The cards that are kept for check-ups, neither retired nor suspended nor erased, of decks that are not hidden.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn held_out(&self) -> Result<Vec<HeldOut>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(&format!(
                "SELECT n.id, u.uid, n.ordinals, n.tags, x.body FROM note n INDEXED BY note_held_out \
                 CROSS JOIN note_name u ON u.id = n.id CROSS JOIN text x ON x.id = coalesce(n.own, n.source) \
                 WHERE n.held_out = 1 AND n.retired = 0 AND x.body IS NOT NULL \
                 AND n.deck NOT IN (SELECT k.id FROM deck k WHERE k.listed = {HIDDEN})"
            ))?;
            let mut suspended = self
                .db()
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM card_state WHERE card = ?1 AND suspended = 1)")?;
            let mut rows = statement.query([])?;
            let mut cards = Vec::new();
            while let Some(row) = rows.next()? {
                let (id, note) = (row.get(0)?, NoteUid(row.get(1)?));
                let Ok(shown) = text_of(words(row, 4)?.unwrap_or_default(), text(row, 3)?) else { continue };
                for ordinal in ordinals_of(text(row, 2)?)? {
                    if suspended.query_row([card_number(id, ordinal)], |row| row.get(0))? {
                        continue;
                    }
                    let can_be_judged = crate::core::checkup::can_be_judged(&shown, ordinal);
                    cards.push(HeldOut { card: CardId { note, ordinal }, can_be_judged, form: shown.form });
                }
            }
            Ok(cards)
        })
    }

    /// The place in the order of all events of the first answer to the tenth card that was ever answered here, in reviews
    /// or in cram mode; `None` where so many were never answered. Answers from another program don't count: they tell
    /// nothing of these cards.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn tenth_card(&self) -> Result<Option<Hlc>, StoreError> {
        self.attempt(|| {
            let db = self.db();
            let context = self.context()?;
            let mut devices = db.prepare_cached("SELECT id FROM device")?;
            let devices: Vec<i64> = devices.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            // A device writes in the order of time, so that each needs to be read only up to its own tenth card.
            let mut next = db.prepare_cached(
                "SELECT e.id, e.card, e.hlc, e.kind FROM event e INDEXED BY event_id WHERE e.id BETWEEN ?1 AND ?2 \
                 ORDER BY e.id LIMIT 1",
            )?;
            // A step of many cards, such as an import, is passed over at once.
            let mut step =
                db.prepare_cached("SELECT id, entries FROM action WHERE id <= ?1 ORDER BY id DESC LIMIT 1")?;
            let mut first: BTreeMap<i64, i64> = BTreeMap::new();
            for device in devices {
                let (mut from, to) = entries_of_device(device);
                let mut here: BTreeSet<i64> = BTreeSet::new();
                while here.len() < BASELINE_CARDS {
                    let found = next.query_row([from, to], |row| {
                        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get::<_, u8>(3)?))
                    });
                    let Some((id, card, hlc, kind)) = found.optional()? else { break };
                    from = id + 1;
                    if ![ANSWERED, CRAMMED].contains(&kind) {
                        let whole = step.query_row([id], |row| Ok(row.get::<_, i64>(0)? + row.get::<_, i64>(1)?));
                        from = from.max(whole.optional()?.unwrap_or(from));
                    } else if context.reader.entry(id).is_some_and(|entry| !context.voided.has(entry)) {
                        here.insert(card);
                        first.entry(card).and_modify(|earlier| *earlier = hlc.min(*earlier)).or_insert(hlc);
                    }
                }
            }
            let mut answered: Vec<i64> = first.into_values().collect();
            answered.sort_unstable();
            Ok(answered.get(BASELINE_CARDS - 1).copied().map(Hlc))
        })
    }

    /// What was answered to a scene; `None` where nothing was, or it was erased.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn response(&self, answer: EventId) -> Result<Option<String>, StoreError> {
        self.attempt(|| {
            let Some(id) = self.context()?.reader.local(answer) else { return Ok(None) };
            let mut statement = self.db().prepare_cached("SELECT body FROM text WHERE id = ?1")?;
            let mut rows = statement.query([id])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let words = words(row, 0)?.and_then(|body| serde_json::from_str::<AnswerWords>(body).ok());
            Ok(words.and_then(|words| words.response))
        })
    }

    /// The study day of the first answer that counts.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn first_answer_day(&self) -> Result<Option<StudyDay>, StoreError> {
        self.attempt(|| {
            let first: Option<i64> = self
                .db()
                .prepare_cached("SELECT study_day FROM day_sum WHERE answers > 0 ORDER BY study_day LIMIT 1")?
                .query_row([], |row| row.get(0))
                .optional()?;
            Ok(first.map(day_of))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cards::fixture::DEVICE;
    use crate::store::cards::fixture::Fixture;
    use crate::store::cards::fixture::Row;
    use crate::store::cards::fixture::card;

    fn checked(fixture: &mut Fixture, card: i64, day: i64, arg: i64) -> i64 {
        let id = fixture.entry();
        fixture.sql(&format!(
            "INSERT INTO event (card, id, hlc, kind, study_day, quality, took_ms, offset_min) \
             VALUES ({card}, {id}, {day} * 86400000, {CHECKED}, {day}, 4, 9, 0); \
             INSERT INTO event_detail (id, arg) VALUES ({id}, {arg});"
        ));
        id
    }

    #[test]
    fn scenes_that_may_be_asked_are_found_and_so_are_the_answers_that_count() {
        let mut fixture = Fixture::new();
        let deck = fixture.deck("a");
        let row = |uid: u8| Row { deck, uid, held_out: true, ..Row::default() };
        let first = fixture.note(&row(1));
        let second = fixture.note(&Row { ordinals: Some("[1,2]"), topic: Some(1), ..row(2) });
        fixture.note(&Row { retired: true, ..row(3) });
        fixture.note(&Row { erased: true, ..row(4) });
        fixture.note(&Row { held_out: false, ..row(5) });
        fixture.sql(&format!("INSERT INTO topic (deck, name_id, title) VALUES ({deck}, 't', 'Topic')"));
        fixture.state(card_number(second, 2));
        fixture.sql("UPDATE card_state SET suspended = 1");
        let found: Vec<CardId> = fixture.store.held_out().unwrap().into_iter().map(|scene| scene.card).collect();
        assert_eq!(found, [card(1, 1), card(2, 1)]);
        let begun = i64::try_from(fixture.newest).unwrap() + 1;
        checked(&mut fixture, card_number(second, 1), 50, begun * 2);
        let undone = checked(&mut fixture, card_number(first, 1), 51, begun * 2);
        checked(&mut fixture, card_number(first, 1), 52, begun * 2 + 1);
        let undo = fixture.entry();
        fixture.sql(&format!(
            "INSERT INTO fact (id, subject, kind, arg) VALUES ({undo}, 0, 17, {undone}); \
             INSERT INTO action (id, entries, kind, hlc, offset_min, study_day) VALUES ({undo}, 1, 20, 99999999999, 0, 53);"
        ));
        let answers = fixture.store.checked().unwrap();
        let told: Vec<_> = answers.iter().map(|one| (one.card, one.day.0, one.topic.as_str(), one.last)).collect();
        assert_eq!(told, [(card(2, 1), 50, "Topic", false), (card(1, 1), 52, "Deck a", true)]);
        assert!(
            answers.iter().all(|one| one.entry.device == DEVICE && i64::try_from(one.number) == Ok(begun) && one.right)
        );
        assert_eq!(fixture.store.first_answer_day().unwrap(), None, "they are no answers");
    }
}
