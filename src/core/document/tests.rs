use super::*;
use crate::core::compare::answer::Nature;
use proptest::prelude::*;

fn markdown(text: &str) -> String {
    Document::of(text, Markup::Markdown).plain()
}

fn html(text: &str) -> String {
    Document::of(text, Markup::Html).plain()
}

#[test]
fn plain_text_is_kept_to_the_letter() {
    for text in [
        "2*3*4",
        "__init__",
        "~~~",
        r"\(a_1\)",
        "https://example.org/a*b*c",
        "\tindented\n\n\n  twice  ",
        "<b>x</b> &amp; [sound:x.mp3]",
        "![](x) ![a](b) [c](d.png)",
        "# no heading",
    ] {
        assert_eq!(Document::of(text, Markup::Plain).plain(), text);
        assert_eq!(Document::of(text, Markup::Plain).shown(Side::Question), text);
    }
}

#[test]
fn a_picture_is_not_named_before_the_answer() {
    for (text, markup, question, answer) in [
        ("![Flag of Chad](chad.png)", Markup::Plain, "[picture]", "![Flag of Chad](chad.png)"),
        ("see ![Flag of Chad](chad.png).", Markup::Markdown, "see [picture].", "see [picture: Flag of Chad]."),
        ("<img src='chad.png'>?", Markup::Html, "[picture]?", "[picture: chad.png]?"),
        ("<img alt=\"Flag &amp; map\" src=x.png>", Markup::Html, "[picture]", "[picture: Flag & map]"),
        ("[sound:hund.mp3] dog", Markup::Html, "[sound] dog", "[sound] dog"),
        ("<audio src=\"hund.mp3\"></audio>", Markup::Html, "[sound]", "[sound]"),
    ] {
        let document = Document::of(text, markup);
        assert_eq!(document.shown(Side::Question), question);
        assert_eq!(document.shown(Side::Answer), answer);
        assert_eq!(document.media().len(), 1, "{text}");
    }
    assert_eq!(Document::of("<b>dog</b> [sound:x.mp3]<img src=y>", Markup::Html).to_compare(), "dog");
}

#[test]
fn markdown_hides_pictures_and_sounds_of_any_spelling() {
    for (text, question, answer) in [
        ("[sound:S.mp3] dog", "[sound] dog", "[sound] dog"),
        ("<img src=\"S.png\" alt='S &amp; s'> which?", "[picture] which?", "[picture: S & s] which?"),
        ("<IMG SRC=S.png />x", "[picture]x", "[picture: S.png]x"),
        ("![[S.png]] and [[note]]", "[picture] and [[note]]", "[picture: S.png] and [[note]]"),
        ("![[S.png|200]]", "[picture]", "[picture: S.png]"),
        ("![[S.png|a flag]]", "[picture]", "[picture: a flag]"),
        ("![[S.mp3]] ![[note]]", "[sound] ![[note]]", "[sound] ![[note]]"),
        ("![S](S my pic.png) which?", "[picture] which?", "[picture: S] which?"),
        ("![](S (2).png \"S\") which?", "[picture] which?", "[picture: S (2).png] which?"),
        ("![*S*](<S a.png>)", "[picture]", "[picture: S]"),
        (
            "<div>\n![S](S.png)\n<img src=S.png>\n</div>",
            "<div>\n[picture]\n[picture]\n</div>",
            "<div>\n[picture: S]\n[picture: S.png]\n</div>",
        ),
        ("[![S](S.png)](https://S.org)", "[picture]", "[picture: S]"),
        ("<audio src=\"S.mp3\"></audio>", "[sound]", "[sound]"),
        ("| a |\n|---|\n| ![S](S.png) |", "a\n[picture]", "a\n[picture: S]"),
    ] {
        let document = Document::of(text, Markup::Markdown);
        assert_eq!(
            (document.shown(Side::Question), document.shown(Side::Answer)),
            (question.to_owned(), answer.to_owned()),
            "{text}"
        );
        assert!(!document.media().is_empty());
    }
    for text in ["`![S](S.png)`", "`[sound:S.mp3]`", "`<img src=\"S.png\">`", r"\![S", "[sound: ]", "a < img > b"] {
        let shown = markdown(text);
        assert_eq!(shown, text.replace(['`', '\\'], ""));
    }
    let plain = Document::of("a ![S](S my pic.png) b", Markup::Plain);
    assert_eq!(
        (plain.shown(Side::Question).as_str(), plain.plain().as_str()),
        ("a [picture] b", "a ![S](S my pic.png) b")
    );
}

#[test]
fn markdown_reads_the_html_that_cards_are_made_of() {
    for (text, shown) in [
        ("<b>b</b> <i>i</i> <u>u</u> <s>s</s>", "b i u s"),
        ("H<sub>2</sub>O, x<sup>2</sup>, x<sup>*</sup>", "H₂O, x², x^*"),
        ("e<sup>π</sup>x", "e^(π)x"),
        ("a<br>b<br/>c<br>\nd", "a\nb\nc\nd"),
        ("<ruby>東京<rt>とうきょう</rt></ruby>へ", "東京[とうきょう]へ"),
        ("<ruby>東<rp>(</rp><rt>とう</rt><rp>)</rp>京<rt>きょう</rt></ruby>", "東[とう]京[きょう]"),
        ("<ruby>漢<rt>かん</ruby>字", "漢[かん]字"),
        ("<ruby><rb>漢</rb><rt>かん</rt></ruby>", "漢[かん]"),
        ("<kbd>Ctrl</kbd>+<code>x *y*</code>", "Ctrl+x y"),
        ("<span style=\"color:red\">x</span>", "x"),
        ("<b>open and </i>closed", "<b>open and </i>closed"),
        ("press <ESC>, Vec<String>, a <b and c> d", "press <ESC>, Vec<String>, a <b and c> d"),
        ("**<b>x**</b>", "<b>x</b>"),
        ("a <!-- note --> b", "a <!-- note --> b"),
        ("<details><summary>s</summary>", "<details><summary>s</summary>"),
        ("a\n\n<br>\n\nb", "a\n\nb"),
    ] {
        assert_eq!(markdown(text), shown, "{text}");
    }
    let marked = Document::of("__a__ *b* <b>c</b>", Markup::Markdown);
    let [Block::Paragraph(line)] = marked.blocks.as_slice() else { panic!("{marked:?}") };
    assert_eq!(line[0], Inline::Strong(vec![Inline::Text("a".to_owned())], '_'));
    assert_eq!(line[4], Inline::Strong(vec![Inline::Text("c".to_owned())], '*'));
}

#[test]
fn a_text_says_whether_there_is_anything_to_see() {
    for (text, markup, is_seen) in [
        ("<br>", Markup::Html, false),
        ("<!-- x -->", Markup::Html, false),
        ("&nbsp;&#8203;", Markup::Html, false),
        ("<div></div>", Markup::Html, false),
        ("<style>a</style>", Markup::Html, false),
        ("<img src=x.png>", Markup::Html, true),
        ("<hr>", Markup::Html, true),
        ("\u{200b}\u{ad}", Markup::Plain, false),
        ("", Markup::Markdown, false),
        ("[sound:x.mp3]", Markup::Markdown, true),
        ("?", Markup::Markdown, true),
    ] {
        assert_eq!(Document::of(text, markup).has_something_to_see(), is_seen, "{text}");
    }
}

#[test]
fn markdown_loses_no_character_that_is_no_mark() {
    for (text, shown) in [
        ("**bold** and *slanted* and `a  b`", "bold and slanted and a  b"),
        ("~~~", "~~~"),
        ("~~~ python is great", "~~~ python is great"),
        ("```\n```", "```\n```"),
        ("#", "#"),
        ("two\nlines\n\nand more", "two\nlines\n\nand more"),
        ("[foo]: bar", "[foo]: bar"),
        ("[foo]\n\n[foo]: /x", "foo"),
        ("from 5~10 to 20~30", "from 5~10 to 20~30"),
        ("~~gone~~", "gone"),
        ("press <ESC> or <C-[>", "press <ESC> or <C-[>"),
        ("<div>\nx\n</div>", "<div>\nx\n</div>"),
        ("it&#146;s 1914&#150;1918, 5 &#128; &#38; `&#128;`", "it’s 1914–1918, 5 € & &#128;"),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", "a | b\n1 | 2 | 3"),
        ("| a | b |\n|---|---|\n| \\(p(x \\| y)\\) | \\(\\|v\\|\\) |", "a | b\np(x | y) | |v|"),
        ("1986.", "1986."),
        ("2) b", "2) b"),
        ("- a\n  - b\n- c", "- a\n  - b\n- c"),
        (r"\(a_1\) and *b*", "a₁ and b"),
        (r"`\(a_1\)` $$\begin{x}$$", r"\(a_1\) $$\begin{x}$$"),
        ("[](x)", "[](x)"),
        ("&amp; &copy; \\*", "& © *"),
        ("", ""),
    ] {
        assert_eq!(markdown(text), shown, "{text}");
    }
}

#[test]
fn html_is_what_it_looks_like() {
    for (text, shown) in [
        ("<b>bold</b> and <i>slanted</i>", "bold and slanted"),
        ("a <strong> spaced </strong>b", "a spaced b"),
        ("<B CLASS=\"a>b\">x</B>", "x"),
        ("x<sup>2</sup>, H<sub>2</sub>O, e<sup>π</sup>", "x², H₂O, e^π"),
        ("<ruby>漢<rt>kan</rt></ruby>", "漢[kan]"),
        ("<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>へ", "東京[とうきょう]へ"),
        ("<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>", "漢[かん]字[じ]"),
        ("漢字[かんじ]", "漢字[かんじ]"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<p>a</p>\n<p>b</p>", "a\n\nb"),
        ("x<ul><li>one</li><li>two</li></ul>y", "x\n- one\n- two\n\ny"),
        ("<ol><li>one<li>two</ol>", "1. one\n2. two"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("<pre>x\n  y</pre>", "x\n  y"),
        ("<table><tr><td>a<td>b</tr><tr><td>c</table>", "a | b\nc"),
        ("one\ntwo", "one two"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&#8211;&#x2014;&hellip;", "–—…"),
        ("caf&eacute;&nbsp;au lait", "café au lait"),
        ("soft&shy;ly, zero&#8203;width, no&nbsp;&nbsp;break", "softly, zerowidth, no  break"),
        ("می&zwnj;خواهم", "می\u{200c}خواهم"),
        ("AT&T; &unknown; &#0; &#xffffffff; &", "AT&T; &unknown; &#0; &#xffffffff; &"),
        ("a<!-- no --> b<!-- open", "a b<!-- open"),
        ("<style>b { color: red }</style>x<script>1 < 2</SCRIPT>y", "xy"),
        (r"\( a \) [$]x[/$] [latex]x^2[/latex]", "a x x²"),
        ("<a href='https://e.org'>there</a>", "there"),
        ("<h1>T</h1>t<hr>", "T\n\nt\n---"),
        ("<anki-mathjax>x^2</anki-mathjax>", "x²"),
        ("it&#146;s 1914&#150;1918, 5 &#128;, &#x80;", "it’s 1914–1918, 5 €, €"),
        ("", ""),
    ] {
        assert_eq!(html(text), shown, "{text}");
    }
    assert_eq!(Document::of("<style>x</style><script>y</script>", Markup::Html).left_out, 2);
}

#[test]
fn what_only_looks_like_a_tag_is_text() {
    for text in [
        "<ESC> or <C-[>",
        "Vec<String>",
        "if a<b and c>d",
        "Vec<Option<T>>",
        "List<Object>",
        "Map<Key, Data>",
        "a<b>c",
        "press <Del> or <Tab>",
        "1<2",
        "<",
        "x <",
        "<3",
        "a <b without end",
        "if a<=b",
        "#include <stdio.h>",
        "p<p = 0.05",
        "<unknown-tag>too",
        "x<i && i>0",
        "std::map<int, std::string>",
    ] {
        assert_eq!(html(text), text);
    }
    for (text, shown) in [
        ("Set<I> x <i>y</i>", "Set<I> x y"),
        ("Vec<B> is <b>bold</b>", "Vec<B> is bold"),
        ("Foo<S> then <s>gone</s>", "Foo<S> then gone"),
        ("<b>a Vec<B> here</b>", "a Vec<B> here"),
        ("foo<b>a Vec<B> here</b>", "fooa Vec<B> here"),
        ("List<b> x <b>y</b>", "List<b> x y"),
        ("Set<I> x</i>", "Set<I> x"),
        ("H<SUB>2</SUB>O and x<sup>2</sup>", "H₂O and x²"),
        ("un<b>fair<i>ly</b></i>", "unfairly"),
    ] {
        assert_eq!(html(text), shown, "{text}");
    }
}

#[test]
fn items_of_lists_that_are_nested_very_often_stand_on_lines_of_their_own() {
    for depth in [2, 11, 12, 13, 20, 70] {
        let mut text: String = (0..depth).map(|at| format!("<ul><li>i{at}")).collect();
        text.extend((0..depth).rev().map(|at| format!("</li><li>o{at}</li></ul>")));
        let shown = html(&text);
        let lines: Vec<&str> = shown.lines().map(|line| line.trim().trim_start_matches("- ").trim()).collect();
        let wanted: Vec<String> =
            (0..depth).map(|at| format!("i{at}")).chain((0..depth).rev().map(|at| format!("o{at}"))).collect();
        assert_eq!(lines, wanted, "{depth}: {shown}");
    }
    let deep: String = (0..20).map(|depth| format!("{}- i{depth}\n", "  ".repeat(depth))).collect();
    assert_eq!(markdown(&deep).lines().count(), 20, "{}", markdown(&deep));
}

#[test]
fn nothing_that_is_nested_very_often_is_deep() {
    for (markup, text) in [
        (Markup::Markdown, "> ".repeat(5000) + "end"),
        (Markup::Markdown, "*a ".repeat(5000) + "end"),
        (Markup::Markdown, (0..500).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect::<String>() + "\nend"),
        (Markup::Html, "<ul><li>".repeat(5000) + "end"),
        (Markup::Html, "<b class=x>".repeat(5000) + "end"),
        (Markup::Html, "<table><tr><td>".repeat(5000) + "end"),
        (Markup::Html, "<blockquote>".repeat(5000) + "end" + &"</blockquote>".repeat(5000)),
    ] {
        let document = Document::of(&text, markup);
        assert!(document.plain().contains("end"), "{}", text.get(..20).unwrap());
    }
}

/// What takes a step for each pair of its characters takes minutes, and this no second.
#[test]
fn hostile_texts_are_read_in_few_passes() {
    for unit in [
        "\\(", "$$", "[latex]", "\\(x\\)", "<!--", "</a", "<a b=\"", "<b>", "&", "[sound:", "![", "![a](", "**a",
        "[a](", "[a]: b\n", "`", "<ruby>", "<td>", "|a", "> ", "<pre>", "</ul>", "<ul>", "~~", "{{c1::",
    ] {
        let text = unit.repeat(60_000 / unit.len());
        for markup in Markup::ALL {
            let document = Document::of(&text, markup);
            assert!(document.plain().len() < text.len() * 4 + 100, "{unit}");
        }
    }
}

#[test]
fn a_text_without_marks_is_its_own_plain_form() {
    for text in ["Lima", "who owns it", "it's 5 %", "Größe, 20 m", "1. e4", " x ", "a  b", "x.y", "日本", "a-b", "+5"]
    {
        for markup in Markup::ALL {
            if is_bare(text, markup) {
                let document = Document::of(text, markup);
                assert_eq!((document.plain().as_str(), document.to_compare().as_str()), (text, text), "{markup:?}");
            }
        }
    }
    assert!(is_bare("Who owns the roadmap?", Markup::Markdown) && is_bare("2*3", Markup::Plain));
}

#[test]
fn an_answer_is_typed_without_the_marks_in_it() {
    for (text, typed) in [
        ("**Paris**", &["Paris"][..]),
        ("`a*b`", &["a*b"]),
        ("~~x~~", &["x"]),
        ("\\(x^2\\)", &["x²", "x^2"]),
        ("\\(\\frac{a}{b}\\)", &["a/b", "\\frac{a}{b}"]),
        ("`ls -l`", &["ls -l"]),
        ("_the_ word", &["the word"]),
        ("[Paris](https://example.org)", &["Paris"]),
        ("a \\* b", &["a * b"]),
        ("x &lt; y", &["x < y"]),
        ("> 5", &[]),
        ("> x", &[]),
        ("> quote", &["quote"]),
        ("5. Mai", &[]),
        ("- x", &[]),
        ("- x\n- y", &["x\ny"]),
        ("5. Mai\n6. Juni", &["Mai\nJuni"]),
        ("# head", &["head"]),
        ("2*3*4", &["234"]),
        ("a * b", &[]),
        ("foo_bar_baz", &[]),
        ("C++", &[]),
        ("one\n**two**", &["one\ntwo"]),
        ("H<sub>2</sub>O", &["H₂O"]),
        ("Vec<String>", &[]),
        ("<ruby>東京<rt>とうきょう</rt></ruby>", &["東京", "東京[とうきょう]"]),
        ("![a](b.png) x", &["x", "[picture: a] x"]),
    ] {
        let found: Vec<String> = Answer::of(text, Markup::Markdown).ways.into_iter().map(|(way, _)| way).collect();
        assert_eq!(found.iter().map(|typed| typed.trim()).collect::<Vec<_>>(), typed, "{text}");
    }
    assert_eq!(Answer::of("**Paris**", Markup::Plain).ways, []);
    let answer = Answer::of("**a** ![b](c.png)", Markup::Markdown);
    assert_eq!((answer.shown.as_ref(), answer.words.trim()), ("a [picture: b]", "a"));
}

#[test]
fn an_answer_that_is_code_or_a_formula_alone_is_told() {
    for (text, markup, nature) in [
        ("`wq!`", Markup::Markdown, Nature::Code),
        ("```\nx?;\n```", Markup::Markdown, Nature::Code),
        ("<code>wq!</code>", Markup::Html, Nature::Code),
        ("<pre>a\nb</pre>", Markup::Html, Nature::Code),
        ("\\(\\bar x\\)", Markup::Markdown, Nature::Formula),
        ("[$]\\bar x[/$]", Markup::Html, Nature::Formula),
        ("**`wq!`**", Markup::Markdown, Nature::Code),
        ("the `wq!`", Markup::Markdown, Nature::Words),
        ("**wq**", Markup::Markdown, Nature::Words),
    ] {
        assert!(Answer::of(text, markup).ways.iter().all(|(_, found)| *found == nature), "{text}");
    }
}

proptest! {
    #[test]
    fn no_letter_of_plain_text_is_lost(text in "\\PC{0,60}", tail in any::<String>()) {
        let text = text + &tail;
        prop_assert_eq!(Document::of(&text, Markup::Plain).plain(), text);
    }

    #[test]
    fn what_is_bare_is_its_own_plain_form(text in "[a-zA-Z0-9 .,:;'\"()+=>/!?ß漢%@{}-]{0,20}") {
        for markup in Markup::ALL {
            if is_bare(&text, markup) {
                let document = Document::of(&text, markup);
                prop_assert_eq!(document.plain(), text.as_str());
                prop_assert_eq!(document.to_compare(), text.as_str());
            }
        }
    }

    #[test]
    fn no_letter_of_markdown_is_lost(text in "[a-d0-9 *_`~>#|\\[\\]()!<$\\\\\n+.:-]{0,40}") {
        let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<Vec<char>>();
        let document = Document::of(&text, Markup::Markdown);
        // An address is shown by its link, and what stands behind a fence names the language of the code.
        let has_formula = ["\\(", "\\[", "$$"].iter().any(|mark| text.contains(mark));
        if !has_formula && !text.contains("](") && !text.contains("```") && !text.contains("~~~") && !text.contains("]:") {
            prop_assert_eq!(letters(&document.plain()), letters(&text));
        }
    }

    #[test]
    fn no_letter_of_html_is_lost_outside_of_tags(
        parts in prop::collection::vec(
            prop_oneof![
                "[a-d ]{1,4}".prop_map(|text| (text.clone(), text)),
                prop::sample::select(&[
                    "<b>", "</b>", "<br>", "<ul>", "</ul>", "<li>", "</li>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<p>",
                    "<div>", "</div>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<h1>", "</h1>", "<sup>", "</sup>",
                    "<code>", "</code>", "<ruby>", "<rt>", "</rt>", "</ruby>", "<hr>", "<i class=x>", "<p align=y>",
                ][..]).prop_map(|tag| (tag.to_owned(), String::new())),
            ],
            0..20,
        ),
    ) {
        let letters = |text: &str| {
            // A tag that was shown as text has letters of its own.
            let bare = text.split('<').enumerate().map(|(place, part)| if place == 0 { part } else { part.split_once('>').map_or(part, |(_, rest)| rest) });
            let plain: String = bare.collect();
            plain.chars().filter_map(|c| match c {
                'ᵃ' => Some('a'), 'ᵇ' => Some('b'), 'ᶜ' => Some('c'), 'ᵈ' => Some('d'),
                c => c.is_ascii_alphabetic().then_some(c),
            }).collect::<String>()
        };
        let text: String = parts.iter().map(|(html, _)| html.as_str()).collect();
        let wanted: String = parts.iter().map(|(_, said)| said.as_str()).collect();
        prop_assert_eq!(letters(&html(&text)), letters(&wanted), "{}", text);
    }

    #[test]
    fn no_text_panics(text in any::<String>(), marked in "[<>/a-c &;=\"'#\\[\\](){}$\\\\^_*`|\n-]{0,60}") {
        for markup in Markup::ALL {
            for text in [&text, &marked] {
                let document = Document::of(text, markup);
                let shown = document.line(Side::Question).len() + document.to_compare().len() + document.media().len();
                prop_assert!(shown < 1_000_000);
            }
        }
    }
}

#[derive(serde::Deserialize)]
struct Spec {
    examples: Vec<Example>,
}

#[derive(serde::Deserialize)]
struct Example {
    number: u32,
    section: String,
    markdown: String,
    html: String,
}

/// Sections about what is shown as it was written: HTML, and definitions that no link uses.
const AS_WRITTEN: &[&str] = &["HTML blocks", "Raw HTML", "Link reference definitions"];

/// Examples of other sections in which the same things stand: HTML, definitions that no link uses, marks with nothing between
/// them, more than one word behind a fence; the bracket behind the number of an item, which HTML does not have; and a picture in the
/// words for another one, which is named in its place.
const OTHERWISE: &[u32] = &[
    21, 31, 79, 126, 130, 143, 144, 146, 237, 296, 297, 302, 317, 344, 476, 477, 484, 487, 536, 537, 538, 540, 545,
    563, 565, 567, 571, 574, 592, 642, 643,
];

fn words_of(document: &Document) -> String {
    document.plain().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Both readers against each other: the specification's Markdown has to say what its own HTML says.
#[test]
fn the_examples_of_commonmark_say_what_they_should() {
    let spec: Spec = serde_json::from_str(include_str!("../../../tests/fixtures/commonmark.json")).unwrap();
    assert_eq!(spec.examples.len(), 652);
    let (mut differ, mut asked) = (Vec::new(), 0);
    for example in &spec.examples {
        let has_html = example.html.lines().any(|line| line.contains("<!--") || line.contains("<?"));
        if AS_WRITTEN.contains(&example.section.as_str()) || has_html {
            continue;
        }
        asked += 1;
        let ours = words_of(&markdown::read(&example.markdown));
        let theirs = words_of(&Document::of(&example.html, Markup::Html));
        if (ours != theirs) != OTHERWISE.contains(&example.number) {
            differ.push(format!("{} {}: {ours:?} for {theirs:?}", example.number, example.section));
        }
    }
    assert!(asked > 550, "{asked}");
    assert_eq!(differ, Vec::<String>::new(), "{} of {asked}:\n{}", differ.len(), differ.join("\n"));
}
