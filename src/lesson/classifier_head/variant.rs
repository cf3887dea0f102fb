//! One energy E, four ways to make a classifier of it. With z = -E - log nu - log p_n:
//!
//! - fixed, as in noise-contrastive estimation: `G = z + c`;
//! - logistic, the layer one would put on a feature: `G = a E + b`;
//! - head, more layers on the energy: `G = a E + b + h(E)`;
//! - late, the same layers on the right logit: `G = a z + b + h(z)`.
//!
//! h is a perceptron. A head starts as the identity, a = -1 or 1, with h small, so that it begins
//! where it would do least harm. Gutmann and Hyvarinen, JMLR 13, 2012, have the first and no other.

use super::problem::{BATCH, Points};
use crate::lab::Label;
use crate::lab::view::Role;
use crate::math::rng::Rng;
use crate::model::adam::Adam;
use crate::model::mlp::{Mlp, Workspace};
use crate::objective::nce::loss;

/// A loss beyond this is a fit that is lost.
const LOST: f64 = 1e9;

/// How the energy becomes a logit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    Fixed,
    Logistic,
    Head,
    Late,
}

impl Variant {
    pub(super) const ALL: [Self; 4] = [Self::Fixed, Self::Logistic, Self::Head, Self::Late];
    /// As options of a parameter.
    pub(super) const IDS: [Label; 4] = ["fixed", "logistic", "head", "late"];

    pub(super) fn id(self) -> Label {
        Self::IDS[self as usize]
    }

    pub(super) fn role(self) -> Role {
        match self {
            Self::Fixed => Role::Model,
            Self::Logistic => Role::Negative,
            Self::Head => Role::Estimate,
            Self::Late => Role::Positive,
        }
    }

    fn has_layers(self) -> bool {
        matches!(self, Self::Head | Self::Late)
    }

    /// What the head reads: the energy, or z.
    fn input(self, energies: &[f64], offset: &[f64]) -> Vec<f64> {
        match self {
            Self::Logistic | Self::Head => energies.to_vec(),
            Self::Fixed | Self::Late => energies.iter().zip(offset).map(|(e, o)| o - e).collect(),
        }
    }
}

/// The layers of a head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) width: usize,
    pub(super) layers: usize,
}

/// A classifier in training.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) variant: Variant,
    pub(super) energy: Mlp,
    /// a and b; of the fixed form, a stays 1 and b is c.
    pub(super) line: [f64; 2],
    head: Option<Mlp>,
    adam: [Adam; 3],
}

impl Fit {
    /// At its start, with an energy that all variants share.
    pub(super) fn new(variant: Variant, energy: &Mlp, shape: Shape, rng: &mut Rng) -> Self {
        let head = variant.has_layers().then(|| Mlp::new(1, shape.width, shape.layers, rng));
        let slope = match variant {
            Variant::Logistic | Variant::Head => -1.0,
            Variant::Fixed | Variant::Late => 1.0,
        };
        let layers = head.as_ref().map_or(0, |h| h.parameters().len());
        let adam = [energy.parameters().len(), 2, layers].map(Adam::new);
        Self { variant, energy: energy.clone(), line: [slope, 0.0], head, adam }
    }

    /// All that is learned.
    pub(super) fn parameters(&self) -> usize {
        let line = if self.variant == Variant::Fixed { 1 } else { 2 };
        let layers = self.head.as_ref().map_or(0, |h| h.parameters().len());
        self.energy.parameters().len() + line + layers
    }

    /// G from the energies and `offset` = -log nu - log p_n.
    pub(super) fn logits(&self, energies: &[f64], offset: &[f64]) -> Vec<f64> {
        let input = self.variant.input(energies, offset);
        let mut logits: Vec<f64> = input.iter().map(|u| self.line[0] * u + self.line[1]).collect();
        if let Some(head) = &self.head {
            let mut added = vec![0.0; logits.len()];
            head.forward(&input, &mut Workspace::new(head, input.len()), &mut added);
            logits.iter_mut().zip(added).for_each(|(g, h)| *g += h);
        }
        logits
    }

    /// One step of Adam on a batch whose first [`BATCH`] points are data; false when it is lost.
    pub(super) fn update(&mut self, batch: &Points, rate: f64, work: &mut Buffers) -> bool {
        let total = self.gradient(batch, work);
        let fine = total.abs() < LOST
            && work.by_theta.iter().chain(&work.by_head).all(|g| g.is_finite())
            && work.by_line.iter().all(|g| g.is_finite());
        if !fine {
            return false;
        }
        self.adam[0].step(self.energy.parameters_mut(), &work.by_theta, rate, 0.0);
        self.adam[1].step(&mut self.line, &work.by_line, rate, 0.0);
        if let Some(head) = &mut self.head {
            self.adam[2].step(head.parameters_mut(), &work.by_head, rate, 0.0);
        }
        true
    }

    /// The loss of a batch; its gradient goes into the buffers.
    pub(super) fn gradient(&self, batch: &Points, work: &mut Buffers) -> f64 {
        let n = batch.count();
        work.fit(self, n);
        self.energy.forward(&batch.x, &mut work.energy, &mut work.energies);
        work.energies.iter_mut().zip(&batch.bowl).for_each(|(e, b)| *e += b);
        let input = self.variant.input(&work.energies, &batch.offset);
        let logits = &mut work.logits;
        if let Some(head) = &self.head {
            head.forward(&input, &mut work.head, logits);
        } else {
            logits.fill(0.0);
        }
        for (g, u) in logits.iter_mut().zip(&input) {
            *g += self.line[0] * u + self.line[1];
        }
        let (data, noise) = logits.split_at_mut(BATCH.min(n));
        let total = loss(data, noise, 1.0).total();
        // From here the logits are the derivatives by them.
        work.by_line[1] = logits.iter().sum();
        work.by_line[0] = if self.variant == Variant::Fixed {
            0.0
        } else {
            logits.iter().zip(&input).map(|(g, u)| g * u).sum()
        };
        let by_input = &mut work.by_input;
        if let Some(head) = &self.head {
            head.backward(&input, &mut work.head, logits, &mut work.by_head, Some(by_input));
        } else {
            by_input.fill(0.0);
        }
        let sign = match self.variant {
            Variant::Logistic | Variant::Head => 1.0,
            Variant::Fixed | Variant::Late => -1.0,
        };
        for (to, g) in by_input.iter_mut().zip(&*logits) {
            *to = sign * (*to + self.line[0] * g);
        }
        self.energy.backward(&batch.x, &mut work.energy, by_input, &mut work.by_theta, None);
        total
    }
}

/// What a step needs, for any number of fits of one size one after the other.
#[derive(Debug)]
pub(super) struct Buffers {
    energy: Workspace,
    head: Workspace,
    energies: Vec<f64>,
    logits: Vec<f64>,
    by_input: Vec<f64>,
    pub(super) by_theta: Vec<f64>,
    pub(super) by_line: [f64; 2],
    pub(super) by_head: Vec<f64>,
}

impl Default for Buffers {
    fn default() -> Self {
        Self {
            energy: Workspace::none(),
            head: Workspace::none(),
            energies: Vec::new(),
            logits: Vec::new(),
            by_input: Vec::new(),
            by_theta: Vec::new(),
            by_line: [0.0; 2],
            by_head: Vec::new(),
        }
    }
}

impl Buffers {
    fn fit(&mut self, fit: &Fit, batch: usize) {
        if self.energy.batch() != batch {
            self.energy = Workspace::new(&fit.energy, batch);
        }
        let layers = fit.head.as_ref().map_or(0, |h| h.parameters().len());
        if let Some(head) = fit.head.as_ref().filter(|_| self.head.batch() != batch) {
            self.head = Workspace::new(head, batch);
        }
        self.energies.resize(batch, 0.0);
        self.logits.resize(batch, 0.0);
        self.by_input.resize(batch, 0.0);
        self.by_theta.resize(fit.energy.parameters().len(), 0.0);
        self.by_head.resize(layers, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::{Buffers, Fit, Shape, Variant};
    use crate::data::noise;
    use crate::lesson::classifier_head::problem::{BATCH, Points};
    use crate::math::rng::stream;
    use crate::model::mlp::Mlp;

    /// Of everything that a variant learns, against finite differences.
    #[test]
    fn gradients_are_the_finite_differences() {
        let noise = noise::Noise::new(noise::Shape::Gaussian, &[0.0], &[2.0]);
        let x = noise.sample(BATCH + 40, &mut stream(1, 0));
        let batch = Points::new(x, &noise, 0.625);
        let energy = Mlp::new(1, 5, 2, &mut stream(1, 1));
        for variant in Variant::ALL {
            let shape = Shape { width: 4, layers: 2 };
            let mut fit = Fit::new(variant, &energy, shape, &mut stream(1, 2));
            fit.line[1] = 0.3;
            let mut work = Buffers::default();
            fit.gradient(&batch, &mut work);
            let (theta, line, head) = (work.by_theta.clone(), work.by_line, work.by_head.clone());
            let h = 1e-5;
            let mut slope = |change: &dyn Fn(&mut Fit, f64)| {
                let [up, down] = [h, -h].map(|by| {
                    let mut moved = fit.clone();
                    change(&mut moved, by);
                    moved.gradient(&batch, &mut work)
                });
                (up - down) / (2.0 * h)
            };
            let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-8, "{variant:?}: {a} {b}");
            for (i, g) in theta.iter().enumerate() {
                near(slope(&|f, by| f.energy.parameters_mut()[i] += by), *g);
            }
            for (i, g) in head.iter().enumerate() {
                let change = |f: &mut Fit, by: f64| {
                    f.head.as_mut().unwrap().parameters_mut()[i] += by;
                };
                near(slope(&change), *g);
            }
            near(slope(&|f, by| f.line[1] += by), line[1]);
            // The slope of the fixed form is not learned.
            let by_slope = slope(&|f, by| f.line[0] += by);
            if variant == Variant::Fixed {
                assert!(line[0] == 0.0 && by_slope.abs() > 1e-3);
            } else {
                near(by_slope, line[0]);
            }
        }
    }
}
