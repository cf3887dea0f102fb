//! What a fit shows: figures, readouts, remarks.

use super::figures;
use super::fit::{Fit, norm};
use super::form::Form;
use crate::data::toy::Toy;
use crate::lab::Label;
use crate::lab::view::{Figure, Readout, View};

/// A mass this far from one, or this much at the edge of the box, is worth a remark.
const REMARKABLE: f64 = 1e-3;
/// log Z this far from the other grid's, as a share of the NLL where that is above one, and no
/// likelihood is shown.
const FICTION: f64 = 1e-2;
/// More of the truth than this beyond the box is worth a remark.
const TAIL: f64 = 1e-5;

pub(super) fn view(fit: &Fit) -> View {
    let density = fit.density();
    let mass = fit.mass();
    View {
        figures: drawn(fit, &density),
        readouts: readouts(fit, mass),
        notes: notes(fit, &density, mass),
        progress: None,
    }
}

/// A map needs room: in the plane there are two figures, side by side at full height.
fn drawn(fit: &Fit, density: &[f64]) -> Vec<Figure> {
    let forces = figures::forces(fit, density);
    match (fit.ground.sample.dimensions, &fit.form) {
        (1, _) => {
            vec![forces, figures::energy(fit), figures::terms(fit), figures::progress(fit)]
        }
        (_, Form::Network(_)) => vec![forces, figures::energy(fit)],
        (_, Form::Spring(_)) => vec![forces, figures::terms(fit)],
    }
}

fn readouts(fit: &Fit, mass: f64) -> Vec<Readout> {
    let sample = &fit.ground.sample;
    // A network that bends faster than the grid sees makes Z, and all that rests on it, a fiction.
    let bearable = FICTION * fit.now.nll.abs().max(1.0);
    let off = mass.ln().abs();
    let fiction = matches!(fit.form, Form::Network(_)) && (off > bearable || off.is_nan());
    let zero = if fiction { f64::NAN } else { 0.0 };
    let shift = sample.log_scale() + zero;
    let (held_out, error) = fit.held_out;
    let held_out = Readout::estimate("nll_held_out", held_out + shift, error + zero);
    // Of a fit that is lost, what would have been exact is no yardstick.
    let lost = fit.kept().is_err();
    let mut all = vec![Readout::plain("nll", fit.now.nll + shift)];
    match (sample.toy.and_then(Toy::entropy), fit.expected()) {
        (Some(entropy), Some(expected)) => {
            let expected = expected + shift;
            let kl = fit.kl + zero;
            all.extend([
                if lost { held_out } else { held_out.against(expected) },
                Readout::plain("nll_expected", expected),
                Readout::plain("kl", kl),
                Readout::plain("entropy", entropy).against(entropy),
                Readout::plain("identity", expected - (kl + entropy)).against(0.0),
            ]);
        }
        _ => all.extend([held_out, Readout::plain("nll_kernel", sample.kernel_nll)]),
    }
    all.extend([
        Readout::plain("mean_energy", fit.now.mean_energy),
        Readout::plain("log_z", fit.now.log_z + shift),
        Readout::plain("data_phase", norm(&fit.data_phase)),
        Readout::plain("model_phase_norm", fit.share * norm(&fit.model_phase)),
        Readout::plain("gradient_norm", fit.gradient_norm()),
        Readout::plain("gradient_check", fit.gradient_check()).against(0.0),
    ]);
    if let Form::Spring(spring) = &fit.form {
        let best = fit.ground.moments.best_stiffness(fit.share);
        let found = Readout::plain("stiffness", spring.stiffness());
        all.push(if best.is_finite() { found.against(best) } else { found });
    }
    let mass = Readout::plain("mass", mass);
    all.push(if matches!(fit.form, Form::Network(_)) { mass.against(1.0) } else { mass });
    all
}

fn notes(fit: &Fit, density: &[f64], mass: f64) -> Vec<Label> {
    let sample = &fit.ground.sample;
    let mut notes = Vec::new();
    // A spring has no constant of its own: it finds a new rest, unless nothing pulls up at all.
    let sinks = matches!(fit.form, Form::Network(_)) || fit.share == 0.0;
    if fit.share < 1.0 && sinks {
        notes.push("level-sinks");
    }
    match fit.form {
        Form::Network(_) => {
            if (mass - 1.0).abs() > REMARKABLE {
                notes.push("grid-too-coarse");
            }
            if sample.grid.edge_mass(density) > REMARKABLE {
                notes.push("mass-at-edge");
            }
        }
        Form::Spring(_) => {
            if 1.0 - mass > REMARKABLE {
                notes.push("beyond-the-picture");
            }
        }
    }
    if fit.ground.known.as_ref().is_some_and(|k| 1.0 - k.truth.mass() > TAIL) {
        notes.push("truth-beyond");
    }
    if sample.thinned {
        notes.push("rows-left-out");
    }
    notes
}
