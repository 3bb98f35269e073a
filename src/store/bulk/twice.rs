//! Whether the cards of a new deck are in another one already: a file that got another name since it came first, or a copy of it.

use crate::store::Fault;
use crate::store::Writer;

/// So many cards of the new deck are looked for in each other one, and in so many others.
const MOST_TRIED: i64 = 64;
const MOST_DECKS: i64 = 1000;

/// From how many cards on this is no chance.
const FEWEST: u64 = 2;

/// Cards of a new deck that are in another one too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twice {
    /// How many.
    pub cards: u64,
    /// Name of the deck that has them already.
    pub deck: String,
}

impl Writer<'_> {
    /// The other deck that has most of a deck's cards, word for word, where one has at least half of them.
    pub(super) fn twice(&self, deck: i64) -> Result<Option<Twice>, Fault> {
        // The index has them in the order of their hashes, so the first ones are as good as any.
        let tried: Vec<(i64, i64)> = {
            let mut statement = self.tx.prepare_cached(
                "SELECT prompt_hash, text_hash FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0 LIMIT ?2",
            )?;
            let rows = statement.query_map((deck, MOST_TRIED), |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let others: Vec<i64> = {
            let mut statement = self.tx.prepare_cached("SELECT id FROM deck WHERE id <> ?1 ORDER BY id LIMIT ?2")?;
            let rows = statement.query_map((deck, MOST_DECKS), |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        let mut has = self.tx.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM note INDEXED BY note_prompt \
             WHERE deck = ?1 AND prompt_hash = ?2 AND retired = 0 AND text_hash = ?3)",
        )?;
        let mut best: Option<(usize, i64)> = None;
        for other in others {
            let mut found = 0;
            for (place, (prompt, text)) in tried.iter().enumerate() {
                found += usize::from(has.query_row((other, prompt, text), |row| row.get::<_, bool>(0))?);
                // Half of them can't be there any more.
                if (place + 1 - found) * 2 > tried.len() {
                    break;
                }
            }
            if found * 2 >= tried.len() && best.is_none_or(|(most, _)| found > most) {
                best = Some((found, other));
            }
        }
        let Some((_, other)) = best else { return Ok(None) };
        let mut both = self.tx.prepare_cached(
            "SELECT count(*), (SELECT name FROM deck WHERE id = ?2) FROM note a INDEXED BY note_prompt \
             WHERE a.deck = ?1 AND a.retired = 0 AND EXISTS (SELECT 1 FROM note b INDEXED BY note_prompt \
             WHERE b.deck = ?2 AND b.prompt_hash = a.prompt_hash AND b.retired = 0 AND b.text_hash = a.text_hash)",
        )?;
        let twice = both.query_row((deck, other), |row| {
            Ok(Twice { cards: crate::store::columns::u64_of(row.get(0)?), deck: row.get(1)? })
        })?;
        Ok(Some(twice).filter(|twice| twice.cards >= FEWEST))
    }
}
