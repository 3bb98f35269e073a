//! The session as a table: at a stage, an input gives effects.

use super::*;
use crate::core::card::NoteText;
use crate::core::event::Asked;
use crate::core::grade::Drill;
use crate::core::own_words::OwnWords;
use crate::core::scheduler::Sm2;
use crate::core::session::current::TopicLine;
use crate::core::units::Days;
use sitting::*;
use std::collections::BTreeMap;

mod shown;
mod sitting;

#[test]
fn what_an_input_does_depends_on_the_stage() {
    let two = || Sitting::of([due_card(1, basic()), due_card(2, basic())]);
    let finished = || {
        let mut sitting = two();
        sitting.give(Input::Quit);
        sitting
    };
    let stages: [(&str, &dyn Fn() -> Sitting); 4] =
        [("between", &two), ("front", &|| two().shown()), ("back", &|| two().revealed()), ("finished", &finished)];
    let inputs = [
        Input::Respond("Ann".to_owned()),
        Input::Show,
        Input::Hide,
        Input::Grade(Quality::Q4),
        Input::Accept,
        Input::Guessed,
        Input::Bury,
        Input::Suspend,
        Input::Mark,
        Input::Quit,
    ];
    let nothing = |stage| [[stage, "ignored"]; 9];
    let expected = [
        [&nothing("between")[..], &[["finished", ""]]].concat(),
        vec![
            ["back", "show back"],
            ["back", "show back"],
            ["front", "ignored"],
            ["front", "ignored"],
            ["front", "ignored"],
            ["front", "ignored"],
            ["between", "Bury: buried until 101"],
            ["between", "Suspend: suspended"],
            ["front", "Mark: marked"],
            ["finished", ""],
        ],
        vec![
            ["back", "ignored"],
            ["back", "ignored"],
            ["front", ""],
            ["between", "Answer: answered 4"],
            ["between", "Answer: answered 4"],
            ["between", "Answer: answered 3"],
            ["between", "Bury: buried until 101"],
            ["between", "Suspend: suspended"],
            ["back", "Mark: marked"],
            ["finished", ""],
        ],
        [&nothing("finished")[..], &[["finished", ""]]].concat(),
    ];
    for ((name, make), expected) in stages.into_iter().zip(expected) {
        for (input, [next, effects]) in inputs.iter().zip(expected) {
            let mut sitting = make();
            assert_eq!(stage(&sitting.session), name);
            let found = words(&sitting.give(input.clone()));
            assert_eq!((stage(&sitting.session), found.as_str()), (next, effects), "{name}: {input:?}");
        }
    }
}

#[test]
fn a_step_leaves_the_session_that_it_was_made_from_as_it_was() {
    let mut sitting = Sitting::of([due_card(1, basic())]).revealed();
    let before = sitting.session.clone();
    sitting.give(Input::Accept);
    assert_eq!((stage(&before), stage(&sitting.session)), ("back", "finished"));
    assert_eq!(words(&before.step(Input::Accept, at(60), TODAY).effects), "Answer: answered 4", "a failed commit");
}

#[test]
fn on_four_buttons_each_grade_says_its_interval() {
    for (loaded, expected) in [
        (due_card(1, basic()), "1 Again 2 1; 2 Hard 3 25; 3 Good 4 25; 4 Easy 5 25"),
        (new_card(1, basic()), "1 Again 2 1; 2 Hard 3 1; 3 Good 4 1; 4 Easy 5 1"),
    ] {
        let sitting = Sitting::of([loaded]).revealed();
        let choices = sitting.session.choices(TODAY);
        let found: Vec<String> = choices
            .iter()
            .map(|c| format!("{} {} {} {}", c.key, c.label, u8::from(c.quality), c.interval.unwrap().0))
            .collect();
        assert_eq!(found.join("; "), expected);
    }
}

#[test]
fn on_the_scale_of_sm2_there_are_six_grades_from_0_to_5() {
    let settings = Settings { scale: Scale::Sm2, ..Settings::default() };
    let sitting = Sitting::with(settings, Mode::Normal, [due_card(1, basic())]).revealed();
    let choices = sitting.session.choices(TODAY);
    assert_eq!(sitting.session.scale(), Scale::Sm2);
    let found: Vec<(char, &str, u8)> = choices.iter().map(|c| (c.key, c.label.as_str(), u8::from(c.quality))).collect();
    let expected =
        [('0', "again", 0), ('1', "again", 1), ('2', "again", 2), ('3', "hard", 3), ('4', "good", 4), ('5', "easy", 5)];
    assert_eq!(found, expected);
    let intervals: Vec<u32> = choices.iter().map(|c| c.interval.unwrap().0).collect();
    assert_eq!(intervals, [1, 1, 1, 25, 25, 25]);
}

#[test]
fn without_a_card_there_is_no_grade_to_choose() {
    assert_eq!(Sitting::of([due_card(1, basic())]).session.choices(TODAY), []);
}

#[test]
fn a_checked_answer_suggests_a_grade_that_is_accepted_unless_it_was_a_guess() {
    for (note, response, suggestion, accepted, guessed) in [
        (basic(), "Ann", None, 4, 3),
        (typed(), "leader", Some(4), 4, 3),
        (typed(), "ledaer", Some(3), 3, 3),
        (typed(), "manager", Some(2), 2, 2),
    ] {
        let mut sitting = Sitting::of([due_card(1, note)]).shown();
        sitting.respond(response);
        assert_eq!(sitting.session.suggestion().map(u8::from), suggestion, "{response}");
        let mut guess = Sitting { session: sitting.session.clone(), cards: sitting.cards.clone(), now: sitting.now };
        for (sitting, input, grade) in [(&mut sitting, Input::Accept, accepted), (&mut guess, Input::Guessed, guessed)]
        {
            let effects = sitting.give(input.clone());
            assert_eq!(words(&effects), format!("Answer: answered {grade}"), "{response} {input:?}");
            assert_eq!(draft(&effects).detail.guessed, input == Input::Guessed);
        }
    }
}

#[test]
fn a_response_that_can_not_be_an_answer_is_asked_again() {
    let mut sitting = Sitting::of([due_card(1, choice())]).shown();
    assert_eq!(words(&sitting.respond("3")), "ask again: OutOfRange(2)");
    assert_eq!(stage(&sitting.session), "front");
    assert_eq!(words(&sitting.respond("Drucker")), "show back");
}

#[test]
fn an_answer_is_written_with_how_it_was_asked_what_was_given_and_what_was_known_before() {
    let quoted = NoteText { speaker: Some("Drucker, writer".to_owned()), ..choice() };
    let two_phrasings = text("typed", &[("prompt", &["Who leads?", "Leads, who?"]), ("answer", &["leader"])]);
    let given = |response: &str| Detail { response: Some(response.to_owned()), ..Detail::default() };
    let chosen = Detail {
        asked: Some(Asked::Choose),
        expected: Some("Drucker".to_owned()),
        suggested: Some(Quality::Q2),
        ..given("Bennis")
    };
    for (note, response, expected) in [
        (basic(), "", Detail::default()),
        (basic(), " Ann ", given("Ann")),
        (typed(), " leader", Detail { asked: Some(Asked::Type), suggested: Some(Quality::Q4), ..given("leader") }),
        (choice(), "Bennis", chosen.clone()),
        (quoted, "Bennis", Detail { speakers: true, ..chosen }),
        (two_phrasings, "", Detail { variant: Some(1), ..Detail::default() }),
    ] {
        let mut sitting = Sitting::of([Loaded { variant: 1, ..due_card(1, note) }]).shown();
        sitting.give(if response.is_empty() { Input::Show } else { Input::Respond(response.to_owned()) });
        let effects = sitting.give(Input::Grade(Quality::Q4));
        let draft = draft(&effects);
        assert_eq!(draft.detail, expected, "{response}");
        assert_eq!((draft.card, draft.prev, &draft.memory), (id(1), Some(last_event()), &None));
        assert_eq!(draft.kind, EventKind::Answered { quality: Quality::Q4, took: Millis(10_000) });
    }
}

#[test]
fn what_was_not_recalled_is_asked_again_at_the_end() {
    for (scale, drill, repeated) in [
        (Scale::Four, None, 3),
        (Scale::Sm2, None, 4),
        (Scale::Four, Some(Drill::Below4), 4),
        (Scale::Sm2, Some(Drill::Failed), 3),
    ] {
        for quality in Quality::ALL {
            let settings = Settings { scale, drill, ..Settings::default() };
            let cards = [due_card(1, basic()), due_card(2, basic())];
            let mut sitting = Sitting::with(settings, Mode::Normal, cards);
            sitting.answer(quality);
            let expected: &[u8] = if u8::from(quality) < repeated { &[2, 1] } else { &[2] };
            assert_eq!(sitting.to_come(), expected, "{scale:?} {drill:?} {quality:?}");
        }
    }
}

#[test]
fn a_repeat_moves_no_interval_and_comes_until_it_is_recalled() {
    let mut sitting = Sitting::of([due_card(1, basic())]);
    for quality in [Quality::Q2, Quality::Q2, Quality::Q4] {
        sitting.answer(quality);
    }
    assert_eq!(stage(&sitting.session), "finished");
    let summary = sitting.session.summary(TODAY);
    assert_eq!((summary.answers, summary.recalled, summary.moved), (3, (0, 1), (0, 1)));

    let mut sitting = Sitting::of([due_card(1, basic())]);
    sitting.answer(Quality::Q2);
    sitting.show();
    assert_eq!(sitting.session.current().map(|current| current.origin), Some(Origin::Repeat));
    assert_eq!(sitting.session.waiting(), Waiting { repeats: 1, ..Waiting::default() });
    assert!(sitting.session.choices(TODAY).iter().all(|choice| choice.interval.is_none()));
}

#[test]
fn the_lapse_that_makes_a_leech_is_announced_and_suspends_only_if_the_settings_say_so() {
    let lapsed = |lapses| with_memory(|memory| memory.lapses = lapses);
    for (loaded, leech_suspend, quality, expected, to_come) in [
        (lapsed(7), false, Quality::Q2, "Answer: answered 2; leech deck/1 8 false", vec![1]),
        (lapsed(7), true, Quality::Q2, "Answer: answered 2, suspended; leech deck/1 8 true", vec![]),
        (lapsed(6), true, Quality::Q2, "Answer: answered 2", vec![1]),
        (lapsed(8), true, Quality::Q2, "Answer: answered 2", vec![1]),
        (lapsed(11), true, Quality::Q2, "Answer: answered 2, suspended; leech deck/1 12 true", vec![]),
        (lapsed(8), true, Quality::Q4, "Answer: answered 4", vec![]),
    ] {
        let settings = Settings { leech_suspend, ..Settings::default() };
        let mut sitting = Sitting::with(settings, Mode::Normal, [loaded]);
        assert_eq!(words(&sitting.answer(quality)), expected);
        assert_eq!(sitting.to_come(), to_come, "{expected}");
    }
}

#[test]
fn a_failed_repeat_is_no_lapse_and_so_never_a_leech() {
    let failed_today = with_memory(|memory| {
        memory.lapses = 8;
        memory.last = TODAY;
        memory.due = TODAY.plus(1);
    });
    assert_eq!(words(&Sitting::of([failed_today]).answer(Quality::Q2)), "Answer: answered 2");
}

#[test]
fn buried_and_suspended_cards_do_not_come_back_and_a_star_is_taken_away_as_it_was_given() {
    for input in [Input::Bury, Input::Suspend] {
        let mut sitting = Sitting::of([due_card(1, basic()), due_card(2, basic())]).shown();
        let effects = sitting.give(input);
        assert_eq!((draft(&effects).card, draft(&effects).prev), (id(1), Some(last_event())));
        assert_eq!((sitting.to_come(), sitting.session.answers()), (vec![2], 0));
    }
    let mut sitting = Sitting::of([due_card(1, basic())]).shown();
    assert_eq!(words(&sitting.give(Input::Mark)), "Mark: marked");
    let marked = CardState { marked: true, ..sitting.cards[&id(1)].state.clone() };
    sitting.session = sitting.session.refreshed(&marked);
    assert_eq!(words(&sitting.give(Input::Mark)), "Mark: unmarked");
    assert_eq!(sitting.on_screen(), 1);
}

#[test]
fn an_undone_answer_is_asked_at_once_and_the_card_on_the_screen_waits_behind_it() {
    let mut sitting = Sitting::of([due_card(1, basic()), due_card(2, basic()), due_card(3, basic())]);
    sitting.answer(Quality::Q2);
    sitting.show();
    assert_eq!((sitting.on_screen(), sitting.session.waiting().all()), (2, 3));
    sitting.session = sitting.session.undone(&[id(1)]);
    assert_eq!(sitting.to_come(), [1, 2, 3], "its repeat is taken back with it");
    assert_eq!(sitting.session.answers(), 0);
    assert_eq!(sitting.session.waiting(), Waiting { reviews: 3, ..Waiting::default() });
}

#[test]
fn an_undo_takes_back_the_last_of_several_answers_to_a_card() {
    let mut sitting = Sitting::of([due_card(1, basic())]);
    sitting.answer(Quality::Q2);
    sitting.answer(Quality::Q4);
    assert_eq!(stage(&sitting.session), "finished");
    sitting.session = sitting.session.undone(&[id(1)]);
    sitting.show();
    assert_eq!((sitting.on_screen(), sitting.session.answers()), (1, 1));
    assert_eq!(sitting.session.current().map(|current| current.origin), Some(Origin::Repeat));
}

#[test]
fn an_undo_of_what_was_not_answered_here_can_ask_the_card_first() {
    let sitting = Sitting::of([due_card(1, basic()), due_card(2, basic())]).shown();
    let undone = sitting.session.undone(&[id(7)]);
    let session = undone.with_first(candidate(7), Origin::Review);
    assert_eq!(Sitting { session, ..sitting }.to_come(), [7, 1, 2]);
}

#[test]
fn a_card_that_was_on_the_screen_when_the_learner_left_still_waits() {
    let mut sitting = Sitting::of([new_card(1, basic()), new_card(2, basic())]).revealed();
    sitting.give(Input::Quit);
    assert_eq!(sitting.session.waiting(), Waiting { new: 2, ..Waiting::default() });
    assert_eq!(sitting.session.summary(TODAY).waiting.all(), 2);
}

#[test]
fn the_time_of_a_card_begins_when_its_primer_was_read() {
    let mut sitting = Sitting::of([Loaded { primer_first: true, ..new_card(1, basic()) }]).shown();
    assert!(sitting.session.current().unwrap().loaded.primer_first);
    sitting.now.unix_ms += 60_000;
    sitting.session = sitting.session.begun(sitting.now);
    sitting.respond("");
    let effects = sitting.give(Input::Accept);
    assert_eq!(draft(&effects).kind, EventKind::Answered { quality: Quality::Q4, took: Millis(10_000) });
}

#[test]
fn cramming_is_logged_and_changes_nothing_else() {
    let lapsed = with_memory(|memory| memory.lapses = 7);
    let mut sitting = Sitting::with(Settings::default(), Mode::Cram, [lapsed]).revealed();
    assert!(sitting.session.choices(TODAY).iter().all(|choice| choice.interval.is_none()));
    assert_eq!(words(&sitting.give(Input::Grade(Quality::Q0))), "Answer: crammed 0", "no lapse, so no leech");
    assert_eq!(stage(&sitting.session), "finished", "no repeat");
    let summary = sitting.session.summary(TODAY);
    assert_eq!((summary.answers, summary.moved, summary.longest), (1, (0, 0), None));
}

#[test]
fn a_card_that_is_asked_ahead_of_its_day_moves_like_one_that_is_due() {
    let early = with_memory(|memory| memory.due = TODAY.plus(5));
    let mut sitting = Sitting::of([early]).revealed();
    assert_eq!(sitting.session.choices(TODAY)[2].interval, Some(Days(25)));
    assert_eq!(words(&sitting.give(Input::Accept)), "Answer: answered 4");
    let summary = sitting.session.summary(TODAY);
    assert_eq!((summary.moved, summary.longest), ((1, 0), Some(Days(25))));
}

#[test]
fn a_card_follows_the_settings_and_the_scheduler_of_its_deck() {
    let deck = Settings { scale: Scale::Sm2, leech_lapses: 1, leech_suspend: true, ..Settings::default() };
    let settings = Settings { decks: [("deck".to_owned(), deck)].into(), ..Settings::default() };
    let short = Scheduler::Sm2(Sm2 { maximum_interval: Days(12), fuzz: false });
    let mut sitting = Sitting::with(
        settings,
        Mode::Normal,
        [
            Loaded { scheduler: Some(short), ..due_card(1, basic()) },
            Loaded { deck: "other".to_owned(), ..due_card(2, basic()) },
        ],
    )
    .revealed();
    assert_eq!((sitting.session.scale(), sitting.session.choices(TODAY)[4].interval), (Scale::Sm2, Some(Days(12))));
    assert_eq!(words(&sitting.give(Input::Grade(Quality::Q1))), "Answer: answered 1, suspended; leech deck/1 1 true");
    sitting.show();
    assert_eq!((sitting.session.scale(), sitting.session.choices(TODAY)[2].interval), (Scale::Four, Some(Days(25))));
}

#[test]
fn a_session_with_an_end_stops_at_the_first_card_boundary_after_it() {
    let mut sitting = Sitting::of([due_card(1, basic()), due_card(2, basic())]);
    sitting.session.ends_at_ms = Some(7_000);
    assert_eq!(words(&sitting.answer(Quality::Q4)), "Answer: answered 4", "ten seconds in, on the screen since 0");
    assert_eq!(sitting.session.wanted(sitting.now), None);
    sitting.show();
    assert_eq!((stage(&sitting.session), sitting.session.waiting().all()), ("finished", 1));
}

#[test]
fn a_card_that_can_not_be_asked_any_more_is_passed_over() {
    let unknown = due_card(2, text("hologram", &[]));
    let mut sitting = Sitting::of([due_card(1, basic()), unknown, due_card(3, basic())]);
    sitting.session = sitting.session.present(None, sitting.now, TODAY);
    assert_eq!(stage(&sitting.session), "between");
    sitting.show();
    assert_eq!(stage(&sitting.session), "between", "no kind of that name");
    sitting.show();
    assert_eq!(sitting.on_screen(), 3);
    let alone = Sitting::of([due_card(1, basic())]);
    assert_eq!(stage(&alone.session.present(None, at(0), TODAY)), "finished");
    assert_eq!(stage(&Sitting::of([]).session), "finished");
}

#[test]
fn a_changed_text_or_hint_is_shown_without_moving_on() {
    let mut sitting = Sitting::of([due_card(1, basic()), due_card(2, basic())]).revealed();
    let changed = text("basic", &[("front", &["Which?"]), ("back", &["Ann"])]);
    let session = sitting.session.with_text(due_card(1, changed), TODAY);
    assert_eq!((stage(&session), session.current().unwrap().question.prompt.as_str()), ("back", "Which?"));
    let hint = |session: &Session| session.current().unwrap().loaded.text.hint.clone();
    assert_eq!(hint(&sitting.session.hinted(id(1), "A…")), Some("A…".to_owned()));
    assert_eq!(hint(&sitting.session.hinted(id(2), "B…")), None, "another note's");
    sitting.give(Input::Accept);
    assert_eq!(sitting.session.with_text(due_card(1, basic()), TODAY), sitting.session, "no card is on the screen");
}

#[test]
fn a_card_that_was_taken_out_elsewhere_comes_no_more() {
    let sitting = Sitting::of([due_card(1, basic()), due_card(2, basic())]).shown();
    let after = |session: Session| {
        let sitting = Sitting { session, cards: BTreeMap::new(), now: at(0) };
        (sitting.on_screen(), sitting.to_come())
    };
    assert_eq!(after(sitting.session.without(id(2)).without_current()), (0, vec![]));
    assert_eq!(after(sitting.session.without(id(1))), (0, vec![2]), "the one on the screen");
    assert_eq!(after(sitting.session.without(id(2))), (1, vec![]), "the one on the screen stays");
    assert_eq!(after(sitting.session.without_current()), (0, vec![2]));
}

#[test]
fn what_a_front_end_draws_changes_with_the_card_its_side_and_the_answers() {
    let mut sitting = Sitting::of([due_card(1, basic())]);
    assert_eq!(sitting.session.face(), None);
    sitting.show();
    assert_eq!(sitting.session.face(), Some((id(1), false, 0)));
    sitting.respond("");
    assert_eq!(sitting.session.face(), Some((id(1), true, 0)));
    sitting.give(Input::Grade(Quality::Q2));
    sitting.show();
    assert_eq!(sitting.session.face(), Some((id(1), false, 1)), "a repeat is drawn anew");
}

#[test]
fn a_summary_counts_repeats_as_answers_and_a_minute_an_answer_at_most() {
    let line = |name: &str| {
        Some(Rc::new(TopicLine {
            number: 0,
            title: name.to_owned(),
            primer: None,
            try_line: Some(format!("try {name}")),
        }))
    };
    let cards = [
        Loaded { topic: line("vision"), ..due_card(1, basic()) },
        Loaded { topic: line("vision"), ..due_card(2, basic()) },
        new_card(3, basic()),
    ];
    for (try_line, expected) in [(true, Some("try vision".to_owned())), (false, None)] {
        let settings = Settings { try_line, ..Settings::default() };
        let mut sitting = Sitting::with(settings, Mode::Normal, cards.clone());
        sitting.show();
        sitting.now.unix_ms += 600_000;
        sitting.respond("");
        sitting.give(Input::Grade(Quality::Q5));
        while stage(&sitting.session) != "finished" {
            let quality = if sitting.session.answers() == 2 { Quality::Q2 } else { Quality::Q4 };
            sitting.answer(quality);
        }
        let expected = Summary {
            answers: 4,
            new: 1,
            recalled: (2, 3),
            time: Millis(60_000 + 3 * 10_000),
            moved: (1, 1),
            longest: Some(Days(25)),
            try_topic: expected.as_ref().map(|_| 0),
            try_line: expected,
            waiting: Waiting::default(),
        };
        assert_eq!(sitting.session.summary(TODAY), expected);
    }
}

#[test]
fn the_time_that_is_left_goes_from_a_guess_to_the_pace_of_the_session() {
    let mut sitting = Sitting::of((1..=4).map(|number| due_card(number, basic())));
    assert_eq!(sitting.session.time_left(sitting.now), Millis(4 * 12_000));
    sitting.show();
    assert_eq!(sitting.session.time_left(sitting.now), Millis(4 * 12_000), "the card on the screen waits too");
    sitting.respond("");
    sitting.give(Input::Accept);
    assert_eq!(sitting.session.time_left(sitting.now), Millis(3 * (10_000 + 3 * 12_000) / 4));
    let end = |seconds: i64| Some(sitting.now.unix_ms + seconds * 1000);
    let left = |ends_at| sitting.session.extended(ends_at).time_left(sitting.now);
    assert_eq!(left(end(600)), left(None), "what waits takes less");
    assert_eq!(left(end(20)), Millis(20_000), "the time is up before");
    assert_eq!(left(end(-5)), Millis(0));
}

#[test]
fn no_answer_makes_the_counts_of_what_waits_rise_however_fast_it_is() {
    let mut sitting = Sitting::of((1..=9).map(|number| due_card(number, basic())));
    sitting.session = sitting.session.extended(Some(sitting.now.unix_ms + 60_000));
    let mut before = sitting.session.waiting();
    assert_eq!(before, Waiting { reviews: 9, ..Waiting::default() }, "all that waits, not what may fit");
    for quality in [Quality::Q4, Quality::Q2, Quality::Q4] {
        sitting.show();
        assert_eq!(sitting.session.waiting(), before, "the card on the screen waits too");
        sitting.respond("");
        sitting.give(Input::Grade(quality));
        let waiting = sitting.session.waiting();
        assert_eq!(waiting.reviews, before.reviews - 1);
        assert_eq!(waiting.repeats, before.repeats + usize::from(quality == Quality::Q2));
        before = waiting;
    }
}

/// A card that is answered in one's own words, and comes back after 10 and 30 days.
fn say() -> NoteText {
    let fields = [
        ("prompt", &["The launch slipped. Your first sentence?"][..]),
        ("model", &["What did we believe that was not true?"]),
        ("criteria", &["It asks."]),
        ("returns", &["10", "30"]),
    ];
    text("say", &fields)
}

#[test]
fn own_words_are_kept_and_no_grade_is_suggested_whatever_they_are() {
    for words in ["What did we believe that was not true?", "Whose fault is it?", " "] {
        let mut sitting = Sitting::of([new_card(1, say())]).shown();
        sitting.respond(words);
        assert_eq!(sitting.session.suggestion(), None, "{words}");
        // Only who typed nothing has to say how it went.
        let is_typed = !words.trim().is_empty();
        assert_eq!(sitting.session.preselected(), Some(Quality::Q4).filter(|_| is_typed), "{words}");
        if !is_typed {
            assert_eq!(sitting.give(Input::Accept), [Effect::Ignored]);
        }
        let effects = sitting.give(if is_typed { Input::Accept } else { Input::Grade(Quality::Q4) });
        let Detail { asked, response, suggested, .. } = &draft(&effects).detail;
        assert_eq!((asked, suggested), (&None, &None), "{words}");
        assert_eq!(response.as_deref(), Some(words).filter(|words| !words.trim().is_empty()));
        assert_eq!(draft(&effects).kind.answer().map(|(quality, _)| quality), Some(Quality::Q4), "as for basic");
    }
}

#[test]
fn a_card_comes_back_on_its_days_whatever_the_grade_and_a_lapse_is_repeated_all_the_same() {
    let first_answered = |day| OwnWords { first_answered: Some(StudyDay(day)), ..OwnWords::default() };
    for (loaded, grade, due) in [
        (new_card(1, say()), Quality::Q5, Some(110)),
        (new_card(1, say()), Quality::Q2, Some(110)),
        (Loaded { own: first_answered(90), ..due_card(1, say()) }, Quality::Q4, Some(120)),
        (Loaded { own: first_answered(70), ..due_card(1, say()) }, Quality::Q4, None),
        (Loaded { own: first_answered(90), ..due_card(1, basic()) }, Quality::Q4, None),
    ] {
        let mut sitting = Sitting::of([loaded]).revealed();
        if let Some(due) = due {
            let days = Days(u32::try_from(due - TODAY.0).unwrap());
            assert!(sitting.session.choices(TODAY).iter().all(|choice| choice.interval == Some(days)), "{due}");
        }
        let effects = sitting.give(Input::Grade(grade));
        let [Effect::Append { events, .. }] = effects.as_slice() else { panic!("{effects:?}") };
        let moved: Vec<i32> = events.iter().filter_map(|event| event.memory.as_ref()).map(|to| to.due.0).collect();
        assert_eq!(moved, due.into_iter().collect::<Vec<_>>(), "{grade:?}");
        assert_eq!(stage(&sitting.session), if grade == Quality::Q2 { "between" } else { "finished" });
    }
}

#[test]
fn cramming_moves_no_card_that_comes_back_on_its_days() {
    let mut sitting = Sitting::with(Settings::default(), Mode::Cram, [new_card(1, say())]).revealed();
    assert_eq!(words(&sitting.give(Input::Grade(Quality::Q4))), "Answer: crammed 4");
}

#[test]
fn a_sitting_whose_time_is_up_goes_on_where_the_learner_wants_more() {
    let mut sitting = Sitting::of((1..=3).map(|number| due_card(number, basic())));
    sitting.session.ends_at_ms = Some(4_000);
    sitting.answer(Quality::Q4);
    sitting.show();
    assert_eq!((stage(&sitting.session), sitting.session.waiting().all()), ("finished", 2), "the time is up");
    let ended = sitting.session.clone();
    // Ten more.
    sitting.session = ended.extended(Some(600_000));
    assert_eq!(stage(&sitting.session), "between");
    sitting.show();
    assert_eq!(stage(&sitting.session), "front");
    // Or the last answer taken back: that card is asked again, and then it ends.
    sitting.session = ended.undone(&[id(1)]);
    sitting.show();
    assert_eq!(sitting.on_screen(), 1, "past the end");
    sitting.respond("");
    sitting.give(Input::Accept);
    sitting.show();
    assert_eq!((stage(&sitting.session), sitting.session.waiting().all()), ("finished", 2));
    assert_eq!(stage(&Sitting::of([]).session.extended(None)), "finished", "nothing is left");
}

#[test]
fn a_grade_says_whether_the_card_comes_again_in_this_session() {
    let repeats = |drill: Option<Drill>, mode: Mode| {
        let settings = Settings { drill, ..Settings::default() };
        let sitting = Sitting::with(settings, mode, [new_card(1, basic())]).revealed();
        sitting.session.choices(TODAY).iter().map(|choice| choice.repeats).collect::<Vec<bool>>()
    };
    assert_eq!(repeats(None, Mode::Normal), [true, false, false, false]);
    assert_eq!(repeats(Some(Drill::Below4), Mode::Normal), [true, true, false, false]);
    assert_eq!(repeats(None, Mode::Cram), [false; 4]);
}
