//! Claim 30, tested.

use super::BLUEPRINT;
use super::training::Training;
use crate::lab::Label;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::lab::experiment::Experiment as _;
use crate::lab::param::Value;
use crate::math::rng::stream;

/// Updates of each training, and of the one whose chains are asked.
const UPDATES: usize = 300;
const LONGER: usize = 600;

pub(super) static CLAIMS: &[Claim] =
    &[Claim { number: 30, verdict: Verdict::Loose, measure: chosen_beforehand }];

/// What an energy trained with these settings says: the readouts of these ids.
fn trained<const K: usize>(set: &[(Label, Value)], updates: usize, ids: [Label; K]) -> [f64; K] {
    let mut settings = BLUEPRINT.defaults();
    set.iter().for_each(|(id, value)| settings.set(id, *value));
    let mut rng = stream(30, 0);
    let Ok(mut training) = Training::new(&settings, &mut rng) else { return [f64::NAN; K] };
    if !(0..updates).all(|_| training.step(&mut rng).is_ok()) {
        return [f64::NAN; K];
    }
    let readouts = training.view().readouts;
    ids.map(|id| readouts.iter().find(|r| r.id == id).map_or(f64::NAN, |r| r.value))
}

/// The noise decides what is learned, and a rule that can only draw leaves a ratio.
fn chosen_beforehand() -> Vec<Measurement> {
    let noise = |id| ("noise", Value::Choice(id));
    let [uniform] = trained(&[noise("uniform")], UPDATES, ["auroc_mirrored"]);
    let far = [noise("gaussian"), ("chain_steps", Value::Integer(2_000))];
    let [mirrored, drawn, chains] =
        trained(&far, LONGER, ["auroc_mirrored", "auroc_gaussian", "chain_gap"]);
    let [pixels] = trained(&[noise("independent")], UPDATES, ["auroc_gaussian"]);
    let threes = [noise("others"), ("digit", Value::Choice("3"))];
    let [others, blind] = trained(&threes, UPDATES, ["auroc_others", "auroc_gaussian"]);
    let at_least =
        |what, measured, bound| Measurement { what, measured, expected: Expected::AtLeast(bound) };
    let at_most =
        |what, measured, bound| Measurement { what, measured, expected: Expected::AtMost(bound) };
    vec![
        at_most("mirrored-by-uniform", uniform, 0.7),
        at_least("mirrored-by-gaussian", mirrored, 0.8),
        at_least("gaussian-by-gaussian", drawn, 0.85),
        at_most("gaussian-by-pixels", pixels, 0.75),
        at_least("others-by-others", others, 0.97),
        at_most("gaussian-by-others", blind, 0.65),
        at_most("chains-below", chains, -5.0),
    ]
}
