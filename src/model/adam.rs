//! Adam: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
//! theta -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).
//!
//! Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1. The weight
//! decay is the decoupled one of Loshchilov and Hutter, Decoupled weight decay regularization,
//! ICLR 2019: theta -= rate decay theta, past the moments.

/// The moments of a vector of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    first: Vec<f64>,
    second: Vec<f64>,
    /// `b1^t` and `b2^t`.
    powers: (f64, f64),
}

/// How fast the mean of the gradient forgets.
const FIRST_DECAY: f64 = 0.9;
/// How fast the mean of its square forgets.
const SECOND_DECAY: f64 = 0.999;
/// Keeps the division finite.
const EPSILON: f64 = 1e-8;

impl Adam {
    /// Before the first step, for this many parameters.
    #[must_use]
    pub fn new(parameters: usize) -> Self {
        Self { first: vec![0.0; parameters], second: vec![0.0; parameters], powers: (1.0, 1.0) }
    }

    /// One step down the gradient.
    ///
    /// # Panics
    /// If the lengths are not the number given to [`Adam::new`].
    pub fn step(&mut self, parameters: &mut [f64], gradient: &[f64], rate: f64, decay: f64) {
        assert!(parameters.len() == self.first.len() && gradient.len() == self.first.len());
        self.powers.0 *= FIRST_DECAY;
        self.powers.1 *= SECOND_DECAY;
        let scale = 1.0 / (1.0 - self.powers.0);
        let root_scale = 1.0 / (1.0 - self.powers.1);
        // Past zero the decay would overshoot and grow.
        let keep = (1.0 - rate * decay).max(0.0);
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((theta, g), (m, v)) in parameters.iter_mut().zip(gradient).zip(moments) {
            *m = FIRST_DECAY * *m + (1.0 - FIRST_DECAY) * g;
            *v = SECOND_DECAY * *v + (1.0 - SECOND_DECAY) * g * g;
            *theta = keep * *theta - rate * scale * *m / ((root_scale * *v).sqrt() + EPSILON);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Adam;

    #[test]
    fn three_steps_are_those_of_the_paper() {
        // theta = (1, -2), gradient (theta0, 3 theta1^2), rate .1, by the formula above in numpy.
        let mut theta = [1.0, -2.0];
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
            let mut theta = [0.0];
            Adam::new(1).step(&mut theta, &[g], 0.1, 0.0);
            assert!((theta[0] + 0.1).abs() < 1e-4, "{theta:?}");
        }
    }

    #[test]
    fn decay_shrinks_what_no_gradient_holds() {
        let mut theta = [2.0];
        Adam::new(1).step(&mut theta, &[0.0], 0.1, 0.5);
        assert!((theta[0] - 1.9).abs() < 1e-15);
    }
}
