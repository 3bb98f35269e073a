//! The signs that formulas are made of, in plain characters, and what each is to those beside it.

/// What a part of a formula is to the parts beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A digit, or the point or comma inside a number.
    Digit,
    /// A letter.
    Letter,
    /// Words, or the name of a unit.
    Words,
    /// Anything else that is one thing: `∞`, `…`, a letter with its script.
    Thing,
    /// A fraction.
    Fraction,
    /// A root.
    Root,
    /// `sin`.
    Function,
    /// `∑`, which takes in all that follows it.
    Large,
    /// What stands behind what it belongs to: `!`, `′`, `%`.
    Behind,
    /// As strong as plus and minus.
    Plus,
    /// As strong as times and over.
    Times,
    /// As weak as equals.
    Relation,
    Open,
    Close,
    /// A bar, which opens or closes by where it stands.
    Bar,
    Comma,
}

impl Class {
    /// The class of a sign.
    pub(super) fn of(c: char) -> Self {
        match c {
            '+' | '−' | '±' | '∓' | '∪' | '∩' | '∨' | '∧' | '⊕' | '∖' | '¬' => Self::Plus,
            '·' | '×' | '÷' | '/' | '∗' | '∘' | '•' | '⋆' | '⊗' => Self::Times,
            '=' | '<' | '>' | '≤' | '≥' | '≠' | '≈' | '≡' | '∼' | '≃' | '≅' | '∝' | '∈' | '∉' | '∋' | '⊂' | '⊆'
            | '⊃' | '⊇' | '→' | '←' | '↔' | '⇒' | '⇐' | '⇔' | '↦' | '⇌' | '≪' | '≫' | '∥' | '⊥' | ':' => {
                Self::Relation
            }
            '(' | '[' | '{' | '⟨' | '⌈' | '⌊' => Self::Open,
            ')' | ']' | '}' | '⟩' | '⌉' | '⌋' => Self::Close,
            '|' | '‖' => Self::Bar,
            ',' | ';' | '.' | '?' => Self::Comma,
            '!' | '%' | '°' | '′' => Self::Behind,
            '∑' | '∏' | '∫' | '∮' => Self::Large,
            c if c.is_ascii_digit() => Self::Digit,
            c if c.is_alphabetic() || matches!(c, '∂' | '∇') => Self::Letter,
            c if c.is_numeric() => Self::Digit,
            _ => Self::Thing,
        }
    }

    /// Whether it begins something that what stands before it would be multiplied with.
    pub(super) fn begins(self) -> bool {
        match self {
            Self::Digit
            | Self::Letter
            | Self::Words
            | Self::Thing
            | Self::Fraction
            | Self::Root
            | Self::Function
            | Self::Large
            | Self::Open => true,
            Self::Behind | Self::Plus | Self::Times | Self::Relation | Self::Close | Self::Bar | Self::Comma => false,
        }
    }

    /// Whether it ends something that what stands behind it would be multiplied with.
    pub(super) fn ends(self) -> bool {
        match self {
            Self::Digit
            | Self::Letter
            | Self::Words
            | Self::Thing
            | Self::Fraction
            | Self::Root
            | Self::Behind
            | Self::Close => true,
            Self::Function
            | Self::Large
            | Self::Plus
            | Self::Times
            | Self::Relation
            | Self::Open
            | Self::Bar
            | Self::Comma => false,
        }
    }

    /// Whether it stands between two things.
    pub(super) fn is_operator(self) -> bool {
        matches!(self, Self::Plus | Self::Times | Self::Relation)
    }
}

/// Raised or lowered text, where Unicode has all its characters so.
pub(super) fn moved(text: &str, is_raised: bool) -> Option<String> {
    let table = if is_raised { RAISED } else { LOWERED };
    let one = |c| table.iter().find(|(plain, _)| *plain == c).map(|(_, moved)| *moved);
    text.chars().map(one).collect::<Option<String>>().filter(|moved| !moved.is_empty())
}

#[rustfmt::skip]
pub(super) const RAISED: &[(char, char)] = &[
    ('0', '⁰'), ('1', '¹'), ('2', '²'), ('3', '³'), ('4', '⁴'), ('5', '⁵'), ('6', '⁶'), ('7', '⁷'), ('8', '⁸'), ('9', '⁹'),
    ('+', '⁺'), ('-', '⁻'), ('−', '⁻'), ('=', '⁼'), ('(', '⁽'), (')', '⁾'), ('n', 'ⁿ'), ('i', 'ⁱ'), ('a', 'ᵃ'), ('b', 'ᵇ'),
    ('c', 'ᶜ'), ('d', 'ᵈ'), ('e', 'ᵉ'), ('f', 'ᶠ'), ('g', 'ᵍ'), ('h', 'ʰ'), ('j', 'ʲ'), ('k', 'ᵏ'), ('l', 'ˡ'), ('m', 'ᵐ'),
    ('o', 'ᵒ'), ('p', 'ᵖ'), ('r', 'ʳ'), ('s', 'ˢ'), ('t', 'ᵗ'), ('u', 'ᵘ'), ('v', 'ᵛ'), ('w', 'ʷ'), ('x', 'ˣ'), ('y', 'ʸ'),
    ('z', 'ᶻ'), ('T', 'ᵀ'), ('′', '′'), ('∘', '°'),
];

#[rustfmt::skip]
pub(super) const LOWERED: &[(char, char)] = &[
    ('0', '₀'), ('1', '₁'), ('2', '₂'), ('3', '₃'), ('4', '₄'), ('5', '₅'), ('6', '₆'), ('7', '₇'), ('8', '₈'), ('9', '₉'),
    ('+', '₊'), ('-', '₋'), ('−', '₋'), ('=', '₌'), ('(', '₍'), (')', '₎'), ('a', 'ₐ'), ('e', 'ₑ'), ('h', 'ₕ'), ('i', 'ᵢ'),
    ('j', 'ⱼ'), ('k', 'ₖ'), ('l', 'ₗ'), ('m', 'ₘ'), ('n', 'ₙ'), ('o', 'ₒ'), ('p', 'ₚ'), ('r', 'ᵣ'), ('s', 'ₛ'), ('t', 'ₜ'),
    ('u', 'ᵤ'), ('v', 'ᵥ'), ('x', 'ₓ'),
];

pub(super) const BLACKBOARD: &[(&str, &str)] =
    &[("C", "ℂ"), ("E", "𝔼"), ("H", "ℍ"), ("N", "ℕ"), ("P", "ℙ"), ("Q", "ℚ"), ("R", "ℝ"), ("Z", "ℤ")];

/// Commands that are one sign, by their names in order.
#[rustfmt::skip]
pub(super) const SIGNS: &[(&str, &str)] = &[
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
