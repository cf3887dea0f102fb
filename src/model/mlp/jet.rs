//! A perceptron along straight lines: value, slopes and curvature at x + t v of each point x and
//! each of its directions v, forward in one pass, and from there back to the parameters.
//!
//! A jet of second order goes through the layers (Taylor-mode differentiation; Griewank and
//! Walther, Evaluating Derivatives, 2nd ed. 2008, ch. 13). With a = W h + b and dots for d/dt:
//! `h' = silu(a)`, `h'. = silu'(a) a.`, `h'.. = silu'(a) a.. + silu''(a) a.^2`. The second
//! derivative enters linearly, so its sum over all directions of a point is carried as one column:
//! along the axes that sum is the exact Laplacian, along random v it is v' H v.
//!
//! The way back is the reverse of exactly these sums, and needs silu''' once. A batch of n points
//! with K directions is a matrix of n (K + 2) columns: all values, all slopes of direction 1, ...,
//! of direction K, all curvatures. Each layer is then one matrix product.

use super::{Layer, Mlp};
use crate::math::gemm::{Layout, gemm};
use crate::math::vector_math::silu_with_three_derivatives;

/// What [`Mlp::forward_jet`] and [`Mlp::backward_jet`] need, allocated once.
#[derive(Clone, Debug, Default)]
pub struct Jet {
    batch: usize,
    directions: usize,
    curved: bool,
    /// The first layer's input: points, directions, and zeros where curvature is wanted.
    start: Vec<f64>,
    /// A hidden layer each: its jets before the activation, after it, and silu', '' and '''.
    layers: Vec<Hidden>,
    /// Derivatives of the loss on the way back, of a layer's sums and of what it was given.
    by_sums: Vec<f64>,
    by_input: Vec<f64>,
    /// The output's jets, column by column.
    output: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Hidden {
    sums: Vec<f64>,
    active: Vec<f64>,
    derivatives: [Vec<f64>; 3],
}

impl Jet {
    /// For `batch` points with `directions` directions each; second derivatives only if `curved`.
    #[must_use]
    pub fn new(model: &Mlp, batch: usize, directions: usize, curved: bool) -> Self {
        let columns = batch * (directions + 1 + usize::from(curved));
        let widest = model.layers.iter().map(|l| l.inputs.max(l.outputs)).max().unwrap_or(1);
        let hidden = |l: &Layer| Hidden {
            sums: vec![0.0; l.outputs * columns],
            active: vec![0.0; l.outputs * columns],
            derivatives: std::array::from_fn(|_| vec![0.0; l.outputs * batch]),
        };
        Self {
            batch,
            directions,
            curved,
            start: vec![0.0; model.inputs() * columns],
            layers: model.hidden().iter().map(hidden).collect(),
            by_sums: vec![0.0; widest * columns],
            by_input: vec![0.0; widest * columns],
            output: vec![0.0; columns],
        }
    }

    /// Whether it is for this many points and directions, curved or not.
    #[must_use]
    pub fn fits(&self, batch: usize, directions: usize, curved: bool) -> bool {
        self.batch == batch && self.directions == directions && self.curved == curved
    }

    fn columns(&self) -> usize {
        self.output.len()
    }

    /// The energy of each point.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.output[..self.batch]
    }

    /// The derivative along the direction of this index, of each point.
    #[must_use]
    pub fn slopes(&self, direction: usize) -> &[f64] {
        &self.output[(direction + 1) * self.batch..(direction + 2) * self.batch]
    }

    /// The sum of the second derivatives along all directions, of each point; empty unless curved.
    #[must_use]
    pub fn curvatures(&self) -> &[f64] {
        &self.output[(self.directions + 1) * self.batch..]
    }
}

impl Mlp {
    /// The jets of a batch: `points` is batch by inputs, `directions` the first direction of every
    /// point (batch by inputs), then the second of every point, and so on.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn forward_jet(&self, points: &[f64], directions: &[f64], jet: &mut Jet) {
        let columns = jet.columns();
        let numbers = jet.batch * self.inputs();
        assert!(points.len() == numbers && directions.len() == numbers * jet.directions);
        jet.start[..numbers].copy_from_slice(points);
        jet.start[numbers..numbers * (jet.directions + 1)].copy_from_slice(directions);
        for (index, layer) in self.layers.iter().enumerate() {
            let (before, after) = jet.layers.split_at_mut(index);
            let from = before.last().map_or(&jet.start, |h| &h.active);
            let from = (&from[..], Layout::by_columns(layer.inputs, columns));
            let (weight, shape) = layer.weight();
            let weight = (&self.parameters[weight], shape);
            let Some(hidden) = after.first_mut() else {
                let to = (&mut jet.output[..], Layout::by_columns(1, columns));
                gemm(1.0, weight, from, 0.0, to);
                return;
            };
            let to_at = Layout::by_columns(layer.outputs, columns);
            gemm(1.0, weight, from, 0.0, (&mut hidden.sums, to_at));
            let values = layer.outputs * jet.batch;
            for column in hidden.sums[..values].chunks_exact_mut(layer.outputs) {
                let bias = &self.parameters[layer.bias()];
                column.iter_mut().zip(bias).for_each(|(s, b)| *s += b);
            }
            hidden.activate(values, jet.directions, jet.curved);
        }
    }

    /// From the derivatives of a loss by the slopes (direction after direction, a number a point)
    /// and by the curvatures of the last [`Mlp::forward_jet`], to those by the parameters, which
    /// are added to `gradient`.
    ///
    /// # Panics
    /// If the lengths do not fit.
    pub fn backward_jet(
        &self,
        by_slopes: &[f64],
        by_curvatures: &[f64],
        jet: &mut Jet,
        gradient: &mut [f64],
    ) {
        let columns = jet.columns();
        assert!(by_slopes.len() == jet.batch * jet.directions);
        assert!(by_curvatures.len() == if jet.curved { jet.batch } else { 0 });
        assert!(gradient.len() == self.parameters.len());
        let slopes_end = jet.batch * (jet.directions + 1);
        jet.by_sums[..jet.batch].fill(0.0);
        jet.by_sums[jet.batch..slopes_end].copy_from_slice(by_slopes);
        jet.by_sums[slopes_end..columns].copy_from_slice(by_curvatures);
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let (weight, shape) = layer.weight();
            let by = &jet.by_sums[..layer.outputs * columns];
            let by_at = Layout::by_columns(layer.outputs, columns);
            let from = if index == 0 { &jet.start } else { &jet.layers[index - 1].active };
            let from_at = Layout::by_columns(layer.inputs, columns).transposed();
            let to = (&mut gradient[weight.clone()], shape);
            gemm(1.0, (by, by_at), (from, from_at), 1.0, to);
            if index + 1 < self.layers.len() {
                let sums = &mut gradient[layer.bias()];
                for column in by[..layer.outputs * jet.batch].chunks_exact(layer.outputs) {
                    sums.iter_mut().zip(column).for_each(|(s, d)| *s += d);
                }
            }
            if index == 0 {
                return;
            }
            let weight = (&self.parameters[weight], shape.transposed());
            let back = &mut jet.by_input[..layer.inputs * columns];
            gemm(1.0, weight, (by, by_at), 0.0, (back, Layout::by_columns(layer.inputs, columns)));
            let values = layer.inputs * jet.batch;
            let hidden = &jet.layers[index - 1];
            hidden.back(back, &mut jet.by_sums, values, jet.directions, jet.curved);
        }
    }
}

impl Hidden {
    /// From the jets of the sums to those of the units; `values` numbers make one part.
    fn activate(&mut self, values: usize, directions: usize, curved: bool) {
        let (at, rest) = self.sums.split_at(values);
        let (to, to_rest) = self.active.split_at_mut(values);
        let [first, second, third] = &mut self.derivatives;
        silu_with_three_derivatives(at, [to, first, second, third]);
        let (slopes, curvature) = rest.split_at(values * directions);
        let (to_slopes, to_curvature) = to_rest.split_at_mut(values * directions);
        if curved {
            to_curvature.copy_from_slice(curvature);
            to_curvature.iter_mut().zip(&*first).for_each(|(t, f)| *t *= f);
        }
        let parts = slopes.chunks_exact(values).zip(to_slopes.chunks_exact_mut(values));
        for (slope, to) in parts {
            for ((t, s), f) in to.iter_mut().zip(slope).zip(&*first) {
                *t = s * f;
            }
            if curved {
                for ((t, s), f) in to_curvature.iter_mut().zip(slope).zip(&*second) {
                    *t += s * s * f;
                }
            }
        }
    }

    /// From derivatives by the units' jets to those by the sums' jets.
    fn back(
        &self,
        by_active: &[f64],
        by_sums: &mut [f64],
        values: usize,
        directions: usize,
        curved: bool,
    ) {
        let [first, second, third] = &self.derivatives;
        let end = values * (directions + 1);
        let (by_value, by_rest) = by_sums.split_at_mut(values);
        for ((to, by), f) in by_value.iter_mut().zip(by_active).zip(first) {
            *to = by * f;
        }
        let by_curvature = &by_active[end..][..if curved { values } else { 0 }];
        if curved {
            let sums = &self.sums[end..end + values];
            let to = &mut by_rest[end - values..end];
            for (i, (to, by)) in to.iter_mut().zip(by_curvature).enumerate() {
                *to = by * first[i];
                by_value[i] += by * second[i] * sums[i];
            }
        }
        for direction in 0..directions {
            let from = values * (direction + 1);
            let slope = &self.sums[from..from + values];
            let by = &by_active[from..from + values];
            let to = &mut by_rest[from - values..from];
            for i in 0..values {
                to[i] = by[i] * first[i];
                by_value[i] += by[i] * second[i] * slope[i];
            }
            for (i, by) in by_curvature.iter().enumerate() {
                to[i] += 2.0 * by * second[i] * slope[i];
                by_value[i] += by * third[i] * slope[i] * slope[i];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Jet, Mlp};
    use crate::math::rng::stream;
    use crate::model::mlp::Workspace;

    fn wave(count: usize, phase: f64) -> Vec<f64> {
        (0..count).map(|i| (1.7 * i as f64 + phase).sin()).collect()
    }

    /// The energies by the plain forward pass.
    fn plain(model: &Mlp, points: &[f64]) -> Vec<f64> {
        let batch = points.len() / model.inputs();
        let mut energies = vec![0.0; batch];
        model.forward(points, &mut Workspace::new(model, batch), &mut energies);
        energies
    }

    #[test]
    fn values_slopes_and_curvatures_are_those_of_finite_differences() {
        for (inputs, width, depth, directions) in [(1, 4, 1, 1), (2, 9, 2, 2), (3, 6, 3, 1)] {
            let model = Mlp::new(inputs, width, depth, &mut stream(4, 0));
            let (batch, h) = (5, 1e-4);
            let points = wave(batch * inputs, 0.3);
            let along = wave(batch * inputs * directions, 1.1);
            let mut jet = Jet::new(&model, batch, directions, true);
            model.forward_jet(&points, &along, &mut jet);
            let here = plain(&model, &points);
            let mut second = vec![0.0; batch];
            for (k, v) in along.chunks_exact(batch * inputs).enumerate() {
                let at = |t: f64| {
                    let moved: Vec<f64> = points.iter().zip(v).map(|(x, v)| x + t * v).collect();
                    plain(&model, &moved)
                };
                let (above, below) = (at(h), at(-h));
                for i in 0..batch {
                    let slope = (above[i] - below[i]) / (2.0 * h);
                    assert!((slope - jet.slopes(k)[i]).abs() < 1e-7, "slope {slope}");
                    second[i] += (above[i] - 2.0 * here[i] + below[i]) / (h * h);
                }
            }
            for i in 0..batch {
                assert!((here[i] - jet.values()[i]).abs() < 1e-13);
                assert!((second[i] - jet.curvatures()[i]).abs() < 1e-5, "curvature {}", second[i]);
            }
        }
    }

    #[test]
    fn the_way_back_is_the_finite_difference_in_every_parameter() {
        for (inputs, width, depth, directions, curved) in
            [(1, 1, 1, 1, true), (1, 7, 2, 1, true), (2, 8, 3, 2, true), (2, 6, 2, 3, false)]
        {
            let mut model = Mlp::new(inputs, width, depth, &mut stream(5, 0));
            let batch = 4;
            let points = wave(batch * inputs, 0.7);
            let along = wave(batch * inputs * directions, 2.1);
            let by_slopes = wave(batch * directions, 0.2);
            let by_curvatures = if curved { wave(batch, 1.9) } else { Vec::new() };
            let mut jet = Jet::new(&model, batch, directions, curved);
            let mut gradient = vec![0.0; model.parameters().len()];
            model.forward_jet(&points, &along, &mut jet);
            model.backward_jet(&by_slopes, &by_curvatures, &mut jet, &mut gradient);
            let mut loss = |model: &Mlp| {
                model.forward_jet(&points, &along, &mut jet);
                let slopes = &jet.output[batch..batch * (directions + 1)];
                slopes.iter().zip(&by_slopes).map(|(a, b)| a * b).sum::<f64>()
                    + jet.curvatures().iter().zip(&by_curvatures).map(|(a, b)| a * b).sum::<f64>()
            };
            let largest = gradient.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
            let h = 1e-5;
            for (i, g) in gradient.iter().enumerate() {
                let at = model.parameters()[i];
                model.parameters_mut()[i] = at + h;
                let above = loss(&model);
                model.parameters_mut()[i] = at - h;
                let below = loss(&model);
                model.parameters_mut()[i] = at;
                let difference = (above - below) / (2.0 * h);
                let off = (difference - g).abs();
                assert!(off < 1e-8 * largest, "{inputs}-{width}-{depth}, {i}: {off} of {largest}");
            }
        }
    }
}
