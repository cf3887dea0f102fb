//! Where the races end: the minimiser of each objective, found exactly, on one small data set after
//! the other. N times its variance over the data sets is held against the asymptotic one.
//!
//! The first data sets are those of the race, with the same companions of the data.

use super::method::Method;
use super::population::{Limit, limit};
use super::race::Part;
use super::setup::{FAMILY, Setup};
use crate::lesson::shared::alignment::Estimate;
use crate::math::parallel::{cores, in_order};
use crate::math::rng::Rng;
use crate::model::exponential::{Features, Moments};
use crate::objective::conditional_nce;
use crate::objective::nce::Mistakes;
use crate::objective::nce::newton::{Row, minimise};
use crate::objective::score_matching::line::Quadratic;
use rand::RngExt as _;
use rand_distr::StandardNormal;

/// Who has a minimiser.
pub(super) const FITTED: [Method; 6] =
    [Method::Exact, Method::Nce, Method::Cnce, Method::Implicit, Method::Denoising, Method::Sliced];
/// Points a data set and its noise have at most, so that a fit stays short.
const MOST: usize = 20_000;
/// Newton steps of maximum likelihood.
const STEPS: usize = 50;
/// Data sets a step.
const SETS: usize = 2;

/// Sums over the fits of a method, of deviations from its limit: d, d^2, d^4 of either parameter,
/// and the square of |d|^2.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    count: f64,
    sums: [Features; 3],
    both: f64,
}

/// The fits so far.
#[derive(Clone, Debug)]
pub(super) struct Fits {
    limits: [Option<Limit>; FITTED.len()],
    tallies: [Tally; FITTED.len()],
    size: usize,
    next: u64,
}

impl Fits {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            limits: FITTED.map(|m| limit(setup, m)),
            tallies: Default::default(),
            size: setup.points.min(MOST / (1 + setup.ratio)),
            next: 0,
        }
    }

    /// Data a fit.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Data sets fitted.
    pub(super) fn count(&self) -> u64 {
        self.next
    }

    /// Some more data sets.
    pub(super) fn step(&mut self, setup: &Setup) {
        self.take(setup, SETS);
    }

    pub(super) fn take(&mut self, setup: &Setup, sets: usize) {
        let (from, size) = (self.next, self.size);
        let found = in_order(sets, cores(SETS), |i| {
            FITTED.map(|method| fit(setup, method, from + i as u64, size))
        });
        self.next += sets as u64;
        for estimates in found {
            let both = self.tallies.iter_mut().zip(&self.limits);
            for ((tally, limit), estimate) in both.zip(estimates) {
                if let (Some(limit), Some(at)) = (limit, estimate) {
                    tally.add([at[0] - limit.at[0], at[1] - limit.at[1]]);
                }
            }
        }
    }

    /// N times the variance of a method's minimiser over the data sets.
    pub(super) fn variance(&self, method: Method, part: Part) -> Estimate {
        let index = FITTED.iter().position(|m| *m == method);
        index.map_or(Estimate { value: f64::NAN, error: f64::NAN }, |i| {
            self.tallies[i].variance(part, self.size as f64)
        })
    }

    /// What it is for many data.
    pub(super) fn asymptotic(&self, method: Method, part: Part) -> Option<f64> {
        let limit = self.limit(method)?;
        Some(part.of([limit.covariance[0][0], limit.covariance[1][1]]))
    }

    pub(super) fn limit(&self, method: Method) -> Option<Limit> {
        FITTED.iter().position(|m| *m == method).and_then(|i| self.limits[i])
    }
}

impl Tally {
    fn add(&mut self, d: Features) {
        self.count += 1.0;
        for k in 0..2 {
            let square = d[k] * d[k];
            let powers = [d[k], square, square * square];
            self.sums.iter_mut().zip(powers).for_each(|(sum, p)| sum[k] += p);
        }
        self.both += (d[0] * d[0] + d[1] * d[1]).powi(2);
    }

    fn variance(&self, part: Part, size: f64) -> Estimate {
        let n = self.count;
        if n < 4.0 {
            return Estimate { value: f64::NAN, error: f64::NAN };
        }
        let of = |k: usize| (self.sums[1][k] - self.sums[0][k].powi(2) / n) / (n - 1.0);
        let value = part.of([of(0), of(1)]);
        let fourth = match part {
            Part::Both => self.both / n,
            single => single.of(self.sums[2]) / n,
        };
        let second = part.of(self.sums[1]) / n;
        let error = ((fourth - second * second).max(0.0) / n).sqrt();
        Estimate { value: size * value, error: size * error }
    }
}

/// The minimiser of a method's objective on a data set; `None` where there is none.
pub(super) fn fit(setup: &Setup, method: Method, set: u64, size: usize) -> Option<Features> {
    let data = setup.data(set, size);
    let own = |datum: usize| setup.companions(set, method, datum);
    let normal = |rng: &mut Rng| rng.sample::<f64, _>(StandardNormal);
    match method {
        Method::Exact => most_likely(&data, setup.truth),
        Method::Nce => {
            let ratio = setup.ratio as f64;
            let row = |x: f64, is_data| {
                let t = FAMILY.features(x);
                Row {
                    is_data,
                    weight: 1.0,
                    offset: Mistakes::default().offset(ratio, setup.noise.log_density(&[x])),
                    features: [-t[0], -t[1], 1.0],
                }
            };
            let mut rows = Vec::with_capacity(size * (1 + setup.ratio));
            let mut noise = vec![0.0; setup.ratio];
            for (i, x) in data.iter().enumerate() {
                rows.push(row(*x, true));
                setup.noise.fill(&mut noise, &mut own(i));
                rows.extend(noise.iter().map(|y| row(*y, false)));
            }
            // The loss is convex: it does not matter where the search begins.
            let found = minimise(&rows, 3, [setup.truth[0], setup.truth[1], -setup.log_z[0]]);
            found.converged.then_some([found.at[0], found.at[1]])
        }
        Method::Cnce => {
            let mut noised = Vec::with_capacity(size * setup.ratio);
            for (i, x) in data.iter().enumerate() {
                let mut rng = own(i);
                noised.extend((0..setup.ratio).map(|_| x + setup.epsilon * normal(&mut rng)));
            }
            let rows = conditional_nce::rows(FAMILY, &data, &noised);
            let found = minimise(&rows, 2, [setup.truth[0], setup.truth[1], 0.0]);
            found.converged.then_some([found.at[0], found.at[1]])
        }
        Method::Implicit | Method::Denoising | Method::Sliced => {
            let mut sum = Quadratic::default();
            for (i, x) in data.iter().enumerate() {
                match method {
                    Method::Implicit => sum.add_implicit(FAMILY, *x, 1.0),
                    Method::Sliced => {
                        let v = normal(&mut own(i));
                        sum.add_implicit(FAMILY, *x, v * v);
                    }
                    _ => {
                        let e = setup.sigma * normal(&mut own(i));
                        let score = e / (setup.sigma * setup.sigma);
                        sum.add_denoising(FAMILY, x + e, score, 1.0);
                    }
                }
            }
            sum.minimum(FAMILY)
        }
        Method::CdUla | Method::CdMala | Method::Pcd => None,
    }
}

/// The maximum of the likelihood: Newton on `theta . mean t + log Z(theta)`, which is convex.
fn most_likely(data: &[f64], start: Features) -> Option<Features> {
    let mean = super::gradient::mean_features(data);
    let loss = |theta: Features, m: &Moments| theta[0] * mean[0] + theta[1] * mean[1] + m.log_z;
    let mut at = start;
    let mut moments = FAMILY.moments(at);
    for _ in 0..STEPS {
        let c = moments.covariance;
        let gradient = [mean[0] - moments.mean[0], mean[1] - moments.mean[1]];
        let determinant = c[0][0] * c[1][1] - c[0][1] * c[1][0];
        let step = [
            (c[1][1] * gradient[0] - c[0][1] * gradient[1]) / determinant,
            (c[0][0] * gradient[1] - c[1][0] * gradient[0]) / determinant,
        ];
        let decrease = step[0] * gradient[0] + step[1] * gradient[1];
        if !decrease.is_finite() {
            return None;
        }
        let before = loss(at, &moments);
        let mut length = 1.0;
        loop {
            let next = [at[0] - length * step[0], at[1] - length * step[1]];
            if FAMILY.is_normalisable(next) {
                let there = FAMILY.moments(next);
                if loss(next, &there) <= before + 1e-12 {
                    (at, moments) = (next, there);
                    break;
                }
            }
            length *= 0.5;
            if length < 1e-9 {
                return None;
            }
        }
        // Half of it is what was to be gained, a datum; the estimate's error is its root over N.
        if decrease < 1e-12 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::population::gradient;
    use super::{Fits, most_likely};
    use crate::lesson::gradient_race::method::Method;
    use crate::lesson::gradient_race::tests::setup;
    use crate::model::exponential::Family;

    #[test]
    fn the_most_likely_member_has_the_moments_of_the_data() {
        let data = setup(&[]).data(3, 400);
        let at = most_likely(&data, [2.0, 0.5]).expect("a maximum");
        let (model, of_data) =
            (Family::Well.moments(at).mean, super::super::gradient::mean_features(&data));
        assert!((model[0] - of_data[0]).abs() < 1e-6 && (model[1] - of_data[1]).abs() < 1e-6);
    }

    #[test]
    fn every_objective_is_flat_at_its_limit() {
        let setup = setup(&[]);
        let fits = Fits::new(&setup);
        for method in super::FITTED {
            let limit = fits.limit(method).expect("a limit");
            let there = gradient(&setup, method, limit.at, -setup.log_z[0]);
            assert!(there.iter().all(|g| g.abs() < 1e-7), "{method:?}: {there:?}");
        }
        // Denoising learns p_sigma: its limit is elsewhere.
        let at = fits.limit(Method::Denoising).expect("a limit").at;
        assert!((at[0] - setup.truth[0]).abs() > 0.05, "{at:?}");
    }
}
