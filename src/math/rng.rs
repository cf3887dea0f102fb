//! The one random number generator of the lab: PCG64 (XSL RR 128/64), O'Neill 2014,
//! HMC-CS-2014-0905. Named and portable, so a seed means the same numbers on every machine and in
//! every later version.

/// The generator that every experiment and every chain draws from.
pub type Rng = rand_pcg::Pcg64;

/// The generator of one named stream of a seed. Streams of the same seed are independent: both the
/// starting state and the increment are mixed from the pair, because PCG streams that share a
/// state are correlated.
#[must_use]
pub fn stream(seed: u64, index: u64) -> Rng {
    let a = split_mix(seed);
    let b = split_mix(a ^ index.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let c = split_mix(b ^ seed);
    let d = split_mix(c ^ index);
    Rng::new(u128::from(a) << 64 | u128::from(b), u128::from(c) << 64 | u128::from(d))
}

/// One output of SplitMix64 (Steele, Lea and Flood 2014) started at `x`.
fn split_mix(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::stream;
    use rand::Rng as _;

    #[test]
    fn a_seed_and_a_stream_name_the_numbers_for_good() {
        let mut rng = stream(7, 0);
        let first: [u64; 2] = [rng.next_u64(), rng.next_u64()];
        let mut again = stream(7, 0);
        assert_eq!(first, [again.next_u64(), again.next_u64()]);
    }

    #[test]
    fn streams_of_one_seed_are_uncorrelated() {
        let n = 20_000;
        let mut a = stream(7, 0);
        let mut b = stream(7, 1);
        let uniform = |r: &mut super::Rng| r.next_u64() as f64 / u64::MAX as f64 - 0.5;
        let products: f64 = (0..n).map(|_| uniform(&mut a) * uniform(&mut b)).sum();
        let correlation = products / f64::from(n) * 12.0;
        assert!(correlation.abs() < 4.0 / f64::from(n).sqrt(), "correlation {correlation}");
    }
}
