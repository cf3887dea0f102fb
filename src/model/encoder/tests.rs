use super::{Encoder, Passes};
use crate::math::rng::{Rng, stream};
use crate::math::simd::Level;
use rand::RngExt as _;
use rand_distr::StandardNormal;

const SHAPES: [&[usize]; 5] = [&[3, 2], &[1, 1, 1], &[5, 16, 3], &[20, 17, 33, 5], &[64, 128, 64]];
const ROWS: [usize; 5] = [1, 7, 64, 100, 300];

fn normals(n: usize, rng: &mut Rng) -> Vec<f32> {
    (0..n).map(|_| rng.sample(StandardNormal)).collect()
}

/// With biases of ordinary size, so that nothing hides.
fn encoder(sizes: &[usize]) -> Encoder {
    let mut rng = stream(1, sizes.iter().sum::<usize>() as u64);
    let mut encoder = Encoder::new(sizes, &mut rng);
    for layer in 0..encoder.layers() {
        let end = encoder.offset(layer + 1);
        let biases = end - sizes[layer + 1]..end;
        let values = normals(biases.len(), &mut rng);
        encoder.parameters_mut()[biases].copy_from_slice(&values);
    }
    encoder
}

/// The layers of one point by the formula, in double precision.
fn by_formula(sizes: &[usize], parameters: &[f64], point: &[f32]) -> Vec<Vec<f64>> {
    let mut layers = vec![point.iter().map(|v| f64::from(*v)).collect::<Vec<f64>>()];
    let mut at = 0;
    for (layer, pair) in sizes.windows(2).enumerate() {
        let (weights, biases) = parameters[at..].split_at(pair[0] * pair[1]);
        at += (pair[0] + 1) * pair[1];
        let from = &layers[layer];
        let to = (0..pair[1]).map(|j| {
            let sum: f64 = from.iter().enumerate().map(|(i, h)| h * weights[i * pair[1] + j]).sum();
            let z = sum + biases[j];
            if layer + 2 < sizes.len() { z.max(0.0) } else { z }
        });
        let to = to.collect();
        layers.push(to);
    }
    layers
}

fn wide(parameters: &[f32]) -> Vec<f64> {
    parameters.iter().map(|v| f64::from(*v)).collect()
}

#[test]
fn every_layer_is_what_the_formula_says() {
    for sizes in SHAPES {
        let encoder = encoder(sizes);
        let parameters = wide(encoder.parameters());
        let mut passes = Passes::new(2);
        for rows in ROWS {
            let input = normals(rows * sizes[0], &mut stream(2, rows as u64));
            let out = passes.forward(&encoder, &input).to_vec();
            assert_eq!(out, passes.layer(encoder.layers() - 1));
            for (i, point) in input.chunks(sizes[0]).enumerate().step_by(13) {
                let layers = by_formula(sizes, &parameters, point);
                for (layer, expected) in layers[1..].iter().enumerate() {
                    let n = expected.len();
                    let found = &passes.layer(layer)[i * n..][..n];
                    for (f, e) in found.iter().zip(expected) {
                        let off = (f64::from(*f) - e).abs();
                        assert!(off < 2e-5, "{sizes:?} {rows}, layer {layer}: {f} for {e}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_gradient_is_that_of_finite_differences() {
    for sizes in SHAPES {
        let encoder = encoder(sizes);
        let parameters = wide(encoder.parameters());
        let outputs = encoder.outputs();
        let rows = 5;
        let input = normals(rows * sizes[0], &mut stream(3, 0));
        let weights = normals(rows * outputs, &mut stream(3, 1));
        // The sum of all outputs, each with a weight of its own.
        let value = |parameters: &[f64]| -> f64 {
            let points = input.chunks(sizes[0]).zip(weights.chunks(outputs));
            let sums = points.map(|(point, weights)| {
                let layers = by_formula(sizes, parameters, point);
                let out = layers[layers.len() - 1].iter().zip(weights);
                out.map(|(o, w)| o * f64::from(*w)).sum::<f64>()
            });
            sums.sum()
        };
        let mut gradient = vec![f32::NAN; parameters.len()];
        let mut passes = Passes::new(1);
        passes.forward(&encoder, &input);
        passes.backward(&encoder, &weights, &mut gradient);
        assert!(gradient.iter().all(|g| g.is_finite()));
        // Some of each kind: the last ones are biases.
        let (n, h) = (parameters.len(), 1e-6);
        for i in (0..n).step_by(n.div_ceil(60)).chain(n - outputs.min(5)..n) {
            let at = |h: f64| {
                let mut moved = parameters.clone();
                moved[i] += h;
                value(&moved)
            };
            let finite = (at(h) - at(-h)) / (2.0 * h);
            let off = (finite - f64::from(gradient[i])).abs();
            assert!(off < 1e-5 * finite.abs().max(1.0), "{sizes:?}, {i}: {finite} {}", gradient[i]);
        }
    }
}

#[test]
fn the_gradient_of_many_points_is_the_sum_of_theirs() {
    let (sizes, rows) = ([20, 17, 33, 5], 333);
    let encoder = encoder(&sizes);
    let input = normals(rows * 20, &mut stream(4, 0));
    let weights = normals(rows * 5, &mut stream(4, 1));
    let mut passes = Passes::new(2);
    let mut gradient = vec![0.0; encoder.parameters().len()];
    let mut sum = vec![0.0; gradient.len()];
    for (input, weights) in input.chunks(20).zip(weights.chunks(5)) {
        passes.forward(&encoder, input);
        passes.backward(&encoder, weights, &mut gradient);
        sum.iter_mut().zip(&gradient).for_each(|(sum, g)| *sum += f64::from(*g));
    }
    passes.forward(&encoder, &input);
    passes.backward(&encoder, &weights, &mut gradient);
    for (i, (g, sum)) in gradient.iter().zip(&sum).enumerate() {
        assert!((f64::from(*g) - sum).abs() < 2e-4, "{i}: {g} for {sum}");
    }
}

#[test]
fn neither_threads_nor_instructions_change_a_bit() {
    let encoder = encoder(&[20, 150, 30]);
    for rows in [1, 100, 512, 3_000] {
        let input = normals(rows * 20, &mut stream(5, 0));
        let weights = normals(rows * 30, &mut stream(5, 1));
        let all = |level: Level, threads: usize| {
            let mut passes = Passes::at(level, threads);
            let mut gradient = vec![0.0; encoder.parameters().len()];
            let out = passes.forward(&encoder, &input).to_vec();
            passes.backward(&encoder, &weights, &mut gradient);
            (out, passes.layer(0).to_vec(), gradient)
        };
        let one = all(Level::best(), 1);
        for level in Level::available() {
            // The portable path is slow without fused multiply-adds.
            if level != Level::Portable || rows < 200 {
                for threads in [1, 2, 3, 8] {
                    assert!(all(level, threads) == one, "{rows}, {level:?} on {threads}");
                }
            }
        }
    }
}

#[test]
fn passes_serve_encoders_of_other_sizes_and_no_points_at_all() {
    let mut passes = Passes::new(2);
    for sizes in [SHAPES[4], SHAPES[0], SHAPES[3]] {
        let encoder = encoder(sizes);
        let input = normals(70 * sizes[0], &mut stream(6, 0));
        let expected = Passes::new(1).forward(&encoder, &input).to_vec();
        assert!(passes.forward(&encoder, &input) == expected, "{sizes:?}");
        let mut gradient = vec![1.0; encoder.parameters().len()];
        assert!(passes.forward(&encoder, &[]).is_empty());
        passes.backward(&encoder, &[], &mut gradient);
        assert!(gradient.iter().all(|g| *g == 0.0), "{sizes:?}");
    }
}

#[test]
fn what_is_no_number_stays_none() {
    let encoder = encoder(&[5, 16, 3]);
    let mut input = normals(20 * 5, &mut stream(7, 0));
    input[17] = f32::NAN;
    let out = Passes::new(1).forward(&encoder, &input).to_vec();
    for (i, row) in out.chunks(3).enumerate() {
        assert_eq!(row.iter().any(|v| v.is_nan()), i == 3, "{i}");
    }
}
