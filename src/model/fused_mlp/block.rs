//! Passes of the perceptron over a block of up to 64 points.
//!
//! A block lies with its points side by side: a row holds one unit's numbers for all points, four
//! groups of sixteen. So a layer is a product of a matrix of weights, broadcast a number at a time,
//! with rows that stay in the cache ([`super::product`]), and bias, SiLU and its derivative are put
//! on before it leaves the registers (`layers`).

use super::FusedMlp;
use super::layers::{Back, First, Second, Slope};
use super::product::{BLOCK, GROUPS, Row, ZEROS, product, turn, turn_matrix};
use super::sums::{Sums, outer};
use crate::math::simd::{Lanes16, Line};

const ONES: Row = [Line([1.0; 16]); GROUPS];

/// The parameters as the passes read them.
#[derive(Clone, Copy, Debug)]
pub struct Net<'a> {
    /// Numbers of a point.
    pub inputs: usize,
    /// Units of a hidden layer.
    pub width: usize,
    pub(super) bowl: f32,
    w1: &'a [f32],
    pub(super) b1: &'a [f32],
    w2: &'a [f32],
    pub(super) b2: &'a [f32],
    pub(super) w3: &'a [f32],
    w1_transposed: &'a [f32],
    w2_transposed: &'a [f32],
}

impl<'a> Net<'a> {
    /// Of a model; `transposed` is a buffer for the matrices the other way round.
    #[inline(always)]
    pub fn new<S: Lanes16>(model: &'a FusedMlp, transposed: &'a mut Vec<f32>) -> Self {
        Self::turn::<S>(model, transposed);
        Self::turned(model, transposed)
    }

    /// Turns the matrices.
    #[inline(always)]
    pub fn turn<S: Lanes16>(model: &FusedMlp, transposed: &mut Vec<f32>) {
        let (inputs, width) = (model.inputs, model.width);
        transposed.resize((inputs + width) * width, 0.0);
        let (w1, rest) = model.parameters.split_at(inputs * width);
        let (first, second) = transposed.split_at_mut(inputs * width);
        turn_matrix::<S>(w1, width, first);
        turn_matrix::<S>(&rest[width..][..width * width], width, second);
    }

    /// Of a model whose matrices have been turned by [`Self::turn`].
    #[inline(always)]
    pub fn turned(model: &'a FusedMlp, transposed: &'a [f32]) -> Self {
        let (inputs, width) = (model.inputs, model.width);
        let (w1, rest) = model.parameters.split_at(inputs * width);
        let (b1, rest) = rest.split_at(width);
        let (w2, rest) = rest.split_at(width * width);
        let (b2, w3) = rest.split_at(width);
        let (w1_transposed, w2_transposed) = transposed.split_at(inputs * width);
        Self { inputs, width, bowl: model.bowl, w1, b1, w2, b2, w3, w1_transposed, w2_transposed }
    }
}

/// What a thread needs for a block.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The coordinates, and a row of ones.
    x: Vec<Row>,
    /// The units of the first layer, and a row of ones.
    first: Vec<Row>,
    /// Their derivatives.
    first_slope: Vec<Row>,
    /// The units of the second layer.
    second: Vec<Row>,
    /// dE/dz of the first layer and of the second.
    first_delta: Vec<Row>,
    second_delta: Vec<Row>,
    /// One of those the other way round: a point's units side by side.
    delta_transposed: Vec<Line>,
    energies: Row,
    slopes: Vec<Row>,
    weights: Row,
    /// How many groups of points are in use.
    groups: usize,
    /// Room for random numbers.
    pub noise: Vec<f32>,
}

impl Workspace {
    /// For perceptrons of this size.
    #[must_use]
    pub fn new(inputs: usize, width: usize) -> Self {
        let padded = 16 * width.div_ceil(16);
        let mut x = vec![ZEROS; inputs + 1];
        x[inputs] = ONES;
        let mut first = vec![ZEROS; width + 1];
        first[width] = ONES;
        Self {
            x,
            first,
            first_slope: vec![ZEROS; width],
            second: vec![ZEROS; width],
            first_delta: vec![ZEROS; padded],
            second_delta: vec![ZEROS; padded],
            delta_transposed: vec![Line::ZERO; BLOCK * padded / 16],
            energies: ZEROS,
            slopes: vec![ZEROS; inputs],
            weights: ZEROS,
            groups: 0,
            noise: Vec::new(),
        }
    }

    /// Takes in up to 64 points, rows one after the other.
    pub fn load(&mut self, points: &[f32]) {
        let inputs = self.slopes.len();
        let n = points.len() / inputs;
        assert!(n <= BLOCK);
        self.groups = n.div_ceil(16);
        self.x[..inputs].fill(ZEROS);
        for (p, point) in points.chunks_exact(inputs).enumerate() {
            for (row, v) in self.x.iter_mut().zip(point) {
                row[p / 16].0[p % 16] = *v;
            }
        }
    }

    /// Gives each point its weight in the gradient; the rest of the block gets none.
    pub fn weigh(&mut self, weights: &[f32]) {
        self.weights = ZEROS;
        for (p, w) in weights.iter().enumerate() {
            self.weights[p / 16].0[p % 16] = *w;
        }
    }

    /// The points as they are now.
    pub fn unload(&self, points: &mut [f32]) {
        rows_to_points(&self.x[..self.slopes.len()], points);
    }

    /// The slopes of the last pass that found them.
    pub fn unload_slopes(&self, slopes: &mut [f32]) {
        rows_to_points(&self.slopes, slopes);
    }

    /// The energies of the last pass that found them.
    pub fn unload_energies(&self, energies: &mut [f32]) {
        for (p, e) in energies.iter_mut().enumerate() {
            *e = self.energies[p / 16].0[p % 16];
        }
    }

    /// The energy of each point, and nothing else.
    #[inline(always)]
    pub fn energies<S: Lanes16>(&mut self, net: Net<'_>) {
        self.first::<S, false>(net);
        self.energies = ZEROS;
        let mut second = Second::<'_, false, true, false> {
            net,
            units: &mut [],
            delta: &mut [],
            energies: &mut self.energies,
        };
        let (rows, _) = self.first.split_at(net.width);
        product::<S, _>(net.w2_transposed, net.width, rows, self.groups, &mut second);
        self.add_bowl::<S>(net);
    }

    /// dE/dx of each point, and its energy if that is wanted.
    #[inline(always)]
    pub fn slopes<S: Lanes16, const ENERGY: bool>(&mut self, net: Net<'_>) {
        self.up::<S, ENERGY, false>(net);
        self.back::<S>(net);
        let mut slope = Slope { bowl: net.bowl, x: &self.x, slopes: &mut self.slopes };
        let (rows, _) = self.first_delta.split_at(net.width);
        product::<S, _>(net.w1, net.inputs, rows, self.groups, &mut slope);
    }

    /// The energy of each point; its weight times dE/dtheta is added to the sums.
    #[inline(always)]
    pub fn gradient<S: Lanes16>(&mut self, net: Net<'_>, sums: &mut Sums) {
        self.forward::<S>(net);
        self.backward::<S>(net, sums);
    }

    /// The first half of [`Self::gradient`]: the energy of each point. The weights may be made from
    /// it, and given by [`Self::weigh`] before the second half.
    #[inline(always)]
    pub fn forward<S: Lanes16>(&mut self, net: Net<'_>) {
        self.up::<S, true, true>(net);
    }

    /// The second half: each point's weight times dE/dtheta is added to the sums.
    #[inline(always)]
    pub fn backward<S: Lanes16>(&mut self, net: Net<'_>, sums: &mut Sums) {
        let groups = self.groups;
        let rows = self.second_delta.iter_mut().zip(&self.second).zip(&mut sums.last);
        for ((delta, units), last) in rows {
            let mut sum = S::load(last);
            for g in 0..groups {
                let weight = S::load(&self.weights[g]);
                S::load(&delta[g]).times(weight).store(&mut delta[g]);
                sum = S::load(&units[g]).mul_add(weight, sum);
            }
            sum.store(last);
        }
        self.back::<S>(net);
        let across = sums.across;
        turn::<S>(&self.second_delta, groups, &mut self.delta_transposed);
        outer::<S>(&self.first, groups, &self.delta_transposed, across, &mut sums.second);
        turn::<S>(&self.first_delta, groups, &mut self.delta_transposed);
        outer::<S>(&self.x, groups, &self.delta_transposed, across, &mut sums.first);
    }

    /// `x' = x - step slope + noise xi`, kept within the bound; `xi` has a row a coordinate.
    #[inline(always)]
    pub fn advance<S: Lanes16>(&mut self, step: f32, noise: f32, bound: f32, xi: &[f32]) {
        let (step, noise) = (S::splat(-step), S::splat(noise));
        let (low, high) = (S::splat(-bound), S::splat(bound));
        let groups = self.groups;
        let xi = xi.chunks_exact(16 * groups);
        for ((x, slope), xi) in self.x.iter_mut().zip(&self.slopes).zip(xi) {
            for ((x, slope), xi) in x.iter_mut().zip(slope).zip(xi.as_chunks::<16>().0) {
                let pushed = S::load(slope).mul_add(step, S::load(x));
                let moved = S::load(&Line(*xi)).mul_add(noise, pushed);
                moved.within(low, high).store(x);
            }
        }
    }

    /// How many random numbers a step of [`Self::advance`] takes.
    #[must_use]
    pub fn noise_of_a_step(&self) -> usize {
        16 * self.groups * self.slopes.len()
    }

    #[inline(always)]
    fn first<S: Lanes16, const SLOPE: bool>(&mut self, net: Net<'_>) {
        let mut first =
            First::<'_, SLOPE> { net, units: &mut self.first, slopes: &mut self.first_slope };
        let (rows, _) = self.x.split_at(net.inputs);
        product::<S, _>(net.w1_transposed, net.width, rows, self.groups, &mut first);
    }

    /// Through both layers, with what the way back needs: dE/dz of the second layer, and its units
    /// if they are wanted.
    #[inline(always)]
    fn up<S: Lanes16, const ENERGY: bool, const UNITS: bool>(&mut self, net: Net<'_>) {
        self.first::<S, true>(net);
        self.energies = ZEROS;
        let mut second = Second::<'_, true, ENERGY, UNITS> {
            net,
            units: &mut self.second,
            delta: &mut self.second_delta,
            energies: &mut self.energies,
        };
        let (rows, _) = self.first.split_at(net.width);
        product::<S, _>(net.w2_transposed, net.width, rows, self.groups, &mut second);
        if ENERGY {
            self.add_bowl::<S>(net);
        }
    }

    /// From dE/dz of the second layer to that of the first.
    #[inline(always)]
    fn back<S: Lanes16>(&mut self, net: Net<'_>) {
        let mut back = Back { slopes: &self.first_slope, delta: &mut self.first_delta };
        let (rows, _) = self.second_delta.split_at(net.width);
        product::<S, _>(net.w2, net.width, rows, self.groups, &mut back);
    }

    #[inline(always)]
    fn add_bowl<S: Lanes16>(&mut self, net: Net<'_>) {
        let half = S::splat(0.5 * net.bowl);
        for (g, energy) in self.energies.iter_mut().enumerate() {
            let mut sum = S::load(energy);
            for row in &self.x[..net.inputs] {
                let x = S::load(&row[g]);
                sum = x.times(x).mul_add(half, sum);
            }
            sum.store(energy);
        }
    }
}

fn rows_to_points(rows: &[Row], points: &mut [f32]) {
    for (p, point) in points.chunks_exact_mut(rows.len()).enumerate() {
        for (v, row) in point.iter_mut().zip(rows) {
            *v = row[p / 16].0[p % 16];
        }
    }
}
