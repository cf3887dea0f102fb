//! What a fit stands on and never changes: the data, the grid, the truth where it is known, the
//! force with which the data push.

use super::harmonic::Moments;
use crate::lesson::shared::blur::{Blur, deposit};
use crate::lesson::shared::bowl::bowl;
use crate::lesson::shared::sample::Sample;
use crate::lesson::shared::truth::{Rule, Truth};

/// Points, and the height of the bowl at each.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) points: Vec<f64>,
    pub(super) bowl: Vec<f64>,
}

impl Place {
    pub(super) fn new(points: &[f64], dimensions: usize) -> Self {
        Self { points: points.to_vec(), bowl: bowl(points, dimensions) }
    }
}

/// A true density, by one quadrature.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) truth: Truth,
    pub(super) place: Place,
}

impl Known {
    fn new(sample: &Sample, rule: Rule) -> Option<Self> {
        let truth = Truth::new(sample, rule)?;
        let place = Place::new(&truth.points, sample.dimensions);
        Some(Self { truth, place })
    }
}

/// All of it.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) train: Place,
    pub(super) held_out: Place,
    /// Of the grid that gives Z.
    pub(super) nodes: Place,
    /// Of the grid that checks it.
    pub(super) check: Place,
    pub(super) known: Option<Known>,
    /// The same by other nodes: for the identity.
    pub(super) known_again: Option<Known>,
    pub(super) moments: Moments,
    pub(super) blur: Blur,
    /// The data as a density at the nodes, blurred; standardised.
    pub(super) data_density: Vec<f64>,
    pub(super) sample: Sample,
}

impl Ground {
    pub(super) fn new(sample: Sample) -> Self {
        let d = sample.dimensions;
        let blur = Blur::new(&sample.grid, sample.bandwidth);
        Self {
            train: Place::new(&sample.train, d),
            held_out: Place::new(&sample.held_out, d),
            nodes: Place::new(sample.grid.points(), d),
            check: Place::new(sample.check.points(), d),
            known: Known::new(&sample, Rule::Usual),
            known_again: Known::new(&sample, Rule::Check),
            moments: Moments::of(&sample.train, d),
            data_density: blur.density(&deposit(&sample.train, &sample.grid)),
            blur,
            sample,
        }
    }
}
