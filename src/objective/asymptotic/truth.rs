//! The truth as a table, for a formula that is asked for at many noises: the nodes of a quadrature
//! with what every estimator needs at them, computed once.

use crate::math::logistic::sigmoid;
use crate::model::exponential::{Family, Features, MOST};
use nalgebra::{DMatrix, SMatrix, SVector};

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
    parameters: usize,
    nodes: Vec<Node>,
}

/// theta and c.
const ALL: usize = MOST + 1;

impl Truth {
    /// The table of a member.
    ///
    /// # Panics
    /// If it is not normalisable.
    #[must_use]
    pub fn new(family: Family, theta: Features) -> Self {
        let grid = family.grid(theta);
        let log_z = family.moments(theta).log_z;
        let node = |x: f64| {
            let log_density = -family.energy(theta, x) - log_z;
            let mass = grid.spacing() * log_density.exp();
            Node { x, mass, log_density, features: family.features(x) }
        };
        let nodes = grid.nodes().into_iter().map(node).collect();
        Self { parameters: family.parameters(), nodes }
    }

    /// The nodes, from the left.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The mass that a test picks out.
    #[must_use]
    pub fn share(&self, picked: impl Fn(f64) -> bool) -> f64 {
        self.nodes.iter().filter(|n| picked(n.x)).map(|n| n.mass).sum()
    }

    /// `P p_d` at a node, as a mass: the weight of its point in NCE's information.
    fn weight(node: &Node, log_ratio: f64, log_noise: f64) -> f64 {
        node.mass * sigmoid(log_ratio + log_noise - node.log_density)
    }

    fn gradient(&self, node: &Node) -> SVector<f64, ALL> {
        let k = self.parameters;
        SVector::from_fn(|i, _| match i {
            _ if i < k => -node.features[i],
            _ if i == k => 1.0,
            _ => 0.0,
        })
    }

    /// The information I and the mean m of NCE, the unknowns' part of them.
    fn sums(&self, ratio: f64, log_noise: &impl Fn(f64) -> f64) -> (DMatrix<f64>, DMatrix<f64>) {
        let mut information = SMatrix::<f64, ALL, ALL>::zeros();
        let mut mean = SVector::<f64, ALL>::zeros();
        for node in &self.nodes {
            let weight = Self::weight(node, ratio.ln(), log_noise(node.x));
            let g = self.gradient(node);
            information += g * g.transpose() * weight;
            mean += g * weight;
        }
        let k = self.parameters + 1;
        (DMatrix::from_fn(k, k, |i, j| information[(i, j)]), DMatrix::from_fn(k, 1, |i, _| mean[i]))
    }

    /// N Cov of (theta, c) under NCE: [`super::nce`].
    #[must_use]
    pub fn nce(&self, ratio: f64, log_noise: impl Fn(f64) -> f64) -> Option<DMatrix<f64>> {
        let (information, mean) = self.sums(ratio, &log_noise);
        let inverse = information.try_inverse()?;
        let pulled = &inverse * mean;
        let covariance = &inverse - &pulled * pulled.transpose() * (1.0 + 1.0 / ratio);
        covariance.iter().all(|v| v.is_finite()).then_some(covariance)
    }

    /// Where along x NCE learns one parameter: at every node the density of `P p_d r^2`, where r is
    /// what is left of the parameter's gradient once the other unknowns have explained what they
    /// can. It integrates to 1 over the parameter's N Var: for theta that is the diagonal entry of
    /// I^-1, as `I^-1 m` has only c's part. `None` as for [`Truth::nce`].
    #[must_use]
    pub fn information(
        &self,
        ratio: f64,
        log_noise: impl Fn(f64) -> f64,
        parameter: usize,
    ) -> Option<Vec<f64>> {
        let inverse = self.sums(ratio, &log_noise).0.try_inverse()?;
        let own = inverse[(parameter, parameter)];
        let residual = |node: &Node| {
            let g = self.gradient(node);
            (0..=self.parameters).map(|j| inverse[(parameter, j)] * g[j]).sum::<f64>() / own
        };
        let spacing = self.nodes[1].x - self.nodes[0].x;
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
            let log_noise = |x: f64| noise.log_density(&[x]);
            let covariance = truth.nce(3.0, log_noise).expect("a covariance");
            let along = truth.information(3.0, log_noise, at).expect("a density");
            let spacing = truth.nodes()[1].x - truth.nodes()[0].x;
            let total: f64 = along.iter().sum::<f64>() * spacing;
            assert!((total * covariance[(at, at)] - 1.0).abs() < 1e-9, "{family:?}: {total}");
            assert!((truth.share(|_| true) - 1.0).abs() < 1e-10);
        }
    }
}
