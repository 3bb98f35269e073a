use super::*;
use crate::core::card::Field;
use crate::core::card::Said;
use crate::formats::Place;
use crate::formats::testing::Fake;

const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

#[test]
fn column_names_are_known_in_any_case() {
    assert_eq!(named(" Front "), Column::Field("front"));
    assert_eq!(named("TERM"), Column::Question);
    assert_eq!(named("Comment"), Column::Extra);
    assert_eq!(named("colour"), Column::Unknown);
    assert_eq!(named(""), Column::Unknown);
}

#[test]
fn every_field_of_every_kind_has_its_column() {
    for field in field_names() {
        assert_eq!(named(field), Column::Field(field));
    }
}

#[test]
fn a_question_and_an_answer_go_to_what_the_kind_calls_them() {
    static TYPED: Fake = Fake(&[field("prompt", Shape::Variants), field("answer", Shape::Text)]);
    static CLOZE: Fake = Fake(&[field("text", Shape::Text)]);
    static LIST: Fake = Fake(&[field("prompt", Shape::Variants), field("items", Shape::Texts)]);
    for column in [Column::Question, Column::Nth(0), Column::Field("front"), Column::Field("prompt")] {
        assert_eq!(target(column, &TYPED), Target::Field("prompt", Shape::Variants));
        assert_eq!(target(column, &CLOZE), Target::Field("text", Shape::Text));
    }
    for column in [Column::Answer, Column::Nth(1), Column::Field("back"), Column::Field("answer")] {
        assert_eq!(target(column, &TYPED), Target::Field("answer", Shape::Text));
        assert_eq!(target(column, &LIST), Target::Field("items", Shape::Texts));
        assert_eq!(target(column, &CLOZE), Target::Column(Column::Extra));
    }
    assert_eq!(target(Column::Nth(2), &TYPED), Target::Surplus);
    assert_eq!(target(Column::Field("text"), &TYPED), Target::Wrong("text"));
}

#[test]
fn two_columns_for_one_field_are_refused_and_two_explanations_joined() {
    static CLOZE: Fake = Fake(&[field("text", Shape::Text)]);
    let mut draft = Draft::new(&CLOZE);
    let mut put =
        |column, text: &'static str| draft.put(target(column, &CLOZE), Given::Text(text.into()), Dialect::Plain);
    put(Column::Question, "a").unwrap();
    assert_eq!(put(Column::Field("front"), "b"), Err(NoteFault::FilledTwice("text")));
    put(Column::Answer, "more").unwrap();
    put(Column::Extra, "why").unwrap();
    let item = draft.finish(Place::default(), Said::ALL).unwrap();
    assert_eq!(item.text.extra.as_deref(), Some("more\n\nwhy"));
}

#[test]
fn values_of_the_wrong_shape_are_refused() {
    static KIND: Fake = Fake(&[field("text", Shape::Text), field("texts", Shape::Texts)]);
    let one = |name: &str, text: &str| (name.to_owned(), Value::Text(text.to_owned()));
    let several = |name: &str, texts: &[&str]| {
        (name.to_owned(), Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect()))
    };
    for (fields, fault) in [
        ([several("text", &["a"]), several("texts", &["a"])], NoteFault::NotOneText("text")),
        ([one("text", "a"), one("texts", "a")], NoteFault::NotAList("texts")),
        ([one("text", " "), several("texts", &["a"])], NoteFault::Blank("text")),
        ([one("text", "a"), several("texts", &[])], NoteFault::Blank("texts")),
    ] {
        assert_eq!(check(&KIND, &NoteText { fields: fields.into(), ..NoteText::default() }), Err(fault));
    }
}

#[test]
fn words_are_separated_as_their_writer_does() {
    assert_eq!(Dialect::Plain.words("geo, two words;x"), ["geo", "two words", "x"]);
    assert_eq!(Dialect::Plain.words("geo capitals"), ["geo", "capitals"]);
    assert_eq!(Dialect::Anki.words("geo,eu capitals"), ["geo,eu", "capitals"]);
    assert_eq!(Dialect::Own.words("two words\n"), ["two words"]);
    assert_eq!(Dialect::Own.words("geo,eu capitals"), ["geo,eu", "capitals"]);
}

#[test]
fn lists_are_one_item_a_line_or_set_apart_by_bars() {
    assert_eq!(Dialect::Plain.list("a | b | c"), ["a", "b", "c"]);
    assert_eq!(Dialect::Plain.list("a | b\n c \n\n"), ["a | b", "c"]);
    assert_eq!(Dialect::Own.list("a | b"), ["a | b"]);
    assert_eq!(Dialect::Own.list(r"two\nlines, \\frac, \x"), ["two\nlines, \\frac, \\x"]);
}

#[test]
fn phrasings_are_set_apart_by_a_line_with_a_bar() {
    let texts = |texts: &[&str]| Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
    assert_eq!(phrasings("P(A | B)\n||"), Value::Text("P(A | B)\n||".to_owned()));
    assert_eq!(phrasings("one\nline\n|\ntwo"), texts(&["one\nline", "two"]));
    assert_eq!(phrasings("|\none"), texts(&["one"]));
    for bars in ["|", "|\n|", "a\n|", "|\n\n|\na"] {
        assert_eq!(phrasings(bars), Value::Text(bars.to_owned()));
    }
    assert_eq!(phrasings("a\n\\|\nb"), Value::Text("a\n|\nb".to_owned()));
    assert_eq!(phrasings("a\n|\n\\\\|"), texts(&["a", "\\|"]));
}

#[test]
fn a_cloze_is_known_by_its_marks() {
    assert!(is_cloze("x {{c12::y}}"));
    assert!(!is_cloze("{{c1:y}} {{c::z}} {{C1::w}}"));
}

#[test]
fn a_slip_in_a_kind_is_answered_with_its_name() {
    let said = |name: &str| NoteFault::NoKind(name.to_owned()).to_string();
    assert_eq!(said("basci"), "`basci` is not a kind of card; did you mean `basic`?");
    assert!(said("zzzzzzzz").starts_with("`zzzzzzzz` is not a kind of card; there are basic"));
}
