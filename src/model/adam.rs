//! Adam: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
//! theta -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
//!
//! Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1. The weight
//! decay is the decoupled one of Loshchilov and Hutter, Decoupled weight decay regularization,
//! ICLR 2019: theta -= rate decay theta, past the moments.

use crate::math::simd::{Kernel, Lanes16, Level, dispatch};
use nalgebra::{RealField, convert};

/// The moments of a vector of parameters, in double or in single precision.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<T = f64> {
    first: Vec<T>,
    second: Vec<T>,
    /// `b1^t` and `b2^t`.
    powers: (f64, f64),
}

/// How fast the mean of the gradient forgets.
const FIRST_DECAY: f64 = 0.9;
/// How fast the mean of its square forgets.
const SECOND_DECAY: f64 = 0.999;
/// Keeps the division finite.
const EPSILON: f64 = 1e-8;

impl<T: RealField + Copy> Adam<T> {
    /// Before the first step, for this many parameters.
    #[must_use]
    pub fn new(parameters: usize) -> Self {
        let zeros = vec![T::zero(); parameters];
        Self { first: zeros.clone(), second: zeros, powers: (1.0, 1.0) }
    }

    /// One step down the gradient.
    ///
    /// # Panics
    /// If the lengths are not the number given to [`Adam::new`].
    pub fn step(&mut self, parameters: &mut [T], gradient: &[T], rate: f64, decay: f64) {
        assert!(parameters.len() == self.first.len() && gradient.len() == self.first.len());
        let factors = self.begin(rate, decay);
        let part = Part { parameters, first: &mut self.first, second: &mut self.second };
        dispatch(Level::best(), Update { part, gradient, factors });
    }

    /// One step in pieces of these lengths, which may be moved on any threads: `next` gets what `now`
    /// becomes once every piece has its gradient and was told to [`Move::advance`].
    ///
    /// # Panics
    /// If the lengths are not the number given to [`Adam::new`], or the pieces have more.
    pub fn moves<'a>(
        &'a mut self,
        (rate, decay): (f64, f64),
        lengths: impl Iterator<Item = usize>,
        now: &'a [T],
        next: &'a mut [T],
        gradient: &'a mut [T],
    ) -> Vec<Move<'a, T>> {
        let all = [now.len(), next.len(), gradient.len()];
        assert_eq!(all, [self.first.len(); 3], "as many numbers as parameters");
        let factors = self.begin(rate, decay);
        let mut rest = (now, next, gradient, &mut self.first[..], &mut self.second[..]);
        let pieces = lengths.map(|length| {
            let (now, a) = rest.0.split_at(length);
            let (parameters, b) = std::mem::take(&mut rest.1).split_at_mut(length);
            let (gradient, c) = std::mem::take(&mut rest.2).split_at_mut(length);
            let (first, d) = std::mem::take(&mut rest.3).split_at_mut(length);
            let (second, e) = std::mem::take(&mut rest.4).split_at_mut(length);
            rest = (a, b, c, d, e);
            Move { now, gradient, part: Part { parameters, first, second }, factors }
        });
        pieces.collect()
    }

    /// What the parameters of one more step have in common.
    fn begin(&mut self, rate: f64, decay: f64) -> Factors<T> {
        self.powers.0 *= FIRST_DECAY;
        self.powers.1 *= SECOND_DECAY;
        Factors {
            scaled_rate: convert(rate * (1.0 / (1.0 - self.powers.0))),
            root_scale: convert(1.0 / (1.0 - self.powers.1)),
            // Past zero the decay would overshoot and grow.
            keep: convert((1.0 - rate * decay).max(0.0)),
        }
    }
}

/// A piece of a step.
#[derive(Debug)]
pub struct Move<'a, T> {
    now: &'a [T],
    /// The derivatives by these parameters, to be put here.
    pub gradient: &'a mut [T],
    part: Part<'a, T>,
    factors: Factors<T>,
}

impl<T: RealField + Copy> Move<'_, T> {
    /// Moves the parameters of the piece, to be called where the instructions are chosen already.
    #[inline(always)]
    pub fn advance(&mut self) {
        self.part.parameters.copy_from_slice(self.now);
        self.factors.advance(&mut self.part, self.gradient);
    }
}

/// Some of the parameters, and the means of their gradient and of its square.
#[derive(Debug)]
struct Part<'a, T> {
    parameters: &'a mut [T],
    first: &'a mut [T],
    second: &'a mut [T],
}

/// What is the same for all parameters in a step.
#[derive(Clone, Copy, Debug)]
struct Factors<T> {
    scaled_rate: T,
    root_scale: T,
    keep: T,
}

impl<T: RealField + Copy> Factors<T> {
    #[inline(always)]
    fn advance(self, part: &mut Part<'_, T>, gradient: &[T]) {
        let Self { scaled_rate, root_scale, keep } = self;
        let first: T = convert(FIRST_DECAY);
        let second: T = convert(SECOND_DECAY);
        let first_share: T = convert(1.0 - FIRST_DECAY);
        let second_share: T = convert(1.0 - SECOND_DECAY);
        let epsilon: T = convert(EPSILON);
        let moments = part.first.iter_mut().zip(&mut *part.second);
        for ((theta, g), (m, v)) in part.parameters.iter_mut().zip(gradient).zip(moments) {
            *m = first * *m + first_share * *g;
            *v = second * *v + second_share * *g * *g;
            *theta = keep * *theta - scaled_rate * *m / ((root_scale * *v).sqrt() + epsilon);
        }
    }
}

/// A step once its factors are known. The loop is plain: the compiler lays it out for each set of
/// instructions.
struct Update<'a, T> {
    part: Part<'a, T>,
    gradient: &'a [T],
    factors: Factors<T>,
}

impl<T: RealField + Copy> Kernel for Update<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let Self { mut part, gradient, factors } = self;
        factors.advance(&mut part, gradient);
    }
}

#[cfg(test)]
mod tests {
    use super::Adam;

    #[test]
    fn three_steps_are_those_of_the_paper() {
        // theta = (1, -2), gradient (theta0, 3 theta1^2), rate .1, by the formula above in numpy.
        let mut theta = [1.0_f64, -2.0];
        let mut adam = Adam::new(2);
        for _ in 0..3 {
            let gradient = [theta[0], 3.0 * theta[1] * theta[1]];
            adam.step(&mut theta, &gradient, 0.1, 0.0);
        }
        let expected = [0.7015862745044147, -2.3004937905256657];
        for (t, e) in theta.iter().zip(expected) {
            assert!((t - e).abs() < 1e-14, "{theta:?}");
        }
    }

    #[test]
    fn the_first_step_has_the_length_of_the_rate_whatever_the_gradient() {
        for g in [1e-4, 1.0, 1e6] {
            let mut theta = [0.0_f64];
            Adam::new(1).step(&mut theta, &[g], 0.1, 0.0);
            assert!((theta[0] + 0.1).abs() < 1e-4, "{theta:?}");
        }
    }

    #[test]
    fn decay_shrinks_what_no_gradient_holds() {
        let mut theta = [2.0_f64];
        Adam::new(1).step(&mut theta, &[0.0], 0.1, 0.5);
        assert!((theta[0] - 1.9).abs() < 1e-15);
    }

    #[test]
    fn single_precision_takes_the_same_steps() {
        let mut theta = [1.0_f32, -2.0];
        let mut adam = Adam::new(2);
        for _ in 0..3 {
            let gradient = [theta[0], 3.0 * theta[1] * theta[1]];
            adam.step(&mut theta, &gradient, 0.1, 0.0);
        }
        assert!((theta[0] - 0.701_586_3).abs() < 1e-6, "{theta:?}");
        assert!((theta[1] + 2.300_493_8).abs() < 1e-6, "{theta:?}");
    }
}
