use super::{Method, score_matching};
use crate::math::quadrature::Grid;
use crate::math::rng::{Rng, stream};
use crate::model::energy::Quartic;
use crate::model::mlp::Mlp;
use crate::model::thermodynamics::Landscape;
use crate::objective::score_matching::{Bowl, Workspace, energy_and_gradient};
use rand_distr::{Distribution, StandardNormal};

const BOWL: Bowl = Bowl { stiffness: 1.0 / 9.0 };

fn normals(rng: &mut Rng, count: usize) -> Vec<f64> {
    (0..count).map(|_| StandardNormal.sample(rng)).collect()
}

/// The objective, freshly.
fn value(model: &Mlp, bowl: Bowl, method: Method<'_>, points: &[f64]) -> f64 {
    let mut terms = vec![0.0; points.len() / model.inputs()];
    score_matching(model, bowl, method, points, &mut Workspace::default(), &mut terms, None)
}

#[test]
fn gradients_are_the_finite_differences_at_every_size() {
    let mut rng = stream(21, 0);
    for (inputs, width, depth) in [(1, 1, 1), (1, 8, 2), (2, 7, 1), (2, 12, 3)] {
        let batch = 6;
        let mut model = Mlp::new(inputs, width, depth, &mut rng);
        let points = normals(&mut rng, batch * inputs);
        let slices = normals(&mut rng, 3 * batch * inputs);
        let noise: Vec<f64> = normals(&mut rng, points.len()).iter().map(|e| 0.4 * e).collect();
        let denoising = Method::Denoising { noise: &noise, sigma: 0.4 };
        for method in [Method::Implicit, Method::Sliced(&slices), denoising] {
            let mut gradient = vec![f64::NAN; model.parameters().len()];
            let mut terms = vec![0.0; batch];
            let mut work = Workspace::default();
            let mean = score_matching(
                &model,
                BOWL,
                method,
                &points,
                &mut work,
                &mut terms,
                Some(&mut gradient),
            );
            assert_eq!(mean, value(&model, BOWL, method, &points));
            let largest = gradient.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
            let h = 1e-5;
            for (i, g) in gradient.iter().enumerate() {
                let at = model.parameters()[i];
                let [above, below] = [at + h, at - h].map(|theta| {
                    model.parameters_mut()[i] = theta;
                    value(&model, BOWL, method, &points)
                });
                model.parameters_mut()[i] = at;
                let difference = (above - below) / (2.0 * h);
                let off = (difference - g).abs();
                assert!(off < 1e-7 * largest, "{inputs} {width} {depth} {method:?} {i}: {off}");
            }
        }
    }
}

#[test]
fn implicit_is_the_mean_over_orthogonal_slices() {
    let mut rng = stream(22, 0);
    let model = Mlp::new(2, 9, 2, &mut rng);
    let points = normals(&mut rng, 10);
    // sqrt(2) times the axes: v v' averages to the identity exactly.
    let along = |axis: usize| (0..10).map(move |i| if i % 2 == axis { 2f64.sqrt() } else { 0.0 });
    let slices: Vec<f64> = along(0).chain(along(1)).collect();
    let implicit = value(&model, BOWL, Method::Implicit, &points);
    let sliced = value(&model, BOWL, Method::Sliced(&slices), &points);
    assert!((implicit - sliced).abs() < 1e-12, "{implicit} {sliced}");
}

#[test]
fn each_objective_is_half_the_fisher_divergence_and_a_constant() {
    // p = N(0, 1) on the line by quadrature; for the denoising one the noise by quadrature too.
    let model = Mlp::new(1, 6, 2, &mut stream(23, 0));
    let grid = Grid::new(-9.0, 9.0, 181);
    let nodes = grid.nodes();
    let (mut energies, mut slopes) = (vec![0.0; 181], vec![0.0; 181]);
    let mut work = Workspace::default();
    energy_and_gradient(&model, BOWL, &nodes, &mut work, &mut energies, &mut slopes);
    let expectation = |variance: f64, f: &dyn Fn(usize) -> f64| {
        let values: Vec<f64> = (0..181)
            .map(|i| {
                let x = nodes[i];
                let p = (-0.5 * x * x / variance).exp() / (std::f64::consts::TAU * variance).sqrt();
                p * f(i)
            })
            .collect();
        grid.integrate(&values)
    };
    // E|s_p|^2 = 1/v.
    let fisher = |v: f64| expectation(v, &|i| 0.5 * (nodes[i] / v - slopes[i]).powi(2));
    let mut terms = vec![0.0; 181];
    score_matching(&model, BOWL, Method::Implicit, &nodes, &mut work, &mut terms, None);
    let implicit = expectation(1.0, &|i| terms[i]);
    assert!((implicit - (fisher(1.0) - 0.5)).abs() < 1e-10, "{implicit}");
    let sigma: f64 = 0.7;
    let v = 1.0 + sigma * sigma;
    let mut denoising = 0.0;
    for noise in &nodes {
        let weight =
            (-0.5 * noise * noise / (sigma * sigma)).exp() / (sigma * std::f64::consts::TAU.sqrt());
        let method = Method::Denoising { noise: &vec![*noise; 181], sigma };
        score_matching(&model, BOWL, method, &nodes, &mut work, &mut terms, None);
        denoising += grid.spacing() * weight * expectation(1.0, &|i| terms[i]);
    }
    let expected = fisher(v) - 0.5 / v + 0.5 / (sigma * sigma);
    assert!((denoising - expected).abs() < 1e-9, "{denoising} {expected}");
}

#[test]
fn the_tilt_of_a_double_well_has_the_variance_of_the_sandwich() {
    // E = h u(x) + a x with both h and a estimated, u = (x^2 - 1)^2. By h and a the term
    // E'^2/2 - E'' has the slopes g = (E' u' - u'', E') and the curvatures H = E[(u', 1)(u', 1)'];
    // N Cov -> H^-1 E[g g'] H^-1. science (and scipy's quad): 3.944, 12.68, 44.34 for a.
    for (h, expected) in [(0.5, 3.944_139_9), (2.0, 12.680_049_3), (6.0, 44.337_806_8)] {
        let energy = Quartic::double_well(h, 0.5);
        let landscape = Landscape::new(&energy, &[(-1.3, 1.3)], 1.0);
        let grid = landscape.axes[0];
        let density = landscape.density(1.0);
        let nodes = grid.nodes();
        let mean = |f: &dyn Fn(f64) -> f64| {
            let values: Vec<f64> = density.iter().zip(&nodes).map(|(p, x)| p * f(*x)).collect();
            grid.integrate(&values)
        };
        let by_u = |x: f64| 4.0 * x * (x * x - 1.0);
        let slope = |x: f64| h * by_u(x) + 0.5;
        let g = |x: f64| [slope(x) * by_u(x) - (12.0 * x * x - 4.0), slope(x)];
        // The row of H^-1 that belongs to a.
        let (uu, u1) = (mean(&|x| by_u(x).powi(2)), mean(&by_u));
        let row = [-u1 / (uu - u1 * u1), uu / (uu - u1 * u1)];
        let variance = mean(&|x| (row[0] * g(x)[0] + row[1] * g(x)[1]).powi(2));
        assert!((variance / expected - 1.0).abs() < 1e-7, "h {h}: {variance}");
    }
}

#[test]
fn a_huge_energy_stays_finite() {
    let mut model = Mlp::new(2, 5, 2, &mut stream(24, 0));
    model.parameters_mut().iter_mut().for_each(|p| *p *= 1e3);
    assert!(value(&model, BOWL, Method::Implicit, &[1e3, -1e3, 0.0, 2.0]).is_finite());
}
