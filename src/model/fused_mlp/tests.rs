use super::reference::Reference;
use super::{Engine, FusedMlp};
use crate::math::rng::{Rng, stream};
use crate::math::simd::Level;
use rand::RngExt as _;
use rand_distr::StandardNormal;

const INPUTS: [usize; 4] = [1, 2, 5, 64];
const WIDTHS: [usize; 5] = [1, 3, 16, 64, 128];
const BATCHES: [usize; 5] = [1, 7, 48, 64, 512];

fn sizes() -> impl Iterator<Item = (usize, usize)> {
    INPUTS.into_iter().flat_map(|inputs| WIDTHS.map(|width| (inputs, width)))
}

fn normals(n: usize, rng: &mut Rng) -> Vec<f32> {
    (0..n).map(|_| rng.sample(StandardNormal)).collect()
}

/// With a last layer and a second bias of ordinary size, so that nothing hides.
fn model(inputs: usize, width: usize) -> FusedMlp {
    let mut rng = stream(1, (inputs * 1_000 + width) as u64);
    let mut model = FusedMlp::new(inputs, width, 0.3, &mut rng);
    let last = model.parameters().len() - 2 * width;
    model.parameters_mut()[last..].copy_from_slice(&normals(2 * width, &mut rng));
    model
}

/// Everything an engine finds, one after the other: energies three times, slopes, gradient.
fn all(engine: &mut Engine, model: &FusedMlp, points: &[f32], weights: &[f32]) -> Vec<f32> {
    let n = weights.len();
    let mut energies = vec![vec![0.0; n]; 3];
    let mut slopes = vec![0.0; points.len()];
    let mut gradient = vec![0.0; model.parameters().len()];
    engine.energies(model, points, &mut energies[0]);
    engine.slopes(model, points, &mut energies[1], &mut slopes);
    engine.gradient(model, points, weights, &mut energies[2], &mut gradient);
    let mut all = energies.concat();
    all.extend(slopes);
    all.extend(gradient);
    all
}

/// The same by the formula.
fn by_formula(model: &FusedMlp, points: &[f32], weights: &[f32]) -> Vec<f64> {
    let reference = Reference::new(model);
    let mut gradient = vec![0.0; model.parameters().len()];
    let (mut energies, mut slopes) = (Vec::new(), Vec::new());
    for (x, weight) in points.chunks(model.inputs()).zip(weights) {
        let x: Vec<f64> = x.iter().map(|v| f64::from(*v)).collect();
        let (energy, slope) = reference.pass(&x, f64::from(*weight), &mut gradient);
        energies.push(energy);
        slopes.extend(slope);
    }
    let mut all = [&*energies, &*energies, &*energies].concat();
    all.extend(slopes);
    all.extend(gradient);
    all
}

fn batch(inputs: usize, n: usize) -> (Vec<f32>, Vec<f32>) {
    let mut rng = stream(2, (inputs * 1_000 + n) as u64);
    let points = normals(n * inputs, &mut rng);
    let weights = normals(n, &mut rng).iter().map(|w| w / n as f32).collect();
    (points, weights)
}

#[test]
fn the_formula_s_gradients_are_the_finite_differences_at_every_size() {
    for (inputs, width) in sizes() {
        let mut reference = Reference::new(&model(inputs, width));
        let mut rng = stream(3, 0);
        let mut x: Vec<f64> = (0..inputs).map(|_| rng.sample(StandardNormal)).collect();
        let n = reference.parameters.len();
        let mut gradient = vec![0.0; n];
        let (_, slope) = reference.pass(&x, 1.0, &mut gradient);
        let (h, mut scrap) = (1e-5, vec![0.0; n]);
        // Some of each kind: the kinds lie one after the other.
        for i in (0..n).step_by(n.div_ceil(60)).chain(n - width.min(5)..n) {
            let at = reference.parameters[i];
            let [above, below] = [h, -h].map(|h| {
                reference.parameters[i] = at + h;
                reference.pass(&x, 0.0, &mut scrap).0
            });
            reference.parameters[i] = at;
            let difference = (above - below) / (2.0 * h);
            let size = difference.abs().max(1.0);
            assert!((difference - gradient[i]).abs() < 1e-7 * size, "{inputs} {width}: {i}");
        }
        for i in 0..inputs {
            let at = x[i];
            let [above, below] = [h, -h].map(|h| {
                x[i] = at + h;
                reference.pass(&x, 0.0, &mut scrap).0
            });
            x[i] = at;
            let difference = (above - below) / (2.0 * h);
            let size = difference.abs().max(1.0);
            assert!((difference - slope[i]).abs() < 1e-6 * size, "{inputs} {width}: x {i}");
        }
    }
}

#[test]
fn the_kernels_find_what_the_formula_gives_at_every_size() {
    for (inputs, width) in sizes() {
        let model = model(inputs, width);
        let mut engine = Engine::new(&model, 2);
        for n in BATCHES {
            let (points, weights) = batch(inputs, n);
            let found = all(&mut engine, &model, &points, &weights);
            let expected = by_formula(&model, &points, &weights);
            // Energies and slopes are of the size of the roots of width and inputs.
            let size = (width as f64).sqrt() * (1.0 + (inputs as f64).sqrt());
            for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let off = (f64::from(*found) - expected).abs();
                assert!(off < 4e-6 * size, "{inputs} {width} {n}, {i}: {found} {expected}");
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for (inputs, width, n) in [(2, 128, 1024), (2, 128, 1000), (64, 64, 512), (5, 16, 20_001)] {
        let model = model(inputs, width);
        let (points, weights) = batch(inputs, n);
        let one = all(&mut Engine::new(&model, 1), &model, &points, &weights);
        for threads in [2, 3, 8] {
            let mut engine = Engine::new(&model, threads);
            assert!(all(&mut engine, &model, &points, &weights) == one, "{threads}");
        }
    }
}

#[test]
fn the_set_of_instructions_changes_no_bit() {
    for (inputs, width) in sizes() {
        for n in [7, 48, 150] {
            let model = model(inputs, width);
            let (points, weights) = batch(inputs, n);
            let mut bits = Level::available()
                .into_iter()
                .map(|level| all(&mut Engine::at(level, &model, 1), &model, &points, &weights));
            let first = bits.next();
            assert!(bits.all(|bits| Some(bits) == first), "{inputs} {width} {n}");
        }
    }
}

#[test]
fn an_engine_serves_models_of_other_sizes_and_no_points_at_all() {
    let (small, large) = (model(1, 3), model(5, 64));
    let mut engine = Engine::new(&small, 2);
    for model in [&small, &large, &small] {
        let (points, weights) = batch(model.inputs(), 65);
        let found = all(&mut engine, model, &points, &weights);
        assert!(found == all(&mut Engine::new(model, 2), model, &points, &weights));
    }
    let mut gradient = vec![1.0; small.parameters().len()];
    engine.gradient(&small, &[], &[], &mut [], &mut gradient);
    assert!(gradient.iter().all(|g| *g == 0.0));
}

#[test]
fn what_is_no_number_stays_none() {
    let model = model(2, 16);
    let mut points = batch(2, 20).0;
    points[6] = f32::NAN;
    let (mut energies, mut slopes) = (vec![0.0; 20], vec![0.0; 40]);
    Engine::new(&model, 1).slopes(&model, &points, &mut energies, &mut slopes);
    for (i, e) in energies.iter().enumerate() {
        assert_eq!(e.is_nan(), i == 3, "{i}");
        assert_eq!(slopes[2 * i].is_nan(), i == 3, "{i}");
    }
}
