//! Neal's funnel (Slice sampling, Annals of Statistics 31, 2003) in any dimension, as an energy
//! without its normalising constants: `v ~ N(0, 9)` and `x_i | v ~ N(0, e^v)`, so
//!
//! `E(v, x) = v^2 / 18 + sum_i (x_i^2 e^-v + v) / 2`, `Z = 3 (2 pi)^(d/2)`.
//!
//! Its neck is thinner than any step and its mouth wider than any box.

use super::energy::Energy;
use crate::math::vector_math::exp;
use std::f64::consts::TAU;

/// The variance of v.
const VARIANCE: f64 = 9.0;

/// The energy of the module's header: `v` first, then the `x_i`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Funnel {
    dimension: usize,
}

/// Points a pass works on.
const BLOCK: usize = 64;

impl Funnel {
    /// Of `dimension` coordinates, `v` included.
    #[must_use]
    pub fn new(dimension: usize) -> Self {
        debug_assert!(dimension > 0);
        Self { dimension }
    }

    /// log Z, exact.
    #[must_use]
    pub fn log_z(&self) -> f64 {
        0.5 * VARIANCE.ln() + 0.5 * self.dimension as f64 * TAU.ln()
    }

    /// The variance of each coordinate: 9, and `E[e^v] = e^(9/2)`.
    #[must_use]
    pub fn variances(&self) -> Vec<f64> {
        let mut all = vec![(0.5 * VARIANCE).exp(); self.dimension];
        all[0] = VARIANCE;
        all
    }

    /// Whether the weights `exp(-E)/q` of draws from `q = N(0, width^2 I)` have a variance: never
    /// where there is an `x_i`, whose tails no Gaussian covers.
    #[must_use]
    pub fn weights_have_variance(&self, width: f64) -> bool {
        self.dimension == 1 && 2.0 * width * width > VARIANCE
    }
}

impl Energy for Funnel {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn value(&self, points: &[f64], value: &mut [f64]) {
        let count = value.len();
        let others = 0.5 * (self.dimension - 1) as f64;
        let (mut power, mut precision) = ([0.0; BLOCK], [0.0; BLOCK]);
        for start in (0..count).step_by(BLOCK) {
            let end = count.min(start + BLOCK);
            let v = &points[start..end];
            let value = &mut value[start..end];
            narrowness(v, &mut power[..v.len()], &mut precision[..v.len()]);
            value.fill(0.0);
            for axis in 1..self.dimension {
                let x = &points[axis * count + start..axis * count + end];
                for (sum, x) in value.iter_mut().zip(x) {
                    *sum += x * x;
                }
            }
            for ((value, v), p) in value.iter_mut().zip(v).zip(&precision) {
                *value = v * v / (2.0 * VARIANCE) + others * v + 0.5 * p * *value;
            }
        }
    }

    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]) {
        let count = value.len();
        let others = 0.5 * (self.dimension - 1) as f64;
        let (mut power, mut precision) = ([0.0; BLOCK], [0.0; BLOCK]);
        for start in (0..count).step_by(BLOCK) {
            let end = count.min(start + BLOCK);
            let v = &points[start..end];
            let value = &mut value[start..end];
            narrowness(v, &mut power[..v.len()], &mut precision[..v.len()]);
            value.fill(0.0);
            for axis in 1..self.dimension {
                let here = axis * count + start..axis * count + end;
                let x = &points[here.clone()];
                for (((sum, slope), x), p) in
                    value.iter_mut().zip(&mut gradient[here]).zip(x).zip(&precision)
                {
                    *sum += x * x;
                    *slope = p * x;
                }
            }
            let slope = &mut gradient[start..end];
            for (((value, slope), v), p) in value.iter_mut().zip(slope).zip(v).zip(&precision) {
                let pull = 0.5 * p * *value;
                *value = v * v / (2.0 * VARIANCE) + others * v + pull;
                *slope = v / VARIANCE + others - pull;
            }
        }
    }
}

/// `e^-v` of each point.
fn narrowness(v: &[f64], power: &mut [f64], precision: &mut [f64]) {
    for (power, v) in power.iter_mut().zip(v) {
        *power = -v;
    }
    exp(power, precision);
}

#[cfg(test)]
mod tests {
    use super::Funnel;
    use crate::math::quadrature::Grid;
    use crate::model::coupled_well::tests::gradients_are_slopes;
    use crate::model::energy::Energy;

    #[test]
    fn gradients() {
        for d in [1, 2, 5, 64] {
            gradients_are_slopes(&Funnel::new(d));
        }
    }

    #[test]
    fn log_z_is_that_of_a_quadrature() {
        // With x = e^(v/2) u the plane's integral is smooth in both: dx = e^(v/2) du.
        let (v, u) = (Grid::new(-36.0, 36.0, 201), Grid::new(-12.0, 12.0, 97));
        let funnel = Funnel::new(2);
        let mut total = 0.0;
        for i in 0..v.count {
            let spread = (0.5 * v.node(i)).exp();
            let mut points = vec![v.node(i); u.count];
            points.extend(u.nodes().iter().map(|u| spread * u));
            let mut value = vec![0.0; u.count];
            funnel.value(&points, &mut value);
            let inner: Vec<f64> = value.iter().map(|e| (-e).exp() * spread).collect();
            total += v.weight(i) * u.integrate(&inner);
        }
        assert!((total.ln() - funnel.log_z()).abs() < 1e-12, "{} {}", total.ln(), funnel.log_z());
    }
}
