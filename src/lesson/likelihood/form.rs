//! The two energies the lesson trains: a perceptron over a bowl, on the box of a grid, and a
//! spring, on the whole space. Both give log Z and the two phases exactly.

use super::ground::{Ground, Place};
use super::harmonic::Harmonic;
use crate::lesson::shared::bowl;
use crate::model::mlp::{Mlp, Workspace};
use crate::objective::likelihood::{Likelihood, likelihood};
use crate::objective::partition::log_partition;

/// An energy with parameters.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Network(Mlp),
    Spring(Harmonic),
}

/// Room for an evaluation. A copy of a fit goes without until its first step: copies are kept by
/// the dozen, and nothing in here outlives an evaluation.
#[derive(Debug, Default)]
pub(super) struct Room {
    rooms: Option<(Workspace, Workspace)>,
    train: Vec<f64>,
    by_data: Vec<f64>,
    by_nodes: Vec<f64>,
}

impl Form {
    pub(super) fn parameters(&self) -> &[f64] {
        match self {
            Self::Network(model) => model.parameters(),
            Self::Spring(spring) => &spring.parameters,
        }
    }

    pub(super) fn parameters_mut(&mut self) -> &mut [f64] {
        match self {
            Self::Network(model) => model.parameters_mut(),
            Self::Spring(spring) => &mut spring.parameters,
        }
    }

    /// E at the points of a place.
    pub(super) fn energies(&self, place: &Place) -> Vec<f64> {
        match self {
            Self::Network(model) => bowl::energies(model, &place.points, &place.bowl),
            Self::Spring(spring) => spring.energies(&place.points),
        }
    }

    /// What is minimised, `E_data[E] + s log Z`, from scratch: for differences.
    pub(super) fn objective(&self, ground: &Ground, share: f64) -> f64 {
        match self {
            Self::Network(_) => {
                let data = self.energies(&ground.train);
                let nodes = self.energies(&ground.nodes);
                let log_z = log_partition(&nodes, ground.sample.grid.weights());
                data.iter().sum::<f64>() / data.len() as f64 + share * log_z
            }
            Self::Spring(spring) if share > 0.0 => {
                spring.mean_energy(&ground.moments) + share * spring.log_z()
            }
            Self::Spring(spring) => spring.mean_energy(&ground.moments),
        }
    }

    /// The likelihood, E at the grid's nodes, and the two phases: E_data[dE] and E_model[dE].
    pub(super) fn evaluate(
        &self,
        ground: &Ground,
        room: &mut Room,
        nodes: &mut [f64],
        phases: (&mut [f64], &mut [f64]),
    ) -> Likelihood {
        match self {
            Self::Network(model) => network(model, ground, room, nodes, phases),
            Self::Spring(spring) => {
                nodes.copy_from_slice(&spring.energies(&ground.nodes.points));
                Harmonic::data_phase(&ground.moments, phases.0);
                spring.model_phase(phases.1);
                let (mean_energy, log_z) = (spring.mean_energy(&ground.moments), spring.log_z());
                Likelihood { nll: mean_energy + log_z, log_z, mean_energy }
            }
        }
    }
}

fn network(
    model: &Mlp,
    ground: &Ground,
    room: &mut Room,
    nodes: &mut [f64],
    (data_phase, model_phase): (&mut [f64], &mut [f64]),
) -> Likelihood {
    let Room { rooms, train, by_data, by_nodes } = room;
    let (n, m) = (ground.train.bowl.len(), nodes.len());
    let (at_data, at_nodes) =
        rooms.get_or_insert_with(|| (Workspace::new(model, n), Workspace::new(model, m)));
    train.resize(n, 0.0);
    by_data.resize(n, 0.0);
    by_nodes.resize(m, 0.0);
    model.forward(&ground.train.points, at_data, train);
    model.forward(&ground.nodes.points, at_nodes, nodes);
    train.iter_mut().zip(&ground.train.bowl).for_each(|(e, b)| *e += b);
    nodes.iter_mut().zip(&ground.nodes.bowl).for_each(|(e, b)| *e += b);
    let now = likelihood(train, nodes, ground.sample.grid.weights(), by_data, by_nodes);
    model.backward(&ground.train.points, at_data, by_data, data_phase, None);
    model.backward(&ground.nodes.points, at_nodes, by_nodes, model_phase, None);
    // By the nodes' energies the NLL falls: what comes back is the model phase with its sign.
    model_phase.iter_mut().for_each(|g| *g = -*g);
    now
}
