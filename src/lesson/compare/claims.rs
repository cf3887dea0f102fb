//! Claim 24 of the post: InfoNCE is not always better. A task that each wins, with error bars over
//! seeds.

use super::BLUEPRINT;
use super::comparison::Comparison;
use super::ranking::LOOKS;
use super::row::Row;
use super::study::{BATCHES, Study};
use crate::lab::Label;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::param::Value;
use crate::math::rng::stream;
use crate::math::statistics::mean_and_error;

pub(super) const CLAIMS: &[Claim] =
    &[Claim { number: 24, verdict: Verdict::Right, measure: not_always }];

/// Standard errors that a measurement may be off.
const ERRORS: f64 = 4.0;

/// A row measured to its end.
pub(super) fn filled(row: Row, set: &[(Label, Value)], seed: u64) -> Option<Study> {
    let mut settings = BLUEPRINT.defaults();
    for (id, value) in set {
        settings.set(id, *value);
    }
    let mut comparison = Comparison::new(&settings, &mut stream(24, seed));
    while !comparison.study(row).is_done(&comparison.setup) {
        comparison.measure(row).ok()?;
    }
    Some(comparison.study(row).clone())
}

fn not_always() -> Vec<Measurement> {
    let at_least =
        |what, measured, least| Measurement { what, measured, expected: Expected::AtLeast(least) };
    let at_most =
        |what, measured, most| Measurement { what, measured, expected: Expected::AtMost(most) };
    let mut measured = Vec::new();
    // A density with its normaliser: NCE sees c, InfoNCE does not.
    if let Some(study) = filled(Row::Estimated, &[("seeds", Value::Integer(100))], 0) {
        let c = study.mean(4);
        measured.push(Measurement::near("nce-c", c.value, 0.0, ERRORS * c.error));
        measured.push(at_most("nce-off-density", study.mean(0).value, 0.15));
        measured.push(at_least("infonce-off-density", study.mean(2).value, 1.0));
        measured.push(at_most("infonce-off-ratio", study.mean(3).value, 0.15));
    }
    if let Some(study) = filled(Row::Parameters, &[], 1) {
        measured.push(at_least("nce-sees-c", study.mean(2).value, 0.05));
        measured.push(at_most("infonce-sees-c", study.mean(5).value.abs(), 1e-12));
    }
    // Small batches: the error of NCE does not know of them.
    if let Some(study) = filled(Row::Batch, &[], 2) {
        let last = 2 * (BATCHES.len() - 1);
        let (nce, info) = (study.ratio(0, last), study.ratio(1, last + 1));
        measured.push(Measurement::near("nce-batch", nce.value, 1.0, ERRORS * nce.error));
        measured.push(at_least("infonce-batch", info.value - 2.0 * info.error, 1.0));
    }
    // Ranking: the winner at equal encodings, and at equal scores.
    let lead = |study: &Study| {
        let leads: Vec<f64> =
            study.samples.iter().map(|s| s[2 * LOOKS - 1] - s[LOOKS - 1]).collect();
        mean_and_error(&leads)
    };
    if let Some(study) = filled(Row::Accuracy, &[], 3) {
        let (mean, error) = lead(&study);
        measured.push(at_least("lead-encodings", mean - ERRORS * error, 0.0));
    }
    let by_scores = [("currency", Value::Choice("scores"))];
    if let Some(study) = filled(Row::Accuracy, &by_scores, 4) {
        let (mean, error) = lead(&study);
        measured.push(at_most("lead-scores", mean + ERRORS * error, 0.0));
    }
    measured
}
