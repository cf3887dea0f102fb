//! The ends of a parameter's range, and what of a view is not finite.

use contrastlab::lab::param::{Kind, ParamSpec, Value, Word};
use contrastlab::lab::view::{Cell, Plot, View};

/// The smallest and the largest value, or every option.
pub(crate) fn ends(spec: &ParamSpec) -> Vec<Value> {
    match spec.kind {
        Kind::Real { min, max, .. } => vec![Value::Real(min), Value::Real(max)],
        Kind::Integer { min, max, .. } => vec![Value::Integer(min), Value::Integer(max)],
        Kind::Choice(options) => options.iter().map(|o| Value::Choice(o)).collect(),
        Kind::Switch => vec![Value::Switch(false), Value::Switch(true)],
        // One letter, and sixteen syllables that are no word of any text that ships.
        Kind::Word => ["a", "가나다라마바사아자차카타파하갸냐"]
            .into_iter()
            .filter_map(Word::new)
            .map(Value::Word)
            .collect(),
    }
}

/// The first thing of a view that is infinite. NaN stands for "none yet" and is a gap in a curve.
pub(crate) fn infinite(view: &View) -> Option<String> {
    let readout = view
        .readouts
        .iter()
        .find(|r| [Some(r.value), r.error, r.exact].into_iter().flatten().any(f64::is_infinite));
    if let Some(readout) = readout {
        return Some(format!("the readout {}", readout.id));
    }
    let figure = view.figures.iter().find(|f| numbers(&f.plot).iter().any(|v| v.is_infinite()));
    figure.map(|f| format!("the figure {}", f.id))
}

fn numbers(plot: &Plot) -> Vec<f64> {
    let range = |range: Option<(f64, f64)>| range.map_or([0.0, 0.0], |(low, high)| [low, high]);
    match plot {
        Plot::Lines(p) => {
            let mut all = [range(p.x.range), range(p.y.range)].concat();
            for s in &p.series {
                all.extend(s.x.iter().chain(&s.y).chain(&s.spread));
            }
            all
        }
        Plot::Bars(p) => {
            p.series.iter().flat_map(|s| s.values.iter().chain(&s.errors)).copied().collect()
        }
        Plot::Field(p) => {
            let mut all = p.values.clone();
            all.extend([range(p.x.range), range(p.y.range), range(p.value.range)].concat());
            all.extend(p.dots.iter().flat_map(|d| &d.points).flat_map(|(x, y)| [*x, *y]));
            all.extend(
                p.arrows.iter().flat_map(|a| &a.arrows).flat_map(|(x, y, u, v)| [*x, *y, *u, *v]),
            );
            all
        }
        Plot::Matrix(p) => p.values.clone(),
        Plot::Images(p) => p.images.iter().flat_map(|i| &i.pixels).map(|v| f64::from(*v)).collect(),
        Plot::Scatter(p) => {
            p.groups.iter().flat_map(|d| &d.points).flat_map(|(x, y)| [*x, *y]).collect()
        }
        Plot::Table(p) => {
            let cells = p.rows.iter().flatten().filter_map(|cell| match cell {
                Cell::Number { value, error } => Some([*value, error.unwrap_or(0.0)]),
                _ => None,
            });
            cells.flatten().collect()
        }
    }
}
