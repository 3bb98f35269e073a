//! Texts with their markup: kept as they came, shown as they were meant, in every command alike.

use crate::home::Lmq;
use crate::world::World;
use lmq::core::document::Markup;
use lmq::core::document::Side;
use lmq::ops::edit::How;

const DECK: &str = r#"[deck]
id = "d"

[[card]]
key = "m"
kind = "basic"
front = "a **bold** word and `2*3`"
back = "- one\n- two"

[[card]]
key = "p"
kind = "basic"
markup = "plain"
front = "2*3*4 and __init__"
back = "\tindented\n\n\\(a_1\\)"

[[card]]
key = "h"
kind = "typed"
markup = "html"
prompt = "<b>caf&eacute;</b> <img src=\"x.png\">"
answer = "<i>coffee</i> [sound:x.mp3]"

[[card]]
key = "c"
kind = "cloze"
markup = "plain"
text = '{{c1::std\::vector}} is {{c2::\frac{a}{b}}} and {{c1::a\}} b}}'
"#;

fn world() -> World {
    let mut world = World::bare();
    world.import("d.toml", DECK);
    world
}

#[test]
fn each_text_is_shown_as_its_markup_says() {
    let world = world();
    let shown = |key: &str| {
        let line = world.card(&if key == "c" { "d/c#1".to_owned() } else { format!("d/{key}") });
        let (text, ordinal) = (line.text, line.card.ordinal);
        (text.prompt_document(ordinal).shown(Side::Question), text.answer_document(ordinal).plain())
    };
    assert_eq!(shown("m"), ("a bold word and 2*3".to_owned(), "- one\n- two".to_owned()));
    assert_eq!(shown("p"), ("2*3*4 and __init__".to_owned(), "\tindented\n\n\\(a_1\\)".to_owned()));
    assert_eq!(shown("h"), ("café [picture]".to_owned(), "coffee [sound]".to_owned()));
    assert_eq!(shown("c"), ("[…] is \\frac{a}{b} and […]".to_owned(), "std::vector, a}} b".to_owned()));
}

#[test]
fn every_format_gives_texts_and_markup_back_as_they_were() {
    let first = world();
    for (format, name) in [("toml", "d.toml"), ("csv", "d.csv"), ("json", "d.json"), ("jsonl", "d.jsonl")] {
        let mut second = World::bare();
        second.import(name, first.export("d", format));
        let texts = |world: &World| world.cards().into_iter().map(|line| (line.key, line.text)).collect::<Vec<_>>();
        assert_eq!(texts(&second), texts(&first), "{format}");
    }
}

#[test]
fn a_file_may_be_plain_as_a_whole() {
    let mut world = World::bare();
    let deck = DECK.replace("id = \"d\"\n", "id = \"d\"\nmarkup = \"plain\"\n");
    world.import("d.toml", deck);
    assert_eq!(world.card("d/m").text.markup, Markup::Plain);
    assert_eq!(world.card("d/h").text.markup, Markup::Html);
    let refused = world.try_import("e.toml", "[deck]\nid = \"e\"\nmarkup = \"rst\"\n").unwrap_err();
    assert!(refused.to_string().contains("1 fault") || !refused.places.is_empty(), "{refused:?}");
}

#[test]
fn another_markup_alone_is_a_change_of_the_source_and_no_second_note() {
    let mut world = world();
    let report = world.import("d.toml", DECK.replace("key = \"m\"\n", "key = \"m\"\nmarkup = \"plain\"\n"));
    assert_eq!((report.added, report.changed), (0, 1), "{report:?}");
    assert_eq!(world.card("d/m").text.markup, Markup::Plain);
    world.assert_sound();
}

#[test]
fn an_edit_keeps_the_markup() {
    let mut world = world();
    world.edit("d/p", None, How::default(), |text| text.hint = Some("h*i*nt".to_owned()));
    let text = world.card("d/p").text;
    assert_eq!((text.markup, text.hint.as_deref()), (Markup::Plain, Some("h*i*nt")));
}

#[test]
fn tables_and_json_are_plain_and_anki_html_is_kept() {
    let mut world = World::bare();
    world.import("t.csv", "2*3*4,24\n__init__,python\n");
    world.import("a.txt", "#separator:tab\n#html:true\n<b>x</b> &amp; y\tVec<String>\n");
    world.import(
        "j.json",
        r#"[{"question": "*a*", "answer": "b"}, {"question": "*c*", "answer": "d", "markup": "markdown"}]"#,
    );
    let found = |query: &str| -> Vec<(Markup, String, String)> {
        let cards = world.found(query);
        let listed = |line: &lmq::store::CardLine| (line.text.markup, line.text.listed_prompt(1), line.text.prompt(1));
        cards.iter().map(listed).collect()
    };
    assert_eq!(found("deck:t")[0], (Markup::Plain, "2*3*4".to_owned(), "2*3*4".to_owned()));
    let html = found("deck:a");
    assert_eq!(html, [(Markup::Html, "x & y".to_owned(), "<b>x</b> &amp; y".to_owned())]);
    assert_eq!(world.found("deck:a")[0].text.listed_answer(1), "Vec<String>");
    let json = found("deck:j");
    assert_eq!(json[0], (Markup::Plain, "*a*".to_owned(), "*a*".to_owned()));
    assert_eq!(json[1], (Markup::Markdown, "c".to_owned(), "*c*".to_owned()));
}

#[test]
fn words_of_html_are_found_and_names_of_tags_are_not() {
    let world = world();
    assert_eq!(world.names("café"), ["d/h"]);
    assert_eq!(world.names("eacute"), Vec::<String>::new());
    assert_eq!(world.names("coffee"), ["d/h"]);
}

#[test]
fn lines_show_what_is_meant_and_a_typed_answer_is_compared_with_its_words() {
    let lmq = Lmq::new().without_built_in_decks();
    lmq.write("d.toml", DECK);
    lmq.run(["import", "d.toml"]).done();
    let shown = lmq.run(["show", "d/h"]).out();
    assert!(shown.contains("**café** [picture: x.png]") && shown.contains("*coffee* [sound]"), "{shown}");
    let shown = lmq.run(["show", "d/p"]).out();
    assert!(shown.contains("  2*3*4 and __init__\n\n          indented\n\n  \\(a_1\\)\n"), "{shown}");
    let json = lmq.run(["show", "d/h", "--json"]).json();
    assert_eq!((json["markup"].as_str(), json["prompt"].as_str()), (Some("html"), Some("café [picture]")));
    let said = lmq.run_with("coffee\n\n", ["review", "--search", "kind:typed"]).out();
    assert!(said.contains("Right"), "{said}");
}

#[test]
fn what_is_added_by_hand_is_plain() {
    let lmq = Lmq::new().without_built_in_decks();
    lmq.run(["add", "d", "2*3*4", "__init__", "--key", "k"]).done();
    let shown = lmq.run(["show", "d/k"]).out();
    assert!(shown.contains("2*3*4\n") && shown.contains("__init__\n") && shown.contains("plain"), "{shown}");
}
