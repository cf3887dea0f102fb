//! 1,797 handwritten digits of 8 by 8 pixels: Alpaydin and Kaynak, Optical Recognition of
//! Handwritten Digits, UCI Machine Learning Repository, 1998, DOI 10.24432/C50P49 (CC BY 4.0), the
//! test part.

use crate::math::rng::Rng;
use rand::RngExt as _;
use std::sync::OnceLock;

/// The digits, parsed once.
#[derive(Debug)]
pub struct Digits {
    /// Brightness from 0 to 16, 64 numbers an image, row by row from the top.
    pub pixels: Vec<u8>,
    /// The digit of each image.
    pub labels: Vec<u8>,
}

/// Pixels an image.
pub const PIXELS: usize = 64;

/// All of them.
#[must_use]
pub fn digits() -> &'static Digits {
    static DIGITS: OnceLock<Digits> = OnceLock::new();
    DIGITS.get_or_init(|| {
        let mut all = Digits { pixels: Vec::new(), labels: Vec::new() };
        for line in include_str!("../../data/digits.csv").lines() {
            let row: Vec<u8> = line.split(',').filter_map(|cell| cell.parse().ok()).collect();
            // The file ships with the program and a test counts it; a row cannot be short.
            if let [pixels @ .., label] = row.as_slice()
                && pixels.len() == PIXELS
            {
                all.pixels.extend(pixels);
                all.labels.push(*label);
            }
        }
        all
    })
}

impl Digits {
    /// One image with brightness from -1 to 1.
    ///
    /// # Panics
    /// If there is no image of that index.
    #[must_use]
    pub fn scaled(&self, index: usize) -> [f32; PIXELS] {
        let image = &self.pixels[index * PIXELS..(index + 1) * PIXELS];
        std::array::from_fn(|i| f32::from(image[i]) / 8.0 - 1.0)
    }

    /// The indices of the images to train on and of those held out: of each digit one in
    /// `every`, chosen at random, the rest of them in random order.
    #[must_use]
    pub fn split(&self, every: usize, rng: &mut Rng) -> (Vec<usize>, Vec<usize>) {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        for i in 0..order.len() {
            let j = rng.random_range(i..order.len());
            order.swap(i, j);
        }
        let mut seen = [0usize; 10];
        order.into_iter().partition(|i| {
            let count = &mut seen[usize::from(self.labels[*i]) % 10];
            *count += 1;
            !count.is_multiple_of(every.max(1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{PIXELS, digits};
    use crate::math::rng::stream;

    #[test]
    fn all_1797_are_there() {
        let all = digits();
        assert_eq!(all.labels.len(), 1797);
        assert_eq!(all.pixels.len(), 1797 * PIXELS);
        assert!(all.pixels.iter().all(|p| *p <= 16) && all.labels.iter().all(|l| *l <= 9));
        // numpy: the sum of all pixels, and how many images of each digit.
        assert_eq!(all.pixels.iter().map(|p| u32::from(*p)).sum::<u32>(), 561_718);
        let count = |d| all.labels.iter().filter(|l| **l == d).count();
        assert_eq!(
            (0..10).map(count).collect::<Vec<_>>(),
            [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
        );
    }

    #[test]
    fn a_fifth_of_each_digit_is_held_out() {
        let all = digits();
        let (train, held_out) = all.split(5, &mut stream(1, 0));
        let mut both = [&train[..], &held_out].concat();
        both.sort_unstable();
        assert_eq!(both, (0..1797).collect::<Vec<_>>());
        for digit in 0..10 {
            let of = |part: &[usize]| part.iter().filter(|i| all.labels[**i] == digit).count();
            assert_eq!(of(&held_out), (of(&train) + of(&held_out)) / 5);
        }
        assert_ne!(train, all.split(5, &mut stream(2, 0)).0);
        let image = all.scaled(0);
        assert_eq!((image[0], image[2]), (-1.0, 5.0 / 8.0 - 1.0));
    }
}
