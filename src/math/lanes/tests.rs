use super::Lanes;

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
    use super::{Generator, PAIR, WIDTH};
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
