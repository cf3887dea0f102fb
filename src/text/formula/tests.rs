//! Real formulas, row by row as a terminal shows them.

use super::{Charset, Formula};
use unicode_width::UnicodeWidthStr as _;

/// Each formula, its rows in Unicode, its rows in ASCII.
const FORMULAS: &[(&str, &[&str], &[&str])] = &[
    (
        r"p(x) = \frac{\exp(-E(x)/T)}{Z}",
        &[
            "       exp(−E(x)/T)", //
            "p(x) = ────────────",
            "            Z",
        ],
        &[
            "       exp(-E(x)/T)", //
            "p(x) = ------------",
            "            Z",
        ],
    ),
    (r"Z = \int \exp(-E(x)/T)\,dx", &["Z = ∫ exp(−E(x)/T) dx"], &["Z = int exp(-E(x)/T) dx"]),
    (
        r"Z = \int_{-\infty}^{\infty} e^{-E(x)/T}\,dx",
        &[
            "    ∞   −E(x)/T", //
            "Z = ∫  e        dx",
            "    −∞",
        ],
        &[
            "    inf   -E(x)/T", //
            "Z = int  e        dx",
            "    -inf",
        ],
    ),
    (
        r"F = \langle E \rangle - T\,S = -T \log Z",
        &["F = ⟨E⟩ − T S = −T log Z"],
        &["F = <E> - T S = -T log Z"],
    ),
    (
        r"\nabla_\theta L = \mathbb{E}_{data}[\nabla_\theta E] - \mathbb{E}_{model}[\nabla_\theta E]",
        &[
            "∇ L = E    [∇ E] − E     [∇ E]", //
            " θ     data  θ      model  θ",
        ],
        &[
            "grad     L = E    [grad     E] - E     [grad     E]", //
            "    theta     data     theta      model     theta",
        ],
    ),
    (
        r"L = -\frac{1}{N} \sum_{i=1}^{N} \log \frac{\exp(s_{ii}/\tau)}{\sum_{j=1}^{N} \exp(s_{ij}/\tau)}",
        &[
            "      1  N        exp(sᵢᵢ/τ)",
            "L = − ─  ∑  log ──────────────",
            "      N i=1      N",
            "                 ∑  exp(sᵢⱼ/τ)",
            "                j=1",
        ],
        &[
            "                  exp(s  /tau)",
            "      1  N             ii",
            "L = - - sum log ----------------",
            "      N i=1      N",
            "                sum exp(s  /tau)",
            "                j=1      ij",
        ],
    ),
    (
        r"\log \sum_i e^{a_i} = m + \log \sum_i e^{a_i - m}",
        &[
            "       aᵢ              aᵢ−m", //
            "log ∑ e   = m + log ∑ e",
            "    i               i",
        ],
        &[
            "         a_i                a_i-m", //
            "log sum e    = m + log sum e",
            "     i                  i",
        ],
    ),
    (
        r"G(x) = -E_\theta(x) + c - \log \nu - \log p_n(x)",
        &[
            "G(x) = −E (x) + c − log ν − log pₙ(x)", //
            "         θ",
        ],
        &[
            "G(x) = -E     (x) + c - log nu - log p_n(x)", //
            "         theta",
        ],
    ),
    (
        r"x' = x - \eta \nabla E(x) + \sqrt{2\eta}\,\xi",
        &[
            "                   __", //
            "x′ = x − η∇E(x) + √2η ξ",
        ],
        &["x' = x - eta grad E(x) + sqrt(2 eta) xi"],
    ),
    (
        r"C = \frac{\langle E^2 \rangle - \langle E \rangle^2}{T^2}",
        &[
            "    ⟨E²⟩ − ⟨E⟩²", //
            "C = ───────────",
            "        T²",
        ],
        &[
            "    <E^2> - <E>^2", //
            "C = -------------",
            "         T^2",
        ],
    ),
    (
        r"\hat\tau = 1 + 2 \sum_{t=1}^{M} \hat\rho_t, \quad \bar{x}",
        &[
            "           M", //
            "τ\u{302} = 1 + 2  ∑  ρ\u{302}ₜ,  x\u{304}",
            "          t=1",
        ],
        &[" ^           M   ^      _", "tau = 1 + 2 sum rho_t,  x", "            t=1"],
    ),
    (
        r"\left(\frac{a}{b}\right)^2 \approx \sqrt{\frac{a}{b+1}} + \left[ x \right]_0^1",
        &[
            "          _____", //
            "⎛a⎞²     ╱  a",
            "⎜─⎟  ≈  ╱ ───── + [x]₀¹",
            "⎝b⎠    √  b + 1",
        ],
        &[
            "/a\\^2        /  a  \\", //
            "|-|   ~= sqrt|-----| + [x]_0^1",
            "\\b/          \\b + 1/",
        ],
    ),
    (
        r"E &= h\,(x^2 - 1)^2 + a\,x \\ \text{자유 에너지} &\ge \frac{1}{2}",
        &[
            "          E = h (x² − 1)² + a x", //
            "",
            "              1",
            "자유 에너지 ≥ ─",
            "              2",
        ],
        &[
            "          E = h (x^2 - 1)^2 + a x", //
            "",
            "               1",
            "자유 에너지 >= -",
            "               2",
        ],
    ),
    (r"p_\theta^2 \cdot x_i^2", &["p² · xᵢ²", " θ"], &["p^2    * x_i^2", " theta"]),
    (r"-x \times -y \to \infty", &["−x × −y → ∞"], &["-x x -y -> inf"]),
];

#[test]
fn formulas_look_as_on_paper() {
    for (source, unicode, ascii) in FORMULAS {
        for (charset, rows) in [(Charset::Unicode, unicode), (Charset::Ascii, ascii)] {
            let formula = Formula::typeset(source, charset).unwrap();
            assert_eq!(formula.plain(), *rows, "{source}");
        }
    }
}

#[test]
fn every_row_is_as_wide_as_the_formula_says_and_fits_where_it_must() {
    for (source, ..) in FORMULAS {
        for charset in [Charset::Unicode, Charset::Ascii] {
            let formula = Formula::typeset(source, charset).unwrap();
            for width in 0..60 {
                let fitted = formula.fit(width, charset);
                assert!(fitted.width <= width, "{source} in {width}");
                for row in &fitted.rows {
                    let text: String = row.iter().map(|r| r.text.as_str()).collect();
                    assert_eq!(text.width(), fitted.width, "{source} in {width}: {text:?}");
                }
            }
            let ascii = formula.plain().concat();
            assert!(charset == Charset::Unicode || ascii.is_ascii() || source.contains("text"));
        }
    }
}

fn fitted(source: &str, width: usize) -> Vec<String> {
    Formula::typeset(source, Charset::Unicode).unwrap().fit(width, Charset::Unicode).plain()
}

#[test]
fn a_wide_formula_breaks_at_its_relations_then_at_its_signs_then_is_cut_off() {
    let free = r"F = \langle E \rangle - T\,S = -T \log Z";
    assert_eq!(fitted(free, 24), ["F = ⟨E⟩ − T S = −T log Z"]);
    assert_eq!(fitted(free, 23), ["F = ⟨E⟩ − T S", "  = −T log Z"]);
    assert_eq!(fitted(free, 12), ["F = ⟨E⟩", "    − T S", "  = −T log Z"]);
    assert_eq!(fitted(free, 8), ["F = ⟨E⟩", "    − T…", "  = −T …"]);
    assert_eq!(fitted(r"a = b + c, \quad d = e", 12), ["a = b + c,", "d = e"]);
}

#[test]
fn symbols_carry_what_they_are_bound_to() {
    let source = r"\bind{log_z}{\log Z} = \frac{1}{\bind{temperature}{T}} + \bind{log_z}{\log Z}";
    let formula = Formula::typeset(source, Charset::Unicode).unwrap();
    let bound: Vec<(&str, &str)> =
        formula.bindings.iter().map(|b| (b.id.as_str(), b.symbol.as_str())).collect();
    assert_eq!(bound, [("log_z", "log Z"), ("temperature", "T")]);
    let runs: Vec<(&str, Option<&str>)> = formula
        .rows
        .iter()
        .flatten()
        .filter(|r| r.bound.is_some())
        .map(|r| (r.text.as_str(), r.bound.as_deref()))
        .collect();
    let log_z = ("log Z", Some("log_z"));
    assert_eq!(runs, [log_z, log_z, ("T", Some("temperature"))]);
}

#[test]
fn mistakes_are_named_with_their_place() {
    for (source, message) in [
        ("", "the formula is empty (line 1, character 1 of the formula)"),
        (
            r"a + \sgima",
            r"unknown command '\sgima', nearest is '\sigma' (line 1, character 5 of the formula)",
        ),
        ("a\n+ \\zzzzz", r"unknown command '\zzzzz' (line 2, character 3 of the formula)"),
        (r"\frac{a}", "something is missing (line 1, character 9 of the formula)"),
        (r"\frac{a}{b", "'{' is not closed (line 1, character 9 of the formula)"),
        (r"a}", "'}' was not opened (line 1, character 2 of the formula)"),
        (r"\left( a", r"'\left' is not closed (line 1, character 1 of the formula)"),
        (r"a \right)", r"'\right' was not opened (line 1, character 3 of the formula)"),
        (r"\left x", r"\left and \right need a bracket (line 1, character 7 of the formula)"),
        ("x^2^3", "a second script on the same side (line 1, character 4 of the formula)"),
        ("x^", "something is missing (line 1, character 3 of the formula)"),
        ("a $ b", "'$' means nothing in a formula (line 1, character 3 of the formula)"),
        ("a & b & c", "a second '&' in one line (line 1, character 7 of the formula)"),
        (r"\sqrt{a \\ b}", "a line break inside brackets (line 1, character 9 of the formula)"),
        ("\u{1b}[2J", r"'\u{1b}' means nothing in a formula (line 1, character 1 of the formula)"),
        (r"\bind{x", "'{' is not closed (line 1, character 6 of the formula)"),
        ("\\", r"unknown command '\' (line 1, character 1 of the formula)"),
    ] {
        let error = Formula::typeset(source, Charset::Unicode).unwrap_err();
        assert_eq!(error.to_string(), message, "{source:?}");
    }
}

#[test]
fn no_prefix_of_a_formula_panics() {
    for (source, ..) in FORMULAS {
        for (end, _) in source.char_indices() {
            if let Ok(formula) = Formula::typeset(&source[..end], Charset::Unicode) {
                let _ = formula.fit(10, Charset::Ascii);
            }
        }
    }
}
