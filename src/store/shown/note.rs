//! Keeps the rows of `note` as the facts about them say, and what hangs on them: which cards are offered, and the sums.

use crate::core::card::NoteText;
use crate::core::fact::Fact;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::BROUGHT;
use crate::store::columns::PLACED;
use crate::store::columns::card_number;
use crate::store::columns::ordinals_column;
use crate::store::columns::ordinals_of;
use crate::store::columns::words;
use crate::store::facts::facts_of;
use crate::store::notes::PackedNote;
use crate::store::notes::SOURCE_BESIDE_OWN;
use crate::store::notes::following;
use crate::store::notes::key_of;
use crate::store::notes::shown_text;
use crate::store::notes::text_of;
use crate::store::shown::NO_DECK;
use crate::store::shown::note_row::NoteRow;
use crate::store::shown::note_row::note_row;

/// What the source register says of a note's place.
pub(in crate::store) struct SourcePlace {
    pub(in crate::store) deck: String,
    pub(in crate::store) position: i64,
    /// Whether the source no longer has the note.
    pub(in crate::store) gone: bool,
}

impl Writer<'_> {
    /// Makes again what is shown of a note, from the facts about it, and what hangs on that: its cards, and where they are
    /// counted.
    pub(in crate::store) fn refresh_note(&mut self, note: i64) -> Result<(), Fault> {
        if self.show_plain(note)? {
            return Ok(());
        }
        let context = self.context()?;
        let answered = self.is_answered(note)?;
        let now = {
            let mut topic = |home: &str, name: &str| -> Result<i64, Fault> {
                let deck = crate::store::facts::deck_number(&self.tx, home)?.unwrap_or(NO_DECK);
                self.topic_number(deck, name)
            };
            note_row(&self.tx, &context, note, answered, &mut topic)?
        };
        if now.is_nameless() && !self.has_events(note)? {
            self.tx.prepare_cached("DELETE FROM note WHERE id = ?1")?.execute([note])?;
        } else {
            self.show(note, &now)?;
        }
        // Whether a deck was ever filled is told by every fact that put the note there, not only by the one that wins.
        let put_into: Vec<i64> = {
            let mut statement = self.tx.prepare_cached(&format!(
                "SELECT DISTINCT arg FROM fact WHERE subject = ?1 AND kind IN ({BROUGHT}, {PLACED})"
            ))?;
            statement.query_map([note], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        put_into.into_iter().for_each(|deck| self.list_deck(deck));
        // Its uid may be another name of a note as well, as long as it has no text of its own.
        let is_alias: bool = self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM fact WHERE subject = ?1 AND kind = 12)")?
            .query_row([note], |row| row.get(0))?;
        if is_alias { self.refresh_alias(note) } else { Ok(()) }
    }

    /// Shows a note that has no row yet and of which nothing is known but a text that a source brought and that counts, which is
    /// what registers would say of it. False where there is more to say.
    fn show_plain(&mut self, note: i64) -> Result<bool, Fault> {
        let context = self.context()?;
        let brought: Option<(i64, i64, i64, String)> = {
            let mut statement = self.tx.prepare_cached(
                "SELECT f.id, f.kind = 1 AND f.edition IS NULL AND x.body IS NOT NULL, f.arg, f.position, x.body FROM fact f \
                 LEFT JOIN text x ON x.id = f.id \
                 WHERE f.subject = ?1 AND NOT EXISTS (SELECT 1 FROM note WHERE id = ?1) LIMIT 2",
            )?;
            let mut rows = statement.query([note])?;
            let first = match rows.next()? {
                Some(row) if row.get(1)? => {
                    let body = words(row, 4)?.unwrap_or_default().to_owned();
                    Some((row.get(0)?, row.get(2)?, row.get(3)?, body))
                }
                _ => None,
            };
            if rows.next()?.is_some() { None } else { first }
        };
        let Some((id, deck, position, body)) = brought else { return Ok(false) };
        if context.voided.has(context.reader.known(id)?) {
            return Ok(false);
        }
        let Ok(text) = text_of(&body, None) else { return Ok(false) };
        let packed = PackedNote::of(&text)?;
        let topic = match &packed.topic {
            Some(topic) => Some(self.topic_number(deck, topic)?),
            None => packed.tag,
        };
        let row = NoteRow {
            deck,
            source: Some(id),
            own: None,
            tags: None,
            key: key_of(&body)?,
            topic,
            position,
            prompt_hash: packed.prompt_hash,
            text_hash: packed.text_hash,
            siblings: packed.siblings(&crate::store::facts::deck_id(&self.tx, deck)?),
            ordinals: ordinals_column(&packed.ordinals),
            held_out: packed.held_out,
            retired: false,
            made: Some(id),
        };
        self.insert_note(note, &row, packed.ordinals.len())?;
        self.list_deck(deck);
        self.tx
            .prepare_cached("UPDATE deck SET last_position = ?2 WHERE id = ?1 AND last_position < ?2")?
            .execute((deck, position))?;
        Ok(true)
    }

    /// Inserts a row of `note` that was not there.
    pub(in crate::store) fn insert_note(&self, number: i64, row: &NoteRow, cards: usize) -> Result<(), Fault> {
        let fresh = if row.is_askable() { i64::try_from(cards).unwrap_or(0) } else { 0 };
        self.tx
            .prepare_cached(
                "INSERT INTO note (id, deck, source, own, tags, key, topic, position, prompt_hash, text_hash, siblings, ordinals, \
                 fresh, held_out, retired, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?
            .execute(rusqlite::params![
                number,
                row.deck,
                row.source,
                row.own,
                row.tags,
                row.key,
                row.topic,
                row.position,
                row.prompt_hash,
                row.text_hash,
                row.siblings,
                row.ordinals,
                fresh,
                row.held_out,
                row.retired,
                row.made,
            ])?;
        Ok(())
    }

    /// Shows a note as `now` says.
    pub(in crate::store) fn show(&mut self, note: i64, now: &NoteRow) -> Result<(), Fault> {
        let before = NoteRow::of(&self.tx, note)?;
        self.show_instead(note, before.as_ref(), now)
    }

    /// The same where its row is known.
    pub(in crate::store) fn show_instead(
        &mut self,
        note: i64,
        before: Option<&NoteRow>,
        now: &NoteRow,
    ) -> Result<(), Fault> {
        let context = self.context()?;
        if before == Some(now) {
            return Ok(());
        }
        let moves = before.is_some_and(|before| before.deck != now.deck || before.topic != now.topic);
        let cards = if moves { self.counted_cards(note)? } else { Vec::new() };
        if moves {
            for card in &cards {
                if let Some(row) = CardRow::of_number(&self.tx, &context.reader, *card)? {
                    self.move_sums(&row, &context.voided, -1)?;
                }
            }
        }
        self.tx
            .prepare_cached(
                "INSERT INTO note (id, deck, source, own, tags, key, topic, position, prompt_hash, text_hash, siblings, ordinals, \
                 fresh, held_out, retired, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, ?13, ?14, ?15) \
                 ON CONFLICT (id) DO UPDATE SET deck = excluded.deck, source = excluded.source, own = excluded.own, \
                 tags = excluded.tags, key = excluded.key, topic = excluded.topic, position = excluded.position, \
                 prompt_hash = excluded.prompt_hash, text_hash = excluded.text_hash, siblings = excluded.siblings, \
                 ordinals = excluded.ordinals, held_out = excluded.held_out, retired = excluded.retired, made = excluded.made",
            )?
            .execute(rusqlite::params![
                note,
                now.deck,
                now.source,
                now.own,
                now.tags,
                now.key,
                now.topic,
                now.position,
                now.prompt_hash,
                now.text_hash,
                now.siblings,
                now.ordinals,
                now.held_out,
                now.retired,
                now.made,
            ])?;
        if moves {
            for card in &cards {
                if let Some(row) = CardRow::of_number(&self.tx, &context.reader, *card)? {
                    self.move_sums(&row, &context.voided, 1)?;
                }
            }
        }
        self.offer(note, now)?;
        for deck in before.into_iter().map(|before| before.deck).chain([now.deck]) {
            self.list_deck(deck);
        }
        self.tx
            .prepare_cached("UPDATE deck SET last_position = ?2 WHERE id = ?1 AND last_position < ?2")?
            .execute((now.deck, now.position))?;
        Ok(())
    }

    /// The text of a note as it is shown, with its key.
    pub(in crate::store) fn shown(&self, note: i64) -> Result<(NoteText, Option<String>), Fault> {
        let mut statement = self.tx.prepare_cached(&format!(
            "SELECT x.body, n.tags, n.key, {SOURCE_BESIDE_OWN} FROM note n LEFT JOIN text x ON x.id = coalesce(n.own, n.source) \
             WHERE n.id = ?1"
        ))?;
        let mut rows = statement.query([note])?;
        let row = rows.next()?.ok_or(Fault::NoCard)?;
        let tags: Option<String> = row.get(1)?;
        Ok((following(shown_text(words(row, 0)?, tags.as_deref()), words(row, 3)?), row.get(2)?))
    }

    /// What the source register says of a note's place; `None` where no source brought it, or none that counts.
    pub(in crate::store) fn source_place(&mut self, note: i64) -> Result<Option<SourcePlace>, Fault> {
        let context = self.context()?;
        let facts = facts_of(&self.tx, &context.reader, note)?;
        let said: Vec<_> = facts
            .iter()
            .filter(|row| matches!(row.fact, Fact::Brought { .. } | Fact::Gone { .. } | Fact::Ordered { .. }))
            .map(|row| row.said(&context.voided))
            .filter(|said| said.counts)
            .collect();
        let shown = crate::core::registers::note(&said, false, &|_| 0);
        Ok(match (shown.source, shown.home) {
            (Some(_), Some(deck)) => Some(SourcePlace { deck, position: shown.position, gone: !shown.living }),
            _ => None,
        })
    }

    fn has_events(&self, note: i64) -> Result<bool, Fault> {
        Ok(self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE card BETWEEN ?1 AND ?2)")?
            .query_row((card_number(note, 0), card_number(note, crate::store::columns::MOST_ORDINAL)), |row| {
                row.get(0)
            })?)
    }

    /// Whether an answer to a card of the note counts.
    pub(in crate::store) fn is_answered(&self, note: i64) -> Result<bool, Fault> {
        Ok(self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM card_state WHERE card BETWEEN ?1 AND ?2 AND answers > 0)")?
            .query_row((card_number(note, 0), card_number(note, crate::store::columns::MOST_ORDINAL)), |row| {
                row.get(0)
            })?)
    }

    /// The cards of a note that something may be counted of. Answers of another program leave no state.
    fn counted_cards(&self, note: i64) -> Result<Vec<i64>, Fault> {
        let mut statement =
            self.tx.prepare_cached("SELECT DISTINCT card FROM event WHERE card BETWEEN ?1 AND ?2 ORDER BY card")?;
        let rows = statement
            .query_map((card_number(note, 0), card_number(note, crate::store::columns::MOST_ORDINAL)), |row| {
                row.get(0)
            })?;
        let mut cards: Vec<i64> = rows.collect::<Result<_, _>>()?;
        cards.retain(|card| !self.uncounted.contains(card));
        Ok(cards)
    }

    /// Brings up to date which cards of a note are offered, and how many are new.
    fn offer(&self, note: i64, row: &NoteRow) -> Result<(), Fault> {
        let ordinals = ordinals_of(row.ordinals.as_deref())?;
        let mut fresh = if row.is_askable() { i64::try_from(ordinals.len()).unwrap_or(0) } else { 0 };
        let states: Vec<(i64, bool, bool)> = {
            let mut statement = self.tx.prepare_cached(
                "SELECT card, repetitions IS NULL, suspended FROM card_state WHERE card BETWEEN ?1 AND ?2",
            )?;
            let rows = statement
                .query_map((card_number(note, 0), card_number(note, crate::store::columns::MOST_ORDINAL)), |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?;
            rows.collect::<Result<_, _>>()?
        };
        for (card, is_new, suspended) in states {
            let asked = row.is_askable() && ordinals.contains(&crate::store::columns::card_parts(card).1);
            if asked && (!is_new || suspended) {
                fresh -= 1;
            }
            self.tx
                .prepare_cached("UPDATE card_state SET offered = ?2, deck = ?3, topic = ?4 WHERE card = ?1")?
                .execute((card, asked && !suspended, row.deck, row.topic.unwrap_or(0)))?;
        }
        self.tx.prepare_cached("UPDATE note SET fresh = ?2 WHERE id = ?1 AND fresh <> ?2")?.execute((note, fresh))?;
        Ok(())
    }
}
