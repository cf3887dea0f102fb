//! Passes of an encoder over a block of up to 64 points, which lie side by side: a row holds one
//! unit's numbers for all of them. Bias, ReLU and its derivative are put on while a product is in
//! registers ([`crate::model::fused_mlp::product`]).

use super::{Encoder, count};
use crate::math::phases::read;
use crate::math::simd::{Lanes16, Line};
use crate::model::fused_mlp::product::{
    BLOCK, Finish, GROUPS, Row, ZEROS, product, to_lanes, turn, turn_matrix,
};
use crate::model::fused_mlp::sums::{add_rows, outer};
use std::sync::RwLock;

const ONES: Row = [Line([1.0; 16]); GROUPS];

/// The parameters as the passes read them.
#[derive(Clone, Copy, Debug)]
pub struct Net<'a> {
    encoder: &'a Encoder,
    /// The matrices of weights the other way round, one layer after the other.
    turned: &'a [RwLock<Vec<f32>>],
}

impl<'a> Net<'a> {
    /// Of an encoder whose matrices were turned with [`turn_layer`], each into its own buffer.
    #[must_use]
    pub fn new(encoder: &'a Encoder, turned: &'a [RwLock<Vec<f32>>]) -> Self {
        Self { encoder, turned }
    }

    /// Numbers into a layer, and out of it.
    fn size(self, layer: usize) -> (usize, usize) {
        (self.encoder.sizes[layer], self.encoder.sizes[layer + 1])
    }
}

/// Turns the weights of a layer.
#[inline(always)]
pub fn turn_layer<S: Lanes16>(encoder: &Encoder, layer: usize, to: &mut Vec<f32>) {
    let (inputs, outputs) = (encoder.sizes[layer], encoder.sizes[layer + 1]);
    to.resize(inputs * outputs, 0.0);
    let weights = &encoder.parameters[encoder.offset(layer)..][..inputs * outputs];
    turn_matrix::<S>(weights, outputs, to);
}

/// What a block leaves on its way forward: its input and what each layer made of it, and a row of
/// ones after each of them.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    groups: usize,
    layers: Vec<Vec<Row>>,
}

impl Kept {
    /// Makes room for layers of these sizes.
    pub fn prepare(&mut self, sizes: &[usize]) {
        let fits = self.layers.len() == sizes.len()
            && self.layers.iter().zip(sizes).all(|(rows, size)| rows.len() == size + 1);
        if !fits {
            self.layers = sizes.iter().map(|size| vec![ZEROS; size + 1]).collect();
            self.layers.iter_mut().zip(sizes).for_each(|(rows, size)| rows[*size] = ONES);
        }
    }

    /// How many groups of sixteen points are in use.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The units of a layer, where 0 is the input: a row a unit.
    #[must_use]
    pub fn layer(&self, layer: usize) -> &[Row] {
        let rows = &self.layers[layer];
        &rows[..rows.len() - 1]
    }

    /// Takes in up to 64 points, rows of numbers, and sends them forward.
    #[inline(always)]
    pub fn forward<S: Lanes16>(&mut self, net: Net<'_>, points: &[f32]) {
        let inputs = net.encoder.sizes[0];
        self.groups = to_lanes::<S>(points, inputs, &mut self.layers[0][..inputs]);
        let last = net.turned.len() - 1;
        for (layer, turned) in net.turned.iter().enumerate() {
            let turned = &*read(turned);
            let (inputs, outputs) = net.size(layer);
            let after = net.encoder.offset(layer) + inputs * outputs;
            let biases = &net.encoder.parameters[after..][..outputs];
            let (before, rest) = self.layers.split_at_mut(layer + 1);
            let floor = if layer == last { f32::NEG_INFINITY } else { 0.0 };
            let mut up = Up { biases, floor, units: &mut rest[0] };
            product::<S, _>(turned, outputs, &before[layer][..inputs], self.groups, &mut up);
        }
    }
}

/// What a thread needs for the way back.
#[derive(Clone, Debug, Default)]
pub struct BackDesk {
    /// dL/dz of a layer, a row a unit: where the way back begins, that of the last one.
    pub delta: Vec<Row>,
    before: Vec<Row>,
    /// The same the other way round.
    lines: Vec<Line>,
}

impl BackDesk {
    /// Makes room for layers of these sizes.
    pub fn prepare(&mut self, sizes: &[usize]) {
        let widest = sizes.iter().fold(0, |most, size| most.max(*size)).div_ceil(16);
        self.delta.resize(16 * widest, ZEROS);
        self.before.resize(16 * widest, ZEROS);
        self.lines.resize(BLOCK * widest, Line::ZERO);
    }

    /// From `delta` of the last layer to the gradient, which is added to the sums.
    #[inline(always)]
    pub fn backward<S: Lanes16>(&mut self, net: Net<'_>, kept: &Kept, sums: &mut Sums) {
        for layer in (0..net.turned.len()).rev() {
            let (inputs, outputs) = net.size(layer);
            let across = outputs.div_ceil(16);
            turn::<S>(&self.delta[..16 * across], kept.groups, &mut self.lines);
            let out = &mut sums.layers[layer];
            outer::<S>(&kept.layers[layer], kept.groups, &self.lines, across, out);
            if layer > 0 {
                let first = net.encoder.offset(layer);
                let weights = &net.encoder.parameters[first..][..inputs * outputs];
                let mut down = Down { units: &kept.layers[layer], delta: &mut self.before };
                let delta = &self.delta[..outputs];
                product::<S, _>(weights, inputs, delta, kept.groups, &mut down);
                std::mem::swap(&mut self.delta, &mut self.before);
            }
        }
    }
}

/// Up through a layer: `max(floor, z)`.
struct Up<'a> {
    biases: &'a [f32],
    floor: f32,
    units: &'a mut [Row],
}

impl Finish for Up<'_> {
    #[inline(always)]
    fn start(&self, row: usize) -> f32 {
        self.biases[row]
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        let (floor, top) = (S::splat(self.floor), S::splat(f32::INFINITY));
        let units = &mut self.units[row][group..group + N];
        for (sum, unit) in sums.into_iter().zip(units) {
            sum.within(floor, top).store(unit);
        }
    }
}

/// Down through a ReLU: nothing where the unit is zero.
struct Down<'a> {
    units: &'a [Row],
    delta: &'a mut [Row],
}

impl Finish for Down<'_> {
    #[inline(always)]
    fn start(&self, _: usize) -> f32 {
        0.0
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        let (zero, one, large) = (S::splat(0.0), S::splat(1.0), S::splat(1e38));
        let units = &self.units[row][group..group + N];
        let delta = &mut self.delta[row][group..group + N];
        for ((sum, unit), delta) in sums.into_iter().zip(units).zip(delta) {
            // One for the smallest number above zero too.
            let open = S::load(unit).times(large).times(large).within(zero, one);
            sum.times(open).store(delta);
        }
    }
}

/// Sums of gradients over several blocks.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// Of each layer a row an input and one for the biases, lines of outputs.
    layers: Vec<Vec<Line>>,
}

impl Sums {
    /// Makes room for layers of these sizes.
    pub fn prepare(&mut self, sizes: &[usize]) {
        self.layers.resize(sizes.len() - 1, Vec::new());
        for (lines, pair) in self.layers.iter_mut().zip(sizes.windows(2)) {
            lines.resize((pair[0] + 1) * pair[1].div_ceil(16), Line::ZERO);
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.layers.iter_mut().for_each(|lines| lines.fill(Line::ZERO));
    }
}

/// Rows of parameters that are summed and moved as one piece.
const ROWS: usize = 32;

/// A run of rows of the parameters: an input's weights, or a layer's biases, is a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    layer: usize,
    first: usize,
    count: usize,
    /// How many parameters there are.
    pub length: usize,
}

/// All rows, in pieces and in the order of the parameters.
pub fn pieces(sizes: &[usize]) -> impl Iterator<Item = Rows> {
    sizes.windows(2).enumerate().flat_map(|(layer, pair)| {
        let (rows, outputs) = (pair[0] + 1, pair[1]);
        (0..rows).step_by(ROWS).map(move |first| {
            let count = ROWS.min(rows - first);
            Rows { layer, first, count, length: count * outputs }
        })
    })
}

impl Rows {
    /// The gradient that the shares make, added up in their order.
    #[inline(always)]
    pub fn total<S: Lanes16>(self, shares: &[RwLock<Sums>], outputs: usize, gradient: &mut [f32]) {
        let across = outputs.div_ceil(16);
        gradient.fill(0.0);
        for share in shares {
            let lines = &read(share).layers[self.layer][self.first * across..];
            add_rows::<S>(lines, outputs, gradient);
        }
    }

    /// Numbers of a row, in an encoder of these sizes.
    #[must_use]
    pub fn outputs(self, sizes: &[usize]) -> usize {
        sizes[self.layer + 1]
    }
}

/// Multiplications and additions of a step on so many points, each counted as one operation: the
/// products forward, those back to all layers but the input, and one for each weight.
#[must_use]
pub fn operations(sizes: &[usize], points: usize) -> f64 {
    let weights = count(sizes) - sizes[1..].iter().sum::<usize>();
    2.0 * points as f64 * (3 * weights - sizes[0] * sizes[1]) as f64
}
