//! Predictions: the learner says what a change will do, then the simulator does it.

use super::Label;
use super::blueprint::{Blueprint, Source};
use super::param::Value;
use super::run::{Run, RunError};
use super::view::Readout;

/// "What happens to this readout when that parameter changes?"
pub struct Question {
    /// Its id; the words are the lesson's `questions.<id>`.
    pub id: Label,
    /// The settings both runs share, on top of the defaults.
    pub setup: &'static [(Label, Value)],
    /// The change that only the second run has.
    pub change: &'static [(Label, Value)],
    /// The readout that is compared.
    pub readout: Label,
    /// How many steps each run takes first.
    pub steps: u64,
}

/// What a readout does under a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// It rises by more than chance explains.
    Rises,
    /// It falls by more than chance explains.
    Falls,
    /// It stays, within three standard errors (or a relative 1e-9 where there is no error).
    Stays,
}

/// What the simulator found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The readout without the change.
    pub before: Readout,
    /// The readout with it.
    pub after: Readout,
    /// The direction.
    pub trend: Trend,
}

impl Question {
    /// Runs both sides under one seed and compares them.
    ///
    /// # Errors
    /// [`RunError`] when a side cannot be built or diverges.
    pub fn ask(&self, blueprint: &'static Blueprint, seed: u64) -> Result<Outcome, RunError> {
        let before = self.measure(blueprint, seed, &[])?;
        let after = self.measure(blueprint, seed, self.change)?;
        let trend = compare(&before, &after);
        Ok(Outcome { before, after, trend })
    }

    fn measure(
        &self,
        blueprint: &'static Blueprint,
        seed: u64,
        change: &[(Label, Value)],
    ) -> Result<Readout, RunError> {
        let mut settings = blueprint.defaults();
        for (id, value) in self.setup.iter().chain(change) {
            settings.set(id, *value);
        }
        let mut run = Run::new(blueprint, Source::Shipped, seed, settings)?;
        for _ in 0..self.steps {
            run.advance()?;
        }
        let view = run.view();
        Ok(view
            .readouts
            .into_iter()
            .find(|r| r.id == self.readout)
            .unwrap_or_else(|| Readout::plain(self.readout, f64::NAN)))
    }
}

/// Which way a readout went, beyond what its error bars explain.
#[must_use]
pub fn compare(before: &Readout, after: &Readout) -> Trend {
    let difference = after.value - before.value;
    let noise = match (before.error, after.error) {
        (None, None) => 1e-9 * (before.value.abs() + after.value.abs()),
        (a, b) => 3.0 * a.unwrap_or(0.0).hypot(b.unwrap_or(0.0)),
    };
    if difference > noise {
        Trend::Rises
    } else if difference < -noise {
        Trend::Falls
    } else {
        Trend::Stays
    }
}

#[cfg(test)]
mod tests {
    use super::{Trend, compare};
    use crate::lab::view::Readout;

    #[test]
    fn a_difference_within_the_error_bars_is_no_difference() {
        let a = Readout::estimate("x", 1.0, 0.1);
        assert_eq!(compare(&a, &Readout::estimate("x", 1.3, 0.1)), Trend::Stays);
        assert_eq!(compare(&a, &Readout::estimate("x", 1.6, 0.1)), Trend::Rises);
        assert_eq!(compare(&a, &Readout::estimate("x", 0.4, 0.1)), Trend::Falls);
        assert_eq!(compare(&Readout::plain("x", 1.0), &Readout::plain("x", 1.0)), Trend::Stays);
    }
}
