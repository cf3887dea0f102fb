//! From values to positions: the range of an axis, its ticks and their words.
//!
//! Ticks stand at 1, 2 or 5 times a power of ten (Heckbert, Nice numbers for graph labels, Graphics
//! Gems 1990), on a logarithmic axis at powers of ten, and where those are too few at 2 and 5 times
//! them.

use crate::lab::view::Axis;
use crate::ui::number::{scientific, without_minus_zero};

/// Values beyond this are treated as this, so that differences stay finite.
const LARGEST: f64 = 1e300;

/// A linear or logarithmic map of a range of values onto 0..1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// The lower end, in logarithms where `log`.
    low: f64,
    /// The upper end, in logarithms where `log`; always above `low`.
    high: f64,
    log: bool,
}

/// Where a tick stands and what it says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// From 0 to 1 along the axis.
    pub at: f64,
    /// Its number.
    pub words: String,
}

/// The finite extent of values, as the axis can show them (logarithmic: above zero).
pub(crate) fn extent(values: impl Iterator<Item = f64>, log: bool) -> Option<(f64, f64)> {
    let mut range: Option<(f64, f64)> = None;
    for v in values {
        if v.is_finite() && (!log || v > 0.0) {
            let (low, high) = range.unwrap_or((v, v));
            range = Some((low.min(v), high.max(v)));
        }
    }
    range
}

impl Scale {
    /// The scale of an axis: its own range where it has a usable one, else `data` with `margin` (a
    /// share of its length) on both sides. `None` where there is neither.
    pub(crate) fn of(axis: &Axis, data: Option<(f64, f64)>, margin: (f64, f64)) -> Option<Self> {
        let own = axis.range.filter(|(low, high)| {
            low.is_finite() && high.is_finite() && low < high && (!axis.log || *low > 0.0)
        });
        let (low, high) = own.or(data)?;
        let put = |v: f64| {
            if axis.log { v.max(1e-300).log10() } else { v.clamp(-LARGEST, LARGEST) }
        };
        let (mut low, mut high) = (put(low), put(high));
        let size = low.abs().max(high.abs());
        if high - low <= size * 1e-12 {
            // One value: room around it that shows its size.
            let room = if size == 0.0 || axis.log { 1.0 } else { size * 0.1 };
            (low, high) = (low - room, high + room);
        } else if own.is_none() {
            let length = high - low;
            (low, high) = (low - margin.0 * length, high + margin.1 * length);
        }
        (high > low).then_some(Self { low, high, log: axis.log })
    }

    /// A linear scale over a range that is known to be good.
    #[cfg(test)]
    pub(crate) fn linear(low: f64, high: f64) -> Self {
        Self { low, high: if high > low { high } else { low + 1.0 }, log: false }
    }

    /// Where a value stands, 0 at the lower and 1 at the upper end; outside too, but never absurdly
    /// far. `None` for what cannot stand on the axis.
    #[inline]
    pub(crate) fn unit(&self, value: f64) -> Option<f64> {
        let value = if self.log {
            if value <= 0.0 {
                return None;
            }
            value.log10()
        } else {
            value
        };
        let share = (value - self.low) / (self.high - self.low);
        if share.is_nan() || value.is_nan() { None } else { Some(share.clamp(-1e6, 1e6)) }
    }

    /// The ends, in logarithms on a logarithmic axis.
    pub(crate) fn ends(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// The same with other ends.
    pub(crate) fn with_ends(self, low: f64, high: f64) -> Self {
        Self { low, high, ..self }
    }

    /// At most `most` ticks (at least 2 are tried for), in rising order.
    pub(crate) fn ticks(&self, most: usize) -> Vec<Tick> {
        if most == 0 {
            return Vec::new();
        }
        if self.log { self.log_ticks(most) } else { self.linear_ticks(most) }
    }

    fn linear_ticks(&self, most: usize) -> Vec<Tick> {
        let length = self.high - self.low;
        let mut step = nice(length / most as f64);
        for _ in 0..4 {
            let first = (self.low / step - 1e-9).ceil();
            let last = (self.high / step + 1e-9).floor();
            let count = last - first + 1.0;
            if count.is_finite() && count <= most as f64 {
                let size = (self.low.abs()).max(self.high.abs());
                return (0..count.max(0.0) as usize)
                    .map(|i| (first + i as f64) * step)
                    .map(|v| Tick {
                        at: ((v - self.low) / length).clamp(0.0, 1.0),
                        words: words(v, step, size),
                    })
                    .collect();
            }
            step = nice(step * 1.01);
        }
        Vec::new()
    }

    fn log_ticks(&self, most: usize) -> Vec<Tick> {
        let length = self.high - self.low;
        let tick = |exponent: f64, factor: f64| {
            let at = (exponent + factor.log10() - self.low) / length;
            let e = exponent as i32;
            let words = if (-3..=4).contains(&e) {
                let value = factor * 10f64.powi(e);
                without_minus_zero(value, usize::try_from(-e).unwrap_or(0))
            } else {
                format!("{factor}e{e}")
            };
            (-1e-9..=1.0 + 1e-9).contains(&at).then(|| Tick { at: at.clamp(0.0, 1.0), words })
        };
        let (first, last) = (self.low.floor(), self.high.ceil());
        let decades = (last - first).max(1.0);
        const FINE: [&[f64]; 3] =
            [&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0], &[1.0, 2.0, 5.0], &[1.0, 3.0]];
        const STRIDES: [f64; 10] = [1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 300.0];
        let fine = FINE.iter().filter(|_| decades <= 20.0).map(|factors| (*factors, 1.0));
        let coarse = STRIDES.iter().map(|stride| (&[1.0][..], *stride));
        for (factors, stride) in fine.chain(coarse) {
            let start = (first / stride).ceil() * stride;
            let ticks: Vec<Tick> = (0..=((last - start) / stride).max(0.0) as usize)
                .map(|i| start + i as f64 * stride)
                .flat_map(|e| factors.iter().filter_map(move |f| tick(e, *f)))
                .collect();
            if ticks.len() <= most {
                if ticks.len() >= 2 {
                    return ticks;
                }
                if stride > 1.0 || factors.len() == 1 {
                    break;
                }
            }
        }
        self.log_ends(most)
    }

    /// Where no power of ten serves: the two ends themselves, with the digits that tell them apart.
    fn log_ends(&self, most: usize) -> Vec<Tick> {
        let (low, high) = (10f64.powf(self.low), 10f64.powf(self.high));
        let digits = (1..16).find(|d| scientific(low, *d) != scientific(high, *d)).unwrap_or(16);
        [(0.0, low), (1.0, high)]
            .into_iter()
            .take(most)
            .map(|(at, v)| Tick { at, words: scientific(v, digits) })
            .collect()
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `step`.
fn nice(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|f| f * power)
        .find(|nice| *nice >= step * (1.0 - 1e-9))
        .unwrap_or(step)
}

/// A tick's number with the decimals its step needs.
fn words(value: f64, step: f64, size: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let step_exponent = (step.log10() + 1e-9).floor();
    if !(1e-3..1e5).contains(&size) {
        let digits = (value.abs().log10() + 1e-9).floor() - step_exponent;
        return scientific(value, digits.clamp(0.0, 16.0) as usize);
    }
    without_minus_zero(value, (-step_exponent).clamp(0.0, 12.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::{Scale, extent};
    use crate::lab::view::Axis;

    fn words(scale: Scale, most: usize) -> Vec<String> {
        scale.ticks(most).into_iter().map(|t| t.words).collect()
    }

    #[test]
    fn linear_ticks_are_ones_twos_and_fives() {
        assert_eq!(
            words(Scale::linear(0.0, 1.0), 6),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map(|s| if s == "0.0" { "0" } else { s })
        );
        assert_eq!(
            words(Scale::linear(-150.0, 120.0), 6),
            ["-150", "-100", "-50", "0", "50", "100"]
        );
        assert_eq!(words(Scale::linear(43.0, 96.0), 4), ["60", "80"]);
        assert_eq!(words(Scale::linear(0.0, 2e6), 3), ["0", "1e6", "2e6"]);
        assert_eq!(words(Scale::linear(1e300, 3e300), 3), ["1e300", "2e300", "3e300"]);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten_where_there_are_enough() {
        let log = |low: f64, high: f64| {
            Scale::of(&Axis::of("x").logarithmic(), Some((low, high)), (0.0, 0.0)).unwrap()
        };
        assert_eq!(words(log(0.01, 100.0), 6), ["0.01", "0.1", "1", "10", "100"]);
        assert_eq!(words(log(1.0, 10.0), 6), ["1", "2", "5", "10"]);
        assert_eq!(words(log(3.9, 11.0), 6), ["4", "5", "6", "8", "10"]);
        assert_eq!(words(log(1e-300, 1e300), 6), ["1e-200", "1", "1e200"]);
        assert!(log(0.01, 100.0).unit(0.0).is_none());
        assert!((log(0.01, 100.0).unit(1.0).unwrap() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn ticks_stay_few_inside_and_in_order_for_any_range() {
        for (low, high) in [
            (0.0, 0.0),
            (5.0, 5.0),
            (1.0, 1.0 + 1e-16),
            (-1e300, 1e300),
            (f64::MIN, f64::MAX),
            (1e-300, 2e-300),
            (0.0, 5e-324),
            (-3.2, 17.9),
            (1e9, 1e9 + 1.0),
        ] {
            for axis in [Axis::of("x"), Axis::of("x").logarithmic()] {
                let Some(range) = extent([low, high].into_iter(), axis.log) else { continue };
                let scale = Scale::of(&axis, Some(range), (0.05, 0.05)).unwrap();
                for most in 0..12 {
                    let ticks = scale.ticks(most);
                    assert!(ticks.len() <= most, "{low} {high} {most}");
                    assert!(ticks.iter().all(|t| (0.0..=1.0).contains(&t.at)));
                    assert!(
                        ticks.windows(2).all(|p| p[0].at < p[1].at && p[0].words != p[1].words),
                        "{low} {high} {most} {ticks:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_not_finite_has_no_extent() {
        let values = [f64::NAN, f64::INFINITY, 2.0, -1.0];
        assert_eq!(extent(values.into_iter(), false), Some((-1.0, 2.0)));
        assert_eq!(extent(values.into_iter(), true), Some((2.0, 2.0)));
        assert_eq!(extent([f64::NAN].into_iter(), false), None);
        assert!(Scale::linear(0.0, 1.0).unit(f64::NAN).is_none());
    }
}
