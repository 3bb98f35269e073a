//! What a row writes once it is known which note it is: what the file says that its source did not say before.

use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::bulk::Bulk;
use crate::store::bulk::Kept;
use crate::store::bulk::MatchResult;
use crate::store::bulk::NoteRef;
use crate::store::bulk::decks::TargetDeck;
use crate::store::columns::entry_id;
use crate::store::columns::ordinals_column;
use crate::store::facts;
use crate::store::facts::facts_of;
use crate::store::notes::PackedNote;
use crate::store::notes::key_of;
use crate::store::notes::text_of;
use crate::store::shown::NoteRow;
use std::rc::Rc;

/// Notes that both had changed of which the texts are given back.
const MOST_KEPT: usize = 100;

impl Bulk<'_, '_> {
    /// A row's note is there: what the file says of it that its source did not say yet is written.
    pub(super) fn found(
        &mut self,
        (id, uid): (i64, NoteUid),
        deck: &TargetDeck,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        let before = NoteRow::of(&self.writer.tx, id)?;
        if self.is_taken(id) {
            let same = before.is_some_and(|before| before.text_hash == note.text_hash);
            return Ok(if same { MatchResult::Duplicate } else { MatchResult::Contradicts });
        }
        self.claimed.add(id);
        let is_from_here = match self.options.source {
            Some(source) => self.comes_from(id, source)?,
            None => false,
        };
        let Some(before) = before.filter(|before| before.source.is_some() || before.own.is_some()) else {
            // Events or an undo brought the name before any source did: this is the first text.
            if deck.is_builtin {
                self.write_own(id, uid, deck, key.as_deref(), note)?;
            } else {
                self.bring(id, uid, deck, deck.position, key.as_deref(), note)?;
            }
            return Ok(MatchResult::Added);
        };
        if deck.is_builtin {
            let (shown, _) = self.writer.shown(id)?;
            if shown == note.text()? && !before.retired {
                return Ok(MatchResult::Same);
            }
            self.write_own(id, uid, deck, key.as_deref(), note)?;
            return Ok(MatchResult::Changed);
        }
        let position = if self.options.reposition { deck.position } else { before.position };
        let same_key = key.is_none() || key == before.key;
        // Whether the learner moved it shows only in the registers.
        let said = if before.deck == deck.id && !before.retired && before.source.is_some() {
            None
        } else {
            Some(self.writer.source_place(id)?)
        };
        let (same_deck, gone) = match &said {
            None => (true, false),
            Some(Some(place)) => {
                let wanted = self.options.place_in.is_some() && !self.options.retire_missing;
                (place.deck == *deck.name_id || !wanted, place.gone)
            }
            Some(None) => (false, true),
        };
        let same_text = before.text_hash == note.text_hash;
        if is_from_here
            && !self.options.theirs
            && (!same_text || !same_key || gone || position != before.position)
            && let Some(place) = self.place_where_said(id, key.as_deref(), note)?
        {
            if self.options.reposition && place != position {
                self.writer.append_fact(&Fact::Ordered { note: uid, position }, None)?;
            }
            return Ok(if before.retired || before.own.is_some() { MatchResult::Kept } else { MatchResult::Same });
        }
        if same_text && same_key && same_deck && !gone && self.options.edition == 0 {
            if position != before.position {
                self.writer.append_fact(&Fact::Ordered { note: uid, position }, None)?;
            }
            if self.options.theirs {
                let after = self.take_theirs(id, uid)?;
                return Ok(if before.retired {
                    MatchResult::Restored
                } else if after.own == before.own && after.tags == before.tags {
                    MatchResult::Same
                } else {
                    MatchResult::Changed
                });
            }
            let kept = before.retired || (before.own.is_some() && self.options.source.is_some());
            return Ok(if kept { MatchResult::Kept } else { MatchResult::Same });
        }
        let to = match said {
            // Where the file does not say where its cards go, they stay where its source had them.
            Some(Some(place)) if same_deck => Rc::from(place.deck.as_str()),
            _ => Rc::clone(&deck.name_id),
        };
        // A planned deck is made only where the note goes there.
        let number = if to == deck.name_id { deck.id } else { facts::deck_number(&self.writer.tx, &to)?.unwrap_or(0) };
        let target = TargetDeck { id: number, name_id: to, ..deck.clone() };
        let key = key.or_else(|| before.key.clone());
        self.bring(id, uid, &target, position, key.as_deref(), note)?;
        let after = if self.options.theirs {
            self.take_theirs(id, uid)?
        } else {
            NoteRow::of(&self.writer.tx, id)?.unwrap_or_else(|| before.clone())
        };
        Ok(if after.retired {
            MatchResult::Kept
        } else if before.retired {
            if same_text { MatchResult::Restored } else { MatchResult::Changed }
        } else if after.own.is_some() && !same_text {
            if self.kept.len() < MOST_KEPT {
                self.kept.push(Kept { mine: self.writer.shown(id)?.0, theirs: note.text()? });
            }
            MatchResult::Kept
        } else if same_text
            && same_key
            && (after.deck, &after.own, &after.tags) == (before.deck, &before.own, &before.tags)
        {
            MatchResult::Same
        } else {
            MatchResult::Changed
        })
    }

    /// A note that nothing is known of yet.
    pub(super) fn insert(
        &mut self,
        deck: &TargetDeck,
        who: NoteRef,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        if deck.is_builtin {
            let number = self.writer.name_note(who.uid)?;
            self.claimed.add(number);
            return self.write_own(number, who.uid, deck, key.as_deref(), note).map(|()| MatchResult::Added);
        }
        if self.options.edition > 0 {
            // A newer edition may be here from elsewhere: the registers decide.
            let number = self.writer.name_note(who.uid)?;
            return self.bring(number, who.uid, deck, deck.position, key.as_deref(), note).map(|()| MatchResult::Added);
        }
        let deck = &self.settled(deck)?;
        let topic = self.topic_number(deck.id, note)?;
        self.writer.tx.prepare_cached("INSERT INTO note_name (uid) VALUES (?1)")?.execute([who.uid.0])?;
        let number = self.writer.tx.last_insert_rowid();
        let fact = Fact::Brought {
            note: who.uid,
            deck: deck.name_id.to_string(),
            position: deck.position,
            edition: self.options.edition,
        };
        let record = note.record(key.as_deref(), self.writer.salt())?;
        let id = self.writer.append_packed(number, &fact, Some(&record))?;
        // What the registers of a single fact would say, without asking them.
        let row = NoteRow {
            deck: deck.id,
            source: Some(id),
            own: None,
            tags: None,
            key,
            topic,
            position: deck.position,
            prompt_hash: note.prompt_hash,
            text_hash: note.text_hash,
            siblings: note.siblings(&deck.name_id),
            ordinals: ordinals_column(&note.ordinals),
            held_out: note.held_out,
            retired: false,
            made: Some(id),
        };
        self.writer.insert_note(number, &row, note.ordinals.len())?;
        if let Some(source) = self.options.source {
            self.comes_from(number, source)?;
        }
        self.seen.add(deck.id, note.prompt_hash);
        Ok(MatchResult::Added)
    }

    /// Remembers from which followed file a note comes; tells whether that is what was known.
    fn comes_from(&self, note: i64, source: i64) -> Result<bool, Fault> {
        let changed = self
            .writer
            .tx
            .prepare_cached(
                "INSERT INTO note_followed (note, followed) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET followed = ?2 \
                 WHERE followed <> ?2",
            )?
            .execute((note, source))?;
        Ok(changed == 0)
    }

    /// Where this device's sources last put a note, if what they last said of it is what the row says. Other devices may
    /// have brought something else since: to that a file that says what it said has nothing to say.
    fn place_where_said(&mut self, id: i64, key: Option<&str>, note: &PackedNote) -> Result<Option<i64>, Fault> {
        let (context, own) = (self.writer.context()?, self.writer.device);
        let mut facts = facts_of(&self.writer.tx, &context.reader, id)?;
        facts.retain(|row| {
            let here = context.reader.settled(entry_id(own, row.id.sequence));
            context.reader.local(row.id) == Some(here) && !context.voided.has(row.id)
        });
        facts.sort_by_key(|row| (row.hlc, row.id));
        let (mut said, mut place) = (None, 0);
        for row in &facts {
            match row.fact {
                Fact::Brought { position, .. } => (said, place) = (row.words.as_deref(), position),
                Fact::Ordered { position, .. } => place = position,
                Fact::Gone { .. } => said = None,
                _ => {}
            }
        }
        let Some(said) = said else { return Ok(None) };
        let is_it = text_of(said, None)? == note.text()? && (key.is_none() || key_of(said)?.as_deref() == key);
        Ok(is_it.then_some(place))
    }

    /// Writes the learner's own register: what a file of theirs says of a built-in note.
    fn write_own(
        &mut self,
        number: i64,
        uid: NoteUid,
        deck: &TargetDeck,
        key: Option<&str>,
        note: &PackedNote,
    ) -> Result<(), Fault> {
        let is_new = NoteRow::of(&self.writer.tx, number)?.is_none_or(|row| row.source.is_none() && row.own.is_none());
        self.writer.write_own_text(number, uid, key, &note.text()?)?;
        if is_new {
            let position = Some(deck.position);
            self.writer.append_only(&Fact::Placed { note: uid, deck: deck.name_id.to_string(), position }, None)?;
        }
        self.writer.refresh_note(number)
    }

    /// Lets go of the learner's own text, tags and deletion of a note; gives the row as it is then.
    fn take_theirs(&mut self, id: i64, uid: NoteUid) -> Result<NoteRow, Fault> {
        let row = |writer: &Writer<'_>| NoteRow::of(&writer.tx, id)?.ok_or(Fault::NoCard);
        let now = row(self.writer)?;
        if now.own.is_some() || now.tags.is_some() {
            self.writer.clear_own(id, uid)?;
        }
        if row(self.writer)?.retired {
            self.writer.append_fact(&Fact::Revived { note: uid }, None)?;
        }
        row(self.writer)
    }

    fn bring(
        &mut self,
        number: i64,
        uid: NoteUid,
        deck: &TargetDeck,
        position: i64,
        key: Option<&str>,
        note: &PackedNote,
    ) -> Result<(), Fault> {
        let deck = self.settled(deck)?;
        let fact = Fact::Brought { note: uid, deck: deck.name_id.to_string(), position, edition: self.options.edition };
        let record = note.record(key, self.writer.salt())?;
        let id = self.writer.append_packed(number, &fact, Some(&record))?;
        match self.shown_plainly(number, &deck)? {
            Some(before) => {
                let now = NoteRow {
                    source: Some(id),
                    key: key.map(str::to_owned),
                    topic: self.topic_number(deck.id, note)?,
                    position,
                    prompt_hash: note.prompt_hash,
                    text_hash: note.text_hash,
                    siblings: note.siblings(&deck.name_id),
                    ordinals: ordinals_column(&note.ordinals),
                    held_out: note.held_out,
                    ..before
                };
                self.writer.show(number, &now)
            }
            None => self.writer.refresh_note(number),
        }
    }

    /// The row of a note of which nothing is known but texts that files brought into that deck, all of which count: then the
    /// newest one is shown, which is what the registers would say. No entry that is here has a later stamp than the
    /// one that is written now. `None` where there may be more to say.
    fn shown_plainly(&mut self, number: i64, deck: &TargetDeck) -> Result<Option<NoteRow>, Fault> {
        let is_plain = |row: &NoteRow| {
            row.deck == deck.id && !row.retired && row.source.is_some() && row.own.is_none() && row.tags.is_none()
        };
        let Some(before) = NoteRow::of(&self.writer.tx, number)?.filter(is_plain) else { return Ok(None) };
        let context = self.writer.context()?;
        let mut statement =
            self.writer.tx.prepare_cached("SELECT id, kind = 1 AND edition IS NULL FROM fact WHERE subject = ?1")?;
        let mut rows = statement.query([number])?;
        while let Some(row) = rows.next()? {
            if !row.get::<_, bool>(1)? || context.voided.has(context.reader.known(row.get(0)?)?) {
                return Ok(None);
            }
        }
        Ok(Some(before))
    }
}
