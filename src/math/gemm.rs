//! General matrix product, C = alpha A B + beta C, over slices with strides (the BLAS routine of
//! that name: Dongarra, Du Croz, Hammarling and Duff, ACM TOMS 16, 1990). The kernels are those of
//! `matrixmultiply`, which nalgebra brings along; given the strides, a transposed factor costs
//! nothing, where nalgebra's own `tr_mul` takes a slow path. This file is the one safe door to them.
//!
//! One thread, fixed order of summation: the same input gives the same bits on one machine.
#![allow(unsafe_code)]

/// The numbers a product is made of.
pub trait Element: Copy + sealed::Kernel {}

impl Element for f32 {}

impl Element for f64 {}

mod sealed {
    /// C (m, n) = alpha A (m, k) B (k, n) + beta C: sizes m, k, n, then each matrix with the
    /// distance of its rows and of its columns.
    pub trait Kernel: Sized {
        const KERNEL: Gemm<Self>;
    }

    type At = isize;
    type Gemm<T> =
        unsafe fn(usize, usize, usize, T, *const T, At, At, *const T, At, At, T, *mut T, At, At);

    impl Kernel for f32 {
        const KERNEL: Gemm<Self> = matrixmultiply::sgemm;
    }

    impl Kernel for f64 {
        const KERNEL: Gemm<Self> = matrixmultiply::dgemm;
    }
}

/// Where the entries of a matrix stand in a slice: entry (i, j) at `i * row + j * column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
    /// The distance from a row to the next.
    pub row: usize,
    /// The distance from a column to the next.
    pub column: usize,
}

impl Layout {
    /// Column after column, as nalgebra stores it.
    #[must_use]
    pub fn by_columns(rows: usize, columns: usize) -> Self {
        Self { rows, columns, row: 1, column: rows }
    }

    /// Row after row.
    #[must_use]
    pub fn by_rows(rows: usize, columns: usize) -> Self {
        Self { rows, columns, row: columns, column: 1 }
    }

    /// The same entries as the transposed matrix.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows, row: self.column, column: self.row }
    }

    /// How long a slice must at least be; `None` where that overflows.
    fn extent(self) -> Option<usize> {
        if self.rows == 0 || self.columns == 0 {
            return Some(0);
        }
        let down = (self.rows - 1).checked_mul(self.row)?;
        let across = (self.columns - 1).checked_mul(self.column)?;
        let extent = down.checked_add(across)?.checked_add(1)?;
        (extent <= isize::MAX as usize).then_some(extent)
    }

    /// Whether no two entries share a place.
    fn is_injective(self) -> bool {
        if self.rows <= 1 || self.columns <= 1 {
            return (self.rows <= 1 || self.row > 0) && (self.columns <= 1 || self.column > 0);
        }
        self.row > 0 && self.column > (self.rows - 1) * self.row
            || self.column > 0 && self.row > (self.columns - 1) * self.column
    }
}

/// C = alpha A B + beta C. With `beta` zero, C is only written, so that whatever stood there (NaN
/// too) is gone.
///
/// # Panics
/// If the shapes do not match, a layout reaches beyond its slice, or two entries of C share a
/// place: mistakes of the caller's.
pub fn gemm<T: Element>(
    alpha: T,
    a: (&[T], Layout),
    b: (&[T], Layout),
    beta: T,
    c: (&mut [T], Layout),
) {
    let (a, a_at) = a;
    let (b, b_at) = b;
    let (c, c_at) = c;
    assert!(
        a_at.columns == b_at.rows && a_at.rows == c_at.rows && b_at.columns == c_at.columns,
        "shapes do not match: {a_at:?} times {b_at:?} into {c_at:?}"
    );
    for (at, length) in [(a_at, a.len()), (b_at, b.len()), (c_at, c.len())] {
        assert!(at.extent().is_some_and(|e| e <= length), "{at:?} reaches beyond {length} entries");
    }
    if c_at.rows == 0 || c_at.columns == 0 {
        return;
    }
    assert!(c_at.is_injective(), "two entries of the result share a place: {c_at:?}");
    // SAFETY: every entry (i, j) with i < rows and j < columns lies inside its slice: `extent` is
    // one past the largest such index and was checked against each length, and it is at most
    // isize::MAX, so no stride product overflows. `c` is borrowed mutably and its entries are
    // distinct; `a` and `b` cannot alias it. The trait is sealed, so the kernel is that of T. The
    // strides fit isize because they were multiplied into an extent that does, or belong to a
    // dimension of one entry, where only the product with zero is formed.
    unsafe {
        (T::KERNEL)(
            c_at.rows,
            a_at.columns,
            c_at.columns,
            alpha,
            a.as_ptr(),
            stride(a_at.rows, a_at.row),
            stride(a_at.columns, a_at.column),
            b.as_ptr(),
            stride(b_at.rows, b_at.row),
            stride(b_at.columns, b_at.column),
            beta,
            c.as_mut_ptr(),
            stride(c_at.rows, c_at.row),
            stride(c_at.columns, c_at.column),
        );
    }
}

/// A stride as the kernels take it; along a dimension of one entry it never matters.
fn stride(count: usize, step: usize) -> isize {
    if count <= 1 { 1 } else { step as isize }
}

#[cfg(test)]
mod tests {
    use super::{Layout, gemm};
    use crate::math::rng::{Rng, stream};
    use rand_distr::{Distribution, StandardNormal};

    fn normals(rng: &mut Rng, n: usize) -> Vec<f64> {
        (0..n).map(|_| StandardNormal.sample(rng)).collect()
    }

    fn naive(
        alpha: f64,
        (a, a_at): (&[f64], Layout),
        (b, b_at): (&[f64], Layout),
        beta: f64,
        (c, c_at): (&mut [f64], Layout),
    ) {
        for i in 0..c_at.rows {
            for j in 0..c_at.columns {
                let sum: f64 = (0..a_at.columns)
                    .map(|k| a[i * a_at.row + k * a_at.column] * b[k * b_at.row + j * b_at.column])
                    .sum();
                let at = &mut c[i * c_at.row + j * c_at.column];
                *at = alpha * sum + if beta == 0.0 { 0.0 } else { beta * *at };
            }
        }
    }

    fn agrees(a_at: Layout, b_at: Layout, c_at: Layout, alpha: f64, beta: f64) {
        let mut rng = stream(3, 1);
        let a = normals(&mut rng, a_at.extent().unwrap() + 3);
        let b = normals(&mut rng, b_at.extent().unwrap() + 3);
        let c = normals(&mut rng, c_at.extent().unwrap() + 3);
        let (mut fast, mut slow) = (c.clone(), c.clone());
        gemm(alpha, (&a, a_at), (&b, b_at), beta, (&mut fast, c_at));
        naive(alpha, (&a, a_at), (&b, b_at), beta, (&mut slow, c_at));
        for (f, s) in fast.iter().zip(&slow) {
            assert!((f - s).abs() < 1e-12, "{f} against {s}: {a_at:?} {b_at:?} {c_at:?}");
        }
        let narrow = |v: &[f64]| v.iter().map(|x| *x as f32).collect::<Vec<_>>();
        let mut single = narrow(&c);
        gemm(
            alpha as f32,
            (&narrow(&a), a_at),
            (&narrow(&b), b_at),
            beta as f32,
            (&mut single, c_at),
        );
        for (f, s) in single.iter().zip(&slow) {
            assert!((f64::from(*f) - s).abs() < 1e-4, "{f} against {s}");
        }
    }

    #[test]
    fn it_is_the_naive_product_for_every_layout() {
        for (m, n, k) in [(1, 1, 1), (3, 5, 7), (32, 61, 32), (1, 40, 33), (17, 1, 9), (4, 3, 0)] {
            for flip in 0..8 {
                let pick = |bit: i32, r: usize, c: usize| {
                    if flip >> bit & 1 == 1 {
                        Layout::by_rows(r, c)
                    } else {
                        Layout::by_columns(r, c)
                    }
                };
                agrees(pick(0, m, k), pick(1, k, n), pick(2, m, n), 1.0, 0.0);
                agrees(pick(0, m, k), pick(1, k, n), pick(2, m, n), -0.5, 2.0);
            }
            let at = Layout::by_columns(k, m).transposed();
            agrees(at, Layout::by_rows(n, k).transposed(), Layout::by_rows(m, n), 1.0, 1.0);
        }
        let wide = Layout { rows: 3, columns: 4, row: 2, column: 9 };
        agrees(
            wide,
            Layout::by_columns(4, 2),
            Layout { rows: 3, columns: 2, row: 5, column: 1 },
            1.0,
            1.0,
        );
    }

    #[test]
    fn a_zero_beta_forgets_what_stood_there() {
        let mut c = [f64::NAN; 1];
        let one = Layout::by_columns(1, 1);
        gemm(1.0, (&[2.0], one), (&[3.0], one), 0.0, (&mut c, one));
        assert_eq!(c, [6.0]);
    }

    #[test]
    #[should_panic(expected = "reaches beyond")]
    fn a_layout_beyond_its_slice_is_refused() {
        let at = Layout::by_columns(2, 2);
        gemm(1.0, (&[0.0; 3], at), (&[0.0; 4], at), 0.0, (&mut [0.0; 4], at));
    }

    #[test]
    #[should_panic(expected = "reaches beyond")]
    fn a_stride_that_overflows_is_refused() {
        let at = Layout { rows: 2, columns: 2, row: usize::MAX, column: 1 };
        let ok = Layout::by_columns(2, 2);
        gemm(1.0, (&[0.0; 4], at), (&[0.0; 4], ok), 0.0, (&mut [0.0; 4], ok));
    }

    #[test]
    #[should_panic(expected = "share a place")]
    fn a_result_that_overlaps_itself_is_refused() {
        let ok = Layout::by_columns(2, 2);
        let at = Layout { rows: 2, columns: 2, row: 1, column: 1 };
        gemm(1.0, (&[0.0; 4], ok), (&[0.0; 4], ok), 0.0, (&mut [0.0; 4], at));
    }
}
