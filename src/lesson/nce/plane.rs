//! The figures of a training in the plane: the learned probability under the data, the best one
//! under data and noise, and the density, not normalised.

use super::picture::{Scene, exp, peak, room};
use super::problem::{Cloud, Problem};
use super::training::{Learner, Training};
use crate::lab::Label;
use crate::lab::view::{Axis, Dots, Field, Figure, Plot, Role};
use crate::lesson::shared::drawing::own_axis;

/// Dots of the data that are drawn.
const DOTS: usize = 160;

pub(super) fn figures(training: &Training, scene: &Scene) -> Vec<Figure> {
    let Problem::Cloud(cloud) = &*training.problem else { return Vec::new() };
    let probability = || Axis::of("probability").within(0.0, 1.0);
    let data = dots(cloud, "data-points", Role::Data, &cloud.sample.train);
    let noise = dots(cloud, "noise-points", Role::Noise, &training.dots);
    let learned =
        field(cloud, "classifier", probability(), scene.learned.clone(), vec![data.clone()]);
    let (axis, values) = match scene.best(training.ratio()) {
        Some(best) => (probability(), best),
        None => {
            let p = exp(&scene.log_noise);
            (Axis::of("noise-density").within(0.0, peak(&p).max(1e-9)), p)
        }
    };
    let samples = field(cloud, "samples", axis, values, vec![noise, data]);
    let model = exp(&scene.log_model);
    let should = match (&scene.log_data, &training.learner) {
        (Some(truth), _) => peak(&exp(truth)),
        // Without a truth, what the energy would be if it were normalised, in steps of a half.
        (None, Learner::Network(learner)) => {
            let off = learner.look.c + learner.look.log_z;
            steps(peak(&model) * (-off).clamp(-300.0, 300.0).exp())
        }
        (None, Learner::Family(_)) => 1.0,
    };
    let axis = Axis::of("unnormalised").within(0.0, room(should, peak(&model)) / 1.5);
    let density = field(cloud, "density", axis, model, Vec::new());
    vec![learned, density, samples]
}

/// The next power of one and a half.
fn steps(x: f64) -> f64 {
    1.5f64.powf(x.max(1e-9).log(1.5).ceil())
}

fn dots(cloud: &Cloud, label: Label, role: Role, points: &[f64]) -> Dots {
    let own = |p: &[f64]| (cloud.sample.own(0, p[0]), cloud.sample.own(1, p[1]));
    Dots { label, role, points: points.chunks_exact(2).take(DOTS).map(own).collect() }
}

fn field(cloud: &Cloud, id: Label, value: Axis, values: Vec<f64>, dots: Vec<Dots>) -> Figure {
    let sample = &cloud.sample;
    let plot = Plot::Field(Field {
        x: own_axis(sample, 0),
        y: own_axis(sample, 1),
        value,
        low_is_bright: false,
        columns: sample.grid.axes()[0].count,
        values,
        dots,
        arrows: Vec::new(),
    });
    Figure { id, plot }
}
