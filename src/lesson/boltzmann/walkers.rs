//! The experiment: a cloud of walkers and what is averaged over it.

use super::estimate::{Averages, Estimates};
use super::exact::Exact;
use super::figures;
use super::potential::Potential;
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::{Readout, View};
use crate::math::rng::Rng;
use crate::math::statistics::BatchMeans;
use crate::math::vector_math::exp_affine_sum;
use crate::sampler::chains::Chains;
use crate::sampler::diagnostics::ChainMoments;
use crate::sampler::{langevin, metropolis};
use rand::Rng as _;
use std::sync::Arc;

/// Walkers that R-hat is taken over: enough to see whether they differ, and copies stay small.
const WATCHED: usize = 256;

/// Standard errors off the exact value that chance does not explain.
const ASTRAY: f64 = 6.0;

/// The walkers and the statistics since something about them was last changed.
pub(super) struct Walkers {
    settings: Settings,
    potential: Potential,
    /// Shared between copies: it is large and never changes.
    exact: Arc<Exact>,
    chains: Chains,
    averages: BatchMeans<5>,
    moments: ChainMoments,
    scratch: Vec<f64>,
}

impl Walkers {
    /// All walkers at the start.
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let potential = Potential::of(settings);
        let count = settings.count("chains");
        Self {
            settings: settings.clone(),
            potential,
            exact: Arc::new(Exact::new(&potential, settings.real("temperature"))),
            chains: Chains::new(&potential, potential.start(), count, rng.next_u64()),
            averages: BatchMeans::default(),
            moments: ChainMoments::new(count.min(WATCHED)),
            scratch: Vec::with_capacity(count),
        }
    }

    fn temperature(&self) -> f64 {
        self.settings.real("temperature")
    }

    /// What was averaged under other settings says nothing about these.
    fn forget(&mut self) {
        let count = self.chains.count();
        self.averages = BatchMeans::default();
        self.moments.clear(count.min(WATCHED));
    }

    /// From the later half of the steps since the last change.
    pub(super) fn estimates(&self) -> Estimates {
        let lowest = self.exact.reference.lowest;
        Estimates::new(self.averages.settled(), self.chains.count(), lowest, self.temperature())
    }

    fn averages_now(&mut self, accepted: usize) -> Averages {
        let n = self.chains.count() as f64;
        let reference = &self.exact.reference;
        let (mut first, mut second) = (0.0, 0.0);
        for e in self.chains.energy() {
            let u = e - reference.lowest;
            first += u;
            second += u * u;
        }
        let t = self.temperature();
        self.scratch.clear();
        self.scratch.extend_from_slice(self.chains.energy());
        exp_affine_sum(&mut self.scratch, 1.0 / t, -reference.lowest / t);
        let weight = reference.mean_weight(self.chains.positions(), &self.scratch);
        let x: f64 = self.chains.coordinate(0).iter().sum();
        [first / n, second / n, weight, x / n, accepted as f64 / n]
    }

    fn readouts(&self, estimates: &Estimates, r_hat: f64) -> Vec<Readout> {
        let exact = &self.exact.here;
        let show = |id: Label, e: super::estimate::Estimate| Readout {
            id,
            value: e.value,
            error: e.error.is_finite().then_some(e.error),
            exact: None,
        };
        let length = self.averages.length() as f64;
        vec![
            show("log_z", estimates.log_z).against(exact.log_z),
            show("mean_energy", estimates.mean_energy).against(exact.mean_energy),
            show("heat_capacity", estimates.heat_capacity).against(exact.heat_capacity()),
            show("entropy", estimates.entropy).against(exact.entropy),
            show("free_energy", estimates.free_energy).against(exact.free_energy),
            show("acceptance", estimates.acceptance),
            Readout::plain("tau", estimates.time * length),
            Readout::plain("r_hat", r_hat),
            Readout::plain("identity", self.exact.identity).against(0.0),
        ]
    }

    fn notes(&self, estimates: &Estimates, r_hat: f64) -> Vec<Label> {
        let mut notes = Vec::new();
        if self.settings.choice("sampler") == "langevin" {
            notes.push("biased-step");
        }
        if self.averages.blocks().len() >= 32 {
            let biased = self.settings.choice("sampler") == "langevin";
            let exact = &self.exact.here;
            let off = (estimates.mean_x.value - self.exact.mean_x).abs();
            let astray = [
                (estimates.mean_energy, exact.mean_energy),
                (estimates.heat_capacity, exact.heat_capacity()),
            ]
            .iter()
            .any(|(e, exact)| (e.value - exact).abs() > ASTRAY * e.error);
            if estimates.acceptance.value < 0.01 {
                notes.push("hardly-accepted");
            } else if off > 0.1 && off > ASTRAY * estimates.mean_x.error && r_hat < 1.1 {
                notes.push("one-place");
            } else if astray && !biased {
                notes.push("astray");
            } else if r_hat > 1.1 {
                notes.push("not-mixed");
            }
        }
        let grid = self.exact.shown[0];
        let outside = |x: &&f64| **x < grid.low || **x > grid.high;
        let lost = self.chains.coordinate(0).iter().filter(outside).count();
        if lost * 100 > self.chains.count() {
            notes.push("outside-grid");
        }
        notes
    }
}

impl Clone for Walkers {
    /// Without the scratch space, which the next step makes again.
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            potential: self.potential,
            exact: Arc::clone(&self.exact),
            chains: self.chains.clone(),
            averages: self.averages.clone(),
            moments: self.moments.clone(),
            scratch: Vec::new(),
        }
    }
}

impl Experiment for Walkers {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        match param {
            "chains" => {
                let count = self.settings.count("chains");
                self.chains.resize(&self.potential, self.potential.start(), count);
            }
            "temperature" | "barrier" | "tilt" => {
                let potential = Potential::of(&self.settings);
                if param != "temperature" && potential == self.potential {
                    return;
                }
                self.potential = potential;
                self.exact = Arc::new(Exact::new(&potential, self.temperature()));
                self.chains.refresh(&potential);
            }
            _ => {}
        }
        self.forget();
    }

    fn step(&mut self, _: &mut Rng) -> Result<(), Diverged> {
        let (t, eta) = (self.temperature(), self.settings.real("step_size"));
        let (chains, energy) = (&mut self.chains, &self.potential);
        let accepted = match self.settings.choice("sampler") {
            "langevin" => {
                let escaped = |_| Diverged { why: "step-too-large" };
                langevin::unadjusted(chains, energy, t, eta).map_err(escaped)?;
                chains.count()
            }
            "mala" => langevin::adjusted(chains, energy, t, eta),
            // The noise of a Langevin step without its drift: one step size serves all three.
            _ => metropolis::step(chains, energy, t, (2.0 * eta * t).sqrt()),
        };
        let watched = self.chains.count().min(WATCHED);
        self.moments.push(&self.chains.coordinate(0)[..watched]);
        let averages = self.averages_now(accepted);
        self.averages.push(averages);
        Ok(())
    }

    fn view(&self) -> View {
        let estimates = self.estimates();
        let r_hat = self.moments.r_hat();
        View {
            figures: vec![
                figures::landscape(&self.potential, &self.exact, &self.chains),
                figures::density(&self.exact, &self.chains),
                figures::relaxation(&self.exact, &self.averages, &estimates),
                figures::thermodynamics(&self.exact, &estimates),
            ],
            readouts: self.readouts(&estimates, r_hat),
            notes: self.notes(&estimates, r_hat),
            progress: None,
        }
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
