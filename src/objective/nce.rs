//! Noise-contrastive estimation: learn a density, its normaliser included, by telling data from
//! noise.
//!
//! With N data x_i and nu N draws y_j of a noise of known density p_n,
//! `G(u) = -E(u) + c - log nu - log p_n(u)` is the logit of "u is a datum", and
//! `loss = (1/N) (sum_i softplus(-G(x_i)) + sum_j softplus(G(y_j)))`. Both sums are sums: to average
//! the noise terms is to set nu = 1 behind one's own back. c is a parameter like any other and comes
//! out as -log Z.
//!
//! Gutmann and Hyvarinen, Noise-contrastive estimation of unnormalized statistical models, JMLR 13,
//! 2012.

pub mod fused;
pub mod newton;

use crate::math::logistic::{sigmoid, softplus};

/// The classic mistakes, to be made on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    /// The noise terms are averaged over the noise and not summed.
    pub averaged: bool,
    /// log nu is left out of the logit.
    pub no_log_ratio: bool,
    /// log p_n is left out of the logit.
    pub no_noise_density: bool,
}

impl Mistakes {
    /// What the logit has beside `-E + c`: `-log nu - log p_n`, as far as it is not left out.
    #[must_use]
    pub fn offset(self, ratio: f64, log_noise: f64) -> f64 {
        let log_ratio = if self.no_log_ratio { 0.0 } else { ratio.ln() };
        let log_noise = if self.no_noise_density { 0.0 } else { log_noise };
        -log_ratio - log_noise
    }

    /// What a noise term weighs beside a datum's 1, at `ratio` draws a datum.
    #[must_use]
    pub fn noise_weight(self, ratio: f64) -> f64 {
        if self.averaged { 1.0 / ratio } else { 1.0 }
    }
}

/// The loss of a batch, in nats a datum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loss {
    /// The part of the data.
    pub data: f64,
    /// The part of the noise.
    pub noise: f64,
    /// The share of points told right, a data point and a noise point counting alike.
    pub accuracy: f64,
}

impl Loss {
    /// Both parts together.
    #[must_use]
    pub fn total(self) -> f64 {
        self.data + self.noise
    }
}

/// The loss from the logits G of data and noise, which are replaced by its derivatives by them. A
/// noise term weighs `noise_weight` beside a datum's 1 (see [`Mistakes::noise_weight`]).
///
/// A logit of plus infinity (p_n = 0 there) costs nothing at a datum, and pulls at nothing.
pub fn loss(data: &mut [f64], noise: &mut [f64], noise_weight: f64) -> Loss {
    let scale = 1.0 / data.len().max(1) as f64;
    let right =
        data.iter().filter(|g| **g > 0.0).count() + noise.iter().filter(|g| **g <= 0.0).count();
    let accuracy = right as f64 / (data.len() + noise.len()).max(1) as f64;
    let mut of_data = 0.0;
    for g in data {
        of_data += scale * softplus(-*g);
        *g = -scale * sigmoid(-*g);
    }
    let mut of_noise = 0.0;
    for g in noise {
        of_noise += scale * noise_weight * softplus(*g);
        *g = scale * noise_weight * sigmoid(*g);
    }
    Loss { data: of_data, noise: of_noise, accuracy }
}

#[cfg(test)]
mod tests {
    use super::{Mistakes, loss};
    use crate::math::quadrature::Grid;

    fn log_normal(x: f64, variance: f64) -> f64 {
        -0.5 * (x * x / variance + (std::f64::consts::TAU * variance).ln())
    }

    #[test]
    fn derivatives_are_those_of_finite_differences() {
        let (data, noise) = ([0.3, -1.2, 4.0], [0.1, -2.0, 1.5, 0.0, -0.4, 30.0]);
        let weight = 0.5;
        let value = |data: &[f64], noise: &[f64]| {
            loss(&mut data.to_vec(), &mut noise.to_vec(), weight).total()
        };
        let (mut by_data, mut by_noise) = (data, noise);
        loss(&mut by_data, &mut by_noise, weight);
        let h = 1e-6;
        for i in 0..data.len() {
            let at = |by: f64| {
                let mut moved = data;
                moved[i] += by;
                value(&moved, &noise)
            };
            assert!(((at(h) - at(-h)) / (2.0 * h) - by_data[i]).abs() < 1e-8);
        }
        for j in 0..noise.len() {
            let at = |by: f64| {
                let mut moved = noise;
                moved[j] += by;
                value(&data, &moved)
            };
            assert!(((at(h) - at(-h)) / (2.0 * h) - by_noise[j]).abs() < 1e-8);
        }
    }

    #[test]
    fn the_floor_of_two_gaussians_is_that_of_quadrature() {
        // Data N(0,1), noise N(0,4), nu = 1, the true densities as logits: 1.20082760 and the
        // Bayes accuracy .66133728 by scipy.integrate.quad. Here as sums over a fine grid, where a
        // node's mass stands for its share of points.
        let grid = Grid::new(-30.0, 30.0, 60_001);
        let (mut total, mut right) = (0.0, 0.0);
        for x in grid.nodes() {
            let (p, q) = (log_normal(x, 1.0), log_normal(x, 4.0));
            let offset = Mistakes::default().offset(1.0, q);
            let (mut data, mut noise) = ([p + offset], [p + offset]);
            let at = loss(&mut data, &mut noise, 1.0);
            total += grid.spacing() * (p.exp() * at.data + q.exp() * at.noise);
            right += 0.5 * grid.spacing() * if p > q { p.exp() } else { q.exp() };
        }
        assert!((total - 1.200_827_60).abs() < 1e-8, "{total}");
        assert!((right - 0.661_337_28).abs() < 1e-6, "{right}");
    }

    #[test]
    fn a_mistake_changes_what_it_names() {
        let right = Mistakes::default();
        assert_eq!(right.offset(10.0, -2.0), 2.0 - 10f64.ln());
        assert_eq!(Mistakes { no_log_ratio: true, ..right }.offset(10.0, -2.0), 2.0);
        assert_eq!(Mistakes { no_noise_density: true, ..right }.offset(10.0, -2.0), -10f64.ln());
        assert_eq!(Mistakes { averaged: true, ..right }.noise_weight(10.0), 0.1);
        assert_eq!(right.noise_weight(10.0), 1.0);
    }

    #[test]
    fn where_the_noise_never_falls_the_loss_stays_finite() {
        let (mut data, mut noise) = ([f64::INFINITY, 0.0], [0.0]);
        let at = loss(&mut data, &mut noise, 1.0);
        assert!(at.total().is_finite() && data[0] == 0.0);
    }
}
