//! The symbols: what each command of the source looks like, in Unicode and in ASCII, and how it
//! keeps its distance from its neighbours (the atom classes of Knuth, The TeXbook, chapter 17).

/// What a symbol is, as far as spacing goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter, a digit, a group.
    Ord,
    /// A named function: log, exp.
    Op,
    /// A named function whose script stands below it: max, lim.
    Limit,
    /// Sum, integral, product: its scripts stand above and below it.
    Big,
    /// A binary operation.
    Bin,
    /// A relation.
    Rel,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A comma.
    Punct,
    /// A fraction.
    Inner,
    /// Space: no distance is added beside it.
    Space,
}

/// A symbol in both character sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) unicode: String,
    pub(super) ascii: String,
    pub(super) class: Class,
}

impl Symbol {
    pub(super) fn new(unicode: &str, ascii: &str, class: Class) -> Self {
        Self { unicode: unicode.to_owned(), ascii: ascii.to_owned(), class }
    }
}

use Class::{Big, Bin, Close, Limit, Op, Open, Ord, Punct, Rel};

/// Commands without arguments.
const COMMANDS: &[(&str, &str, &str, Class)] = &[
    ("alpha", "α", "alpha", Ord),
    ("beta", "β", "beta", Ord),
    ("gamma", "γ", "gamma", Ord),
    ("delta", "δ", "delta", Ord),
    ("epsilon", "ε", "eps", Ord),
    ("varepsilon", "ε", "eps", Ord),
    ("zeta", "ζ", "zeta", Ord),
    ("eta", "η", "eta", Ord),
    ("theta", "θ", "theta", Ord),
    ("iota", "ι", "iota", Ord),
    ("kappa", "κ", "kappa", Ord),
    ("lambda", "λ", "lambda", Ord),
    ("mu", "μ", "mu", Ord),
    ("nu", "ν", "nu", Ord),
    ("xi", "ξ", "xi", Ord),
    ("pi", "π", "pi", Ord),
    ("rho", "ρ", "rho", Ord),
    ("sigma", "σ", "sigma", Ord),
    ("tau", "τ", "tau", Ord),
    ("phi", "φ", "phi", Ord),
    ("varphi", "φ", "phi", Ord),
    ("chi", "χ", "chi", Ord),
    ("psi", "ψ", "psi", Ord),
    ("omega", "ω", "omega", Ord),
    ("Gamma", "Γ", "Gamma", Ord),
    ("Delta", "Δ", "Delta", Ord),
    ("Theta", "Θ", "Theta", Ord),
    ("Lambda", "Λ", "Lambda", Ord),
    ("Xi", "Ξ", "Xi", Ord),
    ("Pi", "Π", "Pi", Ord),
    ("Sigma", "Σ", "Sigma", Ord),
    ("Phi", "Φ", "Phi", Ord),
    ("Psi", "Ψ", "Psi", Ord),
    ("Omega", "Ω", "Omega", Ord),
    ("infty", "∞", "inf", Ord),
    ("partial", "∂", "d", Ord),
    ("nabla", "∇", "grad", Ord),
    ("ell", "l", "l", Ord),
    ("top", "ᵀ", "T", Ord),
    ("prime", "′", "'", Ord),
    ("cdots", "⋯", "...", Ord),
    ("ldots", "…", "...", Ord),
    ("dots", "…", "...", Ord),
    ("vdots", "⋮", ":", Ord),
    ("forall", "∀", "forall", Ord),
    ("exists", "∃", "exists", Ord),
    ("emptyset", "∅", "{}", Ord),
    ("%", "%", "%", Ord),
    ("exp", "exp", "exp", Op),
    ("log", "log", "log", Op),
    ("ln", "ln", "ln", Op),
    ("sin", "sin", "sin", Op),
    ("cos", "cos", "cos", Op),
    ("tan", "tan", "tan", Op),
    ("sinh", "sinh", "sinh", Op),
    ("cosh", "cosh", "cosh", Op),
    ("tanh", "tanh", "tanh", Op),
    ("arctan", "arctan", "arctan", Op),
    ("det", "det", "det", Op),
    ("tr", "tr", "tr", Op),
    ("Var", "Var", "Var", Op),
    ("Cov", "Cov", "Cov", Op),
    ("KL", "KL", "KL", Op),
    ("softplus", "softplus", "softplus", Op),
    ("max", "max", "max", Limit),
    ("min", "min", "min", Limit),
    ("lim", "lim", "lim", Limit),
    ("sup", "sup", "sup", Limit),
    ("inf", "inf", "inf", Limit),
    ("argmax", "argmax", "argmax", Limit),
    ("argmin", "argmin", "argmin", Limit),
    ("sum", "∑", "sum", Big),
    ("prod", "∏", "prod", Big),
    ("int", "∫", "int", Big),
    ("cdot", "·", "*", Bin),
    ("times", "×", "x", Bin),
    ("pm", "±", "+-", Bin),
    ("mp", "∓", "-+", Bin),
    ("div", "÷", "/", Bin),
    ("circ", "∘", "o", Bin),
    ("ast", "*", "*", Bin),
    ("oplus", "⊕", "(+)", Bin),
    ("otimes", "⊗", "(x)", Bin),
    ("approx", "≈", "~=", Rel),
    ("le", "≤", "<=", Rel),
    ("leq", "≤", "<=", Rel),
    ("ge", "≥", ">=", Rel),
    ("geq", "≥", ">=", Rel),
    ("ne", "≠", "!=", Rel),
    ("neq", "≠", "!=", Rel),
    ("ll", "≪", "<<", Rel),
    ("gg", "≫", ">>", Rel),
    ("equiv", "≡", "==", Rel),
    ("propto", "∝", "~", Rel),
    ("sim", "~", "~", Rel),
    ("to", "→", "->", Rel),
    ("rightarrow", "→", "->", Rel),
    ("leftarrow", "←", "<-", Rel),
    ("Rightarrow", "⇒", "=>", Rel),
    ("mapsto", "↦", "|->", Rel),
    ("in", "∈", "in", Rel),
    ("mid", "|", "|", Rel),
    ("lt", "<", "<", Rel),
    ("gt", ">", ">", Rel),
    ("langle", "⟨", "<", Open),
    ("rangle", "⟩", ">", Close),
    ("lVert", "‖", "||", Open),
    ("rVert", "‖", "||", Close),
    ("lvert", "|", "|", Open),
    ("rvert", "|", "|", Close),
    ("{", "{", "{", Open),
    ("}", "}", "}", Close),
    ("|", "‖", "||", Ord),
    ("colon", ":", ":", Punct),
];

/// Commands that only make room: how many columns.
const SPACES: &[(&str, usize)] =
    &[(",", 1), (":", 1), (";", 1), (" ", 1), ("!", 0), ("quad", 2), ("qquad", 4)];

/// The symbol of a command without arguments.
pub(super) fn command(name: &str) -> Option<Symbol> {
    COMMANDS.iter().find(|(n, ..)| *n == name).map(|(_, u, a, class)| Symbol::new(u, a, *class))
}

/// The width of a command that only makes room.
pub(super) fn space(name: &str) -> Option<usize> {
    SPACES.iter().find(|(n, _)| *n == name).map(|(_, width)| *width)
}

/// The command nearest to a mistyped one.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    const WITH_ARGUMENTS: &[&str] = &[
        "frac",
        "sqrt",
        "left",
        "right",
        "text",
        "mathrm",
        "mathbb",
        "mathbf",
        "mathcal",
        "hat",
        "bar",
        "tilde",
        "bind",
        "operatorname",
    ];
    let known = COMMANDS.iter().map(|(n, ..)| *n).chain(WITH_ARGUMENTS.iter().copied());
    crate::text::nearest::nearest(name, known.filter(|n| n.len() > 1), 2)
}

/// The symbol of a single character of the source; none for one that means nothing here.
pub(super) fn character(c: char) -> Option<Symbol> {
    let s = c.to_string();
    Some(match c {
        '-' => Symbol::new("−", "-", Bin),
        '+' | '*' => Symbol::new(&s, &s, Bin),
        '=' | '<' | '>' => Symbol::new(&s, &s, Rel),
        ',' | ';' | ':' => Symbol::new(&s, &s, Punct),
        '(' | '[' => Symbol::new(&s, &s, Open),
        ')' | ']' => Symbol::new(&s, &s, Close),
        '\'' => Symbol::new("′", "'", Ord),
        '#' | '$' | '%' | '"' | '`' | '\\' | '{' | '}' | '^' | '_' | '&' => return None,
        c if c.is_control() => return None,
        c if c.is_ascii() => Symbol::new(&s, &s, Ord),
        // A symbol written as it stands is that of its command, in ASCII too.
        _ => COMMANDS.iter().find(|(_, unicode, ..)| *unicode == s).map_or_else(
            || Symbol::new(&s, &s, Ord),
            |(_, unicode, ascii, class)| Symbol::new(unicode, ascii, *class),
        ),
    })
}

/// The raised or lowered form of a character, where Unicode has one.
pub(super) fn script(c: char, raised: bool) -> Option<char> {
    const PLAIN_SUP: &str = "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφ′ᵀ";
    const SUP: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠ′ᵀ";
    const PLAIN_SUB: &str = "0123456789+−-=()aehijklmnoprstuvxβγρφχ";
    const SUB: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ";
    let (plain, script) = if raised { (PLAIN_SUP, SUP) } else { (PLAIN_SUB, SUB) };
    plain.chars().zip(script.chars()).find(|(p, _)| *p == c).map(|(_, s)| s)
}

#[cfg(test)]
mod tests {
    use super::{COMMANDS, script};
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn every_symbol_is_drawn_in_columns_of_one_and_its_ascii_is_ascii() {
        for (name, unicode, ascii, _) in COMMANDS {
            assert_eq!(unicode.width(), unicode.chars().count(), "\\{name}");
            assert!(ascii.is_ascii(), "\\{name}");
        }
    }

    #[test]
    fn scripts_are_paired_with_their_own_letter() {
        // The two strings of a pair must be equally long, or the later letters shift.
        for (c, raised, s) in [('z', true, 'ᶻ'), ('W', true, 'ᵂ'), ('φ', true, 'ᵠ')] {
            assert_eq!(script(c, raised), Some(s));
        }
        for (c, s) in [('x', 'ₓ'), ('j', 'ⱼ'), ('χ', 'ᵪ'), ('(', '₍')] {
            assert_eq!(script(c, false), Some(s));
        }
        assert_eq!(script('q', true), None);
        assert_eq!(script('d', false), None);
        assert_eq!(script('θ', false), None);
    }
}
