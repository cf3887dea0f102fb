//! Pictures on a torus, and what an augmentation does to them: a square picture of side s is put on
//! a larger square whose edges meet, left with right and top with bottom, at a place of its own.
//! Where it is says nothing of what it shows, and a shift brings every place to every other.
//!
//! An augmentation turns the picture about its own middle, sets it down, rolls the torus, erases a
//! square and changes the brightness, each by a random amount of bounded strength: Chen, Kornblith,
//! Norouzi and Hinton (ICML 2020) with what makes sense for small grey pictures; the erased square
//! is that of Zhong, Zheng, Kang, Li and Yang, Random erasing data augmentation (AAAI 2020).

use crate::math::rng::Rng;
use rand::RngExt as _;

/// Free pixels beside a picture, both sides together.
pub const MARGIN: usize = 4;

/// How strong each part of an augmentation is; all zero leaves a picture as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Augmentation {
    /// Furthest roll along either axis, in pixels; half the side and more is any roll at all.
    pub roll: usize,
    /// Widest turn to either side, in degrees.
    pub rotation: f64,
    /// Side of the square that is erased, in pixels.
    pub erase: usize,
    /// Largest change of the brightness, as a share of it, from 0 to 1.
    pub jitter: f64,
}

/// Square pictures with brightness from 0 to 1, each with its place on the torus.
#[derive(Clone, Debug, PartialEq)]
pub struct Torus {
    inner: usize,
    side: usize,
    pixels: Vec<f32>,
    places: Vec<(usize, usize)>,
}

/// A whole number of pixels from `-most` to `most`, or any on a torus of this side.
fn shift(most: usize, side: usize, rng: &mut Rng) -> usize {
    if 2 * most + 1 >= side {
        return rng.random_range(0..side);
    }
    (side + rng.random_range(0..=2 * most) - most) % side
}

impl Torus {
    /// Pictures of side `inner`, one after the other by rows, each set down within `wander` pixels
    /// of the middle.
    ///
    /// # Panics
    /// If the pixels do not divide into pictures.
    #[must_use]
    pub fn new(pixels: Vec<f32>, inner: usize, wander: usize, rng: &mut Rng) -> Self {
        assert!(inner > 0 && pixels.len().is_multiple_of(inner * inner), "whole pictures");
        let side = inner + MARGIN;
        let count = pixels.len() / (inner * inner);
        let places = (0..count).map(|_| {
            let from = |d: usize| (d + MARGIN / 2) % side;
            (from(shift(wander, side, rng)), from(shift(wander, side, rng)))
        });
        let places = places.collect();
        Self { inner, side, pixels, places }
    }

    /// How many pictures there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// Pixels along an edge of the torus.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Pixels of a picture on the torus.
    #[must_use]
    pub fn area(&self) -> usize {
        self.side * self.side
    }

    /// A picture where it stands, into a slice of [`Torus::area`] pixels by rows.
    ///
    /// # Panics
    /// If there is no such picture or the slice has another length.
    pub fn original(&self, index: usize, out: &mut [f32]) {
        self.put(index, self.places[index], (0.0, 1.0), out);
    }

    /// A random view of a picture. Every view takes as many random numbers as another of the same
    /// strengths.
    ///
    /// # Panics
    /// As [`Torus::original`].
    pub fn view(&self, index: usize, by: &Augmentation, rng: &mut Rng, out: &mut [f32]) {
        let side = self.side;
        let (row, column) = self.places[index];
        let row = (row + shift(by.roll, side, rng)) % side;
        let column = (column + shift(by.roll, side, rng)) % side;
        let angle = by.rotation * (2.0 * rng.random::<f64>() - 1.0);
        let (sine, cosine) = angle.to_radians().sin_cos();
        self.put(index, (row, column), (sine, cosine), out);
        let erased = by.erase.min(side);
        if erased > 0 {
            let (top, left) = (rng.random_range(0..side), rng.random_range(0..side));
            for i in top..top + erased {
                for j in left..left + erased {
                    out[(i % side) * side + j % side] = 0.0;
                }
            }
        }
        if by.jitter > 0.0 {
            let factor = (1.0 + by.jitter * (2.0 * rng.random::<f64>() - 1.0)) as f32;
            out.iter_mut().for_each(|p| *p *= factor);
        }
    }

    /// Sets a picture down with its corner at `place`, turned about its middle by the angle of this
    /// sine and cosine; between pixels it is bilinear, beyond its edge dark.
    fn put(
        &self,
        index: usize,
        place: (usize, usize),
        (sine, cosine): (f64, f64),
        out: &mut [f32],
    ) {
        let (n, side) = (self.inner, self.side);
        let picture = &self.pixels[index * n * n..(index + 1) * n * n];
        out.fill(0.0);
        assert_eq!(out.len(), side * side, "a picture's room");
        if sine == 0.0 {
            for (i, line) in picture.chunks_exact(n).enumerate() {
                let to = ((place.0 + i) % side) * side;
                for (j, p) in line.iter().enumerate() {
                    out[to + (place.1 + j) % side] = *p;
                }
            }
            return;
        }
        // A corner that turns reaches into the margin, where there is one.
        let reach = (side - n) / 2;
        let middle = (n as f64 - 1.0) / 2.0;
        let pixel = |i: i64, j: i64| {
            let inside = (0..n as i64).contains(&i) && (0..n as i64).contains(&j);
            if inside { picture[i as usize * n + j as usize] } else { 0.0 }
        };
        for i in 0..n + 2 * reach {
            for j in 0..n + 2 * reach {
                let (y, x) = (i as f64 - reach as f64 - middle, j as f64 - reach as f64 - middle);
                let from_y = middle + cosine * y - sine * x;
                let from_x = middle + sine * y + cosine * x;
                let (top, left) = (from_y.floor(), from_x.floor());
                let (down, right) = ((from_y - top) as f32, (from_x - left) as f32);
                let (top, left) = (top as i64, left as i64);
                let above = pixel(top, left) * (1.0 - right) + pixel(top, left + 1) * right;
                let below = pixel(top + 1, left) * (1.0 - right) + pixel(top + 1, left + 1) * right;
                let row = (place.0 + side + i - reach) % side;
                let column = (place.1 + side + j - reach) % side;
                out[row * side + column] = above * (1.0 - down) + below * down;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Augmentation, MARGIN, Torus};
    use crate::math::rng::stream;
    use rand::RngExt as _;

    fn pictures(wander: usize) -> Torus {
        let mut rng = stream(3, 0);
        let pixels = (0..40 * 64).map(|_| rng.random::<f32>()).collect();
        Torus::new(pixels, 8, wander, &mut rng)
    }

    fn view(torus: &Torus, by: &Augmentation, seed: u64) -> Vec<f32> {
        let mut out = vec![f32::NAN; torus.area()];
        torus.view(0, by, &mut stream(seed, 0), &mut out);
        out
    }

    #[test]
    fn an_augmentation_of_no_strength_is_the_picture_itself() {
        let torus = pictures(6);
        let mut original = vec![0.0; torus.area()];
        torus.original(0, &mut original);
        assert_eq!(view(&torus, &Augmentation::default(), 1), original);
        assert_eq!((torus.side(), torus.count()), (8 + MARGIN, 40));
    }

    #[test]
    fn a_roll_moves_every_pixel_alike_and_loses_none() {
        let torus = pictures(0);
        let (still, side) = (view(&torus, &Augmentation::default(), 1), torus.side());
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..400 {
            let moved = view(&torus, &Augmentation { roll: 2, ..Augmentation::default() }, seed);
            let by = (0..side * side).find(|d| {
                let (down, right) = (d / side, d % side);
                let at = |i: usize| (i / side + down) % side * side + (i % side + right) % side;
                (0..side * side).all(|i| moved[at(i)] == still[i])
            });
            seen.insert(by.expect("a roll of the whole"));
        }
        // Five shifts each way, and no others.
        assert_eq!(seen.len(), 25);
    }

    #[test]
    fn places_are_within_reach_of_the_middle_and_all_are_used() {
        let corners = |wander| {
            let torus = pictures(wander);
            let each = torus.places.iter().copied();
            each.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(corners(0).into_iter().collect::<Vec<_>>(), [(2, 2)]);
        assert!(corners(2).iter().all(|(i, j)| *i <= 4 && *j <= 4));
        assert!(corners(2).len() > 12 && corners(6).len() > 28);
        assert!(corners(6).iter().any(|(i, _)| *i > 8), "around the edge");
    }

    #[test]
    fn a_quarter_turn_moves_each_pixel_to_its_place() {
        let torus = pictures(0);
        let mut turned = vec![0.0; torus.area()];
        torus.put(0, (2, 2), (1.0, 0.0), &mut turned);
        let mut still = turned.clone();
        torus.original(0, &mut still);
        for i in 0..12 {
            for j in 0..12 {
                assert!((turned[i * 12 + j] - still[(11 - j) * 12 + i]).abs() < 1e-6, "{i} {j}");
            }
        }
    }

    #[test]
    fn small_turns_keep_the_light() {
        let torus = Torus::new(vec![1.0; 64], 8, 0, &mut stream(1, 0));
        let by = Augmentation { rotation: 30.0, ..Augmentation::default() };
        let light: f32 = view(&torus, &by, 5).iter().sum();
        assert!((light - 64.0).abs() < 1.5, "{light}");
    }

    #[test]
    fn what_is_erased_is_dark_and_what_is_dimmed_keeps_its_shape() {
        let torus = Torus::new(vec![1.0; 4 * 64], 8, 6, &mut stream(1, 0));
        let still = view(&torus, &Augmentation::default(), 1);
        let lit = |view: &[f32]| view.iter().filter(|p| **p > 0.0).count();
        let by = Augmentation { erase: 3, ..Augmentation::default() };
        let left: Vec<usize> = (0..50).map(|seed| lit(&view(&torus, &by, seed))).collect();
        assert!(left.iter().all(|l| (55..=64).contains(l)) && left.contains(&55));
        let whole = Augmentation { erase: 99, ..Augmentation::default() };
        assert_eq!(lit(&view(&torus, &whole, 1)), 0);
        let by = Augmentation { jitter: 0.5, ..Augmentation::default() };
        let dimmed = view(&torus, &by, 3);
        let factor = dimmed.iter().fold(0.0f32, |m, p| m.max(*p));
        assert!((0.5..=1.5).contains(&factor) && factor != 1.0);
        assert!(dimmed.iter().zip(&still).all(|(d, s)| (d - factor * s).abs() < 1e-6));
    }
}
