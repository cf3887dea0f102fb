//! Inner products of short vectors in single precision, for loops that make very many of them.

/// A sum in eight lanes: the compiler may not reorder a plain one, and would go entry by entry.
#[inline(always)]
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (whole_a, rest_a) = a.as_chunks::<8>();
    let (whole_b, rest_b) = b.as_chunks::<8>();
    let mut lanes = [0.0_f32; 8];
    for (a, b) in whole_a.iter().zip(whole_b) {
        for i in 0..8 {
            lanes[i] += a[i] * b[i];
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    let pairs = [0, 1, 2, 3].map(|i| lanes[i] + lanes[i + 4]);
    (pairs[0] + pairs[2]) + (pairs[1] + pairs[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::dot;

    #[test]
    fn a_dot_product_of_any_length_is_the_sum() {
        for n in [0, 1, 7, 8, 9, 25, 65] {
            let a: Vec<f32> = (0..n).map(|i| (i as f32 * 0.7).sin()).collect();
            let b: Vec<f32> = (0..n).map(|i| (i as f32 * 1.3).cos()).collect();
            let exact: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
            assert!((f64::from(dot(&a, &b)) - exact).abs() < 1e-5);
        }
    }
}
