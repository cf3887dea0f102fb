//! The plainest energy that can be learned: E(x) = a |x|^2 / 2 + b . x on the whole line or plane.
//! All of it is known in closed form: p = N(-b/a, I/a), log Z = (d/2) log(2 pi / a) + |b|^2 / (2 a),
//! and with the model phase scaled by s the minimum of E_data[E] + s log Z is at
//! a = s d / (S - |m|^2 / s), b = -a m / s, where m = E_data[x] and S = E_data[|x|^2].

use std::f64::consts::TAU;

/// Where a and each b begin: wide and off to one side.
const START: (f64, f64) = (0.25, -0.5);

/// The energy, its two parameters and what they are learned from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Harmonic {
    /// a, then b an axis.
    pub(super) parameters: Vec<f64>,
}

/// What the data tell such an energy.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moments {
    /// m, a number an axis.
    pub(super) mean: Vec<f64>,
    /// S.
    pub(super) square: f64,
}

impl Moments {
    /// Of points one after the other.
    pub(super) fn of(points: &[f64], dimensions: usize) -> Self {
        let n = (points.len() / dimensions) as f64;
        let axis = |k: usize| points.iter().skip(k).step_by(dimensions);
        Self {
            mean: (0..dimensions).map(|k| axis(k).sum::<f64>() / n).collect(),
            square: points.iter().map(|x| x * x).sum::<f64>() / n,
        }
    }

    /// a at the minimum of E_data[E] + s log Z; NaN where there is none.
    pub(super) fn best_stiffness(&self, share: f64) -> f64 {
        let spread = self.square - norm2(&self.mean) / share;
        let best = share * self.mean.len() as f64 / spread;
        if share > 0.0 && spread > 0.0 { best } else { f64::NAN }
    }
}

fn norm2(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum()
}

impl Harmonic {
    pub(super) fn new(dimensions: usize) -> Self {
        let mut parameters = vec![START.1; dimensions + 1];
        parameters[0] = START.0;
        Self { parameters }
    }

    /// a: the stiffness of the spring.
    pub(super) fn stiffness(&self) -> f64 {
        self.parameters[0]
    }

    fn pull(&self) -> &[f64] {
        &self.parameters[1..]
    }

    /// E at points one after the other.
    pub(super) fn energies(&self, points: &[f64]) -> Vec<f64> {
        let half = 0.5 * self.stiffness();
        let energy =
            |x: &[f64]| x.iter().zip(self.pull()).map(|(x, b)| half * x * x + b * x).sum::<f64>();
        points.chunks_exact(self.pull().len()).map(energy).collect()
    }

    /// log Z; without end where a is not positive, as the integral is.
    pub(super) fn log_z(&self) -> f64 {
        let (a, d) = (self.stiffness(), self.pull().len() as f64);
        if a > 0.0 { 0.5 * (d * (TAU / a).ln() + norm2(self.pull()) / a) } else { f64::INFINITY }
    }

    /// E_data[E].
    pub(super) fn mean_energy(&self, data: &Moments) -> f64 {
        let linear: f64 = data.mean.iter().zip(self.pull()).map(|(m, b)| m * b).sum();
        0.5 * self.stiffness() * data.square + linear
    }

    /// E_data of dE by the parameters.
    pub(super) fn data_phase(data: &Moments, phase: &mut [f64]) {
        phase[0] = 0.5 * data.square;
        phase[1..].copy_from_slice(&data.mean);
    }

    /// E_model of dE by the parameters: half the model's E|x|^2, and its mean.
    pub(super) fn model_phase(&self, phase: &mut [f64]) {
        let a = self.stiffness();
        phase[0] = 0.5 * (self.pull().len() as f64 / a + norm2(self.pull()) / (a * a));
        phase[1..].iter_mut().zip(self.pull()).for_each(|(to, b)| *to = -b / a);
    }
}

#[cfg(test)]
mod tests {
    use super::{Harmonic, Moments};
    use crate::math::quadrature::Grid;
    use crate::objective::partition::{BoxGrid, log_partition};

    #[test]
    fn the_closed_forms_are_those_of_quadrature() {
        let spring = Harmonic { parameters: vec![0.8, -0.3, 0.5] };
        let plane = BoxGrid::new(&[Grid::new(-14.0, 14.0, 120), Grid::new(-14.0, 14.0, 120)]);
        let energies = spring.energies(plane.points());
        let log_z = log_partition(&energies, plane.weights());
        assert!((spring.log_z() - log_z).abs() < 1e-10);
        let mut phase = [0.0; 3];
        spring.model_phase(&mut phase);
        let mean = |f: &dyn Fn(&[f64]) -> f64| {
            let points = plane.points().chunks(2);
            let values: Vec<f64> =
                points.zip(&energies).map(|(x, e)| f(x) * (-e - log_z).exp()).collect();
            plane.integrate(&values)
        };
        assert!((phase[0] - mean(&|x| 0.5 * (x[0] * x[0] + x[1] * x[1]))).abs() < 1e-10);
        assert!((phase[1] - mean(&|x| x[0])).abs() < 1e-10);
        assert!((phase[2] - mean(&|x| x[1])).abs() < 1e-10);
    }

    #[test]
    fn at_the_best_stiffness_the_phases_cancel() {
        let data = Moments::of(&[0.4, 1.5, -1.0, 0.2, 0.9, -0.8], 1);
        assert!((data.mean[0] - 0.2).abs() < 1e-15 && (data.square - 4.9 / 6.0).abs() < 1e-15);
        for share in [1.0, 0.5] {
            let a = data.best_stiffness(share);
            let spring = Harmonic { parameters: vec![a, -a * data.mean[0] / share] };
            let (mut down, mut up) = ([0.0; 2], [0.0; 2]);
            Harmonic::data_phase(&data, &mut down);
            spring.model_phase(&mut up);
            for (d, u) in down.iter().zip(&up) {
                assert!((d - share * u).abs() < 1e-14, "{down:?} {up:?}");
            }
        }
        assert!(data.best_stiffness(0.0).is_nan() && data.best_stiffness(0.01).is_nan());
    }

    #[test]
    fn without_stiffness_there_is_no_density() {
        assert_eq!(Harmonic { parameters: vec![0.0, 0.1] }.log_z(), f64::INFINITY);
    }
}
