//! Claims: sentences of the post, each an experiment of seconds with a number, a tolerance and a
//! verdict.

use super::Label;
use serde::Serialize;

/// A claim of the post and the experiment that tests it.
pub struct Claim {
    /// Its number in the list of claims; its words are the lesson's `claims.<number>`.
    pub number: u8,
    /// What our measurement says of it.
    pub verdict: Verdict,
    /// Measures it. Deterministic: a seed of its own.
    pub measure: fn() -> Vec<Measurement>,
}

/// What is so about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The post is right here.
    Right,
    /// It is loose: true with a condition it does not name.
    Loose,
    /// It is wrong here.
    Wrong,
}

/// One number of a claim's experiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measurement {
    /// What was measured: a label of the lesson.
    pub what: Label,
    /// The value.
    pub measured: f64,
    /// What it should be.
    pub expected: Expected,
}

/// What a measurement should be for the verdict to hold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// This value, within plus or minus the tolerance.
    Near {
        /// The value.
        value: f64,
        /// The tolerance.
        tolerance: f64,
    },
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
}

impl Measurement {
    /// What should be `value`, within plus or minus `tolerance`.
    #[must_use]
    pub fn near(what: Label, measured: f64, value: f64, tolerance: f64) -> Self {
        Self { what, measured, expected: Expected::Near { value, tolerance } }
    }

    /// Whether the measured value is what it should be. NaN never is.
    #[must_use]
    pub fn holds(&self) -> bool {
        match self.expected {
            Expected::Near { value, tolerance } => (self.measured - value).abs() <= tolerance,
            Expected::AtLeast(bound) => self.measured >= bound,
            Expected::AtMost(bound) => self.measured <= bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Expected, Measurement};

    #[test]
    fn a_check_can_fail() {
        let near = Expected::Near { value: 1.0, tolerance: 0.1 };
        for (measured, expected, holds) in [
            (1.05, near, true),
            (1.2, near, false),
            (f64::NAN, near, false),
            (2.0, Expected::AtLeast(2.0), true),
            (f64::NAN, Expected::AtLeast(2.0), false),
            (2.1, Expected::AtMost(2.0), false),
            (f64::NAN, Expected::AtMost(2.0), false),
        ] {
            assert_eq!(Measurement { what: "x", measured, expected }.holds(), holds);
        }
    }
}
