//! Expectations under the density that a toy set was drawn from, by quadrature: E_p[f] is the sum
//! of m_j f(x_j), m_j = w_j p(x_j). Where p is smooth, on an even grid fine enough for its
//! narrowest part (the trapezoidal rule, whose error for a Gaussian of deviation s is about
//! exp(-2 pi^2 s^2 / h^2)); where it is even between cliffs, by Gauss and Legendre's rule on each
//! cell, so that no cell has a cliff inside.

use super::sample::Sample;
use crate::data::toy::Toy;
use crate::math::quadrature::Grid;
use crate::objective::partition::BoxGrid;

/// Nodes on a line of a smooth density.
const LINE: usize = 256;
/// A node with less than this mass adds nothing.
const NOTHING: f64 = 1e-13;

/// How finely a density is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lesson) enum Rule {
    /// Enough for any smooth energy.
    Usual,
    /// Other nodes, and more of them: to check the usual rule.
    Check,
}

/// A toy set's true density as masses at nodes, in the sample's standardised units, on its box.
#[derive(Debug)]
pub(in crate::lesson) struct Truth {
    /// The nodes, one after the other.
    pub(in crate::lesson) points: Vec<f64>,
    /// The mass of each.
    pub(in crate::lesson) masses: Vec<f64>,
    /// log p at each, by standardised volume.
    pub(in crate::lesson) log_density: Vec<f64>,
}

impl Truth {
    /// `None` where the sample's density is not known.
    pub(in crate::lesson) fn new(sample: &Sample, rule: Rule) -> Option<Self> {
        let toy = sample.toy?;
        toy.entropy()?;
        let axes: Vec<Vec<(f64, f64)>> =
            (0..sample.dimensions).map(|axis| nodes(toy, sample, axis, rule)).collect();
        let shift = sample.log_scale();
        let mut truth = Self { points: vec![], masses: vec![], log_density: vec![] };
        let mut add = |own: &[f64], weight: f64| {
            let Some(log_p) = toy.log_density(own) else { return };
            let mass = weight * log_p.exp();
            if mass > NOTHING {
                let standard =
                    |(axis, x): (usize, &f64)| (x - sample.centre[axis]) / sample.scale[axis];
                truth.points.extend(own.iter().enumerate().map(standard));
                truth.masses.push(mass);
                truth.log_density.push(log_p + shift);
            }
        };
        match &axes[..] {
            [line] => line.iter().for_each(|(x, w)| add(&[*x], *w)),
            [first, second] => {
                for (y, v) in second {
                    first.iter().for_each(|(x, w)| add(&[*x, *y], w * v));
                }
            }
            _ => return None,
        }
        Some(truth)
    }

    /// The mass on the box: what is missing to one lies beyond it.
    pub(in crate::lesson) fn mass(&self) -> f64 {
        self.masses.iter().sum()
    }

    /// The expectation of a function by its values at the nodes.
    pub(in crate::lesson) fn mean(&self, values: impl Iterator<Item = f64>) -> f64 {
        self.masses.iter().zip(values).map(|(m, v)| m * v).sum()
    }
}

/// Nodes and weights along one axis, in own units and within the box.
fn nodes(toy: Toy, sample: &Sample, axis: usize, rule: Rule) -> Vec<(f64, f64)> {
    let grid = sample.grid.axes()[axis];
    let inside = (sample.own(axis, grid.low), sample.own(axis, grid.high));
    let finer = if rule == Rule::Usual { 1.0 } else { 1.3 };
    // Where the density has mass, and how far apart nodes may be: .9 of its narrowest deviation,
    // and less where that bends.
    let even = |low: f64, high: f64, spacing: f64| {
        let (low, high) = (low.max(inside.0), high.min(inside.1));
        let count = (finer * (high - low) / spacing).ceil().max(6.0) as usize + 1;
        let grid = BoxGrid::new(&[Grid::new(low, high, count)]);
        grid.points().iter().copied().zip(grid.weights().iter().copied()).collect()
    };
    match toy {
        Toy::Uniform => cells(-2.0, 32, 0.125, rule, inside),
        Toy::Checkerboard => cells(-4.0, 8, 1.0, rule, inside),
        Toy::EightGaussians => even(-3.3, 3.3, 0.18),
        Toy::Rings => even(-3.8, 3.8, 0.18),
        Toy::Moons if axis == 0 => even(-1.6, 2.6, 0.075),
        Toy::Moons => even(-1.1, 1.6, 0.075),
        _ => even(inside.0, inside.1, (inside.1 - inside.0) / LINE as f64),
    }
}

/// Gauss and Legendre's nodes and weights on [-1, 1], of four and of five nodes
/// (Abramowitz and Stegun, table 25.4).
const FOUR: [(f64, f64); 4] = [
    (-0.861_136_311_594_053, 0.347_854_845_137_454),
    (-0.339_981_043_584_856, 0.652_145_154_862_546),
    (0.339_981_043_584_856, 0.652_145_154_862_546),
    (0.861_136_311_594_053, 0.347_854_845_137_454),
];
const FIVE: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189),
    (-0.538_469_310_105_683, 0.478_628_670_499_366),
    (0.0, 0.568_888_888_888_889),
    (0.538_469_310_105_683, 0.478_628_670_499_366),
    (0.906_179_845_938_664, 0.236_926_885_056_189),
];

/// Gauss and Legendre's rule on cells of one width, cut where the box ends.
fn cells(low: f64, count: usize, width: f64, rule: Rule, inside: (f64, f64)) -> Vec<(f64, f64)> {
    let nodes: &[(f64, f64)] = if rule == Rule::Usual { &FOUR } else { &FIVE };
    let mut all = Vec::with_capacity(count * nodes.len());
    for cell in 0..count {
        let from = low + width * cell as f64;
        let (a, b) = (from.max(inside.0), (from + width).min(inside.1));
        if a < b {
            let half = 0.5 * (b - a);
            all.extend(nodes.iter().map(|(x, w)| (a + half * (1.0 + x), half * w)));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Rule, Truth};
    use crate::data::toy::Toy;
    use crate::lab::blueprint::Source;
    use crate::lab::param::Value;
    use crate::lesson::energy::BLUEPRINT;
    use crate::lesson::shared::sample::Sample;
    use crate::math::rng::stream;

    fn sample(toy: Toy) -> Sample {
        let mut settings = BLUEPRINT.defaults();
        settings.set("data", Value::Choice(toy.id()));
        Sample::new(&settings, &Source::Shipped, &mut stream(3, 0)).unwrap()
    }

    #[test]
    fn both_rules_find_mass_entropy_and_moments() {
        for toy in Toy::ALL {
            let sample = sample(toy);
            let Some(entropy) = toy.entropy() else {
                assert!(Truth::new(&sample, Rule::Usual).is_none());
                continue;
            };
            for rule in [Rule::Usual, Rule::Check] {
                let truth = Truth::new(&sample, rule).unwrap();
                let found = sample.log_scale() - truth.mean(truth.log_density.iter().copied());
                // The Gumbel's tail beyond the box takes a little of both. The moons' density is a
                // sum over nodes along the arcs, whose ends cost it 1e-5 nats.
                let (mass, nats) = if toy == Toy::Skewed { (1e-3, 1e-2) } else { (2e-6, 2e-5) };
                assert!((truth.mass() - 1.0).abs() < mass, "{} {}", toy.id(), truth.mass() - 1.0);
                assert!((found - entropy).abs() < nats, "{} {}", toy.id(), found - entropy);
                assert!(truth.masses.len() < 3000, "{} nodes", truth.masses.len());
            }
        }
    }
}
