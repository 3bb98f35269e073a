//! How long cards take: by kind, from the learner's own answers, and what is credible before there are any.

use crate::core::queue::Origin;
use crate::core::units::Millis;
use std::collections::BTreeMap;

/// As many answers as the usual time of a kind counts for: the first few of one's own say little.
const USUAL_COUNTS_AS: u64 = 5;

/// As many of the newest answers as tell the pace.
pub const MOST_ANSWERS: usize = 50;

/// What people take for a card of that kind, in milliseconds: to read it, to think, to type what there is to type, to read
/// the answer, and to grade.
fn usual_ms(kind: &str) -> u64 {
    match kind {
        "choice" => 15_000,
        "typed" => 16_000,
        "order" => 25_000,
        "list" => 30_000,
        "say" => 40_000,
        _ => 10_000,
    }
}

/// Answers and the time that they took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Taken {
    answers: u64,
    ms: u64,
    /// What they would have taken somebody who is as fast as usual.
    usual_ms: u64,
}

/// How fast a learner is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pace {
    all: Taken,
    of_kind: BTreeMap<String, Taken>,
}

impl Pace {
    /// By answers, each with the kind of its card and the time that it took. One without a time was not measured.
    #[must_use]
    pub fn new<'k>(answers: impl IntoIterator<Item = (&'k str, Millis)>) -> Self {
        let mut pace = Self::default();
        for (kind, took) in answers {
            if took.0 == 0 {
                continue;
            }
            let of_kind = pace.of_kind.entry(kind.to_owned()).or_default();
            for taken in [&mut pace.all, of_kind] {
                taken.answers += 1;
                taken.ms += u64::from(took.capped().0);
                taken.usual_ms += usual_ms(kind);
            }
        }
        pace
    }

    /// How long a card of that kind takes. A new one is read more slowly, and often asked a second time.
    #[must_use]
    pub fn of(&self, kind: &str, origin: Origin) -> Millis {
        let usual = usual_ms(kind);
        // Who is fast with some kinds is taken to be fast with the others too.
        let prior = USUAL_COUNTS_AS * usual * (self.all.ms + USUAL_COUNTS_AS * 10_000)
            / (self.all.usual_ms + USUAL_COUNTS_AS * 10_000);
        let own = self.of_kind.get(kind).copied().unwrap_or_default();
        let ms = (prior + own.ms) / (USUAL_COUNTS_AS + own.answers);
        let ms = if origin == Origin::New { ms * 3 / 2 } else { ms };
        Millis(u32::try_from(ms).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_first_answer_typed_cards_take_longer_than_others_and_new_ones_longer_than_known_ones() {
        let pace = Pace::default();
        let ms = |kind, origin| pace.of(kind, origin).0;
        assert!(ms("typed", Origin::Review) > ms("basic", Origin::Review));
        assert!(ms("list", Origin::Review) > ms("typed", Origin::Review));
        assert_eq!((ms("basic", Origin::Review), ms("basic", Origin::New)), (10_000, 15_000));
        assert_eq!(ms("kind of a later version", Origin::Repeat), 10_000);
        let seven_typed: u32 = (0..7).map(|_| ms("typed", Origin::New)).sum();
        assert!(seven_typed > 120_000, "seven new typed cards take minutes");
    }

    #[test]
    fn own_answers_count_more_and_more_and_for_their_kind_first() {
        let answers = |count: usize, ms| Pace::new((0..count).map(|_| ("basic", Millis(ms))));
        let basic = |pace: &Pace| pace.of("basic", Origin::Review).0;
        assert!(basic(&answers(1, 1_000)) > 7_000, "one quick answer says little");
        assert!(basic(&answers(100, 4_000)) < 4_600);
        let slow = answers(100, 30_000);
        assert!(basic(&slow) > 28_000);
        assert!(slow.of("typed", Origin::Review).0 > 40_000, "slow with other kinds too");
        assert_eq!(answers(9, 0), Pace::default(), "what was not measured");
        assert!(basic(&answers(100, 9_000_000)) <= 60_000, "an interval for tea is none for thinking");
    }
}
