//! How far an estimated gradient points the right way, and how long it is.
//!
//! The estimate comes in groups that are independent of each other, g_1 ... g_M, so that its
//! expectation g can be told from its noise: the mean of `<g_i, g_j>` over i != j estimates |g|^2
//! without bias, where the square of the mean would be too large by the noise. Errors are those of
//! the jackknife over the groups (Efron and Stein, The jackknife estimate of variance, Annals of
//! Statistics 9, 1981).

/// An estimate and its standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::lesson) struct Estimate {
    pub(in crate::lesson) value: f64,
    pub(in crate::lesson) error: f64,
}

/// The expected gradient against the exact one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::lesson) struct Alignment {
    /// The cosine of the angle between the two.
    pub(in crate::lesson) cosine: Estimate,
    /// The length of the estimate over that of the exact one.
    pub(in crate::lesson) ratio: Estimate,
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// Of the groups' gradients, one after the other, against the exact one. NaN where the noise
/// hides the length.
pub(in crate::lesson) fn alignment(groups: &[f32], exact: &[f32]) -> Alignment {
    let size = exact.len();
    let rows: Vec<&[f32]> = groups.chunks_exact(size).collect();
    let m = rows.len();
    let along: Vec<f64> = rows.iter().map(|g| dot(g, exact)).collect();
    // With each group: its products with all others.
    let others: Vec<f64> =
        (0..m).map(|i| (0..m).filter(|j| *j != i).map(|j| dot(rows[i], rows[j])).sum()).collect();
    let length = dot(exact, exact).sqrt();
    let (along_all, pairs_all) = (along.iter().sum::<f64>(), others.iter().sum::<f64>());
    let of = |along: f64, pairs: f64, m: usize| {
        let m = m as f64;
        let square = pairs / (m * (m - 1.0));
        let norm = if square > 0.0 { square.sqrt() } else { f64::NAN };
        // The noise may put the estimate beyond what a cosine can be.
        ((along / (m * norm * length)).clamp(-1.0, 1.0), norm / length)
    };
    let (cosine, ratio) = of(along_all, pairs_all, m);
    let without: Vec<(f64, f64)> =
        (0..m).map(|i| of(along_all - along[i], pairs_all - 2.0 * others[i], m - 1)).collect();
    let jackknife = |values: Vec<f64>| {
        let mean = values.iter().sum::<f64>() / m as f64;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        (squares * (m as f64 - 1.0) / m as f64).sqrt()
    };
    // A length that vanishes with one group less is no length.
    if without.iter().any(|w| w.1.is_nan()) {
        let none = Estimate { value: f64::NAN, error: f64::NAN };
        return Alignment { cosine: none, ratio: none };
    }
    Alignment {
        cosine: Estimate { value: cosine, error: jackknife(without.iter().map(|w| w.0).collect()) },
        ratio: Estimate { value: ratio, error: jackknife(without.iter().map(|w| w.1).collect()) },
    }
}

#[cfg(test)]
mod tests {
    use super::alignment;
    use crate::math::rng::{Rng, stream};
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    #[test]
    fn without_noise_it_is_the_angle_and_the_length() {
        // Half as long, at 60 degrees.
        let g = [0.25f32, 0.433_012_7, 0.0];
        let a = alignment(&[g, g, g].concat(), &[1.0, 0.0, 0.0]);
        assert!((a.cosine.value - 0.5).abs() < 1e-6 && (a.ratio.value - 0.5).abs() < 1e-6);
        assert!(a.cosine.error < 1e-6 && a.ratio.error < 1e-6);
    }

    #[test]
    fn noise_does_not_pull_it_and_the_errors_are_honest() {
        // Cosine .6, ratio .5, in 40 dimensions with noise as long as the gradient.
        let exact: Vec<f32> = (0..40).map(|i| if i == 0 { 1.0 } else { 0.0 }).collect();
        let mut rng: Rng = stream(2, 0);
        let (mut cosines, mut ratios) = (Vec::new(), Vec::new());
        for _ in 0..300 {
            let groups: Vec<f32> = (0..8 * 40)
                .map(|i| {
                    let mean = [0.3, 0.4].get(i % 40).copied().unwrap_or(0.0);
                    mean + 0.08 * rng.sample::<f32, _>(StandardNormal)
                })
                .collect();
            let a = alignment(&groups, &exact);
            cosines.push((a.cosine.value - 0.6) / a.cosine.error);
            ratios.push((a.ratio.value - 0.5) / a.ratio.error);
        }
        for z in [cosines, ratios] {
            let within = |k: f64| z.iter().filter(|z| z.abs() < k).count() as f64 / 300.0;
            assert!((0.58..0.76).contains(&within(1.0)), "{}", within(1.0));
            assert!(within(3.0) > 0.96, "{}", within(3.0));
            assert!((z.iter().sum::<f64>() / 300.0).abs() < 0.3);
        }
    }

    #[test]
    fn where_noise_hides_the_gradient_it_says_nothing() {
        let a = alignment(&[1.0, 0.0, -1.0, 0.0], &[1.0, 0.0]);
        assert!(a.cosine.value.is_nan() && a.ratio.value.is_nan());
    }
}
