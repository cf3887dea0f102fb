//! Integrals of what is smooth but for a few places: Gauss and Legendre's rule of 16 nodes on short
//! panels that end where the integrand jumps or has a kink (Davis and Rabinowitz, Methods of
//! Numerical Integration, 1984, sections 2.7 and 2.12). On a panel it is exact for polynomials of
//! degree 31.

/// Half of the nodes on \[-1, 1\] and their weights; the rule is symmetric. The roots of the 16th
/// Legendre polynomial by mpmath in 40 digits.
const RULE: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_7, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_89),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];

/// Nodes and weights, from the left, of an integral from `low` to `high` that is cut at the `breaks`
/// between them; no panel is longer than `longest`. No node lies on a break.
///
/// # Panics
/// If the interval or `longest` is not positive and finite: a mistake of the caller's.
#[must_use]
pub fn pieces(low: f64, high: f64, breaks: &[f64], longest: f64) -> Vec<(f64, f64)> {
    assert!(low < high && (high - low).is_finite() && longest > 0.0, "an interval and a length");
    let mut ends = vec![low, high];
    ends.extend(breaks.iter().copied().filter(|x| *x > low && *x < high));
    ends.sort_by(f64::total_cmp);
    let mut nodes = Vec::new();
    for piece in ends.windows(2).filter(|w| w[1] > w[0]) {
        let count = ((piece[1] - piece[0]) / longest).ceil().max(1.0);
        let half = 0.5 * (piece[1] - piece[0]) / count;
        for panel in 0..count as usize {
            let middle = piece[0] + half * (2 * panel + 1) as f64;
            let left = RULE.iter().rev().map(|(z, w)| (middle - half * z, half * w));
            nodes.extend(left.chain(RULE.iter().map(|(z, w)| (middle + half * z, half * w))));
        }
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::pieces;

    fn integral(nodes: &[(f64, f64)], f: impl Fn(f64) -> f64) -> f64 {
        nodes.iter().map(|(x, w)| w * f(*x)).sum()
    }

    #[test]
    fn polynomials_of_degree_31_are_exact_and_no_more() {
        let nodes = pieces(0.0, 1.0, &[], 1.0);
        assert_eq!(nodes.len(), 16);
        for degree in [0, 1, 7, 30, 31] {
            let exact = 1.0 / f64::from(degree + 1);
            let found = integral(&nodes, |x| x.powi(degree));
            assert!((found / exact - 1.0).abs() < 1e-14, "{degree}: {found}");
        }
        assert!((integral(&nodes, |x| (2.0 * x - 1.0).powi(32)) * 33.0 - 1.0).abs() > 1e-10);
    }

    #[test]
    fn a_jump_and_a_kink_cost_nothing_where_a_panel_ends_there() {
        let f = |x: f64| if x < 0.3 { x.exp() } else { (x - 0.7).abs() };
        // e^.3 - e^-1 + (.4^2 + .3^2)/2.
        let exact = 0.3_f64.exp() - (-1.0_f64).exp() + 0.125;
        let nodes = pieces(-1.0, 1.0, &[0.7, 0.3, 5.0, -1.0], 0.25);
        assert!((integral(&nodes, f) - exact).abs() < 1e-14);
        assert!((integral(&pieces(-1.0, 1.0, &[], 0.25), f) - exact).abs() > 1e-4);
        assert!(nodes.windows(2).all(|w| w[0].0 < w[1].0));
        assert!(nodes.iter().all(|(x, w)| *w > 0.0 && *x != 0.3 && *x != 0.7));
    }
}
