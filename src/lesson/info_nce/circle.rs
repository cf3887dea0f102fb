//! The picture of the forces: the candidates where they are, one query as a hand from the middle, for
//! its own candidate lies on it, the pull on that one and the pushes on all others. Strokes begin at
//! the candidate they move and are the forces along the circle or the sphere, `weight |sin|` for a
//! cosine, in units of the pull's weight: it counts one, and the pushes together as much, each its
//! hardness.

use super::training::{Scene, Training};
use crate::lab::Label;
use crate::lab::view::{Axis, Lines, Plot, Role, Series};
use crate::lesson::shared::pictures::rounded;
use crate::objective::info_nce::hardness;
use std::f64::consts::TAU;

/// How long the stroke of a force of one is, in units of the radius: at the end of a training, where
/// two neighbours share the push, theirs are still some cells long.
const REACH: f64 = 6.0;
/// By how much the sphere turns in a step, in radians, and how far its axis leans.
const TURN: f64 = 0.01;
const LEAN: f64 = 0.35;
/// Room around the circle: half the width and half the height, in radii. Panels are wide.
const ROOM: (f64, f64) = (2.2, 1.3);
/// Points of all pushes together, and of one push at least: so many that figures draw them as dots
/// and not as marks.
const POINTS: (usize, usize) = (1_024, 48);
/// Corners of the outline.
const CORNERS: usize = 72;

/// What the eye sees of directions in the plane or in space.
struct Eye {
    dimension: usize,
    turn: (f64, f64),
}

impl Eye {
    /// Across, up, and toward the eye.
    fn look(&self, x: &[f64]) -> (f64, f64, f64) {
        if self.dimension == 2 {
            return (x[0], x[1], 1.0);
        }
        let (sin, cos) = self.turn;
        let (across, deep) = (cos * x[0] - sin * x[1], sin * x[0] + cos * x[1]);
        let (tilt_sin, tilt_cos) = LEAN.sin_cos();
        (across, tilt_cos * x[2] + tilt_sin * deep, tilt_sin * x[2] - tilt_cos * deep)
    }
}

/// Strokes one after the other, as closely set points: the role's own line is dotted, and of a short
/// stroke little would be left.
#[derive(Default)]
struct Strokes {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Strokes {
    fn push(&mut self, from: (f64, f64), to: (f64, f64), points: usize) {
        let along = move |a: f64, b: f64| {
            (0..points).map(move |i| a + (b - a) * i as f64 / (points - 1) as f64)
        };
        self.x.extend(along(from.0, to.0));
        self.y.extend(along(from.1, to.1));
    }

    /// As figures draw them: a name in the legend that looks like a line, and the points without one.
    fn series(self, label: Label, role: Role) -> [Series; 2] {
        let name = Series::line(label, role, Vec::new(), Vec::new());
        [name, Series::points("", role, self.x, self.y)]
    }
}

pub(super) fn plot(training: &Training, scene: &Scene) -> Plot {
    let d = training.world.dimension;
    let raw = &training.learner.raw;
    let (u, v) = (scene.seen.u(raw), scene.seen.v(raw));
    let eye = Eye { dimension: d, turn: (TURN * training.steps as f64).sin_cos() };
    let on_circle = training.is_points() || training.learner.critic.similarity.of_units();
    let largest = u.iter().chain(v).fold(1e-9, |m: f64, x| m.max(x.abs()));
    let radius = if on_circle { 1.0 } else { rounded(largest) };

    let anchor = training.anchor(scene.count);
    let query = &u[anchor * d..][..d];
    let mut weights: Vec<f64> = scene.similarities[anchor * scene.count..][..scene.count].to_vec();
    weights.remove(anchor);
    hardness(&mut weights, training.temperature());
    weights.insert(anchor, 1.0);

    let points = (POINTS.0 / scene.count).max(POINTS.1);
    let (mut pull, mut push) = (Strokes::default(), Strokes::default());
    let (mut front, mut behind) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    let mut slope = [0.0; 3];
    let slope = &mut slope[..d];
    for (j, (candidate, weight)) in v.chunks_exact(d).zip(weights).enumerate() {
        let (x, y, depth) = eye.look(candidate);
        training.learner.critic.slope_by_candidate(query, candidate, slope);
        if on_circle {
            let along: f64 = slope.iter().zip(candidate).map(|(s, c)| s * c).sum();
            slope.iter_mut().zip(candidate).for_each(|(s, c)| *s -= along * c);
        }
        let reach = if on_circle { REACH } else { 1.0 };
        let step = reach * weight / training.learner.critic.similarity.steepness();
        let (dx, dy, _) = eye.look(slope);
        if j == anchor {
            pull.push((x, y), (x + step * dx, y + step * dy), POINTS.0);
            continue;
        }
        push.push((x, y), (x - step * dx, y - step * dy), points);
        let (xs, ys) = if depth >= 0.0 { &mut front } else { &mut behind };
        xs.push(x);
        ys.push(y);
    }

    let mut series = Vec::with_capacity(9);
    // On the circle the points draw it themselves.
    if on_circle && d == 3 {
        let corner = |i: usize| TAU * i as f64 / CORNERS as f64;
        let (x, y) = (0..=CORNERS).map(|i| (corner(i).cos(), corner(i).sin())).unzip();
        series.push(Series::line("outline", Role::Noise, x, y));
    }
    // Beneath the candidates: the own one lies at its tip.
    let hand = eye.look(query);
    series.push(Series::line("query", Role::Data, vec![0.0, hand.0], vec![0.0, hand.1]));
    series.extend(push.series("push", Role::Negative));
    series.extend(pull.series("pull", Role::Positive));
    if d == 3 {
        series.push(Series::points("behind", Role::Noise, behind.0, behind.1));
    }
    series.push(Series::points("negatives", Role::Negative, front.0, front.1));
    let own = eye.look(&v[anchor * d..][..d]);
    series.push(Series::points("own", Role::Positive, vec![own.0], vec![own.1]));
    let axis = |room: f64| Axis::of("").within(-room * radius, room * radius);
    Plot::Lines(Lines { x: axis(ROOM.0), y: axis(ROOM.1), series })
}
