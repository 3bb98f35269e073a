//! The sentences that a report begins with.

use crate::core::progress::Progress;
use crate::core::progress::knowledge::Known;
use crate::core::progress::opening::Change;
use crate::core::progress::opening::Next;
use crate::core::progress::opening::Now;
use crate::core::progress::opening::Opening;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::core::text::thousands;
use crate::core::totals::Recalls;
use crate::report::cell::Cell;
use crate::report::model::Body;
use crate::report::model::Section;
use crate::report::sentence::Sentence;

/// So many minutes are asked for in one go; more is spread over days.
const LONGEST_SESSION_MINUTES: u64 = 15;

pub(super) fn opening(progress: &Progress) -> Section {
    let opening = Opening::new(progress);
    let known = now(opening.now, opening.too_hopeful);
    let about = opening.weakest.filter(|_| !matches!(opening.next, Next::Paused(_)));
    let next = Sentence {
        key: "next",
        words: next(opening.next),
        about: about.map(|topic| ("; the topic that needs it most is", topic.title, right(topic.recalls))),
    };
    Section {
        id: "opening",
        title: "In short".to_owned(),
        note: None,
        body: Body::Sentences(vec![
            Sentence::ours("now", known),
            Sentence::ours("change", change(opening.change)),
            next,
        ]),
    }
}

/// A share as a sentence has it: `8 of 11 right`.
fn right(recalls: Recalls) -> String {
    format!("({} right)", Cell::Percent(recalls).words())
}

fn day(day: StudyDay) -> String {
    day.date().format("%-d %B %Y").to_string()
}

fn now(now: Now, too_hopeful: Option<Recalls>) -> String {
    match now {
        Now::Nothing => {
            "You have not answered any cards yet, so there is nothing to say about what you know".to_owned()
        }
        Now::TooFew(cards) => {
            format!("You have answered {}, too few to say how much you know", counted(cards, "card", "cards"))
        }
        Now::Known { known, range } => {
            let Known { cards, .. } = known;
            let met = counted(cards, "card", "cards");
            let between = match range {
                (low, high) if low == high => String::new(),
                (low, high) => format!(" (between {} and {})", thousands(low), thousands(high)),
            };
            let fewer = too_hopeful.map_or_else(String::new, |recalls| {
                format!(
                    "; probably fewer, since this assumes that nine of ten reviews are right, and of yours it was {}",
                    Cell::Percent(recalls).words()
                )
            });
            format!("You likely know {} of the {met} that you have met{between}{fewer}", thousands(known.whole()))
        }
    }
}

fn change(change: Change) -> String {
    let count = |cards: i64| thousands(cards.unsigned_abs());
    match change {
        Change::NothingEarlier => {
            "There is too little from before the last two weeks to say what has changed".to_owned()
        }
        Change::Since { day: since, more, range: (low, high) } if low > 0 || high < 0 => {
            let word = if more > 0 { "more" } else { "fewer" };
            let (least, most) = if more > 0 { (low, high) } else { (high, low) };
            format!(
                "That is {} {word} than on {} ({} to {} {word})",
                count(more),
                day(since),
                count(least),
                count(most)
            )
        }
        Change::Since { day: since, range: (low, high), .. } => {
            format!(
                "That is about as many as on {} (between {} fewer and {} more)",
                day(since),
                count(low),
                count(high)
            )
        }
    }
}

fn next(next: Next) -> String {
    match next {
        Next::Paused(until) => format!("You are taking a break: nothing is due until {}", day(until)),
        Next::Review { due, overdue, minutes } => {
            let cards = counted(due, "card is due", "cards are due");
            let late = if overdue > 0 { format!(", {} of them overdue", thousands(overdue)) } else { String::new() };
            let how = match minutes {
                Some(minutes @ 1..=LONGEST_SESSION_MINUTES) => {
                    format!(": about {}", counted(minutes, "minute", "minutes"))
                }
                Some(_) => ": ten minutes a day will do, most at risk first".to_owned(),
                None => String::new(),
            };
            format!("Next: {cards} today{late}{how}")
        }
        Next::Begin(new) => {
            format!("Next: nothing is due, so begin new cards; {} left", counted(new, "is", "are"))
        }
        Next::Later(on) => format!("Next: nothing is due before {}", day(on)),
        Next::Nothing => "Next: nothing is due, and there are no new cards; import or write some".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: StudyDay = StudyDay(20_543);

    #[test]
    fn what_is_known_is_said_with_its_range_or_not_at_all() {
        let known = |cards, millionths| Known { cards, millionths };
        let of = |known, range| Now::Known { known, range };
        for (is, too_hopeful, said) in [
            (Now::Nothing, None, "You have not answered any cards yet, so there is nothing to say about what you know"),
            (Now::TooFew(1), None, "You have answered 1 card, too few to say how much you know"),
            (of(known(12, 0), (0, 0)), None, "You likely know 0 of the 12 cards that you have met"),
            (
                of(known(1_200, 1_100_000_000), (1_081, 1_119)),
                None,
                "You likely know 1,100 of the 1,200 cards that you have met (between 1,081 and 1,119)",
            ),
            (
                of(known(40, 38_000_000), (35, 40)),
                Some(Recalls { passed: 62, all: 100 }),
                "You likely know 38 of the 40 cards that you have met (between 35 and 40); probably fewer, since this assumes \
                 that nine of ten reviews are right, and of yours it was 62 % (52–71)",
            ),
        ] {
            assert_eq!(now(is, too_hopeful), said);
        }
    }

    #[test]
    fn a_change_that_may_be_none_is_called_none() {
        let since = |more, range| change(Change::Since { day: DAY, more, range });
        assert_eq!(since(38, (27, 49)), "That is 38 more than on 31 March 2026 (27 to 49 more)");
        assert_eq!(since(-1_112, (-1_126, -1_099)), "That is 1,112 fewer than on 31 March 2026 (1,099 to 1,126 fewer)");
        assert_eq!(since(-4, (-12, 4)), "That is about as many as on 31 March 2026 (between 12 fewer and 4 more)");
        assert!(change(Change::NothingEarlier).starts_with("There is too little"));
    }

    #[test]
    fn what_to_do_next_is_one_thing() {
        let review = |due, overdue, minutes| next(Next::Review { due, overdue, minutes });
        assert_eq!(review(1, 0, Some(1)), "Next: 1 card is due today: about 1 minute");
        assert_eq!(
            review(1_340, 1_300, Some(160)),
            "Next: 1,340 cards are due today, 1,300 of them overdue: ten minutes a day will do, most at risk first"
        );
        assert_eq!(review(4, 0, None), "Next: 4 cards are due today");
        assert_eq!(next(Next::Begin(1)), "Next: nothing is due, so begin new cards; 1 is left");
        assert_eq!(next(Next::Later(DAY)), "Next: nothing is due before 31 March 2026");
        assert_eq!(next(Next::Paused(DAY)), "You are taking a break: nothing is due until 31 March 2026");
    }
}
