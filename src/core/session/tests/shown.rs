//! Answers that are shown to somebody who gave none, and hidden again.

use super::*;

#[test]
fn nothing_is_graded_by_keys_that_show_where_nobody_answered() {
    let list = || text("list", &[("prompt", &["Which?"]), ("items", &["a", "b"])]);
    let order = || text("order", &[("prompt", &["In order?"]), ("items", &["a", "b"])]);
    let sort = || text("sort", &[("prompt", &["Who?"]), ("categories", &["left", "right"]), ("answer", &["left"])]);
    let cloze = || text("cloze", &[("text", &["A {{c1::gap}}."])]);
    for note in [choice(), sort(), order(), list(), cloze(), typed()] {
        let kind = note.kind.clone();
        let mut sitting = Sitting::of([due_card(1, note)]).shown();
        let is_pointed_at = ["choice", "sort", "order"].contains(&kind.as_str());
        for nothing in ["", " "].iter().filter(|_| is_pointed_at) {
            assert_eq!(words(&sitting.respond(nothing)), "ask again: NoAnswer");
        }
        let shown = if is_pointed_at { sitting.give(Input::Show) } else { sitting.respond("") };
        assert_eq!(words(&shown), "show back");
        assert_eq!((sitting.session.suggestion(), sitting.session.preselected()), (None, None));
        assert_eq!(sitting.give(Input::Accept), [Effect::Ignored]);
        assert_eq!(words(&sitting.give(Input::Grade(Quality::Q2))), "Answer: answered 2");
    }
    for note in [basic(), say()] {
        let mut sitting = Sitting::of([due_card(1, note)]).shown();
        assert_eq!(words(&sitting.respond("")), "show back", "it is answered in the head, or aloud");
    }
}

#[test]
fn an_answer_that_is_hidden_again_is_asked_as_before_with_nothing_of_what_was_given() {
    let mut sitting = Sitting::of([due_card(1, typed()), due_card(2, basic())]).shown();
    let asked = sitting.session.clone();
    sitting.respond("manager");
    assert_eq!(sitting.give(Input::Hide), []);
    assert_eq!(sitting.session, asked);
    sitting.respond("leader");
    assert_eq!(sitting.session.suggestion(), Some(Quality::Q4));
}
