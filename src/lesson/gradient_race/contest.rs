//! The experiment: the questioning, the race and the fits, side by side.

use super::fits::Fits;
use super::method::Method;
use super::picture;
use super::probe::Probe;
use super::race::{Part, Race};
use super::setup::Setup;
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::View;
use crate::math::rng::Rng;
use std::sync::Arc;

#[derive(Clone)]
pub(super) struct Contest {
    pub(super) setup: Arc<Setup>,
    pub(super) settings: Settings,
    pub(super) probe: Probe,
    pub(super) race: Race,
    pub(super) fits: Fits,
}

impl Contest {
    pub(super) fn new(settings: &Settings, rng: &mut Rng) -> Self {
        let setup = Setup::new(settings, rng);
        Self {
            settings: settings.clone(),
            probe: Probe::new(&setup, rng),
            race: Race::new(&setup),
            fits: Fits::new(&setup),
            setup: Arc::new(setup),
        }
    }

    /// Who stands for chains, for classification and for slopes in the pictures.
    pub(super) fn chosen(&self) -> [Method; 3] {
        ["chain", "contrast", "match"].map(|id| Method::from_id(self.settings.choice(id)))
    }

    pub(super) fn part(&self) -> Part {
        Part::from_id(self.settings.choice("part"))
    }
}

impl Experiment for Contest {
    fn set(&mut self, param: Label, value: Value) {
        // What is live changes only what is shown.
        self.settings.set(param, value);
    }

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        self.probe.step(&self.setup, rng);
        self.race.step(&self.setup, rng);
        self.fits.step(&self.setup);
        Ok(())
    }

    fn view(&self) -> View {
        picture::view(self)
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}
