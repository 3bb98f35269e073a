//! Rows of a file of the learner's that mean notes of a built-in deck. The program is the source there, so the file writes the
//! learner's own register. The rule is the same: what the file said last is what the imports before it wrote, and what the
//! learner did since stays.

use crate::core::action::ActionKind;
use crate::core::card::NoteText;
use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use crate::core::three_ways::Way;
use crate::core::three_ways::merged_tags;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::bulk::MatchResult;
use crate::store::bulk::decks::TargetDeck;
use crate::store::bulk::write::Ways;
use crate::store::facts::facts_of;
use crate::store::note_edits::bare;
use crate::store::notes::PackedNote;
use crate::store::notes::text_of;
use crate::store::shown::NoteRow;
use rusqlite::OptionalExtension as _;

/// What the log says of a note of a built-in deck, beside what is shown.
struct SaidOfBuiltin {
    /// What files said of it last; where none did, what the program says.
    last: NoteText,
    /// Whether the learner deleted it, and did nothing else to it since.
    is_deleted: bool,
}

impl Bulk<'_, '_> {
    /// A row's note is there, in a built-in deck. Another file may have the say of it.
    pub(super) fn found_builtin(
        &mut self,
        (id, uid): (i64, NoteUid),
        (deck, is_anothers): (&TargetDeck, bool),
        key: Option<&str>,
        note: &PackedNote,
        before: &NoteRow,
    ) -> Result<MatchResult, Fault> {
        let (mine, _) = self.writer.shown(id)?;
        let said = note.text()?;
        let theirs = self.options.theirs;
        let is_elsewhere = theirs && before.deck != deck.id;
        if mine == said && !before.retired && !is_elsewhere {
            return Ok(MatchResult::Same);
        }
        let SaidOfBuiltin { last, is_deleted } = self.said_of_builtin(id, before, &mine)?;
        // What a card waits for and whether it is kept for check-ups is the program's to say.
        let now = NoteText {
            after: mine.after.clone(),
            held_out: mine.held_out,
            form: mine.form,
            // With --theirs all stays that the row says nothing of, whoever wrote it.
            ..said.completed(note.said, if theirs { &mine } else { &last })
        };
        if !now.is_whole() {
            return Ok(MatchResult::Unfit);
        }
        if mine == now && !before.retired && !is_elsewhere {
            return Ok(MatchResult::Same);
        }
        if is_anothers {
            // Else the two would take turns.
            return Ok(if now == last { MatchResult::Same } else { MatchResult::ContradictsFile });
        }
        let merged = if theirs { now.tags.clone() } else { merged_tags(&last.tags, &now.tags, &mine.tags) };
        let ways = Ways {
            text: Way::of(&bare(&last), &bare(&now), &bare(&mine)),
            tags: Way::of_tags(&last.tags, &now.tags, &mine.tags, &merged),
            place: Way::Unchanged,
            key: false,
            is_back: before.retired && !is_deleted,
            is_made: false,
        };
        if !theirs && (is_deleted || ways.is_nothing()) {
            if ways.all().into_iter().any(Way::is_news) && is_deleted {
                self.remember((id, uid), deck, before.position, key, &now)?;
                self.keep((id, uid), &deck.name_id, &ways, is_deleted, (&mine, &now))?;
            }
            return Ok(if is_deleted { MatchResult::StaysDeleted } else { MatchResult::Same });
        }
        let takes = theirs || ways.text == Way::Taken || ways.is_back;
        let text = NoteText { tags: merged, ..if takes { now.clone() } else { mine.clone() } };
        if text != mine || before.retired {
            self.write_own(id, uid, deck, key, &PackedNote::of(&text)?)?;
        }
        if theirs && NoteRow::of(&self.writer.tx, id)?.is_some_and(|row| row.retired) {
            self.writer.append_fact(&Fact::Revived { note: uid }, None)?;
        }
        if is_elsewhere {
            self.place_in(id, uid, &deck.name_id)?;
        }
        if !theirs && !takes {
            self.remember((id, uid), deck, before.position, key, &now)?;
            self.keep((id, uid), &deck.name_id, &ways, false, (&mine, &now))?;
        }
        let stays = !theirs && !ways.is_back && ways.all().contains(&Way::Kept);
        Ok(if stays { MatchResult::Kept } else { MatchResult::Changed })
    }

    /// What the file says of a note although the learner's version stays: said once, and not whenever it comes again. It is
    /// of no edition, so it never wins the source's register.
    fn remember(
        &mut self,
        (id, uid): (i64, NoteUid),
        deck: &TargetDeck,
        position: i64,
        key: Option<&str>,
        now: &NoteText,
    ) -> Result<(), Fault> {
        self.bring(id, uid, deck, position, key, &PackedNote::of(now)?)
    }

    fn said_of_builtin(&mut self, id: i64, before: &NoteRow, mine: &NoteText) -> Result<SaidOfBuiltin, Fault> {
        let source = self.said_last(before.source)?.map_or_else(|| mine.clone(), |(text, _)| text);
        let context = self.writer.context()?;
        let mut facts = facts_of(&self.writer.tx, &context.reader, id)?;
        facts.retain(|row| !context.voided.has(row.id));
        facts.sort_by_key(|row| (row.hlc, row.id));
        let mut said = SaidOfBuiltin { last: source.clone(), is_deleted: false };
        for row in &facts {
            said.is_deleted = match row.fact {
                Fact::Deleted { .. } => true,
                Fact::Edited { .. }
                | Fact::Cleared { .. }
                | Fact::Revived { .. }
                | Fact::Tagged { .. }
                | Fact::Untagged { .. }
                | Fact::Placed { .. }
                | Fact::Keyed { .. } => false,
                _ => said.is_deleted,
            };
            if let (Fact::Brought { edition: 0, .. }, Some(words)) = (&row.fact, row.words.as_deref()) {
                said.last = text_of(words, None)?;
                continue;
            }
            let is_text = matches!(row.fact, Fact::Edited { .. } | Fact::Cleared { .. });
            let is_tag = matches!(row.fact, Fact::Tagged { .. } | Fact::Untagged { .. });
            let local = context.reader.local(row.id).unwrap_or(0);
            if !(is_text || is_tag) || !self.is_of_an_import(local)? {
                continue;
            }
            let words = row.words.as_deref();
            match (&row.fact, words) {
                (Fact::Edited { .. }, Some(words)) => {
                    let tags = std::mem::take(&mut said.last.tags);
                    said.last = NoteText { tags, ..text_of(words, None)? };
                }
                (Fact::Cleared { .. }, _) => {
                    let tags = std::mem::take(&mut said.last.tags);
                    said.last = NoteText { tags, ..source.clone() };
                }
                (Fact::Tagged { .. }, Some(tag)) if !said.last.tags.iter().any(|known| known == tag) => {
                    said.last.tags.push(tag.to_owned());
                }
                (Fact::Untagged { .. }, Some(tag)) => said.last.tags.retain(|known| known != tag),
                _ => {}
            }
        }
        Ok(said)
    }

    /// Whether an entry, by its local id, was written by an import.
    fn is_of_an_import(&self, entry: i64) -> Result<bool, Fault> {
        let kind: Option<i64> = self
            .writer
            .tx
            .prepare_cached("SELECT kind FROM action WHERE id <= ?1 AND id + entries > ?1 ORDER BY id DESC LIMIT 1")?
            .query_row([entry], |row| row.get(0))
            .optional()?;
        // One without an action is of the one that is being written, which is an import.
        Ok(kind.is_none_or(|kind| kind == i64::from(ActionKind::Import.code())))
    }
}
