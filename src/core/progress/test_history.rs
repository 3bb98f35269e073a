//! A believable history for tests: 90 days, two decks, the same numbers every time.

use crate::core::mastery::TopicMastery;
use crate::core::pause::Pauses;
use crate::core::progress::Totals;
use crate::core::progress::knowledge::Knowledge;
use crate::core::progress::knowledge::LastGrade;
use crate::core::progress::outlook::Outlook;
use crate::core::progress::outlook::Path;
use crate::core::scheduler::splitmix64;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::totals::Counted;
use crate::core::totals::DayTotals;
use crate::core::totals::Recalls;
use crate::core::totals::SideTotals;
use crate::core::totals::TopicTotals;
use crate::core::units::Days;
use crate::core::units::Ease;

/// 2026-04-14, the last of the 90 days.
pub(crate) const TODAY: StudyDay = StudyDay(20_557);

fn below(seed: u64, bound: u64) -> u64 {
    splitmix64(seed) % bound
}

/// `all` answers of which `percent` were recalled, give or take.
fn recalls(seed: u64, all: u64, percent: u64) -> Recalls {
    let passed = (0..all).filter(|index| below(seed * 1_000 + index, 100) < percent).count();
    Recalls { passed: u64::try_from(passed).unwrap(), all }
}

fn day(index: u64) -> DayTotals {
    let first = if index < 66 { below(index, 5) + 5 } else { 0 };
    let review = 4 + index.min(50) / 2 + below(index + 500, 14);
    let early = if index % 17 == 3 { 4 } else { 0 };
    let drill = (first + review) / 5;
    let mature = if index < 30 { 0 } else { review * (index - 25) / 130 };
    let answers = first + review + early + drill;
    DayTotals {
        answers,
        first,
        review,
        early,
        drill,
        young: recalls(index, review + early - mature, 86),
        mature: recalls(index + 900, mature, 93),
        time_ms: answers * (7_000 + below(index + 70, 3_000)),
        crammed: if index == 60 { 24 } else { 0 },
        imported: 0,
    }
}

fn topic(index: u64, deck: &str, title: &str) -> TopicTotals {
    let all = 3 + below(index + 40, 60) + if index == 2 { 90 } else { 0 };
    TopicTotals {
        title: title.to_owned(),
        deck: deck.to_owned(),
        answers: all + 12,
        recalls: recalls(index + 3_000, all, 70 + below(index + 80, 29)),
        time_ms: (all + 12) * 8_200,
    }
}

/// A topic of fifteen cards, further on the greater `progress`.
fn standing(index: u64, deck: &str, title: &str, progress: u64) -> TopicMastery {
    let mut cards = [0; 5];
    for card in 0..15 {
        let level = below(index * 100 + card + 7, 3 + progress).min(4);
        cards[usize::try_from(level).unwrap()] += 1;
    }
    TopicMastery {
        id: format!("{}/T{index:02}", deck.to_lowercase()),
        title: title.to_owned(),
        deck: deck.to_owned(),
        cards,
        recalls: recalls(index + 3_000, 40, 85),
    }
}

/// The history.
pub(crate) fn totals() -> Totals {
    let skipped = |index: u64| index != 89 && (index % 13 == 5 || (40..43).contains(&index));
    let differences =
        ["What and why", "Risk", "Time horizon", "Change", "Authority and influence", "Control and trust"];
    let skills = ["Listening", "Delegation", "Feedback", "Conflict", "Deciding under uncertainty", "Running a meeting"];
    let named =
        differences.iter().map(|title| ("Differences", title)).chain(skills.iter().map(|title| ("Skills", title)));
    let counted = |kind, expected: &str, given: &str, count| SideTotals {
        kind,
        expected: expected.into(),
        given: given.into(),
        count,
    };
    let side = |expected: &str, given: &str, count| counted(Counted::Sides, expected, given, count);
    let pair = |expected: &str, given: &str, count| counted(Counted::Pairs, expected, given, count);
    let (people, vision, future) = ("people / things", "vision / execution", "future / present");
    let mut knowledge = Knowledge::new(TODAY);
    let mut outlook = Outlook::default();
    for card in 0..437_u32 {
        let interval = [1, 6, 15, 38, 95][(card % 5) as usize];
        let ago = i64::try_from(below(u64::from(card), u64::from(interval) + 2)).unwrap();
        knowledge.add(LastGrade { day: TODAY.plus(-ago), interval: Days(interval), passed: true });
        let path =
            Path { repetitions: 1 + card % 5, interval: Days(interval), ease: Ease::START, maximum: Days(36_500) };
        outlook.add(below(u64::from(card) + 9, 40).try_into().unwrap(), path);
    }
    for (ago, cards) in [(75, 180), (45, 290), (14, 400)] {
        for card in 0..cards {
            let last = TODAY.plus(-ago - i64::try_from(below(card, 9)).unwrap());
            knowledge.add_ended(LastGrade { day: last, interval: Days(9), passed: true }, TODAY.plus(-ago + 12));
        }
    }
    let named_topics: Vec<(&str, &str)> = named.clone().map(|(deck, title)| (deck, *title)).collect();
    Totals {
        today: TODAY,
        since: None,
        until: None,
        days: (0..90)
            .filter(|index| !skipped(*index))
            .map(|index| (TODAY.plus(i64::try_from(index).unwrap() - 89), day(index)))
            .collect(),
        topics: (0..).zip(named).map(|(index, (deck, title))| topic(index, deck, title)).collect(),
        sides: vec![
            side("leader", "leader", 96),
            side("leader", "manager", 22),
            side("manager", "leader", 9),
            side("manager", "manager", 74),
            pair(people, people, 31),
            pair(people, future, 4),
            pair(vision, vision, 28),
            pair(vision, people, 2),
            pair(future, future, 25),
            pair(future, vision, 7),
            counted(Counted::Typed, "", "right", 61),
            counted(Counted::Typed, "", "near", 9),
            counted(Counted::Typed, "", "wrong", 14),
        ],
        knowledge,
        mastery: (0..).zip(&named_topics).map(|(index, (deck, title))| standing(index, deck, title, 6)).collect(),
        mastery_then: Some((
            TODAY.plus(-30),
            (0..).zip(&named_topics).map(|(index, (deck, title))| standing(index, deck, title, 2)).collect(),
        )),
        outlook,
        new_per_day: 10,
        maximum_interval: Days(36_500),
        states: vec![
            (StateWord::New, 112),
            (StateWord::Learning, 38),
            (StateWord::Review, 391),
            (StateWord::Suspended, 6),
            (StateWord::Buried, 2),
        ],
        young_and_mature: (214, 217),
        leeches: 3,
        due: (-2..60_i32)
            .map(|ahead| {
                let seed = u64::from(ahead.unsigned_abs()) + if ahead < 0 { 7 } else { 0 };
                let cards = if ahead < 0 { 3 } else { 26 / (1 + seed / 9) + below(seed + 11, 9) };
                (TODAY.plus(i64::from(ahead)), cards)
            })
            .collect(),
        daily_load_milli: 27_460,
        pauses: Pauses::default(),
    }
}

/// Nothing answered yet: 549 new cards.
pub(crate) fn empty() -> Totals {
    Totals {
        days: Vec::new(),
        topics: Vec::new(),
        sides: Vec::new(),
        states: vec![(StateWord::New, 549)],
        young_and_mature: (0, 0),
        leeches: 0,
        due: Vec::new(),
        daily_load_milli: 0,
        pauses: Pauses::default(),
        knowledge: Knowledge::new(TODAY),
        mastery: vec![TopicMastery {
            id: "differences/frame".to_owned(),
            title: "What and why".to_owned(),
            deck: "Differences".to_owned(),
            cards: [549, 0, 0, 0, 0],
            recalls: Recalls::default(),
        }],
        mastery_then: None,
        outlook: Outlook::default(),
        ..totals()
    }
}
