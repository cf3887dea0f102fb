use super::{Kernel, Lanes16, Level, Line, dispatch, silu_with_derivative};

struct Silu<'a>(&'a [Line], &'a mut [Line], &'a mut [Line]);

impl Kernel for Silu<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        for ((z, value), derivative) in self.0.iter().zip(self.1).zip(self.2) {
            let (v, d) = silu_with_derivative(S::load(z));
            v.store(value);
            d.store(derivative);
        }
    }
}

fn silu(level: Level, z: &[Line]) -> (Vec<Line>, Vec<Line>) {
    let (mut value, mut derivative) = (vec![Line::ZERO; z.len()], vec![Line::ZERO; z.len()]);
    dispatch(level, Silu(z, &mut value, &mut derivative));
    (value, derivative)
}

/// From -100 to 100, densest about zero.
fn line_of_numbers() -> Vec<Line> {
    (0..1_000)
        .map(|i| {
            Line(std::array::from_fn(|j| {
                let t = (i * 16 + j) as f32 / 8_000.0 - 1.0;
                100.0 * t * t * t
            }))
        })
        .collect()
}

#[test]
fn silu_is_that_of_double_precision() {
    let z = line_of_numbers();
    let (value, derivative) = silu(Level::best(), &z);
    for ((z, value), derivative) in z.iter().zip(&value).zip(&derivative) {
        for ((z, value), derivative) in z.0.iter().zip(value.0).zip(derivative.0) {
            let z = f64::from(*z);
            let sigmoid = 1.0 / (1.0 + (-z).exp());
            let slope = sigmoid * (1.0 + z * (1.0 - sigmoid));
            let size = z.abs().max(1.0);
            assert!((f64::from(value) - z * sigmoid).abs() < 2e-7 * size, "silu {z}");
            assert!((f64::from(derivative) - slope).abs() < 2e-7 * size, "derivative {z}");
        }
    }
}

#[test]
fn what_is_huge_stays_itself_or_vanishes_and_what_is_no_number_stays_none() {
    let mut z = Line::ZERO;
    z.0[..4].copy_from_slice(&[f32::NAN, 1e30, -1e6, 0.0]);
    for level in Level::available() {
        let (value, derivative) = silu(level, &[z]);
        let (value, derivative) = (value[0].0, derivative[0].0);
        assert!(value[0].is_nan() && derivative[0].is_nan());
        assert_eq!((value[1], derivative[1]), (1e30, 1.0));
        assert!(value[2].abs() < 1e-19 && derivative[2].abs() < 1e-19);
        assert_eq!((value[3], derivative[3]), (0.0, 0.5));
    }
}

#[test]
fn every_set_of_instructions_gives_the_same_bits() {
    let z = line_of_numbers();
    let expected = silu(Level::Portable, &z);
    for level in Level::available() {
        assert!(silu(level, &z) == expected, "{level:?}");
    }
}

struct Transpose<'a>(&'a mut [Line; 16]);

impl Kernel for Transpose<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes16>(self) {
        let mut rows: [S; 16] = std::array::from_fn(|i| S::load(&self.0[i]));
        S::transpose(&mut rows);
        for (row, line) in rows.into_iter().zip(self.0) {
            row.store(line);
        }
    }
}

#[test]
fn rows_become_columns() {
    for level in Level::available() {
        let mut lines = std::array::from_fn(|i| Line(std::array::from_fn(|j| (16 * i + j) as f32)));
        dispatch(level, Transpose(&mut lines));
        for (i, line) in lines.iter().enumerate() {
            for (j, v) in line.0.iter().enumerate() {
                assert_eq!(*v, (16 * j + i) as f32, "{level:?}");
            }
        }
    }
}
