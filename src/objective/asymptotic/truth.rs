//! The truth as a table, for a formula that is asked for at many noises: the nodes of a quadrature
//! with what every estimator needs at them, computed once.

use crate::data::noise::Noise;
use crate::math::logistic::sigmoid;
use crate::math::quadrature::Grid;
use crate::math::quadrature::pieces::pieces;
use crate::model::exponential::{Family, Features, MOST};
use nalgebra::{DMatrix, SMatrix, SVector};
use std::borrow::Cow;

/// What is known at a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// Where it is.
    pub x: f64,
    /// Its share of the density's mass.
    pub mass: f64,
    /// log p_d(x).
    pub log_density: f64,
    /// t(x).
    pub features: Features,
}

/// A member of a family that is the truth, at the nodes of a quadrature.
#[derive(Clone, Debug)]
pub struct Truth {
    family: Family,
    theta: Features,
    log_z: f64,
    grid: Grid,
    nodes: Vec<Node>,
}

/// theta and c.
const ALL: usize = MOST + 1;
/// Panels over the whole density where a noise is not smooth.
const PANELS: f64 = 128.0;

impl Truth {
    /// The table of a member.
    ///
    /// # Panics
    /// If it is not normalisable.
    #[must_use]
    pub fn new(family: Family, theta: Features) -> Self {
        let grid = family.grid(theta);
        let log_z = family.moments(theta).log_z;
        let mut truth = Self { family, theta, log_z, grid, nodes: Vec::new() };
        truth.nodes = grid.nodes().into_iter().map(|x| truth.node(x, grid.spacing())).collect();
        truth
    }

    fn node(&self, x: f64, weight: f64) -> Node {
        let log_density = self.log_density(x);
        let mass = weight * log_density.exp();
        Node { x, mass, log_density, features: self.family.features(x) }
    }

    /// Nodes for what is smooth but at the `breaks`: where none lies inside, those of the table.
    fn nodes_between(&self, breaks: &[f64]) -> Cow<'_, [Node]> {
        let Grid { low, high, .. } = self.grid;
        if !breaks.iter().any(|x| *x > low && *x < high) {
            return Cow::Borrowed(&self.nodes);
        }
        let nodes = pieces(low, high, breaks, (high - low) / PANELS);
        nodes.into_iter().map(|(x, weight)| self.node(x, weight)).collect()
    }

    /// The nodes, from the left.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The mass outside an interval; all of it where there is none.
    #[must_use]
    pub fn mass_outside(&self, interval: Option<(f64, f64)>) -> f64 {
        let Some((from, to)) = interval else { return 1.0 };
        let nodes = self.nodes_between(&[from, to]);
        let outside = nodes.iter().filter(|n| n.x < from || n.x > to);
        // An empty sum of floats is minus zero.
        0.0 + outside.map(|n| n.mass).sum::<f64>()
    }

    /// `P p_d` at a node, as a mass: the weight of its point in NCE's information.
    fn weight(node: &Node, log_ratio: f64, log_noise: f64) -> f64 {
        node.mass * sigmoid(log_ratio + log_noise - node.log_density)
    }

    fn gradient(&self, node: &Node) -> SVector<f64, ALL> {
        let k = self.family.parameters();
        SVector::from_fn(|i, _| match i {
            _ if i < k => -node.features[i],
            _ if i == k => 1.0,
            _ => 0.0,
        })
    }

    /// The information I and the mean m of NCE, the unknowns' part of them.
    fn sums(
        &self,
        ratio: f64,
        log_noise: &impl Fn(f64) -> f64,
        breaks: &[f64],
    ) -> (DMatrix<f64>, DMatrix<f64>) {
        let mut information = SMatrix::<f64, ALL, ALL>::zeros();
        let mut mean = SVector::<f64, ALL>::zeros();
        for node in self.nodes_between(breaks).iter() {
            let weight = Self::weight(node, ratio.ln(), log_noise(node.x));
            let g = self.gradient(node);
            information += g * g.transpose() * weight;
            mean += g * weight;
        }
        let k = self.family.parameters() + 1;
        (DMatrix::from_fn(k, k, |i, j| information[(i, j)]), DMatrix::from_fn(k, 1, |i, _| mean[i]))
    }

    /// N Cov of (theta, c) under NCE: [`super::nce`].
    #[must_use]
    pub fn nce(&self, ratio: f64, noise: &Noise) -> Option<DMatrix<f64>> {
        self.against(ratio, |x| noise.log_density(&[x]), &noise.breaks(0))
    }

    /// The same where the noise is the truth itself.
    #[must_use]
    pub fn nce_of_itself(&self, ratio: f64) -> Option<DMatrix<f64>> {
        self.against(ratio, |x| self.log_density(x), &[])
    }

    fn log_density(&self, x: f64) -> f64 {
        -self.family.energy(self.theta, x) - self.log_z
    }

    fn against(
        &self,
        ratio: f64,
        log_noise: impl Fn(f64) -> f64,
        breaks: &[f64],
    ) -> Option<DMatrix<f64>> {
        let (information, mean) = self.sums(ratio, &log_noise, breaks);
        let inverse = information.try_inverse()?;
        let pulled = &inverse * mean;
        let covariance = &inverse - &pulled * pulled.transpose() * (1.0 + 1.0 / ratio);
        covariance.iter().all(|v| v.is_finite()).then_some(covariance)
    }

    /// Where along x NCE learns one parameter: at every node the density of `P p_d r^2`, where r is
    /// what is left of the parameter's gradient once the other unknowns have explained what they
    /// can. It integrates to 1 over the parameter's N Var: for theta that is the diagonal entry of
    /// I^-1, as `I^-1 m` has only c's part. Without a noise it is the truth itself. `None` as for
    /// [`Truth::nce`].
    #[must_use]
    pub fn information(
        &self,
        ratio: f64,
        noise: Option<&Noise>,
        parameter: usize,
    ) -> Option<Vec<f64>> {
        let log_noise = |x: f64| match noise {
            Some(noise) => noise.log_density(&[x]),
            None => self.log_density(x),
        };
        let breaks = noise.map_or_else(Vec::new, |n| n.breaks(0));
        let inverse = self.sums(ratio, &log_noise, &breaks).0.try_inverse()?;
        let own = inverse[(parameter, parameter)];
        let residual = |node: &Node| {
            let g = self.gradient(node);
            (0..=self.family.parameters()).map(|j| inverse[(parameter, j)] * g[j]).sum::<f64>()
                / own
        };
        let spacing = self.grid.spacing();
        let density = |node: &Node| {
            Self::weight(node, ratio.ln(), log_noise(node.x)) * residual(node).powi(2) / spacing
        };
        let all: Vec<f64> = self.nodes.iter().map(density).collect();
        all.iter().all(|v| v.is_finite()).then_some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::Truth;
    use crate::data::noise::{Noise, Shape};
    use crate::model::exponential::Family;

    #[test]
    fn what_is_learned_along_x_adds_up_to_what_is_known_of_theta() {
        for (family, theta, at) in
            [(Family::Precision, [1.0, 0.0], 0), (Family::Well, [2.0, 0.5], 1)]
        {
            let truth = Truth::new(family, theta);
            let noise = Noise::new(Shape::Gaussian, &[0.3], &[1.4]);
            let covariance = truth.nce(3.0, &noise).expect("a covariance");
            let along = truth.information(3.0, Some(&noise), at).expect("a density");
            let spacing = truth.nodes()[1].x - truth.nodes()[0].x;
            let total: f64 = along.iter().sum::<f64>() * spacing;
            assert!((total * covariance[(at, at)] - 1.0).abs() < 1e-9, "{family:?}: {total}");
            let halves = (f64::NEG_INFINITY, 0.2);
            let left = 1.0 - truth.mass_outside(Some(halves));
            let right = truth.mass_outside(Some(halves));
            assert!((left + right - 1.0).abs() < 1e-10 && left > 0.5 && right > 0.1);
        }
    }

    #[test]
    fn noise_with_cliffs_or_a_kink_is_integrated_piece_by_piece() {
        // scipy.integrate.quad on both sides of every edge and kink of p_n, epsrel 1e-12, the same
        // formula: N Var of the precision and of c.
        let gaussian = Truth::new(Family::Precision, [1.0, 0.0]);
        for (shape, centre, width, ratio, theta, c) in [
            (Shape::Uniform, 0.0, 0.5, 1.0, 221.586_913_810, 3.687_418_782),
            (Shape::Uniform, 0.0, 0.6, 1.0, 100.956_259_060, 3.185_821_377),
            (Shape::Uniform, 0.0, 0.6, 4.0, 71.726_155_473, 2.240_048_883),
            (Shape::Uniform, 0.0, 1.0, 1.0, 13.523_715_093, 2.306_115_397),
            (Shape::Uniform, 0.0, 2.0, 4.0, 2.447_685_282, 1.074_139_637),
            (Shape::Uniform, 0.0, 4.0, 1.0, 3.771_811_813, 5.185_691_912),
            (Shape::Uniform, 0.5, 1.0, 1.0, 9.355_191_779, 1.843_490_861),
            (Shape::Uniform, 1.0, 0.7, 1.0, 9.617_330_361, 2.880_927_271),
            (Shape::Laplace, 0.0, 0.5, 1.0, 16.561_166_328, 1.214_637_004),
            (Shape::Laplace, 0.0, 1.5, 1.0, 3.092_199_784, 1.045_420_877),
        ] {
            let found = gaussian.nce(ratio, &Noise::new(shape, &[centre], &[width]));
            let found = found.expect("a covariance");
            let off = [found[(0, 0)] / theta - 1.0, found[(1, 1)] / c - 1.0];
            assert!(off.iter().all(|o| o.abs() < 1e-8), "{shape:?} {width} {ratio}: {found}");
        }
        let well = Truth::new(Family::Well, [2.0, 0.5]);
        for (width, expected) in [
            (0.6, [26.998_537_400, 6.119_072_710, 4.548_917_050]),
            (1.0, [17.583_505_770, 3.254_960_160, 3.171_043_410]),
            (2.0, [23.428_868_870, 4.921_737_210, 6.066_574_340]),
        ] {
            let found = well.nce(1.0, &Noise::new(Shape::Uniform, &[0.0], &[width]));
            let found = found.expect("a covariance").diagonal();
            for (f, e) in found.iter().zip(expected) {
                assert!((f / e - 1.0).abs() < 1e-7, "{width}: {found}");
            }
        }
    }

    #[test]
    fn what_the_noise_does_not_cover_is_cut_where_the_noise_ends() {
        let gaussian = Truth::new(Family::Precision, [1.0, 0.0]);
        let outside = |width: f64| {
            gaussian.mass_outside(Noise::new(Shape::Uniform, &[0.0], &[width]).reach(0, -700.0))
        };
        // 2 norm.sf(width sqrt 3) by scipy.
        for (width, share) in
            [(0.5, 0.386_476_230_8), (1.0, 0.083_264_516_7), (2.0, 0.000_532_005_5)]
        {
            assert!((outside(width) - share).abs() < 1e-10, "{width}: {}", outside(width));
        }
        assert!(outside(50.0) == 0.0 && outside(50.0).is_sign_positive());
        assert_eq!(gaussian.mass_outside(None), 1.0);
    }
}
