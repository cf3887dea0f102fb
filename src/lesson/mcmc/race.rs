//! The experiment: five samplers on one target with the same random numbers.

use super::closed_form;
use super::exact::Exact;
use super::figures;
use super::method::Method;
use super::target::Target;
use super::track::{Estimate, Estimates, Track};
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::{Progress, Readout, View};
use crate::math::rng::Rng;
use crate::model::energy::Energy as _;
use crate::sampler::adaptation::DualAveraging;
use crate::sampler::hamiltonian::Path;
use crate::sampler::noise::Noise;
use rand::Rng as _;
use std::sync::Arc;

/// Steps that adaptation takes before anything is measured.
const ADAPTING: u64 = 300;
/// The steps that adaptation may choose from.
pub(super) const STEPS: (f64, f64) = (1e-4, 10.0);
/// Standard errors off the exact value that chance does not explain.
const ASTRAY: f64 = 6.0;

/// The samplers and the statistics since something about them was last changed.
#[derive(Clone)]
pub(super) struct Race {
    settings: Settings,
    target: Target,
    /// Shared between copies: it is large and never changes.
    exact: Arc<Exact>,
    noise: Noise,
    tracks: Vec<Track>,
    /// Steps since the beginning, and steps of adaptation still to come.
    steps: u64,
    adapting: u64,
    seed: u64,
}

impl Race {
    /// All walkers at their starting points.
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let target = Target::of(settings);
        let seed = rng.next_u64();
        let count = settings.count("chains");
        let mut race = Self {
            settings: settings.clone(),
            target,
            exact: Arc::new(Exact::new(&target)),
            noise: Noise::new(target.dimension(), count, seed),
            tracks: Vec::with_capacity(Method::ALL.len()),
            steps: 0,
            adapting: 0,
            seed,
        };
        for method in Method::ALL {
            race.tracks.push(race.fresh(method));
        }
        race.begin();
        race
    }

    fn fresh(&self, method: Method) -> Track {
        let apart = self.settings.choice("start") == "apart";
        let points = self.target.points(self.settings.count("chains"), apart);
        // Gibbs' own streams: another seed than that of the common numbers.
        Track::new(method, &self.target, points, self.seed ^ 0x6769_6262_7321)
    }

    /// Takes in settings that change the samplers; walkers stay where they are, but for those that
    /// had escaped.
    fn begin(&mut self) {
        let step = self.settings.real("step_size");
        let adapt = self.settings.switch("adapt");
        self.adapting = if adapt { ADAPTING } else { 0 };
        let leapfrog_steps = self.settings.count("leapfrog_steps");
        for at in 0..self.tracks.len() {
            if self.tracks[at].escaped.is_some() {
                self.tracks[at] = self.fresh(Method::ALL[at]);
            }
            let target = self.target;
            let track = &mut self.tracks[at];
            track.step_size = step;
            track.search = match track.method.wanted(target.dimension()) {
                Some(wanted) if adapt => Some(DualAveraging::new(step, wanted, STEPS)),
                _ => None,
            };
            track.cost = track.method.cost(&target, leapfrog_steps);
            track.forget(&target);
        }
    }

    /// The steps that were found are held still, and measuring begins.
    fn settle(&mut self) {
        for track in &mut self.tracks {
            if let Some(search) = track.search.take() {
                track.step_size = search.settled();
            }
            track.forget(&self.target);
        }
    }

    fn chosen(&self) -> &Track {
        &self.tracks[Method::index(self.settings.choice("sampler"))]
    }

    /// A path of the sampler's present step size.
    fn path(&self, length: f64) -> Path {
        Path {
            length,
            steps: self.settings.count("leapfrog_steps"),
            jitter: self.settings.real("jitter"),
        }
    }

    fn readouts(&self, track: &Track, estimates: &Estimates) -> Vec<Readout> {
        let show = |id: Label, e: Estimate, exact: Option<f64>| Readout {
            id,
            value: e.value,
            error: e.error.is_finite().then_some(e.error),
            exact,
        };
        let method = track.method;
        let gaussian = self.target.id == "gaussian" && track.search.is_none();
        let path = self.path(track.step_size);
        let tau = closed_form::autocorrelation_time(method, path.length).filter(|_| gaussian);
        let bias = match method {
            Method::Ula if gaussian => {
                closed_form::ula_second_moment(path.length).map(|m| m - self.exact.second)
            }
            Method::Ula => None,
            _ => Some(0.0),
        };
        let passage = match method {
            Method::Metropolis | Method::Ula | Method::Mala if track.search.is_none() => {
                self.exact.passage.map(|time| time / path.length)
            }
            _ => None,
        };
        let acceptance = gaussian.then(|| closed_form::acceptance(method, path));
        let second = estimates.second;
        let off = Estimate { value: second.value - self.exact.second, error: second.error };
        vec![
            show("acceptance", estimates.acceptance, acceptance),
            show("ess_per_evaluation", estimates.ess, tau.map(|tau| 1.0 / (tau * track.cost))),
            show("tau", estimates.tau, tau),
            Readout::plain("r_hat", estimates.r_hat),
            show("bias_second_moment", off, bias),
            show("first_passage", estimates.passage, passage),
            Readout::plain("step_used", track.step_size),
        ]
    }

    fn notes(&self, track: &Track, e: &Estimates) -> Vec<Label> {
        let mut notes = Vec::new();
        if self.adapting > 0 {
            notes.push("adapting-now");
            return notes;
        }
        let biased = track.method == Method::Ula;
        if biased {
            notes.push("biased-step");
        }
        if e.early {
            notes.push("too-early");
        }
        if self.tracks.iter().any(|t| t.escaped.is_some()) {
            // ULA is alone in that: the others refuse such a move, or make none.
            notes.push("ula-escaped");
        }
        if track.blocks() < 64 {
            return notes;
        }
        let off = |e: Estimate, exact: f64| (e.value - exact).abs() > ASTRAY * e.error;
        let astray = off(e.first, self.exact.mean) || off(e.second, self.exact.second);
        if e.acceptance.value < 0.01 {
            notes.push("hardly-accepted");
        } else if track.method == Method::Hmc && e.acceptance.value > 0.999 && e.r_hat > 2.0 {
            notes.push("path-closes");
        } else if e.r_hat > 1.1 {
            notes.push("not-mixed");
        } else if astray && !biased && e.r_hat.is_finite() {
            notes.push("agree-and-wrong");
        }
        if self.target.has_wells() && !track.passages.any() {
            notes.push("no-passage");
        }
        notes
    }
}

impl Experiment for Race {
    fn set(&mut self, param: Label, value: Value) {
        self.settings.set(param, value);
        match param {
            // Which of them is looked at, and how, changes nothing about them.
            "sampler" | "watch" => return,
            "barrier" => {
                let target = Target::of(&self.settings);
                if target == self.target {
                    return;
                }
                self.target = target;
                self.exact = Arc::new(Exact::new(&target));
                for track in &mut self.tracks {
                    track.chains.refresh(&target);
                }
            }
            _ => {}
        }
        self.begin();
    }

    fn step(&mut self, _: &mut Rng) -> Result<(), Diverged> {
        self.steps += 1;
        let path = self.path(f64::NAN);
        let draws = self.noise.draw();
        for track in self.tracks.iter_mut().filter(|t| t.escaped.is_none()) {
            if track.advance(&self.target, &self.exact, path, draws).is_err() {
                track.escaped = Some(self.steps);
            }
        }
        if self.adapting > 0 {
            self.adapting -= 1;
            if self.adapting == 0 {
                self.settle();
            }
        }
        match self.chosen().escaped {
            Some(_) => Err(Diverged { why: "step-too-large" }),
            None => Ok(()),
        }
    }

    fn view(&self) -> View {
        let all: Vec<Estimates> = self.tracks.iter().map(Track::estimates).collect();
        let track = self.chosen();
        let estimates = &all[Method::index(track.method.id())];
        let partner = match track.method {
            Method::Mala => Method::Ula,
            _ => Method::Mala,
        };
        let partner = &self.tracks[Method::index(partner.id())];
        let memory = match self.settings.choice("watch") {
            "trace" => figures::trace(&self.exact, track, partner),
            _ => figures::memory(&self.tracks),
        };
        View {
            figures: vec![
                figures::landscape(&self.target, &self.exact, track),
                figures::density(&self.exact, track),
                memory,
                figures::table(&self.exact, &self.tracks, &all),
            ],
            readouts: self.readouts(track, estimates),
            notes: self.notes(track, estimates),
            progress: (self.adapting > 0).then(|| Progress {
                label: "adapting",
                done: 1.0 - self.adapting as f64 / ADAPTING as f64,
            }),
        }
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
