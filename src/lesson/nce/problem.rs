//! What is to be learned: a closed form on a line, of which every batch is fresh, or a cloud of
//! points in one or two dimensions that is drawn or read once, standardised, and trained on again
//! and again by an energy of a network.

use super::best::{Best, UNCOVERED};
use super::closed_form::ClosedForm;
use crate::data::noise::{Noise, Shape};
use crate::lab::blueprint::{Source, Unusable};
use crate::lab::param::Settings;
use crate::lesson::shared::minibatch;
use crate::lesson::shared::sample::Sample;
use crate::lesson::shared::truth::{Rule, Truth};
use crate::math::quadrature::Grid;
use crate::math::quadrature::pieces::pieces;
use crate::math::rng::Rng;

/// Panels of the exact answers of a closed form.
const PANELS: f64 = 256.0;

/// The data and what is known of them. It never changes and is shared between copies.
#[derive(Debug)]
pub(super) enum Problem {
    /// A density on a line with a model that contains it.
    Line(ClosedForm),
    /// Points.
    Cloud(Box<Cloud>),
}

/// Points, standardised, and the grid their density is summed on.
#[derive(Debug)]
pub(super) struct Cloud {
    pub(super) sample: Sample,
    /// The grid's nodes and the held-out points in single precision, as rows.
    pub(super) nodes: Vec<f32>,
    pub(super) held_out: Vec<f32>,
    /// log p_d at the grid's nodes in standardised units, where it is known.
    pub(super) log_density: Option<Vec<f64>>,
    truth: Option<Truth>,
}

impl Cloud {
    fn new(settings: &Settings, source: &Source, rng: &mut Rng) -> Result<Self, Unusable> {
        let sample = Sample::new(settings, source, rng)?;
        let single = |points: &[f64]| points.iter().map(|x| *x as f32).collect::<Vec<f32>>();
        let shift = sample.log_scale();
        let d = sample.dimensions;
        let at = |x: &[f64]| {
            let own: Vec<f64> = x.iter().enumerate().map(|(k, x)| sample.own(k, *x)).collect();
            sample.toy.and_then(|toy| toy.log_density(&own)).map(|p| p + shift)
        };
        let log_density = sample.grid.points().chunks_exact(d).map(at).collect();
        Ok(Self {
            nodes: single(sample.grid.points()),
            held_out: single(&sample.held_out),
            log_density,
            truth: Truth::new(&sample, Rule::Usual),
            sample,
        })
    }
}

impl Problem {
    pub(super) fn new(
        settings: &Settings,
        source: &Source,
        rng: &mut Rng,
    ) -> Result<Self, Unusable> {
        let shipped = matches!(source, Source::Shipped);
        match ClosedForm::from_id(settings.choice("data")) {
            Some(line) if shipped => Ok(Self::Line(line)),
            _ => Ok(Self::Cloud(Box::new(Cloud::new(settings, source, rng)?))),
        }
    }

    pub(super) fn dimensions(&self) -> usize {
        match self {
            Self::Line(_) => 1,
            Self::Cloud(cloud) => cloud.sample.dimensions,
        }
    }

    /// Fills `points` with data: fresh ones of a closed form, else training points at random.
    pub(super) fn fill(&self, points: &mut [f64], rng: &mut Rng) {
        match self {
            Self::Line(line) => line.fill(points, rng),
            Self::Cloud(cloud) => {
                let (train, d) = (&cloud.sample.train, cloud.sample.dimensions);
                minibatch::draw(train, d, points, rng);
            }
        }
    }

    /// The noise of the settings: its width and shift are in deviations of the data.
    pub(super) fn noise(&self, settings: &Settings) -> Noise {
        let shape = Shape::from_id(settings.choice("noise")).unwrap_or(Shape::Gaussian);
        let (width, shift) = (settings.real("width"), settings.real("shift"));
        match self {
            Self::Line(line) => {
                let centre = line.mean + shift * line.deviation;
                Noise::new(shape, &[centre], &[width * line.deviation])
            }
            Self::Cloud(cloud) => {
                let d = cloud.sample.dimensions;
                Noise::new(shape, &vec![shift; d], &vec![width; d])
            }
        }
    }

    /// What no classifier beats, where the density of the data is known. In the plane a noise with
    /// cliffs is too much for the nodes.
    pub(super) fn best(&self, settings: &Settings, ratio: f64, noise_weight: f64) -> Option<Best> {
        let noise = self.noise(settings);
        match self {
            Self::Line(line) => Some(Best::new(line_nodes(line, &noise), ratio, noise_weight)),
            Self::Cloud(_) if settings.choice("noise") == "uniform" => None,
            Self::Cloud(cloud) => {
                let truth = cloud.truth.as_ref()?;
                let points = truth.points.chunks_exact(cloud.sample.dimensions);
                let nodes = truth.masses.iter().zip(&truth.log_density).zip(points);
                let nodes = nodes.map(|((m, p), x)| (*m, *p, noise.log_density(x)));
                Some(Best::new(nodes, ratio, noise_weight))
            }
        }
    }

    /// The share of the data where p_n is next to nothing.
    pub(super) fn uncovered(&self, settings: &Settings) -> f64 {
        let noise = self.noise(settings);
        match self {
            Self::Line(line) => {
                let nodes = line_nodes(line, &noise);
                // An empty sum of floats is minus zero.
                0.0 + nodes.filter(|n| n.2 < UNCOVERED).map(|(mass, _, _)| mass).sum::<f64>()
            }
            Self::Cloud(cloud) => {
                let (train, d) = (&cloud.sample.train, cloud.sample.dimensions);
                let dark = train.chunks_exact(d).filter(|x| noise.log_density(x) < UNCOVERED);
                dark.count() as f64 / (train.len() / d) as f64
            }
        }
    }

    /// A coordinate in the data's own units.
    pub(super) fn own(&self, axis: usize, x: f64) -> f64 {
        match self {
            Self::Line(_) => x,
            Self::Cloud(cloud) => cloud.sample.own(axis, x),
        }
    }

    /// What a logarithm of a density loses on the way to own units.
    pub(super) fn log_scale(&self) -> f64 {
        match self {
            Self::Line(_) => 0.0,
            Self::Cloud(cloud) => cloud.sample.log_scale(),
        }
    }

    /// The interval of a line that is looked at.
    pub(super) fn interval(&self) -> (f64, f64) {
        match self {
            Self::Line(line) => {
                (line.mean - 4.0 * line.deviation, line.mean + 4.0 * line.deviation)
            }
            Self::Cloud(cloud) => {
                let axis = cloud.sample.grid.axes()[0];
                (axis.low, axis.high)
            }
        }
    }
}

/// Nodes of (mass, log p_d, log p_n) between the places where the noise has a cliff or a kink, and
/// where it ceases to cover the data.
fn line_nodes<'a>(
    line: &'a ClosedForm,
    noise: &'a Noise,
) -> impl Iterator<Item = (f64, f64, f64)> + 'a {
    let Grid { low, high, .. } = line.family.grid(line.theta);
    let mut breaks = noise.breaks(0);
    breaks.extend(noise.reach(0, UNCOVERED).into_iter().flat_map(|(from, to)| [from, to]));
    let nodes = pieces(low, high, &breaks, (high - low) / PANELS);
    nodes.into_iter().map(|(x, weight)| {
        let log_data = line.log_density(x);
        (weight * log_data.exp(), log_data, noise.log_density(&[x]))
    })
}
