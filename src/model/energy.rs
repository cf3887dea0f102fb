//! Energies in closed form, over many points at once.
//!
//! Points are laid out coordinate by coordinate: `n` points of the plane are `x_1 ... x_n` and then
//! `y_1 ... y_n`. In one dimension that is simply the points. Nothing here allocates.

use crate::math::vector_math::{exp, quartic};

/// An energy over a space of a few dimensions.
pub trait Energy {
    /// How many coordinates a point has.
    fn dimension(&self) -> usize;

    /// Writes the energy of each point; `points` holds `dimension * value.len()` numbers,
    /// coordinate by coordinate.
    fn value(&self, points: &[f64], value: &mut [f64]);

    /// Writes the energy of each point and its gradient, which is laid out as the points are.
    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]);
}

/// A polynomial of degree four on the line: the double well, a harmonic spring, a quartic well and
/// the energy of a Gaussian are all of this kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quartic {
    value: [f64; 5],
    slope: [f64; 5],
}

impl Quartic {
    /// `c_0 + c_1 x + ... + c_4 x^4`.
    #[must_use]
    pub fn new(c: [f64; 5]) -> Self {
        Self { value: c, slope: [c[1], 2.0 * c[2], 3.0 * c[3], 4.0 * c[4], 0.0] }
    }

    /// `c_0` to `c_4`.
    #[must_use]
    pub fn coefficients(&self) -> &[f64; 5] {
        &self.value
    }

    /// `barrier (x^2 - 1)^2 + tilt x`: two wells near -1 and 1.
    #[must_use]
    pub fn double_well(barrier: f64, tilt: f64) -> Self {
        Self::new([barrier, tilt, -2.0 * barrier, 0.0, barrier])
    }

    /// `stiffness x^2 / 2`.
    #[must_use]
    pub fn harmonic(stiffness: f64) -> Self {
        Self::new([0.0, 0.0, 0.5 * stiffness, 0.0, 0.0])
    }

    /// `stiffness x^4 / 4`.
    #[must_use]
    pub fn pure_quartic(stiffness: f64) -> Self {
        Self::new([0.0, 0.0, 0.0, 0.0, 0.25 * stiffness])
    }

    /// `(x - mean)^2 / (2 sd^2)`: at temperature 1 its distribution is `N(mean, sd^2)` and
    /// `Z = sd sqrt(2 pi)`.
    #[must_use]
    pub fn gaussian(mean: f64, sd: f64) -> Self {
        let precision = 1.0 / (sd * sd);
        Self::new([0.5 * mean * mean * precision, -mean * precision, 0.5 * precision, 0.0, 0.0])
    }
}

impl Energy for Quartic {
    fn dimension(&self) -> usize {
        1
    }

    fn value(&self, points: &[f64], value: &mut [f64]) {
        quartic(points, &self.value, value);
    }

    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]) {
        quartic(points, &self.value, value);
        quartic(points, &self.slope, gradient);
    }
}

/// The surface of Muller and Brown (Location of saddle points and minimum energy paths, Theoretica
/// Chimica Acta 53, 1979), the usual test of methods that cross barriers: a sum of four terms
/// `A exp(a dx^2 + b dx dy + c dy^2)`, here times a scale, because its wells are 100 deep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MullerBrown {
    /// What the original energy is multiplied by.
    pub scale: f64,
}

/// A, a, b, c, x0, y0 of each term.
const TERMS: [[f64; 6]; 4] = [
    [-200.0, -1.0, 0.0, -10.0, 1.0, 0.0],
    [-100.0, -1.0, 0.0, -10.0, 0.0, 0.5],
    [-170.0, -6.5, 11.0, -6.5, -0.5, 1.5],
    [15.0, 0.7, 0.6, 0.7, -1.0, 1.0],
];

/// Points a pass works on.
const BLOCK: usize = 64;

impl MullerBrown {
    /// The three minima of the original surface, deepest first: x, y and energy.
    pub const MINIMA: [(f64, f64, f64); 3] = [
        (-0.55822, 1.44173, -146.69952),
        (0.62350, 0.02804, -108.16672),
        (-0.05001, 0.46669, -80.76782),
    ];

    /// One term over a block: the exponentials times A.
    fn term(t: &[f64; 6], x: &[f64], y: &[f64], term: &mut [f64]) {
        let mut power = [0.0; BLOCK];
        let power = &mut power[..x.len()];
        for ((power, x), y) in power.iter_mut().zip(x).zip(y) {
            let (dx, dy) = (x - t[4], y - t[5]);
            *power = t[1] * dx * dx + t[2] * dx * dy + t[3] * dy * dy;
        }
        exp(power, term);
        for v in term {
            *v *= t[0];
        }
    }
}

impl Energy for MullerBrown {
    fn dimension(&self) -> usize {
        2
    }

    fn value(&self, points: &[f64], value: &mut [f64]) {
        let (x, y) = points.split_at(value.len());
        let mut term = [0.0; BLOCK];
        let blocks = value.chunks_mut(BLOCK).zip(x.chunks(BLOCK).zip(y.chunks(BLOCK)));
        for (value, (x, y)) in blocks {
            value.fill(0.0);
            let term = &mut term[..value.len()];
            for t in &TERMS {
                Self::term(t, x, y, term);
                for (value, term) in value.iter_mut().zip(&*term) {
                    *value += self.scale * term;
                }
            }
        }
    }

    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]) {
        let (x, y) = points.split_at(value.len());
        let (gx, gy) = gradient.split_at_mut(value.len());
        let mut term = [0.0; BLOCK];
        let places = x.chunks(BLOCK).zip(y.chunks(BLOCK));
        let slopes = gx.chunks_mut(BLOCK).zip(gy.chunks_mut(BLOCK));
        for ((value, (x, y)), (gx, gy)) in value.chunks_mut(BLOCK).zip(places).zip(slopes) {
            value.fill(0.0);
            gx.fill(0.0);
            gy.fill(0.0);
            let term = &mut term[..value.len()];
            for t in &TERMS {
                Self::term(t, x, y, term);
                for i in 0..value.len() {
                    let (dx, dy, v) = (x[i] - t[4], y[i] - t[5], self.scale * term[i]);
                    value[i] += v;
                    gx[i] += v * (2.0 * t[1] * dx + t[2] * dy);
                    gy[i] += v * (t[2] * dx + 2.0 * t[3] * dy);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Energy, MullerBrown, Quartic};

    fn value(energy: &dyn Energy, points: &[f64]) -> Vec<f64> {
        let mut value = vec![0.0; points.len() / energy.dimension()];
        energy.value(points, &mut value);
        value
    }

    #[test]
    fn the_closed_forms_are_what_they_say() {
        type Formula = fn(f64) -> f64;
        let x = [-1.7, -1.0, 0.0, 0.4, 2.0];
        let energies: [(Quartic, Formula); 4] = [
            (Quartic::double_well(2.0, 0.5), |x| 2.0 * (x * x - 1.0).powi(2) + 0.5 * x),
            (Quartic::harmonic(3.0), |x| 1.5 * x * x),
            (Quartic::pure_quartic(2.0), |x| 0.5 * x.powi(4)),
            (Quartic::gaussian(0.3, 0.5), |x| (x - 0.3).powi(2) * 2.0),
        ];
        for (energy, formula) in energies {
            for (v, x) in value(&energy, &x).iter().zip(x) {
                assert!((v - formula(x)).abs() < 1e-13, "{energy:?} at {x}: {v}");
            }
        }
    }

    #[test]
    fn gradients_are_slopes() {
        let line: Vec<f64> = (0..90).map(|i| -2.0 + 0.043 * f64::from(i)).collect();
        // A hundred and thirty points of the plane: two whole blocks and a rest.
        let plane: Vec<f64> = (0..130)
            .map(|i| -1.5 + 0.02 * f64::from(i))
            .chain((0..130).map(|i| 1.9 - 0.017 * f64::from(i)))
            .collect();
        let muller_brown = MullerBrown { scale: 0.05 };
        let cases: [(&dyn Energy, &[f64]); 3] = [
            (&Quartic::double_well(2.0, 0.5), &line),
            (&Quartic::gaussian(0.3, 0.5), &line),
            (&muller_brown, &plane),
        ];
        for (energy, points) in cases {
            let n = points.len() / energy.dimension();
            let (mut v, mut gradient) = (vec![0.0; n], vec![0.0; points.len()]);
            energy.value_and_gradient(points, &mut v, &mut gradient);
            assert_eq!(v, value(energy, points));
            let h = 1e-5;
            for axis in 0..energy.dimension() {
                let shifted = |by: f64| {
                    let mut moved = points.to_vec();
                    moved[axis * n..(axis + 1) * n].iter_mut().for_each(|x| *x += by);
                    value(energy, &moved)
                };
                let (up, down) = (shifted(h), shifted(-h));
                for i in 0..n {
                    let slope = (up[i] - down[i]) / (2.0 * h);
                    let off = (gradient[axis * n + i] - slope).abs();
                    assert!(off < 1e-6 * (1.0 + slope.abs()), "axis {axis}, point {i}: {off}");
                }
            }
        }
    }

    #[test]
    fn muller_brown_has_its_minima() {
        let energy = MullerBrown { scale: 1.0 };
        for (x, y, depth) in MullerBrown::MINIMA {
            let (mut v, mut gradient) = ([0.0], [0.0; 2]);
            energy.value_and_gradient(&[x, y], &mut v, &mut gradient);
            // The places have five digits; curvatures are up to 3,000.
            assert!((v[0] - depth).abs() < 1e-5, "{} at ({x}, {y})", v[0]);
            assert!(gradient.iter().all(|g| g.abs() < 0.03), "{gradient:?} at ({x}, {y})");
        }
    }
}
