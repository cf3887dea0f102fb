//! What the asymptotic formulas say of a design and of its neighbours: the curves that the fits are
//! held against, computed once a change and kept.

use super::design::{Design, Method, Outside};
use super::problem::Problem;
use crate::math::parallel::in_order;
use crate::objective::asymptotic::conditional::Conditional;
use nalgebra::DMatrix;
use std::sync::Arc;

/// Widths of an outside noise that are fitted in turn.
pub(super) const WIDTHS: [f64; 7] = [0.5, 0.7, 1.0, 1.3, 2.2, 4.0, 7.0];
/// The same for conditional NCE's eps.
pub(super) const EPSILONS: [f64; 6] = [0.25, 0.4, 0.6, 1.0, 1.7, 3.0];
/// Noise ratios that are fitted in turn, and kappas.
pub(super) const RATIOS: [usize; 6] = [1, 2, 4, 8, 16, 32];

/// The range of widths, and of eps.
pub(super) const WIDTH_RANGE: (f64, f64) = (0.1, 10.0);
pub(super) const EPS_RANGE: (f64, f64) = (0.05, 4.0);
/// Noise ratios go to this.
pub(super) const MOST_RATIO: usize = 100;

/// log p_n below which it is zero in double precision.
const UNDERFLOW: f64 = -745.0;

const CURVE: usize = 60;
const EPS_CURVE: usize = 24;
/// Halvings, nearly, of a bracket around the least value of a curve.
const SEARCHES: usize = 14;

/// A curve: places and values, NaN where there is none.
pub(super) type Curve = (Vec<f64>, Vec<f64>);

/// Curves and numbers around one design.
#[derive(Debug)]
pub(super) struct Theory {
    /// The integrals of conditional NCE by eps; empty for the others.
    table: Arc<Vec<(f64, Conditional)>>,
    /// N Var of the watched parameter against the width (or eps).
    pub(super) by_width: Curve,
    /// Against the ratio (or kappa).
    pub(super) by_ratio: Curve,
    /// N Var of the watched parameter and of c here; NaN where there is none.
    pub(super) here: (f64, f64),
    /// The width (or eps) with the least N Var, and that.
    pub(super) best_width: (f64, f64),
    /// Of the ratios of the curve the one with the least N Var at equal cost, (1 + nu) N Var.
    pub(super) best_ratio: f64,
    /// Of an adaptive noise: N Var against the noise it begins with.
    pub(super) first_round: f64,
    /// The mass of the data where the noise's density underflows to zero.
    pub(super) uncovered: f64,
    /// Where along x the watched parameter is learned: a density of 1/(N Var).
    pub(super) information: Option<Curve>,
}

/// Ratios of the curve: all small ones, then fewer.
fn ratios() -> impl Iterator<Item = usize> {
    (1..=20).chain([25, 30, 40, 50, 60, 80, MOST_RATIO])
}

fn log_spaced((low, high): (f64, f64), count: usize) -> Vec<f64> {
    let step = (high / low).ln() / (count - 1) as f64;
    (0..count).map(|i| low * (step * i as f64).exp()).collect()
}

/// N Var of theta and c against an outside noise.
pub(super) fn outside(problem: &Problem, outside: Outside, ratio: f64) -> (f64, f64) {
    variances(problem, problem.truth.nce(ratio, &outside.noise()))
}

/// The same against the data's own density.
pub(super) fn copy(problem: &Problem, ratio: f64) -> (f64, f64) {
    variances(problem, problem.truth.nce_of_itself(ratio))
}

fn variances(problem: &Problem, found: Option<DMatrix<f64>>) -> (f64, f64) {
    let (w, k) = (problem.watched, problem.family.parameters());
    // Rounding can turn an information that is all but singular inside out.
    let found = found.filter(|c| c[(w, w)] > 0.0 && c[(k, k)] > 0.0);
    found.map_or((f64::NAN, f64::NAN), |c| (c[(w, w)], c[(k, k)]))
}

fn of_conditional(problem: &Problem, at: &Conditional, kappa: f64) -> f64 {
    let w = problem.watched;
    at.covariance(kappa).map(|c| c[(w, w)]).filter(|v| *v > 0.0).unwrap_or(f64::NAN)
}

/// The place of the least value of `f` between `low` and `high`, in logarithms, by golden section
/// (Kiefer 1953), and the value.
pub(super) fn least(low: f64, high: f64, searches: usize, f: impl Fn(f64) -> f64) -> (f64, f64) {
    let golden = 0.5 * (5f64.sqrt() - 1.0);
    let at = |u: f64| f(u.exp());
    let (mut a, mut b) = (low.ln(), high.ln());
    let (mut c, mut d) = (b - golden * (b - a), a + golden * (b - a));
    let (mut at_c, mut at_d) = (at(c), at(d));
    for _ in 0..searches {
        if at_c < at_d {
            (b, d, at_d) = (d, c, at_c);
            c = b - golden * (b - a);
            at_c = at(c);
        } else {
            (a, c, at_c) = (c, d, at_d);
            d = a + golden * (b - a);
            at_d = at(d);
        }
    }
    if at_c < at_d { (c.exp(), at_c) } else { (d.exp(), at_d) }
}

/// The index of the least finite value of a curve.
fn lowest(values: &[f64]) -> Option<usize> {
    let finite = values.iter().enumerate().filter(|(_, v)| v.is_finite());
    finite.min_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i)
}

fn refined((x, y): &Curve, f: impl Fn(f64) -> f64) -> (f64, f64) {
    let Some(at) = lowest(y) else { return (f64::NAN, f64::NAN) };
    let (below, above) = (at.saturating_sub(1), (at + 1).min(x.len() - 1));
    let found = least(x[below], x[above], SEARCHES, f);
    if found.1 <= y[at] { found } else { (x[at], y[at]) }
}

impl Theory {
    /// Around a design; `before` may lend what does not change with it.
    pub(super) fn new(
        problem: &Problem,
        design: &Design,
        threads: usize,
        before: Option<&Self>,
    ) -> Self {
        match design.method {
            Method::Conditional(eps) => {
                let table = match before {
                    Some(before) => Arc::clone(&before.table),
                    None => Arc::new(table(problem, threads)),
                };
                Self::conditional(problem, design, eps, table)
            }
            Method::Nce(noise) => Self::contrastive(problem, design, noise, false),
            Method::Adaptive(noise, _) => Self::contrastive(problem, design, noise, true),
        }
    }

    fn contrastive(problem: &Problem, design: &Design, noise: Outside, adapts: bool) -> Self {
        let ratio = design.ratio as f64;
        let at = |width: f64| outside(problem, Outside { width, ..noise }, ratio).0;
        let widths = log_spaced(WIDTH_RANGE, CURVE);
        let values = widths.iter().map(|w| at(*w)).collect();
        let by_width = (widths, values);
        let by_ratio: Curve = if adapts {
            (Vec::new(), Vec::new())
        } else {
            ratios().map(|nu| (nu as f64, outside(problem, noise, nu as f64).0)).unzip()
        };
        let first = outside(problem, noise, ratio);
        let density = noise.noise();
        let seen = (!adapts).then_some(&density);
        let information = problem.truth.information(ratio, seen, problem.watched);
        Self {
            table: Arc::default(),
            best_width: refined(&by_width, at),
            best_ratio: best_ratio(&by_ratio),
            here: if adapts { copy(problem, ratio) } else { first },
            first_round: first.0,
            uncovered: problem.truth.mass_outside(density.reach(0, UNDERFLOW)),
            information: information
                .map(|density| (problem.truth.nodes().iter().map(|n| n.x).collect(), density)),
            by_width,
            by_ratio,
        }
    }

    fn conditional(
        problem: &Problem,
        design: &Design,
        eps: f64,
        table: Arc<Vec<(f64, Conditional)>>,
    ) -> Self {
        let (family, theta, kappa) = (problem.family, problem.theta, design.ratio as f64);
        let by_width: Curve =
            table.iter().map(|(eps, c)| (*eps, of_conditional(problem, c, kappa))).unzip();
        let at = |eps: f64| of_conditional(problem, &Conditional::new(family, theta, eps), kappa);
        let here = Conditional::new(family, theta, eps);
        let by_ratio: Curve =
            ratios().map(|k| (k as f64, of_conditional(problem, &here, k as f64))).unzip();
        Self {
            best_width: refined(&by_width, at),
            best_ratio: best_ratio(&by_ratio),
            here: (of_conditional(problem, &here, kappa), f64::NAN),
            first_round: f64::NAN,
            uncovered: 0.0,
            information: here.information((family, theta), eps, problem.watched),
            by_width,
            by_ratio,
            table,
        }
    }

    /// N Var of the watched parameter under a design; NaN where there is none.
    pub(super) fn of(&self, problem: &Problem, design: &Design) -> f64 {
        let ratio = design.ratio as f64;
        match design.method {
            Method::Nce(noise) => outside(problem, noise, ratio).0,
            Method::Adaptive(..) => copy(problem, ratio).0,
            Method::Conditional(eps) => match self.table.iter().find(|(e, _)| *e == eps) {
                Some((_, known)) => of_conditional(problem, known, ratio),
                None => {
                    let here = Conditional::new(problem.family, problem.theta, eps);
                    of_conditional(problem, &here, ratio)
                }
            },
        }
    }
}

fn best_ratio((ratios, values): &Curve) -> f64 {
    let costs: Vec<f64> = ratios.iter().zip(values).map(|(nu, v)| (1.0 + nu) * v).collect();
    lowest(&costs).map_or(f64::NAN, |at| ratios[at])
}

/// Conditional NCE's integrals along eps, those of the fits among them.
fn table(problem: &Problem, threads: usize) -> Vec<(f64, Conditional)> {
    let mut all = log_spaced(EPS_RANGE, EPS_CURVE);
    all.extend(EPSILONS);
    all.sort_by(f64::total_cmp);
    let made =
        in_order(all.len(), threads, |i| Conditional::new(problem.family, problem.theta, all[i]));
    all.into_iter().zip(made).collect()
}
