//! Maximum likelihood, exactly: `NLL = E_data[E] + log Z`, and with respect to the energies
//! `dNLL/dE(x) = p_data(x) - p_model(x)`, hence to any parameter `E_data[dE] - E_model[dE]`.
//!
//! The model expectation is a sum over a grid: exact to the quadrature's error, and affordable in
//! one or two dimensions only. LeCun, Chopra, Hadsell, Ranzato and Huang, A tutorial on
//! energy-based learning, 2006; Hinton, Neural Computation 14, 2002 (the two phases).

use super::partition::log_partition;

/// The negative log-likelihood and its parts, in nats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likelihood {
    /// `-E_data[log p]`.
    pub nll: f64,
    /// log Z.
    pub log_z: f64,
    /// `E_data[E]`.
    pub mean_energy: f64,
}

/// The exact negative log-likelihood from the energies at the data and at the nodes of a grid.
/// Where they are given, `by_data` and `by_nodes` get dNLL/dE at each: 1/n at a datum (what stands
/// there sinks), -w_j p(x_j) at a node (what the model holds likely rises). A model's backward pass
/// takes them from there.
///
/// # Panics
/// If the lengths do not match or there is no datum.
pub fn likelihood(
    data: &[f64],
    nodes: &[f64],
    weights: &[f64],
    by_data: &mut [f64],
    by_nodes: &mut [f64],
) -> Likelihood {
    assert!(!data.is_empty() && data.len() == by_data.len());
    assert!(nodes.len() == weights.len() && nodes.len() == by_nodes.len());
    let log_z = log_partition(nodes, weights);
    let share = 1.0 / data.len() as f64;
    by_data.fill(share);
    for ((by, e), w) in by_nodes.iter_mut().zip(nodes).zip(weights) {
        *by = -w * (-e - log_z).exp();
    }
    let mean_energy = data.iter().sum::<f64>() * share;
    Likelihood { nll: mean_energy + log_z, log_z, mean_energy }
}

/// Mean and standard error of -log p over points that were not trained on: their energies, log Z.
#[must_use]
pub fn held_out(energies: &[f64], log_z: f64) -> (f64, f64) {
    let n = energies.len() as f64;
    let mean = energies.iter().sum::<f64>() / n;
    let square = energies.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    (mean + log_z, (square / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::{held_out, likelihood};
    use crate::math::quadrature::Grid;
    use crate::math::rng::stream;
    use crate::model::mlp::{Mlp, Workspace};
    use crate::objective::partition::BoxGrid;

    fn by_energies(data: &[f64], nodes: &[f64], weights: &[f64]) -> super::Likelihood {
        let (mut a, mut b) = (vec![0.0; data.len()], vec![0.0; nodes.len()]);
        likelihood(data, nodes, weights, &mut a, &mut b)
    }

    fn gradient_is_right(grid: &BoxGrid, data: &[f64]) {
        let dimensions = grid.axes().len();
        let mut model = Mlp::new(dimensions, 6, 2, &mut stream(5, 0));
        let points: Vec<f64> = [data, grid.points()].concat();
        let n = data.len() / dimensions;
        let batch = points.len() / dimensions;
        let mut work = Workspace::new(&model, batch);
        let mut energies = vec![0.0; batch];
        let mut by = vec![0.0; batch];
        let mut gradient = vec![0.0; model.parameters().len()];
        model.forward(&points, &mut work, &mut energies);
        let (by_data, by_nodes) = by.split_at_mut(n);
        likelihood(&energies[..n], &energies[n..], grid.weights(), by_data, by_nodes);
        model.backward(&points, &mut work, &by, &mut gradient, None);
        let largest = gradient.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
        let h = 1e-5;
        for (i, g) in gradient.iter().enumerate() {
            let at = model.parameters()[i];
            let [above, below] = [at + h, at - h].map(|theta| {
                model.parameters_mut()[i] = theta;
                model.forward(&points, &mut work, &mut energies);
                by_energies(&energies[..n], &energies[n..], grid.weights()).nll
            });
            model.parameters_mut()[i] = at;
            let difference = (above - below) / (2.0 * h);
            assert!((difference - g).abs() < 1e-6 * largest, "{i}: {difference} {g}");
        }
    }

    #[test]
    fn the_gradient_is_the_data_phase_less_the_model_phase() {
        let data: Vec<f64> = (0..24).map(|i| (1.7 * f64::from(i)).sin() * 1.5).collect();
        gradient_is_right(&BoxGrid::new(&[Grid::new(-4.0, 4.0, 80)]), &data);
        let axis = Grid::new(-4.0, 4.0, 24);
        gradient_is_right(&BoxGrid::new(&[axis, axis]), &data);
    }

    #[test]
    fn it_is_the_kl_divergence_plus_the_entropy() {
        // Data N(m, s^2) as weights on the grid, model N(0, 1): KL = ln(1/s) + (s^2 + m^2 - 1)/2,
        // entropy ln(s sqrt(2 pi e)), both in closed form.
        let grid = BoxGrid::new(&[Grid::new(-12.0, 12.0, 400)]);
        let nodes: Vec<f64> = grid.points().iter().map(|x| 0.5 * x * x).collect();
        let (m, s) = (0.7, 0.6);
        let density = |x: f64| {
            (-0.5 * ((x - m) / s).powi(2)).exp() / (s * (2.0 * std::f64::consts::PI).sqrt())
        };
        let p: Vec<f64> = grid.points().iter().map(|x| density(*x)).collect();
        let log_z = by_energies(&[0.0], &nodes, grid.weights()).log_z;
        let cross: Vec<f64> = nodes.iter().zip(&p).map(|(e, p)| p * (e + log_z)).collect();
        let kl = -s.ln() + 0.5 * (s * s + m * m - 1.0);
        let entropy = s.ln() + 0.5 * (1.0 + (2.0 * std::f64::consts::PI).ln());
        assert!((grid.integrate(&cross) - (kl + entropy)).abs() < 1e-12);
    }

    #[test]
    fn the_phases_cancel_so_a_constant_is_never_learned() {
        let grid = BoxGrid::new(&[Grid::new(-3.0, 3.0, 50)]);
        let nodes: Vec<f64> = grid.points().iter().map(|x| x.cos()).collect();
        let (mut a, mut b) = ([0.0; 3], vec![0.0; 50]);
        let plain = likelihood(&[1.0, 2.0, 0.5], &nodes, grid.weights(), &mut a, &mut b);
        assert!((a.iter().chain(&b).sum::<f64>()).abs() < 1e-14);
        let lifted: Vec<f64> = nodes.iter().map(|e| e + 7.0).collect();
        let same = by_energies(&[8.0, 9.0, 7.5], &lifted, grid.weights());
        assert!((same.nll - plain.nll).abs() < 1e-13);
        assert!((same.log_z - (plain.log_z - 7.0)).abs() < 1e-13);
    }

    #[test]
    fn the_held_out_error_is_that_of_a_mean() {
        let (mean, error) = held_out(&[1.0, 2.0, 3.0], 0.5);
        assert!((mean - 2.5).abs() < 1e-15 && (error - (1f64 / 3.0).sqrt()).abs() < 1e-15);
    }
}
