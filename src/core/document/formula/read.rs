//! A formula as TeX has it, read into its parts.

use crate::core::compare::symbols::FUNCTIONS;
use crate::core::document::formula::signs::BLACKBOARD;
use crate::core::document::formula::signs::Class;
use crate::core::document::formula::signs::SIGNS;
use crate::core::document::formula::signs::moved;

/// Groups inside groups.
const DEEPEST: usize = 8;

/// Letters side by side that are no word. TeX would run those of one together, so a word was meant as text.
const MOST_LETTERS: usize = 3;

/// A part of a formula.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// A sign, a letter, a name.
    Sign(String, Class),
    /// A space that its author wrote, but for those that only end a name.
    Space,
    /// What stands in braces.
    Group(Vec<Self>),
    /// Something with what is lowered and raised at it.
    Scripts { base: Vec<Self>, below: Option<Vec<Self>>, above: Option<Vec<Self>> },
    /// A fraction.
    Fraction(Vec<Self>, Vec<Self>),
    /// A root with its sign.
    Root(String, Vec<Self>),
}

impl Item {
    fn sign(c: char) -> Self {
        Self::Sign(c.to_string(), Class::of(c))
    }
}

/// Reads what stands between the marks; nothing where anything in it has no plain form.
pub(super) fn read(tex: &str) -> Option<Vec<Item>> {
    Reader { rest: tex, depth: 0, is_upright: false }.row(None)
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
    /// Whether letters side by side are a name or a compound.
    is_upright: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// All up to `end`, or to the end.
    fn row(&mut self, end: Option<char>) -> Option<Vec<Item>> {
        if self.depth > DEEPEST {
            return None;
        }
        let mut items = Vec::new();
        let mut letters = 0;
        loop {
            let Some(c) = self.peek() else { return end.is_none().then(|| trimmed(items)) };
            letters = if c.is_ascii_alphabetic() { letters + 1 } else { 0 };
            if letters > MOST_LETTERS && !self.is_upright {
                return None;
            }
            if Some(c) == end {
                self.next();
                return Some(trimmed(items));
            }
            match c {
                '^' | '_' => {
                    self.next();
                    let script = self.argument()?;
                    attach(&mut items, script, c == '^')?;
                }
                '{' | '\\' => items.extend(self.thing()?),
                '~' => {
                    self.next();
                    items.push(Item::Space);
                }
                '&' | '%' | '#' | '$' | '}' => return None,
                c if c.is_whitespace() => {
                    self.next();
                    items.push(Item::Space);
                }
                c => {
                    self.next();
                    items.push(Item::sign(plain(c)));
                }
            }
        }
    }

    /// One thing and its own arguments: a group, a command, a character.
    fn thing(&mut self) -> Option<Vec<Item>> {
        self.depth += 1;
        let items = match self.next()? {
            '{' => self.row(Some('}')).map(|inside| vec![Item::Group(inside)]),
            '\\' if self.depth > DEEPEST => None,
            '\\' => self.command(),
            '}' | '^' | '_' | '&' | '%' | '#' | '$' => None,
            c => Some(vec![Item::sign(plain(c))]),
        };
        self.depth -= 1;
        items
    }

    /// What a command is told: the inside of a group, or one thing.
    fn argument(&mut self) -> Option<Vec<Item>> {
        self.rest = self.rest.trim_start();
        let mut items = self.thing()?;
        match items.as_mut_slice() {
            [Item::Group(inside)] => Some(std::mem::take(inside)),
            _ => Some(items),
        }
    }

    fn command(&mut self) -> Option<Vec<Item>> {
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (name, behind) = self.rest.split_at(end);
        if name.is_empty() {
            return Some(match self.next()? {
                ',' | ';' | ':' | ' ' | '>' => vec![Item::Space],
                '!' => Vec::new(),
                c @ ('{' | '}' | '%' | '#' | '$' | '&' | '_') => vec![Item::sign(c)],
                '|' => vec![Item::sign('‖')],
                _ => return None,
            });
        }
        // A space that parts a name from a letter is none of the formula.
        let bare = behind.trim_start();
        self.rest = if bare.starts_with(|c: char| c.is_ascii_alphabetic()) { bare } else { behind };
        if let Ok(found) = SIGNS.binary_search_by_key(&name, |(known, _)| known) {
            let sign = SIGNS.get(found)?.1;
            let first = sign.chars().next()?;
            return Some(vec![match name {
                "quad" | "qquad" => Item::Space,
                "mid" => Item::Sign(sign.to_owned(), Class::Relation),
                _ => Item::Sign(sign.to_owned(), Class::of(first)),
            }]);
        }
        Some(match name {
            "frac" | "dfrac" | "tfrac" => vec![Item::Fraction(self.argument()?, self.argument()?)],
            "sqrt" => {
                let sign = self.root_sign()?;
                vec![Item::Root(sign, self.argument()?)]
            }
            "text" | "textrm" | "textbf" | "textit" | "mbox" | "operatorname" => vec![self.words()?],
            "mathrm" | "mathbf" | "mathit" | "mathsf" | "boldsymbol" => match self.words() {
                Some(words) => vec![words],
                None => {
                    let was_upright = std::mem::replace(&mut self.is_upright, true);
                    let inside = self.argument();
                    self.is_upright = was_upright;
                    vec![Item::Group(inside?)]
                }
            },
            "left" | "bigl" | "Bigl" => self.delimiter(Some(Class::Open))?,
            "right" | "bigr" | "Bigr" => self.delimiter(Some(Class::Close))?,
            "big" | "Big" => self.delimiter(None)?,
            "mathbb" => {
                let letter = self.letter()?;
                let (_, sign) = BLACKBOARD.iter().find(|(known, _)| *known == letter)?;
                vec![Item::Sign((*sign).to_owned(), Class::Letter)]
            }
            "hat" | "bar" | "overline" | "vec" | "dot" | "ddot" | "tilde" => {
                let mut under = self.letter()?;
                under.push(match name {
                    "hat" => '\u{302}',
                    "bar" | "overline" => '\u{304}',
                    "vec" => '\u{20d7}',
                    "dot" => '\u{307}',
                    "ddot" => '\u{308}',
                    _ => '\u{303}',
                });
                vec![Item::Sign(under, Class::Letter)]
            }
            "displaystyle" | "limits" | "nolimits" => Vec::new(),
            name if FUNCTIONS.contains(&name) => vec![Item::Sign(name.to_owned(), Class::Function)],
            _ => return None,
        })
    }

    fn root_sign(&mut self) -> Option<String> {
        let Some(rest) = self.rest.strip_prefix('[') else { return Some("√".to_owned()) };
        let (degree, behind) = rest.split_once(']')?;
        self.rest = behind;
        match degree.trim() {
            "2" => Some("√".to_owned()),
            "3" => Some("∛".to_owned()),
            "4" => Some("∜".to_owned()),
            degree => Some(format!("{}√", moved(degree, true)?)),
        }
    }

    /// What stands behind `\left` and its like.
    fn delimiter(&mut self, class: Option<Class>) -> Option<Vec<Item>> {
        self.rest = self.rest.trim_start();
        if self.peek()? == '.' {
            self.next();
            return Some(Vec::new());
        }
        let items = self.thing()?;
        match (items.as_slice(), class) {
            ([Item::Sign(sign, _)], Some(class)) => Some(vec![Item::Sign(sign.clone(), class)]),
            ([Item::Sign(..)], None) => Some(items),
            _ => None,
        }
    }

    /// An argument of one letter or digit.
    fn letter(&mut self) -> Option<String> {
        match self.argument()?.as_slice() {
            [Item::Sign(sign, Class::Letter | Class::Digit)] if sign.chars().count() == 1 => Some(sign.clone()),
            _ => None,
        }
    }

    /// The words of a group, as they are.
    fn words(&mut self) -> Option<Item> {
        let (words, behind) = self.rest.trim_start().strip_prefix('{')?.split_once('}')?;
        if words.contains(['\\', '{', '$', '^', '_']) {
            return None;
        }
        self.rest = behind;
        let is_letter = words.chars().count() == 1;
        let class = if is_letter { words.chars().next().map_or(Class::Words, Class::of) } else { Class::Words };
        Some(Item::Sign(words.to_owned(), class))
    }
}

/// Items without the spaces at both ends.
fn trimmed(mut items: Vec<Item>) -> Vec<Item> {
    while matches!(items.last(), Some(Item::Space)) {
        items.pop();
    }
    let spaces = items.iter().take_while(|item| matches!(item, Item::Space)).count();
    items.drain(..spaces);
    items
}

/// A character as formulas show it.
fn plain(c: char) -> char {
    match c {
        '-' => '−',
        '*' => '∗',
        '\'' => '′',
        c => c,
    }
}

/// Raises or lowers something at what stands last.
fn attach(items: &mut Vec<Item>, script: Vec<Item>, is_above: bool) -> Option<()> {
    while matches!(items.last(), Some(Item::Space)) && items.len() > 1 {
        items.pop();
    }
    if let Some(Item::Scripts { below, above, .. }) = items.last_mut() {
        let place = if is_above { above } else { below };
        // Two at one place are an error in TeX too.
        return place.replace(script).is_none().then_some(());
    }
    let mut base = Vec::new();
    match items.last() {
        None | Some(Item::Space) => {}
        Some(Item::Sign(_, Class::Digit)) => {
            // The whole number, though TeX has the last digit only.
            let is_digit = |item: &Item| matches!(item, Item::Sign(_, Class::Digit));
            let from = items.iter().rposition(|item| !is_digit(item)).map_or(0, |before| before + 1);
            base = items.split_off(from);
        }
        Some(Item::Sign(_, class)) if class.is_operator() || matches!(class, Class::Open | Class::Comma) => {
            return None;
        }
        Some(_) => base.extend(items.pop()),
    }
    let (below, above) = if is_above { (None, Some(script)) } else { (Some(script), None) };
    items.push(Item::Scripts { base, below, above });
    Some(())
}
