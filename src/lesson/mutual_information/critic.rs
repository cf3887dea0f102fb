//! Critics: what gives a pair its score. The true one is the log density ratio, up to an error that
//! is made on purpose; the others learn, from the scores' derivatives.

use super::encoders::Encoders;
use super::gaussians::{Form, Gaussians};
use crate::lab::param::Settings;
use crate::math::gemm::{Layout, gemm};
use crate::math::rng::Rng;
use crate::model::adam::Adam;

/// The options of the parameter `critic`.
pub(super) const CRITICS: [&str; 4] = ["true", "quadratic", "bilinear", "encoders"];

/// A critic; `f(x, y)` below.
#[derive(Clone, Debug)]
pub(super) enum Critic {
    /// The log density ratio plus a constant, plus a row's first coordinate times a factor.
    True { form: Form, tilt: f64 },
    /// `w x.y + a |x|^2 + b |y|^2 + c`, all four learned.
    Quadratic(Learner),
    /// `x.W y + c`, W and c learned.
    Bilinear(Learner),
    /// Two networks.
    Encoders(Box<Encoders>),
}

/// Parameters that learn.
#[derive(Clone, Debug)]
pub(super) struct Learner {
    pub(super) parameters: Vec<f64>,
    adam: Adam<f64>,
}

impl Learner {
    fn new(count: usize) -> Self {
        Self { parameters: vec![0.0; count], adam: Adam::new(count) }
    }
}

/// Some pairs: x and y, row after row, `dimension` numbers each; there may be more y than x.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairs<'a> {
    pub(super) dimension: usize,
    pub(super) x: &'a [f64],
    pub(super) y: &'a [f64],
}

impl Pairs<'_> {
    pub(super) fn rows(&self) -> usize {
        self.x.len() / self.dimension
    }

    pub(super) fn columns(&self) -> usize {
        self.y.len() / self.dimension
    }

    fn layouts(&self) -> (Layout, Layout) {
        (
            Layout::by_rows(self.rows(), self.dimension),
            Layout::by_rows(self.columns(), self.dimension),
        )
    }
}

/// Room to work in, not part of a critic's state.
#[derive(Debug, Default)]
pub(super) struct Room {
    first: Vec<f64>,
    second: Vec<f64>,
}

fn length(row: &[f64]) -> f64 {
    row.iter().map(|v| v * v).sum()
}

impl Critic {
    pub(super) fn new(pairs: Gaussians, settings: &Settings, rng: &mut Rng) -> Self {
        let d = pairs.dimension;
        match settings.choice("critic") {
            "quadratic" => Self::Quadratic(Learner::new(4)),
            "bilinear" => Self::Bilinear(Learner::new(d * d + 1)),
            "encoders" => Self::Encoders(Box::new(Encoders::new(d, rng))),
            _ => {
                let [w, a, b, c] = pairs.log_ratio();
                let form = [w, a, b, c + settings.real("offset")];
                Self::True { form, tilt: settings.real("row_offset") }
            }
        }
    }

    pub(super) fn learns(&self) -> bool {
        !matches!(self, Self::True { .. })
    }

    /// Fills `scores` with f of every x with every y, a row an x.
    pub(super) fn score(&mut self, pairs: &Pairs<'_>, scores: &mut Vec<f64>, room: &mut Room) {
        scores.resize(pairs.rows() * pairs.columns(), 0.0);
        match self {
            Self::True { form, tilt } => {
                quadratic(form, pairs, scores);
                if *tilt != 0.0 {
                    let rows = scores.chunks_exact_mut(pairs.columns());
                    for (row, x) in rows.zip(pairs.x.chunks_exact(pairs.dimension)) {
                        row.iter_mut().for_each(|s| *s += *tilt * x[0]);
                    }
                }
            }
            Self::Quadratic(learner) => {
                let [w, a, b, c] = *learner.parameters.as_slice() else { return };
                quadratic(&[w, a, b, c], pairs, scores);
            }
            Self::Bilinear(learner) => {
                let d = pairs.dimension;
                let (by_x, by_y) = pairs.layouts();
                let (matrix, constant) = learner.parameters.split_at(d * d);
                room.first.resize(pairs.x.len(), 0.0);
                let w = (matrix, Layout::by_rows(d, d));
                gemm(1.0, (pairs.x, by_x), w, 0.0, (&mut room.first, by_x));
                scores.fill(constant[0]);
                let out = Layout::by_rows(pairs.rows(), pairs.columns());
                gemm(1.0, (&room.first, by_x), (pairs.y, by_y.transposed()), 1.0, (scores, out));
            }
            Self::Encoders(encoders) => encoders.score(pairs, scores),
        }
    }

    /// Goes down the gradient: `by` holds the derivatives by the scores of a square of pairs, the
    /// latest that were scored. Whether all parameters are still finite.
    pub(super) fn learn(
        &mut self,
        pairs: &Pairs<'_>,
        by: &[f64],
        rate: f64,
        room: &mut Room,
    ) -> bool {
        let d = pairs.dimension;
        let (by_x, by_y) = pairs.layouts();
        let square = Layout::by_rows(pairs.rows(), pairs.columns());
        let Room { first, second: gradient } = room;
        gradient.clear();
        let learner = match self {
            Self::True { .. } => return true,
            Self::Encoders(encoders) => return encoders.learn(by, rate),
            Self::Quadratic(learner) => {
                pull(by, square, (pairs.y, by_y), first);
                let w: f64 = first.iter().zip(pairs.x).map(|(p, x)| p * x).sum();
                let (mut a, mut c) = (0.0, 0.0);
                let mut b = 0.0;
                let rows = by.chunks_exact(pairs.columns());
                for (row, x) in rows.zip(pairs.x.chunks_exact(d)) {
                    let sum: f64 = row.iter().sum();
                    c += sum;
                    a += sum * length(x);
                }
                for (j, y) in pairs.y.chunks_exact(d).enumerate() {
                    let column = by.iter().skip(j).step_by(pairs.columns());
                    b += column.sum::<f64>() * length(y);
                }
                gradient.extend([w, a, b, c]);
                learner
            }
            Self::Bilinear(learner) => {
                pull(by, square, (pairs.y, by_y), first);
                gradient.resize(d * d, 0.0);
                let matrix = Layout::by_rows(d, d);
                let x = (pairs.x, by_x.transposed());
                gemm(1.0, x, (first.as_slice(), by_x), 0.0, (gradient, matrix));
                gradient.push(by.iter().sum());
                learner
            }
        };
        learner.adam.step(&mut learner.parameters, gradient, rate, 0.0);
        learner.parameters.iter().all(|p| p.is_finite())
    }
}

/// `f_ij = w x_i.y_j + a |x_i|^2 + b |y_j|^2 + c`.
fn quadratic([w, a, b, c]: &Form, pairs: &Pairs<'_>, scores: &mut [f64]) {
    let (by_x, by_y) = pairs.layouts();
    let columns = pairs.columns();
    let mut rows = scores.chunks_exact_mut(columns).zip(pairs.x.chunks_exact(pairs.dimension));
    let Some((first, x)) = rows.next() else { return };
    // What the columns add is worked out in the first row and copied from there.
    for (s, y) in first.iter_mut().zip(pairs.y.chunks_exact(pairs.dimension)) {
        *s = b * length(y) + c;
    }
    for (row, x) in rows {
        let more = a * length(x);
        row.iter_mut().zip(&*first).for_each(|(s, f)| *s = f + more);
    }
    let more = a * length(x);
    first.iter_mut().for_each(|s| *s += more);
    let out = Layout::by_rows(pairs.rows(), columns);
    gemm(*w, (pairs.x, by_x), (pairs.y, by_y.transposed()), 1.0, (scores, out));
}

/// `sum_j by_ij v_j`, a row an x.
fn pull(by: &[f64], square: Layout, (v, at): (&[f64], Layout), out: &mut Vec<f64>) {
    out.resize(square.rows * at.columns, 0.0);
    let to = Layout::by_rows(square.rows, at.columns);
    gemm(1.0, (by, square), (v, at), 0.0, (out, to));
}

#[cfg(test)]
mod tests {
    use super::{Critic, Pairs, Room};
    use crate::lab::param::Value;
    use crate::lesson::mutual_information::BLUEPRINT;
    use crate::lesson::mutual_information::gaussians::Gaussians;
    use crate::math::rng::stream;

    const PAIRS: Gaussians = Gaussians { dimension: 3, correlation: 0.6 };

    fn critic(kind: &'static str) -> Critic {
        let mut settings = BLUEPRINT.defaults();
        settings.set("critic", Value::Choice(kind));
        settings.set("row_offset", Value::Real(0.4));
        settings.set("offset", Value::Real(-0.3));
        Critic::new(PAIRS, &settings, &mut stream(4, 0))
    }

    fn drawn(count: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut x, mut y) = (vec![0.0; 3 * count], vec![0.0; 3 * count]);
        PAIRS.draw(&mut x, &mut y, &mut stream(9, 0));
        (x, y)
    }

    #[test]
    fn the_true_critic_is_the_logarithm_of_the_ratio_of_densities() {
        let (x, y) = drawn(4);
        let pairs = Pairs { dimension: 3, x: &x[..6], y: &y };
        let mut scores = Vec::new();
        critic("true").score(&pairs, &mut scores, &mut Room::default());
        let log_normal = |v: f64, mean: f64, variance: f64| {
            -0.5 * ((v - mean).powi(2) / variance + (std::f64::consts::TAU * variance).ln())
        };
        for i in 0..2 {
            for j in 0..4 {
                let ratio: f64 = (0..3)
                    .map(|k| (x[3 * i + k], y[3 * j + k]))
                    .map(|(x, y)| log_normal(y, 0.6 * x, 0.64) - log_normal(y, 0.0, 1.0))
                    .sum();
                let expected = ratio - 0.3 + 0.4 * x[3 * i];
                assert!((scores[4 * i + j] - expected).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_first_step_of_learning_goes_down_every_slope() {
        // Adam's first step is the rate against the sign of the gradient: the sign by finite
        // differences of sum_ij by_ij f_ij, from a place where nothing is zero.
        let (x, y) = drawn(4);
        let pairs = Pairs { dimension: 3, x: &x, y: &y };
        let by: Vec<f64> = (0..16).map(|k| (f64::from(k) * 1.7).sin()).collect();
        for kind in ["quadratic", "bilinear"] {
            let mut there = critic(kind);
            let of = |critic: &mut Critic| match critic {
                Critic::Quadratic(learner) | Critic::Bilinear(learner) => {
                    learner.parameters.clone()
                }
                _ => unreachable!(),
            };
            let count = of(&mut there).len();
            let value = |k: usize, h: f64| {
                let mut moved = critic(kind);
                if let Critic::Quadratic(learner) | Critic::Bilinear(learner) = &mut moved {
                    learner.parameters[k] += h;
                }
                let mut scores = Vec::new();
                moved.score(&pairs, &mut scores, &mut Room::default());
                scores.iter().zip(&by).map(|(s, b)| s * b).sum::<f64>()
            };
            let slopes: Vec<f64> = (0..count).map(|k| value(k, 0.5) - value(k, -0.5)).collect();
            let mut room = Room::default();
            assert!(there.learn(&pairs, &by, 0.01, &mut room));
            for ((gradient, slope), moved) in room.second.iter().zip(&slopes).zip(of(&mut there)) {
                assert!((gradient - slope).abs() < 1e-10, "{kind}: {gradient} {slope}");
                assert!((moved + 0.01 * slope.signum()).abs() < 1e-6, "{kind}");
            }
        }
    }
}
