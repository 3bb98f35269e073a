//! What a learner said to a card in their own words, day by day, and when such a card comes back by its `returns`.

use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::replay::Voided;
use crate::core::study_day::StudyDay;

/// Earlier sentences that are shown beside today's.
const EARLIER_SHOWN: usize = 3;

/// What somebody said, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The study day of the answer.
    pub day: StudyDay,
    /// The words as they were typed.
    pub words: String,
}

/// The learner's own words to one card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnWords {
    /// The study day of the first answer, since the card was last made new.
    pub first_answered: Option<StudyDay>,
    /// All that was typed and is not erased, oldest first.
    pub sentences: Vec<Sentence>,
}

impl OwnWords {
    /// Reads a card's events, which are in the order of the log. What was taken back was not said.
    #[must_use]
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>, voided: &Voided) -> Self {
        let mut own = Self::default();
        for event in events.into_iter().filter(|event| !voided.has(event.id)) {
            match event.kind {
                EventKind::Answered { .. } => drop(own.first_answered.get_or_insert(event.study_day)),
                EventKind::Reset => own.first_answered = None,
                EventKind::Crammed { .. } => {}
                EventKind::Rescheduled
                | EventKind::Suspended
                | EventKind::Unsuspended
                | EventKind::Buried { .. }
                | EventKind::Unburied
                | EventKind::Marked
                | EventKind::Unmarked
                | EventKind::Flagged { .. }
                | EventKind::Imported { .. }
                | EventKind::Adopted
                | EventKind::Restarted
                | EventKind::Checked { .. } => continue,
            }
            let words = event.detail.response.clone();
            own.sentences.extend(words.map(|words| Sentence { day: event.study_day, words }));
        }
        own
    }

    /// The sentences that are shown beside today's, oldest first: the very first one, which shows how far somebody has come,
    /// and the latest.
    #[must_use]
    pub fn earlier(&self) -> Vec<&Sentence> {
        let left_out = self.sentences.len().saturating_sub(EARLIER_SHOWN);
        let is_shown = |place: usize| place == 0 || place > left_out;
        self.sentences.iter().enumerate().filter(|(place, _)| is_shown(*place)).map(|(_, said)| said).collect()
    }

    /// The study day on which a card with these `returns` (days after its first answer, ascending) comes back, when it is
    /// answered on `today`. `None` once the last of them has passed: then the scheduler decides.
    #[must_use]
    pub fn comes_back(&self, returns: &[u16], today: StudyDay) -> Option<StudyDay> {
        let first = self.first_answered.unwrap_or(today);
        returns.iter().map(|days| first.plus(i64::from(*days))).find(|day| *day > today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::event::Detail;
    use crate::core::grade::Quality;
    use crate::core::id::CardId;
    use crate::core::id::DeviceId;
    use crate::core::id::EventId;
    use crate::core::id::NoteUid;
    use crate::core::study_day::Timestamp;
    use crate::core::units::Hlc;
    use crate::core::units::Millis;

    fn event(sequence: u64, day: i32, kind: EventKind, words: Option<&str>) -> Event {
        Event {
            id: EventId { device: DeviceId([1; 16]), sequence },
            hlc: Hlc(i64::try_from(sequence).unwrap()),
            at: Timestamp { unix_ms: 0, offset_min: 0 },
            study_day: StudyDay(day),
            card: CardId { note: NoteUid([1; 16]), ordinal: 1 },
            kind,
            config: None,
            prev: None,
            memory: None,
            detail: Detail { response: words.map(str::to_owned), ..Detail::default() },
        }
    }

    fn answered() -> EventKind {
        EventKind::Answered { quality: Quality::Q4, took: Millis(0) }
    }

    #[test]
    fn sentences_stand_in_their_order_with_their_days_and_the_first_and_the_latest_are_shown() {
        let crammed = EventKind::Crammed { quality: Quality::Q4, took: Millis(0) };
        let events = [
            event(1, 10, answered(), Some("one")),
            event(2, 10, answered(), None),
            event(3, 11, crammed, Some("two")),
            event(4, 12, EventKind::Marked, None),
            event(5, 20, answered(), Some("three")),
            event(6, 40, answered(), Some("four")),
        ];
        let own = OwnWords::of(&events, &Voided::default());
        let words = |sentences: Vec<&Sentence>| {
            sentences.iter().map(|said| format!("{} {}", said.day.0, said.words)).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(words(own.sentences.iter().collect()), "10 one, 11 two, 20 three, 40 four");
        assert_eq!(words(own.earlier()), "10 one, 20 three, 40 four");
        assert_eq!(own.first_answered, Some(StudyDay(10)));
        assert_eq!(OwnWords::default().earlier(), Vec::<&Sentence>::new());
    }

    #[test]
    fn a_card_that_was_made_new_counts_from_its_next_answer() {
        let events = [
            event(1, 10, answered(), Some("one")),
            event(2, 15, EventKind::Reset, None),
            event(3, 16, answered(), None),
        ];
        let own = |count: usize| OwnWords::of(&events[..count], &Voided::default());
        assert_eq!(own(2).first_answered, None);
        assert_eq!(own(3).first_answered, Some(StudyDay(16)));
        assert_eq!(own(3).sentences.len(), 1, "what was said stays");
    }

    #[test]
    fn a_card_comes_back_on_its_days_whenever_it_is_answered_between_them() {
        let own = OwnWords { first_answered: Some(StudyDay(100)), ..OwnWords::default() };
        for (today, due) in
            [(100, Some(110)), (104, Some(110)), (110, Some(130)), (135, Some(190)), (190, None), (400, None)]
        {
            assert_eq!(own.comes_back(&[10, 30, 90], StudyDay(today)), due.map(StudyDay), "{today}");
        }
        assert_eq!(OwnWords::default().comes_back(&[10], StudyDay(7)), Some(StudyDay(17)), "the first answer");
        assert_eq!(own.comes_back(&[], StudyDay(100)), None);
    }
}
