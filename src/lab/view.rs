//! What an experiment shows: figures and readouts as plain numbers and label ids. The screen, the
//! JSON, the CSV and the tests all read this and nothing else.

use super::Label;
use serde::Serialize;

/// Everything there is to see of an experiment at one step.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct View {
    /// The figures, each with an id that the lesson's layout places.
    pub figures: Vec<Figure>,
    /// The named numbers.
    pub readouts: Vec<Readout>,
    /// Calm remarks about what is shown ("the grid misses part of the mass"), as label ids.
    pub notes: Vec<Label>,
    /// How far a work of many steps has come, where the experiment is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
}

impl View {
    /// The same without the readouts and figures of these ids.
    #[must_use]
    pub fn without(mut self, ids: &[Label]) -> Self {
        self.figures.retain(|f| !ids.contains(&f.id));
        self.readouts.retain(|r| !ids.contains(&r.id));
        self
    }
}

/// How far a work of many steps has come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Progress {
    /// What is being done.
    pub label: Label,
    /// The share that is done, from 0 to 1.
    pub done: f64,
}

/// One named number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Readout {
    /// Its id, which never changes.
    pub id: Label,
    /// Its value; NaN where there is none yet.
    pub value: f64,
    /// One standard error, where the value is an estimate and it is known.
    pub error: Option<f64>,
    /// The exact value, where there is one.
    pub exact: Option<f64>,
}

impl Readout {
    /// A number without an error bar.
    #[must_use]
    pub fn plain(id: Label, value: f64) -> Self {
        Self { id, value, error: None, exact: None }
    }

    /// An estimate with one standard error.
    #[must_use]
    pub fn estimate(id: Label, value: f64, error: f64) -> Self {
        Self { id, value, error: Some(error), exact: None }
    }

    /// The same with the exact value beside it.
    #[must_use]
    pub fn against(self, exact: f64) -> Self {
        Self { exact: Some(exact), ..self }
    }
}

/// What something stands for. The theme turns it into a colour *and* a glyph, so that it looks the
/// same in every lesson and survives without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Observations.
    Data,
    /// What the model says, or samples of it.
    Model,
    /// Noise samples or their density.
    Noise,
    /// Positive pairs.
    Positive,
    /// Negative pairs.
    Negative,
    /// An exact or closed-form value.
    Exact,
    /// An estimate of it.
    Estimate,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Its id: the title's label, and the name in the lesson's layout.
    pub id: Label,
    /// What it shows.
    pub plot: Plot,
}

/// The kinds of figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Plot {
    /// Curves, step curves, points and bands over a common x axis.
    Lines(Lines),
    /// One bar a category and series.
    Bars(Bars),
    /// A function of the plane as a heatmap, with dots and arrows over it.
    Field(Field),
    /// A matrix of numbers, for example of similarities.
    Matrix(Matrix),
    /// Small grey images.
    Images(Images),
    /// Groups of points in the plane.
    Scatter(Scatter),
    /// Rows and columns of text and numbers.
    Table(Table),
}

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// What it measures; its unit, where there is one, is part of the words.
    pub label: Label,
    /// Whether it is drawn in logarithms.
    pub log: bool,
    /// The range to show; without one, that of the data.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    /// A linear axis whose range follows the data.
    #[must_use]
    pub fn of(label: Label) -> Self {
        Self { label, log: false, range: None }
    }

    /// The same with a fixed range.
    #[must_use]
    pub fn within(self, low: f64, high: f64) -> Self {
        Self { range: Some((low, high)), ..self }
    }

    /// The same in logarithms.
    #[must_use]
    pub fn logarithmic(self) -> Self {
        Self { log: true, ..self }
    }
}

/// Curves over a common x axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lines {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, the first at the bottom.
    pub series: Vec<Series>,
}

/// One curve or cloud of a [`Lines`] figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Its name in the legend.
    pub label: Label,
    /// What it stands for.
    pub role: Role,
    /// How it is drawn.
    pub mark: Mark,
    /// Horizontal positions. For [`Mark::Histogram`] the bin edges, one more than `y`.
    pub x: Vec<f64>,
    /// Heights, as many as `x` unless said otherwise.
    pub y: Vec<f64>,
    /// For [`Mark::Band`] the half width around `y`, and for points their error bars; else empty.
    pub spread: Vec<f64>,
}

impl Series {
    /// A curve.
    #[must_use]
    pub fn line(label: Label, role: Role, x: Vec<f64>, y: Vec<f64>) -> Self {
        Self { label, role, mark: Mark::Line, x, y, spread: Vec::new() }
    }

    /// Single points.
    #[must_use]
    pub fn points(label: Label, role: Role, x: Vec<f64>, y: Vec<f64>) -> Self {
        Self { mark: Mark::Points, ..Self::line(label, role, x, y) }
    }

    /// A histogram: `edges` has one more entry than `heights`.
    #[must_use]
    pub fn histogram(label: Label, role: Role, edges: Vec<f64>, heights: Vec<f64>) -> Self {
        Self { mark: Mark::Histogram, ..Self::line(label, role, edges, heights) }
    }

    /// A curve with a band of plus and minus `spread`.
    #[must_use]
    pub fn band(label: Label, role: Role, x: Vec<f64>, y: Vec<f64>, spread: Vec<f64>) -> Self {
        Self { mark: Mark::Band, spread, ..Self::line(label, role, x, y) }
    }
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// A connected curve.
    Line,
    /// Single points.
    Points,
    /// Filled columns between bin edges.
    Histogram,
    /// A curve with a shaded band around it.
    Band,
}

/// One bar a category and series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bars {
    /// The value axis.
    pub value: Axis,
    /// The names of the categories.
    pub categories: Vec<Label>,
    /// One set of bars each.
    pub series: Vec<BarSeries>,
}

/// One set of bars.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BarSeries {
    /// Its name in the legend.
    pub label: Label,
    /// What it stands for.
    pub role: Role,
    /// One value a category.
    pub values: Vec<f64>,
    /// One standard error a category, or empty.
    pub errors: Vec<f64>,
}

/// A function of the plane.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// The horizontal axis; its range is that of the columns.
    pub x: Axis,
    /// The vertical axis; its range is that of the rows.
    pub y: Axis,
    /// What the colour measures; its range clips the colours.
    pub value: Axis,
    /// Whether low values are bright: an energy is, so that what is likely shines in its map as it
    /// does in that of the density.
    pub low_is_bright: bool,
    /// How many columns the values have.
    pub columns: usize,
    /// The values row by row, the row of the lowest y first.
    pub values: Vec<f64>,
    /// Points over the field.
    pub dots: Vec<Dots>,
    /// Arrows over the field.
    pub arrows: Vec<Arrows>,
}

/// A group of points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dots {
    /// Its name in the legend.
    pub label: Label,
    /// What it stands for.
    pub role: Role,
    /// Where the points are.
    pub points: Vec<(f64, f64)>,
}

/// A group of arrows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arrows {
    /// Its name in the legend.
    pub label: Label,
    /// What it stands for.
    pub role: Role,
    /// Where each starts and where it points: x, y, dx, dy.
    pub arrows: Vec<(f64, f64, f64, f64)>,
}

/// A matrix of numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matrix {
    /// What a row is.
    pub rows: Label,
    /// What a column is.
    pub columns: Label,
    /// What the colour measures; its range clips the colours.
    pub value: Axis,
    /// How many columns there are.
    pub width: usize,
    /// The entries row by row, from the top.
    pub values: Vec<f64>,
}

/// Small grey images.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Images {
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The images, in reading order.
    pub images: Vec<Image>,
}

/// One small grey image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Image {
    /// Brightness from 0 to 1, row by row from the top.
    pub pixels: Vec<f32>,
    /// A short caption, already a number or a name.
    pub caption: String,
    /// What it stands for.
    pub role: Role,
}

/// Groups of points in the plane.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scatter {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The groups, the first at the bottom.
    pub groups: Vec<Dots>,
    /// Whether one unit is as long on both axes.
    pub equal: bool,
}

/// Rows and columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    /// The heads of the columns, that of the row names first.
    pub columns: Vec<Label>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<Cell>>,
    /// What can be done in each row; empty where the table is there to be read alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leads: Vec<Lead>,
}

/// What can be done in a row of a [`Table`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lead {
    /// Nothing.
    Nowhere,
    /// Sets a parameter that chooses, for example which row is measured: an edit of the run like
    /// any other.
    Choose {
        /// The parameter.
        param: Label,
        /// The option.
        option: Label,
    },
    /// Opens the lesson of this id.
    Lesson(Label),
    /// Measures these claims of the post, as far as they have not been; one that has been leads to
    /// its lesson.
    Claims(Vec<u8>),
}

/// One cell of a [`Table`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// Words, by label id.
    Label(Label),
    /// A name that needs no translation.
    Text(String),
    /// A number with an error bar where one is known.
    Number {
        /// The value.
        value: f64,
        /// One standard error.
        error: Option<f64>,
    },
    /// How far these claims of the post have been measured, and whether they hold. A run does not
    /// know that: who shows the table keeps it.
    Claims(Vec<u8>),
}
