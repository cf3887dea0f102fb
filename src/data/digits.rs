//! 1,797 handwritten digits of 8 by 8 pixels: Alpaydin and Kaynak, Optical Recognition of
//! Handwritten Digits, UCI Machine Learning Repository, 1998, DOI 10.24432/C50P49 (CC BY 4.0), the
//! test part.

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

#[cfg(test)]
mod tests {
    use super::{PIXELS, digits};

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
}
