use super::*;
use proptest::prelude::*;

/// One of everything that can be said of a note.
fn fact() -> impl Strategy<Value = (Fact, Option<String>)> {
    let deck = || prop::sample::select(vec!["a", "b", "built-in"]).prop_map(str::to_owned);
    let words = || prop::option::weighted(0.8, prop::sample::select(vec!["x", "y", "z"]).prop_map(str::to_owned));
    prop_oneof![
        3 => (deck(), 0..4_i64, 0..4_u32).prop_map(|(deck, position, edition)| {
            let edition = if deck == "built-in" { edition } else { 0 };
            (Fact::Brought { note: NOTE, deck, position, edition }, Some("text".to_owned()))
        }),
        1 => Just((Fact::Gone { note: NOTE }, None)),
        1 => (0..4_i64).prop_map(|position| (Fact::Ordered { note: NOTE, position }, None)),
        2 => Just((Fact::Edited { note: NOTE }, Some("text".to_owned()))),
        1 => Just((Fact::Cleared { note: NOTE }, None)),
        1 => words().prop_map(|tag| (Fact::Tagged { note: NOTE }, tag)),
        1 => words().prop_map(|tag| (Fact::Untagged { note: NOTE }, tag)),
        1 => (deck(), prop::option::of(0..4_i64))
            .prop_map(|(deck, position)| (Fact::Placed { note: NOTE, deck, position }, None)),
        1 => Just((Fact::Deleted { note: NOTE }, None)),
        1 => Just((Fact::Revived { note: NOTE }, None)),
        1 => words().prop_map(|key| (Fact::Keyed { note: NOTE }, key)),
        1 => (0..3_u8).prop_map(|note| (Fact::Aliased { alias: NOTE, note: NoteUid([note; 16]) }, None)),
    ]
}

/// Facts of three devices, whose stamps rise strictly within each and are often equal across them.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec((fact(), 0..3_u8, prop::bool::weighted(0.7)), 0..14).prop_map(|all| {
        let mut sequences = [0_u64; 3];
        all.into_iter()
            .map(|((fact, words), device, counts)| {
                let sequence = &mut sequences[usize::from(device)];
                *sequence += 1;
                Line { at: (i64::try_from(*sequence).unwrap(), device, *sequence), fact, counts, words }
            })
            .collect()
    })
}

/// The same lines with their order of arrival changed.
fn shuffled() -> impl Strategy<Value = (Vec<Line>, Vec<Line>)> {
    lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle()))
}

fn is_own(fact: &Fact) -> bool {
    !matches!(fact, Fact::Brought { .. } | Fact::Gone { .. } | Fact::Ordered { .. })
}

fn counts(lines: &[Line], of: impl Fn(&Fact) -> bool) -> bool {
    lines.iter().any(|line| line.counts && of(&line.fact))
}

fn newest(lines: &[Line], of: impl Fn(&Line) -> bool) -> Option<&Line> {
    lines.iter().filter(|line| line.counts && of(line)).max_by_key(|line| line.at)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_order_in_which_facts_arrive_is_of_no_account(
        (sent, arrived) in shuffled(), answered in any::<bool>(), highest in 0..4_u32,
    ) {
        prop_assert_eq!(shown_if(&arrived, answered, highest), shown_if(&sent, answered, highest));
        prop_assert_eq!(alias_of(&arrived), alias_of(&sent));
    }

    #[test]
    fn with_all_own_acts_undone_the_sources_note_is_shown(
        mut lines in lines(), at in 1..9_u64, answered in any::<bool>(), highest in 0..4_u32,
    ) {
        lines.push(brought(at, "a", 1).by(7));
        let undone: Vec<Line> =
            lines.iter().cloned().map(|line| if is_own(&line.fact) { line.void() } else { line }).collect();
        let source: Vec<Line> = lines.into_iter().filter(|line| !is_own(&line.fact)).collect();
        let now = shown_if(&undone, answered, highest);
        prop_assert_eq!(&now, &shown_if(&source, answered, highest));
        prop_assert_eq!((now.text, now.own, now.key.clone()), (now.source, None, None));
        prop_assert_eq!(tags(&strings(&["x", "q"]), &now), strings(&["x", "q"]));
    }

    #[test]
    fn what_does_not_count_changes_nothing_but_what_is_shown_where_nothing_counts(
        lines in lines(), answered in any::<bool>(), highest in 0..4_u32,
    ) {
        let counting: Vec<Line> = lines.iter().filter(|line| line.counts).cloned().collect();
        let (all, counted) = (shown_if(&lines, answered, highest), shown_if(&counting, answered, highest));
        if counts(&lines, |fact| matches!(fact, Fact::Brought { .. })) {
            prop_assert_eq!(&all, &counted);
        }
        let written = counts(&lines, |fact| matches!(fact, Fact::Brought { .. } | Fact::Edited { .. }));
        if written {
            prop_assert_eq!((all.text, all.made, all.living), (counted.text, counted.made, counted.living));
        } else {
            prop_assert_eq!((counted.text, counted.living), (None, false));
            prop_assert!(answered || !all.living);
        }
        prop_assert_eq!((all.source, all.own, &all.key), (counted.source, counted.own, &counted.key));
        prop_assert_eq!((&all.added_tags, &all.removed_tags), (&counted.added_tags, &counted.removed_tags));
        if counted.deck.is_some() {
            prop_assert_eq!(&all.deck, &counted.deck);
        }
        prop_assert_eq!(alias_of(&lines), alias_of(&counting));
    }

    #[test]
    fn an_undo_and_its_redo_leave_no_trace(
        mut lines in lines(), answered in any::<bool>(), at in any::<prop::sample::Index>(),
    ) {
        lines.push(deleted(9).by(7));
        let before = shown_if(&lines, answered, 2);
        let at = at.index(lines.len());
        lines[at].counts = !lines[at].counts;
        shown_if(&lines, answered, 2);
        lines[at].counts = !lines[at].counts;
        prop_assert_eq!(shown_if(&lines, answered, 2), before);
    }

    #[test]
    fn each_register_is_what_its_newest_counting_fact_says(
        lines in lines(), answered in any::<bool>(), highest in 0..4_u32,
    ) {
        let now = shown_if(&lines, answered, highest);
        let edition =
            |line: &Line| if let Fact::Brought { edition, .. } = line.fact { Some(edition) } else { None };
        let source = lines.iter().filter(|line| line.counts && edition(line).is_some())
            .max_by_key(|line| (edition(line), line.at));
        prop_assert_eq!(now.source, source.map(Line::id));
        let is_clear = |line: &Line| matches!(line.fact, Fact::Cleared { .. }) && source.is_some();
        let own = newest(&lines, |line| matches!(line.fact, Fact::Edited { .. }) || is_clear(line));
        let own = own.filter(|line| matches!(line.fact, Fact::Edited { .. }));
        prop_assert_eq!(now.own, own.map(Line::id));
        let written = own.is_some() || source.is_some();
        if written {
            prop_assert_eq!(now.text, now.own.or(now.source));
        }
        let act = newest(&lines, |line| {
            is_clear(line)
                || is_own(&line.fact) && !matches!(line.fact, Fact::Aliased { .. } | Fact::Cleared { .. })
        });
        match act.map(|line| &line.fact) {
            Some(Fact::Deleted { .. }) => prop_assert!(!now.living),
            None | Some(Fact::Cleared { .. }) => {
                let file = newest(&lines, |line| matches!(line.fact, Fact::Gone { .. }) || edition(line) == Some(0));
                let gone = file.is_some_and(|line| matches!(line.fact, Fact::Gone { .. }));
                match source.and_then(edition) {
                    Some(0) => prop_assert_eq!(now.living, !gone),
                    Some(edition) => prop_assert_eq!(now.living, edition >= highest),
                    None => prop_assert!(answered || !now.living),
                }
            }
            Some(_) => prop_assert_eq!(now.living, written || answered && now.text.is_some()),
        }
        let placed = newest(&lines, |line| matches!(line.fact, Fact::Placed { .. }));
        if let Some(place) = placed.or(source)
            && let Fact::Placed { deck, .. } | Fact::Brought { deck, .. } = &place.fact
        {
            prop_assert_eq!(now.deck.as_ref(), Some(deck));
        }
        prop_assert_eq!(now.home.is_some(), now.deck.is_some());
    }

    #[test]
    fn tags_are_the_sources_without_removals_and_with_additions(
        lines in lines(), source in prop::sample::subsequence(vec!["x", "y", "z", "q"], 0..=4),
    ) {
        let now = shown(&lines);
        let merged = tags(&strings(&source), &now);
        for tag in ["x", "y", "z", "q"] {
            let act = newest(&lines, |line| {
                matches!(line.fact, Fact::Tagged { .. } | Fact::Untagged { .. }) && line.words.as_deref() == Some(tag)
            });
            let on = act.map_or(source.contains(&tag), |line| matches!(line.fact, Fact::Tagged { .. }));
            prop_assert_eq!(merged.iter().filter(|merged| *merged == tag).count(), usize::from(on));
        }
        prop_assert_eq!(tags(&merged, &now), merged);
    }
}
