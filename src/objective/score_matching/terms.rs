//! The three objectives: the term of each point, their mean, and its gradient by the parameters.

use super::{Bowl, Workspace};
use crate::model::mlp::Mlp;

/// What a batch is fitted by.
#[derive(Clone, Copy, Debug)]
pub enum Method<'a> {
    /// With the exact Laplacian.
    Implicit,
    /// With these random directions v, E v v' = I: the first of every point (batch by inputs), then
    /// the second of every point, and so on.
    Sliced(&'a [f64]),
    /// With this noise e of deviation sigma (batch by inputs) added to the points.
    Denoising {
        /// The noise.
        noise: &'a [f64],
        /// Its deviation.
        sigma: f64,
    },
}

/// The objective of a batch of points (batch by inputs). `terms` gets each point's own; where a
/// `gradient` is given it is overwritten with that of the mean by all parameters.
///
/// # Panics
/// If the lengths do not fit.
pub fn score_matching(
    model: &Mlp,
    bowl: Bowl,
    method: Method<'_>,
    points: &[f64],
    work: &mut Workspace,
    terms: &mut [f64],
    gradient: Option<&mut [f64]>,
) -> f64 {
    let batch = terms.len();
    assert!(points.len() == batch * model.inputs() && batch > 0);
    if let Some(gradient) = gradient {
        gradient.fill(0.0);
        evaluate(model, bowl, method, points, work, terms);
        model.backward_jet(&work.by_slopes, &work.by_curvatures, &mut work.jet, gradient);
    } else {
        evaluate(model, bowl, method, points, work, terms);
    }
    terms.iter().sum::<f64>() / batch as f64
}

/// The terms, and the derivatives of their mean by slopes and curvatures.
fn evaluate(
    model: &Mlp,
    bowl: Bowl,
    method: Method<'_>,
    points: &[f64],
    work: &mut Workspace,
    terms: &mut [f64],
) {
    let inputs = model.inputs();
    let batch = terms.len();
    let share = 1.0 / batch as f64;
    terms.fill(0.0);
    match method {
        Method::Denoising { noise, sigma } => {
            assert_eq!(noise.len(), points.len());
            work.fit(model, batch, inputs, false);
            work.along_axes(inputs);
            // The derivatives by the slopes are written last: until then the noised points may
            // stand in their place, which is just as large.
            for ((to, x), e) in work.by_slopes.iter_mut().zip(points).zip(noise) {
                *to = x + e;
            }
            model.forward_jet(&work.by_slopes, &work.directions, &mut work.jet);
            let pull = 1.0 / (sigma * sigma);
            for axis in 0..inputs {
                let slopes = work.jet.slopes(axis);
                let to = &mut work.by_slopes[axis * batch..(axis + 1) * batch];
                for i in 0..batch {
                    let (x, e) = (points[i * inputs + axis], noise[i * inputs + axis]);
                    let off = slopes[i] + bowl.stiffness * (x + e) - pull * e;
                    terms[i] += 0.5 * off * off;
                    to[i] = share * off;
                }
            }
        }
        Method::Implicit | Method::Sliced(_) => {
            let (count, weight) = match method {
                Method::Sliced(v) => {
                    assert!(!v.is_empty() && v.len().is_multiple_of(points.len()));
                    let count = v.len() / points.len();
                    work.fit(model, batch, count, true);
                    work.directions.copy_from_slice(v);
                    (count, 1.0 / count as f64)
                }
                _ => {
                    work.fit(model, batch, inputs, true);
                    work.along_axes(inputs);
                    (inputs, 1.0)
                }
            };
            model.forward_jet(points, &work.directions, &mut work.jet);
            for (term, curvature) in terms.iter_mut().zip(work.jet.curvatures()) {
                *term = -weight * curvature;
            }
            work.by_curvatures.fill(-weight * share);
            for k in 0..count {
                let along = &work.directions[k * points.len()..(k + 1) * points.len()];
                let slopes = work.jet.slopes(k);
                let to = &mut work.by_slopes[k * batch..(k + 1) * batch];
                for i in 0..batch {
                    let v = &along[i * inputs..(i + 1) * inputs];
                    let x = &points[i * inputs..(i + 1) * inputs];
                    let (mut vx, mut vv) = (0.0, 0.0);
                    for (v, x) in v.iter().zip(x) {
                        vx += v * x;
                        vv += v * v;
                    }
                    let slope = slopes[i] + bowl.stiffness * vx;
                    terms[i] += weight * (0.5 * slope * slope - bowl.stiffness * vv);
                    to[i] = weight * share * slope;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
