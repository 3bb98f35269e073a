use super::*;
use proptest::prelude::*;

#[test]
fn signs_are_in_the_order_in_which_they_are_looked_up() {
    assert!(signs::SIGNS.is_sorted_by(|a, b| a.0 < b.0));
}

#[test]
fn simple_formulas_are_shown_in_plain_characters() {
    for (source, shown) in [
        (r"\(a_1\)", "a₁"),
        (r"\(x^2 + y^{2n}\)", "x² + y²ⁿ"),
        (r"\[\frac{a}{b}\]", "a/b"),
        (r"$$\frac{a+b}{c}$$", "(a+b)/c"),
        (r"\(\frac{-b \pm \sqrt{b^2-4ac}}{2a}\)", "(−b ± √(b²−4ac))/(2a)"),
        (r"[latex]\alpha \le \beta[/latex]", "α ≤ β"),
        (r"[$]\sqrt[3]{8} = 2[/$]", "∛8 = 2"),
        (r"\(e^{i\pi} = -1\)", "e^(iπ) = −1"),
        (r"\(x \in \mathbb{R}\)", "x ∈ ℝ"),
        (r"\(v = 5 \text{ m/s}\)", "v = 5 m/s"),
        (r"\(\left( a \right)\)", "(a)"),
        (r"\(\bar x\)", "x\u{304}"),
        (r"\(f'(x)\)", "f′(x)"),
        (r"\(f''\)", "f′′"),
        (r"\(H_2O\)", "H₂O"),
        (r"\(\mathrm{H_2SO_4}\)", "H₂SO₄"),
        (r"\({}^{14}C\)", "¹⁴C"),
        (r"\(\%\)", "%"),
        (r"\(1{,}000\)", "1,000"),
        (r"\(90^\circ\)", "90°"),
        (r"\(\sum_{i=0}^{n} i^2 = \frac{n(n+1)}{2}\)", "∑ᵢ₌₀ⁿ i² = (n(n+1))/2"),
        (r"\(\int_0^1x\)", "∫₀¹ x"),
        (r"\(\frac{dy}{dx}\)", "dy/dx"),
        (r"\(\frac{[…]}{b}\)", "[…]/b"),
        (r"\( […] \)", "[…]"),
        (r"\(|x|^2\)", "|x|²"),
        (r"\(P(A|B)\)", "P(A|B)"),
        (r"\(x_1^2\)", "x₁²"),
    ] {
        assert_eq!(unicode(source).as_deref(), Some(shown), "{source}");
    }
}

#[test]
fn no_formula_is_shown_as_another_one() {
    for (source, shown) in [
        (r"2\frac{1}{2}", "2 1/2"),
        (r"x2\frac{1}{2}", "x2(1/2)"),
        (r"\frac{a}{b}c", "(a/b)c"),
        (r"\frac{a}{bc}", "a/(bc)"),
        (r"\frac{a}{b}\frac{c}{d}", "(a/b)(c/d)"),
        (r"\frac{a}{b} + \frac{c}{d}", "a/b + c/d"),
        (r"\frac{\frac{a}{b}}{c}", "(a/b)/c"),
        (r"\frac{x}{2}^2", "(x/2)²"),
        (r"a/\frac{b}{c}", "a/(b/c)"),
        (r"a \div \frac{b}{c}", "a ÷ (b/c)"),
        (r"\sin\frac{x}{2}", "sin(x/2)"),
        (r"\sqrt{2}3", "√(2)3"),
        (r"\sqrt{23}", "√23"),
        (r"\sqrt{a+b}c", "√(a+b)c"),
        (r"\sqrt{x}^2", "(√x)²"),
        (r"\sqrt{x^2}", "√(x²)"),
        (r"a\sqrt[n]{x}", "a(ⁿ√x)"),
        (r"{x+1}^2", "(x+1)²"),
        (r"{2^3}^4", "(2³)⁴"),
        (r"2^{3^4}", "2^(3⁴)"),
        (r"{x_1}^2", "x₁²"),
        (r"x_{1^2}", "x_(1²)"),
        (r"x^\pi", "x^π"),
        (r"x^\pi y", "x^(π)y"),
        (r"x_q^2", "x_(q)²"),
        (r"x^{a+b}", "xᵃ⁺ᵇ"),
        (r"x^{1/2}", "x^(1/2)"),
        (r"x^*", "x^∗"),
        (r"a^* b", "a^(∗) b"),
        (r"a\cdot b", "a·b"),
        (r"a \cdot b", "a · b"),
        (r"\sin x", "sin x"),
        (r"a\sin x", "a sin x"),
        (r"\sin^2 x", "sin² x"),
        (r"\log_2 8", "log₂ 8"),
        (r"\mathrm{sin}x", "sin x"),
        (r"a = -b", "a = −b"),
    ] {
        assert_eq!(unicode(&format!("\\({source}\\)")).as_deref(), Some(shown), "{source}");
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
        r"\(x^{}\)",
        r"\(x^2^3\)",
        r"\(a{}^{14}C\)",
        r"\(2{x+1}\)",
        r"\(a-{b+c}\)",
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
    assert_eq!(found(r"\(\%\) \(…\)"), [r"\(\%\)", r"\(…\)"]);
    assert!(found("\\(a\n\nb\\) $$ $$ \\(\\) \\[\\\\\\]").is_empty());
}

/// A formula as somebody means it.
#[derive(Debug, Clone, PartialEq)]
enum Meant {
    Number(u32),
    Letter(char),
    /// A sum, each part with whether it is taken away.
    Sum(Vec<(bool, Self)>),
    /// What is multiplied without a sign.
    Product(Vec<Self>),
    Dot(Box<Self>, Box<Self>),
    Over(Box<Self>, Box<Self>),
    Power(Box<Self>, Box<Self>),
    Index(Box<Self>, Box<Self>),
    /// A root, and its degree, 2 being the usual one.
    Root(u32, Box<Self>),
    Sine(Box<Self>),
    Factorial(Box<Self>),
}

use Meant::*;

fn meant() -> impl Strategy<Value = Meant> {
    let leaf = prop_oneof![
        (0_u32..130).prop_map(Number),
        prop::sample::select(vec!['a', 'b', 'c', 'n', 'q', 'x', 'y', 'π', 'α']).prop_map(Letter),
    ];
    leaf.prop_recursive(4, 14, 3, |inner| {
        let one = || inner.clone().prop_map(Box::new);
        prop_oneof![
            prop::collection::vec((any::<bool>(), inner.clone()), 2..4).prop_map(Sum),
            inner.clone().prop_map(|one| Sum(vec![(true, one)])),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Product),
            (one(), one()).prop_map(|(a, b)| Dot(a, b)),
            (one(), one()).prop_map(|(a, b)| Over(a, b)),
            (one(), one()).prop_map(|(a, b)| Over(a, b)),
            (one(), one()).prop_map(|(a, b)| Power(a, b)),
            (one(), one()).prop_map(|(a, b)| Index(a, b)),
            (prop::sample::select(vec![2_u32, 2, 3, 4, 5, 12]), one()).prop_map(|(degree, a)| Root(degree, a)),
            one().prop_map(Sine),
            one().prop_map(Factorial),
        ]
    })
}

/// How strongly it holds together.
fn strength(meant: &Meant) -> u8 {
    match meant {
        Sum(_) => 0,
        Dot(..) => 1,
        Product(_) | Sine(_) => 2,
        // By its line.
        Number(_) | Letter(_) | Over(..) | Root(..) | Power(..) | Index(..) | Factorial(_) => 3,
    }
}

/// In TeX: with brackets only where TeX needs them, a line, a root and a place above the line needing none.
fn tex(meant: &Meant) -> String {
    let at_least = |least: u8, one: &Meant| {
        let text = tex(one);
        if strength(one) < least { format!("({text})") } else { text }
    };
    match meant {
        Number(number) => number.to_string(),
        Letter('π') => r"{\pi}".to_owned(),
        Letter('α') => r"{\alpha}".to_owned(),
        Letter(c) => c.to_string(),
        Sum(parts) => {
            let mut out = String::new();
            for (place, (is_less, part)) in parts.iter().enumerate() {
                if *is_less || place > 0 {
                    out.push_str(if *is_less { "-" } else { "+" });
                }
                out.push_str(&at_least(1, part));
            }
            out
        }
        Product(factors) => {
            let mut out = String::new();
            for factor in factors {
                let text = at_least(3, factor);
                // Digits beside digits would be one number.
                let is_digit = |c: char| c.is_ascii_digit();
                let is_glued = out.ends_with(is_digit) && text.starts_with(is_digit);
                out.push_str(&if is_glued { format!("({text})") } else { text });
            }
            out
        }
        Dot(a, b) => format!(r"{}\cdot {}", at_least(1, a), at_least(2, b)),
        Over(a, b) => format!(r"\frac{{{}}}{{{}}}", tex(a), tex(b)),
        Power(a, b) => format!("{{{}}}^{{{}}}", tex(a), tex(b)),
        Index(a, b) => format!("{{{}}}_{{{}}}", tex(a), tex(b)),
        Root(2, a) => format!(r"\sqrt{{{}}}", tex(a)),
        Root(degree, a) => format!(r"\sqrt[{degree}]{{{}}}", tex(a)),
        Sine(a) if matches!(**a, Letter(_) | Number(_)) => format!(r"\sin {}", tex(a)),
        Sine(a) if matches!(**a, Over(..)) => format!(r"\sin{}", tex(a)),
        Sine(a) => format!(r"\sin({})", tex(a)),
        Factorial(a) if matches!(**a, Letter(_) | Number(_) | Over(..)) => format!("{}!", tex(a)),
        Factorial(a) => format!("({})!", tex(a)),
    }
}

/// Reads a line of plain characters as people do; nothing where two of them could read it in two ways.
struct Line<'t> {
    rest: &'t str,
}

const HIGH: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜⁿˣʸ";
const HIGH_PLAIN: &str = "0123456789+−=()abcnxy";
const LOW: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₙₓ";
const LOW_PLAIN: &str = "0123456789+−=()anx";

impl<'t> Line<'t> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Raised or lowered characters, as plain ones.
    fn small(&mut self, small: &str, plain: &str) -> Option<String> {
        let mut out = String::new();
        while let Some(place) = self.peek().and_then(|c| small.chars().position(|other| other == c)) {
            out.extend(plain.chars().nth(place));
            let c = self.peek().unwrap();
            self.take(c);
        }
        (!out.is_empty()).then_some(out)
    }

    fn whole(text: &str) -> Option<Meant> {
        let mut line = Line { rest: text };
        let sum = line.sum()?;
        line.rest.is_empty().then_some(sum)
    }

    fn sum(&mut self) -> Option<Meant> {
        let mut parts = Vec::new();
        let mut is_less = self.take('−');
        loop {
            parts.push((is_less, self.term()?));
            is_less = match self.peek() {
                Some('+') => false,
                Some('−') => true,
                _ => break,
            };
            self.rest = self.rest.get(self.peek()?.len_utf8()..)?;
        }
        match parts.as_slice() {
            [(false, one)] => Some(one.clone()),
            _ => Some(Sum(parts)),
        }
    }

    fn term(&mut self) -> Option<Meant> {
        let mut term = self.product()?;
        let mut is_dotted = false;
        loop {
            if self.take('·') {
                is_dotted = true;
                term = Dot(Box::new(term), Box::new(self.product()?));
            } else if self.take('/') {
                let below = self.factor()?;
                // Is what follows above or below the line? And a product over something after a dot is read both ways.
                if is_dotted || self.begins_factor() {
                    return None;
                }
                term = Over(Box::new(term), Box::new(below));
                if matches!(self.peek(), Some('·' | '/')) {
                    return None;
                }
            } else {
                return Some(term);
            }
        }
    }

    fn begins_factor(&self) -> bool {
        self.peek().is_some_and(|c| c.is_alphanumeric() || matches!(c, '(' | '√' | '∛' | '∜' | ' '))
    }

    fn product(&mut self) -> Option<Meant> {
        let mut factors = vec![self.factor()?];
        loop {
            // `2 1/2` is two and a half.
            let mixed = self.rest.strip_prefix(' ').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            if let (Some(rest), [Number(_)]) = (mixed, factors.as_slice()) {
                self.rest = rest;
                let above = self.factor()?;
                if !self.take('/') {
                    return None;
                }
                let below = self.factor()?;
                if !matches!((&above, &below), (Number(_), Number(_))) || self.begins_factor() {
                    return None;
                }
                factors.push(Over(Box::new(above), Box::new(below)));
                break;
            }
            if self.rest.starts_with(" sin") {
                self.take(' ');
            }
            if !self.begins_factor() || self.peek() == Some(' ') {
                break;
            }
            factors.push(self.factor()?);
        }
        Some(if factors.len() == 1 { factors.remove(0) } else { Product(factors) })
    }

    /// One thing with all that is raised, lowered or stands behind it.
    fn factor(&mut self) -> Option<Meant> {
        if let Some(rest) = self.rest.strip_prefix("sin") {
            let (high, low) = (HIGH, LOW);
            if rest.starts_with(|c: char| high.contains(c) || low.contains(c) || c == '^' || c == '_') {
                return None;
            }
            self.rest = rest.strip_prefix(' ').unwrap_or(rest);
            let of = if self.peek() == Some('(') { self.primary()? } else { self.factor()? };
            // Is `sin(x)y` the sine of both?
            return (!self.begins_factor() || self.peek() == Some(' ')).then(|| Sine(Box::new(of)));
        }
        let degree = self.small(HIGH, HIGH_PLAIN);
        if degree.is_some() || matches!(self.peek(), Some('√' | '∛' | '∜')) {
            let sign = self.peek()?;
            self.take(sign);
            let degree = match (degree, sign) {
                (None, '√') => 2,
                (None, '∛') => 3,
                (None, '∜') => 4,
                (Some(degree), '√') => degree.parse().ok()?,
                _ => return None,
            };
            let has_brackets = self.peek() == Some('(');
            let under = self.primary()?;
            // `√2x` and `√x²` are read in two ways.
            let is_followed = self.begins_factor() && self.peek() != Some(' ') && !has_brackets;
            return (!is_followed && !self.is_script()).then(|| Root(degree, Box::new(under)));
        }
        let mut one = self.primary()?;
        // What of an index, a power, a factorial it has without brackets: an index may have a power, and nothing else.
        let mut last = ' ';
        loop {
            let base = Box::new(one.clone());
            let (kind, next) = if let Some(text) = self.small(LOW, LOW_PLAIN) {
                ('_', Index(base, Box::new(Self::whole(&text)?)))
            } else if let Some(text) = self.small(HIGH, HIGH_PLAIN) {
                ('^', Power(base, Box::new(Self::whole(&text)?)))
            } else if let Some(mark) = self.peek().filter(|c| matches!(c, '^' | '_')) {
                self.take(mark);
                let has_brackets = self.peek() == Some('(');
                let script = Box::new(self.primary()?);
                if !has_brackets && (self.begins_factor() || self.is_script()) {
                    return None;
                }
                (mark, if mark == '^' { Power(base, script) } else { Index(base, script) })
            } else if self.take('!') {
                ('!', Factorial(base))
            } else {
                return Some(one);
            };
            if !matches!((last, kind), (' ', _) | ('_', '^')) {
                return None;
            }
            (one, last) = (next, kind);
        }
    }

    fn is_script(&self) -> bool {
        self.peek().is_some_and(|c| HIGH.contains(c) || LOW.contains(c) || matches!(c, '^' | '_' | '!'))
    }

    fn primary(&mut self) -> Option<Meant> {
        let c = self.peek()?;
        if self.take('(') {
            let inside = self.sum()?;
            return self.take(')').then_some(inside);
        }
        if c.is_ascii_digit() {
            let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
            let (number, rest) = self.rest.split_at(end);
            self.rest = rest;
            return number.parse().ok().map(Number);
        }
        (c.is_alphabetic() && !HIGH.contains(c) && !LOW.contains(c) && self.take(c)).then_some(Letter(c))
    }
}

proptest! {
    #[test]
    fn a_formula_reads_as_what_its_author_meant(meant in meant()) {
        let source = format!("\\({}\\)", tex(&meant));
        if let Some(shown) = unicode(&source) {
            prop_assert_eq!(Line::whole(&shown.replace(" · ", "·")), Some(meant), "{} is shown as {}", source, shown);
        }
    }
}
