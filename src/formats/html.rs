//! HTML as card programs store it, turned into the Markdown that cards are written in.

use html_escape::NAMED_ENTITIES;

/// Tags that begin and end a line.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "section",
    "article",
    "pre",
    "hr",
];

/// The text of a piece of HTML, with Markdown for what it stresses.
///
/// Each character reference is decoded once: `&amp;lt;` is `&lt;`. A `<` that begins no tag is text.
pub(super) fn to_text(html: &str) -> String {
    let mut text = Text::default();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let used = match c {
            '<' => tag(rest, &mut text),
            '&' => reference(rest, &mut text),
            '[' => sound(rest, &mut text),
            _ => None,
        };
        let used = used.unwrap_or_else(|| {
            text.push(c);
            c.len_utf8()
        });
        rest = rest.get(used..).unwrap_or_default();
    }
    text.finish()
}

#[derive(Default)]
struct Text {
    out: String,
    /// Marks whose text has not begun yet.
    opened: Vec<&'static str>,
    /// Lists that we are in: the number of the last item, or nothing where items have none.
    lists: Vec<Option<u32>>,
    /// Depth of `pre`, in which white space counts.
    verbatim: u32,
    /// A space is due before the next word.
    space: bool,
}

impl Text {
    fn push(&mut self, c: char) {
        match c {
            '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{2060}' | '\u{feff}' => {}
            '\n' if self.verbatim > 0 => self.out.push('\n'),
            c if c.is_whitespace() && self.verbatim == 0 => self.space = true,
            c => {
                if self.space && !self.out.is_empty() && !self.out.ends_with(char::is_whitespace) {
                    self.out.push(' ');
                }
                self.space = false;
                self.opened.drain(..).for_each(|mark| self.out.push_str(mark));
                self.out.push(c);
            }
        }
    }

    fn push_str(&mut self, text: &str) {
        text.chars().for_each(|c| self.push(c));
    }

    fn mark(&mut self, mark: &'static str, closes: bool) {
        if !closes {
            self.opened.push(mark);
        } else if self.opened.last() == Some(&mark) {
            self.opened.pop();
        } else {
            // Markdown wants the closing mark next to the word; breaks that came in between stay behind it.
            let end = self.out.trim_end().len();
            self.out.insert_str(end, mark);
        }
    }

    fn line_break(&mut self) {
        self.space = false;
        self.out.push('\n');
    }

    fn block(&mut self) {
        self.space = false;
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn item(&mut self) {
        self.block();
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                let number = *number;
                self.out.push_str(&format!("{number}. "));
            }
            _ => self.out.push_str("- "),
        }
    }

    /// Lines without trailing space, at most one blank one in a row.
    fn finish(self) -> String {
        let mut text = String::with_capacity(self.out.len());
        let mut blank = 0;
        for line in self.out.trim().lines().map(str::trim_end) {
            blank = if line.is_empty() { blank + 1 } else { 0 };
            if blank < 2 {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(line);
            }
        }
        text
    }
}

/// Handles the tag or comment at the start of `rest`, if there is one; gives how many bytes it has.
fn tag(rest: &str, text: &mut Text) -> Option<usize> {
    if rest.starts_with("<!--") {
        return Some(rest.find("-->").map_or(rest.len(), |at| at + 3));
    }
    let inner = rest.get(1..).unwrap_or_default();
    let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let declaration = inner.starts_with('!');
    if !declaration && !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = end_of_tag(inner)?;
    let used = rest.len() - inner.len() + end + 1;
    let inner = inner.get(..end).unwrap_or_default();
    let name_end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let name = inner.get(..name_end).unwrap_or_default().to_ascii_lowercase();
    if !closes && matches!(name.as_str(), "style" | "script") {
        let after = rest.get(used..).unwrap_or_default();
        let closing = format!("</{name}");
        let skipped = after.to_ascii_lowercase().find(&closing).map_or(after.len(), |at| {
            let tail = after.get(at..).unwrap_or_default();
            at + tail.find('>').map_or(tail.len(), |end| end + 1)
        });
        return Some(used + skipped);
    }
    apply(&name, inner, closes, text);
    Some(used)
}

fn apply(name: &str, inner: &str, closes: bool, text: &mut Text) {
    match name {
        "b" | "strong" => text.mark("**", closes),
        "i" | "em" => text.mark("*", closes),
        "u" => text.mark("_", closes),
        "code" if text.verbatim == 0 => text.mark("`", closes),
        "sup" if !closes => text.push('^'),
        "sub" if !closes => text.push('_'),
        "rt" => text.push(if closes { ']' } else { '[' }),
        "br" => text.line_break(),
        "li" if !closes => text.item(),
        "td" | "th" if !closes && !text.out.is_empty() && !text.out.ends_with('\n') => {
            text.space = false;
            text.out.push_str(" | ");
        }
        "img" => {
            let source = attribute(inner, "alt").filter(|alt| !alt.is_empty()).or_else(|| attribute(inner, "src"));
            text.push_str(&format!("[image: {}]", source.unwrap_or_default()));
        }
        name if BLOCKS.contains(&name) => {
            text.block();
            match (name, closes) {
                ("ul", false) => text.lists.push(None),
                ("ol", false) => text.lists.push(Some(0)),
                ("ul" | "ol", true) => drop(text.lists.pop()),
                ("pre", false) => text.verbatim += 1,
                ("pre", true) => text.verbatim = text.verbatim.saturating_sub(1),
                _ => {}
            }
        }
        _ => {}
    }
}

/// Where the `>` stands that ends the tag, quoted ones aside.
fn end_of_tag(inner: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in inner.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') if inner.as_bytes().get(at.wrapping_sub(1)) == Some(&b'=') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn attribute(inner: &str, name: &str) -> Option<String> {
    let lower = inner.to_ascii_lowercase();
    let at = lower.find(&format!(" {name}="))? + name.len() + 2;
    let value = inner.get(at..)?;
    let quote = value.chars().next()?;
    let value = if matches!(quote, '"' | '\'') {
        value.get(1..)?.split(quote).next()?
    } else {
        value.split(|c: char| c.is_whitespace() || c == '>').next()?
    };
    Some(value.to_owned())
}

/// Decodes the character reference at the start of `rest`, `&amp;` or `&#38;`, if there is one; gives how many bytes it has.
///
/// One reference at a time, and not the crate's decoding of a whole text, since the tags between them have to be found too.
fn reference(rest: &str, text: &mut Text) -> Option<usize> {
    let end = rest.bytes().take(34).position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        text.push(code.ok().and_then(char::from_u32).filter(|c| *c != '\0')?);
    } else {
        let found = NAMED_ENTITIES.binary_search_by_key(&name.as_bytes(), |(known, _)| known).ok()?;
        match NAMED_ENTITIES.get(found)?.1 {
            // An ordinary space, in `pre` too: nobody types a no-break space in an answer.
            "\u{a0}" => text.push(' '),
            // `push` leaves out soft hyphens and other characters without a width.
            value => text.push_str(value),
        }
    }
    Some(end + 1)
}

/// `[sound:x.mp3]`, which nothing can play here.
fn sound(rest: &str, text: &mut Text) -> Option<usize> {
    let inner = rest.strip_prefix("[sound:")?;
    let end = inner.find(']')?;
    text.push_str(&format!("🔊 {}", inner.get(..end)?));
    Some("[sound:".len() + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stress_becomes_markdown() {
        for (html, text) in [
            ("<b>bold</b> and <i>slanted</i>", "**bold** and *slanted*"),
            ("a <strong> spaced </strong>b", "a **spaced** b"),
            ("<u>line</u> <code>x = 1</code>", "_line_ `x = 1`"),
            ("<b></b>nothing", "nothing"),
            ("<B CLASS=\"a>b\">x</B>", "**x**"),
            ("x<sup>2</sup>, H<sub>2</sub>O", "x^2, H_2O"),
            ("<ruby>漢<rt>kan</rt></ruby>", "漢[kan]"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn breaks_blocks_and_lists_become_lines() {
        for (html, text) in [
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("<p>a</p>\n<p>b</p>", "a\nb"),
            ("x<ul><li>one</li><li>two</li></ul>y", "x\n- one\n- two\ny"),
            ("<ol><li>one<li>two</ol>", "1. one\n2. two"),
            ("a<br><br><br><br>b", "a\n\nb"),
            ("<pre>x\n  y</pre>", "x\n  y"),
            ("<table><tr><td>a<td>b</tr><tr><td>c</table>", "a | b\nc"),
            ("one\ntwo", "one two"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn references_are_decoded_once() {
        for (html, text) in [
            ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
            ("&lt;b&gt;", "<b>"),
            ("&#8211;&#x2014;&hellip;", "–—…"),
            ("caf&eacute;&nbsp;au lait", "café au lait"),
            ("&scaron;koda, &Oslash;re, &oelig;uvre, &Zcaron;i&zcaron;ka, &psi;", "škoda, Øre, œuvre, Žižka, ψ"),
            ("soft&shy;ly, zero&zwnj;width, no&nbsp;&nbsp;break", "softly, zerowidth, no break"),
            ("<pre>a&nbsp;&nbsp;b&Tab;c</pre>", "a  b\tc"),
            ("& <b>x</b> &lt; &x&gt;", "& **x** < &x>"),
            ("AT&T; &unknown; &#0; &#xffffffff; &", "AT&T; &unknown; &#0; &#xffffffff; &"),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn a_less_than_sign_that_begins_no_tag_is_text() {
        for text in ["a < b and c > d", "1<2", "<", "x <", "<3", "a <b without end", "if a<=b"] {
            assert_eq!(to_text(text), text);
        }
    }

    #[test]
    fn what_no_terminal_shows_is_dropped_or_named() {
        for (html, text) in [
            ("a<!-- no --> b", "a b"),
            ("<style>b { color: red }</style>x<script>1 < 2</SCRIPT>y", "xy"),
            ("<img src='a.png' alt=\"A map\"> <img src=b.png>", "[image: A map] [image: b.png]"),
            ("[sound:x.mp3] word", "🔊 x.mp3 word"),
            ("so\u{ad}ft\u{200b}", "soft"),
            ("<span style='a'>kept</span> <unknown-tag>too", "kept too"),
            (r"\( a \) [$]x[/$]", r"\( a \) [$]x[/$]"),
            ("", ""),
        ] {
            assert_eq!(to_text(html), text, "{html}");
        }
    }
}
