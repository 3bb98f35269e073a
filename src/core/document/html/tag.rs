//! What is a tag, and what only looks like one.

use crate::core::document::html::unescaped;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// Elements that cards are made of.
const USUAL: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "nobr",
    "ol",
    "p",
    "pre",
    "q",
    "rb",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "script",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// The others that cards have been seen with.
const OTHERS: &[&str] = &[
    "anki-mathjax",
    "area",
    "audio",
    "base",
    "button",
    "canvas",
    "data",
    "datalist",
    "details",
    "dialog",
    "embed",
    "fieldset",
    "form",
    "frame",
    "frameset",
    "hgroup",
    "iframe",
    "input",
    "label",
    "legend",
    "link",
    "main",
    "map",
    "math",
    "menu",
    "meta",
    "meter",
    "mfrac",
    "mi",
    "mn",
    "mo",
    "mrow",
    "msqrt",
    "msub",
    "msup",
    "mtext",
    "nav",
    "noframes",
    "noscript",
    "object",
    "optgroup",
    "option",
    "output",
    "param",
    "picture",
    "progress",
    "select",
    "semantics",
    "slot",
    "source",
    "summary",
    "svg",
    "template",
    "textarea",
    "time",
    "title",
    "track",
    "video",
];

/// Elements that nothing closes.
const VOID: &[&str] =
    &["br", "hr", "img", "wbr", "col", "li", "p", "td", "th", "tr", "dd", "dt", "input", "rb", "rt", "rp"];

/// Attributes that may stand without a value.
const SWITCHES: &[&str] = &[
    "allowfullscreen",
    "async",
    "autofocus",
    "autoplay",
    "checked",
    "compact",
    "controls",
    "default",
    "defer",
    "disabled",
    "hidden",
    "ismap",
    "loop",
    "muted",
    "nobr",
    "noshade",
    "nowrap",
    "open",
    "playsinline",
    "readonly",
    "required",
    "reversed",
    "selected",
];

/// The most attributes that a tag has.
const MOST_ATTRIBUTES: usize = 100;

/// A tag.
pub(in crate::core::document) struct Tag<'t> {
    /// The name of its element, in small letters.
    pub(in crate::core::document) name: String,
    /// Whether it closes.
    pub(in crate::core::document) closes: bool,
    /// How many bytes it has.
    pub(in crate::core::document) length: usize,
    attributes: Vec<(String, &'t str)>,
}

impl<'t> Tag<'t> {
    /// The tag at the beginning of `rest`, if there is one behind the character `before`. `is_closed`: whether a tag closes
    /// such an element further on.
    pub(super) fn at(rest: &'t str, before: Option<char>, is_closed: impl Fn(&str) -> bool) -> Option<Self> {
        let inner = rest.strip_prefix('<')?;
        let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
        let (written, behind) = (inner.get(..end)?, inner.get(end..)?);
        if written.len() > "blockquote-and-more".len() {
            return None;
        }
        let name = written.to_ascii_lowercase();
        if !USUAL.contains(&name.as_str()) && !OTHERS.contains(&name.as_str()) {
            return None;
        }
        let (attributes, used) = attributes(behind)?;
        let length = rest.len() - behind.len() + used;
        let tag = Self { name: name.clone(), closes, length, attributes };
        if closes {
            return (tag.attributes.is_empty()).then_some(tag);
        }
        // Code and the names of keys look like tags too: `Vec<Option<T>>`, `a<b>c`, `<Del>`. What is a tag has attributes, or
        // its element is closed, but for those that nothing closes.
        let is_void = VOID.contains(&name.as_str());
        let is_capitalised = written.starts_with(|c: char| c.is_ascii_uppercase())
            && !written.chars().skip(1).any(|c| c.is_ascii_uppercase());
        let is_glued = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '<' | '&'));
        let is_code = is_capitalised && (is_glued || written.len() > 1);
        let is_sure = !tag.attributes.is_empty() || (is_void && !is_code);
        (is_sure || is_closed(&name)).then_some(tag)
    }

    /// The value of an attribute.
    pub(in crate::core::document) fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| unescaped(value))
    }
}

/// The attributes up to the end of a tag, and how many bytes that is; nothing where something else stands there.
fn attributes(text: &str) -> Option<(Vec<(String, &str)>, usize)> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let bare = rest.trim_start();
        if found.len() > MOST_ATTRIBUTES {
            return None;
        }
        if let Some(behind) = bare.strip_prefix('>').or_else(|| bare.strip_prefix("/>")) {
            return Some((found, text.len() - behind.len()));
        }
        // Something has to part an attribute from what stands before it; a quote is enough for browsers too.
        if bare.len() == rest.len() && found.is_empty() {
            return None;
        }
        let end = bare.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':' | '.' | '@'))?;
        let (name, behind) = (bare.get(..end)?, bare.get(end..)?);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':' || c == '@') {
            return None;
        }
        let value = behind.trim_start().strip_prefix('=').map(str::trim_start);
        let Some(value) = value else {
            if !SWITCHES.contains(&name.to_ascii_lowercase().as_str()) {
                return None;
            }
            found.push((name.to_ascii_lowercase(), ""));
            rest = behind;
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, behind) = match quote {
            Some(quote) => value.get(1..)?.split_once(quote)?,
            None => value.split_at(value.find(|c: char| c.is_whitespace() || matches!(c, '>' | '<' | '"' | '\''))?),
        };
        // `a<p = 0.05 and q>` is no paragraph.
        if value.is_empty() && quote.is_none() {
            return None;
        }
        found.push((name.to_ascii_lowercase(), value));
        rest = behind;
    }
}

/// Where elements and comments are closed, so that nothing is looked for again and again that is not there.
pub(super) struct Closings {
    elements: BTreeMap<String, Vec<usize>>,
    /// Where what looks like a tag is glued to a word, as in `Set<I>`, and no end tag closes it: one closes what was opened last of its
    /// name.
    parameters: BTreeSet<usize>,
    last_comment: Option<usize>,
}

impl Closings {
    pub(super) fn of(html: &str) -> Self {
        let mut elements: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut open: BTreeMap<String, Vec<(usize, bool)>> = BTreeMap::new();
        let mut parameters = BTreeSet::new();
        for (at, _) in html.match_indices('<') {
            let rest = html.get(at + 1..).unwrap_or_default();
            let (closes, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').take(20).collect();
            if name.is_empty() {
                continue;
            }
            let is_capital = name.starts_with(|c: char| c.is_ascii_uppercase());
            let name = name.to_ascii_lowercase();
            if !closes {
                let before = html.get(..at).and_then(|text| text.chars().next_back());
                let is_glued = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
                open.entry(name).or_default().push((at, is_capital && is_glued));
                if is_glued {
                    parameters.insert(at);
                }
                continue;
            }
            let opened = open.entry(name.clone()).or_default();
            // A type parameter in capitals is not closed by small letters.
            while let Some((start, is_parameter)) = opened.pop() {
                if is_capital || !is_parameter {
                    parameters.remove(&start);
                    break;
                }
            }
            elements.entry(name).or_default().push(at);
        }
        Self { elements, parameters, last_comment: html.rfind("-->") }
    }

    fn next(&self, name: &str, at: usize) -> Option<usize> {
        let places = self.elements.get(name)?;
        places.get(places.partition_point(|place| *place < at)).copied()
    }

    /// Whether a comment that begins at `at` is closed.
    pub(super) fn ends_comment(&self, at: usize) -> bool {
        self.last_comment.is_some_and(|last| last > at + 1)
    }

    /// Whether the element that is opened at `at` is closed: somewhere, or where it may be a type parameter by a tag that closes nothing
    /// nearer.
    pub(super) fn is_closed(&self, name: &str, at: usize) -> bool {
        self.next(name, at).is_some() && !self.parameters.contains(&at)
    }

    /// Where the tag ends that closes an element next.
    pub(super) fn end_of(&self, name: &str, at: usize) -> Option<usize> {
        // `</`, the name, `>`.
        self.next(name, at).map(|place| place + name.len() + 3)
    }
}
