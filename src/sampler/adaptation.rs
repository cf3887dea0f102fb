//! A step size that finds itself: dual averaging (Nesterov, Mathematical Programming 120, 2009), as
//! Hoffman and Gelman use it for Hamiltonian Monte Carlo (The No-U-Turn Sampler, Journal of Machine
//! Learning Research 15, 2014, section 3.2). With `H` the running mean of the acceptance that is
//! wanted less the one that was seen,
//! `log e(t+1) = mu - sqrt(t)/gamma H`, and what is used afterwards is the average of the `log e`
//! with weights `t^-kappa`.
//!
//! A chain whose step follows its own past has no stationary distribution: adapt first, then hold
//! the step still, then measure.

const GAMMA: f64 = 0.05;
const DELAY: f64 = 10.0;
const KAPPA: f64 = 0.75;

/// A step size on its way to an acceptance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DualAveraging {
    wanted: f64,
    range: (f64, f64),
    centre: f64,
    time: f64,
    deficit: f64,
    log_step: f64,
    log_average: f64,
}

impl DualAveraging {
    /// From the step `start` towards the acceptance `wanted`, within `range`.
    #[must_use]
    pub fn new(start: f64, wanted: f64, range: (f64, f64)) -> Self {
        Self {
            wanted,
            range,
            centre: (10.0 * start).min(range.1).ln(),
            time: 0.0,
            deficit: 0.0,
            log_step: start.ln(),
            log_average: start.ln(),
        }
    }

    /// Takes in the share of proposals that the present step had accepted.
    pub fn update(&mut self, acceptance: f64) {
        self.time += 1.0;
        let share = 1.0 / (self.time + DELAY);
        self.deficit += share * (self.wanted - acceptance - self.deficit);
        self.log_step = (self.centre - self.time.sqrt() / GAMMA * self.deficit)
            .clamp(self.range.0.ln(), self.range.1.ln());
        let weight = self.time.powf(-KAPPA);
        self.log_average += weight * (self.log_step - self.log_average);
    }

    /// The step to try next.
    #[must_use]
    pub fn step(&self) -> f64 {
        self.log_step.exp()
    }

    /// The step to use once the search is over.
    #[must_use]
    pub fn settled(&self) -> f64 {
        self.log_average.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::DualAveraging;
    use crate::math::rng::stream;
    use rand::RngExt as _;

    #[test]
    fn it_finds_the_step_of_an_acceptance() {
        // MALA on N(0, 1) accepts 1 - (2/pi) atan((eta/2)^1.5): .574 at eta = 1.7104 (scipy's
        // brentq), .9 at .5855.
        let curve = |eta: f64| 1.0 - 2.0 / std::f64::consts::PI * (0.5 * eta).powf(1.5).atan();
        for (wanted, exact) in [(0.574, 1.710_4), (0.9, 0.585_5)] {
            for start in [1e-3, 0.1, 5.0] {
                let mut search = DualAveraging::new(start, wanted, (1e-4, 10.0));
                let mut rng = stream(4, 0);
                for _ in 0..400 {
                    // A share of 100 proposals.
                    let p = curve(search.step());
                    let seen = (0..100).filter(|_| rng.random::<f64>() < p).count();
                    search.update(seen as f64 / 100.0);
                }
                let off = (search.settled() / exact).ln().abs();
                assert!(off < 0.1, "{wanted} from {start}: {} for {exact}", search.settled());
            }
        }
    }

    #[test]
    fn it_stays_within_its_range() {
        for acceptance in [0.0, 1.0] {
            let mut search = DualAveraging::new(0.1, 0.6, (1e-3, 2.0));
            for _ in 0..300 {
                search.update(acceptance);
                assert!((1e-3 * 0.999..=2.0 * 1.001).contains(&search.step()));
                assert!((1e-3 * 0.999..=2.0 * 1.001).contains(&search.settled()));
            }
            assert_eq!(search.step() > 1.0, acceptance > 0.5);
        }
    }
}
