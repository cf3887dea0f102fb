//! The targets of the lesson: their energies, where walkers begin, and which wells there are to
//! cross between.

use crate::lab::Label;
use crate::lab::param::Settings;
use crate::model::conditional::{Conditional, Conditionals};
use crate::model::energy::{Energy, MullerBrown, Quartic};
use crate::model::plane::Plane;

/// Muller and Brown's wells are up to 147 deep; a twentieth of that can be crossed.
const MULLER_BROWN: MullerBrown = MullerBrown { scale: 0.05 };

/// The slope of the tilted well.
const TILT: f64 = 0.5;

/// What of a target the energy alone does not say.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Line(Quartic),
    Plane(Plane),
    Surface(MullerBrown),
}

/// One of the lesson's targets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Target {
    /// Its id as an option of the parameter `target`.
    pub(super) id: Label,
    shape: Shape,
}

impl Target {
    /// The target that the settings name.
    pub(super) fn of(settings: &Settings) -> Self {
        Self::named(settings.choice("target"), settings.real("barrier"))
    }

    /// A target by its id.
    pub(super) fn named(id: Label, barrier: f64) -> Self {
        let shape = match id {
            "gaussian" => Shape::Line(Quartic::gaussian(0.0, 1.0)),
            "tilted" => Shape::Line(Quartic::double_well(barrier, TILT)),
            "eight-gaussians" => Shape::Plane(Plane::EightGaussians),
            "funnel" => Shape::Plane(Plane::Funnel),
            "banana" => Shape::Plane(Plane::Banana),
            "donut" => Shape::Plane(Plane::Donut),
            "rings" => Shape::Plane(Plane::Rings),
            "muller-brown" => Shape::Surface(MULLER_BROWN),
            _ => Shape::Line(Quartic::double_well(barrier, 0.0)),
        };
        Self { id, shape }
    }

    /// The points that walkers begin at, in turn: far from each other, so that R-hat has something
    /// to see.
    pub(super) fn starts(&self) -> &'static [[f64; 2]] {
        const D: f64 = std::f64::consts::SQRT_2;
        match self.id {
            "gaussian" => {
                &[[-2.5, 0.0], [2.5, 0.0], [-1.5, 0.0], [1.5, 0.0], [-0.5, 0.0], [0.5, 0.0]]
            }
            "eight-gaussians" => &[
                [2.0, 0.0],
                [-2.0, 0.0],
                [0.0, 2.0],
                [0.0, -2.0],
                [D, D],
                [-D, -D],
                [D, -D],
                [-D, D],
            ],
            "funnel" => &[[-3.0, 0.1], [3.0, 1.0]],
            "banana" => &[[-3.0, -0.6], [3.0, -0.6]],
            "donut" => &[[-2.6, 0.0], [2.6, 0.0]],
            "rings" => &[[1.0, 0.0], [-2.5, 0.0], [-1.0, 0.0], [2.5, 0.0]],
            "muller-brown" => &[[-0.558, 1.442], [0.623, 0.028]],
            _ => &[[-1.0, 0.0], [1.0, 0.0]],
        }
    }

    /// `count` starting points, coordinate by coordinate: spread over all of [`Target::starts`] or
    /// all at the first.
    pub(super) fn points(&self, count: usize, apart: bool) -> Vec<f64> {
        let starts = self.starts();
        let from = |i: usize| starts[if apart { i % starts.len() } else { 0 }];
        (0..self.dimension()).flat_map(|axis| (0..count).map(move |i| from(i)[axis])).collect()
    }

    /// The part of each axis that is shown.
    pub(super) fn shown(&self) -> &'static [(f64, f64)] {
        match self.id {
            "gaussian" => &[(-4.0, 4.0)],
            "eight-gaussians" => &[(-3.0, 3.0), (-3.0, 3.0)],
            "funnel" => &[(-9.0, 9.0), (-12.0, 12.0)],
            "banana" => &[(-6.0, 6.0), (-8.0, 3.0)],
            "donut" => &[(-3.5, 3.5), (-3.5, 3.5)],
            "rings" => &[(-3.4, 3.4), (-3.4, 3.4)],
            "muller-brown" => &[(-1.6, 1.3), (-0.5, 2.1)],
            _ => &[(-2.2, 2.2)],
        }
    }

    /// Whether there are wells to cross between.
    pub(super) fn has_wells(&self) -> bool {
        !matches!(self.id, "gaussian" | "funnel" | "banana" | "donut")
    }

    /// The well that a point lies in, if any: the far side of a minimum on the line, two deviations
    /// around a centre in the plane, the far side of a ring.
    pub(super) fn well(&self, x: f64, y: f64) -> Option<u8> {
        let sides = |x: f64, low: f64, high: f64| match x {
            _ if x <= low => Some(0),
            _ if x >= high => Some(1),
            _ => None,
        };
        let within = |radius: f64, centres: &[[f64; 2]]| {
            let near = |c: &[f64; 2]| (x - c[0]).hypot(y - c[1]) < radius;
            centres.iter().position(near).map(|k| k as u8)
        };
        match self.id {
            "double-well" | "tilted" => sides(x, -1.0, 1.0),
            "rings" => sides(x.hypot(y), 1.0, 2.5),
            "eight-gaussians" => within(0.4, self.starts()),
            "muller-brown" => within(0.2, self.starts()),
            _ => None,
        }
    }

    /// Whether the time to leave this well counts: that of all wells where they are alike, else
    /// that of the first.
    pub(super) fn counts_from(&self, well: u8) -> bool {
        well == 0 || matches!(self.id, "double-well" | "eight-gaussians")
    }

    fn energy(&self) -> &dyn Energy {
        match &self.shape {
            Shape::Line(energy) => energy,
            Shape::Plane(energy) => energy,
            Shape::Surface(energy) => energy,
        }
    }
}

impl Energy for Target {
    fn dimension(&self) -> usize {
        self.energy().dimension()
    }

    fn value(&self, points: &[f64], value: &mut [f64]) {
        self.energy().value(points, value);
    }

    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]) {
        self.energy().value_and_gradient(points, value, gradient);
    }
}

impl Conditionals for Target {
    /// On the line the only coordinate has nothing to be conditioned on: Gibbs draws from the
    /// target itself.
    fn conditional(&self, axis: usize, point: &[f64]) -> Conditional {
        match &self.shape {
            Shape::Line(_) if self.id == "gaussian" => Conditional::Normal { mean: 0.0, sd: 1.0 },
            Shape::Line(_) => Conditional::Within { low: -3.4, high: 3.4 },
            Shape::Plane(plane) => plane.conditional(axis, point),
            Shape::Surface(_) if axis == 0 => Conditional::Within { low: -3.4, high: 1.9 },
            Shape::Surface(_) => Conditional::Within { low: -1.6, high: 3.4 },
        }
    }
}
