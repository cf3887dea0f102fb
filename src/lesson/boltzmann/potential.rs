//! The landscapes of the lesson, as its parameters name them.

use crate::lab::param::Settings;
use crate::model::energy::{Energy, MullerBrown, Quartic};

/// Muller and Brown's wells are up to 147 deep; a twentieth of that lets T = 1 cross their barriers.
const MULLER_BROWN_SCALE: f64 = 0.05;

/// One of the lesson's landscapes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Potential {
    /// On the line.
    Line(Quartic),
    /// In the plane.
    Plane(MullerBrown),
}

impl Potential {
    /// The landscape that the settings describe.
    pub(super) fn of(settings: &Settings) -> Self {
        let barrier = settings.real("barrier");
        match settings.choice("potential") {
            "tilted" => Self::Line(Quartic::double_well(barrier, settings.real("tilt"))),
            "harmonic" => Self::Line(Quartic::harmonic(1.0)),
            "quartic" => Self::Line(Quartic::pure_quartic(1.0)),
            "muller-brown" => Self::Plane(MullerBrown { scale: MULLER_BROWN_SCALE }),
            _ => Self::Line(Quartic::double_well(barrier, 0.0)),
        }
    }

    /// Where all walkers begin: off to one side, so that there is something to relax from.
    pub(super) fn start(&self) -> &'static [f64] {
        match self {
            Self::Line(_) => &[-1.5],
            Self::Plane(_) => &[0.6235, 0.028],
        }
    }

    /// A box that holds the wells.
    pub(super) fn wells(&self) -> &'static [(f64, f64)] {
        match self {
            Self::Line(_) => &[(-1.2, 1.2)],
            Self::Plane(_) => &[(-1.0, 1.0), (-0.3, 1.8)],
        }
    }

    /// The energy of one point.
    pub(super) fn energy_at(&self, point: &[f64]) -> f64 {
        let mut value = [0.0];
        self.value(point, &mut value);
        value[0]
    }

    fn energy(&self) -> &dyn Energy {
        match self {
            Self::Line(energy) => energy,
            Self::Plane(energy) => energy,
        }
    }
}

impl Energy for Potential {
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
