//! What is learned: a toy set in the plane, where the exact answer is a sum over a grid, or the
//! handwritten digits in 64 dimensions, where it is out of reach.
//!
//! The plane's points are standardised, the digits' brightness goes from -1 to 1 and gets a little
//! noise, so that they have a density at all. The energy is a perceptron over a bowl; every chain
//! stays within a box, which in the plane is that of the grid.

use crate::data::digits::{PIXELS, digits};
use crate::data::pixels::{Gaussian, mirror, shuffle};
use crate::data::toy::Toy;
use crate::lab::param::Settings;
use crate::lesson::shared::minibatch;
use crate::math::quadrature::Grid;
use crate::math::rng::Rng;
use crate::math::statistics::auroc;
use crate::objective::partition::BoxGrid;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// Points to train on and held-out points of a toy set.
const TRAIN: usize = 1_600;
const HELD_OUT: usize = 400;
/// Half the side of the plane's box, in standard deviations of the data.
const BOX: f64 = 4.0;
/// Nodes a side.
const NODES: usize = 64;
/// The deviation of the bowl alone, in standard deviations of the data.
const BOWL: f32 = 1.4;
/// Of each digit one in so many is held out.
const EVERY: usize = 5;
/// Deviation of the noise on the digits.
const JITTER: f32 = 0.2;
/// Chains of digits keep within this.
const BRIGHTEST: f32 = 1.5;
/// A node counts as away from the data when no training point is nearer, in standard deviations.
const ASTRAY: f64 = 0.5;
/// Points of each kind whose energies are shown.
pub(super) const SHOWN: usize = 350;

/// The data and what is known of it. It never changes and is shared between copies.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) inputs: usize,
    /// The curvature of the bowl.
    pub(super) bowl: f32,
    pub(super) bound: f32,
    /// Fresh chains are even on the cube of this half side.
    pub(super) fresh: f32,
    /// Deviation of the noise that a batch gets.
    pub(super) jitter: f32,
    /// Rows to train on.
    pub(super) train: Vec<f32>,
    /// Rows never trained on, [`SHOWN`] or more.
    pub(super) held_out: Vec<f32>,
    pub(super) plane: Option<Plane>,
}

/// What is known in the plane.
#[derive(Debug)]
pub(super) struct Plane {
    pub(super) toy: Toy,
    centre: [f64; 2],
    scale: [f64; 2],
    pub(super) axis: Grid,
    /// The nodes as rows.
    pub(super) nodes: Vec<f32>,
    pub(super) weights: Vec<f64>,
    /// Which nodes are away from all training points.
    pub(super) astray: Vec<bool>,
}

impl Plane {
    /// A standardised coordinate in the data's own units.
    pub(super) fn own(&self, axis: usize, x: f64) -> f64 {
        self.centre[axis] + self.scale[axis] * x
    }

    /// What an NLL gains on the way to the data's own units.
    pub(super) fn log_scale(&self) -> f64 {
        self.scale.iter().map(|s| s.ln()).sum()
    }
}

impl Problem {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        match Toy::from_id(settings.choice("data")) {
            Some(toy) => Self::plane(toy, rng),
            None => Self::digits(rng),
        }
    }

    fn plane(toy: Toy, rng: &mut Rng) -> Self {
        let mut points = toy.sample(TRAIN + HELD_OUT, rng);
        let n = (TRAIN + HELD_OUT) as f64;
        let column = |points: &[f64], axis: usize| -> Vec<f64> {
            points.iter().skip(axis).step_by(2).copied().collect()
        };
        let (mut centre, mut scale) = ([0.0; 2], [1.0; 2]);
        for axis in 0..2 {
            let values = column(&points, axis);
            centre[axis] = values.iter().sum::<f64>() / n;
            let squares: f64 = values.iter().map(|v| (v - centre[axis]).powi(2)).sum();
            scale[axis] = (squares / n).sqrt();
        }
        for point in points.chunks_exact_mut(2) {
            for axis in 0..2 {
                point[axis] = (point[axis] - centre[axis]) / scale[axis];
            }
        }
        let axis = Grid::new(-BOX, BOX, NODES);
        let grid = BoxGrid::new(&[axis, axis]);
        let train = &points[..2 * TRAIN];
        let astray = grid
            .points()
            .chunks_exact(2)
            .map(|x| {
                train
                    .chunks_exact(2)
                    .all(|t| (t[0] - x[0]).powi(2) + (t[1] - x[1]).powi(2) > ASTRAY * ASTRAY)
            })
            .collect();
        let rows = |points: &[f64]| points.iter().map(|x| *x as f32).collect::<Vec<f32>>();
        Self {
            inputs: 2,
            bowl: 1.0 / (BOWL * BOWL),
            bound: BOX as f32,
            fresh: BOX as f32,
            jitter: 0.0,
            train: rows(train),
            held_out: rows(&points[2 * TRAIN..]),
            plane: Some(Plane {
                toy,
                centre,
                scale,
                axis,
                nodes: rows(grid.points()),
                weights: grid.weights().to_vec(),
                astray,
            }),
        }
    }

    fn digits(rng: &mut Rng) -> Self {
        let all = digits();
        let (train, held_out) = all.split(EVERY, rng);
        let rows = |of: &[usize]| of.iter().flat_map(|i| all.scaled(*i)).collect::<Vec<f32>>();
        Self {
            inputs: PIXELS,
            bowl: 1.0,
            bound: BRIGHTEST,
            fresh: 1.0,
            jitter: JITTER,
            train: rows(&train),
            held_out: rows(&held_out),
            plane: None,
        }
    }

    /// How many points there are to train on.
    pub(super) fn count(&self) -> usize {
        self.train.len() / self.inputs
    }

    /// Fills rows with training points drawn at random, noise included; says which.
    pub(super) fn batch(&self, rng: &mut Rng, rows: &mut [f32]) {
        minibatch::draw(&self.train, self.inputs, rows, rng);
        self.shake(rng, rows);
    }

    /// Adds the noise that the data get.
    fn shake(&self, rng: &mut Rng, rows: &mut [f32]) {
        if self.jitter > 0.0 {
            rows.iter_mut().for_each(|x| *x += self.jitter * rng.sample::<f32, _>(StandardNormal));
        }
    }

    /// A row of noise for a fresh chain.
    pub(super) fn noise(&self, rng: &mut Rng, row: &mut [f32]) {
        row.iter_mut().for_each(|x| *x = self.fresh * (2.0 * rng.random::<f32>() - 1.0));
    }

    /// The rows whose energies are shown: of training, held-out and outlying points [`SHOWN`]
    /// each. `kind` says what outliers of digits are; in the plane they are even on the box.
    pub(super) fn shown(&self, kind: &str, rng: &mut Rng) -> Vec<f32> {
        let length = SHOWN * self.inputs;
        let mut rows = self.train[..length].to_vec();
        rows.extend(&self.held_out[..length]);
        if self.plane.is_some() || kind == "uniform" {
            let start = rows.len();
            rows.resize(3 * length, 0.0);
            rows[start..].chunks_exact_mut(self.inputs).for_each(|r| self.noise(rng, r));
            self.shake(rng, &mut rows[..start]);
            return rows;
        }
        for image in self.held_out[..length].chunks_exact(PIXELS) {
            let mut image = image.to_vec();
            match kind {
                "mirrored" => mirror(&mut image, 8),
                _ => shuffle(&mut image, rng),
            }
            rows.extend(image);
        }
        self.shake(rng, &mut rows);
        rows
    }

    /// The baseline that an energy of digits has to beat: the distance of Mahalanobis, that is one
    /// Gaussian fitted to the training digits and their noise. Its AUROC of outliers over held-out
    /// digits among rows as [`Problem::shown`] gives them, with the error.
    pub(super) fn baseline(&self, shown: &[f32]) -> (f64, f64) {
        let d = self.inputs;
        let fitted = Gaussian::fit(&self.train, d, f64::from(self.jitter));
        let Some(gaussian) = fitted else { return (f64::NAN, f64::NAN) };
        let points = shown.chunks_exact(d).skip(SHOWN);
        let distances: Vec<f64> = points.map(|x| gaussian.distance(x)).collect();
        auroc(&distances[..SHOWN], &distances[SHOWN..])
    }
}
