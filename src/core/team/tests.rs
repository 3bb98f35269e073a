use super::*;
use proptest::prelude::*;

fn share(number: u8, topics: Vec<TopicMastery>) -> Share {
    Share {
        id: ShareId([number; 16]),
        name: None,
        made: Timestamp { unix_ms: i64::from(number), offset_min: 0 },
        decks: vec![SharedDeck { id: "d".into(), name: "d".into(), version: Some("1".into()) }],
        topics,
        baseline: None,
        latest_checkup: None,
    }
}

fn topic(id: &str, level: Level, recalls: (u64, u64)) -> TopicMastery {
    let mut cards = [0; 5];
    cards[level.index()] = 2;
    let recalls = Recalls { passed: recalls.0, all: recalls.1 };
    TopicMastery { id: id.into(), title: id.to_uppercase(), deck: "d".into(), cards, recalls }
}

fn team(shares: impl IntoIterator<Item = Share>) -> Option<Figures> {
    let mut team = Team::default();
    shares.into_iter().for_each(|share| team.add(&share));
    team.figures()
}

fn with_levels(levels: [u8; 5]) -> Figures {
    let of = levels.into_iter().zip(Level::ALL).flat_map(|(people, level)| (0..people).map(move |_| level));
    team((0..).zip(of).map(|(number, level)| share(number, vec![topic("t", level, (1, 2))]))).unwrap()
}

#[test]
fn nothing_is_told_of_one_or_two_people() {
    let one = |number| share(number, vec![topic("t", Level::Solid, (9, 10))]);
    assert_eq!(team([]), None);
    assert_eq!(team([one(1), one(2)]), None);
    let three = team([one(1), one(2), one(3)]).unwrap();
    assert_eq!((three.people, three.topics[0].reached), (3, [Some(3), Some(3), Some(3), Some(0)]));
    assert_eq!(three.recalls, Recalls { passed: 27, all: 30 });
}

#[test]
fn counts_that_would_leave_one_or_two_people_are_held_back_and_solid_is_kept_before_others() {
    for (levels, reached) in [
        ([0, 0, 0, 5, 5], [Some(10), Some(10), Some(10), Some(5)]),
        ([3, 3, 3, 3, 3], [Some(12), Some(9), Some(6), Some(3)]),
        ([0, 4, 1, 4, 1], [Some(10), None, Some(5), None]),
        ([9, 0, 0, 1, 0], [None, None, None, Some(0)]),
        ([1, 0, 0, 9, 0], [None, None, None, Some(0)]),
        ([5, 0, 0, 0, 0], [Some(0), Some(0), Some(0), Some(0)]),
        ([1, 1, 1, 1, 1], [None; 4]),
        ([0, 0, 3, 2, 1], [Some(6), Some(6), Some(3), None]),
    ] {
        assert_eq!(with_levels(levels).topics[0].reached, reached, "{levels:?}");
    }
}

#[test]
fn a_topic_that_only_two_have_is_not_even_named() {
    let mut shares: Vec<Share> = (0..6).map(|number| share(number, vec![topic("t", Level::Solid, (1, 2))])).collect();
    for share in shares.iter_mut().take(2) {
        share.topics.push(topic("private", Level::Learning, (5, 5)));
    }
    let figures = team(shares.clone()).unwrap();
    assert_eq!(figures.topics.len(), 1);
    assert_eq!(figures.recalls, Recalls { passed: 6, all: 12 }, "nor is it in a total");
    shares[2].topics.push(TopicMastery { title: "Mine".into(), ..topic("private", Level::Unseen, (0, 0)) });
    let figures = team(shares).unwrap();
    let private = figures.topics.iter().find(|topic| topic.id == "private").unwrap();
    assert_eq!(private.title, "private", "no title that not three files have");
    assert_eq!((private.reached, private.recalls), ([None, Some(0), Some(0), Some(0)], None));
}

#[test]
fn what_one_file_says_three_times_is_still_about_one_person() {
    let mut shares: Vec<Share> = (0..3).map(|number| share(number, vec![topic("t", Level::Solid, (1, 1))])).collect();
    shares[0].topics.extend((0..3).map(|_| topic("mine", Level::Solid, (1, 1))));
    shares[0].decks.extend((0..3).map(|_| SharedDeck { id: "mine".into(), name: "mine".into(), version: None }));
    let figures = team(shares).unwrap();
    assert_eq!((figures.topics.len(), figures.decks.len()), (1, 1));
}

#[test]
fn names_are_those_that_files_give_unless_one_or_two_would_be_left() {
    let named = |number: u8, name: Option<&str>| Share { name: name.map(str::to_owned), ..share(number, vec![]) };
    let names = ["Zoë", "Amara", "Ben", "Chidi"];
    let all = names.iter().zip(0..).map(|(name, number)| named(number, Some(name)));
    assert_eq!(team(all.clone()).unwrap().names, ["Amara", "Ben", "Chidi", "Zoë"]);
    assert!(team(all.clone().chain([named(9, None)])).unwrap().names.is_empty());
    assert_eq!(team(all.chain((7..10).map(|number| named(number, None)))).unwrap().names.len(), 4);
}

#[test]
fn check_ups_are_compared_for_those_who_took_two() {
    let taken = |number: u8, first: Option<u64>, latest: Option<u64>| {
        let score = |right| Recalls { passed: right, all: 8 };
        Share { baseline: first.map(score), latest_checkup: latest.map(score), ..share(number, vec![]) }
    };
    let both = |number| taken(number, Some(4), Some(6));
    let figures = |shares: Vec<Share>| team(shares).unwrap().checkups;
    let of = |people, before, after: Option<u64>| {
        let score = |passed| Recalls { passed, all: people * 8 };
        Some(CheckupFigures { people, before: score(before), after: after.map(score) })
    };
    assert_eq!(figures((0..4).map(both).collect()), of(4, 16, Some(24)));
    let mut shares: Vec<Share> = (0..4).map(both).collect();
    shares.push(taken(9, None, None));
    assert_eq!(figures(shares.clone()), None, "of five, two may be counted: too few");
    shares.extend((20..23).map(both));
    assert_eq!(figures(shares), of(5, 20, Some(30)), "of eight, three are left out and not one");
    let mut shares: Vec<Share> = (0..4).map(|number| taken(number, Some(5), None)).collect();
    shares[0].latest_checkup = Some(Recalls { passed: 8, all: 8 });
    assert_eq!(figures(shares), of(4, 20, None), "one who took two is not told apart");
}

#[test]
fn nobody_dominates_a_figure_about_several() {
    let person = |number, passed, all| {
        let score = Some(Recalls { passed, all });
        let topics = vec![topic("t", Level::Solid, (passed, all))];
        Share { baseline: score, latest_checkup: score, ..share(number, topics) }
    };
    let figures = team([person(1, 0, 1_000_000), person(2, 9, 10), person(3, 8, 8)]).unwrap();
    let balanced = Recalls { passed: 17, all: 28 };
    assert_eq!(figures.topics[0].recalls, Some(balanced), "a million wrong answers count like ten");
    assert_eq!(figures.recalls, balanced);
    assert_eq!(figures.checkups, Some(CheckupFigures { people: 3, before: balanced, after: Some(balanced) }));
    assert_eq!(balanced_of(&[(1, 2), (0, 0), (2, 2)]), Recalls { passed: 3, all: 4 });
    assert_eq!(balanced_of(&[]), Recalls::default());
}

fn balanced_of(recalls: &[(u64, u64)]) -> Recalls {
    balanced(recalls.iter().map(|(passed, all)| Recalls { passed: *passed, all: *all }))
}

#[test]
fn what_the_fewest_know_is_to_be_taught_next() {
    let mut shares = Vec::new();
    for number in 0..6 {
        let solid_for_half = if number < 3 { Level::Solid } else { Level::Familiar };
        let topics = vec![
            topic("solid", Level::Mastered, (9, 10)),
            topic("half", solid_for_half, (9, 10)),
            topic("seen", Level::Familiar, (9, 10)),
            topic("worse", Level::Familiar, (5, 10)),
            topic("new", Level::Unseen, (0, 0)),
        ];
        shares.push(share(number, topics));
    }
    let ids: Vec<String> = team(shares).unwrap().next.into_iter().map(|topic| topic.id).collect();
    assert_eq!(ids, ["new", "worse", "seen", "half"]);
}

#[test]
fn the_newest_edition_of_a_profile_counts_whatever_the_order() {
    let edition = |made_ms, hash| Edition { made_ms, hash: [hash; 32] };
    let mut roster = Roster::default();
    let id = ShareId([1; 16]);
    assert_eq!(roster.offer(id, edition(5, 1), 0), Offered::First);
    assert_eq!(roster.offer(id, edition(4, 9), 1), Offered::Older(0));
    assert_eq!(roster.offer(id, edition(5, 1), 2), Offered::Older(0));
    assert_eq!(roster.offer(id, edition(6, 0), 3), Offered::Replaces(0));
    assert_eq!(roster.offer(ShareId([2; 16]), edition(1, 1), 4), Offered::First);
    assert_eq!(roster.places(), [(3, [0; 32]), (4, [1; 32])]);
}

/// A person: a level of each topic (5: not in the file), recalls of each, check-ups, whether named.
type Person = (Vec<(usize, u64, u64)>, Option<u64>, Option<u64>, bool);

fn person() -> impl Strategy<Value = Person> {
    let topics = proptest::collection::vec((0_usize..6, 0_u64..3, 0_u64..3), 4);
    (topics, proptest::option::of(0_u64..8), proptest::option::of(0_u64..8), any::<bool>())
}

fn shares(people: &[Person]) -> Vec<Share> {
    let of = |(number, (topics, first, latest, is_named)): (u8, &Person)| {
        let topics = topics.iter().enumerate().filter_map(|(index, (level, passed, failed))| {
            let level = Level::ALL.get(*level)?;
            Some(topic(&format!("t{index}"), *level, (*passed, passed + failed)))
        });
        let score = |right: u64| Recalls { passed: right, all: 8 };
        Share {
            name: is_named.then(|| format!("N{number}")),
            baseline: first.map(score),
            latest_checkup: first.and(*latest).map(score),
            ..share(number, topics.collect())
        }
    };
    (0..).zip(people).map(of).collect()
}

proptest! {
    /// The rule, by brute force: take any two figures of a row from each other (the whole team and nobody are figures
    /// too), and who is left are none, or three and more, as the people themselves have it.
    #[test]
    fn no_figure_and_no_difference_of_figures_is_about_one_or_two_people(people in proptest::collection::vec(person(), 0..14)) {
        let shares = shares(&people);
        let everyone = u64::try_from(shares.len()).unwrap();
        let Some(figures) = team(shares.clone()) else {
            prop_assert!(everyone < FEWEST);
            return Ok(());
        };
        let is_fine = |people: u64| people == 0 || people >= FEWEST;
        prop_assert_eq!(figures.people, everyone);
        prop_assert!(is_fine(everyone - u64::try_from(figures.names.len()).unwrap()) || figures.names.is_empty());
        let mut total = Recalls::default();
        for topic in &figures.topics {
            let of = |share: &Share| share.topics.iter().find(|other| other.id == topic.id).cloned();
            let level = |share: &Share| of(share).and_then(|topic| topic.level()).unwrap_or(Level::Unseen);
            prop_assert!(shares.iter().filter(|share| of(share).is_some()).count() >= 3);
            let mut told = vec![everyone, 0];
            for (reached, at_least) in topic.reached.iter().zip(&Level::ALL[1..]) {
                let people = shares.iter().filter(|share| level(share) >= *at_least).count();
                if let Some(reached) = reached {
                    prop_assert_eq!(*reached, u64::try_from(people).unwrap(), "what is told is true");
                    told.push(*reached);
                }
            }
            for one in &told {
                for other in &told {
                    prop_assert!(is_fine(one.abs_diff(*other)), "{:?} of {}", topic.reached, everyone);
                }
            }
            if let Some(recalls) = topic.recalls {
                prop_assert!(shares.iter().filter_map(of).filter(|topic| topic.recalls.all > 0).count() >= 3);
                total = total.plus(recalls);
            }
        }
        prop_assert_eq!(figures.recalls, total, "a total leaves nothing when its parts are taken from it");
        if let Some(checkups) = figures.checkups {
            prop_assert!(checkups.people >= FEWEST && is_fine(everyone - checkups.people));
            prop_assert_eq!(checkups.before.all, checkups.people * 8);
            prop_assert!(checkups.after.is_none_or(|after| after.all == checkups.people * 8));
        }
        for topic in &figures.next {
            prop_assert!(figures.topics.contains(topic));
        }
    }

    #[test]
    fn the_order_of_the_files_does_not_matter(people in proptest::collection::vec(person(), 3..10), turn in 0_usize..10) {
        let mut shares = shares(&people);
        let figures = team(shares.clone());
        let turn = turn % shares.len();
        shares.rotate_left(turn);
        prop_assert_eq!(team(shares), figures);
    }
}
