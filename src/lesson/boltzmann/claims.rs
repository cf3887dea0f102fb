//! Claims 2, 3 and 4 of the post.

use super::BLUEPRINT;
use crate::lab::blueprint::Source;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::param::Value;
use crate::lab::run::Run;
use crate::math::quadrature::Grid;
use crate::math::rng::stream;
use crate::model::energy::{Energy, Quartic};
use crate::model::thermodynamics::Landscape;
use rand::RngExt as _;

pub(super) const CLAIMS: &[Claim] = &[
    Claim { number: 2, verdict: Verdict::Wrong, measure: energy_is_free },
    Claim { number: 3, verdict: Verdict::Right, measure: z_normalises },
    Claim { number: 4, verdict: Verdict::Loose, measure: one_distribution },
];

/// An energy made of whatever comes to hand: waves of random height over a bowl. No Boltzmann
/// distribution went into it.
struct Doodle {
    heights: [f64; 6],
}

impl Energy for Doodle {
    fn dimension(&self) -> usize {
        1
    }

    fn value(&self, points: &[f64], value: &mut [f64]) {
        for (x, value) in points.iter().zip(value) {
            let waves = self.heights.iter().enumerate();
            *value = 0.3 * x * x + waves.map(|(k, a)| a * ((k + 1) as f64 * x).sin()).sum::<f64>();
        }
    }

    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]) {
        self.value(points, value);
        for (x, slope) in points.iter().zip(gradient) {
            let waves = self.heights.iter().enumerate();
            let slopes = waves.map(|(k, a)| {
                let k = (k + 1) as f64;
                a * k * (k * x).cos()
            });
            *slope = 0.6 * x + slopes.sum::<f64>();
        }
    }
}

/// The mass of `exp(-E - log Z)` by Simpson's rule on a grid that log Z has not seen.
fn mass(energy: &dyn Energy, log_z: f64, low: f64, high: f64) -> f64 {
    let grid = Grid::new(low, high, 4_001);
    let mut values = vec![0.0; grid.count];
    energy.value(&grid.nodes(), &mut values);
    let weights = (0..grid.count).map(|i| match i {
        _ if i == 0 || i + 1 == grid.count => 1.0,
        _ if i % 2 == 1 => 4.0,
        _ => 2.0,
    });
    let sum: f64 = weights.zip(&values).map(|(w, e)| w * (-e - log_z).exp()).sum();
    sum * grid.spacing() / 3.0
}

fn energy_is_free() -> Vec<Measurement> {
    let mut rng = stream(2, 0);
    ["mass-first", "mass-second", "mass-third"]
        .into_iter()
        .map(|what| {
            let doodle =
                Doodle { heights: std::array::from_fn(|_| 4.0 * rng.random::<f64>() - 2.0) };
            let landscape = Landscape::new(&doodle, &[(-3.0, 3.0)], 1.0);
            let log_z = landscape.at(1.0, &mut Vec::new()).log_z;
            Measurement::near(what, mass(&doodle, log_z, -17.3, 16.9), 1.0, 1e-8)
        })
        .collect()
}

/// `I_nu(u)` for small `u` by its power series; `gamma` is Gamma(nu + 1).
fn bessel(nu: f64, gamma: f64, u: f64) -> f64 {
    let mut term = (0.5 * u).powf(nu) / gamma;
    let mut sum = 0.0;
    for k in 1..60 {
        sum += term;
        term *= 0.25 * u * u / (f64::from(k) * (f64::from(k) + nu));
    }
    sum
}

fn z_normalises() -> Vec<Measurement> {
    // Gamma(3/4) and Gamma(5/4): scipy.special.gamma.
    let (three_quarters, five_quarters) = (1.225_416_702_465_177_6, 0.906_402_477_055_477);
    let barrier = 2.0;
    let u = 0.5 * barrier;
    let closed = 0.5
        * std::f64::consts::PI
        * f64::exp(-u)
        * (bessel(-0.25, three_quarters, u) + bessel(0.25, five_quarters, u));
    let energy = Quartic::double_well(barrier, 0.0);
    let exact = Landscape::new(&energy, &[(-1.2, 1.2)], 1.0).at(1.0, &mut Vec::new());
    let mut measured = vec![
        Measurement::near("z-by-quadrature", exact.log_z.exp(), closed, 1e-10),
        Measurement::near("mass-double-well", mass(&energy, exact.log_z, -4.1, 3.9), 1.0, 1e-10),
    ];
    // And from the walkers alone, in units of its own error bar.
    let mut settings = BLUEPRINT.defaults();
    settings.set("chains", Value::Integer(400));
    if let Ok(mut run) = Run::new(&BLUEPRINT, Source::Shipped, 3, settings) {
        for _ in 0..2_000 {
            if run.advance().is_err() {
                break;
            }
        }
        let view = run.view();
        let log_z = view.readouts.iter().find(|r| r.id == "log_z");
        let z = log_z.map_or(f64::NAN, |r| (r.value - closed.ln()) / r.error.unwrap_or(f64::NAN));
        let expected = Expected::AtMost(4.0);
        measured.push(Measurement { what: "z-by-walkers", measured: z.abs(), expected });
    }
    measured
}

fn one_distribution() -> Vec<Measurement> {
    let energy = Quartic::double_well(2.0, 0.0);
    let landscape = Landscape::new(&energy, &[(-1.2, 1.2)], 1.0);
    let log_z = landscape.at(1.0, &mut Vec::new()).log_z;
    let grid = landscape.axes[0];
    let total = grid.integrate(&landscape.density(1.0));
    // A hundred data points around the two wells, each with its own p(x).
    let mut rng = stream(4, 0);
    let data: Vec<f64> = (0..100)
        .map(|i| if i % 2 == 0 { 1.0 } else { -1.0 } + 0.4 * (rng.random::<f64>() - 0.5))
        .collect();
    let mut values = vec![0.0; data.len()];
    energy.value(&data, &mut values);
    let sum: f64 = values.iter().map(|e| (-e - log_z).exp()).sum();
    vec![
        Measurement::near("sum-over-grid", total, 1.0, 1e-12),
        Measurement { what: "sum-over-data", measured: sum, expected: Expected::AtLeast(2.0) },
    ]
}
