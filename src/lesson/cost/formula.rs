//! What things should cost: operations and bytes by formula.

/// Bytes of a MiB.
pub(super) const MIB: f64 = 1_048_576.0;
/// Bytes of a number in single precision.
pub(super) const SINGLE: f64 = 4.0;

/// Billions of operations of a loss with gradients over N rows of d numbers, a multiplication and an
/// addition counting as two: three products of N x N x d, and a fourth where the logits are made
/// twice.
pub(super) fn giga_operations(n: usize, d: usize, products: usize) -> f64 {
    2.0 * products as f64 * (n * n * d) as f64 / 1e9
}

/// MiB of a square of logits.
pub(super) fn square(side: usize) -> f64 {
    SINGLE * (side * side) as f64 / MIB
}

/// The next of 1, 2, 5 times a power of ten at or above a value: for axes that move in steps.
pub(super) fn round_up(value: f64) -> f64 {
    if !(value.is_finite() && value > 0.0) {
        return 1.0;
    }
    let decade = 10f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|k| k * decade);
    steps.into_iter().find(|top| *top >= value * (1.0 - 1e-9)).unwrap_or(10.0 * decade)
}
