//! Formulas: where they stand in a text, and how plain characters can show the simple ones.
//!
//! `\frac{a}{b}` is `a/b`, `x^2` is `x²`, `\alpha` is `α`. A formula with anything that has no such form is shown as it was
//! written, whole.

use std::ops::Range;

/// The marks that a formula stands between.
const MARKS: &[(&str, &str)] =
    &[("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("[latex]", "[/latex]"), ("[$]", "[/$]"), ("[$$]", "[/$$]")];

/// Bytes of the longest formula that is shown in plain characters.
const LONGEST: usize = 400;

/// Groups inside groups.
const DEEPEST: usize = 8;

/// What opens a formula at the beginning of `rest`, and what closes it.
pub(super) fn marks(rest: &str) -> Option<(&'static str, &'static str)> {
    MARKS.iter().find(|(open, _)| rest.starts_with(open)).copied()
}

/// Where the formulas of a text stand, with their marks. One that is not closed within its paragraph is none.
pub(super) fn places(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // Where each kind is closed next, once that was looked for; the end of the text where it is closed nowhere.
    let mut closed: [usize; MARKS.len()] = [0; MARKS.len()];
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find(['\\', '$', '['])) {
        at += next;
        let rest = text.get(at..).unwrap_or_default();
        let kind = MARKS.iter().zip(&mut closed).find(|((open, _), _)| rest.starts_with(open));
        if let Some(((open, close), end)) = kind {
            let start = at + open.len();
            if *end < start {
                *end = closing(text.get(start..).unwrap_or_default(), close).map_or(text.len(), |end| start + end);
            }
            if *end < text.len() && is_content(text.get(start..*end).unwrap_or_default(), open) {
                at = *end + close.len();
                found.push(start - open.len()..at);
                continue;
            }
        }
        // A backslash and what it stands before are passed over together: `\\(` begins no formula.
        at += match (rest.chars().next(), rest.chars().nth(1)) {
            (Some('\\'), Some(escaped)) => 1 + escaped.len_utf8(),
            (Some(c), _) => c.len_utf8(),
            (None, _) => 1,
        };
    }
    found
}

/// Where the closing mark stands, one behind `\\` aside.
fn closing(inner: &str, close: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + inner.get(from..)?.find(close)?;
        let slashes = inner.get(..at)?.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if close.starts_with('\\') && slashes % 2 == 1 {
            from = at + 1;
        } else {
            return Some(at);
        }
    }
}

fn is_content(inner: &str, open: &str) -> bool {
    let has_blank_line = || inner.contains("\n\n") || inner.contains("\n\r\n");
    !inner.contains(open) && !has_blank_line() && inner.contains(char::is_alphanumeric)
}

/// A formula with its marks in plain characters, if it is simple enough.
pub(super) fn unicode(source: &str) -> Option<String> {
    let (open, close) = marks(source)?;
    let inner = source.get(open.len()..)?.strip_suffix(close)?.trim();
    if inner.len() > LONGEST {
        return None;
    }
    // Prose between marks is none: brackets that a backslash keeps from being a link look like a formula too.
    let mut reader = Reader { rest: inner, depth: 0 };
    let shown = reader.until(None)?;
    Some(shown.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
        .filter(|shown| !shown.is_empty())
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Reader<'t> {
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
    fn until(&mut self, end: Option<char>) -> Option<String> {
        if self.depth > DEEPEST {
            return None;
        }
        let mut out = String::new();
        let mut letters = 0;
        loop {
            let Some(c) = self.peek() else { return if end.is_none() { Some(out) } else { None } };
            letters = if c.is_ascii_alphabetic() { letters + 1 } else { 0 };
            if letters > 3 {
                // A word: TeX would run its letters together, so this was meant as text.
                return None;
            }
            if Some(c) == end {
                self.next();
                return Some(out);
            }
            match c {
                '^' | '_' => {
                    self.next();
                    let moved = self.argument()?;
                    out.push_str(&script(&moved, c == '^'));
                }
                '\'' => {
                    self.next();
                    out.push('′');
                }
                '-' => {
                    self.next();
                    out.push('−');
                }
                '*' => {
                    self.next();
                    out.push('∗');
                }
                '~' => {
                    self.next();
                    out.push(' ');
                }
                '&' | '%' | '#' | '$' | '}' => return None,
                '{' | '\\' => out.push_str(&self.argument()?),
                c if c.is_whitespace() => {
                    self.next();
                    out.push(' ');
                }
                c => {
                    self.next();
                    out.push(c);
                }
            }
        }
    }

    /// One thing: a group, a command with its own arguments, a character.
    fn argument(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        match self.next()? {
            '{' => {
                self.depth += 1;
                let inside = self.until(Some('}'));
                self.depth -= 1;
                inside
            }
            '\\' => {
                self.depth += 1;
                let shown = if self.depth > DEEPEST { None } else { self.command() };
                self.depth -= 1;
                shown
            }
            '-' => Some("−".to_owned()),
            '\'' => Some("′".to_owned()),
            '}' | '^' | '_' | '&' | '%' | '#' | '$' => None,
            c => Some(c.to_string()),
        }
    }

    fn command(&mut self) -> Option<String> {
        let end = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (name, behind) = self.rest.split_at(end);
        if name.is_empty() {
            return match self.next()? {
                ',' | ';' | ':' | ' ' | '>' => Some(" ".to_owned()),
                '!' => Some(String::new()),
                c @ ('{' | '}' | '%' | '#' | '$' | '&' | '_') => Some(c.to_string()),
                '|' => Some("‖".to_owned()),
                _ => None,
            };
        }
        self.rest = behind;
        if let Ok(found) = SIGNS.binary_search_by_key(&name, |(known, _)| known) {
            return SIGNS.get(found).map(|(_, sign)| (*sign).to_owned());
        }
        match name {
            "frac" | "dfrac" | "tfrac" => {
                let (above, below) = (self.argument()?, self.argument()?);
                Some(format!("{}/{}", grouped(&above), grouped(&below)))
            }
            "sqrt" => {
                let sign = match self.rest.strip_prefix('[') {
                    Some(rest) => {
                        let (degree, behind) = rest.split_once(']')?;
                        self.rest = behind;
                        match degree.trim() {
                            "2" => "√".to_owned(),
                            "3" => "∛".to_owned(),
                            "4" => "∜".to_owned(),
                            degree if degree.chars().all(|c| raised(c).is_some()) => {
                                format!("{}√", script(degree, true))
                            }
                            _ => return None,
                        }
                    }
                    None => "√".to_owned(),
                };
                Some(format!("{sign}{}", grouped(&self.argument()?)))
            }
            "text" | "textrm" | "textbf" | "textit" | "mathrm" | "mathbf" | "mathit" | "operatorname" | "mathsf"
            | "boldsymbol" | "mbox" => self.words(),
            "left" | "right" | "big" | "Big" | "bigl" | "bigr" | "Bigl" | "Bigr" => {
                self.rest = self.rest.trim_start();
                match self.peek()? {
                    '.' => {
                        self.next();
                        Some(String::new())
                    }
                    '\\' => self.argument(),
                    c => {
                        self.next();
                        Some(c.to_string())
                    }
                }
            }
            "mathbb" => {
                let letter = self.argument()?;
                BLACKBOARD.iter().find(|(known, _)| *known == letter).map(|(_, sign)| (*sign).to_owned())
            }
            "hat" | "bar" | "overline" | "vec" | "dot" | "ddot" | "tilde" => {
                let mut under = self.argument()?;
                let mark = match name {
                    "hat" => '\u{302}',
                    "bar" | "overline" => '\u{304}',
                    "vec" => '\u{20d7}',
                    "dot" => '\u{307}',
                    "ddot" => '\u{308}',
                    _ => '\u{303}',
                };
                under.push(mark);
                (under.chars().count() == 2).then_some(under)
            }
            "displaystyle" | "limits" | "nolimits" => Some(String::new()),
            name if FUNCTIONS.contains(&name) => {
                // A function and what follows it stand apart.
                let space = if self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '\\') { " " } else { "" };
                Some(format!("{name}{space}"))
            }
            _ => None,
        }
    }

    /// The words of a group, as they are.
    fn words(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let (words, behind) = self.rest.strip_prefix('{')?.split_once('}')?;
        self.rest = behind;
        (!words.contains(['\\', '{', '$', '^', '_'])).then(|| words.to_owned())
    }
}

/// A part of a fraction: more than one thing gets brackets.
fn grouped(text: &str) -> String {
    let text = text.trim();
    let is_one = text.chars().all(|c| c.is_alphanumeric() || raised_of(c) || matches!(c, '.' | ',' | '′' | '√' | 'π'));
    if is_one { text.to_owned() } else { format!("({text})") }
}

fn raised_of(c: char) -> bool {
    RAISED.iter().any(|(_, raised)| *raised == c) || LOWERED.iter().any(|(_, lowered)| *lowered == c)
}

/// Raised or lowered text: in characters of its own where Unicode has them all, else behind `^` or `_`.
pub(super) fn script(text: &str, is_raised: bool) -> String {
    let one = |c| if is_raised { raised(c) } else { lowered(c) };
    if let Some(moved) = text.chars().map(one).collect::<Option<String>>().filter(|_| !text.is_empty()) {
        return moved;
    }
    let mark = if is_raised { '^' } else { '_' };
    if text.chars().count() == 1 { format!("{mark}{text}") } else { format!("{mark}({text})") }
}

fn raised(c: char) -> Option<char> {
    RAISED.iter().find(|(plain, _)| *plain == c).map(|(_, raised)| *raised)
}

fn lowered(c: char) -> Option<char> {
    LOWERED.iter().find(|(plain, _)| *plain == c).map(|(_, lowered)| *lowered)
}

#[rustfmt::skip]
const RAISED: &[(char, char)] = &[
    ('0', '⁰'), ('1', '¹'), ('2', '²'), ('3', '³'), ('4', '⁴'), ('5', '⁵'), ('6', '⁶'), ('7', '⁷'), ('8', '⁸'), ('9', '⁹'),
    ('+', '⁺'), ('-', '⁻'), ('−', '⁻'), ('=', '⁼'), ('(', '⁽'), (')', '⁾'), ('n', 'ⁿ'), ('i', 'ⁱ'), ('a', 'ᵃ'), ('b', 'ᵇ'),
    ('c', 'ᶜ'), ('d', 'ᵈ'), ('e', 'ᵉ'), ('f', 'ᶠ'), ('g', 'ᵍ'), ('h', 'ʰ'), ('j', 'ʲ'), ('k', 'ᵏ'), ('l', 'ˡ'), ('m', 'ᵐ'),
    ('o', 'ᵒ'), ('p', 'ᵖ'), ('r', 'ʳ'), ('s', 'ˢ'), ('t', 'ᵗ'), ('u', 'ᵘ'), ('v', 'ᵛ'), ('w', 'ʷ'), ('x', 'ˣ'), ('y', 'ʸ'),
    ('z', 'ᶻ'), ('T', 'ᵀ'), ('′', '′'), ('∗', '*'), ('∘', '°'),
];

#[rustfmt::skip]
const LOWERED: &[(char, char)] = &[
    ('0', '₀'), ('1', '₁'), ('2', '₂'), ('3', '₃'), ('4', '₄'), ('5', '₅'), ('6', '₆'), ('7', '₇'), ('8', '₈'), ('9', '₉'),
    ('+', '₊'), ('-', '₋'), ('−', '₋'), ('=', '₌'), ('(', '₍'), (')', '₎'), ('a', 'ₐ'), ('e', 'ₑ'), ('h', 'ₕ'), ('i', 'ᵢ'),
    ('j', 'ⱼ'), ('k', 'ₖ'), ('l', 'ₗ'), ('m', 'ₘ'), ('n', 'ₙ'), ('o', 'ₒ'), ('p', 'ₚ'), ('r', 'ᵣ'), ('s', 'ₛ'), ('t', 'ₜ'),
    ('u', 'ᵤ'), ('v', 'ᵥ'), ('x', 'ₓ'),
];

const BLACKBOARD: &[(&str, &str)] =
    &[("C", "ℂ"), ("E", "𝔼"), ("H", "ℍ"), ("N", "ℕ"), ("P", "ℙ"), ("Q", "ℚ"), ("R", "ℝ"), ("Z", "ℤ")];

const FUNCTIONS: &[&str] = &[
    "arccos", "arcsin", "arctan", "cos", "cosh", "cot", "deg", "det", "dim", "exp", "gcd", "inf", "ker", "lg", "lim",
    "ln", "log", "max", "min", "mod", "sec", "sin", "sinh", "sup", "tan", "tanh",
];

/// Commands that are one sign, by their names in order.
#[rustfmt::skip]
const SIGNS: &[(&str, &str)] = &[
    ("Delta", "Δ"), ("Gamma", "Γ"), ("Lambda", "Λ"), ("Leftarrow", "⇐"), ("Leftrightarrow", "⇔"), ("Omega", "Ω"), ("Phi", "Φ"),
    ("Pi", "Π"), ("Psi", "Ψ"), ("Rightarrow", "⇒"), ("Sigma", "Σ"), ("Theta", "Θ"), ("Upsilon", "Υ"), ("Xi", "Ξ"),
    ("alpha", "α"), ("angle", "∠"), ("approx", "≈"), ("ast", "∗"), ("beta", "β"), ("bot", "⊥"), ("bullet", "•"), ("cap", "∩"),
    ("cdot", "·"), ("cdots", "⋯"), ("chi", "χ"), ("circ", "∘"), ("colon", ":"), ("cong", "≅"), ("cup", "∪"), ("dagger", "†"),
    ("degree", "°"), ("delta", "δ"), ("div", "÷"), ("dots", "…"), ("ell", "ℓ"), ("emptyset", "∅"), ("epsilon", "ε"),
    ("equiv", "≡"), ("eta", "η"), ("exists", "∃"), ("forall", "∀"), ("gamma", "γ"), ("ge", "≥"), ("geq", "≥"), ("gets", "←"),
    ("gg", "≫"), ("hbar", "ℏ"), ("iff", "⇔"), ("implies", "⇒"), ("in", "∈"), ("infty", "∞"), ("int", "∫"), ("iota", "ι"),
    ("kappa", "κ"), ("lambda", "λ"), ("land", "∧"), ("langle", "⟨"), ("lceil", "⌈"), ("ldots", "…"), ("le", "≤"),
    ("leftarrow", "←"), ("leftrightarrow", "↔"), ("leq", "≤"), ("lfloor", "⌊"), ("ll", "≪"), ("lnot", "¬"), ("lor", "∨"),
    ("mapsto", "↦"), ("mid", "|"), ("mp", "∓"), ("mu", "μ"), ("nabla", "∇"), ("ne", "≠"), ("neg", "¬"), ("neq", "≠"),
    ("ni", "∋"), ("notin", "∉"), ("nu", "ν"), ("oint", "∮"), ("omega", "ω"), ("oplus", "⊕"), ("otimes", "⊗"),
    ("parallel", "∥"), ("partial", "∂"), ("perp", "⊥"), ("phi", "φ"), ("pi", "π"), ("pm", "±"), ("prime", "′"), ("prod", "∏"),
    ("propto", "∝"), ("psi", "ψ"), ("qquad", "  "), ("quad", " "), ("rangle", "⟩"), ("rceil", "⌉"), ("rfloor", "⌋"),
    ("rho", "ρ"), ("rightarrow", "→"), ("rightleftharpoons", "⇌"), ("setminus", "∖"), ("sigma", "σ"), ("sim", "∼"),
    ("simeq", "≃"), ("star", "⋆"), ("subset", "⊂"), ("subseteq", "⊆"), ("sum", "∑"), ("supset", "⊃"), ("supseteq", "⊇"),
    ("tau", "τ"), ("theta", "θ"), ("times", "×"), ("to", "→"), ("top", "⊤"), ("triangle", "△"), ("upsilon", "υ"),
    ("varepsilon", "ε"), ("varphi", "φ"), ("vartheta", "ϑ"), ("vee", "∨"), ("wedge", "∧"), ("xi", "ξ"), ("zeta", "ζ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_in_the_order_in_which_they_are_looked_up() {
        assert!(SIGNS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn simple_formulas_are_shown_in_plain_characters() {
        for (source, shown) in [
            (r"\(a_1\)", "a₁"),
            (r"\(x^2 + y^{2n}\)", "x² + y²ⁿ"),
            (r"\[\frac{a}{b}\]", "a/b"),
            (r"$$\frac{a+b}{c}$$", "(a+b)/c"),
            (r"\(\frac{-b \pm \sqrt{b^2-4ac}}{2a}\)", "(−b ± √(b²−4ac))/2a"),
            (r"[latex]\alpha \le \beta[/latex]", "α ≤ β"),
            (r"[$]\sqrt[3]{8} = 2[/$]", "∛8 = 2"),
            (r"\(\sin x\)", "sin x"),
            (r"\(e^{i\pi} = -1\)", "e^(iπ) = −1"),
            (r"\(x \in \mathbb{R}\)", "x ∈ ℝ"),
            (r"\(v = 5 \text{ m/s}\)", "v = 5 m/s"),
            (r"\(\left( a \right)\)", "( a )"),
            (r"\(\bar x\)", "x\u{304}"),
            (r"\(f'(x)\)", "f′(x)"),
            (r"\(H_2O\)", "H₂O"),
        ] {
            assert_eq!(unicode(source).as_deref(), Some(shown), "{source}");
        }
    }

    #[test]
    fn what_has_no_such_form_is_left_as_it_was_written() {
        for source in [
            r"\(\begin{pmatrix}1\\2\end{pmatrix}\)",
            r"\[not a link\]",
            r"\(\unknown{x}\)",
            r"\({a\)",
            r"\(a & b\)",
            r"\(x^\)",
            r"\( \)",
        ] {
            assert_eq!(unicode(source), None, "{source}");
        }
        let deep = format!(r"\({}x{}\)", "{".repeat(100), "}".repeat(100));
        assert_eq!(unicode(&deep), None);
        assert_eq!(unicode(&format!(r"\({}\)", "a+".repeat(500))), None);
    }

    #[test]
    fn formulas_are_found_whole() {
        let found = |text: &'static str| -> Vec<&'static str> {
            places(text).into_iter().map(|place| text.get(place).unwrap()).collect()
        };
        assert_eq!(found(r"a \(b_1\) c $$d$$ e \[f\]"), [r"\(b_1\)", "$$d$$", r"\[f\]"]);
        assert_eq!(found(r"\\(no\\) \(open and $5 [latex]x[/latex]"), ["[latex]x[/latex]"]);
        assert_eq!(found(r"\(a \\) b\)"), [r"\(a \\) b\)"]);
        assert!(found("\\(a\n\nb\\) $$ $$").is_empty());
    }
}
