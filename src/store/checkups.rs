//! Check-ups: the scenes that are kept for them, and the answers that they got.

use crate::core::checkup::Given;
use crate::core::checkup::is_right;
use crate::core::event::EventKind;
use crate::core::id::CardId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::study_day::StudyDay;
use crate::core::units::Hlc;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::CHECKED;
use crate::store::columns::card_number;
use crate::store::columns::card_of;
use crate::store::columns::day_of;
use crate::store::columns::kind_of;
use crate::store::columns::ordinals_of;
use crate::store::columns::text;
use crate::store::columns::words;
use crate::store::notes::text_of;
use rusqlite::OptionalExtension as _;

/// A card that is kept for check-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldOut {
    /// The card.
    pub card: CardId,
    /// Whether the program can judge an answer to it.
    pub can_be_judged: bool,
}

impl Store {
    /// The answers of all check-ups that count, in their order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn checked(&self) -> Result<Vec<Given>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(&format!(
                "SELECT e.id, e.card, e.hlc, e.study_day, e.quality, e.took_ms, d.arg, u.uid, n.deck, coalesce(t.title, k.name) \
                 FROM event e INDEXED BY event_checked LEFT JOIN event_detail d ON d.id = e.id \
                 CROSS JOIN note n ON n.id = e.card >> 9 CROSS JOIN note_name u ON u.id = n.id CROSS JOIN deck k ON k.id = n.deck \
                 LEFT JOIN topic t ON t.id = n.topic WHERE e.kind = {CHECKED} ORDER BY e.hlc"
            ))?;
            let mut rows = statement.query([])?;
            let mut answers = Vec::new();
            let context = self.context()?;
            while let Some(row) = rows.next()? {
                let counts = |entry: &EventId| !context.voided.has(*entry);
                let Some(entry) = context.reader.entry(row.get(0)?).filter(counts) else { continue };
                let kind = kind_of(CHECKED.into(), row.get(4)?, row.get(5)?, row.get(6)?);
                let Some(EventKind::Checked { quality, took, checkup, last }) = kind else { continue };
                answers.push(Given {
                    device: entry.device,
                    number: checkup,
                    hlc: Hlc(row.get(2)?),
                    day: day_of(row.get(3)?),
                    card: card_of(row.get(1)?, row.get(7)?),
                    deck: row.get(8)?,
                    topic: row.get(9)?,
                    right: is_right(quality),
                    last,
                    took,
                });
            }
            Ok(answers)
        })
    }

    /// The cards that are kept for check-ups, neither retired nor suspended nor erased.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn held_out(&self) -> Result<Vec<HeldOut>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT n.id, u.uid, n.ordinals, n.tags, x.body FROM note n INDEXED BY note_held_out \
                 CROSS JOIN note_name u ON u.id = n.id CROSS JOIN text x ON x.id = coalesce(n.own, n.source) \
                 WHERE n.held_out = 1 AND n.retired = 0 AND x.body IS NOT NULL",
            )?;
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
                    cards.push(HeldOut { card: CardId { note, ordinal }, can_be_judged });
                }
            }
            Ok(cards)
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
        assert!(answers.iter().all(|one| one.device == DEVICE && i64::try_from(one.number) == Ok(begun) && one.right));
        assert_eq!(fixture.store.first_answer_day().unwrap(), None, "they are no answers");
    }
}
