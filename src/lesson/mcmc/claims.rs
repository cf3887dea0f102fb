//! The claim of the post that the lesson tests: that drawing negatives costs too much.

use super::exact::Exact;
use super::method::Method;
use super::target::Target;
use super::track::{Estimates, Track};
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::sampler::hamiltonian::Path;
use crate::sampler::noise::Noise;

pub(super) const CLAIMS: &[Claim] =
    &[Claim { number: 8, verdict: Verdict::Loose, measure: what_a_sample_costs }];

/// One sampler alone on a target: what it says after a number of steps.
fn alone(method: Method, target: &Target, path: Path, chains: usize, steps: usize) -> Estimates {
    let exact = Exact::new(target);
    let mut track = Track::new(method, target, target.points(chains, true), 8);
    track.step_size = path.length;
    track.cost = method.cost(target, path.steps);
    let mut noise = Noise::new(1, chains, 8);
    for _ in 0..steps {
        // The samplers that are tested here are those that cannot escape, and ULA well inside of
        // its limit; an escape would leave the numbers where they were.
        if track.advance(target, &exact, path, noise.draw()).is_err() {
            break;
        }
    }
    track.estimates()
}

fn what_a_sample_costs() -> Vec<Measurement> {
    let gaussian = Target::named("gaussian", 1.0);
    let path = |length: f64, steps: usize| Path { length, steps, jitter: 0.0 };
    let run = |method, path| alone(method, &gaussian, path, 500, 1_000);

    // The rules do what theory says: four standard errors.
    let mala = run(Method::Mala, path(0.5, 1)).acceptance;
    let hmc = run(Method::Hmc, path(0.5, 5)).acceptance;
    let ula = run(Method::Ula, path(0.5, 1)).second;
    // Where nothing stands in the way an independent sample costs a handful of evaluations.
    let metropolis = run(Method::Metropolis, path(2.5, 1)).ess;
    let quick = run(Method::Hmc, path(0.8, 2)).ess;
    // Over a barrier the price is that of the climb.
    let climb = |barrier: f64, steps: usize| {
        let target = Target::named("double-well", barrier);
        let passage = alone(Method::Metropolis, &target, path(0.02, 1), 500, steps).passage;
        (passage, Exact::new(&target).passage.unwrap_or(f64::NAN))
    };
    let (low, low_exact) = climb(2.0, 3_000);
    let (high, high_exact) = climb(8.0, 12_000);
    let ratio = high.value / low.value;
    let exact = high_exact / low_exact;
    vec![
        Measurement::near("claim-mala", mala.value, 0.920_833, 4.0 * mala.error),
        Measurement::near("claim-hmc", hmc.value, 0.988_150, 4.0 * hmc.error),
        Measurement::near("claim-ula", ula.value, 4.0 / 3.0, 4.0 * ula.error),
        Measurement {
            what: "claim-metropolis-cost",
            measured: 1.0 / metropolis.value,
            expected: Expected::AtMost(20.0),
        },
        Measurement {
            what: "claim-hmc-cost",
            measured: 1.0 / quick.value,
            expected: Expected::AtMost(10.0),
        },
        Measurement {
            what: "claim-high-passage",
            measured: high.value,
            expected: Expected::AtLeast(1_000.0 / metropolis.value),
        },
        Measurement::near("claim-barrier", ratio, exact, 0.2 * exact),
    ]
}
