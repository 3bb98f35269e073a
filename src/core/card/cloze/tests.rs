use super::*;

fn note(text: &str) -> NoteText {
    NoteText { fields: Fields::from([("text".to_owned(), Value::Text(text.to_owned()))]), ..NoteText::default() }
}

fn faces(text: &str) -> Vec<(u16, String, String)> {
    let note = note(text);
    let face = |n| (n, Cloze.question(&note, n, Showing::default()).prompt, Cloze.answer(&note, n));
    Cloze.ordinals(&note).into_iter().map(face).collect()
}

fn face(number: u16, prompt: &str, answer: &str) -> (u16, String, String) {
    (number, prompt.to_owned(), answer.to_owned())
}

#[test]
fn each_number_makes_a_card_that_hides_its_parts_only() {
    assert_eq!(
        faces("{{c1::What}} and {{c2::why::a reason}} before {{c1::how}}."),
        [face(1, "[…] and why before […].", "What, how"), face(2, "What and [a reason] before how.", "why")]
    );
    assert_eq!(faces("a {{c1,3::b}}"), [face(1, "a […]", "b"), face(3, "a […]", "b")]);
}

#[test]
fn deletions_nest() {
    assert_eq!(
        faces("{{c1::the {{c2::crew}} of a ship}}"),
        [face(1, "[…]", "the crew of a ship"), face(2, "the […] of a ship", "crew")]
    );
}

#[test]
fn its_texts_are_the_whole_what_is_beside_and_what_is_hidden() {
    let texts = ClozeTexts::of(&note("{{c1::the {{c2::crew}} of a ship}} and {{c3::why::a reason}}"));
    let expected = ["the crew of a ship and why", "… and …", "the crew of a ship\nwhy\n"].map(str::to_owned);
    assert_eq!([texts.whole, texts.beside, texts.hidden], expected);
}

#[test]
fn what_is_no_deletion_is_text() {
    assert_eq!(faces("{{x}} }} {{c1::y}} {{C1::z}}"), [face(1, "{{x}} }} […] {{C1::z}}", "y")]);
    assert_eq!(faces("std::vec {{c1::a::b::c}}"), [face(1, "std::vec [b::c]", "a")]);
}

#[test]
fn braces_are_counted_and_formulas_are_whole() {
    for (text, asked, answer) in [
        (r"{{c1::\frac{a}{b}}} end", "[…] end", r"\frac{a}{b}"),
        (r"{{c1::\(\frac{a}{b}\)}} end", "[…] end", r"\(\frac{a}{b}\)"),
        (r"{{c1::\(x_{i_{j}}\)::how}}.", "[how].", r"\(x_{i_{j}}\)"),
        (r"\(\frac{{{c1::a}}}{b}\)", r"\(\frac{[…]}{b}\)", r"\(a\)"),
        (r"\( {{c1::\frac{a}{b}}} \) end", r"\( […] \) end", r"\(\frac{a}{b}\)"),
        (r"$$x = {{c1::y^2::a square}}$$ {{c1::z}}", r"$$x = \text{[a square]}$$ […]", "$$y^2$$, z"),
        (r"{{c1::\{a\}}} end", "[…] end", r"\{a\}"),
        ("{{c1::Vue's {{x}} syntax}} end", "[…] end", "Vue's {{x}} syntax"),
        ("{{c1::a { b}} end", "[…] end", "a { b"),
        ("{{c1::a { b}} and {{c1::{c}}} end", "[…] and […] end", "a { b, {c}"),
        (r"{{c1::\(f :: A\)::what}} end", "[what] end", r"\(f :: A\)"),
        ("{{c1::}} }}", "[…] }}", ""),
    ] {
        let note = note(text);
        let prompt = Cloze.question(&note, 1, Showing::default()).prompt;
        assert_eq!((prompt.as_str(), Cloze.answer(&note, 1).as_str()), (asked, answer), "{text}");
    }
}

#[test]
fn colons_and_braces_can_be_part_of_an_answer() {
    for (text, asked, answer) in [
        (r"{{c1::std\::vector}}", "[…]", "std::vector"),
        (r"{{c1::std\::vector::a \:: b}}", "[a :: b]", "std::vector"),
        (r"{{c1::a\}} b}} end", "[…] end", "a}} b"),
        (r"{{c1::x\}}}} end", "[…] end", "x}}"),
        (r"a\::b {{c1::c}}", r"a\::b […]", "c"),
        (r"{{c1::C:\\::path}}", "[path]", r"C:\\"),
        (r"{{c1::2\*3}}", "[…]", r"2\*3"),
        ("{{c1::{{c2::a}} b}}", "[…]", "a b"),
    ] {
        let note = note(text);
        let prompt = Cloze.question(&note, 1, Showing::default()).prompt;
        assert_eq!((prompt.as_str(), Cloze.answer(&note, 1).as_str()), (asked, answer), "{text}");
    }
}

#[test]
fn what_is_left_out_never_becomes_a_link() {
    let kind = "cloze".to_owned();
    let note = NoteText { kind, ..note("{{c1::a}}(b) and {{c1::c::d}}: e, {{c1::f}}{{c1::g}}") };
    assert_eq!(note.prompt_document(1).plain(), "[…](b) and [d]: e, […][…]");
    let plain = NoteText { markup: Markup::Plain, ..note };
    assert_eq!(plain.prompt_document(1).plain(), "[…](b) and [d]: e, […][…]");
}

#[test]
fn what_is_hidden_of_a_formula_is_shown_and_compared_as_one() {
    for (text, prompt, answer) in [
        (r"\( {{c1::\frac{a}{b}}} \) end", "[…] end", "a/b"),
        (r"\(x = {{c1::y^2}} + z\)", "x = […] + z", "y²"),
        (r"\(\frac{ {{c1::a}} }{b}\)", "[…]/b", "a"),
        (r"\(x = {{c1::\alpha::a letter}}\)", "x = [a letter]", "α"),
    ] {
        for markup in [Markup::Markdown, Markup::Html] {
            let note = NoteText { kind: "cloze".to_owned(), markup, ..note(text) };
            assert_eq!(note.prompt_document(1).plain(), prompt, "{text}");
            assert_eq!(note.answer_document(1).plain(), answer, "{text}");
            let question = Cloze.question(&note, 1, Showing::default());
            let is_right = |response: &str| {
                let verdict = Cloze.judge(&note, 1, &question, response, Weights::default()).unwrap().unwrap();
                verdict.outcome == crate::core::card::Correctness::Right
            };
            assert!(is_right(answer), "{text}");
            let written = Cloze.answer(&note, 1);
            let bare = written.strip_prefix(r"\(").and_then(|written| written.strip_suffix(r"\)")).unwrap();
            assert!(is_right(&written) && is_right(bare), "{written}");
        }
    }
}

#[test]
fn what_is_hidden_of_code_is_compared_as_code() {
    use crate::core::card::Correctness::Right;
    use crate::core::card::Correctness::Wrong;
    for (text, markup, prompt, answer, given, outcome) in [
        ("`{{c1::wq!}}` saves", Markup::Markdown, "[…] saves", "wq!", "wq!", Right),
        ("`{{c1::wq!}}` saves", Markup::Markdown, "[…] saves", "wq!", "wq", Wrong),
        ("`:{{c1::wq!::to leave}}`", Markup::Markdown, ":[to leave]", "wq!", "`wq!`", Right),
        ("`git {{c1::commit}} -m`", Markup::Markdown, "git […] -m", "commit", "comit", Wrong),
        ("`foo{{c1::!}}(x)`", Markup::Markdown, "foo[…](x)", "!", "!", Right),
        ("`` a{{c1::`?b}} ``", Markup::Markdown, "a[…]", "`?b", "`?b", Right),
        ("<code>{{c1::x?;}}</code>", Markup::Html, "[…]", "x?;", "x?;", Right),
        ("<code>{{c1::x?;}}</code>", Markup::Html, "[…]", "x?;", "x;", Wrong),
        ("`a` {{c1::What?}} `b`", Markup::Markdown, "a […] b", "What?", "What", Right),
        ("`{{c1::wq!}}`", Markup::Plain, "`[…]`", "wq!", "wq", Right),
    ] {
        let note = NoteText { kind: "cloze".to_owned(), markup, ..note(text) };
        assert_eq!(note.prompt_document(1).plain(), prompt, "{text}");
        assert_eq!(note.answer_document(1).plain(), answer, "{text}");
        let question = Cloze.question(&note, 1, Showing::default());
        let verdict = Cloze.judge(&note, 1, &question, given, Weights::default()).unwrap().unwrap();
        assert_eq!(verdict.outcome, outcome, "{given} for {text}");
    }
}

#[test]
fn what_nobody_sees_of_html_hides_nothing() {
    let ordinals = |text: &str, markup| Cloze.ordinals(&NoteText { markup, ..note(text) });
    for (text, seen) in [
        ("<!-- {{c1::x}} --> {{c2::y}}", vec![2]),
        ("<img alt='{{c1::x}}' src=x.png> q", vec![]),
        ("{{c1::a <b title='{{c2::x}}'>c</b>}}", vec![1]),
        ("{{c1::a < b}} {{c2::<i>x</i>}}", vec![1, 2]),
    ] {
        assert_eq!(ordinals(text, Markup::Html), seen, "{text}");
    }
    assert_eq!(ordinals("<!-- {{c1::x}} -->", Markup::Markdown), [1], "shown as it is written");
}

#[test]
fn a_deletion_is_seen_in_any_text() {
    assert!(has_deletion("<b>{{c2::x}}</b>"));
    assert!(!has_deletion("{{c0::x}} {{x}} {{c1:x}} {{c1::open"));
}

#[test]
fn each_fault_is_told_from_the_others() {
    assert_eq!(Cloze.check(&note("{{c1::ok}}").fields), []);
    for (text, fault) in [
        ("nothing", Fault::NoDeletion),
        ("{{c1::open", Fault::UnclosedDeletion),
        ("{{c1::fine}} and {{c2::open", Fault::UnclosedDeletion),
        ("{{c0::zero}}", Fault::BadDeletionNumber),
        ("{{c501::much}}", Fault::BadDeletionNumber),
        ("{{c1::}}", Fault::EmptyDeletion),
        ("{{c1::::hint}}", Fault::EmptyDeletion),
    ] {
        assert_eq!(Cloze.check(&note(text).fields), [fault], "{text}");
    }
}

#[test]
fn a_typed_word_is_checked() {
    let note = note("{{c1::vision}}");
    let question = Cloze.question(&note, 1, Showing::default());
    let verdict = Cloze.judge(&note, 1, &question, "Vison", Weights::default()).unwrap().unwrap();
    assert_eq!(verdict.outcome, crate::core::card::Correctness::Near);
}

#[test]
fn other_answers_are_accepted_by_all_cards_or_by_one() {
    let mut note = note("The {{c1::colour}} of the {{c2::sky}}");
    let accept = ["color", "c2::heavens", "c1,2::x"].map(str::to_owned).to_vec();
    note.fields.insert("accept".to_owned(), Value::Texts(accept));
    for (number, right, wrong) in [(1, ["color", "colour", "x"], "heavens"), (2, ["heavens", "sky", "x"], "hue")] {
        let question = Cloze.question(&note, number, Showing::default());
        let is_right = |response: &str| {
            let verdict = Cloze.judge(&note, number, &question, response, Weights::default()).unwrap().unwrap();
            verdict.outcome == crate::core::card::Correctness::Right
        };
        assert!(right.into_iter().all(is_right) && !is_right(wrong), "{number}");
    }
}

#[test]
fn what_is_opened_very_often_and_never_closed_is_read_once() {
    for opening in ["{{c1::", "{{c1,2,", "{{c1::{{", "{{c1::a}} {{c2::"] {
        let text = opening.repeat(20_000);
        assert_eq!(shown(&parts(&text, Markup::Markdown)).is_empty(), text.is_empty());
    }
    let text = format!("{}x{}", "{{c1::".repeat(500), "}}".repeat(500));
    let parsed = parts(&text, Markup::Markdown);
    let mut found = BTreeSet::new();
    numbers(&parsed, &mut found);
    assert_eq!(found, BTreeSet::from([1]));
    assert!(shown(&parsed).contains("{{c1"), "what is deeper is plain text");
}

#[test]
fn a_list_gets_the_beginning_of_each_prompt_and_the_text_is_read_once() {
    let text = format!("é{{{{c1::one}}}} {{{{c2::two::2?}}}}{}", "x".repeat(100_000));
    let note = note(&text);
    let whole: Vec<String> = [1, 2].map(|n| Cloze.question(&note, n, Showing::default()).prompt).into();
    let beginnings = Cloze.beginnings(&note, 20);
    assert_eq!(beginnings.len(), 2);
    for ((_, beginning), whole) in beginnings.iter().zip(&whole) {
        assert!(whole.starts_with(beginning) && (20..24).contains(&beginning.len()), "{beginning}");
    }
}

#[test]
fn what_is_opened_inside_of_something_that_is_never_closed_is_hidden_all_the_same() {
    assert_eq!(asked(&parts("{{c1::a {{c2::b}} c", Markup::Markdown), 2, 100, Markup::Markdown), "{{c1::a […] c");
    assert_eq!(asked(&parts("a }} {{c1::b::hint}}}", Markup::Markdown), 1, 100, Markup::Markdown), "a }} [hint]}");
}

#[test]
fn hidden_parts_without_a_number_get_one() {
    for (text, with_numbers) in [
        ("every {{second Friday}}", "every {{c1::second Friday}}"),
        ("{{a}} and {{b::hint}}", "{{c1::a}} and {{c2::b::hint}}"),
        ("{{c2::a}} and {{b}}", "{{c2::a}} and {{c3::b}}"),
        ("{{c1::a}}", "{{c1::a}}"),
        ("{{c1,2::both}} and {{b}}", "{{c1,2::both}} and {{c3::b}}"),
        ("{{c1::E = mc^{{2}}}} is {{b}}", "{{c1::E = mc^{{2}}}} is {{c2::b}}"),
        ("{{{c1::a}} {{b}}", "{{{c1::a}} {{c2::b}}"),
        ("{{c::a}}", "{{c1::c::a}}"),
        ("no parts", "no parts"),
        ("{{}} {{open", "{{}} {{open"),
    ] {
        assert_eq!(numbered(text), with_numbers);
    }
}
