use super::*;
use crate::core::checkup::taken;
use crate::core::checkup::tests::DAY;
use crate::core::checkup::tests::eight;
use crate::core::checkup::tests::given;
use crate::core::units::Hlc;
use proptest::prelude::*;

/// Newcombe's own examples: table II of the paper, method 10.
#[test]
fn a_change_has_the_interval_of_the_paper() {
    for ((a, m), (b, n), (low, high)) in [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
    ] {
        let (difference, l, u) = change(Recalls { passed: b, all: n }, Recalls { passed: a, all: m }).unwrap();
        assert!((difference - (a as f64 / m as f64 - b as f64 / n as f64)).abs() < 1e-12);
        assert!((l - low).abs() < 5e-5 && (u - high).abs() < 5e-5, "{a}/{m} − {b}/{n}: {l:.4} to {u:.4}");
    }
    assert_eq!(change(Recalls::default(), Recalls { passed: 1, all: 1 }), None);
}

#[test]
fn the_conclusion_says_no_more_than_the_range_allows() {
    let of = |rights: &[i64]| {
        let number = |index: usize| u64::try_from(index + 1).unwrap();
        let days = (DAY..).step_by(30);
        taken(
            rights.iter().enumerate().zip(days).flat_map(|((i, right), day)| eight(number(i), day, *right)).collect(),
            None,
        )
    };
    assert!(conclusion(&[]).starts_with("Nothing can be concluded"));
    assert!(conclusion(&of(&[4])).contains("says nothing about a change"));
    assert!(conclusion(&of(&[4, 6])).ends_with(&format!("{TOO_FEW} Neither a gain nor the lack of one is shown.")));
    assert!(conclusion(&of(&[1, 0, 8])).starts_with("From 1 of 8 right to 8 of 8: more than chance explains"));
    assert!(conclusion(&of(&[8, 1])).contains("a greater fall than chance explains"));
    assert_eq!(points(Recalls { passed: 4, all: 8 }, Recalls { passed: 6, all: 8 }).unwrap(), "−19 to +59 points");
}

#[test]
fn a_baseline_is_over_before_the_tenth_card_is_answered() {
    let answers = [eight(1, DAY, 4), eight(2, DAY + 30, 5), eight(3, DAY + 180, 8)].concat();
    // The answers of a check-up are at DAY * 1000 and the seven places after it.
    let noon = |day: i32, place: i64| Some(Hlc(i64::from(day) * 1000 + place));
    for (tenth, before, after) in [
        (None, Some(1), Some(3)),
        (noon(DAY, 8), Some(1), Some(3)),
        (noon(DAY, 7), None, Some(3)),
        (noon(DAY, 4), None, Some(3)),
        (noon(DAY - 1, 0), None, Some(3)),
    ] {
        let all = taken(answers.clone(), tenth);
        let numbers = (baseline(&all).map(|one| one.number), latest(&all).map(|one| one.number));
        assert_eq!(numbers, (before, after), "{tenth:?}");
        assert_eq!(before_and_after(&all).is_some(), before.is_some());
        assert_eq!(conclusion(&all) == NO_BASELINE, before.is_none());
    }
    // One that was left is no baseline, however early, and neither is it the latest.
    let left = taken([vec![given(1, 0, DAY, true, false)], eight(2, DAY + 1, 4)].concat(), noon(DAY, 9));
    assert_eq!((baseline(&left), latest(&left).map(|one| one.number)), (None, Some(2)));
    let only = taken(eight(1, DAY, 4), None);
    assert_eq!((baseline(&only).map(|one| one.number), latest(&only)), (Some(1), None));
}

proptest! {
    #[test]
    fn the_range_of_a_change_holds_the_change_and_turns_around_with_it(a in 0u64..40, b in 0u64..40, m in 1u64..40, n in 1u64..40) {
        let (a, b) = (Recalls { passed: a.min(m), all: m }, Recalls { passed: b.min(n), all: n });
        let (difference, low, high) = change(a, b).unwrap();
        prop_assert!(-1.0 <= low && low <= difference + 1e-12 && difference <= high + 1e-12 && high <= 1.0);
        let (back, back_low, back_high) = change(b, a).unwrap();
        prop_assert!((back + difference).abs() < 1e-12 && (back_low + high).abs() < 1e-12 && (back_high + low).abs() < 1e-12);
    }
}
