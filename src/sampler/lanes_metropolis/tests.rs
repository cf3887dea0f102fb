use super::{CHAINS, LaneChains, Proposal, Trace, advance_body, scaled};
use crate::math::statistics::mean_and_variance;
use crate::model::energy::Quartic;

const UNIFORM: Proposal = Proposal::Uniform(0.8);
const NORMAL: Proposal = Proposal::Normal(0.46);

fn well(tilt: f64) -> Quartic {
    Quartic::double_well(5.0, tilt)
}

/// Mean and standard error over chains of what each has averaged over its steps.
fn averages(energy: &Quartic, proposal: Proposal) -> [(f64, f64); 4] {
    let (count, steps) = (500, 2_000);
    let mut chains = LaneChains::new(-1.0, count, 5);
    chains.advance(energy, 1.0, proposal, 500);
    let mut sums = [vec![0.0; count], vec![0.0; count], vec![0.0; count], Vec::new()];
    for _ in 0..steps {
        let accepted = chains.advance(energy, 1.0, proposal, 1);
        sums[3].push(accepted as f64 / count as f64);
        for (i, x) in chains.positions().iter().enumerate() {
            let x = f64::from(*x);
            let quantities = [x * x, x.powi(4), f64::from(u8::from(x < 0.0))];
            for (sum, q) in sums.iter_mut().zip(quantities) {
                sum[i] += q / f64::from(steps);
            }
        }
    }
    sums.map(|sums| {
        let (mean, variance) = mean_and_variance(&sums);
        (mean, (variance / sums.len() as f64).sqrt())
    })
}

#[test]
fn moments_and_acceptance_in_the_double_well_are_the_exact_ones() {
    // E[x^2], E[x^4], P(x < 0) and the mean of min(1, exp(E(x) - E(y))) of 5 (x^2 - 1)^2 + a x:
    // scipy's quad and, for the acceptance, numpy's trapezoids.
    let cases = [
        (0.0, UNIFORM, [0.936_833_940_4, 0.986_833_940_4, 0.5, 0.344_547_14]),
        (0.0, NORMAL, [0.936_833_940_4, 0.986_833_940_4, 0.5, 0.411_869_63]),
        (0.5, UNIFORM, [0.949_500_061_5, 1.010_424_244_2, 0.720_991_840_7, 0.340_519_26]),
        (0.5, NORMAL, [0.949_500_061_5, 1.010_424_244_2, 0.720_991_840_7, 0.407_934_34]),
    ];
    for (tilt, proposal, exact) in cases {
        for ((mean, error), exact) in averages(&well(tilt), proposal).into_iter().zip(exact) {
            assert!(error < 0.02, "error {error}");
            assert!(
                (mean - exact).abs() < 4.0 * error,
                "{tilt} {proposal:?}: {mean} +- {error}, exact {exact}"
            );
        }
    }
}

#[test]
fn a_trace_has_the_same_moments() {
    // E[x^2] and E[x] of the tilted well: scipy's quad.
    let mut trace = Trace::new(0.0, 3);
    let mut path = vec![0.0; 400_000];
    for proposal in [UNIFORM, NORMAL] {
        let accepted = trace.walk(&well(0.5), 1.0, proposal, &mut path);
        // Batches far longer than the memory of the chain, which crosses in some hundred steps.
        let batch = |f: fn(f64) -> f64| {
            let means: Vec<f64> = path
                .chunks(20_000)
                .map(|c| c.iter().map(|x| f(f64::from(*x))).sum::<f64>() / c.len() as f64)
                .collect();
            let (mean, variance) = mean_and_variance(&means);
            (mean, (variance / means.len() as f64).sqrt())
        };
        for ((mean, error), exact) in
            [(batch(|x| x), -0.436_967_305_4), (batch(|x| x * x), 0.949_500_061_5)]
        {
            assert!(error < 0.06, "error {error}");
            assert!((mean - exact).abs() < 4.0 * error, "{mean} +- {error}, exact {exact}");
        }
        let share = accepted as f64 / path.len() as f64;
        let moved = path.windows(2).filter(|w| w[0] != w[1]).count() as f64 / path.len() as f64;
        assert!((share - moved).abs() < 1e-4, "{share} accepted, {moved} moved");
    }
}

#[test]
fn temperature_divides_the_energy() {
    let energy = Quartic::harmonic(1.0);
    let mut chains = LaneChains::new(0.0, 4_000, 6);
    chains.advance(&energy, 0.25, Proposal::Normal(1.0), 400);
    let positions: Vec<f64> = chains.positions().iter().map(|x| f64::from(*x)).collect();
    let (_, variance) = mean_and_variance(&positions);
    // sd of a variance of 4,000: 0.25 sqrt(2/4000) = 0.0056.
    assert!((variance - 0.25).abs() < 0.023, "{variance}");
}

#[test]
fn nothing_infinite_or_undefined_is_accepted() {
    let energy = well(0.0);
    for proposal in [Proposal::Uniform(f32::MAX), Proposal::Normal(f32::INFINITY)] {
        let mut chains = LaneChains::new(-1.0, 40, 1);
        assert_eq!(chains.advance(&energy, 1.0, proposal, 50), 0);
        assert!(chains.positions().iter().all(|x| *x == -1.0));
    }
    // Too cold for single precision: E/T is not finite anywhere but at a minimum, if there.
    let mut chains = LaneChains::new(-1.0, 40, 1);
    chains.advance(&energy, 1e-60, UNIFORM, 50);
    assert!(chains.positions().iter().all(|x| x.is_finite()));
}

#[test]
fn a_path_depends_on_neither_the_number_of_chains_nor_the_calls() {
    let energy = well(0.5);
    for proposal in [UNIFORM, NORMAL] {
        let mut few = LaneChains::new(-1.0, 3, 9);
        let mut many = LaneChains::new(-1.0, 2 * CHAINS + 5, 9);
        let few_accepted: u64 =
            [1, 0, 2, 27].iter().map(|n| few.advance(&energy, 1.0, proposal, *n)).sum();
        many.advance(&energy, 1.0, proposal, 30);
        assert_eq!(few.positions(), &many.positions()[..3]);
        assert_eq!(many.positions().len(), 2 * CHAINS + 5);
        assert!(few_accepted <= 90 && few_accepted > 0);
        let distinct = |x: &[f32]| x.windows(2).filter(|w| w[0] != w[1]).count();
        assert!(distinct(many.positions()) > CHAINS);

        let (mut whole, mut parts) = ([0.0; 700], [0.0; 700]);
        Trace::new(0.3, 4).walk(&energy, 1.0, proposal, &mut whole);
        let mut trace = Trace::new(0.3, 4);
        let mut rest = &mut parts[..];
        for length in [10, 27, 0, 256, 300, 107] {
            let (part, after) = rest.split_at_mut(length);
            trace.walk(&energy, 1.0, proposal, part);
            rest = after;
        }
        assert!(rest.is_empty());
        assert_eq!(whole, parts);
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    let energy = well(0.5);
    let mut chosen = LaneChains::new(-1.0, 50, 2);
    let mut portable = chosen.clone();
    let c = scaled(&energy, 0.7);
    let LaneChains { positions, generators, count } = &mut portable;
    let a = chosen.advance(&energy, 0.7, UNIFORM, 300);
    let b = advance_body::<false>(positions, generators, *count, &c, 0.8, 300);
    assert_eq!(a, b);
    let a = chosen.advance(&energy, 0.7, NORMAL, 300);
    let b = advance_body::<true>(positions, generators, *count, &c, 0.46, 300);
    assert_eq!(a, b);
    assert_eq!(chosen.positions(), portable.positions());

    let moves: Vec<f32> = (0..200_u8).map(|i| (f32::from(i) * 0.7).sin()).collect();
    let thresholds: Vec<f32> = (0..200_u8).map(|i| 1.0 + (f32::from(i) * 1.3).cos()).collect();
    let (mut one, mut other) = (vec![0.0; 200], vec![0.0; 200]);
    let (mut x, mut y) = (0.1, 0.1);
    let a = super::walk(&mut x, &c, &moves, &thresholds, &mut one);
    let b = super::walk_body(&mut y, &c, &moves, &thresholds, &mut other);
    assert_eq!((a, x), (b, y));
    assert_eq!(one, other);
}
