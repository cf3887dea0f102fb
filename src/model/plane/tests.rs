use super::Plane;
use crate::data::toy::Toy;
use crate::math::quadrature::Grid;
use crate::math::vector_math::exp_affine_sum;
use crate::model::conditional::{Conditional, Conditionals as _};
use crate::model::energy::Energy as _;
use crate::model::thermodynamics::on_grid;

const ALL: [Plane; 5] =
    [Plane::EightGaussians, Plane::Funnel, Plane::Banana, Plane::Donut, Plane::Rings];

fn at(energy: Plane, x: f64, y: f64) -> f64 {
    let mut value = [0.0];
    energy.value(&[x, y], &mut value);
    value[0]
}

#[test]
fn gradients_are_slopes() {
    // Two whole blocks and a rest, near the centre and far away.
    let n = 131;
    let xs = (0..n).map(|i| 3.1 * (1.7 * f64::from(i)).sin());
    let ys = (0..n).map(|i| 3.3 * (2.3 * f64::from(i) + 1.0).cos());
    let points: Vec<f64> = xs.chain(ys).collect();
    let n = n as usize;
    for energy in ALL {
        let (mut value, mut gradient) = (vec![0.0; n], vec![0.0; 2 * n]);
        energy.value_and_gradient(&points, &mut value, &mut gradient);
        let mut alone = vec![0.0; n];
        energy.value(&points, &mut alone);
        assert_eq!(value, alone);
        let h = 1e-5;
        for i in 0..n {
            let (x, y) = (points[i], points[n + i]);
            let slopes = [
                (at(energy, x + h, y) - at(energy, x - h, y)) / (2.0 * h),
                (at(energy, x, y + h) - at(energy, x, y - h)) / (2.0 * h),
            ];
            for (axis, slope) in slopes.into_iter().enumerate() {
                let off = (gradient[axis * n + i] - slope).abs();
                assert!(off < 1e-6 * (1.0 + slope.abs()), "{energy:?} at ({x}, {y}): {off}");
            }
        }
    }
}

#[test]
fn the_toy_sets_have_the_same_density() {
    for (energy, toy) in [(Plane::EightGaussians, Toy::EightGaussians), (Plane::Rings, Toy::Rings)]
    {
        for (x, y) in [(2.0, 0.1), (-0.3, 1.1), (1.2, -2.0), (-3.0, -0.4)] {
            let log_density = toy.log_density(&[x, y]).unwrap();
            // The softened centre of the rings changes the radius by 5e-5.
            let off = (at(energy, x, y) + log_density).abs();
            assert!(off < 1e-3, "{energy:?} at ({x}, {y}): {off}");
        }
    }
}

#[test]
fn normalised_energies_have_mass_one() {
    let boxes = [
        (Plane::EightGaussians, (-4.0, 4.0), (-4.0, 4.0), 1e-9),
        (Plane::Banana, (-12.0, 12.0), (-40.0, 8.0), 1e-6),
        (Plane::Rings, (-4.2, 4.2), (-4.2, 4.2), 2e-4),
    ];
    for (energy, x, y, tolerance) in boxes {
        let axes = [Grid::new(x.0, x.1, 600), Grid::new(y.0, y.1, 600)];
        let mut values = on_grid(&energy, &axes);
        let cell = axes[0].spacing() * axes[1].spacing();
        let mass = exp_affine_sum(&mut values, -1.0, 0.0) * cell;
        assert!((mass - 1.0).abs() < tolerance, "{energy:?}: {mass}");
    }
    // scipy.stats: norm(0, 3).logpdf(v) + norm(0, exp(v/2)).logpdf(x).
    for (v, x, log_density) in
        [(0.5, -1.2, -3.637_080_318_959_440_3), (-4.0, 0.05, -1.893_625_931_507_774_6)]
    {
        let exact = -at(Plane::Funnel, v, x);
        assert!((exact - log_density).abs() < 1e-9, "funnel at ({v}, {x}): {exact}");
    }
    assert!((at(Plane::Donut, 0.0, 3.0) - 0.16 / 0.033).abs() < 1e-3);
}

#[test]
fn conditionals_are_slices_of_the_density() {
    for energy in ALL {
        for axis in 0..2 {
            for other in [-1.3, 0.4, 2.1] {
                let mut point = [other; 2];
                let log_conditional = |x: f64| match energy.conditional(axis, &[other; 2]) {
                    Conditional::Normal { mean, sd } => Some(-0.5 * ((x - mean) / sd).powi(2)),
                    Conditional::Mixture { weights, means, sd } => {
                        let part = |(w, m): (&f64, &f64)| w * (-0.5 * ((x - m) / sd).powi(2)).exp();
                        Some(weights.iter().zip(&means).map(part).sum::<f64>().ln())
                    }
                    Conditional::Within { low, high } => {
                        assert!(low < -3.0 && high > 3.0);
                        None
                    }
                };
                let mut difference = Vec::new();
                for x in [-0.7, 0.1, 1.6] {
                    point[axis] = x;
                    let Some(log_conditional) = log_conditional(x) else { continue };
                    difference.push(log_conditional + at(energy, point[0], point[1]));
                }
                // The same but for a constant.
                for d in &difference {
                    assert!((d - difference[0]).abs() < 1e-9, "{energy:?} {axis}: {difference:?}");
                }
            }
        }
    }
}
