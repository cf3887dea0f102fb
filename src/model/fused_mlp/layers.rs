//! What the layers put on a product before it leaves the registers: bias, SiLU and its derivative
//! on the way up, the derivative on the way down.

use super::block::Net;
use super::product::{Finish, Row};
use crate::math::simd::{Lanes16, silu_with_derivative};

/// The first layer.
pub(super) struct First<'a, const SLOPE: bool> {
    pub(super) net: Net<'a>,
    pub(super) units: &'a mut [Row],
    pub(super) slopes: &'a mut [Row],
}

impl<const SLOPE: bool> Finish for First<'_, SLOPE> {
    #[inline(always)]
    fn start(&self, row: usize) -> f32 {
        self.net.b1[row]
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        for (n, sum) in sums.iter().enumerate() {
            let (value, slope) = silu_with_derivative(*sum);
            value.store(&mut self.units[row][group + n]);
            if SLOPE {
                slope.store(&mut self.slopes[row][group + n]);
            }
        }
    }
}

/// The second layer and the energy.
pub(super) struct Second<'a, const SLOPE: bool, const ENERGY: bool, const UNITS: bool> {
    pub(super) net: Net<'a>,
    pub(super) units: &'a mut [Row],
    /// dE/dz.
    pub(super) delta: &'a mut [Row],
    pub(super) energies: &'a mut Row,
}

impl<const SLOPE: bool, const ENERGY: bool, const UNITS: bool> Finish
    for Second<'_, SLOPE, ENERGY, UNITS>
{
    #[inline(always)]
    fn start(&self, row: usize) -> f32 {
        self.net.b2[row]
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        let w3 = S::splat(self.net.w3[row]);
        for (n, sum) in sums.iter().enumerate() {
            let g = group + n;
            let (value, slope) = silu_with_derivative(*sum);
            if ENERGY {
                value.mul_add(w3, S::load(&self.energies[g])).store(&mut self.energies[g]);
            }
            if UNITS {
                value.store(&mut self.units[row][g]);
            }
            if SLOPE {
                slope.times(w3).store(&mut self.delta[row][g]);
            }
        }
    }
}

/// Back through the first layer.
pub(super) struct Back<'a> {
    pub(super) slopes: &'a [Row],
    pub(super) delta: &'a mut [Row],
}

impl Finish for Back<'_> {
    #[inline(always)]
    fn start(&self, _row: usize) -> f32 {
        0.0
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        let slopes = &self.slopes[row][group..group + N];
        let delta = &mut self.delta[row][group..group + N];
        for ((sum, slope), delta) in sums.iter().zip(slopes).zip(delta) {
            sum.times(S::load(slope)).store(delta);
        }
    }
}

/// Back to the coordinates.
pub(super) struct Slope<'a> {
    pub(super) bowl: f32,
    pub(super) x: &'a [Row],
    pub(super) slopes: &'a mut [Row],
}

impl Finish for Slope<'_> {
    #[inline(always)]
    fn start(&self, _row: usize) -> f32 {
        0.0
    }

    #[inline(always)]
    fn finish<S: Lanes16, const N: usize>(&mut self, row: usize, group: usize, sums: [S; N]) {
        let bowl = S::splat(self.bowl);
        for (n, sum) in sums.iter().enumerate() {
            let x = S::load(&self.x[row][group + n]);
            x.mul_add(bowl, *sum).store(&mut self.slopes[row][group + n]);
        }
    }
}
