//! What a training looks like: figures, readouts, remarks.

use super::ground::{FOREIGN, Ground};
use super::training::Training;
use crate::data::digits::PIXELS;
use crate::lab::Label;
use crate::lab::view::{Cell, Figure, Image, Images, Plot, Readout, Role, Table, View};
use crate::lesson::shared::pictures::{energy_histograms, thumbnail};

/// Pictures of each of the two sets that the energy made: a small panel has room for few.
const GENERATED: usize = 8;
/// The share told right from which the loss has little left to teach.
const TOLD: f64 = 0.999;
/// Nats below the digits from which chains are in a hole.
const HOLE: f64 = -10.0;

pub(super) fn view(training: &Training) -> View {
    let figures = [
        ("ranked", ranked(training)),
        ("auroc", table(training)),
        ("generated", generated(training)),
        ("energies", energies(training)),
    ];
    View {
        figures: figures.into_iter().map(|(id, plot)| Figure { id, plot }).collect(),
        readouts: readouts(training),
        notes: notes(training),
        progress: None,
    }
}

fn readouts(training: &Training) -> Vec<Readout> {
    let (ground, look) = (&training.ground, &training.look);
    let number = |id, (value, error): (f64, f64)| Readout {
        error: error.is_finite().then_some(error),
        ..Readout::plain(id, value)
    };
    let areas = ground.foreign.iter().zip(&look.auroc);
    let mut all: Vec<Readout> = areas.map(|(f, area)| number(f.readout, *area)).collect();
    let foreign = ground.foreign(training.settings.choice("foreign"));
    all.extend(foreign.map(|f| number("auroc_baseline", f.baseline)));
    all.push(number("auroc_held_out", look.held_out));
    all.push(number("energy_gap", look.gap));
    all.push(number("chain_gap", training.walkers.finished.gap));
    all.push(number("loss", look.loss));
    all.push(number("accuracy", look.accuracy));
    all.push(Readout::plain("c", training.c));
    all.push(Readout::plain("updates", training.updates as f64));
    all
}

fn notes(training: &Training) -> Vec<Label> {
    let (ground, look) = (&training.ground, &training.look);
    let mut notes = Vec::new();
    if ground.halved {
        notes.push("halved");
    }
    let wanted = training.settings.choice("foreign");
    if ground.foreign(wanted).is_some_and(|f| f.label != wanted) {
        notes.push("no-others");
    }
    if !ground.valued {
        notes.push("rule-only");
    }
    if look.accuracy.0 > TOLD {
        notes.push("all-told");
    }
    if training.walkers.finished.gap.0 < HOLE {
        notes.push("in-a-hole");
    }
    notes
}

/// An energy above that of the digits, in the four columns of a small picture's caption: thousands
/// have a k, and 99 of them stand for any more.
fn caption(above: f64) -> String {
    if !above.is_finite() {
        return String::new();
    }
    // Adding 0 takes the sign of a zero away.
    let tenths = (10.0 * above).round() / 10.0 + 0.0;
    match tenths.abs() {
        size if size < 9.95 => format!("{tenths:+.1}"),
        size if size < 999.5 => format!("{above:+.0}"),
        _ => format!("{:+.0}k", (above / 1_000.0).clamp(-99.0, 99.0)),
    }
}

fn grid(images: Vec<Image>) -> Plot {
    Plot::Images(Images { width: 8, height: 8, images })
}

fn ranked(training: &Training) -> Plot {
    let ground: &Ground = &training.ground;
    let image = |(row, above): &(usize, f64)| {
        let role = if ground.held_out.contains(row) { Role::Data } else { Role::Negative };
        thumbnail(role, caption(*above), ground.pictures(&(*row..*row + 1)))
    };
    grid(training.look.ranked.iter().map(image).collect())
}

fn generated(training: &Training) -> Plot {
    let finished = &training.walkers.finished;
    let arrived = finished.rows.chunks_exact(PIXELS).zip(&finished.above).take(GENERATED);
    let mut images: Vec<Image> =
        arrived.map(|(x, above)| thumbnail(Role::Model, caption(*above), x)).collect();
    let walking = training.walkers.rows.chunks_exact(PIXELS).take(GENERATED);
    images.extend(walking.map(|x| thumbnail(Role::Estimate, "...".to_owned(), x)));
    grid(images)
}

fn table(training: &Training) -> Plot {
    let number = |(value, error): (f64, f64)| Cell::Number { value, error: Some(error) };
    let rows = training.ground.foreign.iter().zip(&training.look.auroc);
    let row = |(f, area): (&super::ground::Foreign, &(f64, f64))| {
        vec![Cell::Label(f.label), number(*area), number(f.baseline)]
    };
    let mut rows: Vec<_> = rows.map(row).collect();
    if rows.len() < FOREIGN.len() {
        // All ten digits are the data: nothing is left over for the last kind.
        let none = || Cell::Text("-".to_owned());
        rows.push(vec![Cell::Label("others"), none(), none()]);
    }
    let columns = vec!["foreign-pictures", "by-energy", "by-gaussian"];
    Plot::Table(Table { columns, rows, leads: Vec::new() })
}

fn energies(training: &Training) -> Plot {
    let (ground, look) = (&training.ground, &training.look);
    let mut kinds = vec![
        ("trained-on", Role::Data, &look.energies[ground.trained.clone()]),
        ("held-out", Role::Model, &look.energies[ground.held_out.clone()]),
    ];
    let foreign = ground.foreign(training.settings.choice("foreign"));
    kinds.extend(foreign.map(|f| (f.label, Role::Negative, &look.energies[f.rows.clone()])));
    energy_histograms(&kinds, look.zero.0, ("energy-above-digits", "share"))
}

#[cfg(test)]
mod tests {
    use super::caption;

    #[test]
    fn a_caption_has_at_most_four_columns() {
        let shown = [0.04, -0.04, -3.24, 9.96, 12.4, -999.4, 999.6, -1e300];
        let written = ["+0.0", "+0.0", "-3.2", "+10", "+12", "-999", "+1k", "-99k"];
        assert_eq!(shown.map(caption), written);
        assert_eq!(caption(f64::NAN), "");
    }
}
