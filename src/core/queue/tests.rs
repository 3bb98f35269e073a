use super::*;
use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use proptest::prelude::*;

fn candidate(number: u8) -> Candidate {
    Candidate { card: CardId { note: NoteUid([number; 16]), ordinal: 1 }, siblings: Siblings(u64::from(number)) }
}

fn offer(cards: std::ops::Range<u8>) -> Offer {
    offer_of(0, cards)
}

fn offer_of(deck: i64, cards: std::ops::Range<u8>) -> Offer {
    Offer { cards: cards.map(|number| (deck, candidate(number))).collect(), ..Offer::default() }
}

fn queue(supply: Supply) -> Queue {
    Queue::new(supply, &200.into(), 10.into(), true)
}

fn order(mut queue: Queue) -> String {
    let mut letters = String::new();
    while let Some((_, origin)) = queue.pop() {
        queue.count(origin);
        letters.push(match origin {
            Origin::New => 'n',
            Origin::Review => 'r',
            Origin::Repeat => 'p',
        });
    }
    letters
}

#[test]
fn new_cards_are_spread_evenly_among_reviews() {
    for (reviews, new, expected) in [
        (6, 2, "rrnrrnrr"),
        (10, 3, "rrnrrrnrrnrrr"),
        (0, 3, "nnn"),
        (3, 0, "rrr"),
        (1, 4, "nnnnr"),
        (4, 4, "nrnrnrnr"),
    ] {
        let supply = Supply {
            due: (0..reviews).map(candidate).collect(),
            new: vec![offer(100..100 + new)],
            ..Supply::default()
        };
        assert_eq!(order(queue(supply)), expected, "{reviews} reviews, {new} new");
    }
}

#[test]
fn a_day_in_two_sittings_has_the_order_of_a_day_in_one() {
    let whole = Supply { due: (0..6).map(candidate).collect(), new: vec![offer(100..102)], ..Supply::default() };
    let rest = Supply {
        due: (3..6).map(candidate).collect(),
        new: vec![offer(101..102)],
        reviews_done: 3,
        new_done: 1,
        ..Supply::default()
    };
    let whole = order(queue(whole));
    assert_eq!(whole.get(4..), Some(order(queue(rest)).as_str()));
}

#[test]
fn decks_take_turns_and_the_one_that_waited_begins() {
    let taken = take_turns(vec![offer(0..3), offer(10..11), offer(20..22)]);
    let numbers: Vec<u8> = taken.iter().map(|(_, c)| c.card.note.0[0]).collect();
    assert_eq!(numbers, [0, 10, 20, 1, 21, 2]);
    let mut first = offer(0..2);
    first.last_introduced = Some(StudyDay(9));
    let mut second = offer(10..12);
    second.last_introduced = Some(StudyDay(8));
    let mut third = offer(20..22);
    third.introduced_today = 1;
    let numbers: Vec<u8> = take_turns(vec![first, second, third]).iter().map(|(_, c)| c.card.note.0[0]).collect();
    assert_eq!(numbers, [10, 0, 20, 11, 1, 21]);
}

#[test]
fn siblings_never_meet_on_one_day() {
    let twin = |number: u8, group: u64| Candidate { siblings: Siblings(group), ..candidate(number) };
    let supply = Supply {
        due: vec![twin(1, 7), twin(2, 7), twin(3, 8)],
        new: vec![Offer {
            cards: [twin(4, 8), twin(5, 9), twin(6, 10)].map(|card| (0, card)).into(),
            ..Offer::default()
        }],
        met_today: [Siblings(9)].into(),
        repeats: vec![twin(9, 9)],
        ..Supply::default()
    };
    let mut queue = queue(supply.clone());
    let mut cards = Vec::new();
    while let Some((next, _)) = queue.pop() {
        cards.push(next.card.note.0[0]);
    }
    cards.sort_unstable();
    assert_eq!(cards, [1, 3, 6, 9]);
    assert_eq!(Queue::new(supply, &200.into(), 10.into(), false).waiting().all(), 7);
}

#[test]
fn repeats_come_last_round_after_round() {
    let supply = Supply { due: vec![candidate(1)], repeats: vec![candidate(2)], ..Supply::default() };
    let mut queue = queue(supply);
    let mut asked = Vec::new();
    for round in 0..5 {
        let (next, _) = queue.pop().unwrap();
        asked.push(next.card.note.0[0]);
        if round < 3 {
            queue.repeat(next);
        }
    }
    assert_eq!(asked, [1, 2, 1, 2, 1]);
    assert_eq!(queue.pop(), None);
}

#[test]
fn most_at_risk_is_late_in_proportion_to_its_interval() {
    let late = |days_late, interval, shuffle| Overdue { days_late, interval: Days(interval), shuffle };
    let mut cards = [
        late(10, 365, 1),
        late(0, 1, 2),
        late(10, 6, 3),
        late(1, 1, 4),
        late(20, 20, 5),
        late(-2, 6, 6),
        late(20, 20, 0),
        late(3, 0, 7),
    ];
    cards.sort_by(Overdue::by_risk);
    assert_eq!(cards.map(|card| card.shuffle), [7, 3, 0, 5, 4, 1, 2, 6]);
}

#[test]
fn as_many_due_cards_as_it_takes_decide() {
    assert_eq!(due_that_decide(0, 0, 0), 1);
    assert_eq!(due_that_decide(0, 0, 10), 11);
    assert_eq!(due_that_decide(100, 5, 5), 86);
    assert_eq!(due_that_decide(7, 3, usize::MAX), usize::try_from(u64::MAX / 4 + 1 - 7).unwrap());
}

proptest! {
    #[test]
    fn the_due_cards_that_decide_have_the_first_card_among_them(
        due in 0_u8..60,
        fresh in 0_u8..12,
        places in 0_usize..12,
        reviews_done in 0_u32..40,
        new_done in 0_u32..8,
    ) {
        let supply = |due, fresh| Supply {
            due: (0..due).map(candidate).collect(),
            new: vec![offer(100..100 + fresh)],
            repeats: vec![candidate(99)],
            reviews_done,
            new_done,
            ..Supply::default()
        };
        let first = |supply| Queue::new(supply, &200.into(), places.into(), true).peek();
        let enough = due_that_decide(reviews_done, new_done, places);
        if enough <= usize::from(due) {
            let few = supply(u8::try_from(enough).unwrap(), 0);
            prop_assert_eq!(first(few), Some((candidate(0), Origin::Review)));
            prop_assert_eq!(first(supply(due, fresh)), Some((candidate(0), Origin::Review)));
            // With one fewer all new cards that may come would have put one first.
            let fewer = supply(u8::try_from(enough - 1).unwrap(), u8::try_from(places).unwrap());
            prop_assert!(enough == 1 || first(fewer).is_some_and(|(_, origin)| origin == Origin::New));
        }
    }

    #[test]
    fn risk_is_an_order(cards in proptest::collection::vec((-9_i64..99, 0_u32..40, 0_i64..3), 3)) {
        let cards: Vec<Overdue> = cards
            .into_iter()
            .map(|(days_late, interval, shuffle)| Overdue { days_late, interval: Days(interval), shuffle })
            .collect();
        let [a, b, c] = [cards[0], cards[1], cards[2]];
        prop_assert_eq!(a.by_risk(&b), b.by_risk(&a).reverse());
        if a.by_risk(&b) != Ordering::Greater && b.by_risk(&c) != Ordering::Greater {
            prop_assert_ne!(a.by_risk(&c), Ordering::Greater);
        }
    }

    #[test]
    fn places_never_run_over_and_fit_says_how_many_are_taken(
        all in 0_usize..12,
        of_both in 0_usize..8,
        of_inner in 0_usize..8,
        waiting in proptest::collection::vec(0_u64..9, 3),
        order in proptest::collection::vec(1_i64..4, 0..40),
    ) {
        let mut places = Places::from(all);
        places.limit(of_both, [1, 2]);
        places.limit(of_inner, [2]);
        let waiting: BTreeMap<i64, u64> = (1..).zip(waiting).collect();
        let fit = places.fit(&waiting);
        let mut left = waiting.clone();
        let mut taken: BTreeMap<i64, usize> = BTreeMap::new();
        // Whatever comes first, and then all that is left.
        for deck in order.into_iter().chain((0..60).map(|number| number % 3 + 1)) {
            if left[&deck] > 0 && places.take(deck) {
                left.entry(deck).and_modify(|left| *left -= 1);
                *taken.entry(deck).or_default() += 1;
            }
        }
        let of = |deck: i64| taken.get(&deck).copied().unwrap_or(0);
        prop_assert!(of(2) <= of_inner && of(1) + of(2) <= of_both && of(1) + of(2) + of(3) <= all);
        prop_assert_eq!(u64::try_from(of(1) + of(2) + of(3)).unwrap(), fit, "the order makes no difference");
    }
}

#[test]
fn limits_of_decks_lie_within_the_limit_of_the_day() {
    // Decks 1 and 2 share three places, two of which are for 2; deck 3 has the day's limit only.
    let mut places = Places::from(5);
    places.limit(3, [1, 2]);
    places.limit(2, [2]);
    for (waiting, expected) in [
        (vec![(1, 9)], 3),
        (vec![(2, 9)], 2),
        (vec![(3, 9)], 5),
        (vec![(1, 1), (2, 9), (3, 9)], 5),
        (vec![(1, 9), (2, 9)], 3),
        (vec![(1, 1), (2, 1)], 2),
    ] {
        let waiting: BTreeMap<i64, u64> = waiting.into_iter().collect();
        assert_eq!(places.fit(&waiting), expected, "{waiting:?}");
    }
    let taken: Vec<i64> = [2, 2, 2, 1, 1, 3, 3, 3].into_iter().filter(|deck| places.take(*deck)).collect();
    assert_eq!(taken, [2, 2, 1, 3, 3]);
    assert_eq!(places.all(), 0);
}

#[test]
fn new_cards_of_a_deck_end_at_its_limit_and_the_others_take_the_places() {
    let supply = Supply { new: vec![offer_of(1, 0..9), offer_of(2, 10..19)], ..Supply::default() };
    let mut new = Places::from(6);
    new.limit(1, [1]);
    let mut queue = Queue::new(supply, &200.into(), new, true);
    let mut cards = Vec::new();
    while let Some((next, _)) = queue.pop() {
        cards.push(next.card.note.0[0]);
    }
    assert_eq!(cards, [0, 10, 11, 12, 13, 14]);
}

#[test]
fn coming_back_says_what_waits_and_how_long_it_takes() {
    // (last answer, waiting, places today, per day) on day 100 → (away, days)
    for (last, waiting, today, per_day, expected) in [
        (Some(90), 340, 200, 200, Some((10, 2))),
        (Some(96), 10, 200, 200, Some((4, 1))),
        (Some(97), 10, 200, 200, None),
        (Some(99), 201, 200, 200, Some((0, 2))),
        (Some(100), 150, 50, 200, Some((0, 2))),
        (Some(100), 150, 0, 100, Some((0, 2))),
        (Some(90), 7, 0, 0, Some((10, 0))),
        (Some(90), 0, 0, 200, None),
        (None, 300, 200, 200, None),
        (Some(101), 10, 200, 200, None),
    ] {
        let none = Pauses::default();
        let comeback = Comeback::new(last.map(StudyDay), StudyDay(100), (waiting, today), per_day, false, &none);
        assert_eq!(
            comeback.map(|c| (c.last_days_ago, c.days.unwrap_or(0))),
            expected,
            "{last:?}, {waiting}, {today}, {per_day}"
        );
    }
    let pauses = Pauses::of([(StudyDay(80), &Fact::Paused { until: StudyDay(98) })]);
    for (last, waiting, expected) in [(79, 10, None), (79, 300, Some(0)), (78, 10, Some(22))] {
        let comeback = Comeback::new(Some(StudyDay(last)), StudyDay(100), (waiting, 200), 200, false, &pauses);
        assert_eq!(comeback.map(|c| c.last_days_ago), expected, "a break from day 80 to 98; last on {last}");
    }
}

#[test]
fn what_is_taken_from_a_queue_or_added_to_it_leaves_its_clone_alone() {
    let before =
        queue(Supply { due: (0..4).map(candidate).collect(), repeats: vec![candidate(9)], ..Supply::default() });
    let mut after = before.clone();
    assert_eq!(after.pop(), Some((candidate(0), Origin::Review)));
    after.repeat(candidate(0));
    after.forget(candidate(2).card);
    assert_eq!((before.waiting().all(), after.waiting().all()), (5, 4));
    let left = |mut queue: Queue| -> Vec<u8> {
        std::iter::from_fn(|| queue.pop()).map(|(candidate, _)| candidate.card.note.0[0]).collect()
    };
    assert_eq!((left(before), left(after)), (vec![0, 1, 2, 3, 9], vec![1, 3, 9, 0]));
}

#[test]
fn someone_is_back_until_something_new_is_begun_after_a_gap_of_a_week() {
    for (days, back) in [
        (&[][..], false),
        (&[(99, 5)][..], false),
        (&[(93, 5)], false),
        (&[(92, 5)], true),
        (&[(100, 0), (92, 5)], true),
        (&[(100, 0), (99, 0), (97, 0), (80, 3)], true),
        (&[(100, 0), (99, 1), (97, 0), (80, 3)], false),
        (&[(100, 2), (80, 3)], false),
        (&[(100, 0), (99, 0), (98, 0), (97, 0)], false),
    ] {
        let days = days.iter().map(|(day, begun)| (StudyDay(*day), *begun));
        assert_eq!(is_back(days.clone(), StudyDay(100)), back, "{:?}", days.collect::<Vec<_>>());
    }
}
