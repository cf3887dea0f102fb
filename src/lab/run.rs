//! A run: a lesson, a seed and a list of edits. That list *is* the experiment: it is what is
//! saved, shared as one command line, replayed and tested.

use super::Label;
use super::blueprint::{Blueprint, Source, Unusable};
use super::experiment::{Diverged, Experiment};
use super::param::{Effect, Refusal, Settings, Value};
use super::view::View;
use crate::math::rng::{Rng, stream};
use std::fmt;

/// A change of one live parameter after a number of steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edit {
    /// How many steps had been taken.
    pub step: u64,
    /// What was changed.
    pub param: Label,
    /// To what.
    pub value: Value,
}

/// What a run is made of: enough to make it again, bit for bit.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// The seed.
    pub seed: u64,
    /// The settings at step 0.
    pub base: Settings,
    /// The live edits since, in order of their steps.
    pub edits: Vec<Edit>,
}

/// A run in progress.
pub struct Run {
    blueprint: &'static Blueprint,
    source: Source,
    recipe: Recipe,
    now: Moment,
    checkpoints: Checkpoints,
    undo: Vec<(Label, Undo)>,
}

/// Where a run stands.
struct Moment {
    step: u64,
    settings: Settings,
    rng: Rng,
    experiment: Box<dyn Experiment>,
    /// How many edits of the recipe have been made.
    edits: usize,
    diverged: Option<(u64, Diverged)>,
}

struct Undo {
    moment: Moment,
    recipe: Recipe,
    /// A restart begins a new history of checkpoints; the old one comes back with the undo.
    checkpoints: Option<Checkpoints>,
}

/// Why a run cannot begin or go on.
#[derive(Clone, Debug, PartialEq)]
pub enum RunError {
    /// The data does not suit the lesson.
    Unusable(Unusable),
    /// The value does not suit the parameter.
    Refused(Label, Refusal),
    /// The numbers left the finite at this step.
    Diverged(u64, Diverged),
}

impl From<Unusable> for RunError {
    fn from(e: Unusable) -> Self {
        Self::Unusable(e)
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(e) => e.fmt(f),
            Self::Refused(param, e) => write!(f, "{param}: {e}"),
            Self::Diverged(step, e) => write!(f, "step {step}: {e}"),
        }
    }
}

impl std::error::Error for RunError {}

/// How many undo steps are kept.
const UNDO_DEPTH: usize = 50;

impl Run {
    /// A run at step 0.
    ///
    /// # Errors
    /// When a setting is out of its range or the data does not suit the lesson.
    pub fn new(
        blueprint: &'static Blueprint,
        source: Source,
        seed: u64,
        settings: Settings,
    ) -> Result<Self, RunError> {
        for (spec, value) in settings.iter() {
            spec.check(value).map_err(|e| RunError::Refused(spec.id, e))?;
        }
        let now = Moment::first(blueprint, &source, seed, settings.clone())?;
        let recipe = Recipe { seed, base: settings, edits: Vec::new() };
        Ok(Self {
            blueprint,
            source,
            recipe,
            now,
            checkpoints: Checkpoints::default(),
            undo: Vec::new(),
        })
    }

    /// The run that a recipe describes, at step 0: its edits happen as it is advanced.
    ///
    /// # Errors
    /// As [`Run::new`].
    pub fn replay(
        blueprint: &'static Blueprint,
        source: Source,
        recipe: Recipe,
    ) -> Result<Self, RunError> {
        let mut run = Self::new(blueprint, source, recipe.seed, recipe.base.clone())?;
        for edit in &recipe.edits {
            if let Some(spec) = blueprint.param(edit.param) {
                spec.check(edit.value).map_err(|e| RunError::Refused(edit.param, e))?;
            }
        }
        run.recipe = recipe;
        run.now.catch_up(&run.recipe);
        Ok(run)
    }

    /// The plan it follows.
    #[must_use]
    pub fn blueprint(&self) -> &'static Blueprint {
        self.blueprint
    }

    /// What it is made of.
    #[must_use]
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The learner's own data, where they stand in for what this parameter chooses among.
    #[must_use]
    pub fn own_for(&self, param: Label) -> Option<&Source> {
        let shipped = matches!(self.source, Source::Shipped);
        (!shipped && self.blueprint.data_param == Some(param)).then_some(&self.source)
    }

    /// How many steps have been taken.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.now.step
    }

    /// The parameters as they are now.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.now.settings
    }

    /// Where and why it diverged, if it did.
    #[must_use]
    pub fn diverged(&self) -> Option<(u64, Diverged)> {
        self.now.diverged
    }

    /// What there is to see now.
    #[must_use]
    pub fn view(&self) -> View {
        self.now.experiment.view()
    }

    /// Takes one step.
    ///
    /// # Errors
    /// [`RunError::Diverged`] when the numbers leave the finite, and ever after.
    pub fn advance(&mut self) -> Result<(), RunError> {
        if let Some((step, why)) = self.now.diverged {
            return Err(RunError::Diverged(step, why));
        }
        self.checkpoints.note(&self.now);
        self.now.advance(&self.recipe);
        match self.now.diverged {
            Some((step, why)) => Err(RunError::Diverged(step, why)),
            None => Ok(()),
        }
    }

    /// Changes a parameter now. A live change goes on from here; one that restarts begins again at
    /// step 0 with the same seed and all other parameters as they are. `merge` joins it with the
    /// change before, if that was to the same parameter: one undo takes both back.
    ///
    /// # Errors
    /// When the value is out of range or the experiment cannot be built with it; the run is then
    /// as it was.
    pub fn edit(&mut self, param: &str, value: Value, merge: bool) -> Result<(), RunError> {
        let Some(spec) = self.blueprint.param(param) else {
            unreachable!("no parameter '{param}' in {}", self.blueprint.id)
        };
        spec.check(value).map_err(|e| RunError::Refused(spec.id, e))?;
        if self.now.settings.get(param) == value {
            return Ok(());
        }
        let restart = spec.effect == Effect::Restart || self.now.diverged.is_some();
        if restart {
            let mut settings = self.now.settings.clone();
            settings.set(param, value);
            return self.begin_again(spec.id, self.recipe.seed, settings, merge);
        }
        self.remember(spec.id, merge, false);
        self.checkpoints.forget_after(self.now.step);
        self.recipe.edits.truncate(self.now.edits);
        self.recipe.edits.push(Edit { step: self.now.step, param: spec.id, value });
        self.now.catch_up(&self.recipe);
        Ok(())
    }

    /// Begins again at step 0 with these settings and the same seed; one undo takes it back.
    ///
    /// # Errors
    /// As [`Run::new`]; the run is then as it was.
    pub fn apply(&mut self, settings: Settings) -> Result<(), RunError> {
        for (spec, value) in settings.iter() {
            spec.check(value).map_err(|e| RunError::Refused(spec.id, e))?;
        }
        self.begin_again("preset", self.recipe.seed, settings, false)
    }

    /// Begins again at step 0 with the parameters as they are and this seed.
    ///
    /// # Errors
    /// As [`Run::new`]; the run is then as it was.
    pub fn restart(&mut self, seed: u64) -> Result<(), RunError> {
        self.begin_again("restart", seed, self.now.settings.clone(), false)
    }

    /// Takes the last edit, preset or restart back: everything is as it was just before it.
    /// Returns whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some((_, undo)) = self.undo.pop() else { return false };
        self.now = undo.moment;
        self.recipe = undo.recipe;
        match undo.checkpoints {
            Some(kept) => self.checkpoints = kept,
            None => self.checkpoints.forget_after(self.now.step),
        }
        true
    }

    /// How many changes can be taken back.
    #[must_use]
    pub fn undo_depth(&self) -> usize {
        self.undo.len()
    }

    /// Goes back to the newest checkpoint at or before a step; [`Run::advance`] then replays the
    /// rest exactly. Going forward is [`Run::advance`] alone.
    ///
    /// # Errors
    /// When the experiment cannot be built any more (it could before, so this is not expected).
    pub fn rewind(&mut self, step: u64) -> Result<(), RunError> {
        if step >= self.now.step {
            return Ok(());
        }
        self.now = match self.checkpoints.before(step) {
            Some(kept) => kept.fork(),
            None => Moment::first(
                self.blueprint,
                &self.source,
                self.recipe.seed,
                self.recipe.base.clone(),
            )?,
        };
        self.now.catch_up(&self.recipe);
        Ok(())
    }

    /// An independent copy without the undo history: for comparison.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            blueprint: self.blueprint,
            source: self.source.clone(),
            recipe: self.recipe.clone(),
            now: self.now.fork(),
            checkpoints: Checkpoints::default(),
            undo: Vec::new(),
        }
    }

    fn begin_again(
        &mut self,
        what: Label,
        seed: u64,
        settings: Settings,
        merge: bool,
    ) -> Result<(), RunError> {
        let first = Moment::first(self.blueprint, &self.source, seed, settings.clone())?;
        self.remember(what, merge, true);
        self.now = first;
        self.recipe = Recipe { seed, base: settings, edits: Vec::new() };
        Ok(())
    }

    fn remember(&mut self, what: Label, merge: bool, restart: bool) {
        if merge && self.undo.last().is_some_and(|(last, _)| *last == what) {
            if restart {
                self.checkpoints = Checkpoints::default();
            }
            return;
        }
        let checkpoints = restart.then(|| std::mem::take(&mut self.checkpoints));
        self.undo.push((
            what,
            Undo { moment: self.now.fork(), recipe: self.recipe.clone(), checkpoints },
        ));
        if self.undo.len() > UNDO_DEPTH {
            self.undo.remove(0);
        }
    }
}

impl Moment {
    fn first(
        blueprint: &'static Blueprint,
        source: &Source,
        seed: u64,
        settings: Settings,
    ) -> Result<Self, RunError> {
        let mut rng = stream(seed, 0);
        let experiment = (blueprint.build)(&settings, source, &mut rng)?;
        Ok(Self { step: 0, settings, rng, experiment, edits: 0, diverged: None })
    }

    fn fork(&self) -> Self {
        Self {
            step: self.step,
            settings: self.settings.clone(),
            rng: self.rng.clone(),
            experiment: self.experiment.fork(),
            edits: self.edits,
            diverged: self.diverged,
        }
    }

    /// Makes the edits of the recipe that are due at this step.
    fn catch_up(&mut self, recipe: &Recipe) {
        while let Some(edit) = recipe.edits.get(self.edits).filter(|e| e.step <= self.step) {
            self.settings.set(edit.param, edit.value);
            self.experiment.set(edit.param, edit.value);
            self.edits += 1;
        }
    }

    fn advance(&mut self, recipe: &Recipe) {
        match self.experiment.step(&mut self.rng) {
            Ok(()) => {
                self.step += 1;
                self.catch_up(recipe);
            }
            Err(why) => self.diverged = Some((self.step + 1, why)),
        }
    }
}

/// Forks at even distances; when there are too many, every other one goes and the distance
/// doubles, so that memory stays bounded and going back costs a bounded share of the run.
struct Checkpoints {
    every: u64,
    kept: Vec<Moment>,
}

const MOST_CHECKPOINTS: usize = 32;

impl Default for Checkpoints {
    fn default() -> Self {
        Self { every: 64, kept: Vec::new() }
    }
}

impl Checkpoints {
    fn note(&mut self, now: &Moment) {
        let due = match self.kept.last() {
            Some(last) => now.step >= last.step + self.every,
            None => now.step >= self.every,
        };
        if !due {
            return;
        }
        self.kept.push(now.fork());
        if self.kept.len() > MOST_CHECKPOINTS {
            let mut odd = false;
            self.kept.retain(|_| {
                odd = !odd;
                !odd
            });
            self.every *= 2;
        }
    }

    fn before(&self, step: u64) -> Option<&Moment> {
        self.kept.iter().rev().find(|m| m.step <= step)
    }

    fn forget_after(&mut self, step: u64) {
        self.kept.retain(|m| m.step <= step);
    }
}

#[cfg(test)]
pub(crate) mod tests;
