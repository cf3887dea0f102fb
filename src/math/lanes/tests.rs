use super::Lanes;
use super::generator::{Generator, WIDTH, exponential, normal_pair, unit};

#[test]
fn a_seed_and_a_stream_name_the_numbers() {
    let draw = |seed, index| {
        let mut out = [0.0; 37];
        Lanes::new(seed, index).normal(&mut out);
        out
    };
    assert_eq!(draw(1, 2), draw(1, 2));
    assert_ne!(draw(1, 2), draw(1, 3));
    assert_ne!(draw(1, 2), draw(2, 2));
}

#[test]
fn how_a_stream_is_cut_into_calls_does_not_matter() {
    type Fill = fn(&mut Lanes, &mut [f32]);
    for fill in [Lanes::uniform as Fill, Lanes::normal, Lanes::exponential] {
        let (mut whole, mut parts) = ([0.0; 237], [0.0; 237]);
        fill(&mut Lanes::new(3, 1), &mut whole);
        let mut lanes = Lanes::new(3, 1);
        let mut rest = &mut parts[..];
        for length in [10, 27, 0, 1, 64, 32, 16, 1, 86] {
            let (part, after) = rest.split_at_mut(length);
            fill(&mut lanes, part);
            rest = after;
        }
        assert!(rest.is_empty());
        assert_eq!(whole, parts);
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    use super::PAIR;
    let mut rows = vec![[0.0_f32; WIDTH]; 300];
    let mut pairs = vec![[0.0_f32; PAIR]; 300];
    let (mut a, mut b) = (Generator::new(5, 0), Generator::new(5, 0));
    let mut same = rows.clone();
    super::fill_uniform(&mut a, &mut rows);
    super::uniform_body(&mut b, &mut same);
    assert_eq!(rows, same);
    super::fill_exponential(&mut a, &mut rows);
    super::exponential_body(&mut b, &mut same);
    assert_eq!(rows, same);
    let mut same = pairs.clone();
    super::fill_normal(&mut a, &mut pairs);
    super::normal_body(&mut b, &mut same);
    assert_eq!(pairs, same);
    assert_eq!(a.words(), b.words());
}

#[test]
fn the_moments_are_those_of_the_distributions() {
    let mut lanes = Lanes::new(7, 0);
    let mut draws = vec![0.0; 400_000];
    let n = draws.len() as f64;
    let moment =
        |draws: &[f32], k: i32| draws.iter().map(|x| f64::from(*x).powi(k)).sum::<f64>() / n;
    // Moments about zero; the variance of the k-th is m_2k - m_k^2.
    let uniform = |k: i32| 1.0 / f64::from(k + 1);
    let factorial = |k: i32| (1..=k).map(f64::from).product::<f64>();
    let normal = |k: i32| {
        if k % 2 == 1 { 0.0 } else { (1..k).step_by(2).map(f64::from).product::<f64>() }
    };
    type Fill = fn(&mut Lanes, &mut [f32]);
    type Exact<'a> = &'a dyn Fn(i32) -> f64;
    let kinds: [(&str, Fill, Exact<'_>); 3] = [
        ("uniform", Lanes::uniform, &uniform),
        ("exponential", Lanes::exponential, &factorial),
        ("normal", Lanes::normal, &normal),
    ];
    for (name, fill, exact) in kinds {
        fill(&mut lanes, &mut draws);
        for k in 1..=6 {
            let error = ((exact(2 * k) - exact(k).powi(2)) / n).sqrt();
            let off = moment(&draws, k) - exact(k);
            assert!(off.abs() < 4.0 * error, "{name} {k}: {off} +- {error}");
        }
    }
}

#[test]
fn a_lane_is_xoshiro128_plus_plus() {
    // The authors' C code from the state 1, 2, 3, 4, run in another language.
    let expected: [u32; 10] = [
        641,
        1_573_767,
        3_222_811_527,
        3_517_856_514,
        836_907_274,
        4_247_214_768,
        3_867_114_732,
        1_355_841_295,
        495_546_011,
        621_204_420,
    ];
    let mut generator = Generator::new(1, 0);
    generator.state = [1, 2, 3, 4].map(|word| {
        // Another lane is elsewhere.
        let mut lanes = [word; WIDTH];
        lanes[3] += 1;
        lanes
    });
    for word in expected {
        let words = generator.words();
        assert_eq!((words[0], words[WIDTH - 1]), (word, word));
        assert_ne!(words[3], word);
    }
}

#[test]
fn every_word_becomes_the_right_number() {
    let mut generator = Generator::new(2, 0);
    let ends = [0, 1, 2, 3, u32::MAX, u32::MAX - 1, 1 << 31, (1 << 31) - 1, 1 << 30, 3 << 30];
    let mut words = ends.to_vec();
    words.extend((0..2_000).flat_map(|_| generator.words()));
    // Small words of every length: the tail.
    words.extend((0..32).flat_map(|k| generator.words().map(|w| w >> k)));
    for (i, word) in words.iter().enumerate() {
        assert_eq!(f64::from(unit(*word)), f64::from(word >> 8) / f64::from(1 << 24));
        let exact = -((f64::from(word >> 1) + 0.5) / f64::from(1_u32 << 31)).ln();
        let e = f64::from(exponential(*word));
        // Near zero what counts is the spacing of U below one.
        assert!((e - exact).abs() < 2.5e-7 * exact + 6.1e-8, "{word}: {e}, exact {exact}");
        assert!(e >= 0.0);
        let angle = words[words.len() - 1 - i];
        let (a, b) = normal_pair(*word, angle);
        let (a, b) = (f64::from(a), f64::from(b));
        let squares = a * a + b * b;
        assert!((squares - 2.0 * e).abs() <= 1e-6 * squares, "{word}, {angle}: {squares} of {e}");
        let turn = f64::from((angle << 1) as i32) / 2_f64.powi(34);
        let (mut sin, mut cos) = (std::f64::consts::TAU * turn).sin_cos();
        if angle >> 31 == 1 {
            std::mem::swap(&mut sin, &mut cos);
        }
        let sign = if word & 1 == 1 { -1.0 } else { 1.0 };
        let r = squares.sqrt();
        let off = (a - sign * r * cos).abs().max((b - sign * r * sin).abs());
        assert!(off <= 5e-7 * r, "{word}, {angle}: {a}, {b}");
    }
}

#[test]
fn normals_follow_the_distribution_into_the_tails() {
    // scipy.special.ndtr and scipy.stats.norm.sf.
    const BODY: [(f32, f64); 8] = [
        (0.25, 0.598_706_325_682_923_7),
        (0.5, 0.691_462_461_274_013_1),
        (1.0, 0.841_344_746_068_542_9),
        (1.5, 0.933_192_798_731_141_9),
        (2.0, 0.977_249_868_051_820_8),
        (2.5, 0.993_790_334_674_223_8),
        (3.0, 0.998_650_101_968_369_9),
        (3.5, 0.999_767_370_920_964_5),
    ];
    const TAIL: [(f32, f64); 3] = [
        (4.0, 3.167_124_183_311_986e-5),
        (4.5, 3.397_673_124_730_053_5e-6),
        (5.0, 2.866_515_718_791_933e-7),
    ];
    let mut lanes = Lanes::new(11, 0);
    let mut draws = vec![0.0_f32; 4_000_000];
    lanes.normal(&mut draws);
    let n = draws.len() as f64;
    let share = |below: f32| draws.iter().filter(|x| **x <= below).count() as f64 / n;
    // Kolmogorov and Smirnov: 1.95 is passed once in a thousand, here at fewer places than all.
    for (x, exact) in BODY {
        for (x, exact) in [(x, exact), (-x, 1.0 - exact)] {
            let off = (share(x) - exact).abs() * n.sqrt();
            assert!(off < 1.95, "below {x}: {off}");
            // A finer test of the same count.
            assert!(off < 4.0 * (exact * (1.0 - exact)).sqrt(), "below {x}: {off}");
        }
    }
    for (x, exact) in TAIL {
        let beyond = draws.iter().filter(|v| v.abs() > x).count() as f64;
        let expected = 2.0 * exact * n;
        assert!((beyond - expected).abs() < 4.0 * expected.sqrt(), "{x}: {beyond}, {expected}");
    }
}

#[test]
fn neighbours_lanes_and_streams_are_not_correlated() {
    let n = 200_000;
    let draw = |index| {
        let mut out = vec![0.0; n];
        Lanes::new(13, index).normal(&mut out);
        out
    };
    let streams: Vec<Vec<f32>> = (0..3).map(draw).collect();
    // Of the numbers, and of their squares, which a sum of radii would show.
    let plain = |x: f32| f64::from(x);
    let square = |x: f32| (f64::from(x).powi(2) - 1.0) / 2.0_f64.sqrt();
    let correlation = |a: &[f32], b: &[f32], of: &dyn Fn(f32) -> f64| {
        a.iter().zip(b).map(|(a, b)| of(*a) * of(*b)).sum::<f64>() / (a.len() as f64).sqrt()
    };
    let (first, rest) = (&streams[0], &streams[1..]);
    for of in [&plain as &dyn Fn(f32) -> f64, &square] {
        // Lags of up to two rows: neighbours, the two of a pair, a lane and its next draw.
        for lag in 1..=64 {
            let z = correlation(&first[..n - lag], &first[lag..], of);
            assert!(z.abs() < 4.5, "lag {lag}: {z} standard errors");
        }
        for other in rest {
            let z = correlation(first, other, of);
            assert!(z.abs() < 4.0, "streams: {z} standard errors");
        }
    }
}
