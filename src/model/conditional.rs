//! The distribution of one coordinate when the others are held fixed: what a Gibbs sampler draws
//! from (Geman and Geman, IEEE Transactions on Pattern Analysis and Machine Intelligence 6, 1984).

use super::energy::Energy;

/// The most parts that a conditional mixture has.
pub const PARTS: usize = 8;

/// One coordinate given the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Conditional {
    /// A normal distribution.
    Normal {
        /// Its mean.
        mean: f64,
        /// Its standard deviation.
        sd: f64,
    },
    /// Normal distributions of one width.
    Mixture {
        /// What each part weighs; the weights need not add up to 1.
        weights: [f64; PARTS],
        /// The mean of each part.
        means: [f64; PARTS],
        /// The standard deviation of all of them.
        sd: f64,
    },
    /// No closed form, but next to nothing outside of this interval.
    Within {
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
}

/// An energy whose conditional distributions at temperature 1 are known, or where they lie.
pub trait Conditionals: Energy {
    /// The distribution of the coordinate `axis` of a point, given its other coordinates.
    fn conditional(&self, axis: usize, point: &[f64]) -> Conditional;
}
