//! What the parts draw with.

use super::formula::round_up;
use crate::lab::Label;
use crate::lab::view::{Axis, Cell, Figure, Lines, Mark, Plot, Readout, Role, Series, Table};

/// A figure of curves.
pub(super) fn lines(id: Label, x: Axis, y: Axis, series: Vec<Series>) -> Figure {
    Figure { id, plot: Plot::Lines(Lines { x, y, series }) }
}

/// A table.
pub(super) fn table(columns: Vec<Label>, rows: Vec<Vec<Cell>>) -> Figure {
    Figure { id: "ledger", plot: Plot::Table(Table { columns, rows, leads: Vec::new() }) }
}

/// A number in a table.
pub(super) fn number(value: f64) -> Cell {
    // A table has room for four digits.
    let digits = 3 - value.abs().max(1e-300).log10().floor() as i32;
    let scale = 10f64.powi(digits.clamp(-300, 300));
    let value = if value.abs() > 1e-200 { (value * scale).round() / scale } else { value };
    Cell::Number { value, error: None }
}

/// A number with its error bar, where it has one.
pub(super) fn estimate((value, error): (f64, f64)) -> Cell {
    Cell::Number { value, error: error.is_finite().then_some(error) }
}

/// A readout with its error bar, where it has one.
pub(super) fn shown(id: Label, (value, error): (f64, f64)) -> Readout {
    if error.is_finite() { Readout::estimate(id, value, error) } else { Readout::plain(id, value) }
}

/// Points with error bars; what is not finite is left out.
pub(super) fn points(label: Label, role: Role, all: &[(f64, (f64, f64))]) -> Series {
    let there = all.iter().filter(|(_, (value, _))| value.is_finite());
    let bar = |error: f64| if error.is_finite() { error } else { 0.0 };
    let (mut x, mut y, mut spread) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (value, error)) in there {
        x.push(*at);
        y.push(*value);
        spread.push(bar(*error));
    }
    Series { label, role, mark: Mark::Points, x, y, spread }
}

/// A logarithmic axis whose ends are powers of ten around these values.
pub(super) fn decades(label: Label, low: f64, high: f64) -> Axis {
    let power = |v: f64| 10f64.powf(v);
    let low = power(low.log10().floor());
    Axis::of(label).logarithmic().within(low, power(high.log10().ceil()).max(10.0 * low))
}

/// A linear axis from zero to a round number above.
pub(super) fn from_zero(label: Label, most: f64) -> Axis {
    Axis::of(label).within(0.0, round_up(most))
}
