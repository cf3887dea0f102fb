//! The experiment: a grid, plain and annealed importance sampling after the same log Z, each with
//! the same number of density evaluations a step.

use super::account::{Account, Estimate};
use super::figures;
use super::lattice::{self, Lattice};
use super::target::Target;
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::{Progress, Readout, View};
use crate::math::rng::{Rng, stream};
use crate::model::energy::Energy as _;
use crate::sampler::annealed::{Annealing, Move, Schedule};
use crate::sampler::importance::{Proposal, Weights};
use rand::Rng as _;
use std::sync::Arc;

/// Density evaluations a step, of each method.
pub(super) const EVALUATIONS: u64 = 4096;
/// Draws of one pass of importance sampling.
const SLICE: usize = 512;
/// What a processor may do: evaluations a second of an energy this simple.
pub(super) const RATE: f64 = 1e8;
/// The age of the universe in seconds: 13.787 billion years (Planck Collaboration 2020).
pub(super) const UNIVERSE: f64 = 4.351e17;
/// With fewer effective draws an error bar says nothing.
const FEW: f64 = 10.0;

/// The three methods and their books.
pub(super) struct Race {
    settings: Settings,
    /// Shared between copies.
    target: Arc<Target>,
    proposal: Proposal,
    lattice: Lattice,
    plain: Account,
    plain_rng: Rng,
    annealed: Account,
    annealed_rng: Rng,
    annealing: Annealing,
    /// Evaluations the annealed particles may have spent by now.
    allowance: u64,
    proposed: u64,
    accepted: u64,
    scratch: Vec<f64>,
}

impl Race {
    /// Before the first evaluation.
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let target = Arc::new(Target::of(settings));
        let proposal = Proposal { dimension: target.dimension(), width: settings.real("width") };
        let schedule = Schedule {
            proposal,
            temperatures: settings.count("temperatures"),
            moves: settings.count("moves"),
            kind: match settings.choice("move") {
                "metropolis" => Move::Metropolis,
                _ => Move::Mala,
            },
            step_size: settings.real("step_size"),
        };
        let seed = rng.next_u64();
        Self {
            lattice: Lattice::new(&target.reach, settings.count("nodes")),
            settings: settings.clone(),
            target,
            proposal,
            plain: Account::new(),
            plain_rng: stream(seed, 0),
            annealed: Account::new(),
            annealed_rng: stream(seed, 1),
            annealing: Annealing::new(schedule, settings.count("particles")),
            allowance: 0,
            proposed: 0,
            accepted: 0,
            scratch: Vec::new(),
        }
    }

    fn draw(&mut self) {
        let size = self.proposal.dimension * SLICE;
        self.scratch.resize(size, 0.0);
        let (mut energy, mut base) = ([0.0; SLICE], [0.0; SLICE]);
        let constant = self.proposal.log_z();
        for _ in 0..EVALUATIONS / SLICE as u64 {
            self.proposal.draw(&mut self.plain_rng, &mut self.scratch);
            self.target.value(&self.scratch, &mut energy);
            self.proposal.energy(&self.scratch, &mut base);
            for (e, q) in energy.iter().zip(&base) {
                self.plain.push(constant + q - e);
            }
        }
        self.plain.spend(EVALUATIONS);
    }

    fn anneal(&mut self) {
        self.allowance += EVALUATIONS;
        while self.annealed.evaluations() < self.allowance {
            let advance = self.annealing.advance(&*self.target, &mut self.annealed_rng);
            self.annealed.spend(advance.evaluations);
            self.proposed += advance.proposed;
            self.accepted += advance.accepted;
            if let Some(log_weights) = self.annealing.arrived() {
                for w in log_weights {
                    self.annealed.push(*w);
                }
            }
        }
    }

    fn grid_points(&self) -> f64 {
        lattice::points(self.settings.count("nodes"), self.target.dimension())
    }

    fn acceptance(&self) -> f64 {
        if self.proposed == 0 { f64::NAN } else { self.accepted as f64 / self.proposed as f64 }
    }

    /// The finest finished grid's log Z and what it changed against the one before.
    fn by_grid(&self) -> Estimate {
        let mut last = self.lattice.finished().iter().rev().map(|f| f.log_z);
        let value = last.next().unwrap_or(f64::NAN);
        let error = last.next().map_or(f64::NAN, |before| (value - before).abs());
        Estimate { value, error }
    }

    fn readouts(&self) -> Vec<Readout> {
        let exact = self.target.log_z;
        let show = |id: Label, e: Estimate| Readout {
            id,
            value: e.value,
            error: e.error.is_finite().then_some(e.error),
            exact: None,
        };
        let (plain, annealed) = (self.plain.pooled(), self.annealed.pooled());
        let of = |w: &Weights| Estimate { value: w.log_mean(), error: w.error() };
        let time = self.grid_points() / RATE;
        vec![
            show("log_z_grid", self.by_grid()).against(exact),
            show("log_z_is", of(&plain)).against(exact),
            show("log_z_ais", of(&annealed)).against(exact),
            Readout::plain("ess", plain.effective()),
            Readout::plain("ess_ais", annealed.effective()),
            show("error_is", self.plain.typical(exact)),
            show("error_ais", self.annealed.typical(exact)),
            show("bias_is", self.plain.bias(exact)),
            Readout::plain("acceptance", self.acceptance()),
            Readout::plain("evaluations", self.plain.evaluations() as f64),
            Readout::plain("grid_points", self.grid_points()),
            Readout::plain("grid_time", time),
        ]
    }

    fn notes(&self) -> Vec<Label> {
        let mut notes = Vec::new();
        // What must not be believed comes first.
        let (plain, annealed) = (self.plain.pooled(), self.annealed.pooled());
        if !self.target.weights_have_variance(self.proposal.width) {
            notes.push("no-variance");
        } else if plain.count() > 0 && plain.effective() < FEW {
            notes.push("few-draws");
        } else if self.plain.understates(self.target.log_z) {
            notes.push("bar-too-short");
        }
        if self.grid_points() / RATE > UNIVERSE {
            notes.push("grid-universe");
        } else if self.grid_points() > lattice::BUDGET {
            notes.push("grid-refused");
        }
        if self.acceptance() < 0.05 {
            notes.push("hardly-moved");
        } else if annealed.count() >= 4 * FEW as u64 && annealed.effective() < FEW {
            notes.push("few-particles");
        } else if self.annealed.understates(self.target.log_z) {
            notes.push("annealed-bar-too-short");
        } else if annealed.count() == 0 && self.annealed.evaluations() > 0 {
            notes.push("on-the-way");
        }
        notes
    }
}

impl Clone for Race {
    /// Without the scratch space, which the next step makes again.
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            target: Arc::clone(&self.target),
            lattice: self.lattice.clone(),
            plain: self.plain.clone(),
            plain_rng: self.plain_rng.clone(),
            annealed: self.annealed.clone(),
            annealed_rng: self.annealed_rng.clone(),
            annealing: self.annealing.clone(),
            scratch: Vec::new(),
            ..*self
        }
    }
}

impl Experiment for Race {
    /// Every parameter begins the race again: nothing is live.
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
    }

    fn step(&mut self, _: &mut Rng) -> Result<(), Diverged> {
        let target = Arc::clone(&self.target);
        self.lattice.advance(&*target, EVALUATIONS as usize);
        self.draw();
        self.anneal();
        self.plain.remember(target.log_z);
        self.annealed.remember(target.log_z);
        Ok(())
    }

    fn view(&self) -> View {
        let exact = self.target.log_z;
        let grids = self.lattice.finished();
        let (plain, annealed) = (self.plain.course(exact), self.annealed.course(exact));
        let (nodes, dimension) = (self.settings.count("nodes"), self.target.dimension());
        View {
            figures: vec![
                figures::estimates(exact, grids, &plain, &annealed),
                figures::errors(exact, grids, &plain, &annealed),
                figures::weights(exact, self.plain.kept(), self.annealed.kept()),
                figures::curse(nodes, dimension),
            ],
            readouts: self.readouts(),
            notes: self.notes(),
            progress: (!self.lattice.is_done())
                .then(|| Progress { label: "grid-progress", done: self.lattice.done() }),
        }
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
