//! The energies of the lesson, and what is known of them exactly.

use crate::lab::param::Settings;
use crate::model::coupled_well::CoupledWell;
use crate::model::energy::Energy;
use crate::model::funnel::Funnel;

/// One of the lesson's energies.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Well(CoupledWell),
    Funnel(Funnel),
}

/// An energy with its exact log Z and the box that a grid has to cover.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    kind: Kind,
    /// Exact.
    pub(super) log_z: f64,
    /// The half width of the box along each axis: five standard deviations, and in the well's own
    /// coordinate as far as it is passable.
    pub(super) reach: Vec<f64>,
}

/// The box ends where the well is this high: the density has fallen by e^-18.
const PASSABLE: f64 = 18.0;
/// Standard deviations from the middle of the box to its end.
const DEVIATIONS: f64 = 5.0;

impl Target {
    /// The energy that the settings describe.
    pub(super) fn of(settings: &Settings) -> Self {
        let dimension = settings.count("dimension");
        let far = |variances: &[f64]| variances.iter().map(|v| DEVIATIONS * v.sqrt()).collect();
        if settings.choice("energy") == "funnel" {
            let funnel = Funnel::new(dimension);
            let reach = far(&funnel.variances());
            return Self { kind: Kind::Funnel(funnel), log_z: funnel.log_z(), reach };
        }
        let well = CoupledWell::new(dimension, settings.real("barrier"), settings.real("coupling"));
        let mut reach: Vec<f64> = far(&well.variances());
        reach[0] = well.reach(PASSABLE);
        Self { log_z: well.log_z(), kind: Kind::Well(well), reach }
    }

    /// Whether the weights of draws from `N(0, width^2 I)` have a variance.
    pub(super) fn weights_have_variance(&self, width: f64) -> bool {
        match &self.kind {
            Kind::Well(well) => well.weights_have_variance(width),
            Kind::Funnel(funnel) => funnel.weights_have_variance(width),
        }
    }

    fn energy(&self) -> &dyn Energy {
        match &self.kind {
            Kind::Well(well) => well,
            Kind::Funnel(funnel) => funnel,
        }
    }
}

impl Energy for Target {
    fn dimension(&self) -> usize {
        self.reach.len()
    }

    fn value(&self, points: &[f64], value: &mut [f64]) {
        self.energy().value(points, value);
    }

    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]) {
        self.energy().value_and_gradient(points, value, gradient);
    }
}
