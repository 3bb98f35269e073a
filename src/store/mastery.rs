//! Which group each card is counted in, and how the cards of each group stand, now and at the end of an earlier day.

use crate::core::mastery::Level;
use crate::core::mastery::TopicMastery;
use crate::core::progress::knowledge::month_end;
use crate::core::study_day::StudyDay;
use crate::core::totals::Recalls;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::card_parts;
use crate::store::columns::text;
use crate::store::columns::u64_of;
use crate::store::columns::words;
use crate::store::notes::shown_text;
use crate::store::totals::log_pass::LogPass;
use foldhash::fast::FixedState;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;

/// Where a card is counted, as in `note`: by its deck, and there by its topic, else by its first tag (a number below 0), else
/// by the deck alone (0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Seat {
    pub(super) deck: i64,
    pub(super) topic: i64,
}

impl Seat {
    /// Where its answers are summed up for people: those to cards of a tag count for their deck.
    pub(super) fn without_tag(self) -> Self {
        Self { topic: self.topic.max(0), ..self }
    }
}

/// Cards of one topic; of one tag, where their notes have no topic; of one deck, where they have no tag either.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// A note of it: its text says what the tag is called.
    note: i64,
    /// Its cards by level.
    now: [u64; 5],
    /// Those of them that may have stood elsewhere then, by their level now.
    moved: [u64; 5],
    /// The same cards by their level then, where the log was asked.
    were: [u64; 5],
}

impl Group {
    /// The cards that did not move, by level.
    fn stayed(&self) -> [u64; 5] {
        let mut stayed = self.now;
        for (cards, moved) in stayed.iter_mut().zip(self.moved) {
            *cards = cards.saturating_sub(moved);
        }
        stayed
    }
}

fn add(sums: &mut [u64; 5], level: Level, cards: u64) {
    if let Some(sum) = sums.get_mut(level.index()) {
        *sum += cards;
    }
}

/// The groups that have cards which may be asked, suspended or not.
#[derive(Default)]
pub(super) struct Groups(HashMap<Seat, Group, FixedState>);

/// True retention by topic, else by deck.
pub(super) type Recalled = BTreeMap<Seat, Recalls>;

/// Groups with their cards by level.
pub(super) type Standings = BTreeMap<Seat, [u64; 5]>;

impl Groups {
    /// Counts cards of a note, at their level now.
    pub(super) fn add(&mut self, seat: Seat, note: i64, level: Level, cards: u64) {
        let group = self.0.entry(seat).or_default();
        group.note = note;
        add(&mut group.now, level, cards);
    }

    /// Says of a card that was added, by its level now, that it may have stood elsewhere then: it was answered since, or made
    /// new again.
    pub(super) fn moved(&mut self, seat: Seat, level: Level) {
        add(&mut self.0.entry(seat).or_default().moved, level, 1);
    }

    /// Says at what level a card that moved was.
    pub(super) fn was(&mut self, seat: Seat, level: Level) {
        add(&mut self.0.entry(seat).or_default().were, level, 1);
    }

    /// Puts other cards beside these.
    pub(super) fn join(&mut self, others: Self) {
        for (seat, more) in others.0 {
            let group = self.0.entry(seat).or_default();
            group.note = group.note.max(more.note);
            for (sums, more) in
                [(&mut group.now, more.now), (&mut group.moved, more.moved), (&mut group.were, more.were)]
            {
                sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            }
        }
    }

    fn standings(&self, cards: impl Fn(&Group) -> [u64; 5]) -> Standings {
        self.0.iter().map(|(seat, group)| (*seat, cards(group))).collect()
    }

    /// How the groups stand.
    pub(super) fn now(&self) -> Standings {
        self.standings(|group| group.now)
    }

    /// How they stood when no card that moved had been answered.
    fn unseen(&self) -> Standings {
        self.standings(|group| {
            let mut cards = group.stayed();
            add(&mut cards, Level::Unseen, group.moved.iter().sum());
            cards
        })
    }

    /// How they stood by what the log told of the cards that moved.
    fn by_the_log(&self) -> Standings {
        self.standings(|group| {
            let mut cards = group.stayed();
            cards.iter_mut().zip(group.were).for_each(|(cards, were)| *cards += were);
            cards
        })
    }

    /// Standings with the names that people know.
    pub(super) fn titled(
        &self,
        standings: &Standings,
        store: &Store,
        recalls: &Recalled,
    ) -> Result<Vec<TopicMastery>, Fault> {
        let mut names = store.db().prepare_cached(
            "SELECT d.name_id, d.name, coalesce(d.title, d.name), t.name_id, t.title FROM deck d \
             LEFT JOIN topic t ON t.id = ?1 WHERE d.id = ?2",
        )?;
        let mut topics = Vec::with_capacity(standings.len());
        for (seat, cards) in standings {
            let named = names.query_row((seat.topic, seat.deck), |row| {
                let texts: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok((texts.0, texts.1, texts.2, row.get::<_, Option<String>>(3)?, row.get::<_, Option<String>>(4)?))
            });
            // An edit may be here before it is known which deck the note is in.
            let Some((deck_id, deck, deck_title, topic_id, topic_title)) = named.optional()? else { continue };
            let tag = match self.0.get(seat) {
                Some(group) if seat.topic < 0 => store.first_tag(group.note)?,
                Some(_) | None => None,
            };
            let recalls = match &tag {
                Some(_) => Recalls::default(),
                None => recalls.get(seat).copied().unwrap_or_default(),
            };
            let (id, title) = match (topic_id, tag) {
                (Some(topic), _) => (format!("{deck_id}/{topic}"), topic_title.unwrap_or(topic)),
                (None, Some(tag)) => (format!("{deck_id}#{tag}"), tag),
                (None, None) => (deck_id, deck_title),
            };
            topics.push(TopicMastery { id, title, deck, cards: *cards, recalls });
        }
        Ok(topics)
    }
}

/// Where it is written down how cards stood at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remembered {
    /// Nowhere: nothing had been answered yet.
    Unseen,
    /// In the kept sums: the day is the end of a month.
    Sums,
    /// In the log.
    Log,
}

impl Store {
    /// Every text that stands on a card of the built-in decks, as they were delivered: what anybody may know.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn published_texts(&self) -> Result<BTreeSet<String>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT x.body FROM deck d JOIN note n ON n.deck = d.id JOIN fact f ON f.id = n.source JOIN text x ON x.id = f.id \
                 WHERE d.origin = 'builtin' AND f.edition > 0 AND x.body IS NOT NULL",
            )?;
            let mut rows = statement.query([])?;
            let mut texts = BTreeSet::new();
            while let Some(row) = rows.next()? {
                let text = shown_text(words(row, 0)?, None);
                texts.extend(text.speaker.iter().cloned());
                texts.extend(text.fields.values().flat_map(|value| value.texts().to_vec()));
            }
            Ok(texts)
        })
    }

    /// The first tag of a note as it is shown.
    fn first_tag(&self, note: i64) -> Result<Option<String>, Fault> {
        let mut statement = self.db().prepare_cached(
            "SELECT x.body, n.tags FROM note n LEFT JOIN text x ON x.id = coalesce(n.own, n.source) WHERE n.id = ?1",
        )?;
        let mut rows = statement.query([note])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(shown_text(words(row, 0)?, text(row, 1)?).tags.into_iter().next())
    }

    /// Where it is written down how cards stood at the end of a day.
    pub(super) fn remembered(&self, day: StudyDay) -> Result<Remembered, Fault> {
        let first: Option<i32> =
            self.db().query_row("SELECT min(study_day) FROM day_sum WHERE answers > 0 OR imported > 0", [], |row| {
                row.get(0)
            })?;
        Ok(if first.is_none_or(|first| day.0 < first) {
            Remembered::Unseen
        } else if day == month_end(day) {
            Remembered::Sums
        } else {
            Remembered::Log
        })
    }

    /// How the groups stood at the end of a day. `others` are cards in no group, since they are no longer asked, that may have
    /// stood elsewhere then: the kept sums have them.
    pub(super) fn standings_then(
        &self,
        groups: &Groups,
        remembered: Remembered,
        others: &[i64],
        day: StudyDay,
    ) -> Result<Standings, Fault> {
        if groups.0.values().all(|group| group.moved == [0; 5]) {
            return Ok(groups.now());
        }
        match remembered {
            Remembered::Unseen => Ok(groups.unseen()),
            Remembered::Log => Ok(groups.by_the_log()),
            Remembered::Sums => self.standings_at_month_end(groups.unseen(), others, day),
        }
    }

    /// Adds to groups without the cards that moved what is kept of these for the end of a month.
    fn standings_at_month_end(&self, mut then: Standings, others: &[i64], day: StudyDay) -> Result<Standings, Fault> {
        let mut not_counted = self.kept_sums_of(others, day)?;
        let mut statement = self.db().prepare_cached(
            "SELECT deck, topic, learning, familiar, known, mastered FROM topic_sum WHERE month = ?1",
        )?;
        let mut rows = statement.query([day.month()])?;
        while let Some(row) = rows.next()? {
            let seat = Seat { deck: row.get(0)?, topic: row.get(1)? };
            let Some(group) = then.get_mut(&seat) else { continue };
            let out = not_counted.remove(&seat).unwrap_or_default();
            for (column, level) in (2..).zip([Level::Learning, Level::Familiar, Level::Solid, Level::Mastered]) {
                let out = out.get(level.index()).copied().unwrap_or(0);
                let cards = u64_of(row.get(column)?).saturating_sub(out).min(group[0]);
                group[0] -= cards;
                add(group, level, cards);
            }
        }
        Ok(then)
    }

    /// What some cards, in the order of their numbers, are in the kept sums of the month that ends on a day.
    fn kept_sums_of(&self, cards: &[i64], day: StudyDay) -> Result<Standings, Fault> {
        let mut sums = Standings::new();
        if cards.is_empty() {
            return Ok(sums);
        }
        let pass = LogPass::new(self.db())?;
        let all: i64 = self.db().query_row("SELECT count(*) FROM card_state", [], |row| row.get(0))?;
        let mut of_note = self.db().prepare_cached("SELECT deck, coalesce(topic, 0) FROM note WHERE id = ?1")?;
        pass.each_card(
            self.db(),
            cards,
            |card| *card,
            usize::try_from(all).unwrap_or(usize::MAX),
            |card, events| {
                let state = pass.state_at_end_of(self.db(), *card, events, day)?;
                let seat =
                    of_note.query_row([card_parts(*card).0], |row| Ok(Seat { deck: row.get(0)?, topic: row.get(1)? }));
                if let Some(seat) = seat.optional()? {
                    add(sums.entry(seat).or_default(), Level::of(state.memory.as_ref()), 1);
                }
                Ok(())
            },
        )?;
        Ok(sums)
    }
}
