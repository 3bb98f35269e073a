//! What a row writes once it is known which note it is: what the file says that its source did not say before.

use crate::core::card::NoteText;
use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use crate::core::three_ways::Way;
use crate::core::three_ways::merged_tags;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::bulk::Kept;
use crate::store::bulk::KeptPart;
use crate::store::bulk::MatchResult;
use crate::store::bulk::NoteRef;
use crate::store::bulk::RowPlace;
use crate::store::bulk::decks::TargetDeck;
use crate::store::columns::entry_id;
use crate::store::columns::ordinals_column;
use crate::store::facts;
use crate::store::facts::facts_of;
use crate::store::naming::name_of_any;
use crate::store::note_edits::bare;
use crate::store::notes::Completed;
use crate::store::notes::PackedNote;
use crate::store::notes::key_of;
use crate::store::notes::text_of;
use crate::store::shown::NoteRow;
use crate::store::shown::SourcePlace;
use crate::store::shown::body_of;
use rusqlite::OptionalExtension as _;
use std::rc::Rc;

/// Notes whose own version stays that are named, and those of which both texts are given back.
const MOST_KEPT: usize = 10_000;
const MOST_KEPT_TEXTS: usize = 100;

/// What a source says of a note, held against what it said last and what the learner made of it.
pub(super) struct Ways {
    pub(super) text: Way,
    pub(super) tags: Way,
    pub(super) place: Way,
    /// It calls the note something else.
    pub(super) key: bool,
    /// It says it for the first time, or again after it had lost the note.
    pub(super) is_back: bool,
    /// No source had the note before, and the learner did.
    pub(super) is_made: bool,
}

/// Which file has the say of a note that a row means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The row's: from now on, where it is a followed one.
    ThisOnes,
    /// The row's, as before.
    OwnBefore,
    /// Another one.
    Anothers,
}

impl Ways {
    pub(super) fn all(&self) -> [Way; 3] {
        [self.text, self.tags, self.place]
    }

    /// Whether the source says nothing that is not shown already.
    pub(super) fn is_nothing(&self) -> bool {
        !self.key && !self.is_back && self.all().iter().all(|way| matches!(way, Way::Unchanged | Way::Agreed))
    }
}

impl Bulk<'_, '_> {
    /// A row's note is there: what the file says of it that its source did not say yet is written.
    pub(super) fn taken_in(
        &mut self,
        (id, uid): (i64, NoteUid),
        deck: &TargetDeck,
        key: Option<String>,
        row: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        let before = NoteRow::of(&self.writer.tx, id)?;
        if self.is_taken(id) {
            let same = before.is_some_and(|before| before.text_hash == row.text_hash) || self.was_said(id, row)?;
            return Ok(if same { MatchResult::Duplicate } else { MatchResult::Contradicts });
        }
        self.claimed.add(id);
        let whose = self.whose(id)?;
        let before = before.filter(|before| before.source.is_some() || before.own.is_some());
        let lies_in = before.as_ref().map(|before| self.builtin_deck_of(before)).transpose()?.flatten();
        let deck = lies_in.as_ref().unwrap_or(deck);
        let Some(before) = before else {
            // Events or an undo brought the name before any source did: this is the first text.
            if deck.is_builtin {
                self.write_own(id, uid, deck, key.as_deref(), row)?;
            } else {
                self.bring(id, uid, deck, deck.position, key.as_deref(), row)?;
            }
            return Ok(MatchResult::Added);
        };
        if deck.is_builtin {
            let placed =
                self.found_builtin((id, uid), (deck, whose == Whose::Anothers), key.as_deref(), row, &before)?;
            return self.or_moved(placed, id, &before);
        }
        let theirs = self.options.theirs;
        let same_key = key.is_none() || key == before.key;
        let wanted = if self.options.reposition { deck.position } else { before.position };
        let is_plain = before.deck == deck.id && !before.retired && before.source.is_some() && same_key;
        let is_plain = is_plain && self.options.edition == 0 && !theirs;
        let says_nothing_new =
            |note: &PackedNote| is_plain && before.text_hash == note.text_hash && wanted == before.position;
        if says_nothing_new(row) {
            return Ok(MatchResult::Same);
        }
        // Nothing of it is the learner's: what the file says is taken, and nobody has to be asked what it said last.
        // A key that the row does not have may be the source's or the learner's.
        let is_sources = is_plain && before.own.is_none() && before.tags.is_none() && key == before.key;
        let takes_it = is_sources && whose == Whose::ThisOnes;
        let is_row_taken = takes_it && row.says_all() && before.text_hash != row.text_hash;
        let last = if is_row_taken { None } else { self.said_last(before.source)? };
        let completed = match &last {
            Some((last, _)) => row.completed(last)?,
            None => Completed::Same,
        };
        let note = match &completed {
            Completed::Same => row,
            Completed::Other(note) => note,
            Completed::Unfit => return Ok(MatchResult::Unfit),
        };
        let same_text = before.text_hash == note.text_hash;
        if says_nothing_new(note) {
            return Ok(MatchResult::Same);
        }
        if whose == Whose::Anothers {
            // Else the two would take turns at every import.
            let is_said = same_text || last.as_ref().is_some_and(|(last, _)| note.text().is_ok_and(|now| now == *last));
            return Ok(if is_said { MatchResult::Same } else { MatchResult::ContradictsFile });
        }
        if takes_it && !same_text {
            self.bring(id, uid, deck, wanted, key.as_deref(), note)?;
            return Ok(MatchResult::Changed);
        }
        let place = self.writer.source_place(id)?;
        // The learner's place in the order stands before the source's, so what is shown says nothing of that.
        let said_position = place.as_ref().map_or(before.position, |place| place.position);
        let position = if self.options.reposition { deck.position } else { said_position };
        if whose == Whose::OwnBefore
            && !theirs
            && let Some(place) = self.place_where_said(id, key.as_deref(), row)?
        {
            if self.options.reposition && place != position {
                self.writer.append_fact(&Fact::Ordered { note: uid, position }, None)?;
            }
            return Ok(if before.retired { MatchResult::StaysDeleted } else { MatchResult::Same });
        }
        let (mine, _) = self.writer.shown(id)?;
        let now = note.text()?;
        let mut ways = self.ways(&before, (last.as_ref(), &now, &mine), place.as_ref(), deck, key.as_deref())?;
        let to = match &place {
            // Where the file does not say where its cards go, they stay where its source had them.
            Some(place) if !ways.place.is_news() => Rc::from(place.deck.as_str()),
            None if !self.says_place() => facts::deck_id(&self.writer.tx, before.deck)?.into(),
            _ => Rc::clone(&deck.name_id),
        };
        // What is shown then without the learner's own is what the source said last, so with `theirs` that has to be this.
        let is_said = !theirs || !ways.all().into_iter().any(Way::is_news);
        if ways.is_nothing() && is_said && self.options.edition == 0 {
            if place.is_some() && position != said_position {
                self.writer.append_fact(&Fact::Ordered { note: uid, position }, None)?;
            }
            if theirs {
                let after = self.take_theirs(id, uid, &to, row)?;
                return Ok(if before.retired {
                    MatchResult::Restored
                } else if (after.deck, &after.own, &after.tags) == (before.deck, &before.own, &before.tags) {
                    MatchResult::Same
                } else {
                    self.or_moved(MatchResult::Changed, id, &before)?
                });
            }
            return Ok(if before.retired { MatchResult::StaysDeleted } else { MatchResult::Same });
        }
        // A planned deck is made only where the note goes there.
        let number = if to == deck.name_id { deck.id } else { facts::deck_number(&self.writer.tx, &to)?.unwrap_or(0) };
        let target = TargetDeck { id: number, name_id: to, ..deck.clone() };
        let key = key.or_else(|| last.as_ref().map_or_else(|| before.key.clone(), |(_, key)| key.clone()));
        self.bring(id, uid, &target, position, key.as_deref(), note)?;
        if let Some(key) = key.filter(|_| ways.key) {
            // A file that has nothing but this key means the same note.
            self.writer.also_called(uid, &key)?;
        }
        let after = if theirs {
            self.take_theirs(id, uid, &target.name_id, row)?
        } else {
            let is_sources = last.as_ref().is_some_and(|(last, _)| bare(last) == bare(&mine));
            if ways.text == Way::Taken && before.own.is_some() && is_sources {
                // The learner's own text was the source's word for word, so it stands for nothing of theirs.
                self.writer.append_fact(&Fact::Cleared { note: uid }, None)?;
            }
            if ways.place == Way::Taken && !before.retired {
                // So was the learner's own place.
                self.place_in(id, uid, &target.name_id)?;
            }
            NoteRow::of(&self.writer.tx, id)?.unwrap_or_else(|| before.clone())
        };
        if ways.tags.is_news() && after.tags.is_some() {
            // What the learner added and took away may be older than what the source said last: the registers know.
            let tags_last = last.as_ref().map_or_else(|| [].as_slice(), |(text, _)| text.tags.as_slice());
            ways.tags = Way::of_tags(tags_last, &now.tags, &mine.tags, &self.writer.shown(id)?.0.tags);
        }
        if !theirs {
            self.keep((id, uid), &deck.name_id, &ways, after.retired, (&mine, &now))?;
        }
        Ok(if after.retired {
            MatchResult::StaysDeleted
        } else if before.retired {
            MatchResult::Restored
        } else if !theirs && ways.all().contains(&Way::Kept) {
            MatchResult::Kept
        } else if same_text
            && same_key
            && (after.deck, &after.own, &after.tags) == (before.deck, &before.own, &before.tags)
        {
            MatchResult::Same
        } else {
            self.or_moved(MatchResult::Changed, id, &before)?
        })
    }

    /// What became of a changed note, where only the deck that it lies in may be another one.
    fn or_moved(&mut self, placed: MatchResult, id: i64, before: &NoteRow) -> Result<MatchResult, Fault> {
        let Some(after) = NoteRow::of(&self.writer.tx, id)?.filter(|_| placed == MatchResult::Changed) else {
            return Ok(placed);
        };
        if after.deck != before.deck {
            // A second row of that prompt may be just this one.
            self.seen.add(after.deck, after.prompt_hash);
        }
        let rest = |row: &NoteRow| (row.text_hash, row.key.clone(), row.tags.clone(), row.retired);
        if after.deck == before.deck || rest(&after) != rest(before) {
            return Ok(placed);
        }
        *self.moved.entry(after.deck).or_default() += 1;
        Ok(MatchResult::Moved)
    }

    /// What the file says of a note, held against what its source said last and what is shown.
    fn ways(
        &mut self,
        before: &NoteRow,
        (last, now, mine): (Option<&(NoteText, Option<String>)>, &NoteText, &NoteText),
        place: Option<&SourcePlace>,
        deck: &TargetDeck,
        key: Option<&str>,
    ) -> Result<Ways, Fault> {
        let place_way = match place {
            Some(place) if self.says_place() => {
                let lies_in = facts::deck_id(&self.writer.tx, before.deck)?;
                Way::of(place.deck.as_str(), &deck.name_id, lies_in.as_str())
            }
            Some(_) | None => Way::Unchanged,
        };
        let is_back = place.is_none_or(|place| place.gone) || last.is_none();
        let key_last = last.map_or(before.key.as_deref(), |(_, key)| key.as_deref());
        let (text, last_tags) = match last {
            Some((last, _)) => (text_way(last, now, mine), last.tags.as_slice()),
            // What was erased is nobody's version, and is as if it had never been said.
            None if before.own.is_none() => (Way::Taken, [].as_slice()),
            None if bare(now) == bare(mine) => (Way::Agreed, [].as_slice()),
            None => (Way::Kept, [].as_slice()),
        };
        let tags = if last.is_none() || before.tags.is_none() && before.own.is_none() {
            // Nothing of them is the learner's.
            Way::of(last_tags, now.tags.as_slice(), last_tags)
        } else {
            // What the learner added and took away still holds.
            let then = merged_tags(last_tags, &now.tags, &mine.tags);
            let way = Way::of_tags(last_tags, &now.tags, &mine.tags, &then);
            // Another order of the same tags is shown as the source has it.
            if way == Way::Unchanged && last_tags != now.tags.as_slice() { Way::Taken } else { way }
        };
        Ok(Ways {
            text,
            tags,
            place: place_way,
            key: key.is_some() && key != key_last && key != before.key.as_deref(),
            is_back,
            is_made: before.source.is_none() && before.own.is_some(),
        })
    }

    /// Whether a row says where its note lies. Who takes the file's version takes its deck, whether or not that is a part of who the
    /// note is.
    pub(super) fn says_place(&self) -> bool {
        let options = &self.options;
        match self.row_place {
            _ if options.place_in.is_some() && !options.retire_missing => true,
            RowPlace::Place => true,
            RowPlace::Name => options.theirs,
            RowPlace::Unsaid => false,
        }
    }

    /// Whether a row says what its note's source said last, with what the row has no place for.
    pub(super) fn was_said(&self, id: i64, row: &PackedNote) -> Result<bool, Fault> {
        if row.says_all() {
            return Ok(false);
        }
        let source = NoteRow::of(&self.writer.tx, id)?.and_then(|note| note.source);
        let Some((last, _)) = self.said_last(source)? else { return Ok(false) };
        Ok(row.text()?.completed(row.said, &last) == last)
    }

    /// The text that the source register has, with its tags and its key; `None` where there is none or it was erased.
    pub(super) fn said_last(&self, source: Option<i64>) -> Result<Option<(NoteText, Option<String>)>, Fault> {
        let Some(source) = source else { return Ok(None) };
        let Some(body) = body_of(&self.writer.tx, source)? else { return Ok(None) };
        // What can't be read any more can't be compared either.
        Ok(text_of(&body, None).ok().and_then(|text| Some((text, key_of(&body).ok()?))))
    }

    /// Remembers for the report what of a note stays as the learner has it although the source says something else now.
    pub(super) fn keep(
        &mut self,
        (id, note): (i64, NoteUid),
        deck: &str,
        ways: &Ways,
        retired: bool,
        (mine, theirs): (&NoteText, &NoteText),
    ) -> Result<(), Fault> {
        let mut parts = Vec::new();
        let mut part = |way: Way, part: KeptPart| {
            if way == Way::Kept {
                parts.push(part);
            }
        };
        part(ways.text, KeptPart::Text);
        part(ways.tags, KeptPart::Tags);
        part(ways.place, KeptPart::Place);
        if retired && ways.all().into_iter().any(Way::is_news) {
            parts = vec![KeptPart::Deletion];
        }
        if parts.is_empty() || self.kept.len() >= MOST_KEPT {
            return Ok(());
        }
        let name = name_of_any(&self.writer.tx, id)?.unwrap_or_else(|| note.to_string());
        let texts = (self.kept.len() < MOST_KEPT_TEXTS).then(|| Box::new((mine.clone(), theirs.clone())));
        let takes_tags = ways.tags == Way::Taken && !parts.contains(&KeptPart::Deletion);
        let decks = if parts.contains(&KeptPart::Place) { Some(self.decks_of(id, deck)?) } else { None };
        self.kept.push(Kept { name, parts, takes_tags, is_made: ways.is_made, decks, texts });
        Ok(())
    }

    /// Names of the deck that a note lies in and of another one, by its id.
    fn decks_of(&self, note: i64, other: &str) -> Result<(String, String), Fault> {
        let mut name = self.writer.tx.prepare_cached(
            "SELECT (SELECT k.name FROM note n JOIN deck k ON k.id = n.deck WHERE n.id = ?1), \
             coalesce((SELECT name FROM deck WHERE name_id = ?2), ?2)",
        )?;
        Ok(name.query_row((note, other), |row| Ok((row.get(0)?, row.get(1)?)))?)
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

    /// Remembers from which followed file a note comes.
    fn comes_from(&self, note: i64, source: i64) -> Result<(), Fault> {
        let mut statement = self.writer.tx.prepare_cached(
            "INSERT INTO note_followed (note, followed) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET followed = ?2",
        )?;
        statement.execute((note, source))?;
        Ok(())
    }

    /// Which file has the say of a note. Of files that have it the first one does, else they would take turns: the one that comes
    /// first in an import, and the followed one that it came from, as long as that is there and has it.
    fn whose(&mut self, note: i64) -> Result<Whose, Fault> {
        let followed = match self.options.source {
            Some(_) => self
                .writer
                .tx
                .prepare_cached("SELECT followed FROM note_followed WHERE note = ?1")?
                .query_row([note], |row| row.get::<_, i64>(0))
                .optional()?,
            None => None,
        };
        if followed.is_some() && followed == self.options.source {
            return Ok(Whose::OwnBefore);
        }
        if self.earlier.as_ref().is_some_and(|earlier| earlier.have(note)) {
            return Ok(Whose::Anothers);
        }
        if followed.is_some_and(|other| self.options.others.contains(&other))
            && !self.writer.source_place(note)?.is_some_and(|place| place.gone)
        {
            return Ok(Whose::Anothers);
        }
        if let Some(source) = self.options.source {
            self.comes_from(note, source)?;
        }
        Ok(Whose::ThisOnes)
    }

    /// Where this device's sources last put a note, if what they last said of it is what the row says. Other devices may
    /// have brought something else since: to that a file that says what it said has nothing to say.
    fn place_where_said(&mut self, id: i64, key: Option<&str>, row: &PackedNote) -> Result<Option<i64>, Fault> {
        let (context, own) = (self.writer.context()?, self.writer.device);
        let mut facts = facts_of(&self.writer.tx, &context.reader, id)?;
        facts.retain(|row| {
            let here = context.reader.settled(entry_id(own, row.id.sequence));
            context.reader.local(row.id) == Some(here) && !context.voided.has(row.id)
        });
        facts.sort_by_key(|row| (row.hlc, row.id));
        let (mut said, mut place) = (None, 0);
        for fact in &facts {
            match fact.fact {
                Fact::Brought { position, .. } => (said, place) = (fact.words.as_deref(), position),
                Fact::Ordered { position, .. } => place = position,
                Fact::Gone { .. } => said = None,
                _ => {}
            }
        }
        let Some(said) = said else { return Ok(None) };
        let text = text_of(said, None)?;
        let is_it =
            row.text()?.completed(row.said, &text) == text && (key.is_none() || key_of(said)?.as_deref() == key);
        Ok(is_it.then_some(place))
    }

    /// Writes the learner's own register: what a file of theirs says of a built-in note.
    pub(super) fn write_own(
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

    pub(super) fn bring(
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
                    ..before.clone()
                };
                self.writer.show_instead(number, Some(&before), &now)
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

/// What becomes of a text. Which notes it waits for and whether it is kept for check-ups is the source's to say, whatever the
/// learner made of the rest.
fn text_way(last: &NoteText, now: &NoteText, mine: &NoteText) -> Way {
    let [own_last, own_now, own_mine] =
        [last, now, mine].map(|text| NoteText { after: Vec::new(), held_out: false, ..bare(text) });
    let follows = (&last.after, last.held_out) != (&now.after, now.held_out);
    match Way::of(&own_last, &own_now, &own_mine) {
        Way::Unchanged if follows => Way::Taken,
        way => way,
    }
}
