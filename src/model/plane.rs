//! Energies of the plane in closed form, each hard for a sampler in a way of its own: far modes, a
//! neck, a bend, thin shells. `p = exp(-E)/Z` at temperature 1.

mod banana;
mod circles;
mod eight_gaussians;
mod funnel;

use super::conditional::{Conditional, Conditionals};
use super::energy::Energy;

/// Points a pass works on.
const BLOCK: usize = 64;

/// One of the energies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plane {
    /// Eight Gaussians of deviation .2 on a circle of radius 2, of equal weight. Z = 1.
    EightGaussians,
    /// `v ~ N(0, 9)` and `x | v ~ N(0, e^v)`, the points being `(v, x)` (Neal, Slice sampling,
    /// Annals of Statistics 31, 2003). Z = 1.
    Funnel,
    /// `(x_1/2, 2 x_2 + .4 (x_1^2 + 4)) ~ N((0, 4), [[1, .5], [.5, 1]])`: a Gaussian bent along a
    /// parabola (after Haario, Saksman and Tamminen, Computational Statistics 14, 1999). Z = 1.
    Banana,
    /// `(r - 2.6)^2/.033`: a thin ring.
    Donut,
    /// Even angle, radius N(1, .2^2) or N(2.5, .2^2). Z = 1 but for the softened centre.
    Rings,
}

/// One block of points in and of energies and slopes out.
struct Block<'a> {
    x: &'a [f64],
    y: &'a [f64],
    value: &'a mut [f64],
    gx: &'a mut [f64],
    gy: &'a mut [f64],
}

impl Plane {
    fn block(self, block: &mut Block<'_>) {
        match self {
            Self::EightGaussians => eight_gaussians::block(block),
            Self::Funnel => funnel::block(block),
            Self::Banana => banana::block(block),
            Self::Donut => circles::donut(block),
            Self::Rings => circles::rings(block),
        }
    }
}

impl Energy for Plane {
    fn dimension(&self) -> usize {
        2
    }

    fn value(&self, points: &[f64], value: &mut [f64]) {
        let (x, y) = points.split_at(value.len());
        let (mut gx, mut gy) = ([0.0; BLOCK], [0.0; BLOCK]);
        for ((value, x), y) in value.chunks_mut(BLOCK).zip(x.chunks(BLOCK)).zip(y.chunks(BLOCK)) {
            let n = value.len();
            self.block(&mut Block { x, y, value, gx: &mut gx[..n], gy: &mut gy[..n] });
        }
    }

    fn value_and_gradient(&self, points: &[f64], value: &mut [f64], gradient: &mut [f64]) {
        let (x, y) = points.split_at(value.len());
        let (gx, gy) = gradient.split_at_mut(value.len());
        let slopes = gx.chunks_mut(BLOCK).zip(gy.chunks_mut(BLOCK));
        let places = x.chunks(BLOCK).zip(y.chunks(BLOCK));
        for ((value, (x, y)), (gx, gy)) in value.chunks_mut(BLOCK).zip(places).zip(slopes) {
            self.block(&mut Block { x, y, value, gx, gy });
        }
    }
}

impl Conditionals for Plane {
    fn conditional(&self, axis: usize, point: &[f64]) -> Conditional {
        let other = point[1 - axis];
        match self {
            Self::EightGaussians => eight_gaussians::conditional(axis, other),
            Self::Funnel => funnel::conditional(axis, other),
            Self::Banana => banana::conditional(axis, other),
            // Nine standard deviations outside of the outermost shell.
            Self::Donut => Conditional::Within { low: -3.8, high: 3.8 },
            Self::Rings => Conditional::Within { low: -4.3, high: 4.3 },
        }
    }
}

#[cfg(test)]
mod tests;
