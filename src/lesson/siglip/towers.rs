//! Two encoders, one for each modality, that are trained to put what belongs together side by side:
//! by the softmax of CLIP or by the sigmoid of SigLIP, with the scale e^t' and the bias b learned
//! along.

use super::ground::Batch;
use crate::math::rng::Rng;
use crate::model::adam::Adam;
use crate::model::encoder::{Encoder, Passes};
use crate::objective::clip::CAP;
use crate::objective::fused_pairs::{Batches, Found, FusedPairs};
use crate::objective::unit_rows::{normalise, pull_back_f32};

/// Scale and bias are single numbers that have far to go: they learn so many times as fast.
const RATE_OF_NUMBERS: f64 = 10.0;

/// What is minimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    Clip,
    Siglip,
}

/// What of the towers learns, and how fast.
#[derive(Clone, Copy, Debug)]
pub(super) struct Learning {
    pub(super) rate: f64,
    pub(super) encoders: bool,
    pub(super) scale: bool,
    pub(super) bias: bool,
}

/// Threads and buffers.
pub(super) struct Workshop {
    passes: [Passes; 2],
    fused: FusedPairs,
    units: [Vec<f32>; 2],
    lengths: [Vec<f32>; 2],
    by: [Vec<f32>; 2],
    gradient: Vec<f32>,
    pub(super) batch: Batch,
}

impl Workshop {
    pub(super) fn new() -> Self {
        Self {
            passes: [Passes::new(1), Passes::new(1)],
            fused: FusedPairs::new(1),
            units: Default::default(),
            lengths: Default::default(),
            by: Default::default(),
            gradient: Vec::new(),
            batch: Batch::default(),
        }
    }
}

/// The two encoders with their loss.
#[derive(Clone, Debug)]
pub(super) struct Towers {
    loss: Loss,
    encoders: [Encoder; 2],
    adam: [Adam<f32>; 2],
    /// t' and b.
    numbers: [f64; 2],
    adam_of_numbers: Adam,
}

/// Fresh encoders, from which the towers of every loss may start: rows of these widths, one hidden
/// layer, vectors of `dimension` numbers.
pub(super) fn encoders(
    widths: [usize; 2],
    (hidden, dimension): (usize, usize),
    rng: &mut Rng,
) -> [Encoder; 2] {
    widths.map(|inputs| Encoder::new(&[inputs, hidden, dimension], rng))
}

impl Towers {
    /// At the start, with this scale and this bias.
    pub(super) fn new(loss: Loss, encoders: &[Encoder; 2], scale: f64, bias: f64) -> Self {
        let adam = encoders.each_ref().map(|e| Adam::new(e.parameters().len()));
        let bias = if loss == Loss::Clip { 0.0 } else { bias };
        Self {
            loss,
            encoders: encoders.clone(),
            adam,
            numbers: [scale.ln(), bias],
            adam_of_numbers: Adam::new(2),
        }
    }

    /// What the cosines are multiplied with.
    pub(super) fn scale(&self) -> f64 {
        self.numbers[0].exp()
    }

    /// What is added to the logits.
    pub(super) fn bias(&self) -> f64 {
        self.numbers[1]
    }

    /// One step down the loss of the workshop's batch; hands back the loss, `None` where the numbers
    /// left the finite.
    pub(super) fn update(&mut self, shop: &mut Workshop, learning: Learning) -> Option<f64> {
        let found = self.gradient(shop);
        if !found.loss.is_finite() || !found.scale.is_finite() || !found.bias.is_finite() {
            return None;
        }
        if learning.encoders {
            for side in 0..2 {
                let Workshop { passes, by, gradient, units, lengths, .. } = &mut *shop;
                let encoder = &mut self.encoders[side];
                let dimension = encoder.outputs();
                pull_back_f32(&units[side], &lengths[side], dimension, &mut by[side]);
                gradient.resize(encoder.parameters().len(), 0.0);
                passes[side].backward(encoder, &by[side], gradient);
                if gradient.iter().any(|g| !g.is_finite()) {
                    return None;
                }
                self.adam[side].step(encoder.parameters_mut(), gradient, learning.rate, 0.0);
            }
        }
        // dL/dt' = scale dL/dscale.
        let by_numbers = [self.scale() * found.scale, found.bias];
        let before = self.numbers;
        let rate = RATE_OF_NUMBERS * learning.rate;
        self.adam_of_numbers.step(&mut self.numbers, &by_numbers, rate, 0.0);
        if !learning.scale {
            self.numbers[0] = before[0];
        }
        if !learning.bias || self.loss == Loss::Clip {
            self.numbers[1] = before[1];
        }
        self.numbers[0] = self.numbers[0].min(CAP.ln());
        Some(found.loss)
    }

    /// The loss of the workshop's batch and its derivatives; those by the unit rows stay there.
    fn gradient(&self, shop: &mut Workshop) -> Found {
        let Workshop { passes, fused, units, lengths, by, batch, .. } = shop;
        for side in 0..2 {
            let encoder = &self.encoders[side];
            units[side].clear();
            units[side].extend(passes[side].forward(encoder, &batch.rows[side]));
            normalise(&mut units[side], encoder.outputs(), &mut lengths[side]);
            by[side].resize(units[side].len(), 0.0);
        }
        let [by_a, by_b] = by;
        let dimension = self.encoders[0].outputs();
        let mut batches = Batches { dimension, a: &units[0], b: &units[1], by_a, by_b };
        let (scale, bias) = (self.scale() as f32, self.bias() as f32);
        match self.loss {
            Loss::Clip => fused.clip(&mut batches, scale),
            Loss::Siglip => fused.siglip(&mut batches, scale, bias),
        }
    }

    /// Unit vectors of rows of one side.
    pub(super) fn embed(&self, side: usize, rows: &[f32], shop: &mut Workshop) -> Vec<f32> {
        let encoder = &self.encoders[side];
        let mut units = shop.passes[side].forward(encoder, rows).to_vec();
        normalise(&mut units, encoder.outputs(), &mut shop.lengths[side]);
        units
    }

    /// How many numbers a vector has.
    pub(super) fn dimension(&self) -> usize {
        self.encoders[0].outputs()
    }
}

#[cfg(test)]
mod tests {
    use super::{Learning, Loss, Towers, Workshop, encoders};
    use crate::lesson::siglip::ground::{Draw, Ground};
    use crate::math::rng::stream;

    /// All the way from the numbers to the loss: what a step of gradient descent should gain to first
    /// order is what it gains.
    #[test]
    fn gradients_are_those_of_finite_differences() {
        for (loss, pairs) in [(Loss::Clip, "halves"), (Loss::Siglip, "korean")] {
            let mut rng = stream(3, 0);
            let ground = Ground::new(pairs, &mut rng);
            let start = encoders(ground.widths, (12, 6), &mut rng);
            let towers = Towers::new(loss, &start, 5.0, -2.0);
            let mut shop = Workshop::new();
            let how = Draw { count: 24, matched: true };
            ground.draw(how, &mut ground.order(), &mut rng, &mut shop.batch);
            let found = towers.gradient(&mut shop);
            for (number, by) in [(0, towers.scale() * found.scale), (1, found.bias)] {
                let mut at = |h: f64| {
                    let mut moved = towers.clone();
                    moved.numbers[number] += h;
                    moved.gradient(&mut shop).loss
                };
                let difference = (at(1e-2) - at(-1e-2)) / 2e-2;
                if loss == Loss::Siglip || number == 0 {
                    assert!((difference - by).abs() < 2e-3, "{loss:?} {number}: {difference} {by}");
                }
            }
            towers.gradient(&mut shop);
            for side in 0..2 {
                let Workshop { passes, by, gradient, units, lengths, .. } = &mut shop;
                let encoder = &towers.encoders[side];
                super::pull_back_f32(&units[side], &lengths[side], 6, &mut by[side]);
                gradient.resize(encoder.parameters().len(), 0.0);
                passes[side].backward(encoder, &by[side], gradient);
                let squares: f64 = gradient.iter().map(|g| f64::from(g * g)).sum();
                let along = gradient.clone();
                let mut at = |h: f64| {
                    let mut moved = towers.clone();
                    let weights = moved.encoders[side].parameters_mut().iter_mut().zip(&along);
                    weights.for_each(|(w, g)| *w += (h * f64::from(*g) / squares.sqrt()) as f32);
                    moved.gradient(&mut shop).loss
                };
                let slope = (at(2e-3) - at(-2e-3)) / 4e-3;
                let exact = squares.sqrt();
                assert!((slope / exact - 1.0).abs() < 0.01, "{loss:?} {side}: {slope} {exact}");
                towers.gradient(&mut shop);
            }
        }
    }

    #[test]
    fn what_is_held_stays_where_it_was() {
        let mut rng = stream(4, 0);
        let ground = Ground::new("halves", &mut rng);
        let start = encoders(ground.widths, (12, 6), &mut rng);
        let mut shop = Workshop::new();
        let how = Draw { count: 24, matched: true };
        ground.draw(how, &mut ground.order(), &mut rng, &mut shop.batch);
        let held = Learning { rate: 1e-2, encoders: false, scale: false, bias: false };
        let mut towers = Towers::new(Loss::Siglip, &start, 10.0, -10.0);
        towers.update(&mut shop, held).expect("a loss");
        assert!((towers.scale() - 10.0).abs() < 1e-12 && towers.bias() == -10.0);
        assert_eq!(towers.encoders, start);
        let free = Learning { encoders: true, scale: true, bias: true, ..held };
        towers.update(&mut shop, free).expect("a loss");
        assert!(towers.scale() != 10.0 && towers.bias() != -10.0 && towers.encoders != start);
    }
}
