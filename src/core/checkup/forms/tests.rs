use super::*;
use crate::core::checkup::Given;
use crate::core::checkup::taken;
use crate::core::checkup::tests::DAY;
use crate::core::checkup::tests::card;
use crate::core::checkup::tests::given;
use crate::core::id::EventId;
use crate::core::units::Hlc;
use proptest::prelude::*;

const DEVICE: DeviceId = DeviceId([1; 16]);

/// So many scenes of either form, then so many in reserve; numbered in that order.
fn kept(of_form: u8, reserve: u8) -> Vec<(CardId, Option<Form>)> {
    let form = |number: u8| match number / of_form {
        0 => Form::A,
        1 => Form::B,
        _ => Form::Reserve,
    };
    (0..2 * of_form + reserve).map(|number| (card(number), Some(form(number)))).collect()
}

/// The answers of a check-up that asked what was drawn, all of it or only some.
fn asked(draw: &Draw, number: u64, asked: usize) -> Vec<Given> {
    let count = draw.scenes.len();
    let answer = |(place, scene): (usize, &Scene)| {
        let at = i64::try_from(number * 100).unwrap() + i64::try_from(place).unwrap();
        Given {
            seen: false,
            entry: EventId { device: DEVICE, sequence: number * 100 + u64::try_from(place).unwrap() },
            hlc: Hlc(at),
            card: scene.card,
            form: draw.form,
            ..given(number, 0, DAY + i32::try_from(number).unwrap(), true, place + 1 == count)
        }
    };
    draw.scenes.iter().enumerate().take(asked).map(answer).collect()
}

/// Check-ups one after the other, each whole; whether the first is a baseline.
fn sequence(kept: &[(CardId, Option<Form>)], times: u64, has_baseline: bool) -> (Vec<Draw>, Vec<Taken>) {
    let tenth = (!has_baseline).then_some(Hlc(0));
    let (mut answers, mut draws) = (Vec::new(), Vec::new());
    for number in 1..=times {
        let all = taken(answers.clone(), tenth);
        let draw = draw(kept, &all, None, Some(DEVICE), u32::try_from(number).unwrap());
        answers.extend(asked(&draw, number, usize::MAX));
        draws.push(draw);
    }
    (draws, taken(answers, tenth))
}

fn cards(draw: &Draw) -> BTreeSet<CardId> {
    draw.scenes.iter().map(|scene| scene.card).collect()
}

fn of(kept: &[(CardId, Option<Form>)], wanted: Form) -> BTreeSet<CardId> {
    kept.iter().filter(|(_, form)| *form == Some(wanted)).map(|(card, _)| *card).collect()
}

#[test]
fn the_first_check_up_is_a_whole_form_and_the_second_the_other() {
    let kept = kept(16, 12);
    let (draws, _) = sequence(&kept, 2, true);
    let first = draws[0].form.unwrap();
    assert_eq!(draws[1].form, Some(first.other()));
    assert_eq!((cards(&draws[0]), cards(&draws[1])), (of(&kept, first), of(&kept, first.other())));
}

#[test]
fn as_many_devices_begin_with_one_form_as_with_the_other_and_always_with_the_same() {
    let first = |number: u64| {
        let device = DeviceId(u128::from(splitmix64(number)).to_be_bytes());
        draw(&kept(2, 0), &[], None, Some(device), 1).form.unwrap()
    };
    let begins_with_a = (0..1000).filter(|number| first(*number) == Form::A).count();
    assert!((450..550).contains(&begins_with_a), "{begins_with_a}");
    assert_eq!(first(7), first(7));
    assert_eq!(draw(&kept(2, 0), &[], None, None, 1).form, Some(Form::A), "before anything was written");
}

#[test]
fn later_ones_take_from_the_reserve_and_never_what_the_baseline_asked() {
    let kept = kept(16, 12);
    let (draws, all) = sequence(&kept, 6, true);
    let (first, reserve) = (draws[0].form.unwrap(), of(&kept, Form::Reserve));
    assert_eq!(baseline(&all).unwrap().number, 1);
    assert!(draws[1..].iter().all(|draw| cards(draw).is_disjoint(&cards(&draws[0])) && draw.scenes.len() == 16));
    assert_eq!(cards(&draws[2]).intersection(&reserve).count(), 12);
    assert_eq!(
        draws.iter().map(|draw| draw.form == Some(first)).collect::<Vec<_>>(),
        [true, false, true, false, true, false]
    );
    assert_eq!(cards(&draws[3]), of(&kept, first.other()), "a form that was asked longest ago is whole again");
}

#[test]
fn without_a_baseline_the_reserve_takes_the_place_of_what_was_seen() {
    let kept = kept(16, 12);
    let (draws, all) = sequence(&kept, 3, false);
    assert_eq!(baseline(&all), None);
    let third = cards(&draws[2]);
    assert_eq!(third.intersection(&of(&kept, Form::Reserve)).count(), 12);
    assert_eq!(third.intersection(&of(&kept, draws[0].form.unwrap())).count(), 4);
}

#[test]
fn one_that_goes_on_keeps_its_form_and_its_scenes() {
    let kept = kept(4, 2);
    let (draws, _) = sequence(&kept, 2, true);
    let answers = [asked(&draws[0], 1, usize::MAX), asked(&draws[1], 2, 3)].concat();
    let all = taken(answers, None);
    let again = draw(&kept, &all, all.last(), Some(DEVICE), 2);
    assert_eq!(again, draws[1]);
}

#[test]
fn scenes_without_a_form_are_asked_only_where_there_are_no_forms() {
    let free: Vec<(CardId, Option<Form>)> = (50..60).map(|number| (card(number), None)).collect();
    assert!(!has_forms(&free) && has_forms(&kept(1, 0)));
    let only_reserve = [(card(1), Some(Form::Reserve)), (card(2), None)];
    assert_eq!(draw(&only_reserve, &[], None, Some(DEVICE), 1).scenes.len(), 2, "a reserve of nothing is no form");
    assert_eq!(
        draw(&free, &[], None, Some(DEVICE), 1),
        Draw { form: None, scenes: in_order(free.iter().map(|(card, _)| Scene { card: *card, uses: 0 }).collect(), 1) }
    );
    let mixed = [kept(3, 0), free].concat();
    assert_eq!(draw(&mixed, &[], None, Some(DEVICE), 1).scenes.len(), 3);
    let only_b = [(card(1), Some(Form::B)), (card(2), Some(Form::B))];
    let (draws, _) = sequence(&only_b, 2, true);
    assert!(draws.iter().all(|draw| draw.form == Some(Form::B) && draw.scenes.len() == 2), "there is no other form");
}

proptest! {
    #[test]
    fn a_before_and_its_after_share_no_scene_while_there_are_others(of_form in 1u8..20, reserve in 0u8..20, times in 2u64..9) {
        let (draws, all) = sequence(&kept(of_form, reserve), times, true);
        let before = cards(&draws[0]);
        prop_assert_eq!(baseline(&all).map(|one| one.number), Some(1));
        for draw in &draws[1..] {
            prop_assert!(cards(draw).is_disjoint(&before));
            prop_assert_eq!(draw.scenes.len(), usize::from(of_form), "always as many");
            prop_assert_eq!(cards(draw).len(), usize::from(of_form), "none twice");
        }
    }
}
