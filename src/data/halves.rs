//! The left and the right half of a digit as two views of one thing: two modalities that have no
//! pixel in common, and that belong together one by one.

use super::digits::{PIXELS, digits};

/// Pixels of a half.
pub const HALF: usize = PIXELS / 2;

/// Pixels a row of an image.
const SIDE: usize = 8;

/// An image cut down the middle: its left and its right half, each row by row from the top.
#[must_use]
pub fn cut(image: &[f32; PIXELS]) -> [[f32; HALF]; 2] {
    let half =
        |from: usize| std::array::from_fn(|i| image[i / (SIDE / 2) * SIDE + from + i % (SIDE / 2)]);
    [half(0), half(SIDE / 2)]
}

/// Two halves side by side.
///
/// # Panics
/// If a half is not as long as a half.
#[must_use]
pub fn join(left: &[f32], right: &[f32]) -> [f32; PIXELS] {
    let width = SIDE / 2;
    std::array::from_fn(|i| {
        let (row, column) = (i / SIDE, i % SIDE);
        if column < width {
            left[row * width + column]
        } else {
            right[row * width + column - width]
        }
    })
}

/// The halves of every digit, brightness from -1 to 1: all left ones, all right ones, row after row
/// of [`HALF`].
#[must_use]
pub fn all() -> [Vec<f32>; 2] {
    let digits = digits();
    let mut sides = [Vec::new(), Vec::new()];
    for i in 0..digits.labels.len() {
        let halves = cut(&digits.scaled(i));
        sides.iter_mut().zip(halves).for_each(|(side, half)| side.extend(half));
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::{HALF, all, cut, join};
    use crate::data::digits::{PIXELS, digits};

    #[test]
    fn two_halves_make_the_whole() {
        let image: [f32; PIXELS] = std::array::from_fn(|i| i as f32);
        let [left, right] = cut(&image);
        assert_eq!(
            (&left[..5], &right[..5]),
            (&[0., 1., 2., 3., 8.][..], &[4., 5., 6., 7., 12.][..])
        );
        assert_eq!(join(&left, &right), image);
        let [lefts, rights] = all();
        assert_eq!(lefts.len(), digits().labels.len() * HALF);
        let at = 5 * HALF..6 * HALF;
        assert_eq!(join(&lefts[at.clone()], &rights[at]), digits().scaled(5));
    }
}
