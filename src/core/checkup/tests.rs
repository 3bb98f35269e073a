use super::*;
use crate::core::card::Value;
use crate::core::id::NoteUid;
use proptest::prelude::*;
use std::collections::BTreeSet;

pub(super) const DAY: i32 = 20_000;

pub(super) fn card(number: u8) -> CardId {
    CardId { note: NoteUid([number; 16]), ordinal: 1 }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp { unix_ms: seconds * 1000, offset_min: 0 }
}

fn sort() -> NoteText {
    let text = |text: &str| Value::Text(text.to_owned());
    NoteText {
        kind: "sort".to_owned(),
        fields: [
            ("prompt".to_owned(), Value::Texts(vec!["One?".to_owned(), "Two?".to_owned()])),
            ("answer".to_owned(), text("left")),
            ("categories".to_owned(), Value::Texts(vec!["left".to_owned(), "right".to_owned()])),
        ]
        .into(),
        ..NoteText::default()
    }
}

fn scenes(count: u8) -> Vec<Scene> {
    in_order((0..count).map(|number| Scene { card: card(number), uses: 0 }).collect(), 1)
}

fn checkup(count: u8, minutes: u32) -> Checkup {
    Checkup::new(1, scenes(count), Some(minutes), None, at(0)).present(Some(sort()), at(0))
}

pub(super) fn given(number: u64, place: i64, day: i32, right: bool, last: bool) -> Given {
    Given {
        seen: false,
        entry: EventId { device: DeviceId([1; 16]), sequence: number + u64::try_from(place).unwrap() },
        number,
        hlc: Hlc(i64::from(day) * 1000 + place),
        day: StudyDay(day),
        card: card(u8::try_from(place).unwrap()),
        deck: place % 2,
        topic: "people / things".to_owned(),
        right,
        last,
        form: None,
        variant: 0,
        took: Millis(5000),
    }
}

/// A finished check-up of eight scenes, so many of them right.
pub(super) fn eight(number: u64, day: i32, right: i64) -> Vec<Given> {
    (0..8).map(|place| given(number, place, day, place < right, place == 7)).collect()
}

fn draft(step: &Transition) -> Draft {
    match &step.effect {
        Some(Effect::Append(answer)) => Draft::clone(answer),
        Some(Effect::AskAgain(_) | Effect::Ignored) | None => panic!("{step:?}"),
    }
}

#[test]
fn three_minutes_are_eight_scenes_and_the_shortest_check_up_has_one() {
    assert_eq!([3, 1, 10].map(scenes_in), [8, 2, 27]);
    assert_eq!([0, 2, 8, 16].map(minutes_of), [1, 1, 3, 6]);
    assert_eq!(checkup(33, 3).planned(), 8);
    assert_eq!(checkup(5, 3).planned(), 5, "no more than there are");
    assert_eq!(*Checkup::new(1, Vec::new(), Some(3), None, at(0)).stage(), Stage::Over);
}

#[test]
fn an_answer_says_nothing_about_right_or_wrong_and_the_last_one_ends_it() {
    let mut checkup = checkup(33, 3);
    for place in 1..=8 {
        assert_eq!(checkup.place(), place);
        let step = checkup.step(&Input::Respond(if place == 1 { "left" } else { "r" }.to_owned()), at(1));
        let answer = draft(&step);
        let quality = Quality::try_from(if place == 1 { 4 } else { 2 }).unwrap();
        let named = if place == 1 { 0 } else { 77 };
        assert_eq!(answer.kind, EventKind::Checked { quality, took: Millis(1000), checkup: named, last: place == 8 });
        assert_eq!(answer.detail.response.as_deref(), Some(if place == 1 { "left" } else { "right" }));
        assert_eq!((answer.prev, answer.memory), (None, None));
        checkup = step.next.numbered(77).present(Some(sort()), at(0));
    }
    assert_eq!(*checkup.stage(), Stage::Over);
}

#[test]
fn it_ends_at_the_scene_after_which_the_time_is_up() {
    let slow = checkup(33, 3);
    let step = slow.step(&Input::Respond("left".to_owned()), at(179));
    assert_eq!(*step.next.stage(), Stage::Between);
    let step = slow.step(&Input::Respond("left".to_owned()), at(180));
    assert_eq!(*step.next.stage(), Stage::Over);
    assert!(matches!(draft(&step).kind, EventKind::Checked { last: true, .. }));
}

#[test]
fn without_a_time_it_goes_through_all_scenes_and_each_answer_names_the_form() {
    let mut checkup = Checkup::new(1, scenes(16), None, None, at(0)).of_form(Some(Form::B));
    assert_eq!(checkup.planned(), 16);
    for place in 1..=16 {
        let step = checkup.present(Some(sort()), at(0)).step(&Input::DontKnow, at(7200));
        let answer = draft(&step);
        assert!(matches!(answer.kind, EventKind::Checked { last, .. } if last == (place == 16)));
        assert_eq!(answer.detail.form, Some(2));
        checkup = step.next;
    }
}

#[test]
fn not_knowing_is_wrong_and_what_is_no_answer_is_asked_again() {
    let checkup = checkup(33, 3);
    let step = checkup.step(&Input::DontKnow, at(1));
    assert!(matches!(draft(&step).kind, EventKind::Checked { quality: Quality::Q2, .. }));
    assert_eq!(draft(&step).detail.response, None);
    let no_option = Unreadable::NoOption { given: "up".to_owned(), options: 2 };
    for (text, why) in
        [("", Unreadable::NoAnswer), ("  ", Unreadable::NoAnswer), ("up", no_option), ("3", Unreadable::OutOfRange(2))]
    {
        let step = checkup.step(&Input::Respond(text.to_owned()), at(1));
        assert_eq!(step.effect, Some(Effect::AskAgain(why)), "{text}");
        assert_eq!(step.next, checkup);
    }
}

#[test]
fn a_scene_that_is_gone_is_passed_over() {
    let mut checkup = Checkup::new(1, scenes(3), Some(3), None, at(0));
    for _ in 0..3 {
        assert_eq!(checkup.done(), 0);
        checkup = checkup.present(None, at(0));
    }
    assert_eq!(*checkup.stage(), Stage::Over);
}

#[test]
fn what_was_begun_goes_on_with_other_scenes_and_less_time() {
    let begun = taken((0..3).map(|place| given(1, place, DAY, true, false)).collect(), None);
    let checkup = Checkup::new(1, scenes(33), Some(3), begun.first(), at(0));
    assert_eq!((checkup.place(), checkup.planned()), (4, 8));
    assert!((0..3).all(|used| !checkup.waiting.iter().any(|scene| scene.card == card(used))));
    assert_eq!(checkup.ends_at_ms, Some(165_000), "15 s of 180 are used");
    let done = taken((0..30).map(|place| given(1, place, DAY, true, false)).collect(), None);
    let checkup = Checkup::new(1, scenes(33), Some(3), done.first(), at(0));
    assert_eq!(checkup.planned(), 31, "one more scene brings it to its end");
}

#[test]
fn the_newest_answer_of_the_sitting_is_taken_back_and_its_scene_asked_again() {
    let first = checkup(33, 3);
    let Stage::Asking(asked) = first.stage() else { panic!() };
    let second = first.step(&Input::DontKnow, at(1)).next.numbered(9).present(Some(sort()), at(1));
    let back = second.undone().unwrap();
    assert_eq!(back.wanted(), Some(asked.card));
    assert_eq!((back.done(), back.number()), (0, 0), "the check-up has not begun");
    assert_eq!(back.undone(), None);
}

#[test]
fn a_repeated_scene_shows_its_next_phrasing() {
    let scene =
        |uses| Checkup::new(2, vec![Scene { card: card(1), uses }], Some(3), None, at(0)).present(Some(sort()), at(0));
    let prompts = [0, 1, 2].map(|uses| match scene(uses).stage() {
        Stage::Asking(asked) => asked.question.prompt.clone(),
        Stage::Between | Stage::Over => panic!("nothing is asked"),
    });
    assert_eq!(prompts, ["One?", "Two?", "One?"]);
}

#[test]
fn answers_add_up_to_check_ups_whatever_order_they_come_in() {
    let mut answers = [eight(1, DAY, 4), eight(2, DAY + 29, 7)].concat();
    answers.push(given(3, 0, DAY + 40, true, false));
    let all = taken(answers.clone(), None);
    answers.reverse();
    assert_eq!(taken(answers, None), all);
    let sums: Vec<_> = all.iter().map(|one| (one.number, one.score.passed, one.score.all, one.finished)).collect();
    assert_eq!(sums, [(1, 4, 8, true), (2, 7, 8, true), (3, 1, 1, false)]);
    let device = DeviceId([1; 16]);
    assert_eq!(open(&all, device, StudyDay(DAY + 40)).unwrap().number, 3);
    assert_eq!(open(&all, device, StudyDay(DAY + 41)), None);
    assert_eq!(open(&all, DeviceId([2; 16]), StudyDay(DAY + 40)), None);
    assert_eq!(shown(&all, StudyDay(DAY + 40)).count(), 2, "what goes on says nothing yet");
    assert_eq!(shown(&all, StudyDay(DAY + 41)).count(), 3);
}

#[test]
fn what_was_missed_is_kept_in_the_order_in_which_it_was_asked() {
    let answers =
        (0..4).map(|place| Given { variant: 1, form: Some(Form::A), ..given(1, place, DAY, place == 1, false) });
    let all = taken(answers.rev().collect(), None);
    let missed: Vec<_> = all[0].missed.iter().map(|one| (one.card, one.entry.sequence, one.variant)).collect();
    assert_eq!(missed, [(card(0), 1, 1), (card(2), 3, 1), (card(3), 4, 1)]);
    assert_eq!(all[0].form, Some(Form::A));
}

#[test]
fn a_check_up_is_the_next_of_its_device_or_the_open_one_again() {
    let device = DeviceId([1; 16]);
    let mut answers = eight(1, DAY, 4);
    answers.push(given(9, 0, DAY + 40, true, false));
    let all = taken(answers, None);
    for (device, day, expected) in [
        (None, DAY, 1),
        (Some(DeviceId([2; 16])), DAY + 40, 1),
        (Some(device), DAY + 39, 3),
        (Some(device), DAY + 40, 2),
        (Some(device), DAY + 41, 3),
    ] {
        assert_eq!(turn(&all, device, StudyDay(day)), expected, "{device:?} {day}");
    }
}

#[test]
fn the_sums_of_some_decks_know_that_a_check_up_ended_with_another_one() {
    let answers = [eight(1, DAY, 5), vec![given(2, 1, DAY + 9, true, true)]].concat();
    let all = taken_of(answers, None, |answer| answer.deck == 0);
    let sums: Vec<_> = all.iter().map(|one| (one.number, one.score.passed, one.score.all, one.finished)).collect();
    assert_eq!(sums, [(1, 3, 4, true)]);
}

#[test]
fn the_same_number_of_two_devices_is_two_check_ups() {
    let other = eight(1, DAY + 1, 3)
        .into_iter()
        .map(|one| Given { entry: EventId { device: DeviceId([2; 16]), ..one.entry }, ..one });
    let all = taken(eight(1, DAY, 5).into_iter().chain(other).collect(), None);
    assert_eq!(all.iter().map(|one| one.score.passed).collect::<Vec<_>>(), [5, 3]);
}

#[test]
fn it_is_due_on_day_1_30_180_and_365_until_one_was_finished_since() {
    let day = |day_of_use: i32| StudyDay(DAY + day_of_use - 1);
    let on = |day_of_use: i32| taken(eight(1, day(day_of_use).0, 5), None);
    let first = Some(day(1));
    assert_eq!(due(None, &[], day(1)), Some(1), "before the first answer today is day 1");
    assert_eq!(due(first, &[], day(1)), Some(1));
    assert_eq!(due(first, &[], day(29)), Some(1));
    assert_eq!(due(first, &[], day(30)), Some(30));
    assert_eq!(due(first, &on(1), day(29)), None);
    assert_eq!(due(first, &on(1), day(30)), Some(30));
    assert_eq!(due(first, &on(29), day(30)), Some(30));
    assert_eq!(due(first, &on(30), day(179)), None);
    assert_eq!(due(first, &on(30), day(180)), Some(180));
    assert_eq!(due(first, &on(180), day(364)), None);
    assert_eq!(due(first, &on(180), day(365)), Some(365));
    assert_eq!(due(first, &on(365), day(3650)), None);
    assert_eq!(due(Some(day(5)), &on(1), day(30)), Some(30), "the first check-up came first");
    let unfinished = taken(vec![given(1, 0, DAY, true, false)], None);
    assert_eq!(due(first, &unfinished, day(2)), Some(1));
    assert_eq!(due(Some(day(9)), &[], day(3)), Some(1), "a clock that was set back");
}

#[test]
fn the_order_of_a_turn_is_the_same_on_every_machine_and_another_one_the_next_time() {
    let order = |turn: u32| -> Vec<u8> {
        let scenes = (0..8).map(|number| Scene { card: card(number), uses: 0 }).collect();
        in_order(scenes, turn).iter().map(|scene| scene.card.note.0[0]).collect()
    };
    // By hand: the least splitmix64(hash of the card ^ splitmix64(turn)) first.
    let by_hand = |turn: u64| {
        let mut cards: Vec<u8> = (0..8).collect();
        cards.sort_by_key(|number| splitmix64(card(*number).hash() ^ splitmix64(turn)));
        cards
    };
    assert_eq!((order(1), order(2)), (by_hand(1), by_hand(2)));
    assert_ne!(order(1), order(2));
}

#[test]
fn before_it_begins_it_says_how_much_comes_and_a_near_miss_is_right() {
    assert!(introduction(8, 0, Some(3)).starts_with("8 scenes, 3 minutes at most. They are in no review"));
    assert!(introduction(16, 0, None).starts_with("16 scenes, about 6 minutes. They are in no review"));
    assert!(
        introduction(8, 7, Some(1)).starts_with("1 scene, going on after 7 answered earlier today, 1 minute at most.")
    );
    assert_eq!(
        score(Recalls { passed: 6, all: 8 }),
        "6 of 8 right; of many such scenes it would be 41 to 93 in 100 (95 % range)"
    );
    assert_eq!(Quality::ALL.map(is_right), [false, false, false, true, true, true]);
}

#[test]
fn what_was_not_known_says_how_it_was_asked() {
    let step = checkup(3, 3).step(&Input::DontKnow, at(9));
    let Some(Effect::Append(answer)) = step.effect else { panic!() };
    assert_eq!(answer.detail.asked, Some(crate::core::event::Asked::Sort));
    assert_eq!(answer.detail.response, None);
}

proptest! {
    #[test]
    fn no_scene_is_asked_again_before_all_were(count in 1u8..40, minutes in 1u32..8, times in 1u32..9) {
        let mut uses: BTreeMap<CardId, usize> = (0..count).map(|number| (card(number), 0)).collect();
        for number in 1..=times {
            let scenes = uses.iter().map(|(card, uses)| Scene { card: *card, uses: *uses }).collect();
            let mut checkup = Checkup::new(number, in_order(scenes, number), Some(minutes), None, at(0));
            let mut asked = BTreeSet::new();
            while let Some(card) = checkup.wanted() {
                prop_assert!(asked.insert(card), "twice in one check-up");
                *uses.get_mut(&card).unwrap() += 1;
                checkup = checkup.present(Some(sort()), at(0)).step(&Input::DontKnow, at(0)).next;
            }
            prop_assert_eq!(asked.len(), scenes_in(minutes).min(usize::from(count)));
            let (least, most) = (uses.values().min().unwrap(), uses.values().max().unwrap());
            prop_assert!(most - least <= 1);
        }
    }
}
