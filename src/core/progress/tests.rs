use super::*;
use crate::core::fact::Fact;
use crate::core::progress::confusion::MOST_NAMES;

fn answered(answers: u64) -> DayTotals {
    DayTotals { answers, review: answers, ..DayTotals::default() }
}

fn recalled(young: (u64, u64), mature: (u64, u64)) -> DayTotals {
    DayTotals {
        answers: young.1 + mature.1,
        young: Recalls { passed: young.0, all: young.1 },
        mature: Recalls { passed: mature.0, all: mature.1 },
        ..DayTotals::default()
    }
}

fn on(days: &[(i32, DayTotals)]) -> Totals {
    Totals {
        today: StudyDay(1000),
        days: days.iter().map(|(day, sum)| (StudyDay(*day), *sum)).collect(),
        ..test_history::empty()
    }
}

#[test]
fn the_period_takes_in_both_of_its_ends() {
    let mut totals = on(&[(990, answered(1)), (991, answered(2)), (995, answered(4)), (996, answered(8))]);
    let whole = Progress::new(&totals);
    assert_eq!((whole.sum.answers, whole.days_practised), (15, 4));
    assert_eq!((whole.period.from, whole.period.to), (StudyDay(990), StudyDay(1000)));
    assert_eq!((whole.period.days(), whole.spans.len()), (11, 11));
    totals.since = Some(StudyDay(991));
    totals.until = Some(StudyDay(995));
    let part = Progress::new(&totals);
    assert_eq!((part.sum.answers, part.days_practised, part.period.days()), (6, 2, 5));
    let by_day: Vec<u64> = part.spans.iter().map(|span| span.totals.answers).collect();
    assert_eq!(by_day, [2, 0, 0, 0, 4]);
    totals.since = Some(StudyDay(996));
    let backwards = Progress::new(&totals);
    assert_eq!((backwards.sum.answers, backwards.period.days(), backwards.spans.len()), (0, 0, 0));
}

#[test]
fn retention_is_split_by_age_and_by_window() {
    let progress = Progress::new(&on(&[
        (600, recalled((1, 2), (0, 1))),
        (700, recalled((10, 10), (0, 0))),
        (994, recalled((3, 5), (2, 2))),
        (999, recalled((7, 8), (1, 2))),
    ]));
    let row = |window| {
        let row = progress.retention.iter().find(|row| row.window == window).unwrap();
        [row.young, row.mature, row.all()].map(|recalls| (recalls.passed, recalls.all))
    };
    assert_eq!(row(Window::Today), [(0, 0), (0, 0), (0, 0)]);
    assert_eq!(progress.recalls(Window::Today).ratio(), None);
    assert_eq!(row(Window::Yesterday), [(7, 8), (1, 2), (8, 10)]);
    assert_eq!(row(Window::Last7), [(10, 13), (3, 4), (13, 17)], "today and the six days before");
    assert_eq!(row(Window::Last30), row(Window::Last7));
    assert_eq!(row(Window::Last365), [(20, 23), (3, 4), (23, 27)]);
    assert_eq!(row(Window::All), [(21, 25), (3, 5), (24, 30)]);
    assert_eq!(row(Window::Period), row(Window::All));
}

#[test]
fn a_streak_survives_until_today_ends() {
    let streak = |days: &[i32]| {
        let days: Vec<(i32, DayTotals)> = days.iter().map(|day| (*day, answered(1))).collect();
        let Streak { current, longest, answered_today } = Progress::new(&on(&days)).streak;
        (current, longest, answered_today)
    };
    assert_eq!(streak(&[]), (0, 0, false));
    assert_eq!(streak(&[998, 999, 1000]), (3, 3, true));
    assert_eq!(streak(&[998, 999]), (2, 2, false));
    assert_eq!(streak(&[990, 991, 992, 998]), (0, 3, false));
    assert_eq!(streak(&[999, 1000, 1001]), (2, 2, true), "an answer from the future adds nothing");
}

#[test]
fn a_streak_passes_over_paused_days() {
    let paused = |day, until| (StudyDay(day), Fact::Paused { until: StudyDay(until) });
    // (answered, paused from and until, expected: current, longest, answered today); today is 1000.
    type Case = (&'static [i32], &'static [(i32, i32)], (u64, u64, bool));
    let cases: [Case; 8] = [
        (&[989, 990], &[(991, 1000)], (2, 2, false)),
        (&[989, 990, 1000], &[(991, 1000)], (3, 3, true)),
        (&[989, 990], &[(991, 999)], (0, 2, false)),
        (&[989, 990], &[(992, 1000)], (0, 2, false)),
        (&[989, 990, 995], &[(991, 1010)], (3, 3, false)),
        (&[989, 990], &[(990, 1010)], (2, 2, false)),
        (&[980, 985, 990], &[(981, 985), (986, 990), (991, 1001)], (3, 3, false)),
        (&[], &[(991, 1010)], (0, 0, false)),
    ];
    for (days, pauses, expected) in cases {
        let days: Vec<(i32, DayTotals)> = days.iter().map(|day| (*day, answered(1))).collect();
        let mut totals = on(&days);
        let facts: Vec<(StudyDay, Fact)> = pauses.iter().map(|(day, until)| paused(*day, *until)).collect();
        totals.pauses = Pauses::of(facts.iter().map(|(day, fact)| (*day, fact)));
        let Streak { current, longest, answered_today } = Progress::new(&totals).streak;
        assert_eq!((current, longest, answered_today), expected, "{days:?}, {pauses:?}");
        assert_eq!(streak_of(&totals.days, &totals.pauses, totals.today).current, current);
    }
}

#[test]
fn what_falls_due_in_a_break_waits_until_it_is_over() {
    let mut totals = on(&[]);
    totals.due = [(990, 4), (1000, 2), (1001, 8), (1004, 16), (1005, 32), (1100, 64)]
        .map(|(day, cards)| (StudyDay(day), cards))
        .to_vec();
    let fact = Fact::Paused { until: StudyDay(1004) };
    totals.pauses = Pauses::of([(StudyDay(998), &fact)]);
    let forecast = Progress::new(&totals).forecast;
    assert_eq!((forecast.overdue, forecast.days[0], forecast.days[3]), (0, 0, 0));
    assert_eq!((forecast.days[4], forecast.days[5], forecast.later), (30, 32, 64));
}

#[test]
fn imported_and_crammed_answers_make_no_day_of_practice() {
    let other = DayTotals { crammed: 5, imported: 7, ..DayTotals::default() };
    let progress = Progress::new(&on(&[(999, other), (1000, answered(1))]));
    assert_eq!((progress.streak.current, progress.days_practised), (1, 1));
    assert_eq!((progress.sum.crammed, progress.sum.imported, progress.sum.answers), (5, 7, 1));
}

#[test]
fn what_is_overdue_waits_in_today() {
    let mut totals = on(&[]);
    totals.due = [(990, 4), (999, 1), (1000, 2), (1001, 8), (1029, 16), (1030, 32)]
        .map(|(day, cards)| (StudyDay(day), cards))
        .to_vec();
    let forecast = Progress::new(&totals).forecast;
    assert_eq!((forecast.overdue, forecast.days[0], forecast.days[1], forecast.days[29]), (5, 7, 8, 16));
    assert_eq!((forecast.days.iter().sum::<u64>(), forecast.later), (31, 32));
}

#[test]
fn topics_are_ranked_only_with_five_answers_that_count() {
    let topic = |title: &str, passed, all| TopicTotals {
        title: title.into(),
        answers: all,
        recalls: Recalls { passed, all },
        ..TopicTotals::default()
    };
    let mut totals = on(&[]);
    totals.topics = vec![
        topic("four of four", 4, 4),
        topic("five of five", 5, 5),
        topic("all of nine", 9, 9),
        topic("half", 5, 10),
        topic("third", 3, 9),
        topic("unseen", 0, 0),
    ];
    let titles = |topics: &[TopicTotals]| topics.iter().map(|topic| topic.title.clone()).collect::<Vec<_>>();
    let progress = Progress::new(&totals);
    assert_eq!(titles(&progress.strongest), ["all of nine", "five of five"]);
    assert_eq!(titles(&progress.weakest), ["third", "half"]);
    assert_eq!(progress.topics.len(), 5);
    totals.topics = vec![topic("a", 6, 6), topic("b", 5, 5)];
    let flawless = Progress::new(&totals);
    assert_eq!((titles(&flawless.strongest), flawless.weakest.len()), (vec!["a".to_owned()], 0));
}

#[test]
fn what_is_taken_for_what_makes_a_table_of_each_kind() {
    let side = |kind, expected: &str, given: &str, count| SideTotals {
        kind,
        expected: expected.into(),
        given: given.into(),
        count,
    };
    let mut totals = on(&[]);
    totals.sides = vec![
        side(Counted::Sides, "leader", "leader", 30),
        side(Counted::Sides, "leader", "manager", 10),
        side(Counted::Sides, "manager", "manager", 12),
        side(Counted::Sides, "manager", "both", 3),
        side(Counted::Pairs, "a / b", "c / d", 1),
    ];
    let confusions = Progress::new(&totals).confusions;
    assert_eq!(confusions.iter().map(|found| found.kind).collect::<Vec<_>>(), [Counted::Sides, Counted::Pairs]);
    let sides = &confusions[0];
    assert_eq!(sides.names, ["both", "leader", "manager"]);
    assert_eq!(sides.counts, [vec![0, 0, 0], vec![0, 30, 10], vec![3, 0, 12]]);
    assert_eq!((sides.of(1), sides.mistaken()), (40, vec![(1, 2, 10), (2, 0, 3)]));
    totals.sides = (0..40).map(|n| side(Counted::Choices, &format!("c{n}"), &format!("c{}", n + 1), n + 1)).collect();
    let many = &Progress::new(&totals).confusions[0];
    assert_eq!(many.names.len(), MOST_NAMES);
    assert!(many.names.contains(&"c39".to_owned()), "those that are mistaken most stay");
}

#[test]
fn the_mean_time_of_a_card_is_over_all_answers() {
    let totals = on(&[(1000, DayTotals { answers: 4, time_ms: 30_000, ..DayTotals::default() })]);
    assert_eq!(Progress::new(&totals).pace, Pace { mean_ms: Some(7500) });
    assert_eq!(Progress::new(&on(&[])).pace, Pace::default());
}

#[test]
fn retention_is_summed_by_calendar_month() {
    let reviewed = |passed, all| DayTotals { answers: all, young: Recalls { passed, all }, ..DayTotals::default() };
    // StudyDay(1000) is 1972-09-27.
    let totals = on(&[(960, reviewed(3, 4)), (980, reviewed(5, 5)), (1000, reviewed(1, 2))]);
    let months: Vec<_> = Progress::new(&totals)
        .retention_by_month
        .into_iter()
        .map(|(day, sum)| (day.iso(), sum.passed, sum.all))
        .collect();
    assert_eq!(months, [("1972-08-01".to_owned(), 3, 4), ("1972-09-01".to_owned(), 6, 7)]);
}

#[test]
fn a_topic_moves_by_the_levels_that_it_climbed() {
    let topic =
        |id: &str, cards| TopicMastery { id: id.to_owned(), title: id.to_owned(), cards, ..TopicMastery::default() };
    let mut totals = on(&[]);
    totals.mastery = vec![topic("b", [0, 0, 0, 2, 0]), topic("a", [0, 2, 0, 0, 0]), topic("none", [0; 5])];
    totals.mastery_then = Some((StudyDay(900), vec![topic("b", [1, 0, 1, 0, 0]), topic("a", [0, 0, 2, 0, 0])]));
    let moved: Vec<_> =
        Progress::new(&totals).standings.iter().map(|standing| (standing.now.id.clone(), standing.moved())).collect();
    assert_eq!(moved, [("a".to_owned(), -1), ("b".to_owned(), 1)]);
}

#[test]
fn a_long_history_is_summed_by_weeks_months_or_years() {
    for (first, step, spans) in [
        (1000 - 91, Granularity::Day, 92),
        (1000 - 92, Granularity::Week, 14),
        (1000 - 643, Granularity::Week, 93),
        (1000 - 644, Granularity::Month, 22),
        (-3000, Granularity::Year, 12),
        (-600_000, Granularity::Year, 92),
    ] {
        let progress = Progress::new(&on(&[(first, answered(3)), (1000, answered(4))]));
        assert_eq!((progress.step, progress.spans.len()), (step, spans), "{first}");
        let shown: u64 = progress.spans.iter().map(|span| span.totals.answers).sum();
        assert_eq!(shown, if first == -600_000 { 4 } else { 7 }, "{first}");
    }
    // StudyDay(1000) is 1972-09-27, a Wednesday.
    assert_eq!(Granularity::Week.first_day(StudyDay(1000)), StudyDay(998));
    assert_eq!(Granularity::Month.first_day(StudyDay(1000)).iso(), "1972-09-01");
    assert_eq!(Granularity::Month.next(Granularity::Month.first_day(StudyDay(1000))).iso(), "1972-10-01");
    assert_eq!(Granularity::Year.next(Granularity::Year.first_day(StudyDay(1000))).iso(), "1973-01-01");
}

#[test]
fn every_state_is_listed_once() {
    let progress = Progress::new(&test_history::empty());
    assert_eq!(progress.states.first(), Some(&(StateWord::New, 549)));
    assert_eq!(progress.states.len(), StateWord::ALL.len());
    assert!(!progress.has_history && progress.spans.is_empty());
}

#[test]
fn what_is_held_back_today_is_due_tomorrow() {
    let today = StudyDay(100);
    let sum = |due: &[(StudyDay, u64)]| forecast(due, &Pauses::default(), today).first::<3>();
    let mut due = vec![(StudyDay(97), 5), (today, 2), (StudyDay(101), 1), (StudyDay(102), 4)];
    assert_eq!(sum(&due), [7, 1, 4]);
    hold_back(&mut due, 3, today);
    assert_eq!(sum(&due), [4, 4, 4]);
    assert_eq!(forecast(&due, &Pauses::default(), today).overdue, 4);
    hold_back(&mut due, 9, today);
    assert_eq!(sum(&due), [0, 8, 4], "no more than are due");
}
