use super::*;
use crate::core::card::Markup;
use crate::ops::note_form::faults;
use crate::ui::Look;
use crate::ui::Palette;
use crate::ui::keymap::Keymap;
use crate::ui::tui::NoEditor;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

fn form(text: &NoteText) -> Form {
    Form::of_note("Edit team/owner".to_owned(), NoteUid([1; 16]), text)
}

fn new_form(deck: &str) -> Form {
    let base = NoteText { kind: "basic".to_owned(), markup: Markup::Plain, ..NoteText::default() };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut form = Form::of_new(deck, &base, words(&["Leadership", "team::new"]));
    form.tags = Some(words(&["culture", "team"]));
    form
}

fn card(kind: &str, fields: &[(&str, Value)]) -> NoteText {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    NoteText { kind: kind.to_owned(), fields, ..NoteText::default() }
}

fn one(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn several(texts: &[&str]) -> Value {
    Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn keys() -> Keymap {
    Keymap::new(crate::core::settings::KeyPreset::Usual, &std::collections::BTreeMap::new()).unwrap()
}

fn press(form: &mut Form, code: KeyCode) -> Option<Left> {
    form.key(&KeyEvent::new(code, KeyModifiers::NONE), &keys())
}

fn types(form: &mut Form, text: &str) {
    for c in text.chars() {
        assert_eq!(press(form, KeyCode::Char(c)), None);
    }
}

fn shown(form: &mut Form, width: u16, height: u16) -> String {
    let keys = keys();
    let look = Look { colour: false, width: usize::from(width), links: false, palette: Palette::OWN, spoken: false };
    let with = ScreenContext { look, keys: &keys, stop: &|| false, editor: &NoEditor };
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| form.draw(frame, with)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |y: u16| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..height).map(row).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[test]
fn a_form_that_nobody_touched_gives_the_text_as_it_was() {
    for text in [
        card("basic", &[("front", several(&["one"])), ("back", one("several\n\tlines\u{202e}"))]),
        card("list", &[("prompt", one("q")), ("items", several(&["a", "b"]))]),
        card("typed", &[("prompt", several(&["q", "r"])), ("answer", one("a"))]),
        NoteText { tags: vec!["a, b".to_owned(), "c".to_owned()], ..card("basic", &[("front", one("q\r\n"))]) },
    ] {
        assert_eq!(form(&text).text(), text);
        assert!(!form(&text).is_dirty());
    }
}

#[test]
fn fields_have_lines_and_lists_grow_while_they_are_typed() {
    let mut form = form(&card("basic", &[("front", one("q")), ("back", one("a\nb"))]));
    types(&mut form, "?");
    press(&mut form, KeyCode::Tab);
    form.key(&KeyEvent::new(KeyCode::Char('j'), KeyModifiers::CONTROL), &keys());
    types(&mut form, "c");
    let edited = form.text();
    assert_eq!((edited.text("front"), edited.text("back")), ("q?", "a\nb\nc"));
    let mut list = self::form(&card("list", &[("prompt", one("q")), ("items", several(&["a"]))]));
    press(&mut list, KeyCode::Tab);
    press(&mut list, KeyCode::Tab);
    for item in ["b", "c"] {
        types(&mut list, item);
        press(&mut list, KeyCode::Tab);
    }
    assert_eq!(list.text().texts("items"), ["a", "b", "c"]);
    assert!(list.is_dirty());
}

#[test]
fn arrows_go_through_the_lines_of_a_field_before_they_leave_it() {
    let mut form = form(&card("basic", &[("front", one("a\nb")), ("back", one("c"))]));
    press(&mut form, KeyCode::Up);
    press(&mut form, KeyCode::Down);
    assert_eq!(form.at, 0);
    press(&mut form, KeyCode::Down);
    assert_eq!(form.at, 1);
}

#[test]
fn another_kind_takes_over_what_was_typed() {
    let mut form = new_form("d");
    types(&mut form, "q");
    press(&mut form, KeyCode::Tab);
    types(&mut form, "a");
    form.at = 1;
    while form.base.kind != "typed" {
        press(&mut form, KeyCode::Right);
    }
    let text = form.text();
    assert_eq!((text.text("prompt"), text.text("answer")), ("q", "a"));
    assert_eq!(form.deck(), "d");
    while form.base.kind != "cloze" {
        press(&mut form, KeyCode::Right);
    }
    assert!(form.is_dirty(), "what has no field here is not lost");
    while form.base.kind != "basic" {
        press(&mut form, KeyCode::Left);
    }
    assert_eq!((form.text().text("front"), form.text().text("back")), ("q", "a"));
}

#[test]
fn decks_and_tags_are_completed_and_tags_come_apart_at_commas() {
    let mut form = new_form("");
    types(&mut form, "lead");
    press(&mut form, KeyCode::Right);
    assert_eq!(form.deck(), "Leadership");
    form.at = form.rows.iter().position(|row| row.field == Field::Tags).unwrap();
    types(&mut form, "mine, te");
    assert_eq!(form.completion(), Some(("am".to_owned(), "mine, team".to_owned())));
    press(&mut form, KeyCode::Right);
    types(&mut form, ", mine, ");
    assert_eq!(form.text().tags, ["mine", "team"]);
    assert_eq!(form.completion(), None, "nothing is begun");
}

#[test]
fn the_next_card_begins_with_the_same_deck_kind_and_tags() {
    let mut form = new_form("d");
    types(&mut form, "q");
    form.at = form.rows.iter().position(|row| row.field == Field::Tags).unwrap();
    types(&mut form, "team");
    form.next_card();
    assert!(!form.is_dirty());
    assert_eq!((form.deck().as_str(), form.text().tags, form.text().fields.len()), ("d", vec!["team".to_owned()], 0));
    assert_eq!(form.rows[form.at].field, Field::Own("front"));
}

#[test]
fn faults_stand_at_their_fields_until_these_are_typed_in() {
    let mut form = new_form("d");
    types(&mut form, "q");
    form.show_faults(&faults(&form.text()));
    assert_eq!(form.rows[form.at].field, Field::Own("back"));
    assert!(shown(&mut form, 80, 24).contains("✗ write something here"));
    types(&mut form, "a");
    assert!(!shown(&mut form, 80, 24).contains('✗'));
}

#[test]
fn the_form_at_each_width_is_this() {
    let text = "Ticket sales at the theatre fell by a third. Yusuf leaves the calendar alone and asks \
                {{c1::which wish of the audience}} goes {{c2::unmet}}.\n\nWhich role is he playing?\n\tA leader's.";
    let cloze = NoteText { tags: vec!["team".to_owned()], ..card("cloze", &[("text", one(text))]) };
    for width in [40, 80, 120, 200] {
        insta::assert_snapshot!(format!("form_{width}"), shown(&mut form(&cloze), width, 24));
    }
    let mut faulty = new_form("d");
    faulty.show_faults(&faults(&faulty.text()));
    insta::assert_snapshot!("form_with_faults", shown(&mut faulty, 80, 24));
}

#[test]
fn a_form_is_drawn_in_any_size() {
    let mut form = form(&card("list", &[("prompt", one("日本語の質問")), ("items", several(&["a", "b"]))]));
    for (width, height) in [(1, 1), (10, 3), (20, 6), (39, 8), (119, 5), (120, 2), (200, 50)] {
        shown(&mut form, width, height);
    }
}

#[test]
fn a_form_begins_at_the_question_that_is_asked_and_shows_its_card() {
    let scene = card("choice", &[("prompt", several(&["Who?", "Which of them?"])), ("answer", one("Ann"))]);
    let reversed = card("reversed", &[("front", one("left")), ("back", one("right"))]);
    for (text, ordinal, asked, label) in [
        (&scene, 1, Some("Which of them?"), "▸ prompt 2"),
        (&scene, 1, None, "▸ prompt 1"),
        (&scene, 1, Some("Not there any more?"), "▸ prompt 1"),
        (&reversed, 1, None, "▸ front"),
        (&reversed, 2, None, "▸ back"),
    ] {
        let mut form = form(text);
        form.begin_at(ordinal, asked);
        let shown = shown(&mut form, 80, 24);
        assert!(shown.contains(label), "{label}: {shown}");
        assert_eq!(shown.contains("Card 2 of 2"), ordinal == 2, "{shown}");
    }
}
