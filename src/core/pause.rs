//! Breaks that the learner announced: while one lasts nothing is due, and its days don't count against the streak.

use crate::core::fact::About;
use crate::core::fact::Fact;
use crate::core::study_day::StudyDay;
use std::collections::BTreeSet;

/// One break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Its first study day.
    pub from: StudyDay,
    /// The first study day after it.
    pub until: StudyDay,
}

/// All breaks, those that ended too, in the order in which they were announced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pauses(Vec<Pause>, BTreeSet<StudyDay>);

impl Pauses {
    /// From the facts that count, with their study days, in the order of the log; others than breaks are passed over.
    ///
    /// A break that is announced while another lasts takes its place from that day on; an end cuts it off there. A day
    /// that had passed stays paused. So two devices that know of the same facts have the same breaks.
    #[must_use]
    pub fn of<'f>(facts: impl IntoIterator<Item = (StudyDay, &'f Fact)>) -> Self {
        let mut pauses: Vec<Pause> = Vec::new();
        for (day, fact) in facts {
            let About::Pause { until } = fact.about() else { continue };
            for pause in &mut pauses {
                pause.until = pause.until.min(day).max(pause.from);
            }
            pauses.extend(until.map(|until| Pause { from: day, until }));
            pauses.retain(|pause| pause.from < pause.until);
        }
        Self(pauses, BTreeSet::new())
    }

    /// The same with dates that nobody lived, since a flight passed over them: they bridge like a break, and are none.
    #[must_use]
    pub fn passing_over(self, dates: BTreeSet<StudyDay>) -> Self {
        Self(self.0, dates)
    }

    /// The break that a day lies in.
    #[must_use]
    pub fn on(&self, day: StudyDay) -> Option<Pause> {
        self.0.iter().copied().find(|pause| (pause.from..pause.until).contains(&day))
    }

    /// The day from which cards are asked: the first after the break that lasts on `today`, else `today`.
    #[must_use]
    pub fn asked_from(&self, today: StudyDay) -> StudyDay {
        self.on(today).map_or(today, |pause| pause.until)
    }

    /// How many days between the two (both left out) lie in no break.
    #[must_use]
    pub fn days_without(&self, earlier: StudyDay, later: StudyDay) -> u64 {
        let (mut day, mut days) = (earlier.plus(1), 0);
        while day < later {
            match self.on(day) {
                Some(pause) => day = pause.until,
                None => (day, days) = (day.plus(1), days + 1),
            }
        }
        days
    }

    /// Whether no day between the two (both left out) is without a break, those that a flight passed over apart.
    #[must_use]
    pub fn bridge(&self, earlier: StudyDay, later: StudyDay) -> bool {
        let mut day = earlier.plus(1);
        while day < later {
            match self.on(day) {
                Some(pause) => day = pause.until,
                None if self.1.contains(&day) => day = day.plus(1),
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paused(until: i32) -> Fact {
        Fact::Paused { until: StudyDay(until) }
    }

    fn days(facts: &[(i32, Fact)]) -> Vec<i32> {
        let pauses = Pauses::of(facts.iter().map(|(day, fact)| (StudyDay(*day), fact)));
        (0..30).filter(|day| pauses.on(StudyDay(*day)).is_some()).collect()
    }

    #[test]
    fn which_days_are_paused() {
        type Case = (&'static str, Vec<(i32, Fact)>, Vec<i32>);
        let cases: [Case; 9] = [
            ("nothing", vec![], vec![]),
            ("a break", vec![(3, paused(6))], vec![3, 4, 5]),
            ("ended early", vec![(3, paused(9)), (5, Fact::Resumed)], vec![3, 4]),
            ("ended on its first day", vec![(3, paused(9)), (3, Fact::Resumed)], vec![]),
            ("made longer", vec![(3, paused(5)), (4, paused(7))], vec![3, 4, 5, 6]),
            ("made shorter", vec![(3, paused(9)), (4, paused(6))], vec![3, 4, 5]),
            ("two", vec![(3, paused(5)), (8, paused(10))], vec![3, 4, 8, 9]),
            ("an end without a break", vec![(2, Fact::Resumed), (3, paused(5)), (9, Fact::Resumed)], vec![3, 4]),
            ("a day that was over already, and another fact", vec![(5, paused(5)), (6, Fact::Configured)], vec![]),
        ];
        for (name, facts, expected) in cases {
            assert_eq!(days(&facts), expected, "{name}");
        }
    }

    #[test]
    fn a_bridge_has_a_break_on_every_day() {
        let facts = [(3, paused(6)), (6, paused(8)), (10, paused(12))];
        let pauses = Pauses::of(facts.iter().map(|(day, fact)| (StudyDay(*day), fact)));
        for (earlier, later, expected) in
            [(2, 3, true), (2, 6, true), (2, 8, true), (2, 9, false), (1, 4, false), (9, 12, true), (5, 5, true)]
        {
            assert_eq!(pauses.bridge(StudyDay(earlier), StudyDay(later)), expected, "{earlier} to {later}");
        }
        assert_eq!(pauses.asked_from(StudyDay(4)), StudyDay(6));
        assert_eq!(pauses.asked_from(StudyDay(8)), StudyDay(8));
    }

    proptest! {
        #[test]
        fn at_most_one_break_holds_a_day_and_what_comes_later_never_changes_a_day_that_was(
            steps in proptest::collection::vec((0_i32..5, proptest::option::of(0_i32..12)), 0..12),
        ) {
            let mut day = 0;
            let mut facts: Vec<(StudyDay, Fact)> = Vec::new();
            for (wait, length) in steps {
                day += wait;
                let before = Pauses::of(facts.iter().map(|(day, fact)| (*day, fact)));
                let fact = length.map_or(Fact::Resumed, |length| paused(day + length));
                facts.push((StudyDay(day), fact));
                let after = Pauses::of(facts.iter().map(|(day, fact)| (*day, fact)));
                for past in 0..day {
                    prop_assert_eq!(before.on(StudyDay(past)).is_some(), after.on(StudyDay(past)).is_some());
                }
                for any in 0..day + 20 {
                    let holding = after.0.iter().filter(|p| (p.from..p.until).contains(&StudyDay(any))).count();
                    prop_assert!(holding <= 1);
                }
            }
        }
    }
}
