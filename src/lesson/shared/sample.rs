//! The data of a fit: drawn or read, split, standardised, with what is known of where it came from.

use super::kernel::Kernel;
use crate::data::geyser::geyser;
use crate::data::toy::Toy;
use crate::lab::Label;
use crate::lab::blueprint::{Source, Unusable};
use crate::lab::param::Settings;
use crate::math::quadrature::Grid;
use crate::math::rng::Rng;
use crate::objective::partition::BoxGrid;
use rand::RngExt as _;

/// How many points a fit takes; of more, a random selection.
const MOST_POINTS: usize = 2000;
/// Below this many there is nothing to hold out.
const FEWEST_POINTS: usize = 10;
/// Nodes of the quadrature on a line, and an axis of the plane.
const NODES: [usize; 2] = [384, 48];
/// Of the second grid, which checks the total mass: no node in common but the ends.
const CHECK_NODES: [usize; 2] = [641, 58];
/// How far the box reaches beyond the outermost datum, in standard deviations.
const MARGIN: [f64; 2] = [2.0, 1.0];

/// The shipped sets that a fit can be given, as the options of a parameter `data`.
pub(in crate::lesson) const DATA: &[Label] = &[
    "geyser-waiting",
    "geyser-eruption",
    "geyser-2d",
    "two-bumps",
    "three-bumps",
    "skewed",
    "uniform",
    "eight-gaussians",
    "moons",
    "rings",
    "pinwheel",
    "checkerboard",
];

/// Whether the set is drawn, so that its size can be chosen.
pub(in crate::lesson) fn is_toy(settings: &Settings) -> bool {
    !settings.choice("data").starts_with("geyser")
}

/// The data of a fit, in standardised units: (x - centre) / scale an axis.
#[derive(Debug)]
pub(in crate::lesson) struct Sample {
    pub(in crate::lesson) dimensions: usize,
    /// Trained on; points one after the other.
    pub(in crate::lesson) train: Vec<f64>,
    /// Held out.
    pub(in crate::lesson) held_out: Vec<f64>,
    pub(in crate::lesson) centre: Vec<f64>,
    pub(in crate::lesson) scale: Vec<f64>,
    /// What the axes measure.
    pub(in crate::lesson) axes: [Label; 2],
    /// Where it was drawn from, if it is a toy set.
    pub(in crate::lesson) toy: Option<Toy>,
    /// Whether not all of the learner's rows are used.
    pub(in crate::lesson) thinned: bool,
    /// The box the density lives on.
    pub(in crate::lesson) grid: BoxGrid,
    /// The same box by other nodes.
    pub(in crate::lesson) check: BoxGrid,
    /// The kernel estimate's NLL at the held-out points, in the data's own units.
    pub(in crate::lesson) kernel_nll: f64,
    /// The kernel estimate's bandwidth in standardised units.
    pub(in crate::lesson) bandwidth: f64,
    /// The kernel estimate at the grid's nodes, in the data's own units; empty in the plane.
    pub(in crate::lesson) kernel_density: Vec<f64>,
    /// The exact density at the grid's nodes, in its own units, where it is known; empty in the
    /// plane.
    pub(in crate::lesson) exact_density: Vec<f64>,
}

impl Sample {
    pub(in crate::lesson) fn new(
        settings: &Settings,
        source: &Source,
        rng: &mut Rng,
    ) -> Result<Self, Unusable> {
        let mut raw = Raw::new(settings, source, rng)?;
        let thinned = raw.shuffle(rng);
        let d = raw.dimensions;
        let n = raw.points.len() / d;
        if n < FEWEST_POINTS {
            return Err(Unusable { why: "too-few-rows", about: raw.name });
        }
        let mut centre = Vec::with_capacity(d);
        let mut scale = Vec::with_capacity(d);
        for axis in 0..d {
            let values = || raw.points.iter().skip(axis).step_by(d);
            let mean = values().sum::<f64>() / n as f64;
            let variance = values().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64;
            let deviation = variance.sqrt();
            // Beyond 1e15 times the deviation, neighbouring values cannot be told apart.
            if !(deviation.is_finite() && deviation > 1e-15 * mean.abs() && deviation > 1e-150) {
                return Err(Unusable { why: "no-spread", about: raw.name });
            }
            centre.push(mean);
            scale.push(deviation);
        }
        for point in raw.points.chunks_exact_mut(d) {
            for (x, (c, s)) in point.iter_mut().zip(centre.iter().zip(&scale)) {
                *x = (*x - c) / s;
            }
        }
        let (grid, check) = boxes(&raw.points, d);
        let held = n / 5;
        let held_out = raw.points.split_off((n - held) * d);
        let train = raw.points;
        let kernel = Kernel::new(&train, d);
        let log_scale: f64 = scale.iter().map(|s| s.ln()).sum();
        let mut kernel_density = Vec::new();
        let mut exact_density = Vec::new();
        if d == 1 {
            for x in grid.points() {
                kernel_density.push((kernel.log_density(&[*x]) - log_scale).exp());
                let own = centre[0] + scale[0] * x;
                exact_density.extend(raw.toy.and_then(|t| t.log_density(&[own])).map(f64::exp));
            }
        }
        Ok(Self {
            dimensions: d,
            kernel_nll: kernel.nll(&held_out) + log_scale,
            bandwidth: kernel.bandwidth(),
            train,
            held_out,
            centre,
            scale,
            axes: raw.axes,
            toy: raw.toy,
            thinned,
            grid,
            check,
            kernel_density,
            exact_density,
        })
    }

    /// The sum of the logarithms of the scales: what log Z and the NLL gain when they go from
    /// standardised to own units.
    pub(in crate::lesson) fn log_scale(&self) -> f64 {
        self.scale.iter().map(|s| s.ln()).sum()
    }

    /// A standardised coordinate in the data's own units.
    pub(in crate::lesson) fn own(&self, axis: usize, x: f64) -> f64 {
        self.centre[axis] + self.scale[axis] * x
    }
}

/// The data as it comes.
struct Raw {
    dimensions: usize,
    points: Vec<f64>,
    axes: [Label; 2],
    toy: Option<Toy>,
    name: String,
}

impl Raw {
    fn new(settings: &Settings, source: &Source, rng: &mut Rng) -> Result<Self, Unusable> {
        let choice = settings.choice("data");
        let (columns, axes, name): (Vec<&[f64]>, _, _) = match source {
            Source::Table(table) => {
                let columns: Vec<&[f64]> = table.columns.iter().map(Vec::as_slice).collect();
                let axes = if columns.len() == 1 { ["own", "own"] } else { ["own-x", "own-y"] };
                (columns, axes, table.names.join(", "))
            }
            // A lesson that takes columns is not opened on a text.
            Source::Shipped | Source::Text(_) | Source::Pictures(_) => {
                match (choice, geyser().columns.as_slice()) {
                    (_, [eruption, waiting]) if choice.starts_with("geyser") => {
                        let (columns, axes): (Vec<&[f64]>, _) = match choice {
                            "geyser-waiting" => (vec![waiting], ["minutes", "minutes"]),
                            "geyser-eruption" => (vec![eruption], ["minutes", "minutes"]),
                            _ => (vec![eruption, waiting], ["eruption", "waiting"]),
                        };
                        (columns, axes, choice.to_owned())
                    }
                    _ => {
                        let toy = Toy::from_id(choice).unwrap_or(Toy::TwoBumps);
                        let count = settings.count("points").clamp(1, MOST_POINTS);
                        return Ok(Self {
                            dimensions: toy.dimensions(),
                            points: toy.sample(count, rng),
                            axes: if toy.dimensions() == 1 { ["x", "x"] } else { ["x1", "x2"] },
                            toy: Some(toy),
                            name: choice.to_owned(),
                        });
                    }
                }
            }
        };
        let dimensions = columns.len();
        if !(1..=2).contains(&dimensions) {
            return Err(Unusable { why: "one-or-two-columns", about: name });
        }
        let rows = columns.iter().map(|c| c.len()).min().unwrap_or(0);
        let points = (0..rows).flat_map(|row| columns.iter().map(move |c| c[row])).collect();
        Ok(Self { dimensions, points, axes, toy: None, name })
    }

    /// Puts the rows in random order (Fisher and Yates) and keeps as many as a fit takes; whether
    /// some were left out.
    fn shuffle(&mut self, rng: &mut Rng) -> bool {
        let d = self.dimensions;
        let n = self.points.len() / d;
        let kept = n.min(MOST_POINTS);
        for i in 0..kept {
            let j = rng.random_range(i..n);
            for axis in 0..d {
                self.points.swap(d * i + axis, d * j + axis);
            }
        }
        self.points.truncate(kept * d);
        kept < n
    }
}

/// The quadrature grid over the data and a margin, and the one that checks it.
fn boxes(points: &[f64], d: usize) -> (BoxGrid, BoxGrid) {
    let mut grid = Vec::with_capacity(d);
    let mut check = Vec::with_capacity(d);
    for axis in 0..d {
        let values = || points.iter().skip(axis).step_by(d).copied();
        let low = values().fold(f64::INFINITY, f64::min) - MARGIN[d - 1];
        let high = values().fold(f64::NEG_INFINITY, f64::max) + MARGIN[d - 1];
        grid.push(Grid::new(low, high, NODES[d - 1]));
        check.push(Grid::new(low, high, CHECK_NODES[d - 1]));
    }
    (BoxGrid::new(&grid), BoxGrid::new(&check))
}
